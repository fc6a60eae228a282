//! Reads arbitrary bytes as the METS document of a package and of its representation, as PREMIS, and judges both.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vir_archive::digest::Digest;
use vir_archive::package::eark::{self, Kind, Options, rules};
use vir_archive::package::{File, PackageError, premis};

fuzz_target!(|bytes: &[u8]| {
    let folder = |path: &str| {
        assert!(vir_archive::package::path(path).is_ok(), "only allowed paths are asked for");
        // Every document is the same one; beside them lie files without content.
        Some(if path.ends_with("METS.xml") || path.ends_with("premis.xml") { bytes.to_vec() } else { Vec::new() })
    };
    _ = rules::judge(&["METS.xml".to_owned(), "a".to_owned()], &folder);
    if let Ok(read) = eark::read(&folder) {
        // What could be read can be written, unless METS has no name for a hash algorithm.
        match eark::write(&read.package, Kind::Aip, &Options::default()) {
            Ok(layout) => assert!(layout.files.iter().any(|(path, _)| path == "METS.xml")),
            Err(error) => assert!(matches!(error, PackageError::Part { .. } | PackageError::Path(..)), "{error}"),
        }
    }
    let mut version = vir_archive::package::Version {
        reason: None,
        created: vir_archive::moment::Moment::from_unix(0),
        submitter: None,
        keep_until: None,
        representations: Vec::new(),
        descriptions: Vec::new(),
        events: Vec::new(),
        agents: Vec::new(),
        rights: Vec::new(),
    };
    if premis::read(bytes, &mut version).is_ok() {
        let known = |file: &File| Digest::ALL.contains(&file.hash.0);
        assert!(version.files().all(|(_, file)| known(file)));
    }
});

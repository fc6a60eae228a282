//! Reads arbitrary bytes as an archive package, writes it again, reads them as the manifest of a container, and canonicalises XML.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vir_archive::evidence::container::{asic, xaip};
use vir_archive::package::{self, File};
use vir_archive::xml::canonical::{self, Method};

fuzz_target!(|bytes: &[u8]| {
    _ = xaip::contents(bytes, &|_| None);
    if let Ok(read) = package::xaip::read(bytes, &|_| None) {
        // What could be read can be written, and reads back equal.
        let content = |file: &File| read.contents.get(&file.key()).cloned();
        let written = package::xaip::write(&read.package, &content).expect("its contents are there");
        let again = package::xaip::read(&written, &|_| None).expect("what was written can be read");
        assert_eq!(again.package, read.package);
    }
    let files = [
        ("META-INF/ASiCEvidenceRecordManifest.xml".to_owned(), bytes.to_vec()),
        ("META-INF/evidencerecord.ers".to_owned(), Vec::new()),
    ];
    _ = asic::records(&files);
    for method in [Method::EXCLUSIVE, Method::INCLUSIVE, Method { exclusive: false, comments: true }] {
        let Some(form) = canonical::document(bytes, method) else { continue };
        // A canonical form is its own canonical form.
        assert_eq!(canonical::document(&form, method).as_ref(), Some(&form));
    }
});

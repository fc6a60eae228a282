//! Reads arbitrary bytes as an archive package and as the manifest of a container, and canonicalises XML.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vir_archive::evidence::container::{asic, xaip};
use vir_archive::xml::canonical::{self, Method};

fuzz_target!(|bytes: &[u8]| {
    _ = xaip::contents(bytes, &|_| None);
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

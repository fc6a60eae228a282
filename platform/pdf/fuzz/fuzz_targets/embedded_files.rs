//! Reads arbitrary bytes as a PDF, and adds a file to whatever can be read.
//!
//! Nothing may panic, hang or grow beyond the limits; what was added must be found again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vir_pdf::attach::attach;
use vir_pdf::read::{embedded_files, facturx_metadata, metadata};
use vir_pdf::write::File;
use vir_pdf::{FacturxMetadata, Limits, Relationship, Timestamp};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits {
        stream_bytes: 1 << 20,
        total_bytes: 4 << 20,
        objects: 100_000,
        ..Limits::default()
    };
    let read = embedded_files(bytes, &limits);
    if let Ok(files) = &read {
        let total: usize = files.iter().map(|file| file.bytes.len()).sum();
        assert!(total as u64 <= limits.total_bytes);
    }
    if let Ok(metadata) = metadata(bytes, &limits) {
        let _ = metadata.xmp.as_deref().and_then(facturx_metadata);
    }
    let Some(modified) = Timestamp::utc(2026, 7, 31, 12, 0, 0) else { return };
    let file = File {
        name: "fuzz-only.xml".to_owned(),
        mime: "text/xml".to_owned(),
        relationship: Relationship::Data,
        description: String::new(),
        modified,
        bytes: b"<a/>".to_vec(),
    };
    let facturx = FacturxMetadata::invoice("fuzz-only.xml", "EN 16931");
    // What could not be read completely before may exceed a limit now.
    if read.is_ok()
        && let Ok(attached) = attach(bytes, &[file], Some(&facturx), &limits)
        && let Ok(files) = embedded_files(&attached.pdf, &limits)
    {
        let found = files.iter().any(|file| file.name == "fuzz-only.xml" && file.bytes == b"<a/>");
        assert!(found, "what was added is not found");
    }
});

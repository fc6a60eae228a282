//! Reads arbitrary bytes as an image file and as a transfer note, and writes the note that was understood.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vir_archive::scan::image;
use vir_archive::scan::note::TransferNote;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(info) = image::read(bytes) {
        assert!(info.pages.len() <= bytes.len());
        _ = (info.compression(), info.least_dpi());
    }
    let Some(note) = TransferNote::from_xml(bytes) else { return };
    _ = note.complete();
    assert_eq!(TransferNote::from_xml(note.to_xml().as_bytes()).as_ref(), Some(&note));
});

//! Reads arbitrary bytes as an image file, page by page, and as a transfer note, and writes the note that was understood.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vir_archive::scan::image;
use vir_archive::scan::note::TransferNote;
use vir_archive::scan::{barcode, raster};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(info) = image::read(bytes) {
        assert!(info.pages.len() <= bytes.len());
        _ = (info.compression(), info.least_dpi());
    }
    for page in raster::pages(bytes).into_iter().flatten().take(4).flatten() {
        // Small files can be large pictures; the bound is tested elsewhere.
        if page.raster.rows.len() < 1 << 20 {
            _ = barcode::sheet(&page.raster);
        }
        assert!(raster::held(&page.bytes).is_some());
        assert!(page.raster.rows.len() as u64 <= raster::MOST_BYTES);
    }
    let Some(note) = TransferNote::from_xml(bytes) else { return };
    _ = note.complete();
    assert_eq!(TransferNote::from_xml(note.to_xml().as_bytes()).as_ref(), Some(&note));
});

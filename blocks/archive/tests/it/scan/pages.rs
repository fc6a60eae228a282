//! Files of scanners taken apart: each way of compressing gives the same dots, as libtiff wrote them.

use std::path::PathBuf;

use vir_archive::scan::barcode::{self, Sheet};
use vir_archive::scan::image::Compression;
use vir_archive::scan::raster::{self, Colour, Held, Kind, PageFile, Raster, RasterError};

fn file(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/scan/pages");
    std::fs::read(folder.join(name)).unwrap()
}

fn all(bytes: &[u8]) -> Vec<Result<PageFile, RasterError>> {
    raster::pages(bytes).unwrap().collect()
}

fn only(bytes: &[u8]) -> PageFile {
    let mut pages = all(bytes);
    assert_eq!(pages.len(), 1);
    pages.remove(0).unwrap()
}

/// The dots as black (true) and white.
fn dots(raster: &Raster) -> Vec<bool> {
    let row = raster.colour.row(raster.width);
    let (width, height) = (raster.width as usize, raster.height as usize);
    let dark = |x: usize, y: usize| match raster.colour {
        Colour::Bilevel => raster.rows[y * row + x / 8] >> (7 - x % 8) & 1 == 0,
        Colour::Gray => raster.rows[y * row + x] < 128,
        Colour::Rgb => raster.rows[y * row + 3 * x] < 128,
    };
    (0..height).flat_map(|y| (0..width).map(move |x| dark(x, y))).collect()
}

#[test]
fn every_compression_gives_the_same_dots() {
    let known = dots(&only(&file("klein-none.tif")).raster);
    assert!(known.iter().filter(|dark| **dark).count() > 1_000);
    for (name, kind, compression) in [
        ("klein-packbits.tif", Kind::Png, Compression::PackBits),
        ("klein-lzw.tif", Kind::Png, Compression::Lzw),
        ("klein-zip.tif", Kind::Png, Compression::Deflate),
        ("klein-grau.tif", Kind::Png, Compression::Deflate),
        ("klein-rgb.tif", Kind::Png, Compression::Lzw),
        ("klein-g31d.tif", Kind::Tiff, Compression::Fax3),
        ("klein-g4.tif", Kind::Tiff, Compression::Fax4),
        ("klein-g4-streifen.tif", Kind::Tiff, Compression::Fax4),
        ("klein-g4-lsb.tif", Kind::Tiff, Compression::Fax4),
        ("klein-g4-big.tif", Kind::Tiff, Compression::Fax4),
        ("klein-bigtiff.tif", Kind::Tiff, Compression::Fax4),
    ] {
        let page = all(&file(name)).remove(0).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((page.kind, page.compression), (kind, compression), "{name}");
        assert_eq!((page.width, page.height, page.dpi), (203, 90, Some((300, 300))), "{name}");
        assert!(dots(&page.raster) == known, "{name}");
        // What is kept says the same when it is read again.
        if page.kind == Kind::Tiff {
            let again = only(&page.bytes);
            assert_eq!((again.dpi, again.bytes == page.bytes), (page.dpi, true), "{name}");
            assert!(dots(&again.raster) == known, "{name}");
        }
        assert!(raster::held(&page.bytes).is_some(), "{name}");
        let (shown, bytes) = raster::shown(&page.bytes).unwrap();
        assert_eq!((shown, Kind::of(&bytes)), (Kind::Png, Some(Kind::Png)), "{name}");
    }
}

#[test]
fn fax_data_are_kept_as_they_are() {
    let original = file("seite-1.tif");
    let page = only(&original);
    let Some(Held::Fax4 { data, black_is_1: true }) = raster::held(&page.bytes) else { panic!("no fax data") };
    assert!(data.len() > 1_000 && original.windows(data.len()).any(|part| part == data));
}

#[test]
fn turned_colours_are_turned() {
    let mut bytes = file("klein-g4.tif");
    let known = dots(&only(&bytes).raster);
    // The entry 262 of kind 3: its value says what white is.
    let at = bytes.windows(8).position(|part| part == [6, 1, 3, 0, 1, 0, 0, 0]).unwrap();
    bytes[at + 8] ^= 1;
    let turned = only(&bytes);
    assert!(dots(&turned.raster).iter().zip(&known).all(|(turned, known)| turned != known));
    assert!(matches!(raster::held(&turned.bytes), Some(Held::Fax4 { black_is_1: false, .. })));
}

#[test]
fn several_pages_come_one_after_the_other() {
    let pages = all(&file("zwei-seiten.tif"));
    let sizes: Vec<_> = pages.iter().map(|page| page.as_ref().map(|page| (page.width, page.height))).collect();
    assert_eq!(sizes, [Ok((1200, 520)), Ok((1200, 520))]);
}

#[test]
fn what_is_not_taken_is_said() {
    let refused = |bytes: &[u8]| match raster::pages(bytes) {
        Ok(mut pages) => pages.try_for_each(|page| page.map(drop)),
        Err(error) => Err(error),
    };
    assert_eq!(refused(&file("klein-g32d.tif")), Err(RasterError::Compression(Compression::Fax3)));
    let whole = file("seite-1.tif");
    // A file that breaks off is never taken for whole.
    for length in 0..whole.len() {
        assert!(refused(&whole[..length]).is_err(), "{length}");
    }
    let mut huge = whole;
    let at = huge.windows(4).position(|part| part == [0, 1, 3, 0] || part == [0, 1, 4, 0]).unwrap();
    huge[at + 2..at + 12].copy_from_slice(&[4, 0, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f]);
    assert_eq!(refused(&huge), Err(RasterError::TooLarge));
}

/// A page with the bars of a sheet.
fn sheet_page(sheet: &Sheet, module: u32, turned: bool) -> Raster {
    let bars = barcode::bars(&sheet.text().unwrap()).unwrap();
    let wide: u32 = bars.iter().map(|width| u32::from(*width)).sum::<u32>() * module + 40 * module;
    let (width, height) = if turned { (200, wide) } else { (wide, 200) };
    let mut page = Raster { width, height, colour: Colour::Gray, rows: vec![250; (width * height) as usize] };
    let mut at = 20 * module;
    for (index, bar) in bars.iter().enumerate() {
        let end = at + u32::from(*bar) * module;
        for along in at..end {
            for across in 50..150 {
                let place = if turned { along * width + across } else { across * width + along };
                page.rows[place as usize] = if index % 2 == 0 { 10 } else { 250 };
            }
        }
        at = end;
    }
    page
}

#[test]
fn separator_sheets_are_found_again() {
    for (class, pages) in [("bescheid", None), ("personal-a.2", Some(12)), ("x", Some(9_999))] {
        let sheet = Sheet { class: class.into(), pages };
        for module in [2, 3, 7] {
            for turned in [false, true] {
                let mut page = sheet_page(&sheet, module, turned);
                assert_eq!(barcode::sheet(&page).as_ref(), Some(&sheet), "{class} {module} {turned}");
                // Upside down.
                page.rows.reverse();
                assert_eq!(barcode::sheet(&page).as_ref(), Some(&sheet), "{class} {module} {turned}");
            }
        }
    }
    assert_eq!(Sheet { class: "Ümlaut".into(), pages: None }.text(), None);
    assert_eq!(barcode::sheet(&only(&file("seite-1.tif")).raster), None);
}

#[test]
fn every_text_of_sheets_can_be_told_from_all_others() {
    // One letter after the other at each place: the check character holds.
    for byte in (b'a'..=b'z').chain(b'A'..=b'Z').chain(b'0'..=b'9').chain([b'-', b'.', b'_']) {
        let sheet = Sheet { class: format!("k{}", char::from(byte)), pages: Some(u32::from(byte)) };
        assert_eq!(barcode::sheet(&sheet_page(&sheet, 3, false)), Some(sheet));
    }
}

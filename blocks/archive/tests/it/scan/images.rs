//! Images say what they are, and lies cost nothing.

use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use vir_archive::scan::image::{Compression, Container, ImageError, read};

/// A TIFF of pages with these compressions, in either order of bytes.
fn tiff(little: bool, pages: &[u16]) -> Vec<u8> {
    let short = |number: u16| if little { number.to_le_bytes() } else { number.to_be_bytes() };
    let long = |number: u32| if little { number.to_le_bytes() } else { number.to_be_bytes() };
    let mut file = if little { b"II".to_vec() } else { b"MM".to_vec() };
    file.extend(short(42));
    file.extend(long(8));
    for (at, code) in pages.iter().enumerate() {
        let begin = file.len() as u32;
        let tags: [(u16, u16, u32); 6] =
            [(256, 4, 2480), (257, 4, 3508), (259, 3, u32::from(*code)), (282, 5, 0), (283, 5, 0), (296, 3, 2)];
        let fraction = begin + 2 + 12 * tags.len() as u32 + 4;
        file.extend(short(tags.len() as u16));
        for (tag, kind, value) in tags {
            file.extend([short(tag), short(kind)].concat());
            file.extend(long(1));
            match kind {
                3 => file.extend([short(value as u16), [0, 0]].concat()),
                5 => file.extend(long(fraction)),
                _ => file.extend(long(value)),
            }
        }
        file.extend(long(if at + 1 < pages.len() { fraction + 8 } else { 0 }));
        file.extend([long(600), long(2)].concat());
    }
    file
}

#[test]
fn tiff_says_pages_size_and_compression() {
    for little in [true, false] {
        let info = read(&tiff(little, &[4, 5, 7])).unwrap();
        assert_eq!((info.container, info.pages.len()), (Container::Tiff, 3));
        let page = info.pages[0];
        assert_eq!((page.width, page.height, page.dpi), (Some(2480), Some(3508), Some((300, 300))));
        let codes: Vec<_> = info.pages.iter().map(|page| page.compression).collect();
        assert_eq!(codes, [Compression::Fax4, Compression::Lzw, Compression::Jpeg]);
        assert!(info.compression().is_suitable());
        assert_eq!(info.least_dpi(), Some(300));
        for (code, expect) in [(34_715, Compression::Jbig2), (34_719, Compression::Unknown)] {
            let info = read(&tiff(little, &[4, code])).unwrap();
            assert_eq!((info.compression(), info.compression().is_suitable()), (expect, false));
        }
    }
}

#[test]
fn circles_and_ends_are_found() {
    let good = tiff(true, &[4]);
    let mut circle = good.clone();
    let next = circle.len() - 12;
    circle[next..next + 4].copy_from_slice(&8_u32.to_le_bytes());
    assert_eq!(read(&circle), Err(ImageError::Damaged(8)));
    for length in 0..good.len() - 8 {
        assert!(read(&good[..length]).is_err(), "{length}");
    }
    assert_eq!(read(b"II*\0\xff\xff\xff\xff"), Err(ImageError::Damaged(0xffff_ffff)));
    assert_eq!(read(b"GIF89a"), Err(ImageError::Format));
}

#[test]
fn jpeg_says_size_and_resolution() {
    let jfif = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x02\x01\x01\x2c\x01\x2c\0\0".to_vec();
    let frame = b"\xff\xff\xc2\0\x0b\x08\x0d\xb4\x09\xb0\x01\x01\x11\0";
    let info = read(&[&jfif[..], frame].concat()).unwrap();
    let page = info.pages[0];
    assert_eq!((page.width, page.height, page.dpi), (Some(2480), Some(3508), Some((300, 300))));
    assert!(info.compression().is_lossy() && info.compression().is_suitable());
    for bad in [&jfif[..], b"\xff\xd8\xff\xda", b"\xff\xd8\xff\xe0\0\x01", b"\xff\xd8\xff\xe0\0\0"] {
        assert!(matches!(read(bad), Err(ImageError::Damaged(_))));
    }
}

#[test]
fn no_jbig2_hides_in_a_pdf() {
    let filter =
        |text: &str| read(format!("%PDF-1.7\n1 0 obj <</Filter {text} >> stream").as_bytes()).unwrap().compression();
    for (text, suitable) in [
        ("/CCITTFaxDecode", true),
        ("[/FlateDecode /DCTDecode]", true),
        ("/JBIG2Decode", false),
        ("/JBIG#32Decode", false),
        ("/#4aBIG2Decode", false),
        ("[/FlateDecode/JBIG2Decode]", false),
        ("5 0 R", false),
        ("[ %comment\r 5 0 R ]", false),
        ("[/FlateDecode 5 0 R]", false),
        ("[/FlateDecode ]", true),
    ] {
        assert_eq!(filter(text).is_suitable(), suitable, "{text}");
    }
    assert_eq!(filter("(a ( b /Filter"), Compression::None);
    // Flags and attachments are no filters.
    assert!(read(b"%PDF-1.7 <</Type/Annot/F 4>> <</EF<</F 5 0 R>>>>").unwrap().compression().is_suitable());
}

/// Files of another program: Pillow, which the first run installs.
#[test]
fn files_of_another_program_are_read() {
    let python = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pillow-13.0.0");
    if !python.join("PIL").is_dir() {
        let mut install = Command::new("python3");
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]);
        _ = install.arg(&python).arg("pillow==13.0.0").output();
    }
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peer/images.py");
    let made = Command::new("python3").env("PYTHONPATH", &python).arg(script).arg(folder.path()).output();
    if !made.is_ok_and(|made| made.status.success()) {
        println!("scan-images: Pillow is missing");
        return;
    }
    let expected = [
        ("group4.tiff", Compression::Fax4, 1),
        ("group3.tiff", Compression::Fax3, 1),
        ("tiff_lzw.tiff", Compression::Lzw, 1),
        ("tiff_adobe_deflate.tiff", Compression::Deflate, 1),
        ("packbits.tiff", Compression::PackBits, 1),
        ("raw.tiff", Compression::None, 1),
        ("jpeg.tiff", Compression::Jpeg, 1),
        ("pages.tiff", Compression::Fax4, 5),
        ("big.tiff", Compression::Fax4, 1),
        ("a.jpg", Compression::Jpeg, 1),
        ("b.jpg", Compression::Jpeg, 1),
        ("c.pdf", Compression::Jpeg, 1),
        ("d.pdf", Compression::Fax4, 1),
    ];
    for (name, compression, pages) in expected {
        let info = read(&std::fs::read(folder.path().join(name)).unwrap()).unwrap();
        assert_eq!((info.compression(), info.pages.len()), (compression, pages), "{name}");
        if info.container != Container::Pdf {
            assert_eq!((info.pages[0].width, info.least_dpi()), (Some(240), Some(300)), "{name}");
        }
    }
    println!("scan-images: {} of {} files of Pillow read right", expected.len(), expected.len());
}

proptest! {
    #[test]
    fn broken_files_are_no_trouble(pages in 1usize..4, at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut file = tiff(true, &vec![4; pages]);
        let at = at.index(file.len());
        file[at] = byte;
        _ = read(&file);
    }

    #[test]
    fn anything_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let heads: [&[u8]; 4] = [b"II*\0", b"MM\0+", b"\xff\xd8\xff", b"%PDF-"];
        for head in heads {
            _ = read(&[head, &bytes[..]].concat());
        }
    }
}

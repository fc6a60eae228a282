//! Scanned pages: what is written is PDF/A-2b, other readers find its words, and its images come back as they went in.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use vir_pdf::scan::{About, Coding, Image, Page, PageImage, ScanError, Trouble, Word, Writer, page_images};
use vir_pdf::{Limits, read};
use vir_testkit::verapdf::{Flavour, validate};

use crate::samples;

fn word(text: &str, left: u32, top: u32, ends_line: bool) -> Word {
    Word { text: text.to_owned(), left, top, width: 30 * text.chars().count() as u32, height: 50, ends_line }
}

fn jpeg() -> Page {
    Page {
        coding: Coding::Jpeg { bytes: include_bytes!("scans/seite.jpg").to_vec(), components: 1 },
        width: 1200,
        height: 520,
        dpi: (300, 300),
        words: vec![
            word("Gebührenbescheid", 60, 40, true),
            word("Straße", 60, 120, false),
            word("𝄞ﬁn€", 400, 120, true),
        ],
    }
}

/// A white page: each row says that nothing changes.
fn fax(black_is_1: bool) -> Page {
    let mut data = vec![0xff; 60];
    data.extend_from_slice(&[0x00, 0x10, 0x01]);
    Page { coding: Coding::Fax4 { data, black_is_1 }, width: 640, height: 480, dpi: (200, 100), words: Vec::new() }
}

fn png(bits: u8, components: u8) -> Page {
    let row = (100 * usize::from(components) * usize::from(bits)).div_ceil(8);
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    for line in 0..80_u8 {
        encoder.write_all(&[0]).expect("in memory, or in the target folder");
        encoder.write_all(&vec![line.wrapping_mul(3); row]).expect("in memory, or in the target folder");
    }
    let data = encoder.finish().expect("in memory, or in the target folder");
    Page { coding: Coding::Png { data, bits, components }, width: 100, height: 80, dpi: (72, 72), words: Vec::new() }
}

fn written(pages: &[Page]) -> Vec<u8> {
    let about = About { title: "Scan <1> & 2".into(), lang: "de".into(), creator: "vir".into(), date: samples::date() };
    let mut writer = Writer::new(about);
    for page in pages {
        writer.page(page).expect("in memory, or in the target folder");
    }
    writer.finish().expect("in memory, or in the target folder")
}

fn every_kind() -> Vec<Page> {
    vec![jpeg(), fax(false), fax(true), png(1, 1), png(8, 1), png(8, 3)]
}

fn save(name: &str, pdf: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, pdf).expect("in memory, or in the target folder");
    path
}

fn images(pdf: &[u8]) -> Result<Vec<PageImage>, ScanError> {
    let mut found = Vec::new();
    page_images(pdf, &Limits::default(), |image| {
        found.push(image);
        true
    })?;
    Ok(found)
}

#[test]
fn scans_are_pdfa_2b() {
    let silent = png(1, 1);
    let files = [save("scan.pdf", &written(&every_kind())), save("scan-silent.pdf", &written(&[silent]))];
    match validate(&files, &[Flavour::Pdfa2b]) {
        Ok(verdicts) => verdicts.iter().for_each(|verdict| assert!(verdict.compliant, "{verdict:#?}")),
        Err(missing) => vir_testkit::missing(&missing.to_string()),
    }
    let metadata = read::metadata(&written(&every_kind()), &Limits::default()).unwrap();
    assert_eq!((metadata.pages, metadata.pdfa.unwrap().to_string()), (6, "PDF/A-2b".to_owned()));
    assert_eq!(written(&every_kind()), written(&every_kind()));
}

#[test]
fn another_reader_finds_the_words() {
    let path = save("scan-text.pdf", &written(&[jpeg()]));
    match Command::new("pdftotext").arg(&path).arg("-").output() {
        Ok(output) => {
            let shown = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(["Gebührenbescheid\n", "Straße", "𝄞ﬁn€"].iter().all(|word| shown.contains(word)), "{shown}");
        }
        Err(missing) => vir_testkit::missing(&format!("pdftotext: {missing}")),
    }
}

#[test]
fn images_come_back_as_they_went_in() {
    let pages = every_kind();
    let found = images(&written(&pages)).unwrap();
    assert_eq!(found.len(), pages.len());
    for (page, image) in pages.iter().zip(&found) {
        assert_eq!((image.width, image.height, image.dpi), (page.width, page.height, Some(page.dpi)));
        match (&image.image, &page.coding) {
            (Image::Coded(found), wanted) => assert_eq!(found, wanted),
            (Image::Rows { rows, bits, components }, Coding::Png { bits: b, components: c, .. }) => {
                assert_eq!((bits, components), (b, c));
                assert_eq!(rows.len(), (100 * usize::from(*c) * usize::from(*b)).div_ceil(8) * 80);
                assert_eq!(rows[rows.len() - 1], 79_u8.wrapping_mul(3));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_would_be_lost_is_refused() {
    let replaced = |from: &str, to: &str| {
        let pdf = written(&[png(1, 1), png(8, 1)]);
        let at = memchr::memmem::rfind(&pdf, from.as_bytes()).unwrap();
        assert_eq!(from.len(), to.len());
        let mut pdf = pdf;
        pdf[at..at + to.len()].copy_from_slice(to.as_bytes());
        images(&pdf).map(|images| images.len())
    };
    let page = |page, why| Err(ScanError::Page { page, why });
    assert_eq!(replaced("/FlateDecode", "/FlateDecode"), Ok(2));
    assert_eq!(replaced("/Subtype /Image", "/Subtype /Form "), page(2, Trouble::SeveralImages));
    assert_eq!(replaced("/XObject <<", "/XObjekt <<"), page(2, Trouble::NoImage));
    assert_eq!(replaced("/MediaBox [0 0", "/Rotate 90/X ["), page(2, Trouble::Rotated));
    let text = samples::invoice();
    let text = vir_pdf::write::render(&text).unwrap().pdf;
    assert!(matches!(images(&text), Err(ScanError::Page { page: 1, .. })));
    assert!(matches!(images(b"%PDF-1.7"), Err(ScanError::Pdf(_))));
}

#[test]
fn impossible_pages_are_refused() {
    let about = || About { title: "x".into(), lang: "de".into(), creator: "vir".into(), date: samples::date() };
    assert!(Writer::new(about()).finish().is_err());
    for (width, height, dpi) in [(0, 1, 1), (1, 0, 1), (1, 1, 0), (1_000_000, 1, 1), (1, 1, 10_000)] {
        let page = Page { width, height, dpi: (dpi, dpi), ..fax(false) };
        assert!(Writer::new(about()).page(&page).is_err());
    }
}

//! veraPDF's verdict on what we write. Skipped where Java or Maven is missing.

use std::path::PathBuf;

use vir_core::Lang;
use vir_pdf::attach::attach;
use vir_pdf::write::{Block, Document, Level, render};
use vir_pdf::{FacturxMetadata, Limits};
use vir_testkit::verapdf::{Flavour, validate};

use crate::samples;

#[test]
fn written_files_are_pdfa_3b_and_pdfua_1() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let save = |name: &str, pdf: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, pdf).unwrap();
        path
    };
    let plain = Document::new("Nur ein Titel", Lang::En, samples::date());
    let invoice = render(&samples::invoice()).unwrap().pdf;
    let facturx = FacturxMetadata::invoice("factur-x.xml", "EN 16931");
    let attach_to = |pdf: &[u8]| {
        let file = samples::file("factur-x.xml", b"<Invoice/>");
        attach(pdf, &[file], Some(&facturx), &Limits::default()).unwrap().pdf
    };
    let good = vec![
        save("plain.pdf", &render(&plain).unwrap().pdf),
        save("invoice.pdf", &invoice),
        save("long.pdf", &render(&samples::long(5_000)).unwrap().pdf),
        save("attached.pdf", &attach_to(&render(&plain).unwrap().pdf)),
        save("attached-again.pdf", &attach_to(&attach_to(&invoice))),
    ];
    // The judge must be able to say no: with broken metadata it is nothing.
    let mut broken = invoice;
    let claim = memchr::memmem::find(&broken, b"pdfaid:part").unwrap();
    broken[claim + 7] = b'x';
    let bad = save("broken.pdf", &broken);

    let mut files = good;
    files.push(bad.clone());

    let verdicts = match validate(&files, &[Flavour::Pdfa3b, Flavour::Pdfua1]) {
        Ok(verdicts) => verdicts,
        Err(missing) => {
            vir_testkit::missing(&missing.to_string());
            return;
        }
    };
    assert_eq!(verdicts.len(), 2 * files.len());
    for verdict in verdicts {
        assert_eq!(verdict.compliant, verdict.file != bad, "{verdict:#?}");
    }
}

#[test]
fn headings_that_leave_levels_out_are_filed_properly() {
    // PDF/UA forbids gaps; krilla cannot know, so the layout closes them.
    let mut document = Document::new("Ebenen", Lang::De, samples::date());
    document.blocks = [Level::Three, Level::One, Level::Three, Level::Two]
        .map(|level| Block::Heading(level, format!("{level:?}")))
        .to_vec();
    let pdf = render(&document).unwrap().pdf;
    assert!(memchr::memmem::find(&pdf, b"/H3").is_none());
}

//! Written documents: what they hold, how long they take.

use vir_core::Lang;
use vir_pdf::write::{Block, Cell, Column, Document, Field, Level, Row, Style, Table, Width, render};
use vir_pdf::{FacturxMetadata, Limits, Relationship, read};

use crate::samples;

#[test]
fn what_is_embedded_is_found_again() {
    let document = samples::invoice();
    let rendered = render(&document).unwrap();
    let files = read::embedded_files(&rendered.pdf, &Limits::default()).unwrap();
    assert_eq!(files.len(), 1);
    let (found, wanted) = (&files[0], &document.files[0]);
    assert_eq!(found.name, wanted.name);
    assert_eq!(found.bytes, wanted.bytes);
    assert_eq!(found.mime.as_deref(), Some("text/xml"));
    assert_eq!(found.description, wanted.description);
    assert_eq!(found.relationship, Relationship::Data);
    assert_eq!(found.modified, Some(wanted.modified));
    assert_eq!(found.damage, None);

    let metadata = read::metadata(&rendered.pdf, &Limits::default()).unwrap();
    assert_eq!(metadata.pages, rendered.pages);
    assert_eq!(metadata.pdfa.unwrap().to_string(), "PDF/A-3b");
    assert_eq!(metadata.pdfua, Some(1));
    let facturx = read::facturx_metadata(&metadata.xmp.unwrap());
    assert_eq!(facturx, document.facturx);
    assert_eq!(rendered.replaced.keys().collect::<String>(), "日本語");
}

#[test]
fn names_that_collide_get_numbers() {
    let mut document = Document::new("Zwei Dateien", Lang::De, samples::date());
    document.files = vec![samples::file("Anlage ä.pdf", b"1"), samples::file("Anlage ä.pdf", b"2")];
    document.facturx = Some(FacturxMetadata::invoice("x & y.xml", "EN 16931"));
    let rendered = render(&document).unwrap();
    let files = read::embedded_files(&rendered.pdf, &Limits::default()).unwrap();
    let mut names: Vec<(&str, &[u8])> = files.iter().map(|f| (f.name.as_str(), f.bytes.as_slice())).collect();
    names.sort_unstable();
    assert_eq!(names, [("Anlage ä-2.pdf", &b"2"[..]), ("Anlage ä.pdf", b"1")]);
}

#[test]
fn the_same_description_gives_the_same_bytes() {
    let document = samples::invoice();
    assert_eq!(render(&document).unwrap(), render(&document).unwrap());
}

#[test]
fn odd_descriptions_are_written_too() {
    let word = "Donau".repeat(3000);
    let tall = "Zeile\n".repeat(400);
    let column =
        |title: &str| Column { title: title.to_owned(), term: None, align: Default::default(), width: Width::Fit };
    let blocks = vec![
        vec![],
        vec![Block::Heading(Level::Three, String::new())],
        vec![Block::Paragraph(Style::Normal, word.clone())],
        vec![Block::Fields(vec![Field::new(&word, Some(&word), &tall), Field::default()])],
        vec![Block::Panels(vec![]), Block::Sums(vec![]), Block::Table(Table::default())],
        vec![Block::Table(Table {
            summary: String::new(),
            columns: vec![column(&word), column("")],
            rows: vec![
                Row::default(),
                Row { cells: vec![Cell::from(tall), Cell::from(word)], ..Row::default() },
                Row { cells: vec![Cell::default(); 5], total: true, ..Row::default() },
            ],
        })],
        vec![Block::Table(Table {
            columns: (0..200).map(|n| column(&n.to_string())).collect(),
            rows: vec![Row::default()],
            ..Table::default()
        })],
        vec![Block::Space(f32::NAN), Block::Space(-5.0), Block::Space(1e9), Block::Rule],
    ];
    for (index, blocks) in blocks.into_iter().enumerate() {
        let mut document = Document::new("Grenzfall", Lang::En, samples::date());
        document.blocks = blocks;
        let rendered = render(&document).unwrap_or_else(|error| panic!("{index}: {error}"));
        assert!(rendered.pages < 100, "{index}: {} pages", rendered.pages);
    }
}

#[test]
fn a_document_needs_a_title() {
    assert!(render(&Document::new("", Lang::De, samples::date())).is_err());
}

#[test]
fn five_thousand_rows() {
    let rendered = render(&samples::long(5_000)).unwrap();
    assert!((100..300).contains(&rendered.pages), "{} pages", rendered.pages);
}

#[test]
fn another_reader_sees_every_text() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("text.pdf");
    std::fs::write(&path, render(&samples::invoice()).unwrap().pdf).unwrap();
    let shown = match std::process::Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output() {
        Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
        Err(missing) => {
            vir_testkit::missing(&format!("pdftotext: {missing}"));
            return;
        }
    };
    for text in [
        "Rechnung RE-2026-0815",
        "BR-CO-10",
        "BG-4",
        "rechnung@stadtwerke-",
        "BT-126",
        "Ä ö ü ß € „Anführung“ – Ελληνικά, Кириллица, Łódź",
        "Wartung der Beleuchtungsanlage, Abschnitt 9",
        "Artikelnummer 1009, Kostenstelle 4711",
        "372,50 €",
        "1.190,00 €",
        "DE02 1203 0000 0000 2020 51",
        "Seite 2 von 2",
    ] {
        assert!(shown.contains(text), "{text} is missing in:\n{shown}");
    }
}

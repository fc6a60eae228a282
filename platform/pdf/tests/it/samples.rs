//! Documents and files that several tests use.

use vir_core::{Lang, Severity};
use vir_pdf::write::{
    Align, Block, Cell, Column, Document, Field, File, Level, Notice, Panel, Row, Style, Sum, Table, Width,
};
use vir_pdf::{FacturxMetadata, Relationship, Timestamp};

pub(crate) fn date() -> Timestamp {
    Timestamp::utc(2026, 7, 31, 9, 30, 0).expect("a real date")
}

pub(crate) fn file(name: &str, bytes: &[u8]) -> File {
    File {
        name: name.to_owned(),
        mime: "text/xml".to_owned(),
        relationship: Relationship::Data,
        description: "Die Rechnung als XML".to_owned(),
        modified: date(),
        bytes: bytes.to_vec(),
    }
}

fn notice(severity: Severity, title: &str, text: &str) -> Notice {
    Notice { severity, title: title.to_owned(), text: text.to_owned() }
}

fn column(title: &str, term: Option<&str>, align: Align, width: Width) -> Column {
    Column { title: title.to_owned(), term: term.map(str::to_owned), align, width }
}

/// An invoice as a clerk would like to read it, with every kind of block.
pub(crate) fn invoice() -> Document {
    let mut document = Document::new("Rechnung RE-2026-0815", Lang::De, date());
    document.author = Some("Stadtwerke Beispielstadt GmbH".to_owned());
    document.subject = Some("Ansicht der elektronischen Rechnung RE-2026-0815".to_owned());
    document.running_title = "Rechnung RE-2026-0815 · Stadtwerke Beispielstadt GmbH".to_owned();
    let panel = |title: &str, term: &str, lines: &[&str], fields: Vec<Field>| Panel {
        title: title.to_owned(),
        term: Some(term.to_owned()),
        lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        fields,
    };
    let sum = |label: &str, term: &str, amount: &str, strong| Sum {
        label: label.to_owned(),
        term: Some(term.to_owned()),
        amount: amount.to_owned(),
        strong,
    };
    let mut due = Field::new("Fälligkeit", Some("BT-9"), "30.08.2026");
    due.notices.push(notice(
        Severity::Warning,
        "BR-DE-18",
        "Das Fälligkeitsdatum passt nicht zur Skontofrist in den Zahlungsbedingungen.",
    ));
    document.blocks = vec![
        Block::Heading(Level::One, "Rechnung RE-2026-0815".to_owned()),
        Block::Paragraph(
            Style::Lead,
            "Stadtwerke Beispielstadt GmbH an Landeshauptstadt Musterstadt, 1.190,00 €".to_owned(),
        ),
        Block::Notice(notice(
            Severity::Error,
            "BR-CO-10",
            "Die Summe der Positionsbeträge (BT-106) ist 1.000,00 €, die Positionen ergeben \
             jedoch 999,00 €. Der Rechnungssteller muss die Summe berichtigen.",
        )),
        Block::Notice(notice(Severity::Information, "", "Alle Beträge in Euro.")),
        Block::Panels(vec![
            panel(
                "Verkäufer",
                "BG-4",
                &["Stadtwerke Beispielstadt GmbH", "Hafenstraße 1–3", "28195 Bremen", "DE"],
                vec![
                    Field::new("USt-IdNr.", Some("BT-31"), "DE123456789"),
                    Field::new("E-Mail", Some("BT-43"), "rechnung@stadtwerke-beispielstadt.example"),
                ],
            ),
            panel(
                "Käufer",
                "BG-7",
                &["Landeshauptstadt Musterstadt", "Amt für Gebäudemanagement", "30159 Hannover"],
                vec![Field::new("Leitweg-ID", Some("BT-10"), "04011000-12345-34")],
            ),
        ]),
        Block::Heading(Level::Two, "Allgemeines".to_owned()),
        Block::Fields(vec![
            Field::new("Rechnungsnummer", Some("BT-1"), "RE-2026-0815"),
            Field::new("Rechnungsdatum", Some("BT-2"), "31.07.2026"),
            due,
            Field::new("Code für die Rechnungsart", Some("BT-3"), "380 – Handelsrechnung"),
            Field::new(
                "Kennung des Geschäftsprozesses, nach dem die Rechnung ausgetauscht wird",
                Some("BT-23"),
                "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
            ),
            Field::new(
                "Bemerkung",
                Some("BT-22"),
                "Zeichen: Ä ö ü ß € „Anführung“ – Ελληνικά, Кириллица, Łódź, ¼ ½ ²\n\
                 Ein überlanges Wort: \
                 Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzgebungskompetenzstreitigkeitenverzeichnisverwaltungsordnung\n\
                 Nicht darstellbar: 日本語",
            ),
        ]),
        Block::Heading(Level::Two, "Positionen".to_owned()),
        Block::Table(positions(9)),
        Block::Sums(vec![
            sum("Summe der Positionen", "BT-106", "1.000,00 €", false),
            sum("Umsatzsteuer 19 %", "BT-117", "190,00 €", false),
            sum("Zahlbetrag", "BT-115", "1.190,00 €", true),
        ]),
        Block::Rule,
        Block::Heading(Level::Three, "Zahlung".to_owned()),
        Block::Paragraph(
            Style::Normal,
            "Bitte überweisen Sie den Betrag auf das Konto DE02 1203 0000 0000 2020 51.".to_owned(),
        ),
        Block::Paragraph(Style::Strong, "Zahlbar ohne Abzug.".to_owned()),
        Block::Paragraph(Style::Emphasis, "Vielen Dank für Ihren Auftrag.".to_owned()),
        Block::Space(12.0),
        Block::Paragraph(Style::Small, "Maßgeblich ist die eingebettete XML-Datei.".to_owned()),
    ];
    document.files = vec![file("xrechnung.xml", b"<Invoice>\xC3\xBC</Invoice>")];
    document.facturx = Some(FacturxMetadata::invoice("xrechnung.xml", "XRECHNUNG"));
    document
}

/// A table of so many lines and a row of sums.
pub(crate) fn positions(count: usize) -> Table {
    let cell = |text: String| Cell::from(text);
    let mut rows: Vec<Row> = (1..=count)
        .map(|number| Row {
            cells: vec![
                cell(number.to_string()),
                Cell {
                    text: format!("Wartung der Beleuchtungsanlage, Abschnitt {number}"),
                    detail: (number % 3 == 0).then(|| format!("Artikelnummer {}, Kostenstelle 4711", 1000 + number)),
                },
                cell(format!("{},00", number % 17 + 1)),
                cell("Stunde".to_owned()),
                cell("62,50 €".to_owned()),
                cell("19 %".to_owned()),
                cell(format!("{},50 €", (number % 17 + 1) * 62)),
            ],
            total: false,
            notices: match number {
                4 => vec![notice(Severity::Error, "BR-27", "Der Nettopreis eines Artikels darf nicht negativ sein.")],
                _ => Vec::new(),
            },
        })
        .collect();
    rows.push(Row {
        cells: ["", "Summe", "", "", "", "", "1.000,00 €"].map(Cell::from).to_vec(),
        total: true,
        notices: Vec::new(),
    });
    Table {
        summary: "Die Positionen der Rechnung".to_owned(),
        columns: vec![
            column("Pos.", Some("BT-126"), Align::Left, Width::Fit),
            column("Leistung", Some("BT-153"), Align::Left, Width::Share(1.0)),
            column("Menge", Some("BT-129"), Align::Right, Width::Fit),
            column("Einheit", Some("BT-130"), Align::Left, Width::Fit),
            column("Einzelpreis", Some("BT-146"), Align::Right, Width::Fit),
            column("USt.", Some("BT-152"), Align::Right, Width::Fit),
            column("Betrag", Some("BT-131"), Align::Right, Width::Fit),
        ],
        rows,
    }
}

/// A document with nothing but a long table.
pub(crate) fn long(count: usize) -> Document {
    let mut document = Document::new("Lange Rechnung", Lang::De, date());
    document.blocks = vec![Block::Heading(Level::One, "Lange Rechnung".to_owned()), Block::Table(positions(count))];
    document
}

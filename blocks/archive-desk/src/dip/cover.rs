//! What people read first: the cover page as PDF/A, and a text that says how the package is made and verified.
//!
//! Both are in German, for they belong to the record of a German administration.
//!
//! Invariant: every document of the package is named with its hash value.

use vir_core::{Lang, Severity};
use vir_pdf::Timestamp;
use vir_pdf::write::{
    Align, Block, Cell, Column, Document as Pdf, Field, Level, Notice, Row, Style, Table, Width, render,
};

use super::{Dip, DipError, Form};

/// Characters of a hash value on the cover page; all of it stands in the text.
const SHORT: usize = 16;

/// The cover page.
///
/// # Errors
/// Where it cannot be written as PDF/A.
pub fn cover(dip: &Dip, form: Form) -> Result<Vec<u8>, DipError> {
    let (year, month, day) = dip.made.date();
    let small = |number: i64| u8::try_from(number).unwrap_or(1);
    let date = Timestamp::utc(u16::try_from(year).unwrap_or(1970), small(month), small(day), 0, 0, 0)
        .ok_or_else(|| DipError::Cover("the date".to_owned()))?;
    let mut pdf = Pdf::new(&format!("Akte {}", printable(&dip.reference)), Lang::De, date);
    pdf.author = Some(printable(&dip.publisher));
    pdf.subject = Some(printable(&dip.title));
    let field = |label: &str, value: &str| Field::new(label, None, &printable(value));
    pdf.blocks = vec![
        Block::Heading(Level::One, printable(&dip.title)),
        Block::Paragraph(Style::Lead, format!("Akte {} · {}", printable(&dip.reference), printable(&dip.publisher))),
        Block::Fields(vec![
            field("Aktenzeichen", &dip.reference),
            field("Aktenplan", &dip.entry),
            field("Laufzeit", &dip.period),
            field("Stand", &dip.state),
            field("Aufbewahren bis", &dip.keep_until),
            field("Kennung", &dip.id),
            field("Paket erstellt am", &dip.made.to_string()),
            field("Form des Pakets", form.name().get(Lang::De)),
        ]),
        Block::Heading(Level::Two, "Dokumente".to_owned()),
    ];
    pdf.blocks.push(if dip.documents.is_empty() {
        Block::Paragraph(Style::Normal, "Die Akte enthält keine Dokumente.".to_owned())
    } else {
        Block::Table(documents(dip))
    });
    pdf.blocks.push(Block::Heading(Level::Two, "Nachweis der Unverändertheit".to_owned()));
    pdf.blocks.push(match &dip.evidence {
        Some(_) => Block::Paragraph(
            Style::Normal,
            "Diesem Paket liegt ein Beweisnachweis nach RFC 4998 bei (evidence.ers). Er deckt das Bestandsverzeichnis (inventory.json), und das nennt die SHA-512-Hashwerte der Dokumente. LIESMICH.txt beschreibt, wie sich das ohne das Archiv prüfen lässt.".to_owned(),
        ),
        None => Block::Notice(Notice {
            severity: Severity::Information,
            title: "Noch kein Beweisnachweis".to_owned(),
            text: "Zu dieser Akte gibt es noch keinen Beweisnachweis. Die Hashwerte in LIESMICH.txt belegen nur, dass das Paket vollständig angekommen ist.".to_owned(),
        }),
    });
    render(&pdf).map(|rendered| rendered.pdf).map_err(|error| DipError::Cover(error.to_string()))
}

fn documents(dip: &Dip) -> Table {
    let column = |title: &str, align, width| Column { title: title.to_owned(), term: None, align, width };
    let rows = dip.documents.iter().enumerate().map(|(place, document)| {
        let format = match (&document.format, &document.puid) {
            (Some(format), Some(puid)) => format!("{format} ({puid})"),
            (Some(format), None) => format.clone(),
            _ => document.media_type.clone(),
        };
        let named = Cell {
            text: printable(&document.title),
            detail: Some(printable(&match &document.case {
                Some(case) => format!("{} · Vorgang {case}", document.file_name),
                None => document.file_name.clone(),
            })),
        };
        let digest =
            Cell { text: document.sha512.get(..SHORT).unwrap_or(&document.sha512).to_owned() + "…", detail: None };
        let cells =
            vec![(place + 1).to_string().into(), named, printable(&format).into(), size(document.size).into(), digest];
        Row { cells, ..Row::default() }
    });
    Table {
        summary: "Die Dokumente der Akte mit Format, Größe und Anfang des SHA-512-Hashwerts".to_owned(),
        columns: vec![
            column("Nr.", Align::Right, Width::Fit),
            column("Dokument", Align::Left, Width::Share(2.0)),
            column("Format", Align::Left, Width::Share(1.0)),
            column("Größe", Align::Right, Width::Fit),
            column("SHA-512", Align::Left, Width::Fit),
        ],
        rows: rows.collect(),
    }
}

fn size(bytes: u64) -> String {
    vir_web::format::bytes(bytes, Lang::De)
}

/// Text from a record as a page may show it.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// `LIESMICH.txt`.
#[must_use]
pub fn read_me(dip: &Dip, form: Form, paths: &[String]) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    let title = format!("{} ({})", printable(&dip.title), printable(&dip.reference));
    let _ = writeln!(out, "{title}\r\n{}\r\n\r", "=".repeat(title.chars().count()));
    let _ = writeln!(out, "Herausgegeben von {} am {}\r", printable(&dip.publisher), dip.made);
    let _ = writeln!(out, "Form: {}\r\n\r", form.name().get(Lang::De));
    let _ = writeln!(out, "Deckblatt.pdf zeigt die Akte und ihre Dokumente auf einen Blick.\r\n\r");
    let _ = writeln!(out, "Dokumente\r\n---------\r");
    for (document, path) in dip.documents.iter().zip(paths) {
        let _ = writeln!(
            out,
            "{path}\r\n  {}\r\n  {} Bytes, SHA-512 {}\r",
            printable(&document.title),
            document.size,
            document.sha512
        );
    }
    if dip.documents.is_empty() {
        let _ = writeln!(out, "keine\r");
    }
    let _ = writeln!(out, "\r\nPrüfen\r\n------\r");
    if dip.evidence.is_some() {
        out.push_str(match form {
            Form::Xaip => "Der Beweisnachweis steht im Abschnitt credentialsSection des XAIP. Er deckt das Bestandsverzeichnis\r\n(inventory.json) im Paket, und das nennt die SHA-512-Hashwerte der Dokumente.\r\n",
            _ => "evidence.ers ist ein Beweisnachweis nach RFC 4998. Er deckt inventory.json, das Bestandsverzeichnis der Akte im\r\nArchiv, und das nennt die SHA-512-Hashwerte der Dokumente.\r\n",
        });
        out.push_str("- Im Browser: auf der Seite „Beweisnachweis prüfen“ der herausgebenden Stelle (/nachweis-pruefen) dieses ZIP-Archiv\r\n  hochladen. Die Seite nennt jeden Prüfschritt und zu jeder Datei, ob sie unverändert ist.\r\n- Auf dem eigenen Rechner: vir evidence verify DIESES-ARCHIV.zip --trust WURZELZERTIFIKAT\r\n- Mit jedem anderen Werkzeug für RFC 4998: evidence.ers gegen inventory.json prüfen, dann die Dateien mit sha512sum\r\n  gegen die Hashwerte in inventory.json.\r\nDas Bestandsverzeichnis nennt auch Verwaltungsdaten der Akte, die nicht herausgegeben werden (metadata/record.json);\r\nsie gelten bei der Prüfung als „liegt nicht vor“.\r\n");
    } else {
        out.push_str("Zu dieser Akte gibt es noch keinen Beweisnachweis.\r\n");
    }
    out
}

//! The *Transfervermerk*: drafted from the log, answered for by a person, readable as PDF/A.
//!
//! Invariant: whatever stands in it was logged or configured; a person only states that paper and scans are the same.

use serde::Serialize;
use vir_archive::lifecycle::Who;
use vir_archive::scan::batch::{Batch, Command, Page, State};
use vir_archive::scan::documentation::Configuration;
use vir_archive::scan::note::{Quality, Scan, TransferNote};
use vir_core::{Lang, Text};
use vir_pdf::Relationship;
use vir_pdf::write::{Block, Document, Field, File, Level, Style, render};
use vir_store::{Tx, args};

use super::batch::{self, BatchError, Stored};
use super::ocr::Ocr;
use super::procedure;

/// A document of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Its number, from 0.
    pub no: i64,
    /// Pages that its separator sheet says.
    pub target: Option<i64>,
    /// The class that its separator sheet says.
    pub class: Option<String>,
    /// How many pages it has.
    pub pages: i64,
    /// Its file, while the batch has it.
    pub blob: Option<String>,
    /// The file's digest; none where it is not made yet.
    pub sha512: Option<String>,
    /// The file's size.
    pub size: Option<i64>,
    /// The document in the record.
    pub document: Option<String>,
}

impl Made {
    /// How its file is called.
    #[must_use]
    pub fn name(&self) -> String {
        format!("dokument-{:04}.pdf", self.no + 1)
    }

    /// Does it have as many pages as its separator sheet says?
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.target.is_none_or(|target| target == self.pages)
    }
}

const DOCUMENTS: &str = "select d.no, d.target, d.class_id, d.blob, d.sha512, d.size_bytes, d.document_id,
    (select count(*) from scan_page p where p.batch_id = d.batch_id and p.document = d.no) as pages
    from scan_document d where d.batch_id = $1 order by d.no";

/// The statements that a test has both engines read.
pub const STATEMENTS: &[&str] = &[DOCUMENTS];

/// The documents of a batch.
///
/// # Errors
/// Where the store fails.
pub async fn documents(tx: &mut Tx, id: &str) -> Result<Vec<Made>, vir_store::Error> {
    let of_row = |row: &vir_store::Row| {
        Ok(Made {
            no: row.int("no")?,
            target: row.optional_int("target")?,
            class: row.optional_text("class_id")?,
            pages: row.int("pages")?,
            blob: row.optional_text("blob")?,
            sha512: row.optional_text("sha512")?,
            size: row.optional_int("size_bytes")?,
            document: row.optional_text("document_id")?,
        })
    };
    tx.all(DOCUMENTS, &args![id]).await?.iter().map(of_row).collect()
}

/// The note as it follows from the log; `identical` is what the person states. None where quality assurance has not
/// ended.
#[must_use]
pub fn draft(
    stored: &Stored,
    documents: &[Made],
    configuration: &Configuration,
    ocr: Option<&Ocr>,
    identical: bool,
) -> Option<TransferNote> {
    let batch = stored.batch.as_ref()?;
    let (ended, checker) = batch.approved.as_ref()?;
    let first_page = stored.history.iter().rev().find(|logged| {
        matches!(logged.command, Command::Add { .. } | Command::Replace { .. } | Command::Treat { .. })
    })?;
    let pair = |name: &str, value: String| (name.to_owned(), value);
    let device = configuration.devices.iter().find(|(name, _)| *name == stored.device);
    let device = device.map_or_else(|| stored.device.clone(), |(name, what)| format!("{name} ({what})"));
    let said = |text: &str, otherwise: &str| {
        if text.trim().is_empty() { otherwise.to_owned() } else { text.trim().to_owned() }
    };
    let words = if batch.remarks.iter().any(|remark| remark == super::read::NO_PROGRAM) {
        "keine".to_owned()
    } else {
        ocr.map_or_else(|| "tesseract".to_owned(), |ocr| format!("tesseract {}, {}", ocr.version, ocr.languages))
    };
    let technical = vec![
        pair("Scanner", said(&device, "nicht angegeben")),
        pair("Eingang", stored.channel.name().get(Lang::De).to_owned()),
        pair("Auflösung und Verdichtung", images(batch)),
        pair("Programm", concat!("vir ", env!("CARGO_PKG_VERSION")).to_owned()),
        pair("Texterkennung", words),
        pair("Dateiformat", "PDF/A-2b, Bilder unverändert übernommen".to_owned()),
    ];
    let organisational = vec![
        pair("Scanvorgang durch", said(&stored.creator_name, "nicht angegeben")),
        pair("Qualitätssicherung durch", said(&stored.checker_name, "nicht angegeben")),
        pair("Ort", said(&configuration.place, "nicht angegeben")),
        pair("Verfahren", said(&configuration.version, "ohne Version")),
        pair("Dokumentklasse", batch.class.title.clone()),
        pair("Stapel", stored.title.clone()),
    ];
    let scan = |made: &Made| {
        made.sha512.as_ref().map(|sha512| Scan {
            name: made.name(),
            algorithm: "sha512".to_owned(),
            value: sha512.clone(),
        })
    };
    let page = |(at, page): (usize, &Page)| Scan {
        name: format!("seite-{:05}", at + 1),
        algorithm: "sha512".to_owned(),
        value: page.treated.clone().unwrap_or_else(|| page.raw.clone()),
    };
    let creator = batch.scanned_by.iter().find_map(|who| who.people().next()).map(|person| person.0.clone());
    Some(TransferNote {
        batch: batch.id.clone(),
        creator: creator.unwrap_or_default(),
        organisation: said(&configuration.organisation, ""),
        technical,
        organisational,
        irregularities: batch.remarks.clone(),
        scanned: first_page.at,
        quality: Quality {
            checker: checker.people().next().map(|person| person.0.clone()).unwrap_or_default(),
            ended: *ended,
            pages: batch.pages.len() as u64,
            checked: batch.checked.len() as u64,
            seed: batch.seed.clone(),
            repeated: u64::from(batch.repeated),
            good: true,
        },
        identical,
        scans: documents.iter().filter_map(scan).chain(batch.pages.iter().enumerate().map(page)).collect(),
    })
}

/// How the images are coded, and how finely.
fn images(batch: &Batch) -> String {
    let mut kinds: Vec<String> = batch
        .pages
        .iter()
        .map(|page| {
            let dpi = page.dpi.map_or_else(|| "Auflösung nicht angegeben".to_owned(), |dpi| format!("{dpi} dpi"));
            let compression = serde_json::to_value(page.compression).unwrap_or_default();
            format!("{dpi}, {}", compression.as_str().unwrap_or("unbekannt"))
        })
        .collect();
    kinds.sort();
    kinds.dedup();
    kinds.join("; ")
}

/// Makes the note: somebody states that paper and scans are the same.
///
/// # Errors
/// Where files are still being made, a measure forbids it, or the store fails.
pub async fn make(tx: &mut Tx, id: &str, identical: bool, who: &Who, ocr: Option<&Ocr>) -> Result<Stored, BatchError> {
    tx.lock(&batch::lock(id)).await?;
    let stored = batch::load(tx, id).await?.ok_or(BatchError::Unknown)?;
    let documents = documents(tx, id).await?;
    if stored.is(State::Approved) && documents.iter().any(|made| made.pages > 0 && made.sha512.is_none()) {
        return Err(BatchError::Missing(Text::new(
            "Die PDF/A-Dateien werden noch erzeugt.",
            "The PDF/A files are still being made.",
        )));
    }
    let configuration = procedure::load(tx).await?;
    if configuration.organisation.trim().is_empty() {
        return Err(BatchError::Missing(Text::new(
            "Zum Verfahren fehlt noch der Name der Organisation (Scannen, Verfahren).",
            "The name of the organisation is missing (scanning, procedure).",
        )));
    }
    let note = draft(&stored, &documents, &configuration, ocr, identical).ok_or_else(|| {
        BatchError::Missing(Text::new("Die Qualitätssicherung ist nicht beendet.", "Quality assurance has not ended."))
    })?;
    let noted = batch::act(tx, id, &[Command::Note { note: Box::new(note) }], who).await?;
    if noted.batch.as_ref().is_some_and(|batch| !batch.is_sealed_enough()) {
        super::seal::enqueue(tx, id).await?;
    }
    Ok(noted)
}

/// A note in JSON, as it is kept.
#[must_use]
pub fn json(note: &TransferNote) -> Vec<u8> {
    let mut out = Vec::new();
    let mut serializer = serde_json::Serializer::pretty(&mut out);
    note.serialize(&mut serializer).expect("a note is JSON");
    out.push(b'\n');
    out
}

/// How the note's files are called, in a record and inside of each other.
pub const PDF: &str = "transfervermerk.pdf";
/// The seal over the PDF.
pub const SEAL: &str = "transfervermerk.pdf.p7s";
/// The note for programs.
pub const JSON: &str = "transfervermerk.json";
/// The same as XML.
pub const XML: &str = "transfervermerk.xml";

/// The note that a PDF holds as XML; none where it holds none.
#[must_use]
pub fn of_pdf(bytes: &[u8]) -> Option<TransferNote> {
    let files = vir_pdf::read::embedded_files(bytes, &vir_pdf::Limits::default()).ok()?;
    let found = files.iter().find(|file| file.name == XML)?;
    TransferNote::from_xml(&found.bytes)
}

/// A note as PDF/A-3b, with its JSON and XML inside.
///
/// # Errors
/// Where the PDF cannot be written.
pub fn pdf(note: &TransferNote, title: &str, at: jiff::Timestamp) -> Result<Vec<u8>, vir_pdf::PdfError> {
    let time = super::make::pdf_time(at);
    let mut document = Document::new(&format!("Transfervermerk zu {title}"), Lang::De, time);
    document.author = Some(note.organisation.clone());
    document.subject = Some("Transfervermerk nach BSI TR-03138 (RESISCAN), A.NB.4".to_owned());
    let fields = |pairs: &[(String, String)]| {
        Block::Fields(pairs.iter().map(|(name, value)| Field::new(name, None, value)).collect())
    };
    let heading = |text: &str| Block::Heading(Level::Two, text.to_owned());
    let quality = &note.quality;
    let drawn = match &quality.seed {
        Some(seed) => format!("Stichprobe; Startwert der Losung: {seed}"),
        None => "alle Seiten".to_owned(),
    };
    let mut blocks = vec![
        Block::Heading(Level::One, "Transfervermerk".to_owned()),
        Block::Paragraph(Style::Lead, title.to_owned()),
        heading("Ersteller"),
        fields(&[
            ("Person (Kennung)".to_owned(), note.creator.clone()),
            ("Organisation".to_owned(), note.organisation.clone()),
        ]),
        heading("Technische Umgebung"),
        fields(&note.technical),
        heading("Organisatorische Umgebung"),
        fields(&note.organisational),
        heading("Auffälligkeiten"),
    ];
    if note.irregularities.is_empty() {
        blocks.push(Block::Paragraph(Style::Normal, "Keine.".to_owned()));
    }
    blocks.extend(note.irregularities.iter().map(|text| Block::Paragraph(Style::Normal, text.clone())));
    blocks.extend([
        heading("Zeitpunkt"),
        fields(&[("Letzter Scan (UTC)".to_owned(), note.scanned.to_string())]),
        heading("Ergebnis der Qualitätssicherung"),
        fields(&[
            ("Geprüft von (Kennung)".to_owned(), quality.checker.clone()),
            ("Beendet (UTC)".to_owned(), quality.ended.to_string()),
            ("Seiten".to_owned(), quality.pages.to_string()),
            ("Davon geprüft".to_owned(), quality.checked.to_string()),
            ("Auswahl".to_owned(), drawn),
            ("Neu gescannt".to_owned(), quality.repeated.to_string()),
            ("Ergebnis".to_owned(), if quality.good { "in Ordnung" } else { "nicht in Ordnung" }.to_owned()),
        ]),
        heading("Bildliche und inhaltliche Übereinstimmung"),
        Block::Paragraph(
            Style::Normal,
            if note.identical {
                "Die Scans stimmen mit dem Papier bildlich und inhaltlich überein."
            } else {
                "Nicht bestätigt."
            }
            .to_owned(),
        ),
        heading("Dateien (SHA-512)"),
        Block::Fields(
            note.scans
                .iter()
                .filter(|scan| scan.name.ends_with(".pdf"))
                .map(|scan| Field::new(&scan.name, None, &scan.value))
                .collect(),
        ),
        Block::Paragraph(
            Style::Small,
            "Die Hashwerte aller Seitenbilder stehen in den eingebetteten Dateien (JSON, XML).".to_owned(),
        ),
    ]);
    document.blocks = blocks;
    let file = |name: &str, mime: &str, bytes: Vec<u8>| File {
        name: name.to_owned(),
        mime: mime.to_owned(),
        relationship: Relationship::Data,
        description: "Der Transfervermerk für Programme".to_owned(),
        modified: time,
        bytes,
    };
    document.files =
        vec![file(JSON, "application/json", json(note)), file(XML, "text/xml", note.to_xml().into_bytes())];
    render(&document).map(|rendered| rendered.pdf)
}

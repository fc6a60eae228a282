//! What may come in, and how much of it: every limit is one constant here.
//!
//! The page `docs/betrieb/grenzen.md` is written from [`TABLE`], and a test compares them.
//!
//! Invariant: whatever comes from outside meets one of these before it costs memory or time.

/// Bytes in a mebibyte.
const MIB: u64 = 1024 * 1024;

/// The largest single document: an invoice as XML, PDF or picture.
pub const DOCUMENT_BYTES: u64 = 50 * MIB;
/// The largest ZIP archive, or all files of one upload together.
pub const UPLOAD_BYTES: u64 = 256 * MIB;
/// How many files one upload may have outside of archives.
pub const UPLOAD_FILES: usize = 500;
/// How many files an archive may have.
pub const ARCHIVE_FILES: usize = 10_000;
/// What an archive may unpack to in all.
pub const ARCHIVE_UNPACKED_BYTES: u64 = 4 * 1024 * MIB;
/// How many times larger than the archive its content may be, from [`ARCHIVE_RATIO_FROM`] on.
pub const ARCHIVE_RATIO: u64 = 200;
/// Below this size the ratio does not matter: a small archive of much white space harms nobody.
pub const ARCHIVE_RATIO_FROM: u64 = 16 * MIB;
/// How many supporting documents of an invoice are kept as files; more stay in the original.
pub const ATTACHMENTS: usize = 200;
/// The longest name of a file, in characters; what is longer is cut before its ending.
pub const FILE_NAME_CHARS: usize = 120;
/// Elements inside each other in an XML document.
pub const XML_DEPTH: usize = 256;
/// Elements and attributes of an XML document together: what the lines of the largest document have.
pub const XML_NODES: usize = 2_000_000;
/// One stream of a PDF, unpacked.
pub const PDF_STREAM_BYTES: u64 = 64 * MIB;
/// All streams of a PDF together, unpacked.
pub const PDF_TOTAL_BYTES: u64 = 96 * MIB;
/// Files in a PDF.
pub const PDF_FILES: usize = 200;
/// Objects in a PDF.
pub const PDF_OBJECTS: usize = 500_000;
/// How much of all documents that are being received is held in memory at once: the largest one, or some thousand
/// of usual size.
pub const MEMORY_BYTES: u64 = 64 * MIB;
/// How many findings of a check are kept with an invoice; the rest is counted.
pub const FINDINGS: usize = 500;
/// How many routing rules a tenant may have.
pub const ROUTE_RULES: usize = 5_000;
/// The longest key of an idempotent request, in characters.
pub const IDEMPOTENCY_KEY_CHARS: usize = 200;
/// The largest document that the checking service takes.
pub const CHECK_BYTES: u64 = 20 * MIB;

/// One row of the table of limits.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// What is limited, in German: the page is part of the operator's guide.
    pub what: &'static str,
    /// How much.
    pub value: u64,
    /// In what.
    pub unit: Unit,
    /// What happens beyond it.
    pub beyond: &'static str,
}

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Bytes; shown in MiB.
    Bytes,
    /// Pieces of something.
    Pieces,
}

const fn bytes(what: &'static str, value: u64, beyond: &'static str) -> Limit {
    Limit { what, value, unit: Unit::Bytes, beyond }
}

const fn pieces(what: &'static str, value: usize, beyond: &'static str) -> Limit {
    Limit { what, value: value as u64, unit: Unit::Pieces, beyond }
}

/// All limits, in the order in which a document meets them.
pub const TABLE: &[Limit] = &[
    bytes(
        "Ein Dokument (XML, PDF oder Bild)",
        DOCUMENT_BYTES,
        "abgewiesen (HTTP 413), im Stapel als Fehler dieser Datei",
    ),
    bytes("Ein Hochladen im Ganzen, auch ein ZIP-Archiv", UPLOAD_BYTES, "abgewiesen (HTTP 413)"),
    pieces("Dateien je Hochladen", UPLOAD_FILES, "abgewiesen (HTTP 413)"),
    pieces("Dateien in einem ZIP-Archiv", ARCHIVE_FILES, "Archiv abgewiesen"),
    bytes(
        "Entpackte Größe eines ZIP-Archivs",
        ARCHIVE_UNPACKED_BYTES,
        "Einlesen bricht ab; bis dahin Eingelesenes bleibt",
    ),
    pieces(
        "Verhältnis entpackt zu gepackt (ab 16 MiB entpackt)",
        ARCHIVE_RATIO as usize,
        "Archiv abgewiesen („ZIP-Bombe“)",
    ),
    pieces("Verschachtelte Archive", 0, "als Fehler dieser Datei gemeldet, nie entpackt"),
    pieces("Zeichen eines Dateinamens", FILE_NAME_CHARS, "vor der Endung gekürzt"),
    pieces("Schachtelungstiefe in XML", XML_DEPTH, "Quarantäne"),
    pieces("Elemente und Attribute in XML", XML_NODES, "Quarantäne"),
    bytes("Ein Datenstrom eines PDF, entpackt", PDF_STREAM_BYTES, "Quarantäne"),
    bytes("Alle Datenströme eines PDF, entpackt", PDF_TOTAL_BYTES, "Quarantäne"),
    pieces("Eingebettete Dateien eines PDF", PDF_FILES, "Quarantäne"),
    pieces("Objekte eines PDF", PDF_OBJECTS, "Quarantäne"),
    pieces("Anlagen einer Rechnung als eigene Dateien", ATTACHMENTS, "weitere nur im Original"),
    pieces("Befunde je Rechnung im Bericht", FINDINGS, "weitere nur gezählt"),
    bytes("Speicher für alle gleichzeitig eingehenden Dokumente", MEMORY_BYTES, "HTTP 503 mit Retry-After"),
    pieces("Zeichen eines Idempotency-Key", IDEMPOTENCY_KEY_CHARS, "HTTP 400"),
    pieces("Rechnungen einer Sammelaktion", crate::bulk::MOST, "Auswahl abgelehnt"),
    pieces("Zuordnungsregeln je Mandant", ROUTE_RULES, "Speichern abgelehnt"),
    bytes("Ein Dokument beim Prüfdienst", CHECK_BYTES, "HTTP 413"),
    pieces("Prüfungen ohne Anmeldung je Minute und Adresse (Vorgabe)", 120, "HTTP 429 mit Retry-After"),
];

/// The table as it stands in the operator's guide, between its marks.
#[must_use]
pub fn table_markdown() -> String {
    let mut page = String::from("| Grenze | Wert | Darüber hinaus |\n|---|---:|---|\n");
    for limit in TABLE {
        let value = match limit.unit {
            Unit::Bytes => format!("{} MiB", limit.value / MIB),
            Unit::Pieces => grouped(limit.value),
        };
        page.push_str(&format!("| {} | {value} | {} |\n", limit.what, limit.beyond));
    }
    page
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// The bounds of the XML reader.
#[must_use]
pub fn xml() -> vir_invoice::xml::Limits {
    vir_invoice::xml::Limits {
        bytes: DOCUMENT_BYTES as usize,
        depth: XML_DEPTH,
        nodes: XML_NODES,
        ..vir_invoice::xml::Limits::default()
    }
}

/// The bounds of the PDF reader.
#[must_use]
pub fn pdf() -> vir_pdf::Limits {
    vir_pdf::Limits {
        file_bytes: DOCUMENT_BYTES,
        stream_bytes: PDF_STREAM_BYTES,
        total_bytes: PDF_TOTAL_BYTES,
        files: PDF_FILES,
        objects: PDF_OBJECTS,
        ..vir_pdf::Limits::default()
    }
}

//! From bytes to everything that the desk wants to know of a document, in one reading.
//!
//! What kind of file is it, is there an invoice in it, does that meet the rules of the day, what
//! does it say, which files hang on it? Pure computation, for the blocking threads: the document is
//! parsed once, checked on its tree, and read into the model once.
//!
//! Invariant: every sequence of bytes gives an answer; what cannot be read gives a trouble and its
//! place, never an error.

use axum::body::Bytes;
use base64::Engine as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vir_core::{Finding, Severity};
use vir_invoice::bindings;
use vir_invoice::check::{Checker, Options, Reason, Report, Verdict};
use vir_invoice::hybrid::{self, Absence, Embedded};
use vir_invoice::model::{Component, Invoice};
use vir_invoice::rules::Release;
use vir_invoice::safe_name::safe_name;
use vir_invoice::xml;
use vir_pdf::read::{EmbeddedFile, embedded_files};

use super::columns::{self, Columns, column_text};
use super::keys;
use crate::invoice_row::{self as row, Kind, Trouble};
use crate::limits;

/// What was found out about a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Understood {
    /// What it is.
    pub kind: Kind,
    /// `ubl-invoice`, `ubl-credit-note`, `cii`; none where there is no invoice in it.
    pub syntax: Option<&'static str>,
    /// The profile, as `vir_invoice` names it.
    pub profile: Option<&'static str>,
    /// What the check came to; none where there was nothing to check.
    pub verdict: Option<row::Verdict>,
    /// Why it goes to quarantine.
    pub trouble: Option<Trouble>,
    /// The columns.
    pub columns: Columns,
    /// The hash of what it says.
    pub content_key: Option<String>,
    /// The XML of the invoice, where it is inside a PDF.
    pub xml: Option<Bytes>,
    /// Files that hang on it.
    pub files: Vec<FoundFile>,
    /// What the check said, where it said anything.
    pub findings: Vec<KeptFinding>,
    /// Errors and warnings, those beyond [`limits::FINDINGS`] as well.
    pub finding_count: usize,
    /// Errors alone.
    pub error_count: usize,
    /// The release of the rules.
    pub release: &'static str,
    /// The words of its lines and notes.
    pub line_words: String,
}

/// A file that hangs on an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// `attachment` (BG-24), `pdf`, `mail`, `person`.
    pub origin: &'static str,
    /// A name that is safe to write.
    pub name: String,
    /// The MIME type as the document gives it.
    pub mime: String,
    /// What the document says about it.
    pub description: Option<String>,
    /// Its content.
    pub bytes: Bytes,
}

/// A finding as it is kept: what the check said on the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields are those of `vir_core::Finding`")]
pub struct KeptFinding {
    pub rule: String,
    pub severity: Severity,
    pub layer: String,
    pub path: String,
    pub line: u32,
    pub column: u32,
    pub terms: Vec<String>,
    pub value: Option<String>,
    pub message_de: String,
    pub message_en: String,
    pub repair_de: String,
    pub repair_en: String,
    pub actor: vir_core::Actor,
}

impl From<&Finding> for KeptFinding {
    fn from(finding: &Finding) -> Self {
        Self {
            rule: finding.rule.to_string(),
            severity: finding.severity,
            layer: finding.layer.to_owned(),
            path: finding.place.path.clone(),
            line: finding.place.line,
            column: finding.place.column,
            terms: finding.terms.iter().map(|&term| term.to_owned()).collect(),
            // PostgreSQL takes no NUL in JSON text, and nobody needs the others.
            value: finding.value.as_deref().map(|value| value.replace(char::is_control, " ")),
            message_de: finding.message.de.to_string(),
            message_en: finding.message.en.to_string(),
            repair_de: finding.repair.de.to_string(),
            repair_en: finding.repair.en.to_string(),
            actor: finding.actor,
        }
    }
}

/// What sort of file it is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// XML, or text that begins as XML does.
    Xml,
    /// PDF.
    Pdf,
    /// PNG, JPEG or TIFF.
    Picture,
    /// A ZIP archive.
    Zip,
    /// Nothing.
    Empty,
    /// Anything else.
    Unknown,
}

impl Format {
    /// The format of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let head = &bytes[..bytes.len().min(1024)];
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
        // UTF-16 begins with a mark, or with the first of `<?xml` in two bytes.
        let wide = matches!(head, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'<', 0, ..] | [0, b'<', ..]);
        match head {
            [] => Self::Empty,
            _ if first.is_none() => Self::Empty,
            _ if first == Some(&b'<') || wide => Self::Xml,
            [0x89, b'P', b'N', b'G', ..]
            | [0xff, 0xd8, 0xff, ..]
            | [b'I', b'I', 42, 0, ..]
            | [b'M', b'M', 0, 42, ..] => Self::Picture,
            [b'P', b'K', 3 | 5, 4 | 6, ..] => Self::Zip,
            _ if head.windows(5).any(|window| window == b"%PDF-") => Self::Pdf,
            _ => Self::Unknown,
        }
    }

    /// The MIME type to serve it with: nothing that a browser would run.
    #[must_use]
    pub fn mime(bytes: &[u8]) -> &'static str {
        match (Self::of(bytes), bytes.first()) {
            (Self::Xml, _) => "application/xml",
            (Self::Pdf, _) => "application/pdf",
            (Self::Picture, Some(0x89)) => "image/png",
            (Self::Picture, Some(0xff)) => "image/jpeg",
            (Self::Picture, _) => "image/tiff",
            (Self::Zip, _) => "application/zip",
            _ => "application/octet-stream",
        }
    }
}

/// How the desk checks on a day.
#[must_use]
pub fn options(today: Date) -> Options {
    Options {
        release: Release::find(&today.to_string()).unwrap_or_default(),
        limits: limits::xml(),
        ..Options::default()
    }
}

/// Finds out everything about a document that came in on `today`.
#[must_use]
pub fn understand(checker: &mut Checker, bytes: &Bytes, today: Date) -> Understood {
    let options = options(today);
    let blank = Understood::blank(&options);
    match Format::of(bytes) {
        Format::Xml => from_xml(checker, bytes, &options, today, blank),
        Format::Pdf => from_pdf(checker, bytes, &options, today, blank),
        Format::Picture => blank,
        Format::Empty => blank.quarantined(Trouble::Empty),
        Format::Zip | Format::Unknown => blank.quarantined(Trouble::UnknownFormat),
    }
}

impl Understood {
    /// A document of which only the picture is known.
    fn blank(options: &Options) -> Self {
        Self {
            kind: Kind::Unstructured,
            syntax: None,
            profile: None,
            verdict: None,
            trouble: None,
            columns: Columns::default(),
            content_key: None,
            xml: None,
            files: Vec::new(),
            findings: Vec::new(),
            finding_count: 0,
            error_count: 0,
            release: options.release.name(),
            line_words: String::new(),
        }
    }

    fn quarantined(self, trouble: Trouble) -> Self {
        Self { trouble: Some(trouble), ..self }
    }

    fn with_report(mut self, report: &Report) -> Self {
        self.verdict = Some(match report.verdict {
            Verdict::Accept => row::Verdict::Accept,
            Verdict::Reject => row::Verdict::Reject,
            Verdict::Undefined => row::Verdict::Undefined,
        });
        self.profile = report.profile.map(vir_invoice::identify::Profile::name);
        self.syntax = report.kind.map(vir_invoice::identify::Kind::name);
        self.error_count = report.count(Severity::Error);
        self.finding_count = self.error_count + report.count(Severity::Warning);
        self.findings = report.findings.iter().take(limits::FINDINGS).map(KeptFinding::from).collect();
        self
    }

    fn with_invoice(mut self, invoice: &Invoice, today: Date) -> Self {
        self.kind = columns::kind(invoice);
        self.columns = Columns::of(invoice, today);
        self.content_key = Some(keys::content_key(invoice));
        self.line_words = Columns::line_words(invoice);
        self.files.extend(attachments(invoice));
        self
    }
}

fn from_xml(checker: &mut Checker, bytes: &[u8], options: &Options, today: Date, blank: Understood) -> Understood {
    let Ok(doc) = xml::parse_with(bytes, &options.limits) else {
        let report = checker.check(bytes, options);
        return blank.with_report(&report).quarantined(Trouble::BrokenXml);
    };
    let report = checker.check_document(&doc, options);
    let found = blank.with_report(&report);
    if report.kind.is_none() {
        return found.quarantined(Trouble::NoInvoice);
    }
    found.with_invoice(&bindings::read_values(&doc), today)
}

fn from_pdf(checker: &mut Checker, bytes: &[u8], options: &Options, today: Date, blank: Understood) -> Understood {
    let mut files = match embedded_files(bytes, &limits::pdf()) {
        Ok(files) => files,
        Err(error) => {
            let report = hybrid::report_damage(error.text(), options);
            return blank.with_report(&report).quarantined(Trouble::BrokenPdf);
        }
    };
    let list: Vec<Embedded<'_>> = files.iter().map(described).collect();
    let choice = match hybrid::pick(&list) {
        Ok(choice) => choice,
        Err(absence) => {
            let report = hybrid::report_absence(absence, options);
            let mut found = blank.with_report(&report);
            found.verdict = None;
            if absence != Absence::NoFiles {
                found.files.extend(files.into_iter().map(beside));
            }
            return found;
        }
    };
    let several = hybrid::several_invoices(&list, &choice);
    let chosen = files.remove(choice.index);
    if let Some(damage) = &chosen.damage {
        let report = hybrid::report_damage(damage.text(), options);
        return blank.with_report(&report).quarantined(Trouble::BrokenPdf);
    }
    let xml = Bytes::from(chosen.bytes);
    let mut found = from_xml(checker, &xml, options, today, blank);
    if let Some(several) = several {
        found.finding_count += 1;
        found.findings.push(KeptFinding::from(&several));
    }
    found.files.extend(files.into_iter().map(beside));
    found.files.truncate(limits::ATTACHMENTS);
    found.xml = Some(xml);
    found
}

fn described(file: &EmbeddedFile) -> Embedded<'_> {
    Embedded {
        name: &file.name,
        relationship: file.relationship.name(),
        mime: file.mime.as_deref(),
        bytes: &file.bytes,
    }
}

fn beside(file: EmbeddedFile) -> FoundFile {
    FoundFile {
        origin: "pdf",
        name: safe_name(&file.name, "anlage"),
        mime: file.mime.as_deref().and_then(column_text).unwrap_or_else(|| "application/octet-stream".to_owned()),
        description: column_text(&file.description),
        bytes: Bytes::from(file.bytes),
    }
}

/// The supporting documents that are inside the invoice (BT-125). One that is no base64 stays in
/// the original only.
fn attachments(invoice: &Invoice) -> impl Iterator<Item = FoundFile> {
    use base64::alphabet;
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&alphabet::STANDARD, lenient);
    invoice.attachments().take(limits::ATTACHMENTS).filter_map(move |attachment| {
        let file = attachment.file()?;
        let base64: Vec<u8> = file.as_str()?.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let bytes = engine.decode(base64).ok()?;
        let name = file.component(Component::Filename).or(attachment.reference()).unwrap_or_default();
        Some(FoundFile {
            origin: "attachment",
            name: safe_name(name, "anlage"),
            mime: file
                .component(Component::Mime)
                .and_then(column_text)
                .unwrap_or_else(|| "application/octet-stream".to_owned()),
            description: attachment.description().or(attachment.reference()).and_then(column_text),
            bytes: Bytes::from(bytes),
        })
    })
}

/// The report on a document as it is judged today, for showing findings at their fields.
#[must_use]
pub fn report_on(checker: &mut Checker, xml: &[u8], today: Date) -> Report {
    checker.check(xml, &options(today))
}

/// Does this reason mean that there is no invoice to look at?
#[must_use]
pub fn is_unreadable(reason: Option<Reason>) -> bool {
    reason == Some(Reason::NotWellFormed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(bytes: &'static [u8]) -> Understood {
        understand(&mut Checker::new(), &Bytes::from_static(bytes), Date::constant(2026, 11, 22))
    }

    #[test]
    fn any_bytes_find_their_place() {
        let invoice = look(include_bytes!("../../../invoice/samples/small-ubl.xml"));
        assert_eq!((invoice.kind, invoice.trouble, invoice.syntax), (Kind::Invoice, None, Some("ubl-invoice")));
        let faulty = look(include_bytes!("../../../invoice/samples/faulty-ubl.xml"));
        assert_eq!((faulty.trouble, faulty.verdict), (None, Some(row::Verdict::Reject)));
        assert!(!faulty.findings.is_empty() && faulty.error_count > 0);
        for (bytes, trouble) in [
            (&b""[..], Trouble::Empty),
            (b" \n", Trouble::Empty),
            (b"<html><body/></html>", Trouble::NoInvoice),
            (b"<Invoice", Trouble::BrokenXml),
            (b"%PDF-1.7 nothing", Trouble::BrokenPdf),
            (b"PK\x03\x04zip", Trouble::UnknownFormat),
            (b"Sehr geehrte Damen und Herren", Trouble::UnknownFormat),
        ] {
            assert_eq!(look(bytes).trouble, Some(trouble), "{:?}", String::from_utf8_lossy(bytes));
        }
        let picture = look(b"\xff\xd8\xff\xe0 a scan");
        assert_eq!((picture.kind, picture.trouble, picture.verdict), (Kind::Unstructured, None, None));
    }
}

//! From the bytes of a file to the XML of its invoice, which may be inside a PDF.

use std::borrow::Cow;

use anyhow::{Result, anyhow, bail};
use vir_core::{Finding, Lang, Text};
use vir_invoice::bindings;
use vir_invoice::check::{Checker, Options, Report};
use vir_invoice::hybrid::{self, Absence, Embedded};
use vir_invoice::identify::{Kind, describe_other};
use vir_invoice::model::Invoice;
use vir_invoice::xml::{self, Document};
use vir_pdf::Limits;
use vir_pdf::read::{EmbeddedFile, embedded_files};

use super::input::Source;
use crate::language::{language, say};

/// How much a PDF may cost.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct PdfLimits {
    #[arg(long, value_name = "BYTES", help = say(
        "So groß darf ein Datenstrom eines PDF entpackt höchstens sein",
        "The most bytes that one stream of a PDF may unpack to"
    ))]
    max_stream_bytes: Option<u64>,
    #[arg(long, value_name = "BYTES", help = say(
        "So groß dürfen alle Datenströme eines PDF zusammen höchstens sein",
        "The most bytes that all streams of a PDF may unpack to"
    ))]
    max_total_bytes: Option<u64>,
    #[arg(long, value_name = say("ZAHL", "NUMBER"), help = say(
        "So viele Objekte darf ein PDF höchstens haben",
        "The most objects that a PDF may have"
    ))]
    max_objects: Option<usize>,
}

impl PdfLimits {
    /// The limits, with those of the reader where nothing was said.
    pub fn limits(self) -> Limits {
        let usual = Limits::default();
        Limits {
            stream_bytes: self.max_stream_bytes.unwrap_or(usual.stream_bytes),
            total_bytes: self.max_total_bytes.unwrap_or(usual.total_bytes),
            objects: self.max_objects.unwrap_or(usual.objects),
            ..usual
        }
    }
}

/// The invoice of a file.
#[derive(Debug)]
pub struct Opened<'a> {
    /// Its XML.
    pub xml: Cow<'a, [u8]>,
    /// Its name inside the PDF; none where the file itself is the invoice.
    pub embedded: Option<String>,
    /// Why this file of the PDF is the invoice.
    pub reason: Option<Text>,
    /// What is to be said about the PDF.
    pub finding: Option<Finding>,
    /// The other files in the PDF.
    pub beside: Vec<EmbeddedFile>,
}

/// Why there is no invoice in a PDF.
#[derive(Debug)]
pub enum Nothing {
    /// None of its files is one.
    Absent(Absence),
    /// It cannot be opened.
    Damaged(Text),
}

impl Nothing {
    /// The report that says so.
    pub fn report(self, options: &Options) -> Report {
        match self {
            Self::Absent(absence) => hybrid::report_absence(absence, options),
            Self::Damaged(text) => hybrid::report_damage(text, options),
        }
    }
}

/// Does it begin as a PDF does? Some programs write a few bytes before.
pub fn is_pdf(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(1024)];
    let first = head.iter().find(|byte| !byte.is_ascii_whitespace());
    first != Some(&b'<') && head.windows(5).any(|window| window == b"%PDF-")
}

/// Finds the invoice.
pub fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Opened<'a>, Nothing> {
    if !is_pdf(bytes) {
        return Ok(Opened {
            xml: Cow::Borrowed(bytes),
            embedded: None,
            reason: None,
            finding: None,
            beside: Vec::new(),
        });
    }
    let mut files = embedded_files(bytes, limits).map_err(|error| Nothing::Damaged(error.text()))?;
    let list: Vec<Embedded<'_>> = files.iter().map(described).collect();
    let choice = hybrid::pick(&list).map_err(Nothing::Absent)?;
    let finding = hybrid::several_invoices(&list, &choice);
    let chosen = files.remove(choice.index);
    if let Some(damage) = &chosen.damage {
        return Err(Nothing::Damaged(damage.text()));
    }
    Ok(Opened {
        xml: Cow::Owned(chosen.bytes),
        embedded: Some(chosen.name),
        reason: Some(choice.reason),
        finding,
        beside: files,
    })
}

/// An invoice read for showing or converting.
#[derive(Debug)]
pub struct Loaded {
    /// The bytes of the file.
    pub bytes: Vec<u8>,
    /// The XML of the invoice.
    pub xml: Vec<u8>,
    /// Its name inside a PDF.
    pub embedded: Option<String>,
    /// Why this file of the PDF is the invoice.
    pub reason: Option<Text>,
    /// The other files in the PDF.
    pub beside: Vec<EmbeddedFile>,
}

/// Reads a file and finds the invoice in it.
pub fn load(source: &Source, limits: &Limits) -> Result<Loaded> {
    let bytes = source.read()?;
    let opened = match open(&bytes, limits) {
        Ok(opened) => opened,
        Err(nothing) => {
            let report = nothing.report(&Options::default());
            let finding = &report.findings[0];
            bail!("{}: {} {}", source.title(), finding.message.get(language()), finding.repair.get(language()));
        }
    };
    let Opened { xml, embedded, reason, beside, .. } = opened;
    let xml = xml.into_owned();
    Ok(Loaded { bytes, xml, embedded, reason, beside })
}

impl Loaded {
    /// The document and the invoice that it says.
    pub fn read(&self, source: &Source) -> Result<(Document<'_>, Invoice)> {
        let doc = xml::parse(&self.xml).map_err(|error| {
            let place = match language() {
                Lang::De => format!("Zeile {}, Spalte {}", error.line, error.column),
                Lang::En => format!("line {}, column {}", error.line, error.column),
            };
            anyhow!(
                "{}, {place}: {} {}",
                source.title(),
                error.kind.message().get(language()),
                error.kind.repair().get(language())
            )
        })?;
        if Kind::of(&doc).is_none() {
            let what = describe_other(&doc);
            match language() {
                Lang::De => bail!("{}: Das ist keine Rechnung, sondern {}", source.title(), what.de),
                Lang::En => bail!("{}: this is no invoice but {}", source.title(), what.en),
            }
        }
        let invoice = bindings::read(&doc);
        Ok((doc, invoice))
    }
}

/// Checks the invoice of a file; also gives its name inside a PDF.
pub fn check(checker: &mut Checker, bytes: &[u8], options: &Options, limits: &Limits) -> (Report, Option<String>) {
    match open(bytes, limits) {
        Ok(opened) => {
            let mut report = checker.check(&opened.xml, options);
            report.findings.extend(opened.finding);
            (report, opened.embedded)
        }
        Err(nothing) => (nothing.report(options), None),
    }
}

fn described(file: &EmbeddedFile) -> Embedded<'_> {
    Embedded {
        name: &file.name,
        relationship: file.relationship.name(),
        mime: file.mime.as_deref(),
        bytes: &file.bytes,
    }
}

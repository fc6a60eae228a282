//! An invoice as a PDF: the same view as on the terminal and the page, laid out for print.
//!
//! Invariant: every field of the view is on some page, with the number of its term.

use vir_core::{Lang, Severity};
use vir_invoice::check::Verdict;
use vir_invoice::identify::Kind;
use vir_invoice::model::{Bg, Bt, Invoice};
use vir_invoice::show::{Field, LineView, Section, View};
use vir_pdf::write::{self, Align, Block, Cell, Column, Document, File, Level, Notice, Panel, Row, Style, Sum, Table, Width};
use vir_pdf::{FacturxMetadata, PdfError, Relationship};

use super::clock;
use crate::language::say;

/// The invoice that is embedded.
#[derive(Debug, Clone, Copy)]
pub struct Original<'a> {
    /// Its bytes.
    pub xml: &'a [u8],
    /// What it is.
    pub kind: Kind,
    /// Its specification identifier (BT-24).
    pub specification: Option<&'a str>,
}

impl Original<'_> {
    /// The name under which ZUGFeRD and Factur-X embed it.
    pub fn file_name(&self) -> &'static str {
        match (self.kind, self.is_xrechnung()) {
            (Kind::Cii, false) => "factur-x.xml",
            (Kind::Cii, true) => "xrechnung.xml",
            _ => "ubl-invoice.xml",
        }
    }

    /// The metadata that makes the PDF a ZUGFeRD invoice; UBL cannot be one.
    pub fn facturx(&self) -> Option<FacturxMetadata> {
        let level = self.conformance_level()?;
        Some(FacturxMetadata::invoice(self.file_name(), level))
    }

    fn is_xrechnung(&self) -> bool {
        self.specification.is_some_and(|specification| specification.contains("xrechnung"))
    }

    fn conformance_level(&self) -> Option<&'static str> {
        if self.kind != Kind::Cii {
            return None;
        }
        let specification = self.specification.unwrap_or_default().trim();
        let level = |part: &str| specification.ends_with(part);
        Some(match () {
            () if self.is_xrechnung() => "XRECHNUNG",
            () if level(":extended") => "EXTENDED",
            () if level(":basicwl") => "BASIC WL",
            () if level(":basic") => "BASIC",
            () if level(":minimum") => "MINIMUM",
            () => "EN 16931",
        })
    }
}

/// The specification identifier (BT-24) of an invoice.
pub fn specification_of(invoice: &Invoice) -> Option<&str> {
    invoice.root.group(Bg::BG2)?.text(Bt::BT24)
}

/// Lays the view out, with the invoice embedded.
pub fn render(view: &View<'_>, original: &Original<'_>) -> Result<Vec<u8>, PdfError> {
    let mut document = Document::new(&view.title, view.lang, clock::now());
    document.subject = Some(say("E-Rechnung nach EN 16931", "E-invoice after EN 16931").to_owned());
    document.blocks = blocks(view);
    document.facturx = original.facturx();
    document.files = vec![file(original)];
    Ok(write::render(&document)?.pdf)
}

/// The invoice as a file to be embedded.
pub fn file(original: &Original<'_>) -> File {
    File {
        name: original.file_name().to_owned(),
        mime: "text/xml".to_owned(),
        relationship: Relationship::Alternative,
        description: say("Die Rechnung als XML", "The invoice as XML").to_owned(),
        modified: clock::now(),
        bytes: original.xml.to_vec(),
    }
}

fn blocks(view: &View<'_>) -> Vec<Block> {
    let mut out = vec![Block::Heading(Level::One, view.title.clone())];
    verdict(view, &mut out);
    out.push(Block::Fields(view.key.iter().map(|key| field(view, key)).collect()));
    let (parties, others): (Vec<&Section>, Vec<&Section>) =
        view.sections.iter().partition(|section| matches!(section.group, "BG-4" | "BG-7"));
    if !parties.is_empty() {
        out.push(Block::Panels(parties.into_iter().map(|section| panel(view, section)).collect()));
    }
    lines(view, &mut out);
    for section in &view.totals {
        totals(view, section, &mut out);
    }
    for other in others {
        section(view, other, Level::Two, &mut out);
    }
    for attachment in &view.attachments {
        section(view, &attachment.section, Level::Two, &mut out);
        let name = attachment.filename.trim();
        if !name.is_empty() {
            out.push(Block::Paragraph(Style::Small, format!("{name} ({})", attachment.mime)));
        }
    }
    further(view, &mut out);
    out
}

fn verdict(view: &View<'_>, out: &mut Vec<Block>) {
    let Some(report) = view.report else { return };
    let word = match report.verdict {
        Verdict::Accept => say("Geprüft und angenommen", "Checked and accepted"),
        Verdict::Reject => say("Geprüft und abgelehnt", "Checked and rejected"),
        Verdict::Undefined => say("Geprüft, ohne Urteil", "Checked, undecided"),
    };
    let profile = report.profile.map_or(String::new(), |profile| format!(" · {}", profile.title()));
    out.push(Block::Paragraph(Style::Lead, format!("{word}{profile}")));
    for (finding, anchor) in report.findings.iter().zip(&view.finding_anchors) {
        // Findings with a place stand there.
        if anchor.is_none() || finding.severity == Severity::Error {
            out.push(Block::Notice(Notice {
                severity: finding.severity,
                title: finding.rule.to_string(),
                text: format!("{} {}", finding.message.get(view.lang), finding.repair.get(view.lang)),
            }));
        }
    }
}

fn notices(view: &View<'_>, findings: &[usize]) -> Vec<Notice> {
    let found = findings.iter().filter_map(|index| view.finding(*index));
    found
        .map(|finding| Notice {
            severity: finding.severity,
            title: finding.rule.to_string(),
            text: finding.message.get(view.lang).to_owned(),
        })
        .collect()
}

fn field(view: &View<'_>, field: &Field) -> write::Field {
    let mut value = field.value.clone();
    for hint in &field.hints {
        value.push('\n');
        value.push_str(hint);
    }
    write::Field {
        label: field.label.to_owned(),
        term: Some(field.term.to_owned()),
        value,
        notices: notices(view, &field.findings),
    }
}

/// The fields of a section and of all below it.
fn all_fields(view: &View<'_>, section: &Section, out: &mut Vec<write::Field>) {
    out.extend(section.fields.iter().map(|inner| field(view, inner)));
    for inner in &section.sections {
        all_fields(view, inner, out);
    }
}

fn panel(view: &View<'_>, section: &Section) -> Panel {
    let mut fields = Vec::new();
    all_fields(view, section, &mut fields);
    Panel { title: section.title.clone(), term: Some(section.group.to_owned()), lines: Vec::new(), fields }
}

fn section(view: &View<'_>, from: &Section, level: Level, out: &mut Vec<Block>) {
    out.push(Block::Heading(level, format!("{} ({})", from.title, from.group)));
    out.extend(notices(view, &from.findings).into_iter().map(Block::Notice));
    if !from.fields.is_empty() {
        out.push(Block::Fields(from.fields.iter().map(|inner| field(view, inner)).collect()));
    }
    for inner in &from.sections {
        section(view, inner, Level::Three, out);
    }
}

fn totals(view: &View<'_>, from: &Section, out: &mut Vec<Block>) {
    if from.group != "BG-22" {
        return section(view, from, Level::Two, out);
    }
    out.push(Block::Heading(Level::Two, format!("{} ({})", from.title, from.group)));
    let sums = from.fields.iter().map(|field| Sum {
        label: field.label.to_owned(),
        term: Some(field.term.to_owned()),
        amount: field.value.clone(),
        strong: matches!(field.term, "BT-112" | "BT-115"),
    });
    out.push(Block::Sums(sums.collect()));
    let found = from.fields.iter().flat_map(|field| notices(view, &field.findings));
    out.extend(found.chain(notices(view, &from.findings)).map(Block::Notice));
}

/// The terms that have a column of their own.
const COLUMNS: [&str; 8] = ["BT-126", "BT-153", "BT-129", "BT-130", "BT-146", "BT-151", "BT-152", "BT-131"];

fn lines(view: &View<'_>, out: &mut Vec<Block>) {
    if view.lines.is_empty() {
        return;
    }
    out.push(Block::Heading(Level::Two, say("Positionen (BG-25)", "Lines (BG-25)").to_owned()));
    let column = |title: &str, term: &str, align, width| Column {
        title: title.to_owned(),
        term: Some(term.to_owned()),
        align,
        width,
    };
    let columns = vec![
        column(say("Nr.", "No."), "BT-126", Align::Left, Width::Fit),
        column(say("Bezeichnung", "Item"), "BT-153", Align::Left, Width::Share(1.0)),
        column(say("Menge", "Quantity"), "BT-129", Align::Right, Width::Fit),
        column(say("Preis", "Price"), "BT-146", Align::Right, Width::Fit),
        column(say("USt.", "VAT"), "BT-151", Align::Right, Width::Fit),
        column(say("Netto", "Net"), "BT-131", Align::Right, Width::Fit),
    ];
    let rows = view.lines.iter().map(|line| row(view, line)).collect();
    out.push(Block::Table(Table { summary: say("Rechnungspositionen", "Invoice lines").to_owned(), columns, rows }));
}

fn row(view: &View<'_>, line: &LineView) -> Row {
    let mut detail = Vec::new();
    let mut found = notices(view, &line.findings);
    for field in &line.fields {
        found.extend(notices(view, &field.findings));
        if COLUMNS.contains(&field.term) {
            continue;
        }
        let mut text = format!("{} ({}): {}", field.label, field.term, field.value);
        for hint in &field.hints {
            text.push_str(" – ");
            text.push_str(hint);
        }
        detail.push(text);
    }
    let name = Cell {
        text: format!("{}{}", "– ".repeat(line.depth), line.name),
        detail: (!detail.is_empty()).then(|| detail.join("\n")),
    };
    let cells = vec![
        line.number.as_str().into(),
        name,
        line.quantity.as_str().into(),
        line.price.as_str().into(),
        line.vat.as_str().into(),
        line.net.as_str().into(),
    ];
    Row { cells, total: false, notices: found }
}

fn further(view: &View<'_>, out: &mut Vec<Block>) {
    if view.further.is_empty() {
        return;
    }
    let title = say("Weitere Angaben außerhalb der Norm", "Further fields outside of the standard");
    out.push(Block::Heading(Level::Two, title.to_owned()));
    let fields = view.further.iter().map(|(path, value)| write::Field::new(path, None, value));
    out.push(Block::Fields(fields.collect()));
    if view.further_omitted > 0 {
        let text = match view.lang {
            Lang::De => format!("Dazu kommen {} weitere Angaben.", view.further_omitted),
            Lang::En => format!("There are {} more.", view.further_omitted),
        };
        out.push(Block::Paragraph(Style::Small, text));
    }
}

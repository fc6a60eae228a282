//! The view of an invoice as pages: PDF/A-3b and PDF/UA-1 with the original XML inside.
//!
//! The only place that knows both the invoice and the PDF writer.
//!
//! Invariant: what stands on the pages stands in the embedded invoice.

use vir_core::{Lang, Text};
use vir_invoice::check::Verdict;
use vir_invoice::show::{Field, LineView, Section, View};
use vir_invoice::{bindings, xml};
use vir_pdf::write::{
    Align, Block, Cell, Column, Document, Field as PdfField, File, Level, Notice, Panel, Row, Style, Sum, Table, Width,
};
use vir_pdf::{FacturxMetadata, Relationship, Timestamp};

/// A ZUGFeRD PDF of an XRechnung in CII: pages for people, and the invoice itself inside.
///
/// # Errors
/// Where the XML is none, or the PDF cannot be written.
pub fn zugferd(cii: &str, lang: Lang, now: jiff::Timestamp) -> Result<Vec<u8>, Text> {
    let broken = |error: &dyn std::fmt::Display| Text::owned(error.to_string(), error.to_string());
    let doc = xml::parse(cii.as_bytes()).map_err(|error| broken(&error))?;
    let invoice = bindings::read(&doc);
    let view = View::new(&invoice, None, lang);
    let facturx = FacturxMetadata::invoice("xrechnung.xml", "XRECHNUNG");
    let pages = document(&view, cii.as_bytes(), Some(facturx), timestamp(now));
    vir_pdf::write::render(&pages).map(|rendered| rendered.pdf).map_err(|error| error.text())
}

/// A moment as PDFs write it, in UTC.
pub(crate) fn timestamp(now: jiff::Timestamp) -> Timestamp {
    let utc = now.to_zoned(jiff::tz::TimeZone::UTC);
    let small = |number: i8| u8::try_from(number).unwrap_or(0);
    let year = u16::try_from(utc.year()).unwrap_or(1970);
    Timestamp::utc(
        year,
        small(utc.month()),
        small(utc.day()),
        small(utc.hour()),
        small(utc.minute()),
        small(utc.second()),
    )
    .expect("every moment has a date")
}

/// The pages of an invoice. `date` is the date of creation that the PDF names.
pub fn document(view: &View<'_>, xml: &[u8], facturx: Option<FacturxMetadata>, date: Timestamp) -> Document {
    let mut sheet = Document::new(&view.title, view.lang, date);
    let name = facturx.as_ref().map_or("rechnung.xml", |facturx| facturx.document_file_name.as_str());
    sheet.files.push(File {
        name: name.to_owned(),
        mime: "text/xml".to_owned(),
        // The XML says the same as the pages; where it is the invoice proper, that is "alternative".
        relationship: if facturx.is_some() { Relationship::Alternative } else { Relationship::Source },
        description: t(view.lang, "Die elektronische Rechnung", "The electronic invoice").to_owned(),
        modified: date,
        bytes: xml.to_vec(),
    });
    sheet.facturx = facturx;
    sheet.blocks = blocks(view);
    sheet
}

fn t(lang: Lang, de: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::De => de,
        Lang::En => en,
    }
}

fn blocks(view: &View<'_>) -> Vec<Block> {
    let lang = view.lang;
    let mut blocks = vec![Block::Heading(Level::One, view.title.clone())];
    if let Some(report) = view.report {
        let word = match report.verdict {
            Verdict::Accept => t(lang, "Angenommen", "Accepted"),
            Verdict::Reject => t(lang, "Abgelehnt", "Rejected"),
            Verdict::Undefined => t(lang, "Unbestimmt", "Undefined"),
        };
        let profile = report.profile.map_or("", |profile| profile.title());
        blocks.push(Block::Paragraph(Style::Lead, format!("{word} · {profile}").trim_end_matches(" · ").to_owned()));
    }
    blocks.push(Block::Fields(view.key.iter().map(|key| field(view, key)).collect()));
    if let Some(report) = view.report.filter(|report| !report.findings.is_empty()) {
        blocks.push(Block::Heading(Level::Two, t(lang, "Was zu tun ist", "What is to be done").to_owned()));
        for finding in &report.findings {
            let text = format!("{}\n{}", finding.message.get(lang), finding.repair.get(lang));
            blocks.push(Block::Notice(Notice { severity: finding.severity, title: finding.rule.to_string(), text }));
        }
    }
    if !view.lines.is_empty() {
        blocks.push(Block::Heading(Level::Two, t(lang, "Positionen", "Lines").to_owned()));
        blocks.push(Block::Table(lines(view)));
    }
    if !view.totals.is_empty() {
        blocks.push(Block::Heading(Level::Two, t(lang, "Beträge", "Amounts").to_owned()));
        for section in &view.totals {
            amounts(view, section, &mut blocks);
        }
    }
    blocks.push(Block::Heading(Level::Two, t(lang, "Alle Angaben", "All details").to_owned()));
    for inner in &view.sections {
        section(view, inner, &mut blocks);
    }
    if !view.attachments.is_empty() {
        blocks.push(Block::Heading(Level::Two, t(lang, "Anlagen", "Attachments").to_owned()));
        for attachment in &view.attachments {
            section(view, &attachment.section, &mut blocks);
        }
    }
    if !view.further.is_empty() {
        let title = t(lang, "Weitere Angaben der Datei", "Further content of the file");
        blocks.push(Block::Heading(Level::Two, title.to_owned()));
        let fields = view.further.iter().map(|(path, value)| PdfField::new(path, None, value)).collect();
        blocks.push(Block::Fields(fields));
    }
    blocks
}

fn notices(view: &View<'_>, findings: &[usize]) -> Vec<Notice> {
    findings
        .iter()
        .filter_map(|index| view.finding(*index))
        .map(|finding| Notice {
            severity: finding.severity,
            title: finding.rule.to_string(),
            text: finding.message.get(view.lang).to_owned(),
        })
        .collect()
}

fn field(view: &View<'_>, field: &Field) -> PdfField {
    let mut value = field.value.clone();
    for hint in &field.hints {
        value.push_str(if field.value.is_empty() { "" } else { "\n" });
        value.push_str(hint);
    }
    let mut shown = PdfField::new(field.label, Some(field.term), &value);
    shown.notices = notices(view, &field.findings);
    shown
}

fn section(view: &View<'_>, section: &Section, blocks: &mut Vec<Block>) {
    let mut panels = Vec::new();
    flatten(view, section, &mut panels, blocks);
    // Two panels side by side read well; a long list of one-field panels would not be balanced otherwise.
    while !panels.is_empty() {
        let rest = panels.split_off(panels.len().min(2));
        blocks.push(Block::Panels(panels));
        panels = rest;
    }
}

fn flatten(view: &View<'_>, section: &Section, panels: &mut Vec<Panel>, blocks: &mut Vec<Block>) {
    blocks.extend(notices(view, &section.findings).into_iter().map(Block::Notice));
    if !section.fields.is_empty() {
        panels.push(Panel {
            title: section.title.clone(),
            term: Some(section.group.to_owned()),
            lines: Vec::new(),
            fields: section.fields.iter().map(|inner| field(view, inner)).collect(),
        });
    }
    for inner in &section.sections {
        flatten(view, inner, panels, blocks);
    }
}

/// A group of amounts: what is no amount as fields, then the amounts aligned.
fn amounts(view: &View<'_>, section: &Section, blocks: &mut Vec<Block>) {
    blocks.push(Block::Heading(Level::Three, section.title.clone()));
    blocks.extend(notices(view, &section.findings).into_iter().map(Block::Notice));
    let (sums, others): (Vec<&Field>, Vec<&Field>) = section.fields.iter().partition(|inner| inner.numeric);
    if !others.is_empty() {
        blocks.push(Block::Fields(others.into_iter().map(|inner| field(view, inner)).collect()));
    }
    let rows = sums.iter().map(|inner| Sum {
        label: inner.label.to_owned(),
        term: Some(inner.term.to_owned()),
        amount: inner.value.clone(),
        strong: inner.term == "BT-115",
    });
    blocks.push(Block::Sums(rows.collect()));
    for inner in sums {
        blocks.extend(notices(view, &inner.findings).into_iter().map(Block::Notice));
    }
    for inner in &section.sections {
        amounts(view, inner, blocks);
    }
}

fn lines(view: &View<'_>) -> Table {
    let lang = view.lang;
    let column = |de, en, term: &str, align, width| Column {
        title: t(lang, de, en).to_owned(),
        term: Some(term.to_owned()),
        align,
        width,
    };
    Table {
        summary: t(lang, "Die Positionen der Rechnung", "The lines of the invoice").to_owned(),
        columns: vec![
            column("Nr.", "No.", "BT-126", Align::Left, Width::Fit),
            column("Bezeichnung", "Description", "BT-153", Align::Left, Width::Share(1.0)),
            column("Menge", "Quantity", "BT-129", Align::Right, Width::Fit),
            column("Einzelpreis", "Unit price", "BT-146", Align::Right, Width::Fit),
            column("USt", "VAT", "BT-151", Align::Left, Width::Fit),
            column("Netto", "Net", "BT-131", Align::Right, Width::Fit),
        ],
        rows: view.lines.iter().map(|line| row(view, line)).collect(),
    }
}

fn row(view: &View<'_>, line: &LineView) -> Row {
    let details: Vec<String> = line
        .further_fields()
        .map(|inner| {
            let hint = inner.hints.first().map_or(String::new(), |hint| format!(" ({hint})"));
            format!("{} ({}): {}{hint}", inner.label, inner.term, inner.value)
        })
        .collect();
    let name = "\u{2003}".repeat(line.depth) + &line.name;
    let description = Cell { text: name, detail: (!details.is_empty()).then(|| details.join("\n")) };
    let findings = line.fields.iter().flat_map(|inner| notices(view, &inner.findings));
    Row {
        cells: vec![
            line.number.clone().into(),
            description,
            line.quantity.clone().into(),
            line.price.clone().into(),
            line.vat.clone().into(),
            line.net.clone().into(),
        ],
        total: false,
        notices: notices(view, &line.findings).into_iter().chain(findings).collect(),
    }
}

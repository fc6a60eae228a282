//! The view: an invoice arranged for reading.
//!
//! Invariant: anchors are unique within a view, and every finding has either a field, a line or a
//! section that it stands at, or is listed at the top only.

use std::collections::HashMap;

use vir_core::{Finding, Lang};

use super::codes;
use super::format;
use super::skonto::Terms;
use crate::check::Report;
use crate::model::{Bg, Bt, Component, Content, DataType, Group, Invoice, Kind, Source, Value};

/// An invoice arranged for reading.
#[derive(Debug)]
pub struct View<'a> {
    /// The language of all labels.
    pub lang: Lang,
    /// „Rechnung 2026-0815".
    pub title: String,
    /// What a reader wants first: seller, buyer, dates, amount due.
    pub key: Vec<Field>,
    /// The groups of the invoice but for its lines and attachments.
    pub sections: Vec<Section>,
    /// The invoice lines, sub lines after their line.
    pub lines: Vec<LineView>,
    /// Totals and VAT breakdown stand after the lines.
    pub totals: Vec<Section>,
    /// Supporting documents.
    pub attachments: Vec<AttachmentView<'a>>,
    /// What the model has no place for: path and value.
    pub further: Vec<(String, String)>,
    /// How many further fields were not kept.
    pub further_omitted: usize,
    /// The check's report, where there is one.
    pub report: Option<&'a Report>,
    /// For every finding of the report the anchor of the place it stands at.
    pub finding_anchors: Vec<Option<String>>,
}

/// A group with its fields.
#[derive(Debug, Clone)]
pub struct Section {
    /// The group: `BG-4`.
    pub group: &'static str,
    /// Its name.
    pub title: String,
    /// Where links lead.
    pub anchor: String,
    /// Its values.
    pub fields: Vec<Field>,
    /// The groups in it.
    pub sections: Vec<Section>,
    /// Indices of the report's findings that concern it as a whole.
    pub findings: Vec<usize>,
}

/// A value with its label.
#[derive(Debug, Clone)]
pub struct Field {
    /// The term: `BT-1`.
    pub term: &'static str,
    /// Its name.
    pub label: &'static str,
    /// The value for reading.
    pub value: String,
    /// What it means: the name of a code, a scheme, payment terms in words.
    pub hints: Vec<String>,
    /// Is it a number, to be aligned right?
    pub numeric: bool,
    /// Where links lead.
    pub anchor: String,
    /// Indices of the report's findings that concern it.
    pub findings: Vec<usize>,
}

/// An invoice line for a table, with everything else that it says.
#[derive(Debug, Clone)]
pub struct LineView {
    /// 0 for a line, 1 for a sub line, and so on.
    pub depth: usize,
    /// Where links lead.
    pub anchor: String,
    /// BT-126
    pub number: String,
    /// BT-153
    pub name: String,
    /// BT-129 and BT-130
    pub quantity: String,
    /// BT-146, with BT-149 and BT-150 where they are not one unit
    pub price: String,
    /// BT-151 and BT-152
    pub vat: String,
    /// BT-131
    pub net: String,
    /// All values of the line, those of the table included.
    pub fields: Vec<Field>,
    /// Indices of the report's findings that concern it as a whole.
    pub findings: Vec<usize>,
}

/// A supporting document (BG-24).
#[derive(Debug, Clone)]
pub struct AttachmentView<'a> {
    /// The fields of the group, without the file itself.
    pub section: Section,
    /// The file's name as the document gives it; not safe to use as a path.
    pub filename: String,
    /// Its MIME type as the document gives it.
    pub mime: String,
    /// The file in base64, where it is embedded.
    pub base64: Option<&'a str>,
}

/// The terms that the columns of the table of lines show: number, name, quantity with unit, price with
/// base quantity and unit, VAT category with rate, net amount.
pub const LINE_COLUMNS: [&[&str]; 6] = [
    &["BT-126"],
    &["BT-153"],
    &["BT-129", "BT-130"],
    &["BT-146", "BT-149", "BT-150"],
    &["BT-151", "BT-152"],
    &["BT-131"],
];

impl LineView {
    /// The fields that have no column of their own.
    pub fn further_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !LINE_COLUMNS.iter().any(|column| column.contains(&field.term)))
    }

    /// The fields that a column shows.
    pub fn column_fields(&self, column: usize) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(move |field| LINE_COLUMNS[column].contains(&field.term))
    }
}

impl<'a> View<'a> {
    /// Arranges an invoice, with the findings of a report where there is one.
    #[must_use]
    pub fn new(invoice: &'a Invoice, report: Option<&'a Report>, lang: Lang) -> Self {
        let mut builder = Builder::new(invoice, report, lang);
        let root = &invoice.root;
        let (mut sections, mut totals, mut lines, mut attachments) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let document = builder.own_fields(root);
        sections.push(Section { title: document_title(lang).to_owned(), ..document });
        for group in &root.groups {
            match group.id {
                Bg::BG25 => builder.line(group, 0, &mut lines),
                Bg::BG24 => attachments.push(builder.attachment(group)),
                Bg::BG20 | Bg::BG21 | Bg::BG22 | Bg::BG23 | Bg::BGDEX09 => {
                    totals.push(builder.section(group));
                }
                _ => sections.push(builder.section(group)),
            }
        }
        let finding_anchors = builder.settle();
        let key = builder.key_fields();
        Self {
            lang,
            title: builder.title(),
            key,
            sections,
            lines,
            totals,
            attachments,
            further: invoice.extra.iter().map(|field| (field.path.clone(), field.value.clone())).collect(),
            further_omitted: invoice.extra_omitted,
            report,
            finding_anchors,
        }
    }

    /// The finding with this index.
    #[must_use]
    pub fn finding(&self, index: usize) -> Option<&'a Finding> {
        self.report.and_then(|report| report.findings.get(index))
    }
}

fn document_title(lang: Lang) -> &'static str {
    match lang {
        Lang::De => "Angaben zur Rechnung",
        Lang::En => "Invoice details",
    }
}

struct Builder<'a> {
    invoice: &'a Invoice,
    report: Option<&'a Report>,
    lang: Lang,
    currency: &'a str,
    /// Findings by line and column, and by term.
    by_place: HashMap<(u32, u32), Vec<usize>>,
    anchors: Vec<Option<String>>,
    seen: HashMap<String, usize>,
}

impl<'a> Builder<'a> {
    fn new(invoice: &'a Invoice, report: Option<&'a Report>, lang: Lang) -> Self {
        let mut by_place: HashMap<(u32, u32), Vec<usize>> = HashMap::new();
        let findings = report.map_or(&[][..], |report| &report.findings);
        for (index, finding) in findings.iter().enumerate() {
            by_place.entry((finding.place.line, finding.place.column)).or_default().push(index);
        }
        Self {
            invoice,
            report,
            lang,
            currency: invoice.root.text(Bt::BT5).unwrap_or_default(),
            by_place,
            anchors: vec![None; findings.len()],
            seen: HashMap::new(),
        }
    }

    fn title(&self) -> String {
        let kind = match (self.invoice.kind, self.lang) {
            (Kind::Invoice, Lang::De) => "Rechnung",
            (Kind::CreditNote, Lang::De) => "Gutschrift",
            (Kind::Invoice, Lang::En) => "Invoice",
            (Kind::CreditNote, Lang::En) => "Credit note",
        };
        format!("{kind} {}", self.invoice.root.text(Bt::BT1).unwrap_or("–"))
    }

    fn anchor(&mut self, id: &str) -> String {
        let count = self.seen.entry(id.to_owned()).or_default();
        *count += 1;
        if *count == 1 { id.to_owned() } else { format!("{id}.{count}") }
    }

    fn findings_at(&mut self, at: Option<Source>, anchor: &str) -> Vec<usize> {
        let Some(at) = at else { return Vec::new() };
        let found = self.by_place.get(&(at.line, at.column)).cloned().unwrap_or_default();
        for index in &found {
            self.anchors[*index].get_or_insert_with(|| anchor.to_owned());
        }
        found
    }

    /// A group with the groups in it.
    fn section(&mut self, group: &'a Group) -> Section {
        let mut section = self.own_fields(group);
        section.sections = group.groups.iter().map(|inner| self.section(inner)).collect();
        section
    }

    /// A group with its own values only.
    fn own_fields(&mut self, group: &'a Group) -> Section {
        let anchor = self.anchor(group.id.id());
        let findings = self.findings_at(group.at, &anchor);
        let fields = group.values.iter().flat_map(|value| self.field(value)).collect();
        let title = group.id.name(self.lang).to_owned();
        Section { group: group.id.id(), title, anchor, fields, sections: Vec::new(), findings }
    }

    /// A value, and its components where they say more than the value shows.
    fn field(&mut self, value: &'a Value) -> Vec<Field> {
        let anchor = self.anchor(value.term.id());
        let findings = self.findings_at(value.at, &anchor);
        let mut fields = vec![Field {
            term: value.term.id(),
            label: value.term.name(self.lang),
            value: self.shown(value),
            hints: self.hints(value),
            numeric: value.term.data_type().is_number(),
            anchor,
            findings,
        }];
        for (component, text) in value.components() {
            let Some(term) = value.term.component(component) else { continue };
            let list = term.entry().codes;
            fields.push(Field {
                term: term.id(),
                label: term.name(self.lang),
                value: text.to_owned(),
                hints: self.code_hint(list, text),
                numeric: false,
                anchor: self.anchor(term.id()),
                findings: Vec::new(),
            });
        }
        fields
    }

    fn shown(&self, value: &Value) -> String {
        match &value.content {
            Content::Date(day) => format::date(*day, self.lang),
            Content::Number(number) if value.term.data_type().is_money() => {
                let currency = match value.component(Component::Currency) {
                    Some(currency) => currency,
                    // The VAT total in accounting currency (BT-111) is in that of BT-6.
                    None if value.term == Bt::BT111 => self.invoice.root.text(Bt::BT6).unwrap_or_default(),
                    None => self.currency,
                };
                format::amount(&number.value(), currency, self.lang)
            }
            Content::Number(number) => {
                let text = format::number(number.as_str(), self.lang);
                if value.term.data_type() == DataType::Percentage { text + "\u{A0}%" } else { text }
            }
            Content::Binary(base64) => {
                let bytes = base64.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=').count() * 3 / 4;
                format::number(&bytes.to_string(), self.lang) + " Bytes"
            }
            content => content.text().into_owned(),
        }
    }

    fn hints(&self, value: &Value) -> Vec<String> {
        if value.term == Bt::BT20 {
            let issued = self.invoice.root.date(Bt::BT2);
            let due = self.invoice.root.group(Bg::BG22).and_then(|totals| totals.number(Bt::BT115));
            return Terms::parse(&value.content.text())
                .iter()
                .filter_map(|terms| match terms {
                    Terms::Skonto(skonto) => Some(skonto.explain(issued, due.as_ref(), self.currency, self.lang)),
                    Terms::Text(_) => None,
                })
                .collect();
        }
        if let Content::Raw(_) = &value.content {
            return vec![
                match self.lang {
                    Lang::De => "nicht lesbar als Wert dieses Feldes; gezeigt wird der Text aus der Datei",
                    Lang::En => "not readable as a value of this field; shown is the text of the file",
                }
                .to_owned(),
            ];
        }
        self.code_hint(value.term.entry().codes, &value.content.text())
    }

    fn code_hint(&self, list: &str, code: &str) -> Vec<String> {
        codes::name(list, code).map(|name| name.get(self.lang).to_owned()).into_iter().collect()
    }

    fn line(&mut self, group: &'a Group, depth: usize, lines: &mut Vec<LineView>) {
        let anchor = self.anchor(group.id.id());
        let findings = self.findings_at(group.at, &anchor);
        let is_sub = |inner: &&Group| inner.id == Bg::BGDEX01;
        let mut own: Vec<&'a Group> = vec![group];
        let mut fields = Vec::new();
        // The groups of a line are flat for the reader, but for sub lines, which are lines themselves.
        while let Some(next) = own.pop() {
            let inherited = if next.id == group.id { Vec::new() } else { self.findings_at(next.at, &anchor) };
            for value in &next.values {
                fields.extend(self.field(value));
            }
            if let Some(first) = fields.last_mut() {
                first.findings.extend(inherited);
            }
            own.extend(next.groups.iter().filter(|inner| !is_sub(inner)).rev());
        }
        let shown = |term: Bt| {
            fields.iter().find(|field| field.term == term.id()).map_or(String::new(), |field| field.value.clone())
        };
        let unit = |term: Bt| {
            fields.iter().find(|field| field.term == term.id()).map_or(String::new(), |field| {
                let name = field.hints.first().unwrap_or(&field.value);
                format!(" {name}")
            })
        };
        let per = shown(Bt::BT149);
        let price = match per.as_str() {
            "" | "1" => shown(Bt::BT146),
            per => format!("{} / {per}{}", shown(Bt::BT146), unit(Bt::BT150)),
        };
        let line = LineView {
            depth,
            anchor,
            number: shown(Bt::BT126),
            name: shown(Bt::BT153),
            quantity: shown(Bt::BT129) + &unit(Bt::BT130),
            price,
            vat: [shown(Bt::BT151), shown(Bt::BT152)].join(" ").trim().to_owned(),
            net: shown(Bt::BT131),
            fields,
            findings,
        };
        lines.push(line);
        for sub in group.groups.iter().filter(is_sub) {
            self.line(sub, depth + 1, lines);
        }
    }

    fn attachment(&mut self, group: &'a Group) -> AttachmentView<'a> {
        let section = self.section(group);
        let file = group.value(Bt::BT125);
        let component = |component| file.and_then(|file| file.component(component)).unwrap_or_default().to_owned();
        AttachmentView {
            filename: component(Component::Filename),
            mime: component(Component::Mime),
            base64: file.and_then(|file| match &file.content {
                Content::Binary(base64) => Some(&**base64),
                _ => None,
            }),
            section,
        }
    }

    /// Gives findings without an exact place the anchor of a term that they name.
    fn settle(&mut self) -> Vec<Option<String>> {
        let mut anchors = std::mem::take(&mut self.anchors);
        let findings = self.report.map_or(&[][..], |report| &report.findings);
        for (anchor, finding) in anchors.iter_mut().zip(findings) {
            if anchor.is_none() {
                *anchor =
                    finding.terms.iter().find(|term| self.seen.contains_key(**term)).map(|term| (*term).to_owned());
            }
        }
        anchors
    }

    fn key_fields(&self) -> Vec<Field> {
        let root = &self.invoice.root;
        let totals = root.group(Bg::BG22);
        let party = |group: Bg, name: Bt| (root.group(group), name);
        [
            party(Bg::BG4, Bt::BT27),
            party(Bg::BG7, Bt::BT44),
            (Some(root), Bt::BT2),
            (Some(root), Bt::BT9),
            (Some(root), Bt::BT10),
            (totals, Bt::BT115),
        ]
        .into_iter()
        .filter_map(|(group, term)| group?.value(term))
        .map(|value| Field {
            term: value.term.id(),
            label: value.term.name(self.lang),
            value: self.shown(value),
            hints: Vec::new(),
            numeric: value.term.data_type().is_number(),
            anchor: value.term.id().to_owned(),
            findings: Vec::new(),
        })
        .collect()
    }
}

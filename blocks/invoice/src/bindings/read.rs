//! Reads a document into the semantic model by following the plan of its kind.
//!
//! One walk over the tree; whatever the plan does not know, or knows but has no room for (a second
//! value of a term that may stand once), becomes an extra field with its path and place.
//!
//! Invariant: time and memory are linear in the document, whatever is in it.

use super::arrange;
use super::path::{Condition, Test};
use super::plan::{Action, NodeId, Plan, Target, component_attribute, is_date, is_ubl_note};
use crate::identify;
use crate::model::{Bg, Bt, Component, Content, Date, ExtraField, Group, Invoice, Kind, Source, Value};
use crate::path;
use crate::xml::{Document, Element, is_blank, trim};

/// How many extra fields are kept one by one, and how much of each.
const MAX_EXTRA: usize = 10_000;
const MAX_EXTRA_PATH: usize = 2_000;
/// How deep sub lines may nest in CII, where nothing else limits it.
const MAX_LINE_DEPTH: usize = 60;

/// Reads an invoice. A document that is none gives an empty invoice with everything in
/// [`Invoice::extra`].
///
/// ```
/// use vir_invoice::{bindings, xml};
///
/// let source = include_bytes!("../../samples/small-ubl.xml");
/// let invoice = bindings::read(&xml::parse(source).unwrap());
/// assert_eq!(invoice.number(), Some("2026-88"));
/// assert_eq!(invoice.seller().unwrap().name(), Some("Bürobedarf Petersen e. K."));
/// assert_eq!(invoice.total_amount_due(), "41.53".parse().ok());
/// let line = invoice.lines().next().unwrap();
/// assert_eq!(line.item().unwrap().name(), Some("Ordner, breit, grau"));
/// assert_eq!(line.group.value(vir_invoice::model::Bt::BT131).unwrap().at.unwrap().line, 89);
/// assert!(invoice.extra.is_empty());
/// ```
#[must_use]
pub fn read(doc: &Document<'_>) -> Invoice {
    read_as(doc, Places::Kept)
}

/// Reads the values of an invoice without their places, for whoever only computes with them:
/// counting lines and columns is half of the work of [`read`]. What the model has no place for is
/// counted in [`Invoice::extra_omitted`] and not kept.
///
/// ```
/// use vir_invoice::{bindings, xml};
///
/// let doc = xml::parse(include_bytes!("../../samples/small-ubl.xml")).unwrap();
/// assert_eq!(bindings::read_values(&doc), bindings::read(&doc));
/// ```
#[must_use]
pub fn read_values(doc: &Document<'_>) -> Invoice {
    read_as(doc, Places::Dropped)
}

/// Is it told where a value stood?
#[derive(Clone, Copy, PartialEq)]
enum Places {
    Kept,
    Dropped,
}

fn read_as(doc: &Document<'_>, places: Places) -> Invoice {
    let root = doc.root();
    let Some(kind) = identify::Kind::of(doc) else {
        let mut reader = Reader::new(doc, Plan::of(identify::Kind::UblInvoice), places);
        reader.leave(root);
        return reader.finish(Kind::Invoice, Group::new(Bg::BG0));
    };
    let mut reader = Reader::new(doc, Plan::of(kind), places);
    reader.leave_attributes(root, |_| false);
    let mut open = Open::new(Bg::BG0, reader.source_of(root));
    reader.children(root, 0, &mut open);
    let mut group = open.close();
    for value in arrange::after_reading(&mut group, kind) {
        reader.leave_value(&value);
    }
    let model_kind = match kind {
        identify::Kind::UblInvoice => Kind::Invoice,
        identify::Kind::UblCreditNote => Kind::CreditNote,
        identify::Kind::Cii => group.text(Bt::BT3).and_then(Kind::from_type_code).unwrap_or(Kind::Invoice),
    };
    reader.finish(model_kind, group)
}

struct Reader<'d> {
    doc: &'d Document<'d>,
    plan: &'static Plan,
    places: Places,
    currency: String,
    /// BT-6, where it differs from BT-5.
    tax_currency: Option<String>,
    extra: Vec<ExtraField>,
    extra_omitted: usize,
    /// The line to which the line at hand says it belongs.
    parent_line: Option<Value>,
    sub_lines: SubLines,
}

/// A group that is being read, with those in it that have no element of their own.
struct Open {
    group: Group,
    seen: [u64; 4],
    seen_groups: u64,
    virtuals: Vec<Open>,
}

impl Open {
    fn new(id: Bg, at: Source) -> Self {
        let mut group = Group::new(id);
        group.at = Some(at);
        Self { group, seen: [0; 4], seen_groups: 0, virtuals: Vec::new() }
    }

    /// The group at the end of a chain of groups without element.
    fn at(&mut self, chain: &[Bg]) -> &mut Self {
        let mut open = self;
        for id in chain {
            let found = open.virtuals.iter().position(|other| other.group.id == *id);
            let at = found.unwrap_or_else(|| {
                open.virtuals.push(Self { group: Group::new(*id), seen: [0; 4], seen_groups: 0, virtuals: Vec::new() });
                open.virtuals.len() - 1
            });
            open = &mut open.virtuals[at];
        }
        open
    }

    /// Takes a value, or gives it back where there is no room for it.
    fn take(&mut self, value: Value) -> Option<Value> {
        let (word, bit) = (value.term as usize / 64, 1 << (value.term as usize % 64));
        let repeated = self.seen[word] & bit != 0;
        self.seen[word] |= bit;
        if repeated && !value.term.cardinality().is_repeatable() {
            // Both syntaxes have places that must say the same twice. Looking back is cheap there
            // and bounded everywhere.
            let same = self.group.values.iter().take(64).any(|other| *other == value);
            return (!same).then_some(value);
        }
        self.group.values.push(value);
        None
    }

    fn may_take_group(&mut self, id: Bg) -> bool {
        let bit = 1 << (id as u32);
        let repeated = self.seen_groups & bit != 0;
        self.seen_groups |= bit;
        // The standard has one set of payment instructions; documents with several are common.
        !repeated || id.cardinality().is_repeatable() || id == Bg::BG16
    }

    fn close(self) -> Group {
        let mut group = self.group;
        group.groups.extend(self.virtuals.into_iter().map(Self::close).filter(|group| !group.is_empty()));
        group.values.sort_by_key(|value| value.term);
        group.groups.sort_by_key(|group| group.id);
        group.values.shrink_to_fit();
        group.groups.shrink_to_fit();
        group
    }
}

impl<'d> Reader<'d> {
    fn new(doc: &'d Document<'d>, plan: &'static Plan, places: Places) -> Self {
        let root = doc.root();
        let (currency, tax) = if plan.is_cii() {
            (
                root.first(
                    path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:InvoiceCurrencyCode),
                ),
                root.first(
                    path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:TaxCurrencyCode),
                ),
            )
        } else {
            (root.first(path!(cbc:DocumentCurrencyCode)), root.first(path!(cbc:TaxCurrencyCode)))
        };
        let text = |el: Option<Element<'_>>| el.map(|el| trim(&el.text()).to_owned()).filter(|text| !text.is_empty());
        let currency = text(currency).unwrap_or_default();
        let tax_currency = text(tax).filter(|tax| *tax != currency);
        Self {
            doc,
            plan,
            places,
            currency,
            tax_currency,
            extra: Vec::new(),
            extra_omitted: 0,
            parent_line: None,
            sub_lines: SubLines::default(),
        }
    }

    fn finish(self, kind: Kind, root: Group) -> Invoice {
        let mut extra = self.extra;
        extra.sort_by_key(|field| field.at.element);
        Invoice { kind, root, extra, extra_omitted: self.extra_omitted }
    }

    fn children(&mut self, el: Element<'_>, node: NodeId, open: &mut Open) {
        for child in el.children() {
            match self.lookup(child, node) {
                Some(found) => self.element(child, found, open),
                None => self.leave(child),
            }
        }
    }

    fn lookup(&self, el: Element<'_>, parent: NodeId) -> Option<NodeId> {
        let name = el.name();
        self.plan.nodes[parent].lookup.iter().copied().find(|id| {
            let node = &self.plan.nodes[*id];
            node.name == name && node.conditions.iter().all(|condition| self.holds(el, condition))
        })
    }

    fn holds(&self, el: Element<'_>, condition: &Condition) -> bool {
        fn walk(el: Element<'_>, names: &[crate::names::Name], test: &dyn Fn(Element<'_>) -> bool) -> bool {
            match names.split_first() {
                None => test(el),
                Some((name, rest)) => el.kids(*name).any(|kid| walk(kid, rest, test)),
            }
        }
        walk(el, &condition.path, &|el| {
            let said = match condition.attribute {
                Some(attribute) => el.attr(attribute),
                None => Some(el.text()),
            };
            let Some(said) = said else { return false };
            match condition.test {
                Test::Exists => !is_blank(&said),
                Test::Is(text) => says(&said, text),
                Test::IsTaxCurrency => self.tax_currency.as_deref() == Some(trim(&said)),
            }
        })
    }

    fn element(&mut self, el: Element<'_>, id: NodeId, open: &mut Open) {
        let plan = self.plan;
        let node = &plan.nodes[id];
        match &node.action {
            Action::Lead => {
                self.leave_attributes(el, |_| false);
                self.leave_own_text(el);
                self.children(el, id, open);
            }
            Action::Group { chain, id: bg, body } => {
                if !open.at(chain).may_take_group(*bg) {
                    self.leave(el);
                } else if is_ubl_note(node) {
                    self.note(el, open);
                } else {
                    self.leave_attributes(el, |_| false);
                    self.leave_own_text(el);
                    let mut inner = Open::new(*bg, self.source_of(el));
                    self.children(el, *body, &mut inner);
                    self.close_group(inner, open.at(chain));
                }
            }
            Action::Value { target, .. } => {
                let term = target.term;
                let fixed =
                    |name: &str, value: &str| node.fixed.iter().any(|(n, text)| *n == name && says(value, text));
                let mut value = self.value(el, term);
                for attribute in el.attrs() {
                    let (name, text) = (attribute.qname(), attribute.value());
                    let bound = node.attributes.iter().find(|(bound, _)| *bound == name);
                    if let Some((_, target)) = bound {
                        let mut unit = Value::new(target.term, &text);
                        unit.at = Some(self.source_of(el));
                        self.put(unit, target, open);
                    } else if !(fixed(name, &text) || self.is_date_format(name, &text, &value)) {
                        match self.component_of(term, name) {
                            Some(Component::Currency) if self.is_expected_currency(term, &text) => {}
                            Some(component) => value.set_component(component, &text),
                            None => self.leave_attribute(el, name, &text),
                        }
                    }
                }
                self.leave_children(el);
                let has_more = value.components().any(|(component, _)| component != Component::Currency);
                if !value.content.is_blank() || has_more {
                    self.put(value, target, open);
                }
            }
            Action::Component { target, component } => {
                self.leave_attributes(el, |_| false);
                self.leave_children(el);
                let text = el.text();
                let owner =
                    open.at(&target.chain).group.values.iter_mut().rev().take(64).find(|v| v.term == target.term);
                match owner {
                    Some(owner) if owner.component(*component).is_none() => {
                        owner.set_component(*component, trim(&text))
                    }
                    _ => self.leave_text(el),
                }
            }
            Action::Constant(text) => {
                self.leave_attributes(el, |_| false);
                self.leave_children(el);
                if !says(&el.text(), text) {
                    self.leave_text(el);
                }
            }
            Action::ParentLine => {
                self.leave_attributes(el, |_| false);
                self.leave_children(el);
                let value = self.value(el, Bt::BT126);
                if let Some(second) = self.parent_line.replace(value) {
                    self.leave_value(&second);
                }
            }
        }
    }

    /// Puts a group that has been read where it belongs: usually in the group around it, but a CII
    /// line that names a parent line goes there.
    fn close_group(&mut self, inner: Open, outer: &mut Open) {
        let group = inner.close();
        if group.is_empty() {
            return;
        }
        if group.id == Bg::BG25 && self.plan.is_cii() {
            let parent = self.parent_line.take();
            let Err(unknown) = self.sub_lines.add(&group, parent, outer.group.groups.len()) else {
                return self.sub_lines.attach(group, outer);
            };
            if let Some(unknown) = unknown {
                self.leave_value(&unknown);
            }
        }
        outer.group.groups.push(group);
    }

    fn value(&self, el: Element<'_>, term: Bt) -> Value {
        let text = el.text();
        let content = if is_date(term) && self.plan.is_cii() {
            Date::from_compact(trim(&text)).map_or_else(|| Content::Raw(text.as_ref().into()), Content::Date)
        } else {
            Content::new(term.data_type(), &text)
        };
        let mut value = Value::with_content(term, content);
        value.at = Some(self.source_of(el));
        value
    }

    fn put(&mut self, value: Value, target: &Target, open: &mut Open) {
        if value.content.is_blank() && value.components().next().is_none() {
            return;
        }
        if let Some(rejected) = open.at(&target.chain).take(value) {
            self.leave_value(&rejected);
        }
    }

    /// `#AAI#Text` is code and text of a note.
    fn note(&mut self, el: Element<'_>, open: &mut Open) {
        self.leave_attributes(el, |_| false);
        self.leave_children(el);
        let text = el.text();
        let (code, text) = split_note(&text);
        let mut note = Open::new(Bg::BG1, self.source_of(el));
        for (term, text) in [(Bt::BT21, code), (Bt::BT22, Some(text))] {
            if let Some(text) = text.filter(|text| !is_blank(text)) {
                let mut value = Value::new(term, text);
                value.at = Some(self.source_of(el));
                let _ = note.take(value);
            }
        }
        if !note.group.is_empty() {
            open.group.groups.push(note.close());
        }
    }

    fn is_date_format(&self, name: &str, text: &str, value: &Value) -> bool {
        name == "format" && is_date(value.term) && self.plan.is_cii() && trim(text) == "102"
    }

    fn is_expected_currency(&self, term: Bt, text: &str) -> bool {
        let expected =
            if term == Bt::BT111 { self.tax_currency.as_deref().unwrap_or_default() } else { &self.currency };
        trim(text) == expected
    }

    fn component_of(&self, term: Bt, attribute: &str) -> Option<Component> {
        use Component::{Currency, Filename, Mime, Scheme, SchemeVersion};
        [Scheme, SchemeVersion, Mime, Filename, Currency]
            .into_iter()
            .find(|component| component_attribute(self.plan, term, *component) == Some(attribute))
    }

    fn source_of(&self, el: Element<'_>) -> Source {
        let (line, column) = match self.places {
            Places::Kept => el.document().line_column(el.offset()),
            Places::Dropped => (0, 0),
        };
        Source { element: el.id(), line, column }
    }

    // What is left over.

    /// Everything in an element that nobody understands.
    fn leave(&mut self, el: Element<'_>) {
        for each in std::iter::once(el).chain(el.descendants()) {
            self.leave_attributes(each, |_| false);
            if each.has_children() { self.leave_own_text(each) } else { self.leave_text(each) }
        }
    }

    fn leave_children(&mut self, el: Element<'_>) {
        for child in el.children() {
            self.leave(child);
        }
    }

    fn leave_attributes(&mut self, el: Element<'_>, understood: impl Fn(&str) -> bool) {
        for attribute in el.attrs() {
            // Hints where the schema lies say nothing about the invoice.
            let is_hint = matches!(attribute.local(), "schemaLocation" | "noNamespaceSchemaLocation");
            if !is_hint && !understood(attribute.qname()) {
                self.leave_attribute(el, attribute.qname(), &attribute.value());
            }
        }
    }

    fn leave_attribute(&mut self, el: Element<'_>, name: &str, text: &str) {
        self.keep(el, Some(name), text);
    }

    /// Text beside child elements.
    fn leave_own_text(&mut self, el: Element<'_>) {
        if el.has_own_text() {
            let text = el.text_nodes().concat();
            self.keep(el, None, trim(&text));
        }
    }

    fn leave_text(&mut self, el: Element<'_>) {
        let text = el.text();
        if !is_blank(&text) {
            self.keep(el, None, &text);
        }
    }

    fn leave_value(&mut self, value: &Value) {
        if let Some(at) = value.at {
            let el = self.doc.element(at.element);
            let text = value.content.text();
            if !is_blank(&text) {
                self.keep(el, None, &text);
            }
            for (_, text) in value.components() {
                self.keep(el, None, text);
            }
        }
    }

    fn keep(&mut self, el: Element<'_>, attribute: Option<&str>, value: &str) {
        if self.places == Places::Dropped || self.extra.len() >= MAX_EXTRA {
            self.extra_omitted += 1;
            return;
        }
        let mut path = el.path();
        if path.len() > MAX_EXTRA_PATH {
            let end = (0..=MAX_EXTRA_PATH).rev().find(|at| path.is_char_boundary(*at)).unwrap_or(0);
            path.truncate(end);
            path.push('…');
        }
        if let Some(attribute) = attribute {
            path.push_str("/@");
            path.push_str(attribute);
        }
        self.extra.push(ExtraField { path, value: value.to_owned(), at: self.source_of(el) });
    }
}

/// Finds the line that a CII sub line belongs to: one that stands before it.
#[derive(Default)]
struct SubLines {
    /// Where the line with this identifier is: the index of each line in the one around it.
    paths: std::collections::HashMap<String, Vec<usize>>,
    pending: Option<Vec<usize>>,
}

impl SubLines {
    /// Remembers a line. `Ok` where it is to be attached to the line it names, otherwise what it
    /// named and is not there.
    fn add(&mut self, line: &Group, parent: Option<Value>, position: usize) -> Result<(), Option<Value>> {
        let id = line.value(Bt::BT126).map(|id| id.content.text().into_owned());
        let named = parent.as_ref().and_then(|parent| self.paths.get(trim(&parent.content.text())).cloned());
        let found = named.filter(|path| path.len() < MAX_LINE_DEPTH);
        let path = found.clone().unwrap_or_else(|| vec![position]);
        if let Some(id) = id
            && found.is_none()
        {
            self.paths.entry(trim(&id).to_owned()).or_insert(path);
        }
        self.pending = found;
        if self.pending.is_some() { Ok(()) } else { Err(parent) }
    }

    fn attach(&mut self, line: Group, outer: &mut Open) {
        let Some(path) = self.pending.take() else { return };
        let mut at = &mut outer.group;
        for index in &path {
            at = &mut at.groups[*index];
        }
        let id = line.value(Bt::BT126).map(|id| trim(&id.content.text()).to_owned());
        let line = into_sub_line(line);
        at.groups.push(line);
        let position = at.groups.len() - 1;
        if let Some(id) = id {
            self.paths.entry(id).or_insert_with(|| path.iter().copied().chain([position]).collect());
        }
    }
}

/// The same line with the groups of a sub line.
fn into_sub_line(mut line: Group) -> Group {
    line.id = line.id.in_sub_line();
    line.groups = line.groups.into_iter().map(into_sub_line).collect();
    line
}

/// Code and text of a UBL note.
pub(super) fn split_note(text: &str) -> (Option<&str>, &str) {
    let code = text.get(1..4).filter(|code| code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()));
    match code {
        Some(code) if text.starts_with('#') && text[4..].starts_with('#') => (Some(code), &text[5..]),
        _ => (None, text),
    }
}

/// Does a text say the same as a constant? An indicator may also say 0 and 1.
fn says(text: &str, constant: &str) -> bool {
    let text = trim(text);
    text == constant || matches!((text, constant), ("0", "false") | ("1", "true"))
}

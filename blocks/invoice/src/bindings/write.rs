//! Writes the semantic model in one of the syntaxes, in the order of the schema.
//!
//! The writer follows the plan of the kind of document: an element that leads nowhere is taken
//! back, so that no empty element is written.
//!
//! Invariant: the text is well-formed XML in UTF-8.

use std::borrow::Cow;

use super::arrange;
use super::plan::{
    Action, Fits, Node, NodeId, Plan, Target, component_attribute, is_always_written, is_date, is_ubl_note,
};
use crate::identify;
use crate::model::{Bg, Bt, Component, Content, Group, Invoice, Kind, Value};
use crate::xml::trim;

/// Why an invoice cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A value has a character in it that XML cannot carry.
    #[error("{term} has the character U+{:04X} in it, which XML cannot carry", *character as u32)]
    Character {
        /// The term of the value.
        term: Bt,
        /// The character.
        character: char,
    },
}

/// Writes an invoice as UBL: as Invoice or CreditNote, whichever its type code (BT-3) asks for.
///
/// ```
/// use vir_invoice::{bindings, xml};
///
/// let source = include_bytes!("../../samples/small-cii.xml");
/// let invoice = bindings::read(&xml::parse(source).unwrap());
/// let ubl = bindings::write_ubl(&invoice).unwrap();
/// assert!(ubl.contains("<cbc:BuyerReference>049990054321-BAUHOF-"));
/// assert_eq!(bindings::read(&xml::parse(ubl.as_bytes()).unwrap()), invoice);
/// ```
///
/// # Errors
/// Where a value cannot stand in XML at all.
pub fn write_ubl(invoice: &Invoice) -> Result<String, WriteError> {
    let by_code = invoice.type_code().and_then(Kind::from_type_code);
    match by_code.unwrap_or(invoice.kind) {
        Kind::Invoice => write(invoice, identify::Kind::UblInvoice),
        Kind::CreditNote => write(invoice, identify::Kind::UblCreditNote),
    }
}

/// Writes an invoice as CII.
///
/// # Errors
/// Where a value cannot stand in XML at all.
pub fn write_cii(invoice: &Invoice) -> Result<String, WriteError> {
    write(invoice, identify::Kind::Cii)
}

/// Writes an invoice as the document that is asked for.
///
/// # Errors
/// Where a value cannot stand in XML at all.
pub fn write(invoice: &Invoice, kind: identify::Kind) -> Result<String, WriteError> {
    let head = arrange::before_writing(&invoice.root, kind);
    let currency = invoice.root.text(Bt::BT5).map(trim).unwrap_or_default();
    let tax_currency = invoice.root.text(Bt::BT6).map(trim).filter(|tax| *tax != currency && !tax.is_empty());
    let plan = Plan::of(kind);
    let references: Vec<&Group> = head.groups_of(Bg::BG3).collect();
    let mut writer = Writer {
        plan,
        out: String::new(),
        depth: 0,
        currency,
        tax_currency,
        parent_line: None,
        references: &references,
        next_reference: 1,
        error: None,
    };
    writer.out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    writer.document(Scope { group: &head, bulk: &invoice.root });
    match writer.error {
        Some(error) => Err(error),
        None => Ok(writer.out),
    }
}

/// The group at hand. Of the root, lines and attachments come from the invoice itself.
#[derive(Clone, Copy)]
struct Scope<'a> {
    group: &'a Group,
    bulk: &'a Group,
}

impl<'a> Scope<'a> {
    fn of(group: &'a Group) -> Self {
        Self { group, bulk: group }
    }

    fn at(self, chain: &[Bg]) -> Option<Self> {
        let mut scope = self;
        for id in chain {
            scope = Self::of(scope.group.group(*id)?);
        }
        Some(scope)
    }

    fn groups_of(self, id: Bg) -> impl Iterator<Item = &'a Group> {
        let from = if arrange::is_bulk(id) { self.bulk } else { self.group };
        from.groups_of(id)
    }
}

struct Writer<'a> {
    plan: &'static Plan,
    out: String,
    depth: usize,
    currency: &'a str,
    tax_currency: Option<&'a str>,
    parent_line: Option<&'a Value>,
    /// Preceding invoices. CII has room for one in the head; of the others each line takes one.
    references: &'a [&'a Group],
    next_reference: usize,
    error: Option<WriteError>,
}

impl<'a> Writer<'a> {
    fn document(&mut self, scope: Scope<'a>) {
        let root = self.plan.root();
        let namespaces: &[&str] = match self.plan.kind {
            identify::Kind::UblInvoice => &["ubl", "cac", "cbc"],
            identify::Kind::UblCreditNote => &["cn", "cac", "cbc"],
            identify::Kind::Cii => &["rsm", "ram", "udt", "qdt"],
        };
        let qname = root.name.to_string();
        self.out.push('<');
        self.out.push_str(&qname);
        for prefix in namespaces {
            if let Some(ns) = crate::names::Ns::from_prefix(prefix) {
                self.out.push_str(&format!(" xmlns:{prefix}=\"{}\"", ns.uri()));
            }
        }
        self.out.push_str(">\n");
        self.depth = 1;
        self.children(0, scope, None);
        self.out.push_str("</");
        self.out.push_str(&qname);
        self.out.push_str(">\n");
    }

    /// Writes the children of an element; true where they say anything of their own.
    fn children(&mut self, id: NodeId, scope: Scope<'a>, each: Option<&'a Value>) -> bool {
        let plan = self.plan;
        plan.nodes[id].children.iter().fold(false, |said, child| self.node(*child, scope, each) | said)
    }

    fn node(&mut self, id: NodeId, scope: Scope<'a>, each: Option<&'a Value>) -> bool {
        let plan = self.plan;
        let node = &plan.nodes[id];
        match &node.action {
            Action::Lead if node.each => {
                let Some(target) = self.target_below(id) else { return false };
                let Some(inner) = scope.at(&target.chain) else { return false };
                let values: Vec<&'a Value> = inner.group.values_of(target.term).collect();
                values.into_iter().fold(false, |said, value| self.lead(id, scope, Some(value)) | said)
            }
            Action::Lead => self.lead(id, scope, each),
            Action::Group { chain, id: bg, body } => {
                let Some(holder) = scope.at(chain) else { return false };
                if *bg == Bg::BG3 && plan.is_cii() {
                    let in_head = scope.group.id == Bg::BG0;
                    let next = self.references.get(if in_head { 0 } else { self.next_reference }).copied();
                    self.next_reference += usize::from(!in_head);
                    return next.is_some_and(|group| self.group(node, *body, group));
                }
                let mut groups = holder.groups_of(*bg).peekable();
                if groups.peek().is_none() && is_always_written(node.name) {
                    self.open(node);
                    let before = self.out.len();
                    return self.close(node, before, false);
                }
                groups.fold(false, |said, group| self.group(node, *body, group) | said)
            }
            Action::Value { target, fits } => self.values(node, target, *fits, scope, each),
            Action::Component { target, component } => {
                let owner = scope.at(&target.chain).and_then(|scope| scope.group.value(target.term));
                let text = owner.and_then(|owner| Some((owner, owner.component(*component)?)));
                let Some((owner, text)) = text else { return false };
                self.leaf(node, &[], owner.term, text);
                true
            }
            Action::Constant(text) => {
                self.leaf(node, &[], Bt::BT1, text);
                false
            }
            Action::ParentLine => {
                let Some(parent) = self.parent_line else { return false };
                self.leaf(node, &[], Bt::BT126, &parent.content.text());
                true
            }
        }
    }

    /// An element that only leads further; taken back where nothing came.
    fn lead(&mut self, id: NodeId, scope: Scope<'a>, each: Option<&'a Value>) -> bool {
        let node = &self.plan.nodes[id];
        let before = self.out.len();
        self.open(node);
        let said = self.children(id, scope, each);
        self.close(node, before, said || node.is_constant) && said
    }

    fn group(&mut self, node: &'static Node, body: NodeId, group: &'a Group) -> bool {
        if is_ubl_note(node) {
            return self.note(node, group);
        }
        let is_line = matches!(group.id, Bg::BG25 | Bg::BGDEX01);
        let before = self.out.len();
        self.open(node);
        let said = self.children(body, Scope::of(group), None);
        let said = self.close(node, before, said);
        if is_line && self.plan.is_cii() {
            // In CII, sub lines are lines that follow and name their parent.
            let outer = self.parent_line;
            self.parent_line = group.value(Bt::BT126);
            for sub in group.groups_of(Bg::BGDEX01) {
                let sub = as_line(sub);
                self.sub_line(node, body, &sub);
            }
            self.parent_line = outer;
        }
        said
    }

    /// A sub line in CII. Its groups are renamed, so it is a value of its own and does not live as
    /// long as the invoice; another writer with the same output writes it.
    fn sub_line(&mut self, node: &'static Node, body: NodeId, line: &Group) {
        let mut inner = Writer {
            plan: self.plan,
            out: std::mem::take(&mut self.out),
            depth: self.depth,
            currency: self.currency,
            tax_currency: self.tax_currency,
            parent_line: self.parent_line,
            references: self.references,
            next_reference: self.next_reference,
            error: self.error.take(),
        };
        inner.group(node, body, line);
        self.out = inner.out;
        self.next_reference = inner.next_reference;
        self.error = inner.error;
    }

    fn note(&mut self, node: &'static Node, group: &Group) -> bool {
        let text = group.value(Bt::BT22).map(|value| value.content.text()).unwrap_or_default();
        let text: Cow<'_, str> = match group.text(Bt::BT21) {
            Some(code) => format!("#{code}#{text}").into(),
            None => text,
        };
        if text.is_empty() {
            return false;
        }
        self.leaf(node, &[], Bt::BT22, &text);
        true
    }

    fn values(
        &mut self,
        node: &'static Node,
        target: &Target,
        fits: Fits,
        scope: Scope<'a>,
        each: Option<&'a Value>,
    ) -> bool {
        if let Some(value) = each.filter(|value| value.term == target.term) {
            return fitting(fits, value) && self.value(node, value, scope);
        }
        let Some(holder) = scope.at(&target.chain) else { return false };
        if let Some(derived) = self.derived_price(target.term, holder.group) {
            let Some(text) = derived else { return false };
            let currency = [("currencyID", self.currency)];
            self.leaf(node, if self.plan.is_cii() { &[] } else { &currency }, target.term, &text);
            return true;
        }
        let count = if node.each { usize::MAX } else { 1 };
        let mut said = false;
        for value in holder.group.values_of(target.term).filter(|value| fitting(fits, value)).take(count) {
            said |= self.value(node, value, scope);
        }
        said
    }

    /// UBL can say a gross price only together with the discount, CII a discount only together with
    /// the gross price. Where the other is missing it follows from the net price: some text to write,
    /// or none to leave the element out; nothing where the invoice says it itself.
    fn derived_price(&self, term: Bt, price: &Group) -> Option<Option<String>> {
        let number = |term| price.number(term);
        let has = |term| price.value(term).is_some();
        match (term, self.plan.is_cii()) {
            (Bt::BT147, false) if !has(Bt::BT147) && has(Bt::BT148) => {
                Some(Some((number(Bt::BT148)? - number(Bt::BT146)?).to_string()))
            }
            (Bt::BT148, true) if !has(Bt::BT148) && has(Bt::BT147) => {
                let discount = number(Bt::BT147)?;
                Some((!discount.is_zero()).then_some((number(Bt::BT146)? + discount).to_string()))
            }
            (Bt::BT147, true) if !has(Bt::BT148) && number(Bt::BT147)?.is_zero() => Some(None),
            _ => None,
        }
    }

    fn value(&mut self, node: &'static Node, value: &Value, scope: Scope<'_>) -> bool {
        let term = value.term;
        if term == Bt::BT111 && self.tax_currency.is_none() {
            return false;
        }
        let text: Cow<'_, str> = match &value.content {
            Content::Date(date) if self.plan.is_cii() => date.to_compact().into(),
            content => content.text(),
        };
        let mut attributes: Vec<(&str, &str)> = node.fixed.clone();
        if is_date(term) && self.plan.is_cii() {
            attributes.push(("format", "102"));
        }
        if self.says_currency(term) && value.component(Component::Currency).is_none() {
            let currency = if term == Bt::BT111 { self.tax_currency.unwrap_or_default() } else { self.currency };
            attributes.push(("currencyID", currency));
        }
        for (component, text) in value.components() {
            if let Some(name) = component_attribute(self.plan, term, component) {
                attributes.push((name, text));
            }
        }
        let bound: Vec<(&str, Cow<'_, str>)> = node
            .attributes
            .iter()
            .filter_map(|(name, target)| {
                Some((*name, scope.at(&target.chain)?.group.value(target.term)?.content.text()))
            })
            .collect();
        attributes.extend(bound.iter().map(|(name, text)| (*name, text.as_ref())));
        if text.is_empty() && attributes.iter().all(|(name, _)| *name == "currencyID") {
            return false;
        }
        self.leaf(node, &attributes, term, &text);
        true
    }

    /// UBL says the currency with every amount, CII with the VAT totals.
    fn says_currency(&self, term: Bt) -> bool {
        term.data_type().is_money() && (!self.plan.is_cii() || matches!(term, Bt::BT110 | Bt::BT111))
    }

    /// The term that an element stands for once for each value.
    fn target_below(&self, id: NodeId) -> Option<&'static Target> {
        self.plan.nodes[id].children.iter().find_map(|child| match &self.plan.nodes[*child].action {
            Action::Value { target, .. } => Some(target),
            _ => None,
        })
    }

    fn open(&mut self, node: &Node) {
        self.indent();
        self.tag("<", node, ">\n");
        self.depth += 1;
    }

    fn close(&mut self, node: &Node, before: usize, said: bool) -> bool {
        self.depth -= 1;
        if said || is_always_written(node.name) {
            self.indent();
            self.tag("</", node, ">\n");
        } else {
            self.out.truncate(before);
        }
        said
    }

    fn leaf(&mut self, node: &Node, attributes: &[(&str, &str)], term: Bt, text: &str) {
        self.indent();
        self.tag("<", node, "");
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            self.text(term, value, true);
            self.out.push('"');
        }
        self.out.push('>');
        self.text(term, text, false);
        self.tag("</", node, ">\n");
    }

    fn indent(&mut self) {
        for _ in 0..self.depth {
            self.out.push_str("  ");
        }
    }

    fn tag(&mut self, before: &str, node: &Node, after: &str) {
        self.out.push_str(before);
        self.out.push_str(node.name.prefix());
        self.out.push(':');
        self.out.push_str(node.name.local());
        self.out.push_str(after);
    }

    fn text(&mut self, term: Bt, text: &str, in_attribute: bool) {
        for character in text.chars() {
            match character {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' if in_attribute => self.out.push_str("&quot;"),
                '\r' => self.out.push_str("&#13;"),
                // Readers turn white space in attributes into blanks, but not where it is escaped.
                '\n' if in_attribute => self.out.push_str("&#10;"),
                '\t' if in_attribute => self.out.push_str("&#9;"),
                '\t' | '\n' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}' => {
                    self.out.push(character);
                }
                _ => {
                    self.error.get_or_insert(WriteError::Character { term, character });
                }
            }
        }
    }
}

fn fitting(fits: Fits, value: &Value) -> bool {
    match fits {
        Fits::All => true,
        Fits::WithScheme => value.scheme().is_some(),
        Fits::WithoutScheme => value.scheme().is_none(),
        Fits::Iban => is_iban_shaped(&value.content.text()),
        Fits::NotIban => !is_iban_shaped(&value.content.text()),
        Fits::None => false,
    }
}

/// Two letters, two digits, and letters and digits after them.
fn is_iban_shaped(text: &str) -> bool {
    let mut bytes = text.bytes().filter(|byte| *byte != b' ');
    let head: Vec<u8> = bytes.by_ref().take(4).collect();
    head.len() == 4
        && head[..2].iter().all(u8::is_ascii_uppercase)
        && head[2..].iter().all(u8::is_ascii_digit)
        && bytes.all(|byte| byte.is_ascii_alphanumeric())
}

/// A sub line as a line; its own sub lines stay what they are.
fn as_line(sub: &Group) -> Group {
    fn rename(group: &Group) -> Group {
        Group {
            id: group.id.kin(),
            values: group.values.clone(),
            groups: group.groups.iter().map(|g| if g.id == Bg::BGDEX01 { g.clone() } else { rename(g) }).collect(),
            at: group.at,
        }
    }
    rename(sub)
}

//! The tree itself: groups with values, and the invoice around them.
//!
//! Invariant: the root of an invoice is the group `BG-0`.

use super::content::{Content, Number};
use super::date::Date;
use super::dictionary::{Bg, Bt, Component};
use vir_core::Decimal;

/// An invoice or credit note, whatever its syntax was.
///
/// Two invoices are equal where they mean the same: positions in the source, the lexical form of
/// numbers, white space at the ends of texts and [`Invoice::extra`] do not count.
#[derive(Debug, Clone)]
pub struct Invoice {
    /// Invoice or credit note: decides which of the two UBL documents is written.
    pub kind: Kind,
    /// The group `BG-0` with everything in it.
    pub root: Group,
    /// What the source holds and the model has no place for.
    pub extra: Vec<ExtraField>,
    /// How many further fields there are that were not kept one by one, because a hostile document
    /// can hold millions of them.
    pub extra_omitted: usize,
}

/// The two documents that UBL knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An invoice.
    Invoice,
    /// A credit note.
    CreditNote,
}

impl Kind {
    /// What an invoice type code (BT-3, UNTDID 1001) stands for; none for codes outside the list.
    #[must_use]
    pub fn from_type_code(code: &str) -> Option<Self> {
        const CREDIT_NOTES: &str = " 81 83 261 262 296 308 381 396 420 458 502 503 532 ";
        const INVOICES: &str = " 71 80 82 84 102 130 202 203 204 211 218 219 295 325 326 331 380 382 383 384 385 386 \
                                387 388 389 390 393 394 395 456 457 471 472 473 500 501 527 553 575 623 633 751 780 \
                                817 870 875 876 877 935 ";
        let listed = |list: &str| list.split_ascii_whitespace().any(|listed| listed == code);
        if listed(CREDIT_NOTES) { Some(Self::CreditNote) } else { listed(INVOICES).then_some(Self::Invoice) }
    }
}

/// A business group with its values and the groups in it.
#[derive(Debug, Clone)]
pub struct Group {
    /// Which group it is.
    pub id: Bg,
    /// Its values in reading order; of repeatable terms in the order of the source.
    pub values: Vec<Value>,
    /// The groups in it in reading order; several of one kind in the order of the source.
    pub groups: Vec<Group>,
    /// Where the element that holds it stood.
    pub at: Option<Source>,
}

/// Components of a value in a fixed order. Behind one pointer, because most values have none.
type Components = Vec<(Component, Box<str>)>;

/// A value of a business term.
#[derive(Debug, Clone)]
pub struct Value {
    /// Which term it is.
    pub term: Bt,
    /// Where it stood.
    pub at: Option<Source>,
    /// What it says.
    pub content: Content,
    components: Option<Box<Components>>,
}

/// A place in the source document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Source {
    /// The id of the element in the document, as [`Document::element`](crate::xml::Document::element)
    /// takes it.
    pub element: u32,
    /// Its line, from 1.
    pub line: u32,
    /// Its column in characters, from 1.
    pub column: u32,
}

/// Something in the source that the model has no place for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraField {
    /// The XPath of the element or attribute, with the usual prefixes.
    pub path: String,
    /// Its text.
    pub value: String,
    /// Where it stood; an attribute at its element.
    pub at: Source,
}

impl Invoice {
    /// An invoice without any value.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self { kind, root: Group::new(Bg::BG0), extra: Vec::new(), extra_omitted: 0 }
    }
}

impl Group {
    /// A group without any value.
    #[must_use]
    pub fn new(id: Bg) -> Self {
        Self { id, values: Vec::new(), groups: Vec::new(), at: None }
    }

    /// Has it neither values nor groups?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.groups.is_empty()
    }

    /// The first value of a term directly in it.
    #[must_use]
    pub fn value(&self, term: Bt) -> Option<&Value> {
        self.values.iter().find(|value| value.term == term)
    }

    /// All values of a term directly in it.
    pub fn values_of(&self, term: Bt) -> impl Iterator<Item = &Value> {
        self.values.iter().filter(move |value| value.term == term)
    }

    /// The text of a term directly in it.
    #[must_use]
    pub fn text(&self, term: Bt) -> Option<&str> {
        self.value(term).and_then(Value::as_str)
    }

    /// The number of a term directly in it, where it is one.
    #[must_use]
    pub fn number(&self, term: Bt) -> Option<Decimal> {
        self.value(term).and_then(Value::number)
    }

    /// The date of a term directly in it, where it is one.
    #[must_use]
    pub fn date(&self, term: Bt) -> Option<Date> {
        self.value(term).and_then(Value::date)
    }

    /// The first group of a kind directly in it.
    #[must_use]
    pub fn group(&self, id: Bg) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// All groups of a kind directly in it.
    pub fn groups_of(&self, id: Bg) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(move |group| group.id == id)
    }

    /// Adds a value and keeps the reading order.
    pub fn add(&mut self, value: Value) {
        let at = self.values.partition_point(|other| other.term <= value.term);
        self.values.insert(at, value);
    }

    /// Adds a group and keeps the reading order.
    pub fn add_group(&mut self, group: Group) {
        let at = self.groups.partition_point(|other| other.id <= group.id);
        self.groups.insert(at, group);
    }

    /// Sets a term to one text and removes what it said before.
    pub fn set(&mut self, term: Bt, text: &str) {
        self.values.retain(|value| value.term != term);
        self.add(Value::new(term, text));
    }

    /// The first group of a kind, made where there is none.
    pub fn group_mut(&mut self, id: Bg) -> &mut Group {
        let at = match self.groups.iter().position(|group| group.id == id) {
            Some(at) => at,
            None => {
                let at = self.groups.partition_point(|other| other.id <= id);
                self.groups.insert(at, Group::new(id));
                at
            }
        };
        &mut self.groups[at]
    }

    /// Every value in it at any depth with the group that holds it, in reading order.
    pub fn walk(&self) -> impl Iterator<Item = (&Group, &Value)> {
        let mut open = vec![self];
        std::iter::from_fn(move || {
            let group = open.pop()?;
            open.extend(group.groups.iter().rev());
            Some(group)
        })
        .flat_map(|group| group.values.iter().map(move |value| (group, value)))
    }
}

impl Value {
    /// A value of the type that the term has; dates as `2026-12-31`.
    #[must_use]
    pub fn new(term: Bt, text: &str) -> Self {
        Self::with_content(term, Content::new(term.data_type(), text))
    }

    /// A value with content that is already typed.
    #[must_use]
    pub fn with_content(term: Bt, content: Content) -> Self {
        Self { term, at: None, content, components: None }
    }

    /// The same value with a component.
    #[must_use]
    pub fn with(mut self, component: Component, text: &str) -> Self {
        self.set_component(component, text);
        self
    }

    /// Sets a component and replaces what it said before.
    pub fn set_component(&mut self, component: Component, text: &str) {
        let components = self.components.get_or_insert_default();
        components.retain(|(kind, _)| *kind != component);
        let at = components.partition_point(|(kind, _)| *kind < component);
        components.insert(at, (component, text.into()));
    }

    /// What a component says.
    #[must_use]
    pub fn component(&self, component: Component) -> Option<&str> {
        self.components().find(|(kind, _)| *kind == component).map(|(_, text)| text)
    }

    /// All components in a fixed order.
    pub fn components(&self) -> impl Iterator<Item = (Component, &str)> {
        self.components.iter().flat_map(|components| components.iter()).map(|(kind, text)| (*kind, text.as_ref()))
    }

    /// The scheme of an identifier.
    #[must_use]
    pub fn scheme(&self) -> Option<&str> {
        self.component(Component::Scheme)
    }

    /// The text, where it has one as written; dates have none.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) | Content::Code(text) | Content::Binary(text) | Content::Raw(text) => Some(text),
            Content::Number(number) => Some(number.as_str()),
            Content::Date(_) => None,
        }
    }

    /// The number, where it is one.
    #[must_use]
    pub fn number(&self) -> Option<Decimal> {
        if let Content::Number(number) = &self.content { Some(Number::value(number)) } else { None }
    }

    /// The date, where it is one.
    #[must_use]
    pub fn date(&self) -> Option<Date> {
        if let Content::Date(date) = self.content { Some(date) } else { None }
    }
}

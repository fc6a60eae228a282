//! The schema layer: is this document built as UBL 2.1 or CII D16B says?
//!
//! Judges as a validator of XML Schema 1.0 would: order and number of elements, unknown elements
//! and attributes, text where none may be, and the form of every value. The schemas are tables
//! (`schema/tables.rs`, generated); this module walks over the tree with them.
//!
//! Invariant: one walk in document order, and no finding is made on a valid document; at most
//! [`MOST_FINDINGS`] and a note are made on any.
//!
//! ```
//! use vir_invoice::{schema, xml};
//!
//! let doc = xml::parse(br#"<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>"#).unwrap();
//! let findings = schema::validate(&doc);
//! assert_eq!(findings[0].rule, "cvc-complex-type.2.4.b");
//! ```

use vir_core::Finding;

use crate::names::{Name, Ns, cn, rsm, ubl};
use crate::xml::{Attribute, Document, Element, collapse, trim};

mod dates;
mod describe;
mod model;
mod scope;
mod simple;
#[rustfmt::skip]
mod tables;
#[cfg(test)]
mod tests;
mod uri;

use describe::Reporter;
use model::{Child, Model, Position};
use scope::Scope;
use simple::{Flaw, Kind, Simple};
use tables::{
    ABSTRACT, ANY_TYPE, ATTRIBUTE_LISTS, ATTRIBUTE_NAMES, ATTRIBUTE_STARTS, ATTRIBUTES, BASES, CONTENTS, FIXED,
    GLOBALS, SIMPLES, TYPE_LOCAL_STARTS, TYPE_LOCALS, TYPE_SPACES,
};

/// After so many findings the rest of a document is left unjudged.
pub const MOST_FINDINGS: usize = 100;

/// The layer that findings of this module name.
pub const LAYER: &str = "schema";

/// Tells every way in which the document departs from the schema of its root element.
#[must_use]
pub fn validate(doc: &Document<'_>) -> Vec<Finding> {
    let root = doc.root();
    let mut walk = Walk {
        report: Reporter::default(),
        open: Vec::with_capacity(16),
        schema: 0,
        ids: Ids::default(),
        scope: Scope::default(),
    };
    let Some(schema) = schema_of(root.name()) else {
        walk.report.unknown_root(root);
        return walk.report.findings;
    };
    walk.schema = schema;
    walk.run(doc);
    walk.report.findings
}

/// The bit by which the tables know the schema that has this root element.
fn schema_of(root: Name) -> Option<u8> {
    match root {
        ubl::Invoice => Some(1),
        cn::CreditNote => Some(2),
        rsm::CrossIndustryInvoice => Some(4),
        _ => None,
    }
}

/// The schemas, as bits, that know a namespace.
fn schemas_with(ns: Ns) -> u8 {
    match ns {
        Ns::Ubl => 1,
        Ns::Cn => 2,
        Ns::Rsm | Ns::Ram | Ns::Udt | Ns::Qdt => 4,
        _ => 3,
    }
}

/// A type: its number in the tables.
type TypeId = u16;

/// What may stand in an element of a type.
enum Content {
    Empty,
    Simple(&'static Simple),
    Elements { mixed: bool, model: Model },
}

fn content_of(of: TypeId) -> Content {
    let entry = CONTENTS[usize::from(of)];
    let what = entry & 0x3FFF;
    match entry >> 14 {
        0 => Content::Empty,
        1 => Content::Simple(&SIMPLES[usize::from(what)]),
        kind => Content::Elements { mixed: kind == 3, model: Model::new(what) },
    }
}

/// The type of the global element of this name.
fn global(name: Name, schema: u8) -> Option<TypeId> {
    let of = GLOBALS[name.index()];
    (of != u16::MAX && name.ns().is_some_and(|ns| schemas_with(ns) & schema != 0)).then_some(of)
}

/// An element whose children are being judged.
struct Open<'a> {
    element: Element<'a>,
    model: Model,
    at: Position,
}

#[derive(Default)]
struct Ids {
    declared: std::collections::HashSet<String>,
    referenced: Vec<(u32, String)>,
}

struct Walk<'a> {
    report: Reporter,
    open: Vec<Open<'a>>,
    schema: u8,
    ids: Ids,
    scope: Scope<'a>,
}

impl<'a> Walk<'a> {
    fn run(&mut self, doc: &'a Document<'a>) {
        let mut next = 0;
        while (next as usize) < doc.len() {
            let element = doc.element(next);
            self.close(next);
            if self.report.is_full() {
                self.report.omit(element);
                return;
            }
            self.scope.enter(element);
            let child = self.step(element);
            next = if self.enter(element, child) { next + 1 } else { element.end() };
        }
        self.close(next);
        self.check_references(doc);
    }

    /// Closes the elements that end before `next`.
    fn close(&mut self, next: u32) {
        while let Some(open) = self.open.last() {
            if open.element.end() > next {
                break;
            }
            if !open.model.may_end(open.at) {
                self.report.incomplete(open.element, open.model, open.at);
            }
            self.open.pop();
        }
    }

    /// Takes the element as the next child of its parent and tells how it is declared.
    fn step(&mut self, element: Element<'a>) -> Child {
        let Some(parent) = self.open.last_mut() else {
            return global(element.name(), self.schema).map_or(Child::Lax, Child::Typed);
        };
        let before = parent.at;
        match parent.model.step(&mut parent.at, element, &mut self.scope) {
            Child::Unexpected => {
                self.report.unexpected(parent.element, element, parent.model, before, &mut parent.at);
                // A known element is judged all the same, so that its own mistakes come to light.
                let declared = parent.model.type_of(element.name());
                declared.or_else(|| global(element.name(), self.schema)).map_or(Child::Lax, Child::Typed)
            }
            Child::Lax => global(element.name(), self.schema).map_or(Child::Lax, Child::Typed),
            Child::Strict => match global(element.name(), self.schema) {
                Some(of) => Child::Typed(of),
                None => Child::Strict,
            },
            typed @ Child::Typed(_) => typed,
        }
    }

    /// Judges an element by itself. Tells whether its children are to be walked.
    fn enter(&mut self, element: Element<'a>, child: Child) -> bool {
        let of = self.type_of(element, child);
        self.check_attributes(element, of);
        match content_of(of) {
            Content::Empty => {
                if element.has_children() || !element.text().is_empty() {
                    self.report.not_empty(element);
                }
                false
            }
            Content::Simple(simple) => {
                if element.has_children() {
                    self.report.children_in_value(element, of);
                } else if !simple.takes_all() {
                    let text = element.text();
                    match simple.check(&text).and_then(|()| self.check_prefix(element, simple, &text)) {
                        Ok(()) => self.note_id(element, simple, &text),
                        Err(flaw) => self.report.value(element, simple, flaw, &text),
                    }
                }
                false
            }
            Content::Elements { mixed, model } => {
                if !mixed && element.has_own_text() {
                    self.report.text_between_elements(element);
                }
                let at = model.start();
                if element.has_children() {
                    self.open.push(Open { element, model, at });
                    return true;
                }
                if !model.may_end(at) {
                    self.report.incomplete(element, model, at);
                }
                false
            }
        }
    }

    /// The type by which the element is judged: the declared one, unless `xsi:type` says another.
    fn type_of(&mut self, element: Element<'a>, child: Child) -> TypeId {
        let declared = match child {
            Child::Typed(of) => Some(of),
            Child::Lax | Child::Strict | Child::Unexpected => None,
        };
        let own = self.instance_type(element, declared);
        if declared.is_none() && own.is_none() && matches!(child, Child::Strict) {
            self.report.undeclared(element);
        }
        let of = own.or(declared).unwrap_or(ANY_TYPE);
        if ABSTRACT.contains(&of) {
            self.report.abstract_type(element);
        }
        of
    }

    /// Looks at `xsi:type` and `xsi:nil`, where they are.
    fn instance_type(&mut self, element: Element<'a>, declared: Option<TypeId>) -> Option<TypeId> {
        let mut own = None;
        for attribute in element.attrs() {
            if !self.scope.is_instance(element, attribute.qname()) {
                continue;
            }
            if attribute.local() == "nil" && declared.is_some() {
                self.report.nil(attribute);
            }
            if attribute.local() == "type" {
                own = self.named_type(element, attribute);
                if let (Some(of), Some(declared)) = (own, declared)
                    && !derives(of, declared)
                {
                    self.report.foreign_type(attribute);
                }
            }
        }
        own
    }

    /// The type that an `xsi:type` names.
    fn named_type(&mut self, element: Element<'a>, attribute: Attribute<'a>) -> Option<TypeId> {
        let value = attribute.value();
        let written = collapse(&value);
        if Simple::of(Kind::QName).check(&written).is_err() {
            // Said of the attribute's value, where all attributes are judged.
            return None;
        }
        let (prefix, local) = written.split_once(':').unwrap_or(("", &written));
        let uri = self.scope.resolve(element, prefix);
        let found = TYPE_SPACES
            .iter()
            .find(|space| space.0 == uri && space.1 & self.schema != 0)
            .and_then(|&(_, _, first, end)| find_type(first, end, local));
        if found.is_none() {
            self.report.unknown_type(attribute);
        }
        found
    }

    fn check_attributes(&mut self, element: Element<'a>, of: TypeId) {
        let list = usize::from(ATTRIBUTE_LISTS[usize::from(of)]);
        let (first, end) = (usize::from(ATTRIBUTE_STARTS[list]), usize::from(ATTRIBUTE_STARTS[list + 1]));
        let declared = &ATTRIBUTES[first..end];
        let mut seen = 0_u32;
        for attribute in element.attrs() {
            let found = declared.iter().position(|d| ATTRIBUTE_NAMES[usize::from(d.0)] == attribute.qname());
            let Some(position) = found else {
                self.check_undeclared(attribute, of);
                continue;
            };
            seen |= 1 << position;
            let (_, simple, fixed, _) = declared[position];
            let simple = &SIMPLES[usize::from(simple)];
            if simple.takes_all() && fixed == 0 {
                continue;
            }
            let value = attribute.value();
            if let Err(flaw) = simple.check(&value) {
                self.report.attribute_value(attribute, simple, flaw);
            } else if fixed != 0 && !simple.equals(&value, FIXED[usize::from(fixed)]) {
                self.report.not_fixed(attribute, FIXED[usize::from(fixed)]);
            } else {
                self.note_id(element, simple, &value);
            }
        }
        // Required attributes stand first in each list.
        for (position, &(name, _, _, required)) in declared.iter().enumerate() {
            if !required {
                break;
            }
            if seen & 1 << position == 0 {
                self.report.missing_attribute(element, ATTRIBUTE_NAMES[usize::from(name)]);
            }
        }
    }

    /// Judges an attribute that the type does not declare.
    fn check_undeclared(&mut self, attribute: Attribute<'a>, of: TypeId) {
        if self.scope.is_instance(attribute.owner(), attribute.qname()) {
            let value = attribute.value();
            let kind = match attribute.local() {
                "type" => Some(Kind::QName),
                "nil" => Some(Kind::Boolean),
                "noNamespaceSchemaLocation" => Some(Kind::AnyUri),
                "schemaLocation" => {
                    let any_uri = Simple::of(Kind::AnyUri);
                    if let Some(flaw) = simple::words(&value).find_map(|word| any_uri.check(word).err()) {
                        self.report.attribute_value(attribute, &any_uri, flaw);
                    }
                    return;
                }
                _ => None,
            };
            if let Some(simple) = kind.map(Simple::of) {
                if let Err(flaw) = simple.check(&value) {
                    self.report.attribute_value(attribute, &simple, flaw);
                }
                return;
            }
        }
        if of != ANY_TYPE {
            self.report.unknown_attribute(attribute, of);
        }
    }

    /// A qualified name's prefix must stand for a namespace where the name stands.
    fn check_prefix(&mut self, element: Element<'a>, simple: &Simple, text: &str) -> Result<(), Flaw> {
        if !matches!(simple.kind, Kind::QName | Kind::Notation) {
            return Ok(());
        }
        match trim(text).split_once(':') {
            Some((prefix, _)) if self.scope.resolve(element, prefix).is_empty() => Err(Flaw::Form),
            _ => Ok(()),
        }
    }

    /// Remembers identifiers and references to them.
    fn note_id(&mut self, element: Element<'a>, simple: &Simple, value: &str) {
        match simple.kind {
            Kind::Id if !self.ids.declared.insert(collapse(value).into_owned()) => {
                self.report.repeated_id(element, value);
            }
            Kind::IdRef | Kind::IdRefs => {
                self.ids.referenced.extend(simple::words(value).map(|word| (element.id(), word.to_owned())));
            }
            _ => {}
        }
    }

    fn check_references(&mut self, doc: &'a Document<'a>) {
        for (element, value) in &self.ids.referenced {
            if self.report.is_full() {
                return self.report.omit(doc.root());
            }
            if !self.ids.declared.contains(value) {
                self.report.dangling_reference(doc.element(*element), value);
            }
        }
    }
}

/// Is the type the other one, or derived from it in any number of steps?
fn derives(of: TypeId, from: TypeId) -> bool {
    let mut at = of;
    loop {
        if at == from {
            return true;
        }
        let base = BASES[usize::from(at)];
        if base == at {
            return false;
        }
        at = base;
    }
}

/// The named type of this local name among the types of one namespace.
fn find_type(first: TypeId, end: TypeId, local: &str) -> Option<TypeId> {
    let name = |of: TypeId| {
        let at = usize::from(of);
        &TYPE_LOCALS[usize::from(TYPE_LOCAL_STARTS[at])..usize::from(TYPE_LOCAL_STARTS[at + 1])]
    };
    let (mut low, mut high) = (first, end);
    while low < high {
        let middle = low + (high - low) / 2;
        match name(middle).cmp(local) {
            std::cmp::Ordering::Equal => return Some(middle),
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    None
}

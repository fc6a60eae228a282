//! When two values or two invoices mean the same.
//!
//! Invariant: equality ignores how something is written (positions, `1.0` or `1.00`, white space at
//! the ends) and in which order things stand where order has no meaning; two invoices are equal
//! exactly where [`diff`](super::diff) finds nothing.

use std::borrow::Cow;

use super::content::Content;
use super::dictionary::{Bg, Bt};
use super::diff::differences;
use super::invoice::{Group, Invoice, Value};
use crate::xml::trim;

impl PartialEq for Invoice {
    fn eq(&self, other: &Self) -> bool {
        self.root == other.root
    }
}

impl PartialEq for Group {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && differences(self, other).is_empty()
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        let components = |value: &Self| -> Vec<_> {
            value
                .components()
                .map(|(kind, text)| (kind, trim(text).to_owned()))
                .filter(|(_, t)| !t.is_empty())
                .collect()
        };
        self.term == other.term
            && same_content(&self.content, &other.content)
            && (self.components().next().is_none() && other.components().next().is_none()
                || components(self) == components(other))
    }
}

impl Invoice {
    /// A number for what the invoice says: equal where two invoices are, whatever their syntax,
    /// order and form. How it was made (BG-2: business process and specification) does not count.
    /// `digest` is a hash function such as SHA-256, so that this library need not name one.
    ///
    /// ```
    /// use vir_invoice::{bindings, model, xml};
    ///
    /// fn digest(bytes: &[u8]) -> [u8; 32] {
    ///     let mut sum = [0; 32]; // a bad one
    ///     bytes.iter().enumerate().for_each(|(at, byte)| sum[at % 32] = byte.wrapping_add(sum[(at + 31) % 32]) ^ sum[at % 32]);
    ///     sum
    /// }
    /// let read = |source: &[u8]| bindings::read(&xml::parse(source).unwrap());
    /// let ubl = read(include_bytes!("../../samples/small-ubl.xml"));
    /// let mut cii = read(include_bytes!("../../samples/small-cii.xml"));
    /// assert_eq!(ubl.fingerprint(digest), cii.fingerprint(digest));
    /// cii.root.set(model::Bt::BT1, "2026-89");
    /// assert_ne!(ubl.fingerprint(digest), cii.fingerprint(digest));
    /// ```
    #[must_use]
    pub fn fingerprint(&self, digest: impl Fn(&[u8]) -> [u8; 32] + Copy) -> [u8; 32] {
        fingerprint(&self.root, digest)
    }
}

/// The groups in a group are taken in the order of their own fingerprints, because the syntaxes
/// keep some of them in different orders. Nesting is bounded by the dictionary and by the reader.
fn fingerprint(group: &Group, digest: impl Fn(&[u8]) -> [u8; 32] + Copy) -> [u8; 32] {
    let mut inner: Vec<(Bg, [u8; 32])> = group
        .groups
        .iter()
        .filter(|group| group.id != Bg::BG2 && group.walk().any(|(_, value)| counts(value)))
        .map(|group| (group.id, fingerprint(group, digest)))
        .collect();
    inner.sort_unstable();
    let mut said = Vec::new();
    let mut say = |kind: &str, text: &str| {
        said.extend_from_slice(kind.as_bytes());
        said.push(0);
        said.extend_from_slice(text.as_bytes());
        said.push(0);
    };
    let mut values: Vec<(Bt, String, String)> = counting_values(group)
        .iter()
        .map(|value| {
            let content = match &value.content {
                Content::Number(number) => number.value().normalized().to_string(),
                Content::Binary(text) => text.split_ascii_whitespace().collect(),
                other => trim(&other.text()).to_owned(),
            };
            let parts: Vec<String> =
                value.components().map(|(kind, text)| format!("{kind:?}={}", trim(text))).collect();
            (value.term, content, parts.join("\u{1}"))
        })
        .collect();
    values.sort_unstable();
    for (term, content, components) in &values {
        say(term.id(), content);
        say("", components);
    }
    for (id, inner) in inner {
        said.extend_from_slice(id.id().as_bytes());
        said.extend_from_slice(&inner);
    }
    digest(&said)
}

/// The values of a group that count, in reading order, with the price completed.
pub(super) fn counting_values(group: &Group) -> Vec<Cow<'_, Value>> {
    let mut values: Vec<Cow<'_, Value>> =
        group.values.iter().filter(|value| counts(value)).map(Cow::Borrowed).collect();
    if group.id.kin() == Bg::BG29
        && let Some(derived) = missing_price(group)
    {
        values.push(Cow::Owned(derived));
    }
    values.sort_by_key(|value| value.term);
    values
}

/// Nothing deducted is no discount, and no VAT is none: UBL cannot give a gross price without the
/// one and a VAT breakdown without the other.
fn counts(value: &Value) -> bool {
    let is_zero = || value.number().is_some_and(|number| number.is_zero());
    let says_zero = matches!(value.term, Bt::BT110 | Bt::BT147) && is_zero();
    let says_nothing = value.content.is_blank() && value.components().next().is_none();
    !says_zero && !says_nothing
}

/// Net price, discount and gross price are two numbers: UBL gives the third by the discount, CII
/// by the gross price.
fn missing_price(price: &Group) -> Option<Value> {
    let (net, discount, gross) = (price.number(Bt::BT146)?, price.number(Bt::BT147), price.number(Bt::BT148));
    let (term, number) = match (discount, gross) {
        (None, Some(gross)) if price.value(Bt::BT147).is_none() && gross != net => (Bt::BT147, gross - net),
        (Some(discount), None) if price.value(Bt::BT148).is_none() && !discount.is_zero() => {
            (Bt::BT148, net + discount)
        }
        _ => return None,
    };
    Some(Value::with_content(term, Content::Number(number.into())))
}

fn same_content(mine: &Content, theirs: &Content) -> bool {
    match (mine, theirs) {
        (Content::Number(mine), Content::Number(theirs)) => mine == theirs,
        (Content::Date(mine), Content::Date(theirs)) => mine == theirs,
        (Content::Binary(mine), Content::Binary(theirs)) => {
            let bytes = |text: &'_ str| text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect::<Vec<_>>();
            mine == theirs || bytes(mine) == bytes(theirs)
        }
        (Content::Number(_) | Content::Date(_), _) | (_, Content::Number(_) | Content::Date(_)) => false,
        _ => trim(&mine.text()) == trim(&theirs.text()),
    }
}

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

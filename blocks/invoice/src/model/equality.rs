//! When two invoices mean the same.
//!
//! Invariant: equality ignores how something is written (positions, `1.0` or `1.00`, white space at
//! the ends) and in which order things stand where order has no meaning.

use super::content::Content;
use super::dictionary::{Bg, Bt};
use super::invoice::{Group, Invoice, Value};
use crate::xml::trim;

impl PartialEq for Invoice {
    fn eq(&self, other: &Self) -> bool {
        self.root == other.root
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.term == other.term
            && same_content(&self.content, &other.content)
            && self.components().eq(other.components())
    }
}

impl PartialEq for Group {
    fn eq(&self, other: &Self) -> bool {
        let mut mine: Vec<&Value> = self.values.iter().filter(|value| counts(value)).collect();
        let mut theirs: Vec<&Value> = other.values.iter().filter(|value| counts(value)).collect();
        mine.sort_by_key(|value| value.term);
        theirs.sort_by_key(|value| value.term);
        self.id == other.id && mine == theirs && same_groups(self, other)
    }
}

/// A price discount of nothing is no discount; UBL cannot give a gross price without one.
fn counts(value: &Value) -> bool {
    !(value.term == Bt::BT147 && value.number().is_some_and(|discount| discount.is_zero()))
}

fn same_content(mine: &Content, theirs: &Content) -> bool {
    match (mine, theirs) {
        (Content::Number(mine), Content::Number(theirs)) => mine == theirs,
        (Content::Date(mine), Content::Date(theirs)) => mine == theirs,
        (Content::Binary(mine), Content::Binary(theirs)) => {
            mine == theirs
                || mine
                    .split_ascii_whitespace()
                    .flat_map(str::bytes)
                    .eq(theirs.split_ascii_whitespace().flat_map(str::bytes))
        }
        (Content::Number(_) | Content::Date(_), _) | (_, Content::Number(_) | Content::Date(_)) => false,
        _ => trim(&mine.text()) == trim(&theirs.text()),
    }
}

/// Groups of one kind are compared in their order: the order of lines, notes and documents is the
/// issuer's, and both syntaxes keep it.
fn same_groups(mine: &Group, theirs: &Group) -> bool {
    let filled = |group: &&Group| !is_blank(group);
    Bg::ALL.iter().all(|id| mine.groups_of(*id).filter(filled).eq(theirs.groups_of(*id).filter(filled)))
}

fn is_blank(group: &Group) -> bool {
    group.values.is_empty() && group.groups.iter().all(is_blank)
}

//! Comparing the texts of two sets of elements.
//!
//! Invariant: comparing with one set again and again costs the set's size once.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use crate::names::Name;
use crate::rules::Facts;
use crate::xml::Element;

/// The texts at paths below elements, kept per element and path.
#[derive(Debug, Default)]
pub struct TextSets {
    sets: RefCell<HashMap<Place, HashSet<String>>>,
}

/// An element and a path below it.
type Place = (u32, &'static [Name]);

/// `left/path = right/path`: have any two of them the same text? The right side is the one that
/// stays the same from call to call.
pub(super) fn any_common(
    facts: &Facts<'_>,
    left: Element<'_>,
    left_path: &'static [Name],
    right: Option<Element<'_>>,
    right_path: &'static [Name],
) -> bool {
    let Some(right) = right else { return false };
    let mut sets = facts.text_sets.sets.borrow_mut();
    let set = sets
        .entry((right.id(), right_path))
        .or_insert_with(|| right.select(right_path).map(|element| element.text().into_owned()).collect());
    left.select(left_path).any(|element| set.contains(element.text().as_ref()))
}

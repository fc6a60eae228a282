//! What the syntax rules ask about more than their own context element.
//!
//! Invariant: each answer is computed once per document (or once per element that has payees), so
//! that a rule put to a hundred thousand elements stays linear.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use crate::names::{Name, cac, rsm};
use crate::path;
use crate::rules::Facts;
use crate::xml::{Document, Element};

/// Answers kept for one document.
#[derive(Debug, Default)]
pub struct SyntaxFacts {
    discounted_prices: OnceCell<Vec<(u32, u32)>>,
    billed_in_units: OnceCell<bool>,
    seller_names: RefCell<HashMap<u32, Rc<Names>>>,
}

/// The values of a repeated element, as far as `!=` wants to know them.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Names {
    None,
    /// All are equal to this.
    One(String),
    Different,
}

impl Names {
    fn of<'a>(mut elements: impl Iterator<Item = Element<'a>>) -> Self {
        let Some(first) = elements.next() else { return Self::None };
        let first = first.text().into_owned();
        if elements.all(|other| other.text() == first) { Self::One(first) } else { Self::Different }
    }

    /// `mine != these`: is there a pair of one of each that differs?
    pub(super) fn differ_from<'a>(&self, mut mine: impl Iterator<Item = Element<'a>>) -> bool {
        match self {
            Self::None => false,
            Self::One(name) => mine.any(|own| own.text() != *name),
            Self::Different => mine.next().is_some(),
        }
    }
}

/// `ancestor::cac:Price/cac:AllowanceCharge`: is there a price with a discount around the element?
pub(super) fn in_discounted_price(facts: &Facts<'_>, element: Element<'_>) -> bool {
    let prices = facts.syntax.discounted_prices.get_or_init(|| discounted_prices(facts.doc));
    let before = prices.partition_point(|(start, _)| *start < element.id());
    before > 0 && prices[before - 1].1 > element.id()
}

/// Where such prices start, and the furthest end of all that start no later.
fn discounted_prices(doc: &Document<'_>) -> Vec<(u32, u32)> {
    let parents = doc.all(cac::AllowanceCharge).filter_map(Element::parent);
    let mut prices: Vec<(u32, u32)> =
        parents.filter(|parent| parent.name() == cac::Price).map(|price| (price.id(), price.end())).collect();
    prices.sort_unstable();
    prices.dedup();
    let mut furthest = 0;
    for (_, end) in &mut prices {
        furthest = furthest.max(*end);
        *end = furthest;
    }
    prices
}

/// Has any billed quantity (BT-129) a unit?
pub(super) fn billed_in_units(facts: &Facts<'_>) -> bool {
    *facts.syntax.billed_in_units.get_or_init(|| {
        facts.root.name() == rsm::CrossIndustryInvoice
            && facts
                .root
                .select(path!(rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem/ram:SpecifiedLineTradeDelivery/ram:BilledQuantity))
                .any(|quantity| quantity.attr("unitCode").is_some())
    })
}

/// The names (BT-27) of the seller that stands beside the payee.
pub(super) fn seller_names(facts: &Facts<'_>, payee: Element<'_>) -> Rc<Names> {
    let Some(beside) = payee.parent() else { return Rc::new(Names::None) };
    let mut known = facts.syntax.seller_names.borrow_mut();
    Rc::clone(known.entry(beside.id()).or_insert_with(|| {
        Rc::new(Names::of(
            beside.select(path!(cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName)),
        ))
    }))
}

/// Do all elements of a name have the same text (after `value`) as the first?
pub(super) fn all_equal<'a>(
    mut elements: impl Iterator<Item = Element<'a>>,
    value: fn(Element<'a>) -> Cow<'a, str>,
) -> bool {
    let Some(first) = elements.next() else { return true };
    let first = value(first);
    elements.all(|other| value(other) == first)
}

/// `//ram:ApplicableTradeTax/ram:DueDateTypeCode` and the like: all children of a name of all elements
/// of a name, in document order unless the latter are nested.
pub(super) fn kids_of_all<'a>(facts: &Facts<'a>, parents: Name, name: Name) -> impl Iterator<Item = Element<'a>> {
    facts.doc.all(name).filter(move |element| element.parent().is_some_and(|parent| parent.name() == parents))
}

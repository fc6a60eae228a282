//! Layer `en16931`: CEN's rules for EN 16931-1 and its bindings to UBL and CII.
//!
//! Official source: ConnectingEurope/eInvoicing-EN16931, releases 1.3.15 and 1.3.16.
//!
//! Invariant: the contexts of a syntax are listed in the order in which the official patterns try them.

mod amounts;
mod cii;
mod cii_syntax;
mod cii_syntax_special;
mod codes;
mod fields;
pub(super) mod syntax_facts;
mod ubl;
mod ubl_syntax;
mod ubl_syntax_special;
mod vat;

pub use cii::Currencies;
pub use fields::TextSets;

use std::cell::Cell;

use super::eval::XPath;
use super::{Context, Rule};
use crate::names::Name;
use crate::xml::Element;

/// What is added up and counted once per document for all rules.
#[derive(Debug, Default)]
pub(super) struct Known {
    amounts: amounts::Known,
    vat_ubl: vat::KnownUbl,
    vat_cii: vat::KnownCii,
    /// What was last asked for its indicator: is it an allowance, is it a charge?
    indicator: Cell<Option<(u32, bool, bool)>>,
}

impl Known {
    /// Is the owner of a tax category an allowance (`charge` false) or a charge? It is asked for each of
    /// its categories, of which there can be many; an indicator that is no boolean is neither.
    fn is_of_kind(&self, owner: Element<'_>, indicator: &'static [Name], charge: bool) -> bool {
        let (allowance_is, charge_is) = match self.indicator.get() {
            Some((id, allowance, charge)) if id == owner.id() => (allowance, charge),
            _ => {
                let is = |charge| owner.any_bool(indicator, charge).unwrap_or(false);
                let kinds = (is(false), is(true));
                self.indicator.set(Some((owner.id(), kinds.0, kinds.1)));
                kinds
            }
        };
        if charge { charge_is } else { allowance_is }
    }
}

/// The contexts of UBL, pattern by pattern, each in the order in which the official pattern tries them.
pub static UBL_CONTEXTS: &[&[&Context]] = &[ubl::CONTEXTS, ubl::CATEGORIES, ubl_syntax::CONTEXTS, codes::ubl::CONTEXTS];

/// The contexts of CII, pattern by pattern, each in the order in which the official pattern tries them.
pub static CII_CONTEXTS: &[&[&Context]] =
    &[cii::CONTEXTS, cii::CATEGORIES, cii::LAST_CONTEXTS, cii_syntax::CONTEXTS, codes::cii::CONTEXTS];

/// The rules, by family.
pub static FAMILIES: &[&[Rule]] = &[
    fields::document::RULES,
    fields::parties::RULES,
    fields::lines::RULES,
    fields::breakdown::RULES,
    fields::payment::RULES,
    amounts::totals::RULES,
    amounts::breakdown::RULES,
    amounts::presence::RULES,
    amounts::decimals::RULES,
    vat::standard::RULES,
    vat::zero::RULES,
    vat::exempt::RULES,
    vat::reverse_charge::RULES,
    vat::intra_community::RULES,
    vat::exports::RULES,
    vat::outside_scope::RULES,
    vat::igic::RULES,
    vat::ipsi::RULES,
    vat::split_payment::RULES,
    codes::RULES,
    ubl_syntax::RULES,
    ubl_syntax_special::RULES,
    cii_syntax::RULES,
    cii_syntax_special::RULES,
];

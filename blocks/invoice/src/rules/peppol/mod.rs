//! Layer `peppol`: the rules of Peppol BIS Billing 3.
//!
//! Official source: OpenPEPPOL/peppol-bis-invoice-3, 2026.5 for UBL, 3.0.19 for CII.
//!
//! Invariant: the contexts of a syntax are listed in the order in which the official patterns try them.

pub(crate) mod checks;
mod cii;
mod codes;
pub(crate) mod common;
mod core;
mod countries;
pub(crate) mod parties;
mod schemes;
pub(crate) mod texts;
mod ubl;

pub use common::Periods;
pub(crate) use common::SLACK;
pub use parties::Parties;

use super::{Context, Rule};
use countries::{denmark, germany, greece, iceland, italy, netherlands, norway, sweden};

/// The rules, by family.
pub static FAMILIES: &[&[Rule]] = &[
    core::RULES,
    schemes::RULES,
    norway::RULES,
    denmark::RULES,
    italy::RULES,
    sweden::RULES,
    greece::RULES,
    iceland::RULES,
    netherlands::RULES,
    germany::RULES,
    codes::RULES,
];

/// The contexts of UBL, pattern by pattern, each in the order in which the official pattern tries them.
pub static UBL_CONTEXTS: &[&[&Context]] = &[
    ubl::CONTEXTS,
    norway::ubl::CONTEXTS,
    denmark::ubl::CONTEXTS,
    italy::ubl::CONTEXTS,
    sweden::ubl::CONTEXTS,
    greece::ubl::CONTEXTS,
    iceland::ubl::CONTEXTS,
    netherlands::ubl::CONTEXTS,
    germany::ubl::CONTEXTS,
];

/// The contexts of CII, pattern by pattern, each in the order in which the official pattern tries them.
pub static CII_CONTEXTS: &[&[&Context]] = &[
    cii::CONTEXTS,
    norway::cii::CONTEXTS,
    denmark::cii::CONTEXTS,
    italy::cii::CONTEXTS,
    sweden::cii::CONTEXTS,
    netherlands::cii::CONTEXTS,
];

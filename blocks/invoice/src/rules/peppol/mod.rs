//! Layer `peppol`: the rules of Peppol BIS Billing 3.
//!
//! Official source: OpenPEPPOL/peppol-bis-invoice-3, 2026.5 for UBL, 3.0.19 for CII.
//!
//! Invariant: the contexts of a syntax are listed in the order in which the official patterns try them.

pub(crate) mod checks;
pub(crate) mod common;
pub(crate) mod parties;
pub(crate) mod texts;

pub use common::Periods;
pub(crate) use common::SLACK;
pub use parties::Parties;

use super::{Context, Rule};

/// The rules, by family.
pub static FAMILIES: &[&[Rule]] = &[];

/// The contexts of UBL, pattern by pattern, each in the order in which the official pattern tries them.
pub static UBL_CONTEXTS: &[&[&Context]] = &[];

/// The contexts of CII, pattern by pattern, each in the order in which the official pattern tries them.
pub static CII_CONTEXTS: &[&[&Context]] = &[];

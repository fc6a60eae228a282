//! Layer `peppol`: the rules of Peppol BIS Billing 3.
//!
//! Official source: OpenPEPPOL/peppol-bis-invoice-3.
//!
//! Invariant: the contexts of a syntax are listed in the order in which the official patterns try them.

use super::{Context, Rule};

/// The rules, by family.
pub static FAMILIES: &[&[Rule]] = &[];

/// In the order in which the official patterns try them.
pub static UBL_CONTEXTS: &[&Context] = &[];

/// In the order in which the official patterns try them.
pub static CII_CONTEXTS: &[&Context] = &[];

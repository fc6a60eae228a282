//! Layer `xrechnung`: KoSIT's rules for XRechnung, its Extension and CVD, with the Peppol rules
//! that KoSIT merges into them.
//!
//! Official source: itplr-kosit/xrechnung-schematron 2.5.0.
//!
//! Invariant: the contexts of a syntax are listed in the order in which the official patterns try them.

use super::{Context, Rule};

/// The rules, by family.
pub static FAMILIES: &[&[Rule]] = &[];

/// In the order in which the official patterns try them.
pub static UBL_CONTEXTS: &[&Context] = &[];

/// In the order in which the official patterns try them.
pub static CII_CONTEXTS: &[&Context] = &[];

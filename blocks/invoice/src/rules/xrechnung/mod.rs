//! Layer `xrechnung`: KoSIT's rules for XRechnung, its Extension and CVD, with the Peppol rules
//! that KoSIT merges into them.
//!
//! Official source: itplr-kosit/xrechnung-schematron 2.5.0.
//!
//! Invariant: the contexts of a syntax are listed in the order in which the official patterns try them.

mod cii;
mod codes;
mod cvd;
mod extension;
mod fields;
pub(crate) mod german;
pub(crate) mod patterns;
mod payment;
mod peppol_core;
mod profile;
mod profile_conditions;
mod ubl;

pub use profile::Profile;

use super::{Context, Rule};

/// The rules, by family.
pub static FAMILIES: &[&[Rule]] = &[peppol_core::RULES, fields::RULES, payment::RULES, extension::RULES, cvd::RULES];

/// The contexts of UBL, pattern by pattern, each in the order in which the official pattern tries them.
pub static UBL_CONTEXTS: &[&[&Context]] = &[ubl::CONTEXTS];

/// The contexts of CII, pattern by pattern, each in the order in which the official pattern tries them.
pub static CII_CONTEXTS: &[&[&Context]] = &[cii::CONTEXTS];

//! The elements of CII to which CEN's rules are put.

use crate::rules::{Context, Pattern};

const MODEL: Pattern = Pattern(0);

/// In the order in which the official patterns try them.
pub static CONTEXTS: &[&Context] = &[&DOCUMENT];

/// The document.
pub(super) static DOCUMENT: Context = Context::new(MODEL, &["/rsm:CrossIndustryInvoice"]);

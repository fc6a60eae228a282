//! CII-SR and CII-DT: what CEN's binding to CII leaves out or restricts.

use crate::rules::Context;
use crate::rules::syntax_table::syntax_table;

/// In the order in which the official pattern tries them.
pub static CONTEXTS: &[&Context] = &[];

syntax_table! { cii: }

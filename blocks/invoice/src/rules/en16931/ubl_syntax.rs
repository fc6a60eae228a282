//! UBL-CR, UBL-SR and UBL-DT: what CEN's binding to UBL leaves out or restricts.

use super::ubl::DOCUMENT;
use crate::rules::Context;
use crate::rules::syntax_table::syntax_table;

/// In the order in which the official pattern tries them.
pub static CONTEXTS: &[&Context] = &[];

syntax_table! { ubl:
    "UBL-CR-001" Warning DOCUMENT Forbidden "ext:UBLExtensions";
}

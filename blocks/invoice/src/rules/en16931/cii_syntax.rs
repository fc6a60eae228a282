//! CII-SR and CII-DT: what CEN's binding to CII leaves out or restricts.

use crate::rules::syntax_table::syntax_table;

syntax_table! { cii: }

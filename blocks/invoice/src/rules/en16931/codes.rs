//! BR-CL-nn: code lists.

use crate::rules::Rule;

/// The rules of this family.
pub static RULES: &[Rule] = &[];

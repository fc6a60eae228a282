//! BR-CL-nn: code lists.

pub(super) mod cii;
pub(super) mod ubl;

use crate::rules::{Pattern, Rule};

/// The pattern of the code lists; it stands after those of model and syntax.
const CODES: Pattern = Pattern(2);

/// The rules of this family.
pub static RULES: &[Rule] = &[];

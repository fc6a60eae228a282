//! BR-CO-nn and BR-DEC-nn: sums, and how many decimals an amount may have.

use crate::rules::Rule;

/// The rules of this family.
pub static RULES: &[Rule] = &[];

//! VAT: the rules of the categories S, Z, E, AE, K (IC), G, O, L (AF) and M (AG), and BR-B.

use crate::rules::Rule;

/// The rules of this family.
pub static RULES: &[Rule] = &[];

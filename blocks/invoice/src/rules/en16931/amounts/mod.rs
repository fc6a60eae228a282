//! BR-CO-nn and BR-DEC-nn: sums, what belongs together, and how many decimals an amount may have.
//!
//! Invariant: sums over lines, allowances and charges are computed once per document.

pub(super) mod breakdown;
pub(super) mod decimals;
pub(super) mod presence;
mod sums;
pub(super) mod totals;

pub(super) use sums::Known;

/// A rule from its parts, with a binding per syntax.
macro_rules! rule {
    (
        $id:literal $actor:ident [$($term:literal),*]
        $de:expr, $en:expr, $repair_de:expr, $repair_en:expr,
        $(ubl $($ubl:ident)+ |$uf:pat_param, $un:pat_param| $ubl_test:expr,)?
        $(cii $cii:ident |$cf:pat_param, $cn:pat_param| $cii_test:expr,)?
        $(@ $releases:ident)?
    ) => {
        crate::rules::Rule {
            id: $id,
            terms: &[$($term),*],
            actor: vir_core::Actor::$actor,
            message: vir_core::Phrase::new($de, $en),
            repair: vir_core::Phrase::new($repair_de, $repair_en),
            $(ubl: &[$(crate::rules::Binding::new(&super::super::ubl::$ubl, |$uf, $un| $ubl_test)),+],)?
            $(cii: &[crate::rules::Binding::new(&super::super::cii::$cii, |$cf, $cn| $cii_test)],)?
            $(releases: crate::rules::Releases::$releases,)?
            ..crate::rules::Rule::NONE
        }
    };
}
use rule;

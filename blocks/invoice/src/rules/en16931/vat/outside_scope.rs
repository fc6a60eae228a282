//! BR-O: outside the scope of VAT.

use super::category::Category;
use super::entries::{category_rules, entry, rule};
use super::{cii, ubl};

category_rules! {
    O "nicht steuerbarer Leistung (Kategorie O)" "supply outside the scope of VAT (category O)" O O_ALLOWANCE O_CHARGE O_LINE;
    "BR-O-01" outside_declared;
    "BR-O-02" nobody_has_vat_id line;
    "BR-O-03" nobody_has_vat_id allowance;
    "BR-O-04" nobody_has_vat_id charge;
    "BR-O-05" rate_is_absent line;
    "BR-O-06" rate_is_absent allowance;
    "BR-O-07" rate_is_absent charge;
    "BR-O-08" outside_taxable_is_sum;
    "BR-O-09" tax_is_zero;
    "BR-O-10" is_explained;
    "BR-O-11" only_breakdown;
    "BR-O-12" only_in_lines;
    "BR-O-13" only_in_allowances;
    "BR-O-14" only_in_charges;
}

//! BR-G: export outside the EU.

use super::category::Category;
use super::entries::{category_rules, entry, rule};
use super::{cii, ubl};

category_rules! {
    G "Ausfuhr aus der EU (Kategorie G)" "export outside the EU (category G)" G G_ALLOWANCE G_CHARGE G_LINE;
    "BR-G-01" declared_once;
    "BR-G-02" seller_has_vat_id line;
    "BR-G-03" seller_has_vat_id allowance;
    "BR-G-04" seller_has_vat_id charge;
    "BR-G-05" rate_is_zero line;
    "BR-G-06" rate_is_zero allowance;
    "BR-G-07" rate_is_zero charge;
    "BR-G-08" taxable_is_sum;
    "BR-G-09" tax_is_zero;
    "BR-G-10" is_explained;
}

//! BR-S: VAT at the standard rate or a reduced one.

use super::category::Category;
use super::entries::{category_rules, entry, rule};
use super::{cii, ubl};

category_rules! {
    S "Umsatzsteuer zum Regelsatz oder ermäßigten Satz (Kategorie S)" "VAT at the standard or a reduced rate (category S)" S S_ALLOWANCE S_CHARGE S_LINE;
    "BR-S-01" standard_declared;
    "BR-S-02" seller_registered line;
    "BR-S-03" seller_registered allowance;
    "BR-S-04" seller_registered charge;
    "BR-S-05" rate_is_positive line;
    "BR-S-06" rate_is_positive allowance;
    "BR-S-07" rate_is_positive charge;
    "BR-S-08" taxable_is_sum_of_rate;
    "BR-S-09" tax_is_product;
    "BR-S-10" is_unexplained;
}

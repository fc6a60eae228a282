//! BR-AF: tax of the Canary Islands (IGIC), code L.

use super::category::Category;
use super::entries::{category_rules, entry, rule};
use super::{cii, ubl};

category_rules! {
    Af "kanarischer Steuer IGIC (Kategorie L)" "Canary Islands tax IGIC (category L)" AF AF_ALLOWANCE AF_CHARGE AF_LINE;
    "BR-AF-01" igic_declared;
    "BR-AF-02" seller_registered line;
    "BR-AF-03" seller_registered allowance;
    "BR-AF-04" seller_registered charge;
    "BR-AF-05" rate_is_not_negative_or_positive line;
    "BR-AF-06" rate_is_not_negative_or_positive allowance;
    "BR-AF-07" rate_is_not_negative_or_positive charge;
    "BR-AF-08" taxable_is_sum_of_rate;
    "BR-AF-09" tax_is_product_in_ubl;
    "BR-AF-10" is_unexplained;
}

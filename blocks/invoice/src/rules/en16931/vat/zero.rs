//! BR-Z: zero rated.

use super::category::Category;
use super::entries::{category_rules, entry, rule};
use super::{cii, ubl};

category_rules! {
    Z "Umsatzsteuer zum Nullsatz (Kategorie Z)" "zero rated VAT (category Z)" Z Z_ALLOWANCE Z_CHARGE Z_LINE;
    "BR-Z-01" declared_once;
    "BR-Z-02" seller_registered line;
    "BR-Z-03" seller_registered allowance;
    "BR-Z-04" seller_registered charge;
    "BR-Z-05" rate_is_zero line;
    "BR-Z-06" rate_is_zero allowance;
    "BR-Z-07" rate_is_zero charge;
    "BR-Z-08" taxable_is_sum;
    "BR-Z-09" tax_is_zero;
    "BR-Z-10" is_unexplained;
}

//! BR-E: exempt from VAT.

use super::category::Category;
use super::entries::{category_rules, entry, rule};
use super::{cii, ubl};

category_rules! {
    E "Umsatzsteuerbefreiung (Kategorie E)" "exemption from VAT (category E)" E E_ALLOWANCE E_CHARGE E_LINE;
    "BR-E-01" declared_once;
    "BR-E-02" seller_registered line;
    "BR-E-03" seller_registered allowance;
    "BR-E-04" seller_registered charge;
    "BR-E-05" rate_is_zero line;
    "BR-E-06" rate_is_zero allowance;
    "BR-E-07" rate_is_zero charge;
    "BR-E-08" taxable_is_sum;
    "BR-E-09" tax_is_zero;
    "BR-E-10" is_explained;
}

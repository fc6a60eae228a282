//! BR-AG: tax of Ceuta and Melilla (IPSI), code M.

use super::category::Category;
use super::entries::{category_rules, entry, rule};
use super::{cii, ubl};

category_rules! {
    Ag "Steuer von Ceuta und Melilla IPSI (Kategorie M)" "tax of Ceuta and Melilla IPSI (category M)" AG AG_ALLOWANCE AG_CHARGE AG_LINE;
    "BR-AG-01" ipsi_declared;
    "BR-AG-02" seller_registered line;
    "BR-AG-03" seller_registered allowance;
    "BR-AG-04" seller_registered charge;
    "BR-AG-05" rate_is_not_negative line;
    "BR-AG-06" rate_is_not_negative allowance;
    "BR-AG-07" rate_is_not_negative charge;
    "BR-AG-08" taxable_is_sum_of_rate;
    "BR-AG-09" tax_is_product_in_ubl;
    "BR-AG-10" is_unexplained;
}

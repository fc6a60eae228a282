//! BR-AE: reverse charge.

use super::category::Category;
use super::entries::{category_rules, entry, rule};
use super::{cii, ubl};

category_rules! {
    Ae "Umkehr der Steuerschuldnerschaft (Kategorie AE)" "reverse charge (category AE)" AE AE_ALLOWANCE AE_CHARGE AE_LINE;
    "BR-AE-01" declared_once;
    "BR-AE-02" both_registered line;
    "BR-AE-03" both_registered allowance;
    "BR-AE-04" both_registered charge;
    "BR-AE-05" rate_is_zero line;
    "BR-AE-06" rate_is_zero allowance;
    "BR-AE-07" rate_is_zero charge;
    "BR-AE-08" taxable_is_sum;
    "BR-AE-09" tax_is_zero;
    "BR-AE-10" is_explained;
}

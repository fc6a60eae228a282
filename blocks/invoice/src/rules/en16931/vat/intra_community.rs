//! BR-IC: intra-community supply, code K.

use super::category::Category;
use super::entries::{category_rules, entry, rule};
use super::{cii, ubl};

category_rules! {
    Ic "innergemeinschaftlicher Lieferung (Kategorie K)" "intra-community supply (category K)" IC IC_ALLOWANCE IC_CHARGE IC_LINE;
    "BR-IC-01" declared_once;
    "BR-IC-02" both_have_vat_id line;
    "BR-IC-03" both_have_vat_id allowance;
    "BR-IC-04" both_have_vat_id charge;
    "BR-IC-05" rate_is_zero line;
    "BR-IC-06" rate_is_zero allowance;
    "BR-IC-07" rate_is_zero charge;
    "BR-IC-08" taxable_is_sum;
    "BR-IC-09" tax_is_zero;
    "BR-IC-10" is_explained;
    "BR-IC-11" delivery_is_dated;
    "BR-IC-12" delivery_has_country;
}

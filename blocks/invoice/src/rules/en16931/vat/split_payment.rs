//! BR-B: Italian split payment.

use super::entries::rule;
use super::{cii, ubl};
use crate::rules::Rule;

/// The rules of this category.
pub static RULES: &[Rule] = &[
    rule! {
        "BR-B-01" Issuer ["BT-40", "BT-55", "BT-151"]
        "Split Payment (Kategorie B) gibt es nur zwischen italienischen Beteiligten, aber ein Ländercode der Rechnung ist nicht IT.",
        "Split payment (category B) exists between Italian parties only, but a country code of the invoice is not IT.",
        "Die Steuerkategorie oder den Ländercode berichtigen.",
        "Correct the VAT category or the country code.",
        ubl DOCUMENT |f, _| ubl::split_payment_is_italian(f),
        cii DOCUMENT |f, _| cii::split_payment_is_italian(f)
    },
    rule! {
        "BR-B-02" Issuer ["BT-95", "BT-102", "BT-118", "BT-151"]
        "Split Payment (Kategorie B) und Regelsatz (Kategorie S) stehen in derselben Rechnung.",
        "Split payment (category B) and the standard rate (category S) stand in the same invoice.",
        "Auf zwei Rechnungen aufteilen oder die Steuerkategorie berichtigen.",
        "Make two invoices of it or correct the VAT category.",
        ubl DOCUMENT |f, _| ubl::split_payment_is_alone(f),
        cii DOCUMENT |f, _| cii::split_payment_is_alone(f)
    },
];

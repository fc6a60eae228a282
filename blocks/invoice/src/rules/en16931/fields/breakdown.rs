//! What allowances and charges on the document and the VAT breakdown must state (BG-20, BG-21, BG-23).

use vir_core::{Actor, Phrase};

use super::lines::{beside, cii_has_reason, ubl_has_reason};
use super::{cii, repairs, ubl};
use crate::names::{Name, cac, ram};
use crate::path;
use crate::rules::en16931::ubl::is_vat;
use crate::rules::eval::{Eval, XPath, or};
use crate::rules::{Binding, Rule, Shape};
use crate::xml::Element;

/// BR-31 to BR-33, BR-36 to BR-38 and BR-45 to BR-48.
pub static RULES: &[Rule] = &[
    Rule {
        id: "BR-31",
        terms: &["BT-92", "BG-20"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Einem Nachlass auf die Rechnung (BG-20) fehlt der Betrag (BT-92).",
            "An allowance on the invoice (BG-20) has no amount (BT-92).",
        ),
        repair: repairs::SUPPLY,
        ubl: &[Binding::shape(&ubl::ALLOWANCE, Shape::Required("cbc:Amount"))],
        cii: &[Binding::new(&cii::ALLOWANCE, |_, n| Ok(beside(n, path!(ram:ActualAmount))))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-32",
        terms: &["BT-95", "BG-20"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Einem Nachlass auf die Rechnung (BG-20) fehlt die Umsatzsteuerkategorie (BT-95).",
            "An allowance on the invoice (BG-20) has no VAT category (BT-95).",
        ),
        repair: CATEGORY,
        ubl: &[Binding::new(&ubl::ALLOWANCE, |_, n| ubl_vat_has(n, path!(cbc:ID)))],
        cii: &[Binding::new(&cii::ALLOWANCE, |_, n| cii_category_is_stated(n))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-33",
        terms: &["BT-97", "BT-98", "BG-20"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Einem Nachlass auf die Rechnung (BG-20) fehlt der Grund (BT-97 oder BT-98).",
            "An allowance on the invoice (BG-20) has no reason (BT-97 or BT-98).",
        ),
        repair: repairs::REASON,
        ubl: &[Binding::new(&ubl::ALLOWANCE, |_, n| Ok(ubl_has_reason(n)))],
        cii: &[Binding::new(&cii::ALLOWANCE, |_, n| Ok(cii_has_reason(n)))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-36",
        terms: &["BT-99", "BG-21"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Einem Zuschlag auf die Rechnung (BG-21) fehlt der Betrag (BT-99).",
            "A charge on the invoice (BG-21) has no amount (BT-99).",
        ),
        repair: repairs::SUPPLY,
        ubl: &[Binding::shape(&ubl::CHARGE, Shape::Required("cbc:Amount"))],
        cii: &[Binding::new(&cii::CHARGE, |_, n| Ok(beside(n, path!(ram:ActualAmount))))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-37",
        terms: &["BT-102", "BG-21"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Einem Zuschlag auf die Rechnung (BG-21) fehlt die Umsatzsteuerkategorie (BT-102).",
            "A charge on the invoice (BG-21) has no VAT category (BT-102).",
        ),
        repair: CATEGORY,
        ubl: &[Binding::new(&ubl::CHARGE, |_, n| ubl_vat_has(n, path!(cbc:ID)))],
        cii: &[Binding::new(&cii::CHARGE, |_, n| cii_category_is_stated(n))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-38",
        terms: &["BT-104", "BT-105", "BG-21"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Einem Zuschlag auf die Rechnung (BG-21) fehlt der Grund (BT-104 oder BT-105).",
            "A charge on the invoice (BG-21) has no reason (BT-104 or BT-105).",
        ),
        repair: repairs::REASON,
        ubl: &[Binding::new(&ubl::CHARGE, |_, n| Ok(ubl_has_reason(n)))],
        cii: &[Binding::new(&cii::CHARGE, |_, n| Ok(cii_has_reason(n)))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-45",
        terms: &["BT-116", "BG-23"],
        message: Phrase::new(
            "In der Umsatzsteueraufschlüsselung (BG-23) fehlt der zu versteuernde Betrag einer Kategorie (BT-116).",
            "The VAT breakdown (BG-23) lacks the taxable amount of a category (BT-116).",
        ),
        repair: repairs::SOFTWARE,
        ubl: &[Binding::shape(&ubl::BREAKDOWN, Shape::Required("cbc:TaxableAmount"))],
        cii: &[Binding::shape(&cii::BREAKDOWN, Shape::Required("ram:BasisAmount"))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-46",
        terms: &["BT-117", "BG-23"],
        message: Phrase::new(
            "In der Umsatzsteueraufschlüsselung (BG-23) fehlt der Steuerbetrag einer Kategorie (BT-117).",
            "The VAT breakdown (BG-23) lacks the tax amount of a category (BT-117).",
        ),
        repair: repairs::SOFTWARE,
        ubl: &[Binding::shape(&ubl::BREAKDOWN, Shape::Required("cbc:TaxAmount"))],
        cii: &[Binding::shape(&cii::BREAKDOWN, Shape::Required("ram:CalculatedAmount"))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-47",
        terms: &["BT-118", "BG-23"],
        message: Phrase::new(
            "In der Umsatzsteueraufschlüsselung (BG-23) fehlt der Code der Kategorie (BT-118).",
            "The VAT breakdown (BG-23) lacks the code of a category (BT-118).",
        ),
        repair: CATEGORY,
        ubl: &[Binding::new(&ubl::BREAKDOWN, |_, n| ubl_vat_has(n, path!(cbc:ID)))],
        cii: &[Binding::new(&cii::BREAKDOWN, |_, n| Ok(cii_is_vat(n)? && n.has(path!(ram:CategoryCode))))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-48",
        terms: &["BT-119", "BG-23"],
        message: Phrase::new(
            "In der Umsatzsteueraufschlüsselung (BG-23) fehlt der Steuersatz einer Kategorie (BT-119).",
            "The VAT breakdown (BG-23) lacks the rate of a category (BT-119).",
        ),
        repair: Phrase::new(
            "Den Steuersatz in Prozent ergänzen; bei Steuerbefreiung ist er 0. Nur Umsätze außerhalb der Umsatzsteuer (Kategorie O) haben keinen.",
            "Add the rate in per cent; it is 0 where exempt. Only what is outside the scope of VAT (category O) has none.",
        ),
        ubl: &[Binding::new(&ubl::BREAKDOWN, |_, n| {
            or(|| ubl_vat_has(n, path!(cbc:Percent)), || ubl_is_outside_scope(n))
        })],
        cii: &[Binding::new(&cii::BREAKDOWN, |_, n| {
            Ok(cii_is_vat(n)? && (n.has(path!(ram:RateApplicablePercent)) || n.any_text(path!(ram:CategoryCode), "O")))
        })],
        ..Rule::NONE
    },
];

const CATEGORY: Phrase = Phrase::new(
    "Den Code der Umsatzsteuerkategorie ergänzen, zum Beispiel S für den Regelsteuersatz.",
    "Add the code of the VAT category, for example S for the standard rate.",
);

/// `exists(cac:TaxCategory[cac:TaxScheme/normalize-space(upper-case(cbc:ID)) = 'VAT']/path)`
fn ubl_vat_has(element: Element<'_>, path: &'static [Name]) -> Eval<bool> {
    for category in element.kids(cac::TaxCategory) {
        if is_vat(category)? && category.has(path) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `cac:TaxCategory[… = 'VAT']/normalize-space(cbc:ID) = 'O'`
fn ubl_is_outside_scope(breakdown: Element<'_>) -> Eval<bool> {
    for category in breakdown.kids(cac::TaxCategory) {
        if is_vat(category)? && category.norm(path!(cbc:ID))? == "O" {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `../ram:CategoryTradeTax[upper-case(ram:TypeCode) = 'VAT']/ram:CategoryCode`
fn cii_category_is_stated(indicator: Element<'_>) -> Eval<bool> {
    let Some(around) = indicator.parent() else { return Ok(false) };
    for tax in around.kids(ram::CategoryTradeTax) {
        if cii_is_vat(tax)? && tax.has(path!(ram:CategoryCode)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `upper-case(ram:TypeCode) = 'VAT'`
fn cii_is_vat(tax: Element<'_>) -> Eval<bool> {
    Ok(tax.string(path!(ram:TypeCode))?.eq_ignore_ascii_case("VAT"))
}

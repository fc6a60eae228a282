//! BR-DEC-nn: amounts have at most two decimals.
//!
//! The official test is one of text: at most two characters after the point, white space and zeros
//! included. The VAT totals of CII (BR-DEC-13, -15) are the exception: their value counts.

use crate::names::{cac, cbc, ram};
use crate::path;
use crate::rules::eval::{Eval, XPath, decimals_at_most, equals_double, round_double};
use crate::rules::{Binding, Facts, Rule};
use crate::xml::Element;

/// `"BR-DEC-09" "BT-106" German English, context and path in UBL, in CII;` per line.
macro_rules! decimals {
    ($($id:literal $term:literal $de:literal $en:literal
        $ubl:ident $ubl_path:tt $cii:ident $where:ident $cii_path:tt;)*) => {
        /// BR-DEC-01 to BR-DEC-28.
        pub static RULES: &[Rule] = &[
            $(Rule {
                ubl: &[Binding::new(&super::super::ubl::$ubl, |_, n| Ok(decimals_at_most(&n.string(path! $ubl_path)?, 2)))
                    .at(path! $ubl_path)],
                cii: &[decimals!(@$where $cii $cii_path)],
                ..entry($id, &[$term],
                    concat!($de, " (", $term, ") hat mehr als zwei Nachkommastellen."),
                    concat!($en, " (", $term, ") has more than two decimals."))
            },)*
            Rule {
                ubl: &[Binding::new(&super::super::ubl::DOCUMENT, |f, _| ubl_tax_total(f, cbc::DocumentCurrencyCode))],
                cii: &[Binding::new(&super::super::cii::TOTALS, cii_tax_total).at(path!(ram: TaxTotalAmount))],
                ..entry("BR-DEC-13", &["BT-110"],
                    "Der Gesamtbetrag der Umsatzsteuer (BT-110) hat mehr als zwei Nachkommastellen.",
                    "The total VAT amount (BT-110) has more than two decimals.")
            },
            Rule {
                ubl: &[Binding::new(&super::super::ubl::DOCUMENT, |f, _| ubl_tax_total(f, cbc::TaxCurrencyCode))],
                cii: &[Binding::new(&super::super::cii::TOTALS, cii_accounting_tax_total).at(path!(ram: TaxTotalAmount))],
                ..entry("BR-DEC-15", &["BT-111"],
                    "Der Gesamtbetrag der Umsatzsteuer in Buchungswährung (BT-111) hat mehr als zwei Nachkommastellen.",
                    "The total VAT amount in accounting currency (BT-111) has more than two decimals.")
            },
        ];
    };
    (@own $cii:ident $path:tt) => {
        Binding::new(&super::super::cii::$cii, |_, n| Ok(decimals_at_most(&n.string(path! $path)?, 2))).at(path! $path)
    };
    // The context is the indicator of an allowance or charge; the amount stands beside it.
    (@beside $cii:ident $path:tt) => {
        Binding::new(&super::super::cii::$cii, |_, n| beside(n, |n| Ok(decimals_at_most(&n.string(path! $path)?, 2))))
    };
    (@first_beside $cii:ident $path:tt) => {
        Binding::new(&super::super::cii::$cii, |f, n| beside(n, |n| {
            let path = path! $path;
            let amount = if f.release >= crate::rules::Release::R2026_07 { n.first(path) } else { n.one(path)? };
            Ok(amount.is_none_or(|amount| decimals_at_most(&amount.text(), 2)))
        }))
    };
}

decimals! {
    "BR-DEC-01" "BT-92" "Der Nachlass auf Ebene der Rechnung" "The document's allowance"
        ALLOWANCE (cbc: Amount) ALLOWANCE first_beside (ram: ActualAmount);
    "BR-DEC-02" "BT-93" "Der Grundbetrag des Nachlasses" "The allowance's base amount"
        ALLOWANCE (cbc: BaseAmount) ALLOWANCE beside (ram: BasisAmount);
    "BR-DEC-05" "BT-99" "Der Zuschlag auf Ebene der Rechnung" "The document's charge"
        CHARGE (cbc: Amount) CHARGE first_beside (ram: ActualAmount);
    "BR-DEC-06" "BT-100" "Der Grundbetrag des Zuschlags" "The charge's base amount"
        CHARGE (cbc: BaseAmount) CHARGE beside (ram: BasisAmount);
    "BR-DEC-09" "BT-106" "Die Summe der Positionen" "The sum of lines"
        TOTALS (cbc: LineExtensionAmount) TOTALS own (ram: LineTotalAmount);
    "BR-DEC-10" "BT-107" "Die Summe der Nachlässe" "The sum of allowances"
        TOTALS (cbc: AllowanceTotalAmount) TOTALS own (ram: AllowanceTotalAmount);
    "BR-DEC-11" "BT-108" "Die Summe der Zuschläge" "The sum of charges"
        TOTALS (cbc: ChargeTotalAmount) TOTALS own (ram: ChargeTotalAmount);
    "BR-DEC-12" "BT-109" "Der Gesamtbetrag ohne Umsatzsteuer" "The total without VAT"
        TOTALS (cbc: TaxExclusiveAmount) TOTALS own (ram: TaxBasisTotalAmount);
    "BR-DEC-14" "BT-112" "Der Gesamtbetrag mit Umsatzsteuer" "The total with VAT"
        TOTALS (cbc: TaxInclusiveAmount) TOTALS own (ram: GrandTotalAmount);
    "BR-DEC-16" "BT-113" "Der vorausgezahlte Betrag" "The amount already paid"
        TOTALS (cbc: PrepaidAmount) TOTALS own (ram: TotalPrepaidAmount);
    "BR-DEC-17" "BT-114" "Der Rundungsbetrag" "The rounding amount"
        TOTALS (cbc: PayableRoundingAmount) TOTALS own (ram: RoundingAmount);
    "BR-DEC-18" "BT-115" "Der fällige Betrag" "The amount due"
        TOTALS (cbc: PayableAmount) TOTALS own (ram: DuePayableAmount);
    "BR-DEC-19" "BT-116" "Der steuerpflichtige Betrag" "The taxable amount"
        BREAKDOWN (cbc: TaxableAmount) BREAKDOWN own (ram: BasisAmount);
    "BR-DEC-20" "BT-117" "Der Steuerbetrag" "The tax amount"
        BREAKDOWN (cbc: TaxAmount) BREAKDOWN own (ram: CalculatedAmount);
    "BR-DEC-23" "BT-131" "Der Nettobetrag der Position" "The line's net amount"
        LINE (cbc: LineExtensionAmount) LINE own (ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount);
    "BR-DEC-24" "BT-136" "Der Nachlass der Position" "The line's allowance"
        LINE_ALLOWANCE (cbc: Amount) LINE_ALLOWANCE first_beside (ram: ActualAmount);
    "BR-DEC-25" "BT-137" "Der Grundbetrag des Nachlasses der Position" "The base amount of the line's allowance"
        LINE_ALLOWANCE (cbc: BaseAmount) LINE_ALLOWANCE beside (ram: BasisAmount);
    "BR-DEC-27" "BT-141" "Der Zuschlag der Position" "The line's charge"
        LINE_CHARGE (cbc: Amount) LINE_CHARGE first_beside (ram: ActualAmount);
    "BR-DEC-28" "BT-142" "Der Grundbetrag des Zuschlags der Position" "The base amount of the line's charge"
        LINE_CHARGE (cbc: BaseAmount) LINE_CHARGE beside (ram: BasisAmount);
}

const fn entry(id: &'static str, terms: &'static [&'static str], de: &'static str, en: &'static str) -> Rule {
    Rule {
        id,
        terms,
        actor: vir_core::Actor::Software,
        message: vir_core::Phrase::new(de, en),
        repair: vir_core::Phrase::new(
            "In der Rechnungssoftware auf zwei Nachkommastellen runden.",
            "Have the invoicing software round to two decimals.",
        ),
        ..Rule::NONE
    }
}

fn beside(indicator: Element<'_>, test: impl FnOnce(Element<'_>) -> Eval<bool>) -> Eval<bool> {
    indicator.parent().map_or(Ok(true), test)
}

/// The official test looks for the currency code inside the amount, where no valid document has it.
fn ubl_tax_total(facts: &Facts<'_>, currency: crate::names::Name) -> Eval<bool> {
    let mut found = facts.doc.all(cac::TaxTotal).flat_map(|total| total.kids(cbc::TaxAmount)).filter(|amount| {
        let own = amount.attr("currencyID");
        own.is_some_and(|own| amount.kids(currency).any(|code| code.text() == own))
    });
    let Some(first) = found.next() else { return Ok(true) };
    match found.next() {
        Some(second) => Err(crate::rules::eval::Abort::Repeated { element: second.id() }),
        None => Ok(decimals_at_most(&first.text(), 2)),
    }
}

/// BR-DEC-13: one of the amounts is in another currency, or has two decimals.
fn cii_tax_total(facts: &Facts<'_>, totals: Element<'_>) -> Eval<bool> {
    let mut some = false;
    for amount in totals.kids(ram::TaxTotalAmount) {
        some = true;
        let in_invoice_currency =
            amount.attr("currencyID").is_some_and(|own| facts.cii_invoice_currencies().contains(&own));
        if !in_invoice_currency || has_two_decimals(amount)? {
            return Ok(true);
        }
    }
    Ok(!some)
}

/// BR-DEC-15: there is no accounting currency, or one of the amounts is in it and has two decimals.
fn cii_accounting_tax_total(facts: &Facts<'_>, totals: Element<'_>) -> Eval<bool> {
    if !totals.has(path!(ram: TaxTotalAmount)) || facts.cii_tax_currencies().is_empty() {
        return Ok(true);
    }
    for amount in totals.kids(ram::TaxTotalAmount) {
        let own = amount.attr("currencyID");
        if own.is_some_and(|own| facts.cii_tax_currencies().contains(&own)) && has_two_decimals(amount)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `. = round(. * 100) div 100`
fn has_two_decimals(amount: Element<'_>) -> Eval<bool> {
    equals_double(amount, round_double(amount.double_self()? * 100.0) / 100.0)
}

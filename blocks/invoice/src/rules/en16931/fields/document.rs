//! What the document as a whole must state: identifiers, dates, codes and totals (BG-1 to BG-3,
//! BG-14, BG-22, BG-24).

use vir_core::{Actor, Phrase};

use super::{cii, repairs, ubl};
use crate::names::{cac, cbc, ram};
use crate::path;
use crate::rules::date::date_at;
use crate::rules::eval::{Eval, XPath, or};
use crate::rules::{Binding, Facts, Rule, Shape};
use crate::xml::Element;

/// BR-01 to BR-05, BR-12 to BR-16, BR-29, BR-52, BR-53 and BR-55.
pub static RULES: &[Rule] = &[
    Rule {
        id: "BR-01",
        terms: &["BT-24"],
        message: Phrase::new(
            "Die Spezifikationskennung (BT-24) fehlt; ohne sie ist nicht bestimmt, nach welchen Regeln geprüft wird.",
            "The specification identifier (BT-24) is missing; without it nobody knows which rules apply.",
        ),
        repair: Phrase::new(
            "In der Rechnungssoftware das Format (zum Beispiel XRechnung 3.0) einstellen und die Rechnung neu ausgeben.",
            "Choose the format (for example XRechnung 3.0) in the invoicing software and export the invoice again.",
        ),
        ubl: &[Binding::new(&ubl::DOCUMENT, |_, n| n.states(path!(cbc:CustomizationID)))],
        cii: &[Binding::new(&cii::DOCUMENT, |_, n| {
            n.states(path!(rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "BR-02",
        terms: &["BT-1"],
        actor: Actor::Issuer,
        message: Phrase::new("Die Rechnungsnummer (BT-1) fehlt.", "The invoice number (BT-1) is missing."),
        repair: Phrase::new(
            "Eine fortlaufende, einmalige Rechnungsnummer vergeben.",
            "Give the invoice a sequential number that is used only once.",
        ),
        ubl: &[Binding::new(&ubl::DOCUMENT, |_, n| n.states(path!(cbc:ID)))],
        cii: &[Binding::new(&cii::DOCUMENT, |_, n| n.states(path!(rsm:ExchangedDocument/ram:ID)))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-03",
        terms: &["BT-2"],
        actor: Actor::Issuer,
        message: Phrase::new("Das Rechnungsdatum (BT-2) fehlt.", "The invoice issue date (BT-2) is missing."),
        repair: Phrase::new(
            "Das Datum angeben, an dem die Rechnung ausgestellt wurde.",
            "State the date on which the invoice was issued.",
        ),
        ubl: &[Binding::new(&ubl::DOCUMENT, |_, n| n.states(path!(cbc:IssueDate)))],
        cii: &[Binding::new(&cii::DOCUMENT, |_, n| {
            n.states_where(path!(rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString), "format", "102")
        })],
        ..Rule::NONE
    },
    Rule {
        id: "BR-04",
        terms: &["BT-3"],
        message: Phrase::new(
            "Die Rechnungsart (BT-3) fehlt: Es ist nicht angegeben, ob dies eine Rechnung, Gutschrift oder Korrektur ist.",
            "The type of the document (BT-3) is missing: whether it is an invoice, a credit note or a correction.",
        ),
        repair: Phrase::new(
            "Den Code der Rechnungsart ergänzen, zum Beispiel 380 für eine Rechnung.",
            "Add the code of the type, for example 380 for an invoice.",
        ),
        ubl: &[Binding::new(&ubl::DOCUMENT, |_, n| {
            or(|| n.states(path!(cbc:InvoiceTypeCode)), || n.states(path!(cbc:CreditNoteTypeCode)))
        })],
        cii: &[Binding::new(&cii::DOCUMENT, |_, n| n.states(path!(rsm:ExchangedDocument/ram:TypeCode)))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-05",
        terms: &["BT-5"],
        message: Phrase::new("Die Währung der Rechnung (BT-5) fehlt.", "The invoice currency (BT-5) is missing."),
        repair: Phrase::new(
            "Den Code der Währung ergänzen, zum Beispiel EUR.",
            "Add the code of the currency, for example EUR.",
        ),
        ubl: &[Binding::new(&ubl::DOCUMENT, |_, n| n.states(path!(cbc:DocumentCurrencyCode)))],
        cii: &[Binding::new(&cii::DOCUMENT, |_, n| {
            n.states(path!(rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:InvoiceCurrencyCode))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "BR-12",
        terms: &["BT-106"],
        message: Phrase::new(
            "Die Summe der Nettobeträge aller Positionen (BT-106) fehlt.",
            "The sum of the lines' net amounts (BT-106) is missing.",
        ),
        repair: repairs::SOFTWARE,
        ubl: &[Binding::shape(&ubl::TOTALS, Shape::Required("cbc:LineExtensionAmount"))],
        cii: &[Binding::shape(&cii::TOTALS, Shape::Required("ram:LineTotalAmount"))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-13",
        terms: &["BT-109"],
        message: Phrase::new(
            "Der Rechnungsbetrag ohne Umsatzsteuer (BT-109) fehlt.",
            "The invoice total without VAT (BT-109) is missing.",
        ),
        repair: repairs::SOFTWARE,
        ubl: &[Binding::shape(&ubl::TOTALS, Shape::Required("cbc:TaxExclusiveAmount"))],
        cii: &[Binding::shape(&cii::TOTALS, Shape::Required("ram:TaxBasisTotalAmount"))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-14",
        terms: &["BT-112"],
        message: Phrase::new(
            "Der Rechnungsbetrag mit Umsatzsteuer (BT-112) fehlt.",
            "The invoice total with VAT (BT-112) is missing.",
        ),
        repair: repairs::SOFTWARE,
        ubl: &[Binding::shape(&ubl::TOTALS, Shape::Required("cbc:TaxInclusiveAmount"))],
        cii: &[Binding::shape(&cii::TOTALS, Shape::Required("ram:GrandTotalAmount"))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-15",
        terms: &["BT-115"],
        message: Phrase::new(
            "Der fällige Betrag (BT-115) fehlt: was noch zu zahlen ist.",
            "The amount due for payment (BT-115) is missing.",
        ),
        repair: repairs::SOFTWARE,
        ubl: &[Binding::shape(&ubl::TOTALS, Shape::Required("cbc:PayableAmount"))],
        cii: &[Binding::shape(&cii::TOTALS, Shape::Required("ram:DuePayableAmount"))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-16",
        terms: &["BG-25"],
        actor: Actor::Issuer,
        message: Phrase::new("Die Rechnung hat keine Position (BG-25).", "The invoice has no line (BG-25)."),
        repair: Phrase::new(
            "Mindestens eine Position mit Leistung, Menge und Preis angeben.",
            "State at least one line with item, quantity and price.",
        ),
        ubl: &[Binding::new(&ubl::DOCUMENT, |_, n| {
            Ok(n.has(path!(cac:InvoiceLine)) || n.has(path!(cac:CreditNoteLine)))
        })],
        cii: &[Binding::new(&cii::DOCUMENT, |facts, _| {
            Ok(facts.doc.all(ram::IncludedSupplyChainTradeLineItem).len() > 0)
        })],
        ..Rule::NONE
    },
    Rule {
        id: "BR-29",
        terms: &["BT-73", "BT-74"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Das Ende des Abrechnungszeitraums (BT-74) liegt vor seinem Beginn (BT-73).",
            "The invoicing period ends (BT-74) before it begins (BT-73).",
        ),
        repair: Phrase::new(
            "Beginn und Ende des Abrechnungszeitraums berichtigen.",
            "Correct the beginning and the end of the invoicing period.",
        ),
        ubl: &[Binding::new(&ubl::PERIOD, |_, n| ubl_period_is_in_order(n)).at(&[cbc::EndDate])],
        cii: &[Binding::new(&cii::PERIOD, |_, n| cii_period_is_in_order(n)).at(path!(ram:EndDateTime))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-52",
        terms: &["BT-122", "BG-24"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Einer rechnungsbegründenden Unterlage (BG-24) fehlt die Kennung (BT-122).",
            "A supporting document (BG-24) has no reference (BT-122).",
        ),
        repair: Phrase::new(
            "Der Unterlage eine Kennung geben, zum Beispiel ihre Nummer oder den Dateinamen.",
            "Give the document a reference, for example its number or the name of the file.",
        ),
        ubl: &[Binding::new(&ubl::SUPPORTING_DOCUMENT, |_, n| n.states(path!(cbc:ID)))],
        cii: &[Binding::new(&cii::SUPPORTING_DOCUMENT, |_, n| n.states(path!(ram:IssuerAssignedID)))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-53",
        terms: &["BT-6", "BT-111"],
        message: Phrase::new(
            "Eine Währung der Umsatzsteuer (BT-6) ist angegeben, aber der Steuerbetrag in dieser Währung (BT-111) fehlt.",
            "A VAT accounting currency (BT-6) is stated, but the VAT total in that currency (BT-111) is missing.",
        ),
        repair: Phrase::new(
            "Den Gesamtbetrag der Umsatzsteuer auch in der Währung BT-6 angeben, oder BT-6 weglassen, wenn sie der Rechnungswährung gleicht.",
            "State the VAT total in the currency BT-6 too, or leave out BT-6 where it is the invoice currency.",
        ),
        ubl: &[Binding::new(&ubl::DOCUMENT, ubl_tax_currencies_are_used).at(&[cbc::TaxCurrencyCode])],
        cii: &[Binding::new(&cii::TOTALS, cii_tax_currency_is_used)],
        ..Rule::NONE
    },
    Rule {
        id: "BR-55",
        terms: &["BT-25", "BG-3"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Einem Verweis auf eine vorausgegangene Rechnung (BG-3) fehlt deren Nummer (BT-25).",
            "A reference to a preceding invoice (BG-3) lacks its number (BT-25).",
        ),
        repair: Phrase::new(
            "Die Nummer der vorausgegangenen Rechnung angeben.",
            "State the number of the preceding invoice.",
        ),
        ubl: &[Binding::shape(&ubl::PRECEDING_INVOICE, Shape::Required("cac:InvoiceDocumentReference/cbc:ID"))],
        cii: &[Binding::new(&cii::PRECEDING_INVOICE, |_, n| n.states(path!(ram:IssuerAssignedID)))],
        ..Rule::NONE
    },
];

/// `(exists(end) and exists(start) and xs:date(end) >= xs:date(start)) or not(exists(start)) or not(exists(end))`
pub(super) fn ubl_period_is_in_order(period: Element<'_>) -> Eval<bool> {
    let (start, end) = (path!(cbc:StartDate), path!(cbc:EndDate));
    if !period.has(start) || !period.has(end) {
        return Ok(true);
    }
    let end = date_at(period, end)?;
    Ok(end >= date_at(period, start)?)
}

/// As texts, which order as dates do in format 102: `end >= start or not(end) or not(start)`, where
/// any end not before any start will do.
pub(super) fn cii_period_is_in_order(period: Element<'_>) -> Eval<bool> {
    if !period.has(path!(ram:StartDateTime)) || !period.has(path!(ram:EndDateTime)) {
        return Ok(true);
    }
    let in_102 = |date: &Element<'_>| date.attr("format").is_some_and(|format| format == "102");
    let last = period.select(path!(ram:EndDateTime/udt:DateTimeString)).filter(in_102).map(Element::text).max();
    let first = period.select(path!(ram:StartDateTime/udt:DateTimeString)).filter(in_102).map(Element::text).min();
    Ok(last.zip(first).is_some_and(|(last, first)| last >= first))
}

/// `every $c in cbc:TaxCurrencyCode satisfies exists(//cac:TaxTotal/cbc:TaxAmount[@currencyID = $c])`
fn ubl_tax_currencies_are_used(facts: &Facts<'_>, document: Element<'_>) -> Eval<bool> {
    if !document.has(path!(cbc:TaxCurrencyCode)) {
        return Ok(true);
    }
    let in_total = |amount: &Element<'_>| amount.parent().is_some_and(|total| total.name() == cac::TaxTotal);
    let mut used: Vec<_> =
        facts.doc.all(cbc::TaxAmount).filter(in_total).filter_map(|amount| amount.attr("currencyID")).collect();
    used.sort_unstable();
    used.dedup();
    Ok(document.select(path!(cbc:TaxCurrencyCode)).all(|currency| used.binary_search(&currency.text()).is_ok()))
}

fn cii_tax_currency_is_used(facts: &Facts<'_>, totals: Element<'_>) -> Eval<bool> {
    let (tax, invoice) = (facts.cii_tax_currencies(), facts.cii_invoice_currencies());
    if tax.is_empty() {
        return Ok(true);
    }
    let mut totals = totals.select(path!(ram:TaxTotalAmount)).filter_map(|total| total.attr("currencyID"));
    Ok(totals.any(|total| tax.contains(&*total)) && tax.is_disjoint(invoice))
}

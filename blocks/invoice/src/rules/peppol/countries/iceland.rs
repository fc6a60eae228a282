//! Icelandic sellers.

use crate::names::cac;
use crate::path;
use crate::rules::Facts;
use crate::rules::cast::{attr_is, date_minutes, norm_single, single};
use crate::rules::eval::{Eval, XPath, or};
use crate::rules::rule_table::rule_table;
use crate::xml::Element;

pub(in super::super) mod ubl {
    use crate::rules::peppol::parties::among;
    use crate::rules::{Context, Pattern};

    const ICELAND: Pattern = Pattern(9);

    /// In the order in which the official pattern tries them.
    pub static CONTEXTS: &[&Context] = &[&DOCUMENT, &BUYER];
    pub(super) static DOCUMENT: Context = Context::new(ICELAND, &["cn:CreditNote", "ubl:Invoice"])
        .when(|f, _| among(&f.parties().supplier_address, &["IS"]));
    pub(super) static BUYER: Context = Context::new(
        ICELAND,
        &["cn:CreditNote/cac:AccountingCustomerParty", "ubl:Invoice/cac:AccountingCustomerParty"],
    )
    .when(|f, _| Ok(among(&f.parties().supplier_address, &["IS"])? && among(&f.parties().customer_address, &["IS"])?));
}

rule_table! {
    "IS-R-001" Warning Software ["BT-3"]
        "Bei einem isländischen Verkäufer soll die Rechnungsart (BT-3) 380 oder 381 sein."
        "With an Icelandic seller the invoice type (BT-3) should be 380 or 381."
        "380 für eine Rechnung oder 381 für eine Gutschrift wählen."
        "Choose 380 for an invoice or 381 for a credit note."
        ubl DOCUMENT: |_, n| or(
            || Ok(is_usual(&n.norm(path!(cbc:InvoiceTypeCode))?)),
            || Ok(is_usual(&n.norm(path!(cbc:CreditNoteTypeCode))?)),
        );
    "IS-R-002" Error Issuer ["BT-30"]
        "Die isländische Kennnummer des Verkäufers (BT-30, Schema 0196) fehlt."
        "The seller's Icelandic identifier (BT-30, scheme 0196) is missing."
        "Die Kennitala eintragen."
        "Enter the kennitala."
        ubl DOCUMENT: |_, n| Ok(n
            .select(path!(cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:CompanyID))
            .any(|id| attr_is(id, "schemeID", "0196")));
    "IS-R-003" Error Issuer ["BT-35" "BT-38"]
        "Straße (BT-35) oder Postleitzahl (BT-38) des isländischen Verkäufers fehlt."
        "The Icelandic seller's street (BT-35) or post code (BT-38) is missing."
        "Straße und Postleitzahl eintragen."
        "Enter street and post code."
        ubl DOCUMENT: |_, n| Ok(n.has(path!(cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cbc:StreetName))
            && n.has(path!(cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cbc:PostalZone)));
    "IS-R-004" Error Issuer ["BT-47"]
        "Die isländische Kennnummer des Käufers (BT-47, Schema 0196) fehlt."
        "The buyer's Icelandic identifier (BT-47, scheme 0196) is missing."
        "Die Kennitala eintragen."
        "Enter the kennitala."
        ubl BUYER: |_, n| Ok(n
            .select(path!(cac:Party/cac:PartyLegalEntity/cbc:CompanyID))
            .any(|id| attr_is(id, "schemeID", "0196")));
    "IS-R-005" Error Issuer ["BT-50" "BT-53"]
        "Straße (BT-50) oder Postleitzahl (BT-53) des isländischen Käufers fehlt."
        "The Icelandic buyer's street (BT-50) or post code (BT-53) is missing."
        "Straße und Postleitzahl eintragen."
        "Enter street and post code."
        ubl BUYER: |_, n| Ok(n.has(path!(cac:Party/cac:PostalAddress/cbc:StreetName))
            && n.has(path!(cac:Party/cac:PostalAddress/cbc:PostalZone)));
    "IS-R-006" Error Issuer ["BT-84"]
        "Zur Zahlungsart 9 gehört ein Konto (BT-84) mit zwölf Stellen."
        "Payment means 9 needs an account (BT-84) of twelve digits."
        "Das zwölfstellige Konto eintragen."
        "Enter the account of twelve digits."
        ubl DOCUMENT: |_, n| has_account(n, "9");
    "IS-R-007" Error Issuer ["BT-84"]
        "Zur Zahlungsart 42 gehört ein Konto (BT-84) mit zwölf Stellen."
        "Payment means 42 needs an account (BT-84) of twelve digits."
        "Das zwölfstellige Konto eintragen."
        "Enter the account of twelve digits."
        ubl DOCUMENT: |_, n| has_account(n, "42");
    "IS-R-008" Error Issuer ["BT-122"]
        "Der Eindagi (BT-122) ist kein Datum der Form JJJJ-MM-TT."
        "The eindagi (BT-122) is no date of the form YYYY-MM-DD."
        "Das Datum als JJJJ-MM-TT eintragen."
        "Enter the date as YYYY-MM-DD."
        ubl DOCUMENT: has_due_limit_date;
    "IS-R-009" Error Issuer ["BT-9" "BT-122"]
        "Zum Eindagi (BT-122) gehört ein Fälligkeitsdatum (BT-9)."
        "An eindagi (BT-122) needs a due date (BT-9)."
        "Das Fälligkeitsdatum eintragen."
        "Enter the due date."
        ubl DOCUMENT: |_, n| Ok(due_limits(n).is_empty() || n.has(path!(cbc:DueDate)));
    "IS-R-010" Error Issuer ["BT-9" "BT-122"]
        "Der Eindagi (BT-122) liegt vor dem Fälligkeitsdatum (BT-9)."
        "The eindagi (BT-122) is before the due date (BT-9)."
        "Eines der beiden Daten berichtigen."
        "Correct one of the two dates."
        ubl DOCUMENT: due_limit_is_later;
}

fn is_usual(code: &str) -> bool {
    matches!(code, "380" | "381")
}

fn has_account(n: Element<'_>, code: &str) -> Eval<bool> {
    let means: Vec<Element<'_>> =
        n.kids(cac::PaymentMeans).filter(|means| means.any_text(path!(cbc:PaymentMeansCode), code)).collect();
    let accounts = || means.iter().flat_map(|means| means.select(path!(cac:PayeeFinancialAccount/cbc:ID)));
    if accounts().next().is_some() && norm_single(accounts())?.chars().count() == 12 {
        return Ok(true);
    }
    Ok(means.is_empty())
}

/// The documents that state the last day of payment.
fn due_limits(n: Element<'_>) -> Vec<Element<'_>> {
    n.kids(cac::AdditionalDocumentReference)
        .filter(|reference| reference.any_text(path!(cbc:DocumentDescription), "EINDAGI"))
        .collect()
}

fn has_due_limit_date(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let limits = due_limits(n);
    let id = single(limits.iter().flat_map(|limit| limit.select(path!(cbc:ID))))?;
    let is_date = |id: Element<'_>| id.text().chars().count() == 10 && date_minutes(&id.text()).is_some();
    Ok(limits.is_empty() || id.is_some_and(is_date))
}

/// Texts are compared, any with any: so the earliest due date and the latest limit decide.
fn due_limit_is_later(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let limits = due_limits(n);
    let last = limits.iter().flat_map(|limit| limit.select(path!(cbc:ID))).map(Element::text).max();
    let due = n.select(path!(cbc:DueDate)).map(Element::text).min();
    Ok(limits.is_empty() || due.zip(last).is_some_and(|(due, last)| due <= last))
}

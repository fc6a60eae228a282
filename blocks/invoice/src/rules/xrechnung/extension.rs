//! BR-DEX: the rules of the XRechnung Extension.

use vir_core::Decimal;

use super::codes::{is_address_scheme, is_attachment_type, is_scheme};
use super::{cii, ubl};
use crate::names::{cac, cbc, ram};
use crate::path;
use crate::rules::Facts;
use crate::rules::cast::{filled, norm_attr, norm_attrs, single};
use crate::rules::eval::{Eval, XPath, and, decimals_at_most, round2};
use crate::rules::rule_table::rule_table;
use crate::xml::{Element, is_blank};

rule_table! {
    "BR-DEX-01" Error Issuer ["BT-125"]
        "Das Format eines Anhangs (BT-125) ist nicht erlaubt; erlaubt sind PDF, PNG, JPEG, CSV, Excel (xlsx), OpenDocument-Tabellen und XML."
        "The format of an attachment (BT-125) is not allowed; PDF, PNG, JPEG, CSV, Excel (xlsx), OpenDocument spreadsheets and XML are."
        "Den Anhang in eines dieser Formate umwandeln."
        "Convert the attachment to one of these formats."
        ubl X_ATTACHMENT: attachment_is_allowed;
        cii X_ATTACHMENT: attachment_is_allowed;
    "BR-DEX-02" Warning Software ["BT-131" "BG-25" "BG-DEX-01"]
        "Der Nettobetrag einer Position (BT-131) ist nicht die Summe ihrer Unterpositionen (BG-DEX-01)."
        "A line's net amount (BT-131) is not the sum of its sub lines (BG-DEX-01)."
        "Die Beträge der Position und ihrer Unterpositionen neu berechnen."
        "Calculate the amounts of the line and its sub lines again."
        ubl X_INVOICE: sub_lines_add_up;
    "BR-DEX-03" Error Software ["BG-DEX-01" "BG-DEX-06"]
        "Eine Unterposition (BG-DEX-01) hat nicht genau eine Angabe zur Umsatzsteuer (BG-DEX-06)."
        "A sub line (BG-DEX-01) does not have exactly one VAT information (BG-DEX-06)."
        "Jeder Unterposition genau eine Steuerkategorie geben."
        "Give each sub line exactly one VAT category."
        ubl X_INVOICE: |f, _| Ok(!f.doc.all(cac::SubInvoiceLine).any(|line| {
            line.kids(cac::Item).any(|item| item.count(path!(cac:ClassifiedTaxCategory)) != 1)
        }));
    "BR-DEX-04" Error Software ["BT-29" "BT-46" "BT-60"]
        "Das Schema einer Kennung steht nicht in der Liste der Kennungsschemata (ISO 6523)."
        "An identifier's scheme is not in the list of schemes (ISO 6523)."
        "Ein Schema aus der Liste wählen, zum Beispiel 0088 für GLN, oder das Schema weglassen."
        "Choose a scheme from the list, such as 0088 for GLN, or leave it out."
        ubl X_PARTY_ID: party_scheme_is_known;
        cii X_GLOBAL_ID: scheme_is_known;
    "BR-DEX-05" Error Software ["BT-30" "BT-47" "BT-61"]
        "Das Schema einer Registernummer steht nicht in der Liste der Kennungsschemata (ISO 6523)."
        "A legal registration's scheme is not in the list of schemes (ISO 6523)."
        "Ein Schema aus der Liste wählen oder weglassen."
        "Choose a scheme from the list, or leave it out."
        ubl X_LEGAL_ID: scheme_is_known;
        cii X_ID: scheme_is_known;
    "BR-DEX-06" Error Software ["BT-157"]
        "Das Schema einer Artikelkennung (BT-157) steht nicht in der Liste der Kennungsschemata (ISO 6523)."
        "The scheme of an item identifier (BT-157) is not in the list of schemes (ISO 6523)."
        "Ein Schema aus der Liste wählen, zum Beispiel 0160 für GTIN."
        "Choose a scheme from the list, such as 0160 for GTIN."
        ubl X_ITEM_ID: scheme_is_known;
        cii X_ITEM_ID: scheme_is_known;
    "BR-DEX-07" Error Software ["BT-34" "BT-49"]
        "Das Schema einer elektronischen Adresse steht nicht in der Liste der Adressschemata (EAS)."
        "An electronic address's scheme is not in the list of address schemes (EAS)."
        "Ein Schema aus der Liste wählen, zum Beispiel EM für E-Mail oder 0204 für Leitweg-ID."
        "Choose a scheme from the list, such as EM for e-mail or 0204 for Leitweg-ID."
        ubl X_ENDPOINT: address_scheme_is_known;
        cii X_ENDPOINT: address_scheme_is_known;
    "BR-DEX-08" Error Software ["BT-71"]
        "Das Schema der Kennung des Lieferorts (BT-71) steht nicht in der Liste der Kennungsschemata (ISO 6523)."
        "The scheme of the delivery location's identifier (BT-71) is not in the list of schemes (ISO 6523)."
        "Ein Schema aus der Liste wählen oder weglassen."
        "Choose a scheme from the list, or leave it out."
        ubl X_LOCATION_ID: scheme_is_known;
        cii X_LOCATION_ID: scheme_is_known;
    "BR-DEX-09" Error Software ["BT-115" "BT-112" "BT-113" "BT-114" "BT-DEX-002"]
        "Der fällige Betrag (BT-115) ist nicht Bruttobetrag (BT-112) minus Vorauszahlung (BT-113) plus Rundung (BT-114) plus Zahlungen für Dritte (BT-DEX-002)."
        "The amount due (BT-115) is not the gross total (BT-112) minus prepayment (BT-113) plus rounding (BT-114) plus third party payments (BT-DEX-002)."
        "Die Beträge neu berechnen."
        "Calculate the amounts again."
        ubl X_TOTALS [cbc:PayableAmount]: amount_due_adds_up;
    "BR-DEX-10" Error Issuer ["BT-DEX-001"]
        "Bei einer Zahlung für Dritte (BG-DEX-09) fehlt die Art (BT-DEX-001)."
        "A third party payment (BG-DEX-09) lacks its type (BT-DEX-001)."
        "Die Art der Zahlung eintragen."
        "Enter the type of payment."
        ubl X_PREPAID: |_, n| Ok(filled(n, path!(cbc:ID)));
    "BR-DEX-11" Error Issuer ["BT-DEX-002"]
        "Bei einer Zahlung für Dritte (BG-DEX-09) fehlt der Betrag (BT-DEX-002)."
        "A third party payment (BG-DEX-09) lacks its amount (BT-DEX-002)."
        "Den Betrag eintragen."
        "Enter the amount."
        ubl X_PREPAID: |_, n| Ok(filled(n, path!(cbc:PaidAmount)));
    "BR-DEX-12" Error Issuer ["BT-DEX-003"]
        "Bei einer Zahlung für Dritte (BG-DEX-09) fehlt die Beschreibung (BT-DEX-003)."
        "A third party payment (BG-DEX-09) lacks its description (BT-DEX-003)."
        "Die Zahlung beschreiben."
        "Describe the payment."
        ubl X_PREPAID: |_, n| Ok(filled(n, path!(cbc:InstructionID)));
    "BR-DEX-13" Error Software ["BT-DEX-002"]
        "Der Betrag einer Zahlung für Dritte (BT-DEX-002) hat mehr als zwei Nachkommastellen."
        "A third party payment's amount (BT-DEX-002) has more than two decimals."
        "Den Betrag auf Cent gerundet ausgeben lassen."
        "Have the amount rounded to two decimals."
        ubl X_PREPAID [cbc:PaidAmount]: |_, n| Ok(decimals_at_most(&n.string(path!(cbc:PaidAmount))?, 2));
    "BR-DEX-14" Error Software ["BT-DEX-002" "BT-5"]
        "Eine Zahlung für Dritte (BT-DEX-002) ist nicht in der Rechnungswährung (BT-5) angegeben."
        "A third party payment (BT-DEX-002) is not in the invoice currency (BT-5)."
        "Den Betrag in der Rechnungswährung angeben."
        "Give the amount in the invoice currency."
        ubl X_PREPAID [cbc:PaidAmount]: |f, n| Ok(n
            .kids(cbc::PaidAmount)
            .any(|amount| amount.attr("currencyID").is_some_and(|code| f.profile().is_currency(&code))));
    "BR-DEX-15" Warning Software ["BG-DEX-01"]
        "Die Rechnung ordnet Positionen anderen unter; in CII kennt XRechnung keine Unterpositionen."
        "The invoice puts lines below other lines; XRechnung knows no sub lines in CII."
        "Die Positionen ohne Unterordnung ausgeben, oder die Rechnung in UBL ausstellen."
        "Write the lines without hierarchy, or issue the invoice in UBL."
        cii X_LINE_DOCUMENT: |f, _| Ok(f.doc.all(ram::ParentLineID).next().is_none());
}

fn attachment_is_allowed(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(n.attr("mimeCode").is_some_and(|mime| is_attachment_type(&mime)))
}

fn scheme_is_known(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(is_scheme(f.release, &norm_attr(n, "schemeID")))
}

fn address_scheme_is_known(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(is_address_scheme(f.release, &norm_attr(n, "schemeID")))
}

/// Creditor identifiers of seller and payee have the scheme SEPA.
fn party_scheme_is_known(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let scheme = norm_attrs([n], "schemeID")?;
    Ok(is_scheme(f.release, &scheme)
        || (scheme == "SEPA"
            && n.ancestors().any(|a| a.name() == cac::AccountingSupplierParty || a.name() == cac::PayeeParty)))
}

/// Is the element's own net amount the sum of its sub lines?
fn adds_up(line: Element<'_>) -> Eval<bool> {
    // A comparison with nothing is false before its other side is looked at.
    let Some(own) = line.dec(path!(cbc:LineExtensionAmount))? else { return Ok(false) };
    Ok(own == line.sum_each(path!(cac:SubInvoiceLine), cbc::LineExtensionAmount)?)
}

fn sub_lines_add_up(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let lines = || {
        for line in n.kids(cac::InvoiceLine).filter(|line| line.has(path!(cac:SubInvoiceLine))) {
            if !adds_up(line)? {
                return Ok(false);
            }
        }
        Ok(true)
    };
    let sub_lines = || {
        let mut all = true;
        for line in f.doc.all(cac::SubInvoiceLine).filter(|line| line.has(path!(cac:SubInvoiceLine))) {
            all &= adds_up(line)?;
        }
        Ok(all)
    };
    and(lines, sub_lines)
}

fn amount_due_adds_up(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let or_zero = |path| Ok(n.dec(path)?.unwrap_or(Decimal::ZERO));
    // A calculation or comparison with nothing is nothing before its other side is looked at.
    let Some(due) = n.dec(path!(cbc:PayableAmount))? else { return Ok(false) };
    let due = due - or_zero(path!(cbc:PayableRoundingAmount))?;
    let Some(total) = n.dec(path!(cbc:TaxInclusiveAmount))? else { return Ok(false) };
    let total = total - or_zero(path!(cbc:PrepaidAmount))? + third_party_payments(f, n)?;
    Ok(round2(&due) == round2(&total))
}

/// The sum of the third party payments (BT-DEX-002), if any of them has an amount.
fn third_party_payments(f: &Facts<'_>, n: Element<'_>) -> Eval<Decimal> {
    let mut sum = Decimal::ZERO;
    let Some(parent) = n.parent() else { return Ok(sum) };
    if f.at(parent, path!(cac:PrepaidPayment/cbc:PaidAmount)).any(|amount| !is_blank(&amount.text())) {
        for payment in f.at(parent, path!(cac:PrepaidPayment)) {
            if let Some(amount) = single(payment.kids(cbc::PaidAmount))? {
                sum = sum + amount.dec_self()?;
            }
        }
    }
    Ok(sum)
}

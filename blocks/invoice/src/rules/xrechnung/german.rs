//! The German rules that stand both in XRechnung and in the Peppol rules (there for two German
//! parties, under other identifiers): their texts and their tests in UBL.
//!
//! Invariant: the test of a rule is the same in both layers.

use std::borrow::Cow;
use std::collections::HashSet;

use super::patterns::{ends_skonto_with_line_break, is_iban, is_skonto, skonto_lines};
use crate::names::{Name, cac, cbc};
use crate::path;
use crate::rules::Facts;
use crate::rules::cast::{attr_is, filled, norm_single};
use crate::rules::eval::{Abort, Eval, XPath, or};
use crate::rules::rule_table::rule_texts;
use crate::xml::Element;

rule_texts! {
    PAYMENT "BR-DE-1" Issuer ["BG-16"]
        "Angaben zur Zahlung (BG-16) fehlen."
        "Payment instructions (BG-16) are missing."
        "Die Zahlungsart angeben, zum Beispiel Überweisung mit der IBAN des Verkäufers."
        "State how to pay, for example by credit transfer with the seller's IBAN."
    CONTACT "BR-DE-2" Issuer ["BG-6"]
        "Ein Ansprechpartner des Verkäufers (BG-6) fehlt."
        "A contact of the seller (BG-6) is missing."
        "Name oder Stelle, Telefonnummer und E-Mail-Adresse für Rückfragen eintragen."
        "Enter name or office, telephone number and e-mail address for queries."
    SELLER_CITY "BR-DE-3" Issuer ["BT-37"]
        "Der Ort des Verkäufers (BT-37) fehlt."
        "The seller's city (BT-37) is missing."
        "In der Anschrift des Verkäufers den Ort eintragen."
        "Enter the city in the seller's address."
    SELLER_POST_CODE "BR-DE-4" Issuer ["BT-38"]
        "Die Postleitzahl des Verkäufers (BT-38) fehlt."
        "The seller's post code (BT-38) is missing."
        "In der Anschrift des Verkäufers die Postleitzahl eintragen."
        "Enter the post code in the seller's address."
    CONTACT_NAME "BR-DE-5" Issuer ["BT-41"]
        "Beim Ansprechpartner des Verkäufers fehlt der Name oder die Stelle (BT-41)."
        "The seller's contact has no name or office (BT-41)."
        "Eine Person, Abteilung oder Stelle als Ansprechpartner eintragen."
        "Enter a person, department or office as the contact."
    CONTACT_TELEPHONE "BR-DE-6" Issuer ["BT-42"]
        "Beim Ansprechpartner des Verkäufers fehlt die Telefonnummer (BT-42)."
        "The seller's contact has no telephone number (BT-42)."
        "Die Telefonnummer des Ansprechpartners eintragen."
        "Enter the contact's telephone number."
    CONTACT_EMAIL "BR-DE-7" Issuer ["BT-43"]
        "Beim Ansprechpartner des Verkäufers fehlt die E-Mail-Adresse (BT-43)."
        "The seller's contact has no e-mail address (BT-43)."
        "Die E-Mail-Adresse des Ansprechpartners eintragen."
        "Enter the contact's e-mail address."
    BUYER_CITY "BR-DE-8" Issuer ["BT-52"]
        "Der Ort des Käufers (BT-52) fehlt."
        "The buyer's city (BT-52) is missing."
        "In der Anschrift des Käufers den Ort eintragen."
        "Enter the city in the buyer's address."
    BUYER_POST_CODE "BR-DE-9" Issuer ["BT-53"]
        "Die Postleitzahl des Käufers (BT-53) fehlt."
        "The buyer's post code (BT-53) is missing."
        "In der Anschrift des Käufers die Postleitzahl eintragen."
        "Enter the post code in the buyer's address."
    DELIVERY_CITY "BR-DE-10" Issuer ["BT-77"]
        "Eine Lieferanschrift (BG-15) ist angegeben, aber ohne Ort (BT-77)."
        "There is a delivery address (BG-15), but without a city (BT-77)."
        "Den Ort der Lieferanschrift eintragen, oder die Lieferanschrift weglassen."
        "Enter the city of the delivery address, or leave that address out."
    DELIVERY_POST_CODE "BR-DE-11" Issuer ["BT-78"]
        "Eine Lieferanschrift (BG-15) ist angegeben, aber ohne Postleitzahl (BT-78)."
        "There is a delivery address (BG-15), but without a post code (BT-78)."
        "Die Postleitzahl der Lieferanschrift eintragen, oder die Lieferanschrift weglassen."
        "Enter the post code of the delivery address, or leave that address out."
    VAT_RATE "BR-DE-14" Software ["BT-119"]
        "In der Aufschlüsselung der Umsatzsteuer fehlt der Steuersatz (BT-119)."
        "The VAT breakdown lacks a VAT rate (BT-119)."
        "Für jede Steuerkategorie den Satz ausgeben lassen, bei Steuerfreiheit 0."
        "Have the rate written for each VAT category, 0 where exempt."
    BUYER_REFERENCE "BR-DE-15" Buyer ["BT-10"]
        "Die Käuferreferenz (BT-10) fehlt; bei öffentlichen Auftraggebern ist das die Leitweg-ID."
        "The buyer reference (BT-10) is missing; for public authorities it is the Leitweg-ID."
        "Die Leitweg-ID oder Referenz beim Käufer erfragen und eintragen."
        "Ask the buyer for the Leitweg-ID or reference and enter it."
    SELLER_TAX_NUMBER "BR-DE-16" Issuer ["BT-31" "BT-32" "BG-11"]
        "Es wird Umsatzsteuer behandelt, aber weder Umsatzsteuer-ID (BT-31) noch Steuernummer (BT-32) noch ein Steuervertreter (BG-11) des Verkäufers sind angegeben."
        "VAT is dealt with, but there is neither VAT identifier (BT-31) nor tax number (BT-32) nor tax representative (BG-11) of the seller."
        "Umsatzsteuer-ID oder Steuernummer des Verkäufers eintragen."
        "Enter the seller's VAT identifier or tax number."
    TYPE_CODE "BR-DE-17" Software ["BT-3"]
        "Diese Rechnungsart (BT-3) ist in Deutschland nicht üblich; vorgesehen sind 326, 380, 381, 384, 389, 875, 876 und 877."
        "This invoice type (BT-3) is not used in Germany; 326, 380, 381, 384, 389, 875, 876 and 877 are."
        "Eine dieser Rechnungsarten wählen, meist 380 für eine Rechnung oder 381 für eine Gutschrift."
        "Choose one of these types, mostly 380 for an invoice or 381 for a credit note."
    SKONTO "BR-DE-18" Software ["BT-20"]
        "In den Zahlungsbedingungen (BT-20) ist eine Zeile mit „#“ keine gültige Skontoangabe, oder nach der letzten fehlt der Zeilenumbruch."
        "In the payment terms (BT-20) a line with \"#\" is no valid cash discount, or the line break after the last one is missing."
        "Skonto so schreiben: „#SKONTO#TAGE=14#PROZENT=2.00#“, jede Angabe auf eigener Zeile und mit Zeilenumbruch am Ende."
        "Write cash discounts like \"#SKONTO#TAGE=14#PROZENT=2.00#\", each on its own line that ends with a line break."
    IBAN_OF_SELLER "BR-DE-19" Issuer ["BT-84"]
        "Die IBAN des Verkäufers (BT-84) ist keine gültige IBAN."
        "The seller's IBAN (BT-84) is no valid IBAN."
        "Die IBAN prüfen und berichtigen."
        "Check and correct the IBAN."
    IBAN_OF_BUYER "BR-DE-20" Issuer ["BT-91"]
        "Die IBAN, von der abgebucht wird (BT-91), ist keine gültige IBAN."
        "The IBAN to be debited (BT-91) is no valid IBAN."
        "Die IBAN des Käufers prüfen und berichtigen."
        "Check and correct the buyer's IBAN."
    FILE_NAMES "BR-DE-22" Software ["BT-125"]
        "Zwei Anhänge (BT-125) haben denselben Dateinamen."
        "Two attachments (BT-125) have the same file name."
        "Jedem Anhang einen eigenen Dateinamen geben."
        "Give each attachment its own file name."
    TRANSFER_NEEDS_ACCOUNT "BR-DE-23-a" Issuer ["BG-17" "BT-81"]
        "Als Zahlungsart ist Überweisung angegeben (BT-81: 30 oder 58), aber kein Konto (BG-17)."
        "The payment means is a credit transfer (BT-81: 30 or 58), but there is no account (BG-17)."
        "Das Konto des Verkäufers mit IBAN eintragen."
        "Enter the seller's account with its IBAN."
    TRANSFER_EXCLUDES_OTHERS "BR-DE-23-b" Software ["BG-18" "BG-19" "BT-81"]
        "Als Zahlungsart ist Überweisung angegeben (BT-81: 30 oder 58), aber auch Angaben zu Karte (BG-18) oder Lastschrift (BG-19)."
        "The payment means is a credit transfer (BT-81: 30 or 58), yet card (BG-18) or direct debit (BG-19) data are given."
        "Nur die Angaben zur Überweisung stehen lassen, oder die Zahlungsart ändern."
        "Keep the credit transfer's data only, or change the payment means."
    CARD_NEEDS_DATA "BR-DE-24-a" Issuer ["BG-18" "BT-81"]
        "Als Zahlungsart ist eine Karte angegeben (BT-81: 48, 54 oder 55), aber die Kartendaten (BG-18) fehlen."
        "The payment means is a card (BT-81: 48, 54 or 55), but the card's data (BG-18) are missing."
        "Die letzten Ziffern der Kartennummer eintragen, oder die Zahlungsart ändern."
        "Enter the last digits of the card's number, or change the payment means."
    CARD_EXCLUDES_OTHERS "BR-DE-24-b" Software ["BG-17" "BG-19" "BT-81"]
        "Als Zahlungsart ist eine Karte angegeben (BT-81: 48, 54 oder 55), aber auch ein Konto (BG-17) oder eine Lastschrift (BG-19)."
        "The payment means is a card (BT-81: 48, 54 or 55), yet an account (BG-17) or direct debit (BG-19) is given."
        "Nur die Kartendaten stehen lassen, oder die Zahlungsart ändern."
        "Keep the card's data only, or change the payment means."
    DEBIT_NEEDS_DATA "BR-DE-25-a" Issuer ["BG-19" "BT-81"]
        "Als Zahlungsart ist Lastschrift angegeben (BT-81: 59), aber die Angaben dazu (BG-19) fehlen."
        "The payment means is direct debit (BT-81: 59), but its data (BG-19) are missing."
        "Mandatsreferenz, Gläubiger-ID und IBAN des Käufers eintragen."
        "Enter mandate reference, creditor identifier and the buyer's IBAN."
    DEBIT_EXCLUDES_OTHERS "BR-DE-25-b" Software ["BG-17" "BG-18" "BT-81"]
        "Als Zahlungsart ist Lastschrift angegeben (BT-81: 59), aber auch ein Konto des Verkäufers (BG-17) oder eine Karte (BG-18)."
        "The payment means is direct debit (BT-81: 59), yet an account of the seller (BG-17) or a card (BG-18) is given."
        "Nur die Angaben zur Lastschrift stehen lassen, oder die Zahlungsart ändern."
        "Keep the direct debit's data only, or change the payment means."
    PRECEDING_INVOICE "BR-DE-26" Issuer ["BG-3" "BT-3"]
        "Eine Rechnungskorrektur (BT-3: 384) soll die berichtigte Rechnung nennen (BG-3)."
        "A corrected invoice (BT-3: 384) should name the invoice that it corrects (BG-3)."
        "Nummer und Datum der ursprünglichen Rechnung eintragen."
        "Enter number and date of the original invoice."
    TELEPHONE "BR-DE-27" Issuer ["BT-42"]
        "Die Telefonnummer des Ansprechpartners (BT-42) hat weniger als drei Ziffern."
        "The contact's telephone number (BT-42) has fewer than three digits."
        "Eine vollständige Telefonnummer eintragen."
        "Enter a complete telephone number."
    EMAIL "BR-DE-28" Issuer ["BT-43"]
        "Die E-Mail-Adresse des Ansprechpartners (BT-43) hat nicht die Form einer E-Mail-Adresse."
        "The contact's e-mail address (BT-43) does not have the form of one."
        "Eine vollständige E-Mail-Adresse wie „rechnung@beispiel.de“ eintragen."
        "Enter a complete e-mail address such as \"invoices@example.org\"."
    CREDITOR_IDENTIFIER "BR-DE-30" Issuer ["BT-90" "BG-19"]
        "Es wird per Lastschrift gezahlt (BG-19), aber die Gläubiger-Identifikationsnummer (BT-90) fehlt."
        "Payment is by direct debit (BG-19), but the creditor identifier (BT-90) is missing."
        "Die Gläubiger-Identifikationsnummer des Verkäufers eintragen."
        "Enter the seller's creditor identifier."
    DEBITED_ACCOUNT "BR-DE-31" Issuer ["BT-91" "BG-19"]
        "Es wird per Lastschrift gezahlt (BG-19), aber die IBAN, von der abgebucht wird (BT-91), fehlt."
        "Payment is by direct debit (BG-19), but the IBAN to be debited (BT-91) is missing."
        "Die IBAN des Käufers eintragen."
        "Enter the buyer's IBAN."
    EXTERNAL_URL "BR-TMP-2" Issuer ["BT-124"]
        "Der Ort eines externen Dokuments (BT-124) ist keine vollständige Internetadresse."
        "The location of an external document (BT-124) is no complete URL."
        "Eine Adresse mit Schema eintragen, zum Beispiel „https://www.beispiel.de/anlage.pdf“."
        "Enter an address with its scheme, for example \"https://www.example.org/annex.pdf\"."
}

/// The VAT categories that need a tax number of the seller.
const CATEGORIES_WITH_NUMBER: [&str; 8] = ["S", "Z", "E", "AE", "K", "G", "L", "M"];

/// Is it a VAT category that needs a tax number of the seller?
pub(crate) fn needs_tax_number(category: Element<'_>) -> bool {
    CATEGORIES_WITH_NUMBER.contains(&&*category.text())
}

/// Is it a type of invoice that is used in Germany?
pub(crate) fn is_german_type(code: &str) -> bool {
    matches!(code, "326" | "380" | "384" | "389" | "381" | "875" | "876" | "877")
}

pub(crate) fn has_payment_means(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(n.has(path!(cac:PaymentMeans)))
}

pub(crate) fn has_buyer_reference(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(filled(n, path!(cbc:BuyerReference)))
}

pub(crate) fn has_tax_number(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let charges = n.kids(cac::AllowanceCharge).any(|charge| {
        charge.kids(cbc::ChargeIndicator).any(|indicator| matches!(&*indicator.text(), "true" | "false"))
            && charge.select(path!(cac:TaxCategory/cbc:ID)).any(needs_tax_number)
    });
    let needed = charges
        || n.select(path!(cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory/cbc:ID)).any(needs_tax_number)
        || n.select(path!(cac:CreditNoteLine/cac:Item/cac:ClassifiedTaxCategory/cbc:ID)).any(needs_tax_number);
    Ok(!needed
        || n.has(path!(cac:TaxRepresentativeParty))
        || filled(n, path!(cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID)))
}

pub(crate) fn has_german_type(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    or(
        || Ok(is_german_type(&n.norm(path!(cbc:InvoiceTypeCode))?)),
        || Ok(is_german_type(&n.norm(path!(cbc:CreditNoteTypeCode))?)),
    )
}

pub(crate) fn has_clear_skonto_ubl(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    has_clear_skonto(n.kids(cac::PaymentTerms), cbc::Note)
}

/// The first note of each of the payment terms: every line with `#` is a cash discount, and if there
/// is one, the (single) note ends it with a line break.
pub(crate) fn has_clear_skonto<'a>(terms: impl Iterator<Item = Element<'a>>, note: Name) -> Eval<bool> {
    let notes: Vec<Element<'a>> = terms.filter_map(|terms| terms.kids(note).next()).collect();
    let texts: Vec<Cow<'a, str>> = notes.iter().map(|note| note.text()).collect();
    let mut seen = false;
    for line in texts.iter().flat_map(|text| skonto_lines(text)) {
        if !is_skonto(&line) {
            return Ok(false);
        }
        if !seen {
            seen = true;
            // An empty note has no last part, so it does not count.
            let mut last = notes.iter().zip(&texts).filter(|(_, text)| !text.is_empty());
            let first = last.next();
            if let Some((second, _)) = last.next() {
                return Err(Abort::Repeated { element: second.id() });
            }
            if !first.is_some_and(|(_, text)| ends_skonto_with_line_break(text)) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

pub(crate) fn file_names_differ(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let names = path!(cac:Attachment/cbc:EmbeddedDocumentBinaryObject);
    Ok(no_shared_file_name(n.kids(cac::AdditionalDocumentReference), names))
}

/// Has none of these siblings a file name that an earlier one has?
pub(crate) fn no_shared_file_name<'a>(references: impl Iterator<Item = Element<'a>>, at: &'static [Name]) -> bool {
    let mut seen: HashSet<(u32, Cow<'a, str>)> = HashSet::new();
    for reference in references {
        let parent = reference.parent().map_or(0, Element::id);
        let names: Vec<_> = reference.select(at).filter_map(|object| object.attr("filename")).collect();
        if names.iter().any(|name| seen.contains(&(parent, name.clone()))) {
            return false;
        }
        seen.extend(names.into_iter().map(|name| (parent, name)));
    }
    true
}

pub(crate) fn names_corrected_invoice(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let is = |path| Ok(n.norm(path)? == "384");
    let corrects = || or(|| is(path!(cbc:InvoiceTypeCode)), || is(path!(cbc:CreditNoteTypeCode)));
    or(|| corrects().map(|corrects| !corrects), || Ok(n.has(path!(cac:BillingReference/cac:InvoiceDocumentReference))))
}

pub(crate) fn has_creditor_identifier(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let sepa = |path| n.select(path).any(|id| attr_is(id, "schemeID", "SEPA"));
    Ok(!n.has(path!(cac:PaymentMeans/cac:PaymentMandate))
        || sepa(path!(cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification/cbc:ID))
        || sepa(path!(cac:PayeeParty/cac:PartyIdentification/cbc:ID)))
}

pub(crate) fn has_debited_account(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(!n.has(path!(cac:PaymentMeans/cac:PaymentMandate))
        || n.has(path!(cac:PaymentMeans/cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID)))
}

pub(crate) fn has_url_ubl(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(super::patterns::is_url(&n.string(path!(cbc:URI))?))
}

pub(crate) fn has_contact(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(n.has(path!(cac:Party/cac:Contact)))
}

pub(crate) fn has_city(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(filled(n, path!(cbc:CityName)))
}

pub(crate) fn has_post_code(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(filled(n, path!(cbc:PostalZone)))
}

pub(crate) fn has_name(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(filled(n, path!(cbc:Name)))
}

pub(crate) fn has_telephone(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(filled(n, path!(cbc:Telephone)))
}

pub(crate) fn has_email(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(filled(n, path!(cbc:ElectronicMail)))
}

pub(crate) fn telephone_is_one(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(super::patterns::is_telephone(&n.norm(path!(cbc:Telephone))?))
}

pub(crate) fn email_is_one(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(super::patterns::is_email(&n.norm(path!(cbc:ElectronicMail))?))
}

pub(crate) fn iban_of_seller_is_one(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(norm_single(n.kids(cbc::PaymentMeansCode))? != "58"
        || is_iban(&n.string(path!(cac:PayeeFinancialAccount/cbc:ID))?))
}

pub(crate) fn has_account(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(n.has(path!(cac:PayeeFinancialAccount)))
}

pub(crate) fn has_no_card_or_debit(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(!n.has(path!(cac:CardAccount)) && !n.has(path!(cac:PaymentMandate)))
}

pub(crate) fn has_card(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(n.has(path!(cac:CardAccount)))
}

pub(crate) fn has_no_account_or_debit(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(!n.has(path!(cac:PayeeFinancialAccount)) && !n.has(path!(cac:PaymentMandate)))
}

pub(crate) fn iban_of_buyer_is_one(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(is_iban(&n.string(path!(cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID))?))
}

pub(crate) fn has_mandate(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(n.has(path!(cac:PaymentMandate)))
}

pub(crate) fn has_no_account_or_card(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(!n.has(path!(cac:PayeeFinancialAccount)) && !n.has(path!(cac:CardAccount)))
}

pub(crate) fn has_vat_rate(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(filled(n, path!(cac:TaxCategory/cbc:Percent)))
}

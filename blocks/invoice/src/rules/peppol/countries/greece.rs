//! Greek sellers.

use crate::names::cac;
use crate::path;
use crate::rules::Facts;
use crate::rules::cast::{attr_is, integer, norm_single, single, substring, substring_from};
use crate::rules::eval::{Eval, XPath, or};
use crate::rules::peppol::checks::is_greek_tin;
use crate::rules::peppol::parties::is_number;
use crate::rules::rule_table::rule_table;
use crate::xml::{Element, is_blank};
use vir_core::Decimal;

pub(in super::super) mod ubl {
    use crate::path;
    use crate::rules::cast::norm_single;
    use crate::rules::eval::{Eval, XPath};
    use crate::rules::peppol::parties::among;
    use crate::rules::{Context, Facts, Pattern};
    use crate::xml::Element;

    const SENDER: Pattern = Pattern(7);
    const BOTH: Pattern = Pattern(8);

    /// In the order in which the official patterns try them.
    pub static CONTEXTS: &[&Context] = &[
        &NUMBER,
        &SELLER,
        &SELLER_VAT,
        &DOCUMENT,
        &MARK,
        &VERIFICATION,
        &BUYER,
        &SELLER_ENDPOINT,
        &GREEK_BUYER,
        &GREEK_BUYER_ENDPOINT,
    ];
    pub(super) static NUMBER: Context =
        Context::new(SENDER, &["/ubl:Invoice/cbc:ID", "/cn:CreditNote/cbc:ID"]).when(sender);
    pub(super) static SELLER: Context = Context::new(SENDER, &["cac:AccountingSupplierParty/cac:Party"]).when(sender);
    pub(super) static SELLER_VAT: Context =
        Context::new(SENDER, &["cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cbc:CompanyID"]).when(
            |f, n| {
                let Some(scheme) = n.parent() else { return Ok(false) };
                Ok(is_sender(f)? && norm_single(f.at(scheme, path!(cac:TaxScheme/cbc:ID)))? == "VAT")
            },
        );
    pub(super) static DOCUMENT: Context = Context::new(SENDER, &["/ubl:Invoice", "/cn:CreditNote"])
        .when(|f, _| Ok(is_sender(f)? && f.parties().greek_address));
    pub(super) static MARK: Context = Context::new(SENDER, &["cac:AdditionalDocumentReference/cbc:ID"]).when(|f, n| {
        let described = || {
            n.parent().is_some_and(|reference| {
                f.at(reference, path!(cbc:DocumentDescription)).any(|text| text.text() == super::MARK)
            })
        };
        Ok(is_sender(f)? && f.parties().greek_address && described())
    });
    pub(super) static VERIFICATION: Context = Context::new(SENDER, &["cac:AdditionalDocumentReference"])
        .when(|f, n| Ok(is_sender(f)? && n.any_text(path!(cbc:DocumentDescription), super::URL)));
    pub(super) static BUYER: Context = Context::new(SENDER, &["cac:AccountingCustomerParty/cac:Party"]).when(sender);
    pub(super) static SELLER_ENDPOINT: Context =
        Context::new(SENDER, &["cac:AccountingSupplierParty/cac:Party/cbc:EndpointID"])
            .when(|f, _| among(&f.parties().accounting_supplier, &["GR", "EL"]));
    pub(super) static GREEK_BUYER: Context =
        Context::new(BOTH, &["cac:AccountingCustomerParty/cac:Party"]).when(sender_and_receiver);
    pub(super) static GREEK_BUYER_ENDPOINT: Context =
        Context::new(BOTH, &["cac:AccountingCustomerParty/cac:Party/cbc:EndpointID"]).when(sender_and_receiver);

    fn is_sender(f: &Facts<'_>) -> Eval<bool> {
        f.parties().supplier_in(&["GR", "EL"])
    }

    fn sender(f: &Facts<'_>, _: Element<'_>) -> Eval<bool> {
        is_sender(f)
    }

    fn sender_and_receiver(f: &Facts<'_>, _: Element<'_>) -> Eval<bool> {
        Ok(is_sender(f)? && among(&f.parties().customer, &["GR", "EL"])?)
    }
}

/// How the document reference with the number of the tax authority's platform is described.
const MARK: &str = "##M.AR.K##";
/// How the document reference with the address for verification is described.
const URL: &str = "##INVOICE|URL##";

rule_table! {
    "GR-R-001-1" Error Software ["BT-1"]
        "Die Rechnungsnummer eines griechischen Verkäufers (BT-1) besteht nicht aus sechs Teilen."
        "A Greek seller's invoice number (BT-1) does not have six parts."
        "Die Nummer aus sechs durch | getrennten Teilen bilden."
        "Make the number of six parts separated by |."
        ubl NUMBER: |_, n| Ok(part_count(&n.text()) == 6);
    "GR-R-001-2" Error Software ["BT-1" "BT-31" "BT-63"]
        "Der erste Teil der Rechnungsnummer (BT-1) ist nicht die griechische Steuernummer des Verkäufers oder seines Steuervertreters."
        "The first part of the invoice number (BT-1) is not the Greek tax number of the seller or the tax representative."
        "Mit der neunstelligen Steuernummer beginnen."
        "Begin with the tax number of nine digits."
        ubl NUMBER: begins_with_tax_number;
    "GR-R-001-3" Error Software ["BT-1" "BT-2"]
        "Der zweite Teil der Rechnungsnummer (BT-1) ist nicht das Rechnungsdatum (BT-2) in der Form TT/MM/JJJJ."
        "The second part of the invoice number (BT-1) is not the invoice date (BT-2) in the form DD/MM/YYYY."
        "Das Rechnungsdatum einsetzen."
        "Put the invoice date there."
        ubl NUMBER: goes_on_with_date;
    "GR-R-001-4" Error Software ["BT-1"]
        "Der dritte Teil der Rechnungsnummer (BT-1) ist keine ganze Zahl ab null."
        "The third part of the invoice number (BT-1) is no whole number from zero up."
        "Die Nummer der Niederlassung einsetzen."
        "Put the number of the branch there."
        ubl NUMBER: |_, n| {
            let text = n.text();
            let part = part(&text, 2).unwrap_or_default();
            Ok(!is_blank(part) && is_number(part) && integer(part)? >= Decimal::ZERO)
        };
    "GR-R-001-5" Error Software ["BT-1"]
        "Der vierte Teil der Rechnungsnummer (BT-1) ist keine griechische Belegart."
        "The fourth part of the invoice number (BT-1) is no Greek document type."
        "Eine der Belegarten 1.1, 1.6, 2.1, 2.4, 5.1 und 5.2 einsetzen."
        "Put one of the types 1.1, 1.6, 2.1, 2.4, 5.1 and 5.2 there."
        ubl NUMBER: |_, n| Ok(matches!(
            part(&n.text(), 3).unwrap_or_default(),
            "1.1" | "1.6" | "2.1" | "2.4" | "5.1" | "5.2"
        ));
    "GR-R-001-6" Error Software ["BT-1"]
        "Der fünfte Teil der Rechnungsnummer (BT-1) ist leer."
        "The fifth part of the invoice number (BT-1) is empty."
        "Die Serie einsetzen."
        "Put the series there."
        ubl NUMBER: |_, n| Ok(part(&n.text(), 4).is_some_and(|part| !part.is_empty()));
    "GR-R-001-7" Error Software ["BT-1"]
        "Der sechste Teil der Rechnungsnummer (BT-1) ist leer."
        "The sixth part of the invoice number (BT-1) is empty."
        "Die laufende Nummer einsetzen."
        "Put the serial number there."
        ubl NUMBER: |_, n| Ok(part(&n.text(), 5).is_some_and(|part| !part.is_empty()));
    "GR-R-002" Error Issuer ["BT-28"]
        "Der Name des griechischen Verkäufers (BT-28) fehlt."
        "The Greek seller's name (BT-28) is missing."
        "Den eingetragenen Namen angeben."
        "Give the registered name."
        ubl SELLER: has_name;
    "GR-S-011" Warning Issuer ["BT-31"]
        "Die griechische Umsatzsteuernummer des Verkäufers (BT-31) fehlt oder ist ungültig."
        "The seller's Greek VAT number (BT-31) is missing or invalid."
        "Genau eine Nummer mit EL und neun Ziffern eintragen."
        "Enter exactly one number with EL and nine digits."
        ubl SELLER: has_vat_number;
    "GR-R-003" Error Issuer ["BT-31"]
        "Die Umsatzsteuernummer des griechischen Verkäufers (BT-31) ist nicht EL mit gültiger Steuernummer."
        "The Greek seller's VAT number (BT-31) is not EL with a valid tax number."
        "Die Nummer prüfen und berichtigen."
        "Check and correct the number."
        ubl SELLER_VAT: |_, n| Ok(is_vat_number(&n.text()));
    "GR-R-004-1" Error Software ["BG-24"]
        "Die Nummer der griechischen Steuerplattform (M.AR.K) fehlt oder steht mehrfach da."
        "The number of the Greek tax platform (M.AR.K) is missing or repeated."
        "Genau einen Beleg „##M.AR.K##“ anfügen."
        "Add exactly one document \"##M.AR.K##\"."
        ubl DOCUMENT: |_, n| Ok(count(n, MARK) == 1);
    "GR-R-004-2" Error Software ["BT-122"]
        "Die Nummer der griechischen Steuerplattform (M.AR.K) ist keine positive ganze Zahl."
        "The number of the Greek tax platform (M.AR.K) is no positive whole number."
        "Die Nummer prüfen und berichtigen."
        "Check and correct the number."
        ubl MARK: |_, n| Ok(n.text().starts_with(|c: char| matches!(c, '1'..='9')));
    "GR-S-008-1" Warning Software ["BG-24"]
        "Die Internetadresse zur Prüfung der Rechnung fehlt oder steht mehrfach da."
        "The address for verifying the invoice is missing or repeated."
        "Genau einen Beleg „##INVOICE|URL##“ anfügen."
        "Add exactly one document \"##INVOICE|URL##\"."
        ubl DOCUMENT: |_, n| Ok(count(n, URL) == 1);
    "GR-R-008-2" Error Software ["BG-24"]
        "Die Internetadresse zur Prüfung der Rechnung steht mehrfach da."
        "The address for verifying the invoice is repeated."
        "Nur eine angeben."
        "Give one only."
        ubl DOCUMENT: |_, n| Ok(count(n, URL) <= 1);
    "GR-R-008-3" Error Software ["BT-124"]
        "Der Beleg zur Prüfung der Rechnung hat keine Internetadresse (BT-124)."
        "The document for verifying the invoice has no address (BT-124)."
        "Die Internetadresse eintragen."
        "Enter the address."
        ubl VERIFICATION: |_, n| Ok(!n.norm(path!(cac:Attachment/cac:ExternalReference/cbc:URI))?.is_empty());
    "GR-R-005" Error Issuer ["BT-45"]
        "Der Name des Käufers (BT-45) fehlt; griechische Verkäufer müssen ihn angeben."
        "The buyer's name (BT-45) is missing; Greek sellers must give it."
        "Den vollständigen Namen eintragen."
        "Enter the full name."
        ubl BUYER: has_name;
    "GR-R-006" Error Issuer ["BT-48"]
        "Die griechische Umsatzsteuernummer des Käufers (BT-48) fehlt oder ist ungültig."
        "The buyer's Greek VAT number (BT-48) is missing or invalid."
        "Genau eine Nummer mit EL und neun Ziffern eintragen."
        "Enter exactly one number with EL and nine digits."
        ubl GREEK_BUYER: has_vat_number;
    "GR-R-009" Error Issuer ["BT-34"]
        "Die elektronische Adresse des griechischen Verkäufers (BT-34) ist keine Steuernummer mit dem Schema 9933."
        "The Greek seller's electronic address (BT-34) is no tax number of scheme 9933."
        "Die Steuernummer mit dem Schema 9933 eintragen."
        "Enter the tax number with scheme 9933."
        ubl SELLER_ENDPOINT: |_, n| Ok(attr_is(n, "schemeID", "9933") && is_greek_tin(&n.text()));
    "GR-R-010" Error Issuer ["BT-49"]
        "Die elektronische Adresse des griechischen Käufers (BT-49) ist keine Steuernummer mit dem Schema 9933."
        "The Greek buyer's electronic address (BT-49) is no tax number of scheme 9933."
        "Die Steuernummer mit dem Schema 9933 eintragen."
        "Enter the tax number with scheme 9933."
        ubl GREEK_BUYER_ENDPOINT: |_, n| Ok(attr_is(n, "schemeID", "9933") && is_greek_tin(&n.text()));
}

/// The parts of a Greek invoice number; an empty number has none.
fn part_count(number: &str) -> usize {
    if number.is_empty() { 0 } else { number.split('|').count() }
}

fn part(number: &str, at: usize) -> Option<&str> {
    if number.is_empty() { None } else { number.split('|').nth(at) }
}

fn begins_with_tax_number(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let text = n.text();
    let first = part(&text, 0).unwrap_or_default();
    if crate::xml::collapse(first).chars().count() != 9 || !is_greek_tin(first) {
        return Ok(false);
    }
    let among = |path: &'static [crate::names::Name]| {
        for scheme in f.root.select(path).filter(|scheme| scheme.any_text(path!(cac:TaxScheme/cbc:ID), "VAT")) {
            if substring(&scheme.string(path!(cbc:CompanyID))?, 3, 9) == first {
                return Ok(true);
            }
        }
        Ok::<_, crate::rules::eval::Abort>(false)
    };
    or(
        || among(path!(cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme)),
        || among(path!(cac:TaxRepresentativeParty/cac:PartyTaxScheme)),
    )
}

fn goes_on_with_date(f: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let text = n.text();
    let second = part(&text, 1).unwrap_or_default();
    if is_blank(second) || !begins_like_a_date(second) {
        return Ok(false);
    }
    let issued = single(f.root.select(path!(cbc:IssueDate)))?.map(Element::text).unwrap_or_default();
    let mut issued = issued.split('-');
    let (year, month, day) = (issued.next(), issued.next(), issued.next());
    let mut stated = second.split('/');
    let same = |a: Option<&str>, b: Option<&str>| a.is_some() && a == b;
    Ok(same(stated.next(), day) && same(stated.next(), month) && same(stated.next(), year))
}

/// `^(0?[1-9]|[12][0-9]|3[01])[-\\/ ]?(0?[1-9]|1[0-2])[-\\/ ]?(19|20)[0-9]{2}`: with every way to part it.
fn begins_like_a_date(text: &str) -> bool {
    let digit = |b: Option<&u8>, range: std::ops::RangeInclusive<u8>| b.is_some_and(|b| range.contains(b));
    let bytes = text.as_bytes();
    let days = |at: usize| {
        let b = &bytes[at.min(bytes.len())..];
        let two = (digit(b.first(), b'0'..=b'0') && digit(b.get(1), b'1'..=b'9'))
            || (digit(b.first(), b'1'..=b'2') && digit(b.get(1), b'0'..=b'9'))
            || (digit(b.first(), b'3'..=b'3') && digit(b.get(1), b'0'..=b'1'));
        [two.then_some(at + 2), digit(b.first(), b'1'..=b'9').then_some(at + 1)]
    };
    let months = |at: usize| {
        let b = &bytes[at.min(bytes.len())..];
        let two = (digit(b.first(), b'0'..=b'0') && digit(b.get(1), b'1'..=b'9'))
            || (digit(b.first(), b'1'..=b'1') && digit(b.get(1), b'0'..=b'2'));
        [two.then_some(at + 2), digit(b.first(), b'1'..=b'9').then_some(at + 1)]
    };
    let separated = |at: usize| {
        [Some(at), bytes.get(at).is_some_and(|b| matches!(b, b'-' | b'\\' | b'/' | b' ')).then_some(at + 1)]
    };
    let is_year = |at: usize| {
        let b = &bytes[at.min(bytes.len())..];
        (b.starts_with(b"19") || b.starts_with(b"20")) && digit(b.get(2), b'0'..=b'9') && digit(b.get(3), b'0'..=b'9')
    };
    days(0)
        .into_iter()
        .flatten()
        .flat_map(separated)
        .flatten()
        .flat_map(months)
        .flatten()
        .flat_map(separated)
        .flatten()
        .any(is_year)
}

fn has_name(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    Ok(!n.string(path!(cac:PartyName/cbc:Name))?.is_empty())
}

fn has_vat_number(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let mut numbers = Vec::new();
    for scheme in n.kids(cac::PartyTaxScheme) {
        if norm_single(scheme.select(path!(cac:TaxScheme/cbc:ID)))? == "VAT" {
            numbers.extend(scheme.select(path!(cbc:CompanyID)));
        }
    }
    Ok(numbers.len() == 1 && is_vat_number(&numbers[0].text()))
}

fn is_vat_number(text: &str) -> bool {
    substring(text, 1, 2) == "EL" && is_greek_tin(substring_from(text, 3))
}

fn count(n: Element<'_>, description: &str) -> usize {
    n.kids(cac::AdditionalDocumentReference)
        .filter(|reference| reference.any_text(path!(cbc:DocumentDescription), description))
        .count()
}

#[cfg(test)]
mod tests {
    use super::begins_like_a_date;

    #[test]
    fn dates_are_read_with_every_separator() {
        for good in ["01/02/2024", "1-2-1999", "010220241", "31\\12 2024", "112024", "1122024 rest"] {
            assert!(begins_like_a_date(good), "{good}");
        }
        for bad in ["", "00/01/2024", "32/13/2024", "1//2/2024", "01/02/1824", "2024-01-01", "é"] {
            assert!(!begins_like_a_date(bad), "{bad}");
        }
    }
}

//! PEPPOL-COMMON-R: identifiers whose scheme has a form or check digit.

use super::checks::{
    is_abn, is_codice_fiscale, is_codice_ipa, is_gln, is_mod11, is_mod97, is_partita_iva_if_italian, is_swedish_number,
};
use super::parties::is_number;
use super::{cii, ubl};
use crate::rules::Facts;
use crate::rules::cast::{is_digits, substring, substring_from};
use crate::rules::eval::{Eval, XPath};
use crate::rules::rule_table::rule_table;
use crate::xml::Element;

rule_table! {
    "PEPPOL-COMMON-R040" Error Issuer ["BT-29" "BT-34" "BT-46" "BT-49"]
        "Eine Kennung mit dem Schema 0088 ist keine gültige GLN: die Prüfziffer stimmt nicht."
        "An identifier of scheme 0088 is no valid GLN: the check digit is wrong."
        "Die GLN prüfen und berichtigen."
        "Check and correct the GLN."
        ubl GLN: |_, n| Ok(is_gln(&n.norm_self()));
        cii GLN: |_, n| Ok(is_gln(&n.norm_self()));
    "PEPPOL-COMMON-R041" Error Issuer ["BT-30" "BT-34" "BT-47" "BT-49"]
        "Eine Kennung mit dem Schema 0192 ist keine gültige norwegische Organisationsnummer."
        "An identifier of scheme 0192 is no valid Norwegian organisation number."
        "Die Nummer (neun Ziffern) prüfen und berichtigen."
        "Check and correct the number (nine digits)."
        ubl NORWEGIAN: is_norwegian;
        cii NORWEGIAN: is_norwegian;
    "PEPPOL-COMMON-R042" Error Issuer ["BT-30" "BT-34" "BT-47" "BT-49"]
        "Eine Kennung mit dem Schema 0184 ist keine dänische CVR-Nummer."
        "An identifier of scheme 0184 is no Danish CVR number."
        "Acht Ziffern angeben, auch mit DK davor."
        "Give eight digits, with DK in front if you like."
        ubl DANISH_CVR: is_danish;
        cii DANISH_CVR: is_danish;
    "PEPPOL-COMMON-R043" Error Issuer ["BT-30" "BT-34" "BT-47" "BT-49"]
        "Eine Kennung mit dem Schema 0208 ist keine gültige belgische Unternehmensnummer."
        "An identifier of scheme 0208 is no valid Belgian enterprise number."
        "Die Nummer (zehn Ziffern) prüfen und berichtigen."
        "Check and correct the number (ten digits)."
        ubl BELGIAN: is_belgian;
        cii BELGIAN: is_belgian;
    "PEPPOL-COMMON-R044" Warning Issuer ["BT-34" "BT-49"]
        "Eine Kennung mit dem Schema 0201 ist kein italienischer Codice IPA."
        "An identifier of scheme 0201 is no Italian IPA code."
        "Sechs Buchstaben oder Ziffern angeben."
        "Give six letters or digits."
        ubl ITALIAN_IPA: |_, n| Ok(is_codice_ipa(&n.norm_self()));
        cii ITALIAN_IPA: |_, n| Ok(is_codice_ipa(&n.norm_self()));
    "PEPPOL-COMMON-R045" Warning Issuer ["BT-34" "BT-49"]
        "Eine Kennung mit dem Schema 0210 ist kein italienischer Codice Fiscale."
        "An identifier of scheme 0210 is no Italian tax code."
        "Den Codice Fiscale prüfen und berichtigen."
        "Check and correct the tax code."
        ubl ITALIAN_CF: |_, n| Ok(is_codice_fiscale(&n.norm_self()));
        cii ITALIAN_CF: |_, n| Ok(is_codice_fiscale(&n.norm_self()));
    "PEPPOL-COMMON-R046" Warning Issuer ["BT-34" "BT-49"]
        "Eine elektronische Adresse mit dem Schema 9907 ist kein italienischer Codice Fiscale."
        "An electronic address of scheme 9907 is no Italian tax code."
        "Den Codice Fiscale prüfen und berichtigen."
        "Check and correct the tax code."
        ubl ITALIAN_CF_ADDRESS: |_, n| Ok(is_codice_fiscale(&n.norm_self()));
        cii ITALIAN_CF_ADDRESS: |_, n| Ok(is_codice_fiscale(&n.norm_self()));
    "PEPPOL-COMMON-R047" Warning Issuer ["BT-34" "BT-49"]
        "Eine Kennung mit dem Schema 0211 ist keine gültige italienische Umsatzsteuernummer."
        "An identifier of scheme 0211 is no valid Italian VAT number."
        "Die Partita IVA (IT und elf Ziffern) prüfen und berichtigen."
        "Check and correct the Partita IVA (IT and eleven digits)."
        ubl ITALIAN_VAT: |_, n| is_partita_iva_if_italian(&n.norm_self());
        cii ITALIAN_VAT: |_, n| is_partita_iva_if_italian(&n.norm_self());
    "PEPPOL-COMMON-R048" Warning Issuer ["BT-34" "BT-49"]
        "Eine elektronische Adresse mit dem Schema 9906 ist keine gültige italienische Umsatzsteuernummer."
        "An electronic address of scheme 9906 is no valid Italian VAT number."
        "Die Partita IVA (IT und elf Ziffern) prüfen und berichtigen."
        "Check and correct the Partita IVA (IT and eleven digits)."
        cii ITALIAN_VAT_ADDRESS: |_, n| is_partita_iva_if_italian(&n.norm_self());
    "PEPPOL-COMMON-R049" Error Issuer ["BT-30" "BT-34" "BT-47" "BT-49"]
        "Eine Kennung mit dem Schema 0007 ist keine gültige schwedische Organisationsnummer."
        "An identifier of scheme 0007 is no valid Swedish organisation number."
        "Die Nummer (zehn Ziffern) prüfen und berichtigen."
        "Check and correct the number (ten digits)."
        ubl SWEDISH: is_swedish;
        cii SWEDISH: is_swedish;
    "PEPPOL-COMMON-R050" Error Issuer ["BT-30" "BT-34" "BT-47" "BT-49"]
        "Eine Kennung mit dem Schema 0151 ist keine gültige australische Unternehmensnummer (ABN)."
        "An identifier of scheme 0151 is no valid Australian Business Number."
        "Die ABN (elf Ziffern) prüfen und berichtigen."
        "Check and correct the ABN (eleven digits)."
        ubl AUSTRALIAN: |_, n| Ok(is_digits(&n.norm_self(), 11) && is_abn(&n.norm_self()));
        cii AUSTRALIAN: |_, n| Ok(is_abn(&n.norm_self()));
    "PEPPOL-COMMON-R052" Error Issuer ["BT-30" "BT-34" "BT-47" "BT-49"]
        "Eine Kennung mit dem Schema 0096 ist keine dänische P-Nummer."
        "An identifier of scheme 0096 is no Danish P number."
        "Zehn Ziffern angeben."
        "Give ten digits."
        ubl DANISH_P: |_, n| Ok(is_digits(&n.text(), 10));
    "PEPPOL-COMMON-R053" Error Issuer ["BT-30" "BT-34" "BT-47" "BT-49"]
        "Eine Kennung mit dem Schema 0198 ist keine dänische SE-Nummer."
        "An identifier of scheme 0198 is no Danish SE number."
        "DK und acht Ziffern angeben."
        "Give DK and eight digits."
        ubl DANISH_SE: |_, n| Ok(n.text().strip_prefix("DK").is_some_and(|digits| is_digits(digits, 8)));
    "PEPPOL-COMMON-R054" Warning Issuer ["BT-30" "BT-34" "BT-47" "BT-49"]
        "Eine Kennung mit dem Schema 0106 ist keine niederländische KVK-Nummer."
        "An identifier of scheme 0106 is no Dutch KVK number."
        "Acht Ziffern angeben."
        "Give eight digits."
        ubl DUTCH_KVK: |_, n| Ok(is_digits(&n.norm_self(), 8));
    "PEPPOL-COMMON-R055" Warning Issuer ["BT-30" "BT-34" "BT-47" "BT-49"]
        "Eine Kennung mit dem Schema 0190 ist keine niederländische OIN."
        "An identifier of scheme 0190 is no Dutch OIN."
        "Zwanzig Ziffern angeben."
        "Give twenty digits."
        ubl DUTCH_OIN: |_, n| Ok(is_digits(&n.norm_self(), 20));
    "PEPPOL-COMMON-R056-1" Warning Issuer ["BT-34" "BT-49"]
        "Eine Kennung mit dem Schema 9944 ist keine niederländische Umsatzsteuernummer."
        "An identifier of scheme 9944 is no Dutch VAT number."
        "Die Nummer in der Form NL123456789B12 angeben."
        "Give the number in the form NL123456789B12."
        ubl DUTCH_VAT: |_, n| Ok(is_dutch_vat(&n.norm_self()));
    "PEPPOL-COMMON-R056-2" Warning Issuer ["BT-31" "BT-48"]
        "Eine niederländische Umsatzsteuernummer hat nicht die Form NL123456789B12."
        "A Dutch VAT number does not have the form NL123456789B12."
        "Die Nummer prüfen und berichtigen."
        "Check and correct the number."
        ubl DUTCH_VAT_NUMBER: |_, n| Ok(is_dutch_vat(&n.norm_self()));
    "PEPPOL-COMMON-R057" Warning Issuer ["BT-30" "BT-34" "BT-47" "BT-49"]
        "Eine Kennung mit dem Schema 0217 ist keine niederländische Niederlassungsnummer."
        "An identifier of scheme 0217 is no Dutch establishment number."
        "Zwölf Ziffern angeben."
        "Give twelve digits."
        ubl DUTCH_BRANCH: |_, n| Ok(is_digits(&n.norm_self(), 12));
}

fn is_norwegian(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let number = n.norm_self();
    Ok(is_digits(&number, 9) && is_mod11(&number))
}

fn is_danish(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let text = n.text();
    Ok(is_digits(&text, 8) || text.strip_prefix("DK").is_some_and(|digits| is_digits(digits, 8)))
}

fn is_belgian(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let number = n.norm_self();
    Ok(is_digits(&number, 10) && is_mod97(&number))
}

fn is_swedish(_: &Facts<'_>, n: Element<'_>) -> Eval<bool> {
    let number = n.norm_self();
    Ok(number.chars().count() == 10 && is_number(&number) && is_swedish_number(&number)?)
}

fn is_dutch_vat(number: &str) -> bool {
    substring(number, 1, 2) == "NL"
        && is_digits(substring(number, 3, 9), 9)
        && substring(number, 12, 1) == "B"
        && is_digits(substring_from(number, 13), 2)
}

//! BR-CL-nn: code lists.

pub(super) mod cii;
pub(super) mod ubl;

use vir_core::Phrase;

use crate::names::{cac, cbc};
use crate::rules::codes::{self, CodeList, NOTE_SUBJECTS_CII_ONLY};
use crate::rules::eval::{Eval, XPath};
use crate::rules::{Binding, Facts, Pattern, Rule};
use crate::xml::{Element, collapse};

/// The pattern of the code lists; it stands after those of model and syntax.
const CODES: Pattern = Pattern(2);

/// BR-CL-01 to BR-CL-26.
pub static RULES: &[Rule] = &[
    Rule {
        id: "BR-CL-01",
        terms: &["BT-3"],
        message: Phrase::new(
            "Die Rechnungsart (BT-3) ist kein zugelassener Code.",
            "The type of the document (BT-3) is not a permitted code.",
        ),
        repair: Phrase::new(
            "Einen Code aus UNTDID 1001 verwenden: 380 für eine Rechnung, 381 für eine Gutschrift, 384 für eine Korrektur.",
            "Use a code of UNTDID 1001: 380 for an invoice, 381 for a credit note, 384 for a correction.",
        ),
        ubl: &[Binding::new(&ubl::TYPE, |facts, n| Ok(ubl_type_is_known(facts, n)))],
        cii: &[Binding::new(&cii::TYPE, |facts, n| Ok(cii_type_is_known(facts, n)))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-03",
        terms: &["BT-5"],
        message: Phrase::new(
            "Die Währung eines Betrags ist kein Code nach ISO 4217 oder fehlt.",
            "The currency of an amount is no code of ISO 4217 or is missing.",
        ),
        repair: Phrase::new(
            "Bei jedem Betrag die Währung angeben, zum Beispiel EUR.",
            "State the currency of every amount, for example EUR.",
        ),
        ubl: &[Binding::new(&ubl::AMOUNT, |facts, n| attribute_in(facts, n, "currencyID", &codes::CURRENCIES))],
        cii: &[Binding::new(&cii::TAX_TOTAL, |facts, n| attribute_in(facts, n, "currencyID", &codes::CURRENCIES))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-04",
        terms: &["BT-5"],
        message: Phrase::new(
            "Die Währung der Rechnung (BT-5) ist kein Code nach ISO 4217.",
            "The invoice currency (BT-5) is no code of ISO 4217.",
        ),
        repair: Phrase::new(
            "Den dreistelligen Code der Währung verwenden, zum Beispiel EUR.",
            "Use the currency's code of three letters, for example EUR.",
        ),
        ubl: &[Binding::new(&ubl::CURRENCY, |facts, n| text_in(facts, n, &codes::CURRENCIES))],
        cii: &[Binding::new(&cii::CURRENCY, |facts, n| text_in(facts, n, &codes::CURRENCIES))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-05",
        terms: &["BT-6"],
        message: Phrase::new(
            "Die Währung der Umsatzsteuer (BT-6) ist kein Code nach ISO 4217.",
            "The VAT accounting currency (BT-6) is no code of ISO 4217.",
        ),
        repair: Phrase::new(
            "Den dreistelligen Code der Währung verwenden, zum Beispiel EUR.",
            "Use the currency's code of three letters, for example EUR.",
        ),
        ubl: &[Binding::new(&ubl::TAX_CURRENCY, |facts, n| text_in(facts, n, &codes::CURRENCIES))],
        cii: &[Binding::new(&cii::TAX_CURRENCY, |facts, n| text_in(facts, n, &codes::CURRENCIES))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-06",
        terms: &["BT-8"],
        message: Phrase::new(
            "Der Zeitpunkt, zu dem die Umsatzsteuer fällig wird (BT-8), ist kein zugelassener Code.",
            "The code of the VAT point date (BT-8) is not a permitted one.",
        ),
        repair: Phrase::new(
            "Einen dieser Codes verwenden: Rechnungsdatum 3 (CII: 5), Lieferdatum 35 (CII: 29), Zahlungsdatum 432 (CII: 72).",
            "Use one of these codes: date of invoice 3 (CII: 5), of delivery 35 (CII: 29), of payment 432 (CII: 72).",
        ),
        ubl: &[Binding::new(&ubl::TAX_POINT, |facts, n| text_in(facts, n, &codes::TAX_POINTS))],
        cii: &[Binding::new(&cii::TAX_POINT, |facts, n| text_in(facts, n, &codes::TAX_POINTS_CII))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-07",
        terms: &["BT-18", "BT-128"],
        message: Phrase::new(
            "Das Schema der Kennung eines Rechnungsobjekts (BT-18, BT-128) ist kein Code aus UNTDID 1153.",
            "The scheme of an invoiced object's identifier (BT-18, BT-128) is no code of UNTDID 1153.",
        ),
        repair: Phrase::new(
            "Einen Code aus UNTDID 1153 verwenden oder das Schema weglassen.",
            "Use a code of UNTDID 1153, or leave the scheme out.",
        ),
        ubl: &[Binding::new(&ubl::OBJECT_ID, |facts, n| attribute_in(facts, n, "schemeID", &codes::OBJECT_SCHEMES))],
        cii: &[Binding::new(&cii::OBJECT_SCHEME, |facts, n| text_in(facts, n, &codes::OBJECT_SCHEMES))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-08",
        terms: &["BT-21"],
        message: Phrase::new(
            "Das Thema einer Bemerkung (BT-21) ist kein Code aus UNTDID 4451.",
            "The subject of a note (BT-21) is no code of UNTDID 4451.",
        ),
        repair: Phrase::new(
            "Einen Code aus UNTDID 4451 verwenden, zum Beispiel AAI, oder das Thema weglassen.",
            "Use a code of UNTDID 4451, for example AAI, or leave the subject out.",
        ),
        ubl: &[Binding::new(&super::ubl::NOTE, |facts, n| Ok(ubl_note_subject_is_known(facts, n)))],
        cii: &[Binding::new(&cii::NOTE_SUBJECT, |facts, n| text_in(facts, n, &codes::NOTE_SUBJECTS))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-10",
        terms: &["BT-29-1", "BT-46-1", "BT-60-1"],
        message: Phrase::new(
            "Das Schema der Kennung eines Beteiligten ist kein Code nach ISO/IEC 6523.",
            "The scheme of a party's identifier is no code of ISO/IEC 6523.",
        ),
        repair: Phrase::new(
            "Ein Schema nach ISO/IEC 6523 verwenden, zum Beispiel 0088 für eine GLN, oder das Schema weglassen.",
            "Use a scheme of ISO/IEC 6523, for example 0088 for a GLN, or leave the scheme out.",
        ),
        ubl: &[Binding::new(&ubl::PARTY_ID, |facts, n| Ok(ubl_party_scheme_is_known(facts, n)))],
        cii: &[Binding::new(&cii::PARTY_ID, |facts, n| attribute_in(facts, n, "schemeID", &codes::IDENTIFIER_SCHEMES))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-11",
        terms: &["BT-30-1", "BT-47-1", "BT-61-1"],
        message: Phrase::new(
            "Das Schema einer Registernummer ist kein Code nach ISO/IEC 6523.",
            "The scheme of a registration identifier is no code of ISO/IEC 6523.",
        ),
        repair: Phrase::new(
            "Ein Schema nach ISO/IEC 6523 verwenden, zum Beispiel 0088 für eine GLN, oder das Schema weglassen.",
            "Use a scheme of ISO/IEC 6523, for example 0088 for a GLN, or leave the scheme out.",
        ),
        ubl: &[Binding::new(&ubl::REGISTRATION, |facts, n| {
            attribute_in(facts, n, "schemeID", &codes::IDENTIFIER_SCHEMES)
        })],
        cii: &[Binding::new(&cii::REGISTRATION, |facts, n| {
            attribute_in(facts, n, "schemeID", &codes::IDENTIFIER_SCHEMES)
        })],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-13",
        terms: &["BT-158-1"],
        message: Phrase::new(
            "Das Schema einer Artikelklassifizierung (BT-158) ist kein Code aus UNTDID 7143.",
            "The scheme of an item's classification (BT-158) is no code of UNTDID 7143.",
        ),
        repair: Phrase::new(
            "Einen Code aus UNTDID 7143 verwenden, zum Beispiel STI für CPV.",
            "Use a code of UNTDID 7143, for example STI for CPV.",
        ),
        ubl: &[Binding::new(&ubl::ITEM_CLASSIFICATION, |facts, n| {
            attribute_in(facts, n, "listID", &codes::ITEM_SCHEMES)
        })],
        cii: &[Binding::new(&cii::ITEM_CLASSIFICATION, |facts, n| {
            attribute_in(facts, n, "listID", &codes::ITEM_SCHEMES)
        })],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-14",
        terms: &["BT-40", "BT-55", "BT-69", "BT-80"],
        message: Phrase::new(
            "Das Land einer Anschrift ist kein Code nach ISO 3166-1.",
            "The country of an address is no code of ISO 3166-1.",
        ),
        repair: Phrase::new(
            "Den zweistelligen Code des Landes nach ISO 3166-1 verwenden, zum Beispiel DE.",
            "Use the country's code of two letters after ISO 3166-1, for example DE.",
        ),
        ubl: &[Binding::new(&ubl::COUNTRY, |facts, n| text_in(facts, n, &codes::COUNTRIES))],
        cii: &[Binding::new(&cii::COUNTRY, |facts, n| Ok(cii_country_is_known(facts, n)))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-15",
        terms: &["BT-159"],
        message: Phrase::new(
            "Das Ursprungsland eines Artikels (BT-159) ist kein Code nach ISO 3166-1.",
            "The country of origin of an item (BT-159) is no code of ISO 3166-1.",
        ),
        repair: Phrase::new(
            "Den zweistelligen Code des Landes nach ISO 3166-1 verwenden, zum Beispiel DE.",
            "Use the country's code of two letters after ISO 3166-1, for example DE.",
        ),
        ubl: &[Binding::new(&ubl::ORIGIN_COUNTRY, |facts, n| text_in(facts, n, &codes::COUNTRIES))],
        cii: &[Binding::new(&cii::ORIGIN_COUNTRY, |facts, n| Ok(cii_country_is_known(facts, n)))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-16",
        terms: &["BT-81"],
        message: Phrase::new(
            "Die Zahlungsart (BT-81) ist kein Code aus UNTDID 4461.",
            "The payment means (BT-81) is no code of UNTDID 4461.",
        ),
        repair: Phrase::new(
            "Einen Code aus UNTDID 4461 verwenden, zum Beispiel 58 für eine SEPA-Überweisung.",
            "Use a code of UNTDID 4461, for example 58 for a SEPA credit transfer.",
        ),
        ubl: &[Binding::new(&ubl::PAYMENT_MEANS, |facts, n| text_in(facts, n, &codes::PAYMENT_MEANS))],
        cii: &[Binding::new(&cii::PAYMENT_MEANS, |facts, n| text_in(facts, n, &codes::PAYMENT_MEANS))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-17",
        terms: &["BT-95", "BT-102", "BT-118"],
        message: Phrase::new(
            "Eine Umsatzsteuerkategorie ist kein zugelassener Code.",
            "A VAT category is not a permitted code.",
        ),
        repair: Phrase::new(
            "Einen dieser Codes verwenden: S, Z, E, AE, K, G, O, L, M oder B.",
            "Use one of these codes: S, Z, E, AE, K, G, O, L, M or B.",
        ),
        ubl: &[Binding::new(&ubl::VAT_CATEGORY, |facts, n| text_in(facts, n, &codes::VAT_CATEGORIES))],
        cii: &[Binding::new(&cii::VAT_CATEGORY, |facts, n| text_in(facts, n, &codes::VAT_CATEGORIES))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-18",
        terms: &["BT-151", "BT-118"],
        message: Phrase::new(
            "Die Umsatzsteuerkategorie einer Position (BT-151) ist kein zugelassener Code.",
            "The VAT category of a line (BT-151) is not a permitted code.",
        ),
        repair: Phrase::new(
            "Einen dieser Codes verwenden: S, Z, E, AE, K, G, O, L, M oder B.",
            "Use one of these codes: S, Z, E, AE, K, G, O, L, M or B.",
        ),
        ubl: &[Binding::new(&ubl::LINE_VAT_CATEGORY, |facts, n| text_in(facts, n, &codes::VAT_CATEGORIES))],
        cii: &[Binding::new(&cii::LINE_VAT_CATEGORY, |facts, n| text_in(facts, n, &codes::VAT_CATEGORIES))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-19",
        terms: &["BT-98", "BT-140"],
        message: Phrase::new(
            "Der Grund eines Nachlasses (BT-98, BT-140) ist kein Code aus UNTDID 5189.",
            "The reason of an allowance (BT-98, BT-140) is no code of UNTDID 5189.",
        ),
        repair: Phrase::new(
            "Einen Code aus UNTDID 5189 verwenden, zum Beispiel 95 für einen Rabatt, oder den Grund als Text angeben.",
            "Use a code of UNTDID 5189, for example 95 for a discount, or state the reason as text.",
        ),
        ubl: &[Binding::new(&ubl::ALLOWANCE_REASON, |facts, n| text_in(facts, n, &codes::ALLOWANCE_REASONS))],
        cii: &[Binding::new(&cii::ALLOWANCE_REASON, |facts, n| text_in(facts, n, &codes::ALLOWANCE_REASONS))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-20",
        terms: &["BT-105", "BT-145"],
        message: Phrase::new(
            "Der Grund eines Zuschlags (BT-105, BT-145) ist kein Code aus UNTDID 7161.",
            "The reason of a charge (BT-105, BT-145) is no code of UNTDID 7161.",
        ),
        repair: Phrase::new(
            "Einen Code aus UNTDID 7161 verwenden, zum Beispiel FC für Fracht, oder den Grund als Text angeben.",
            "Use a code of UNTDID 7161, for example FC for freight, or state the reason as text.",
        ),
        ubl: &[Binding::new(&ubl::CHARGE_REASON, |facts, n| text_in(facts, n, &codes::CHARGE_REASONS))],
        cii: &[Binding::new(&cii::CHARGE_REASON, |facts, n| text_in(facts, n, &codes::CHARGE_REASONS))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-21",
        terms: &["BT-157-1"],
        message: Phrase::new(
            "Das Schema der Standardkennung eines Artikels (BT-157) ist kein Code nach ISO/IEC 6523.",
            "The scheme of an item's standard identifier (BT-157) is no code of ISO/IEC 6523.",
        ),
        repair: Phrase::new(
            "Ein Schema nach ISO/IEC 6523 verwenden, zum Beispiel 0160 für eine GTIN.",
            "Use a scheme of ISO/IEC 6523, for example 0160 for a GTIN.",
        ),
        ubl: &[Binding::new(&ubl::ITEM_STANDARD_ID, |facts, n| {
            attribute_in(facts, n, "schemeID", &codes::IDENTIFIER_SCHEMES)
        })],
        cii: &[Binding::new(&cii::ITEM_STANDARD_ID, |facts, n| {
            attribute_in(facts, n, "schemeID", &codes::IDENTIFIER_SCHEMES)
        })],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-22",
        terms: &["BT-121"],
        message: Phrase::new(
            "Der Code der Steuerbefreiung (BT-121) steht nicht in der VATEX-Liste.",
            "The code of the VAT exemption (BT-121) is not in the VATEX list.",
        ),
        repair: Phrase::new(
            "Einen VATEX-Code verwenden, zum Beispiel VATEX-EU-AE, oder den Grund als Text (BT-120) angeben.",
            "Use a VATEX code, for example VATEX-EU-AE, or state the reason as text (BT-120).",
        ),
        ubl: &[Binding::new(&ubl::EXEMPTION_REASON, |facts, n| Ok(exemption_is_known(facts, n)))],
        cii: &[Binding::new(&cii::EXEMPTION_REASON, |facts, n| Ok(exemption_is_known(facts, n)))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-23",
        terms: &["BT-130", "BT-150"],
        message: Phrase::new(
            "Die Einheit einer Menge (BT-130, BT-150) ist kein Code nach UN/ECE Rec 20 oder 21.",
            "The unit of a quantity (BT-130, BT-150) is no code of UN/ECE Rec 20 or 21.",
        ),
        repair: Phrase::new(
            "Den Code der Einheit verwenden, zum Beispiel C62 für Stück, HUR für Stunden oder LS für eine Pauschale.",
            "Use the code of the unit, for example C62 for pieces, HUR for hours or LS for a lump sum.",
        ),
        ubl: &[Binding::new(&ubl::QUANTITY, |facts, n| attribute_in(facts, n, "unitCode", &codes::UNITS))],
        cii: &[Binding::new(&cii::QUANTITY, |facts, n| attribute_in(facts, n, "unitCode", &codes::UNITS))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-24",
        terms: &["BT-125"],
        message: Phrase::new(
            "Der Dateityp eines Anhangs (BT-125) ist nicht zugelassen.",
            "The media type of an attachment (BT-125) is not permitted.",
        ),
        repair: Phrase::new(
            "Den Anhang als PDF, PNG, JPEG, CSV, XLSX oder ODS beifügen.",
            "Attach the file as PDF, PNG, JPEG, CSV, XLSX or ODS.",
        ),
        ubl: &[Binding::new(&ubl::ATTACHMENT, |facts, n| Ok(media_type_is_known(facts, n)))],
        cii: &[Binding::new(&cii::ATTACHMENT, |facts, n| Ok(media_type_is_known(facts, n)))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-25",
        terms: &["BT-34-1", "BT-49-1"],
        message: Phrase::new(
            "Das Schema einer elektronischen Adresse (BT-34, BT-49) steht nicht in der EAS-Liste.",
            "The scheme of an electronic address (BT-34, BT-49) is not in the EAS list.",
        ),
        repair: Phrase::new(
            "Einen Code der EAS-Liste verwenden, zum Beispiel EM für E-Mail oder 0204 für eine Leitweg-ID.",
            "Use a code of the EAS list, for example EM for e-mail or 0204 for a Leitweg-ID.",
        ),
        ubl: &[Binding::new(&ubl::ENDPOINT, |facts, n| attribute_in(facts, n, "schemeID", &codes::ADDRESS_SCHEMES))],
        cii: &[Binding::new(&cii::ENDPOINT, |facts, n| attribute_in(facts, n, "schemeID", &codes::ADDRESS_SCHEMES))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-CL-26",
        terms: &["BT-71-1"],
        message: Phrase::new(
            "Das Schema der Kennung des Lieferorts (BT-71) ist kein Code nach ISO/IEC 6523.",
            "The scheme of the delivery location's identifier (BT-71) is no code of ISO/IEC 6523.",
        ),
        repair: Phrase::new(
            "Ein Schema nach ISO/IEC 6523 verwenden, zum Beispiel 0088 für eine GLN, oder das Schema weglassen.",
            "Use a scheme of ISO/IEC 6523, for example 0088 for a GLN, or leave the scheme out.",
        ),
        ubl: &[Binding::new(&ubl::LOCATION_ID, |facts, n| {
            attribute_in(facts, n, "schemeID", &codes::IDENTIFIER_SCHEMES)
        })],
        cii: &[Binding::new(&cii::LOCATION_ID, |facts, n| {
            attribute_in(facts, n, "schemeID", &codes::IDENTIFIER_SCHEMES)
        })],
        ..Rule::NONE
    },
];

/// `not(contains(normalize-space(.), ' ')) and contains(' A B ', concat(' ', normalize-space(.), ' '))`
fn text_in(facts: &Facts<'_>, element: Element<'_>, list: &CodeList) -> Eval<bool> {
    Ok(list.contains(&element.norm_self(), facts.release))
}

/// The same of an attribute; one that is missing is in no list.
fn attribute_in(facts: &Facts<'_>, element: Element<'_>, attribute: &str, list: &CodeList) -> Eval<bool> {
    Ok(element.attr(attribute).is_some_and(|value| list.contains(&collapse(&value), facts.release)))
}

fn ubl_type_is_known(facts: &Facts<'_>, code: Element<'_>) -> bool {
    let list = if code.name() == cbc::InvoiceTypeCode { &codes::INVOICE_TYPES } else { &codes::CREDIT_NOTE_TYPES };
    list.contains(&code.norm_self(), facts.release)
}

fn cii_type_is_known(facts: &Facts<'_>, code: Element<'_>) -> bool {
    let code = code.norm_self();
    [&codes::INVOICE_TYPES, &codes::CREDIT_NOTE_TYPES].iter().any(|list| list.contains(&code, facts.release))
}

/// The official list for CII still has the Netherlands Antilles and lacks South Sudan.
fn cii_country_is_known(facts: &Facts<'_>, country: Element<'_>) -> bool {
    let country = country.norm_self();
    country == "AN" || (country != "SS" && codes::COUNTRIES.contains(&country, facts.release))
}

/// SEPA, for the creditor identifier (BT-90), is a scheme of sellers and payees only.
fn ubl_party_scheme_is_known(facts: &Facts<'_>, id: Element<'_>) -> bool {
    let Some(scheme) = id.attr("schemeID") else { return false };
    let scheme = collapse(&scheme);
    let may_be_creditor =
        || id.ancestors().any(|party| party.name() == cac::AccountingSupplierParty || party.name() == cac::PayeeParty);
    codes::IDENTIFIER_SCHEMES.contains(&scheme, facts.release) || (scheme == "SEPA" && may_be_creditor())
}

/// Codes are compared in capital letters.
fn exemption_is_known(facts: &Facts<'_>, code: Element<'_>) -> bool {
    codes::EXEMPTION_REASONS.contains(&code.norm_self().to_uppercase(), facts.release)
}

/// Compared as it is, without regard to white space.
fn media_type_is_known(facts: &Facts<'_>, attachment: Element<'_>) -> bool {
    attachment.attr("mimeCode").is_some_and(|own| codes::MEDIA_TYPES.contains(&own, facts.release))
}

/// In UBL the subject stands between number signs at the note's beginning: `#AAI#Text`. The official
/// test looks for any three characters between the first two number signs in the list written in a row,
/// so that blanks can match where two codes meet.
fn ubl_note_subject_is_known(facts: &Facts<'_>, note: Element<'_>) -> bool {
    let text = note.text();
    let Some((_, after)) = text.split_once('#') else { return true };
    let Some((subject, _)) = after.split_once('#') else { return true };
    if subject.chars().count() != 3 {
        return true;
    }
    if !subject.contains(' ') {
        return codes::NOTE_SUBJECTS.contains(subject, facts.release) && !NOTE_SUBJECTS_CII_ONLY.contains(&subject);
    }
    let known = codes::NOTE_SUBJECTS.codes(facts.release).filter(|code| !NOTE_SUBJECTS_CII_ONLY.contains(code));
    let in_a_row = known.fold(String::from(" "), |row, code| row + code + " ");
    in_a_row.contains(subject)
}

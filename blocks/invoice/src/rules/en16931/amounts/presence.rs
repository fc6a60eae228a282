//! BR-CO-03 to BR-CO-09 and BR-CO-18 to BR-CO-27: what must be there, or must not be there together.
//!
//! BR-CO-05 to BR-CO-08 (reason and reason code mean the same) cannot be tested by a machine: the
//! official tests say yes to everything, so these have no binding.

use super::rule;
use crate::names::{cac, cbc, ram};
use crate::path;
use crate::rules::eval::{Eval, XPath, against_integer};
use crate::rules::{Facts, Release, Rule};
use crate::xml::Element;

const REASON_CODE: (&str, &str) = (
    "Grund und Grundcode so angeben, dass sie dasselbe bezeichnen.",
    "Give reason and reason code so that they mean the same.",
);
const REASON: (&str, &str) = ("Den Grund als Text oder Code angeben.", "Give the reason as text or code.");
const PERIOD: (&str, &str) = (
    "Anfang oder Ende des Zeitraums angeben oder den Zeitraum weglassen.",
    "Give the start or the end of the period, or leave the period out.",
);

/// BR-CO-03 to BR-CO-09 and BR-CO-18 to BR-CO-27.
pub static RULES: &[Rule] = &[
    rule! {
        "BR-CO-03" Issuer ["BT-7", "BT-8"]
        "Das Datum der Steuerfälligkeit (BT-7) und der Code dafür (BT-8) schließen einander aus, stehen aber beide da.",
        "The date on which VAT is due (BT-7) and its code (BT-8) exclude each other, but both are there.",
        "Eine der beiden Angaben weglassen.",
        "Leave one of the two out.",
        ubl DOCUMENT |_, n| Ok(!(n.has(path!(cbc: TaxPointDate)) && n.has(path!(cac:InvoicePeriod/cbc:DescriptionCode)))),
        cii BREAKDOWN |f, _| Ok(!(is_anywhere(f, ram::TaxPointDate) && is_anywhere(f, ram::DueDateTypeCode))),
    },
    rule! {
        "BR-CO-04" Issuer ["BT-151"]
        "Die Position hat keine Umsatzsteuerkategorie (BT-151).",
        "The line has no VAT category (BT-151).",
        "Für jede Position die Umsatzsteuerkategorie angeben.",
        "Give the VAT category for every line.",
        ubl LINE |_, n| ubl_line_has_category(n),
        cii LINE |_, n| cii_line_has_category(n),
    },
    rule! {
        "BR-CO-05" Issuer ["BT-97", "BT-98"]
        "Grund (BT-97) und Grundcode (BT-98) eines Nachlasses müssen dasselbe bezeichnen. Das kann nur ein Mensch prüfen.",
        "Reason (BT-97) and reason code (BT-98) of an allowance must mean the same. Only a person can tell.",
        REASON_CODE.0, REASON_CODE.1,
    },
    rule! {
        "BR-CO-06" Issuer ["BT-104", "BT-105"]
        "Grund (BT-104) und Grundcode (BT-105) eines Zuschlags müssen dasselbe bezeichnen. Das kann nur ein Mensch prüfen.",
        "Reason (BT-104) and reason code (BT-105) of a charge must mean the same. Only a person can tell.",
        REASON_CODE.0, REASON_CODE.1,
    },
    rule! {
        "BR-CO-07" Issuer ["BT-139", "BT-140"]
        "Grund (BT-139) und Grundcode (BT-140) eines Nachlasses der Position müssen dasselbe bezeichnen. Das kann nur ein Mensch prüfen.",
        "Reason (BT-139) and reason code (BT-140) of a line's allowance must mean the same. Only a person can tell.",
        REASON_CODE.0, REASON_CODE.1,
    },
    rule! {
        "BR-CO-08" Issuer ["BT-144", "BT-145"]
        "Grund (BT-144) und Grundcode (BT-145) eines Zuschlags der Position müssen dasselbe bezeichnen. Das kann nur ein Mensch prüfen.",
        "Reason (BT-144) and reason code (BT-145) of a line's charge must mean the same. Only a person can tell.",
        REASON_CODE.0, REASON_CODE.1,
    },
    rule! {
        "BR-CO-09" Issuer ["BT-31", "BT-48", "BT-63"]
        "Die Umsatzsteuer-Identifikationsnummer beginnt nicht mit einem Ländercode wie DE (EL für Griechenland).",
        "The VAT identifier does not begin with a country code such as DE (EL for Greece).",
        "Die Nummer mit dem Ländercode davor angeben, zum Beispiel DE123456789.",
        "Give the number with the country code before it, for example DE123456789.",
        ubl VAT_REGISTRATION |_, n| Ok(UBL_PREFIXES.contains(first_two(&n.string(path!(cbc: CompanyID))?))),
        cii VAT_REGISTRATION |_, n| Ok(CII_PREFIXES.contains(&format!(" {} ", first_two(&n.text())))),
    },
    rule! {
        "BR-CO-18" Software ["BG-23"]
        "Die Umsatzsteueraufschlüsselung (BG-23) fehlt.",
        "The VAT breakdown (BG-23) is missing.",
        "In der Rechnungssoftware die Steueraufschlüsselung erzeugen.",
        "Have the invoicing software make the VAT breakdown.",
        ubl DOCUMENT |_, n| Ok(n.has(path!(cac:TaxTotal/cac:TaxSubtotal))),
        cii LINE |f, _| Ok(super::sums::cii_has_breakdown(f)),
    },
    rule! {
        "BR-CO-19" Issuer ["BT-73", "BT-74"]
        "Der Abrechnungszeitraum (BG-14) hat weder Anfang (BT-73) noch Ende (BT-74).",
        "The invoicing period (BG-14) has neither start (BT-73) nor end (BT-74).",
        PERIOD.0, PERIOD.1,
        ubl PERIOD |_, n| Ok(n.has(path!(cbc: StartDate)) || n.has(path!(cbc: EndDate)) || n.has(path!(cbc: DescriptionCode))),
        cii PERIOD |_, n| cii_period_is_bounded(n),
    },
    rule! {
        "BR-CO-20" Issuer ["BT-134", "BT-135"]
        "Der Zeitraum der Position (BG-26) hat weder Anfang (BT-134) noch Ende (BT-135).",
        "The line's period (BG-26) has neither start (BT-134) nor end (BT-135).",
        PERIOD.0, PERIOD.1,
        ubl LINE_PERIOD |_, n| Ok(n.has(path!(cbc: StartDate)) || n.has(path!(cbc: EndDate))),
        cii LINE_PERIOD |_, n| cii_period_is_bounded(n),
    },
    rule! {
        "BR-CO-21" Issuer ["BT-97", "BT-98"]
        "Der Nachlass auf Ebene der Rechnung hat weder Grund (BT-97) noch Grundcode (BT-98).",
        "The document's allowance has neither a reason (BT-97) nor a reason code (BT-98).",
        REASON.0, REASON.1,
        ubl ALLOWANCE |_, n| ubl_has_reason(n),
        cii ALLOWANCE |_, n| cii_has_reason(n),
    },
    rule! {
        "BR-CO-22" Issuer ["BT-104", "BT-105"]
        "Der Zuschlag auf Ebene der Rechnung hat weder Grund (BT-104) noch Grundcode (BT-105).",
        "The document's charge has neither a reason (BT-104) nor a reason code (BT-105).",
        REASON.0, REASON.1,
        ubl CHARGE |_, n| ubl_has_reason(n),
        cii CHARGE |_, n| cii_has_reason(n),
    },
    rule! {
        "BR-CO-23" Issuer ["BT-139", "BT-140"]
        "Der Nachlass der Position hat weder Grund (BT-139) noch Grundcode (BT-140).",
        "The line's allowance has neither a reason (BT-139) nor a reason code (BT-140).",
        REASON.0, REASON.1,
        ubl LINE_ALLOWANCE |_, n| ubl_has_reason(n),
        cii LINE_ALLOWANCE |_, n| cii_has_reason(n),
    },
    rule! {
        "BR-CO-24" Issuer ["BT-144", "BT-145"]
        "Der Zuschlag der Position hat weder Grund (BT-144) noch Grundcode (BT-145).",
        "The line's charge has neither a reason (BT-144) nor a reason code (BT-145).",
        REASON.0, REASON.1,
        ubl LINE_CHARGE |_, n| ubl_has_reason(n),
        cii LINE_CHARGE |_, n| cii_has_reason(n),
    },
    rule! {
        "BR-CO-25" Issuer ["BT-9", "BT-20", "BT-115"]
        "Ein Betrag ist fällig (BT-115), aber weder Fälligkeitsdatum (BT-9) noch Zahlungsbedingungen (BT-20) sind angegeben.",
        "An amount is due (BT-115), but neither a due date (BT-9) nor payment terms (BT-20) are given.",
        "Fälligkeitsdatum oder Zahlungsbedingungen angeben.",
        "Give the due date or payment terms.",
        ubl PAYABLE_AMOUNT |f, n| ubl_due_is_dated(f, n),
        cii DOCUMENT |f, _| cii_due_is_dated(f),
        @ UNTIL_2026_01
    },
    rule! {
        "BR-CO-26" Issuer ["BT-29", "BT-30", "BT-31"]
        "Der Verkäufer hat keine Kennung: weder Verkäuferkennung (BT-29) noch Registernummer (BT-30) noch Umsatzsteuer-Identifikationsnummer (BT-31).",
        "The seller has no identifier: neither a seller identifier (BT-29) nor a legal registration (BT-30) nor a VAT identifier (BT-31).",
        "Eine der drei Kennungen des Verkäufers angeben.",
        "Give one of the seller's three identifiers.",
        ubl SELLER |f, n| ubl_seller_is_identified(f, n),
        cii SELLER |_, n| cii_seller_is_identified(n),
    },
    // The direct debit's context is never reached: the one before it takes every way of payment.
    rule! {
        "BR-CO-27" Issuer ["BT-91"]
        "Die Lastschrift (BG-19) braucht genau eines von IBAN und anderer Kontonummer (BT-91).",
        "The direct debit (BG-19) needs exactly one of IBAN and other account number (BT-91).",
        "Genau eine Kontonummer angeben.",
        "Give exactly one account number.",
        cii DIRECT_DEBIT |_, n| cii_has_one_account(n),
        @ UNTIL_2026_01
    },
];

/// The country codes of VAT identifiers. In UBL any two neighbouring characters of this text pass.
const UBL_PREFIXES: &str = concat!(
    " 1A AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM",
    " BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY",
    " CZ DE DJ DK DM DO DZ EC EE EG EH EL ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH",
    " GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT",
    " JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC",
    " MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL",
    " NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB",
    " SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM",
    " TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XI YE YT ZA ZM ZW",
    " ",
);

/// As [`UBL_PREFIXES`], but only whole codes pass.
const CII_PREFIXES: &str = concat!(
    " 1A AD AE AF AG AI AL AM AN AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BL BJ",
    " BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX",
    " CY CZ DE DJ DK DM DO DZ EC EE EG EH EL ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG",
    " GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS",
    " IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA",
    " MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI",
    " NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA",
    " SB SC SD SE SG SH SI SJ SK SL SM SN SO SR ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM",
    " TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XI YE YT ZA ZM ZW",
    " ",
);

fn first_two(text: &str) -> &str {
    text.char_indices().nth(2).map_or(text, |(end, _)| &text[..end])
}

fn is_anywhere(facts: &Facts<'_>, name: crate::names::Name) -> bool {
    facts.doc.all(name).next().is_some()
}

fn ubl_line_has_category(line: Element<'_>) -> Eval<bool> {
    for category in line.select(path!(cac:Item/cac:ClassifiedTaxCategory)) {
        if category.one(path!(cac: TaxScheme))?.is_some()
            && super::super::ubl::is_vat(category)?
            && category.has(path!(cbc: ID))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn cii_line_has_category(line: Element<'_>) -> Eval<bool> {
    for tax in line.select(path!(ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax)) {
        if tax.string(path!(ram: TypeCode))?.eq_ignore_ascii_case("VAT") && tax.has(path!(ram: CategoryCode)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn cii_period_is_bounded(period: Element<'_>) -> Eval<bool> {
    Ok(period.has(path!(ram: StartDateTime)) || period.has(path!(ram: EndDateTime)))
}

fn ubl_has_reason(owner: Element<'_>) -> Eval<bool> {
    Ok(owner.has(path!(cbc: AllowanceChargeReason)) || owner.has(path!(cbc: AllowanceChargeReasonCode)))
}

/// The context is the indicator; the reason stands beside it.
fn cii_has_reason(indicator: Element<'_>) -> Eval<bool> {
    Ok(indicator.parent().is_some_and(|owner| owner.has(path!(ram: Reason)) || owner.has(path!(ram: ReasonCode))))
}

fn ubl_due_is_dated(facts: &Facts<'_>, due: Element<'_>) -> Eval<bool> {
    let amount = against_integer(due)?;
    let dated = || {
        is_anywhere(facts, cbc::DueDate) || facts.doc.all(cac::PaymentTerms).any(|terms| terms.has(path!(cbc: Note)))
    };
    Ok((amount > 0.0 && dated()) || amount <= 0.0)
}

fn cii_due_is_dated(facts: &Facts<'_>) -> Eval<bool> {
    let mut amounts = facts.doc.all(ram::DuePayableAmount);
    let first = amounts.next();
    if let Some(second) = amounts.next() {
        return Err(crate::rules::eval::Abort::Repeated { element: second.id() });
    }
    // `number()` never fails: what is no number is not above 0.
    let is_due = first.is_some_and(|amount| amount.double_self().is_ok_and(|amount| amount > 0.0));
    let mut terms = facts.doc.all(ram::SpecifiedTradePaymentTerms);
    Ok(!is_due || terms.any(|terms| terms.has(path!(ram: DueDateDateTime)) || terms.has(path!(ram: Description))))
}

fn ubl_seller_is_identified(facts: &Facts<'_>, seller: Element<'_>) -> Eval<bool> {
    for registration in seller.select(path!(cac:Party/cac:PartyTaxScheme)) {
        if super::super::ubl::is_vat(registration)? && registration.has(path!(cbc: CompanyID)) {
            return Ok(true);
        }
    }
    // Since 2026-07 the creditor identifier of SEPA does not count.
    let counts = |id: Element<'_>| {
        facts.release < Release::R2026_07 || id.attr("schemeID").is_none_or(|scheme| scheme != "SEPA")
    };
    Ok(seller.select(path!(cac:Party/cac:PartyIdentification/cbc:ID)).any(counts)
        || seller.has(path!(cac:Party/cac:PartyLegalEntity/cbc:CompanyID)))
}

fn cii_seller_is_identified(seller: Element<'_>) -> Eval<bool> {
    Ok(seller.has(path!(ram: ID))
        || seller.has(path!(ram: GlobalID))
        || seller.has(path!(ram:SpecifiedLegalOrganization/ram:ID))
        || seller
            .select(path!(ram:SpecifiedTaxRegistration/ram:ID))
            .any(|id| id.attr("schemeID").is_some_and(|scheme| scheme == "VA")))
}

fn cii_has_one_account(means: Element<'_>) -> Eval<bool> {
    let iban = means.has(path!(ram:PayeePartyCreditorFinancialAccount/ram:IBANID));
    Ok(iban != means.has(path!(ram:PayeePartyCreditorFinancialAccount/ram:ProprietaryID)))
}

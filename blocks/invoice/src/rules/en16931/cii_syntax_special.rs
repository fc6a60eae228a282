//! The syntax rules of CII that are more than a shape.

use vir_core::{Phrase, Severity};

use super::cii_syntax::{
    AGREEMENT, DATE, DELIVERY, DOCUMENT, ITEM, LINE_AGREEMENT, LINE_SETTLEMENT, QUANTITY, REFERENCE, SETTLEMENT, TAX,
};
use super::syntax_facts::{all_equal, billed_in_units, kids_of_all};
use crate::names::{Name, ram};
use crate::path;
use crate::rules::eval::{Eval, XPath, is_decimal_digit};
use crate::rules::{Binding, Releases, Rule};
use crate::xml::{Element, trim};

const TYPE: &[Name] = path!(ram:TypeCode);
const PAYMENT_MEANS: Name = ram::SpecifiedTradeSettlementPaymentMeans;

/// The rules of this file.
pub static RULES: &[Rule] = &[
    Rule {
        id: "CII-SR-046",
        terms: &["BT-157-1"],
        message: Phrase::new(
            "Die Kennung eines Artikels nach einer Norm (BT-157) hat kein Schema (schemeID).",
            "The item's standard identifier (BT-157) has no scheme (schemeID).",
        ),
        repair: Phrase::new(
            "schemeID angeben, zum Beispiel 0160 für eine GTIN.",
            "Give schemeID, for example 0160 for a GTIN.",
        ),
        cii: &[Binding::new(&ITEM, |_, n| {
            Ok(!n.has(path!(ram:GlobalID)) || n.kids(ram::GlobalID).any(|id| id.attr("schemeID").is_some()))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "CII-SR-090",
        terms: &["BT-159"],
        message: Phrase::new(
            "Das Ursprungsland des Artikels (BT-159) ist nicht genau einmal angegeben.",
            "The item's country of origin (BT-159) is not given exactly once.",
        ),
        repair: Phrase::new(
            "Genau einen Ländercode angeben oder ram:OriginTradeCountry weglassen.",
            "Give exactly one country code, or leave ram:OriginTradeCountry out.",
        ),
        cii: &[Binding::new(&ITEM, |_, n| {
            Ok(!n.has(path!(ram:OriginTradeCountry)) || n.count(path!(ram:OriginTradeCountry/ram:ID)) == 1)
        })],
        ..Rule::NONE
    },
    Rule {
        id: "CII-SR-119",
        severity: Severity::Warning,
        terms: &["BT-147"],
        message: Phrase::new(
            "Beim Bruttopreis steht ein Zuschlag, oder der Abzug (BT-147) ist unvollständig. Vorgesehen ist nur ein Abzug mit Kennzeichen und Betrag.",
            "A charge stands with the gross price, or the discount (BT-147) is incomplete. Only a discount with indicator and amount is meant to be.",
        ),
        repair: Phrase::new(
            "ram:ChargeIndicator auf „false“ setzen und den Betrag des Abzugs angeben, oder beides weglassen.",
            "Set ram:ChargeIndicator to \"false\" and give the amount of the discount, or leave both out.",
        ),
        cii: &[Binding::new(&LINE_AGREEMENT, |_, n| price_discount_is_whole(n))],
        ..Rule::NONE
    },
    Rule {
        id: "CII-SR-449",
        severity: Severity::Warning,
        terms: &["BT-71"],
        message: Phrase::new(
            "Der Lieferort (BT-71) hat zwei Kennungen: ram:ID und ram:GlobalID.",
            "The deliver to location (BT-71) has two identifiers: ram:ID and ram:GlobalID.",
        ),
        repair: Phrase::new("Nur eine der beiden angeben.", "Give only one of the two."),
        cii: &[Binding::new(&DELIVERY, |_, n| {
            Ok(!(n.has(path!(ram:ShipToTradeParty/ram:ID)) && n.has(path!(ram:ShipToTradeParty/ram:GlobalID))))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "CII-SR-450",
        severity: Severity::Warning,
        terms: &["BT-46"],
        message: Phrase::new(
            "Der Käufer hat zwei Kennungen (BT-46): ram:ID und ram:GlobalID.",
            "The buyer has two identifiers (BT-46): ram:ID and ram:GlobalID.",
        ),
        repair: Phrase::new("Nur eine der beiden angeben.", "Give only one of the two."),
        cii: &[Binding::new(&AGREEMENT, |_, n| {
            Ok(!(n.has(path!(ram:BuyerTradeParty/ram:ID)) && n.has(path!(ram:BuyerTradeParty/ram:GlobalID))))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "CII-SR-451",
        severity: Severity::Warning,
        terms: &["BT-60"],
        message: Phrase::new(
            "Der Zahlungsempfänger hat zwei Kennungen (BT-60): ram:ID und ram:GlobalID.",
            "The payee has two identifiers (BT-60): ram:ID and ram:GlobalID.",
        ),
        repair: Phrase::new("Nur eine der beiden angeben.", "Give only one of the two."),
        cii: &[Binding::new(&SETTLEMENT, |_, n| {
            Ok(!(n.has(path!(ram:PayeeTradeParty/ram:ID)) && n.has(path!(ram:PayeeTradeParty/ram:GlobalID))))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "CII-SR-457",
        severity: Severity::Warning,
        terms: &["BT-17"],
        message: Phrase::new(
            "Der Vergabevorgang (BT-17, Dokumenttyp 50) ist mehrfach angegeben.",
            "The tender or lot reference (BT-17, document type 50) is given several times.",
        ),
        repair: Phrase::new("Nur einen Verweis mit dem Typ 50 angeben.", "Give only one reference of type 50."),
        cii: &[Binding::new(&AGREEMENT, |_, n| {
            Ok(n.kids(ram::AdditionalReferencedDocument).filter(|own| own.any_text(TYPE, "50")).nth(1).is_none())
        })],
        ..Rule::NONE
    },
    Rule {
        id: "CII-SR-458",
        severity: Severity::Warning,
        terms: &["BT-18"],
        message: Phrase::new(
            "Das abgerechnete Objekt (BT-18, Dokumenttyp 130) ist mehrfach angegeben.",
            "The invoiced object (BT-18, document type 130) is given several times.",
        ),
        repair: Phrase::new("Nur einen Verweis mit dem Typ 130 angeben.", "Give only one reference of type 130."),
        cii: &[Binding::new(&AGREEMENT, |_, n| {
            Ok(n.kids(ram::AdditionalReferencedDocument).filter(|own| own.any_text(TYPE, "130")).nth(1).is_none())
        })],
        ..Rule::NONE
    },
    Rule {
        id: "CII-SR-462",
        terms: &["BT-8"],
        message: Phrase::new(
            "Die Rechnung nennt verschiedene Codes für den Zeitpunkt der Steuerschuld (BT-8); es ist nur einer erlaubt.",
            "The invoice has different value added tax point date codes (BT-8); only one is allowed.",
        ),
        repair: Phrase::new(
            "In allen Umsatzsteueraufschlüsselungen denselben Code angeben.",
            "Give the same code in all VAT breakdowns.",
        ),
        cii: &[Binding::new(&SETTLEMENT, |facts, _| {
            Ok(all_equal(kids_of_all(facts, ram::ApplicableTradeTax, ram::DueDateTypeCode), Element::text))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "CII-SR-465",
        severity: Severity::Warning,
        terms: &["BT-41"],
        message: Phrase::new(
            "Der Kontakt des Verkäufers (BT-41) nennt Person und Abteilung; es ist nur eines davon vorgesehen.",
            "The seller contact point (BT-41) names a person and a department; only one of them is meant to be.",
        ),
        repair: Phrase::new("Person oder Abteilung weglassen.", "Leave out the person or the department."),
        cii: &[Binding::new(&AGREEMENT, |_, n| {
            Ok(!(n.has(path!(ram:SellerTradeParty/ram:DefinedTradeContact/ram:PersonName))
                && n.has(path!(ram:SellerTradeParty/ram:DefinedTradeContact/ram:DepartmentName))))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "CII-SR-466",
        severity: Severity::Warning,
        terms: &["BT-56"],
        message: Phrase::new(
            "Der Kontakt des Käufers (BT-56) nennt Person und Abteilung; es ist nur eines davon vorgesehen.",
            "The buyer contact point (BT-56) names a person and a department; only one of them is meant to be.",
        ),
        repair: Phrase::new("Person oder Abteilung weglassen.", "Leave out the person or the department."),
        cii: &[Binding::new(&AGREEMENT, |_, n| {
            Ok(!(n.has(path!(ram:BuyerTradeParty/ram:DefinedTradeContact/ram:PersonName))
                && n.has(path!(ram:BuyerTradeParty/ram:DefinedTradeContact/ram:DepartmentName))))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "CII-SR-467",
        terms: &["BT-81"],
        message: Phrase::new(
            "Die Rechnung nennt verschiedene Zahlungsarten (BT-81); sie müssen alle gleich sein.",
            "The invoice has different payment means type codes (BT-81); all must be equal.",
        ),
        repair: Phrase::new(
            "Bei allen Zahlungsweisen (BG-16) denselben Code angeben.",
            "Give the same code with all payment means (BG-16).",
        ),
        releases: Releases::SINCE_2026_07,
        cii: &[Binding::new(&DOCUMENT, |facts, _| {
            Ok(all_equal(kids_of_all(facts, PAYMENT_MEANS, ram::TypeCode), XPath::norm_self))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "CII-SR-468",
        terms: &["BT-82"],
        message: Phrase::new(
            "Die Rechnung nennt verschiedene Texte zur Zahlungsart (BT-82); sie müssen alle gleich sein.",
            "The invoice has different payment means texts (BT-82); all must be equal.",
        ),
        repair: Phrase::new(
            "Bei allen Zahlungsweisen (BG-16) denselben Text angeben.",
            "Give the same text with all payment means (BG-16).",
        ),
        releases: Releases::SINCE_2026_07,
        cii: &[Binding::new(&DOCUMENT, |facts, _| {
            Ok(all_equal(kids_of_all(facts, PAYMENT_MEANS, ram::Information), XPath::norm_self))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "CII-SR-470",
        terms: &["BT-84"],
        message: Phrase::new(
            "Eine Überweisung (Zahlungsart 30 oder 58) nennt kein Konto (BT-84), weder als IBAN noch als Kontonummer.",
            "A credit transfer (payment means 30 or 58) names no account (BT-84), neither as IBAN nor as account number.",
        ),
        repair: Phrase::new("Die IBAN des Zahlungsempfängers angeben.", "Give the payee's IBAN."),
        releases: Releases::SINCE_2026_07,
        cii: &[Binding::new(&SETTLEMENT, |_, n| credit_transfers_have_account(n))],
        ..Rule::NONE
    },
    Rule {
        id: "CII-SR-474",
        severity: Severity::Warning,
        terms: &["BT-128"],
        message: Phrase::new(
            "Die Position nennt mehrere abgerechnete Objekte (BT-128, Dokumenttyp 130).",
            "The line names several invoiced objects (BT-128, document type 130).",
        ),
        repair: Phrase::new("Nur einen Verweis mit dem Typ 130 angeben.", "Give only one reference of type 130."),
        releases: Releases::SINCE_2026_07,
        cii: &[Binding::new(&LINE_SETTLEMENT, |_, n| Ok(count_of_type(n, "130", None)? <= 1))],
        ..Rule::NONE
    },
    Rule {
        id: "CII-SR-475",
        severity: Severity::Warning,
        terms: &["BT-123"],
        message: Phrase::new(
            "Die Rechnung hat mehrere Beschreibungen von Unterlagen (BT-123); die amtliche Regel erlaubt nur eine in der ganzen Rechnung.",
            "The invoice has several supporting document descriptions (BT-123); the official rule allows only one in the whole invoice.",
        ),
        repair: Phrase::new(
            "Nur bei einer Unterlage ram:Name angeben.",
            "Give ram:Name with one supporting document only.",
        ),
        releases: Releases::SINCE_2026_07,
        cii: &[Binding::new(&AGREEMENT, |_, n| Ok(count_of_type(n, "916", Some(ram::Name))? <= 1))],
        ..Rule::NONE
    },
    Rule {
        id: "CII-SR-476",
        severity: Severity::Warning,
        terms: &["BT-125"],
        message: Phrase::new(
            "Die Rechnung hat mehrere Anhänge (BT-125); die amtliche Regel erlaubt nur einen in der ganzen Rechnung.",
            "The invoice has several attached documents (BT-125); the official rule allows only one in the whole invoice.",
        ),
        repair: Phrase::new(
            "Die Anhänge zu einer Datei zusammenfassen oder die übrigen verlinken (BT-124).",
            "Combine the attachments into one file, or link the others (BT-124).",
        ),
        releases: Releases::SINCE_2026_07,
        cii: &[Binding::new(&AGREEMENT, |_, n| Ok(count_of_type(n, "916", Some(ram::AttachmentBinaryObject))? <= 1))],
        ..Rule::NONE
    },
    Rule {
        id: "CII-DT-015",
        terms: &["BT-124"],
        message: Phrase::new(
            "Eine Adresse (ram:URIID) ist bei diesem Verweis (nur bei Unterlagen, BG-24, mit dem Dokumenttyp 916) nicht vorgesehen.",
            "An address (ram:URIID) is not meant to be with this reference (only with supporting documents, BG-24, of document type 916).",
        ),
        repair: Phrase::new(
            "Den Dokumenttyp 916 angeben, wenn eine Unterlage gemeint ist; sonst die Angabe weglassen.",
            "State document type 916 if a supporting document is meant; otherwise leave it out.",
        ),
        cii: &[Binding::new(&REFERENCE, |_, n| {
            Ok(!n.has(path!(ram:URIID)) || (n.name() == ram::AdditionalReferencedDocument && n.any_text(TYPE, "916")))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "CII-DT-018",
        message: Phrase::new(
            "Der Verweis hat einen Dokumenttyp, der hier nicht vorgesehen ist: erlaubt sind 50, 130 und 916 in ram:AdditionalReferencedDocument.",
            "The reference has a document type that is not meant to be here: 50, 130 and 916 are allowed in ram:AdditionalReferencedDocument.",
        ),
        repair: Phrase::new(
            "ram:TypeCode weglassen oder einen der drei Typen angeben.",
            "Leave ram:TypeCode out, or state one of the three types.",
        ),
        cii: &[Binding::new(&REFERENCE, |_, n| {
            Ok(!n.has(TYPE)
                || (n.name() == ram::AdditionalReferencedDocument
                    && ["50", "130", "916"].iter().any(|code| n.any_text(TYPE, code))))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "CII-DT-021",
        terms: &["BT-123"],
        message: Phrase::new(
            "Eine Beschreibung (ram:Name) ist bei diesem Verweis (nur bei Unterlagen, BG-24, mit dem Dokumenttyp 916) nicht vorgesehen.",
            "A description (ram:Name) is not meant to be with this reference (only with supporting documents, BG-24, of document type 916).",
        ),
        repair: Phrase::new(
            "Den Dokumenttyp 916 angeben, wenn eine Unterlage gemeint ist; sonst die Angabe weglassen.",
            "State document type 916 if a supporting document is meant; otherwise leave it out.",
        ),
        cii: &[Binding::new(&REFERENCE, |_, n| {
            Ok(!n.has(path!(ram:Name)) || (n.name() == ram::AdditionalReferencedDocument && n.any_text(TYPE, "916")))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "CII-DT-022",
        terms: &["BT-125"],
        message: Phrase::new(
            "Ein Anhang (ram:AttachmentBinaryObject) ist bei diesem Verweis (nur bei Unterlagen, BG-24, mit dem Dokumenttyp 916) nicht vorgesehen.",
            "An attachment (ram:AttachmentBinaryObject) is not meant to be with this reference (only with supporting documents, BG-24, of document type 916).",
        ),
        repair: Phrase::new(
            "Den Dokumenttyp 916 angeben, wenn eine Unterlage gemeint ist; sonst die Angabe weglassen.",
            "State document type 916 if a supporting document is meant; otherwise leave it out.",
        ),
        cii: &[Binding::new(&REFERENCE, |_, n| {
            Ok(!n.has(path!(ram:AttachmentBinaryObject))
                || (n.name() == ram::AdditionalReferencedDocument && n.any_text(TYPE, "916")))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "CII-DT-024",
        terms: &["BT-18-1", "BT-128-1"],
        message: Phrase::new(
            "Ein Schema (ram:ReferenceTypeCode) ist bei diesem Verweis (nur beim abgerechneten Objekt, BT-18 oder BT-128, Dokumenttyp 130) nicht vorgesehen.",
            "A scheme (ram:ReferenceTypeCode) is not meant to be with this reference (only with the invoiced object, BT-18 or BT-128, document type 130).",
        ),
        repair: Phrase::new("Die Angabe weglassen.", "Leave it out."),
        cii: &[Binding::new(&REFERENCE, |_, n| {
            Ok(!n.has(path!(ram:ReferenceTypeCode))
                || (n.name() == ram::AdditionalReferencedDocument && n.any_text(TYPE, "130")))
        })],
        ..Rule::NONE
    },
    Rule {
        id: "CII-DT-027",
        terms: &["BT-26"],
        message: Phrase::new(
            "Ein Datum (ram:FormattedIssueDateTime) ist bei diesem Verweis (nur bei einer vorausgegangenen Rechnung, BG-3) nicht vorgesehen.",
            "A date (ram:FormattedIssueDateTime) is not meant to be with this reference (only with a preceding invoice, BG-3).",
        ),
        repair: Phrase::new("Die Angabe weglassen.", "Leave it out."),
        cii: &[Binding::new(&REFERENCE, |_, n| {
            Ok(!n.has(path!(ram:FormattedIssueDateTime)) || n.name() == ram::InvoiceReferencedDocument)
        })],
        ..Rule::NONE
    },
    Rule {
        id: "CII-DT-033",
        terms: &["BT-130"],
        message: Phrase::new(
            "Diese Menge hat eine Einheit (unitCode), obwohl keine berechnete Menge (BT-129) der Rechnung eine hat.",
            "This quantity has a unit (unitCode), although no billed quantity (BT-129) of the invoice has one.",
        ),
        repair: Phrase::new(
            "Die Einheit (BT-130) bei der berechneten Menge angeben oder hier weglassen.",
            "Give the unit (BT-130) with the billed quantity, or leave it out here.",
        ),
        cii: &[Binding::new(&QUANTITY, |facts, n| Ok(n.attr("unitCode").is_none() || billed_in_units(facts)))],
        ..Rule::NONE
    },
    Rule {
        id: "CII-DT-037",
        message: Phrase::new(
            "Die Steuerart ist nicht „VAT“. EN 16931 kennt nur die Umsatzsteuer.",
            "The type of tax is not \"VAT\". EN 16931 knows no other tax.",
        ),
        repair: Phrase::new("ram:TypeCode auf „VAT“ setzen.", "Set ram:TypeCode to \"VAT\"."),
        cii: &[Binding::new(&TAX, |_, n| Ok(!n.has(TYPE) || n.any_text(TYPE, "VAT")))],
        ..Rule::NONE
    },
    Rule {
        id: "CII-DT-041",
        severity: Severity::Warning,
        terms: &["BT-116"],
        message: Phrase::new(
            "Eine Bemessungsgrundlage (ram:BasisAmount) ist außerhalb der Umsatzsteueraufschlüsselung (BG-23) nicht vorgesehen.",
            "A taxable amount (ram:BasisAmount) is not meant to be outside the VAT breakdown (BG-23).",
        ),
        repair: Phrase::new("Die Angabe weglassen.", "Leave it out."),
        cii: &[Binding::new(&TAX, |_, n| Ok(!n.has(path!(ram:BasisAmount)) || in_settlement(n)))],
        ..Rule::NONE
    },
    Rule {
        id: "CII-DT-052",
        severity: Severity::Warning,
        terms: &["BT-121"],
        message: Phrase::new(
            "Ein Code für die Steuerbefreiung (ram:ExemptionReasonCode) ist bei dieser Steuer nicht vorgesehen.",
            "An exemption reason code (ram:ExemptionReasonCode) is not meant to be with this tax.",
        ),
        repair: Phrase::new("Die Angabe weglassen.", "Leave it out."),
        cii: &[Binding::new(&TAX, |_, n| {
            Ok(!n.has(path!(ram:ExemptionReasonCode)) || n.name() == ram::ApplicableTradeTax)
        })],
        ..Rule::NONE
    },
    Rule {
        id: "CII-DT-054",
        severity: Severity::Warning,
        terms: &["BT-7"],
        message: Phrase::new(
            "Ein Zeitpunkt der Steuerschuld (ram:TaxPointDate) ist außerhalb der Umsatzsteueraufschlüsselung (BG-23) nicht vorgesehen.",
            "A tax point date (ram:TaxPointDate) is not meant to be outside the VAT breakdown (BG-23).",
        ),
        repair: Phrase::new("Die Angabe weglassen.", "Leave it out."),
        cii: &[Binding::new(&TAX, |_, n| Ok(!n.has(path!(ram:TaxPointDate)) || in_settlement(n)))],
        ..Rule::NONE
    },
    Rule {
        id: "CII-DT-058",
        severity: Severity::Warning,
        terms: &["BT-8"],
        message: Phrase::new(
            "Ein Code für den Zeitpunkt der Steuerschuld (ram:DueDateTypeCode) ist außerhalb der Umsatzsteueraufschlüsselung (BG-23) nicht vorgesehen.",
            "A tax point date code (ram:DueDateTypeCode) is not meant to be outside the VAT breakdown (BG-23).",
        ),
        repair: Phrase::new("Die Angabe weglassen.", "Leave it out."),
        cii: &[Binding::new(&TAX, |_, n| Ok(!n.has(path!(ram:DueDateTypeCode)) || in_settlement(n)))],
        ..Rule::NONE
    },
    Rule {
        id: "CII-DT-097",
        message: Phrase::new(
            "Das Datum ist nicht als JJJJMMTT geschrieben, wie es das Format 102 verlangt, oder Monat oder Tag gibt es nicht.",
            "The date is not written as YYYYMMDD, as format 102 demands, or there is no such month or day.",
        ),
        repair: Phrase::new(
            "Das Datum mit acht Ziffern schreiben, zum Beispiel 20260731.",
            "Write the date with eight digits, for example 20260731.",
        ),
        cii: &[Binding::new(&DATE, |_, n| Ok(is_date_102(&n.text())))],
        ..Rule::NONE
    },
    Rule {
        id: "CII-DT-098",
        severity: Severity::Warning,
        terms: &["BT-120"],
        message: Phrase::new(
            "Ein Grund der Steuerbefreiung (ram:ExemptionReason) ist bei dieser Steuer nicht vorgesehen.",
            "An exemption reason (ram:ExemptionReason) is not meant to be with this tax.",
        ),
        repair: Phrase::new("Die Angabe weglassen.", "Leave it out."),
        cii: &[Binding::new(
            &TAX,
            |_, n| Ok(!n.has(path!(ram:ExemptionReason)) || n.name() == ram::ApplicableTradeTax),
        )],
        ..Rule::NONE
    },
];

/// There is a discount with an amount, or there is neither an indicator nor an amount. The official
/// processor looks for the amount first; only with one does it read the indicators as booleans.
fn price_discount_is_whole(agreement: Element<'_>) -> Eval<bool> {
    let indicators = path!(ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge/ram:ChargeIndicator);
    if !agreement.has(path!(ram:GrossPriceProductTradePrice/ram:AppliedTradeAllowanceCharge/ram:ActualAmount)) {
        return Ok(!agreement.has(indicators));
    }
    for indicator in agreement.select(indicators) {
        if indicator.any_bool(path!(udt:Indicator), false)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Every credit transfer has an account. The official processor looks for the account first and
/// goes through all payment means: a repeated type code breaks off wherever no account is.
fn credit_transfers_have_account(settlement: Element<'_>) -> Eval<bool> {
    let mut all = true;
    for means in settlement.kids(PAYMENT_MEANS) {
        if !means.has(path!(ram:PayeePartyCreditorFinancialAccount/ram:IBANID))
            && !means.has(path!(ram:PayeePartyCreditorFinancialAccount/ram:ProprietaryID))
        {
            all &= !matches!(&*means.norm(TYPE)?, "30" | "58");
        }
    }
    Ok(all)
}

/// How many references of a document type there are below an element, or children of such.
fn count_of_type(parent: Element<'_>, code: &str, child: Option<Name>) -> Eval<usize> {
    let mut count = 0;
    for reference in parent.kids(ram::AdditionalReferencedDocument) {
        if reference.norm(TYPE)? == code {
            count += child.map_or(1, |child| reference.kids(child).count());
        }
    }
    Ok(count)
}

/// `ancestor::ram:ApplicableHeaderTradeSettlement`.
fn in_settlement(element: Element<'_>) -> bool {
    element.ancestors().any(|around| around.name() == ram::ApplicableHeaderTradeSettlement)
}

/// Four digits, a month from 01 to 12 and a day from 01 to 31, with white space around. The official
/// pattern takes the digits of any script for the year, and only ASCII ones for the rest.
fn is_date_102(text: &str) -> bool {
    let mut chars = trim(text).chars();
    let year = chars.by_ref().take(4).filter(|c| is_decimal_digit(*c)).count() == 4;
    let [month, month_unit, day, day_unit] = chars.as_str().as_bytes() else { return false };
    let month = matches!((month, month_unit), (b'1', b'0'..=b'2') | (b'0', b'1'..=b'9'));
    let day = matches!((day, day_unit), (b'3', b'0' | b'1') | (b'1' | b'2', b'0'..=b'9') | (b'0', b'1'..=b'9'));
    year && month && day
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_format_102() {
        for date in ["20260731", " 20260731\n", "00000101", "२०२६0731", "20261231", "20260229"] {
            assert!(is_date_102(date), "{date}");
        }
        for date in [
            "",
            "2026073",
            "202607310",
            "20260732",
            "20261301",
            "20260001",
            "2026 0731",
            "2026-07-31",
            "202607३1",
            "x2026073",
        ] {
            assert!(!is_date_102(date), "{date}");
        }
    }
}

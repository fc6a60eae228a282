//! What payment instructions must state (BG-16 to BG-18).

use vir_core::{Actor, Phrase, Severity};

use super::{cii, ubl};
use crate::path;
use crate::rules::eval::{XPath, or};
use crate::rules::{Binding, Release, Rule, Shape};

/// BR-49 to BR-51 and BR-61. BR-51 stands twice: its severity differs between the syntaxes.
pub static RULES: &[Rule] = &[
    Rule {
        id: "BR-49",
        terms: &["BT-81", "BG-16"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Bei den Zahlungsangaben (BG-16) fehlt der Code der Zahlungsart (BT-81).",
            "The payment instructions (BG-16) lack the code of the payment means (BT-81).",
        ),
        repair: Phrase::new(
            "Den Code der Zahlungsart ergänzen, zum Beispiel 58 für eine SEPA-Überweisung.",
            "Add the code of the payment means, for example 58 for a SEPA credit transfer.",
        ),
        ubl: &[Binding::shape(&ubl::PAYMENT, Shape::Required("cbc:PaymentMeansCode"))],
        cii: &[Binding::shape(&cii::PAYMENT, Shape::Required("ram:TypeCode"))],
        ..Rule::NONE
    },
    Rule {
        id: "BR-50",
        terms: &["BT-84", "BG-17"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Für die Überweisung (BG-17) fehlt das Konto (BT-84).",
            "The credit transfer (BG-17) has no account (BT-84).",
        ),
        repair: ACCOUNT,
        ubl: &[Binding::new(&ubl::CREDIT_TRANSFER, |_, n| n.states(path!(cbc:ID)))],
        cii: &[Binding::new(&cii::CREDIT_TRANSFER, |facts, n| {
            let (iban, other) = (path!(ram:IBANID), path!(ram:ProprietaryID));
            if facts.release < Release::R2026_07 {
                return Ok(n.has(iban) || n.has(other));
            }
            or(|| n.states(iban), || n.states(other))
        })],
        ..Rule::NONE
    },
    Rule {
        severity: Severity::Warning,
        ubl: &[Binding::new(&ubl::CARD_NUMBER, |_, n| Ok(n.norm_self().chars().count() <= 10))],
        ..CARD_NUMBER
    },
    Rule {
        cii: &[Binding::new(&cii::CARD, |facts, n| {
            let number =
                if facts.release < Release::R2026_07 { n.string(path!(ram:ID))? } else { n.norm(path!(ram:ID))? };
            Ok(number.chars().count() <= 10)
        })
        .at(path!(ram:ID))],
        ..CARD_NUMBER
    },
    Rule {
        id: "BR-61",
        terms: &["BT-84", "BT-81"],
        actor: Actor::Issuer,
        message: Phrase::new(
            "Als Zahlungsart ist eine Überweisung angegeben (BT-81), aber kein Konto (BT-84).",
            "The payment means is a credit transfer (BT-81), but no account is stated (BT-84).",
        ),
        repair: ACCOUNT,
        ubl: &[Binding::new(&ubl::PAYMENT, |_, n| {
            let is_transfer = matches!(&*n.norm(path!(cbc:PaymentMeansCode))?, "30" | "58");
            Ok(!is_transfer || n.has(path!(cac:PayeeFinancialAccount/cbc:ID)))
        })],
        cii: &[Binding::new(&cii::CREDIT_TRANSFER, |_, n| {
            Ok(n.has(path!(ram:IBANID)) || n.has(path!(ram:ProprietaryID)))
        })],
        ..Rule::NONE
    },
];

const CARD_NUMBER: Rule = Rule {
    id: "BR-51",
    terms: &["BT-87"],
    actor: Actor::Issuer,
    message: Phrase::new(
        "Die Nummer der Zahlungskarte (BT-87) hat mehr als zehn Stellen; sie darf nie vollständig in der Rechnung stehen.",
        "The number of the payment card (BT-87) has more than ten digits; it must never stand in full in an invoice.",
    ),
    repair: Phrase::new(
        "Nur die letzten vier (höchstens die ersten sechs und die letzten vier) Ziffern der Kartennummer angeben.",
        "State only the last four digits of the card number (at most the first six and the last four).",
    ),
    ..Rule::NONE
};

const ACCOUNT: Phrase = Phrase::new(
    "Das Konto des Zahlungsempfängers angeben, bei SEPA-Überweisungen die IBAN.",
    "State the payee's account, for SEPA credit transfers the IBAN.",
);

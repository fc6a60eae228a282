//! BR-nn: fields that must be there.

use vir_core::{Actor, Phrase, Severity};

use super::{cii, ubl};
use crate::path;
use crate::rules::eval::XPath;
use crate::rules::{Binding, Releases, Rule};

/// BR-01 to BR-65.
pub static RULES: &[Rule] = &[Rule {
    id: "BR-01",
    severity: Severity::Error,
    terms: &["BT-24"],
    actor: Actor::Software,
    message: Phrase::new(
        "Die Spezifikationskennung (BT-24) fehlt; ohne sie ist nicht bestimmt, nach welchen Regeln geprüft wird.",
        "The specification identifier (BT-24) is missing; without it nobody knows which rules apply.",
    ),
    repair: Phrase::new(
        "In der Rechnungssoftware das Format (zum Beispiel XRechnung 3.0) einstellen und die Rechnung neu ausgeben.",
        "Choose the format (for example XRechnung 3.0) in the invoicing software and export the invoice again.",
    ),
    releases: Releases::ALL,
    ubl: &[Binding::new(&ubl::DOCUMENT, |_, n| Ok(!n.norm(path!(cbc:CustomizationID))?.is_empty()))],
    cii: &[Binding::new(&cii::DOCUMENT, |_, n| {
        Ok(!n
            .norm(path!(rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID))?
            .is_empty())
    })],
}];

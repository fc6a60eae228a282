//! Names for people: severities, actors, layers, business terms.

use vir_core::{Actor, Lang, Severity};
use vir_invoice::model::{Bg, Bt};

use crate::language::say;

/// The severity in a word.
pub fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => say("Fehler", "error"),
        Severity::Warning => say("Warnung", "warning"),
        Severity::Information => say("Hinweis", "note"),
    }
}

/// So many of a severity: `1 Fehler`, `3 Warnungen`.
pub fn counted(count: usize, severity: Severity) -> String {
    let word = match (severity, count) {
        (_, 1) => severity_word(severity),
        (Severity::Error, _) => say("Fehler", "errors"),
        (Severity::Warning, _) => say("Warnungen", "warnings"),
        (Severity::Information, _) => say("Hinweise", "notes"),
    };
    format!("{count} {word}")
}

/// The severity's name in reports.
pub fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Information => "information",
    }
}

/// The actor's name in reports.
pub fn actor_name(actor: Actor) -> &'static str {
    match actor {
        Actor::Software => "software",
        Actor::Issuer => "issuer",
        Actor::Buyer => "buyer",
    }
}

/// Who has to act, in words.
pub fn actor_title(actor: Actor) -> &'static str {
    match actor {
        Actor::Software => {
            say("Zu beheben in der Software des Rechnungsstellers", "To be repaired in the issuer's software")
        }
        Actor::Issuer => say("Zu beheben vom Rechnungssteller", "To be repaired by the issuer"),
        Actor::Buyer => say("Zu klären vom Rechnungsempfänger", "To be settled by the buyer"),
    }
}

/// The layer that a rule comes from, in words.
pub fn layer_title(layer: &str) -> &str {
    match layer {
        "schema" => say("Aufbau", "structure"),
        "en16931" => "EN 16931",
        "xrechnung" => "XRechnung",
        "peppol" => "Peppol",
        other => other,
    }
}

/// The name of a business term or group: `BT-106`.
pub fn term_name(id: &str, lang: Lang) -> Option<&'static str> {
    Bt::from_id(id).map(|term| term.name(lang)).or_else(|| Bg::from_id(id).map(|group| group.name(lang)))
}

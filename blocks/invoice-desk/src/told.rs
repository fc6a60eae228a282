//! What webhooks can be told of.
//!
//! Invariant: every kind here is published by the desk; [`crate::workflow`] publishes `invoice.` and
//! the code of each decision.

use vir_core::Phrase;

/// Kinds of events, and what they say.
pub const EVENTS: &[(&str, Phrase)] = &[
    ("invoice.received", Phrase::new("Rechnung eingegangen", "Invoice received")),
    ("invoice.code", Phrase::new("Rechnung kontiert", "Invoice coded")),
    ("invoice.certify_substance", Phrase::new("Sachlich richtig festgestellt", "Certified for substance")),
    ("invoice.certify_arithmetic", Phrase::new("Rechnerisch richtig festgestellt", "Certified for arithmetic")),
    ("invoice.order", Phrase::new("Zahlung angeordnet", "Payment ordered")),
    ("invoice.hand_over", Phrase::new("An das Finanzverfahren übergeben", "Handed over to the finance system")),
    ("invoice.hand_over_failed", Phrase::new("Übergabe gescheitert", "Hand-over failed")),
    ("invoice.pay", Phrase::new("Rechnung bezahlt", "Invoice paid")),
    ("invoice.reject", Phrase::new("Rechnung zurückgewiesen", "Invoice rejected")),
    ("invoice.hold", Phrase::new("Rechnung angehalten", "Invoice put on hold")),
    ("invoice.duplicate_decided", Phrase::new("Über eine Dublette entschieden", "Duplicate decided on")),
];

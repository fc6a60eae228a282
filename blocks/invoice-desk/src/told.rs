//! What webhooks can be told of: every kind of event that the desk publishes, with the shape of its JSON.
//!
//! The page of the handbook about events is made from this list, and `tests/it/told.rs` looks for a `publish` that is
//! missing here.
//!
//! Invariant: every kind here is published by the desk, and the desk publishes none that is not here.

use std::fmt::Write as _;

use vir_core::{Lang, Phrase};

macro_rules! told {
    ($($kind:literal $de:literal $en:literal $shape:literal;)+) => {
        /// Kinds of events, and what they say.
        pub const EVENTS: &[(&str, Phrase)] = &[$(($kind, Phrase::new($de, $en))),+];

        /// The JSON of each kind: the names of its members, each with its type. A question mark: may be null.
        pub const SHAPES: &[(&str, &str)] = &[$(($kind, $shape)),+];
    };
}

// What each decision says; see `crate::workflow::decide`.
macro_rules! told_with_decisions {
    ({ $($kind:literal $de:literal $en:literal;)+ } $($rest:tt)+) => {
        told! {
            $($kind $de $en r#"{"invoice_id": "text", "kind": "text", "by": "text", "for": "text?", "version": 0, "from": "text", "to": "text", "reason": "text?", "warnings": "text?", "voucher": "text?", "unit": "text?"}"#;)+
            $($rest)+
        }
    };
}

told_with_decisions! {
    {
    "invoice.code" "Rechnung kontiert" "Invoice coded";
    "invoice.reduce" "Rechnung gekürzt" "Invoice reduced";
    "invoice.certify_substance" "Sachlich richtig festgestellt" "Certified for substance";
    "invoice.certify_arithmetic" "Rechnerisch richtig festgestellt" "Certified for arithmetic";
    "invoice.order_first" "Anordnung als erste Person unterzeichnet" "Payment order signed first";
    "invoice.order" "Zahlung angeordnet" "Payment ordered";
    "invoice.hand_over" "An das Finanzverfahren übergeben" "Handed over to the finance system";
    "invoice.hand_over_failed" "Übergabe gescheitert" "Hand-over failed";
    "invoice.pay" "Rechnung bezahlt" "Invoice paid";
    "invoice.close" "Rechnung abgeschlossen" "Invoice closed";
    "invoice.return" "Rechnung zurückgegeben" "Invoice returned";
    "invoice.hold" "Rechnung angehalten" "Invoice put on hold";
    "invoice.release" "Rechnung fortgesetzt" "Invoice released";
    "invoice.reject" "Rechnung zurückgewiesen" "Invoice rejected";
    "invoice.reopen" "Rechnung wieder aufgenommen" "Invoice reopened";
    "invoice.quarantine" "Rechnung in Quarantäne gestellt" "Invoice quarantined";
    "invoice.accept" "Rechnung aus der Quarantäne genommen" "Invoice taken out of quarantine";
    "invoice.forward" "Rechnung an eine andere Stelle weitergegeben" "Invoice forwarded to another unit";
    }
    "invoice.received" "Rechnung eingegangen" "Invoice received" r#"{"id": "text", "invoice_id": "text", "channel": "text", "direction": "text", "state": "text", "kind": "text", "unit": "text?", "verdict": "text?", "duplicate_of": "text?"}"#;
    "invoice.typed_in" "Angaben einer Rechnung abgeschrieben" "What an invoice says was typed in" r#"{"id": "text", "invoice_id": "text"}"#;
    "invoice.duplicate_decided" "Über eine Dublette entschieden" "Duplicate decided on" r#"{"id": "text", "invoice_id": "text", "decision": "text"}"#;
    "invoice.assign" "Rechnung jemandem zugewiesen" "Invoice assigned to somebody" r#"{"invoice_id": "text", "person": "text?", "group": "text?", "name": "text?", "note": "text?", "by": "text?"}"#;
    "invoice.comment" "Kommentar geschrieben" "Comment written" r#"{"invoice_id": "text", "comment_id": "text", "by": "text", "mentioned": ["text"]}"#;
    "invoice.query" "Beim Lieferanten nachgefragt" "Supplier asked" r#"{"invoice_id": "text", "comment_id": "text", "by": "text", "to": "text", "subject": "text", "text": "text"}"#;
    "invoice.answer" "Antwort des Lieferanten eingegangen" "Supplier has answered" r#"{"invoice_id": "text", "comment_id": "text"}"#;
    "invoice.notice" "Lieferanten über die Zurückweisung benachrichtigt" "Supplier told of the rejection" r#"{"invoice_id": "text", "comment_id": "text", "by": "text", "to": "text", "subject": "text", "text": "text"}"#;
    "invoice.reminder" "An einen Schritt erinnert" "Somebody was reminded of a step" r#"{"invoice_id": "text", "state": "text", "unit": "text?", "push": "text", "permission": "text", "since": "text", "light": "text?"}"#;
    "invoice.link" "Rechnungen verbunden" "Invoices linked" r#"{"invoice_id": "text", "other": "text", "kind": "text", "by": "text?"}"#;
    "invoice.unlink" "Verbindung von Rechnungen gelöst" "Link of invoices removed" r#"{"invoice_id": "text", "other": "text", "kind": "text", "by": "text"}"#;
    "mail.quarantined" "E-Mail in Quarantäne" "Mail in quarantine" r#"{"mail_id": "text", "reason": "text?"}"#;
    "payment_run.created" "Zahlungslauf angelegt" "Payment run created" r#"{"run": "text", "number": 0, "messageId": "text", "totalCents": 0, "transfers": 0, "invoices": 0}"#;
    "payment_run.sent" "Zahlungslauf an die Bank gegeben" "Payment run given to the bank" r#"{"run": "text", "messageId": "text"}"#;
    "payment_run.cancelled" "Zahlungslauf zurückgezogen" "Payment run cancelled" r#"{"run": "text", "reason": "text"}"#;
    "posting_batch.created" "Buchungsstapel erstellt" "Posting batch created" r#"{"batch": "text", "number": 0, "invoices": 0, "postings": 0, "sumCents": 0}"#;
    "own_invoice.issued" "Eigene Rechnung ausgestellt" "Own invoice issued" r#"{"id": "text", "number": "text", "totalCents": 0}"#;
    "own_invoice.sent" "Eigene Rechnung versendet" "Own invoice sent" r#"{"id": "text", "number": "text?"}"#;
    "own_invoice.paid" "Eigene Rechnung bezahlt" "Own invoice paid" r#"{"id": "text", "number": "text?"}"#;
}

/// The JSON shape of a kind.
#[must_use]
pub fn shape(kind: &str) -> Option<&'static str> {
    SHAPES.iter().find(|(known, _)| *known == kind).map(|(_, shape)| *shape)
}

/// The handbook's page about events, in German.
#[must_use]
pub fn handbook() -> String {
    let mut page = String::from(
        "# Ereignisse\n\nWas das Programm anderen Programmen über Webhooks meldet. Ein Webhook wird unter „Verwaltung“ → \
         „Webhooks“ angelegt; jede Meldung ist nach Standard Webhooks unterschrieben und wird wiederholt, bis sie \
         angenommen ist. Felder kommen hinzu, keines wird umbenannt oder entfernt. `text?` heißt: kann `null` sein. \
         Beträge sind Cent.\n\n*Diese Seite wird aus dem Programm erzeugt.*\n",
    );
    for (kind, says) in EVENTS {
        let shape = shape(kind).unwrap_or_default();
        // Writing to a text never fails.
        let _ = write!(page, "\n## `{kind}`\n\n{}.\n\n```json\n{shape}\n```\n", says.get(Lang::De));
    }
    page
}

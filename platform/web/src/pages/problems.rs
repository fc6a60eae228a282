//! What the problem documents of the API mean: the target of their `type`.
//!
//! Invariant: every code of [`crate::AppError`] stands here.

use maud::html;
use vir_core::Text;

use crate::parts::{Column, table};
use crate::{Answer, Page, Visitor, page};

/// The codes, their status, and what they mean to a program.
pub(crate) const CODES: &[(&str, u16, Text)] = &[
    (
        "bad-request",
        400,
        Text::new(
            "Die Anfrage hat die falsche Form; sie wird auch beim nächsten Mal abgelehnt.",
            "The request has the wrong form; it will be refused again.",
        ),
    ),
    (
        "unauthenticated",
        401,
        Text::new(
            "Token oder Sitzung fehlt, ist abgelaufen oder gesperrt.",
            "Token or session is missing, expired or blocked.",
        ),
    ),
    ("forbidden", 403, Text::new("Das Recht dazu fehlt.", "The permission is missing.")),
    (
        "foreign-form",
        403,
        Text::new(
            "Das Formular oder der Kopf x-csrf-token gehört nicht zur Sitzung.",
            "The form or the header x-csrf-token does not belong to the session.",
        ),
    ),
    ("not-found", 404, Text::new("Es gibt dies nicht, oder nicht für Sie.", "It does not exist, or not for you.")),
    (
        "method-not-allowed",
        405,
        Text::new(
            "Diese Adresse nimmt andere Methoden an; siehe Kopf „Allow“.",
            "This address takes other methods; see the header Allow.",
        ),
    ),
    ("conflict", 409, Text::new("Der Zustand lässt es nicht zu.", "The state does not allow it.")),
    (
        "idempotency-running",
        409,
        Text::new(
            "Dieselbe Anfrage wird gerade bearbeitet; später erneut senden.",
            "The same request is under way; send it again later.",
        ),
    ),
    (
        "stale",
        412,
        Text::new(
            "Inzwischen geändert: neu lesen und mit der neuen Version (If-Match) wiederholen.",
            "Changed in the meantime: read again and repeat with the new version (If-Match).",
        ),
    ),
    ("too-large", 413, Text::new("Mehr, als angenommen wird.", "More than is accepted.")),
    (
        "unsupported-media-type",
        415,
        Text::new("Diese Form der Daten wird nicht angenommen.", "This form of data is not accepted."),
    ),
    (
        "invalid",
        422,
        Text::new(
            "Felder fehlen oder sind falsch; „errors“ nennt sie.",
            "Fields are missing or wrong; \"errors\" names them.",
        ),
    ),
    (
        "idempotency-reused",
        422,
        Text::new(
            "Der Idempotency-Key wurde schon für eine andere Anfrage benutzt.",
            "The Idempotency-Key was already used for another request.",
        ),
    ),
    (
        "version-required",
        428,
        Text::new(
            "Änderungen brauchen die Version im Kopf „If-Match“.",
            "Changes need the version in the header If-Match.",
        ),
    ),
    (
        "too-many",
        429,
        Text::new(
            "Zu viele Anfragen; „Retry-After“ sagt, wann es weitergeht.",
            "Too many requests; Retry-After says when to go on.",
        ),
    ),
    (
        "internal",
        500,
        Text::new(
            "Ein Fehler des Servers; bitte mit „request_id“ melden.",
            "A fault of the server; please report it with request_id.",
        ),
    ),
    (
        "unavailable",
        503,
        Text::new(
            "Gerade ausgelastet oder im Neustart; nichts wurde gespeichert.",
            "Busy or restarting; nothing was stored.",
        ),
    ),
    (
        "timeout",
        503,
        Text::new(
            "Es hat zu lange gedauert; ob gespeichert wurde, zeigt eine Wiederholung mit demselben Idempotency-Key.",
            "It took too long; repeat with the same Idempotency-Key to see whether it was stored.",
        ),
    ),
];

pub(super) async fn show(visitor: Visitor) -> Answer {
    let lang = visitor.lang;
    let mut codes = table(lang, "codes", lang.tr("Codes der Fehlermeldungen", "Codes of problems"))
        .columns([
            Column::text("code").class("shrink"),
            Column::number("Status").class("shrink"),
            Column::text(lang.tr("Bedeutung", "Meaning")),
        ])
        .loose()
        .hide_caption();
    for (code, status, meaning) in CODES {
        codes = codes.row([html! { code id=(code) { (code) } }, html! { (status) }, html! { (meaning.get(lang)) }]);
    }
    let body = html! {
        div.stack {
            p { (lang.tr(
                "Die API antwortet auf Fehler mit einem Dokument nach RFC 9457 (application/problem+json). Verlassen Sie sich auf „code“; die Texte können sich ändern.",
                "The API answers errors with a document after RFC 9457 (application/problem+json). Rely on \"code\"; texts may change.",
            )) }
            (codes)
        }
    };
    Ok(page(&visitor, Page::new(lang.tr("Fehlermeldungen der API", "Problems of the API")).crumb("/api", "API"), body))
}

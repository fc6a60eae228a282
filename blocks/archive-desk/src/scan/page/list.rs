//! The batches.
//!
//! Invariant: what waits for somebody stands out by its state.

use serde::Deserialize;
use vir_store::Tx;
use vir_web::format::{count, time_element};
use vir_web::parts::{Choice, Column, Icon, Row, empty_state, filter_bar, link_button, select, table};
use vir_web::{Answer, Caller, Page, Query, html, page};

use super::{SECTION, state_badge, views};
use crate::permissions::SCAN;
use crate::scan::batch;

/// How many are shown.
const MOST: i64 = 200;
const STATES: [&str; 8] =
    ["received", "scanning", "review", "approved", "noted", "deposited", "destroyed", "cancelled"];

#[derive(Deserialize)]
pub(super) struct Filter {
    #[serde(default)]
    state: String,
}

pub(super) async fn show(caller: Caller, Query(filter): Query<Filter>) -> Answer {
    caller.require_anywhere(SCAN)?;
    let lang = caller.lang;
    let state = STATES.into_iter().find(|state| *state == filter.state);
    let read = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { batch::list(tx, state, MOST).await }));
    let batches = read.await?;
    let names = lang.tr(
        [
            "eingegangen",
            "wird gescannt",
            "in Qualitätssicherung",
            "geprüft",
            "mit Transfervermerk",
            "abgelegt",
            "Papier vernichtet",
            "abgebrochen",
        ],
        [
            "received",
            "being scanned",
            "in quality assurance",
            "approved",
            "noted",
            "deposited",
            "paper destroyed",
            "cancelled",
        ],
    );
    let choices: Vec<Choice> = STATES.iter().zip(names).map(|(state, name)| Choice::new(*state, name)).collect();
    let columns = [
        Column::text(lang.tr("Stapel", "Batch")),
        Column::text(lang.tr("Zustand", "State")),
        Column::text(lang.tr("Klasse", "Class")),
        Column::number(lang.tr("Seiten", "Pages")),
        Column::text(lang.tr("Gescannt von", "Scanned by")),
        Column::text(lang.tr("Geändert", "Changed")),
    ];
    let rows = batches.iter().map(|listed| {
        let stored = &listed.stored;
        Row::new([
            html! { a href={ "/scannen/" (stored.id) } { (stored.title) } },
            html! { (state_badge(stored, &listed.state, lang)) },
            html! { (stored.class.as_deref().unwrap_or("–")) },
            html! { (count(u64::try_from(listed.pages).unwrap_or(0), lang)) },
            html! { @if stored.creator_name.is_empty() { "–" } @else { (stored.creator_name) } },
            html! { (time_element(stored.changed_at, lang)) },
        ])
    });
    let body = html! {
        (views(lang, "/scannen"))
        @if batches.is_empty() && state.is_none() {
            (empty_state(
                lang.tr("Noch keine Stapel", "No batches yet"),
                lang.tr(
                    "Laden Sie gescannte Seiten hoch (TIFF, JPEG oder PDF), legen Sie sie in den überwachten Ordner, oder lassen Sie ein Gerät sie senden.",
                    "Upload scanned pages (TIFF, JPEG or PDF), put them into the watched folder, or have a device send them.",
                ),
                &html! { (link_button("/scannen/neu", lang.tr("Stapel hochladen", "Upload a batch")).primary().icon(Icon::Upload)) },
            ))
        } @else {
            (filter_bar(lang.tr("Stapel filtern", "Filter batches"), "/scannen", "scan-batches", &html! {
                (select(lang, "state", lang.tr("Zustand", "State"), &choices).value(state.unwrap_or_default()).empty(lang.tr("alle", "all")))
            }))
            @if batches.is_empty() {
                (empty_state(
                    lang.tr("Keine Stapel in diesem Zustand", "No batches in this state"),
                    lang.tr("Wählen Sie einen anderen Zustand.", "Choose another state."),
                    &html! {},
                ))
            } @else {
                (table(lang, "scan-batches", lang.tr("Stapel, zuletzt geänderte zuerst", "Batches, changed last first")).columns(columns).rows(rows))
            }
        }
    };
    let frame = Page::new(lang.tr("Scannen", "Scanning"))
        .section(SECTION)
        .lead(lang.tr("Papier wird zur Akte, nach BSI TR-03138 (RESISCAN).", "Paper becomes a record, after BSI TR-03138 (RESISCAN)."))
        .actions(html! { (link_button("/scannen/neu", lang.tr("Stapel hochladen", "Upload a batch")).primary().icon(Icon::Upload)) });
    Ok(page(&caller, frame, body))
}

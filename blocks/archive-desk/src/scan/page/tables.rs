//! The tables of a batch: its documents, pages and files, and what happened.
//!
//! Invariant: nothing is left out without saying so.

use vir_archive::moment::Moment;
use vir_archive::scan::batch::{Batch, Command, Logged};
use vir_auth::Directory;
use vir_core::Lang;
use vir_web::format::{bytes, time_element};
use vir_web::parts::{self, Column, Row, Tone, table};
use vir_web::{AppError, Markup, html};

use crate::pages;
use crate::scan::batch::Stored;
use crate::scan::note::Made;

/// How many pages are listed.
const MOST_PAGES: usize = 500;

pub(super) fn documents_table(stored: &Stored, documents: &[Made], lang: Lang) -> Markup {
    if documents.is_empty() {
        return html! {};
    }
    let rows = documents.iter().map(|made| {
        Row::new([
            html! { (lang.tr("Dokument", "Document")) " " (made.no + 1) },
            html! { (made.pages) @if let Some(target) = made.target { " " (lang.tr("von", "of")) " " (target) } },
            html! { @if made.is_whole() { "–" } @else { (parts::badge(Tone::Careful, lang.tr("Zahl weicht ab", "number differs"))) } },
            html! {
                @match (&made.blob, &made.document, &stored.record) {
                    (Some(_), ..) => { a href={ "/scannen/" (stored.id) "/dokumente/" (made.no + 1) } { "PDF/A" }
                        @if let Some(size) = made.size { " (" (bytes(u64::try_from(size).unwrap_or(0), lang)) ")" } }
                    (None, Some(document), Some(record)) => { a href={ "/akten/" (record) "/dokumente/" (document) } { (lang.tr("in der Akte", "in the record")) } }
                    _ => { "–" }
                }
            },
        ])
    });
    let columns = [
        Column::text(lang.tr("Dokument", "Document")),
        Column::number(lang.tr("Seiten", "Pages")),
        Column::text(lang.tr("Hinweis", "Note")),
        Column::text(lang.tr("Datei", "File")),
    ];
    html! { (table(lang, "scan-documents", lang.tr("Dokumente", "Documents")).columns(columns).rows(rows)) }
}

pub(super) fn pages_table(stored: &Stored, batch: &Batch, lang: Lang) -> Markup {
    if batch.pages.is_empty() {
        return html! {};
    }
    let rows = batch.pages.iter().take(MOST_PAGES).enumerate().map(|(at, page)| {
        let position = u32::try_from(at).unwrap_or(u32::MAX);
        let check = match batch.checked.get(&position) {
            Some(true) => parts::badge(Tone::Good, lang.tr("in Ordnung", "all right")),
            Some(false) => parts::badge(Tone::Bad, lang.tr("neu scannen", "scan again")),
            None if batch.drawn.contains(&position) => parts::badge(Tone::Careful, lang.tr("zu prüfen", "to be checked")),
            None => html! { "–" },
        };
        let compression = serde_json::to_value(page.compression).unwrap_or_default();
        Row::new([
            html! { @if batch.raw_discarded { (at + 1) } @else { a href={ "/scannen/" (stored.id) "/pruefen?seite=" (at + 1) } { (lang.tr("Seite", "Page")) " " (at + 1) } } },
            check,
            html! { @match page.dpi { Some(dpi) => { (dpi) " dpi" } None => { "–" } } },
            html! { (compression.as_str().unwrap_or("–")) },
        ])
    });
    let columns = [
        Column::text(lang.tr("Seite", "Page")),
        Column::text(lang.tr("Prüfung", "Check")),
        Column::number(lang.tr("Auflösung", "Resolution")),
        Column::text(lang.tr("Verdichtung", "Compression")),
    ];
    html! {
        (table(lang, "scan-pages", lang.tr("Seiten", "Pages")).columns(columns).rows(rows))
        @if batch.pages.len() > MOST_PAGES {
            p.small { (lang.tr(format!("Gezeigt sind die ersten {MOST_PAGES} Seiten."), format!("Shown are the first {MOST_PAGES} pages."))) }
        }
    }
}

pub(super) fn files_table(files: &[vir_store::Row], lang: Lang) -> Result<Markup, AppError> {
    let mut rows = Vec::new();
    for file in files {
        let trouble: Option<(String, String)> = file
            .optional_text("trouble")?
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(AppError::internal)?;
        let size = u64::try_from(file.int("size_bytes")?).unwrap_or(0);
        rows.push(Row::new([
            html! { (file.text("file_name")?) },
            html! { (bytes(size, lang)) },
            html! {
                @match (&trouble, file.bool("is_read")?) {
                    (Some((de, en)), _) => { (parts::badge(Tone::Bad, lang.tr("nicht angenommen", "not taken"))) " " (lang.tr(de, en)) }
                    (None, true) => { (lang.tr("gelesen", "read")) }
                    (None, false) => { (lang.tr("wartet", "waits")) }
                }
            },
        ]));
    }
    let columns = [
        Column::text(lang.tr("Datei", "File")),
        Column::number(lang.tr("Größe", "Size")),
        Column::text(lang.tr("Stand", "State")),
    ];
    Ok(
        html! { (table(lang, "scan-files", lang.tr("Dateien des Scanners", "The scanner's files")).columns(columns).rows(rows)) },
    )
}

/// What happened, in words; pages that were added are summed up.
pub(super) fn log(stored: &Stored, directory: &Directory, lang: Lang) -> Markup {
    let mut lines: Vec<(&Logged, String)> = Vec::new();
    for logged in &stored.history {
        let words = super::steps::words(logged, lang);
        let again = |(before, said): &(&Logged, String)| before.who == logged.who && *said == words;
        if matches!(logged.command, Command::Add { .. }) && lines.last().is_some_and(again) {
            continue;
        }
        lines.push((logged, words));
    }
    let rows = lines.into_iter().map(|(logged, words)| {
        Row::new([moment(logged.at, lang), html! { (words) }, html! { (pages::who(&logged.who, directory, lang)) }])
    });
    let columns = [
        Column::text(lang.tr("Wann", "When")),
        Column::text(lang.tr("Was", "What")),
        Column::text(lang.tr("Wer", "Who")),
    ];
    html! { (table(lang, "scan-log", lang.tr("Protokoll", "Log")).columns(columns).rows(rows)) }
}

/// A moment as people read it.
pub(super) fn moment(at: Moment, lang: Lang) -> Markup {
    match at.to_string().parse() {
        Ok(at) => time_element(at, lang),
        Err(_) => html! { (at) },
    }
}

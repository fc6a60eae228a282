//! The pages of uploading: the form, and what became of the files.
//!
//! Invariant: a file is in memory only while it is received; an archive goes straight to the blobs.

use std::collections::HashSet;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::{get, post};
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde_json::json;
use vir_core::{Lang, Text};
use vir_store::{Job, Tx};
use vir_web::parts::{self, Column, Tone};
use vir_web::{
    Answer, App, AppError, Caller, FieldError, Flash, Markup, Page, Posted, Query, Upload, format, html, page,
};

use super::archive::{ArchiveError, EntryError};
use super::import::{self, Counts, Import, ImportFile, ImportState, Outcome, Remark};
use crate::api::budget;
use crate::intake::{Format, IntakeError, Received, receive};
use crate::invoice::load::may_see;
use crate::invoice_row::{Channel, Trouble, Verdict};
use crate::limits;
use crate::permissions::{RECEIVE, SEE};

/// The addresses of uploading.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/hochladen", get(form).post(upload).layer(DefaultBodyLimit::disable()))
        .route("/hochladen/{id}", get(report))
        .route("/hochladen/{id}/abbrechen", post(cancel))
        .route("/hochladen/{id}/bericht.csv", get(report_csv))
        .route("/hochladen/{id}/bericht.json", get(report_json))
}

async fn form(caller: Caller) -> Answer {
    caller.require_anywhere(RECEIVE)?;
    let person = caller.principal.person.as_str().to_owned();
    let recent = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { import::recent(tx, &person).await }));
    Ok(form_page(&caller, &recent.await?, &[]))
}

fn form_page(caller: &Caller, recent: &[Import], errors: &[FieldError]) -> Response {
    let lang = caller.lang;
    let mib = |bytes: u64| format::bytes(bytes, lang);
    let hint = lang.tr(
        format!(
            "XML (UBL, CII), PDF, Bilder oder ZIP-Archive mit bis zu {} Dateien. Je Datei höchstens {}, zusammen höchstens {}.",
            format::count(limits::ARCHIVE_FILES as u64, lang),
            mib(limits::DOCUMENT_BYTES),
            mib(limits::UPLOAD_BYTES)
        ),
        format!(
            "XML (UBL, CII), PDF, pictures or ZIP archives of up to {} files. Each at most {}, together at most {}.",
            format::count(limits::ARCHIVE_FILES as u64, lang),
            mib(limits::DOCUMENT_BYTES),
            mib(limits::UPLOAD_BYTES)
        ),
    );
    let body = html! {
        (parts::error_summary(lang, errors))
        form method="post" action="/hochladen" enctype="multipart/form-data" {
            (parts::csrf_field(caller))
            (parts::file_drop(lang, "files", lang.tr("Rechnungen auswählen oder hierher ziehen", "Choose invoices or drop them here"))
                .hint(&hint).accept(".xml,.pdf,.zip,.png,.jpg,.jpeg,.tif,.tiff").multiple().errors(errors))
            p { (parts::button(lang.tr("Hochladen", "Upload"))) }
        }
        section aria-labelledby="recent" {
            h2 id="recent" { (lang.tr("Zuletzt hochgeladen", "Recently uploaded")) }
            @if recent.is_empty() {
                (parts::empty_state(
                    lang.tr("Noch nichts hochgeladen", "Nothing uploaded yet"),
                    lang.tr("Hier steht dann, was aus jeder Datei geworden ist.", "What became of each file will stand here."),
                    &html! {},
                ))
            } @else {
                (parts::table(lang, "imports", lang.tr("Zuletzt hochgeladen", "Recently uploaded")).hide_caption()
                    .columns([
                        Column::text(lang.tr("Was", "What")),
                        Column::text(lang.tr("Wann", "When")),
                        Column::text(lang.tr("Stand", "State")),
                        Column::number(lang.tr("Dateien", "Files")),
                    ])
                    .rows(recent.iter().map(|import| parts::Row::new([
                        html! { a href={ "/hochladen/" (import.id) } { (import.file_name) } },
                        format::time_element(import.created_at, lang),
                        state_badge(import, lang),
                        html! { (import.finished) },
                    ]))))
            }
        }
    };
    let title = Page::new(lang.tr("Rechnungen hochladen", "Upload invoices")).section("upload");
    let title = if errors.is_empty() { title } else { title.with_errors() };
    page(caller, title, body)
}

fn state_badge(import: &Import, lang: Lang) -> Markup {
    let (tone, text) = match import.state {
        ImportState::Waiting => (Tone::Neutral, lang.tr("wartet", "waiting")),
        ImportState::Running => (Tone::Info, lang.tr("läuft", "running")),
        ImportState::Done => (Tone::Good, lang.tr("fertig", "done")),
        ImportState::Failed => (Tone::Bad, lang.tr("gescheitert", "failed")),
        ImportState::Cancelled => (Tone::Careful, lang.tr("abgebrochen", "cancelled")),
    };
    parts::badge(tone, text)
}

/// What was handed in, before its import is written.
#[derive(Default)]
struct HandedIn {
    lines: Vec<ImportFile>,
    /// Names and blobs of archives.
    archives: Vec<(String, String)>,
}

async fn upload(caller: Caller, mut upload: Upload) -> Answer {
    caller.require_anywhere(RECEIVE)?;
    let mut handed_in = HandedIn::default();
    let mut total = 0_u64;
    while let Some(mut part) = upload.next().await? {
        let Some(name) = part.file_name().map(str::to_owned) else { continue };
        // A file field without a file sends an empty one.
        if part.name() != Some("files") || name.is_empty() {
            continue;
        }
        if handed_in.lines.len() + handed_in.archives.len() >= limits::UPLOAD_FILES {
            return Err(AppError::too_large(limits::UPLOAD_BYTES));
        }
        let Some(first) = part.chunk().await.map_err(|error| vir_web::upload_error(&error))? else { continue };
        if Format::of(&first) == Format::Zip {
            let pieces = futures_util::stream::once(async move { Ok(first) })
                .chain(part.map(|piece| piece.map_err(|error| vir_web::upload_error(&error))));
            let stored = caller.app.store.blobs().put_stream::<_, AppError>(&caller.principal.tenant, pieces);
            let (blob, size) = stored.await?;
            total += size;
            handed_in.archives.push((name, blob.as_str().to_owned()));
        } else {
            let pieces = futures_util::stream::once(async move { Ok(first) }).chain(part);
            let position = i64::try_from(handed_in.lines.len()).unwrap_or(i64::MAX);
            let read = budget().collect(std::pin::pin!(pieces), limits::DOCUMENT_BYTES).await?;
            total += read.bytes.len() as u64;
            let received = Received::new(Channel::Upload, name.clone(), read.bytes.clone())
                .from(caller.principal.name.clone())
                .by(caller.principal.actor());
            let line = match receive(&caller.app.store, &caller.principal.tenant, received).await {
                Ok(receipt) => ImportFile::taken(position, name, &receipt),
                Err(IntakeError::TooLarge(_)) => ImportFile::refused(position, name, "too_large"),
                Err(error) => return Err(crate::api::refused(error)),
            };
            handed_in.lines.push(line);
        }
        if total > limits::UPLOAD_BYTES {
            return Err(AppError::too_large(limits::UPLOAD_BYTES));
        }
    }
    settle(&caller, handed_in).await
}

/// Writes the imports and leads to what became of them.
async fn settle(caller: &Caller, handed_in: HandedIn) -> Answer {
    let lang = caller.lang;
    if handed_in.lines.is_empty() && handed_in.archives.is_empty() {
        let text = Text::new("Bitte mindestens eine Datei auswählen.", "Please choose at least one file.");
        return Ok(form_page(caller, &[], &[FieldError::new("files", text)]));
    }
    let (actor, person, name) =
        (caller.principal.actor(), caller.principal.person.as_str().to_owned(), caller.principal.name.clone());
    let title = match handed_in.lines.as_slice() {
        [only] => only.name.clone(),
        lines => lang.tr(format!("{} Dateien", lines.len()), format!("{} files", lines.len())),
    };
    let ids = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let who = (actor.as_str(), person.as_str(), name.as_str());
            let mut ids = Vec::new();
            if !handed_in.lines.is_empty() {
                let total = i64::try_from(handed_in.lines.len()).unwrap_or(i64::MAX);
                let id = import::create(tx, who, &title, "", ImportState::Done, total).await?;
                import::record(tx, &id, &handed_in.lines).await?;
                ids.push(id);
            }
            for (name, blob) in &handed_in.archives {
                let id = import::create(tx, who, name, blob, ImportState::Waiting, 0).await?;
                tx.enqueue(Job::now(super::IMPORT.kind, json!({ "import": id })).keyed(id.clone())).await?;
                ids.push(id);
            }
            Ok::<_, vir_store::Error>(ids)
        })
    });
    match ids.await?.as_slice() {
        [only] => Ok(vir_web::redirect(&format!("/hochladen/{only}"))),
        several => {
            let text = lang.tr(
                format!("{} Eingänge angelegt; Näheres in der Liste.", several.len()),
                format!("{} uploads begun; see the list.", several.len()),
            );
            Ok(vir_web::redirect_with(caller, "/hochladen", &Flash::good(text)))
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Show {
    nur: String,
    ab: i64,
}

/// How many lines stand on one page.
const LINES: u32 = 100;

/// An import that this person may look at: their own, or any for those who see all invoices.
pub(crate) async fn own(caller: &Caller, id: &str) -> Result<Import, AppError> {
    let key = id.to_owned();
    let found = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { import::load(tx, &key).await }));
    let is_own = |import: &Import| import.person_id.as_deref() == Some(caller.principal.person.as_str());
    found
        .await?
        .filter(|import| is_own(import) || caller.principal.may_everywhere(SEE))
        .ok_or_else(|| AppError::not_found(Text::new("dieser Eingang", "this upload")))
}

async fn report(caller: Caller, Path(id): Path<String>, Query(show): Query<Show>) -> Answer {
    caller.require_anywhere(RECEIVE)?;
    let import = own(&caller, &id).await?;
    let only = Outcome::find(&show.nur);
    let key = id.clone();
    let found = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let files = import::files(tx, &key, only, show.ab, LINES + 1).await?;
            let from = files.first().map_or(show.ab, |file| file.position);
            let units = import::units(tx, &key, from, LINES).await?;
            Ok::<_, vir_store::Error>((files, units, import::counts(tx, &key).await?))
        })
    });
    let (mut files, units, counts) = found.await?;
    let next = files.get(LINES as usize).map(|file| file.position);
    files.truncate(LINES as usize);
    let seen = units.into_iter().filter(|(_, unit)| may_see(&caller, unit.as_deref())).map(|(id, _)| id).collect();
    let lang = caller.lang;
    let shown = Shown { files: &files, seen, counts, only, from: show.ab, next };
    let body = html! {
        (report_body(&import, &shown, lang))
        @if import.is_at_work() { (cancel_form(&caller, &import)) }
    };
    let title = Page::new(import.file_name.clone())
        .section("upload")
        .crumb("/hochladen", lang.tr("Rechnungen hochladen", "Upload invoices"));
    let mut response = page(&caller, title, body);
    if import.is_at_work() {
        // Without JavaScript the browser looks again by itself.
        response.headers_mut().insert(header::REFRESH, HeaderValue::from_static("10"));
    }
    Ok(response)
}

/// Stops an import; what was received until then stays.
async fn cancel(caller: Caller, Path(id): Path<String>, _: Posted) -> Answer {
    caller.require_anywhere(RECEIVE)?;
    own(&caller, &id).await?;
    let (key, actor) = (id.clone(), caller.principal.actor());
    let stopped = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { import::cancel(tx, &key, &actor).await })
    });
    let flash = if stopped.await? {
        Flash::good(caller.tr("Das Einlesen ist abgebrochen.", "Reading is cancelled."))
    } else {
        Flash::good(caller.tr("Es war schon zu Ende.", "It had ended already."))
    };
    Ok(vir_web::redirect_with(&caller, &format!("/hochladen/{id}"), &flash))
}

fn cancel_form(caller: &Caller, import: &Import) -> Markup {
    let lang = caller.lang;
    html! {
        form method="post" action={ "/hochladen/" (import.id) "/abbrechen" } {
            (parts::csrf_field(caller))
            (parts::button(lang.tr("Einlesen abbrechen", "Cancel reading")).secondary())
            p.small { (lang.tr("Was schon eingelesen ist, bleibt. Lädt man das Archiv noch einmal hoch, geht es dort weiter: Vorhandenes wird erkannt.",
                "What was read stays. Upload the archive again to go on from there: what is there already is recognised.")) }
        }
    }
}

/// The lines that a page of the report shows.
struct Shown<'a> {
    files: &'a [ImportFile],
    /// The invoices among them that the reader may see.
    seen: HashSet<String>,
    counts: Counts,
    only: Option<Outcome>,
    from: i64,
    next: Option<i64>,
}

fn report_body(import: &Import, shown: &Shown<'_>, lang: Lang) -> Markup {
    let &Shown { files, ref seen, counts, only, from, next } = shown;
    let here = format!("/hochladen/{}", import.id);
    let tab = |outcome: Option<Outcome>, label: &str, count: i64| {
        let href = outcome.map_or_else(|| here.clone(), |outcome| format!("{here}?nur={}", outcome.text()));
        parts::Tab::new(href, label, outcome == only).count(u64::try_from(count).unwrap_or(0))
    };
    let tabs = [
        tab(None, lang.tr("Alle", "All"), import.finished),
        tab(Some(Outcome::Received), lang.tr("Neu", "New"), counts.received),
        tab(Some(Outcome::Again), lang.tr("Schon da", "There already"), counts.again),
        tab(Some(Outcome::Quarantined), lang.tr("Quarantäne", "Quarantine"), counts.quarantined),
        tab(Some(Outcome::Refused), lang.tr("Abgewiesen", "Refused"), counts.refused),
    ];
    let to_u64 = |number: i64| u64::try_from(number).unwrap_or(0);
    html! {
        div id="import" data-refresh=[import.is_at_work().then_some("2")] {
            @match import.state {
                ImportState::Waiting => { (parts::notice(Tone::Info, lang.tr("Das Archiv ist gespeichert und wird gleich eingelesen.", "The archive is stored and will be read at once."), &html! { p { a href=(here) { (lang.tr("Neu laden", "Reload")) } } })) }
                ImportState::Running => {
                    (parts::progress(lang, lang.tr("Eingelesen", "Read"), to_u64(import.finished), to_u64(import.total)))
                    p { a href=(here) { (lang.tr("Neu laden", "Reload")) } " – " (lang.tr("Sie können diese Seite verlassen; das Einlesen läuft weiter.", "You may leave this page; reading goes on.")) }
                }
                ImportState::Failed => {
                    @let failure = import.failure.as_deref().and_then(ArchiveError::find).unwrap_or(ArchiveError::Damaged).text();
                    (parts::notice(Tone::Bad, lang.tr("Das Archiv wurde nicht vollständig eingelesen", "The archive was not read completely"), &html! { p { (failure.get(lang)) } }))
                }
                ImportState::Cancelled => {
                    (parts::notice(Tone::Careful, lang.tr("Das Einlesen wurde abgebrochen", "Reading was cancelled"), &html! {
                        p { (lang.tr("Was bis dahin eingelesen war, ist eingegangen und steht unten.", "What was read until then was received and stands below.")) }
                    }))
                }
                ImportState::Done => {
                    @let (title, tone) = if counts.refused + counts.quarantined == 0 {
                        (lang.tr("Alle Dateien sind eingegangen", "All files were received"), Tone::Good)
                    } else {
                        (lang.tr("Eingelesen; einige Dateien brauchen einen Blick", "Read; some files need a look"), Tone::Careful)
                    };
                    (parts::notice(tone, title, &html! {}))
                }
            }
            @if import.finished > 0 {
                p.small {
                    (lang.tr("Bericht: ", "Report: "))
                    a href={ (here) "/bericht.csv" } download { "CSV" } ", "
                    a href={ (here) "/bericht.json" } download { "JSON" }
                }
                (parts::tabs(lang, lang.tr("Ergebnis", "Outcome"), &tabs))
                (parts::table(lang, "files", lang.tr("Dateien", "Files")).hide_caption()
                    .columns([
                        Column::text(lang.tr("Datei", "File")),
                        Column::text(lang.tr("Ergebnis", "Outcome")),
                        Column::text(lang.tr("Prüfung", "Check")),
                        Column::text(lang.tr("Bemerkung", "Note")),
                    ])
                    .rows(files.iter().map(|file| parts::Row::new([
                        html! { @match &file.invoice_id {
                            Some(id) if seen.contains(id) => { a href={ "/rechnungen/" (id) } { (file.name) } }
                            Some(_) => { (file.name) " "
                                span.small.faint { (lang.tr("(liegt bei einer anderen Stelle oder wartet auf Zuordnung)", "(is with another unit or waits to be routed)")) } }
                            None => { (file.name) }
                        } },
                        outcome_badge(file.outcome, lang),
                        html! { @if let Some(verdict) = file.verdict { (verdict.name(lang)) } },
                        html! { (message(file, lang)) },
                    ]))))
                (parts::pager(lang, &parts::Pager {
                    first: (from > 0).then(|| here.clone()),
                    previous: None,
                    next: next.map(|next| format!("{here}?ab={next}&nur={}", only.map_or("", Outcome::text))),
                    shown: lang.tr(format!("{} Dateien auf dieser Seite", files.len()), format!("{} files on this page", files.len())),
                }))
            }
        }
    }
}

fn outcome_badge(outcome: Outcome, lang: Lang) -> Markup {
    let (tone, text) = match outcome {
        Outcome::Received => (Tone::Good, lang.tr("eingegangen", "received")),
        Outcome::Again => (Tone::Neutral, lang.tr("war schon da", "was there already")),
        Outcome::Quarantined => (Tone::Careful, lang.tr("in Quarantäne", "in quarantine")),
        Outcome::Refused => (Tone::Bad, lang.tr("abgewiesen", "refused")),
    };
    parts::badge(tone, text)
}

/// What there is to say about a file.
pub(crate) fn message(file: &ImportFile, lang: Lang) -> String {
    let Some(code) = &file.message else { return String::new() };
    match (file.outcome, Trouble::find(code), EntryError::find(code)) {
        (Outcome::Refused, _, Some(error)) => error.text().get(lang).to_owned(),
        (_, Some(trouble), _) => trouble.name(lang).to_owned(),
        _ => {
            let remarks =
                code.split(' ').map(|code| Remark::find(code).map_or_else(|| code.to_owned(), |it| it.text(lang)));
            remarks.collect::<Vec<_>>().join("; ")
        }
    }
}

async fn all(caller: &Caller, id: &str) -> Result<Vec<ImportFile>, AppError> {
    caller.require_anywhere(RECEIVE)?;
    own(caller, id).await?;
    let key = id.to_owned();
    let most = u32::try_from(limits::ARCHIVE_FILES).unwrap_or(u32::MAX);
    Ok(caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| {
            Box::pin(async move { import::files(tx, &key, None, 0, most).await })
        })
        .await?)
}

async fn report_csv(caller: Caller, Path(id): Path<String>) -> Answer {
    let lang = caller.lang;
    let mut table = csv::WriterBuilder::new().delimiter(b';').from_writer(vec![0xef, 0xbb, 0xbf]);
    let head = match lang {
        Lang::De => ["Datei", "Ergebnis", "Rechnung", "Prüfung", "Bemerkung"],
        Lang::En => ["File", "Outcome", "Invoice", "Check", "Note"],
    };
    table.write_record(head).map_err(AppError::internal)?;
    for file in all(&caller, &id).await? {
        let row = [
            cell(&file.name),
            file.outcome.text().to_owned(),
            file.invoice_id.clone().unwrap_or_default(),
            file.verdict.map_or("", Verdict::text).to_owned(),
            cell(&message(&file, lang)),
        ];
        table.write_record(row).map_err(AppError::internal)?;
    }
    let bytes = table.into_inner().map_err(AppError::internal)?;
    Ok(crate::api::download("bericht.csv", "text/csv; charset=utf-8", Body::from(bytes)))
}

/// No cell begins a formula, whatever the file was called.
fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

async fn report_json(caller: Caller, Path(id): Path<String>) -> Answer {
    let lang = caller.lang;
    let lines: Vec<serde_json::Value> = all(&caller, &id)
        .await?
        .iter()
        .map(|file| {
            json!({
                "file": file.name,
                "outcome": file.outcome.text(),
                "invoice": file.invoice_id,
                "verdict": file.verdict.map(Verdict::text),
                "note": file.message.as_ref().map(|_| message(file, lang)),
            })
        })
        .collect();
    let text = serde_json::to_string_pretty(&lines).map_err(AppError::internal)?;
    Ok(crate::api::download("bericht.json", "application/json", Body::from(text)))
}

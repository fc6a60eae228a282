//! The office's pages: what is due, one process, and the buttons of both.
//!
//! Invariant: only records are shown of which the reader may dispose; a process with another record is not there for
//! them.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use vir_archive::lifecycle::clocks::{Due, clocks, due as is_due};
use vir_archive::lifecycle::{Command, RecordId, State};
use vir_core::{Lang, Text};
use vir_store::{Tx, Value};
use vir_web::parts::{self, Column, Icon, Row, Tone};
use vir_web::{
    Answer, AppError, Caller, FieldError, Flash, Form, Markup, Page, Upload, format, html, page, redirect_with,
};

use super::receive::{Refused, fetched, from_form};
use super::store::{Direction, Kept, Side};
use super::{SECTION, office, store};
use crate::permissions::{DISPOSE, HOLD};
use crate::records::{self, Loaded, OwnedLaw};
use crate::{access, dip, pages};

/// Records on one page.
const MOST: usize = 200;
/// Processes on one page.
const MOST_PROCESSES: i64 = 50;

/// A record with what is due.
struct Line {
    loaded: Loaded,
    due: Option<Due>,
    held: bool,
    ends: Option<String>,
}

async fn lines(caller: &Caller) -> Result<(Vec<Line>, bool), AppError> {
    let principal = caller.principal.clone();
    let today = office::today(caller.app.now());
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let law = records::law(tx).await?;
            let mut args: Vec<Value> = Vec::new();
            let seen = access::condition(&principal, &mut args);
            let mine = access::among(&principal.units(DISPOSE), &mut args);
            args.push(Value::from(today.to_string()));
            let day = args.len();
            // Offices of the state offer after thirty years at the latest, whatever the term.
            let long_ago = today.plus_days(-29 * 365).to_string();
            args.push(Value::from(long_ago));
            let old = args.len();
            args.push(Value::from(i64::try_from(MOST + 1).unwrap_or(i64::MAX)));
            let sql = format!(
                "select id from archive_record where {seen} and {mine} and (
                    state in ('offered', 'appraised', 'handed-over')
                    or (state = 'stored' and (ends_on < ${day} or last_edit_on < ${old})))
                order by ends_on, id limit ${}",
                args.len()
            );
            let rows = tx.all(sql, &args).await?;
            let mut found = Vec::new();
            for row in rows.iter().take(MOST) {
                let id = RecordId(row.text("id")?);
                if let Some(loaded) = records::load(tx, &id).await? {
                    found.push(line(loaded, &law, today));
                }
            }
            Ok::<_, vir_store::Error>((found, rows.len() > MOST))
        })
    });
    Ok(read.await?)
}

fn line(loaded: Loaded, law: &OwnedLaw, today: vir_archive::lifecycle::Day) -> Line {
    let law = law.law();
    let due = is_due(&loaded.record, &law, today);
    let held = law.holds_of(&loaded.record, today).next().is_some();
    let ends = match clocks(&loaded.record, &law, today).retention {
        Some(vir_archive::lifecycle::term::End::On { day }) => Some(day.to_string()),
        _ => None,
    };
    Line { loaded, due, held, ends }
}

/// `/aussonderung`
pub async fn due(caller: Caller) -> Answer {
    caller.require_anywhere(DISPOSE)?;
    shown(&caller, &[]).await
}

async fn shown(caller: &Caller, errors: &[FieldError]) -> Answer {
    let lang = caller.lang;
    let (lines, more) = lines(caller).await?;
    let processes = visible_processes(caller).await?;
    let (offer, rest): (Vec<&Line>, Vec<&Line>) =
        lines.iter().partition(|line| line.loaded.record.state == State::Stored);
    let offer: Vec<&Line> = offer.into_iter().filter(|line| line.due.is_some() || line.held).collect();
    let body = html! {
        (parts::error_summary(lang, errors))
        div.stack {
            (to_offer(caller, &offer, errors))
            (under_way(caller, &rest))
            @if more { p { (lang.tr(format!("Gezeigt sind die ersten {MOST} Akten."), format!("The first {MOST} records are shown."))) } }
            (answer_form(caller, errors))
            (process_table(lang, &processes))
        }
    };
    let actions = html! {
        @if caller.principal.may_anywhere(HOLD) { (parts::link_button("/sperren", lang.tr("Sperren", "Holds"))) }
        @if caller.principal.may_everywhere(DISPOSE) {
            (parts::link_button("/aussonderung/einstellungen", lang.tr("Austausch einstellen", "Set up the exchange")).icon(Icon::Settings))
        }
    };
    let frame = Page::new(lang.tr("Aussonderung", "Disposal")).section(SECTION).actions(actions).lead(lang.tr(
        "Eine abgelaufene Frist erlaubt noch keine Löschung: Erst wird dem Archiv angeboten, dann entscheidet es, und zwei Menschen zeichnen.",
        "A term that is over permits no deletion yet: first the archive is offered the record, then it decides, and two people sign.",
    ));
    Ok(page(caller, if errors.is_empty() { frame } else { frame.with_errors() }, body))
}

fn named(line: &Line, lang: Lang) -> Markup {
    let record = &line.loaded.record;
    html! {
        a href={ "/akten/" (record.id) } { (line.loaded.reference) } br; (record.title)
        @if line.held { br; (parts::badge(Tone::Careful, lang.tr("gesperrt", "held"))) }
    }
}

fn to_offer(caller: &Caller, lines: &[&Line], errors: &[FieldError]) -> Markup {
    let lang = caller.lang;
    let rows = lines.iter().map(|line| {
        let id = line.loaded.record.id.0.clone();
        let about = format!("{} {}", lang.tr("Auswählen:", "Choose:"), line.loaded.reference);
        let field = format!("record-{id}");
        Row::new([
            html! {
                @if !line.held {
                    (parts::checkbox("record", &about).value(&id).id(&field).hide_label())
                }
            },
            named(line, lang),
            html! { @if let Some(day) = &line.ends { (format::iso_date(day, lang)) } @else { "–" } },
            html! { @if let Some(due) = line.due { (due.text().get(lang)) } @else if line.held { (lang.tr("Wegen einer Sperre bleibt die Akte.", "The record stays because of a hold.")) } },
        ])
    });
    parts::card(
        lang.tr("Anzubieten", "To offer"),
        &html! {
            form.form.form--wide method="post" action="/aussonderung/anbieten" {
                (parts::csrf_field(caller))
                @if lines.is_empty() {
                    p { (lang.tr("Keine Frist ist abgelaufen.", "No term is over.")) }
                } @else {
                    (parts::table(lang, "offer", lang.tr("Akten, deren Frist abgelaufen ist", "Records whose term is over")).hide_caption().columns([
                        Column::unseen(lang.tr("Auswahl", "Choice")),
                        Column::text(lang.tr("Akte", "Record")),
                        Column::text(lang.tr("Frist bis", "Term until")),
                        Column::text(lang.tr("Zu tun", "To do")),
                    ]).header_column(1).rows(rows))
                }
                details open[errors.iter().any(|error| error.field == "reference" || error.field == "early")] {
                    summary { (lang.tr("Vorzeitig anbieten", "Offer early")) }
                    (parts::field(lang, "reference", lang.tr("Aktenzeichen", "Reference")).max_length(200).errors(errors))
                    (parts::text_area(lang, "early", lang.tr("Bitte des Archivs", "Request of the archive")).rows(2).max_length(1000).errors(errors)
                        .hint(lang.tr("Vor Ablauf der Frist wird nur angeboten, worum das Archiv gebeten hat.", "Before its term is over only that is offered for which the archive has asked.")))
                }
                div.form__actions { (parts::button(lang.tr("Dem Archiv anbieten (0501)", "Offer to the archive (0501)"))) }
            }
        },
    )
}

fn under_way(caller: &Caller, lines: &[&Line]) -> Markup {
    let lang = caller.lang;
    if lines.is_empty() {
        return html! {};
    }
    let rows = lines.iter().map(|line| {
        Row::new([
            named(line, lang),
            pages::state_badge(line.loaded.record.state, lang),
            html! { @match line.due { Some(due) => { (due.text().get(lang)) } None => { (lang.tr("Wartet auf das Archiv oder den Ablauf der Frist.", "Waits for the archive or the end of the term.")) } } },
            deletion_steps(caller, line),
        ])
    });
    parts::card(
        lang.tr("Im Gang", "Under way"),
        &html! {
            (parts::table(lang, "under-way", lang.tr("Akten, die angeboten, bewertet oder abgegeben sind", "Records that are offered, appraised or handed over")).hide_caption().columns([
                Column::text(lang.tr("Akte", "Record")),
                Column::text(lang.tr("Stand", "State")),
                Column::text(lang.tr("Zu tun", "To do")),
                Column::unseen(lang.tr("Schritte", "Steps")),
            ]).rows(rows).loose())
        },
    )
}

/// The buttons towards deletion, where they are due.
fn deletion_steps(caller: &Caller, line: &Line) -> Markup {
    let (lang, record) = (caller.lang, &line.loaded.record);
    let id = &record.id.0;
    let hidden = |step: &str| {
        html! {
            (parts::csrf_field(caller))
            input type="hidden" name="record" value=(id);
            input type="hidden" name="seen" value=(line.loaded.seen());
            input type="hidden" name="step" value=(step);
        }
    };
    let about = line.loaded.reference.as_str();
    let reason = format!("reason-{id}");
    html! {
        @match line.due {
            Some(Due::RequestDeletion) => {
                form.inline method="post" action="/aussonderung/loeschung" {
                    (hidden("request"))
                    (parts::button(lang.tr("Löschung zeichnen (1.)", "Sign for deletion (1st)")).secondary().small().about(about))
                }
            }
            Some(Due::Delete) => {
                form.inline method="post" action="/aussonderung/loeschung" {
                    (hidden("delete"))
                    (parts::button(lang.tr("Zweite Zeichnung: löschen", "Second signature: delete")).danger().small().about(about)
                        .confirm(lang.tr("Die Akte und alle ihre Dokumente werden endgültig gelöscht. Fortfahren?", "The record and all of its documents are deleted for good. Go on?")))
                }
                details { summary { (lang.tr("Nicht löschen", "Do not delete")) }
                    form method="post" action="/aussonderung/loeschung" {
                        (hidden("withdraw"))
                        (parts::text_area(lang, "reason", lang.tr("Begründung", "Reason")).id(&reason).rows(2).max_length(1000).required())
                        (parts::button(lang.tr("Antrag zurücknehmen", "Withdraw the request")).quiet().small().about(about))
                    }
                }
            }
            _ => {}
        }
    }
}

fn answer_form(caller: &Caller, errors: &[FieldError]) -> Markup {
    let lang = caller.lang;
    parts::card(
        lang.tr("Antwort des Archivs", "Answer of the archive"),
        &html! {
            form.form method="post" action="/aussonderung/antwort" enctype="multipart/form-data" {
                (parts::csrf_field(caller))
                (parts::file_drop(lang, "message", lang.tr("Nachricht des Archivs auswählen oder hierher ziehen", "Choose a message of the archive or drop it here"))
                    .hint(lang.tr("Als ZIP oder XML: 0504 Empfang, 0502 Bewertung, 0507 Empfang der Abgabe, 0506 Übernahme.", "As ZIP or XML: 0504 receipt, 0502 appraisal, 0507 receipt of the hand-over, 0506 import."))
                    .accept(".zip,.xml,.xdomea").errors(errors))
                div.form__actions { (parts::button(lang.tr("Einlesen", "Read")).secondary()) }
            }
        },
    )
}

fn process_table(lang: Lang, processes: &[Kept]) -> Markup {
    if processes.is_empty() {
        return html! {};
    }
    let rows = processes.iter().map(|one| {
        let count = one.message.objects().iter().filter(|object| object.parent.is_none()).count();
        Row::new([
            html! { a href={ "/aussonderung/vorgang/" (one.process) } { (format::date_time(one.at, lang)) } },
            html! { (one.message.head.recipient.institution.as_deref().unwrap_or("–")) },
            html! { (count) },
        ])
    });
    parts::card(
        lang.tr("Anbietungen", "Offers"),
        &html! {
            (parts::table(lang, "processes", lang.tr("Anbietungen", "Offers")).hide_caption().columns([
                Column::text(lang.tr("Angeboten am", "Offered on")),
                Column::text(lang.tr("Archiv", "Archive")),
                Column::number(lang.tr("Akten", "Records")),
            ]).rows(rows))
        },
    )
}

/// Of the newest processes those of which the caller may dispose.
async fn visible_processes(caller: &Caller) -> Result<Vec<Kept>, AppError> {
    let principal = caller.principal.clone();
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let mut found = Vec::new();
            for one in store::beginnings(tx, Side::Office, MOST_PROCESSES).await? {
                let mut args = Vec::new();
                let seen = access::condition(&principal, &mut args);
                let mine = access::among(&principal.units(DISPOSE), &mut args);
                args.push(Value::from(one.process.as_str()));
                let sql = format!(
                    "select count(*) as hidden from archive_process_record p join archive_record r on r.id = p.record_id
                     where p.process = ${} and r.state <> 'deleted' and not ({seen} and {mine})",
                    args.len()
                );
                if tx.one(sql, &args).await?.int("hidden")? == 0 {
                    found.push(one);
                }
            }
            Ok::<_, vir_store::Error>(found)
        })
    });
    Ok(read.await?)
}

/// What a form with a choice of records says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    record: Vec<String>,
    reference: String,
    early: String,
}

/// Offers what was chosen.
pub async fn offer(caller: Caller, Form(choice): Form<Choice>) -> Answer {
    caller.require_anywhere(DISPOSE)?;
    let early = Some(choice.early.trim().to_owned()).filter(|early| !early.is_empty());
    let mut ids: Vec<RecordId> = choice.record.iter().take(MOST).map(|id| RecordId(id.clone())).collect();
    let reference = choice.reference.trim().to_owned();
    if !reference.is_empty() {
        let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
            Box::pin(async move { records::by_reference(tx, &reference).await })
        });
        let missing =
            Text::new("Eine Akte mit diesem Aktenzeichen gibt es nicht.", "There is no record with this reference.");
        match read.await? {
            Some(id) if access::unnoted(&caller, &id.0).await.is_ok() => ids.push(id),
            _ => return shown(&caller, &[FieldError::new("reference", missing)]).await,
        }
    }
    ids.sort();
    ids.dedup();
    if ids.is_empty() {
        let text = Text::new("Bitte mindestens eine Akte auswählen.", "Please choose at least one record.");
        return shown(&caller, &[FieldError::new("record", text)]).await;
    }
    match office::offer(&caller, &ids, early).await {
        Ok(process) => {
            let flash = Flash::good(caller.tr(
                "Angeboten. Laden Sie die Nachricht und geben Sie sie dem Archiv.",
                "Offered. Fetch the message and give it to the archive.",
            ));
            Ok(redirect_with(&caller, &format!("/aussonderung/vorgang/{process}"), &flash))
        }
        Err(Refused::Said(texts)) => shown(&caller, &at("record", texts)).await,
        Err(Refused::Failed(error)) => Err(error),
    }
}

fn at(field: &str, texts: Vec<Text>) -> Vec<FieldError> {
    texts.into_iter().map(|text| FieldError::new(field, text)).collect()
}

/// Reads an answer of the archive.
pub async fn answer(caller: Caller, mut upload: Upload) -> Answer {
    caller.require_anywhere(DISPOSE)?;
    let understood = match from_form(&caller.app, &caller.principal.tenant, &mut upload).await {
        Ok(came) => office::answer(&caller, came).await,
        Err(refused) => Err(refused),
    };
    match understood {
        Ok(done) => {
            let (kind, count) = (done.kind.name(), done.records);
            let text = caller.tr(
                format!("Eingelesen: {} ({count} Akten).", kind.de),
                format!("Read: {} ({count} records).", kind.en),
            );
            let flash = if done.doubts.is_empty() { Flash::good(text) } else { Flash::careful(text) };
            Ok(redirect_with(&caller, &format!("/aussonderung/vorgang/{}", done.process), &flash))
        }
        Err(Refused::Said(texts)) => shown(&caller, &at("message", texts)).await,
        Err(Refused::Failed(error)) => Err(error),
    }
}

/// A signature.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Signature {
    record: String,
    seen: usize,
    step: String,
    reason: String,
}

/// Signs for deletion, or takes it back.
pub async fn deletion(caller: Caller, Form(form): Form<Signature>) -> Answer {
    caller.require_anywhere(DISPOSE)?;
    let command = match form.step.as_str() {
        "request" => Command::RequestDeletion,
        "delete" => Command::Delete,
        "withdraw" => Command::WithdrawDeletion { reason: form.reason.trim().to_owned() },
        _ => return Err(AppError::bad_request(Text::new("Diesen Schritt gibt es nicht.", "There is no such step."))),
    };
    let text = match form.step.as_str() {
        "request" => caller.tr(
            "Gezeichnet. Gelöscht wird, wenn eine zweite Person zeichnet.",
            "Signed. The record is deleted when a second person signs.",
        ),
        "delete" => caller.tr("Gelöscht. Der Löschnachweis bleibt.", "Deleted. The proof of deletion stays."),
        _ => caller.tr("Zurückgenommen.", "Withdrawn."),
    };
    match office::deletion(&caller, &form.record, form.seen, command).await {
        Ok(_) => Ok(redirect_with(&caller, "/aussonderung", &Flash::good(text))),
        Err(Refused::Said(texts)) => shown(&caller, &at("record", texts)).await,
        Err(Refused::Failed(error)) => Err(error),
    }
}

/// The messages of a process and its records, where the caller may dispose of all of them.
async fn of_process(caller: &Caller, process: &str) -> Result<(Vec<Kept>, Vec<Loaded>), AppError> {
    let missing = || AppError::not_found(Text::new("diese Anbietung", "this offer"));
    if !caller.principal.may_anywhere(DISPOSE) {
        return Err(AppError::forbidden(DISPOSE));
    }
    let name = process.to_lowercase();
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let mut found = Vec::new();
            for id in store::process_records(tx, &name).await? {
                found.extend(records::load(tx, &id).await?);
            }
            Ok::<_, vir_store::Error>((store::messages(tx, Side::Office, &name).await?, found))
        })
    });
    let (messages, loaded) = read.await?;
    let may = |one: &Loaded| {
        access::may_see(&caller.principal, one.unit.as_deref(), one.confidentiality)
            && access::may(&caller.principal, DISPOSE, one.unit.as_deref())
    };
    if messages.is_empty() || !loaded.iter().all(may) { Err(missing()) } else { Ok((messages, loaded)) }
}

/// `/aussonderung/vorgang/{process}`
pub async fn process(caller: Caller, Path(process): Path<String>) -> Answer {
    let (messages, loaded) = of_process(&caller, &process).await?;
    Ok(process_page(&caller, &messages, &loaded, &[]))
}

fn process_page(caller: &Caller, messages: &[Kept], loaded: &[Loaded], errors: &[FieldError]) -> Response {
    let lang = caller.lang;
    let process = messages.first().map_or("", |one| one.process.as_str());
    let rows = loaded.iter().map(|one| {
        Row::new([
            html! { a href={ "/akten/" (one.record.id) } { (one.reference) } br; (one.record.title) },
            pages::state_badge(one.record.state, lang),
            html! { @match &one.record.appraisal { Some(appraised) => { (appraised.value.name().get(lang)) } None => { "–" } } },
        ])
    });
    let body = html! {
        (parts::error_summary(lang, errors))
        div.stack {
            (parts::card(lang.tr("Akten", "Records"), &html! {
                (parts::table(lang, "records", lang.tr("Akten", "Records")).hide_caption().columns([
                    Column::text(lang.tr("Akte", "Record")),
                    Column::text(lang.tr("Stand", "State")),
                    Column::text(lang.tr("Bewertung", "Appraisal")),
                ]).rows(rows))
                @if loaded.iter().any(office::is_wanted) {
                    form.form method="post" action={ "/aussonderung/vorgang/" (process) "/abgeben" } {
                        (parts::csrf_field(caller))
                        p { (lang.tr("Das Archiv will Teile davon übernehmen.", "The archive wants to take over parts of it.")) }
                        div.form__actions { (parts::button(lang.tr("An das Archiv abgeben (0503)", "Hand over to the archive (0503)"))) }
                    }
                }
            }))
            (message_table(lang, "/aussonderung/nachricht", messages))
        }
    };
    let frame = Page::new(lang.tr("Anbietung", "Offer"))
        .section(SECTION)
        .crumb("/aussonderung", lang.tr("Aussonderung", "Disposal"))
        .lead(format!("{} {process}", lang.tr("Vorgang", "Process")));
    page(caller, if errors.is_empty() { frame } else { frame.with_errors() }, body)
}

/// The messages of a process.
pub fn message_table(lang: Lang, base: &str, messages: &[Kept]) -> Markup {
    let rows = messages.iter().map(|one| {
        let kind = format!("{} {}", one.kind().code(), one.kind().name().get(lang));
        Row::new([
            html! { (kind)
                @if !one.notes.is_empty() { ul.small { @for note in one.notes.iter().take(50) { li { (note.get(lang)) } } } }
            },
            html! { @match one.direction { Direction::In => { (lang.tr("erhalten", "received")) } Direction::Out => { (lang.tr("erstellt", "made")) } } },
            format::time_element(one.at, lang),
            html! { "xdomea " (one.standard) },
            html! { (parts::link_button(&format!("{base}/{}", one.id), lang.tr("Laden", "Fetch")).quiet().small().icon(Icon::Download).about(&kind).download()) },
        ])
    });
    parts::card(
        lang.tr("Nachrichten", "Messages"),
        &html! {
            (parts::table(lang, "messages", lang.tr("Nachrichten", "Messages")).hide_caption().columns([
                Column::text(lang.tr("Nachricht", "Message")),
                Column::text(lang.tr("Richtung", "Direction")),
                Column::text(lang.tr("Wann", "When")),
                Column::text(lang.tr("Fassung", "Version")),
                Column::unseen(lang.tr("Laden", "Fetch")),
            ]).rows(rows).loose())
        },
    )
}

/// Hands over.
pub async fn hand_over(caller: Caller, Path(process): Path<String>) -> Answer {
    let process = process.to_lowercase();
    let (messages, loaded) = of_process(&caller, &process).await?;
    match office::hand_over(&caller, &process).await {
        Ok(()) => {
            let flash = Flash::good(caller.tr(
                "Abgegeben. Laden Sie die Nachricht und geben Sie sie dem Archiv.",
                "Handed over. Fetch the message and give it to the archive.",
            ));
            Ok(redirect_with(&caller, &format!("/aussonderung/vorgang/{process}"), &flash))
        }
        Err(Refused::Said(texts)) => Ok(process_page(&caller, &messages, &loaded, &at("process", texts))),
        Err(Refused::Failed(error)) => Err(error),
    }
}

/// A message as it went out or came in.
pub async fn download(caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require_anywhere(DISPOSE)?;
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { store::message(tx, Side::Office, &id).await })
    });
    let missing = || AppError::not_found(Text::new("diese Nachricht", "this message"));
    let message = read.await?.ok_or_else(missing)?;
    of_process(&caller, &message.process).await.map_err(|_| missing())?;
    fetch(&caller, &message).await
}

/// The container of a message as a download.
pub async fn fetch(caller: &Caller, message: &Kept) -> Answer {
    let (actor, subject) = (caller.principal.actor(), format!("archive-message/{}", message.id));
    let detail = serde_json::json!({ "kind": message.kind().code() });
    let noted = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            tx.audit(vir_store::Entry { actor, action: "archive.message-fetched".to_owned(), subject, detail });
            Ok::<_, vir_store::Error>(())
        })
    });
    noted.await?;
    let file = fetched(&caller.app, &caller.principal.tenant, &message.blob).await?;
    dip::download(file, &message.file_name)
}

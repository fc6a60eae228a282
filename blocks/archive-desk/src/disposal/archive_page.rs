//! The archive's pages: offers and hand-overs that came, appraising one, taking one over.
//!
//! Invariant: who appraises sees all that the office said about a record before deciding.

use std::collections::BTreeMap;

use axum::extract::Path;
use serde::Deserialize;
use vir_archive::lifecycle::EntryId;
use vir_archive::lifecycle::plan::Appraisal;
use vir_archive::xdomea::MessageKind;
use vir_archive::xdomea::model::{Disposal, Object, Retention, RetentionEnd};
use vir_core::{Lang, Text};
use vir_store::Tx;
use vir_web::parts::{self, Choice, Column, Icon, Row, Tone};
use vir_web::{
    Answer, AppError, Caller, FieldError, Flash, Form, Markup, Page, Upload, format, html, page, redirect_with,
};

use super::office_page::{fetch, message_table};
use super::receive::{Refused, from_form};
use super::store::{Kept, Side};
use super::{ARCHIVE_SECTION, archive, store, take_over as importing};
use crate::permissions::APPRAISE;
use crate::plan::labels;
use crate::records;

const MOST: i64 = 200;
/// Objects that are shown and appraised on one page.
const MOST_OBJECTS: usize = 2_000;

/// `/archiv`
pub async fn list(caller: Caller) -> Answer {
    caller.require_anywhere(APPRAISE)?;
    shown(&caller, &[]).await
}

async fn shown(caller: &Caller, errors: &[FieldError]) -> Answer {
    let lang = caller.lang;
    let read = caller.app.store.read(&caller.principal.tenant, |tx: &mut Tx| {
        Box::pin(async move {
            let mut found = Vec::new();
            for first in store::beginnings(tx, Side::Archive, MOST).await? {
                let all = store::messages(tx, Side::Archive, &first.process).await?;
                found.push((first, stand(&all)));
            }
            Ok::<_, vir_store::Error>(found)
        })
    });
    let processes = read.await?;
    let rows = processes.iter().map(|(first, stand)| {
        let count = first.message.objects().iter().filter(|object| object.parent.is_none()).count();
        Row::new([
            html! { a href={ "/archiv/vorgang/" (first.process) } { (first.message.head.sender.institution.as_deref().unwrap_or("–")) } },
            format::time_element(first.at, lang),
            html! { (count) },
            parts::badge(stand.0, stand.1.get(lang)),
        ])
    });
    let body = html! {
        (parts::error_summary(lang, errors))
        form.form method="post" action="/archiv" enctype="multipart/form-data" {
            (parts::csrf_field(caller))
            (parts::file_drop(lang, "message", lang.tr("Nachricht einer Stelle auswählen oder hierher ziehen", "Choose a message of an office or drop it here"))
                .hint(lang.tr("xdomea 2.3 bis 3.1 als ZIP: 0501 Anbieteverzeichnis, 0503 Aussonderung, 0505 Empfang der Bewertung.", "xdomea 2.3 to 3.1 as ZIP: 0501 offer, 0503 hand-over, 0505 receipt of the appraisal."))
                .accept(".zip,.xml,.xdomea").errors(errors))
            div.form__actions { (parts::button(lang.tr("Einlesen", "Read"))) }
        }
        @if processes.is_empty() {
            (parts::empty_state(
                lang.tr("Noch keine Anbietung", "No offer yet"),
                lang.tr("Was Stellen anbieten und abgeben, steht hier.", "What offices offer and hand over stands here."),
                &html! {},
            ))
        } @else {
            (parts::table(lang, "processes", lang.tr("Anbietungen", "Offers")).columns([
                Column::text(lang.tr("Stelle", "Office")),
                Column::text(lang.tr("Eingegangen", "Received")),
                Column::number(lang.tr("Akten", "Records")),
                Column::text(lang.tr("Stand", "State")),
            ]).rows(rows))
        }
    };
    let frame = Page::new(lang.tr("Archiv: Anbietungen", "Archive: offers")).section(ARCHIVE_SECTION);
    Ok(page(caller, if errors.is_empty() { frame } else { frame.with_errors() }, body))
}

/// How far a process is.
fn stand(messages: &[Kept]) -> (Tone, Text) {
    let has = |kind: MessageKind| messages.iter().any(|one| one.kind() == kind);
    if archive::is_taken_over(messages) {
        (Tone::Good, Text::new("übernommen", "taken over"))
    } else if has(MessageKind::HandOver) {
        (Tone::Info, Text::new("zu übernehmen", "to be taken over"))
    } else if has(MessageKind::Appraisal) {
        (Tone::Neutral, Text::new("bewertet", "appraised"))
    } else {
        (Tone::Info, Text::new("zu bewerten", "to be appraised"))
    }
}

/// Reads a message of an office.
pub async fn upload(caller: Caller, mut upload: Upload) -> Answer {
    caller.require_anywhere(APPRAISE)?;
    let received = match from_form(&caller.app, &caller.principal.tenant, &mut upload).await {
        Ok(came) => archive::receive(&caller, came).await,
        Err(refused) => Err(refused),
    };
    match received {
        Ok(process) => {
            let flash = Flash::good(caller.tr(
                "Eingelesen. Die Empfangsbestätigung liegt bei den Nachrichten bereit.",
                "Read. The receipt is ready among the messages.",
            ));
            Ok(redirect_with(&caller, &format!("/archiv/vorgang/{process}"), &flash))
        }
        Err(Refused::Said(texts)) => {
            let errors: Vec<FieldError> = texts.into_iter().map(|text| FieldError::new("message", text)).collect();
            shown(&caller, &errors).await
        }
        Err(Refused::Failed(error)) => Err(error),
    }
}

async fn of_process(caller: &Caller, process: &str) -> Result<Vec<Kept>, AppError> {
    caller.require_anywhere(APPRAISE)?;
    let name = process.to_lowercase();
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { store::messages(tx, Side::Archive, &name).await })
    });
    let messages = read.await?;
    if messages.is_empty() {
        return Err(AppError::not_found(Text::new("diesen Vorgang", "this process")));
    }
    Ok(messages)
}

/// `/archiv/vorgang/{process}`
pub async fn process(caller: Caller, Path(process): Path<String>) -> Answer {
    let messages = of_process(&caller, &process).await?;
    process_page(&caller, &messages, &[]).await
}

async fn process_page(caller: &Caller, messages: &[Kept], errors: &[FieldError]) -> Answer {
    let lang = caller.lang;
    let first = messages.first().ok_or_else(|| AppError::internal("a process without messages"))?;
    let read =
        caller.app.store.read(&caller.principal.tenant, |tx: &mut Tx| Box::pin(async move { records::plan(tx).await }));
    let (_, plan) = read.await?;
    let (offer, hand_over) = (archive::offer(messages), archive::hand_over(messages));
    let body = html! {
        (parts::error_summary(lang, errors))
        div.stack {
            @if let Some(hand_over) = hand_over {
                @if archive::is_taken_over(messages) {
                    (parts::notice(Tone::Good, lang.tr("Übernommen", "Taken over"), &html! {
                        p { (lang.tr("Die Importbestätigung (0506) liegt bei den Nachrichten. Mit ihr darf die Stelle löschen.", "The import receipt (0506) is among the messages. With it the office may delete.")) }
                    }))
                } @else {
                    (take_over_form(caller, hand_over, &labels(&plan), errors))
                }
            }
            @if let Some(offer) = offer { (appraisal(caller, offer, messages, hand_over.is_some())) }
            (message_table(lang, "/archiv/nachricht", messages))
        }
    };
    let from =
        first.message.head.sender.institution.clone().unwrap_or_else(|| lang.tr("Anbietung", "Offer").to_owned());
    let frame = Page::new(from)
        .section(ARCHIVE_SECTION)
        .crumb("/archiv", lang.tr("Archiv: Anbietungen", "Archive: offers"))
        .lead(format!("{} {}", lang.tr("Vorgang", "Process"), first.process));
    Ok(page(caller, if errors.is_empty() { frame } else { frame.with_errors() }, body))
}

fn take_over_form(caller: &Caller, hand_over: &Kept, entries: &[(String, String)], errors: &[FieldError]) -> Markup {
    let lang = caller.lang;
    let choices: Vec<Choice> = entries.iter().map(|(id, label)| Choice::new(id.clone(), label.clone())).collect();
    let objects = hand_over.message.objects();
    let (roots, files) = (
        objects.iter().filter(|object| object.parent.is_none()).count(),
        objects.iter().map(|object| object.files().count()).sum::<usize>(),
    );
    parts::card(
        lang.tr("Übernehmen", "Take over"),
        &html! {
            p { (lang.tr(format!("Abgegeben sind {roots} Akten mit {files} Dateien."), format!("{roots} records with {files} files were handed over."))) }
            form.form method="post" action={ "/archiv/vorgang/" (hand_over.process) "/uebernehmen" } {
                (parts::csrf_field(caller))
                (parts::select(lang, "entry", lang.tr("Bestand (Eintrag des Plans)", "Holding (entry of the plan)"), &choices).errors(errors).required()
                    .hint(lang.tr("Unter ihm werden die Akten im Archiv geführt.", "The records are kept under it in the archive.")))
                div.form__actions { (parts::button(lang.tr("Übernehmen und bestätigen (0506)", "Take over and confirm (0506)"))) }
            }
        },
    )
}

fn appraisal(caller: &Caller, offer: &Kept, messages: &[Kept], is_closed: bool) -> Markup {
    let lang = caller.lang;
    let objects = offer.message.objects();
    let before = archive::last_decision(messages);
    let values =
        [Appraisal::A, Appraisal::B, Appraisal::V].map(|value| Choice::new(letter(value), value.name().get(lang)));
    let total = archive::decided(objects).count();
    let rows = archive::decided(objects).take(MOST_OBJECTS).map(|(at, object)| {
        let id = object.id.folded().as_str().to_owned();
        let planned = object.proposal.or(match object.disposal {
            Some(Disposal::Standard(value)) => Some(value),
            _ => None,
        });
        let value = before.get(&id).copied().or(planned).unwrap_or(Appraisal::B);
        let title = object.subject.clone().or_else(|| object.reference.clone()).unwrap_or_else(|| id.clone());
        let label = format!("{}: {title}", lang.tr("Bewertung", "Appraisal"));
        let field = format!("value-{at}");
        Row::new([
            html! {
                @for _ in 0..archive::depth(objects, at).min(6) { "– " }
                (object.reference.as_deref().filter(|_| object.parent.is_none()).unwrap_or("")) " " (title)
            },
            described(object, lang),
            html! { (planned.map_or("–", |value| value.name().get(lang))) },
            html! {
                @if is_closed { (value.name().get(lang)) } @else {
                    input type="hidden" name="object" value=(id);
                    (parts::select(lang, "value", &label, &values).value(letter(value)).id(&field).hide_label())
                }
            },
        ])
    });
    let table = html! {
        (parts::table(lang, "objects", lang.tr("Angebotene Akten und Vorgänge", "Offered records and cases")).hide_caption().columns([
            Column::text(lang.tr("Akte, Vorgang", "Record, case")),
            Column::text(lang.tr("Angaben", "Details")),
            Column::text(lang.tr("Vorschlag", "Proposal")),
            Column::text(lang.tr("Bewertung", "Appraisal")),
        ]).rows(rows).loose())
    };
    parts::card(
        lang.tr("Bewerten", "Appraise"),
        &html! {
            @if total > MOST_OBJECTS {
                p { (lang.tr(
                    format!("Gezeigt sind die ersten {MOST_OBJECTS} von {total}; die übrigen gelten als B."),
                    format!("The first {MOST_OBJECTS} of {total} are shown; the others count as B."),
                )) }
            }
            @if is_closed { (table) } @else {
                form.form.form--wide method="post" action={ "/archiv/vorgang/" (offer.process) "/bewerten" } {
                    (parts::csrf_field(caller))
                    (table)
                    div.form__actions { (parts::button(lang.tr("Bewertung erstellen (0502)", "Make the appraisal (0502)")).icon(Icon::Check)) }
                }
            }
        },
    )
}

/// What the office says about an object.
fn described(object: &Object, lang: Lang) -> Markup {
    let day = |day: vir_archive::lifecycle::Day| format::iso_date(&day.to_string(), lang);
    html! {
        @if let Some((entry, about)) = &object.plan_entry {
            (entry.as_deref().unwrap_or("")) " " (about.as_deref().unwrap_or("")) br;
        }
        @if let Some((from, to)) = object.runs {
            (from.map_or_else(|| "?".to_owned(), day)) " – " (to.map_or_else(|| "?".to_owned(), day)) br;
        }
        @match object.retention {
            Some(Retention::Years(years)) => { (lang.tr("Aufbewahrung", "Retention")) ": " (years) " " (lang.tr("Jahre", "years")) }
            Some(Retention::Permanent) => { (lang.tr("Aufbewahrung: dauernd", "Retention: permanent")) }
            None => {}
        }
        @match object.retention_end {
            Some(RetentionEnd::Day(end)) => { ", " (lang.tr("bis", "until")) " " (day(end)) }
            Some(RetentionEnd::Year(year)) => { ", " (lang.tr("bis", "until")) " " (year) }
            None => {}
        }
        @if let Some(remark) = &object.remark { br; (remark) }
    }
}

fn letter(value: Appraisal) -> &'static str {
    match value {
        Appraisal::A => "A",
        Appraisal::B => "B",
        Appraisal::V => "V",
    }
}

/// Parallel lists, as browsers send them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Decisions {
    object: Vec<String>,
    value: Vec<String>,
}

/// Appraises.
pub async fn appraise(caller: Caller, Path(process): Path<String>, Form(form): Form<Decisions>) -> Answer {
    let messages = of_process(&caller, &process).await?;
    let values: BTreeMap<String, Appraisal> = form
        .object
        .into_iter()
        .zip(&form.value)
        .filter_map(|(object, value)| {
            let value = [Appraisal::A, Appraisal::B, Appraisal::V].into_iter().find(|one| letter(*one) == value)?;
            Some((object, value))
        })
        .collect();
    match archive::appraise(&caller, &messages, &values).await {
        Ok(()) => {
            let flash = Flash::good(caller.tr(
                "Bewertet. Laden Sie die Nachricht und geben Sie sie der Stelle.",
                "Appraised. Fetch the message and give it to the office.",
            ));
            Ok(redirect_with(&caller, &format!("/archiv/vorgang/{}", process.to_lowercase()), &flash))
        }
        Err(refused) => again(&caller, &messages, refused).await,
    }
}

async fn again(caller: &Caller, messages: &[Kept], refused: Refused) -> Answer {
    match refused {
        Refused::Said(texts) => {
            let errors: Vec<FieldError> = texts.into_iter().map(|text| FieldError::new("entry", text)).collect();
            process_page(caller, messages, &errors).await
        }
        Refused::Failed(error) => Err(error),
    }
}

/// Where to put what is taken over.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Place {
    entry: String,
}

/// Takes over.
pub async fn take_over(caller: Caller, Path(process): Path<String>, Form(form): Form<Place>) -> Answer {
    let messages = of_process(&caller, &process).await?;
    let entry = EntryId(form.entry);
    if !importing::permitted_entry(&caller, &entry).await? {
        let text = Text::new(
            "Bitte einen Eintrag wählen, unter dem Sie Akten anlegen dürfen.",
            "Please choose an entry under which you may begin records.",
        );
        return again(&caller, &messages, Refused::Said(vec![text])).await;
    }
    match importing::take_over(&caller, &messages, entry).await {
        Ok(count) => {
            let flash =
                Flash::good(caller.tr(format!("{count} Akten übernommen."), format!("{count} records taken over.")));
            Ok(redirect_with(&caller, &format!("/archiv/vorgang/{}", process.to_lowercase()), &flash))
        }
        Err(refused) => again(&caller, &messages, refused).await,
    }
}

/// A message as it came in or went out.
pub async fn download(caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require_anywhere(APPRAISE)?;
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { store::message(tx, Side::Archive, &id).await })
    });
    let message = read.await?.ok_or_else(|| AppError::not_found(Text::new("diese Nachricht", "this message")))?;
    fetch(&caller, &message).await
}

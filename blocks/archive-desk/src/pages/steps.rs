//! What can be done with a record next, and doing it.
//!
//! Invariant: the page offers a step exactly where [`vir_archive::lifecycle::decide`] would let it happen; what it
//! refuses is shown with the rule's reason.

use axum::extract::Path;
use serde::Deserialize;
use vir_archive::lifecycle::{CaseId, Command, Day, EntryId, State, SubjectId, decide};
use vir_core::Text;
use vir_store::{Tx, new_id};
use vir_web::parts::{self, Choice};
use vir_web::{Answer, AppError, Caller, FieldError, Flash, Form, Markup, html, redirect_with};

use super::one;
use crate::access;
use crate::permissions::FILE;
use crate::plan::labels;
use crate::records::{self, ActError, Loaded, OwnedLaw};

/// The longest reason, in characters.
const LONGEST: usize = 2000;

/// What was given and is shown again.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub errors: Vec<FieldError>,
    pub step: String,
    pub reason: String,
    pub title: String,
}

/// A step as forms and the API say it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Draft {
    pub step: String,
    pub seen: usize,
    pub reason: String,
    pub title: String,
    pub case: String,
    pub entry: String,
    pub event: String,
    pub on: String,
    pub subject: String,
}

/// The steps that people take on this page; the others have pages of their own.
pub(super) fn panel(caller: &Caller, loaded: &Loaded, law: &OwnedLaw, given: &Given) -> Markup {
    let lang = caller.lang;
    if !access::may(&caller.principal, FILE, loaded.unit.as_deref()) {
        return html! {};
    }
    let record = &loaded.record;
    let action = format!("/akten/{}/schritt", record.id);
    let hidden = |step: &str| {
        html! {
            (parts::csrf_field(caller))
            input type="hidden" name="step" value=(step);
            input type="hidden" name="seen" value=(loaded.seen());
        }
    };
    let reason = if given.step == "reopen" || given.step == "classify" { given.reason.as_str() } else { "" };
    let errors = given.errors.as_slice();
    let of = |step: &str| if given.step == step { errors } else { &[] };
    let waiting =
        law.law().rule(record, records::day_of(caller.app.now())).and_then(|(_, version)| match &version.rule {
            vir_archive::lifecycle::term::Rule::Term { start, .. } => start.event().map(str::to_owned),
            vir_archive::lifecycle::term::Rule::Permanent => None,
        });
    let open_cases: Vec<Choice> = record
        .cases
        .iter()
        .filter(|(_, case)| !case.closed)
        .map(|(id, case)| Choice::new(id.0.clone(), &case.title))
        .collect();
    let entries: Vec<Choice> = labels(&law.plan).into_iter().map(|(id, label)| Choice::new(id, label)).collect();
    let objections = objections(caller, loaded, law, &Command::Close);
    parts::card(
        lang.tr("Nächste Schritte", "Next steps"),
        &html! {
            @if record.state == State::InWork {
                @if objections.is_empty() {
                    form.form method="post" action=(action) {
                        (hidden("close"))
                        p { (lang.tr("Ist alles erledigt, wird die Akte z.d.A. verfügt. Damit beginnt ihre Aufbewahrung, und sie kommt in den Langzeitspeicher.", "When all is done, the record is closed. Its retention begins, and it comes into long-term storage.")) }
                        div.form__actions { (parts::button(lang.tr("z.d.A. verfügen", "Close the record"))) }
                    }
                } @else {
                    p { (lang.tr("z.d.A. kann die Akte noch nicht verfügt werden:", "The record cannot be closed yet:")) }
                    div.prose { ul { @for text in &objections { li { (text.get(lang)) } } } }
                }
                @if record.kind == vir_archive::lifecycle::event::Kind::File {
                    details open[given.step == "open-case"] { summary { (lang.tr("Vorgang beginnen", "Begin a case")) }
                        form.form method="post" action=(action) {
                            (hidden("open-case"))
                            (parts::field(lang, "title", lang.tr("Betreff des Vorgangs", "Title of the case")).value(if given.step == "open-case" { &given.title } else { "" }).max_length(300).errors(of("open-case")).required())
                            div.form__actions { (parts::button(lang.tr("Vorgang beginnen", "Begin the case")).secondary()) }
                        }
                    }
                }
                @if !open_cases.is_empty() {
                    details { summary { (lang.tr("Vorgang beenden", "End a case")) }
                        form.form method="post" action=(action) {
                            (hidden("close-case"))
                            (parts::select(lang, "case", lang.tr("Vorgang", "Case"), &open_cases).required())
                            div.form__actions { (parts::button(lang.tr("Vorgang beenden", "End the case")).secondary()) }
                        }
                    }
                }
            }
            @if matches!(record.state, State::Closed | State::Stored) {
                details open[given.step == "reopen"] { summary { (lang.tr("Wieder aufnehmen", "Reopen")) }
                    form.form method="post" action=(action) {
                        (hidden("reopen"))
                        (parts::text_area(lang, "reason", lang.tr("Begründung", "Reason")).id("reason-reopen").value(reason).rows(2).errors(of("reopen")).required()
                            .hint(lang.tr("Die Fristen beginnen neu, wenn die Akte wieder z.d.A. verfügt wird.", "The terms begin anew when the record is closed again.")))
                        div.form__actions { (parts::button(lang.tr("Wieder aufnehmen", "Reopen")).secondary()) }
                    }
                }
            }
            @if let Some(event) = &waiting {
                details open[given.step == "occur"] { summary { (lang.tr("Fristereignis eintragen", "Enter the event of a term")) }
                    form.form method="post" action=(action) {
                        (hidden("occur"))
                        input type="hidden" name="event" value=(event);
                        (parts::date_field(lang, "on", event).errors(of("occur")).required())
                        div.form__actions { (parts::button(lang.tr("Eintragen", "Enter")).secondary()) }
                    }
                }
            }
            details open[given.step == "name-subject"] { summary { (lang.tr("Betroffene Person nennen", "Name a person concerned")) }
                form.form method="post" action=(action) {
                    (hidden("name-subject"))
                    (parts::field(lang, "subject", lang.tr("Person", "Person")).max_length(300).errors(of("name-subject")).required())
                    div.form__actions { (parts::button(lang.tr("Nennen", "Name")).secondary()) }
                }
            }
            @if matches!(record.state, State::InWork | State::Closed | State::Stored) {
                details open[given.step == "classify"] { summary { (lang.tr("Umgliedern", "Reclassify")) }
                    form.form method="post" action=(action) {
                        (hidden("classify"))
                        (parts::select(lang, "entry", lang.tr("Eintrag des Aktenplans", "Entry of the plan"), &entries).value(&record.entry.0).errors(of("classify")).required())
                        (parts::text_area(lang, "reason", lang.tr("Begründung", "Reason")).id("reason-classify").value(reason).rows(2).errors(of("classify")).required())
                        div.form__actions { (parts::button(lang.tr("Umgliedern", "Reclassify")).secondary()) }
                    }
                }
            }
        },
    )
}

/// What speaks against a step now.
fn objections(caller: &Caller, loaded: &Loaded, law: &OwnedLaw, command: &Command) -> Vec<Text> {
    let who = records::who(&caller.principal, FILE, loaded.unit.as_deref());
    match decide(Some(&loaded.record), command, &who, records::day_of(caller.app.now()), &law.law()) {
        Ok(_) => Vec::new(),
        Err(refusal) => refusal.objections.into_iter().map(|objection| objection.why).collect(),
    }
}

/// The form with which documents come.
pub(super) fn upload_form(caller: &Caller, loaded: &Loaded, given: &Given) -> Markup {
    let lang = caller.lang;
    if loaded.record.state != State::InWork || !access::may(&caller.principal, FILE, loaded.unit.as_deref()) {
        return html! {};
    }
    let cases: Vec<Choice> = loaded
        .record
        .cases
        .iter()
        .filter(|(_, case)| !case.closed)
        .map(|(id, case)| Choice::new(id.0.clone(), &case.title))
        .collect();
    let errors = if given.step == "upload" { given.errors.as_slice() } else { &[] };
    html! {
        form.form method="post" enctype="multipart/form-data" action={ "/akten/" (loaded.record.id) "/dokumente" } {
            (parts::csrf_field(caller))
            @if !cases.is_empty() {
                (parts::select(lang, "case", lang.tr("In welchen Vorgang", "Into which case"), &cases).empty(lang.tr("direkt in die Akte", "directly into the record")))
            }
            (parts::file_drop(lang, "files", lang.tr("Dokumente auswählen oder hierher ziehen", "Choose documents or drop them here")).multiple().errors(errors))
            div.form__actions { (parts::button(lang.tr("Zu den Akten nehmen", "File"))) }
        }
    }
}

pub(super) async fn take(caller: Caller, Path(id): Path<String>, Form(draft): Form<Draft>) -> Answer {
    let loaded = access::permitted(&caller, &id, FILE).await?;
    let now = caller.app.now();
    let wrong = |field: &'static str, text: Text| vec![FieldError::new(field, text)];
    let command = match read(&draft, now) {
        Ok(Some(command)) => command,
        Ok(None) => {
            return Err(AppError::bad_request(Text::new("Diesen Schritt gibt es nicht.", "There is no such step.")));
        }
        Err((field, text)) => {
            let given =
                Given { errors: wrong(field, text), step: draft.step, reason: draft.reason, title: draft.title };
            return one::render(&caller, &loaded, &given).await;
        }
    };
    if let Command::Classify { entry, .. } = &command {
        permitted_entry(&caller, entry).await?;
    }
    let who = records::who(&caller.principal, FILE, loaded.unit.as_deref());
    let (record, seen, commands) = (loaded.record.id.clone(), draft.seen, [command]);
    let done = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { records::act(tx, &record, Some(seen), &commands, &who).await })
    });
    match done.await {
        Ok(_) => {
            let text = match draft.step.as_str() {
                "close" => caller.tr(
                    "z.d.A. verfügt. Die Akte kommt in den Langzeitspeicher.",
                    "Closed. The record comes into long-term storage.",
                ),
                "reopen" => caller.tr("Wieder in Bearbeitung.", "In work again."),
                _ => caller.tr("Gespeichert.", "Saved."),
            };
            Ok(redirect_with(&caller, &format!("/akten/{id}"), &Flash::good(text)))
        }
        Err(ActError::Store(error)) => Err(error.into()),
        Err(error) => {
            let field = match draft.step.as_str() {
                "reopen" | "classify" => "reason",
                "occur" => "on",
                "open-case" => "title",
                _ => "step",
            };
            let errors = error.texts().into_iter().map(|text| FieldError::new(field, text)).collect();
            let given = Given { errors, step: draft.step, reason: draft.reason, title: draft.title };
            let loaded = access::unnoted(&caller, &id).await?;
            one::render(&caller, &loaded, &given).await
        }
    }
}

/// Somebody who moves a record must be allowed to work where it goes.
pub(crate) async fn permitted_entry(caller: &Caller, entry: &EntryId) -> Result<(), AppError> {
    let read =
        caller.app.store.read(&caller.principal.tenant, |tx: &mut Tx| Box::pin(async move { records::plan(tx).await }));
    let (_, plan) = read.await?;
    if access::may(&caller.principal, FILE, plan.unit(entry)) { Ok(()) } else { Err(AppError::forbidden(FILE)) }
}

/// The command that a form says; what is wrong with it has its field.
pub(crate) fn read(draft: &Draft, now: jiff::Timestamp) -> Result<Option<Command>, (&'static str, Text)> {
    let words = |field: &'static str, text: &str| -> Result<String, (&'static str, Text)> {
        let text = text.trim();
        match text.chars().count() {
            0 => Err((field, Text::new("Bitte ausfüllen.", "Please fill this in."))),
            count if count > LONGEST => {
                Err((field, Text::new("Höchstens 2.000 Zeichen.", "At most 2,000 characters.")))
            }
            _ => Ok(text.to_owned()),
        }
    };
    Ok(Some(match draft.step.as_str() {
        "close" => Command::Close,
        "reopen" => Command::Reopen { reason: words("reason", &draft.reason)? },
        "open-case" => Command::OpenCase { case: CaseId(new_id(now)), title: words("title", &draft.title)? },
        "close-case" => Command::CloseCase { case: CaseId(words("case", &draft.case)?) },
        "name-subject" => Command::NameSubject { subject: SubjectId(words("subject", &draft.subject)?) },
        "classify" => {
            Command::Classify { entry: EntryId(words("entry", &draft.entry)?), reason: words("reason", &draft.reason)? }
        }
        "occur" => {
            let on: Day = draft.on.parse().map_err(|_| ("on", Text::new("Ein Tag.", "A day.")))?;
            Command::Occur { event: words("event", &draft.event)?, on }
        }
        _ => return Ok(None),
    }))
}

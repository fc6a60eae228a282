//! `/sperren`: the holds, imposing one, prolonging, extending and lifting.
//!
//! A hold over a record or a branch is for those who may impose holds in its units; one over people or a search reaches
//! all units, and is for those who may in all of them.
//!
//! Invariant: nobody sees or changes a hold that they could not have imposed.

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use serde::Deserialize;
use vir_archive::lifecycle::hold::{Change, HoldRefusal, Scope};
use vir_archive::lifecycle::{Day, EntryId, Hold, HoldId, RecordId, SubjectId};
use vir_auth::Directory;
use vir_core::{Lang, Text};
use vir_store::{Tx, new_id};
use vir_web::parts::{self, Choice};
use vir_web::{
    Answer, App, AppError, Caller, FieldError, Flash, Form, Markup, Page, format, html, page, redirect_with,
};

use super::{HoldError, SECTION, change, units_of_branch};
use crate::permissions::HOLD;
use crate::plan::labels;
use crate::records::{self, OwnedLaw, Wanted};
use crate::{access, pages};

/// The addresses.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/sperren", get(list).post(impose))
        .route("/sperren/{hold}/verlaengern", post(prolong))
        .route("/sperren/{hold}/erweitern", post(extend))
        .route("/sperren/{hold}/aufheben", post(lift))
}

/// The longest reason, in characters.
const LONGEST: usize = 2_000;
/// Records that one search holds.
const MOST_FOUND: usize = 10_000;

/// What a form says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Draft {
    scope: String,
    reference: String,
    entry: String,
    subjects: String,
    words: String,
    reason: String,
    until: String,
}

async fn law(caller: &Caller) -> Result<OwnedLaw, AppError> {
    let read =
        caller.app.store.read(&caller.principal.tenant, |tx: &mut Tx| Box::pin(async move { records::law(tx).await }));
    Ok(read.await?)
}

/// May the caller have to do with a hold of this scope?
async fn may(caller: &Caller, law: &OwnedLaw, scope: &Scope) -> bool {
    let principal = &caller.principal;
    match scope {
        Scope::Record { record } => access::permitted(caller, &record.0, HOLD).await.is_ok(),
        Scope::Branch { entry } => {
            let units = units_of_branch(&law.plan, entry);
            !units.is_empty() && units.into_iter().all(|unit| access::may(principal, HOLD, unit))
        }
        Scope::Subjects { .. } | Scope::Search { .. } => principal.may_everywhere(HOLD),
    }
}

async fn list(caller: Caller) -> Answer {
    caller.require_anywhere(HOLD)?;
    shown(&caller, &Draft::default(), &[]).await
}

async fn shown(caller: &Caller, draft: &Draft, errors: &[FieldError]) -> Answer {
    let (lang, today) = (caller.lang, records::day_of(caller.app.now()));
    let law = law(caller).await?;
    let directory = caller.app.auth.directory(&caller.principal.tenant).await?;
    let (mut active, mut over) = (Vec::new(), Vec::new());
    for hold in &law.holds {
        if may(caller, &law, &hold.scope).await {
            let title = scope_title(caller, hold, lang).await?;
            let list = if hold.is_active(today) || hold.from > today { &mut active } else { &mut over };
            list.push((hold, title));
        }
    }
    let body = html! {
        (parts::error_summary(lang, errors))
        div.stack {
            section aria-labelledby="active" {
                h2 id="active" { (lang.tr("Geltende Sperren", "Active holds")) }
                @if active.is_empty() { p.faint { (lang.tr("Keine Akte ist gesperrt.", "No record is held.")) } }
                @for (hold, title) in &active { (one(caller, hold, title, &directory, true)) }
            }
            (impose_form(caller, &law, draft, errors))
            @if !over.is_empty() {
                section aria-labelledby="over" {
                    h2 id="over" { (lang.tr("Beendete Sperren", "Holds that are over")) }
                    @for (hold, title) in &over { (one(caller, hold, title, &directory, false)) }
                }
            }
        }
    };
    let frame = Page::new(lang.tr("Aufbewahrungssperren", "Legal holds"))
        .section(SECTION)
        .crumb("/aussonderung", lang.tr("Aussonderung", "Disposal"))
        .lead(lang.tr(
            "Solange eine Sperre gilt, wird keine der Akten angeboten, abgegeben, umgegliedert oder gelöscht.",
            "While a hold is active, none of the records is offered, handed over, reclassified or deleted.",
        ));
    Ok(page(caller, if errors.is_empty() { frame } else { frame.with_errors() }, body))
}

/// What a hold is about.
async fn scope_title(caller: &Caller, hold: &Hold, lang: Lang) -> Result<String, AppError> {
    Ok(match &hold.scope {
        Scope::Record { record } => match access::unnoted(caller, &record.0).await {
            Ok(loaded) => format!("{} {}: {}", lang.tr("Akte", "Record"), loaded.reference, loaded.record.title),
            Err(_) => format!("{} {record}", lang.tr("Akte", "Record")),
        },
        Scope::Branch { entry } => format!("{} {entry}", lang.tr("Zweig des Aktenplans", "Branch of the plan")),
        Scope::Subjects { subjects } => {
            let names: Vec<&str> = subjects.iter().map(|subject| subject.0.as_str()).collect();
            format!("{}: {}", lang.tr("Akten über", "Records about"), names.join(", "))
        }
        Scope::Search { words, records } => {
            format!("{} „{words}“ ({} {})", lang.tr("Suche", "Search"), records.len(), lang.tr("Akten", "records"))
        }
    })
}

fn one(caller: &Caller, hold: &Hold, title: &str, directory: &Directory, active: bool) -> Markup {
    let lang = caller.lang;
    let day = |day: Day| format::iso_date(&day.to_string(), lang);
    let until = hold.until.map_or_else(|| lang.tr("offen", "open").to_owned(), day);
    let mut facts = vec![
        (lang.tr("Begründung", "Reason"), html! { (hold.reason) }),
        (lang.tr("Verhängt", "Imposed"), html! { (day(hold.from)) ", " (pages::who(&hold.author, directory, lang)) }),
        (lang.tr("Bis", "Until"), html! { (until) }),
    ];
    if let Some((on, who, reason)) = &hold.lifted {
        facts.push((
            lang.tr("Aufgehoben", "Lifted"),
            html! { (day(*on)) ", " (pages::who(who, directory, lang)) ": " (reason) },
        ));
    }
    let id = &hold.id.0;
    let fields = |what: &str| (format!("{what}-reason-{id}"), format!("{what}-until-{id}"));
    let (prolong_reason, prolong_until) = fields("prolong");
    let (lift_reason, _) = fields("lift");
    parts::card(
        title,
        &html! {
            (parts::definition_list(&facts))
            @if active && hold.lifted.is_none() {
                details { summary { (lang.tr("Ende ändern", "Change the end")) }
                    form.form method="post" action={ "/sperren/" (id) "/verlaengern" } {
                        (parts::csrf_field(caller))
                        (parts::date_field(lang, "until", lang.tr("Neues Ende; leer: offen", "New end; empty: open")).id(&prolong_until))
                        (parts::text_area(lang, "reason", lang.tr("Begründung", "Reason")).id(&prolong_reason).rows(2).required())
                        div.form__actions { (parts::button(lang.tr("Ende ändern", "Change the end")).secondary().about(title)) }
                    }
                }
                @if matches!(hold.scope, Scope::Search { .. }) {
                    form.inline method="post" action={ "/sperren/" (id) "/erweitern" } {
                        (parts::csrf_field(caller))
                        (parts::button(lang.tr("Noch einmal suchen", "Search again")).quiet().about(title))
                    }
                }
                details { summary { (lang.tr("Aufheben", "Lift")) }
                    form.form method="post" action={ "/sperren/" (id) "/aufheben" } {
                        (parts::csrf_field(caller))
                        (parts::text_area(lang, "reason", lang.tr("Begründung", "Reason")).id(&lift_reason).rows(2).required())
                        div.form__actions { (parts::button(lang.tr("Sperre aufheben", "Lift the hold")).danger().about(title)) }
                    }
                }
            }
        },
    )
}

fn impose_form(caller: &Caller, law: &OwnedLaw, draft: &Draft, errors: &[FieldError]) -> Markup {
    let lang = caller.lang;
    let mut scopes = vec![
        Choice::new("record", lang.tr("eine Akte", "one record")),
        Choice::new(
            "branch",
            lang.tr("ein Zweig des Aktenplans, auch künftige Akten", "a branch of the plan, also records to come"),
        ),
    ];
    if caller.principal.may_everywhere(HOLD) {
        scopes.push(Choice::new(
            "subjects",
            lang.tr("alle Akten über Personen, auch künftige", "all records about people, also those to come"),
        ));
        scopes.push(Choice::new("search", lang.tr("alles, was eine Suche findet", "all that a search finds")));
    }
    let entries: Vec<Choice> = labels(&law.plan).into_iter().map(|(id, label)| Choice::new(id, label)).collect();
    let scope = if draft.scope.is_empty() { "record" } else { draft.scope.as_str() };
    parts::card(
        lang.tr("Sperre verhängen", "Impose a hold"),
        &html! {
            form.form method="post" action="/sperren" {
                (parts::csrf_field(caller))
                (parts::radios(lang, "scope", lang.tr("Was gesperrt wird", "What is held"), &scopes).value(scope).errors(errors))
                (parts::field(lang, "reference", lang.tr("Aktenzeichen", "Reference")).value(&draft.reference).max_length(200).errors(errors)
                    .hint(lang.tr("Für eine Akte.", "For one record.")))
                (parts::select(lang, "entry", lang.tr("Zweig", "Branch"), &entries).value(&draft.entry).empty(lang.tr("keiner", "none")).errors(errors))
                @if caller.principal.may_everywhere(HOLD) {
                    (parts::text_area(lang, "subjects", lang.tr("Personen", "People")).value(&draft.subjects).rows(2).max_length(4000).errors(errors)
                        .hint(lang.tr("Eine je Zeile, so wie sie in den Akten genannt sind.", "One per line, as they are named in the records.")))
                    (parts::field(lang, "words", lang.tr("Suchwörter", "Words")).value(&draft.words).max_length(300).errors(errors))
                }
                (parts::text_area(lang, "reason", lang.tr("Begründung", "Reason")).value(&draft.reason).rows(3).required().errors(errors)
                    .hint(lang.tr("Etwa Rechtsstreit mit Aktenzeichen des Gerichts, Prüfung, Antrag nach Art. 18 DSGVO.", "Such as a lawsuit with the court's number, an audit, a request under Art. 18 GDPR.")))
                (parts::date_field(lang, "until", lang.tr("Bis; leer: offen", "Until; empty: open")).value(&draft.until).errors(errors))
                div.form__actions { (parts::button(lang.tr("Sperre verhängen", "Impose the hold"))) }
            }
        },
    )
}

/// A last day; none where it is open.
fn last_day(text: &str) -> Result<Option<Day>, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |_| FieldError::new("until", Text::new("Das ist kein Tag.", "This is no day."));
    text.parse().map(Some).map_err(wrong)
}

fn reason(text: &str) -> Result<String, FieldError> {
    let text = text.trim();
    if text.chars().count() > LONGEST {
        return Err(FieldError::new("reason", Text::new("Höchstens 2.000 Zeichen.", "At most 2,000 characters.")));
    }
    Ok(text.to_owned())
}

/// The field at which a refusal is said.
fn refusal(refusal: HoldRefusal) -> FieldError {
    let field = match refusal {
        HoldRefusal::NoReason => "reason",
        HoldRefusal::Days => "until",
        _ => "scope",
    };
    FieldError::new(field, refusal.text())
}

async fn scope_of(caller: &Caller, draft: &Draft) -> Result<Result<Scope, FieldError>, AppError> {
    let missing = |field: &'static str, de: &'static str, en: &'static str| FieldError::new(field, Text::new(de, en));
    Ok(match draft.scope.as_str() {
        "record" => {
            let reference = draft.reference.trim().to_owned();
            let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
                Box::pin(async move { records::by_reference(tx, &reference).await })
            });
            let unknown = || {
                missing(
                    "reference",
                    "Eine Akte mit diesem Aktenzeichen gibt es nicht.",
                    "There is no record with this reference.",
                )
            };
            match read.await? {
                Some(record) if access::unnoted(caller, &record.0).await.is_ok() => Ok(Scope::Record { record }),
                _ => Err(unknown()),
            }
        }
        "branch" if !draft.entry.is_empty() => Ok(Scope::Branch { entry: EntryId(draft.entry.clone()) }),
        "branch" => Err(missing("entry", "Bitte einen Zweig wählen.", "Please choose a branch.")),
        "subjects" => {
            let subjects: BTreeSet<SubjectId> = draft
                .subjects
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .take(100)
                .map(SubjectId::from)
                .collect();
            if subjects.is_empty() {
                Err(missing("subjects", "Bitte mindestens eine Person nennen.", "Please name at least one person."))
            } else {
                Ok(Scope::Subjects { subjects })
            }
        }
        "search" => {
            let words = draft.words.trim().to_owned();
            if words.is_empty() {
                Err(missing("words", "Bitte Suchwörter angeben.", "Please give words."))
            } else {
                let records = found(caller, &words).await?;
                Ok(Scope::Search { words, records })
            }
        }
        _ => Err(missing("scope", "Bitte wählen, was gesperrt wird.", "Please choose what is held.")),
    })
}

/// The records that a search finds now.
async fn found(caller: &Caller, words: &str) -> Result<BTreeSet<RecordId>, AppError> {
    let (principal, words) = (caller.principal.clone(), words.to_owned());
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let (_, plan) = records::plan(tx).await?;
            let mut all = BTreeSet::new();
            let mut wanted = Wanted { words, ..Wanted::default() };
            while all.len() < MOST_FOUND {
                let page = records::find(tx, &principal, &plan, &wanted).await?;
                all.extend(page.lines.into_iter().map(|line| RecordId(line.id)));
                match page.next {
                    Some(next) if wanted.cursor.as_ref() != Some(&next) => wanted.cursor = Some(next),
                    _ => break,
                }
            }
            Ok::<_, vir_store::Error>(all)
        })
    });
    Ok(read.await?)
}

async fn impose(caller: Caller, Form(draft): Form<Draft>) -> Answer {
    caller.require_anywhere(HOLD)?;
    let law = law(&caller).await?;
    let mut errors = Vec::new();
    let until = last_day(&draft.until).map_err(|error| errors.push(error)).unwrap_or(None);
    let reason = reason(&draft.reason).map_err(|error| errors.push(error)).unwrap_or_default();
    let scope = scope_of(&caller, &draft).await?.map_err(|error| errors.push(error)).ok();
    let Some(scope) = scope.filter(|_| errors.is_empty()) else { return shown(&caller, &draft, &errors).await };
    if !may(&caller, &law, &scope).await {
        return Err(AppError::forbidden(HOLD));
    }
    let id = HoldId(new_id(caller.app.now()));
    let from = records::day_of(caller.app.now());
    let change = Change::Impose { id: id.clone(), scope, reason, from, until };
    let text = caller.tr("Sperre verhängt.", "Hold imposed.");
    done(&caller, id, change, &draft, text).await
}

async fn done(caller: &Caller, id: HoldId, wanted: Change, draft: &Draft, text: &str) -> Answer {
    let who = records::who(&caller.principal, HOLD, None);
    let write = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { change(tx, &id, &wanted, &who).await })
    });
    match write.await {
        Ok(_) => Ok(redirect_with(caller, "/sperren", &Flash::good(text))),
        Err(HoldError::Refused(refused)) => shown(caller, draft, &[refusal(refused)]).await,
        Err(HoldError::Store(error)) => Err(error.into()),
    }
}

/// The hold, where the caller may have to do with it.
async fn permitted(caller: &Caller, id: &str) -> Result<Hold, AppError> {
    caller.require_anywhere(HOLD)?;
    let law = law(caller).await?;
    let missing = || AppError::not_found(Text::new("diese Sperre", "this hold"));
    let hold = law.holds.iter().find(|hold| hold.id.0 == id).cloned().ok_or_else(missing)?;
    if may(caller, &law, &hold.scope).await { Ok(hold) } else { Err(missing()) }
}

async fn prolong(caller: Caller, Path(id): Path<String>, Form(draft): Form<Draft>) -> Answer {
    let hold = permitted(&caller, &id).await?;
    let fields = last_day(&draft.until).and_then(|until| Ok((until, reason(&draft.reason)?)));
    let (until, reason) = match fields {
        Ok(fields) => fields,
        Err(error) => return shown(&caller, &Draft::default(), &[error]).await,
    };
    let text = caller.tr("Ende geändert.", "End changed.");
    done(&caller, hold.id, Change::Prolong { until, reason }, &Draft::default(), text).await
}

async fn extend(caller: Caller, Path(id): Path<String>, _: vir_web::Posted) -> Answer {
    let hold = permitted(&caller, &id).await?;
    let Scope::Search { words, .. } = &hold.scope else {
        return shown(&caller, &Draft::default(), &[refusal(HoldRefusal::NoSearch)]).await;
    };
    let records = found(&caller, words).await?;
    let text = caller.tr("Noch einmal gesucht.", "Searched again.");
    done(&caller, hold.id, Change::Extend { records }, &Draft::default(), text).await
}

async fn lift(caller: Caller, Path(id): Path<String>, Form(draft): Form<Draft>) -> Answer {
    let hold = permitted(&caller, &id).await?;
    let reason = match reason(&draft.reason) {
        Ok(reason) => reason,
        Err(error) => return shown(&caller, &Draft::default(), &[error]).await,
    };
    let text = caller.tr("Sperre aufgehoben.", "Hold lifted.");
    done(&caller, hold.id, Change::Lift { reason }, &Draft::default(), text).await
}

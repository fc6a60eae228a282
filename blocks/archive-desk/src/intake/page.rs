//! `/aktenplan/zugaenge`: under which entry of the plan things of other blocks come, and events for many records.
//!
//! Invariant: only entries that are in the plan can be chosen.

use serde::Deserialize;
use vir_archive::lifecycle::{Day, EntryId};
use vir_core::Text;
use vir_store::{Entry, Tx};
use vir_web::parts::{self, Choice};
use vir_web::{Answer, Caller, FieldError, Flash, Form, Page, html, page, redirect_with};

use super::event::{choose, entry_of, sources};
use super::terms::{self, Occurrence};
use crate::pages::SECTION;
use crate::permissions::PLAN;
use crate::plan::labels;
use crate::records;

const HERE: &str = "/aktenplan/zugaenge";

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Many {
    branch: String,
    year: String,
    event: String,
    on: String,
}

pub(super) async fn show(caller: Caller) -> Answer {
    caller.require_everywhere(PLAN)?;
    render(&caller, &Many::default(), &[]).await
}

async fn render(caller: &Caller, many: &Many, errors: &[FieldError]) -> Answer {
    let lang = caller.lang;
    let all: Vec<_> = sources(&caller.app).collect();
    let names: Vec<&'static str> = all.iter().map(|source| source.name).collect();
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let mut chosen = Vec::new();
            for name in names {
                chosen.push(entry_of(tx, name).await?);
            }
            Ok::<_, vir_store::Error>((records::plan(tx).await?.1, chosen))
        })
    });
    let (plan, chosen) = read.await?;
    let entries: Vec<Choice> = labels(&plan).into_iter().map(|(id, label)| Choice::new(id, label)).collect();
    let events: Vec<String> = {
        let all = plan.entries().flat_map(|entry| &entry.retention).filter_map(|version| match &version.rule {
            vir_archive::lifecycle::term::Rule::Term { start, .. } => start.event().map(str::to_owned),
            vir_archive::lifecycle::term::Rule::Permanent => None,
        });
        all.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    };
    let body = html! {
        (parts::error_summary(lang, errors))
        div.stack {
            (parts::card(lang.tr("Zugänge aus anderen Verfahren", "What comes from other procedures"), &html! {
                @if all.is_empty() { p { (lang.tr("Kein anderes Verfahren gibt hier etwas ab.", "No other procedure hands anything over.")) } }
                @else {
                    form.form method="post" action=(HERE) {
                        (parts::csrf_field(caller))
                        @for (source, entry) in all.iter().zip(&chosen) {
                            (parts::select(lang, source.name, source.title.get(lang), &entries)
                                .value(entry.as_ref().map_or("", |entry| entry.0.as_str()))
                                .empty(lang.tr("nicht übernehmen", "do not take over")))
                        }
                        p.small.faint { (lang.tr("Was abgeschlossen wird, kommt mit allen Unterlagen als Akte unter diesen Eintrag, z.d.A. verfügt und mit dessen Frist.", "What is closed comes with all its papers as a record under this entry, closed and with its term.")) }
                        div.form__actions { (parts::button(lang.tr("Speichern", "Save"))) }
                    }
                }
            }))
            (parts::card(lang.tr("Fristereignis für viele Akten", "Event of a term for many records"), &html! {
                p { (lang.tr("Manche Fristen beginnen mit einem Ereignis, etwa dem Beschluss über den Jahresabschluss. Hier wird es für alle Akten eines Zweiges und Jahres eingetragen.", "Some terms begin with an event, such as the resolution on the annual accounts. Here it is entered for all records of a branch and a year.")) }
                form.form method="post" action="/aktenplan/fristereignis" {
                    (parts::csrf_field(caller))
                    (parts::select(lang, "branch", lang.tr("Zweig", "Branch"), &entries).value(&many.branch).empty(lang.tr("bitte wählen", "please choose")).errors(errors).required())
                    (parts::field(lang, "year", lang.tr("Jahr, in dem die Akten begonnen wurden", "Year in which the records were begun")).value(&many.year).input_mode("numeric").width(4).errors(errors).required())
                    (parts::field(lang, "event", lang.tr("Ereignis", "Event")).value(&many.event).suggestions(&events).max_length(200).errors(errors).required())
                    (parts::date_field(lang, "on", lang.tr("Tag", "Day")).value(&many.on).errors(errors).required())
                    div.form__actions { (parts::button(lang.tr("Eintragen", "Enter")).secondary()) }
                }
            }))
        }
    };
    let mut frame = Page::new(lang.tr("Zugänge und Fristereignisse", "What comes in, and events of terms"))
        .section(SECTION)
        .crumb("/akten", lang.tr("Akten", "Records"))
        .crumb("/aktenplan", lang.tr("Aktenplan", "Plan"));
    if !errors.is_empty() {
        frame = frame.with_errors();
    }
    Ok(page(caller, frame, body))
}

pub(super) async fn save(caller: Caller, Form(fields): Form<std::collections::BTreeMap<String, String>>) -> Answer {
    caller.require_everywhere(PLAN)?;
    let wanted: Vec<(&'static str, String)> =
        sources(&caller.app).filter_map(|source| Some((source.name, fields.get(source.name)?.clone()))).collect();
    let actor = caller.principal.actor();
    let done = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let (_, plan) = records::plan(tx).await?;
            for (source, entry) in wanted {
                let entry = EntryId(entry);
                choose(tx, source, Some(&entry).filter(|entry| plan.entry(entry).is_some())).await?;
                tx.audit(Entry {
                    actor: actor.clone(),
                    action: "archive.intake".to_owned(),
                    subject: format!("archive-intake/{source}"),
                    detail: serde_json::json!({ "entry": entry }),
                });
            }
            Ok::<_, vir_store::Error>(())
        })
    });
    done.await?;
    Ok(redirect_with(&caller, HERE, &Flash::good(caller.tr("Gespeichert.", "Saved."))))
}

pub(super) async fn occur(caller: Caller, Form(many): Form<Many>) -> Answer {
    caller.require_everywhere(PLAN)?;
    let mut errors = Vec::new();
    let mut wrong = |field: &'static str, text: Text| errors.push(FieldError::new(field, text));
    let today = records::day_of(caller.app.now());
    let year = many.year.trim().parse::<i64>().ok().filter(|year| (1900..=today.date().0).contains(year));
    if year.is_none() {
        wrong("year", Text::new("Ein Jahr bis heute.", "A year until today."));
    }
    let on = many.on.parse::<Day>().ok().filter(|on| *on <= today);
    if on.is_none() {
        wrong("on", Text::new("Ein Tag, nicht in der Zukunft.", "A day, not in the future."));
    }
    if many.event.trim().is_empty() {
        wrong("event", Text::new("Bitte ausfüllen.", "Please fill this in."));
    }
    if many.branch.is_empty() {
        wrong("branch", Text::new("Bitte wählen Sie einen Zweig.", "Please choose a branch."));
    }
    let (Some(year), Some(on), true) = (year, on, errors.is_empty()) else {
        return render(&caller, &many, &errors).await;
    };
    let wanted = Occurrence {
        branch: EntryId(many.branch.clone()),
        year,
        event: many.event.trim().to_owned(),
        on,
        person: caller.principal.person.as_str().to_owned(),
    };
    let done = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { terms::enqueue(tx, &wanted).await }));
    done.await?;
    let text = caller.tr("Das Ereignis wird bei den Akten eingetragen.", "The event is being entered for the records.");
    Ok(redirect_with(&caller, HERE, &Flash::good(text)))
}

//! The pages of a selection: choosing in the register, looking it over, beginning, the report.
//!
//! Everything is plain forms: a selection has an address of its own, so a page can be reloaded and left at any point.
//!
//! Invariant: a selection is shown to the person who made it and to nobody else, and nothing happens before the button
//! of the page that says what will.

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use vir_core::{Lang, Text};
use vir_store::{Job, Tx};
use vir_web::parts::{self, Choice};
use vir_web::{Answer, App, AppError, Caller, Ctx, FieldError, Flash, Form, Posted, Query, format};

use super::action::{Action, Given};
use super::prospect::look_over;
use super::report;
use super::store::{self, Bulk, Chosen, Stage};
use super::{AT_ONCE, MOST, RUN, download, run};
use crate::people::decider;
use crate::permissions::SEE;
use crate::register::columns::{Column, Names};
use crate::register::export::{self, Form as FileForm, Which};
use crate::register::filter::{Query as Wanted, pairs};
use crate::register::list::{Asking, Line, chosen, list};
use crate::workflow::settings::Settings;

/// The pages of selections.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/rechnungen/auswahl", post(choose))
        .route("/rechnungen/auswahl/{id}", get(show).post(begin))
        .route("/rechnungen/auswahl/{id}/zurueck", post(take_back))
        .route("/rechnungen/auswahl/{id}/liste", get(as_list))
        .route("/rechnungen/auswahl/{id}/originale", get(originals))
        .route("/rechnungen/auswahl/{id}/bericht", get(report::file))
}

/// The bar above the list: which of them, what with them, and on. `seen` are the invoices of this page.
pub(crate) fn bar(ctx: &Ctx, principal: &vir_auth::Principal, query: &Wanted, seen: &[Line], total: &str) -> Markup {
    let lang = ctx.lang;
    let actions: Vec<Choice> = Action::OFFERED
        .into_iter()
        .filter(|action| action.is_for(principal))
        .map(|action| Choice::new(action.text(), action.name(lang)))
        .collect();
    let which = [
        Choice::new("ticked", lang.tr("angekreuzte Rechnungen", "ticked invoices")),
        Choice::new(
            "page",
            lang.tr(format!("alle {} auf dieser Seite", seen.len()), format!("all {} on this page", seen.len())),
        ),
        Choice::new("all", lang.tr(format!("alle passenden: {total}"), format!("all that match: {total}"))),
    ];
    let ids: Vec<&str> = seen.iter().map(|line| line.id.as_str()).collect();
    html! {
        div.bulk-bar role="group" aria-label=(lang.tr("Mehrere Rechnungen bearbeiten", "Work on several invoices")) {
            (parts::csrf_field(ctx))
            input type="hidden" name="query" value=(query.first().write());
            input type="hidden" name="seen" value=(ids.join(","));
            (parts::select(lang, "which", lang.tr("Auswahl", "Selection"), &which).value("ticked"))
            (parts::select(lang, "action", lang.tr("Aktion", "Action"), &actions).empty(lang.tr("Bitte wählen", "Please choose")).required())
            (parts::button(lang.tr("Weiter …", "Next …")).secondary())
            span.js-only.faint data-chosen="id" {}
        }
    }
}

/// The posted choice.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Picked {
    query: String,
    seen: String,
    which: String,
    action: String,
    id: Vec<String>,
}

/// `POST /rechnungen/auswahl`
async fn choose(caller: Caller, Form(picked): Form<Picked>) -> Answer {
    caller.require_anywhere(SEE)?;
    let lang = caller.lang;
    let back = |text: String| {
        let to =
            if picked.query.is_empty() { "/rechnungen".to_owned() } else { format!("/rechnungen?{}", picked.query) };
        vir_web::redirect_with(&caller, &to, &Flash::careful(text))
    };
    let query = Wanted::of(&pairs(&picked.query)).map_err(AppError::invalid)?;
    let Some(action) = Action::find(&picked.action).filter(|action| *action != Action::Return) else {
        return Ok(back(lang.tr("Bitte wählen Sie eine Aktion.", "Please choose an action.").to_owned()));
    };
    let asking = asking(&caller).await?;
    let lines = match picked.which.as_str() {
        "all" => match everything(&caller, &query, &asking).await? {
            Some(lines) => lines,
            None => {
                let most = format::count(MOST as u64, lang);
                return Ok(back(lang.tr(
                    format!("Auf einmal lassen sich höchstens {most} Rechnungen bearbeiten. Bitte schränken Sie die Liste ein."),
                    format!("At most {most} invoices can be worked on at once. Please narrow the list."),
                )));
            }
        },
        which => {
            let ids: Vec<String> = if which == "page" {
                picked.seen.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect()
            } else {
                picked.id.clone()
            };
            let mut known = BTreeSet::new();
            let ids: Vec<String> = ids.into_iter().take(MOST).filter(|id| known.insert(id.clone())).collect();
            let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
                Box::pin(async move { chosen(tx, &ids, &asking).await })
            });
            read.await?
        }
    };
    if lines.is_empty() {
        return Ok(back(
            lang.tr("Bitte kreuzen Sie mindestens eine Rechnung an.", "Please tick at least one invoice.").to_owned(),
        ));
    }
    let chosen: Vec<Chosen> = lines.into_iter().map(|line| (line.id, line.version, None)).collect();
    let person = caller.principal.person.as_str().to_owned();
    let text = query.first().write();
    let draft = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { store::draft(tx, &person, action, &text, &chosen, None).await })
    });
    Ok(vir_web::redirect(&format!("/rechnungen/auswahl/{}", draft.await?)))
}

/// Who asks the register.
pub(super) async fn asking(caller: &Caller) -> Result<Asking, AppError> {
    let read = caller
        .app
        .store
        .read(&caller.principal.tenant, |tx: &mut Tx| Box::pin(async move { Settings::load(tx).await }));
    Ok(Asking::new(&caller.principal, caller.app.now(), read.await?))
}

/// All that a filter finds; nothing where that is too much.
async fn everything(caller: &Caller, query: &Wanted, asking: &Asking) -> Result<Option<Vec<Line>>, AppError> {
    let mut query = Wanted { limit: Some(1_000), ..query.first() };
    let mut found = Vec::new();
    loop {
        let (asked, asking) = (query.clone(), asking.clone());
        let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
            Box::pin(async move { list(tx, &asked, &asking).await })
        });
        let page = read.await?;
        found.extend(page.lines);
        if found.len() > MOST {
            return Ok(None);
        }
        match page.next {
            Some(next) => query = query.at(next),
            None => return Ok(Some(found)),
        }
    }
}

/// A selection of the caller's own.
pub(super) async fn own(caller: &Caller, id: &str) -> Result<Bulk, AppError> {
    caller.require_anywhere(SEE)?;
    let wanted = id.to_owned();
    let read = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { store::load(tx, &wanted).await }));
    let mine = |bulk: &Bulk| bulk.person_id == caller.principal.person.as_str();
    read.await?.filter(mine).ok_or_else(|| AppError::not_found(Text::new("diese Auswahl", "this selection")))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct At {
    /// From which row on.
    pub ab: i64,
}

/// `GET /rechnungen/auswahl/{id}`
async fn show(caller: Caller, Path(id): Path<String>, Query(at): Query<At>) -> Answer {
    let bulk = own(&caller, &id).await?;
    match bulk.stage {
        Stage::Draft => look_over(&caller, &bulk, &Given::default(), &[]).await,
        Stage::Running | Stage::Done => report::show(&caller, &bulk, at.ab.max(0)).await,
    }
}

/// Where the selection came from.
pub(super) fn list_address(bulk: &Bulk) -> String {
    if bulk.query.is_empty() { "/rechnungen".to_owned() } else { format!("/rechnungen?{}", bulk.query) }
}

/// Sums by currency, for people.
pub(super) fn sums_text(sums: &[(String, i64, i64)], lang: Lang) -> String {
    let texts: Vec<String> = sums.iter().map(|(currency, _, cents)| format::amount(*cents, currency, lang)).collect();
    texts.join(" + ")
}

/// `POST /rechnungen/auswahl/{id}`
async fn begin(caller: Caller, Path(id): Path<String>, Form(given): Form<Given>) -> Answer {
    let bulk = own(&caller, &id).await?;
    let here = format!("/rechnungen/auswahl/{id}");
    if bulk.stage != Stage::Draft {
        return Ok(vir_web::redirect(&here));
    }
    if !bulk.action.changes() {
        return Err(AppError::bad_request(Text::new(
            "Hier gibt es nichts auszuführen.",
            "There is nothing to carry out.",
        )));
    }
    let mut errors = Vec::new();
    if bulk.action.needs_reason() && !crate::workflow::law::says_something(Some(&given.reason)) {
        errors
            .push(FieldError::new("reason", Text::new("Bitte geben Sie eine Begründung an.", "Please give a reason.")));
    }
    if given.reason.chars().count() > crate::workflow::decide::REASON_LIMIT {
        errors.push(FieldError::new("reason", Text::new("Die Begründung ist zu lang.", "The reason is too long.")));
    }
    if bulk.action == Action::Forward && bulk.undoes.is_none() && given.unit.is_empty() {
        errors.push(FieldError::new("unit", Text::new("Bitte wählen Sie eine Stelle.", "Please choose a unit.")));
    }
    if bulk.action == Action::Assign && bulk.undoes.is_none() && given.assignee.is_empty() {
        let text = Text::new("Bitte wählen Sie eine Person oder Gruppe.", "Please choose a person or group.");
        errors.push(FieldError::new("assignee", text));
    }
    if bulk.action == Action::Comment {
        errors.extend(crate::conversation::wrong(&given.text).map(|wrong| FieldError::new("text", wrong)));
    }
    if !errors.is_empty() {
        return look_over(&caller, &bulk, &given, &errors).await;
    }
    let waits = bulk.total <= AT_ONCE;
    let who = decider(&caller).await?;
    let (signs, begun) = (who.clone(), bulk.clone());
    let begin = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            if store::begin(tx, &signs, &begun, &given).await? {
                let job = Job::now(RUN.kind, json!({ "bulk": begun.id })).keyed(begun.id.clone());
                // Where the person waits, the job is there for the case that this is interrupted.
                let later = tx.now().checked_add(jiff::SignedDuration::from_mins(2)).unwrap_or_else(|_| tx.now());
                tx.enqueue(if waits { job.at(later) } else { job }).await?;
            }
            Ok::<_, vir_store::Error>(())
        })
    });
    begin.await?;
    let (data, tenant) = (&caller.app.store, &caller.principal.tenant);
    if waits && let Err(error) = run::work_through(data, tenant, &id, Some(who)).await {
        tracing::warn!(%error, "a selection is left to its job");
    }
    Ok(vir_web::redirect(&here))
}

/// `POST /rechnungen/auswahl/{id}/zurueck`: a new selection that takes this one back, to be looked over like any other.
async fn take_back(caller: Caller, Path(id): Path<String>, _: Posted) -> Answer {
    let bulk = own(&caller, &id).await?;
    let Some(reverse) = bulk.action.reverse().filter(|_| bulk.stage == Stage::Done && bulk.undoes.is_none()) else {
        return Err(AppError::conflict(Text::new(
            "Das lässt sich nicht gesammelt zurücknehmen.",
            "This cannot be taken back together.",
        )));
    };
    let person = caller.principal.person.as_str().to_owned();
    let made = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let mut items = store::undoable(tx, &bulk.id).await?;
            if let Some(state) = bulk.action.undone_to() {
                for (_, _, target) in &mut items {
                    *target = Some(state.text().to_owned());
                }
            }
            if items.is_empty() {
                return Ok::<_, vir_store::Error>(None);
            }
            store::draft(tx, &person, reverse, &bulk.query, &items, Some(&bulk.id)).await.map(Some)
        })
    });
    match made.await? {
        Some(new) => Ok(vir_web::redirect(&format!("/rechnungen/auswahl/{new}"))),
        None => Ok(vir_web::redirect(&format!("/rechnungen/auswahl/{id}"))),
    }
}

/// The invoices of a selection, in order.
async fn invoices(caller: &Caller, bulk: &Bulk) -> Result<Vec<crate::invoice_row::InvoiceId>, AppError> {
    let id = bulk.id.clone();
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { store::open(tx, &id, 0, MOST).await })
    });
    Ok(read.await?.into_iter().map(|item| item.invoice).collect())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wish {
    form: String,
}

/// `GET /rechnungen/auswahl/{id}/liste`
async fn as_list(caller: Caller, Path(id): Path<String>, Query(wish): Query<Wish>) -> Answer {
    let bulk = own(&caller, &id).await?;
    if bulk.action != Action::Export {
        return Err(AppError::not_found(Text::new("diese Liste", "this list")));
    }
    let ids = invoices(&caller, &bulk).await?.into_iter().map(|id| id.0).collect();
    let directory = caller.app.auth.directory(&caller.principal.tenant).await?;
    let order = export::Order {
        store: caller.app.store.clone(),
        tenant: caller.principal.tenant.clone(),
        which: Which::Chosen(ids),
        asking: asking(&caller).await?,
        actor: caller.principal.actor(),
        columns: Column::ALL.to_vec(),
        names: Names { tree: std::sync::Arc::clone(&caller.principal.tree), directory, lang: caller.lang },
    };
    export::export(order, FileForm::find(&wish.form).unwrap_or(FileForm::Csv { mark: true })).await
}

/// `GET /rechnungen/auswahl/{id}/originale`
async fn originals(caller: Caller, Path(id): Path<String>) -> Answer {
    let bulk = own(&caller, &id).await?;
    if bulk.action != Action::Originals {
        return Err(AppError::not_found(Text::new("diese Datei", "this file")));
    }
    let ids = invoices(&caller, &bulk).await?;
    download::originals(&caller, &bulk, ids).await
}

//! `/verwaltung/webhooks`: webhooks for people.
//!
//! Invariant: the same rules as the API, because it is the same code.

use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;
use vir_auth::ADMINISTER;
use vir_store::Tx;

use super::api::{self, NewWebhook};
use super::rows;
use crate::parts::{self, Column, Tone, badge, button, checkbox, field, table};
use crate::{Answer, App, Caller, FieldError, Flash, Form, Page, Posted, format, page, redirect_with};

const HERE: &str = "/verwaltung/webhooks";

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(HERE, get(list).post(create))
        .route("/verwaltung/webhooks/{id}", get(show))
        .route("/verwaltung/webhooks/{id}/entfernen", post(remove))
        .route("/verwaltung/webhooks/{id}/wiederholen/{delivery}", post(replay))
}

#[derive(Debug, Default, Deserialize)]
struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    event: Vec<String>,
}

fn frame(caller: &Caller, title: &str) -> Page {
    Page::new(title).section("admin").crumb("/verwaltung", caller.lang.tr("Verwaltung", "Administration"))
}

async fn list(caller: Caller) -> Answer {
    overview(&caller, &Typed::default(), &[]).await
}

async fn overview(caller: &Caller, typed: &Typed, errors: &[FieldError]) -> Answer {
    caller.require_everywhere(ADMINISTER)?;
    let lang = caller.lang;
    let tenant = &caller.principal.tenant;
    let all = caller.app.store.read(tenant, |tx: &mut Tx| Box::pin(async move { rows::all(tx).await })).await?;
    let body = html! {
        (parts::error_summary(lang, errors))
        div.stack {
            @if all.is_empty() {
                (parts::empty_state(
                    lang.tr("Noch kein Webhook", "No webhook yet"),
                    lang.tr("Ein Webhook sagt einem anderen Programm sofort Bescheid, wenn hier etwas geschieht.",
                        "A webhook tells another program at once when something happens here."),
                    &html! {},
                ))
            } @else { (listed(caller, &all)) }
            (parts::card(lang.tr("Neuer Webhook", "New webhook"), &parts::post_form(caller, HERE, &form(caller, typed, errors))))
        }
    };
    let title = "Webhooks";
    let shown = frame(caller, title);
    Ok(page(caller, if errors.is_empty() { shown } else { shown.with_errors() }, body))
}

fn listed(caller: &Caller, all: &[rows::Webhook]) -> Markup {
    let lang = caller.lang;
    let mut shown = table(lang, "webhooks", "Webhooks").hide_caption().columns([
        Column::text(lang.tr("Name", "Name")),
        Column::text(lang.tr("Adresse", "Address")).class("clip"),
        Column::text(lang.tr("Ereignisse", "Events")),
        Column::text(lang.tr("Zustand", "State")).class("shrink"),
    ]);
    for webhook in all {
        shown = shown.row([
            html! { a href={ (HERE) "/" (webhook.id) } { (webhook.name) } },
            html! { code { (webhook.url) } },
            html! { (webhook.events.join(", ")) },
            state(caller, webhook),
        ]);
    }
    html! { (shown) }
}

fn state(caller: &Caller, webhook: &rows::Webhook) -> Markup {
    if webhook.active {
        badge(Tone::Good, caller.lang.tr("aktiv", "active"))
    } else {
        badge(Tone::Careful, caller.lang.tr("angehalten", "stopped"))
    }
}

fn form(caller: &Caller, typed: &Typed, errors: &[FieldError]) -> Markup {
    let lang = caller.lang;
    html! {
        div.form {
            (field(lang, "name", lang.tr("Name", "Name")).value(&typed.name).errors(errors).required().max_length(100))
            (field(lang, "url", lang.tr("Adresse", "Address")).value(&typed.url).errors(errors).required().kind("url")
                .placeholder("https://").hint(lang.tr("Beginnt mit https://", "Begins with https://")))
            fieldset.field id="f-events" tabindex="-1" {
                legend.label { (lang.tr("Ereignisse", "Events")) }
                @for (kind, text) in caller.app.blocks.iter().flat_map(|block| block.webhook_events) {
                    (checkbox("event", text.get(lang)).value(kind).checked(typed.event.iter().any(|chosen| chosen == kind)))
                }
            }
            div.form__actions { (button(lang.tr("Anlegen", "Create"))) }
        }
    }
}

async fn create(caller: Caller, Form(typed): Form<Typed>) -> Answer {
    let new = NewWebhook { name: typed.name.clone(), url: typed.url.clone(), events: typed.event.clone() };
    match api::make(&caller, &new).await {
        Ok((id, secret)) => {
            let lang = caller.lang;
            let body = html! {
                div.stack.column {
                    p { (lang.tr(
                        "Tragen Sie dieses Geheimnis jetzt in das andere Programm ein. Damit prüft es die Unterschrift jeder Nachricht (Standard Webhooks). Es wird nur dieses eine Mal gezeigt.",
                        "Enter this secret into the other program now. With it, it verifies the signature of each message (Standard Webhooks). It is shown only this once.",
                    )) }
                    pre tabindex="0" { (secret) }
                    (parts::link_button(&format!("{HERE}/{id}"), lang.tr("Zum Webhook", "To the webhook")).primary())
                }
            };
            Ok(page(
                &caller,
                frame(&caller, lang.tr("Webhook angelegt", "Webhook created")).crumb(HERE, "Webhooks"),
                body,
            ))
        }
        Err(error) if !error.fields().is_empty() => overview(&caller, &typed, error.fields()).await,
        Err(error) => Err(error),
    }
}

async fn show(caller: Caller, Path(id): Path<String>) -> Answer {
    let webhook = api::find(&caller, &id).await?;
    let deliveries = api::latest(&caller, id.clone()).await?;
    let lang = caller.lang;
    let mut log = table(lang, "deliveries", lang.tr("Letzte Zustellungen", "Latest deliveries")).columns([
        Column::text(lang.tr("Zeit", "Time")),
        Column::text(lang.tr("Ereignis", "Event")),
        Column::text(lang.tr("Zustand", "State")),
        Column::number(lang.tr("Versuche", "Attempts")),
        Column::text(lang.tr("Antwort", "Answer")),
        Column::unseen(lang.tr("Wiederholen", "Replay")),
    ]);
    for one in &deliveries {
        let path = format!("{HERE}/{id}/wiederholen/{}", one.id);
        let (tone, word) = match one.state.as_str() {
            "delivered" => (Tone::Good, lang.tr("zugestellt", "delivered")),
            "failed" => (Tone::Bad, lang.tr("gescheitert", "failed")),
            _ => (Tone::Info, lang.tr("unterwegs", "under way")),
        };
        log = log.row([
            html! { (format::time_element(one.created_at, lang)) },
            html! { code { (one.kind) } },
            badge(tone, word),
            html! { (one.attempts) },
            html! { @if let Some(status) = one.last_status { (status) " " } @if let Some(error) = &one.last_error { (error) } },
            html! { @if one.state != "waiting" {
                (parts::post_button(&caller, &path, &button(lang.tr("Wiederholen", "Replay")).secondary().small().about(&one.kind)))
            } },
        ]);
    }
    let remove = format!("{HERE}/{id}/entfernen");
    let question = lang.tr("Diesen Webhook mit seinem Protokoll entfernen?", "Remove this webhook with its log?");
    let body = html! {
        div.stack {
            (parts::card(lang.tr("Einstellungen", "Settings"), &parts::definition_list(&[
                (lang.tr("Adresse", "Address"), html! { code { (webhook.url) } }),
                (lang.tr("Ereignisse", "Events"), html! { (webhook.events.join(", ")) }),
                (lang.tr("Zustand", "State"), state(&caller, &webhook)),
                (lang.tr("Angelegt", "Created"), format::time_element(webhook.created_at, lang)),
            ])))
            @if log.is_empty() {
                (parts::empty_state(
                    lang.tr("Noch keine Zustellung", "No delivery yet"),
                    lang.tr("Sobald eines der Ereignisse eintritt, steht es hier.", "As soon as one of the events happens, it stands here."),
                    &html! {},
                ))
            } @else { (log) }
        }
    };
    let actions =
        parts::post_button(&caller, &remove, &button(lang.tr("Entfernen", "Remove")).danger().confirm(question));
    Ok(page(&caller, frame(&caller, &webhook.name).crumb(HERE, "Webhooks").actions(actions), body))
}

async fn remove(caller: Caller, Path(id): Path<String>, _: Posted) -> Answer {
    api::remove(&caller, id).await?;
    Ok(redirect_with(
        &caller,
        HERE,
        &Flash::good(caller.lang.tr("Der Webhook ist entfernt.", "The webhook is removed.")),
    ))
}

async fn replay(caller: Caller, Path((id, delivery)): Path<(String, String)>, _: Posted) -> Answer {
    api::again(&caller, delivery).await?;
    let words = caller.lang.tr("Die Nachricht wird erneut zugestellt.", "The message will be delivered again.");
    Ok(redirect_with(&caller, &format!("{HERE}/{id}"), &Flash::good(words)))
}

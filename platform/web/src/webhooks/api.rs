//! `/api/v1/webhooks`.
//!
//! Invariant: the secret is shown once, when the webhook is made.

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vir_auth::ADMINISTER;
use vir_core::Text;
use vir_store::{Entry, Job, Tx};

use super::{DELIVER, new_secret, rows};
use crate::api::Json;
use crate::{App, AppError, Caller, FieldError, outbound};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(delete))
        .routes(routes!(deliveries))
        .routes(routes!(replay))
}

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookJson {
    id: String,
    name: String,
    url: String,
    /// The kinds of events that it is told of.
    events: Vec<String>,
    active: bool,
    created_at: String,
    /// Only in the answer to its making.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl From<rows::Webhook> for WebhookJson {
    fn from(row: rows::Webhook) -> Self {
        let created_at = row.created_at.to_string();
        Self {
            id: row.id,
            name: row.name,
            url: row.url,
            events: row.events,
            active: row.active,
            created_at,
            secret: None,
        }
    }
}

/// What a new webhook shall be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewWebhook {
    /// What for, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Where to: an https address.
    #[schema(max_length = 2000)]
    pub url: String,
    /// The kinds of events.
    pub events: Vec<String>,
}

/// One message, and how it went.
#[derive(Debug, Serialize, ToSchema)]
struct DeliveryJson {
    id: String,
    kind: String,
    /// waiting, delivered or failed
    state: String,
    attempts: i64,
    last_status: Option<i64>,
    last_error: Option<String>,
    created_at: String,
    ended_at: Option<String>,
}

/// List webhooks.
#[utoipa::path(get, path = "/webhooks", tag = "webhooks", operation_id = "listWebhooks", responses(
    (status = 200, body = Vec<WebhookJson>),
    (status = 401, description = "Not signed in"),
    (status = 403, description = "May not administer"),
))]
async fn list(caller: Caller) -> Result<Response, AppError> {
    caller.require_everywhere(ADMINISTER)?;
    let all = caller
        .app
        .store
        .read(&caller.principal.tenant, |tx: &mut Tx| Box::pin(async move { rows::all(tx).await }))
        .await?;
    Ok(Json(all.into_iter().map(WebhookJson::from).collect::<Vec<_>>()).into_response())
}

/// Make a webhook.
#[utoipa::path(post, path = "/webhooks", tag = "webhooks", operation_id = "createWebhook", request_body = NewWebhook, responses(
    (status = 201, body = WebhookJson, description = "Made; the secret is in this answer only"),
    (status = 400, description = "No valid JSON"),
    (status = 401, description = "Not signed in"),
    (status = 403, description = "May not administer"),
    (status = 413, description = "Too large"),
    (status = 415, description = "Not JSON"),
    (status = 422, description = "A field is wrong"),
))]
async fn create(caller: Caller, Json(new): Json<NewWebhook>) -> Result<Response, AppError> {
    let (id, secret) = make(&caller, &new).await?;
    let made = find(&caller, &id).await?;
    let mut body = WebhookJson::from(made);
    body.secret = Some(secret);
    let location = HeaderValue::from_str(&format!("/api/v1/webhooks/{id}")).map_err(AppError::internal)?;
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(body)).into_response())
}

/// Checks and writes a webhook; gives its identifier and its secret.
pub(super) async fn make(caller: &Caller, new: &NewWebhook) -> Result<(String, String), AppError> {
    caller.require_everywhere(ADMINISTER)?;
    let mut errors = Vec::new();
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 100 {
        errors.push(FieldError::new(
            "name",
            Text::new("Bitte 1 bis 100 Zeichen angeben.", "Please give 1 to 100 characters."),
        ));
    }
    let url = match outbound::check_url(&new.url, &caller.app.config.outbound) {
        Ok(url) if url.as_str().len() <= 2000 => url.to_string(),
        Ok(_) => {
            errors.push(FieldError::new("url", Text::new("Die Adresse ist zu lang.", "The address is too long.")));
            String::new()
        }
        Err(why) => {
            errors.push(FieldError::new("url", why));
            String::new()
        }
    };
    let known: Vec<&str> =
        caller.app.blocks.iter().flat_map(|block| block.webhook_events).map(|(kind, _)| *kind).collect();
    let mut events = new.events.clone();
    events.sort();
    events.dedup();
    if events.is_empty() || events.iter().any(|event| !known.contains(&event.as_str())) {
        let list = known.join(", ");
        errors.push(FieldError::new(
            "events",
            Text::owned(format!("Bitte mindestens eines von: {list}"), format!("Please at least one of: {list}")),
        ));
    }
    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }
    let secret = new_secret();
    let sealed = caller.app.vault.seal_text(&super::secret_place(&caller.principal.tenant), &secret);
    let (actor, sealed) = (caller.principal.actor(), sealed.map_err(AppError::internal)?);
    let id = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let id = rows::insert(tx, &name, &url, &sealed, &events).await?;
                tx.audit(Entry {
                    actor,
                    action: "webhook.create".to_owned(),
                    subject: format!("webhook/{id}"),
                    detail: json!({ "url": url, "events": events }),
                });
                Ok::<_, vir_store::Error>(id)
            })
        })
        .await?;
    Ok((id, secret))
}

pub(super) async fn find(caller: &Caller, id: &str) -> Result<rows::Webhook, AppError> {
    caller.require_everywhere(ADMINISTER)?;
    let id = id.to_owned();
    let found = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { rows::one(tx, &id).await }))
        .await?;
    found.ok_or_else(|| AppError::not_found(Text::new("Webhook", "webhook")))
}

/// Remove a webhook, with the log of its deliveries.
#[utoipa::path(delete, path = "/webhooks/{id}", tag = "webhooks", operation_id = "deleteWebhook",
    params(("id" = String, Path)), responses(
    (status = 204, description = "Removed"),
    (status = 401, description = "Not signed in"),
    (status = 403, description = "May not administer"),
    (status = 404, description = "There is no such webhook"),
))]
async fn delete(caller: Caller, Path(id): Path<String>) -> Result<Response, AppError> {
    remove(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn remove(caller: &Caller, id: String) -> Result<(), AppError> {
    find(caller, &id).await?;
    let actor = caller.principal.actor();
    caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                rows::delete(tx, &id).await?;
                let subject = format!("webhook/{id}");
                tx.audit(Entry { actor, action: "webhook.delete".to_owned(), subject, detail: json!({}) });
                Ok::<_, vir_store::Error>(())
            })
        })
        .await?;
    Ok(())
}

/// The latest deliveries of a webhook, at most 100.
#[utoipa::path(get, path = "/webhooks/{id}/deliveries", tag = "webhooks", operation_id = "listDeliveries",
    params(("id" = String, Path)), responses(
    (status = 200, body = Vec<DeliveryJson>),
    (status = 401, description = "Not signed in"),
    (status = 403, description = "May not administer"),
    (status = 404, description = "There is no such webhook"),
))]
async fn deliveries(caller: Caller, Path(id): Path<String>) -> Result<Response, AppError> {
    let found = latest(&caller, id).await?.into_iter().map(|row| DeliveryJson {
        id: row.id,
        kind: row.kind,
        state: row.state,
        attempts: row.attempts,
        last_status: row.last_status,
        last_error: row.last_error,
        created_at: row.created_at.to_string(),
        ended_at: row.ended_at.map(|at| at.to_string()),
    });
    Ok(Json(found.collect::<Vec<_>>()).into_response())
}

pub(super) async fn latest(caller: &Caller, id: String) -> Result<Vec<rows::Delivery>, AppError> {
    find(caller, &id).await?;
    let tenant = &caller.principal.tenant;
    let rows =
        caller.app.store.read(tenant, move |tx: &mut Tx| Box::pin(async move { rows::latest(tx, &id, 100).await }));
    Ok(rows.await?)
}

/// Tell it once more.
#[utoipa::path(post, path = "/webhooks/deliveries/{id}/replay", tag = "webhooks", operation_id = "replayDelivery",
    params(("id" = String, Path)), responses(
    (status = 202, description = "Will be told again"),
    (status = 401, description = "Not signed in"),
    (status = 403, description = "May not administer"),
    (status = 404, description = "There is no such delivery, or it is under way"),
))]
async fn replay(caller: Caller, Path(id): Path<String>) -> Result<Response, AppError> {
    again(&caller, id).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}

pub(super) async fn again(caller: &Caller, id: String) -> Result<(), AppError> {
    caller.require_everywhere(ADMINISTER)?;
    let replayed = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let replayed = rows::replay(tx, &id).await?;
                if replayed {
                    tx.enqueue(Job::now(DELIVER, json!({ "delivery": id })).keyed(id)).await?;
                }
                Ok::<_, vir_store::Error>(replayed)
            })
        })
        .await?;
    if replayed { Ok(()) } else { Err(AppError::not_found(Text::new("Zustellung", "delivery"))) }
}

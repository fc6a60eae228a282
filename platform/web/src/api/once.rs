//! Requests that may come twice: `Idempotency-Key`.
//!
//! A program that got no answer sends its request again with the same key. The first one's answer
//! is kept for a day and given again; while the first one still runs, the second one is told to
//! wait; another request under the same key is refused.
//!
//! Routes take part with `post(handler).layer(axum::middleware::from_fn(once::layer))`. A handler
//! that keeps the key with what it writes, in one transaction, is stronger and does not need this.
//!
//! Invariant: of requests with the same caller and key at most one runs at a time, and after its
//! answer was kept none runs again for a day.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};
use vir_core::Text;
use vir_store::{Store, TenantId, Tx, args};

use crate::{AppError, Ctx};

/// The header.
pub const HEADER: &str = "idempotency-key";
/// How long an answer is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// After this time a request that gave no answer is taken for lost, with its node.
const LOST: SignedDuration = SignedDuration::from_mins(20);
/// Bodies up to this size take part; larger ones are files, whose handlers know them by their content.
const LARGEST: usize = 2 << 20;

enum Before {
    Run,
    Again(Response),
    Refuse(AppError),
}

/// Keeps answers and gives them again.
pub async fn layer(request: Request, next: Next) -> Response {
    let Some(key) = request.headers().get(HEADER) else { return next.run(request).await };
    let ctx = request.extensions().get::<Ctx>().cloned();
    let Some((ctx, principal)) = ctx.and_then(|ctx| ctx.principal.clone().map(|principal| (ctx, principal))) else {
        return next.run(request).await;
    };
    let Some(key) = key.to_str().ok().filter(|key| (1..=200).contains(&key.len())).map(str::to_owned) else {
        let words = Text::new(
            "„Idempotency-Key“ hat 1 bis 200 Zeichen (ASCII).",
            "Idempotency-Key has 1 to 200 characters (ASCII).",
        );
        return AppError::bad_request(words).into_response();
    };
    let (parts, body) = request.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, LARGEST).await else {
        return AppError::too_large(LARGEST as u64).into_response();
    };
    let app = ctx.app.clone();
    let fingerprint = fingerprint(parts.method.as_str(), &ctx.uri, &bytes);
    let (caller, tenant) = (principal.actor(), principal.tenant.clone());
    match begin(&app.store, &tenant, &caller, &key, fingerprint).await {
        Ok(Before::Run) => {}
        Ok(Before::Again(response)) => return response,
        Ok(Before::Refuse(error)) => return error.into_response(),
        Err(error) => return AppError::from(error).into_response(),
    }
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    // An error is not kept: after it the same request may well succeed.
    if !response.status().is_success() {
        forget(&app.store, &tenant, &caller, &key).await;
        return response;
    }
    keep(&app.store, &tenant, &caller, &key, response).await
}

fn fingerprint(method: &str, uri: &str, body: &Bytes) -> String {
    let mut hash = Sha256::new();
    for part in [method.as_bytes(), uri.as_bytes(), body] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn begin(
    store: &Store,
    tenant: &TenantId,
    caller: &str,
    key: &str,
    fingerprint: String,
) -> Result<Before, vir_store::Error> {
    let (caller, key) = (caller.to_owned(), key.to_owned());
    store
        .write(tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let now = tx.now();
                let lost = "delete from web_request where started_at < $1 or (started_at < $2 and status is null)";
                tx.execute(lost, &args![now - KEPT, now - LOST]).await?;
                let insert = "insert into web_request (caller, key, fingerprint, started_at) values ($1, $2, $3, $4)
                    on conflict ({t}caller, key) do nothing";
                if tx.execute(insert, &args![&caller, &key, &fingerprint, now]).await? == 1 {
                    return Ok(Before::Run);
                }
                let find = "select fingerprint, status, headers, body from web_request where caller = $1 and key = $2";
                let row = tx.one(find, &args![&caller, &key]).await?;
                if row.text("fingerprint")? != fingerprint {
                    return Ok(Before::Refuse(reused()));
                }
                let Some(status) = row.optional_int("status")? else { return Ok(Before::Refuse(running())) };
                let headers = row.optional_text("headers")?.unwrap_or_default();
                let body = row.optional_bytes("body")?.unwrap_or_default();
                Ok(Before::Again(again(status, &headers, body)))
            })
        })
        .await
}

/// The headers of an answer that belong to what it says.
const KEPT_HEADERS: [HeaderName; 3] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG];

async fn keep(store: &Store, tenant: &TenantId, caller: &str, key: &str, response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, LARGEST).await else {
        return AppError::internal("an answer to a request with an Idempotency-Key is too large").into_response();
    };
    let headers: Vec<(String, String)> = KEPT_HEADERS
        .iter()
        .filter_map(|name| Some((name.to_string(), parts.headers.get(name)?.to_str().ok()?.to_owned())))
        .collect();
    let headers = serde_json::to_string(&headers).unwrap_or_default();
    let (caller, key, status, kept) =
        (caller.to_owned(), key.to_owned(), i64::from(parts.status.as_u16()), bytes.to_vec());
    let written = store
        .write(tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let sql = "update web_request set status = $3, headers = $4, body = $5 where caller = $1 and key = $2";
                tx.execute(sql, &args![caller, key, status, headers, kept]).await
            })
        })
        .await;
    if let Err(error) = written {
        tracing::warn!(%error, "the answer to a request with an Idempotency-Key could not be kept");
    }
    Response::from_parts(parts, Body::from(bytes))
}

async fn forget(store: &Store, tenant: &TenantId, caller: &str, key: &str) {
    let (caller, key) = (caller.to_owned(), key.to_owned());
    let forgotten = store
        .write(tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                tx.execute("delete from web_request where caller = $1 and key = $2", &args![caller, key]).await
            })
        })
        .await;
    if let Err(error) = forgotten {
        tracing::warn!(%error, "a request with an Idempotency-Key failed and could not be forgotten");
    }
}

fn again(status: i64, headers: &str, body: Vec<u8>) -> Response {
    let status =
        u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK);
    let mut response = (status, body).into_response();
    let kept: Vec<(String, String)> = serde_json::from_str(headers).unwrap_or_default();
    for (name, value) in kept {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    response
}

fn reused() -> AppError {
    AppError::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "idempotency-reused",
        Text::new("Schlüssel schon benutzt", "Key already used"),
        Text::new(
            "Dieser „Idempotency-Key“ gehört zu einer anderen Anfrage der letzten 24 Stunden.",
            "This Idempotency-Key belongs to another request of the last 24 hours.",
        ),
    )
}

fn running() -> AppError {
    AppError::conflict(Text::new(
        "Dieselbe Anfrage wird gerade bearbeitet. Senden Sie sie in einigen Sekunden noch einmal.",
        "The same request is under way. Send it again in some seconds.",
    ))
    .with_code("idempotency-running")
    .retry_in(2)
}

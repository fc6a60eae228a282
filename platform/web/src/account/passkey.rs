//! Passkeys: what `passkey.js` asks and brings.
//!
//! Invariant: each request carries the token of the session or visit in its header, as a form
//! carries it in a field.

use axum::Json;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use vir_auth::{Assertion, Error, Registration};
use vir_core::Text;
use vir_store::TenantId;

use super::{browser, of_auth, relying_party, welcome};
use crate::form::check_token;
use crate::identity::session_cookie;
use crate::{Answer, AppError, Caller, Ctx, Flash, Form, Visitor, csrf, redirect_with};

fn check(ctx: &Ctx, headers: &HeaderMap) -> Result<(), AppError> {
    check_token(ctx, headers.get(csrf::HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default())
}

#[derive(Deserialize)]
pub(super) struct Begin {
    tenant: TenantId,
}

pub(super) async fn begin_sign_in(
    visitor: Visitor,
    headers: HeaderMap,
    Json(begin): Json<Begin>,
) -> Result<Json<Value>, AppError> {
    check(&visitor, &headers)?;
    let auth = &visitor.app.auth;
    auth.limits().begin(visitor.peer).map_err(of_auth)?;
    auth.begin_passkey_sign_in(&begin.tenant, &relying_party(&visitor, &headers)).await.map(Json).map_err(of_auth)
}

#[derive(Deserialize)]
pub(super) struct SignIn {
    tenant: TenantId,
    #[serde(default)]
    next: String,
    answer: Assertion,
}

pub(super) async fn sign_in(visitor: Visitor, headers: HeaderMap, Json(given): Json<SignIn>) -> Answer {
    check(&visitor, &headers)?;
    let auth = &visitor.app.auth;
    auth.limits().begin(visitor.peer).map_err(of_auth)?;
    let (party, earlier) = (relying_party(&visitor, &headers), session_cookie(&headers, visitor.https));
    let done = auth.finish_passkey_sign_in(&given.tenant, &party, &given.answer, browser(&headers), earlier).await;
    let signed_in = done.inspect_err(tell).map_err(of_auth)?;
    // The script goes on by itself: a redirect would be followed inside its own request.
    let response = welcome(&visitor, &signed_in, &given.next);
    let next = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or("/");
    let mut answer = Json(json!({ "next": next })).into_response();
    for cookie in response.headers().get_all(header::SET_COOKIE) {
        answer.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    Ok(answer)
}

pub(super) async fn begin(caller: Caller, headers: HeaderMap) -> Result<Json<Value>, AppError> {
    check(&caller, &headers)?;
    caller.app.auth.begin_passkey(&caller.principal, &relying_party(&caller, &headers)).await.map(Json).map_err(of_auth)
}

#[derive(Deserialize)]
pub(super) struct Finish {
    #[serde(default)]
    name: String,
    answer: Registration,
}

pub(super) async fn finish(caller: Caller, headers: HeaderMap, Json(given): Json<Finish>) -> Answer {
    check(&caller, &headers)?;
    let party = relying_party(&caller, &headers);
    let done = caller.app.auth.finish_passkey(&caller.principal, &party, &given.name, &given.answer).await;
    done.inspect_err(tell).map_err(of_auth)?;
    let flash = Flash::good(caller.tr("Der Passkey ist eingetragen.", "The passkey is registered."));
    let response = redirect_with(&caller, "/konto/sicherheit", &flash);
    let mut answer = Json(json!({ "next": "/konto/sicherheit" })).into_response();
    for cookie in response.headers().get_all(header::SET_COOKIE) {
        answer.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    Ok(answer)
}

#[derive(Deserialize)]
pub(super) struct Remove {
    id: String,
}

pub(super) async fn remove(caller: Caller, Form(remove): Form<Remove>) -> Result<Response, AppError> {
    if remove.id.is_empty() {
        return Err(AppError::not_found(Text::new("Passkey", "passkey")));
    }
    caller.app.auth.delete_passkey(&caller.principal, &remove.id.into()).await.map_err(of_auth)?;
    let flash = Flash::good(caller.tr("Der Passkey ist entfernt.", "The passkey is removed."));
    Ok(redirect_with(&caller, "/konto/sicherheit", &flash))
}

/// Why a passkey was not taken helps whoever runs the server; the person sees only that it was not.
fn tell(error: &Error) {
    if let Error::Passkey(reason) = error {
        tracing::info!(reason, "a passkey was not accepted");
    }
}

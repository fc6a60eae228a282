//! Signing in and out, and one's own account.
//!
//! Invariant: whoever is not signed in learns nothing here about who has an account.

mod devices;
mod link;
pub(crate) mod overview;
mod passkey;
mod provider;
mod security;
mod set_up;
mod sign_in;
pub(crate) mod standing_in;
pub(crate) mod tokens;

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum::routing::{get, post};
use vir_auth::{Error, RelyingParty, SignedIn};
use vir_core::Text;

use crate::router::remember_choice;
use crate::{App, AppError, Ctx, FieldError, cookies, identity, redirect};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/anmelden", get(sign_in::show).post(sign_in::sign_in))
        .route("/anmelden/dienst", get(provider::depart))
        .route("/anmelden/dienst/zurueck", get(provider::arrive))
        .route("/anmelden/passkey/beginn", post(passkey::begin_sign_in))
        .route("/anmelden/passkey", post(passkey::sign_in))
        .route("/abmelden", post(sign_in::sign_out))
        .route("/zugang/{token}", get(link::show).post(link::set_password))
        .route("/einrichten/{token}", get(set_up::show).post(set_up::set_up))
        .route("/konto", get(overview::show).post(overview::save))
        .route("/konto/sicherheit", get(security::show).post(security::change_password))
        .route("/konto/sicherheit/abmelden", post(devices::end))
        .route("/konto/sicherheit/alle-abmelden", post(devices::end_others))
        .route("/konto/passkeys/beginn", post(passkey::begin))
        .route("/konto/passkeys", post(passkey::finish))
        .route("/konto/passkeys/entfernen", post(passkey::remove))
        .route("/konto/vertretung", get(standing_in::show).post(standing_in::add))
        .route("/konto/vertretung/beenden", post(standing_in::end))
        .route("/konto/token", get(tokens::show).post(tokens::add))
        .route("/konto/token/entfernen", post(tokens::remove))
}

/// What the pages say to an error of the accounts.
pub(crate) fn of_auth(error: Error) -> AppError {
    match error {
        Error::Store(error) => error.into(),
        Error::Forbidden(permission) => AppError::forbidden(permission),
        Error::NotFound(what) => AppError::not_found(what),
        Error::Invalid { field, message } => AppError::invalid(vec![FieldError::new(field, message)]),
        Error::Conflict(what) => AppError::conflict(what),
        Error::TooMany { retry_after } => AppError::too_many(retry_after),
        Error::Refused | Error::Passkey(_) => AppError::conflict(Text::new(
            "Die Anmeldung wurde nicht angenommen. Bitte versuchen Sie es erneut oder wenden Sie sich an Ihre Administration.",
            "The log-in was not accepted. Please try again, or ask your administration.",
        )),
        Error::Link => AppError::not_found(Text::new(
            "dieser Verweis (abgelaufen oder schon benutzt)",
            "this link (expired or used)",
        )),
        Error::Provider(reason) => {
            tracing::warn!(reason, "the OpenID provider");
            AppError::conflict(Text::new(
                "Der Anmeldedienst hat nicht wie erwartet geantwortet. Bitte versuchen Sie es erneut; hält es an, hilft Ihre Administration.",
                "The log-in service did not answer as expected. Please try again; if it persists, ask your administration.",
            ))
        }
        error => AppError::internal(error),
    }
}

/// The errors that belong into a form; everything else is an error of its own.
pub(crate) fn into_form(error: Error) -> Result<Vec<FieldError>, AppError> {
    match error {
        Error::Invalid { field, message } => Ok(vec![FieldError::new(field, message)]),
        Error::Conflict(message) => Ok(vec![FieldError::new("", message)]),
        error => Err(of_auth(error)),
    }
}

/// Hands the session over and goes on.
fn welcome(ctx: &Ctx, signed_in: &SignedIn, next: &str) -> Response {
    let mut response = redirect(next);
    let headers = response.headers_mut();
    identity::keep_session(headers, &signed_in.cookie, ctx.https);
    // The language that somebody chose for their account follows them into this browser.
    remember_choice(headers, Some(signed_in.principal.lang), None, ctx.https);
    remember_tenant(headers, signed_in.principal.tenant.as_str(), ctx.https);
    response
}

/// A text as part of a query.
pub(crate) fn encoded(text: &str) -> String {
    vir_core::percent_encoded(text, "/-_.~")
}

/// A form that is nothing but its button.
#[derive(serde::Deserialize)]
pub(crate) struct Nothing {}

const TENANT_COOKIE: &str = "vir_tenant";

/// Where somebody signed in last, so that they need not choose again.
fn remember_tenant(headers: &mut HeaderMap, tenant: &str, https: bool) {
    headers.append(header::SET_COOKIE, cookies::write(TENANT_COOKIE, tenant, Some(365 * 24 * 3600), https));
}

/// What the browser calls itself.
fn browser(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Under which address the browser reached us: what is configured, else what it says itself. A
/// foreign page cannot make a browser say something else.
pub(crate) fn origin(ctx: &Ctx, headers: &HeaderMap) -> String {
    if let Some(url) = &ctx.app.config.public_url {
        return url.trim_end_matches('/').to_owned();
    }
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or("localhost");
    format!("{}://{host}", if ctx.https { "https" } else { "http" })
}

/// Who we are to authenticators.
fn relying_party(ctx: &Ctx, headers: &HeaderMap) -> RelyingParty {
    let origin = origin(ctx, headers);
    let authority = origin.split_once("://").map_or("", |(_, rest)| rest);
    let host = authority.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    RelyingParty { host: host.map_or(authority, |(host, _)| host).to_owned(), origin }
}

/// A page behind a link: nobody shall learn the link from us.
fn unlinked(mut response: Response) -> Response {
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

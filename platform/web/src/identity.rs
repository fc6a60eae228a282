//! Who asks: a session of a browser, or an API token.
//!
//! Invariant: where anything about a session or token is not right, nobody is signed in.

use axum::http::{HeaderMap, header};
use vir_auth::{By, Principal, SESSION_COOKIE};

use crate::{AppError, Ctx, cookies};

/// Where people sign in, to come back to `uri` then.
pub(crate) fn sign_in_path(uri: &str) -> String {
    if uri == "/" {
        return "/anmelden".to_owned();
    }
    format!("/anmelden?weiter={}", crate::account::encoded(uri))
}

/// Somebody who is taken to be signed in, without a session: set by tests in the extensions of a
/// request, where nothing that comes over a network can get to.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn(pub(crate) Principal);

/// Fills in who asks.
pub(crate) async fn identify(ctx: &mut Ctx, headers: &HeaderMap, known: Option<SignedIn>) -> Result<(), AppError> {
    if let Some(SignedIn(principal)) = known {
        accept(ctx, principal);
    } else if let Some(value) = headers.get(header::AUTHORIZATION) {
        // Whoever sends a token means to be known by it: a wrong one is an error, not a visit.
        let token = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
        let found = match token {
            Some(token) => ctx.app.auth.token(token).await?,
            None => None,
        };
        match found {
            Some(principal) => accept(ctx, principal),
            None => {
                ctx.app.auth.limits().unknown(ctx.peer)?;
                return Err(AppError::unauthenticated());
            }
        }
    } else if let Some(cookie) = session_cookie(headers, ctx.https)
        && let Some(principal) = ctx.app.auth.session(cookie).await?
    {
        accept(ctx, principal);
    }
    if let Some(principal) = &ctx.principal {
        ctx.place = ctx.app.tenant_name(&principal.tenant).await;
    }
    Ok(())
}

/// The value of the session's cookie.
pub(crate) fn session_cookie(headers: &HeaderMap, https: bool) -> Option<&str> {
    cookies::read(headers, &cookies::bound_name(SESSION_COOKIE, https))
}

/// Lets the browser keep a session that has just begun.
pub(crate) fn keep_session(headers: &mut HeaderMap, cookie: &str, https: bool) {
    let name = cookies::bound_name(SESSION_COOKIE, https);
    headers.append(header::SET_COOKIE, cookies::write(&name, cookie, None, https));
}

/// Lets the browser forget the session.
pub(crate) fn forget_session(headers: &mut HeaderMap, https: bool) {
    let name = cookies::bound_name(SESSION_COOKIE, https);
    headers.append(header::SET_COOKIE, cookies::write(&name, "", Some(0), https));
}

fn accept(ctx: &mut Ctx, principal: Principal) {
    if let By::Session(session) = &principal.by {
        ctx.csrf = ctx.app.key.sign("csrf", &[session.as_str().as_bytes()]);
    }
    ctx.principal = Some(principal);
}

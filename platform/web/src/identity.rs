//! Who asks: a session of a browser, or an API token.
//!
//! Invariant: where anything about a session or token is not right, nobody is signed in.

use axum::http::HeaderMap;
use vir_auth::{By, Principal};

use crate::{AppError, Ctx};

/// Where people sign in, to come back to `uri` then.
pub(crate) fn sign_in_path(uri: &str) -> String {
    if uri == "/" {
        return "/anmelden".to_owned();
    }
    let mut path = String::from("/anmelden?weiter=");
    for byte in uri.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
    path
}

/// Somebody who is taken to be signed in, without a session: set by tests in the extensions of a
/// request, where nothing that comes over a network can get to.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn(pub(crate) Principal);

/// Fills in who asks.
#[expect(clippy::unused_async, reason = "until sessions are there")]
pub(crate) async fn identify(ctx: &mut Ctx, _headers: &HeaderMap, known: Option<SignedIn>) -> Result<(), AppError> {
    if let Some(SignedIn(principal)) = known {
        accept(ctx, principal);
    }
    Ok(())
}

fn accept(ctx: &mut Ctx, principal: Principal) {
    if let By::Session(session) = &principal.by {
        ctx.csrf = ctx.app.key.sign("csrf", &[session.as_str().as_bytes()]);
    }
    ctx.principal = Some(principal);
}

//! Versions of things: nobody overwrites what they have not seen.
//!
//! Invariant: a change that names an old version changes nothing.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use vir_core::Text;

use crate::{App, AppError};

/// The version as an entity tag: `"7"`.
#[must_use]
pub fn etag(version: i64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\"")).expect("digits in quotes are a header")
}

/// The version that a change was made to, from the header `If-Match`. Without it the answer is 428.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub i64);

impl IfMatch {
    /// Is it still this one? Else the answer is 412.
    pub fn check(self, version: i64) -> Result<(), AppError> {
        if self.0 == version { Ok(()) } else { Err(AppError::stale()) }
    }
}

impl FromRequestParts<App> for IfMatch {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, AppError> {
        let Some(text) = parts.headers.get(header::IF_MATCH) else {
            return Err(AppError::new(
                StatusCode::PRECONDITION_REQUIRED,
                "version-required",
                Text::new("Version fehlt", "Version missing"),
                Text::new(
                    "Änderungen brauchen den Kopf „If-Match“ mit dem „ETag“, den das Lesen ergab.",
                    "Changes need the header If-Match with the ETag that reading gave.",
                ),
            ));
        };
        let version =
            text.to_str().ok().and_then(|text| text.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok());
        version.map(Self).ok_or_else(AppError::stale)
    }
}

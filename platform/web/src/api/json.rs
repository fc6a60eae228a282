//! Bodies in JSON, with errors that name their place.
//!
//! Invariant: a body that does not fit is a problem document with the path of the field.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use vir_core::Text;

use crate::{App, AppError, FieldError};

/// A body in JSON, in both directions.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, app: &App) -> Result<Self, AppError> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if kind != "application/json" && !kind.ends_with("+json") {
            return Err(AppError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                Text::new("Unbekannte Form der Daten", "Unknown form of data"),
                Text::new("Erwartet wird application/json.", "application/json is expected."),
            ));
        }
        let bytes = Bytes::from_request(request, app).await.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                AppError::too_large(2 << 20)
            } else {
                incomplete()
            }
        })?;
        if has_nul(&bytes) {
            return Err(AppError::bad_request(Text::new(
                "Ein Text enthält ein Nullzeichen (\\u0000).",
                "A text contains a NUL (\\u0000).",
            )));
        }
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| unfit(&error))?;
        reader.end().map_err(|error| syntax(&error))?;
        Ok(Self(value))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Does a text of this JSON contain a NUL, which PostgreSQL keeps in none? Written out, JSON allows it nowhere.
fn has_nul(bytes: &[u8]) -> bool {
    let mut escaped = false;
    bytes.iter().enumerate().any(|(at, byte)| {
        let begins = std::mem::take(&mut escaped);
        escaped = *byte == b'\\' && !begins;
        begins && bytes[at..].starts_with(b"u0000")
    })
}

fn incomplete() -> AppError {
    AppError::bad_request(Text::new("Die Anfrage ist unvollständig angekommen.", "The request did not arrive whole."))
}

fn syntax(error: &serde_json::Error) -> AppError {
    AppError::bad_request(Text::owned(format!("Kein gültiges JSON: {error}"), format!("Not valid JSON: {error}")))
}

fn unfit(error: &serde_path_to_error::Error<serde_json::Error>) -> AppError {
    let inner = error.inner();
    if inner.is_syntax() || inner.is_eof() {
        return syntax(inner);
    }
    let path = error.path().to_string();
    let field = if path == "." { String::new() } else { path };
    AppError::invalid(vec![FieldError::new(field, Text::owned(inner.to_string(), inner.to_string()))])
}

#[cfg(test)]
mod tests {
    use super::has_nul;

    #[test]
    fn a_nul_is_seen_in_its_only_form() {
        for (json, has) in [
            (r#"{"a": "x\u0000y"}"#, true),
            (r#"{"a": "\\\u0000"}"#, true),
            (r#"{"a": "\\u0000"}"#, false),
            (r#"{"a": "u0000 \n\u0001"}"#, false),
        ] {
            assert_eq!(has_nul(json.as_bytes()), has, "{json}");
        }
    }
}

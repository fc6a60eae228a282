//! What arrives: posted forms, query strings, uploads.
//!
//! Invariant: a posted form reaches its handler only with the token of the session that it was
//! shown in, and only within its size.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq as _;
use vir_core::Text;

use crate::caller::context;
use crate::{App, AppError, Ctx, csrf};

/// The most that a form without files may carry.
pub const FORM_LIMIT: usize = 1 << 20;

/// A posted form. Fields that come several times are a `Vec`; use `#[serde(default)]` for boxes
/// that may be unticked.
#[derive(Debug, Clone, Copy)]
pub struct Form<T>(pub T);

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    csrf: String,
}

impl<T: DeserializeOwned> FromRequest<App> for Form<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, app: &App) -> Result<Self, AppError> {
        let is_form = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        if !is_form {
            return Err(AppError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                Text::new("Unbekannte Form der Daten", "Unknown form of data"),
                Text::new(
                    "Erwartet wird ein Formular (application/x-www-form-urlencoded).",
                    "A form is expected (application/x-www-form-urlencoded).",
                ),
            ));
        }
        let (parts, body) = request.into_parts();
        let ctx = context(&parts)?;
        let whole = Request::from_parts(parts, body);
        let bytes = Bytes::from_request(whole, app).await.map_err(|_| AppError::too_large(FORM_LIMIT as u64))?;
        if bytes.len() > FORM_LIMIT {
            return Err(AppError::too_large(FORM_LIMIT as u64));
        }
        if bytes.windows(3).any(|window| window == b"%00") || bytes.contains(&0) {
            let words = Text::new("Ein Feld enthält ein Nullzeichen.", "A field contains a NUL.");
            return Err(AppError::bad_request(words));
        }
        let token: Token = serde_html_form::from_bytes(&bytes).map_err(|_| AppError::foreign_form())?;
        check_token(&ctx, &token.csrf)?;
        serde_html_form::from_bytes(&bytes).map(Self).map_err(|error| unreadable(&error))
    }
}

/// A posted form that is nothing but a button: its token was right.
#[derive(Debug, Clone, Copy)]
pub struct Posted;

impl FromRequest<App> for Posted {
    type Rejection = AppError;

    async fn from_request(request: Request, app: &App) -> Result<Self, AppError> {
        let Form(serde::de::IgnoredAny) = Form::from_request(request, app).await?;
        Ok(Self)
    }
}

/// A query string. Fields that come several times are a `Vec`.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, AppError> {
        let query = parts.uri.query().unwrap_or_default();
        serde_html_form::from_str(query).map(Self).map_err(|error| unreadable(&error))
    }
}

fn unreadable(error: &serde_html_form::de::Error) -> AppError {
    AppError::bad_request(Text::owned(
        format!("Eine Angabe fehlt oder hat die falsche Form: {error}"),
        format!("A value is missing or has the wrong form: {error}"),
    ))
}

/// A form with files (`multipart/form-data`). Its first part is the token, as
/// [`crate::parts::csrf_field`] writes it; the others are read one after the other from
/// [`Upload::next`], so that a file never has to fit into memory.
#[derive(Debug)]
pub struct Upload {
    multipart: Multipart,
}

impl FromRequest<App> for Upload {
    type Rejection = AppError;

    async fn from_request(request: Request, app: &App) -> Result<Self, AppError> {
        let (parts, body) = request.into_parts();
        let ctx = context(&parts)?;
        let given = parts.headers.get(csrf::HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let multipart =
            Multipart::from_request(Request::from_parts(parts, body), app).await.map_err(|_| bad_upload())?;
        let mut upload = Self { multipart };
        match given {
            Some(token) => check_token(&ctx, &token)?,
            None => {
                let field = upload.next().await?.filter(|field| field.name() == Some(csrf::FIELD));
                let token = field.ok_or_else(AppError::foreign_form)?.text().await.map_err(|_| bad_upload())?;
                check_token(&ctx, &token)?;
            }
        }
        Ok(upload)
    }
}

impl Upload {
    /// The next part of the form.
    pub async fn next(&mut self) -> Result<Option<axum::extract::multipart::Field<'_>>, AppError> {
        self.multipart.next_field().await.map_err(|error| upload_error(&error))
    }
}

/// What an upload that broke off or is too large comes to.
#[must_use]
pub fn upload_error(error: &axum::extract::multipart::MultipartError) -> AppError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        AppError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            Text::new("Zu groß", "Too large"),
            Text::new("Die Dateien sind zusammen zu groß.", "The files are too large together."),
        )
    } else {
        bad_upload()
    }
}

fn bad_upload() -> AppError {
    AppError::bad_request(Text::new(
        "Die Übertragung ist unvollständig angekommen. Bitte senden Sie die Dateien noch einmal.",
        "The upload did not arrive whole. Please send the files again.",
    ))
}

/// Refuses a token that is not this session's.
pub(crate) fn check_token(ctx: &Ctx, token: &str) -> Result<(), AppError> {
    if ctx.csrf.as_bytes().ct_eq(token.as_bytes()).into() { Ok(()) } else { Err(AppError::foreign_form()) }
}

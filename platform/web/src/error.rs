//! What goes wrong in a handler, and how it is said: as a page to people, as a problem document
//! (RFC 9457) to programs.
//!
//! A handler returns an [`AppError`]; the outermost layer turns it into the answer, because only
//! there language, frame and request id are known.
//!
//! Invariant: an error page says what happened, and what can be done; never anything from inside
//! the server. What is our fault is logged once, with the request id that the page shows.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::html;
use serde_json::json;
use vir_core::{Lang, Text};

use crate::parts::{self, FieldError};
use crate::{Ctx, Page, page};

/// Marks an answer that says itself what is wrong, in the words that a protocol asks for.
#[derive(Debug, Clone, Copy)]
pub struct Spoken;

/// Why a request was not done.
#[derive(Debug, Clone)]
pub struct AppError(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    status: StatusCode,
    code: &'static str,
    title: Text,
    detail: Text,
    fields: Vec<FieldError>,
    retry_after: Option<u32>,
    /// For the log only.
    cause: Option<String>,
}

impl AppError {
    /// An error of any kind. `code` is a word in kebab case that programs can rely on.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, title: Text, detail: Text) -> Self {
        Self(Box::new(Inner { status, code, title, detail, fields: Vec::new(), retry_after: None, cause: None }))
    }

    /// Nobody is signed in. Pages lead to the log-in instead.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            Text::new("Nicht angemeldet", "Not signed in"),
            Text::new(
                "Bitte melden Sie sich an. Programme senden ein gültiges API-Token als „Authorization: Bearer …“.",
                "Please sign in. Programs send a valid API token as \"Authorization: Bearer …\".",
            ),
        )
    }

    /// The person is known and may not do this.
    #[must_use]
    pub fn forbidden(permission: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            Text::new("Dafür fehlt Ihnen das Recht", "You lack the permission for this"),
            Text::owned(
                format!(
                    "Benötigt wird das Recht „{permission}“ für diese Organisationseinheit. Wenden Sie sich an Ihre Administration, wenn Sie es für Ihre Arbeit brauchen."
                ),
                format!(
                    "The permission \"{permission}\" for this organisational unit is needed. Ask your administration if you need it for your work."
                ),
            ),
        )
    }

    /// It is not there, or not for this person: the difference is not told.
    #[must_use]
    pub fn not_found(what: Text) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            Text::owned(format!("Nicht gefunden: {}", what.de), format!("Not found: {}", what.en)),
            Text::new(
                "Es gibt dies nicht, oder es gehört zu einem Bereich, den Sie nicht sehen dürfen.",
                "It does not exist, or it belongs to an area that you may not see.",
            ),
        )
    }

    /// It cannot be done now, because things are not as expected.
    #[must_use]
    pub fn conflict(detail: Text) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "conflict",
            Text::new("Das geht so nicht mehr", "This is no longer possible"),
            detail,
        )
    }

    /// Somebody else was faster: the thing has changed since it was read.
    #[must_use]
    pub fn stale() -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "stale",
            Text::new("Inzwischen geändert", "Changed in the meantime"),
            Text::new(
                "Jemand hat dies seit dem Öffnen der Seite geändert. Bitte laden Sie die Seite neu, prüfen Sie den Stand und wiederholen Sie Ihre Änderung.",
                "Somebody has changed this since you opened the page. Please reload it, check, and repeat your change.",
            ),
        )
    }

    /// Fields are wrong. Pages usually show their form again with the errors instead.
    #[must_use]
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        let mut error = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            Text::new("Angaben unvollständig oder falsch", "Something is missing or wrong"),
            Text::new("Bitte prüfen Sie die genannten Felder.", "Please check the fields named."),
        );
        error.0.fields = fields;
        error
    }

    /// The request itself is wrong.
    #[must_use]
    pub fn bad_request(detail: Text) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "bad-request",
            Text::new("Anfrage nicht verstanden", "Request not understood"),
            detail,
        )
    }

    /// More than we take.
    #[must_use]
    pub fn too_large(limit: u64) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            Text::new("Zu groß", "Too large"),
            Text::owned(
                format!("Mehr als {} werden hier nicht angenommen.", crate::format::bytes(limit, Lang::De)),
                format!("More than {} are not accepted here.", crate::format::bytes(limit, Lang::En)),
            ),
        )
    }

    /// Too often.
    #[must_use]
    pub fn too_many(retry_after: u32) -> Self {
        let mut error = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-many",
            Text::new("Zu viele Versuche", "Too many attempts"),
            Text::owned(
                format!("Bitte warten Sie {retry_after} Sekunden und versuchen Sie es dann erneut."),
                format!("Please wait {retry_after} seconds and try again."),
            ),
        );
        error.0.retry_after = Some(retry_after);
        error
    }

    /// The server cannot now, and can soon.
    #[must_use]
    pub fn unavailable() -> Self {
        let mut error = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            Text::new("Gerade nicht möglich", "Not possible right now"),
            Text::new(
                "Der Server ist ausgelastet oder wird gerade neu gestartet. Bitte versuchen Sie es in einigen Sekunden erneut; gespeichert wurde nichts.",
                "The server is busy or restarting. Please try again in some seconds; nothing was stored.",
            ),
        );
        error.0.retry_after = Some(2);
        error
    }

    /// A form that did not come from one of our pages, or from one of an earlier session.
    #[must_use]
    pub fn foreign_form() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "foreign-form",
            Text::new("Formular abgelaufen", "Form expired"),
            Text::new(
                "Zu Ihrem Schutz nehmen wir nur Formulare an, die aus Ihrer laufenden Sitzung stammen. Bitte gehen Sie zurück, laden Sie die Seite neu und senden Sie das Formular noch einmal.",
                "For your protection we accept only forms from your current session. Please go back, reload the page and send the form again.",
            ),
        )
    }

    /// Our fault. The cause is logged and not shown.
    #[must_use]
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        let mut error = Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            Text::new("Das hätte nicht passieren dürfen", "This should not have happened"),
            Text::new(
                "Beim Bearbeiten ist auf dem Server ein Fehler aufgetreten; er wurde protokolliert. Bitte versuchen Sie es erneut und nennen Sie Ihrer Administration sonst die Vorgangsnummer.",
                "An error occurred on the server; it was logged. Please try again, or tell your administration the request number.",
            ),
        );
        error.0.cause = Some(cause.to_string());
        error
    }

    /// Another code, where programs shall tell it apart.
    #[must_use]
    pub fn with_code(mut self, code: &'static str) -> Self {
        self.0.code = code;
        self
    }

    /// It may be tried again after so many seconds.
    #[must_use]
    pub fn retry_in(mut self, seconds: u32) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The word that programs rely on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// What is wrong with which field.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// What happened, in a sentence.
    #[must_use]
    pub fn detail(&self) -> &Text {
        &self.0.detail
    }

    /// For the log only.
    pub(crate) fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// The problem document of RFC 9457.
    pub(crate) fn problem(&self, lang: Lang, request_id: &str) -> Response {
        let inner = &self.0;
        let mut body = json!({
            "type": format!("/problems#{}", inner.code),
            "title": inner.title.get(lang),
            "status": inner.status.as_u16(),
            "detail": inner.detail.get(lang),
            "code": inner.code,
            "request_id": request_id,
        });
        if !inner.fields.is_empty() {
            body["errors"] = inner
                .fields
                .iter()
                .map(|error| json!({ "field": error.field, "detail": error.message.get(lang) }))
                .collect();
        }
        let mut response = (inner.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
        if inner.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        self.retry_after(&mut response);
        response
    }

    /// The page.
    pub(crate) fn page(&self, ctx: &Ctx) -> Response {
        let (lang, inner) = (ctx.lang, &self.0);
        let body = html! {
            div.column.stack {
                p.title__lead { (inner.detail.get(lang)) }
                @if !inner.fields.is_empty() {
                    ul { @for error in &inner.fields { li { (error.message.get(lang)) } } }
                }
                div.toolbar {
                    a.button.button--primary href="/" { (lang.tr("Zur Startseite", "To the start page")) }
                    (parts::link_button("/hilfe", lang.tr("Hilfe", "Help")))
                }
                p.small.faint {
                    (lang.tr("Fehler", "Error")) " " (inner.status.as_u16()) " · "
                    (lang.tr("Vorgangsnummer", "Request number")) " " code { (ctx.request_id) }
                }
            }
        };
        let mut response = page(ctx, Page::new(inner.title.get(lang)).status(inner.status), body);
        self.retry_after(&mut response);
        response
    }

    fn retry_after(&self, response: &mut Response) {
        if let Some(seconds) = self.0.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} {}: {}",
            self.0.status.as_u16(),
            self.0.code,
            self.0.cause.as_deref().unwrap_or(&self.0.detail.en)
        )
    }
}

impl std::error::Error for AppError {}

impl From<vir_store::Error> for AppError {
    fn from(error: vir_store::Error) -> Self {
        match error {
            vir_store::Error::Busy | vir_store::Error::Closed => Self::unavailable(),
            vir_store::Error::NoTenant(_) | vir_store::Error::TenantName(_) => {
                Self::not_found(Text::new("Mandant", "tenant"))
            }
            error => Self::internal(error),
        }
    }
}

impl From<vir_auth::Error> for AppError {
    fn from(error: vir_auth::Error) -> Self {
        use vir_auth::Error as E;
        match error {
            E::Store(error) => error.into(),
            E::Forbidden(permission) => Self::forbidden(permission),
            E::NotFound(what) => Self::not_found(what),
            E::Invalid { field, message } => Self::invalid(vec![FieldError::new(field, message)]),
            E::Conflict(detail) => Self::conflict(detail),
            E::Refused => Self::unauthenticated(),
            E::TooMany { retry_after } => Self::too_many(retry_after),
            E::Link => Self::not_found(Text::new("dieser Link gilt nicht mehr", "this link holds no longer")),
            error => Self::internal(error),
        }
    }
}

impl IntoResponse for AppError {
    /// Only the status and the error itself: the outermost layer makes the answer.
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

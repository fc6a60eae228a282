//! The cash office's pages: payment runs, the bank's answers, postings, own accounts.
//!
//! Invariant: a page shows only what its person may pay; a file is answered with the bytes that were made with
//! the run or batch.

mod posting;
mod propose;
mod run;
mod settings;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use vir_web::parts::{Tab, tabs};
use vir_web::{App, AppError, Caller, Markup};

pub(super) use run::apply as apply_report;

use super::error::HandOverError;
use crate::permissions::{CONFIGURE, PAY};
use crate::workflow::decide::Decider;

/// The part of the navigation that these pages belong to.
pub const SECTION: &str = "hand-over";

/// The pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/hand-over", get(propose::page).post(propose::create))
        .route("/hand-over/runs", get(run::list))
        .route("/hand-over/runs/{id}", get(run::page))
        .route("/hand-over/runs/{id}/file", get(run::file))
        .route("/hand-over/runs/{id}/release", post(run::release))
        .route("/hand-over/runs/{id}/sent", post(run::sent))
        .route("/hand-over/runs/{id}/paid", post(run::paid))
        .route("/hand-over/runs/{id}/cancel", post(run::cancel))
        .route("/hand-over/report", get(run::report_form).post(run::report))
        .route("/hand-over/postings", get(posting::page).post(posting::create))
        .route("/hand-over/postings/paid", post(posting::paid))
        .route("/hand-over/postings/{id}/{form}", get(posting::file))
        .route("/hand-over/settings", get(settings::page))
        .route("/hand-over/settings/accounts", post(settings::add_account))
        .route("/hand-over/settings/accounts/{id}/retire", post(settings::retire_account))
        .route("/hand-over/settings/mappings", get(settings::mapping).post(settings::keep_mapping))
}

/// Who decides: the caller, with the tenant's directory.
///
/// # Errors
/// Where the directory cannot be read.
pub(super) async fn decider(caller: &Caller) -> Result<Decider, AppError> {
    let directory = caller.app.auth.directory(&caller.principal.tenant).await?;
    Ok(Decider { principal: caller.principal.clone(), directory })
}

impl From<HandOverError> for AppError {
    fn from(error: HandOverError) -> Self {
        match error {
            HandOverError::Store(error) => Self::internal(error),
            HandOverError::NotFound(what) => Self::not_found(what),
            other => Self::conflict(other.text()),
        }
    }
}

fn sections(caller: &Caller, here: &str) -> Markup {
    let lang = caller.lang;
    let tab = |href: &'static str, de: &'static str, en: &'static str| Tab::new(href, lang.tr(de, en), href == here);
    let mut entries = Vec::new();
    if caller.principal.may_anywhere(PAY) {
        entries.push(tab("/hand-over", "Zahlungsvorschlag", "Payment proposal"));
        entries.push(tab("/hand-over/runs", "Zahlungsläufe", "Payment runs"));
        entries.push(tab("/hand-over/report", "Rückmeldung der Bank", "Answer of the bank"));
        entries.push(tab("/hand-over/postings", "Buchungen", "Postings"));
    }
    if caller.principal.may_anywhere(CONFIGURE) {
        entries.push(tab("/hand-over/settings", "Einstellungen", "Settings"));
    }
    tabs(lang, lang.tr("Übergabe", "Hand-over"), &entries)
}

/// A file to be saved. `name` is made of letters, digits, hyphens and dots.
pub(super) fn download(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_')).collect();
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(kind)), (header::CONTENT_DISPOSITION, disposition)];
    (headers, bytes).into_response()
}

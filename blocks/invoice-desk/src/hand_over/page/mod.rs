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
        .route("/uebergabe", get(propose::page).post(propose::create))
        .route("/uebergabe/laeufe", get(run::list))
        .route("/uebergabe/laeufe/{id}", get(run::page))
        .route("/uebergabe/laeufe/{id}/datei", get(run::file))
        .route("/uebergabe/laeufe/{id}/freigabe", post(run::release))
        .route("/uebergabe/laeufe/{id}/versand", post(run::sent))
        .route("/uebergabe/laeufe/{id}/zahlung", post(run::paid))
        .route("/uebergabe/laeufe/{id}/abbruch", post(run::cancel))
        .route("/uebergabe/rueckmeldung", get(run::report_form).post(run::report))
        .route("/uebergabe/buchungen", get(posting::page).post(posting::create))
        .route("/uebergabe/buchungen/bezahlt", post(posting::paid))
        .route("/uebergabe/buchungen/{id}/{form}", get(posting::file))
        .route("/uebergabe/einstellungen", get(settings::page))
        .route("/uebergabe/einstellungen/konten", post(settings::add_account))
        .route("/uebergabe/einstellungen/konten/{id}/stilllegen", post(settings::retire_account))
        .route("/uebergabe/einstellungen/abbildungen", get(settings::mapping).post(settings::keep_mapping))
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
        entries.push(tab("/uebergabe", "Zahlungsvorschlag", "Payment proposal"));
        entries.push(tab("/uebergabe/laeufe", "Zahlungsläufe", "Payment runs"));
        entries.push(tab("/uebergabe/rueckmeldung", "Rückmeldung der Bank", "Answer of the bank"));
        entries.push(tab("/uebergabe/buchungen", "Buchungen", "Postings"));
    }
    if caller.principal.may_everywhere(CONFIGURE) {
        entries.push(tab("/uebergabe/einstellungen", "Einstellungen", "Settings"));
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

//! The checking service that others can point to: it takes and answers what the daemon of KoSIT's
//! validator does, so that a client works by changing the address.
//!
//! `POST` to `/` or `/NAME` with the document as body: 200 accept, 406 reject, 422 where the
//! document is no XML or the official rules break off, 400 without content; the report as XML. `GET /server/health` and
//! `GET /server/config` as there. Nothing is stored.
//!
//! Without signing in it works only where the operator allows it, and then so often per minute and
//! address as the setting `channels.checks_per_minute` says.
//!
//! Source: docs/daemon.md of the validator 1.5 and 1.6.
//!
//! Invariant: the answer is a function of the bytes and the day.

mod rate;
pub mod report;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, OriginalUri, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vir_invoice::bindings;
use vir_web::{App, AppError, Spoken, Visitor};

use crate::api::{Budget, budget};
use crate::intake::understand;
use crate::intake::workshop;
use crate::limits;
use rate::Rate;

/// The version of the validator whose interface this is: clients compare it.
const VALIDATOR: &str = "1.6.3";

/// The addresses of the validator's daemon. `/` itself is shared with the home page, by method; any
/// other name in the root is that of a document, and as a page it is not there.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", post(daemon))
        .route("/{name}", post(daemon).get(no_page))
        .layer(DefaultBodyLimit::disable())
        .route("/server/health", get(health))
        .route("/server/config", get(config))
}

/// The same in the API.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(check)).layer(DefaultBodyLimit::disable())
}

async fn no_page() -> AppError {
    AppError::not_found(vir_core::Text::new("diese Seite", "this page"))
}

async fn daemon(visitor: Visitor, OriginalUri(uri): OriginalUri, request: Request) -> Response {
    let name = uri.path().rsplit('/').next().unwrap_or_default().to_owned();
    answer(&visitor, name, request).await
}

/// Check a document as KoSIT's validator does; nothing is stored.
#[utoipa::path(
    post,
    path = "/invoices/check",
    tag = "check",
    operation_id = "checkInvoice",
    request_body(description = "The invoice", content((Vec<u8> = "application/xml"))),
    responses(
        (status = 200, description = "Accept; the report of the validator (VARL)", content_type = "application/xml"),
        (status = 400, description = "No content", content_type = "text/plain"),
        (status = 401, description = "Not signed in, and the operator does not offer the service to everybody"),
        (status = 406, description = "Reject; the report", content_type = "application/xml"),
        (status = 413, description = "Too large"),
        (status = 422, description = "No XML, or the official rules break off; the report", content_type = "application/xml"),
        (status = 429, description = "Too often", content_type = "text/plain"),
    )
)]
async fn check(visitor: Visitor, request: Request) -> Response {
    answer(&visitor, String::new(), request).await
}

async fn answer(visitor: &Visitor, name: String, request: Request) -> Response {
    if visitor.principal.is_none() {
        if !is_open(&visitor.app) {
            return AppError::unauthenticated().into_response();
        }
        if let Err(seconds) =
            Rate::of_process().take(visitor.peer, visitor.app.config.channels.checks_per_minute, visitor.app.now())
        {
            let wait = [(header::RETRY_AFTER, seconds.to_string())];
            return (wait, plain(StatusCode::TOO_MANY_REQUESTS, "Too many requests")).into_response();
        }
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart") {
        return plain(StatusCode::BAD_REQUEST, "No content supplied");
    }
    let read = match Budget::read(&budget(), request.into_body(), limits::CHECK_BYTES).await {
        Ok(read) if !read.bytes.is_empty() => read,
        Ok(_) => return plain(StatusCode::BAD_REQUEST, "No content supplied"),
        Err(error) => return AppError::from(error).into_response(),
    };
    let now = visitor.app.now();
    let reference = if name.is_empty() { format!("supplied_instance_{}", vir_store::new_id(now)) } else { name };
    let done = workshop().run(move |checker| {
        let options = understand::options(crate::day_of(now));
        let doc = vir_invoice::xml::parse_with(&read.bytes, &options.limits).ok();
        let (report, invoice) = match &doc {
            Some(doc) => (checker.check_document(doc, &options), Some(bindings::read_values(doc))),
            None => (checker.check(&read.bytes, &options), None),
        };
        let checked = report::Checked {
            bytes: &read.bytes,
            reference: &reference,
            at: now,
            report: &report,
            invoice: invoice.as_ref(),
        };
        (report::status(&report), report::xml(&checked))
    });
    match done.await {
        Ok((status, xml)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, [(header::CONTENT_TYPE, "application/xml")], Body::from(xml)).into_response()
        }
        Err(error) => AppError::internal(error).into_response(),
    }
}

/// Does the operator offer the service to everybody?
fn is_open(app: &App) -> bool {
    app.config.channels.open_check || app.config.demo
}

async fn health(_visitor: Visitor) -> Response {
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <health xmlns=\"http://www.xoev.de/de/validator/framework/1/daemon\">\n  <status>UP</status>\n  \
         <application>\n    <name>{}, compatible with the KoSIT validator</name>\n    <version>{VALIDATOR}</version>\n    <build>{}</build>\n  </application>\n  \
         <memory>\n    <freeMemory>0</freeMemory>\n    <maxMemory>0</maxMemory>\n    <totalMemory>0</totalMemory>\n  \
         </memory>\n</health>\n",
        report::ENGINE,
        understand::options(jiff::civil::Date::MAX).release.name(),
    );
    ([(header::CONTENT_TYPE, "application/xml")], xml).into_response()
}

/// The scenarios, as far as a client can make use of them: their names.
async fn config(visitor: Visitor) -> Response {
    use std::fmt::Write as _;
    use vir_invoice::identify::{Kind, Profile};
    let release = understand::options(crate::day_of(visitor.app.now())).release;
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <scenarios xmlns=\"http://www.xoev.de/de/validator/framework/1/scenarios\" frameworkVersion=\"1.0.0\">\n  \
         <name>vir</name>\n",
    );
    let _ = writeln!(xml, "  <date>{}</date>", release.name());
    let _ = writeln!(xml, "  <description><p>{}</p></description>", release.describe());
    for profile in Profile::ALL {
        for kind in [Kind::UblInvoice, Kind::UblCreditNote, Kind::Cii].into_iter().filter(|kind| profile.allows(*kind))
        {
            let _ = writeln!(xml, "  <scenario><name>{}</name></scenario>", report::scenario_name(profile, kind));
        }
    }
    xml.push_str("</scenarios>\n");
    ([(header::CONTENT_TYPE, "application/xml")], xml).into_response()
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    (status, Extension(Spoken), [(header::CONTENT_TYPE, "text/plain")], text).into_response()
}

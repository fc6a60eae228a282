//! The verify page: anybody hands in a record with its data, or a package, and is told what each step found.
//!
//! `/nachweis-pruefen` needs no account; `POST /api/v1/evidence/verify` is the same for programs. Both judge as
//! `vir evidence verify` does.
//!
//! Against abuse: a limit for each address, bounds on bytes, files, elements and time stamps ([`work`]), and few at
//! once.
//!
//! Invariant: nothing of what was handed in is stored or logged.

mod api;
mod form;
mod page;
mod report;
mod seal;
pub(crate) mod work;

pub(crate) use form::Submitted;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use vir_web::App;
use vir_web::rate::Limit;

/// How often one address may have something verified.
const VERIFICATIONS: Limit = Limit { times: 30, seconds: 60 };

/// The page.
pub fn routes() -> Router<App> {
    Router::new().route(page::PATH, get(page::empty).post(page::verify).layer(DefaultBodyLimit::max(work::MOST_UPLOAD)))
}

/// The same in the API.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(utoipa_axum::routes!(api::verify)).layer(DefaultBodyLimit::max(work::MOST_UPLOAD))
}

//! Settings: an overview, and the way's: whose holidays, four eyes, patience; the council's resolutions; the lists of codes.
//!
//! Invariant: every change is in the audit log, with who made it.

mod codes;
mod index;
mod way;

use axum::Router;
use axum::routing::get;
use vir_web::App;

/// The pages of these settings.
pub fn routes() -> Router<App> {
    Router::new()
        .route(index::HERE, get(index::show))
        .route(way::HERE, get(way::show).post(way::save))
        .route(way::YEARS, axum::routing::post(way::resolve))
        .route(codes::HERE, get(codes::show).post(codes::save))
        .route("/einstellungen/kontierung/datei", axum::routing::post(codes::file))
        .route("/einstellungen/kontierung/stand", axum::routing::post(codes::toggle))
        .route("/einstellungen/kontierung/export", get(codes::export))
}

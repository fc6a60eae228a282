//! The REST API of invoices: hand in, list, one, its files, its findings, its view, its history;
//! and of archives: hand in, how far, what became of each file, stop.
//!
//! The same permissions as the pages: whoever may not see an invoice there gets 404 here.
//!
//! Invariant: a `POST` that was answered with 200 or 201 is stored; repeated with the same key or
//! the same bytes it gives the same invoice.

mod body;
mod dto;
mod hand_in;
mod imports;
mod list;
mod one;

pub use body::{Budget, budget};
pub(crate) use hand_in::refused;
pub(crate) use one::download;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vir_web::App;

/// The routes with their description.
pub fn routes() -> OpenApiRouter<App> {
    let hand_in = OpenApiRouter::new()
        .routes(routes!(hand_in::hand_in))
        .routes(routes!(imports::hand_in))
        // The bodies are read piece by piece within their own limits.
        .layer(DefaultBodyLimit::disable());
    OpenApiRouter::new()
        .merge(hand_in)
        .routes(routes!(list::list))
        .routes(routes!(imports::one))
        .routes(routes!(imports::files))
        .routes(routes!(imports::cancel))
        .routes(routes!(one::one))
        .routes(routes!(one::original))
        .routes(routes!(one::xml))
        .routes(routes!(one::files))
        .routes(routes!(one::file))
        .routes(routes!(one::findings))
        .routes(routes!(one::view))
        .routes(routes!(one::events))
        .routes(routes!(one::history))
}

//! The REST API of records: begin, list, one, its steps, its documents, its evidence.
//!
//! The same permissions as the pages: whoever may not see a record there gets 404 here.
//!
//! Invariant: a `POST` that was answered with 200 or 201 is durable; the same document sent again to the same record is
//! the same document.

mod documents;
mod dto;
mod records;

use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vir_web::App;
use vir_web::api::once;

/// The routes with their description.
pub fn routes() -> OpenApiRouter<App> {
    let file = OpenApiRouter::new()
        .routes(routes!(documents::file))
        // The body is read piece by piece within its own limit.
        .layer(DefaultBodyLimit::disable());
    OpenApiRouter::new()
        .merge(file)
        .merge(OpenApiRouter::new().routes(routes!(records::list, records::open)).layer(from_fn(once::layer)))
        .routes(routes!(records::one))
        .routes(routes!(records::step))
        .routes(routes!(documents::content))
        .routes(routes!(documents::evidence))
        .routes(routes!(documents::inventory))
}

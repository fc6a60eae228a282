//! Records that come by themselves: what other blocks are done with, and what lies in the watched folder.
//!
//! Invariant: the same thing told twice becomes one record.

mod event;
mod folder;
mod page;
mod terms;

pub use event::LISTEN;
pub(crate) use event::choose;
pub use folder::{Watch, services};
pub use terms::OCCUR;

use axum::Router;
use axum::routing::{get, post};
use vir_web::App;

/// The addresses.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/aktenplan/zugaenge", get(page::show).post(page::save))
        .route("/aktenplan/fristereignis", post(page::occur))
}

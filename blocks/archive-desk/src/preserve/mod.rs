//! Preserving what storage has: reading all of it and repairing it, renewing its evidence, and the page that shows how
//! it stands.
//!
//! Invariant: what was found and repaired is written down before the job ends.

mod page;
mod work;

pub use work::{RENEW, SCRUB, due};

use axum::Router;
use axum::routing::{get, post};
use vir_web::App;

/// The section of the navigation.
pub const SECTION: &str = "preserve";

/// The addresses.
pub fn routes() -> Router<App> {
    Router::new().route("/ablage", get(page::show)).route("/ablage/auftrag", post(page::order))
}

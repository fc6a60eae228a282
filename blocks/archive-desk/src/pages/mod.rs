//! The pages of records: the list, a new one, one and its documents.
//!
//! Invariant: what a page offers is what the rules would let happen, and a refusal says which rule and why.

pub(crate) mod documents;
mod list;
mod new;
mod one;
pub(crate) mod steps;
mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use vir_web::App;

pub use words::{rule, state_badge, who};

/// The section of the navigation.
pub const SECTION: &str = "records";

/// The addresses.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/akten", get(list::show))
        .route("/akten/neu", get(new::form).post(new::create))
        .route("/akten/{record}", get(one::show))
        .route("/akten/{record}/schritt", post(steps::take))
        .route("/akten/{record}/dokumente", post(documents::upload).layer(DefaultBodyLimit::disable()))
        .route("/akten/{record}/dokumente/{document}", get(documents::download))
        .route("/akten/{record}/dokumente/{document}/ansicht", get(documents::view))
        .route("/akten/{record}/nachweis", get(documents::evidence))
        .route("/akten/{record}/inventar", get(documents::inventory))
}

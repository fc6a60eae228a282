//! The public form: a supplier without invoicing software types an invoice in and hands it in as XRechnung.
//!
//! `/o/{tenant}/rechnung` works without JavaScript and without an account. What was typed can be kept under a secret
//! link; what is handed in goes the same way as every other invoice, through [`crate::intake`].
//!
//! Against abuse: a limit for each address, a field that only robots fill, bounds on every text, and the
//! Leitweg-ID must be one of the tenant's.
//!
//! Invariant: nothing is handed in that the rules reject, and what is handed in is what was shown before.

mod draft;
mod form;
mod page;
mod view;

use axum::Router;
use axum::routing::{get, post};
use vir_core::Phrase;
use vir_web::rate::Limit;
use vir_web::{App, Forget};

pub use draft::{Checked, check, checked};
pub use form::{EntryForm, LineForm, Manner, UNITS};
pub(crate) use view::one_line;

/// Posting the form in any way.
const POSTS: Limit = Limit { times: 60, seconds: 60 };
/// Handing in.
const SUBMISSIONS: Limit = Limit { times: 20, seconds: 3600 };

/// Drafts that nobody has touched for so long; what was handed in is an invoice by then.
pub const DRAFTS: Forget = Forget {
    what: Phrase::new("Entwürfe der Web-Erfassung", "Drafts of the web entry"),
    sql: "delete from web_draft where changed_at < $1",
    hours: page::DAYS * 24,
};

/// The pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/o/{tenant}/rechnung", get(page::start).post(page::posted))
        .route("/o/{tenant}/rechnung/{key}", get(page::resume).post(page::posted_again))
        .route("/o/{tenant}/rechnung/{key}/pruefen", get(page::preview))
        .route("/o/{tenant}/rechnung/{key}/ansicht", get(page::shown))
        .route("/o/{tenant}/rechnung/{key}/xml", get(page::xml))
        .route("/o/{tenant}/rechnung/{key}/pdf", get(page::pdf))
        .route("/o/{tenant}/rechnung/{key}/einreichen", post(page::submit))
        .route("/o/{tenant}/rechnung/{key}/eingereicht", get(page::submitted))
}

//! The server: page frame, forms and tables, API conventions, configuration, and the life of the
//! process.
//!
//! A block brings a [`Block`]: its routes, jobs, permissions and navigation. [`serve`] puts the
//! blocks together and runs them. A handler takes a [`Caller`] (signed in) or a [`Visitor`]
//! (anybody), reads a posted form with [`Form`], and returns a [`page`], a redirect with a
//! [`Flash`], or an [`AppError`]:
//!
//! ```ignore
//! async fn show(caller: Caller, Path(id): Path<String>) -> Result<Response, AppError> {
//!     let lang = caller.lang;
//!     let note = load(&caller, id).await?.ok_or_else(|| AppError::not_found(Text::new("Notiz", "note")))?;
//!     let body = html! { p { (note.text) } };
//!     Ok(page(&caller, Page::new(lang.tr("Notiz", "Note")).section("notes"), body))
//! }
//! ```
//!
//! Invariant: no handler runs before limits, headers and identification; no answer leaves without
//! the security headers.

mod account;
mod admin;
pub mod api;
mod app;
mod assets;
mod block;
mod caller;
pub mod config;
mod cookies;
pub mod csrf;
mod ctx;
mod error;
mod flash;
mod form;
pub mod format;
mod headers;
pub mod housekeeping;
mod identity;
mod key_file;
mod open;
pub mod outbound;
mod page;
mod pages;
pub mod parts;
pub mod plot;
pub mod rate;
mod router;
pub mod serve;
#[cfg(feature = "test")]
pub mod test;
pub mod watched;
pub mod webhooks;
mod work;

pub use account::overview::tabs as account_tabs;
pub use app::App;
pub use block::{
    Block, Demo, EventCall, JobCall, JobHandler, NavItem, RecordDocument, RecordParts, RecordSource, Search,
    Subscription, Welcome, WorkError,
};
pub use caller::{Caller, Visitor};
pub use ctx::{Ctx, Theme};
pub use error::{AppError, Spoken};
pub use flash::{Flash, redirect, redirect_with};
pub use form::{FORM_LIMIT, Form, Posted, Query, Upload, upload_error};
pub use headers::Embedded;
pub use housekeeping::Forget;
pub use maud::{Markup, PreEscaped, html};
pub use open::{MIGRATIONS, migrations};
pub use page::{Page, page};
pub use parts::FieldError;
pub use router::{Peer, router};
pub use work::Workers;

/// What a handler gives.
pub type Answer = Result<axum::response::Response, AppError>;

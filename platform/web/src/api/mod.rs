//! The conventions of the API: bodies, pages of lists, versions, repetition, description.
//!
//! - Errors are problem documents ([`crate::AppError`]).
//! - Bodies are read with [`Json`], which names the field that is wrong.
//! - Lists are gone through with a [`Cursor`].
//! - What changes a thing carries the version that it changes: [`IfMatch`], [`etag`].
//! - What may come twice carries an `Idempotency-Key`: [`once`].
//!
//! Invariant: every route of the API stands in its description, because it is made from the same
//! value.

mod conventions;
mod cursor;
mod document;
mod json;
pub mod once;
mod version;

pub use cursor::{Cursor, Listed, page_size};
pub use document::description;
pub(crate) use document::routes;
pub use json::Json;
pub use version::{IfMatch, etag};

//! Showing an invoice: one view of it, rendered for the terminal, as a page, or (outside this
//! crate) as a PDF.
//!
//! The view is built by walking the semantic model with the dictionary, so every business term
//! that a document holds appears with its number, and what the model has no place for appears
//! at the end. Findings stand at the field that they concern.
//!
//! Invariant: a view holds every value of the invoice exactly once among its fields, lines and
//! further fields.

mod codes;
mod format;
mod html;
mod skonto;
mod text;
mod view;

pub use format::{amount, date, number};
pub use html::html;
pub use skonto::{Skonto, Terms};
pub use text::{TextStyle, text};
pub use view::{AttachmentView, Field, LINE_COLUMNS, LineView, Section, View};

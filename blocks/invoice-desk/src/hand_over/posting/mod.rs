//! Postings for the finance system: a table whose columns, order, separator, numbers, dates and encoding
//! the administration sets.
//!
//! No two finance systems import alike, and most of their formats are described only in documents that
//! their vendors hand to customers. So the form is data ([`Mapping`]), not code, and the [presets] are
//! starting points that say what about them is unproven.
//!
//! Invariant: the same mapping and postings give the same bytes, and every posting is one line.

mod encoding;
mod mapping;
pub mod presets;
mod write;

pub use encoding::Encoding;
pub use mapping::{Column, DateForm, Field, LineEnd, Mapping, MappingError, NumberForm, Source};
pub use write::{Posting, Written, write_json, write_table};

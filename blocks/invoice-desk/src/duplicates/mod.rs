//! Duplicates: the same invoice by two ways, in two syntaxes, or once more with a new number.
//!
//! Suspected when an invoice comes in, shown side by side, decided by a person. A confirmed
//! duplicate cannot be ordered; the workflow asks [`InvoiceRow::is_duplicate`].
//!
//! Invariant: only an earlier invoice is suspected, so suspicions never go in a circle.
//!
//! [`InvoiceRow::is_duplicate`]: crate::invoice_row::InvoiceRow::is_duplicate

pub mod page;
mod suspect;

pub use suspect::{Decided, Suspicion, decide, suspect};

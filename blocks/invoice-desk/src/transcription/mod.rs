//! Typing in an invoice that came as a picture: what the document itself cannot tell, a person
//! reads and writes down.
//!
//! The original stays as it is. What was typed in is marked by the kind of the invoice, can be
//! changed until somebody has coded it, and is noted in the audit log each time.
//!
//! Invariant: only invoices without data are typed in; what a machine has read is never overwritten.

mod page;
mod write;

pub use page::routes;
pub use write::{Typed, Written, may_be_typed, write};

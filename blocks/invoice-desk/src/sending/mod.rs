//! The tenant's own invoices: written in a form, numbered without gaps, issued as XRechnung, kept in the same register.
//!
//! Invariant: what is issued never changes. A mistake is corrected by a credit note over the whole amount, and a new
//! invoice.

mod own;
mod page;
mod party;

pub use own::{OwnInvoice, OwnState, SendingError};
pub use page::{SECTION, routes};
pub use party::OwnParty;

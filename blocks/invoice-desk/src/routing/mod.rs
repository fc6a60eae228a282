//! Which unit is an invoice for?
//!
//! Leitweg-ID first, because the buyer itself has told it to the seller; then the order number, the
//! seller, the contact, and then free rules, each in the order that the tenant gave. The first that
//! fits decides. Where none fits, the invoice has no unit and waits visibly.
//!
//! Invariant: the same rules and the same invoice give the same unit.

pub mod page;
mod rule;
mod store;
mod tester;

pub use rule::{Field, Matched, Operator, Rule, Stage, Subject, Table};
pub use store::{add, all, current, remove, reorder, validate};

//! Many invoices at once: chosen in the register, looked over, then decided one by one.
//!
//! What was chosen is kept as a draft, with the version of each invoice as it was seen. A page says what would happen
//! to which, and why not to others; only then it starts. Each invoice is decided in a write of its own through
//! [`crate::workflow::decide`], with all that is asked of a single one, and its outcome is part of that write: so an
//! interrupted run goes on where it was, and nothing happens twice.
//!
//! Invariant: an item has the outcome `done` exactly where its decision is stored.

mod action;
mod download;
mod outlook;
mod page;
mod prospect;
mod report;
mod run;
mod store;

pub use action::{Action, Given};
pub(crate) use page::bar;
pub use page::routes;
pub use run::{RUN, work_through};

/// How many invoices can be worked on together.
pub const MOST: usize = 5_000;

/// Up to so many are done while the person waits; more are a job.
const AT_ONCE: i64 = 50;

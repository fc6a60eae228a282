//! The invoice desk: from inbox to payment file.
//!
//! One folder per use case; they meet in [`invoice_row`], the row that each of them works on.
//!
//! Invariant: what came in is stored before anything is said about it, and never changed.

pub mod coding;
pub mod demo;
pub mod hand_over;
pub mod invoice_row;
pub mod workflow;

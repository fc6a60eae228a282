//! The way of an invoice: what may be decided, by whom, until when, and how it is kept.
//!
//! [`state`] knows what may follow what, [`law`] what the law demands, [`calendar`], [`deadline`] and [`retention`]
//! know the days. [`decide`] is the only door through which an invoice moves.
//!
//! Invariant: nothing changes the state of an invoice but a decision.

pub mod api;
pub mod assign;
mod assign_api;
pub mod calendar;
pub mod deadline;
pub mod decide;
pub mod law;
pub mod remind;
pub mod retention;
pub mod settings;
pub mod state;
pub mod voucher;

pub use assign::{Assignee, assign};
pub use decide::{Attempt, Decided, Decider, Refusal, decide};
pub use state::Kind;

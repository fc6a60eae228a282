//! The life of a record: from the desk over storage to the archive or to its end, and what the law says on the way.
//!
//! [`plan`] is the *Aktenplan* with its versioned rules, [`term`] computes what they mean to the [`day`], [`hold`]
//! keeps records from being disposed of. [`event`] is what can happen, [`record`] what follows from what happened,
//! [`law`] what must not happen, and [`decide()`] the only door. [`clocks`] says what is due, [`tombstone`] what stays
//! of a deleted record.
//!
//! Time is a parameter. Events are plain values; a record is nothing but its events in their order.
//!
//! Invariant: nothing is deleted that the archive has neither declined nor received, nothing under a hold, nothing
//! before its term ends, and nothing by one person.

pub mod clocks;
pub mod day;
pub mod decide;
pub mod event;
pub mod hold;
pub mod law;
pub mod plan;
pub mod record;
pub mod term;
pub mod tombstone;

pub use day::Day;
pub use decide::{Refusal, decide};
pub use event::{Command, Event, Logged, Step, Who};
pub use hold::Hold;
pub use law::Law;
pub use plan::Plan;
pub use record::{Record, State};

/// Identifiers: opaque to this library, chosen by whoever keeps the records.
macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

identifiers! {
    /// A record (*Akte*, or a *Vorgang* or *Dokument* that stands alone).
    RecordId,
    /// A *Vorgang* inside a record.
    CaseId,
    /// A document inside a record.
    DocumentId,
    /// An entry of the *Aktenplan*.
    EntryId,
    /// A person who works with records.
    PersonId,
    /// A person whom a record is about.
    SubjectId,
    /// A legal hold.
    HoldId,
}

/// Does this reason say anything?
#[must_use]
pub fn says_something(reason: &str) -> bool {
    reason.chars().filter(|c| c.is_alphanumeric()).take(3).count() == 3
}

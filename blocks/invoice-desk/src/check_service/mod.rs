//! The checking service that others can point to: it takes and answers what the daemon of KoSIT's
//! validator does, so that a client works by changing the address.
//!
//! Nothing is stored; a document is checked and forgotten.
//!
//! Invariant: the answer is a function of the bytes and the day.

pub mod report;

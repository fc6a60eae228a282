//! The invoice block from outside: what the rules say of documents, and what becomes of
//! them on the way through readers and writers.
//!
//! One binary, so that the crate is linked once; one module per claim.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test speaks by panicking and may print"
)]

mod cases;
mod corpus;
mod edit;
mod generated;
mod handbook;
mod official;
mod round_trip;
mod shapes;
mod texts;
mod xml;

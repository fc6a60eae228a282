//! The archive block from outside: what it says of foreign records and tokens, and what others say of ours.
//!
//! One binary, so that the crate is linked once; one module per claim.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test speaks by panicking and may print"
)]

mod bags;
mod containers;
mod corpora;
mod eark;
mod formats;
mod lifecycle;
mod ocfl;
mod openssl;
mod packages;
mod peer;
mod revocation;
mod s4;
mod scan;
mod seals;
mod stamping;
mod submissions;
mod tables;
mod tokens;
mod verdicts;
mod xdomea;
mod xml_records;

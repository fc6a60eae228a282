//! What tests and proofs need from outside: other programs that judge ours.
//!
//! Invariant: a peer that is not there is said to be missing; it is never a failed test.

pub mod chromedriver;
pub mod mail_servers;
pub mod postgres;
pub mod s3;
pub mod server;
#[cfg(feature = "store")]
pub mod stores;
pub mod tether;
pub mod verapdf;

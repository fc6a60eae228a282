//! What tests and proofs need from outside: other programs that judge ours.
//!
//! Invariant: a peer that is not there is said to be missing. It is a failed test only where
//! `VIR_PEERS=required` says that all are there, as CI does.

pub mod chromedriver;
pub mod mail_servers;
mod missing;
pub mod postgres;
pub mod s3;
pub mod seals;
pub mod server;
#[cfg(feature = "store")]
pub mod stores;
pub mod tether;
pub mod time_stamps;
pub mod verapdf;
pub mod visitor;

pub use missing::missing;

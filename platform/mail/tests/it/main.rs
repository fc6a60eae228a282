//! Claims of the mail crate, over mails that are files (`tests/mails`) and against real servers.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test may panic, and says why it skips")]

mod bounds;
mod mails;
mod servers;

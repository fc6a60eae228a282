//! The running server, as its users meet it: the real program, real requests, real kills.
//!
//! The same suite runs over SQLite with files and over PostgreSQL with S3 and two nodes. Where those
//! are not installed, their half says so and is skipped; CI installs them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test may panic and speak")]

mod browser;
mod installation;
mod journey;
mod operation;
mod kill;

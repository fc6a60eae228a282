//! The running server, as its users meet it: the real program, real requests, real clicks, real kills.
//!
//! The same suite runs over SQLite with files and over PostgreSQL with S3 and two nodes. Where those
//! or a browser are not installed, their part says so and is skipped; CI installs them.

#![allow(clippy::disallowed_methods, reason = "the real program runs by the real clock")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test may panic and speak")]

mod browser;
mod hostile;
mod in_a_browser;
mod installation;
mod isolation;
mod journey;
mod journeys;
mod kill;
mod operation;
mod samples;
mod webdriver;

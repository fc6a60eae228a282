//! The command as a user sees it: what it prints, where, and with which exit code.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod archive;
mod bucket;
mod check;
mod commands;
mod export;
mod handbook;
mod run;
mod seals;

//! What the web frame promises.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed claim shall panic")]

mod config;
mod frame;

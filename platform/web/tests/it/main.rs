//! What the web frame promises.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed claim shall panic")]

mod account;
mod api;
mod config;
mod frame;
mod housekeeping;
mod parts;
mod serve;
mod webhooks;

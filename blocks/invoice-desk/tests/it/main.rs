//! The claims of the invoice desk.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod desk;
mod folder;
mod intake;
mod limits;
mod page;
mod way;
mod web;

//! The claims of the invoice desk.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod desk;
mod folder;
mod hand_over;
mod hand_over_pages;
mod intake;
mod limits;
mod page;
mod sending;
mod way;
mod web;
mod web_entry;

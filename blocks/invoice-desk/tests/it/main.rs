//! The claims of the invoice desk.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test may panic, and says why it skips")]

mod assignment;
mod bulk;
mod desk;
mod folder;
mod hand_over;
mod hand_over_pages;
mod history;
mod intake;
mod invoices;
mod limits;
mod mailbox;
mod notices;
mod oauth;
mod page;
mod pain001;
mod quarantine;
mod reduction;
mod sending;
mod told;
mod way;
mod web;
mod web_entry;

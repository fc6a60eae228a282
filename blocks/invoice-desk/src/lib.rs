//! The invoice desk: from inbox to payment file.
//!
//! One folder per use case; they meet in [`invoice_row`], the row that each of them works on.
//!
//! Invariant: what came in is stored before anything is said about it, and never changed.

pub mod access;
pub mod api;
mod approval;
pub mod block;
pub mod bulk;
pub mod check_service;
pub mod coding;
pub mod conversation;
pub mod demo;
pub mod duplicates;
pub mod figures;
pub mod hand_over;
pub mod intake;
pub mod invoice;
pub mod invoice_row;
pub mod limits;
pub mod mailbox;
pub mod notices;
mod people;
pub mod permissions;
mod record;
pub mod reduction;
pub mod register;
pub mod routing;
pub mod sending;
pub mod settings;
pub mod sheet;
pub mod told;
pub mod transcription;
pub mod upload;
pub mod watched_folder;
pub mod web_entry;
pub mod work;
pub mod workflow;

pub use block::block;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use vir_store::{Migrations, migrations};

/// The tables of the desk, in the order in which they were made. One number belongs to one file.
pub const MIGRATIONS: Migrations = Migrations::tenant(
    "invoice-desk",
    migrations![
        "0001_invoice",
        "0201_workflow",
        "0301_register",
        "0302_figures",
        "0303_bulk",
        "0304_view",
        "0305_reduction",
        "0306_words",
        "0307_seller_sort",
        "0308_few_last",
        "0401_hand_over",
        "0402_web_entry",
        "0403_sending",
        "0501_mailbox",
        "0601_assignment",
        "0602_notice",
        "0603_mail_actions",
        "0604_mailbox_oauth"
    ],
);

/// The day that it is at the desk: in Germany, whatever the server's clock says.
#[must_use]
pub fn day_of(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC)).date()
}

//! The archive desk: where records are kept, and who works with them.
//!
//! One folder per use case; they meet in `records`, and everything that lasts lies in [`storage`].
//!
//! Invariant: what was acknowledged is durable, and the database can be made again from what lies in storage.

pub mod access;
pub mod api;
pub mod block;
pub mod demo;
pub mod dip;
pub mod disposal;
pub mod export;
pub mod formats;
pub mod holds;
pub mod intake;
pub mod keep;
pub mod pages;
pub mod parcel;
pub mod permissions;
pub mod plan;
pub mod preserve;
pub mod privacy;
pub mod records;
pub mod s4;
pub mod scan;
pub mod settings;
pub mod storage;
pub mod verify;

pub use block::block;

use vir_store::{Migrations, migrations};

/// The tables of the desk, in the order in which they were made. One number belongs to one file.
pub const MIGRATIONS: Migrations = Migrations::tenant(
    "archive-desk",
    migrations!["0001_record", "0101_deposit", "0201_scan", "0202_seal", "0301_disposal"],
);

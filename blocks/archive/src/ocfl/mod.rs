//! Storage after the Oxford Common File Layout, 1.0 and 1.1: reading, judging, writing.
//!
//! [`object`] and [`root`] judge what lies behind a [`Source`]; every finding has one of the official
//! [codes](code::Code). A [`Depot`](depot::Depot) writes objects and versions durably; a [`Mirror`](mirror::Mirror)
//! keeps two of them alike.
//!
//! Invariant: nothing here opens a file or asks a clock; where things lie and how they last is behind the ports of
//! [`storage`].

pub mod code;
pub mod depot;
pub mod digest;
pub mod extension;
mod finding;
pub mod inventory;
pub mod layout;
pub mod mirror;
pub mod path;
mod read;
mod root;
pub mod storage;
mod syntax;
mod validate;

pub use finding::{Finding, Report};
pub use inventory::{Inventory, Spec};
pub use root::{RootReport, root};
pub use storage::{Source, Storage};
pub use validate::object;

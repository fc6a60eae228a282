//! The archive desk from outside.
//!
//! One binary, so that the crate is linked once; one module per claim.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test speaks by panicking, may print, and looks at the clock"
)]

mod bucket;
mod cuts;
mod desk;
mod dip;
mod disposal;
mod evidence;
mod folder;
mod intake;
mod killed;
mod peers;
mod privacy;
mod records;
mod s4;
mod scan;
mod store;
mod verify;

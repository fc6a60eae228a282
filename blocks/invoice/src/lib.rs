//! Electronic invoices after EN 16931: read, check, show, convert and create.
//!
//! Pure: bytes and values in, values and findings out; no files, no network, no clock.

pub mod bindings;
pub mod check;
pub mod convert;
pub mod create;
pub mod hybrid;
pub mod identify;
pub mod model;
pub mod names;
pub mod rules;
pub mod safe_name;
pub mod schema;
pub mod show;
pub mod xml;

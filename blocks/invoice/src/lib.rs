//! Electronic invoices after EN 16931.

pub mod names;

//! The furnished desk of `vir serve --demo`: an invented town, its people, and invoices in all states.
//!
//! [`town`] and [`suppliers`] say who there is, [`invoices`] makes what arrives.

pub mod invoices;
pub mod suppliers;
pub mod town;

//! Coding (*Kontierung*): on which cost centre, account and product an invoice is booked.
//!
//! Budgets are no part of it: the finance system knows them and refuses what exceeds them.
//!
//! Invariant: the lines of a coding add up to the amount due, to the cent.

pub mod line;
pub mod split;
pub mod suggest;

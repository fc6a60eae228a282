//! The figures (*Auswertungen*): how many, how much, how long, how punctual, what discount was won
//! and lost, and which errors come from whom.
//!
//! An invoice adds [`cell`]s to sums; [`follow`] keeps the sums while invoices change; [`read`]
//! takes them for a period and units; [`page`] shows them as drawings and tables.
//!
//! Invariant: the sums equal what a recount of all invoices gives.

pub mod cell;
pub mod follow;
mod page;
pub mod read;

pub use page::routes;

#[cfg(test)]
mod tests;

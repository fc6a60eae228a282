//! The register of invoices (*Rechnungseingangsbuch*): a list that is filtered, sorted, searched,
//! exported, and worked through many at once.
//!
//! [`filter`] reads the address, [`plan`] turns it into statements that stay short over a million
//! invoices, [`list`] gives rows.
//!
//! Invariant: whatever lists invoices goes through [`list`], which never reads beyond the units
//! that the person may see.

pub mod columns;
pub(crate) mod csv_file;
pub mod cursor;
pub mod export;
pub mod filter;
pub mod lights;
pub mod list;
mod page;
mod plan;
pub(crate) mod search;
pub mod sort;
mod terms;
pub(crate) mod view;
pub mod volume;
mod xlsx_file;

pub use cursor::Cursor;
pub use filter::{Filter, Query};
pub use list::{Asking, Line, Page, Total, list, rows, state_counts};
pub use page::routes;
pub use plan::{COUNTED, Effort, Way};
pub use sort::{By, Sort};

#[cfg(test)]
mod tests;

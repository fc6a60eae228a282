//! How people like to have the register: lists under a name, columns, and what they looked at last.
//!
//! A view is a query and columns, so it opens by an ordinary address. It belongs to who made it; others see it where
//! it is shared with a unit whose invoices they may see, or with a role that they have. What a view finds is for each
//! of them what they may see.
//!
//! Invariant: a view gives nobody a right.

mod page;
pub(crate) mod seen;
pub(super) mod store;

pub(super) use page::routes;

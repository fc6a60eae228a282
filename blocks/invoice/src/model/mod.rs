//! The invoice as a person means it: a tree of business groups with business terms, the same for
//! every syntax.
//!
//! A reader fills it from UBL or CII and puts what the model has no place for into
//! [`Invoice::extra`], so nothing is lost silently; a writer makes either syntax of it. The tree
//! is driven by the [dictionary](Bt): views, comparisons and conversions walk it without knowing
//! the terms one by one, and [`Invoice`] has named methods for whoever wants one value.
//!
//! Invariant: a group holds only terms and groups that the dictionary puts there, in reading order.

mod content;
mod date;
mod dictionary;
mod diff;
mod equality;
mod invoice;
mod terms;
mod views;

pub use content::{Content, Number};
pub use date::Date;
pub use dictionary::{Bg, Bt, Cardinality, Component, DataType, GroupEntry, TermEntry};
pub use diff::{Difference, Said, diff};
pub use invoice::{ExtraField, Group, Invoice, Kind, Source, Value};
pub use views::{
    Address, AllowanceCharge, Attachment, Buyer, Contact, CreditTransfer, Delivery, DirectDebit, Item, Line, Note,
    Party, Payment, Seller, VatBreakdown,
};

//! VAT: BR-S, BR-Z, BR-E, BR-AE, BR-IC, BR-G, BR-O, BR-AF, BR-AG and BR-B.
//!
//! The ten categories demand much the same: an entry in the VAT breakdown, registrations of seller
//! and buyer, a rate, a sum, a tax amount and an exemption reason or none. A file per category lists
//! its rules; [`entries`] has their texts, [`ubl`] and [`cii`] their tests.
//!
//! Invariant: what a test needs to know of other elements than its own is counted once per document
//! ([`ubl::Census`], [`cii::Census`] and the sums), so that no rule looks through all lines again.

mod category;
mod cii;
mod entries;
pub(super) mod exempt;
pub(super) mod exports;
pub(super) mod igic;
pub(super) mod intra_community;
pub(super) mod ipsi;
pub(super) mod outside_scope;
mod rates;
pub(super) mod reverse_charge;
pub(super) mod split_payment;
pub(super) mod standard;
mod ubl;
pub(super) mod zero;

pub(super) use cii::Known as KnownCii;
pub(super) use ubl::Known as KnownUbl;

//! *Ersetzendes Scannen*: scanning that may replace paper, after BSI TR-03138 (RESISCAN), Anlage P, version 1.5.
//!
//! [`class`] says how much protection documents need and what follows, [`measures`] lists what the guideline demands.
//! [`sample`] draws the pages that are looked at, [`batch`] is the way of a batch from paper to destruction,
//! [`note`] the *Transfervermerk*. [`image`] reads what images say of themselves, [`raster`]
//! takes files apart into pages, [`barcode`] finds separator sheets among them, [`documentation`] writes the
//! *Verfahrensdokumentation* and the filled test list.
//!
//! What the guideline certifies is a procedure of an administration, not a program; nothing here claims otherwise.
//!
//! Invariant: no paper is destroyed before quality assurance has ended and the scans are deposited.

pub mod barcode;
pub mod batch;
pub mod class;
pub mod documentation;
pub mod image;
pub mod measures;
pub mod note;
pub mod raster;
pub mod sample;

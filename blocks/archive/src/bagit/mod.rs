//! Bags after RFC 8493 and its drafts since 0.93: judging what came in, and writing.
//!
//! A bag is a folder with the payload under `data`, manifests with a digest for each file, and tag files that describe
//! it. [`validate`] judges one behind a [`Source`](crate::ocfl::Source), [`Writer`] makes one.
//!
//! Invariant: no path that a bag names is followed out of it, and nothing that it names is fetched from elsewhere.

mod finding;
mod path;
mod sum;
mod tag;
mod validate;
mod write;

pub use finding::{Finding, Reason};
pub use tag::{BagVersion, Label};
pub use validate::{BagReport, validate};
pub use write::{Metadata, Writer};

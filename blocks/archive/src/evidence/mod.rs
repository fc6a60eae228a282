//! Evidence records: proof that data existed at a time and has not changed since, over decades.
//!
//! [`record`] is what one says, in either syntax: [`asn1`] reads RFC 4998, [`xml`] RFC 6283. [`verify`] judges it
//! against the data, [`catalogue`] knows which algorithm was suitable when. [`tree`] has the hash trees, both the
//! reduced ones of a record and the whole ones that we build; [`write`] makes records and renews them.
//! [`container`] finds records and what they protect in archive packages, signatures and ASiC containers, [`submission`]
//! in whatever somebody hands in.
//!
//! Invariant: a record is valid only if every step of the RFC was taken and none failed; what was not judged is
//! said.

pub mod asn1;
pub mod catalogue;
pub mod container;
pub mod finding;
pub mod object;
pub mod record;
pub mod submission;
pub mod tree;
pub mod verify;
pub mod write;
pub mod xml;

pub use finding::{Finding, Reason, Step};
pub use object::Object;
pub use record::{Record, RecordError};
pub use verify::{Options, Report, verify};

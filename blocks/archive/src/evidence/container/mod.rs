//! Where evidence records travel together with what they protect.
//!
//! [`xaip`] is the archive package of BSI TR-03125, [`asic`] the signature container of ETSI EN 319 162, [`cms`] a
//! signature that carries its record as an attribute (RFC 4998, appendix A).
//!
//! Invariant: a container tells which data a record is about; it never weakens what the record must cover.

pub mod asic;
pub mod cms;
pub mod xaip;

use super::Object;
use super::finding::Reason;

/// A record with the data that it is about.
#[derive(Debug, Clone)]
pub struct Protected {
    /// How people find it: a path, or the identifier of a credential and a version.
    pub name: String,
    /// The record, in either syntax; none where a version is protected by a record that came apart.
    pub record: Option<Vec<u8>>,
    /// What it protects.
    pub objects: Vec<Object<'static>>,
    /// What is wrong with the container around them.
    pub faults: Vec<Reason>,
}

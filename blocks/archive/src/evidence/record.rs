//! What an evidence record says, whichever syntax it is written in.
//!
//! Invariant: every byte string that will be hashed is kept as it stood in the source (RFC 4998), or as its
//! canonical form (RFC 6283); nothing is encoded again.

use serde::Serialize;

use crate::der::DerError;
use crate::digest::Digest;
use crate::xml::canonical::Method;

/// The syntax of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Syntax {
    /// RFC 4998.
    #[serde(rename = "RFC 4998")]
    Asn1,
    /// RFC 6283.
    #[serde(rename = "RFC 6283")]
    Xml,
}

/// An algorithm as a document names it: one of ours, or the identifier of one that we do not know.
pub type Named = Result<Digest, String>;

/// An evidence record.
#[derive(Debug, Clone)]
pub struct Record {
    /// The syntax that it is written in.
    pub syntax: Syntax,
    /// The algorithms that it declares (`digestAlgorithms`); none in RFC 6283.
    pub declared: Option<Vec<Named>>,
    /// Was the data encrypted before it was hashed (`encryptionInfo`)?
    pub encrypted: bool,
    /// Certificates that it brings along beside those in the time stamps.
    pub certificates: Vec<Vec<u8>>,
    /// Revocation lists and OCSP answers that it brings along.
    pub revocation: Vec<Vec<u8>>,
    /// In the order of time.
    pub chains: Vec<Chain>,
}

/// Archive time stamps over one hash algorithm.
#[derive(Debug, Clone)]
pub struct Chain {
    /// The algorithm that the chain names for itself; only in RFC 6283.
    pub digest: Option<Named>,
    /// How XML is canonicalised; only in RFC 6283.
    pub method: Option<Method>,
    /// What this chain has to cover of the chains before: byte strings of which one was hashed. Writers differ in
    /// whether white space or an outer tag belongs to it. Empty in the first chain.
    pub before: Vec<Vec<u8>>,
    /// In the order of time.
    pub stamps: Vec<Stamp>,
}

/// An archive time stamp.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// The algorithm that it names for its tree.
    pub digest: Option<Named>,
    /// The reduced hash tree: lists of hash values.
    pub tree: Vec<Vec<Vec<u8>>>,
    /// The time stamp token.
    pub token: Vec<u8>,
    /// What the next time stamp of the chain has to cover.
    pub renewed: Vec<u8>,
}

/// Why bytes are not an evidence record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The encoding is broken.
    #[error(transparent)]
    Der(#[from] DerError),
    /// The XML is not well-formed.
    #[error("not well-formed XML: {0}")]
    Xml(String),
    /// A part is missing or is not what it must be.
    #[error("{0}")]
    Part(&'static str),
    /// A version that we do not know.
    #[error("unknown version")]
    Version,
    /// A way to canonicalise XML that we do not know.
    #[error("unknown canonicalisation {0}")]
    Method(String),
    /// A record beyond all measure.
    #[error("too large")]
    Size,
}

/// More time stamps than a record has in a thousand years.
pub const MOST_STAMPS: usize = 10_000;

impl Record {
    /// Reads a record in either syntax; DER may be armoured in Base64 or PEM.
    pub fn read(bytes: &[u8]) -> Result<Self, RecordError> {
        let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        match start.iter().copied().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'<') => super::xml::read(bytes),
            Some(0x30) if start.first() == Some(&0x30) && super::asn1::looks_binary(bytes) => super::asn1::read(bytes),
            _ => match crate::xml::armour::decode(start) {
                Some(decoded) => super::asn1::read(&decoded),
                None => super::asn1::read(bytes),
            },
        }
    }

    /// All time stamps with the positions of chain and time stamp, from 0.
    pub fn stamps(&self) -> impl Iterator<Item = (usize, usize, &Stamp)> {
        self.chains
            .iter()
            .enumerate()
            .flat_map(|(chain, one)| one.stamps.iter().enumerate().map(move |(stamp, two)| (chain, stamp, two)))
    }
}

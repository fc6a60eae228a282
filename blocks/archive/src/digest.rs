//! The hash algorithms of evidence records, time stamps and certificates.
//!
//! Old records need old algorithms: whether one was suitable when it counted is the question of the
//! [catalogue](crate::evidence::catalogue), not of this module.
//!
//! Invariant: an algorithm is named by exactly one variant, whatever identifier a document uses for it.

use serde::Serialize;

use crate::der::{DerError, Element, tag, write};

/// A hash algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the variants are the names")]
pub enum Digest {
    Sha1,
    Ripemd160,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha3_224,
    Sha3_256,
    Sha3_384,
    Sha3_512,
}

use Digest::{Ripemd160, Sha1, Sha3_224, Sha3_256, Sha3_384, Sha3_512, Sha224, Sha256, Sha384, Sha512};

/// Name, object identifier, identifier in XML (RFC 6931, RFC 9231).
const NAMES: [(Digest, &str, &str, &str); 10] = [
    (Sha1, "SHA-1", "1.3.14.3.2.26", "http://www.w3.org/2000/09/xmldsig#sha1"),
    (Ripemd160, "RIPEMD-160", "1.3.36.3.2.1", "http://www.w3.org/2001/04/xmlenc#ripemd160"),
    (Sha224, "SHA-224", "2.16.840.1.101.3.4.2.4", "http://www.w3.org/2001/04/xmldsig-more#sha224"),
    (Sha256, "SHA-256", "2.16.840.1.101.3.4.2.1", "http://www.w3.org/2001/04/xmlenc#sha256"),
    (Sha384, "SHA-384", "2.16.840.1.101.3.4.2.2", "http://www.w3.org/2001/04/xmldsig-more#sha384"),
    (Sha512, "SHA-512", "2.16.840.1.101.3.4.2.3", "http://www.w3.org/2001/04/xmlenc#sha512"),
    (Sha3_224, "SHA3-224", "2.16.840.1.101.3.4.2.7", "http://www.w3.org/2007/05/xmldsig-more#sha3-224"),
    (Sha3_256, "SHA3-256", "2.16.840.1.101.3.4.2.8", "http://www.w3.org/2007/05/xmldsig-more#sha3-256"),
    (Sha3_384, "SHA3-384", "2.16.840.1.101.3.4.2.9", "http://www.w3.org/2007/05/xmldsig-more#sha3-384"),
    (Sha3_512, "SHA3-512", "2.16.840.1.101.3.4.2.10", "http://www.w3.org/2007/05/xmldsig-more#sha3-512"),
];

impl Digest {
    /// All algorithms.
    pub const ALL: [Self; 10] =
        [Sha1, Ripemd160, Sha224, Sha256, Sha384, Sha512, Sha3_224, Sha3_256, Sha3_384, Sha3_512];

    fn names(self) -> &'static (Self, &'static str, &'static str, &'static str) {
        NAMES.iter().find(|names| names.0 == self).expect("every variant has its names")
    }

    /// As people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.names().1
    }

    /// Its identifier in XML (RFC 6931, RFC 9231).
    #[must_use]
    pub fn uri(self) -> &'static str {
        self.names().3
    }

    /// Its object identifier.
    #[must_use]
    pub fn oid(self) -> &'static str {
        self.names().2
    }

    /// By object identifier.
    #[must_use]
    pub fn from_oid(oid: &str) -> Option<Self> {
        NAMES.iter().find(|names| names.2 == oid).map(|names| names.0)
    }

    /// By identifier in XML.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        NAMES.iter().find(|names| names.3 == uri).map(|names| names.0)
    }

    /// By name, however it is spelled.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let plain = |text: &str| text.replace(['-', '_', ' '], "").to_ascii_uppercase();
        NAMES.iter().find(|names| plain(names.1) == plain(name)).map(|names| names.0)
    }

    /// How many bytes a hash value has.
    #[must_use]
    pub fn length(self) -> usize {
        match self {
            Sha1 | Ripemd160 => 20,
            Sha224 | Sha3_224 => 28,
            Sha256 | Sha3_256 => 32,
            Sha384 | Sha3_384 => 48,
            Sha512 | Sha3_512 => 64,
        }
    }

    /// The hash value of the parts, one after the other.
    #[must_use]
    pub fn of(self, parts: &[&[u8]]) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.length());
        self.append(parts, &mut out);
        out
    }

    /// The same, appended to `out`: trees of millions of leaves cannot afford an allocation per node.
    pub fn append(self, parts: &[&[u8]], out: &mut Vec<u8>) {
        fn run<D: sha2::Digest>(parts: &[&[u8]], out: &mut Vec<u8>) {
            let mut state = D::new();
            parts.iter().for_each(|part| state.update(part));
            out.extend_from_slice(&state.finalize());
        }
        match self {
            Sha1 => run::<sha1::Sha1>(parts, out),
            Ripemd160 => run::<ripemd::Ripemd160>(parts, out),
            Sha224 => run::<sha2::Sha224>(parts, out),
            Sha256 => run::<sha2::Sha256>(parts, out),
            Sha384 => run::<sha2::Sha384>(parts, out),
            Sha512 => run::<sha2::Sha512>(parts, out),
            Sha3_224 => run::<sha3::Sha3_224>(parts, out),
            Sha3_256 => run::<sha3::Sha3_256>(parts, out),
            Sha3_384 => run::<sha3::Sha3_384>(parts, out),
            Sha3_512 => run::<sha3::Sha3_512>(parts, out),
        }
    }

    /// For what comes in pieces.
    #[must_use]
    pub fn running(self) -> Box<dyn sha2::digest::DynDigest> {
        match self {
            Sha1 => Box::new(sha1::Sha1::default()),
            Ripemd160 => Box::new(ripemd::Ripemd160::default()),
            Sha224 => Box::new(sha2::Sha224::default()),
            Sha256 => Box::new(sha2::Sha256::default()),
            Sha384 => Box::new(sha2::Sha384::default()),
            Sha512 => Box::new(sha2::Sha512::default()),
            Sha3_224 => Box::new(sha3::Sha3_224::default()),
            Sha3_256 => Box::new(sha3::Sha3_256::default()),
            Sha3_384 => Box::new(sha3::Sha3_384::default()),
            Sha3_512 => Box::new(sha3::Sha3_512::default()),
        }
    }

    /// Reads an AlgorithmIdentifier; none within where the algorithm is one we do not know.
    pub fn read(element: Element<'_>) -> Result<Result<Self, String>, DerError> {
        let mut parts = element.parts(tag::SEQUENCE).or_else(|_| element.parts(tag::context(0)))?;
        let oid = parts.next()?.oid()?;
        Ok(Self::from_oid(&oid).ok_or(oid))
    }

    /// The AlgorithmIdentifier in DER, without parameters (RFC 5754, section 2).
    #[must_use]
    pub fn identifier(self) -> Vec<u8> {
        write::sequence(&[&write::oid(self.oid())])
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

//! Signatures, verified only: RSA (PKCS #1 v1.5 and PSS), ECDSA over the curves of NIST and Brainpool, Ed25519.
//!
//! Time stamps of the German services use curves and paddings that no one library for Rust verifies; see decision
//! 12. Everything here is public (keys, signatures, hash values), so nothing has to be computed in constant time.
//!
//! Invariant: a signature is good only if the whole check says so; what is unknown is an error of its own, never
//! a good signature and never a bad one.

mod curve;
mod ecdsa;
mod edwards;
mod rsa;

use serde::Serialize;

pub use curve::Curve;

use crate::der::{DerError, Element, tag};
use crate::digest::Digest;

/// Why a signature cannot be verified at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unverifiable {
    /// An algorithm, curve or key type that we do not know, by its object identifier.
    #[error("unknown algorithm {0}")]
    Algorithm(String),
    /// The key or the parameters are malformed, or key and algorithm do not belong together.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// The encoding is broken.
    #[error(transparent)]
    Der(#[from] DerError),
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// RSA, modulus and exponent as magnitudes.
    Rsa {
        /// The modulus.
        modulus: Vec<u8>,
        /// The exponent.
        exponent: Vec<u8>,
    },
    /// A point on a curve, encoded (SEC 1, 2.3.3).
    Ec {
        /// The curve.
        curve: Curve,
        /// The point.
        point: Vec<u8>,
    },
    /// Ed25519 (RFC 8032).
    Ed25519([u8; 32]),
}

/// How a signature was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5 (RFC 8017, 8.2).
    RsaPkcs1(Digest),
    /// RSASSA-PSS (RFC 8017, 8.1).
    RsaPss {
        /// Of the message.
        digest: Digest,
        /// Of the mask.
        mask: Digest,
        /// Bytes of salt.
        salt: usize,
    },
    /// ECDSA; the two numbers in a SEQUENCE (RFC 5480), or one behind the other (BSI TR-03111, 5.2.1).
    Ecdsa {
        /// Of the message.
        digest: Digest,
        /// One behind the other.
        plain: bool,
    },
    /// Ed25519.
    Ed25519,
}

/// The family of a scheme, as the catalogue of algorithms names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[expect(missing_docs, reason = "the variants are the names")]
pub enum Family {
    RsaPkcs1,
    RsaPss,
    Ecdsa,
    Ed25519,
}

impl Family {
    /// As people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RsaPkcs1 => "RSA PKCS #1 v1.5",
            Self::RsaPss => "RSASSA-PSS",
            Self::Ecdsa => "ECDSA",
            Self::Ed25519 => "Ed25519",
        }
    }
}

const RSA_ENCRYPTION: &str = "1.2.840.113549.1.1.1";
const RSA_PSS: &str = "1.2.840.113549.1.1.10";
const MGF1: &str = "1.2.840.113549.1.1.8";
const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
const ED25519: &str = "1.3.101.112";

impl Scheme {
    /// Reads an AlgorithmIdentifier of a signature. `digest` is what the place says of the hash, for identifiers
    /// that leave it open, as CMS allows (RFC 5652, 5.3).
    pub fn read(identifier: Element<'_>, digest: Option<Digest>) -> Result<Self, Unverifiable> {
        let mut parts = identifier.parts(tag::SEQUENCE)?;
        let oid = parts.next()?.oid()?;
        let pkcs1 = |digest| Ok(Self::RsaPkcs1(digest));
        let ecdsa = |digest| Ok(Self::Ecdsa { digest, plain: false });
        let plain = |digest| Ok(Self::Ecdsa { digest, plain: true });
        let open = || digest.ok_or(Unverifiable::Malformed("the hash algorithm of the signature is not named"));
        match oid.as_str() {
            RSA_ENCRYPTION => pkcs1(open()?),
            "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => pkcs1(Digest::Sha1),
            "1.2.840.113549.1.1.14" => pkcs1(Digest::Sha224),
            "1.2.840.113549.1.1.11" => pkcs1(Digest::Sha256),
            "1.2.840.113549.1.1.12" => pkcs1(Digest::Sha384),
            "1.2.840.113549.1.1.13" => pkcs1(Digest::Sha512),
            "1.3.36.3.3.1.2" => pkcs1(Digest::Ripemd160),
            "2.16.840.1.101.3.4.3.13" => pkcs1(Digest::Sha3_224),
            "2.16.840.1.101.3.4.3.14" => pkcs1(Digest::Sha3_256),
            "2.16.840.1.101.3.4.3.15" => pkcs1(Digest::Sha3_384),
            "2.16.840.1.101.3.4.3.16" => pkcs1(Digest::Sha3_512),
            RSA_PSS => pss(parts.optional(tag::SEQUENCE)?),
            EC_PUBLIC_KEY => ecdsa(open()?),
            "1.2.840.10045.4.1" => ecdsa(Digest::Sha1),
            "1.2.840.10045.4.3.1" => ecdsa(Digest::Sha224),
            "1.2.840.10045.4.3.2" => ecdsa(Digest::Sha256),
            "1.2.840.10045.4.3.3" => ecdsa(Digest::Sha384),
            "1.2.840.10045.4.3.4" => ecdsa(Digest::Sha512),
            "2.16.840.1.101.3.4.3.9" => ecdsa(Digest::Sha3_224),
            "2.16.840.1.101.3.4.3.10" => ecdsa(Digest::Sha3_256),
            "2.16.840.1.101.3.4.3.11" => ecdsa(Digest::Sha3_384),
            "2.16.840.1.101.3.4.3.12" => ecdsa(Digest::Sha3_512),
            "0.4.0.127.0.7.1.1.4.1.1" => plain(Digest::Sha1),
            "0.4.0.127.0.7.1.1.4.1.2" => plain(Digest::Sha224),
            "0.4.0.127.0.7.1.1.4.1.3" => plain(Digest::Sha256),
            "0.4.0.127.0.7.1.1.4.1.4" => plain(Digest::Sha384),
            "0.4.0.127.0.7.1.1.4.1.5" => plain(Digest::Sha512),
            "0.4.0.127.0.7.1.1.4.1.6" => plain(Digest::Ripemd160),
            ED25519 => Ok(Self::Ed25519),
            _ => Err(Unverifiable::Algorithm(oid)),
        }
    }

    /// Which family it belongs to.
    #[must_use]
    pub fn family(self) -> Family {
        match self {
            Self::RsaPkcs1(_) => Family::RsaPkcs1,
            Self::RsaPss { .. } => Family::RsaPss,
            Self::Ecdsa { .. } => Family::Ecdsa,
            Self::Ed25519 => Family::Ed25519,
        }
    }

    /// The hash algorithms that it rests on.
    #[must_use]
    pub fn digests(self) -> Vec<Digest> {
        match self {
            Self::RsaPkcs1(digest) | Self::Ecdsa { digest, .. } => vec![digest],
            Self::RsaPss { digest, mask, .. } if digest == mask => vec![digest],
            Self::RsaPss { digest, mask, .. } => vec![digest, mask],
            Self::Ed25519 => vec![Digest::Sha512],
        }
    }
}

/// Parameters of RSASSA-PSS (RFC 4055, 3.1); all have defaults.
fn pss(parameters: Option<Element<'_>>) -> Result<Scheme, Unverifiable> {
    let (mut digest, mut mask, mut salt) = (Digest::Sha1, Digest::Sha1, 20);
    if let Some(parameters) = parameters {
        let mut parts = parameters.parts(tag::SEQUENCE)?;
        if let Some(field) = parts.optional(tag::context(0))? {
            digest = Digest::read(Element::only(field.content)?)?.map_err(Unverifiable::Algorithm)?;
        }
        if let Some(field) = parts.optional(tag::context(1))? {
            let mut generator = Element::only(field.content)?.parts(tag::SEQUENCE)?;
            let oid = generator.next()?.oid()?;
            if oid != MGF1 {
                return Err(Unverifiable::Algorithm(oid));
            }
            mask = Digest::read(generator.next()?)?.map_err(Unverifiable::Algorithm)?;
        }
        if let Some(field) = parts.optional(tag::context(2))? {
            let length = Element::only(field.content)?.small()?;
            salt = usize::try_from(length).map_err(|_| Unverifiable::Malformed("salt"))?;
        }
        if let Some(field) = parts.optional(tag::context(3))?
            && Element::only(field.content)?.small()? != 1
        {
            return Err(Unverifiable::Malformed("trailer field"));
        }
        parts.finish()?;
    }
    Ok(Scheme::RsaPss { digest, mask, salt })
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7).
    pub fn read(info: Element<'_>) -> Result<Self, Unverifiable> {
        let mut parts = info.parts(tag::SEQUENCE)?;
        let mut algorithm = parts.sequence()?;
        let key = parts.next()?.bits()?;
        let oid = algorithm.next()?.oid()?;
        match oid.as_str() {
            RSA_ENCRYPTION | RSA_PSS => {
                let mut numbers = Element::only(key)?.parts(tag::SEQUENCE)?;
                let modulus = numbers.next()?.magnitude()?.to_vec();
                let exponent = numbers.next()?.magnitude()?.to_vec();
                Ok(Self::Rsa { modulus, exponent })
            }
            EC_PUBLIC_KEY => {
                let parameters = algorithm.next()?;
                if parameters.tag != tag::OID {
                    // Parameters that a certificate spells out could be anybody's curve.
                    return Err(Unverifiable::Algorithm(oid));
                }
                let name = parameters.oid()?;
                let curve = Curve::from_oid(&name).ok_or(Unverifiable::Algorithm(name))?;
                Ok(Self::Ec { curve, point: key.to_vec() })
            }
            ED25519 => {
                let bytes = key.try_into().map_err(|_| Unverifiable::Malformed("Ed25519 key"))?;
                Ok(Self::Ed25519(bytes))
            }
            _ => Err(Unverifiable::Algorithm(oid)),
        }
    }

    /// Its length in bits, as catalogues count it.
    #[must_use]
    pub fn bits(&self) -> usize {
        match self {
            Self::Rsa { modulus, .. } => {
                modulus.len() * 8 - modulus.first().map_or(0, |first| first.leading_zeros() as usize)
            }
            Self::Ec { curve, .. } => curve.bits(),
            Self::Ed25519(_) => 256,
        }
    }

    /// Is this the key's signature of the message?
    pub fn verifies(&self, scheme: Scheme, message: &[u8], signature: &[u8]) -> Result<bool, Unverifiable> {
        match (self, scheme) {
            (Self::Rsa { modulus, exponent }, Scheme::RsaPkcs1(digest)) => {
                Ok(rsa::Key::new(modulus, exponent)?.verifies_pkcs1(digest, message, signature))
            }
            (Self::Rsa { modulus, exponent }, Scheme::RsaPss { digest, mask, salt }) => {
                Ok(rsa::Key::new(modulus, exponent)?.verifies_pss(digest, mask, salt, message, signature))
            }
            (Self::Ec { curve, point }, Scheme::Ecdsa { digest, plain }) => {
                ecdsa::verifies(*curve, point, &digest.of(&[message]), signature, plain)
            }
            (Self::Ed25519(key), Scheme::Ed25519) => Ok(edwards::verifies(key, message, signature)),
            _ => Err(Unverifiable::Malformed("key and signature algorithm do not belong together")),
        }
    }
}

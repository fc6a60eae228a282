//! CMS signed data (RFC 5652), read from exact bytes: what is around time stamps and seals.
//!
//! Invariant: what was signed is the bytes as they stand in the source, and reading judges nothing; whoever relies on a
//! signature asks [`Signer::holds`] and for the attributes that must be there.

use std::borrow::Cow;

use crate::certificate::Certificate;
use crate::der::{DerError, Element, Reader, tag};
use crate::digest::Digest;
use crate::signature::{Scheme, Unverifiable};

/// Object identifiers of this format.
pub mod oid {
    /// id-signedData (RFC 5652)
    pub const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
    /// id-data (RFC 5652)
    pub const DATA: &str = "1.2.840.113549.1.7.1";
    /// id-contentType
    pub const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
    /// id-messageDigest
    pub const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
    /// id-signingTime (RFC 5652, 11.3)
    pub const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
    /// id-aa-signingCertificate (RFC 2634)
    pub const SIGNING_CERTIFICATE: &str = "1.2.840.113549.1.9.16.2.12";
    /// id-aa-signingCertificateV2 (RFC 5035)
    pub const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";
    /// id-aa-signatureTimeStampToken (RFC 3161, appendix A)
    pub const SIGNATURE_TIME_STAMP: &str = "1.2.840.113549.1.9.16.2.14";
    /// id-ri-ocsp-response (RFC 5940)
    pub const OCSP_RESPONSE: &str = "1.3.6.1.5.5.7.16.2";
    /// id-pkix-ocsp-basic (RFC 6960)
    pub const OCSP_BASIC: &str = "1.3.6.1.5.5.7.48.1.1";
}

/// CMS signed data.
#[derive(Debug, Clone)]
pub struct SignedData<'a> {
    /// The type of the content.
    pub content_type: String,
    /// The content, where it is inside.
    pub content: Option<Cow<'a, [u8]>>,
    /// The hash algorithms that it names.
    pub digests: Vec<Result<Digest, String>>,
    /// The certificates inside, as encoded.
    pub certificates: Vec<&'a [u8]>,
    /// Certificate revocation lists inside.
    pub revocation_lists: Vec<&'a [u8]>,
    /// OCSP answers inside, as (format, encoded answer).
    pub other_revocation: Vec<(String, &'a [u8])>,
    /// Who signed.
    pub signers: Vec<Signer<'a>>,
}

/// One signature of CMS signed data.
#[derive(Debug, Clone)]
pub struct Signer<'a> {
    /// Which certificate it was.
    pub id: SignerId<'a>,
    /// The hash algorithm over the content.
    pub digest: Result<Digest, String>,
    /// Signed attributes: all of them as encoded, and each as (type, values).
    pub signed: Option<(&'a [u8], Vec<Attribute<'a>>)>,
    /// The algorithm of the signature.
    pub algorithm: Element<'a>,
    /// The signature.
    pub signature: Cow<'a, [u8]>,
    /// Attributes that are not signed.
    pub unsigned: Vec<Attribute<'a>>,
}

/// An attribute with its values.
#[derive(Debug, Clone)]
pub struct Attribute<'a> {
    /// The type.
    pub oid: String,
    /// The values.
    pub values: Vec<Element<'a>>,
}

/// How a signature names the certificate of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignerId<'a> {
    /// By issuer, as encoded, and serial number.
    Issuer(&'a [u8], &'a [u8]),
    /// By subject key identifier.
    Key(&'a [u8]),
}

impl SignerId<'_> {
    /// Does it name this certificate?
    #[must_use]
    pub fn names(self, certificate: &Certificate<'_>) -> bool {
        match self {
            Self::Issuer(issuer, serial) => certificate.issuer == issuer && certificate.serial == serial,
            Self::Key(key) => certificate.key_identifier() == Some(key),
        }
    }
}

impl<'a> SignedData<'a> {
    /// The certificates inside that can be read.
    pub fn inside(&self) -> impl Iterator<Item = Certificate<'a>> + '_ {
        self.certificates.iter().filter_map(|bytes| Certificate::read(bytes).ok())
    }

    /// Revocation lists and OCSP answers inside.
    pub fn revocation(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        self.revocation_lists.iter().copied().chain(self.other_revocation.iter().map(|(_, bytes)| *bytes))
    }

    /// Reads a ContentInfo with signed data.
    pub fn read(bytes: &'a [u8]) -> Result<Self, DerError> {
        let mut info = Element::only(bytes)?.parts(tag::SEQUENCE)?;
        if info.next()?.oid()? != oid::SIGNED_DATA {
            return Err(DerError::Content("not signed data"));
        }
        let mut parts = Element::only(info.expect(tag::context(0))?.content)?.parts(tag::SEQUENCE)?;
        info.finish()?;
        parts.expect(tag::INTEGER)?;
        let digests =
            parts.expect(tag::SET)?.parts(tag::SET)?.all()?.into_iter().map(Digest::read).collect::<Result<_, _>>()?;
        let mut encapsulated = parts.sequence()?;
        let content_type = encapsulated.next()?.oid()?;
        let content = match encapsulated.optional(tag::context(0))? {
            Some(field) => Some(Element::only(field.content)?.octets()?),
            None => None,
        };
        let mut found = Self {
            content_type,
            content,
            digests,
            certificates: Vec::new(),
            revocation_lists: Vec::new(),
            other_revocation: Vec::new(),
            signers: Vec::new(),
        };
        if let Some(field) = parts.optional(tag::context(0))? {
            let all = Reader::new(field.content).all()?;
            found.certificates = all.into_iter().filter(|e| e.tag == tag::SEQUENCE).map(|e| e.bytes).collect();
        }
        if let Some(field) = parts.optional(tag::context(1))? {
            for choice in Reader::new(field.content).all()? {
                if choice.tag == tag::SEQUENCE {
                    found.revocation_lists.push(choice.bytes);
                } else if choice.tag == tag::context(1) {
                    let mut other = Reader::new(choice.content);
                    found.other_revocation.push((other.next()?.oid()?, other.next()?.bytes));
                }
            }
        }
        for signer in parts.expect(tag::SET)?.parts(tag::SET)?.all()? {
            found.signers.push(Signer::read(signer)?);
        }
        parts.finish()?;
        Ok(found)
    }
}

impl<'a> Signer<'a> {
    fn read(element: Element<'a>) -> Result<Self, DerError> {
        let mut parts = element.parts(tag::SEQUENCE)?;
        parts.expect(tag::INTEGER)?;
        let id = match parts.next()? {
            key if key.tag == tag::context_primitive(0) => SignerId::Key(key.content),
            issuer => {
                let mut issuer = issuer.parts(tag::SEQUENCE)?;
                SignerId::Issuer(issuer.expect(tag::SEQUENCE)?.bytes, issuer.expect(tag::INTEGER)?.content)
            }
        };
        let digest = Digest::read(parts.next()?)?;
        let signed = match parts.optional(tag::context(0))? {
            Some(field) => Some((field.bytes, attributes(field)?)),
            None => None,
        };
        let algorithm = parts.expect(tag::SEQUENCE)?;
        let signature = parts.next()?.octets()?;
        let unsigned = match parts.optional(tag::context(1))? {
            Some(field) => attributes(field)?,
            None => Vec::new(),
        };
        parts.finish()?;
        Ok(Self { id, digest, signed, algorithm, signature, unsigned })
    }

    /// The one value of a signed attribute; none where it is missing, there twice, or has not one value.
    #[must_use]
    pub fn only(&self, oid: &str) -> Option<Element<'a>> {
        let mut found = self.signed_attributes().iter().filter(|attribute| attribute.oid == oid);
        match (found.next().map(|attribute| attribute.values.as_slice()), found.next()) {
            (Some([value]), None) => Some(*value),
            _ => None,
        }
    }

    /// The signed attributes; empty where there are none.
    #[must_use]
    pub fn signed_attributes(&self) -> &[Attribute<'a>] {
        self.signed.as_ref().map_or(&[], |(_, attributes)| attributes)
    }

    /// How the signature was made.
    pub fn scheme(&self) -> Result<Scheme, Unverifiable> {
        Scheme::read(self.algorithm, self.digest.clone().ok())
    }

    /// Did the key of this certificate sign the attributes, or without attributes the content?
    pub fn holds(&self, content: &[u8], certificate: &Certificate<'_>) -> Result<bool, Unverifiable> {
        let key = certificate.public_key()?;
        let scheme = self.scheme()?;
        match &self.signed {
            Some((bytes, _)) => {
                // What is signed carries the tag of a SET, not the one that it has in its place (RFC 5652, 5.4).
                let set = [&[tag::SET], &bytes[1..]].concat();
                key.verifies(scheme, &set, &self.signature)
            }
            None => key.verifies(scheme, content, &self.signature),
        }
    }

    /// Does the attribute signingCertificate, in each version that stands there, name this certificate? None where
    /// there is no such attribute.
    #[must_use]
    pub fn names(&self, certificate: &Certificate<'_>) -> Option<Result<bool, DerError>> {
        let mut found = None;
        for version in [oid::SIGNING_CERTIFICATE, oid::SIGNING_CERTIFICATE_V2] {
            if !self.signed_attributes().iter().any(|attribute| attribute.oid == version) {
                continue;
            }
            let matches = self.only(version).ok_or(DerError::Content("signingCertificate"));
            match matches.and_then(|value| names(value, version == oid::SIGNING_CERTIFICATE_V2, certificate)) {
                Ok(true) => _ = found.get_or_insert(Ok(true)),
                other => return Some(other),
            }
        }
        found
    }
}

fn attributes(set: Element<'_>) -> Result<Vec<Attribute<'_>>, DerError> {
    let all = Reader::new(set.content).all()?;
    all.into_iter()
        .map(|element| {
            let mut parts = element.parts(tag::SEQUENCE)?;
            let oid = parts.next()?.oid()?;
            let values = parts.expect(tag::SET)?.parts(tag::SET)?.all()?;
            Ok(Attribute { oid, values })
        })
        .collect()
}

/// Does the first entry of the attribute name this certificate (RFC 5035, 5.4)?
fn names(value: Element<'_>, second: bool, certificate: &Certificate<'_>) -> Result<bool, DerError> {
    let mut entry = value.parts(tag::SEQUENCE)?.sequence()?.sequence()?;
    let mut digest = if second { Digest::Sha256 } else { Digest::Sha1 };
    if second && let Some(identifier) = entry.optional(tag::SEQUENCE)? {
        digest = Digest::read(identifier)?.map_err(|_| DerError::Content("hash algorithm"))?;
    }
    let hash = entry.expect(tag::OCTET_STRING)?;
    let mut same = digest.of(&[certificate.bytes]) == hash.content;
    if let Some(issuer_serial) = entry.optional(tag::SEQUENCE)? {
        let mut parts = issuer_serial.parts(tag::SEQUENCE)?;
        let mut names = parts.sequence()?;
        let serial = parts.expect(tag::INTEGER)?;
        // A directory name stands under an explicit tag.
        let issuer = names.optional(tag::context(4))?;
        same &= serial.content == certificate.serial && issuer.is_none_or(|name| name.content == certificate.issuer);
    }
    Ok(same)
}

//! Time stamp tokens after RFC 3161: CMS signed data (RFC 5652) over a TSTInfo, read from exact bytes.
//!
//! Invariant: [`Token::faults`] is empty only where the signature over the exact bytes holds, the signed attributes
//! bind content and signer, and the token is one that RFC 3161 allows. Whose key it was is the question of the
//! [path](crate::certificate::path).

use std::borrow::Cow;

use crate::certificate::Certificate;
use crate::der::{DerError, Element, Reader, tag};
use crate::digest::Digest;
use crate::moment::Moment;
use crate::signature::{Scheme, Unverifiable};

/// Object identifiers of this format.
pub mod oid {
    /// id-signedData (RFC 5652)
    pub const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
    /// id-ct-TSTInfo (RFC 3161)
    pub const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";
    /// id-contentType
    pub const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
    /// id-messageDigest
    pub const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
    /// id-aa-signingCertificate (RFC 2634)
    pub const SIGNING_CERTIFICATE: &str = "1.2.840.113549.1.9.16.2.12";
    /// id-aa-signingCertificateV2 (RFC 5035)
    pub const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";
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

/// A time stamp token.
#[derive(Debug, Clone)]
pub struct Token<'a> {
    /// All of it: the ContentInfo.
    pub bytes: &'a [u8],
    /// The signed data around it.
    pub signed_data: SignedData<'a>,
    /// The policy under which it was issued.
    pub policy: String,
    /// The hash algorithm of the message.
    pub imprint_digest: Result<Digest, String>,
    /// The hash value of the message.
    pub imprint: Vec<u8>,
    /// When it was issued.
    pub time: Moment,
    /// The nonce, where there is one: the content of the INTEGER.
    pub nonce: Option<Vec<u8>>,
}

/// What is wrong with a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Not exactly one signature (RFC 3161, 2.4.2).
    Signers,
    /// The content is of another type, or there is none.
    ContentType,
    /// The signed attributes lack one that they must have, or have it twice or with a wrong type.
    Attribute(&'static str),
    /// The hash value of the content is not that in the signed attributes.
    ContentDigest,
    /// The certificate of the signer is neither inside nor given.
    NoCertificate,
    /// The attribute signingCertificate names another certificate (RFC 3161, 2.4.2; RFC 5035).
    OtherCertificate,
    /// The signature does not hold.
    Signature,
    /// The signature cannot be verified.
    Unverifiable(Unverifiable),
    /// The key is not for time stamps, or not for them alone (RFC 3161, 2.3).
    Purpose,
    /// The certificate was not valid when the token says it was issued.
    OutOfValidity,
}

impl<'a> Token<'a> {
    /// Reads a token.
    pub fn read(bytes: &'a [u8]) -> Result<Self, DerError> {
        let signed_data = SignedData::read(bytes)?;
        let content = signed_data.content.clone().ok_or(DerError::Content("no content"))?;
        let mut info = Element::only(&content)?.parts(tag::SEQUENCE)?;
        if info.next()?.small()? != 1 {
            return Err(DerError::Content("version of TSTInfo"));
        }
        let policy = info.next()?.oid()?;
        let mut imprint = info.sequence()?;
        let imprint_digest = Digest::read(imprint.next()?)?;
        let hash = imprint.expect(tag::OCTET_STRING)?.content.to_vec();
        info.expect(tag::INTEGER)?;
        let time = Moment::read(info.expect(tag::GENERALIZED_TIME)?)?;
        info.optional(tag::SEQUENCE)?;
        info.optional(tag::BOOLEAN)?;
        let nonce = info.optional(tag::INTEGER)?.map(|nonce| nonce.content.to_vec());
        Ok(Self { bytes, policy, imprint_digest, imprint: hash, time, nonce, signed_data })
    }

    /// The certificate of the signer, among those inside and the others.
    #[must_use]
    pub fn signer_certificate<'c>(&'c self, others: &'c [Certificate<'c>]) -> Option<Certificate<'c>> {
        let signer = self.signed_data.signers.first()?;
        let inside = self.signed_data.certificates.iter().filter_map(|bytes| Certificate::read(bytes).ok());
        inside.chain(others.iter().cloned()).find(|certificate| signer.id.names(certificate))
    }

    /// How the signature was made.
    pub fn scheme(&self) -> Result<Scheme, Unverifiable> {
        let signer = self.signed_data.signers.first().ok_or(Unverifiable::Malformed("no signature"))?;
        Scheme::read(signer.algorithm, signer.digest.clone().ok())
    }

    /// Everything that is wrong with it, apart from whose key it was. `others` are certificates at hand beside
    /// those inside.
    #[must_use]
    pub fn faults(&self, others: &[Certificate<'_>]) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.signed_data.content_type != oid::TST_INFO {
            faults.push(Fault::ContentType);
        }
        let [signer] = self.signed_data.signers.as_slice() else {
            faults.push(Fault::Signers);
            return faults;
        };
        let certificate = self.signer_certificate(others);
        if let Some((_, attributes)) = &signer.signed {
            self.check_attributes(signer, attributes, certificate.as_ref(), &mut faults);
        } else {
            // The content is not of type data, so attributes are a must (RFC 5652, 5.3).
            faults.push(Fault::Attribute("signedAttrs"));
        }
        let Some(certificate) = certificate else {
            faults.push(Fault::NoCertificate);
            return faults;
        };
        match self.holds(signer, &certificate) {
            Ok(true) => {}
            Ok(false) => faults.push(Fault::Signature),
            Err(reason) => faults.push(Fault::Unverifiable(reason)),
        }
        const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
        if certificate.purposes().is_none_or(|purposes| purposes != [TIME_STAMPING]) {
            faults.push(Fault::Purpose);
        }
        if !certificate.is_valid_at(self.time) {
            faults.push(Fault::OutOfValidity);
        }
        faults
    }

    fn holds(&self, signer: &Signer<'_>, certificate: &Certificate<'_>) -> Result<bool, Unverifiable> {
        let key = certificate.public_key()?;
        let scheme = Scheme::read(signer.algorithm, signer.digest.clone().ok())?;
        match &signer.signed {
            Some((bytes, _)) => {
                // What is signed carries the tag of a SET, not the one that it has in its place (RFC 5652, 5.4).
                let set = [&[tag::SET], &bytes[1..]].concat();
                key.verifies(scheme, &set, &signer.signature)
            }
            None => key.verifies(scheme, self.signed_data.content.as_deref().unwrap_or_default(), &signer.signature),
        }
    }

    fn check_attributes(
        &self,
        signer: &Signer<'_>,
        attributes: &[Attribute<'_>],
        certificate: Option<&Certificate<'_>>,
        faults: &mut Vec<Fault>,
    ) {
        let only = |oid: &str| {
            let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
            match (found.next().map(|attribute| attribute.values.as_slice()), found.next()) {
                (Some([value]), None) => Some(*value),
                _ => None,
            }
        };
        let content_type = only(oid::CONTENT_TYPE).and_then(|value| value.oid().ok());
        if content_type.as_deref() != Some(&self.signed_data.content_type) {
            faults.push(Fault::Attribute("contentType"));
        }
        match (only(oid::MESSAGE_DIGEST).and_then(|value| value.octets().ok()), &signer.digest) {
            (Some(hash), Ok(digest)) => {
                let content = self.signed_data.content.as_deref().unwrap_or_default();
                if digest.of(&[content]) != *hash {
                    faults.push(Fault::ContentDigest);
                }
            }
            (None, _) => faults.push(Fault::Attribute("messageDigest")),
            (_, Err(unknown)) => faults.push(Fault::Unverifiable(Unverifiable::Algorithm(unknown.clone()))),
        }
        // Either version may stand there, and each that does must be right.
        let named = [oid::SIGNING_CERTIFICATE, oid::SIGNING_CERTIFICATE_V2];
        let named: Vec<_> = named.into_iter().filter(|wanted| attributes.iter().any(|a| a.oid == *wanted)).collect();
        if named.is_empty() {
            faults.push(Fault::Attribute("signingCertificate"));
        }
        for version in named {
            let matches = only(version)
                .zip(certificate)
                .map(|(value, certificate)| names(value, version == oid::SIGNING_CERTIFICATE_V2, certificate));
            match (matches, certificate) {
                (Some(Ok(true)), _) | (None, None) => {}
                (Some(Ok(false)), _) => faults.push(Fault::OtherCertificate),
                (Some(Err(_)), _) | (None, Some(_)) => faults.push(Fault::Attribute("signingCertificate")),
            }
        }
    }
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

/// The token within a TimeStampResp (RFC 3161, 2.4.2), or the bytes themselves where they are a token.
pub fn token_of_response(bytes: &[u8]) -> Result<&[u8], DerError> {
    let mut parts = Element::only(bytes)?.parts(tag::SEQUENCE)?;
    if parts.peek() == Some(tag::OID) {
        return Ok(bytes);
    }
    let status = parts.sequence()?.next()?.small()?;
    // granted, grantedWithMods
    if status > 1 {
        return Err(DerError::Content("the time stamp was not granted"));
    }
    Ok(parts.expect(tag::SEQUENCE)?.bytes)
}

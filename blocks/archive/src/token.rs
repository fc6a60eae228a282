//! Time stamp tokens after RFC 3161: CMS signed data (RFC 5652) over a TSTInfo, read from exact bytes.
//!
//! Invariant: [`Token::faults`] is empty only where the signature over the exact bytes holds, the signed attributes
//! bind content and signer, and the token is one that RFC 3161 allows. Whose key it was is the question of the
//! [path](crate::certificate::path).

use crate::certificate::Certificate;
use crate::der::{DerError, Element, Reader, tag};
use crate::digest::Digest;
use crate::moment::Moment;
use crate::signature::{Scheme, Unverifiable};

pub use crate::signed::{Attribute, SignedData, Signer, SignerId};

/// Object identifiers of this format.
pub mod oid {
    pub use crate::signed::oid::*;

    /// id-ct-TSTInfo (RFC 3161)
    pub const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";
    /// esi4-qtstStatement-1 (ETSI EN 319 422, 9.1): the token claims to be a qualified time stamp.
    pub const QUALIFIED: &str = "0.4.0.19422.1.1";
    /// id-pe-qcStatements (RFC 3739, 3.2.6)
    pub const QC_STATEMENTS: &str = "1.3.6.1.5.5.7.1.3";
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
    /// Does it claim to be a qualified time stamp (ETSI EN 319 422, 9.1)?
    pub claims_qualified: bool,
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
        info.optional(tag::context(0))?;
        let claims_qualified = match info.optional(tag::context(1))? {
            // Whatever a token has there that cannot be read claims nothing.
            Some(field) => extension_list(field.content).is_ok_and(|list| list.iter().any(claims)),
            None => false,
        };
        Ok(Self { bytes, policy, imprint_digest, imprint: hash, time, nonce, claims_qualified, signed_data })
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
        self.signed_data.signers.first().ok_or(Unverifiable::Malformed("no signature"))?.scheme()
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
        if signer.signed.is_some() {
            self.check_attributes(signer, certificate.as_ref(), &mut faults);
        } else {
            // The content is not of type data, so attributes are a must (RFC 5652, 5.3).
            faults.push(Fault::Attribute("signedAttrs"));
        }
        let Some(certificate) = certificate else {
            faults.push(Fault::NoCertificate);
            return faults;
        };
        match signer.holds(self.signed_data.content.as_deref().unwrap_or_default(), &certificate) {
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

    fn check_attributes(&self, signer: &Signer<'_>, certificate: Option<&Certificate<'_>>, faults: &mut Vec<Fault>) {
        let content_type = signer.only(oid::CONTENT_TYPE).and_then(|value| value.oid().ok());
        if content_type.as_deref() != Some(&self.signed_data.content_type) {
            faults.push(Fault::Attribute("contentType"));
        }
        match (signer.only(oid::MESSAGE_DIGEST).and_then(|value| value.octets().ok()), &signer.digest) {
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
        let is_there = [oid::SIGNING_CERTIFICATE, oid::SIGNING_CERTIFICATE_V2]
            .iter()
            .any(|version| signer.signed_attributes().iter().any(|attribute| attribute.oid == *version));
        match certificate.map(|certificate| signer.names(certificate)) {
            Some(Some(Ok(true))) => {}
            Some(Some(Ok(false))) => faults.push(Fault::OtherCertificate),
            None if is_there => {}
            Some(_) | None => faults.push(Fault::Attribute("signingCertificate")),
        }
    }
}

/// The extensions of a TSTInfo, which stand there without a SEQUENCE of their own around them.
fn extension_list(content: &[u8]) -> Result<Vec<(String, &[u8])>, DerError> {
    Reader::new(content)
        .all()?
        .into_iter()
        .map(|entry| {
            let mut parts = entry.parts(tag::SEQUENCE)?;
            let oid = parts.next()?.oid()?;
            parts.optional(tag::BOOLEAN)?;
            Ok((oid, parts.expect(tag::OCTET_STRING)?.content))
        })
        .collect()
}

fn claims((oid, value): &(String, &[u8])) -> bool {
    let statements = || Element::only(value)?.parts(tag::SEQUENCE)?.all();
    let is_it = |one: Element<'_>| one.parts(tag::SEQUENCE)?.next()?.oid();
    oid == oid::QC_STATEMENTS
        && statements().is_ok_and(|all| all.into_iter().any(|one| is_it(one).is_ok_and(|oid| oid == oid::QUALIFIED)))
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

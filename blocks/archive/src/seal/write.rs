//! Making a seal: what is to be signed, and the CMS around the signature (RFC 5652; ETSI EN 319 122-1, 6.3).
//!
//! Signed are content-type, message-digest, signing-time and signing-certificate-v2. The key may lie far away: whoever
//! has it signs [`Draft::to_be_signed`], or its [hash](Draft::hash).
//!
//! Invariant: what is written is DER, and a signature that does not hold becomes no seal.

use thiserror::Error;
use vir_core::Text;

use crate::certificate::Certificate;
use crate::der::{DerError, tag, write};
use crate::digest::Digest;
use crate::evidence::catalogue::{self, Opinion};
use crate::evidence::write::{AnswerError, answer};
use crate::moment::Moment;
use crate::signature::{Curve, PublicKey, Scheme, Unverifiable};
use crate::signed::oid;

/// Why there is no seal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SealError {
    /// The certificate cannot be read.
    #[error("the certificate of the seal: {0}")]
    Certificate(#[from] DerError),
    /// Its key, or the algorithm, is not one that we know.
    #[error("the key of the seal: {0}")]
    Key(#[from] Unverifiable),
    /// The certificate is not valid now.
    #[error("the certificate is valid from {0} to {1}")]
    Validity(Moment, Moment),
    /// The key is not for signatures.
    #[error("the key is not for signatures")]
    Usage,
    /// The algorithm is not suitable (any more).
    #[error("{} is not suitable", .0.en)]
    Unsuitable(Text),
    /// The signature is not one of this key over this.
    #[error("the signature does not hold with the certificate")]
    Signature,
    /// The time stamp is over something else.
    #[error(transparent)]
    Stamp(#[from] AnswerError),
}

impl SealError {
    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        let en = self.to_string();
        let de = match self {
            Self::Certificate(why) => format!("Das Zertifikat des Siegels ist nicht lesbar: {why}"),
            Self::Key(why) => format!("Der Schlüssel des Siegels ist nicht verwendbar: {why}"),
            Self::Validity(from, to) => format!("Das Zertifikat des Siegels gilt von {from} bis {to}"),
            Self::Usage => "Der Schlüssel des Siegels ist nicht für Signaturen bestimmt".to_owned(),
            Self::Unsuitable(what) => format!("{} ist nicht geeignet (Algorithmenkatalog)", what.de),
            Self::Signature => "Die Signatur passt nicht zum Zertifikat des Siegels".to_owned(),
            Self::Stamp(why) => format!("Der Zeitstempel gehört nicht zum Siegel: {why}"),
        };
        Text::owned(format!("{de}."), format!("{en}."))
    }
}

/// The scheme in which a key of this kind signs for the longest, by the catalogue: PSS rather than PKCS #1 v1.5, and a
/// hash algorithm as strong as the key.
#[must_use]
pub fn scheme_for(key: &PublicKey) -> Scheme {
    match key {
        PublicKey::Rsa { .. } => Scheme::RsaPss { digest: Digest::Sha512, mask: Digest::Sha512, salt: 64 },
        PublicKey::Ec { curve, .. } => Scheme::Ecdsa { digest: digest_for(*curve), plain: false },
        PublicKey::Ed25519(_) => Scheme::Ed25519,
    }
}

fn digest_for(curve: Curve) -> Digest {
    match curve.bits() {
        ..=256 => Digest::Sha256,
        257..=384 => Digest::Sha384,
        _ => Digest::Sha512,
    }
}

/// The hash algorithm over content and attributes.
fn digest_of(scheme: Scheme) -> Digest {
    match scheme {
        Scheme::RsaPkcs1(digest) | Scheme::RsaPss { digest, .. } | Scheme::Ecdsa { digest, .. } => digest,
        // RFC 8419, 3.1
        Scheme::Ed25519 => Digest::Sha512,
    }
}

/// The parameters of RSASSA-PSS (RFC 4055, 3.1), in DER; none for other schemes.
#[must_use]
pub fn pss_parameters(scheme: Scheme) -> Option<Vec<u8>> {
    let Scheme::RsaPss { digest, mask, salt } = scheme else { return None };
    let null = write::value(tag::NULL, &[]);
    let hash = |digest: Digest| write::sequence(&[&write::oid(digest.oid()), &null]);
    let generator = write::sequence(&[&write::oid("1.2.840.113549.1.1.8"), &hash(mask)]);
    Some(write::sequence(&[
        &write::value(tag::context(0), &[&hash(digest)]),
        &write::value(tag::context(1), &[&generator]),
        &write::value(tag::context(2), &[&write::unsigned(&(salt as u64).to_be_bytes())]),
    ]))
}

/// The AlgorithmIdentifier of a scheme in DER; none for those that nobody seals with any more.
fn identifier(scheme: Scheme) -> Option<Vec<u8>> {
    let (oid, parameters) = match scheme {
        Scheme::RsaPkcs1(digest) => (
            match digest {
                Digest::Sha256 => "1.2.840.113549.1.1.11",
                Digest::Sha384 => "1.2.840.113549.1.1.12",
                Digest::Sha512 => "1.2.840.113549.1.1.13",
                _ => return None,
            },
            write::value(tag::NULL, &[]),
        ),
        Scheme::RsaPss { .. } => ("1.2.840.113549.1.1.10", pss_parameters(scheme)?),
        Scheme::Ecdsa { digest, plain: false } => (
            match digest {
                Digest::Sha256 => "1.2.840.10045.4.3.2",
                Digest::Sha384 => "1.2.840.10045.4.3.3",
                Digest::Sha512 => "1.2.840.10045.4.3.4",
                _ => return None,
            },
            Vec::new(),
        ),
        Scheme::Ecdsa { .. } => return None,
        Scheme::Ed25519 => ("1.3.101.112", Vec::new()),
    };
    Some(write::sequence(&[&write::oid(oid), &parameters]))
}

/// A seal that lacks its signature.
#[derive(Debug, Clone)]
pub struct Draft {
    scheme: Scheme,
    algorithm: Vec<u8>,
    certificate: Vec<u8>,
    chain: Vec<Vec<u8>>,
    /// The signed attributes, as a SET.
    attributes: Vec<u8>,
}

impl Draft {
    /// Over content with this hash value, of the algorithm that [`Draft::digest_of`] says; `chain` are certificates
    /// between that of the seal and its root.
    ///
    /// # Errors
    /// Where the certificate or the algorithm cannot make a seal at this moment.
    pub fn new(
        hash: &[u8],
        certificate: &[u8],
        chain: &[Vec<u8>],
        scheme: Scheme,
        at: Moment,
    ) -> Result<Self, SealError> {
        let read = Certificate::read(certificate)?;
        if !read.is_valid_at(at) {
            return Err(SealError::Validity(read.not_before, read.not_after));
        }
        // digitalSignature or nonRepudiation (ETSI EN 319 412-2, 4.3.2)
        if read.key_usage(0) == Some(false) && read.key_usage(1) == Some(false) {
            return Err(SealError::Usage);
        }
        suitable(catalogue::signature(scheme, &read.public_key()?, at))?;
        for digest in scheme.digests() {
            suitable(catalogue::digest(digest, at))?;
        }
        let unknown = || SealError::Key(Unverifiable::Malformed("no algorithm for seals"));
        let algorithm = identifier(scheme).ok_or_else(unknown)?;
        if hash.len() != digest_of(scheme).length() {
            return Err(SealError::Key(Unverifiable::Malformed("a hash value of another length")));
        }
        let mut attributes = [
            attribute(oid::CONTENT_TYPE, &write::oid(oid::DATA)),
            attribute(oid::MESSAGE_DIGEST, &write::octets(hash)),
            attribute(oid::SIGNING_TIME, &time(at)),
            attribute(oid::SIGNING_CERTIFICATE_V2, &certificate_id(certificate)),
        ];
        // A SET OF in DER is in the order of its encoded values (X.690, 11.6).
        attributes.sort_unstable();
        let parts: Vec<&[u8]> = attributes.iter().map(Vec::as_slice).collect();
        Ok(Self {
            scheme,
            algorithm,
            certificate: certificate.to_vec(),
            chain: chain.to_vec(),
            attributes: write::value(tag::SET, &parts),
        })
    }

    /// The hash algorithm for content that is sealed in this scheme.
    #[must_use]
    pub fn digest_of(scheme: Scheme) -> Digest {
        digest_of(scheme)
    }

    /// What is to be signed: the signed attributes in DER.
    #[must_use]
    pub fn to_be_signed(&self) -> &[u8] {
        &self.attributes
    }

    /// The hash value of that, for a service that signs hash values.
    #[must_use]
    pub fn hash(&self) -> Vec<u8> {
        digest_of(self.scheme).of(&[&self.attributes])
    }

    /// The scheme in which it is to be signed.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The seal, if the signature holds. Some services give the two numbers of an ECDSA signature one behind the other
    /// (BSI TR-03111, 5.2.1); CMS has them in a SEQUENCE.
    ///
    /// # Errors
    /// Where the signature does not hold.
    pub fn signed(self, signature: &[u8]) -> Result<Sealed, SealError> {
        let key = Certificate::read(&self.certificate)?.public_key()?;
        let signature = [Some(signature.to_vec()), plain_to_sequence(self.scheme, signature)]
            .into_iter()
            .flatten()
            .find(|signature| key.verifies(self.scheme, &self.attributes, signature) == Ok(true))
            .ok_or(SealError::Signature)?;
        Ok(Sealed { draft: self, signature, stamp: None })
    }
}

fn plain_to_sequence(scheme: Scheme, signature: &[u8]) -> Option<Vec<u8>> {
    let is_plain = matches!(scheme, Scheme::Ecdsa { .. }) && !signature.is_empty() && signature.len().is_multiple_of(2);
    let (r, s) = signature.split_at(signature.len() / 2);
    is_plain.then(|| write::sequence(&[&write::unsigned(r), &write::unsigned(s)]))
}

fn suitable(opinion: Opinion) -> Result<(), SealError> {
    match opinion {
        Opinion::Suitable => Ok(()),
        Opinion::Unsuitable(what, _) | Opinion::Unknown(what) => Err(SealError::Unsuitable(what)),
    }
}

fn attribute(oid: &str, value: &[u8]) -> Vec<u8> {
    write::sequence(&[&write::oid(oid), &write::value(tag::SET, &[value])])
}

/// SigningCertificateV2 with one ESSCertIDv2 (RFC 5035, 3): SHA-256 is its default and so not written.
fn certificate_id(certificate: &[u8]) -> Vec<u8> {
    let id = write::sequence(&[&write::octets(&Digest::Sha256.of(&[certificate]))]);
    write::sequence(&[&write::sequence(&[&id])])
}

/// UTCTime until 2049, GeneralizedTime from then on (RFC 5652, 11.3); whole seconds.
fn time(at: Moment) -> Vec<u8> {
    let digits: String = Moment::from_unix(at.unix()).to_string().chars().filter(char::is_ascii_digit).collect();
    match (1950..2050).contains(&at.date().0) {
        true => write::value(tag::UTC_TIME, &[&digits.as_bytes()[2..], b"Z"]),
        false => write::value(tag::GENERALIZED_TIME, &[digits.as_bytes(), b"Z"]),
    }
}

/// A seal.
#[derive(Debug, Clone)]
pub struct Sealed {
    draft: Draft,
    signature: Vec<u8>,
    stamp: Option<Vec<u8>>,
}

impl Sealed {
    /// The hash value that a time stamp of this seal is over: that of the signature (ETSI EN 319 122-1, 5.3).
    #[must_use]
    pub fn imprint(&self, digest: Digest) -> Vec<u8> {
        digest.of(&[&self.signature])
    }

    /// With the time stamp of a service's answer.
    ///
    /// # Errors
    /// Where the answer has none, or one over something else.
    pub fn stamped(mut self, response: &[u8], digest: Digest, nonce: Option<u64>) -> Result<Self, SealError> {
        self.stamp = Some(answer(response, digest, &self.imprint(digest), nonce)?.to_vec());
        Ok(self)
    }

    /// As a file: a ContentInfo in DER.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let draft = &self.draft;
        let digest = digest_of(draft.scheme).identifier();
        let certificate = Certificate::read(&draft.certificate).expect("it was read when the draft was made");
        let serial = write::value(tag::INTEGER, &[certificate.serial]);
        let issuer = write::sequence(&[certificate.issuer, &serial]);
        let attributes = [&[tag::context(0)], &draft.attributes[1..]].concat();
        let stamp = self
            .stamp
            .as_ref()
            .map(|token| write::value(tag::context(1), &[&attribute(crate::signed::oid::SIGNATURE_TIME_STAMP, token)]));
        let signer = write::sequence(&[
            &write::unsigned(&[1]),
            &issuer,
            &digest,
            &attributes,
            &draft.algorithm,
            &write::octets(&self.signature),
            &stamp.unwrap_or_default(),
        ]);
        let mut certificates: Vec<&[u8]> = draft.chain.iter().map(Vec::as_slice).collect();
        certificates.push(&draft.certificate);
        certificates.sort_unstable();
        certificates.dedup();
        let signed = write::sequence(&[
            &write::unsigned(&[1]),
            &write::value(tag::SET, &[&digest]),
            &write::sequence(&[&write::oid(oid::DATA)]),
            &write::value(tag::context(0), &certificates),
            &write::value(tag::SET, &[&signer]),
        ]);
        write::sequence(&[&write::oid(oid::SIGNED_DATA), &write::value(tag::context(0), &[&signed])])
    }

    /// The certificate.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.draft.certificate
    }
}

//! Certificates after RFC 5280, as far as a time stamp needs them: read from exact bytes.
//!
//! Invariant: what is signed is the slice that was read, and an extension that is not understood keeps its mark of
//! being critical.

pub mod path;
pub mod revocation;

use std::fmt;

use crate::der::{DerError, Element, Reader, tag};
use crate::moment::Moment;
use crate::signature::{PublicKey, Scheme, Unverifiable};

/// An extension (RFC 5280, 4.2).
#[derive(Debug, Clone)]
pub struct Extension<'a> {
    /// Its object identifier.
    pub oid: String,
    /// Whoever does not understand it must refuse the certificate.
    pub critical: bool,
    /// The content, itself DER.
    pub value: &'a [u8],
}

/// A certificate.
#[derive(Debug, Clone)]
pub struct Certificate<'a> {
    /// All of it.
    pub bytes: &'a [u8],
    /// The part that is signed.
    pub signed: &'a [u8],
    /// The serial number, content of the INTEGER.
    pub serial: &'a [u8],
    /// Who issued it, as encoded.
    pub issuer: &'a [u8],
    /// Whose it is, as encoded.
    pub subject: &'a [u8],
    /// First moment of validity.
    pub not_before: Moment,
    /// Last moment of validity.
    pub not_after: Moment,
    /// The SubjectPublicKeyInfo.
    pub key: Element<'a>,
    /// The algorithm of the signature.
    pub algorithm: Element<'a>,
    /// The signature.
    pub signature: &'a [u8],
    /// In their order.
    pub extensions: Vec<Extension<'a>>,
}

/// Object identifiers of extensions.
pub mod extension {
    /// SubjectKeyIdentifier
    pub const SUBJECT_KEY_IDENTIFIER: &str = "2.5.29.14";
    /// KeyUsage
    pub const KEY_USAGE: &str = "2.5.29.15";
    /// BasicConstraints
    pub const BASIC_CONSTRAINTS: &str = "2.5.29.19";
    /// ExtKeyUsage
    pub const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
}

impl<'a> Certificate<'a> {
    /// Reads a certificate.
    pub fn read(bytes: &'a [u8]) -> Result<Self, DerError> {
        let mut parts = Element::only(bytes)?.parts(tag::SEQUENCE)?;
        let signed = parts.expect(tag::SEQUENCE)?;
        let algorithm = parts.expect(tag::SEQUENCE)?;
        let signature = parts.expect(tag::BIT_STRING)?.bits()?;
        parts.finish()?;

        let mut fields = Reader::new(signed.content);
        fields.optional(tag::context(0))?;
        let serial = fields.expect(tag::INTEGER)?.content;
        // The algorithm stands outside, too; one signature cannot have two (RFC 5280, 4.1.1.2).
        if fields.expect(tag::SEQUENCE)?.bytes != algorithm.bytes {
            return Err(DerError::Content("two signature algorithms"));
        }
        let issuer = fields.expect(tag::SEQUENCE)?.bytes;
        let mut validity = fields.sequence()?;
        let (not_before, not_after) = (Moment::read(validity.next()?)?, Moment::read(validity.next()?)?);
        let subject = fields.expect(tag::SEQUENCE)?.bytes;
        let key = fields.expect(tag::SEQUENCE)?;
        fields.optional(tag::context_primitive(1))?;
        fields.optional(tag::context_primitive(2))?;
        let extensions = match fields.optional(tag::context(3))? {
            Some(field) => extensions(field)?,
            None => Vec::new(),
        };
        fields.finish()?;
        Ok(Self {
            bytes: Element::only(bytes)?.bytes,
            signed: signed.bytes,
            serial,
            issuer,
            subject,
            not_before,
            not_after,
            key,
            algorithm,
            signature,
            extensions,
        })
    }

    /// The extension with this object identifier.
    #[must_use]
    pub fn extension(&self, oid: &str) -> Option<&Extension<'a>> {
        self.extensions.iter().find(|extension| extension.oid == oid)
    }

    /// The public key.
    pub fn public_key(&self) -> Result<PublicKey, Unverifiable> {
        PublicKey::read(self.key)
    }

    /// The bits of the key, on which key identifiers rest.
    #[must_use]
    pub fn key_bits(&self) -> &'a [u8] {
        let mut parts = Reader::new(self.key.content);
        _ = parts.next();
        parts.next().and_then(Element::bits).unwrap_or_default()
    }

    /// How its signature was made.
    pub fn scheme(&self) -> Result<Scheme, Unverifiable> {
        Scheme::read(self.algorithm, None)
    }

    /// Did the holder of `issuer` sign it?
    pub fn is_signed_by(&self, issuer: &Certificate<'_>) -> Result<bool, Unverifiable> {
        issuer.public_key()?.verifies(self.scheme()?, self.signed, self.signature)
    }

    /// The subject key identifier.
    #[must_use]
    pub fn key_identifier(&self) -> Option<&'a [u8]> {
        let value = self.extension(extension::SUBJECT_KEY_IDENTIFIER)?.value;
        Element::only(value).ok().map(|element| element.content)
    }

    /// May it sign certificates (RFC 5280, 4.2.1.9)? With the number of certificates of authorities that may
    /// follow, where it is bounded.
    #[must_use]
    pub fn authority(&self) -> Option<Option<u64>> {
        let value = self.extension(extension::BASIC_CONSTRAINTS)?.value;
        let mut parts = Element::only(value).ok()?.parts(tag::SEQUENCE).ok()?;
        let is_authority = parts.optional(tag::BOOLEAN).ok()?.is_some_and(|flag| flag.boolean() == Ok(true));
        let length = parts.optional(tag::INTEGER).ok()?;
        is_authority.then(|| length.map(|length| length.small().unwrap_or(0)))
    }

    /// Is this bit of the key usage set? None where there is no such extension.
    #[must_use]
    pub fn key_usage(&self, bit: usize) -> Option<bool> {
        let value = self.extension(extension::KEY_USAGE)?.value;
        let element = Element::only(value).ok()?;
        let bits = element.content.get(1..)?;
        Some(bits.get(bit / 8).is_some_and(|byte| byte & (0x80 >> (bit % 8)) != 0))
    }

    /// The purposes that the extended key usage names.
    #[must_use]
    pub fn purposes(&self) -> Option<Vec<String>> {
        let value = self.extension(extension::EXTENDED_KEY_USAGE)?.value;
        let parts = Element::only(value).ok()?.parts(tag::SEQUENCE).ok()?;
        parts.all().ok()?.into_iter().map(|part| part.oid().ok()).collect()
    }

    /// Was it valid at this moment?
    #[must_use]
    pub fn is_valid_at(&self, moment: Moment) -> bool {
        (self.not_before..=self.not_after).contains(&moment)
    }
}

/// The extensions in a field that wraps them.
fn extensions(field: Element<'_>) -> Result<Vec<Extension<'_>>, DerError> {
    extension_list(Element::only(field.content)?)
}

fn extension_list(list: Element<'_>) -> Result<Vec<Extension<'_>>, DerError> {
    list.parts(tag::SEQUENCE)?
        .all()?
        .into_iter()
        .map(|entry| {
            let mut parts = entry.parts(tag::SEQUENCE)?;
            let oid = parts.next()?.oid()?;
            let critical = parts.optional(tag::BOOLEAN)?.map(Element::boolean).transpose()?.unwrap_or(false);
            let value = parts.expect(tag::OCTET_STRING)?.content;
            parts.finish()?;
            Ok(Extension { oid, critical, value })
        })
        .collect()
}

/// A name for people: common name, else the most telling of the others.
#[must_use]
pub fn readable_name(name: &[u8]) -> String {
    let attributes = attributes(name).unwrap_or_default();
    ["2.5.4.3", "2.5.4.11", "2.5.4.10"]
        .iter()
        .find_map(|wanted| attributes.iter().find(|(oid, _)| oid == wanted))
        .map_or_else(|| "?".to_owned(), |(_, value)| value.clone())
}

fn attributes(name: &[u8]) -> Result<Vec<(String, String)>, DerError> {
    let mut found = Vec::new();
    for set in Element::only(name)?.parts(tag::SEQUENCE)?.all()? {
        for attribute in set.parts(tag::SET)?.all()? {
            let mut parts = attribute.parts(tag::SEQUENCE)?;
            let oid = parts.next()?.oid()?;
            let value = parts.next()?;
            // BMPString has two bytes per character, all others are read as UTF-8.
            let text = if value.tag == 0x1e {
                let units: Vec<u16> =
                    value.content.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
                String::from_utf16_lossy(&units)
            } else {
                String::from_utf8_lossy(value.content).into_owned()
            };
            found.push((oid, text));
        }
    }
    Ok(found)
}

impl fmt::Display for Certificate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&readable_name(self.subject))
    }
}

/// The certificates in a file: PEM with any number of them, or DER with one.
pub fn certificates(file: &[u8]) -> Result<Vec<Vec<u8>>, DerError> {
    use base64::Engine as _;
    if file.first() == Some(&tag::SEQUENCE) {
        Certificate::read(file)?;
        return Ok(vec![file.to_vec()]);
    }
    let text = std::str::from_utf8(file).map_err(|_| DerError::Content("certificate file"))?;
    let mut found = Vec::new();
    for part in text.split("-----BEGIN ").skip(1) {
        let Some((label, rest)) = part.split_once("-----") else { continue };
        if !matches!(label, "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE") {
            continue;
        }
        let digits: String = rest.split("-----").next().unwrap_or_default().split_whitespace().collect();
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(digits)
            .map_err(|_| DerError::Content("certificate file"))?;
        Certificate::read(&bytes)?;
        found.push(bytes);
    }
    if found.is_empty() { Err(DerError::Content("certificate file")) } else { Ok(found) }
}

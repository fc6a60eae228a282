//! PKCS #12 (RFC 7292): a key and certificates in one file, protected by a password.
//!
//! Invariant: the integrity of the file is judged before anything in it is opened.

use super::cipher::{self, hmac, rounds};
use super::{KeyError, KeyFile};
use crate::certificate::Certificate;
use crate::der::{DerError, Element, Reader, tag};
use crate::digest::Digest;

const DATA: &str = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA: &str = "1.2.840.113549.1.7.6";
const KEY_BAG: &str = "1.2.840.113549.1.12.10.1.1";
const SHROUDED_KEY_BAG: &str = "1.2.840.113549.1.12.10.1.2";
const CERTIFICATE_BAG: &str = "1.2.840.113549.1.12.10.1.3";

/// Reads a PFX.
pub fn read(file: &[u8], password: &str) -> Result<KeyFile, KeyError> {
    let mut parts = Element::only(file)?.parts(tag::SEQUENCE)?;
    if parts.expect(tag::INTEGER)?.small()? != 3 {
        return Err(KeyError::Kind);
    }
    let (kind, content) = content_info(parts.expect(tag::SEQUENCE)?)?;
    if kind != DATA {
        return Err(KeyError::Cipher(kind));
    }
    let safes = content.octets()?;
    judge(parts.optional(tag::SEQUENCE)?, &safes, password)?;
    let (mut keys, mut certificates) = (Vec::new(), Vec::new());
    for safe in Element::only(&safes)?.parts(tag::SEQUENCE)?.all()? {
        let (kind, content) = content_info(safe)?;
        let opened = match kind.as_str() {
            DATA => content.octets()?.into_owned(),
            ENCRYPTED_DATA => {
                let mut parts = content.parts(tag::SEQUENCE)?;
                parts.expect(tag::INTEGER)?;
                let mut parts = parts.sequence()?;
                parts.next()?;
                let algorithm = parts.expect(tag::SEQUENCE)?;
                let encrypted = parts.next()?.octets()?;
                cipher::decrypted(algorithm, &encrypted, password)?
            }
            _ => return Err(KeyError::Cipher(kind)),
        };
        for bag in Element::only(&opened)?.parts(tag::SEQUENCE)?.all()? {
            let mut bag = bag.parts(tag::SEQUENCE)?;
            let kind = bag.next()?.oid()?;
            let value = Element::only(bag.expect(tag::context(0))?.content)?;
            match kind.as_str() {
                KEY_BAG => keys.push(value.bytes.to_vec()),
                SHROUDED_KEY_BAG => keys.push(cipher::opened(value.bytes, password)?),
                CERTIFICATE_BAG => {
                    let mut certificate = value.parts(tag::SEQUENCE)?;
                    certificate.next()?;
                    let bytes = Element::only(certificate.expect(tag::context(0))?.content)?.octets()?.into_owned();
                    Certificate::read(&bytes)?;
                    certificates.push(bytes);
                }
                _ => {}
            }
        }
    }
    match (keys.pop(), keys.is_empty()) {
        (None, _) => Err(KeyError::NoKey),
        (Some(_), false) => Err(KeyError::ManyKeys),
        (Some(key), true) => Ok(KeyFile { key, certificates }),
    }
}

fn content_info(element: Element<'_>) -> Result<(String, Element<'_>), DerError> {
    let mut parts = element.parts(tag::SEQUENCE)?;
    let kind = parts.next()?.oid()?;
    let mut content = Reader::new(parts.expect(tag::context(0))?.content);
    Ok((kind, content.next()?))
}

/// The MAC over the file (RFC 7292, 4; appendix B).
fn judge(mac: Option<Element<'_>>, safes: &[u8], password: &str) -> Result<(), KeyError> {
    let Some(mac) = mac else { return Err(DerError::Content("PKCS #12 without integrity").into()) };
    let mut parts = mac.parts(tag::SEQUENCE)?;
    let mut info = parts.sequence()?;
    let digest = Digest::read(info.expect(tag::SEQUENCE)?)?.map_err(KeyError::Cipher)?;
    let expect = info.expect(tag::OCTET_STRING)?.content;
    let salt = parts.expect(tag::OCTET_STRING)?.content;
    let rounds = parts.optional(tag::INTEGER)?.map_or(Ok(1), rounds)?;
    let is_right = |password: &[u8]| -> Result<bool, KeyError> {
        Ok(hmac(digest, &derived(digest, password, salt, rounds), safes)? == expect)
    };
    let ends: Vec<u8> = password.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect();
    // Without a password some write nothing, others the two zeros that end it.
    if is_right(&ends)? || (password.is_empty() && is_right(&[])?) { Ok(()) } else { Err(KeyError::Password) }
}

/// The key of the MAC (RFC 7292, B.2, with ID 3): as long as one hash value.
fn derived(digest: Digest, password: &[u8], salt: &[u8], rounds: u32) -> Vec<u8> {
    let block = if matches!(digest, Digest::Sha384 | Digest::Sha512) { 128 } else { 64 };
    let filled =
        |bytes: &[u8]| -> Vec<u8> { bytes.iter().copied().cycle().take(bytes.len().div_ceil(block) * block).collect() };
    let mut hash = digest.of(&[&vec![3; block], &filled(salt), &filled(password)]);
    for _ in 1..rounds {
        hash = digest.of(&[&hash]);
    }
    hash
}

//! Was a certificate revoked? From revocation lists (RFC 5280, 6.3) and OCSP answers (RFC 6960) at hand.
//!
//! Invariant: only what is signed by the issuer, or by a responder that the issuer named, counts; everything else is
//! as if it were not there.

use super::{Certificate, extension};
use crate::der::{DerError, Element, Reader, tag};
use crate::digest::Digest;
use crate::moment::Moment;
use crate::signature::{PublicKey, Scheme};

/// What is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It was not revoked.
    Good,
    /// It was revoked.
    Revoked {
        /// When.
        since: Moment,
        /// For a reason that leaves what was signed before untouched.
        harmless_before: bool,
    },
    /// Nothing at hand speaks of it.
    Unknown,
}

/// What the lists and answers say of a certificate. A revocation outweighs everything.
#[must_use]
pub fn status(
    subject: &Certificate<'_>,
    issuer: &Certificate<'_>,
    information: &[&[u8]],
    pool: &[Certificate<'_>],
) -> Status {
    let mut found = Status::Unknown;
    for bytes in information {
        let said = list(bytes, subject, issuer).or_else(|_| answer(bytes, subject, issuer, pool));
        match said {
            Ok(Status::Revoked { since, harmless_before }) => return Status::Revoked { since, harmless_before },
            Ok(Status::Good) => found = Status::Good,
            Ok(Status::Unknown) | Err(_) => {}
        }
    }
    found
}

/// Reasons after which earlier signatures stay good: affiliationChanged, superseded, cessationOfOperation; and
/// unspecified where it is written down (RFC 3161, section 4).
fn is_harmless(reason: Option<u64>) -> bool {
    matches!(reason, Some(0 | 3 | 4 | 5))
}

fn holds(key: Element<'_>, algorithm: Element<'_>, message: &[u8], signature: &[u8]) -> bool {
    let verified = PublicKey::read(key)
        .and_then(|key| Scheme::read(algorithm, None).and_then(|scheme| key.verifies(scheme, message, signature)));
    verified == Ok(true)
}

/// A CertificateList.
fn list(bytes: &[u8], subject: &Certificate<'_>, issuer: &Certificate<'_>) -> Result<Status, DerError> {
    let mut parts = Element::only(bytes)?.parts(tag::SEQUENCE)?;
    let signed = parts.expect(tag::SEQUENCE)?;
    let algorithm = parts.expect(tag::SEQUENCE)?;
    let signature = parts.expect(tag::BIT_STRING)?.bits()?;
    parts.finish()?;
    let mut fields = Reader::new(signed.content);
    fields.optional(tag::INTEGER)?;
    fields.expect(tag::SEQUENCE)?;
    let issued_by = fields.expect(tag::SEQUENCE)?.bytes;
    Moment::read(fields.next()?)?;
    if matches!(fields.peek(), Some(tag::UTC_TIME | tag::GENERALIZED_TIME)) {
        fields.next()?;
    }
    let may_sign = issuer.key_usage(6) != Some(false);
    if issued_by != subject.issuer || !may_sign || !holds(issuer.key, algorithm, signed.bytes, signature) {
        return Ok(Status::Unknown);
    }
    let Some(entries) = fields.optional(tag::SEQUENCE)? else { return Ok(Status::Good) };
    for entry in entries.parts(tag::SEQUENCE)?.all()? {
        let mut entry = entry.parts(tag::SEQUENCE)?;
        if entry.expect(tag::INTEGER)?.content != subject.serial {
            continue;
        }
        let since = Moment::read(entry.next()?)?;
        let mut reason = None;
        if let Some(extensions) = entry.optional(tag::SEQUENCE)? {
            for one in extensions.parts(tag::SEQUENCE)?.all()? {
                let mut one = one.parts(tag::SEQUENCE)?;
                if one.next()?.oid()? == "2.5.29.21" {
                    one.optional(tag::BOOLEAN)?;
                    reason = Some(Element::only(one.expect(tag::OCTET_STRING)?.content)?.small()?);
                }
            }
        }
        return Ok(Status::Revoked { since, harmless_before: is_harmless(reason) });
    }
    Ok(Status::Good)
}

/// An OCSPResponse or the BasicOCSPResponse in it.
fn answer(
    bytes: &[u8],
    subject: &Certificate<'_>,
    issuer: &Certificate<'_>,
    pool: &[Certificate<'_>],
) -> Result<Status, DerError> {
    let mut parts = Element::only(bytes)?.parts(tag::SEQUENCE)?;
    let basic: Vec<u8>;
    if parts.peek() == Some(tag::ENUMERATED) {
        parts.next()?;
        let mut wrapped = Element::only(parts.expect(tag::context(0))?.content)?.parts(tag::SEQUENCE)?;
        wrapped.expect(tag::OID)?;
        basic = wrapped.next()?.octets()?.into_owned();
        parts = Element::only(&basic)?.parts(tag::SEQUENCE)?;
    }
    let data = parts.expect(tag::SEQUENCE)?;
    let algorithm = parts.expect(tag::SEQUENCE)?;
    let signature = parts.expect(tag::BIT_STRING)?.bits()?;
    let mut inside = Vec::new();
    if let Some(field) = parts.optional(tag::context(0))? {
        for element in Element::only(field.content)?.parts(tag::SEQUENCE)?.all()? {
            inside.push(Certificate::read(element.bytes)?);
        }
    }
    if !responder_holds(data, algorithm, signature, issuer, inside.iter().chain(pool)) {
        return Ok(Status::Unknown);
    }
    let mut fields = Reader::new(data.content);
    fields.optional(tag::context(0))?;
    fields.next()?;
    fields.expect(tag::GENERALIZED_TIME)?;
    for single in fields.expect(tag::SEQUENCE)?.parts(tag::SEQUENCE)?.all()? {
        let mut single = single.parts(tag::SEQUENCE)?;
        let mut id = single.sequence()?;
        let Ok(digest) = Digest::read(id.next()?)? else { continue };
        let same = id.expect(tag::OCTET_STRING)?.content == digest.of(&[issuer.subject])
            && id.expect(tag::OCTET_STRING)?.content == digest.of(&[issuer.key_bits()])
            && id.expect(tag::INTEGER)?.content == subject.serial;
        if !same {
            continue;
        }
        let status = single.next()?;
        return Ok(match status.tag {
            0x80 => Status::Good,
            0xa1 => {
                let mut revoked = Reader::new(status.content);
                let since = Moment::read(revoked.next()?)?;
                let reason = match revoked.optional(tag::context(0))? {
                    Some(field) => Some(Element::only(field.content)?.small()?),
                    None => None,
                };
                Status::Revoked { since, harmless_before: is_harmless(reason) }
            }
            _ => Status::Unknown,
        });
    }
    Ok(Status::Unknown)
}

/// The issuer signs answers itself, or names a responder by issuing it a certificate for that (RFC 6960, 4.2.2.2).
fn responder_holds<'c>(
    data: Element<'_>,
    algorithm: Element<'_>,
    signature: &[u8],
    issuer: &Certificate<'_>,
    others: impl Iterator<Item = &'c Certificate<'c>>,
) -> bool {
    const OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";
    if holds(issuer.key, algorithm, data.bytes, signature) {
        return true;
    }
    others
        .filter(|one| {
            one.issuer == issuer.subject
                && one.extension(extension::EXTENDED_KEY_USAGE).is_some()
                && one.purposes().is_some_and(|purposes| purposes.iter().any(|purpose| purpose == OCSP_SIGNING))
        })
        .take(super::path::LONGEST)
        .any(|one| holds(one.key, algorithm, data.bytes, signature) && one.is_signed_by(issuer) == Ok(true))
}

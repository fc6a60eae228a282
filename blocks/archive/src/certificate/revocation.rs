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

/// What the lists and answers say of a certificate. A revocation outweighs everything, whenever it was said; that
/// there is none counts only from what was issued for the moment `at`, or later: a list whose next one was due before
/// says nothing of it, and neither does one from a day when the certificate had expired, because by then its
/// revocation may have been left out (RFC 5280, 3.3; RFC 6960, 4.4.4).
#[must_use]
pub fn status(
    subject: &Certificate<'_>,
    issuer: &Certificate<'_>,
    information: &[&[u8]],
    pool: &[Certificate<'_>],
    at: Moment,
) -> Status {
    let mut found = Status::Unknown;
    for bytes in information {
        let said = list(bytes, subject, issuer, at).or_else(|_| answer(bytes, subject, issuer, pool, at));
        match said {
            Ok(Status::Revoked { since, harmless_before }) => return Status::Revoked { since, harmless_before },
            Ok(Status::Good) => found = Status::Good,
            Ok(Status::Unknown) | Err(_) => {}
        }
    }
    found
}

/// When something was said, and until when it holds.
struct Span {
    this: Moment,
    next: Option<Moment>,
    /// Certificates that expired since this moment are still spoken of.
    keeps_since: Option<Moment>,
}

impl Span {
    /// Does "not revoked" count for this moment?
    fn counts(&self, subject: &Certificate<'_>, at: Moment) -> bool {
        let is_late_enough = at <= self.next.unwrap_or(self.this).max(self.this);
        let was_listed =
            self.this <= subject.not_after || self.keeps_since.is_some_and(|since| since <= subject.not_after);
        is_late_enough && was_listed
    }

    fn good(&self, subject: &Certificate<'_>, at: Moment) -> Status {
        if self.counts(subject, at) { Status::Good } else { Status::Unknown }
    }
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
fn list(bytes: &[u8], subject: &Certificate<'_>, issuer: &Certificate<'_>, at: Moment) -> Result<Status, DerError> {
    let mut parts = Element::only(bytes)?.parts(tag::SEQUENCE)?;
    let signed = parts.expect(tag::SEQUENCE)?;
    let algorithm = parts.expect(tag::SEQUENCE)?;
    let signature = parts.expect(tag::BIT_STRING)?.bits()?;
    parts.finish()?;
    let mut fields = Reader::new(signed.content);
    fields.optional(tag::INTEGER)?;
    if fields.expect(tag::SEQUENCE)?.bytes != algorithm.bytes {
        return Err(DerError::Content("two signature algorithms"));
    }
    let issued_by = fields.expect(tag::SEQUENCE)?.bytes;
    let mut span = Span { this: Moment::read(fields.next()?)?, next: None, keeps_since: None };
    if matches!(fields.peek(), Some(tag::UTC_TIME | tag::GENERALIZED_TIME)) {
        span.next = Some(Moment::read(fields.next()?)?);
    }
    let entries = fields.optional(tag::SEQUENCE)?;
    let extensions = match fields.optional(tag::context(0))? {
        Some(field) => super::extensions(field)?,
        None => Vec::new(),
    };
    fields.finish()?;
    let may_sign = issuer.key_usage(6) != Some(false);
    if issued_by != subject.issuer || !may_sign || !holds(issuer.key, algorithm, signed.bytes, signature) {
        return Ok(Status::Unknown);
    }
    for one in &extensions {
        match one.oid.as_str() {
            ISSUING_POINT if !is_in_scope(one.value, subject)? => return Ok(Status::Unknown),
            ISSUING_POINT => {}
            EXPIRED_KEPT => span.keeps_since = Some(Moment::read(Element::only(one.value)?)?),
            // A list of changes, or one of which something else has to be understood (RFC 5280, 5.2).
            _ if one.critical => return Ok(Status::Unknown),
            _ => {}
        }
    }
    let Some(entries) = entries else { return Ok(span.good(subject, at)) };
    let mut entries = entries.parts(tag::SEQUENCE)?;
    while !entries.is_empty() {
        let mut entry = entries.sequence()?;
        if entry.expect(tag::INTEGER)?.content != subject.serial {
            continue;
        }
        let since = Moment::read(entry.next()?)?;
        let mut reason = None;
        if let Some(extensions) = entry.optional(tag::SEQUENCE)? {
            for one in super::extension_list(extensions)? {
                if one.oid == REASON {
                    reason = Some(Element::only(one.value)?.small()?);
                }
            }
        }
        return Ok(Status::Revoked { since, harmless_before: is_harmless(reason) });
    }
    Ok(span.good(subject, at))
}

/// issuingDistributionPoint, expiredCertsOnCRL (X.509), cRLDistributionPoints, cRLReason.
const ISSUING_POINT: &str = "2.5.29.28";
const EXPIRED_KEPT: &str = "2.5.29.60";
const POINTS: &str = "2.5.29.31";
const REASON: &str = "2.5.29.21";
/// id-pkix-ocsp-archive-cutoff
const ARCHIVE_CUTOFF: &str = "1.3.6.1.5.5.7.48.1.6";

/// Is the list about certificates like this one (RFC 5280, 5.2.5)? Indirect lists and those for some reasons only
/// never are.
fn is_in_scope(value: &[u8], subject: &Certificate<'_>) -> Result<bool, DerError> {
    let mut parts = Element::only(value)?.parts(tag::SEQUENCE)?;
    let point = parts.optional(tag::context(0))?;
    let is_authority = subject.authority().is_some();
    while !parts.is_empty() {
        let part = parts.next()?;
        let is_set = part.content != [0];
        let fits = match part.tag {
            0x81 => !is_authority || !is_set,
            0x82 => is_authority || !is_set,
            0x84 | 0x85 => !is_set,
            _ => false,
        };
        if !fits {
            return Ok(false);
        }
    }
    // A list of one distribution point speaks of the certificates that name that point.
    let Some(point) = point else { return Ok(true) };
    let Some(points) = subject.extension(POINTS) else { return Ok(false) };
    let wanted = addresses(Element::only(point.content)?)?;
    for one in Element::only(points.value)?.parts(tag::SEQUENCE)?.all()? {
        let Some(name) = one.parts(tag::SEQUENCE)?.optional(tag::context(0))? else { continue };
        if addresses(Element::only(name.content)?)?.iter().any(|address| wanted.contains(address)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The general names in a DistributionPointName; none where it is relative to the issuer.
fn addresses(name: Element<'_>) -> Result<Vec<&[u8]>, DerError> {
    if name.tag != tag::context(0) {
        return Ok(Vec::new());
    }
    Ok(Reader::new(name.content).all()?.into_iter().map(|one| one.bytes).collect())
}

/// An OCSPResponse or the BasicOCSPResponse in it.
fn answer(
    bytes: &[u8],
    subject: &Certificate<'_>,
    issuer: &Certificate<'_>,
    pool: &[Certificate<'_>],
    at: Moment,
) -> Result<Status, DerError> {
    let mut parts = Element::only(bytes)?.parts(tag::SEQUENCE)?;
    let basic: Vec<u8>;
    if parts.peek() == Some(tag::ENUMERATED) {
        parts.next()?;
        let mut wrapped = Element::only(parts.expect(tag::context(0))?.content)?.parts(tag::SEQUENCE)?;
        if wrapped.next()?.oid()? != "1.3.6.1.5.5.7.48.1.1" {
            return Err(DerError::Content("OCSP answer"));
        }
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
    let mut fields = Reader::new(data.content);
    fields.optional(tag::context(0))?;
    fields.next()?;
    let produced = Moment::read(fields.expect(tag::GENERALIZED_TIME)?)?;
    if !responder_holds(data, algorithm, signature, issuer, inside.iter().chain(pool), produced) {
        return Ok(Status::Unknown);
    }
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
        let mut span = Span { this: Moment::read(single.next()?)?, next: None, keeps_since: None };
        if let Some(field) = single.optional(tag::context(0))? {
            span.next = Some(Moment::read(Element::only(field.content)?)?);
        }
        if let Some(field) = single.optional(tag::context(1))? {
            for one in super::extensions(field)? {
                if one.oid == ARCHIVE_CUTOFF {
                    span.keeps_since = Some(Moment::read(Element::only(one.value)?)?);
                } else if one.critical {
                    return Ok(Status::Unknown);
                }
            }
        }
        return Ok(match status.tag {
            0x80 => span.good(subject, at),
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
    produced: Moment,
) -> bool {
    const OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";
    if holds(issuer.key, algorithm, data.bytes, signature) {
        return true;
    }
    others
        .filter(|one| {
            one.issuer == issuer.subject
                && one.is_valid_at(produced)
                && one.extension(extension::EXTENDED_KEY_USAGE).is_some()
                && one.purposes().is_some_and(|purposes| purposes.iter().any(|purpose| purpose == OCSP_SIGNING))
        })
        .take(super::path::LONGEST)
        .any(|one| holds(one.key, algorithm, data.bytes, signature) && one.is_signed_by(issuer) == Ok(true))
}

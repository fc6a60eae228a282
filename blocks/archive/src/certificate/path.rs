//! Does the certificate of a time stamp service or a seal lead to one that is trusted (RFC 5280, section 6.1)?
//!
//! The subset that is judged: names chain, signatures hold, every certificate was valid when the token was issued,
//! authorities are authorities (basicConstraints, pathLenConstraint, keyCertSign), no critical extension is unknown,
//! and none was revoked, as far as revocation data is at hand. Name constraints and policies are not processed: a
//! certificate in which they are critical is refused.
//!
//! Invariant: no more than [`LONGEST`] certificates and [`MOST_TRIES`] signatures, however many are offered.

use serde::Serialize;
use vir_core::Text;

use super::revocation::{self, Status};
use super::{Certificate, readable_name};
use crate::moment::Moment;
use crate::token::Token;

/// Certificates between a token and its anchor.
pub const LONGEST: usize = 8;
/// Signatures that are tried for one token.
pub const MOST_TRIES: usize = 64;

/// Whom to trust, and what else is at hand.
#[derive(Debug, Clone, Default)]
pub struct Trust<'a> {
    /// Trusted certificates.
    pub anchors: Vec<&'a [u8]>,
    /// Others that may stand between.
    pub certificates: Vec<&'a [u8]>,
    /// Revocation lists and OCSP answers.
    pub revocation: Vec<&'a [u8]>,
}

/// What was found about a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judgement {
    /// Nobody is trusted, so nothing was judged.
    NotJudged,
    /// It leads to an anchor.
    Trusted {
        /// The names from the time stamp service to the anchor.
        names: Vec<String>,
        /// Of these it is not known whether they were revoked.
        unknown: Vec<String>,
    },
    /// It does not, or one on the way was not in order.
    Broken(Text),
}

/// Judges the path of a token's certificate. `until` is the time until which the token had to hold.
#[must_use]
pub fn judge(
    certificate: &Certificate<'_>,
    token: &Token<'_>,
    extra: &[Certificate<'_>],
    revocation: &[Vec<u8>],
    trust: &Trust<'_>,
    until: Moment,
) -> Judgement {
    let pool: Vec<Certificate<'_>> = token.signed_data.inside().chain(extra.iter().cloned()).collect();
    let mut lists: Vec<&[u8]> = token.signed_data.revocation().collect();
    lists.extend(revocation.iter().map(Vec::as_slice));
    judge_at(certificate, &pool, &lists, trust, token.time, until)
}

/// Judges the path of a certificate with whose key something was signed: it counted `at` a moment, and had to hold
/// `until` another. `pool` are certificates that may stand between, `lists` revocation lists and OCSP answers.
#[must_use]
pub fn judge_at(
    certificate: &Certificate<'_>,
    pool: &[Certificate<'_>],
    lists: &[&[u8]],
    trust: &Trust<'_>,
    at: Moment,
    until: Moment,
) -> Judgement {
    if trust.anchors.is_empty() {
        return Judgement::NotJudged;
    }
    let anchors: Vec<Certificate<'_>> =
        trust.anchors.iter().filter_map(|bytes| Certificate::read(bytes).ok()).collect();
    let between = trust.certificates.iter().filter_map(|bytes| Certificate::read(bytes).ok());
    let pool: Vec<Certificate<'_>> = pool.iter().cloned().chain(between).collect();
    let mut search = Search { anchors: &anchors, pool: &pool, at, tries: 0, nearest: None };
    let Some(path) = search.from(certificate) else {
        let why = search.nearest.unwrap_or_else(|| {
            let name = readable_name(certificate.subject);
            Text::owned(
                format!("Von „{name}“ führt kein Pfad zu einem vertrauenswürdigen Zertifikat."),
                format!("No path leads from \"{name}\" to a trusted certificate."),
            )
        });
        return Judgement::Broken(why);
    };
    let lists: Vec<&[u8]> = lists.iter().copied().chain(trust.revocation.iter().copied()).collect();
    let mut unknown = Vec::new();
    for pair in path.windows(2) {
        let [subject, issuer] = pair else { continue };
        let name = readable_name(subject.subject);
        match revocation::status(subject, issuer, &lists, &pool, at) {
            Status::Good => {}
            Status::Unknown => unknown.push(name),
            Status::Revoked { since, harmless_before } => {
                // A key that was compromised proves nothing, unless a later time stamp took over before that day
                // (RFC 3161, section 4).
                let counts = if harmless_before { at } else { until };
                if since <= counts {
                    return Judgement::Broken(Text::owned(
                        format!("Das Zertifikat „{name}“ wurde am {since} gesperrt."),
                        format!("The certificate \"{name}\" was revoked on {since}."),
                    ));
                }
            }
        }
    }
    Judgement::Trusted { names: path.iter().map(|certificate| readable_name(certificate.subject)).collect(), unknown }
}

struct Search<'s, 'c> {
    anchors: &'s [Certificate<'c>],
    pool: &'s [Certificate<'c>],
    at: Moment,
    tries: usize,
    /// What stood in the way of the path that came furthest.
    nearest: Option<Text>,
}

impl<'s, 'c> Search<'s, 'c> {
    fn from(&mut self, leaf: &Certificate<'c>) -> Option<Vec<Certificate<'c>>> {
        let mut open: Vec<Vec<Certificate<'c>>> = vec![vec![leaf.clone()]];
        while let Some(path) = open.pop() {
            let last = path.last().expect("a path begins with its leaf").clone();
            if let Some(fault) = self.fault(&last, path.len() == 1) {
                self.nearest.get_or_insert(fault);
                continue;
            }
            if self.anchors.iter().any(|anchor| anchor.bytes == last.bytes) {
                return Some(path);
            }
            if path.len() >= LONGEST {
                continue;
            }
            // Anchors are tried first, so they are pushed last.
            let (pool, anchors) = (self.pool, self.anchors);
            for issuer in pool.iter().chain(anchors) {
                let fits = issuer.subject == last.issuer && path.iter().all(|known| known.bytes != issuer.bytes);
                if !fits || self.tries >= MOST_TRIES {
                    continue;
                }
                let is_anchor = anchors.iter().any(|anchor| anchor.bytes == issuer.bytes);
                // Certificates of authorities that stand between this issuer and the leaf.
                let below = path.iter().skip(1).filter(|one| one.issuer != one.subject).count() as u64;
                let may_sign = match issuer.authority() {
                    Some(bound) => bound.is_none_or(|bound| below <= bound) && issuer.key_usage(5) != Some(false),
                    // Old roots have no such extension; that they may sign is what trusting them means.
                    None => is_anchor && issuer.extension(super::extension::BASIC_CONSTRAINTS).is_none(),
                };
                if !may_sign {
                    let name = readable_name(issuer.subject);
                    self.nearest.get_or_insert(Text::owned(
                        format!("„{name}“ darf keine solchen Zertifikate ausstellen."),
                        format!("\"{name}\" may not issue such certificates."),
                    ));
                    continue;
                }
                self.tries += 1;
                if last.is_signed_by(issuer) == Ok(true) {
                    let mut longer = path.clone();
                    longer.push(issuer.clone());
                    open.push(longer);
                } else {
                    let name = readable_name(last.subject);
                    self.nearest.get_or_insert(Text::owned(
                        format!("Die Signatur des Zertifikats „{name}“ ist falsch oder nicht prüfbar."),
                        format!("The signature of the certificate \"{name}\" is wrong or cannot be verified."),
                    ));
                }
            }
        }
        None
    }

    fn fault(&self, certificate: &Certificate<'_>, is_leaf: bool) -> Option<Text> {
        /// Extensions that are understood here, or that say nothing about validity.
        const KNOWN: [&str; 9] = [
            "2.5.29.14",
            "2.5.29.15",
            "2.5.29.17",
            "2.5.29.19",
            "2.5.29.31",
            "2.5.29.32",
            "2.5.29.35",
            "2.5.29.37",
            // qcStatements
            "1.3.6.1.5.5.7.1.3",
        ];
        let name = readable_name(certificate.subject);
        let known = |oid: &str| KNOWN.contains(&oid);
        if let Some(unknown) = certificate.extensions.iter().find(|one| one.critical && !known(&one.oid)) {
            let oid = &unknown.oid;
            return Some(Text::owned(
                format!(
                    "Das Zertifikat „{name}“ hat eine kritische Erweiterung, die hier nicht verstanden wird: {oid}."
                ),
                format!("The certificate \"{name}\" has a critical extension that is not understood here: {oid}."),
            ));
        }
        if !certificate.is_valid_at(self.at) {
            let (from, to) = (certificate.not_before, certificate.not_after);
            return Some(Text::owned(
                format!("Das Zertifikat „{name}“ gilt von {from} bis {to}, nicht am {}.", self.at),
                format!("The certificate \"{name}\" is valid from {from} to {to}, not on {}.", self.at),
            ));
        }
        if is_leaf && certificate.key_usage(0) == Some(false) && certificate.key_usage(1) == Some(false) {
            return Some(Text::owned(
                format!("Der Schlüssel von „{name}“ ist nicht für Signaturen bestimmt."),
                format!("The key of \"{name}\" is not for signatures."),
            ));
        }
        None
    }
}

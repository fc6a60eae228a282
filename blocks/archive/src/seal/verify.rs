//! Judging a seal: does it hold for this file, who made it, and what is it worth?
//!
//! Invariant: a seal is worth nothing unless no step failed, and qualified only where its certificate says so and leads
//! to somebody who is trusted.

use vir_core::Text;

use super::qualified::Statements;
use super::report::{Finding, Form, Reason, Report, Stamp};
use crate::certificate::path::{self, Judgement, Trust};
use crate::certificate::{Certificate, readable_name};
use crate::digest::Digest;
use crate::evidence::catalogue::{self, Opinion};
use crate::evidence::verify::{Verdict, fault_text};
use crate::moment::Moment;
use crate::scan::class::Seal;
use crate::signature::Scheme;
use crate::signed::{SignedData, Signer, oid};
use crate::token::Token;

/// Time stamps of one seal that are looked at.
const MOST_STAMPS: usize = 10;

/// How to judge.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// The moment of verification.
    pub at: Moment,
    /// Since when the seal is known to exist by other means (an evidence record); none where it is not.
    pub existed: Option<Moment>,
    /// Is the suitability of algorithms judged?
    pub catalogue: bool,
    /// Whom to trust to issue certificates of seals and time stamps.
    pub trust: Trust<'a>,
}

/// The sealed file.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// Its bytes.
    Bytes(&'a [u8]),
    /// None at hand.
    Missing,
}

struct Judge<'r, 'a> {
    options: &'r Options<'a>,
    report: Report,
}

/// Judges a seal for a file.
#[must_use]
pub fn verify(seal: &[u8], content: Content<'_>, options: &Options<'_>) -> Report {
    let report = Report {
        verdict: Verdict::Invalid,
        at: options.at,
        counted: options.at,
        level: Seal::None,
        qualified_stamp: false,
        form: Form::Plain,
        signing_time: None,
        signer: None,
        issuer: None,
        serial: None,
        digest: None,
        signature: None,
        statements: None,
        path: Judgement::NotJudged,
        stamps: Vec::new(),
        findings: Vec::new(),
    };
    let mut judge = Judge { options, report };
    match SignedData::read(seal) {
        Err(error) => judge.say(Reason::Unreadable(error.to_string())),
        Ok(signed) => match signed.signers.as_slice() {
            [signer] => judge.all(&signed, signer, content),
            signers => judge.say(Reason::Signers(signers.len())),
        },
    }
    judge.finish()
}

impl Judge<'_, '_> {
    fn say(&mut self, reason: Reason) {
        let finding = Finding(reason);
        if !self.report.findings.contains(&finding) {
            self.report.findings.push(finding);
        }
    }

    fn all(&mut self, signed: &SignedData<'_>, signer: &Signer<'_>, content: Content<'_>) {
        let inside = signed.content.as_deref();
        let content = match (inside, content) {
            (Some(inside), Content::Bytes(bytes)) if inside != bytes => {
                self.say(Reason::ContentChanged);
                Some(inside)
            }
            (Some(inside), _) => Some(inside),
            (None, Content::Bytes(bytes)) => Some(bytes),
            (None, Content::Missing) => {
                self.say(Reason::ContentMissing);
                None
            }
        };
        let certificate = signed.inside().find(|certificate| signer.id.names(certificate));
        self.attributes(signed, signer, content, certificate.as_ref());
        let Some(certificate) = certificate else {
            self.say(Reason::NoCertificate);
            return;
        };
        match signer.holds(content.unwrap_or_default(), &certificate) {
            Ok(true) => {}
            // Without attributes the signature is over the content, which may be missing.
            Ok(false) if signer.signed.is_none() && content.is_none() => {}
            Ok(false) => self.say(Reason::SignatureWrong),
            Err(error) => self.say(Reason::Unverifiable(error.to_string())),
        }
        self.report.signer = Some(readable_name(certificate.subject));
        self.report.issuer = Some(readable_name(certificate.issuer));
        self.report.serial = Some(crate::ocfl::digest::hex(certificate.serial));
        self.report.statements = Statements::of(&certificate);
        let stamped = self.stamps(signer);
        let counted = [stamped, self.options.existed].into_iter().flatten().min().unwrap_or(self.options.at);
        self.report.counted = counted;
        self.algorithms(signer, &certificate, counted);
        self.certificate(signed, &certificate, counted);
    }

    fn attributes(
        &mut self,
        signed: &SignedData<'_>,
        signer: &Signer<'_>,
        content: Option<&[u8]>,
        certificate: Option<&Certificate<'_>>,
    ) {
        self.report.digest = signer.digest.clone().ok();
        self.report.signing_time = signer.only(oid::SIGNING_TIME).and_then(|value| Moment::read(value).ok());
        if signer.signed.is_some() {
            let content_type = signer.only(oid::CONTENT_TYPE).and_then(|value| value.oid().ok());
            if content_type.as_deref() != Some(&signed.content_type) {
                self.say(Reason::Attribute("contentType"));
            }
            match (signer.only(oid::MESSAGE_DIGEST).and_then(|value| value.octets().ok()), &signer.digest, content) {
                (None, _, _) => self.say(Reason::Attribute("messageDigest")),
                (_, Err(unknown), _) => self.say(Reason::Unverifiable(format!("unknown algorithm {unknown}"))),
                (Some(hash), Ok(digest), Some(content)) if digest.of(&[content]) != *hash => {
                    self.say(Reason::ContentChanged);
                }
                _ => {}
            }
        }
        let mut is_baseline = true;
        match certificate.and_then(|certificate| signer.names(certificate)) {
            Some(Ok(true)) => {}
            Some(Ok(false)) => self.say(Reason::OtherCertificate),
            Some(Err(_)) => self.say(Reason::Attribute("signingCertificate")),
            None => {
                is_baseline = false;
                self.say(Reason::NotBaseline("signing-certificate"));
            }
        }
        if self.report.signing_time.is_none() {
            is_baseline = false;
            self.say(Reason::NotBaseline("signing-time"));
        }
        if is_baseline {
            self.report.form = Form::Basic;
        }
    }

    /// The time stamps over the signature; gives the earliest good one.
    fn stamps(&mut self, signer: &Signer<'_>) -> Option<Moment> {
        let found = signer.unsigned.iter().filter(|attribute| attribute.oid == oid::SIGNATURE_TIME_STAMP);
        let mut earliest: Option<Moment> = None;
        for value in found.flat_map(|attribute| &attribute.values).take(MOST_STAMPS) {
            let token = match Token::read(value.bytes) {
                Ok(token) => token,
                Err(error) => {
                    self.say(Reason::StampUnreadable(error.to_string()));
                    continue;
                }
            };
            let is_over_this =
                token.imprint_digest.as_ref().is_ok_and(|digest| digest.of(&[&signer.signature]) == token.imprint);
            if !is_over_this {
                self.say(Reason::StampOther);
                continue;
            }
            let faults = token.faults(&[]);
            for fault in &faults {
                self.say(Reason::StampFault(fault_text(fault).0));
            }
            if token.time > self.options.at {
                self.say(Reason::StampFault(Text::new(
                    "Der Zeitstempel des Siegels liegt in der Zukunft.",
                    "The time stamp of the seal lies in the future.",
                )));
            }
            let certificate = token.signer_certificate(&[]);
            let path = certificate.as_ref().map_or(Judgement::NotJudged, |certificate| {
                path::judge(certificate, &token, &[], &[], &self.options.trust, self.options.at)
            });
            let service = certificate.as_ref().map(|certificate| readable_name(certificate.subject));
            self.path(&path, service.as_deref().unwrap_or("?"));
            self.stamp_algorithms(&token, certificate.as_ref());
            let is_good = faults.is_empty() && !matches!(path, Judgement::Broken(_)) && token.time <= self.options.at;
            if is_good {
                earliest = Some(earliest.map_or(token.time, |earlier| earlier.min(token.time)));
            }
            self.report.stamps.push(Stamp {
                time: token.time,
                service,
                claims_qualified: token.claims_qualified,
                path,
            });
        }
        if earliest.is_some() && self.report.form == Form::Basic {
            self.report.form = Form::Stamped;
        }
        earliest
    }

    fn stamp_algorithms(&mut self, token: &Token<'_>, certificate: Option<&Certificate<'_>>) {
        // The time stamp has to hold until the moment of verification, or until evidence took over.
        let counted = self.options.existed.unwrap_or(self.options.at).min(self.options.at);
        let mut digests: Vec<Digest> = token.imprint_digest.clone().into_iter().collect();
        if let (Ok(scheme), Some(Ok(key))) = (token.scheme(), certificate.map(Certificate::public_key)) {
            digests.extend(scheme.digests());
            self.opinion(catalogue::signature(scheme, &key, counted), counted);
        }
        for digest in digests {
            self.opinion(catalogue::digest(digest, counted), counted);
        }
    }

    fn algorithms(&mut self, signer: &Signer<'_>, certificate: &Certificate<'_>, counted: Moment) {
        let mut digests: Vec<Digest> = signer.digest.clone().into_iter().collect();
        if let (Ok(scheme), Ok(key)) = (signer.scheme(), certificate.public_key()) {
            let scheme: Scheme = scheme;
            self.report.signature = Some(format!("{}, {} bit", scheme.family().name(), key.bits()));
            digests.extend(scheme.digests());
            self.opinion(catalogue::signature(scheme, &key, counted), counted);
        }
        for digest in digests {
            self.opinion(catalogue::digest(digest, counted), counted);
        }
    }

    fn opinion(&mut self, opinion: Opinion, counted: Moment) {
        match opinion {
            Opinion::Unsuitable(what, _) | Opinion::Unknown(what) if self.options.catalogue => {
                self.say(Reason::Unsuitable(what, counted));
            }
            _ => {}
        }
    }

    fn certificate(&mut self, signed: &SignedData<'_>, certificate: &Certificate<'_>, counted: Moment) {
        if !certificate.is_valid_at(counted) {
            let (from, to) = (certificate.not_before, certificate.not_after);
            self.say(Reason::OutOfValidity { from, to, counted });
        }
        let pool: Vec<Certificate<'_>> = signed.inside().collect();
        let lists: Vec<&[u8]> = signed.revocation().collect();
        let path = path::judge_at(certificate, &pool, &lists, &self.options.trust, counted, counted);
        self.path(&path, &readable_name(certificate.subject));
        self.report.path = path;
    }

    fn path(&mut self, path: &Judgement, name: &str) {
        match path {
            Judgement::NotJudged => self.say(Reason::PathNotJudged(name.to_owned())),
            Judgement::Broken(why) => self.say(Reason::PathBroken(why.clone())),
            Judgement::Trusted { unknown, .. } => {
                for name in unknown {
                    self.say(Reason::RevocationUnknown(name.clone()));
                }
            }
        }
    }

    fn finish(mut self) -> Report {
        let report = &mut self.report;
        let is_wrong = report.findings.iter().any(|finding| finding.0.severity() == vir_core::Severity::Error);
        if !is_wrong {
            report.verdict = Verdict::Valid;
            let is_trusted = matches!(report.path, Judgement::Trusted { .. });
            let says_so = report.statements.as_ref().is_some_and(Statements::is_qualified_seal);
            // What does not bind its certificate is no advanced signature after the standard.
            report.level = match report.form {
                Form::Plain => Seal::None,
                _ if is_trusted && says_so => Seal::Qualified,
                _ => Seal::Advanced,
            };
            report.qualified_stamp = report.stamps.iter().any(Stamp::is_qualified);
        }
        self.report
    }
}

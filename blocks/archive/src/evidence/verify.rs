//! Is a record valid for these data (RFC 4998, sections 4.3 and 5.3; RFC 6283, sections 3.3 and 4.3)?
//!
//! Each time stamp is judged for the moment until which it had to hold: the time of the next one, which took over,
//! or for the last one, the moment of verification.
//!
//! Invariant: the verdict is *valid* exactly where no finding is an error. Everything is judged that can be, so a
//! record with three faults shows all three.

use serde::Serialize;
use vir_core::Text;

use super::catalogue::{self, Opinion};
use super::finding::{Finding, Place, Reason};
use super::object::Object;
use super::record::{Chain, Named, Record, Stamp, Syntax};
use super::tree;
use crate::certificate::path::{self, Judgement, Trust};
use crate::certificate::{Certificate, readable_name};
use crate::digest::Digest;
use crate::moment::Moment;
use crate::signature::Unverifiable;
use crate::token::{Fault, Token};

/// How to verify.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// The moment of verification.
    pub at: Moment,
    /// Is the suitability of algorithms judged?
    pub catalogue: bool,
    /// Whom to trust, and what else is at hand. Without anchors the path is not judged.
    pub trust: Trust<'a>,
}

/// The verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every step was taken and none failed.
    Valid,
    /// At least one failed.
    Invalid,
}

/// What is known of one time stamp.
#[derive(Debug, Clone, Serialize)]
pub struct StampReport {
    /// Which one.
    pub place: Place,
    /// When it was issued.
    pub time: Option<Moment>,
    /// The hash algorithm of tree and time stamp.
    pub digest: Option<Digest>,
    /// The name in the certificate of the service.
    pub service: Option<String>,
    /// How it was signed, with the length of the key.
    pub signature: Option<String>,
    /// The policy of the service.
    pub policy: Option<String>,
    /// Until when it had to hold.
    pub counted: Moment,
    /// The certificate path.
    pub path: Judgement,
}

/// The result of a verification.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The verdict.
    pub verdict: Verdict,
    /// The syntax of the record; none where it could not be read.
    pub syntax: Option<Syntax>,
    /// The names of the data objects.
    pub objects: Vec<String>,
    /// The moment of verification.
    pub at: Moment,
    /// The time from which the data is proven to exist: that of the first time stamp.
    pub existed: Option<Moment>,
    /// All time stamps.
    pub time_stamps: Vec<StampReport>,
    /// What there is to say.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The report on bytes that are no record.
    #[must_use]
    pub fn unreadable(syntax: Syntax, why: String, at: Moment) -> Self {
        let finding = Finding { place: Place::RECORD, reason: Reason::Unreadable(why), syntax };
        Self {
            verdict: Verdict::Invalid,
            syntax: None,
            objects: Vec::new(),
            at,
            existed: None,
            time_stamps: Vec::new(),
            findings: vec![finding],
        }
    }

    /// Adds what was found around the record, and lets the verdict follow.
    pub fn add(&mut self, findings: impl IntoIterator<Item = Finding>) {
        self.findings.extend(findings);
        if self.findings.iter().any(Finding::is_error) {
            self.verdict = Verdict::Invalid;
        }
    }
}

/// Verifies a record for the data.
#[must_use]
pub fn verify(record: &Record, objects: &[Object<'_>], options: &Options<'_>) -> Report {
    let mut check = Check { record, objects, options, findings: Vec::new() };
    let tokens: Vec<Vec<Result<Token<'_>, crate::der::DerError>>> = record
        .chains
        .iter()
        .map(|chain| chain.stamps.iter().map(|stamp| Token::read(&stamp.token)).collect())
        .collect();
    if objects.is_empty() {
        check.say(Place::RECORD, Reason::NoData);
    }
    if record.encrypted {
        check.say(Place::RECORD, Reason::Encrypted);
    }
    if options.trust.anchors.is_empty() {
        check.say(Place::RECORD, Reason::PathNotJudged);
    }
    check.times(&tokens);
    for (at, chain) in record.chains.iter().enumerate() {
        check.chain(at, chain, &tokens[at]);
    }
    let time_stamps = check.stamps(&tokens);
    let existed = tokens.first().and_then(|chain| chain.first()?.as_ref().ok()).map(|token| token.time);
    let mut report = Report {
        verdict: Verdict::Valid,
        syntax: Some(record.syntax),
        objects: objects.iter().map(|object| object.name.clone()).collect(),
        at: options.at,
        existed,
        time_stamps,
        findings: Vec::new(),
    };
    report.add(check.findings);
    report
}

type Tokens<'a> = [Result<Token<'a>, crate::der::DerError>];

struct Check<'r, 'a> {
    record: &'r Record,
    objects: &'r [Object<'a>],
    options: &'r Options<'a>,
    findings: Vec<Finding>,
}

impl Check<'_, '_> {
    fn say(&mut self, place: Place, reason: Reason) {
        let finding = Finding { place, reason, syntax: self.record.syntax };
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// Times ascend, and none is in the future.
    fn times(&mut self, tokens: &[Vec<Result<Token<'_>, crate::der::DerError>>]) {
        let mut earlier: Option<Moment> = None;
        for (chain, tokens) in tokens.iter().enumerate() {
            for (stamp, token) in tokens.iter().enumerate() {
                let Ok(token) = token else { continue };
                if let Some(earlier) = earlier.filter(|earlier| token.time <= *earlier) {
                    self.say(Place::stamp(chain, stamp), Reason::TimeOrder { earlier, later: token.time });
                }
                if token.time > self.options.at {
                    self.say(Place::stamp(chain, stamp), Reason::Future(token.time));
                }
                earlier = Some(token.time);
            }
        }
    }

    /// The hash part: everything that does not need the signature.
    fn chain(&mut self, at: usize, chain: &Chain, tokens: &Tokens<'_>) {
        let Some(digest) = self.chain_digest(at, chain, tokens) else { return };
        for (number, (stamp, token)) in chain.stamps.iter().zip(tokens).enumerate() {
            let place = Place::stamp(at, number);
            let Ok(token) = token else { continue };
            self.algorithms(place, digest, stamp, token);
            if number > 0 {
                let renewed = digest.of(&[&chain.stamps[number - 1].renewed]);
                if !first_list(stamp, token).contains(&renewed) {
                    self.say(place, Reason::StampNotCovered);
                }
            } else {
                self.data(place, digest, chain, stamp, token);
            }
            self.tree(place, digest, stamp, token);
        }
    }

    /// The one hash algorithm of a chain: as named, else that of its first time stamp.
    fn chain_digest(&mut self, at: usize, chain: &Chain, tokens: &Tokens<'_>) -> Option<Digest> {
        let first = chain.stamps.first()?;
        let named = chain.digest.as_ref().or(first.digest.as_ref());
        let named = named.or(match tokens.first() {
            Some(Ok(token)) => Some(&token.imprint_digest),
            _ => None,
        })?;
        match named {
            Ok(digest) => Some(*digest),
            Err(oid) => {
                self.say(Place::stamp(at, 0), Reason::UnknownDigest(oid.clone()));
                None
            }
        }
    }

    /// Every place that names the algorithm names the same (RFC 4998, 4.1 and 5.1).
    fn algorithms(&mut self, place: Place, chain: Digest, stamp: &Stamp, token: &Token<'_>) {
        let name = |named: &Named| named.clone().map_or_else(|oid| oid, |digest| digest.name().to_owned());
        if let Some(named) = &stamp.digest
            && *named != Ok(chain)
        {
            self.say(place, Reason::ChainDigest { chain: chain.name().to_owned(), found: name(named) });
        }
        if token.imprint_digest != Ok(chain) {
            let own = stamp.digest.clone().unwrap_or(Ok(chain));
            self.say(place, Reason::TwoDigests { tree: name(&own), token: name(&token.imprint_digest) });
        }
        if let Some(declared) = &self.record.declared
            && !declared.contains(&Ok(chain))
        {
            self.say(Place::RECORD, Reason::NotDeclared(chain.name().to_owned()));
        }
    }

    /// The first time stamp of a chain covers the data, and the chains before.
    fn data(&mut self, place: Place, digest: Digest, chain: &Chain, stamp: &Stamp, token: &Token<'_>) {
        let list = first_list(stamp, token);
        let earlier: Vec<Vec<u8>> = chain.before.iter().map(|bytes| digest.of(&[bytes])).collect();
        if stamp.tree.is_empty() && self.objects.len() > 1 {
            self.say(place, Reason::NoTree(self.objects.len()));
        }
        // In RFC 6283 the value of the earlier chains may stand beside those of the data.
        let beside = earlier.iter().any(|earlier| list.contains(earlier));
        let mut covered = Vec::new();
        for object in self.objects {
            let hashes = object.hashes(digest, chain.method);
            if hashes.is_empty() {
                let (object, digest) = (object.name.clone(), digest.name().to_owned());
                self.say(place, Reason::ObjectUnhashed { object, digest });
                continue;
            }
            let wanted: Vec<Vec<u8>> = if earlier.is_empty() {
                hashes
            } else {
                let mut wanted: Vec<Vec<u8>> = hashes
                    .iter()
                    .flat_map(|hash| earlier.iter().flat_map(|earlier| rehashed(digest, hash, earlier)))
                    .collect();
                if beside && self.record.syntax == Syntax::Xml {
                    wanted.extend(hashes);
                }
                wanted
            };
            match list.iter().find(|value| wanted.contains(value)) {
                Some(value) => covered.push((*value).clone()),
                None if earlier.is_empty() => self.say(place, Reason::ObjectMissing(object.name.clone())),
                None => self.say(place, Reason::ObjectNotRehashed(object.name.clone())),
            }
        }
        let others = list.iter().filter(|value| !covered.contains(value) && !earlier.contains(value)).count();
        if others > 0 && !covered.is_empty() {
            self.say(place, Reason::OtherValues(others));
        }
    }

    fn tree(&mut self, place: Place, digest: Digest, stamp: &Stamp, token: &Token<'_>) {
        if stamp.tree.iter().any(Vec::is_empty) {
            self.say(place, Reason::ListEmpty);
        }
        if stamp.tree.iter().flatten().any(|value| value.len() != digest.length()) {
            self.say(place, Reason::ValueLength);
        }
        if !stamp.tree.is_empty() && !tree::leads_to(&stamp.tree, digest, &token.imprint) {
            self.say(place, Reason::RootDiffers);
        }
    }

    /// Tokens, algorithms and certificate paths, each for the time until which it counted.
    fn stamps(&mut self, tokens: &[Vec<Result<Token<'_>, crate::der::DerError>>]) -> Vec<StampReport> {
        let extra: Vec<Certificate<'_>> = self
            .record
            .certificates
            .iter()
            .map(Vec::as_slice)
            .chain(self.options.trust.certificates.iter().copied())
            .chain(self.options.trust.anchors.iter().copied())
            .filter_map(|bytes| Certificate::read(bytes).ok())
            .collect();
        let all: Vec<(Place, &Result<Token<'_>, _>)> = tokens
            .iter()
            .enumerate()
            .flat_map(|(chain, tokens)| {
                tokens.iter().enumerate().map(move |(stamp, token)| (Place::stamp(chain, stamp), token))
            })
            .collect();
        let mut reports = Vec::new();
        for (at, (place, token)) in all.iter().enumerate() {
            let next = all.get(at + 1).and_then(|(_, token)| token.as_ref().ok());
            let counted = next.map_or(self.options.at, |token| token.time);
            let mut report = StampReport {
                place: *place,
                time: None,
                digest: None,
                service: None,
                signature: None,
                policy: None,
                counted,
                path: Judgement::NotJudged,
            };
            match token {
                Ok(token) => self.stamp(&mut report, token, &extra, at + 1 == all.len()),
                Err(error) => self.say(*place, Reason::TokenUnreadable(error.to_string())),
            }
            reports.push(report);
        }
        reports
    }

    fn stamp(&mut self, report: &mut StampReport, token: &Token<'_>, extra: &[Certificate<'_>], is_last: bool) {
        let (place, counted) = (report.place, report.counted);
        report.time = Some(token.time);
        report.digest = token.imprint_digest.clone().ok();
        report.policy = Some(token.policy.clone());
        for fault in token.faults(extra) {
            let (what, clause) = fault_text(&fault);
            self.say(place, Reason::TokenFault { what, clause });
        }
        let mut digests: Vec<Digest> = token.imprint_digest.clone().ok().into_iter().collect();
        if let Some(Ok(digest)) = token.signed_data.signers.first().map(|signer| signer.digest.clone()) {
            digests.push(digest);
        }
        let certificate = token.signer_certificate(extra);
        if let Some(certificate) = &certificate {
            report.service = Some(readable_name(certificate.subject));
            if let (Ok(scheme), Ok(key)) = (token.scheme(), certificate.public_key()) {
                report.signature = Some(format!("{}, {} bit", scheme.family().name(), key.bits()));
                digests.extend(scheme.digests());
                self.judge(place, catalogue::signature(scheme, &key, counted), counted);
            }
        }
        digests.sort_unstable();
        digests.dedup();
        for digest in digests {
            self.judge(place, catalogue::digest(digest, counted), counted);
        }
        let Some(certificate) = certificate else { return };
        if is_last && certificate.not_after < self.options.at {
            self.say(place, Reason::CertificateExpired(certificate.not_after));
        }
        if self.options.trust.anchors.is_empty() {
            return;
        }
        report.path = path::judge(&certificate, token, extra, &self.record.revocation, &self.options.trust, counted);
        match &report.path {
            Judgement::NotJudged => {}
            Judgement::Broken(why) => self.say(place, Reason::PathBroken(why.clone())),
            Judgement::Trusted { unknown, .. } => {
                for name in unknown.clone() {
                    self.say(place, Reason::RevocationUnknown(name));
                }
            }
        }
    }

    fn judge(&mut self, place: Place, opinion: Opinion, counted: Moment) {
        if !self.options.catalogue {
            return;
        }
        match opinion {
            Opinion::Suitable => {}
            Opinion::Unsuitable(what, until) => self.say(place, Reason::Unsuitable { what, until, counted }),
            Opinion::Unknown(what) => self.say(place, Reason::NotInCatalogue { what }),
        }
    }
}

/// The values that may stand for data: the first list, or without a tree, what was stamped.
fn first_list<'s>(stamp: &'s Stamp, token: &'s Token<'_>) -> &'s [Vec<u8>] {
    match stamp.tree.first() {
        Some(list) => list,
        None => std::slice::from_ref(&token.imprint),
    }
}

/// The value of an object in a later chain (RFC 4998, 5.2 step 4): data first, or sorted, as some write it.
fn rehashed(digest: Digest, hash: &[u8], earlier: &[u8]) -> [Vec<u8>; 2] {
    let (first, second) = if hash <= earlier { (hash, earlier) } else { (earlier, hash) };
    [digest.of(&[hash, earlier]), digest.of(&[first, second])]
}

/// What a fault of a token is called, and the clause that says so.
pub(crate) fn fault_text(fault: &Fault) -> (Text, &'static str) {
    match fault {
        Fault::Signers => (
            Text::new(
                "Der Zeitstempel muss genau eine Signatur tragen.",
                "The time stamp must have exactly one signature.",
            ),
            "RFC 3161, 2.4.2",
        ),
        Fault::ContentType => (
            Text::new("Der Inhalt ist kein Zeitstempel (TSTInfo).", "The content is no time stamp (TSTInfo)."),
            "RFC 3161, 2.4.2",
        ),
        Fault::Attribute(name) => (
            Text::owned(
                format!("Das signierte Attribut {name} fehlt oder ist falsch."),
                format!("The signed attribute {name} is missing or wrong."),
            ),
            "RFC 5652, 5.3; RFC 3161, 2.4.2",
        ),
        Fault::ContentDigest => (
            Text::new(
                "Der Inhalt des Zeitstempels ist verändert: Sein Hashwert ist nicht der signierte.",
                "The content of the time stamp was changed: its hash value is not the signed one.",
            ),
            "RFC 5652, 5.6",
        ),
        Fault::NoCertificate => (
            Text::new(
                "Das Zertifikat des Zeitstempeldienstes fehlt; die Signatur lässt sich nicht prüfen.",
                "The certificate of the time stamp service is missing; the signature cannot be verified.",
            ),
            "RFC 5652, 5.6",
        ),
        Fault::OtherCertificate => (
            Text::new(
                "Das signierte Attribut nennt ein anderes Zertifikat als das des Zeitstempeldienstes.",
                "The signed attribute names another certificate than that of the time stamp service.",
            ),
            "RFC 5035, 5.4",
        ),
        Fault::Signature => (
            Text::new("Die Signatur des Zeitstempels ist falsch.", "The signature of the time stamp is wrong."),
            "RFC 5652, 5.6",
        ),
        Fault::Unverifiable(why) => {
            let why: &Unverifiable = why;
            (
                Text::owned(
                    format!("Die Signatur des Zeitstempels lässt sich nicht prüfen: {why}."),
                    format!("The signature of the time stamp cannot be verified: {why}."),
                ),
                "RFC 5652, 5.6",
            )
        }
        Fault::Purpose => (
            Text::new(
                "Das Zertifikat ist nicht allein für Zeitstempel bestimmt.",
                "The certificate is not for time stamps alone.",
            ),
            "RFC 3161, 2.3",
        ),
        Fault::OutOfValidity => (
            Text::new(
                "Das Zertifikat des Zeitstempeldienstes war zur Zeit des Zeitstempels nicht gültig.",
                "The certificate of the time stamp service was not valid at the time of the time stamp.",
            ),
            "RFC 5280, 6.1.3",
        ),
    }
}

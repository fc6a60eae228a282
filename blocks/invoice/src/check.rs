//! Checking: from bytes to a verdict, as the official chain gives it.
//!
//! The steps are those of KoSIT's validator: well-formed, known profile, schema, rules. A document
//! that fails one of the first three is rejected without the next; rules that break off leave the
//! verdict undefined.
//!
//! Invariant: the verdict is `accept` exactly where no finding is an error and nothing broke off.

use std::collections::HashMap;

use serde::Serialize;
use vir_core::{Actor, Finding, Phrase, Severity, Text};

use crate::identify::{Identity, Kind, Profile, describe_other, identify};
use crate::rules::{Facts, Fired, Layer, Pack, Release, Runner, run};
use crate::xml::{Document, Element, Limits, XmlError, collapse, parse_with};

/// What a check comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The invoice may be processed.
    Accept,
    /// It must be repaired.
    Reject,
    /// The official rules break off on it; nobody can say.
    Undefined,
}

/// Why a document is not accepted: the first step that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It is no XML.
    NotWellFormed,
    /// It names no profile whose rules are known.
    NoProfile,
    /// It violates the schema.
    Schema,
    /// It violates rules.
    Rules,
    /// Rules broke off with a dynamic error.
    RuleError,
}

/// How to check.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// The release of the rules.
    pub release: Release,
    /// The profile to check by, instead of the one that the document names.
    pub profile: Option<Profile>,
    /// Run the rules even where no profile matches or the schema is violated. Without a profile the
    /// rules of EN 16931 are run.
    pub rules_anyway: bool,
    /// Severities that the receiver gives to rules, over those of the profile. They are recorded on
    /// the report.
    pub overrides: Vec<(String, Severity)>,
    /// Rules that the receiver does not want to be told of; recorded on the report, too.
    pub without: Vec<String>,
    /// What a document may cost.
    pub limits: Limits,
}

/// What there is to say about a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its kind, where it is an invoice.
    pub kind: Option<Kind>,
    /// The profile it was checked by.
    pub profile: Option<Profile>,
    /// The release of the rules.
    pub release: Release,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, where it is not accepted.
    pub reason: Option<Reason>,
    /// All findings, in the order of the document.
    pub findings: Vec<Finding>,
    /// The severities that were overridden for the receiver, as far as they changed a finding.
    pub overrides: Vec<(String, Severity)>,
    /// The rules left out for the receiver, as far as they would have given a finding.
    pub without: Vec<String>,
}

impl Report {
    /// How many findings there are of a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// Checks one document with default options.
///
/// ```
/// use vir_invoice::check::{Options, Reason, Verdict, check};
/// let report = check(b"<Invoice/>", &Options::default());
/// assert_eq!((report.verdict, report.reason), (Verdict::Reject, Some(Reason::NoProfile)));
/// assert!(report.findings[0].message.de.contains("ohne Namensraum"));
/// ```
#[must_use]
pub fn check(bytes: &[u8], options: &Options) -> Report {
    Checker::new().check(bytes, options)
}

/// Checks many documents: it keeps what the engine learns about paths. One per thread.
#[derive(Debug, Default)]
pub struct Checker {
    /// By the address of the pack: packs are made once and live for ever.
    runners: HashMap<usize, Runner>,
}

impl Checker {
    /// A checker that has seen nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Checks one document.
    #[must_use]
    pub fn check(&mut self, bytes: &[u8], options: &Options) -> Report {
        match parse_with(bytes, &options.limits) {
            Ok(doc) => self.check_document(&doc, options),
            Err(error) => unreadable(&error, options),
        }
    }

    /// Checks a document that has been read already.
    #[must_use]
    pub fn check_document(&mut self, doc: &Document<'_>, options: &Options) -> Report {
        let identity = identify(doc);
        let mut report = Report {
            kind: identity.kind,
            profile: options.profile.or(identity.profile),
            release: options.release,
            verdict: Verdict::Accept,
            reason: None,
            findings: Vec::new(),
            overrides: Vec::new(),
            without: Vec::new(),
        };
        if report.profile.is_none() || report.kind.is_none() {
            report.reason = Some(Reason::NoProfile);
            report.findings.push(no_profile(doc, &identity));
        }
        if let Some(kind) = report.kind
            && (report.reason.is_none() || options.rules_anyway)
        {
            let schema = crate::schema::validate(doc);
            if !schema.is_empty() {
                report.reason = report.reason.or(Some(Reason::Schema));
                report.findings.extend(schema);
            }
            if report.reason.is_none() || options.rules_anyway {
                self.run_rules(doc, kind, &mut report, options);
            }
        }
        report.verdict = match report.reason {
            None => Verdict::Accept,
            Some(Reason::RuleError) => Verdict::Undefined,
            Some(_) => Verdict::Reject,
        };
        report
    }

    fn run_rules(&mut self, doc: &Document<'_>, kind: Kind, report: &mut Report, options: &Options) {
        let profile = report.profile.unwrap_or(Profile::En16931);
        let pack = Pack::of(kind.syntax(), options.release, profile.layers());
        let facts = Facts::new(doc, options.release);
        let mut outcome = run(self.runners.entry(std::ptr::from_ref(pack).addr()).or_default(), pack, &facts);
        outcome.fired.sort_by_key(|fired| (fired.element, fired.rule.id));
        let mut errors = false;
        for fired in &outcome.fired {
            if options.without.iter().any(|rule| rule == fired.rule.id) {
                if !report.without.iter().any(|rule| rule == fired.rule.id) {
                    report.without.push(fired.rule.id.to_owned());
                }
                continue;
            }
            let official = profile.severity(kind, fired.rule.id).unwrap_or(fired.rule.severity);
            let own = options.overrides.iter().find(|(rule, _)| rule == fired.rule.id);
            if let Some(own) = own
                && own.1 != official
                && !report.overrides.contains(own)
            {
                report.overrides.push(own.clone());
            }
            let severity = own.map_or(official, |(_, severity)| *severity);
            errors |= severity == Severity::Error;
            report.findings.push(finding(doc, fired, severity));
        }
        for (layer, abort) in &outcome.aborted {
            let place = abort.element().map_or_else(|| doc.root(), |id| doc.element(id));
            report.findings.push(Finding {
                rule: "rule-error".into(),
                severity: Severity::Error,
                layer: layer.name(),
                place: place.place(),
                terms: (&[]).into(),
                value: shown_value(place),
                message: abort.message(),
                repair: Text::new(
                    "Den Wert berichtigen oder die überzählige Angabe entfernen und die Rechnung neu ausgeben.",
                    "Correct the value or remove the superfluous entry, and export the invoice again.",
                ),
                actor: Actor::Software,
            });
        }
        if report.reason.is_none() {
            report.reason = match (outcome.aborted.is_empty(), errors) {
                (false, _) => Some(Reason::RuleError),
                (true, true) => Some(Reason::Rules),
                (true, false) => None,
            };
        }
    }
}

fn finding(doc: &Document<'_>, fired: &Fired, severity: Severity) -> Finding {
    let element = doc.element(fired.element);
    Finding {
        rule: fired.rule.id.into(),
        severity,
        layer: fired.layer.name(),
        place: element.place(),
        terms: fired.rule.terms.into(),
        value: shown_value(element),
        message: fired.rule.message(),
        repair: fired.rule.repair(),
        actor: fired.rule.actor,
    }
}

/// The value of an element without children, cut to what fits into a report.
fn shown_value(element: Element<'_>) -> Option<String> {
    const LONGEST: usize = 200;
    if element.has_children() {
        return None;
    }
    let text = element.text();
    let text = collapse(&text);
    let shown: String = text.chars().take(LONGEST).collect();
    Some(if shown.len() < text.len() { shown + "…" } else { shown })
}

fn unreadable(error: &XmlError, options: &Options) -> Report {
    Report {
        kind: None,
        profile: options.profile,
        release: options.release,
        verdict: Verdict::Reject,
        reason: Some(Reason::NotWellFormed),
        findings: vec![Finding {
            rule: error.kind.id().into(),
            severity: Severity::Error,
            layer: "schema",
            place: vir_core::Place { path: String::new(), line: error.line, column: error.column },
            terms: (&[]).into(),
            value: None,
            message: error.kind.message(),
            repair: error.kind.repair(),
            actor: Actor::Software,
        }],
        overrides: Vec::new(),
        without: Vec::new(),
    }
}

fn no_profile(doc: &Document<'_>, identity: &Identity) -> Finding {
    let place = doc.element(identity.element);
    let (rule, message, repair, actor) = match (identity.kind, &identity.specification_identifier) {
        (None, _) => {
            let what = describe_other(doc);
            (
                "no-invoice",
                Text::owned(
                    format!("Das ist keine E-Rechnung, die hier gelesen wird, sondern {}.", what.de),
                    format!("This is no e-invoice that is read here but {}.", what.en),
                ),
                Phrase::new(
                    "Die Rechnung als XRechnung (UBL oder CII) oder als ZUGFeRD-PDF anfordern.",
                    "Ask for the invoice as XRechnung (UBL or CII) or as a ZUGFeRD PDF.",
                ),
                Actor::Issuer,
            )
        }
        (Some(_), None) => (
            "no-profile",
            Text::new(
                "Die Rechnung nennt kein Format: Die Spezifikationskennung (BT-24) fehlt.",
                "The invoice names no format: the specification identifier (BT-24) is missing.",
            ),
            Phrase::new(
                "In der Rechnungssoftware XRechnung 3.0 einstellen und die Rechnung neu ausgeben.",
                "Choose XRechnung 3.0 in the invoicing software and export the invoice again.",
            ),
            Actor::Software,
        ),
        (Some(kind), Some(identifier)) => {
            let message = match (&identity.lesser, identity.profile) {
                (Some(lesser), _) => Text::owned(
                    format!("Das Format ist {}. {}", lesser.title, lesser.lacks.de),
                    format!("The format is {}. {}", lesser.title, lesser.lacks.en),
                ),
                _ => {
                    let shown: String = collapse(identifier).chars().take(160).collect();
                    let near = Profile::ALL.iter().find(|profile| {
                        profile.allows(kind) && collapse(identifier).eq_ignore_ascii_case(profile.identifier())
                    });
                    match near {
                        Some(near) => Text::owned(
                            format!(
                                "Die Spezifikationskennung (BT-24) „{shown}“ weicht in Leerzeichen oder Schreibweise von der für {} ab und gilt deshalb nicht.",
                                near.title()
                            ),
                            format!(
                                "The specification identifier (BT-24) \"{shown}\" differs in blanks or case from that of {} and is therefore not valid.",
                                near.title()
                            ),
                        ),
                        None => Text::owned(
                            format!(
                                "Die Spezifikationskennung (BT-24) „{shown}“ gehört zu keinem Format, das hier geprüft wird."
                            ),
                            format!(
                                "The specification identifier (BT-24) \"{shown}\" belongs to no format that is checked here."
                            ),
                        ),
                    }
                }
            };
            (
                "no-profile",
                message,
                Phrase::new(
                    "XRechnung 3.0, Peppol BIS Billing 3 oder ZUGFeRD im Profil EN 16931 oder XRECHNUNG anfordern.",
                    "Ask for XRechnung 3.0, Peppol BIS Billing 3, or ZUGFeRD in the profile EN 16931 or XRECHNUNG.",
                ),
                Actor::Software,
            )
        }
    };
    Finding {
        rule: rule.into(),
        severity: Severity::Error,
        layer: "schema",
        place: place.place(),
        terms: (&["BT-24"]).into(),
        value: identity.specification_identifier.clone(),
        message,
        repair: repair.into(),
        actor,
    }
}

impl Layer {
    /// The layer of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layer| layer.name() == name)
    }
}

//! The report that KoSIT's validator gives, in its XML (*VARL*): whoever reads that report reads
//! this one.
//!
//! Source: report of the configuration for XRechnung (2026-01-31), namespace
//! `http://www.xoev.de/de/validator/varl/1`. As there, `level` is the official severity of a rule,
//! and the recommendation follows from the severity that the scenario gives it (`customLevel`); and
//! `valid` is false already where there is a warning.
//!
//! Invariant: whatever is in the document, the report is well-formed XML; the recommendation is
//! `accept` exactly where our verdict is.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use vir_core::{Finding, Severity};
use vir_invoice::check::{Reason, Report, Verdict};
use vir_invoice::identify::{Kind, Profile};
use vir_invoice::model::Invoice;
use vir_invoice::rules::Layer;

/// What we call ourselves in reports.
pub const ENGINE: &str = concat!("vir ", env!("CARGO_PKG_VERSION"));

/// What a report is about.
#[derive(Debug, Clone, Copy)]
pub struct Checked<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// What the caller calls it.
    pub reference: &'a str,
    /// When it was checked.
    pub at: Timestamp,
    /// What the check said.
    pub report: &'a Report,
    /// What the document says, where it could be read.
    pub invoice: Option<&'a Invoice>,
}

/// The status with which the validator's daemon answers: accept, reject, or broken off; and a document
/// that is no XML breaks it off.
#[must_use]
pub fn status(report: &Report) -> u16 {
    match report.verdict {
        Verdict::Accept => 200,
        Verdict::Reject if report.reason == Some(Reason::NotWellFormed) => 422,
        Verdict::Reject => 406,
        Verdict::Undefined => 422,
    }
}

/// The report as XML.
#[must_use]
pub fn xml(checked: &Checked<'_>) -> String {
    let steps = steps(checked.report);
    let scenario = scenario(checked.report);
    let valid = scenario.is_some() && steps.iter().all(Step::is_valid);
    let mut out = String::with_capacity(8 * 1024);
    out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<rep:report xmlns:rep=\"http://www.xoev.de/de/validator/varl/1\" \
         xmlns:s=\"http://www.xoev.de/de/validator/framework/1/scenarios\" \
         xmlns:html=\"http://www.w3.org/1999/xhtml\" varlVersion=\"1.0.0\" valid=\"{valid}\">"
    );
    element(&mut out, 1, "rep:engine", |out| leaf(out, 2, "rep:name", ENGINE));
    leaf(&mut out, 1, "rep:timestamp", &checked.at.to_string());
    element(&mut out, 1, "rep:documentIdentification", |out| {
        element(out, 2, "rep:documentHash", |out| {
            leaf(out, 3, "rep:hashAlgorithm", "SHA-256");
            leaf(out, 3, "rep:hashValue", &STANDARD.encode(Sha256::digest(checked.bytes)));
        });
        leaf(out, 2, "rep:documentReference", checked.reference);
    });
    match &scenario {
        Some(name) => element(&mut out, 1, "rep:scenarioMatched", |out| {
            element(out, 2, "s:scenario", |out| {
                leaf(out, 3, "s:name", name);
                for (rule, severity) in custom_levels(checked.report) {
                    let _ = writeln!(out, "      <s:customLevel level=\"{}\">{rule}</s:customLevel>", level(severity));
                }
            });
            document_data(out, checked.invoice);
            steps.iter().for_each(|step| step.write(out));
        }),
        None => element(&mut out, 1, "rep:noScenarioMatched", |out| {
            steps.iter().filter(|step| step.id == "val-xml").for_each(|step| step.write(out));
        }),
    }
    let recommendation = if checked.report.verdict == Verdict::Accept { "rep:accept" } else { "rep:reject" };
    element(&mut out, 1, "rep:assessment", |out| {
        element(out, 2, recommendation, |out| {
            element(out, 3, "rep:explanation", |out| explanation(out, checked, scenario.as_deref(), &steps));
        });
    });
    out.push_str("</rep:report>\n");
    out
}

/// What the validator calls a scenario.
fn scenario(report: &Report) -> Option<String> {
    if matches!(report.reason, Some(Reason::NotWellFormed | Reason::NoProfile)) {
        return None;
    }
    Some(scenario_name(report.profile?, report.kind?))
}

/// The name of the scenario for documents of a kind and profile.
#[must_use]
pub fn scenario_name(profile: Profile, kind: Kind) -> String {
    let kind = match kind {
        Kind::UblInvoice => "UBL Invoice",
        Kind::UblCreditNote => "UBL CreditNote",
        Kind::Cii => "CII",
    };
    match profile {
        Profile::En16931 => format!("EN16931 ({kind})"),
        Profile::XRechnung => format!("EN16931 XRechnung ({kind})"),
        Profile::XRechnungExtension => format!("EN16931 XRechnung Extension ({kind})"),
        Profile::XRechnungCvd => format!("EN16931 XRechnung CVD ({kind})"),
        Profile::PeppolBis => format!("Peppol BIS Billing 3.0 ({kind})"),
    }
}

/// A step of the validation with its messages.
struct Step<'a> {
    id: String,
    resource: &'static str,
    messages: Vec<(&'a Finding, Severity)>,
}

impl Step<'_> {
    fn is_valid(&self) -> bool {
        self.messages.iter().all(|(_, level)| *level == Severity::Information)
    }

    fn count(&self, severity: Severity) -> usize {
        self.messages.iter().filter(|(_, level)| *level == severity).count()
    }

    fn write(&self, out: &mut String) {
        let _ = writeln!(out, "    <rep:validationStepResult id=\"{}\" valid=\"{}\">", self.id, self.is_valid());
        if !self.resource.is_empty() {
            element(out, 3, "s:resource", |out| leaf(out, 4, "s:name", self.resource));
        }
        for (at, (finding, severity)) in self.messages.iter().enumerate() {
            let _ = write!(
                out,
                "      <rep:message id=\"{}.{}\" level=\"{}\" code=\"{}\"",
                self.id,
                at + 1,
                level(*severity),
                escaped(&finding.rule)
            );
            if !finding.place.path.is_empty() {
                let _ = write!(out, " xpathLocation=\"{}\"", escaped(&finding.place.path));
            }
            if finding.place.line > 0 {
                let _ = write!(out, " lineNumber=\"{}\" columnNumber=\"{}\"", finding.place.line, finding.place.column);
            }
            let _ = writeln!(out, ">{}</rep:message>", escaped(&message(finding)));
        }
        out.push_str("    </rep:validationStepResult>\n");
    }
}

/// As the official messages, these begin with the rule; what to do about it follows.
fn message(finding: &Finding) -> String {
    format!("[{}] {} {}", finding.rule, finding.message.de, finding.repair.de)
}

/// The steps that were taken, in the order of the official report: schema, rules, well-formedness.
fn steps(report: &Report) -> Vec<Step<'_>> {
    let of = |wanted: &dyn Fn(&Finding) -> bool| {
        report.findings.iter().filter(|finding| wanted(finding)).map(|finding| (finding, official(finding))).collect()
    };
    let is_rule = |finding: &Finding| Layer::find(finding.layer).is_some();
    let xml = Step {
        id: "val-xml".to_owned(),
        resource: "",
        messages: if report.reason == Some(Reason::NotWellFormed) { of(&|_| true) } else { Vec::new() },
    };
    let mut steps = Vec::new();
    if let (Some(kind), Some(profile)) = (report.kind, report.profile)
        && !matches!(report.reason, Some(Reason::NotWellFormed | Reason::NoProfile))
    {
        let resource = match kind {
            Kind::UblInvoice => "XML Schema for UBL 2.1 Invoice",
            Kind::UblCreditNote => "XML Schema for UBL 2.1 CreditNote",
            Kind::Cii => "XML Schema for CII D16B",
        };
        steps.push(Step { id: "val-xsd".to_owned(), resource, messages: of(&|finding| !is_rule(finding)) });
        if report.reason != Some(Reason::Schema) {
            for (at, layer) in profile.layers().iter().enumerate() {
                let resource = match layer {
                    Layer::En16931 => "Schematron rules for EN16931",
                    Layer::XRechnung => "Schematron rules for XRechnung",
                    Layer::Peppol => "Schematron rules for Peppol BIS Billing",
                };
                let messages = of(&|finding| finding.layer == layer.name());
                steps.push(Step { id: format!("val-sch.{}", at + 1), resource, messages });
            }
        }
    }
    steps.push(xml);
    steps
}

/// The severity that the rule itself has, before the scenario or the receiver changes it.
fn official(finding: &Finding) -> Severity {
    let rules = Layer::find(finding.layer).into_iter().flat_map(Layer::rules);
    rules.into_iter().find(|rule| rule.id == finding.rule).map_or(finding.severity, |rule| rule.severity)
}

/// Rules with another severity than the official one, as far as they occur.
fn custom_levels(report: &Report) -> Vec<(&str, Severity)> {
    let mut levels: Vec<(&str, Severity)> = report
        .findings
        .iter()
        .filter(|finding| official(finding) != finding.severity)
        .map(|finding| (finding.rule.as_ref(), finding.severity))
        .collect();
    levels.sort_unstable();
    levels.dedup();
    levels
}

fn document_data(out: &mut String, invoice: Option<&Invoice>) {
    element(out, 2, "rep:documentData", |out| {
        let Some(invoice) = invoice else { return };
        if let Some(seller) = invoice.seller().and_then(|seller| seller.name()) {
            leaf(out, 3, "seller", seller);
        }
        if let Some(number) = invoice.number() {
            leaf(out, 3, "id", number);
        }
        if let Some(date) = invoice.issue_date() {
            leaf(out, 3, "issueDate", &date.to_string());
        }
    });
}

/// The report for people, as XHTML in it.
fn explanation(out: &mut String, checked: &Checked<'_>, scenario: Option<&str>, steps: &[Step<'_>]) {
    let mut html = String::new();
    html.push_str("<html xmlns=\"http://www.w3.org/1999/xhtml\" data-report-type=\"report\" lang=\"de\"><head>");
    html.push_str("<title>Prüfbericht</title><meta charset=\"utf-8\"/></head><body><h1>Prüfbericht</h1><dl>");
    let mut entry = |name: &str, value: &str| {
        let _ = write!(html, "<dt>{name}</dt><dd>{}</dd>", escaped(value));
    };
    entry("Dokument", checked.reference);
    entry("Geprüft am", &checked.at.to_string());
    entry("Erkannter Dokumenttyp", scenario.unwrap_or("unbekannt"));
    entry("Stand der Regeln", checked.report.release.name());
    html.push_str("</dl>");
    let count = |severity| steps.iter().map(|step| step.count(severity)).sum::<usize>();
    let _ = write!(
        html,
        "<p>{} Fehler, {} Warnungen, {} Hinweise.</p>",
        count(Severity::Error),
        count(Severity::Warning),
        count(Severity::Information)
    );
    let messages: Vec<_> = steps.iter().flat_map(|step| &step.messages).collect();
    if !messages.is_empty() {
        html.push_str(
            "<table><thead><tr><th>Regel</th><th>Grad</th><th>Meldung</th><th>Stelle</th></tr></thead><tbody>",
        );
        for (finding, _) in messages {
            let place = match finding.place.line {
                0 => finding.place.path.clone(),
                line => format!("Zeile {line}, {}", finding.place.path),
            };
            let _ = write!(
                html,
                "<tr class=\"{}\"><td>{}</td><td>{}</td><td>{} {}</td><td>{}</td></tr>",
                level(finding.severity),
                escaped(&finding.rule),
                level(finding.severity),
                escaped(&finding.message.de),
                escaped(&finding.repair.de),
                escaped(&place)
            );
        }
        html.push_str("</tbody></table>");
    }
    html.push_str(match (checked.report.verdict, scenario) {
        (Verdict::Accept, _) => "<p>Bewertung: Es wird empfohlen, das Dokument anzunehmen und weiterzuverarbeiten.</p>",
        (_, None) => "<p>Bewertung: Es wird empfohlen, das Dokument zurückzuweisen, weil kein Prüfszenario passt.</p>",
        (Verdict::Reject, _) => "<p>Bewertung: Es wird empfohlen, das Dokument zurückzuweisen.</p>",
        (Verdict::Undefined, _) => "<p>Bewertung: Die amtlichen Regeln brechen bei diesem Dokument ab.</p>",
    });
    html.push_str("</body></html>\n");
    out.push_str(&html);
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Information => "information",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

fn element(out: &mut String, depth: usize, name: &str, content: impl FnOnce(&mut String)) {
    let indent = "  ".repeat(depth);
    let _ = writeln!(out, "{indent}<{name}>");
    content(out);
    let _ = writeln!(out, "{indent}</{name}>");
}

fn leaf(out: &mut String, depth: usize, name: &str, text: &str) {
    let _ = writeln!(out, "{}<{name}>{}</{name}>", "  ".repeat(depth), escaped(text));
}

/// Text for XML, in content and attributes. What XML cannot say becomes a replacement character.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use vir_invoice::check::{Options, check};
    use vir_invoice::{bindings, xml};

    use super::*;

    fn report_on(bytes: &[u8]) -> String {
        let report = check(bytes, &Options::default());
        let invoice = xml::parse(bytes).ok().map(|doc| bindings::read(&doc));
        let at = "2026-11-22T08:00:00Z".parse().unwrap();
        let text =
            super::xml(&Checked { bytes, reference: "a<b>.xml", at, report: &report, invoice: invoice.as_ref() });
        xml::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
        text
    }

    #[test]
    fn the_recommendation_is_our_verdict_and_the_report_is_well_formed() {
        let good = report_on(include_bytes!("../../../invoice/samples/xrechnung-ubl.xml"));
        assert!(good.contains("<rep:accept>") && good.contains("EN16931 XRechnung (UBL Invoice)"), "{good}");
        assert!(good.contains("id=\"val-sch.2\" valid=\"true\""), "{good}");
        let bad = report_on(include_bytes!("../../../invoice/samples/faulty-ubl.xml"));
        assert!(bad.contains("<rep:reject>") && bad.contains("level=\"error\" code=\"BR-"), "{bad}");
        for hostile in [&b"<a>\x01</a>"[..], b"", b"<html/>", b"<![CDATA[</rep:report>"] {
            let none = report_on(hostile);
            assert!(none.contains("<rep:noScenarioMatched>") && none.contains("<rep:reject>"), "{none}");
        }
        let script = include_str!("../../../invoice/samples/faulty-ubl.xml")
            .replace("<cbc:ID>", "<cbc:ID>&lt;script>alert(1)&lt;/script>");
        assert!(!report_on(script.as_bytes()).contains("<script"));
    }
}

//! One JSON object on one line per document, for programs.

use serde::Serialize;
use vir_core::{Finding, Severity};

use super::words::{actor_name, severity_name};
use super::{Checked, reason_name, verdict_name};
use crate::language::language;

#[derive(Serialize)]
struct Document<'a> {
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    embedded: Option<&'a str>,
    document: Option<&'static str>,
    profile: Option<&'static str>,
    rules: &'static str,
    verdict: &'static str,
    reason: Option<&'static str>,
    findings: Vec<Row<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    overrides: Vec<Override<'a>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    without: &'a [String],
}

#[derive(Serialize)]
struct Row<'a> {
    rule: &'a str,
    severity: &'static str,
    layer: &'a str,
    location: &'a str,
    line: Option<u32>,
    column: Option<u32>,
    terms: &'a [&'static str],
    value: Option<&'a str>,
    message: &'a str,
    repair: &'a str,
    actor: &'static str,
}

#[derive(Serialize)]
struct Override<'a> {
    rule: &'a str,
    severity: &'static str,
}

/// The line of a document.
pub fn render(checked: &Checked) -> String {
    let report = &checked.report;
    let document = Document {
        file: &checked.file,
        embedded: checked.embedded.as_deref(),
        document: report.kind.map(vir_invoice::identify::Kind::name),
        profile: report.profile.map(vir_invoice::identify::Profile::name),
        rules: report.release.name(),
        verdict: verdict_name(report),
        reason: reason_name(report),
        findings: report.findings.iter().map(row).collect(),
        overrides: report.overrides.iter().map(own).collect(),
        without: &report.without,
    };
    let mut line = serde_json::to_string(&document).expect("strings and numbers always make JSON");
    line.push('\n');
    line
}

fn row(finding: &Finding) -> Row<'_> {
    let lang = language();
    Row {
        rule: &finding.rule,
        severity: severity_name(finding.severity),
        layer: finding.layer,
        location: &finding.place.path,
        line: (finding.place.line > 0).then_some(finding.place.line),
        column: (finding.place.column > 0).then_some(finding.place.column),
        terms: &finding.terms,
        value: finding.value.as_deref(),
        message: finding.message.get(lang),
        repair: finding.repair.get(lang),
        actor: actor_name(finding.actor),
    }
}

fn own((rule, severity): &(String, Severity)) -> Override<'_> {
    Override { rule, severity: severity_name(*severity) }
}

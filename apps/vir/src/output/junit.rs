//! JUnit's XML, which build servers show: one suite with one test per document.

use vir_core::Severity;
use vir_invoice::check::Verdict;

use super::words::severity_name;
use super::xml::{attribute, escape};
use super::{Checked, reason_name};
use crate::language::language;

/// What stands before the first document.
pub const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"vir invoice check\">\n";
/// What stands after the last document.
pub const TAIL: &str = "</testsuites>\n";

/// The suite of a document.
pub fn render(checked: &Checked) -> String {
    let report = &checked.report;
    let (failures, errors) = match report.verdict {
        Verdict::Accept => ("0", "0"),
        Verdict::Reject => ("1", "0"),
        Verdict::Undefined => ("0", "1"),
    };
    let mut out = String::from("  <testsuite");
    attribute(&mut out, "name", &checked.file);
    attribute(&mut out, "tests", "1");
    attribute(&mut out, "failures", failures);
    attribute(&mut out, "errors", errors);
    out.push_str(">\n    <testcase");
    attribute(&mut out, "classname", "vir.invoice.check");
    attribute(&mut out, "name", &checked.file);
    out.push_str(">\n");
    let tag = match report.verdict {
        Verdict::Accept => None,
        Verdict::Reject => Some("failure"),
        Verdict::Undefined => Some("error"),
    };
    if let Some(tag) = tag {
        let first = report.findings.iter().find(|finding| finding.severity == Severity::Error);
        out.push_str("      <");
        out.push_str(tag);
        attribute(&mut out, "type", reason_name(report).unwrap_or("rules"));
        attribute(&mut out, "message", first.map_or("", |finding| finding.message.get(language())));
        out.push('>');
        lines(&mut out, checked, |severity| severity == Severity::Error);
        out.push_str("</");
        out.push_str(tag);
        out.push_str(">\n");
    }
    if report.findings.iter().any(|finding| finding.severity != Severity::Error) {
        out.push_str("      <system-out>");
        lines(&mut out, checked, |severity| severity != Severity::Error);
        out.push_str("</system-out>\n");
    }
    out.push_str("    </testcase>\n  </testsuite>\n");
    out
}

fn lines(out: &mut String, checked: &Checked, wanted: impl Fn(Severity) -> bool) {
    let lang = language();
    for finding in checked.report.findings.iter().filter(|finding| wanted(finding.severity)) {
        let place = &finding.place;
        let line = format!(
            "{}:{}:{}: {} [{}] {} ({})",
            checked.file,
            place.line,
            place.column,
            severity_name(finding.severity),
            finding.rule,
            finding.message.get(lang),
            place.path,
        );
        out.push('\n');
        escape(out, &line);
    }
    out.push('\n');
}

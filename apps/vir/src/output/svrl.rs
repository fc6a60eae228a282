//! Schematron Validation Report Language (ISO/IEC 19757-3), for tools of that world.
//!
//! The layers become patterns. What fails is a `failed-assert` with the rule's id and place, and
//! the flag by which KoSIT and Peppol say severities.

use std::collections::BTreeSet;

use vir_core::{Finding, Severity};
use vir_invoice::names::Ns;

use super::xml::{attribute, element, escape};
use super::{Checked, verdict_name};
use crate::language::language;

/// The report on a document, a whole XML document of its own.
pub fn render(checked: &Checked) -> String {
    let report = &checked.report;
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svrl:schematron-output");
    attribute(&mut out, "xmlns:svrl", "http://purl.oclc.org/dsdl/svrl");
    attribute(&mut out, "title", report.profile.map_or("EN 16931", vir_invoice::identify::Profile::title));
    attribute(&mut out, "phase", verdict_name(report));
    attribute(&mut out, "schemaVersion", report.release.name());
    out.push_str(">\n");
    for prefix in prefixes(&report.findings) {
        out.push_str("  <svrl:ns-prefix-in-attribute-values");
        attribute(&mut out, "prefix", prefix.prefix());
        attribute(&mut out, "uri", prefix.uri());
        out.push_str("/>\n");
    }
    for layer in layers(checked) {
        pattern(&mut out, checked, layer);
    }
    out.push_str("</svrl:schematron-output>\n");
    out
}

/// The layers that were tested or that have findings.
fn layers(checked: &Checked) -> Vec<&'static str> {
    let mut layers = vec!["schema"];
    let tested = checked.report.profile.map_or(&[][..], vir_invoice::identify::Profile::layers);
    let found = checked.report.findings.iter().map(|finding| finding.layer);
    for layer in tested.iter().map(|layer| layer.name()).chain(found) {
        if !layers.contains(&layer) {
            layers.push(layer);
        }
    }
    layers
}

fn pattern(out: &mut String, checked: &Checked, layer: &str) {
    out.push_str("  <svrl:active-pattern");
    attribute(out, "id", layer);
    attribute(out, "document", &checked.file);
    out.push_str("/>\n");
    let mut fired = false;
    for finding in checked.report.findings.iter().filter(|finding| finding.layer == layer) {
        fired = true;
        rule(out, &finding.place.path);
        assertion(out, finding);
    }
    if !fired {
        // The language wants at least one fired rule in every pattern.
        rule(out, "/*");
    }
}

fn rule(out: &mut String, context: &str) {
    out.push_str("  <svrl:fired-rule");
    attribute(out, "context", if context.is_empty() { "/" } else { context });
    out.push_str("/>\n");
}

fn assertion(out: &mut String, finding: &Finding) {
    let lang = language();
    let flag = match finding.severity {
        Severity::Error => "fatal",
        Severity::Warning => "warning",
        Severity::Information => "information",
    };
    out.push_str("  <svrl:failed-assert");
    attribute(out, "id", &finding.rule);
    attribute(out, "flag", flag);
    attribute(out, "role", flag);
    attribute(out, "location", if finding.place.path.is_empty() { "/" } else { &finding.place.path });
    attribute(out, "test", &finding.rule);
    attribute(out, "xml:lang", lang.tag());
    out.push_str(">\n    <svrl:text>");
    escape(out, finding.message.get(lang));
    out.push_str("</svrl:text>\n    <svrl:diagnostic-reference diagnostic=\"repair\">\n");
    element(out, "      ", "svrl:text", finding.repair.get(lang));
    out.push_str("    </svrl:diagnostic-reference>\n");
    if let Some(value) = &finding.value {
        out.push_str("    <svrl:diagnostic-reference diagnostic=\"value\">\n");
        element(out, "      ", "svrl:text", value);
        out.push_str("    </svrl:diagnostic-reference>\n");
    }
    out.push_str("  </svrl:failed-assert>\n");
}

/// The namespaces of all prefixes in the places.
fn prefixes(findings: &[Finding]) -> BTreeSet<Ns> {
    let steps = findings.iter().flat_map(|finding| finding.place.path.split('/'));
    steps.filter_map(|step| Ns::from_prefix(step.trim_start_matches('@').split_once(':')?.0)).collect()
}

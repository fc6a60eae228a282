//! Every rule of the official rule sets is here, or is left out with a reason.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use vir_invoice::rules::{Layer, Syntax};

use crate::cases::bindings;
use crate::corpus;

/// The ids that `docs/rules-left-out.md` gives a reason for.
fn left_out() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules-left-out.md");
    let text = fs::read_to_string(path).unwrap_or_default();
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_official_rule_is_here_or_left_out_with_a_reason() {
    let Some(text) = corpus::file("einvoice/corpus-dev.tar.gz", "rule-ids.json") else { return };
    let records: Value = serde_json::from_str(&text).unwrap();
    let left_out = left_out();
    let mut missing = BTreeSet::new();
    for record in records.as_array().unwrap() {
        let (set, id) = (record["ruleset"].as_str().unwrap(), record["id"].as_str().unwrap());
        let layer = match set.split('-').next().unwrap() {
            "en16931" => Layer::En16931,
            "xrechnung" => Layer::XRechnung,
            "peppol" => Layer::Peppol,
            other => panic!("no such rule set: {other}"),
        };
        let syntax = if set.contains("-ubl-") { Syntax::Ubl } else { Syntax::Cii };
        let here = layer.rules().any(|rule| rule.id == id && !bindings(rule, syntax).is_empty());
        if !here && !left_out.contains(id) {
            missing.insert(format!("{set} {id}"));
        }
    }
    assert!(missing.is_empty(), "{} official rules are missing: {missing:#?}", missing.len());
}

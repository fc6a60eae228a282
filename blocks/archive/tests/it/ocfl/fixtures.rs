//! The fixtures of the OCFL community: every verdict, and every code that the name of a fixture promises.

use std::collections::BTreeMap;

use vir_archive::ocfl::{self, Report};

use super::memory::Memory;
use crate::corpora;

/// The codes of a report.
pub fn codes(report: &Report) -> Vec<&'static str> {
    let mut codes: Vec<_> = report.findings.iter().map(|finding| finding.code.name()).collect();
    codes.dedup();
    codes
}

/// The codes that a fixture's name promises: `E003_E063_empty`.
fn promised(name: &str) -> Vec<&str> {
    name.split('_').take_while(|part| part.len() == 4 && part[1..].bytes().all(|byte| byte.is_ascii_digit())).collect()
}

#[test]
fn every_fixture_has_its_verdict_and_its_codes() {
    let Some(files) = corpora::files("ocfl-fixtures.tar.gz") else { return };
    // FOLDER/SPEC/{good,bad,warn}-objects/NAME/…
    let mut objects: BTreeMap<(String, String), Memory> = BTreeMap::new();
    for (path, bytes) in files {
        let parts: Vec<&str> = path.split('/').skip_while(|part| !part.ends_with("-objects")).collect();
        let [kind, name, rest @ ..] = parts.as_slice() else { continue };
        let spec = path.split("-objects").next().unwrap();
        let memory = objects.entry((format!("{kind} {spec}"), (*name).to_owned())).or_default();
        memory.files.insert(rest.join("/"), bytes);
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for ((kind, name), memory) in &objects {
        let report = ocfl::object(memory, "").unwrap();
        let codes = codes(&report);
        let kind = kind.split('-').next().unwrap();
        *counts
            .entry(if kind == "bad" {
                "bad"
            } else if kind == "good" {
                "good"
            } else {
                "warn"
            })
            .or_default() += 1;
        let right = match kind {
            "good" => codes.is_empty(),
            "warn" => report.is_valid() && !codes.is_empty(),
            _ => !report.is_valid(),
        };
        if !right || !promised(name).iter().all(|code| codes.contains(code)) {
            wrong.push(format!("{kind} {name}: {codes:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("ocfl-fixtures: {counts:?}, all verdicts and all promised codes");
    assert_eq!(counts, BTreeMap::from([("good", 22), ("bad", 107), ("warn", 27)]));
}

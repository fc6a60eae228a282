//! The case files: per rule a document on which it fires, made from a sample by a few changes.
//!
//! A line is `RULE SYNTAX SAMPLE: operation; operation…`. `SYNTAX` is `ubl` or `cii`, with `@2026-01` behind
//! it for an older release than the newest in which the rule stands. `!RULE` says that the rule
//! does *not* fire on the changed document. `rule-error` stands for the official rules breaking off.
//! The sample itself is the silent case.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use vir_invoice::rules::{Facts, Layer, Outcome, Pack, Release, Runner, Syntax, Test, run};
use vir_invoice::xml::parse;

use crate::edit::Node;

/// The three layers.
pub const LAYERS: [Layer; 3] = [Layer::En16931, Layer::XRechnung, Layer::Peppol];

/// Rules without a firing case in a syntax, and why.
const WITHOUT_CASE: &[(&str, &str)] =
    &[("BR-CO-27", "the official rules have a context before it that takes all its elements")];

struct Case {
    place: String,
    rule: String,
    fires: bool,
    syntax: Syntax,
    release: Option<Release>,
    sample: String,
    operations: String,
}

/// The text of a sample.
pub fn sample(stem: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(format!("{stem}.xml"));
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Runs a layer over a document.
pub fn outcome(bytes: &[u8], syntax: Syntax, release: Release, layer: Layer) -> (Outcome, Vec<String>) {
    let doc = parse(bytes).expect("test documents are well-formed");
    let facts = Facts::new(&doc, release);
    let outcome = run(&mut Runner::default(), Pack::of(syntax, release, &[layer]), &facts);
    let contexts = outcome.fired.iter().map(|fired| doc.element(fired.context).path()).collect();
    (outcome, contexts)
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|ext| ext == "cases")) {
        let text = fs::read_to_string(file).unwrap();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let place = format!("{}:{}", file.file_name().unwrap().to_string_lossy(), number + 1);
            cases.push(read(line, place.clone()).unwrap_or_else(|error| panic!("{place}: {error}")));
        }
    }
    cases
}

fn read(line: &str, place: String) -> Result<Case, String> {
    let (head, operations) = line.split_once(": ").ok_or("a case needs `: ` before its operations")?;
    let mut head = head.split_whitespace();
    let mut next = || head.next().ok_or("a case starts with RULE SYNTAX SAMPLE");
    let (rule, syntax, sample) = (next()?, next()?, next()?);
    let (syntax, release) = match syntax.split_once('@') {
        Some((syntax, release)) => (syntax, Some(Release::find(release).ok_or("no such release")?)),
        None => (syntax, None),
    };
    Ok(Case {
        place,
        rule: rule.trim_start_matches('!').to_owned(),
        fires: !rule.starts_with('!'),
        syntax: match syntax {
            "ubl" => Syntax::Ubl,
            "cii" => Syntax::Cii,
            other => return Err(format!("no such syntax: {other}")),
        },
        release,
        sample: sample.to_owned(),
        operations: operations.to_owned(),
    })
}

/// Parts at `;` where an operation follows, so that values may contain one.
fn operations(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for part in text.split(';') {
        let starts = ["set ", "del ", "add ", "dup "].iter().any(|verb| part.trim_start().starts_with(verb));
        match out.last_mut() {
            Some(last) if !starts => {
                last.push(';');
                last.push_str(part);
            }
            _ => out.push(part.to_owned()),
        }
    }
    out
}

fn problem(case: &Case) -> Option<String> {
    let mut node = Node::read(&sample(&case.sample));
    let base = node.write();
    for operation in operations(&case.operations) {
        if let Err(error) = node.apply(&operation) {
            return Some(error);
        }
    }
    let changed = node.write();
    if case.rule == "rule-error" {
        let release = case.release.unwrap_or_default();
        let breaks = |text: &str| {
            LAYERS.iter().any(|layer| !outcome(text.as_bytes(), case.syntax, release, *layer).0.aborted.is_empty())
        };
        return match (breaks(&base), breaks(&changed) == case.fires) {
            (true, _) => Some("the rules break off on the sample itself".to_owned()),
            (_, false) => Some("the rules break off, or do not, contrary to the case".to_owned()),
            _ => None,
        };
    }
    let mut known = false;
    for layer in LAYERS {
        let standing = |release: Release| {
            layer.rules().any(|rule| {
                rule.id == case.rule && rule.releases.contain(release) && !bindings(rule, case.syntax).is_empty()
            })
        };
        let Some(release) = case.release.or_else(|| Release::ALL.into_iter().rev().find(|own| standing(*own))) else {
            continue;
        };
        if !standing(release) {
            continue;
        }
        known = true;
        let fires = |text: &str| {
            let (outcome, _) = outcome(text.as_bytes(), case.syntax, release, layer);
            match outcome.aborted.first() {
                Some((_, abort)) => Err(format!("layer {} breaks off: {abort:?}", layer.name())),
                None => Ok(outcome.fired.iter().any(|fired| fired.rule.id == case.rule)),
            }
        };
        match (fires(&base), fires(&changed)) {
            (Err(error), _) => return Some(format!("on the sample itself, {error}")),
            (_, Err(error)) => return Some(error),
            (Ok(true), _) => return Some(format!("layer {} fires on the sample itself", layer.name())),
            (_, Ok(fires)) if fires != case.fires => {
                return Some(format!("layer {} {}", layer.name(), if fires { "fires" } else { "is silent" }));
            }
            _ => {}
        }
    }
    (!known).then(|| "no layer has this rule in this syntax and release".to_owned())
}

/// A rule's bindings in a syntax.
pub fn bindings(rule: &vir_invoice::rules::Rule, syntax: Syntax) -> &'static [vir_invoice::rules::Binding] {
    match syntax {
        Syntax::Ubl => rule.ubl,
        Syntax::Cii => rule.cii,
    }
}

#[test]
fn every_case_does_as_it_says() {
    let problems: Vec<String> = cases()
        .iter()
        .filter_map(|case| problem(case).map(|problem| format!("{} {}: {problem}", case.place, case.rule)))
        .collect();
    assert!(problems.is_empty(), "{} cases fail:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn every_rule_has_a_case() {
    let firing: BTreeSet<(String, Syntax)> =
        cases().into_iter().filter(|case| case.fires).map(|case| (case.rule, case.syntax)).collect();
    let mut missing = BTreeSet::new();
    for rule in LAYERS.iter().flat_map(|layer| layer.rules()) {
        for syntax in [Syntax::Ubl, Syntax::Cii] {
            let by_function = bindings(rule, syntax).iter().any(|binding| matches!(binding.test, Test::Holds(_)));
            if by_function
                && !firing.contains(&(rule.id.to_owned(), syntax))
                && !WITHOUT_CASE.iter().any(|(id, _)| *id == rule.id)
            {
                missing.insert(format!("{} {syntax:?}", rule.id));
            }
        }
    }
    assert!(missing.is_empty(), "{} rules have no case: {missing:#?}", missing.len());
}

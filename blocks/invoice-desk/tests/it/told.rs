//! Events: nothing is published that nobody could subscribe to, and the list says what they carry.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use vir_invoice_desk::told::{EVENTS, SHAPES, handbook};
use vir_invoice_desk::workflow::Kind;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// Every kind that stands behind a `publish(` in the sources; a kind that is put together is one with `{}`.
fn published() -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut kinds = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        for (at, what) in text.match_indices(".publish(") {
            let rest = &text[at + what.len()..];
            let kind = rest.split('"').nth(1).unwrap().to_owned();
            assert!(rest.find('"').unwrap() < 20, "the kind of an event is a text that stands in publish: {rest:.60}");
            kinds.insert(kind);
        }
    }
    kinds
}

#[test]
fn no_event_goes_unlisted() {
    let listed: BTreeSet<String> = EVENTS.iter().map(|(kind, _)| (*kind).to_owned()).collect();
    let mut expected = BTreeSet::new();
    for kind in published() {
        match kind.as_str() {
            "invoice.{}" => expected.extend(Kind::ALL.map(|kind| format!("invoice.{}", kind.code()))),
            "own_invoice.{}" => expected.extend(["own_invoice.sent".to_owned(), "own_invoice.paid".to_owned()]),
            other => {
                assert!(!other.contains('{'), "say here what {other} can become");
                expected.insert(other.to_owned());
            }
        }
    }
    assert_eq!(listed, expected);
    assert_eq!(listed.len(), EVENTS.len(), "each once");
}

#[test]
fn each_shape_is_an_object() {
    assert_eq!(SHAPES.len(), EVENTS.len());
    for (kind, shape) in SHAPES {
        let read: serde_json::Value = serde_json::from_str(shape).unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert!(read.is_object(), "{kind}");
    }
}

/// Are the members of a payload those of the list?
pub fn fits(kind: &str, payload: &serde_json::Value) {
    let shape = vir_invoice_desk::told::shape(kind).unwrap_or_else(|| panic!("{kind} is not listed"));
    let shape: serde_json::Value = serde_json::from_str(shape).unwrap();
    let names = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(payload), names(&shape), "{kind}");
    for (name, kind_of) in shape.as_object().unwrap() {
        let value = &payload[name];
        let right = match kind_of.as_str() {
            Some("text") => value.is_string(),
            Some("text?") => value.is_string() || value.is_null(),
            _ if kind_of.is_array() => value.is_array(),
            _ => value.is_number(),
        };
        assert!(right, "{kind}: {name} is {value}");
    }
}

#[test]
fn the_page_of_the_handbook_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/handbuch/ereignisse.md");
    if std::env::var_os("VIR_HANDBOOK").is_some_and(|what| what == "write") {
        std::fs::write(&path, handbook()).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(there, handbook(), "VIR_HANDBOOK=write cargo test -p vir-invoice-desk --test it told");
}

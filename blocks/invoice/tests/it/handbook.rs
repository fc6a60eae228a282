//! The examples of the handbook make invoices that are accepted, in both syntaxes.

use std::fs;
use std::path::Path;

use vir_invoice::bindings::{write_cii, write_ubl};
use vir_invoice::check::{Options, Verdict, check};
use vir_invoice::create::{Draft, invoice, lines_from_csv};

fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/handbuch/beispiele").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn is_accepted(draft: &Draft) {
    let invoice = invoice(draft).unwrap();
    for xml in [write_ubl(&invoice).unwrap(), write_cii(&invoice).unwrap()] {
        let report = check(xml.as_bytes(), &Options::default());
        assert_eq!(report.verdict, Verdict::Accept, "{:#?}\n{xml}", report.findings);
        assert!(report.findings.is_empty(), "{:#?}\n{xml}", report.findings);
    }
}

#[test]
fn the_draft_makes_an_accepted_invoice() {
    is_accepted(&Draft::from_json(&example("entwurf.json")).unwrap());
}

#[test]
fn head_and_table_make_an_accepted_invoice() {
    let mut draft = Draft::from_json(&example("kopf.json")).unwrap();
    draft.lines = lines_from_csv(&example("positionen.csv")).unwrap();
    is_accepted(&draft);
}

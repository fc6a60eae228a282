//! What is read, written and read again is the same invoice, in the same syntax and across.

use vir_core::{Lang, Severity};
use vir_invoice::bindings::{read, write, write_cii, write_ubl};
use vir_invoice::identify::Kind;
use vir_invoice::model::{Invoice, diff};
use vir_invoice::{check, schema, xml};

use crate::corpus;

fn reread(text: &str) -> Invoice {
    read(&xml::parse(text.as_bytes()).unwrap())
}

/// What differs after a way through the writers; empty where nothing does.
fn losses(name: &str, bytes: &[u8]) -> Vec<String> {
    let Ok(doc) = xml::parse(bytes) else { return Vec::new() };
    let Some(kind) = Kind::of(&doc) else { return Vec::new() };
    let invoice = read(&doc);
    let mut found = Vec::new();
    let mut check = |way: &str, invoice: &Invoice, text: String| -> Invoice {
        let doc = xml::parse(text.as_bytes()).unwrap();
        for finding in schema::validate(&doc).iter().take(1) {
            found.push(format!("{name}: {way}: schema: {} {}", finding.place.path, finding.message.de));
        }
        let again = read(&doc);
        if again != *invoice {
            found.push(format!("{name}: {way}: {}", first_difference(invoice, &again)));
        }
        again
    };
    check("same", &invoice, write(&invoice, kind).unwrap());
    let across = match kind {
        Kind::Cii => write_ubl(&invoice),
        _ => write_cii(&invoice),
    };
    let other = check("across", &invoice, across.unwrap());
    check("and back", &invoice, write(&other, kind).unwrap());
    found
}

fn first_difference(before: &Invoice, after: &Invoice) -> String {
    let found = diff(before, after);
    let shown = found.iter().take(3).map(|d| format!("{}: {:?} → {:?}", d.label(Lang::En), d.left, d.right));
    shown.collect::<Vec<_>>().join("; ")
}

#[test]
fn samples_keep_their_meaning() {
    let mut all = Vec::new();
    for (name, bytes) in corpus::samples() {
        assert_eq!(reread(&String::from_utf8(bytes.clone()).unwrap()).extra, [], "{name}");
        all.extend(losses(&name, &bytes));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn the_same_invoice_in_both_syntaxes_is_the_same() {
    let sample = |name: &str| {
        let (_, bytes) = corpus::samples().into_iter().find(|(path, _)| path.ends_with(name)).unwrap();
        reread(&String::from_utf8(bytes).unwrap())
    };
    for name in ["xrechnung", "small", "direct-debit"] {
        let (ubl, cii) = (sample(&format!("{name}-ubl.xml")), sample(&format!("{name}-cii.xml")));
        assert_eq!(ubl, cii, "{name}: {}", first_difference(&ubl, &cii));
    }
}

/// Documents whose content the rules of the other syntax do not allow, and why.
const NOT_ACROSS: &[(&str, &str)] = &[
    ("extension/04.01a-INVOICE_ubl.xml", SUB_LINES),
    ("extension/04.02a-INVOICE_ubl.xml", SUB_LINES),
    ("extension/04.03a-INVOICE_ubl.xml", SUB_LINES),
    ("extension/04.04a-INVOICE_ubl.xml", SUB_LINES),
    ("extension/05.01a-INVOICE_ubl.xml", "the rules for CII do not add claims of third parties to the amount due"),
    ("samples/extension-ubl.xml", SUB_LINES),
];
const SUB_LINES: &str = "the rules for CII know no sub lines and count them as lines of their own";

#[test]
fn what_was_accepted_stays_accepted() {
    let accepted = |bytes: &[u8]| check::check(bytes, &check::Options::default());
    let mut all = Vec::new();
    let suite = corpus::documents("einvoice/corpus-dev.tar.gz", "/xrechnung-testsuite/");
    for (name, bytes) in suite.into_iter().chain(corpus::samples()) {
        if accepted(&bytes).verdict != check::Verdict::Accept {
            continue;
        }
        let doc = xml::parse(&bytes).unwrap();
        let kind = Kind::of(&doc).unwrap();
        let invoice = read(&doc);
        let across = if kind == Kind::Cii { write_ubl(&invoice) } else { write_cii(&invoice) }.unwrap();
        let back = write(&reread(&across), kind).unwrap();
        for (way, text) in [("same", write(&invoice, kind).unwrap()), ("across", across), ("and back", back)] {
            let report = accepted(text.as_bytes());
            let excused = way == "across" && NOT_ACROSS.iter().any(|(file, _)| name.ends_with(file));
            if (report.verdict != check::Verdict::Accept) != excused {
                let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
                let errors: Vec<_> = errors.map(|f| format!("{} {}", f.rule, f.place.path)).take(3).collect();
                all.push(format!("{name}: {way}: {errors:?}"));
            }
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn the_official_test_suite_keeps_its_meaning() {
    let mut all = Vec::new();
    for (name, bytes) in corpus::documents("einvoice/corpus-dev.tar.gz", "/xrechnung-testsuite/") {
        all.extend(losses(&name, &bytes));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

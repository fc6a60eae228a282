//! The other commands.

use std::fs;

use crate::run::{folder, sample, text, vir, vir_with};

const COMMANDS: [&str; 14] = [
    "check",
    "show",
    "convert",
    "create",
    "inspect",
    "attachments",
    "extract",
    "embed",
    "diff",
    "rule",
    "rules",
    "profiles",
    "categories",
    "",
];

#[test]
fn every_command_has_help_in_both_languages() {
    for command in COMMANDS {
        let args = if command.is_empty() { vec!["invoice", "--help"] } else { vec!["invoice", command, "--help"] };
        let german = vir(&args);
        let english = vir(&[&args[..], &["--lang", "en"]].concat());
        assert_eq!((german.code, english.code), (0, 0), "{command}");
        assert!(german.out.contains("Aufruf:") && german.out.contains("Optionen:"), "{}", german.out);
        assert!(english.out.contains("Usage:") && english.out.contains("Options:"), "{}", english.out);
        for word in ["Usage", "Arguments", "Commands", "Print help", "default:", "possible values"] {
            assert!(!german.out.contains(word), "{command}: {word}\n{}", german.out);
        }
        for line in german.out.lines() {
            assert!(!line.trim().is_empty() || line.is_empty(), "{command}: {line:?}");
        }
    }
}

#[test]
fn rules_are_explained_and_near_misses_help() {
    let ran = vir(&["invoice", "rule", "br-16"]);
    assert_eq!(ran.code, 0);
    for part in ["BR-16", "EN 16931", "Abhilfe", "Regelstände", "UBL", "CII"] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let near = vir(&["invoice", "rule", "BR-161"]);
    assert_eq!(near.code, 2);
    assert!(near.err.contains("BR-16"), "{}", near.err);
    assert_eq!(vir(&["invoice", "rule", "no-profile", "xml-doctype"]).code, 0);
}

#[test]
fn rules_are_listed_and_searched() {
    let all: serde_json::Value = serde_json::from_str(&vir(&["invoice", "rules", "--json"]).out).unwrap();
    assert!(all.as_array().unwrap().len() > 500);
    let one = vir(&["invoice", "rules", "--search", "BR-16", "--layer", "en16931"]);
    assert!(one.code == 0 && one.out.contains("BR-16"));
    assert_eq!(vir(&["invoice", "rules", "--search", "Gewittersturm"]).code, 1);
    assert_eq!(vir(&["invoice", "rules", "--term", "106"]).code, 0);
    assert_eq!(vir(&["invoice", "rules", "--term", "BT-9999"]).code, 2);
}

#[test]
fn profiles_and_releases_are_listed() {
    let ran = vir(&["invoice", "profiles"]);
    for part in ["xrechnung-extension", "peppol-bis-3", "urn:cen.eu:en16931:2017", "2026-01", "2026-07"] {
        assert!(ran.out.contains(part), "{part}");
    }
}

#[test]
fn vat_categories_are_answered() {
    for (codes, code) in [(&["S", "Z"][..], 0), (&["S", "O"], 1), (&["s", "b"], 1), (&["X"], 2)] {
        assert_eq!(vir(&[&["invoice", "categories"], codes].concat()).code, code, "{codes:?}");
    }
}

#[test]
fn an_invoice_is_inspected() {
    let ran = vir(&["invoice", "inspect", &sample("xrechnung-ubl.xml")]);
    for part in ["UBL-Rechnung", "XRechnung 3.0", "UTF-8", "R-2026-0117", "Stadt Auenried"] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let json: serde_json::Value =
        serde_json::from_str(&vir(&["invoice", "inspect", "--json", &sample("small-cii.xml")]).out).unwrap();
    assert_eq!(json["document"], "cii");
}

#[test]
fn a_converted_invoice_says_the_same() {
    let out = folder("convert");
    let source = sample("xrechnung-ubl.xml");
    for (to, name) in [("cii", "a.xml"), ("zugferd", "a.pdf")] {
        let path = out.join(name);
        let ran = vir(&["invoice", "convert", &source, "--to", to, "-o", text(&path)]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let same = vir(&["invoice", "diff", &source, text(&path)]);
        assert_eq!((same.code, same.out.as_str()), (0, "Beide Rechnungen sagen dasselbe.\n"));
        assert_eq!(vir(&["invoice", "check", "-q", text(&path)]).code, 0);
    }
    let ran = vir(&["invoice", "check", "--json", text(&out.join("a.pdf"))]);
    assert!(
        ran.out.contains("\"embedded\":\"xrechnung.xml\"") && ran.out.contains("\"document\":\"cii\""),
        "{}",
        ran.out
    );
    let extracted = vir(&["invoice", "extract", text(&out.join("a.pdf"))]);
    assert!(extracted.out.contains("CrossIndustryInvoice"));
    let other = vir(&["invoice", "diff", &source, &sample("small-ubl.xml")]);
    assert!(other.code == 1 && other.out.contains("Unterschiede"));
    let own = vir(&["invoice", "convert", &source, "--to", "cii", "-o", &source]);
    assert_eq!(own.code, 2);
    assert!(own.err.contains("nicht überschrieben"));
}

#[test]
fn an_invoice_is_shown_in_three_forms() {
    let out = folder("show");
    let source = sample("xrechnung-ubl.xml");
    let ran = vir(&["invoice", "show", &source]);
    assert!(ran.code == 0 && ran.out.contains("R-2026-0117") && ran.out.contains("BT-115"));
    let html = vir(&["invoice", "show", "--html", &source]);
    assert!(html.out.starts_with("<!DOCTYPE html>") || html.out.starts_with("<!doctype html>"));
    let pdf = out.join("a.pdf");
    assert_eq!(vir(&["invoice", "show", "--pdf", "-o", text(&pdf), &source]).code, 0);
    // The pages carry the original, byte for byte.
    let extracted = vir(&["invoice", "extract", text(&pdf)]);
    assert_eq!(extracted.out.as_bytes(), fs::read(&source).unwrap());
}

#[test]
fn attachments_are_listed_and_written_without_overwriting() {
    let out = folder("attachments");
    let source = sample("xrechnung-ubl.xml");
    let list = vir(&["invoice", "attachments", &source]);
    assert!(list.out.contains("lieferschein-8812.pdf") && list.out.contains("nicht geladen"));
    for _ in 0..2 {
        assert_eq!(vir(&["invoice", "attachments", &source, "-o", text(&out)]).code, 0);
    }
    let mut names: Vec<String> =
        fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["lieferschein-8812-2.pdf", "lieferschein-8812.pdf", "raumliste-2.csv", "raumliste.csv"]);
}

#[test]
fn attachments_with_hostile_names_stay_in_the_folder() {
    let out = folder("hostile-attachments");
    let source = fs::read_to_string(sample("xrechnung-ubl.xml")).unwrap();
    let hostile = source.replace("lieferschein-8812.pdf", "../../../NUL.pdf");
    let inner = out.join("inner");
    let ran = vir_with(&["invoice", "attachments", "-", "-o", text(&inner)], hostile.as_bytes(), &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(inner.join("_NUL.pdf").is_file(), "{}", ran.out);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
}

#[test]
fn an_invoice_is_created_from_a_draft_and_a_table() {
    let out = folder("create");
    let head = out.join("kopf.json");
    fs::write(
        &head,
        r#"{"number": "R-1", "issueDate": "2026-11-22", "dueDate": "2026-12-22", "buyerReference": "04011000-12345-03",
        "seller": {"name": "Salzhandel", "vatId": "DE123456789",
            "electronicAddress": {"scheme": "EM", "id": "salz@example.org"},
            "contact": {"name": "Frau Salz", "phone": "04731 1234", "email": "salz@example.org"},
            "address": {"city": "Nordenham", "postCode": "26954", "country": "DE"}},
        "buyer": {"name": "Gemeinde", "electronicAddress": {"scheme": "EM", "id": "rechnung@example.org"},
            "address": {"city": "Butjadingen", "postCode": "26969", "country": "DE"}},
        "delivery": {"date": "2026-11-20"},
        "payment": {"means": "58", "iban": "DE75512108001245126199"}}"#,
    )
    .unwrap();
    let lines = out.join("positionen.csv");
    fs::write(&lines, "Bezeichnung;Menge;Einheit;Einzelpreis;Steuersatz\nStreusalz;10;KGM;0,35;19\n").unwrap();
    let path = out.join("rechnung.xml");
    let ran = vir(&["invoice", "create", text(&head), text(&lines), "-o", text(&path)]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(vir(&["invoice", "check", "-q", text(&path)]).code, 0);
    let shown = vir(&["invoice", "inspect", text(&path)]);
    assert!(shown.out.contains("4.17"), "{}", shown.out);

    let wrong = fs::read_to_string(&head).unwrap().replace("12345-03", "12345-04");
    fs::write(&head, wrong).unwrap();
    let refused = vir(&["invoice", "create", text(&head), text(&lines)]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("buyerReference"), "{}", refused.err);
    assert_eq!(vir(&["invoice", "create", text(&lines)]).code, 2);
    let schema: serde_json::Value = serde_json::from_str(&vir(&["invoice", "create", "--schema"]).out).unwrap();
    assert!(schema["properties"]["seller"].is_object());
}

#[test]
fn an_invoice_is_embedded_into_a_pdf() {
    let out = folder("embed");
    let (pages, hybrid) = (out.join("pages.pdf"), out.join("hybrid.pdf"));
    // Any PDF/A will do for the pages.
    assert_eq!(vir(&["invoice", "show", "--pdf", "-o", text(&pages), &sample("small-ubl.xml")]).code, 0);
    let ran = vir(&["invoice", "embed", text(&pages), &sample("small-cii.xml"), "-o", text(&hybrid)]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let check = vir(&["invoice", "check", "--json", text(&hybrid)]);
    assert!(check.out.contains("\"embedded\":\"xrechnung.xml\""), "{}", check.out);
}

#[test]
fn a_pdf_without_an_invoice_is_told_so() {
    let ran = vir_with(&["invoice", "show", "-"], b"%PDF-1.4\n%%EOF\n", &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("PDF"), "{}", ran.err);
}

#[test]
fn completions_and_manual_pages_are_made() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = vir(&["completions", shell]);
        assert!(ran.code == 0 && ran.out.contains("attachments"), "{shell}");
    }
    assert!(vir(&["man"]).out.contains(".TH"));
    let out = folder("man");
    assert_eq!(vir(&["man", text(&out)]).code, 0);
    for command in COMMANDS {
        let name = if command.is_empty() { "vir-invoice.1".to_owned() } else { format!("vir-invoice-{command}.1") };
        assert!(out.join(&name).is_file(), "{name}");
    }
}

//! `vir invoice check`

use std::fs;

use serde_json::Value;

use crate::run::{folder, sample, text, vir, vir_with};

fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

#[test]
fn an_accepted_invoice_is_one_line_and_exit_code_0() {
    let ran = vir(&["invoice", "check", &sample("small-ubl.xml")]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out.lines().count(), if ran.out.lines().next().unwrap().ends_with("angenommen") { 2 } else { 1 });
    assert!(ran.out.starts_with("✓ ") && ran.out.contains("angenommen") && ran.out.contains("XRechnung 3.0"));
    assert!(!ran.out.contains('\u{1b}'), "no colour where there is no terminal");
}

#[test]
fn a_rejected_invoice_says_who_has_to_do_what_where() {
    let ran = vir(&["invoice", "check", &sample("faulty-ubl.xml")]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    for part in ["✗ ", "abgelehnt", "Regeln verletzt", "Zu beheben", "→ ", "Zeile ", "/ubl:Invoice"] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let english = vir(&["invoice", "check", "--lang", "en", &sample("faulty-ubl.xml")]);
    for part in ["rejected", "rules violated", "To be repaired", "line "] {
        assert!(english.out.contains(part), "{part}: {}", english.out);
    }
    for line in ran.out.lines().filter(|line| !line.trim_start().starts_with('/')) {
        assert!(line.chars().count() <= 100 || !line.trim().contains(' '), "{line}");
    }
}

#[test]
fn the_environment_chooses_the_language_and_the_option_wins() {
    let file = sample("small-ubl.xml");
    for (env, option, expect) in [
        (("LANG", "en_GB.UTF-8"), None, "accepted"),
        (("LANG", "de_DE.UTF-8"), None, "angenommen"),
        (("LANG", "C.UTF-8"), None, "angenommen"),
        (("LC_ALL", "en_US"), Some("--lang=de"), "angenommen"),
        (("LANG", "de_DE"), Some("--lang=en"), "accepted"),
    ] {
        let mut args = vec!["invoice", "check", &file];
        args.extend(option);
        let ran = vir_with(&args, b"", &[env]);
        assert!(ran.out.contains(expect), "{env:?} {option:?}: {}", ran.out);
    }
}

#[test]
fn colours_are_given_where_asked_for() {
    let ran = vir(&["invoice", "check", "--color", "always", &sample("small-ubl.xml")]);
    assert!(ran.out.contains("\u{1b}[32m"));
}

#[test]
fn json_is_one_line_per_document_in_the_order_given() {
    let names = ["small-cii.xml", "faulty-ubl.xml", "credit-note-ubl.xml", "small-ubl.xml"].map(sample);
    let mut args = vec!["invoice", "check", "--json"];
    for _ in 0..40 {
        args.extend(names.iter().map(String::as_str));
    }
    let one = vir(&[&args[..], &["--jobs", "1"]].concat());
    assert_eq!(one.code, 1);
    for jobs in ["2", "7"] {
        assert_eq!(vir(&[&args[..], &["--jobs", jobs]].concat()).out, one.out, "{jobs} jobs");
    }
    let lines: Vec<Value> = one.out.lines().map(json).collect();
    assert_eq!(lines.len(), 160);
    for (index, line) in lines.iter().enumerate() {
        assert_eq!(line["file"], names[index % 4]);
    }
    let (cii, faulty, credit) = (&lines[0], &lines[1], &lines[2]);
    assert_eq!((&cii["document"], &cii["verdict"], &cii["reason"]), (&"cii".into(), &"accept".into(), &Value::Null));
    assert_eq!((&faulty["verdict"], &faulty["reason"]), (&"reject".into(), &"rules".into()));
    assert_eq!(credit["document"], "ubl-credit-note");
    let finding = &faulty["findings"][0];
    for key in
        ["rule", "severity", "layer", "location", "line", "column", "terms", "value", "message", "repair", "actor"]
    {
        assert!(finding.get(key).is_some(), "{key}");
    }
}

#[test]
fn standard_input_is_read_once() {
    let bytes = fs::read(sample("small-ubl.xml")).unwrap();
    let ran = vir_with(&["invoice", "check", "--json", "-"], &bytes, &[]);
    assert_eq!((ran.code, json(&ran.out)["file"].as_str().unwrap()), (0, "-"));
    let twice = vir_with(&["invoice", "check", "-", "-"], &bytes, &[]);
    assert_eq!(twice.code, 2);
    assert!(twice.err.contains("nur einmal"));
}

#[test]
fn folders_are_walked_in_order() {
    let root = folder("walk");
    fs::create_dir_all(root.join("b/c")).unwrap();
    let invoice = fs::read(sample("small-ubl.xml")).unwrap();
    for name in ["b/c/z.XML", "b/a.xml", "a.Xml", "c.xml", "notes.txt"] {
        fs::write(root.join(name), &invoice).unwrap();
    }
    let ran = vir(&["invoice", "check", "--json", text(&root)]);
    let files: Vec<String> = ran
        .out
        .lines()
        .map(|line| json(line)["file"].as_str().unwrap().replace('\\', "/").rsplit_once("walk/").unwrap().1.to_owned())
        .collect();
    assert_eq!(files, ["a.Xml", "b/a.xml", "b/c/z.XML", "c.xml"]);
}

#[test]
fn what_cannot_run_says_why_and_exits_with_2() {
    let missing = vir(&["invoice", "check", "gibt-es-nicht.xml", &sample("small-ubl.xml")]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("gibt-es-nicht.xml") && missing.err.contains("gibt es nicht"), "{}", missing.err);
    assert!(missing.out.contains("angenommen"), "the others are checked all the same");

    let empty = folder("empty");
    let ran = vir(&["invoice", "check", text(&empty)]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("keine Datei *.xml oder *.pdf"));

    for (args, expect) in [
        (&["invoice", "check", "--jsno", "x"][..], "--json"),
        (&["invoice", "chekc"], "check"),
        (&["invoice", "check"], "Es fehlt"),
        (&["invoice", "check", "--rules", "2024", "x"], "2026-07"),
        (&["invoice", "check", "--profile", "zugferd", "x"], "xrechnung"),
        (&["invoice", "check", "--json", "--csv", "x"], "nicht zusammen"),
        (&["invoice", "check", "--override", "BR-01", "x"], "REGEL=SCHWERE"),
        (&["invoice", "check", "--override", "BR-01=bad", "x"], "keine Schwere"),
        (&["invoice", "check", "--without", "BR-0x", "x"], "Gemeint"),
        (&["invoice", "check", "--jobs", "0", "x"], "--jobs"),
    ] {
        let ran = vir(args);
        assert_eq!(ran.code, 2, "{args:?}: {ran:?}");
        assert!(ran.err.contains(expect), "{args:?}: {}", ran.err);
        assert_eq!(ran.out, "");
    }
}

#[test]
fn documents_that_are_no_invoices_get_their_own_words() {
    for (bytes, expect) in [
        (&b""[..], "leer"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "Internetseite"),
        (b"<a><b></a>", "offen"),
        (b"<!DOCTYPE a><a/>", "DOCTYPE"),
        (b"%PDF-1.7\n%%EOF", "PDF"),
        (b"<Invoice/>", "ohne Namensraum"),
    ] {
        let ran = vir_with(&["invoice", "check", "-"], bytes, &[]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.out.contains(expect), "{expect}: {}", ran.out);
    }
}

#[test]
fn hostile_names_and_values_do_not_reach_the_terminal() {
    let root = folder("hostile");
    let name = "evil\u{1b}[2J\u{202e}.xml";
    if fs::write(root.join(name), b"<a xmlns='x'/>").is_err() {
        return; // Not every file system takes such names.
    }
    let ran = vir(&["invoice", "check", text(&root)]);
    assert!(!ran.out.contains('\u{1b}') && !ran.out.contains('\u{202e}'), "{:?}", ran.out);
    assert!(ran.out.contains("\\u{1b}"));
    let junit = vir(&["invoice", "check", "--junit", text(&root)]);
    assert!(!junit.out.contains('\u{1b}'));
}

#[test]
fn reports_for_programs_are_well_formed() {
    let (good, bad) = (sample("small-ubl.xml"), sample("faulty-ubl.xml"));
    let csv = vir(&["invoice", "check", "--csv", &good, &bad]);
    let mut lines = csv.out.split("\r\n");
    assert!(lines.next().unwrap().starts_with("file,document,profile,verdict,reason,rule,"));
    assert!(lines.next().unwrap().contains("small-ubl.xml,ubl-invoice,xrechnung,accept,"));

    for (form, expect) in [("--svrl", "failed-assert"), ("--junit", "<failure")] {
        let ran = vir(&["invoice", "check", form, &bad]);
        let doc = vir_invoice::xml::parse(ran.out.as_bytes()).unwrap_or_else(|error| panic!("{form}: {error}"));
        assert!(ran.out.contains(expect), "{}", ran.out);
        assert!(matches!(doc.root().local(), "schematron-output" | "testsuites"));
    }
    let several = vir(&["invoice", "check", "--svrl", &good, &bad]);
    assert_eq!(several.code, 2);
    assert!(several.err.contains("--output"));
}

#[test]
fn report_files_stand_beside_each_other() {
    let out = folder("reports");
    let (good, bad) = (sample("small-ubl.xml"), sample("faulty-ubl.xml"));
    let ran = vir(&["invoice", "check", "--svrl", "--output", text(&out), &good, &bad, &good]);
    assert_eq!(ran.code, 1);
    let mut names: Vec<String> =
        fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["faulty-ubl.xml.svrl.xml", "small-ubl.xml-2.svrl.xml", "small-ubl.xml.svrl.xml"]);
}

#[test]
fn the_receiver_may_judge_differently_and_the_report_says_so() {
    let bad = sample("faulty-ubl.xml");
    let line = json(&vir(&["invoice", "check", "--json", &bad]).out);
    let errors: Vec<String> = line["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["severity"] == "error")
        .map(|finding| finding["rule"].as_str().unwrap().to_owned())
        .collect();
    assert!(!errors.is_empty());
    let file = folder("overrides").join("overrides.txt");
    let lines: Vec<String> = errors.iter().map(|rule| format!("{rule} = warning  # agreed")).collect();
    fs::write(&file, format!("# ours\n\n{}\n", lines.join("\n"))).unwrap();
    let ran = vir(&["invoice", "check", "--json", "--overrides", text(&file), &bad]);
    let softened = json(&ran.out);
    assert_eq!((ran.code, &softened["verdict"]), (0, &Value::from("accept")));
    assert!(!softened["overrides"].as_array().unwrap().is_empty());

    let strict = vir(&["invoice", "check", "--strict", "--overrides", text(&file), &bad]);
    assert_eq!(strict.code, 1);
    let mut args = vec!["invoice", "check", "--json", &bad];
    for rule in &errors {
        args.extend(["--without", rule.as_str()]);
    }
    let left_out = json(&vir(&args).out);
    assert!(!left_out["without"].as_array().unwrap().is_empty());
}

#[test]
fn quiet_says_nothing() {
    for (name, code) in [("small-ubl.xml", 0), ("faulty-ubl.xml", 1)] {
        let ran = vir(&["invoice", "check", "--quiet", &sample(name)]);
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (code, "", ""));
    }
}

#[test]
fn a_required_profile_is_checked_too() {
    let file = sample("small-ubl.xml");
    let run = |options: &[&str]| vir(&[&["invoice", "check", "--json", &file], options].concat());
    let rules = |line: &Value| -> Vec<String> {
        let findings = line["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
    };
    let other = run(&["--profile", "peppol-bis-3"]);
    let both = run(&["--require", "peppol-bis-3"]);
    // What the document is accepted by does not matter here, only that the other profile decides, too.
    assert_eq!(both.code, other.code);
    let (both, other) = (json(&both.out), json(&other.out));
    assert_eq!((&both["verdict"], &both["profile"]), (&other["verdict"], &"xrechnung".into()));
    let found = rules(&both);
    assert!(rules(&other).iter().all(|rule| found.contains(rule)), "{both} {other}");
}

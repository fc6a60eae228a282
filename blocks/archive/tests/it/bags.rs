//! The conformance suite of BagIt: every verdict; and bags that we write.

use std::collections::BTreeMap;

use vir_archive::bagit::{self, BagReport, Writer};

use crate::corpora;
use crate::ocfl::disk::{Disk, Power};
use crate::ocfl::memory::Memory;

fn said(report: &BagReport) -> Vec<&'static str> {
    report.findings.iter().map(|finding| finding.reason.id()).collect()
}

#[test]
fn every_bag_of_the_suite_has_its_verdict() {
    let Some(files) = corpora::files("bagit-conformance-suite.tar.gz") else { return };
    let mut bags: BTreeMap<(String, String), Memory> = BTreeMap::new();
    for (path, bytes) in files {
        // …/v1.0/valid/NAME/…
        let parts: Vec<&str> =
            path.split('/').skip_while(|part| !part.starts_with("v0") && !part.starts_with("v1")).collect();
        let [version, kind, name, rest @ ..] = parts.as_slice() else { continue };
        if rest.is_empty() {
            continue;
        }
        let memory = bags.entry(((*kind).to_owned(), format!("{version}/{name}"))).or_default();
        memory.files.insert(rest.join("/"), bytes);
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for ((kind, name), memory) in &bags {
        let report = bagit::validate(memory, "").unwrap();
        *counts.entry(kind).or_default() += 1;
        let right = match kind.as_str() {
            "valid" => report.is_valid(),
            // Two of these lack a file that the archive could not carry; the others are valid, with a warning.
            "warning" => !report.findings.is_empty() && (report.is_valid() || name.ends_with("special-system-files")),
            _ => !report.is_valid(),
        };
        if !right {
            wrong.push(format!("{kind} {name}: {:?}", report.findings));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("bagit-suite: {counts:?}, all verdicts");
    assert_eq!((counts["valid"], counts["invalid"], counts["linux-only"]), (27, 15, 6));
}

#[test]
fn what_we_write_is_valid_and_what_is_changed_is_not() {
    let disk = Disk::new(Power::default());
    let mut bag = Writer::begin(&disk, "bag").unwrap();
    for (path, content) in [("a.txt", "eins"), ("b/ä 100 %25.txt", "zwei"), ("b/zeile\nzwei", ""), ("~c", "drei")] {
        bag.payload(path, &mut content.as_bytes()).unwrap();
    }
    bag.tag("metadaten/mets.xml", &mut &b"<mets/>"[..]).unwrap();
    for path in ["../x", "/x", "a/../../b", "c\\d"] {
        assert!(bag.payload(path, &mut &b""[..]).is_err(), "{path}");
    }
    assert!(bag.tag("bagit.txt", &mut &b""[..]).is_err());
    let labels = vec![
        ("Source-Organization".to_owned(), "Stadt Grünensiel".to_owned()),
        ("External-Description".to_owned(), "Akte\nBand 1".to_owned()),
    ];
    bag.finish(&labels).unwrap();
    let report = bagit::validate(&disk, "bag").unwrap();
    assert_eq!(said(&report), [""; 0], "{:?}", report.findings);
    assert_eq!(report.labels[1].value, "Akte Band 1");
    assert_eq!(report.payload.len(), 4);

    disk.tamper("bag/data/a.txt", |bytes| bytes[0] ^= 1);
    assert_eq!(said(&bagit::validate(&disk, "bag").unwrap()), ["changed"]);
    disk.tamper("bag/manifest-sha512.txt", |bytes| bytes[0] = b'x');
    let said = said(&bagit::validate(&disk, "bag").unwrap());
    assert!(["digest-length", "not-listed", "changed"].iter().all(|reason| said.contains(reason)), "{said:?}");
}

#[test]
fn paths_that_lead_out_are_refused_on_every_system() {
    for path in
        ["../x", "data/../../x", "/etc/passwd", "C:\\x", "\\\\server\\x", "~/x", "%HOME%\\x", "data\\..\\..\\x", "x"]
    {
        let memory = Memory {
            files: BTreeMap::from([
                ("bagit.txt".to_owned(), b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n".to_vec()),
                ("manifest-md5.txt".to_owned(), format!("d41d8cd98f00b204e9800998ecf8427e  {path}\n").into_bytes()),
                ("data/a".to_owned(), Vec::new()),
            ]),
            ..Memory::default()
        };
        let report = bagit::validate(&memory, "").unwrap();
        let said = said(&report);
        assert!(said.contains(&"outside-of-bag") || said.contains(&"not-in-payload"), "{path}: {said:?}");
    }
}

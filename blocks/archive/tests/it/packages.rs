//! Claims about packages: what is written reads back equal, records in it verify, others accept it, and hostile names
//! stay inert.

use std::fs;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use vir_archive::digest::Digest;
use vir_archive::evidence::container::xaip as records;
use vir_archive::evidence::tree::Tree;
use vir_archive::evidence::verify::Verdict;
use vir_archive::evidence::write::{self, group_leaf};
use vir_archive::lifecycle::day::Day;
use vir_archive::moment::Moment;
use vir_archive::package::eark::{self, Kind, Options, Part};
use vir_archive::package::{
    self, Agent, Contents, Description, Event, Evidence, File, Package, PackageError, Representation, Right, Version,
    premis, xaip,
};

use crate::corpora;
use crate::openssl::{self, Folder};
use crate::peer;
use crate::verdicts::{judge_at, texts};
use vir_testkit::time_stamps::Authority;

/// A package with one of everything.
pub fn sample() -> (Package, Contents) {
    let mut contents = Contents::new();
    let mut file = |path: &str, content: &[u8], mime: Option<&str>, puid: Option<&str>| {
        let file = File {
            mime: mime.map(str::to_owned),
            puid: puid.map(str::to_owned),
            format: puid.map(|_| "Acrobat PDF/A".to_owned()),
            ..File::of(path, content)
        };
        contents.insert(file.key(), content.to_vec());
        file
    };
    let originals = vec![
        file("Bescheid <1> & \"2\"/brief.pdf", b"%PDF-1.7 letter", Some("application/pdf"), Some("fmt/480")),
        file("Größe.txt", b"\0\x01\xff binary", None, None),
        file("leer", b"", None, None),
    ];
    let rendition = vec![file("brief.pdf", b"%PDF-1.7 letter", Some("application/pdf"), Some("fmt/480"))];
    let version = Version {
        reason: Some("Übernahme\r\n\tzweite Zeile".to_owned()),
        created: Moment::parse("2026-11-22T10:00:00Z").unwrap(),
        submitter: Some("Amt für Ordnung & Recht".to_owned()),
        keep_until: Day::new(2036, 12, 31),
        representations: vec![
            Representation { name: "original".to_owned(), files: originals },
            Representation { name: "pdfa".to_owned(), files: rendition },
        ],
        descriptions: vec![Description {
            name: "dc.xml".to_owned(),
            kind: "DC".to_owned(),
            content: b"<dc xmlns='urn:x'>]]>&amp;</dc>".to_vec(),
        }],
        events: vec![Event {
            id: "e1".to_owned(),
            kind: "ingestion".to_owned(),
            time: Moment::parse("2026-11-22T10:00:01.25Z").unwrap(),
            detail: Some("<script>alert('1')</script>".to_owned()),
            outcome: Some("success".to_owned()),
            agents: vec!["a1".to_owned()],
            objects: vec!["original/leer".to_owned()],
        }],
        agents: vec![Agent {
            id: "a1".to_owned(),
            name: "vir".to_owned(),
            kind: "software".to_owned(),
            version: Some("0.1".to_owned()),
        }],
        rights: vec![Right {
            id: "r1".to_owned(),
            basis: "other".to_owned(),
            source: Some("NArchG".to_owned()),
            act: "disseminate".to_owned(),
            restriction: Some("§ 5".to_owned()),
            from: Day::new(2067, 1, 1),
        }],
    };
    let package = Package {
        id: "urn:uuid:1 & <2>".to_owned(),
        label: Some("Akte \"1\"".to_owned()),
        agreement: Some("http://example.org/agreement/7".to_owned()),
        versions: vec![version],
        evidence: Vec::new(),
    };
    (package, contents)
}

fn write_xaip(package: &Package, contents: &Contents) -> Vec<u8> {
    xaip::write(package, &|file| contents.get(&file.key()).cloned()).unwrap()
}

#[test]
fn an_xaip_reads_back_as_it_was_written() {
    let (mut package, contents) = sample();
    for _ in 0..2 {
        let bytes = write_xaip(&package, &contents);
        let read = xaip::read(&bytes, &|_| None).unwrap();
        assert_eq!(read.package, package);
        assert!(contents.iter().all(|(key, content)| read.contents.get(key) == Some(content)));
        assert_eq!(write_xaip(&read.package, &read.contents), bytes, "writing settles");
        // An update: one file gone, one new, kept forever.
        let mut next = package.versions[0].clone();
        next.keep_until = None;
        next.representations[0].files.remove(1);
        package.versions.push(next);
        package.evidence.push(Evidence { version: 1, record: vec![0x30, 0] });
    }
    let content = |_: &File| Some(b"something else".to_vec());
    assert!(matches!(xaip::write(&package, &content), Err(PackageError::Content(_))));
    assert!(matches!(xaip::write(&package, &|_| None), Err(PackageError::Missing(_))));
}

/// Adds a record about the newest version.
fn seal(package: &mut Package, contents: &Contents, service: &Authority) {
    let digest = Digest::Sha256;
    let bytes = write_xaip(package, contents);
    let hashes = xaip::protected(&bytes, package.versions.len(), digest).unwrap();
    let leaf = group_leaf(digest, &hashes).unwrap();
    // Beside the packages of others.
    let others: Vec<Vec<u8>> = (0..4_u8).map(|number| digest.of(&[&[number]])).collect();
    let leaves = [&others[..2], &[leaf], &others[2..]].concat();
    let tree = Tree::new(digest, leaves.iter().map(Vec::as_slice)).unwrap();
    let token = write::answer(&service.answer(&write::request(digest, tree.root(), None)), digest, tree.root(), None)
        .unwrap()
        .to_vec();
    let record = write::Evidence::of_group(&tree, 2, &hashes, &token).unwrap().encode();
    assert!(write::Evidence::of_group(&tree, 1, &hashes, &token).is_none(), "another leaf");
    package.evidence.push(Evidence { version: package.versions.len(), record });
}

/// What our verification says of each record in a package.
fn verdicts(bytes: &[u8]) -> Vec<(String, Verdict, String)> {
    let found = records::contents(bytes, &|_| None).unwrap();
    let with_record = found.into_iter().filter(|one| one.record.is_some());
    with_record
        .map(|one| {
            assert!(one.faults.is_empty(), "{:?}", one.faults);
            let report = judge_at(one.record.as_ref().unwrap(), &one.objects);
            (one.name, report.verdict, texts(&report))
        })
        .collect()
}

#[test]
fn records_in_an_xaip_hold_through_updates() {
    if !openssl::is_installed() {
        return;
    }
    let service = Authority::new(&["-algorithm", "RSA"]);
    let (mut package, mut contents) = sample();
    seal(&mut package, &contents, &service);
    let first = write_xaip(&package, &contents);
    assert!(verdicts(&first).iter().all(|(_, verdict, _)| *verdict == Verdict::Valid), "{:?}", verdicts(&first));

    let mut next = package.versions[0].clone();
    let new = b"a new file".to_vec();
    next.representations[0].files[0] = File::of("new.txt", &new);
    next.events[0].objects.clear();
    contents.insert(next.representations[0].files[0].key(), new);
    package.versions.push(next);
    seal(&mut package, &contents, &service);
    let second = write_xaip(&package, &contents);
    let found = verdicts(&second);
    assert_eq!(found.iter().map(|one| one.0.as_str()).collect::<Vec<_>>(), ["ER-001, V001", "ER-002, V002"]);
    assert!(found.iter().all(|(_, verdict, _)| *verdict == Verdict::Valid), "{found:?}");
    assert_eq!(xaip::read(&second, &|_| None).unwrap().package, package);

    // A changed description breaks both; the same record about other data does not hold.
    let mut changed = package.clone();
    changed.versions[0].events[0].detail = Some("something else".to_owned());
    let found = verdicts(&write_xaip(&changed, &contents));
    assert_eq!(found.iter().map(|one| one.1).collect::<Vec<_>>(), [Verdict::Invalid, Verdict::Valid]);
}

/// The schema is TR-ESOR's own; the folder that `VIR_XAIP_SCHEMA` names has it with all that it imports.
#[test]
fn an_xaip_is_valid_against_its_schema() {
    let Some(schema) = std::env::var_os("VIR_XAIP_SCHEMA") else { return };
    let (mut package, contents) = sample();
    package.versions.push(package.versions[0].clone());
    package.evidence.push(Evidence { version: 2, record: vec![0x30, 0] });
    let folder = Folder::new("xaip-schema");
    let path = folder.0.join("xaip.xml");
    fs::write(&path, write_xaip(&package, &contents)).unwrap();
    let mut lint = Command::new("xmllint");
    lint.args(["--nonet", "--noout", "--schema"]).arg(Path::new(&schema).join("tr-esor-xaip-v1.3.xsd")).arg(&path);
    let output = lint.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    println!("xaip: valid against the schema of TR-ESOR 1.3");
}

/// BouncyCastle on the record of a package, given the bytes that the package protects.
#[test]
fn a_record_of_a_package_holds_for_others() {
    if !openssl::is_installed() {
        return;
    }
    let service = Authority::new(&["-algorithm", "RSA"]);
    let (mut package, contents) = sample();
    seal(&mut package, &contents, &service);
    let version = &package.versions[0];
    let mut group: Vec<Vec<u8>> = contents.values().cloned().collect();
    group.push(premis::write(&package.id, version, None).into_bytes());
    group.extend(version.descriptions.iter().map(|one| one.content.clone()));
    let record = &package.evidence[0].record;
    let Some(good) = peer::opinion_on_group(record, &group) else {
        println!("package: BouncyCastle is missing");
        return;
    };
    assert_eq!(good, "valid");
    group[0].push(0);
    let bad = peer::opinion_on_group(record, &group).unwrap();
    assert!(bad.starts_with("invalid"), "{bad}");
    println!("package: BouncyCastle accepts the record of a package's {} objects, refuses a changed one", group.len());
}

/// The schema of PREMIS 3.0; the file that `VIR_PREMIS_SCHEMA` names.
#[test]
fn premis_is_valid_against_its_schema() {
    let Some(schema) = std::env::var_os("VIR_PREMIS_SCHEMA") else { return };
    let (package, _) = sample();
    let folder = Folder::new("premis-schema");
    let mut bare = package.versions[0].clone();
    (bare.representations, bare.events) = (Vec::new(), Vec::new());
    (bare.agents, bare.rights) = (Vec::new(), Vec::new());
    let all = [(&package.versions[0], None), (&package.versions[0], Some("original")), (&bare, None)];
    for (number, (version, only)) in all.into_iter().enumerate() {
        let path = folder.0.join(format!("{number}.xml"));
        fs::write(&path, premis::write(&package.id, version, only)).unwrap();
        let mut lint = Command::new("xmllint");
        let output = lint.args(["--nonet", "--noout", "--schema"]).arg(&schema).arg(&path).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    println!("premis: 3 of 3 valid against the schema of PREMIS 3.0");
}

#[test]
fn hostile_names_are_refused() {
    let (package, _) = sample();
    for path in [
        "../a", "a/../b", "/a", "a//b", "a/", "", ".", "a\\b", "c:a", "a\0b", "a\nb", "a:b", " a", "a.", "a ", "a/./b",
        "\u{ffff}",
    ] {
        let mut hostile = package.clone();
        hostile.versions[0].representations[0].files[0].path = path.to_owned();
        assert!(matches!(hostile.check(), Err(PackageError::Path(..))), "{path:?}");
        let mut hostile = package.clone();
        hostile.versions[0].representations[0].name = path.to_owned();
        assert!(hostile.check().is_err(), "{path:?}");
    }
    for text in ["\0", "\u{b}", "\u{1b}[31m", "\u{fffe}"] {
        let mut hostile = package.clone();
        hostile.label = Some(text.to_owned());
        assert!(matches!(hostile.check(), Err(PackageError::Character(_))), "{text:?}");
        let mut hostile = package.clone();
        hostile.versions[0].events[0].detail = Some(text.to_owned());
        assert!(matches!(hostile.check(), Err(PackageError::Character(_))), "{text:?}");
    }
    // Two names for one file on systems that do not tell case apart, and a file where a folder has to be.
    let mut twice = package.clone();
    twice.versions[0].representations[0].files[0].path = "LEER".to_owned();
    assert!(twice.check().is_err());
    let mut folder = package;
    folder.versions[0].representations[0].files[0].path = "leer/a".to_owned();
    folder.versions[0].events.clear();
    assert!(folder.check().is_err());
    assert!(package::path("a/b c.ü").is_ok());
}

#[test]
fn foreign_xaips_are_read() {
    let Some(files) = corpora::files("bsi-testbed.tar.gz") else { return };
    let beside = |_: &str| None;
    let (mut read, mut refused) = (0, 0);
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".xml")) {
        let name = path.rsplit('/').next().unwrap();
        let result = xaip::read(bytes, &beside);
        match result {
            Ok(found) => {
                read += 1;
                assert!(!found.package.versions.is_empty());
                assert!(found.package.check().is_ok());
            }
            Err(error) => {
                refused += 1;
                let is_whole = name.starts_with("XAIP_OK");
                assert!(!is_whole, "{name}: {error}");
            }
        }
    }
    println!("foreign XAIP: {read} read, {refused} refused");
    assert!(read >= 10);
}

fn text() -> impl Strategy<Value = String> {
    // Everything that XML can carry, and much of what it has to escape.
    proptest::string::string_regex("[\\t\\n\\r -\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}<>&\"']{1,20}").unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_written_reads_back(
        label in proptest::option::of(text()),
        reason in proptest::option::of(text()),
        detail in proptest::option::of(text()),
        names in proptest::collection::btree_set("[a-zäß<>&'=;#%+][a-z0-9äß&' ;#%+-]{0,8}[a-zß&'#%+]", 0..5),
        bodies in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..64), 5),
        description in proptest::collection::vec(any::<u8>(), 0..64),
        seconds in 0_i64..4_000_000_000,
    ) {
        let (mut package, _) = sample();
        let mut contents = Contents::new();
        package.label = label;
        let version = &mut package.versions[0];
        version.created = Moment::from_unix(seconds);
        version.reason = reason;
        version.events[0].objects.clear();
        version.events[0].detail = detail;
        version.descriptions[0].content = description;
        let files = names.iter().zip(&bodies).map(|(name, body)| {
            let file = File::of(format!("folder/{name}"), body);
            contents.insert(file.key(), body.clone());
            file
        });
        version.representations = vec![Representation { name: "r".to_owned(), files: files.collect() }];
        prop_assume!(package.check().is_ok());
        let bytes = write_xaip(&package, &contents);
        let read = xaip::read(&bytes, &|_| None).unwrap();
        prop_assert_eq!(&read.package, &package);
        prop_assert!(contents.iter().all(|(key, body)| read.contents.get(key) == Some(body)));

        let layout = eark::write(&package, Kind::Dip, &Options::default()).unwrap();
        let at = |path: &str| {
            let (_, part) = layout.files.iter().find(|(place, _)| place == path)?;
            match part {
                Part::Document(bytes) => Some(bytes.clone()),
                Part::Content(key) => contents.get(key).cloned(),
            }
        };
        prop_assert_eq!(&eark::read(&at).unwrap().package, &package);
        let paths: Vec<String> = layout.files.iter().map(|(path, _)| path.clone()).collect();
        let broken = eark::rules::judge(&paths, &at);
        prop_assert!(broken.is_empty(), "{:?}", broken);
    }
}

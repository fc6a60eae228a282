//! Claims about what somebody hands in: inventories stand for their files, and no change passes.

use std::io::{Cursor, Write as _};

use vir_archive::certificate::path::Trust;
use vir_archive::digest::Digest;
use vir_archive::evidence::Options;
use vir_archive::evidence::submission::{FileState, Judged, Limits, SubmissionError, gather};
use vir_archive::evidence::tree::Tree;
use vir_archive::evidence::verify::Verdict;
use vir_archive::evidence::write::{self, Evidence};
use vir_archive::moment::Moment;
use vir_archive::ocfl::digest::Algorithm;
use vir_archive::token::Token;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::openssl;
use crate::verdicts::{errors, texts};
use vir_testkit::time_stamps::Authority;

type File = (String, Vec<u8>);

/// An inventory of these files.
fn inventory(files: &[(&str, &[u8])]) -> Vec<u8> {
    let list = |folder: &str| {
        let one = |(path, bytes): &(&str, &[u8])| format!("\"{}\":[\"{folder}{path}\"]", Algorithm::Sha512.of(bytes));
        files.iter().map(one).collect::<Vec<_>>().join(",")
    };
    format!(
        "{{\"id\":\"urn:example:1\",\"type\":\"https://ocfl.io/1.1/spec/#inventory\",\"digestAlgorithm\":\"sha512\",\"head\":\"v1\",\"manifest\":{{{}}},\"versions\":{{\"v1\":{{\"created\":\"2026-11-22T08:00:00Z\",\"state\":{{{}}},\"message\":\"m\",\"user\":{{\"name\":\"a\",\"address\":\"mailto:a@example.org\"}}}}}}}}",
        list("v1/content/"),
        list("")
    )
    .into_bytes()
}

/// A record over these bytes, and a moment after it.
fn record(service: &Authority, bytes: &[u8]) -> (Vec<u8>, Moment) {
    let digest = Digest::Sha256;
    let tree = Tree::new(digest, [digest.of(&[bytes]).as_slice()]).unwrap();
    let response = service.answer(&write::request(digest, tree.root(), None));
    let token = write::answer(&response, digest, tree.root(), None).unwrap();
    let later = Token::read(token).unwrap().time.unix() + 60;
    (Evidence::initial(&tree, 0, token).unwrap().encode(), Moment::from_unix(later))
}

fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        zip.start_file(*path, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn judge(name: &str, bytes: &[u8], data: &[(&str, &[u8])], at: Moment) -> Vec<Judged> {
    let data: Vec<File> = data.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
    let found = gather(name, bytes.to_vec(), &data, &|_| None, Limits::OWN).unwrap();
    let options = Options { at, catalogue: true, trust: Trust::default() };
    found.iter().map(|material| material.judge(&options)).collect()
}

const LETTER: &[u8] = b"a letter";
const PLAN: &[u8] = b"a plan";

#[test]
fn an_inventory_stands_for_its_files() {
    if !openssl::is_installed() {
        return;
    }
    let service = Authority::new(&["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    let inventory = inventory(&[("content/letter.txt", LETTER), ("content/plan.txt", PLAN)]);
    let (ers, at) = record(&service, &inventory);
    let states = |judged: &Judged| -> Vec<FileState> {
        judged.files.as_ref().unwrap().files.iter().map(|(_, state)| *state).collect()
    };

    // Beside the record.
    let [judged] = &judge("e.ers", &ers, &[("inventory.json", &inventory), ("letter.txt", LETTER)], at)[..] else {
        panic!()
    };
    assert_eq!(judged.report.verdict, Verdict::Valid, "{}", texts(&judged.report));
    assert_eq!(states(judged), [FileState::Covered, FileState::Absent]);
    for (name, bytes, rule) in
        [("letter.txt", &b"another letter"[..], "package-object"), ("other.txt", b"other", "data-not-covered")]
    {
        let judged = &judge("e.ers", &ers, &[("inventory.json", &inventory), (name, bytes)], at)[0];
        assert_eq!(judged.report.verdict, Verdict::Invalid, "{name}");
        assert!(errors(&judged.report).contains(&rule), "{name}: {}", texts(&judged.report));
    }

    // In a package.
    let files = [
        ("LIESMICH.txt", &b"words"[..]),
        ("nachweise/inventory.json", &inventory),
        ("nachweise/evidence.ers", &ers),
        ("dateien/1/letter.txt", LETTER),
        ("dateien/2/plan.txt", PLAN),
    ];
    let judged = &judge("p.zip", &packed(&files), &[], at)[0];
    assert_eq!(judged.report.verdict, Verdict::Valid, "{}", texts(&judged.report));
    assert_eq!(states(judged), [FileState::Covered, FileState::Covered, FileState::NotCovered]);
    // Each file changed in turn. The record itself has parts, certificates of others, that prove nothing here.
    for place in [1, 3, 4] {
        let mut changed: Vec<(&str, Vec<u8>)> = files.iter().map(|(path, bytes)| (*path, bytes.to_vec())).collect();
        let middle = changed[place].1.len() / 2;
        changed[place].1[middle] ^= 1;
        let changed: Vec<(&str, &[u8])> = changed.iter().map(|(path, bytes)| (*path, bytes.as_slice())).collect();
        let judged = judge("p.zip", &packed(&changed), &[], at);
        let accepted = judged.iter().any(|one| one.report.verdict == Verdict::Valid);
        assert!(!accepted, "{} was changed: {}", files[place].0, texts(&judged[0].report));
    }
}

#[test]
fn what_is_too_much_is_refused() {
    let many = packed(&[("a", b"1"), ("b", b"2"), ("c", b"3")]);
    let limits = |bytes, files, elements| Limits { bytes, files, elements };
    let refused = |bytes: &[u8], limits| gather("x", bytes.to_vec(), &[], &|_| None, limits).unwrap_err();
    assert_eq!(refused(&many, limits(100, 2, 10)), SubmissionError::Many(2));
    assert_eq!(refused(&many, limits(2, 10, 10)), SubmissionError::Large(2));
    let deep = "<a>".repeat(20);
    assert_eq!(refused(deep.as_bytes(), limits(100, 2, 10)), SubmissionError::Elements("x".to_owned(), 10));
    assert!(matches!(refused(b"PK\x03\x04 no archive", Limits::OWN), SubmissionError::Container(_)));
    for error in [SubmissionError::Many(2), SubmissionError::Large(2), refused(b"PK\x03\x04", Limits::OWN)] {
        assert_ne!(error.text().de, error.text().en);
    }
}

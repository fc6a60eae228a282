//! Claims about records that we write: BouncyCastle, an independent implementation, accepts what we accept and
//! refuses what was tampered with. Tokens come from `openssl ts` as a local service.
//!
//! Maven fetches BouncyCastle once into the target folder. Without Java, Maven or `openssl` nothing is claimed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use vir_archive::certificate::certificates;
use vir_archive::certificate::path::{Judgement, Trust};
use vir_archive::digest::Digest;
use vir_archive::evidence::tree::Tree;
use vir_archive::evidence::verify::Verdict;
use vir_archive::evidence::write::{self, Evidence};
use vir_archive::evidence::{Object, Options, Record, Report, verify};
use vir_archive::moment::Moment;
use vir_archive::token::Token;

use crate::openssl::{self, Folder};
use crate::verdicts::texts;
use vir_testkit::time_stamps::Authority;

const VERSION: &str = "1.80";

/// The folder with BouncyCastle's archives.
fn bouncy_castle() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bouncycastle-{VERSION}"));
    for name in ["bcprov", "bcpkix", "bcutil"] {
        if folder.join(format!("{name}-jdk18on-{VERSION}.jar")).is_file() {
            continue;
        }
        let fetched = Command::new("mvn")
            .args(["-q", "-B", "dependency:copy"])
            .arg(format!("-Dartifact=org.bouncycastle:{name}-jdk18on:{VERSION}"))
            .arg(format!("-DoutputDirectory={}", folder.display()))
            .output();
        if !fetched.is_ok_and(|output| output.status.success()) {
            return None;
        }
    }
    Command::new("java").arg("-version").output().is_ok_and(|output| output.status.success()).then_some(folder)
}

/// What BouncyCastle says of each pair of record and data.
pub fn second_opinions(folder: &Folder, pairs: &[(Vec<u8>, Vec<u8>)]) -> Option<Vec<String>> {
    let archives = bouncy_castle()?;
    let mut command = Command::new("java");
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peer/VerifyRecords.java");
    command.arg("-cp").arg(archives.join("*")).arg(program);
    for (at, (record, data)) in pairs.iter().enumerate() {
        for (name, bytes) in [("record", record), ("data", data)] {
            let path = folder.0.join(format!("{name}-{at}"));
            fs::write(&path, bytes).unwrap();
            command.arg(path);
        }
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), pairs.len());
    Some(lines)
}

/// What BouncyCastle says of a record about a group of data objects; none where it is missing.
pub fn opinion_on_group(record: &[u8], group: &[Vec<u8>]) -> Option<String> {
    let archives = bouncy_castle()?;
    let folder = Folder::new("peer-group");
    let (path, inside) = (folder.0.join("record"), folder.0.join("group"));
    fs::write(&path, record).unwrap();
    _ = fs::remove_dir_all(&inside);
    fs::create_dir(&inside).unwrap();
    for (at, data) in group.iter().enumerate() {
        fs::write(inside.join(at.to_string()), data).unwrap();
    }
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peer/VerifyRecords.java");
    let mut command = Command::new("java");
    let output = command.arg("-cp").arg(archives.join("*")).arg(program).arg(path).arg(inside).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

/// A token over the root of a tree.
fn stamp(service: &Authority, tree: &Tree) -> Vec<u8> {
    let request = write::request(tree.digest(), tree.root(), Some(0x8000_0000_0000_0001));
    let response = service.answer(&request);
    let nonce = Some(0x8000_0000_0000_0001);
    let token = write::answer(&response, tree.digest(), tree.root(), nonce).unwrap().to_vec();
    assert_eq!(write::answer(&write::response(&token), tree.digest(), tree.root(), nonce).unwrap(), token);
    assert!(write::answer(&response, tree.digest(), tree.root(), Some(2)).is_err());
    assert!(write::answer(&response, tree.digest(), &[0; 32], nonce).is_err());
    token
}

/// Data objects, and their records through a life of renewals.
struct Life {
    stages: Vec<Vec<Vec<u8>>>,
    data: Vec<Vec<u8>>,
    last: Moment,
}

fn live(service: &Authority, count: usize) -> Life {
    let data: Vec<Vec<u8>> = (0..count).map(|number| format!("object {number} of {count}").into_bytes()).collect();
    let digest = Digest::Sha256;
    let leaves: Vec<Vec<u8>> = data.iter().map(|data| digest.of(&[data])).collect();
    let tree = Tree::new(digest, leaves.iter().map(Vec::as_slice)).unwrap();
    let token = stamp(service, &tree);
    let mut records: Vec<Evidence> = (0..count).map(|leaf| Evidence::initial(&tree, leaf, &token).unwrap()).collect();
    let mut stages = vec![records.iter().map(Evidence::encode).collect::<Vec<_>>()];

    // All share one time stamp, so its renewal has one leaf of theirs, here beside one of another tree.
    let other = digest.of(&[b"another time stamp"]);
    let leaf = records[0].time_stamp_leaf().unwrap();
    let tree = Tree::new(digest, [leaf.as_slice(), &other]).unwrap();
    let token = stamp(service, &tree);
    records = records.into_iter().map(|record| record.renew_time_stamp(&tree, 0, &token).unwrap()).collect();
    stages.push(records.iter().map(Evidence::encode).collect());

    let digest = Digest::Sha512;
    let leaves: Vec<Vec<u8>> =
        records.iter().zip(&data).map(|(record, data)| record.hash_tree_leaf(digest, &digest.of(&[data]))).collect();
    let tree = Tree::new(digest, leaves.iter().map(Vec::as_slice)).unwrap();
    let token = stamp(service, &tree);
    let renew = |(leaf, record): (usize, Evidence)| record.renew_hash_tree(&tree, leaf, &token).unwrap();
    records = records.into_iter().enumerate().map(renew).collect();
    stages.push(records.iter().map(Evidence::encode).collect());

    let leaf = records[0].time_stamp_leaf().unwrap();
    let tree = Tree::new(digest, [leaf.as_slice()]).unwrap();
    let token = stamp(service, &tree);
    records = records.into_iter().map(|record| record.renew_time_stamp(&tree, 0, &token).unwrap()).collect();
    stages.push(records.iter().map(Evidence::encode).collect());
    let last = Token::read(&token).unwrap().time;
    Life { stages, data, last }
}

pub fn judge(record: &[u8], data: &[u8], at: Moment, roots: &[Vec<u8>]) -> Report {
    let record = Record::read(record).unwrap();
    let anchors = roots.iter().map(Vec::as_slice).collect();
    let trust = Trust { anchors, ..Trust::default() };
    verify(&record, &[Object::new("data", data)], &Options { at, catalogue: true, trust })
}

#[test]
fn bouncy_castle_accepts_our_records_and_refuses_tampered_ones() {
    if !openssl::is_installed() {
        return;
    }
    let rsa = Authority::new(&["-algorithm", "RSA"]);
    let brainpool = Authority::new(&["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1"]);
    let (mut pairs, mut expected) = (Vec::new(), Vec::new());
    for (service, counts) in [(&rsa, &[1, 2, 5][..]), (&brainpool, &[3, 16])] {
        let roots = certificates(&service.root()).unwrap();
        for count in counts {
            let life = live(service, *count);
            for stage in &life.stages {
                for (record, data) in stage.iter().zip(&life.data) {
                    let report = judge(record, data, life.last, &roots);
                    assert_eq!(report.verdict, Verdict::Valid, "{}", texts(&report));
                    assert!(report.time_stamps.iter().all(|one| matches!(one.path, Judgement::Trusted { .. })));
                    assert_eq!(Evidence::read(record).unwrap().encode(), *record, "reading and writing settles");
                    pairs.push((record.clone(), data.clone()));
                    expected.push(true);
                }
                let other = b"object that nobody stamped".to_vec();
                assert_eq!(judge(&stage[0], &other, life.last, &roots).verdict, Verdict::Invalid);
                pairs.push((stage[0].clone(), other));
                expected.push(false);
            }
        }
    }
    let Some(opinions) = second_opinions(&Folder::new("peer"), &pairs) else {
        println!("peer: BouncyCastle is missing");
        return;
    };
    for (at, (opinion, expect)) in opinions.iter().zip(&expected).enumerate() {
        assert_eq!(opinion == "valid", *expect, "pair {at}: {opinion}");
    }
    let good = expected.iter().filter(|expect| **expect).count();
    println!(
        "peer: BouncyCastle {VERSION} accepts {good} of {good} records, refuses {} of {}",
        expected.len() - good,
        expected.len() - good
    );
}

/// Without its root, or with that of another, no service is trusted.
#[test]
fn only_the_path_to_an_anchor_is_trusted() {
    if !openssl::is_installed() {
        return;
    }
    let service = Authority::new(&["-algorithm", "RSA"]);
    let other = Authority::new(&["-algorithm", "RSA"]);
    let life = live(&service, 2);
    let (record, data) = (&life.stages[0][0], &life.data[0]);
    let own = certificates(&service.root()).unwrap();
    let foreign = certificates(&other.root()).unwrap();
    let none = judge(record, data, life.last, &[]);
    assert_eq!(none.verdict, Verdict::Valid);
    assert!(none.findings.iter().any(|finding| finding.reason.id() == "path-not-judged"));
    assert_eq!(judge(record, data, life.last, &own).verdict, Verdict::Valid);
    let wrong = judge(record, data, life.last, &foreign);
    assert_eq!(crate::verdicts::errors(&wrong), ["path-broken"]);
}

//! Claims about records within containers.

use std::io::Read;

use flate2::read::DeflateDecoder;
use vir_archive::der::{Element, tag, write as der};
use vir_archive::digest::Digest;
use vir_archive::evidence::Finding;
use vir_archive::evidence::container::{asic, cms};
use vir_archive::evidence::finding::Place;
use vir_archive::evidence::record::Syntax;
use vir_archive::evidence::tree::Tree;
use vir_archive::evidence::verify::Verdict;
use vir_archive::evidence::write::{self, Evidence};

use crate::corpora;
use crate::openssl::{self, Folder};
use crate::verdicts::{judge, judge_at, texts};
use vir_testkit::time_stamps::Authority;

/// The files of a ZIP archive, by its central directory.
fn unzip(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let two = |at: usize| usize::from(u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap()));
    let four = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let end = bytes.windows(4).rposition(|window| window == b"PK\x05\x06").unwrap();
    let mut at = four(end + 16);
    let mut files = Vec::new();
    for _ in 0..two(end + 10) {
        let (method, size, name) = (two(at + 10), four(at + 20), two(at + 28));
        let local = four(at + 42);
        let start = local + 30 + two(local + 26) + two(local + 28);
        let packed = &bytes[start..start + size];
        let mut content = Vec::new();
        if method == 0 {
            content.extend_from_slice(packed);
        } else {
            DeflateDecoder::new(packed).read_to_end(&mut content).unwrap();
        }
        files.push((String::from_utf8(bytes[at + 46..at + 46 + name].to_vec()).unwrap(), content));
        at += 46 + name + two(at + 30) + two(at + 32);
    }
    files
}

#[test]
fn the_containers_of_the_testbed_are_judged_right() {
    let Some(files) = corpora::files("bsi-testbed.tar.gz") else { return };
    let contents = |name: &str| unzip(&files[&format!("bsi-testbed/TESTDATA/{name}")]);
    let verdict = |name: &str| {
        let records = asic::records(&contents(name));
        let [protected] = records.as_slice() else { panic!("{name}: {} records", records.len()) };
        let mut report = judge(protected.record.as_ref().unwrap(), &protected.objects, true);
        report.add(protected.faults.iter().cloned().map(|reason| Finding {
            place: Place::RECORD,
            reason,
            syntax: Syntax::Asn1,
        }));
        report.verdict
    };
    assert_eq!(verdict("ASIC_E_ER_OK.asice"), Verdict::Valid);
    assert_eq!(verdict("ASIC_E_ER_NOK.asice"), Verdict::Invalid);
    assert_eq!(verdict("ASIC_S_ER_OK.asics"), Verdict::Valid);
    // The fourth one holds the same files as the third; only the dates in the ZIP archive differ.
    assert_eq!(contents("ASIC_S_ER_NOK.asics"), contents("ASIC_S_ER_OK.asics"));
}

/// The signature with the record as an attribute that is not signed.
fn embed(signature: &[u8], record: &[u8]) -> Vec<u8> {
    let mut info = Element::only(signature).unwrap().parts(tag::SEQUENCE).unwrap();
    let kind = info.next().unwrap();
    let signed = Element::only(info.next().unwrap().content).unwrap();
    let mut parts: Vec<Vec<u8>> =
        signed.parts(tag::SEQUENCE).unwrap().all().unwrap().into_iter().map(|part| part.bytes.to_vec()).collect();
    let signers = parts.pop().unwrap();
    let signer = Element::only(Element::only(&signers).unwrap().content).unwrap();
    let oid = der::oid("1.2.840.113549.1.9.16.2.49");
    let attribute = der::sequence(&[&oid, &der::value(tag::SET, &[record])]);
    let signer = der::sequence(&[signer.content, &der::value(tag::context(1), &[&attribute])]);
    parts.push(der::value(tag::SET, &[&signer]));
    let signed = der::value(tag::context(0), &[&der::sequence_of(&parts)]);
    der::sequence(&[kind.bytes, &signed])
}

#[test]
fn a_record_in_a_signature_protects_the_signature_without_it() {
    if !openssl::is_installed() {
        return;
    }
    let folder = Folder::new("cms");
    let at = &folder.0;
    std::fs::write(at.join("content"), "signed words").unwrap();
    openssl::must(
        at,
        &["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key", "-subj", "/CN=Signer", "-out", "cert"],
    );
    let sign = ["cms", "-sign", "-nodetach", "-binary", "-in", "content", "-signer", "cert", "-inkey", "key"];
    openssl::must(at, &[&sign[..], &["-outform", "DER", "-out", "signature"]].concat());
    let signature = std::fs::read(at.join("signature")).unwrap();
    let service = Authority::new(&["-algorithm", "RSA"]);
    let digest = Digest::Sha256;
    let tree = Tree::new(digest, [digest.of(&[&signature]).as_slice()]).unwrap();
    let response = service.answer(&write::request(digest, tree.root(), None));
    let token = write::answer(&response, digest, tree.root(), None).unwrap();
    let record = Evidence::initial(&tree, 0, token).unwrap().encode();
    let with = embed(&signature, &record);
    let found = cms::records(&with, None).unwrap();
    assert_eq!(found.len(), 1);
    let report = judge_at(found[0].record.as_ref().unwrap(), &found[0].objects);
    assert_eq!(report.verdict, Verdict::Valid, "{}", texts(&report));
    let place = with.windows(6).position(|window| window == b"signed").unwrap();
    let mut changed = with.clone();
    changed[place] = b'S';
    let found = cms::records(&changed, None).unwrap();
    assert_eq!(judge_at(found[0].record.as_ref().unwrap(), &found[0].objects).verdict, Verdict::Invalid);
}

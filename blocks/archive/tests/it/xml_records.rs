//! Claims about XML evidence records (RFC 6283): records made here, canonicalised by `xmllint`, are valid, in every
//! form that the RFC allows, and not valid for other data.

use std::fs;
use std::process::Command;

use base64::Engine as _;
use vir_archive::digest::Digest;
use vir_archive::evidence::tree::Tree;
use vir_archive::evidence::verify::Verdict;
use vir_archive::evidence::write;
use vir_archive::evidence::{Object, Record};

use crate::openssl::{self, Folder};
use crate::verdicts::{errors, judge_at, texts};
use vir_testkit::time_stamps::Authority;

const NAMESPACE: &str = "urn:ietf:params:xml:ns:ers";
const METHODS: [(&str, &str); 3] = [
    ("--c14n", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
    ("--c14n11", "http://www.w3.org/2006/12/xml-c14n11"),
    ("--exc-c14n", "http://www.w3.org/2001/10/xml-exc-c14n#"),
];

fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// What `xmllint` calls the canonical form of a document; without comments, which ours do not have.
fn canonical(folder: &Folder, method: &str, text: &str) -> Vec<u8> {
    let path = folder.0.join("document.xml");
    fs::write(&path, text).unwrap();
    let output = Command::new("xmllint").arg(method).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn is_installed() -> bool {
    openssl::is_installed() && Command::new("xmllint").arg("--version").output().is_ok()
}

/// A list of hash values, each list an element.
fn hash_tree(lists: &[Vec<Vec<u8>>]) -> String {
    if lists.is_empty() {
        return String::new();
    }
    let sequence = |(at, list): (usize, &Vec<Vec<u8>>)| {
        let values: String =
            list.iter().map(|value| format!("\n   <DigestValue>{}</DigestValue>", base64(value))).collect();
        format!("\n  <Sequence Order=\"{}\">{values}\n  </Sequence>", at + 1)
    };
    format!("<HashTree>{}\n </HashTree>", lists.iter().enumerate().map(sequence).collect::<String>())
}

fn time_stamp(token: &[u8], declaration: &str) -> String {
    format!(
        "<TimeStamp{declaration}><TimeStampToken Type=\"RFC3161\">\n{}\n</TimeStampToken></TimeStamp>",
        base64(token)
    )
}

fn archive_time_stamp(order: usize, lists: &[Vec<Vec<u8>>], token: &[u8]) -> String {
    format!("<ArchiveTimeStamp Order=\"{order}\">{}{}</ArchiveTimeStamp>\n", hash_tree(lists), time_stamp(token, ""))
}

fn chain(order: usize, digest: &str, method: &str, stamps: &str) -> String {
    format!(
        "<ArchiveTimeStampChain Order=\"{order}\"><DigestMethod Algorithm=\"{digest}\"/><CanonicalizationMethod Algorithm=\"{method}\"/>{stamps}</ArchiveTimeStampChain>"
    )
}

fn sequence(chains: &[&str], declaration: &str) -> String {
    format!("<ArchiveTimeStampSequence{declaration}>{}</ArchiveTimeStampSequence>", chains.concat())
}

fn record(sequence: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<EvidenceRecord Version=\"1.0\" xmlns=\"{NAMESPACE}\">\n{sequence}\n</EvidenceRecord>\n"
    )
}

fn token(service: &Authority, digest: Digest, root: &[u8]) -> Vec<u8> {
    let response = service.answer(&write::request(digest, root, None));
    write::answer(&response, digest, root, None).unwrap().to_vec()
}

/// The value to which a list of values leads.
fn joined(digest: Digest, values: &[Vec<u8>]) -> Vec<u8> {
    let mut values: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
    values.sort_unstable();
    digest.of(&values)
}

#[test]
fn xml_records_are_verified_through_both_renewals() {
    if !is_installed() {
        return;
    }
    let folder = Folder::new("xml-records");
    let service = Authority::new(&["-algorithm", "RSA"]);
    let plain = b"plain data".to_vec();
    let xml = "<?xml version='1.0'?><a  b='1'   xmlns:p='urn:p'><!-- c --><p:d/></a>";
    let objects = || vec![Object::new("plain", plain.clone()), Object::new("xml", xml.as_bytes())];
    let (first, second) = (Digest::Sha256, Digest::Sha512);
    let uris = ["http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmlenc#sha512"];
    let declaration = format!(" xmlns=\"{NAMESPACE}\"");
    for (option, method) in METHODS {
        // Comments are no part of the forms here; `xmllint` keeps them, so the data loses its comment first.
        let form = canonical(&folder, option, &xml.replace("<!-- c -->", ""));
        let values = vec![first.of(&[&plain]), first.of(&[&form])];
        let token_1 = token(&service, first, &joined(first, &values));
        let stamp_1 = archive_time_stamp(1, &[values], &token_1);
        let text = record(&sequence(&[&chain(1, uris[0], method, &stamp_1)], ""));
        let report = judge_at(text.as_bytes(), &objects());
        assert_eq!(report.verdict, Verdict::Valid, "{method}\n  {}", texts(&report));

        let covered = first.of(&[&canonical(&folder, option, &time_stamp(&token_1, &declaration))]);
        let neighbour = first.of(&[b"another time stamp"]);
        let tree = Tree::new(first, [covered.as_slice(), &neighbour]).unwrap();
        let token_2 = token(&service, first, tree.root());
        let stamp_2 = archive_time_stamp(2, &tree.reduced(0).unwrap(), &token_2);
        let chain_1 = chain(1, uris[0], method, &format!("{stamp_1}{stamp_2}"));
        let text = record(&sequence(&[&chain_1], ""));
        let report = judge_at(text.as_bytes(), &objects());
        assert_eq!(report.verdict, Verdict::Valid, "{method}\n  {}", texts(&report));

        let earlier = second.of(&[&canonical(&folder, option, &sequence(&[&chain_1], &declaration))]);
        let values = vec![second.of(&[&plain]), second.of(&[&form])];
        let beside = [values.clone(), vec![earlier.clone()]].concat();
        let hashed: Vec<Vec<u8>> = values.iter().map(|value| second.of(&[value, &earlier])).collect();
        for (list, space) in [(beside, ""), (hashed, "\n  ")] {
            let token_3 = token(&service, second, &joined(second, &list));
            let stamp_3 = archive_time_stamp(1, &[list], &token_3);
            let chain_2 = format!("{space}{}{space}", chain(2, uris[1], method, &stamp_3));
            let text = record(&sequence(&[&chain_1, &chain_2], ""));
            let report = judge_at(text.as_bytes(), &objects());
            assert_eq!(report.verdict, Verdict::Valid, "{method}\n  {}", texts(&report));

            let other = [Object::new("other", &b"other data"[..])];
            let found = errors(&judge_at(text.as_bytes(), &other));
            assert!(
                found.contains(&"data-not-covered") && found.contains(&"data-not-covered-after-renewal"),
                "{found:?}"
            );
            // A chain that was changed after it was renewed.
            let changed = text.replacen("<DigestMethod ", "<DigestMethod x=\"\" ", 1);
            assert!(errors(&judge_at(changed.as_bytes(), &objects())).contains(&"data-not-covered-after-renewal"));
            assert!(Record::read(text.replacen("Order=\"2\"", "Order=\"3\"", 1).as_bytes()).is_err());
        }
    }
}

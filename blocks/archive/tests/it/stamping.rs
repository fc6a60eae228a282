//! Claims about the evidence of a whole depot: every version gets a record, through all renewals, and others accept it.

use std::cell::Cell;
use std::collections::BTreeMap;

use vir_archive::certificate::certificates;
use vir_archive::digest::Digest;
use vir_archive::evidence::Record;
use vir_archive::evidence::verify::Verdict;
use vir_archive::ocfl::depot::{Depot, scrub};
use vir_archive::ocfl::layout::Layout;
use vir_archive::ocfl::storage::Storage;
use vir_archive::stamping::{Grown, PREFIX, Stamping, StampingError, TimeStamps};
use vir_archive::token::Token;

use crate::ocfl::{Disk, Power, change};
use crate::openssl::{self, Folder};
use crate::peer::{judge, second_opinions};
use crate::verdicts::texts;
use vir_testkit::time_stamps::Authority;

/// `openssl ts`, counting the calls.
struct Office {
    service: Authority,
    calls: Cell<u64>,
    fails: Cell<bool>,
}

impl TimeStamps for Office {
    fn ask(&self, request: &[u8]) -> Result<Vec<u8>, String> {
        self.calls.set(self.calls.get() + 1);
        if self.fails.get() { Err("closed".to_owned()) } else { Ok(self.service.answer(request)) }
    }

    fn nonce(&self) -> u64 {
        0x9000_0000_0000_0000 | self.calls.get()
    }
}

const NOW: &str = "2026-11-22T10:00:00Z";

fn put(depot: &Depot<Disk>, id: &str, files: &[(&str, &str)]) {
    let mut draft = depot.draft(id, change("Ablage")).unwrap();
    for (path, content) in files {
        draft.put(path, &mut content.as_bytes()).unwrap();
    }
    draft.commit().unwrap();
}

fn versions(depot: &Depot<Disk>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut each = |_: &str, object: Result<vir_archive::ocfl::depot::Indexed, _>| {
        let object = object.unwrap();
        if !object.id.starts_with(PREFIX) {
            found.extend(object.versions.into_iter().map(|version| (object.id.clone(), version.name)));
        }
    };
    depot.index(&mut each).unwrap();
    found
}

/// Every version's record is valid for its inventory and for no other; gives pairs of record and data.
fn all_are_proven(stamping: &Stamping<'_, Disk>, depot: &Depot<Disk>, office: &Office) -> Vec<(Vec<u8>, Vec<u8>)> {
    let roots = certificates(&office.service.root()).unwrap();
    // The newest token's time is when everything is judged.
    let last = stamping.trees().last().unwrap();
    let mut token = Vec::new();
    std::io::Read::read_to_end(&mut depot.file(&last.id(), None, "time-stamp.tst").unwrap(), &mut token).unwrap();
    let now = Token::read(&token).unwrap().time;
    let mut all = BTreeMap::new();
    let mut each = |id: &str, version: &str, record: &[u8]| {
        all.insert((id.to_owned(), version.to_owned()), record.to_vec());
        Ok(())
    };
    stamping.records(&mut each).unwrap();
    let cutter = stamping.cutter().unwrap();
    let mut pairs = Vec::new();
    for (id, version) in versions(depot) {
        let record = stamping.record(&id, &version).unwrap();
        assert_eq!(cutter.record(&id, &version).unwrap(), record, "in any order");
        let data = stamping.inventory_of(&id, &version).unwrap();
        let report = judge(&record, &data, now, &roots);
        assert_eq!(report.verdict, Verdict::Valid, "{id} {version}: {}", texts(&report));
        assert_eq!(all.get(&(id, version)), Some(&record), "one by one or all together");
        assert_eq!(judge(&record, b"something else", now, &roots).verdict, Verdict::Invalid);
        pairs.push((record, data));
    }
    pairs
}

#[test]
fn every_version_has_a_record_through_all_renewals_and_bouncy_castle_accepts_it() {
    if !openssl::is_installed() {
        return;
    }
    let depot = Depot::create(Disk::new(Power::default()), Layout::OURS).unwrap();
    let service = Authority::new(&["-algorithm", "RSA"]);
    let office = Office { service, calls: Cell::new(0), fails: Cell::new(false) };
    let quiet = &mut |_: usize| {};
    for number in 0..5 {
        put(&depot, &format!("urn:example:akte-{number}"), &[("a.txt", &format!("Akte {number}")), ("b.txt", "b")]);
    }
    let mut stamping = Stamping::open(&depot).unwrap();
    assert!(matches!(stamping.record("urn:example:akte-0", "v1"), Err(StampingError::NotStamped { .. })));
    let grown = stamping.stamp(Digest::Sha256, &office, NOW, quiet).unwrap();
    assert_eq!(grown, Grown { trees: 1, leaves: 5, unreadable: 0 });
    assert_eq!(stamping.stamp(Digest::Sha256, &office, NOW, quiet).unwrap(), Grown::default(), "nothing is new");
    let mut pairs = all_are_proven(&stamping, &depot, &office);

    put(&depot, "urn:example:akte-1", &[("a.txt", "Akte 1, ergänzt")]);
    put(&depot, "urn:example:akte-9", &[("neu.txt", "neu")]);
    assert_eq!(stamping.stamp(Digest::Sha256, &office, NOW, quiet).unwrap().leaves, 2);
    let calls = office.calls.get();
    assert_eq!(stamping.renew_time_stamps(&office, NOW).unwrap(), Grown { trees: 1, leaves: 2, unreadable: 0 });
    assert_eq!(office.calls.get(), calls + 1, "one call however many objects");
    pairs.extend(all_are_proven(&stamping, &depot, &office));

    // Later objects begin with the new algorithm; the older ones go over to it, twice renewed.
    put(&depot, "urn:example:akte-10", &[("später.txt", "später")]);
    assert_eq!(stamping.stamp(Digest::Sha512, &office, NOW, quiet).unwrap().leaves, 1);
    let rehashed = stamping.renew_hash_trees(Digest::Sha512, &office, NOW, &mut |_| {}).unwrap();
    assert_eq!(rehashed, Grown { trees: 2, leaves: 5 + 1 + 2 + 1, unreadable: 0 });
    pairs.extend(all_are_proven(&stamping, &depot, &office));
    assert_eq!(stamping.renew_hash_trees(Digest::Sha512, &office, NOW, &mut |_| {}).unwrap(), Grown::default());
    assert_eq!(stamping.renew_time_stamps(&office, NOW).unwrap().leaves, 3);
    assert_eq!(stamping.renew_time_stamps(&office, NOW).unwrap().leaves, 1, "all share one time stamp now");
    pairs.extend(all_are_proven(&stamping, &depot, &office));

    // What is there can be opened anew, and says the same.
    let again = Stamping::open(&depot).unwrap();
    assert_eq!(again.trees(), stamping.trees());
    assert_eq!(again.record("urn:example:akte-3", "v1").unwrap(), stamping.record("urn:example:akte-3", "v1").unwrap());

    // A second change of algorithm compares with the digests that the first one kept.
    let third = stamping.renew_hash_trees(Digest::Sha384, &office, NOW, &mut |_| {}).unwrap();
    assert_eq!(third.trees, 3);
    pairs.extend(all_are_proven(&stamping, &depot, &office));

    // The trees are objects like others.
    let storage: &dyn Storage = depot.storage();
    let scrubbed = scrub(&depot, &[storage], &mut |damage| panic!("{damage:?}")).unwrap();
    assert_eq!(scrubbed.damaged, 0);

    let Some(opinions) = second_opinions(&Folder::new("stamping-peer"), &pairs) else {
        println!("depot-records: BouncyCastle is missing");
        return;
    };
    let mut accepted = 0;
    for (opinion, (record, _)) in opinions.iter().zip(&pairs) {
        // BouncyCastle wants the newest time stamp to cover all earlier ones of its chain; RFC 4998 (5.2) the last.
        // With more than two in a chain the two readings differ.
        let chains = Record::read(record).unwrap().chains;
        let differ = chains.last().unwrap().stamps.len() > 2;
        let expected = if differ { "invalid: unable to process previous ArchiveTimeStamps" } else { "valid" };
        assert_eq!(opinion, expected);
        accepted += usize::from(!differ);
    }
    println!(
        "depot-records: BouncyCastle accepts {accepted} of {accepted} records with up to two time stamps in a chain"
    );
}

#[test]
fn a_service_that_fails_and_damaged_content_change_nothing() {
    if !openssl::is_installed() {
        return;
    }
    let depot = Depot::create(Disk::new(Power::default()), Layout::OURS).unwrap();
    let service = Authority::new(&["-algorithm", "RSA"]);
    let office = Office { service, calls: Cell::new(0), fails: Cell::new(true) };
    put(&depot, "urn:example:akte", &[("a.txt", "Akte")]);
    let before = depot.storage().files();
    let mut stamping = Stamping::open(&depot).unwrap();
    let failed = stamping.stamp(Digest::Sha256, &office, NOW, &mut |_| {});
    assert!(matches!(failed, Err(StampingError::Service(why)) if why == "closed"));
    assert_eq!(depot.storage().files(), before);

    office.fails.set(false);
    stamping.stamp(Digest::Sha256, &office, NOW, &mut |_| {}).unwrap();
    put(&depot, "urn:example:gone", &[("a.txt", "gelöscht")]);
    stamping.stamp(Digest::Sha256, &office, NOW, &mut |_| {}).unwrap();
    depot.purge("urn:example:gone").unwrap();
    let rehashed = stamping.renew_hash_trees(Digest::Sha512, &office, NOW, &mut |_| {}).unwrap();
    assert_eq!(rehashed.trees, 2, "what was deleted keeps its place");
    all_are_proven(&stamping, &depot, &office);

    let place = format!("{}/v1/content/a.txt", depot.place("urn:example:akte"));
    depot.storage().tamper(&place, |bytes| bytes[0] ^= 1);
    let before = stamping.trees().len();
    let refused = stamping.renew_hash_trees(Digest::Sha384, &office, NOW, &mut |_| {});
    assert!(matches!(refused, Err(StampingError::Content { path, .. }) if path == "v1/content/a.txt"));
    assert_eq!(stamping.trees().len(), before);
}

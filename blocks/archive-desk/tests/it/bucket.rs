//! A depot in S3-compatible storage: the Versity S3 Gateway of the test kit.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use vir_archive_desk::storage::{OpenError, S3, Shared, Store};

use crate::store::{assert_valid, change, disk, put};

/// So that a test that kills its holder need not wait long.
const LASTS: Duration = Duration::from_millis(1500);

pub fn place(endpoint: &str, name: &str, access_key: &str, secret_key: &str) -> vir_store::S3 {
    vir_store::S3 {
        endpoint: endpoint.to_owned(),
        region: "us-east-1".to_owned(),
        bucket: name.to_owned(),
        prefix: "ablage".to_owned(),
        access_key: access_key.to_owned(),
        secret_key: secret_key.to_owned(),
    }
}

pub fn open(endpoint: &str, name: &str, access_key: &str, secret_key: &str) -> Shared {
    Arc::new(S3::open(&place(endpoint, name, access_key, secret_key), LASTS).unwrap())
}

#[test]
fn a_bucket_holds_what_a_disk_holds() {
    let Some(s3) = vir_testkit::s3::shared() else { return };
    let bucket = s3.bucket();
    let place = place(&bucket.endpoint, &bucket.name, &bucket.access_key, &bucket.secret_key);
    let remote = || -> Shared { Arc::new(S3::open(&place, LASTS).unwrap()) };
    let folder = tempfile::tempdir().unwrap();
    // More than one part, and an end that is none.
    let large: Vec<u8> = (0..(17 << 20) + 5).map(|at: u32| (at * 7 % 251) as u8).collect();
    let store = Store::open(remote(), Some(disk(folder.path()))).unwrap();
    put(&store, "urn:example:1", &[("a/ü 100%.txt", b"eins"), ("leer", b""), ("groß", &large)]);
    put(&store, "urn:example:1", &[("a/ü 100%.txt", b"zwei"), ("b#?{}.txt", b"drei")]);
    put(&store, "urn:example:2", &[("a", b"eins")]);
    put(&store, "urn:example:3", &[("a", b"eins")]);
    store.depot().purge("urn:example:3").unwrap();
    // What is given up leaves nothing behind.
    let mut draft = store.depot().draft("urn:example:4", change()).unwrap();
    draft.put("a", &mut &b"eins"[..]).unwrap();
    drop(draft);
    assert_valid(&store, 2);
    assert!(matches!(S3::open(&place, LASTS), Err(OpenError::InUse(_))), "a second process would be refused");
    drop(store);

    let names = |folder: &Path| -> BTreeSet<String> {
        let mut waiting = vec![folder.to_owned()];
        let mut found = BTreeSet::new();
        while let Some(next) = waiting.pop() {
            for entry in std::fs::read_dir(next).unwrap().map(Result::unwrap) {
                if entry.path().is_dir() {
                    waiting.push(entry.path());
                } else {
                    found.insert(entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        found
    };
    // Names are those of the specification: other programs find what they look for.
    assert_eq!(names(&bucket.folder.join("ablage/root")), names(&folder.path().join("root")));

    // The bucket alone; then the disk is lost and comes back from it.
    let store = Store::open(remote(), None).unwrap();
    let mut found = Vec::new();
    store.depot().file("urn:example:1", None, "groß").unwrap().read_to_end(&mut found).unwrap();
    assert!(found == large);
    assert_valid(&store, 2);
    drop(store);
    let other = folder.path().join("other");
    let store = Store::open(remote(), Some(disk(&other))).unwrap();
    assert_eq!(store.scrub(&mut |_| {}).unwrap().repaired, 2);
    assert_eq!(store.scrub(&mut |_| {}).unwrap().damaged, 0);
    drop(store);
    // And the other way round: an object that the bucket has lost.
    let lost =
        bucket.folder.join("ablage").join(Store::open(disk(&other), None).unwrap().depot().place("urn:example:1"));
    std::fs::remove_dir_all(lost).unwrap();
    let store = Store::open(remote(), Some(disk(&other))).unwrap();
    let scrubbed = store.scrub(&mut |_| {}).unwrap();
    assert_eq!((scrubbed.damaged, scrubbed.repaired), (1, 1));
    assert_valid(&store, 2);
}

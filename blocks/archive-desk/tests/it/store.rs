//! A store on one disk and on two.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use vir_archive::ocfl::depot::{Change, DepotError, Draft, ROOT};
use vir_archive::ocfl::inventory::User;
use vir_archive_desk::storage::{Disk, OpenError, Shared, Store};

pub fn change() -> Change {
    let user = User { name: "Registratur".to_owned(), address: Some("mailto:registratur@example.org".to_owned()) };
    Change { created: "2026-02-03T04:05:06Z".to_owned(), message: "Ablage".to_owned(), user }
}

pub fn disk(path: &Path) -> Shared {
    Arc::new(Disk::open(path).unwrap())
}

pub fn put(store: &Store, id: &str, files: &[(&str, &[u8])]) {
    let mut draft = store.depot().draft(id, change()).unwrap();
    for (path, content) in files {
        draft.put(path, &mut &**content).unwrap();
    }
    draft.commit().unwrap();
}

/// Everything that is in an OCFL storage root is right.
pub fn assert_valid(store: &Store, objects: u64) {
    let report = vir_archive::ocfl::root(store.depot().storage(), ROOT, &mut |path, report| {
        assert!(report.findings.is_empty(), "{path}: {:?}", report.findings);
    });
    let report = report.unwrap();
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    assert_eq!(report.objects, objects);
}

#[test]
fn what_is_put_is_there_and_on_both_disks() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    let store = Store::open(disk(&first), Some(disk(&second))).unwrap();
    put(&store, "urn:example:1", &[("a/ü.txt", b"eins"), ("b.txt", b"eins"), ("CON: \u{7}?.", b"zwei")]);
    put(&store, "urn:example:1", &[("a/ü.txt", b"drei")]);
    assert_valid(&store, 1);
    let mut text = String::new();
    store.depot().file("urn:example:1", None, "a/ü.txt").unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "drei");
    assert!(matches!(store.depot().file("urn:example:1", None, "fehlt"), Err(DepotError::NoFile(_))));
    for path in ["../x", "/x", "a//b", ""] {
        let mut draft = store.depot().draft("urn:example:2", change()).unwrap();
        assert!(matches!(draft.put(path, &mut &b""[..]), Err(DepotError::Path { .. })), "{path}");
    }
    assert!(matches!(Disk::open(&first), Err(OpenError::InUse(_))), "a second process would be refused");
    drop(store);

    // A disk that is lost altogether comes back from the other.
    fs::remove_dir_all(&first).unwrap();
    let store = Store::open(disk(&second), Some(disk(&first))).unwrap();
    let scrubbed = store.scrub(&mut |_| {}).unwrap();
    assert_eq!((scrubbed.damaged, scrubbed.repaired), (1, 1));
    assert_eq!(store.scrub(&mut |_| {}).unwrap().damaged, 0);
    store.depot().purge("urn:example:1").unwrap();
    assert_valid(&store, 0);
    drop(store);
    assert_valid(&Store::open(disk(&first), None).unwrap(), 0);
}

#[test]
fn many_deposit_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(disk(folder.path()), None).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let store = &store;
            scope.spawn(move || {
                for number in 0..20 {
                    put(store, &format!("urn:example:{thread}-{number}"), &[("datei", &[thread; 1000])]);
                }
            });
        }
    });
    assert_valid(&store, 160);
    // Two who change the same object at once do not both.
    let draft = store.depot().draft("urn:example:0-0", change()).unwrap();
    assert!(matches!(store.depot().draft("urn:example:0-0", change()), Err(DepotError::Busy(_))));
    drop(draft);
    assert_eq!(store.depot().storage().list("staging").unwrap(), []);
}

fn read(store: &Store, path: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    store.depot().file("urn:example:1", None, path).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn paths_that_cross_in_one_draft_come_out_right() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(disk(folder.path()), None).unwrap();
    for version in 1..3_u8 {
        let put = |draft: &mut Draft<'_, Shared>, path: &str, what: &str| {
            draft.put(path, &mut format!("{what} {version}").as_bytes()).unwrap();
        };
        let mut draft = store.depot().draft("urn:example:1", change()).unwrap();
        put(&mut draft, "a", "one");
        draft.rename("a", "b").unwrap();
        put(&mut draft, "a", "two");
        draft.rename("b", "c").unwrap();
        draft.rename("a", "b").unwrap();
        draft.rename("c", "a").unwrap();
        // A file gives way to a folder, a folder to a file; both leave nothing behind.
        put(&mut draft, "file", "gone");
        draft.remove("file");
        put(&mut draft, "file/in/it", "three");
        put(&mut draft, "folder/in/it", "gone, too");
        draft.remove("folder/in/it");
        put(&mut draft, "folder", "four");
        put(&mut draft, "replaced", "first");
        put(&mut draft, "replaced", "second");
        // What breaks off can be put again.
        let mut breaks = std::io::Cursor::new(b"five").chain(Breaks);
        assert!(draft.put("broken/off", &mut breaks).is_err());
        assert!(draft.put("broken/too", &mut Breaks).is_err());
        put(&mut draft, "broken/off", "five");
        draft.commit().unwrap();
        assert_valid(&store, 1);
        let said = ["a", "b", "file/in/it", "folder", "replaced", "broken/off"].map(|path| read(&store, path));
        let expected =
            ["one", "two", "three", "four", "second", "five"].map(|what| format!("{what} {version}").into_bytes());
        assert_eq!(said, expected);
        assert!(store.depot().file("urn:example:1", None, "broken/too").is_err());
        assert_eq!(store.scrub(&mut |damage| panic!("{damage:?}")).unwrap().damaged, 0);
    }
}

struct Breaks;

impl std::io::Read for Breaks {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("it breaks off"))
    }
}

#[test]
fn files_of_any_size_come_back_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(disk(&folder.path().join("1")), Some(disk(&folder.path().join("2")))).unwrap();
    const MEGABYTE: usize = 1 << 20;
    let sizes =
        [0, 1, 4096, MEGABYTE - 1, MEGABYTE, MEGABYTE + 1, 2 * MEGABYTE, 3 * MEGABYTE + 4095, 9 * MEGABYTE + 4097];
    for size in sizes {
        let bytes: Vec<u8> = (0..size).map(|at| (at * 7 % 251) as u8).collect();
        put(&store, "urn:example:1", &[("datei", &bytes), ("zahl", &size.to_le_bytes())]);
        assert!(read(&store, "datei") == bytes, "{size}");
    }
    assert_valid(&store, 1);
    assert_eq!(store.scrub(&mut |_| {}).unwrap().damaged, 0);
}

//! Objects and bags that we write, judged by others: `ocfl-py`, `rocfl` and `bagit-python`.
//!
//! Both are installed once into the target folder. Without Python or its registry nothing is claimed, unless
//! `VIR_PEERS=required`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use vir_archive::bagit::Writer;
use vir_archive_desk::storage::{Disk, Store};

use crate::store::{disk, put};

const PACKAGES: [&str; 2] = ["ocfl-py==2.1.0", "bagit==1.9.0"];

/// The folder with the peers' programs.
fn peers() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ocfl-py-2.1.0-bagit-1.9.0");
    if !folder.join("bin/ocfl-validate.py").is_file() {
        let mut install = Command::new("python3");
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"]);
        install.arg(&folder).args(PACKAGES).arg("setuptools<81");
        if !install.output().is_ok_and(|output| output.status.success()) {
            vir_testkit::missing("ocfl-py and bagit-python cannot be installed");
            return None;
        }
    }
    Some(folder)
}

fn ask(peers: &Path, program: &str, arguments: &[&str], path: &Path) -> Output {
    Command::new("python3")
        .arg(peers.join("bin").join(program))
        .args(arguments)
        .arg(path)
        .env("PYTHONPATH", peers)
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn ocfl_py_finds_nothing_in_what_we_write() {
    let Some(peers) = peers() else { return };
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(disk(folder.path()), None).unwrap();
    for number in 0..6_usize {
        let id = format!("urn:example:akte-{number}");
        put(&store, &id, &[("a.txt", b"eins"), ("ordner/b \u{e4} 100%.txt", b"eins"), ("c:d?.txt", &[7; 100])]);
        for version in 0..number {
            put(&store, &id, &[("a.txt", &[b'x'; 20][..version]), (&format!("neu-{version}"), b"neu")]);
        }
    }
    let mut draft = store.depot().draft("urn:example:akte-5", crate::store::change()).unwrap();
    assert!(draft.remove("a.txt"));
    draft.rename("neu-1", "umbenannt").unwrap();
    draft.commit().unwrap();
    let root = folder.path().join("root");
    // It knows no layout 0004 and would stop there; the place of objects is its only doubt.
    let layout = root.join("ocfl_layout.json");
    let output = ask(&peers, "ocfl-root.py", &["validate", "--root"], &root);
    assert!(text(&output).contains("unknown layout 0004-hashed-n-tuple-storage-layout"), "{}", text(&output));
    std::fs::rename(&layout, folder.path().join("layout")).unwrap();
    let output = ask(&peers, "ocfl-root.py", &["validate", "--root"], &root);
    std::fs::rename(folder.path().join("layout"), &layout).unwrap();
    let said = text(&output);
    assert!(output.status.success() && said.contains("VALID") && !said.contains("INVALID"), "{said}");
    let mut objects = 0;
    store
        .depot()
        .index(&mut |_, indexed| {
            let output = ask(&peers, "ocfl-validate.py", &[], &root.join(indexed.unwrap().place));
            let said = text(&output);
            assert!(output.status.success() && !said.contains("[E") && !said.contains("[W"), "{said}");
            objects += 1;
        })
        .unwrap();
    println!("ocfl-py: a storage root and {objects} objects of ours are valid, without a warning");
}

/// `ocfl-py`, where it is at hand, finds nothing in a storage root that lies as files in a folder.
pub fn ocfl_py_accepts(root: &Path) {
    let Some(peers) = peers() else { return };
    // A copy without the layout, which it does not know.
    let folder = tempfile::tempdir().unwrap();
    for path in files(root).into_iter().filter(|path| !path.ends_with("ocfl_layout.json")) {
        let copy = folder.path().join(path.strip_prefix(root).unwrap());
        std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
        std::fs::copy(path, copy).unwrap();
    }
    let said = text(&ask(&peers, "ocfl-root.py", &["validate", "--root"], folder.path()));
    assert!(said.contains("VALID") && !said.contains("INVALID"), "{said}");
}

#[test]
fn bagit_python_accepts_the_bags_that_we_write() {
    let Some(peers) = peers() else { return };
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::open(folder.path()).unwrap();
    let mut bag = Writer::begin(&disk, "bag").unwrap();
    // bagit-python reads the encoding of line ends, but not that of the per cent sign.
    for (path, content) in [("a.txt", "eins"), ("ordner/b \u{e4}.txt", "zwei"), ("zwei\nzeilen", "drei"), ("leer", "")]
    {
        bag.payload(path, &mut content.as_bytes()).unwrap();
    }
    bag.tag("metadaten/mets.xml", &mut &b"<mets/>"[..]).unwrap();
    let labels = vec![("Source-Organization".to_owned(), "Stadt Grünensiel\nArchiv".to_owned())];
    bag.finish(&labels).unwrap();
    let bag = folder.path().join("bag");
    let output = ask(&peers, "bagit.py", &["--validate"], &bag);
    assert!(output.status.success(), "{}", text(&output));
    std::fs::write(bag.join("data/leer"), "nicht mehr").unwrap();
    assert!(!ask(&peers, "bagit.py", &["--validate"], &bag).status.success());
    println!("bagit-python: a bag of ours is valid, and changed it is not");
}

const ROCFL: &str = "1.7.0";

/// The program rocfl. It takes minutes to build, so it is installed only where `VIR_ROCFL` asks for it.
fn rocfl() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("rocfl-{ROCFL}"));
    let program = folder.join("bin/rocfl");
    if !program.is_file() && std::env::var_os("VIR_ROCFL").is_some() {
        let mut install = Command::new(env!("CARGO"));
        install.args(["install", "rocfl", "--version", ROCFL, "--locked", "--no-default-features", "--quiet"]);
        // Without the profile and the flags of this workspace.
        let built = install.arg("--root").arg(&folder).current_dir(std::env::temp_dir()).output();
        assert!(built.is_ok_and(|output| output.status.success()), "rocfl cannot be installed");
    }
    program.is_file().then_some(program)
}

/// What rocfl says of a storage root: has it nothing to say? An inventory that a version lacks is a warning (W010).
fn judged(rocfl: &Path, root: &Path) -> (bool, String) {
    let output = Command::new(rocfl).arg("-r").arg(root).args(["validate", "--level", "Warn"]).output().unwrap();
    let said = text(&output);
    (output.status.success() && !said.contains("[W") && !said.contains("[E"), said)
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(next).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() { waiting.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    found.sort();
    found
}

#[test]
fn rocfl_finds_nothing_in_what_we_write_and_all_that_is_broken() {
    let Some(rocfl) = rocfl() else {
        println!("rocfl: rocfl is missing");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    let open = || Store::open(disk(&first), Some(disk(&second))).unwrap();
    let roots = [first.join("root"), second.join("root")];
    let mut stages = 0;
    let mut whole = |stage: &str| {
        for root in &roots {
            let (is_clean, said) = judged(&rocfl, root);
            assert!(is_clean, "{stage}: {said}");
        }
        stages += 1;
    };
    let store = open();
    whole("empty");
    for number in 0..5 {
        let id = format!("urn:example:akte-{number}");
        put(&store, &id, &[("a.txt", b"eins"), ("ordner/b \u{e4} 100%.txt", b"eins"), ("c:d?.txt", &[7; 100])]);
    }
    whole("deposited");
    put(&store, "urn:example:akte-1", &[("a.txt", b"zwei"), ("neu", b"")]);
    let mut draft = store.depot().draft("urn:example:akte-1", crate::store::change()).unwrap();
    assert!(draft.remove("neu"));
    draft.rename("a.txt", "b.txt").unwrap();
    draft.commit().unwrap();
    whole("a new version");
    store.depot().purge("urn:example:akte-2").unwrap();
    store.depot().sweep_folders().unwrap();
    whole("deleted");
    // Each file of the depot, changed and missing; and one that belongs to nothing.
    let all = files(&roots[0]);
    let (mut found, mut damages) = (3, 3);
    for path in all.iter().filter(|path| !path.to_string_lossy().contains("/extensions/")) {
        let before = std::fs::read(path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == "ocfl_layout.json" {
            continue;
        }
        let mut changed = before.clone();
        match changed.first_mut() {
            Some(first) => *first ^= 1,
            None => changed.push(b'x'),
        }
        std::fs::write(path, changed).unwrap();
        // Only the names of declarations count (OCFL 3.3.1 and 4.1: what they contain is judged by others, not here).
        let is_found = !judged(&rocfl, &roots[0]).0;
        assert!(is_found || name.starts_with("0="), "changed: {}", path.display());
        std::fs::remove_file(path).unwrap();
        assert!(!judged(&rocfl, &roots[0]).0, "missing: {}", path.display());
        std::fs::write(path, before).unwrap();
        found += 1 + usize::from(is_found);
        damages += 2;
    }
    let stray = all.iter().find(|path| path.ends_with("a.txt")).unwrap().with_file_name("fremd");
    std::fs::write(&stray, "x").unwrap();
    assert!(!judged(&rocfl, &roots[0]).0, "a stranger");
    std::fs::remove_file(stray).unwrap();
    whole("mended by hand");
    // Damage in both, each repaired from the other.
    for (root, end) in [(&roots[0], "inventory.json"), (&roots[1], "a.txt")] {
        let path = files(root).into_iter().find(|path| path.ends_with(end)).unwrap();
        std::fs::write(&path, "kaputt").unwrap();
        assert!(!judged(&rocfl, root).0, "{end}");
    }
    let scrubbed = store.scrub(&mut |_| {}).unwrap();
    assert_eq!((scrubbed.damaged, scrubbed.repaired), (2, 2));
    whole("repaired");
    println!("rocfl: rocfl {ROCFL} accepts both replicas at {stages} stages, finds {found} of {damages} damages");
}

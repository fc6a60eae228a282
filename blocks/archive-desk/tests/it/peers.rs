//! Objects and bags that we write, judged by others: `ocfl-py` and `bagit-python`.
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

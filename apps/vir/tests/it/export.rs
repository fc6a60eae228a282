//! `vir archive export`: every form is what it says and proves itself, a run that was broken off goes on, and nothing
//! half stands under its name.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use vir_archive::bagit::validate;
use vir_archive::package::{eark::rules, xaip};
use vir_archive_desk::storage::Disk;
use vir_testkit::time_stamps::{TimeStampService, is_installed};

use crate::archive::{files, later, run};
use crate::run::{Ran, folder, text, vir_with};

/// A depot with a package in two versions and one with names that not everybody takes; stamped where openssl is there.
fn depot(at: &Path) -> (PathBuf, Option<TimeStampService>) {
    let store = at.join("ablage");
    let akte = at.join("Akte");
    fs::create_dir_all(akte.join("Unter")).unwrap();
    fs::write(akte.join("Antrag.txt"), "Antrag").unwrap();
    fs::write(akte.join("Unter/c:d?.txt"), "seltsam").unwrap();
    let put = |id: &str| run(&["archive", "deposit", "--store", text(&store), "--id", id, "--by", "Amt", text(&akte)]);
    assert_eq!(put("urn:example:1").code, 0);
    fs::write(akte.join("antrag.TXT"), "ein anderer").unwrap();
    assert_eq!(put("urn:example:1").code, 0);
    assert_eq!(put("a/b & <c>").code, 0);
    let service = is_installed().then(TimeStampService::start);
    if let Some(service) = &service {
        assert_eq!(run(&["archive", "stamp", "--store", text(&store), "--tsa", &service.url]).code, 0);
    }
    (store, service)
}

fn export(store: &Path, to: &Path, words: &[&str]) -> Ran {
    run(&[&["archive", "export", "--store", text(store), "--to", text(to)], words].concat())
}

/// What is in a folder, without the list and without what is being made.
fn inside(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let found = files(folder).into_iter().filter(|path| !path.ends_with("export.jsonl"));
    found.map(|path| (path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap())).collect()
}

fn verified(package: &Path, service: &TimeStampService) {
    let judged = run(&["evidence", "verify", text(package), "--trust", text(&service.root), "--color", "never"]);
    assert_eq!(judged.code, 0, "{}: {}{}", package.display(), judged.out, judged.err);
}

#[test]
fn every_form_is_what_it_says_and_proves_itself() {
    let at = folder("export-forms");
    let (store, service) = depot(&at);
    let names = ["urn_example_1", "a_b____c_-4be5a2af6cb5ed24"];
    for form in ["folder", "bagit", "eark-sip", "eark-aip", "eark-dip", "xaip"] {
        for zip in [false, true] {
            let to = at.join(format!("{form}-{zip}"));
            let words: &[&str] = if zip { &["--form", form, "--zip"] } else { &["--form", form] };
            let first = export(&store, &to, words);
            assert_eq!(first.code, 0, "{form}: {}{}", first.out, first.err);
            let packages = if form.starts_with("eark") { 3 } else { 2 };
            assert!(first.out.contains(&format!("{packages} Pakete ausgegeben")), "{form}: {}", first.out);
            assert_eq!(service.is_some(), !first.out.contains("nicht ganz mit Beweisnachweis"), "{}", first.out);
            let before = inside(&to);
            let again = export(&store, &to, words);
            assert!(again.out.starts_with("0 Pakete ausgegeben") && again.code == 0, "{form}: {}", again.out);
            assert!(again.out.contains(&format!("{packages} schon da")), "{form}: {}", again.out);
            assert!(inside(&to) == before, "{form}: nothing changes");
            let Some(service) = &service else { continue };
            if zip {
                let archives: Vec<PathBuf> =
                    files(&to).into_iter().filter(|path| path.extension().is_some_and(|end| end == "zip")).collect();
                assert_eq!(archives.len(), packages);
                archives.iter().for_each(|path| verified(path, service));
                continue;
            }
            match form {
                "bagit" => {
                    for name in
                        fs::read_dir(&to).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir())
                    {
                        let report = validate(&Disk::open(&name).unwrap(), "").unwrap();
                        fs::remove_file(name.join("lock")).unwrap();
                        assert!(report.is_valid(), "{report:?}");
                    }
                }
                "xaip" => {
                    let path = to.join(format!("{}.xml", names[0]));
                    verified(&path, service);
                    let read = xaip::read(&fs::read(path).unwrap(), &|_| None).unwrap();
                    assert_eq!(read.package.id, "urn:example:1");
                    assert_eq!((read.package.versions.len(), read.package.evidence.len()), (2, 2));
                    assert!(read.left_out.is_empty());
                }
                "folder" => {
                    let package = to.join(names[0]);
                    assert_eq!(fs::read_to_string(package.join("v1/content/Unter/c%3Ad%3F.txt")).unwrap(), "seltsam");
                    // Two names that differ by case only are two files everywhere.
                    let other = fs::read_to_string(package.join("v2/content/~2/antrag.TXT")).unwrap();
                    assert_eq!(other, "ein anderer");
                    let (record, inventory) =
                        (package.join("v2/evidence/evidence.ers"), package.join("v2/evidence/inventory.json"));
                    let words = ["evidence", "verify", text(&record), "--data", text(&inventory)];
                    assert_eq!(run(&[&words[..], &["--trust", text(&service.root)]].concat()).code, 0);
                }
                _ => {
                    let package = to.join(format!("{}-v2", names[0]));
                    let paths: Vec<String> = files(&package)
                        .iter()
                        .map(|path| path.strip_prefix(&package).unwrap().to_str().unwrap().to_owned())
                        .collect();
                    let found = rules::judge(&paths, &|path| fs::read(package.join(path)).ok());
                    assert_eq!(found, [], "{form}");
                    assert!(paths.iter().any(|path| path == "documentation/evidence.ers"));
                }
            }
        }
    }
}

#[test]
fn what_is_not_whole_is_made_anew_and_what_is_not_ours_stays() {
    let at = folder("export-again");
    let (store, _service) = depot(&at);
    let to = at.join("aus");
    assert_eq!(export(&store, &to, &["--form", "folder"]).code, 0);
    let whole = inside(&to);
    // One flipped bit, one file that is missing, one too many.
    let content = to.join("urn_example_1/v1/content/Antrag.txt");
    let damages: [&dyn Fn(); 3] =
        [&|| fs::write(&content, "antrag").unwrap(), &|| fs::remove_file(&content).unwrap(), &|| {
            fs::write(to.join("urn_example_1/mehr"), "").unwrap()
        }];
    for damage in damages {
        damage();
        let again = export(&store, &to, &["--form", "folder"]);
        assert!(again.out.contains("1 Paket ausgegeben") && again.out.contains("1 schon da"), "{}", again.out);
        assert!(inside(&to) == whole);
    }
    // Sizes alone do not show a flipped bit: whoever is in a hurry is told so by the name of the option.
    fs::write(&content, "antrag").unwrap();
    assert!(export(&store, &to, &["--form", "folder", "--quick"]).out.contains("2 schon da"));
    assert!(export(&store, &to, &["--form", "folder"]).out.contains("1 schon da"));
    // A list that was cut off in the middle of a line: its package cannot be told from a stranger's.
    let ledger = to.join("export.jsonl");
    let text_of = fs::read_to_string(&ledger).unwrap();
    let last = text_of.lines().last().unwrap().len();
    fs::write(&ledger, &text_of[..text_of.len() - last / 2]).unwrap();
    let _ = export(&store, &to, &["--form", "folder"]);
    assert!(fs::read_to_string(&ledger).unwrap().lines().all(|line| line.ends_with('}')));
    // What others have put there stays.
    let other = at.join("fremd");
    fs::create_dir_all(other.join("urn_example_1")).unwrap();
    fs::write(other.join("urn_example_1/meins"), "x").unwrap();
    let refused = export(&store, &other, &["--form", "folder", "--json"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("stammt aus keiner Ausgabe"), "{}", refused.err);
    assert!(refused.out.contains("\"exported\":1") && refused.out.contains("\"failed\":1"), "{}", refused.out);
    assert_eq!(fs::read_dir(other.join("urn_example_1")).unwrap().count(), 1);
    let other_form = export(&store, &to, &["--form", "bagit"]);
    assert_eq!(other_form.code, 2, "{}", other_form.out);
    assert!(inside(&to) == whole, "another form does not take the place");
    // A new version makes the package anew; the depot itself is no folder for packages.
    fs::write(at.join("Akte/Antrag.txt"), "Antrag, ergänzt").unwrap();
    run(&["archive", "deposit", "--store", text(&store), "--id", "urn:example:1", text(&at.join("Akte"))]);
    assert_eq!(export(&store, &to, &["--form", "folder"]).code, 0);
    assert!(to.join("urn_example_1/v3/content/Antrag.txt").exists());
    assert_eq!(export(&store, &store, &[]).code, 2);
}

#[test]
fn packages_are_chosen_by_name_by_list_and_by_version() {
    let at = folder("export-chosen");
    let (store, _service) = depot(&at);
    let by_name = export(&store, &at.join("1"), &["urn:example:1", "--newest", "--form", "eark-aip"]);
    assert!(by_name.out.starts_with("urn:example:1  urn_example_1-v2"), "{}", by_name.out);
    let list = at.join("liste.txt");
    fs::write(&list, "a/b & <c>\n\nurn:example:fehlt\r\na/b & <c>\n").unwrap();
    let by_list = export(&store, &at.join("2"), &["--list", text(&list), "--json"]);
    assert_eq!(by_list.code, 2);
    assert!(by_list.err.contains("urn:example:fehlt"), "{}", by_list.err);
    assert!(by_list.out.contains("\"id\":\"a/b & <c>\"") && by_list.out.contains("\"exported\":1"), "{}", by_list.out);
    let to = at.join("3");
    let words = ["archive", "export", "--store", text(&store), "--to", text(&to), "--list", "-"];
    let by_input = vir_with(&words, b"urn:example:1\n", &[("SOURCE_DATE_EPOCH", &later())]);
    assert!(by_input.out.contains("1 Paket ausgegeben"), "{}{}", by_input.out, by_input.err);
    // Damage is said with the way out, and nothing of the package is there.
    let damaged = files(&store.join("root")).into_iter().find(|path| path.ends_with("Antrag.txt")).unwrap();
    fs::write(&damaged, "Antrab").unwrap();
    let to = at.join("4");
    let refused = export(&store, &to, &["--form", "xaip"]);
    assert_eq!(refused.code, 2, "{}", refused.out);
    assert!(refused.err.contains("ist beschädigt") && refused.err.contains("scrub"), "{}", refused.err);
    assert_eq!(inside(&to).len(), 1);
}

#[test]
fn a_run_that_is_killed_leaves_nothing_half_and_goes_on() {
    let at = folder("export-killed");
    let store = at.join("ablage");
    let many: Vec<PathBuf> = (0..60)
        .map(|number| {
            let path = at.join(format!("{number}.bin"));
            fs::write(&path, vec![u8::try_from(number).unwrap(); 200_000]).unwrap();
            path
        })
        .collect();
    let deposit: Vec<&str> =
        ["archive", "deposit", "--store", text(&store)].into_iter().chain(many.iter().map(|path| text(path))).collect();
    assert_eq!(run(&deposit).code, 0);
    for (to, words) in [(at.join("bags"), &["--form", "bagit"][..]), (at.join("zips"), &["--form", "xaip", "--zip"])] {
        let mut seen = 0;
        for round in 0..12_u64 {
            let mut child = Command::new(env!("CARGO_BIN_EXE_vir"))
                .args(["archive", "export", "--store", text(&store), "--to", text(&to)])
                .args(words)
                .env("SOURCE_DATE_EPOCH", "1795305600")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(Duration::from_millis(3 + round * 7 % 40));
            child.kill().unwrap();
            child.wait().unwrap();
            // Whatever has a name is in the list and whole: a run over it makes none of them anew.
            let named = fs::read_dir(&to).map_or(0, |found| {
                let names = found.map(|entry| entry.unwrap().file_name().into_string().unwrap());
                names.filter(|name| name != "export.jsonl" && name != ".unfinished").count()
            });
            assert!(named >= seen, "what is there stays");
            seen = named;
        }
        let end = run(&[&["archive", "export", "--store", text(&store), "--to", text(&to), "--json"], words].concat());
        assert_eq!(end.code, 0, "{}", end.err);
        assert!(end.out.contains(&format!("\"exported\":{},\"failed\":0", 60 - seen)), "{seen}: {}", end.out);
        assert!(end.out.contains(&format!("\"skipped\":{seen}")), "{seen}: {}", end.out);
        assert!(!to.join(".unfinished").exists());
    }
}

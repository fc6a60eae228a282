//! `vir archive`: the way of a package from deposit to proof, repair and renewal, with `openssl ts` as the service.

use std::fs;
use std::path::{Path, PathBuf};

use vir_testkit::time_stamps::{TimeStampService, is_installed};

use crate::run::{Ran, folder, text, vir, vir_with};

/// Later than every time stamp of the test.
pub fn later() -> String {
    #[expect(clippy::disallowed_methods, reason = "openssl stamps with the real time")]
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    (now + 60).to_string()
}

pub fn run(arguments: &[&str]) -> Ran {
    vir_with(arguments, b"", &[("SOURCE_DATE_EPOCH", &later())])
}

pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

#[test]
fn a_package_is_kept_proven_damaged_repaired_and_renewed() {
    if !is_installed() {
        return;
    }
    let at = folder("archive-way");
    let service = TimeStampService::start();
    let (tsa, root) = (service.url.as_str(), service.root.as_path());
    let (store, replica) = (at.join("ablage"), at.join("zweite"));
    let akte = at.join("Akte Deichweg");
    fs::create_dir_all(akte.join("Schriftverkehr")).unwrap();
    fs::write(akte.join("Antrag.txt"), "Antrag auf Anwohnerparken").unwrap();
    fs::write(akte.join("Schriftverkehr/Bescheid.txt"), "Dem Antrag wird stattgegeben.").unwrap();
    fs::write(at.join("Rechnung.xml"), "<a/>").unwrap();
    let depot = ["--store", text(&store), "--replica", text(&replica)];
    let with = |words: &[&str]| run(&[&["archive", words[0]], &depot[..], &words[1..]].concat());

    let missing = with(&["list"]);
    assert_eq!((missing.code, missing.out.as_str()), (2, ""));
    assert!(missing.err.contains("hier ist keine Ablage"), "{}", missing.err);

    let one = with(&["deposit", "--id", "urn:example:akte-1", "--by", "Registratur", text(&akte)]);
    assert_eq!(one.code, 0, "{}", one.err);
    assert_eq!(one.out, "urn:example:akte-1 v1  2 Dateien, 54 B\n");
    let other = with(&["deposit", "--json", text(&at.join("Rechnung.xml"))]);
    assert!(other.out.contains("\"id\":\"urn:uuid:") && other.out.contains("\"files\":1"), "{}", other.out);
    let list = with(&["list"]);
    assert_eq!(list.out.lines().count(), 2, "{}", list.out);
    let first = with(&["verify", "--color", "never"]);
    assert!(first.out.contains("2 von 2 Paketen in Ordnung, 2 noch ohne Zeitstempel"), "{}", first.out);

    // The first service is not there; the second answers.
    let stamped = with(&["stamp", "--tsa", "http://127.0.0.1:9/", "--tsa", tsa]);
    assert_eq!(
        (stamped.code, stamped.out.as_str()),
        (0, "1 Zeitstempel, 2 Fassungen von Paketen\n"),
        "{}",
        stamped.err
    );
    assert_eq!(with(&["stamp", "--tsa", tsa]).out, "Nichts Neues: Alles hat seinen Zeitstempel.\n");
    let closed = with(&["renew", "--tsa", "http://127.0.0.1:9/"]);
    assert_eq!(closed.code, 2);
    assert!(closed.err.contains("http://127.0.0.1:9/") && closed.err.contains("nichts geändert"), "{}", closed.err);

    fs::write(akte.join("Antrag.txt"), "Antrag auf Anwohnerparken, ergänzt").unwrap();
    let again = with(&["deposit", "--id", "urn:example:akte-1", text(&akte)]);
    assert!(again.out.starts_with("urn:example:akte-1 v2"), "{}", again.out);
    assert_eq!(with(&["stamp", "--tsa", tsa]).code, 0);
    assert_eq!(with(&["renew", "--tsa", tsa]).out, "1 Zeitstempel, 2 Blätter\n");
    let rehashed = with(&["renew", "--tsa", tsa, "--digest", "sha-384"]);
    assert!(rehashed.out.starts_with("2 Zeitstempel"), "{}{}", rehashed.out, rehashed.err);
    let proven = with(&["verify", "--trust", text(root), "--json"]);
    assert_eq!(proven.code, 0, "{}{}", proven.out, proven.err);
    assert_eq!(proven.out.matches("\"since\":\"20").count(), 3, "{}", proven.out);

    // What comes out can be judged without the depot, by us and with the tools that everybody has.
    let out = at.join("heraus");
    let retrieved = with(&["retrieve", "urn:example:akte-1", "--version", "v1", "--to", text(&out)]);
    assert_eq!(retrieved.code, 0, "{}", retrieved.err);
    assert_eq!(fs::read_to_string(out.join("dateien/Antrag.txt")).unwrap(), "Antrag auf Anwohnerparken");
    let (record, inventory) = (out.join("evidence.ers"), out.join("inventory.json"));
    let judged = run(&["evidence", "verify", text(&record), "--data", text(&inventory), "--trust", text(root)]);
    assert_eq!(judged.code, 0, "{}", judged.out);
    assert_eq!(with(&["retrieve", "urn:example:akte-1", "--to", text(&out)]).code, 2, "nothing is written over");

    // A flipped bit is found, and repaired from the replica.
    let damaged = files(&store.join("root"))
        .into_iter()
        .find(|path| path.ends_with("Antrag.txt") || { path.to_string_lossy().contains("/content/") });
    let damaged = damaged.unwrap();
    let mut bytes = fs::read(&damaged).unwrap();
    bytes[0] ^= 4;
    fs::write(&damaged, &bytes).unwrap();
    let found = run(&["archive", "scrub", "--store", text(&store)]);
    assert_eq!(found.code, 1, "{}", found.out);
    assert!(found.out.contains("1 Schaden, 0 behoben"), "{}", found.out);
    let repaired = with(&["scrub"]);
    assert_eq!(repaired.code, 0, "{}", repaired.out);
    assert!(repaired.out.contains("1 behoben"), "{}", repaired.out);
    assert_eq!(with(&["scrub"]).out.lines().count(), 1);
    assert_eq!(with(&["verify"]).code, 0);
    assert_eq!(files(&store.join("root")).len(), files(&replica.join("root")).len());
}

#[test]
fn wrong_use_is_said_before_anything_is_written() {
    let at = folder("archive-wrong");
    let (store, empty, nothing) = (at.join("ablage"), at.join("leer"), at.join("gibt es nicht"));
    fs::create_dir(&empty).unwrap();
    let cases: [(&[&str], &str); 4] = [
        (&["deposit", "--store", text(&store), text(&empty)], "enthält keine Dateien"),
        (&["deposit", "--store", text(&store), text(&nothing)], "gibt es nicht"),
        (&["deposit", "--store", text(&store), "--id", "x", "a", "b"], "--id gilt für ein einziges Paket"),
        (&["stamp", "--store", text(&store), "--tsa", "ftp://a/"], "mit http:// oder https:// beginnt"),
    ];
    for (words, expected) in cases {
        let ran = vir(&[&["archive"], words].concat());
        assert_eq!(ran.code, 2, "{words:?}: {}", ran.out);
        assert!(ran.err.contains(expected), "{words:?}: {}", ran.err);
    }
    assert!(!store.exists());
}

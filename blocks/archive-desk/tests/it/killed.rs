//! A process that deposits is killed at any moment, again and again: what it had acknowledged is there, and what is
//! there is valid.
//!
//! `VIR_KILLS` says how often.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use vir_archive_desk::storage::Store;

use crate::store::{assert_valid, change, disk};

/// Where the process that is killed finds its folder, and perhaps its bucket.
const FOLDER: &str = "VIR_KILLED_FOLDER";
const BUCKET: &str = "VIR_KILLED_BUCKET";

/// A depot in a folder and its replica; with a bucket (endpoint, name and keys), the bucket is the depot.
fn open(folder: &Path, bucket: Option<&str>) -> Store {
    let Some(bucket) = bucket else {
        return Store::open(disk(&folder.join("first")), Some(disk(&folder.join("second")))).unwrap();
    };
    let [endpoint, name, access_key, secret_key] = bucket.split('|').collect::<Vec<_>>()[..] else {
        panic!("{bucket}")
    };
    Store::open(crate::bucket::open(endpoint, name, access_key, secret_key), None).unwrap()
}

/// So often one store is used: the objects that all rounds share get versions all the time, and each has an inventory
/// that names all before it.
const ROUNDS: u64 = 250;

/// Where the store of that number lies. Every fourth is on the disk; the others are in memory, where that is to be had: a
/// process that is killed leaves the same there, and on the disk it is nearly always killed while it waits for a flush.
fn place(store: u64) -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if !store.is_multiple_of(4) && memory.is_dir() {
        tempfile::tempdir_in(memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}

/// The content that a file has, by its name.
fn content(name: &str) -> Vec<u8> {
    name.bytes().cycle().take(200 + name.len() * 997).collect()
}

/// Not a test of its own: the process that is killed.
#[test]
fn deposits_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let bucket = std::env::var(BUCKET).ok();
    let store = open(Path::new(&folder), bucket.as_deref());
    let round = std::env::var("VIR_KILLED_ROUND").unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (store, round) = (&store, &round);
            scope.spawn(move || {
                for number in 0.. {
                    // Objects of this round, and versions of those that all rounds share.
                    let id = if number % 3 == 0 {
                        format!("urn:example:shared-{thread}")
                    } else {
                        format!("urn:example:{round}-{thread}-{number}")
                    };
                    let name = format!("{round}-{thread}-{number}");
                    let mut draft = store.depot().draft(&id, change()).unwrap();
                    // The newest files only, so that the shared objects do not grow without bound.
                    for old in draft.state().keys().cloned().collect::<Vec<_>>() {
                        draft.remove(&old);
                    }
                    draft.put(&name, &mut content(&name).as_slice()).unwrap();
                    let receipt = draft.commit().unwrap();
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "acknowledged {id} {} {name}", receipt.version).unwrap();
                    out.flush().unwrap();
                    if number % 7 == 6 {
                        writeln!(out, "removing {id}").unwrap();
                        out.flush().unwrap();
                        drop(out);
                        store.depot().purge(&id).unwrap();
                        writeln!(std::io::stdout(), "removed {id}").unwrap();
                    }
                }
            });
        }
    });
}

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let said = kill(number("VIR_KILLS", 15), 30_000, None);
    println!("depot-kill: {said}");
}

#[test]
fn nothing_acknowledged_is_lost_in_a_bucket_when_the_process_is_killed() {
    let Some(s3) = vir_testkit::s3::shared() else { return };
    let bucket = s3.bucket();
    let bucket = [bucket.endpoint, bucket.name, bucket.access_key, bucket.secret_key].join("|");
    let said = kill(number("VIR_BUCKET_KILLS", 4), 400_000, Some(&bucket));
    println!("depot-kill-s3: {said}");
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(default)
}

/// Kills so many times, each time at most so many microseconds after the first word.
fn kill(kills: u64, within: u64, bucket: Option<&str>) -> String {
    let mut folder = place(0);
    let mut acknowledged = 0;
    let mut cleared = 0;
    let mut moment: u64 = 7;
    for round in 0..kills {
        if round > 0 && round.is_multiple_of(ROUNDS) {
            folder = place(round / ROUNDS);
        }
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture", "killed::deposits_until_it_is_killed"])
            .env(FOLDER, folder.path())
            .envs(bucket.map(|bucket| (BUCKET, bucket)))
            .env("VIR_KILLED_ROUND", round.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        // It has begun once it says the first word; then any moment will do.
        let first = lines.find(|line| line.contains("acknowledged"));
        moment = moment.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let reader = std::thread::spawn(move || first.into_iter().chain(lines).collect::<Vec<_>>());
        std::thread::sleep(Duration::from_micros((moment >> 33) % within));
        child.kill().unwrap();
        child.wait().unwrap();
        let said = reader.join().unwrap();

        let store = open(folder.path(), bucket);
        let recovered = store.recovered();
        cleared += recovered.swept;
        let removed: Vec<&str> = said.iter().filter_map(|line| line.strip_prefix("removed ")).collect();
        let removing: Vec<&str> = said.iter().filter_map(|line| line.strip_prefix("removing ")).collect();
        // Lines begin at the harness's own output or at ours.
        let receipts = said.iter().filter_map(|line| line.split_once("acknowledged ").map(|(_, rest)| rest));
        for receipt in receipts {
            let [id, version, name] = receipt.split(' ').collect::<Vec<_>>()[..] else { panic!("{receipt}") };
            acknowledged += 1;
            // An object that is shared may have been removed and come again.
            if removing.contains(&id) {
                if removed.contains(&id) && !id.contains("shared") {
                    assert!(store.depot().inventory(id).unwrap().is_none(), "round {round}: {id} came back");
                }
                continue;
            }
            let version = vir_archive::ocfl::path::VersionName::read(version).unwrap();
            let mut found = Vec::new();
            store.depot().file(id, Some(version), name).unwrap().read_to_end(&mut found).unwrap();
            assert!(found == content(name), "round {round}: {id} {name}");
        }
        if round % ROUNDS == 0 || (round + 1) % ROUNDS == 0 || round + 1 == kills {
            store.depot().sweep_folders().unwrap();
            let scrubbed = store.scrub(&mut |_| {}).unwrap();
            assert_eq!(scrubbed.damaged, scrubbed.repaired, "round {round}");
            assert_valid(&store, scrubbed.objects);
            assert_eq!(store.scrub(&mut |_| {}).unwrap().damaged, 0, "round {round}");
        }
    }
    format!("killed {kills} times, {acknowledged} acknowledged deposits are there, {cleared} leftovers were cleared")
}

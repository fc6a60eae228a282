//! Requests of a depot in a bucket are cut at random: lost, sent in part, done without an answer, done late behind others,
//! answered with 500 and 503. The depositor goes on and repeats, or dies; what it had acknowledged is there, and what
//! is there is valid.
//!
//! `VIR_CUTS` says how many cuts at least.

mod proxy;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use vir_archive::ocfl::path::VersionName;
use vir_archive_desk::storage::{S3, Store};

use crate::bucket::place;
use crate::store::{assert_valid, change};
use proxy::Proxy;

/// Where the process finds its bucket (endpoint, name and keys), and how its objects are called.
const BUCKET: &str = "VIR_CUT_BUCKET";
const ROUND: &str = "VIR_CUT_ROUND";
/// Much longer than a late request takes.
const LASTS: Duration = Duration::from_millis(1500);
/// Of a thousand requests that change something, so many are cut.
const SHARE: u64 = 120;

fn open(bucket: &str) -> Option<Store> {
    let [endpoint, name, access_key, secret_key] = bucket.split('|').collect::<Vec<_>>()[..] else {
        panic!("{bucket}")
    };
    let place = place(endpoint, name, access_key, secret_key);
    Store::open(std::sync::Arc::new(S3::open(&place, LASTS).ok()?), None).ok()
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}

/// The content of a file, by its name.
fn content(name: &str) -> Vec<u8> {
    name.bytes().cycle().take(300 + name.len() * 1009).collect()
}

/// Not a test of its own: the process whose requests are cut. It ends when its input does, or is killed.
#[test]
fn deposits_while_requests_are_cut() {
    let Ok(bucket) = std::env::var(BUCKET) else { return };
    let round = std::env::var(ROUND).unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let _ = std::io::stdin().read(&mut [0]);
            stop.store(true, Ordering::SeqCst);
        });
        let mut number = 0;
        while !stop.load(Ordering::SeqCst) {
            // Opening is cut, too; and a lease may be lost.
            let Some(store) = open(&bucket) else { continue };
            say("opened");
            let failed = AtomicBool::new(false);
            std::thread::scope(|scope| {
                for thread in 0..4 {
                    let (store, stop, failed, round) = (&store, &stop, &failed, &round);
                    scope.spawn(move || {
                        let mut own = number;
                        let mut misses = 0;
                        while !stop.load(Ordering::SeqCst) && !failed.load(Ordering::SeqCst) {
                            own += 1;
                            match deposit(store, round, thread, own) {
                                Ok(()) => misses = 0,
                                Err(_) => misses += 1,
                            }
                            // Whoever gets nowhere begins anew.
                            if misses == 25 {
                                failed.store(true, Ordering::SeqCst);
                            }
                        }
                    });
                }
            });
            number += 100_000;
        }
    });
    say("ended");
}

fn deposit(store: &Store, round: &str, thread: u64, number: u64) -> Result<(), vir_archive::ocfl::depot::DepotError> {
    // Objects of this round, and versions of those that all rounds share.
    let id = match number % 3 {
        0 => format!("urn:example:shared-{thread}"),
        _ => format!("urn:example:{round}-{thread}-{number}"),
    };
    let name = format!("{round}-{thread}-{number}");
    for tries in 1.. {
        let once = || {
            let mut draft = store.depot().draft(&id, change())?;
            for old in draft.state().keys().cloned().collect::<Vec<_>>() {
                draft.remove(&old);
            }
            draft.put(&name, &mut content(&name).as_slice())?;
            draft.put("gleich", &mut &b"in allen"[..])?;
            draft.commit()
        };
        match once() {
            Ok(receipt) => {
                say(&format!("acknowledged {id} {} {name}", receipt.version));
                break;
            }
            // It was done before, and the answer was lost.
            Err(vir_archive::ocfl::depot::DepotError::Unchanged) => break,
            Err(error) if tries == 6 => return Err(error),
            Err(_) => say("again"),
        }
    }
    if number % 7 == 6 {
        say(&format!("removing {id}"));
        store.depot().purge(&id)?;
        say(&format!("removed {id}"));
    }
    Ok(())
}

fn child(bucket: &str, round: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "cuts::deposits_while_requests_are_cut"])
        .env(BUCKET, bucket)
        .env(ROUND, round.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

#[test]
fn nothing_acknowledged_is_lost_when_requests_are_cut() {
    let Some(s3) = vir_testkit::s3::shared() else { return };
    let wanted: u64 = std::env::var("VIR_CUTS").ok().and_then(|number| number.parse().ok()).unwrap_or(12);
    let bucket = s3.bucket();
    let proxy = Proxy::start(&bucket.endpoint, SHARE, wanted);
    let rest = [bucket.name.as_str(), &bucket.access_key, &bucket.secret_key].join("|");
    let (through, direct) = (format!("{}|{rest}", proxy.endpoint), format!("{}|{rest}", bucket.endpoint));
    let (mut acknowledged, mut again, mut deaths, mut cleared) = (0, 0, 0, 0);
    let mut round = 0;
    while proxy.counts().iter().map(|(_, count)| count).sum::<u64>() < wanted {
        let mut process = child(&through, round);
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let first = lines.find(|line| line.contains("acknowledged"));
        let reader = std::thread::spawn(move || first.into_iter().chain(lines).collect::<Vec<_>>());
        std::thread::sleep(Duration::from_millis(1500 + round * 337 % 900));
        if round % 2 == 0 {
            process.kill().unwrap();
            deaths += 1;
        } else {
            drop(process.stdin.take());
        }
        process.wait().unwrap();
        let said = reader.join().unwrap();
        proxy.settle();

        let store = open(&direct).expect("without cuts it opens");
        cleared += store.recovered().swept;
        let words = |word: &str| -> Vec<String> {
            said.iter().filter_map(|line| line.split_once(word).map(|(_, rest)| rest.to_owned())).collect()
        };
        let (removed, removing) = (words("removed "), words("removing "));
        again += said.iter().filter(|line| line.ends_with("again")).count();
        for receipt in words("acknowledged ") {
            let [id, version, name] = receipt.split(' ').collect::<Vec<_>>()[..] else { panic!("{receipt}") };
            acknowledged += 1;
            if removing.iter().any(|one| one == id) {
                if removed.iter().any(|one| one == id) && !id.contains("shared") {
                    assert!(store.depot().inventory(id).unwrap().is_none(), "round {round}: {id} came back");
                }
                continue;
            }
            let mut found = Vec::new();
            let file = store.depot().file(id, VersionName::read(version), name);
            file.unwrap_or_else(|error| panic!("round {round}: {receipt}: {error}")).read_to_end(&mut found).unwrap();
            assert!(found == content(name), "round {round}: {id} {name}");
        }
        store.depot().sweep_folders().unwrap();
        let scrubbed = store.scrub(&mut |damage| panic!("round {round}: {damage:?}")).unwrap();
        assert_valid(&store, scrubbed.objects);
        round += 1;
    }
    crate::peers::ocfl_py_accepts(&bucket.folder.join("ablage/root"));
    let counts: Vec<String> = proxy.counts().iter().map(|(cut, count)| format!("{count} {cut:?}")).collect();
    let cuts: u64 = proxy.counts().iter().map(|(_, count)| count).sum();
    println!(
        "depot-lost-s3: {cuts} cuts ({}) in {round} lives, {deaths} of them killed: {acknowledged} acknowledged deposits are there and valid, {again} were repeated, {cleared} leftovers were cleared",
        counts.join(", ")
    );
}

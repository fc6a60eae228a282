//! A process that is killed at any moment under load has lost nothing that it acknowledged.
//!
//! This test binary runs itself as the child: it writes from eight tasks and prints what was
//! acknowledged; the parent kills it, opens the same store and looks. `VIR_KILLS` says how often
//! (per engine, 12 by default).

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use rand::RngExt as _;
use serde_json::json;
use vir_store::{
    BlobId, Clock, Config, Entry, Error, Job, JobHandler, JobRunner, Result, Store, Tx, args, audit, care,
};
use vir_testkit::stores::{describe, understand};

use super::{NOTES, number, places, town};

/// After so many kills a new store is begun: the checks walk over all of it.
const PER_STORE: u32 = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_by_kill_9() {
    let kills: u32 = std::env::var("VIR_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(12);
    let mut done = 0;
    while done < kills {
        let round = PER_STORE.min(kills - done);
        for (place, config) in places("kill") {
            let store = Store::open(config.clone(), &[NOTES], Clock::system()).await.unwrap();
            store.create_tenant(&town(), "Stadt Musterstadt").await.unwrap();
            store.close().await;
            let mut acknowledged = HashSet::new();
            for n in 0..round {
                let new = write_until_killed(&config);
                assert!(!new.is_empty(), "{place}: the child wrote nothing");
                for id in new {
                    assert!(acknowledged.insert(id), "{place}: acknowledged twice");
                }
                check(&config, &acknowledged, &format!("{place}, kill {}", done + n + 1)).await;
            }
        }
        done += round;
    }
}

/// Starts the child, lets it write for a random while, kills it, and gives what it acknowledged.
fn write_until_killed(config: &Config) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["kill::child_that_writes", "--exact", "--nocapture", "--test-threads", "1"])
        .env("VIR_KILL_CHILD", describe(config))
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    let killed = std::thread::spawn({
        let pid = child.id();
        let wait = Duration::from_micros(rand::rng().random_range(0..120_000));
        let (started, start) = std::sync::mpsc::channel::<()>();
        for line in lines.by_ref() {
            if let Some(id) = line.unwrap().split("ack ").nth(1) {
                acknowledged.push(id.to_owned());
                started.send(()).unwrap();
                break;
            }
        }
        move || {
            let _ = start.recv_timeout(Duration::from_secs(30));
            std::thread::sleep(wait);
            Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap();
        }
    });
    // What the child has printed before it died is read to the end; the last line may be cut.
    for line in lines {
        if let Some((_, id)) = line.unwrap().split_once("ack ")
            && id.len() == 36
        {
            acknowledged.push(id.to_owned());
        }
    }
    killed.join().unwrap();
    child.wait().unwrap();
    acknowledged
}

async fn check(config: &Config, acknowledged: &HashSet<String>, when: &str) {
    let store = Store::open(config.clone(), &[NOTES], Clock::system()).await.unwrap();
    let town = town();
    let rows = store
        .read(&town, |tx: &mut Tx| Box::pin(async move { tx.all("select id, amount from note", &[]).await }))
        .await
        .unwrap();
    let ids: HashSet<String> = rows.iter().map(|row| row.text("id").unwrap()).collect();
    let lost: Vec<_> = acknowledged.difference(&ids).collect();
    assert!(lost.is_empty(), "{when}: lost {lost:?}");
    // Gapless numbers, and everything that belongs to a write is there exactly with it.
    let mut numbers: Vec<i64> = rows.iter().map(|row| row.int("amount").unwrap()).collect();
    numbers.sort_unstable();
    let count = i64::try_from(rows.len()).unwrap();
    assert!(numbers.iter().copied().eq(1..=count), "{when}: numbers have gaps or doubles");
    assert_eq!(number(&store, &town, "select count(*) as n from paper").await, count, "{when}");
    assert_eq!(number(&store, &town, "select count(*) as n from event").await, count, "{when}");
    let verdict = audit::verify(&store, &town, None).await.unwrap();
    assert_eq!((verdict.entries, verdict.faults.len()), (count, 0), "{when}: {:?}", verdict.faults);
    let scrubbed = care::scrub(&store, &town).await.unwrap();
    assert!(scrubbed.damaged.is_empty() && scrubbed.missing.is_empty(), "{when}: {scrubbed:?}");
    // Each write left one job; a job that was done has left one row, whether its node lived on or not.
    let undone = number(&store, &town, "select count(*) as n from job").await;
    let done = number(&store, &town, "select count(*) as n from counter where name like 'job%'").await;
    assert_eq!(undone + done, count, "{when}: jobs lost or done twice");
    store.close().await;
}

/// Not a test of its own: what the parent starts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_that_writes() {
    let Ok(described) = std::env::var("VIR_KILL_CHILD") else { return };
    let store = Store::open(understand(&described), &[NOTES], Clock::system()).await.unwrap();
    let handler = JobHandler::new("count", |context, payload| {
        Box::pin(async move {
            let name = format!("job {}", payload["id"]);
            let sql = "insert into counter (name, value) values ($1, 1)";
            context.write(move |tx| Box::pin(async move { tx.execute(sql, &args![name]).await })).await?;
            Ok(())
        })
    });
    let _runner = JobRunner::start(&store, vec![handler], &[], 4);
    let writers = (0..8).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            loop {
                let id = write(&store).await.unwrap();
                // One write per line, so that lines of several tasks do not mix.
                std::io::stdout().lock().write_all(format!("\nack {id}\n").as_bytes()).unwrap();
            }
        })
    });
    futures_util::future::join_all(writers).await;
}

async fn write(store: &Store) -> Result<String> {
    let id = vir_store::new_id(store.clock().now());
    let blob: BlobId = store.blobs().put(&town(), format!("Beleg {id}")).await?;
    store
        .write(&town(), move |tx: &mut Tx| {
            Box::pin(async move {
                let next = "insert into counter (name, value) values ('voucher', 1)
                    on conflict ({t}name) do update set value = counter.value + 1 returning value";
                let number = tx.one(next, &[]).await?.int("value")?;
                tx.execute("insert into note (id, amount) values ($1, $2)", &args![&id, number]).await?;
                tx.execute("insert into paper (id, number, blob) values ($1, $2, $3)", &args![&id, number, blob])
                    .await?;
                tx.publish("written", json!({"id": id})).await?;
                tx.enqueue(Job::now("count", json!({"id": id}))).await?;
                let (actor, action) = ("child".to_owned(), "note.write".to_owned());
                tx.audit(Entry { actor, action, subject: id.clone(), detail: json!({"number": number}) });
                Ok::<_, Error>(id)
            })
        })
        .await
}

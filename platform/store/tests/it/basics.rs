//! One transaction at a time, and many at once.

use serde_json::json;
use vir_store::{Clock, Config, Entry, Error, Job, Store, Tx, Value, ValueType, args};

use super::{NOTES, folder, open};

const INSERT: &str = "insert into note (id, text, amount, done, raw) values ($1, $2, $3, $4, $5)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_written_is_read_after_a_reopening() {
    let folder = folder("reopen");
    let town = "musterstadt".parse().unwrap();
    let store = Store::open(Config::folder(&folder), &[NOTES], Clock::system()).await.unwrap();
    store.create_tenant(&town, "Stadt Musterstadt").await.unwrap();
    store
        .write(&town, |tx: &mut Tx| {
            Box::pin(async move {
                tx.execute(INSERT, &args!["a", "Grüße", 7i64, true, vec![1u8, 2]]).await?;
                tx.execute(INSERT, &args!["b", None::<String>, None::<i64>, None::<bool>, None::<Vec<u8>>]).await?;
                tx.audit(Entry {
                    actor: "p1".into(),
                    action: "note.write".into(),
                    subject: "note/a".into(),
                    detail: json!({}),
                });
                tx.publish("note.written", json!({"id": "a"})).await?;
                tx.enqueue(Job::now("note.print", json!({"id": "a"})).keyed("a")).await?;
                tx.enqueue(Job::now("note.print", json!({"id": "a"})).keyed("a")).await
            })
        })
        .await
        .unwrap();
    drop(store);
    let store = Store::open(Config::folder(&folder), &[NOTES], Clock::system()).await.unwrap();
    let (rows, jobs) = store
        .read(&town, |tx: &mut Tx| {
            Box::pin(async move {
                let rows = tx.all("select * from note where id <> $1 order by id", &args!["c"]).await?;
                let jobs = tx.one("select count(*) as n from job", &[]).await?.int("n")?;
                Ok::<_, Error>((rows, jobs))
            })
        })
        .await
        .unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].text("text").unwrap(), "Grüße");
    assert_eq!(rows[0].int("amount").unwrap(), 7);
    assert!(rows[0].bool("done").unwrap());
    assert_eq!(rows[0].bytes("raw").unwrap(), [1, 2]);
    assert_eq!(rows[1].optional_int("amount").unwrap(), None);
    assert!(rows[1].text("text").is_err());
    assert_eq!(jobs, 1, "the second job with the same key is taken for the first");
    assert_eq!(args![None::<&str>][0], Value::Null(ValueType::Text));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_at_once_only_the_failed_are_rolled_back() {
    let (store, town) = open("many").await;
    let writes = (0..200i64).map(|n| {
        let (store, town) = (store.clone(), town.clone());
        tokio::spawn(async move {
            store
                .write(&town, move |tx: &mut Tx| {
                    Box::pin(async move {
                        tx.execute(INSERT, &args![n.to_string(), "x", n, false, None::<Vec<u8>>]).await?;
                        match n % 4 {
                            0 => Err(Error::Busy),
                            1 => panic!("a bug in a closure"),
                            2 => {
                                // The same key again, and the error is ignored: the row must not stay.
                                let _ = tx.execute(INSERT, &args![n.to_string(), "y", n, false, None::<Vec<u8>>]).await;
                                Ok(())
                            }
                            _ => Ok(()),
                        }
                    })
                })
                .await
        })
    });
    let mut kept = 0;
    for write in writes.collect::<Vec<_>>() {
        kept += i64::from(write.await.unwrap().is_ok());
    }
    let count = store
        .read(&town, |tx: &mut Tx| {
            Box::pin(async move { tx.one("select count(*) as n from note where amount % 4 = 3", &[]).await?.int("n") })
        })
        .await
        .unwrap();
    assert_eq!((kept, count), (50, 50));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blobs_are_named_by_their_content() {
    let (store, town) = open("blobs").await;
    let blobs = store.blobs();
    let one = blobs.put(&town, "Rechnung").await.unwrap();
    let many = blobs.put_many(&town, vec!["Rechnung".into(), "Lieferschein".into()]).await.unwrap();
    assert_eq!(many[0], one);
    assert_eq!(blobs.get(&town, &many[1]).await.unwrap(), "Lieferschein");
    let pieces = futures_util::stream::iter(["Rech", "nung"]).map(|piece| Ok::<_, Error>(piece.into()));
    assert_eq!(blobs.put_stream(&town, pieces).await.unwrap(), (one.clone(), 8));
    let other = "nachbarstadt".parse().unwrap();
    assert!(matches!(blobs.get(&other, &one).await, Err(Error::NoBlob(_))));
}

use futures_util::StreamExt as _;

//! One transaction at a time, and many at once.

use serde_json::json;
use vir_store::{Entry, Error, Job, Tx, Value, ValueType, args};

use super::{fixtures, number, open};

const INSERT: &str = "insert into note (id, text, amount, done, raw) values ($1, $2, $3, $4, $5)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_written_is_read_after_a_reopening() {
    for fixture in fixtures("reopen").await {
        let (store, town) = (fixture.store, fixture.town);
        let written: Result<(), Error> = store
            .write(&town, |tx: &mut Tx| {
                Box::pin(async move {
                    tx.execute(INSERT, &args!["a", "Grüße", 7i64, true, vec![1u8, 2]]).await?;
                    let none = args!["b", None::<String>, None::<i64>, None::<bool>, None::<Vec<u8>>];
                    tx.execute(INSERT, &none).await?;
                    let entry = Entry {
                        actor: "p1".into(),
                        action: "note.write".into(),
                        subject: "note/a".into(),
                        detail: json!({}),
                    };
                    tx.audit(entry);
                    tx.publish("note.written", json!({"id": "a"})).await?;
                    tx.enqueue(Job::now("note.print", json!({"id": "a"})).keyed("a")).await?;
                    tx.enqueue(Job::now("note.print", json!({"id": "a"})).keyed("a")).await
                })
            })
            .await;
        written.unwrap();
        store.close().await;
        assert!(matches!(store.tenants().await, Err(Error::Closed | Error::Database { .. })), "{}", fixture.name);
        let store = open(fixture.config, fixture.clock).await;
        let rows = store
            .read(&town, |tx: &mut Tx| {
                Box::pin(async move { tx.all("select * from note where id <> $1 order by id", &args!["c"]).await })
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
        let jobs = number(&store, &town, "select count(*) as n from job").await;
        assert_eq!(jobs, 1, "the second job with the same key is taken for the first");
    }
    assert_eq!(args![None::<&str>][0], Value::Null(ValueType::Text));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_at_once_only_the_failed_are_rolled_back() {
    for fixture in fixtures("many").await {
        let (store, town) = (fixture.store, fixture.town);
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
                                    let again = args![n.to_string(), "y", n, false, None::<Vec<u8>>];
                                    let error = tx.execute(INSERT, &again).await.unwrap_err();
                                    assert!(error.is_unique());
                                    assert!(matches!(tx.all("select 1", &[]).await, Err(Error::Aborted)));
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
        let all = number(&store, &town, "select count(*) as n from note").await;
        let right = number(&store, &town, "select count(*) as n from note where amount % 4 = 3").await;
        assert_eq!((kept, all, right), (50, 50, 50), "{}", fixture.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_a_read_writes_is_kept() {
    for fixture in fixtures("read").await {
        let (store, town) = (fixture.store, fixture.town);
        let refused: Result<u64, Error> = store
            .read(&town, |tx: &mut Tx| {
                Box::pin(async move { tx.execute("insert into note (id) values ('a')", &[]).await })
            })
            .await;
        assert!(refused.is_err(), "{}", fixture.name);
        assert_eq!(number(&store, &town, "select count(*) as n from note").await, 0);
        let nobody = "nirgends".parse().unwrap();
        let refused: Result<(), Error> = store.read(&nobody, |_| Box::pin(async { Ok(()) })).await;
        assert!(matches!(refused, Err(Error::NoTenant(_))), "{}", fixture.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_of_a_counter_are_gapless_among_many_writers() {
    for fixture in fixtures("counter").await {
        let (store, town) = (fixture.store, fixture.town);
        let writes = (0..120i64).map(|n| {
            let (store, town) = (store.clone(), town.clone());
            tokio::spawn(async move {
                let written: Result<(), Error> = store
                    .write(&town, move |tx: &mut Tx| {
                        Box::pin(async move {
                            let sql = "insert into counter (name, value) values ('voucher', 1)
                                on conflict ({t}name) do update set value = counter.value + 1 returning value";
                            let number = tx.one(sql, &[]).await?.int("value")?;
                            tx.execute(INSERT, &args![n.to_string(), "x", number, false, None::<Vec<u8>>]).await?;
                            if n % 3 == 0 { Err(Error::Busy) } else { Ok(()) }
                        })
                    })
                    .await;
                written
            })
        });
        for write in writes.collect::<Vec<_>>() {
            let _ = write.await.unwrap();
        }
        let sql = "select count(distinct amount) * 1000 + max(amount) as n from note";
        assert_eq!(number(&store, &town, sql).await, 80_080, "{}", fixture.name);
    }
}

//! The audit log tells on whoever changes it.

use serde_json::json;
use vir_store::audit::{self, Fault};
use vir_store::{Entry, Error, Store, TenantId, Tx};

use super::fixtures;

async fn note(store: &Store, town: &TenantId, count: usize) {
    let written: Result<(), Error> = store
        .write(town, move |tx: &mut Tx| {
            Box::pin(async move {
                for n in 0..count {
                    let detail = json!({"n": n, "text": "Über 1.000 €"});
                    tx.audit(Entry { actor: "p1".into(), action: "x.do".into(), subject: format!("x/{n}"), detail });
                }
                Ok(())
            })
        })
        .await;
    written.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_untouched_log_is_intact_and_long_ones_are_read_in_pages() {
    for fixture in fixtures("audit").await {
        let (store, town) = (fixture.store, fixture.town);
        assert!(audit::verify(&store, &town, None).await.unwrap().is_intact());
        let writers = (0..8).map(|_| {
            let (store, town) = (store.clone(), town.clone());
            tokio::spawn(async move {
                for _ in 0..5 {
                    note(&store, &town, 2).await;
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        note(&store, &town, 2100).await;
        let verdict = audit::verify(&store, &town, None).await.unwrap();
        assert_eq!((verdict.entries, verdict.faults.as_slice()), (2180, [].as_slice()), "{}", fixture.name);
        let head = store.read(&town, |tx: &mut Tx| Box::pin(async move { audit::head(tx).await })).await.unwrap();
        assert_eq!(head, verdict.head);
        note(&store, &town, 1).await;
        assert!(audit::verify(&store, &town, Some(head)).await.unwrap().is_intact());
        let about =
            store.read(&town, |tx: &mut Tx| Box::pin(async move { audit::of_subject(tx, "x/7").await })).await.unwrap();
        assert_eq!(about.len(), 1);
        assert_eq!(about[0].entry.detail["n"], 7);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite_triggers_refuse_changes() {
    let fixture = fixtures("triggers").await.remove(0);
    note(&fixture.store, &fixture.town, 3).await;
    for sql in ["update audit set actor = 'x'", "delete from audit"] {
        let refused: Result<u64, Error> = fixture
            .store
            .write(&fixture.town, move |tx: &mut Tx| Box::pin(async move { tx.execute(sql, &[]).await }))
            .await;
        assert!(refused.is_err(), "{sql}");
    }
}

/// What somebody with the machine's rights may do, and what is found.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_manipulation_is_found_and_named() {
    let cases: [(&str, Vec<Fault>); 6] = [
        ("update audit set actor = 'p2' where seq = 3", vec![Fault::Changed { seq: 3 }]),
        ("delete from audit where seq in (4, 5)", vec![Fault::Removed { from: 4, to: 5 }]),
        ("delete from audit where seq > 8", vec![Fault::Head { expected: 10, found: 8 }]),
        (
            "update audit set seq = 99 where seq = 3; update audit set seq = 3 where seq = 4; update audit set seq = 4 where seq = 99",
            vec![
                Fault::Unlinked { seq: 3 },
                Fault::Changed { seq: 3 },
                Fault::Unlinked { seq: 4 },
                Fault::Changed { seq: 4 },
                Fault::Unlinked { seq: 5 },
            ],
        ),
        (
            "insert into audit (seq, at, actor, action, subject, detail, previous, hash)
             select 11, at, actor, action, subject, detail, hash, hash from audit where seq = 10",
            vec![Fault::Changed { seq: 11 }],
        ),
        ("update audit set detail = 'no JSON' where seq = 2", vec![Fault::Changed { seq: 2 }]),
    ];
    for (sql, faults) in cases {
        let fixture = fixtures("manipulated").await.remove(0);
        let (store, town) = (fixture.store, fixture.town);
        note(&store, &town, 10).await;
        let manipulated: Result<(), Error> = store
            .write(&town, move |tx: &mut Tx| {
                Box::pin(async move {
                    tx.execute("drop trigger audit_no_update", &[]).await?;
                    tx.execute("drop trigger audit_no_delete", &[]).await?;
                    for statement in sql.split("; ") {
                        tx.execute(statement, &[]).await?;
                    }
                    Ok(())
                })
            })
            .await;
        manipulated.unwrap();
        assert_eq!(audit::verify(&store, &town, None).await.unwrap().faults, faults, "{sql}");
    }
}

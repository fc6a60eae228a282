//! A backup that is taken under load is complete, and a restore is what was backed up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use serde_json::json;
use vir_store::backup::{backup, restore};
use vir_store::{Clock, Config, Entry, Error, Result, Tx, audit, care};

use super::care::paper;
use super::{NOTES, fixtures, folder, number};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_is_complete_and_restorable() {
    let fixture = fixtures("backup").await.remove(0);
    let (store, town) = (fixture.store, fixture.town);
    let (stop, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicI64::new(0)));
    let writers = (0..4).map(|_| {
        let (store, town, stop, written) = (store.clone(), town.clone(), Arc::clone(&stop), Arc::clone(&written));
        tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let n = written.fetch_add(1, Ordering::Relaxed);
                paper(&store, &town, n, &format!("Beleg {n}")).await.unwrap();
                let noted: Result<()> = store
                    .write(&town, move |tx: &mut Tx| {
                        Box::pin(async move {
                            let (actor, action) = ("p1".to_owned(), "paper.file".to_owned());
                            tx.audit(Entry { actor, action, subject: n.to_string(), detail: json!({}) });
                            Ok(())
                        })
                    })
                    .await;
                noted.unwrap();
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    while written.load(Ordering::Relaxed) < 50 {
        tokio::task::yield_now().await;
    }
    let to = folder("backup-to");
    let before = number(&store, &town, "select count(*) as n from paper").await;
    let first = backup(&store, &to).await.unwrap();
    let again = backup(&store, &to).await.unwrap();
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
    assert!(again.blobs >= first.blobs && first.blobs >= 50);

    let restored_to = folder("restored");
    let about = restore(&to, Config::folder(&restored_to), &[NOTES], Clock::system()).await.unwrap();
    assert_eq!(about, again);
    let restored = vir_store::Store::open(Config::folder(&restored_to), &[NOTES], Clock::system()).await.unwrap();
    assert!(number(&restored, &town, "select count(*) as n from paper").await >= before);
    let scrubbed = care::scrub(&restored, &town).await.unwrap();
    assert!(scrubbed.damaged.is_empty() && scrubbed.missing.is_empty());
    let verdict = audit::verify(&restored, &town, about.audit.get("musterstadt").cloned()).await.unwrap();
    assert!(verdict.is_intact() && verdict.entries > 0);
    restored.close().await;

    // Not over something, and not from something damaged.
    let refused = restore(&to, Config::folder(&restored_to), &[NOTES], Clock::system()).await;
    assert!(matches!(refused, Err(Error::NotEmpty(_))));
    let database = to.join("tenants/musterstadt.db");
    let mut bytes = std::fs::read(&database).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&database, bytes).unwrap();
    let refused = restore(&to, Config::folder(folder("damaged")), &[NOTES], Clock::system()).await;
    assert!(matches!(refused, Err(Error::DamagedBackup(_))));
}

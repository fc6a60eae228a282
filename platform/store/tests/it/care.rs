//! Blobs without a row go, blobs with one stay, and damage is found.

use std::time::Duration;

use vir_store::care::{self, GRACE, Swept};
use vir_store::{BlobId, Error, Result, Store, TenantId, Tx, args};

use super::fixtures;

pub(super) async fn paper(store: &Store, town: &TenantId, number: i64, text: &str) -> Result<BlobId> {
    let blob = store.blobs().put(town, text.to_owned()).await?;
    let named = blob.clone();
    store
        .write(town, move |tx: &mut Tx| {
            Box::pin(async move {
                let sql = "insert into paper (id, number, blob) values ($1, $2, $3)";
                tx.execute(sql, &args![vir_store::new_id(tx.now()), number, named]).await
            })
        })
        .await?;
    Ok(blob)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_old_blobs_that_no_row_names_are_swept_away() {
    for fixture in fixtures("sweep").await {
        let (store, town) = (fixture.store, fixture.town);
        let named = paper(&store, &town, 1, "benannt").await.unwrap();
        let rubbish = store.blobs().put(&town, "vergessen").await.unwrap();
        assert_eq!(care::sweep(&store, &town, GRACE).await.unwrap(), Swept::default(), "all are young");
        assert!(store.blobs().contains(&town, &rubbish).await.unwrap());
        // The storage's clock has steps of a second.
        tokio::time::sleep(Duration::from_millis(1100)).await;
        let swept = care::sweep(&store, &town, Duration::ZERO).await.unwrap();
        assert_eq!(swept, Swept { kept: 1, removed: 1 }, "{}", fixture.name);
        assert!(store.blobs().contains(&town, &named).await.unwrap());
        assert!(matches!(store.blobs().get(&town, &rubbish).await, Err(Error::NoBlob(_))));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_and_missing_blobs_are_named() {
    let fixture = fixtures("scrub").await.remove(0);
    let (store, town) = (fixture.store, fixture.town);
    let mut blobs = Vec::new();
    for number in 0..3 {
        blobs.push(paper(&store, &town, number, &format!("Beleg {number}")).await.unwrap());
    }
    let path = |id: &BlobId| fixture.config.folder.join("blobs/musterstadt").join(&id.as_str()[..2]).join(id.as_str());
    std::fs::write(path(&blobs[0]), "verfälscht").unwrap();
    std::fs::remove_file(path(&blobs[1])).unwrap();
    let scrubbed = care::scrub(&store, &town).await.unwrap();
    assert_eq!(scrubbed.read, 2);
    assert_eq!(scrubbed.damaged, [blobs[0].clone()]);
    assert_eq!(scrubbed.missing, [blobs[1].clone()]);
    assert!(matches!(store.blobs().get(&town, &blobs[0]).await, Err(Error::Damaged(_))));
}

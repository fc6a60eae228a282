//! Blobs on both storages.

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _};
use vir_store::{BlobId, Error};

use super::fixtures;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blobs_are_named_by_their_content_and_belong_to_one_tenant() {
    for fixture in fixtures("blobs").await {
        let (blobs, town) = (fixture.store.blobs(), fixture.town);
        let one = blobs.put(&town, "Rechnung").await.unwrap();
        let many = blobs.put_many(&town, vec!["Rechnung".into(), "Lieferschein".into()]).await.unwrap();
        assert_eq!(many[0], one);
        assert_eq!(blobs.get(&town, &many[1]).await.unwrap(), "Lieferschein");
        let pieces = futures_util::stream::iter(["Rech", "nung"]).map(|piece| Ok::<_, Error>(piece.into()));
        assert_eq!(blobs.put_stream(&town, pieces).await.unwrap(), (one.clone(), 8));
        let empty = blobs.put(&town, "").await.unwrap();
        assert_eq!(blobs.get(&town, &empty).await.unwrap(), "");
        let mut listed: Vec<BlobId> = blobs.list(&town).map_ok(|listed| listed.id).try_collect().await.unwrap();
        listed.sort();
        let mut expected = vec![one.clone(), many[1].clone(), empty];
        expected.sort();
        assert_eq!(listed, expected, "{}", fixture.name);
        let other = "nachbarstadt".parse().unwrap();
        assert!(matches!(blobs.get(&other, &one).await, Err(Error::NoBlob(_))));
        assert!(!blobs.contains(&other, &one).await.unwrap());
        assert!(blobs.contains(&town, &one).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_blobs_pass_in_pieces() {
    for fixture in fixtures("large").await {
        let (blobs, town) = (fixture.store.blobs(), fixture.town);
        let piece = Bytes::from(vec![7u8; 1 << 20]);
        let pieces = futures_util::stream::iter(0..20).map(|_| Ok::<_, Error>(piece.clone()));
        let (id, size) = blobs.put_stream(&town, pieces).await.unwrap();
        assert_eq!(size, 20 << 20);
        let (size, stream) = blobs.open(&town, &id).await.unwrap();
        assert_eq!(size, 20 << 20);
        let read = stream.try_fold(0, |sum, piece| async move { Ok(sum + piece.len()) }).await.unwrap();
        assert_eq!(read, 20 << 20);
        assert_eq!(BlobId::of(&blobs.get(&town, &id).await.unwrap()), id);
        // A stream that fails leaves nothing.
        let broken =
            futures_util::stream::iter(0..12).map(|n| if n < 11 { Ok(piece.clone()) } else { Err(Error::Busy) });
        assert!(blobs.put_stream(&town, broken).await.is_err());
        assert_eq!(blobs.list(&town).count().await, 1, "{}", fixture.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_are_all_there() {
    for fixture in fixtures("at-once").await {
        let (store, town) = (fixture.store, fixture.town);
        let puts = (0..64).map(|n| {
            let (store, town) = (store.clone(), town.clone());
            // Each blob comes twice.
            tokio::spawn(async move { store.blobs().put(&town, format!("Beleg {}", n / 2)).await })
        });
        for put in puts.collect::<Vec<_>>() {
            let id = put.await.unwrap().unwrap();
            assert!(store.blobs().contains(&town, &id).await.unwrap());
        }
        assert_eq!(store.blobs().list(&town).count().await, 32, "{}", fixture.name);
    }
}

//! Care of what grows: sweeping away blobs that no row names, looking for damage, forgetting events
//! that were told long ago.
//!
//! Rows name blobs in columns that are called `blob` or `…_blob`, or that blocks declare
//! ([`Migrations::with_blobs`](crate::Migrations::with_blobs)). A blob that only a JSON text names is rubbish here.
//! A blob is put before its row is written, so a young blob without a row is not rubbish yet.
//!
//! Invariant: a blob that a row names is never removed.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};

use crate::{BlobId, Error, Result, Store, TenantId, Tx, args, backup};

/// How old a blob must be before it counts as rubbish; a day is plenty.
pub const GRACE: Duration = Duration::from_secs(24 * 3600);

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many blobs are left.
    pub kept: u64,
    /// How many were removed.
    pub removed: u64,
}

/// What a scrub found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scrubbed {
    /// How many blobs were read.
    pub read: u64,
    /// Blobs whose content has another hash.
    pub damaged: Vec<BlobId>,
    /// Blobs that rows name and that are not there.
    pub missing: Vec<BlobId>,
}

/// Removes the blobs of a tenant that no row names and that are older than the grace period, by
/// the machine's clock. While a backup runs nothing is removed.
pub async fn sweep(store: &Store, tenant: &TenantId, grace: Duration) -> Result<Swept> {
    // By the storage's clock: a fixed clock of a test says nothing of the age of files.
    let limit = jiff::Timestamp::now().saturating_sub(SignedDuration::try_from(grace).unwrap_or(SignedDuration::MAX));
    let limit = limit.unwrap_or(jiff::Timestamp::MIN);
    if store.blob_columns().is_empty() {
        return Err(Error::Config("no column that names blobs is known; nothing is swept away".to_owned()));
    }
    let mut swept = Swept::default();
    // The list before the rows: a blob that gets its row meanwhile is young.
    let old: Vec<BlobId> = store
        .blobs()
        .list(tenant)
        .try_filter_map(|blob| async move { Ok((blob.modified_at < limit).then_some(blob.id)) })
        .try_collect()
        .await?;
    let named = named(store, tenant).await?;
    for id in old {
        if named.contains(&id) || backup::is_running(store) {
            swept.kept += 1;
            continue;
        }
        let bytes = store.blobs().get(tenant, &id).await;
        store.blobs().remove(tenant, &id).await?;
        swept.removed += 1;
        // Somebody may have put the same bytes and named them since we looked.
        if is_named(store, tenant, &id).await?
            && let Ok(bytes) = bytes
        {
            store.blobs().put(tenant, bytes).await?;
            swept.removed -= 1;
            swept.kept += 1;
        }
    }
    metrics::counter!("vir_store_blobs_swept_total").increment(swept.removed);
    Ok(swept)
}

/// Reads every blob of a tenant and compares it with its name; looks for those that are missing.
pub async fn scrub(store: &Store, tenant: &TenantId) -> Result<Scrubbed> {
    let mut scrubbed = Scrubbed::default();
    let mut missing = named(store, tenant).await?;
    let mut listed = store.blobs().list(tenant);
    while let Some(blob) = listed.next().await {
        let id = blob?.id;
        missing.remove(&id);
        let (_, mut pieces) = match store.blobs().open(tenant, &id).await {
            // Swept away since it was listed.
            Err(Error::NoBlob(_)) => continue,
            other => other?,
        };
        let mut hasher = Sha256::new();
        while let Some(piece) = pieces.next().await {
            hasher.update(&piece?);
        }
        scrubbed.read += 1;
        if crate::blobs::hex(&hasher.finalize()) != id.as_str() {
            scrubbed.damaged.push(id);
        }
    }
    for id in missing {
        // What was put after the listing had passed its place is there nevertheless.
        if !store.blobs().contains(tenant, &id).await? {
            scrubbed.missing.push(id);
        }
    }
    Ok(scrubbed)
}

/// Forgets events that are older than this and that no job has still to tell. The audit log keeps
/// what must be kept; events are only news. Gives how many were forgotten.
pub async fn forget_events(store: &Store, tenant: &TenantId, older_than: Duration) -> Result<u64> {
    let age = SignedDuration::try_from(older_than).unwrap_or(SignedDuration::MAX);
    let before = store.clock().now().saturating_sub(age).unwrap_or(jiff::Timestamp::MIN);
    let mut forgotten = 0;
    loop {
        // A few at a time, so that nobody waits long.
        let some: u64 = store
            .write(tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    let old = "select id from event where at < $1 and not exists (
                        select 1 from job where job.event_id = event.id) order by id limit 500";
                    let seen = format!("delete from event_seen where event_id in ({old})");
                    tx.execute(seen, &args![before]).await?;
                    tx.execute(format!("delete from event where id in ({old})"), &args![before]).await
                })
            })
            .await?;
        forgotten += some;
        if some < 500 {
            return Ok(forgotten);
        }
    }
}

/// All blobs that rows of a tenant name.
pub(crate) async fn named(store: &Store, tenant: &TenantId) -> Result<BTreeSet<BlobId>> {
    let mut all = BTreeSet::new();
    for (table, column) in store.blob_columns() {
        let sql = format!("select distinct {column} as blob from {table} where {column} is not null");
        let rows =
            store.read(tenant, move |tx: &mut Tx| Box::pin(async move { tx.all(sql, &[]).await })).await.map_err(
                |error: Error| Error::Config(format!("blobs are said to be named in {table}.{column}: {error}")),
            )?;
        for row in rows {
            all.insert(row.text("blob")?.parse()?);
        }
    }
    Ok(all)
}

async fn is_named(store: &Store, tenant: &TenantId, id: &BlobId) -> Result<bool> {
    for (table, column) in store.blob_columns() {
        let sql = format!("select 1 as n from {table} where {column} = $1 limit 1");
        let id = id.clone();
        let row =
            store.read(tenant, move |tx: &mut Tx| Box::pin(async move { tx.optional(sql, &args![id]).await })).await?;
        if row.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

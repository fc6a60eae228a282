//! A record into storage, and out of it.
//!
//! Invariant: a version in storage has all documents that its `metadata/record.json` names, and those only.

use std::collections::BTreeSet;
use std::io::Read;

use tokio::runtime::Handle;
use vir_archive::lifecycle::event::Package;
use vir_archive::lifecycle::{Command, RecordId, State};
use vir_archive::ocfl::depot::{Change, DepotError, Draft, Receipt};
use vir_archive::ocfl::inventory::User;
use vir_store::{BlobId, TenantId, Tx, args};
use vir_web::{App, JobCall, WorkError};

use super::{Blocking, depot, later, program};
use crate::records::{self, ActError, Item, Loaded};
use crate::storage::{Shared, Store};

/// Where a package says what its record is.
pub(super) const RECORD: &str = "metadata/record.json";
/// The object with the plan, the holds and the settings.
pub(super) const LAW: &str = "urn:vir:law";
/// Where it says them.
pub(super) const LAW_FILE: &str = "metadata/law.json";

const KEPT: &str = "update archive_record set keep_due = $1, version = $2, inventory_digest = $3 where id = $4";
const LET_GO: &str = "update archive_document set blob = null where record_id = $1 and id = $2 and version = $3";

/// The identifier of what stays of a deleted record.
pub(super) fn tombstone(record: &str) -> String {
    format!("urn:vir:tombstone:{record}")
}

/// Brings a record into storage as it stands now; `anew` also where nothing seems to be missing there.
pub(super) async fn record(app: &App, tenant: &TenantId, id: &RecordId, anew: bool) -> Result<(), WorkError> {
    let wanted = id.clone();
    let read = app.store.read(tenant, move |tx: &mut Tx| Box::pin(async move { records::load(tx, &wanted).await }));
    let Some(loaded) = read.await? else { return Ok(()) };
    if !loaded.keep_due && !anew {
        return Ok(());
    }
    let (server, whose, truth, handle) = (app.clone(), tenant.clone(), loaded.clone(), Handle::current());
    let written = tokio::task::spawn_blocking(move || {
        let store = depot(&server.config, &whose).map_err(|error| later(&whose, error))?;
        let blob = |id: &BlobId| Blocking::new(server.store.blobs(), &whose, id, &handle);
        write(&store, &truth, blob).map_err(|error| later(&whose, error))
    });
    let receipt = written.await??;
    let done = app.store.write(tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            settle(tx, &loaded, &receipt).await?;
            if loaded.record.state == State::Closed {
                deposit(tx, &loaded, &receipt).await?;
            }
            Ok::<_, ActError>(())
        })
    });
    match done.await {
        Ok(()) => Ok(()),
        Err(ActError::Store(error)) => Err(error.into()),
        Err(error) => Err(WorkError::later(error.to_string())),
    }
}

/// Notes what storage has.
async fn settle(tx: &mut Tx, written: &Loaded, receipt: &Receipt) -> Result<(), ActError> {
    let id = written.record.id.0.as_str();
    tx.lock(&format!("archive-record/{id}")).await?;
    let Some(now) = records::load(tx, &written.record.id).await? else { return Err(ActError::Unknown) };
    for item in written.items.iter().filter(|item| item.blob.is_some()) {
        tx.execute(LET_GO, &args![id, item.id.0.as_str(), i64::from(item.version)]).await?;
    }
    let changed = now.seen() != written.seen() || now.items.len() != written.items.len();
    let version = i64::from(receipt.version.number());
    tx.execute(KEPT, &args![changed, version, receipt.inventory_digest.as_str(), id]).await?;
    if changed {
        // Somebody has worked on it meanwhile; their job may have been this one.
        records::keep(tx, &written.record.id).await?;
    }
    Ok(())
}

/// A closed record that storage has is in long-term storage; where it has changed meanwhile, the next write says so.
async fn deposit(tx: &mut Tx, written: &Loaded, receipt: &Receipt) -> Result<(), ActError> {
    let version = written.record.packages.last().map_or(1, |last| last.version + 1);
    let package = Package { version, algorithm: "sha512".to_owned(), leaf: receipt.inventory_digest.clone() };
    let command = [Command::Deposit { package }];
    match records::act(tx, &written.record.id, Some(written.seen()), &command, &program()).await {
        Ok(_) | Err(ActError::Stale) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Writes the object of a record; what is there already stays.
fn write(store: &Store, loaded: &Loaded, blob: impl Fn(&BlobId) -> Blocking) -> Result<Receipt, DepotError> {
    let record = loaded.record.id.0.as_str();
    let truth = serde_json::to_vec_pretty(&loaded.truth()).expect("records are JSON");
    let change = |message: &str| Change {
        created: loaded.changed_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        message: message.to_owned(),
        user: User { name: "vir".to_owned(), address: None },
    };
    if loaded.record.state == State::Deleted {
        match store.depot().purge(&loaded.object()) {
            Ok(()) | Err(DepotError::NoObject(_)) => {}
            Err(error) => return Err(error),
        }
        return put(store, &tombstone(record), change("deleted"), |draft| {
            draft.put(RECORD, &mut truth.as_slice()).map(|_| ())
        });
    }
    let wanted: BTreeSet<&str> = loaded.items.iter().map(|item| item.path.as_str()).collect();
    put(store, &loaded.object(), change("record"), |draft| {
        let fresh = loaded.items.iter().filter_map(|item| Some((item, item.blob.as_ref()?)));
        for (item, id) in fresh {
            if draft.state().contains_key(&item.path) {
                continue;
            }
            let stored = draft.put(&item.path, &mut blob(id))?;
            if stored.digest != item.sha512 {
                return Err(DepotError::Damaged(item.path.clone()));
            }
        }
        let surplus: Vec<String> =
            draft.state().keys().filter(|path| !wanted.contains(path.as_str())).cloned().collect();
        for path in surplus {
            draft.remove(&path);
        }
        draft.put(RECORD, &mut truth.as_slice()).map(|_| ())
    })
}

/// Makes the next version of an object; where nothing is new, the one that is there is the answer.
pub(super) fn put(
    store: &Store,
    id: &str,
    change: Change,
    fill: impl FnOnce(&mut Draft<'_, Shared>) -> Result<(), DepotError>,
) -> Result<Receipt, DepotError> {
    let mut draft = store.depot().draft(id, change)?;
    fill(&mut draft)?;
    match draft.commit() {
        Err(DepotError::Unchanged) => {
            let found = store.depot().inventory(id)?.ok_or_else(|| DepotError::NoObject(id.to_owned()))?;
            Ok(Receipt { id: id.to_owned(), version: found.head, inventory_digest: found.algorithm.of(&found.write()) })
        }
        other => other,
    }
}

/// Brings the plan, the holds and the settings into storage.
pub(super) async fn law(call: JobCall) -> Result<(), WorkError> {
    let read = call.app.store.read(&call.tenant, |tx: &mut Tx| {
        Box::pin(async move { Ok::<_, vir_store::Error>((records::plan(tx).await?.0, records::law(tx).await?)) })
    });
    let (version, law) = read.await?;
    let bytes = serde_json::to_vec_pretty(&serde_json::json!({
        "version": version,
        "plan": law.plan,
        "holds": law.holds,
        "settings": law.settings,
    }))?;
    let (config, tenant, now) = (call.app.config.clone(), call.tenant.clone(), call.app.now());
    let written = tokio::task::spawn_blocking(move || {
        let store = depot(&config, &tenant).map_err(|error| later(&tenant, error))?;
        let change = Change {
            created: now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            message: "law".to_owned(),
            user: User { name: "vir".to_owned(), address: None },
        };
        put(&store, LAW, change, |draft| draft.put(LAW_FILE, &mut bytes.as_slice()).map(|_| ()))
            .map_err(|error| later(&tenant, error))
    });
    written.await??;
    Ok(())
}

/// A document's bytes, wherever they are now: a reader for a thread that may wait.
///
/// # Errors
/// Where neither a blob nor storage has it.
pub async fn read(
    app: &App,
    tenant: &TenantId,
    loaded: &Loaded,
    item: &Item,
) -> Result<Box<dyn Read + Send>, WorkError> {
    if let Some(blob) = &item.blob {
        return Ok(Box::new(Blocking::new(app.store.blobs(), tenant, blob, &Handle::current())));
    }
    let (config, whose, object, path) = (app.config.clone(), tenant.clone(), loaded.object(), item.path.clone());
    let copied = tokio::task::spawn_blocking(move || -> Result<std::fs::File, WorkError> {
        let store = depot(&config, &whose).map_err(|error| later(&whose, error))?;
        let mut file = store.depot().file(&object, None, &path).map_err(|error| later(&whose, error))?;
        let mut copy = tempfile::tempfile()?;
        std::io::copy(&mut file, &mut copy)?;
        std::io::Seek::rewind(&mut copy)?;
        Ok(copy)
    });
    Ok(Box::new(copied.await??))
}

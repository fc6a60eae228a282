//! The database made again from storage alone.
//!
//! Invariant: what is read back is written by the same code that wrote it first, so that both are equal.

use std::io::Read as _;

use serde::Deserialize;
use vir_archive::lifecycle::law::Settings;
use vir_archive::lifecycle::{Hold, Plan};
use vir_archive::ocfl::depot::{Depot, DepotError};
use vir_archive::ocfl::path::VersionName;
use vir_archive::stamping::Stamping;
use vir_store::{TenantId, Tx, args};
use vir_web::{App, WorkError};

use super::write::{LAW, LAW_FILE, RECORD};
use super::{depot, later};
use crate::formats;
use crate::records::{self, OwnedLaw, Stored, Truth};
use crate::settings;
use crate::storage::Shared;

/// What was made again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Records, deleted ones included.
    pub records: usize,
    /// Objects that could not be read.
    pub unreadable: usize,
}

/// The longest `record.json` that is read.
const LONGEST: u64 = 256 << 20;
const TABLES: [&str; 6] = [
    "delete from archive_record",
    "delete from archive_event",
    "delete from archive_document",
    "delete from archive_subject",
    "delete from archive_hold",
    "delete from archive_plan",
];
const HOLD: &str = "insert into archive_hold (id, hold, changed_at) values ($1, $2, $3)";
const PLAN: &str = "insert into archive_plan (version, entries, made_at, made_by) values ($1, $2, $3, $4)";

/// What [`LAW`] says.
#[derive(Deserialize)]
struct StoredLaw {
    version: i64,
    plan: Plan,
    holds: Vec<Hold>,
    settings: Settings,
}

/// A record as storage has it.
struct Found {
    truth: Truth,
    stored: Stored,
}

/// Deletes the index of a tenant and makes it again. What storage does not have yet is refused: nothing is lost.
///
/// # Errors
/// Where something waits to be written into storage, storage cannot be read, or the store fails.
pub async fn rebuild(app: &App, tenant: &TenantId) -> Result<Rebuilt, WorkError> {
    let (config, whose) = (app.config.clone(), tenant.clone());
    let found = tokio::task::spawn_blocking(move || gather(&config, &whose));
    let (law, found, unreadable) = found.await??;
    let done = app.store.write(tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            if tx.optional("select id from archive_record where keep_due = $1 limit 1", &args![true]).await?.is_some() {
                return Ok::<_, vir_store::Error>(None);
            }
            for sql in TABLES {
                tx.execute(sql, &[]).await?;
            }
            let now = tx.now();
            if let Some((version, law)) = &law {
                let entries = serde_json::to_string(&law.plan).expect("a plan is JSON");
                tx.execute(PLAN, &args![*version, entries, now, "rebuild-index"]).await?;
                for hold in &law.holds {
                    let json = serde_json::to_string(hold).expect("a hold is JSON");
                    tx.execute(HOLD, &args![hold.id.0.as_str(), json, now]).await?;
                }
                settings::write(tx, "law", &serde_json::to_string(&law.settings).expect("settings are JSON")).await?;
            }
            let law = law.map(|(_, law)| law).unwrap_or_default();
            let mut records = 0;
            for one in found {
                if records::restore(tx, one.truth, one.stored, &law).await?.is_some() {
                    records += 1;
                }
            }
            Ok(Some(records))
        })
    });
    match done.await? {
        Some(records) => Ok(Rebuilt { records, unreadable }),
        None => Err(WorkError::later(
            "something waits to be written into storage; start the server, let it finish, and try again",
        )),
    }
}

/// The newest plan with its number, the holds and the settings, as a depot has them; none where it has none.
///
/// # Errors
/// Where storage cannot be read, or has something else there.
pub fn stored_law(depot: &Depot<Shared>) -> Result<Option<(i64, OwnedLaw)>, DepotError> {
    let file = match depot.file(LAW, None, LAW_FILE) {
        Err(DepotError::NoObject(_)) => return Ok(None),
        other => other?,
    };
    let stored: StoredLaw =
        serde_json::from_reader(file.take(LONGEST)).map_err(|_| DepotError::Damaged(depot.place(LAW)))?;
    Ok(Some((stored.version, OwnedLaw { plan: stored.plan, holds: stored.holds, settings: stored.settings })))
}

/// What the newest version of a record's object says of it.
///
/// # Errors
/// Where storage cannot be read, or has something else there.
pub fn stored_truth(depot: &Depot<Shared>, id: &str) -> Result<Truth, DepotError> {
    let file = depot.file(id, None, RECORD)?;
    serde_json::from_reader(file.take(LONGEST)).map_err(|_| DepotError::Damaged(depot.place(id)))
}

type Gathered = (Option<(i64, OwnedLaw)>, Vec<Found>, usize);

/// Everything that storage knows.
fn gather(config: &vir_web::config::Config, tenant: &TenantId) -> Result<Gathered, WorkError> {
    let store = depot(config, tenant).map_err(|error| later(tenant, error))?;
    let depot = store.depot();
    let law = stored_law(depot).map_err(|error| later(tenant, error))?;
    let stamping = Stamping::open(depot).map_err(|error| later(tenant, error))?;
    let covered = stamping.covered().map_err(|error| later(tenant, error))?;
    let (mut found, mut unreadable, mut objects) = (Vec::new(), 0, Vec::new());
    let walked = depot.index(&mut |_, object| match object {
        Ok(object) if object.id.starts_with("urn:vir:record:") || object.id.starts_with("urn:vir:tombstone:") => {
            objects.push((
                object.id,
                object.versions.last().map(|version| version.name.clone()),
                object.inventory_digest,
            ));
        }
        Ok(_) => {}
        Err(_) => unreadable += 1,
    });
    walked.map_err(|error| later(tenant, error))?;
    for (id, head, digest) in objects {
        let version = head.as_deref().and_then(VersionName::read).map_or(0, VersionName::number);
        let truth = stored_truth(depot, &id).map(|truth| with_words(depot, &id, truth));
        match truth {
            Ok(truth) => {
                let stamped = (1..=version).rev().find(|number| covered.has(&id, &format!("v{number}"))).unwrap_or(0);
                found.push(Found { truth, stored: Stored { version, inventory_digest: digest, stamped } });
            }
            Err(error) => {
                tracing::warn!(%id, %error, "a record cannot be read");
                unreadable += 1;
            }
        }
    }
    Ok((law, found, unreadable))
}

/// The words of documents are not kept; they are read again.
fn with_words(depot: &Depot<Shared>, id: &str, mut truth: Truth) -> Truth {
    for item in &mut truth.documents {
        item.text = copy(depot, id, &item.path).and_then(|mut file| formats::text(&item.media_type, &mut file));
    }
    truth
}

/// A document as a file of its own.
fn copy(depot: &Depot<Shared>, id: &str, path: &str) -> Option<std::fs::File> {
    let mut copy = tempfile::tempfile().ok()?;
    std::io::copy(&mut depot.file(id, None, path).ok()?, &mut copy).ok()?;
    Some(copy)
}

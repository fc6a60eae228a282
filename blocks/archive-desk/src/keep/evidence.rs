//! Evidence over what storage has: hash trees with time stamps, and evidence records cut from them.
//!
//! Invariant: a version counts as stamped only when its tree with its time stamp is durable.

use tokio::runtime::Handle;
use vir_archive::digest::Digest;
use vir_archive::stamping::{Grown, Stamping, StampingError};
use vir_core::Lang;
use vir_store::{TenantId, Tx, args};
use vir_web::{App, JobCall, WorkError};

use super::{Services, depot, later};
use crate::settings;

const NEW: &str = "select id, version from archive_record where version > stamped order by id";
const STAMPED: &str = "update archive_record set stamped = $1 where id = $2 and stamped < $1";

pub(super) async fn run(call: JobCall) -> Result<(), WorkError> {
    if call.app.config.archive.time_stamps.is_empty() {
        return Err(WorkError::hopeless("no time-stamp service is configured: [archive] time_stamps"));
    }
    stamp(&call.app, &call.tenant).await.map(|_| ())
}

/// Has everything stamped that storage has and no tree covers yet. Gives how many versions that were.
///
/// # Errors
/// Where no service gives a time stamp, or storage fails.
pub async fn stamp(app: &App, tenant: &TenantId) -> Result<usize, WorkError> {
    // What the database says before is in storage before.
    let new = app.store.read(tenant, |tx: &mut Tx| {
        Box::pin(async move {
            let rows = tx.all(NEW, &[]).await?;
            rows.iter().map(|row| Ok((row.text("id")?, row.int("version")?))).collect::<vir_store::Result<Vec<_>>>()
        })
    });
    let new = new.await?;
    if new.is_empty() {
        return Ok(0);
    }
    let services = Services::new(&app.config.archive.time_stamps, Handle::current(), Lang::De)
        .map_err(|text| WorkError::hopeless(text.get(Lang::De)))?;
    let (config, whose, now) = (app.config.clone(), tenant.clone(), app.now());
    let grown = tokio::task::spawn_blocking(move || -> Result<Grown, WorkError> {
        let store = depot(&config, &whose).map_err(|error| later(&whose, error))?;
        let made = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let stamped = Stamping::open(store.depot())
            .and_then(|mut stamping| stamping.stamp(Digest::Sha512, &services, &made, &mut |_| {}));
        stamped.map_err(|error| later(&whose, error))
    });
    let grown = grown.await??;
    app.store
        .write(tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                for (id, version) in &new {
                    tx.execute(STAMPED, &args![*version, id.as_str()]).await?;
                }
                let note = serde_json::json!({ "at": tx.now().to_string(), "versions": grown.leaves });
                settings::write(tx, "stamped", &note.to_string()).await
            })
        })
        .await?;
    Ok(grown.leaves)
}

/// The evidence record (RFC 4998) of a version of an object, and the bytes that it is about (the inventory of that
/// version); none where no tree covers it yet.
///
/// # Errors
/// Where storage fails.
pub async fn evidence(
    app: &App,
    tenant: &TenantId,
    object: &str,
    version: u32,
) -> Result<Option<(Vec<u8>, Vec<u8>)>, WorkError> {
    let (config, whose, object) = (app.config.clone(), tenant.clone(), object.to_owned());
    let cut = tokio::task::spawn_blocking(move || {
        let store = depot(&config, &whose).map_err(|error| later(&whose, error))?;
        let stamping = Stamping::open(store.depot()).map_err(|error| later(&whose, error))?;
        let version = format!("v{version}");
        match stamping.record(&object, &version) {
            Ok(record) => {
                let about = stamping.inventory_of(&object, &version).map_err(|error| later(&whose, error))?;
                Ok(Some((record, about)))
            }
            Err(StampingError::NotStamped { .. }) => Ok(None),
            Err(error) => Err(later(&whose, error)),
        }
    });
    cut.await?
}

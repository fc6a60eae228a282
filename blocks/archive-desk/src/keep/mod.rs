//! Keeping: what is decided in the database comes into storage, and evidence over it.
//!
//! Each record is an object of its tenant's depot, with everything that is needed to make the database again. A change
//! is acknowledged when the database and the blobs have it; [`KEEP`] then writes it into storage, as often as needed.
//!
//! Invariant: a blob is let go only when storage has its bytes, compared by their digest.

mod bridge;
mod depots;
mod evidence;
mod rebuild;
mod services;
mod write;

use serde_json::json;
use tokio_util::sync::CancellationToken;
use vir_store::{BoxFuture, Job, Result, TenantId, Tx};
use vir_web::{App, JobCall, JobHandler, WorkError};

use crate::settings;

pub use bridge::Blocking;
pub use depots::{DepotTrouble, depot, path};
pub use evidence::{evidence, stamp};
pub use rebuild::{Rebuilt, rebuild, stored_law, stored_truth};
pub use services::Services;
pub use write::read;

/// The kinds of the jobs.
pub(crate) mod kind {
    pub const KEEP: &str = "archive-desk.keep";
    pub const LAW: &str = "archive-desk.law";
    pub const REPLAN: &str = "archive-desk.replan";
    pub const STAMP: &str = "archive-desk.stamp";
}

/// Writes a record into storage.
pub const KEEP: JobHandler = JobHandler { kind: kind::KEEP, run: |call| Box::pin(keep(call)) };
/// Writes the plan, the holds and the settings into storage.
pub const LAW: JobHandler = JobHandler { kind: kind::LAW, run: |call| Box::pin(write::law(call)) };
/// Writes the rows of all records again, after the plan has changed.
pub const REPLAN: JobHandler = JobHandler { kind: kind::REPLAN, run: |call| Box::pin(replan(call)) };
/// Has everything new stamped.
pub const STAMP: JobHandler = JobHandler { kind: kind::STAMP, run: |call| Box::pin(evidence::run(call)) };

/// How many records are written again at once.
const AT_ONCE: i64 = 200;

async fn keep(call: JobCall) -> Result<(), WorkError> {
    let id = call.payload["record"].as_str().unwrap_or_default().to_owned();
    // What was broken off may have written an older state after somebody else was done.
    let anew = call.attempt > 1;
    write::record(&call.app, &call.tenant, &id.as_str().into(), anew).await
}

async fn replan(call: JobCall) -> Result<(), WorkError> {
    let mut after = call.payload["after"].as_str().unwrap_or_default().to_owned();
    loop {
        let from = after.clone();
        let last = call.app.store.write(&call.tenant, move |tx: &mut Tx| {
            Box::pin(async move { crate::records::replan(tx, &from, AT_ONCE).await })
        });
        match last.await? {
            Some(last) => after = last.0,
            None => return Ok(()),
        }
    }
}

/// Notes that the plan, a hold or a setting has changed and has to come into storage.
///
/// # Errors
/// Where the store fails.
pub async fn law_changed(tx: &mut Tx) -> Result<()> {
    tx.enqueue(Job::now(kind::LAW, json!({})).keyed("law")).await
}

/// Once a day: the rows of all records (a rule may come into force), and evidence in its period.
pub fn services(app: App, stop: CancellationToken) -> Vec<BoxFuture<'static, ()>> {
    vec![Box::pin(async move {
        loop {
            if let Err(error) = plan_the_day(&app).await {
                tracing::warn!(%error, "the work on records of this day cannot be planned");
            }
            let pause = std::time::Duration::from_secs(3600);
            if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
                return;
            }
        }
    })]
}

/// Leaves the jobs of a day for each tenant; each of them once, whoever comes first.
async fn plan_the_day(app: &App) -> Result<()> {
    let (stamps, scrubs) = (!app.config.archive.time_stamps.is_empty(), app.config.housekeeping.scrub_days);
    for tenant in app.store.tenants().await? {
        app.store.write(&tenant.id, move |tx: &mut Tx| Box::pin(daily(tx, stamps, scrubs))).await?;
    }
    Ok(())
}

async fn daily(tx: &mut Tx, stamps: bool, scrubs: u32) -> Result<()> {
    let today = crate::records::day_of(tx.now()).to_string();
    let seen = settings::read(tx, "day").await?;
    let value = json!(today).to_string();
    if seen.as_deref() == Some(value.as_str()) {
        return Ok(());
    }
    settings::write(tx, "day", &value).await?;
    tx.enqueue(Job::now(kind::REPLAN, json!({ "after": "" })).keyed("day")).await?;
    if stamps {
        tx.enqueue(Job::now(kind::STAMP, json!({})).keyed(kind::STAMP)).await?;
    }
    crate::preserve::due(tx, scrubs).await
}

/// Who changes records when no person does.
pub(crate) fn program() -> vir_archive::lifecycle::Who {
    vir_archive::lifecycle::Who::program("archive-desk")
}

/// Whose depot it is, for messages.
pub(crate) fn later(tenant: &TenantId, error: impl std::fmt::Display) -> WorkError {
    WorkError::later(format!("the depot of {tenant}: {error}"))
}

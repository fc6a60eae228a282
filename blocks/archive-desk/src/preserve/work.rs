//! The scrubber and the renewal of time stamps, as jobs.
//!
//! Invariant: one of each runs at a time for a tenant, since they wait under one key.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::runtime::Handle;
use vir_archive::stamping::Stamping;
use vir_core::Lang;
use vir_store::{Entry, Job, Result, TenantId, Tx};
use vir_web::{App, JobCall, JobHandler, WorkError};

use crate::keep::{Services, depot, later};
use crate::settings;

/// Reads everything, and repairs what is damaged from the second copy.
pub const SCRUB: JobHandler = JobHandler { kind: "archive-desk.scrub", run: |call| Box::pin(scrub(call)) };
/// Renews the time stamps that count now (RFC 4998, 5.2).
pub const RENEW: JobHandler = JobHandler { kind: "archive-desk.renew", run: |call| Box::pin(renew(call)) };

/// As many damages are kept by name.
const NAMED: usize = 100;
/// Under which name the last report is kept.
pub(super) const REPORT: &str = "scrubbed";

/// What a scrub found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// When it began (RFC 3339).
    pub at: String,
    /// Objects that were looked at.
    pub objects: u64,
    /// Files that were read, in all copies.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What was wrong.
    pub damaged: u64,
    /// What of it is right again.
    pub repaired: u64,
    /// The first damages, for people, in German and English.
    pub first: Vec<(String, String)>,
}

/// Leaves a scrub to be done where the last one is older than the period.
///
/// # Errors
/// Where the store fails.
pub async fn due(tx: &mut Tx, days: u32) -> Result<()> {
    if days == 0 {
        return Ok(());
    }
    let last = report(tx).await?.and_then(|report| report.at.parse::<jiff::Timestamp>().ok());
    let old =
        last.is_none_or(|last| tx.now().duration_since(last) > jiff::SignedDuration::from_hours(24 * i64::from(days)));
    if old {
        tx.enqueue(Job::now(SCRUB.kind, json!({})).keyed(SCRUB.kind)).await?;
    }
    Ok(())
}

/// The last report.
pub(super) async fn report(tx: &mut Tx) -> Result<Option<Report>> {
    Ok(settings::read(tx, REPORT).await?.and_then(|json| serde_json::from_str(&json).ok()))
}

async fn scrub(call: JobCall) -> std::result::Result<(), WorkError> {
    let (config, tenant, at) = (call.app.config.clone(), call.tenant.clone(), call.app.now().to_string());
    let read = tokio::task::spawn_blocking(move || {
        let store = depot(&config, &tenant).map_err(|error| later(&tenant, error))?;
        let mut first = Vec::new();
        let done = store.scrub(&mut |damage| {
            if first.len() < NAMED {
                let text = damage.message();
                first.push((text.get(Lang::De).to_owned(), text.get(Lang::En).to_owned()));
            }
        });
        let done = done.map_err(|error| later(&tenant, error))?;
        Ok::<_, WorkError>(Report {
            at,
            objects: done.objects,
            files: done.files,
            bytes: done.bytes,
            damaged: done.damaged,
            repaired: done.repaired,
            first,
        })
    });
    let report = read.await??;
    if report.damaged > report.repaired {
        tracing::error!(tenant = %call.tenant, damaged = report.damaged, repaired = report.repaired, "records are damaged and could not be repaired");
    }
    note(&call.app, &call.tenant, "archive.scrub", REPORT, json!(report)).await
}

async fn renew(call: JobCall) -> std::result::Result<(), WorkError> {
    let services = Services::new(&call.app.config.archive.time_stamps, Handle::current(), Lang::De)
        .map_err(|text| WorkError::hopeless(text.get(Lang::De)))?;
    let (config, tenant, now) = (call.app.config.clone(), call.tenant.clone(), call.app.now());
    let made = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let renewed = tokio::task::spawn_blocking(move || {
        let store = depot(&config, &tenant).map_err(|error| later(&tenant, error))?;
        let renewed =
            Stamping::open(store.depot()).and_then(|mut stamping| stamping.renew_time_stamps(&services, &made));
        renewed.map_err(|error| later(&tenant, error))
    });
    let grown = renewed.await??;
    let note_of = json!({ "at": now.to_string(), "trees": grown.trees, "timeStamps": grown.leaves });
    note(&call.app, &call.tenant, "archive.renew", "renewed", note_of).await
}

/// Keeps what was done under a name, and in the audit log.
async fn note(
    app: &App,
    tenant: &TenantId,
    action: &'static str,
    name: &'static str,
    value: serde_json::Value,
) -> std::result::Result<(), WorkError> {
    let done = app.store.write(tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            settings::write(tx, name, &value.to_string()).await?;
            let mut detail = value;
            if let Some(object) = detail.as_object_mut() {
                object.remove("first");
            }
            let subject = "archive-depot".to_owned();
            tx.audit(Entry { actor: "archive-desk".to_owned(), action: action.to_owned(), subject, detail });
            Ok::<_, vir_store::Error>(())
        })
    });
    Ok(done.await?)
}

//! What is done at night for each tenant: what nobody needs any more is forgotten, and the documents
//! are looked after.
//!
//! It is a job, so it runs once whoever of the nodes takes it, and is taken over where a node dies.
//! Each run leaves the next one, in the transaction that notes what it did; [`schedule`] leaves the
//! first one, and does nothing where one waits.
//!
//! Forgotten are, in the platform's own tables, what their texts here say, and in those of blocks what
//! they declare ([`Forget`]). Never forgotten: invoices, decisions, the audit log.
//!
//! Invariant: for each tenant exactly one run waits or runs.

mod page;

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use serde_json::json;
use vir_core::Phrase;
use vir_store::{Job, JobContext, JobError, JobHandler, TenantId, Tx, args, care, new_id};

use crate::{App, format};

pub(crate) use page::show;

/// The kind of the job.
const KIND: &str = "web.housekeeping";
/// How many runs are remembered.
const REMEMBERED: i64 = 60;
/// How long events are kept after they were told.
const EVENTS_LAST: Duration = Duration::from_secs(90 * 24 * 3600);

/// What is forgotten after a time.
#[derive(Debug, Clone, Copy)]
pub struct Forget {
    /// What it is, for the page of the administration.
    pub what: Phrase,
    /// Deletes it: `$1` is the moment before which it is forgotten.
    pub sql: &'static str,
    /// After how many hours.
    pub hours: i64,
}

/// What of the platform's own is forgotten.
const OWN: &[Forget] = &[
    Forget {
        what: Phrase::new("Antworten auf wiederholbare Anfragen", "Answers to requests that may be repeated"),
        sql: "delete from web_request where started_at < $1",
        hours: 24,
    },
    Forget {
        what: Phrase::new("Zustellungen an Webhooks", "Deliveries to webhooks"),
        sql: "delete from webhook_delivery where ended_at < $1",
        hours: 90 * 24,
    },
    Forget {
        what: Phrase::new("Abgelaufene Zugangslinks", "Links for access that have expired"),
        sql: "delete from access_link where expires_at < $1",
        hours: 0,
    },
    Forget {
        what: Phrase::new("Abgebrochene Anmeldungen", "Sign-ins that were broken off"),
        sql: "delete from ceremony where expires_at < $1",
        hours: 0,
    },
];

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// Documents that no entry names, removed.
    pub removed: u64,
    /// Documents that are left.
    pub kept: u64,
    /// Documents that were read and compared; `None` where it was not their turn.
    pub read: Option<u64>,
    /// Documents whose content has changed.
    pub damaged: Vec<String>,
    /// Documents that entries name and that are not there.
    pub missing: Vec<String>,
    /// What was forgotten: German, English, how many.
    pub forgotten: Vec<(String, String, u64)>,
    /// What could not be done, for the operator.
    pub failed: Vec<String>,
}

impl Report {
    /// Is everything as it should be?
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.damaged.is_empty() && self.missing.is_empty() && self.failed.is_empty()
    }
}

/// A run that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// What it did.
    pub report: Report,
}

/// Leaves the next run for each tenant that has none waiting.
///
/// # Errors
/// The store's.
pub async fn schedule(app: &App) -> vir_store::Result<()> {
    let next = next_night(app.now(), app.config.housekeeping.hour);
    for tenant in app.store.tenants().await? {
        let waits = "select id from job where kind = $1 and state in ('waiting', 'running') limit 1";
        app.store
            .write(&tenant.id, move |tx: &mut Tx| {
                Box::pin(async move {
                    if tx.optional(waits, &args![KIND]).await?.is_none() {
                        tx.enqueue(job(next)).await?;
                    }
                    Ok::<_, vir_store::Error>(())
                })
            })
            .await?;
    }
    Ok(())
}

fn job(at: Timestamp) -> Job {
    Job::now(KIND, json!({})).at(at).keyed("next")
}

/// The next time that it is this hour where the people are.
fn next_night(now: Timestamp, hour: u32) -> Timestamp {
    let zone: TimeZone = format::german_time();
    let here = now.to_zoned(zone.clone()).datetime();
    let hour = i8::try_from(hour.min(23)).unwrap_or(2);
    let today = here.date().at(hour, 0, 0, 0);
    let next = if today > here { today } else { today.saturating_add(1.day()) };
    // On the night in which the clock is put forward the hour may not exist; then it is the next one.
    next.to_zoned(zone).map_or_else(|_| now + SignedDuration::from_hours(24), |at| at.timestamp())
}

pub(crate) fn handler(app: &App) -> JobHandler {
    let app = app.clone();
    let handler = JobHandler::new(KIND, move |context: JobContext, _| {
        let app = app.clone();
        Box::pin(async move { run(&app, &context).await })
    });
    // What went wrong stands in the report; only a store that does not take the report is a failure.
    handler.patience(u32::MAX, Duration::from_secs(60))
}

async fn run(app: &App, context: &JobContext) -> Result<(), JobError> {
    let (tenant, started_at) = (&context.tenant, app.now());
    let report = tidy(app, tenant).await?;
    for id in report.damaged.iter().chain(&report.missing) {
        tracing::error!(%tenant, document = %id, "a document is damaged or missing; restore it from a backup");
    }
    for reason in &report.failed {
        tracing::warn!(%tenant, reason, "housekeeping could not do everything");
    }
    metrics::gauge!("vir_housekeeping_faults", "tenant" => tenant.to_string())
        .set(u32::try_from(report.damaged.len() + report.missing.len() + report.failed.len()).unwrap_or(u32::MAX));
    let (ended_at, next) = (app.now(), next_night(app.now(), app.config.housekeeping.hour));
    let text = serde_json::to_string(&report)?;
    context
        .write(move |tx: &mut Tx| {
            Box::pin(async move {
                let insert = "insert into housekeeping_run (id, started_at, ended_at, report) values ($1, $2, $3, $4)";
                tx.execute(insert, &args![new_id(ended_at), started_at, ended_at, text]).await?;
                let old = "delete from housekeeping_run where id not in (
                    select id from housekeeping_run order by id desc limit $1)";
                tx.execute(old, &args![REMEMBERED]).await?;
                tx.enqueue(job(next)).await
            })
        })
        .await?;
    Ok(())
}

async fn tidy(app: &App, tenant: &TenantId) -> vir_store::Result<Report> {
    let (store, now) = (&app.store, app.now());
    let mut report = Report::default();
    for forget in OWN.iter().chain(app.blocks.iter().flat_map(|block| block.forgets)) {
        let before = now - SignedDuration::from_hours(forget.hours);
        let sql = forget.sql;
        let gone = store
            .write(tenant, move |tx: &mut Tx| Box::pin(async move { tx.execute(sql, &args![before]).await }))
            .await;
        report.note(forget.what, gone);
    }
    let events = care::forget_events(store, tenant, EVENTS_LAST).await;
    report.note(Phrase::new("Ereignisse, die alle erfahren haben", "Events that everybody was told"), events);
    let sessions = app.auth.forget_sessions(tenant).await.map_err(|error| vir_store::Error::Config(error.to_string()));
    report.note(Phrase::new("Abgelaufene Sitzungen", "Sessions that have expired"), sessions);
    // Where no block names documents there are none.
    if !store.blob_columns().is_empty() {
        match care::sweep(store, tenant, care::GRACE).await {
            Ok(swept) => (report.removed, report.kept) = (swept.removed, swept.kept),
            Err(error) => report.failed.push(error.to_string()),
        }
    }
    if is_turn(&latest(app, tenant, REMEMBERED).await?, now, app.config.housekeeping.scrub_days) {
        match care::scrub(store, tenant).await {
            Ok(scrubbed) => {
                let names = |ids: &[vir_store::BlobId]| ids.iter().take(100).map(ToString::to_string).collect();
                report.read = Some(scrubbed.read);
                (report.damaged, report.missing) = (names(&scrubbed.damaged), names(&scrubbed.missing));
            }
            Err(error) => report.failed.push(error.to_string()),
        }
    }
    Ok(report)
}

impl Report {
    fn note(&mut self, what: Phrase, gone: vir_store::Result<u64>) {
        match gone {
            Ok(0) => {}
            Ok(count) => self.forgotten.push((what.de.to_owned(), what.en.to_owned(), count)),
            Err(error) => self.failed.push(format!("{}: {error}", what.en)),
        }
    }
}

/// Is it time to read all documents again?
fn is_turn(latest: &[Run], now: Timestamp, days: u32) -> bool {
    // An hour less: a run begins a little later or earlier than the one before.
    let pause = SignedDuration::from_hours(i64::from(days) * 24 - 1);
    let last = latest.iter().find(|run| run.report.read.is_some());
    days > 0 && last.is_none_or(|run| now.duration_since(run.started_at) >= pause)
}

/// The latest runs, newest first.
///
/// # Errors
/// The store's.
pub async fn latest(app: &App, tenant: &TenantId, count: i64) -> vir_store::Result<Vec<Run>> {
    let sql = "select started_at, ended_at, report from housekeeping_run order by id desc limit $1";
    let rows = app.store.read(tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let mut runs = Vec::new();
            for row in tx.all(sql, &args![count]).await? {
                runs.push(Run {
                    started_at: row.time("started_at")?,
                    ended_at: row.time("ended_at")?,
                    report: serde_json::from_str(&row.text("report")?)?,
                });
            }
            Ok::<_, vir_store::Error>(runs)
        })
    });
    rows.await
}

/// When the next run is due; `None` while one runs, and before the first was left.
async fn next_due(app: &App, tenant: &TenantId) -> vir_store::Result<Option<Timestamp>> {
    let sql = "select run_at from job where kind = $1 and state = 'waiting' limit 1";
    let read = app.store.read(tenant, move |tx: &mut Tx| Box::pin(async move { tx.optional(sql, &args![KIND]).await }));
    read.await?.map(|row| row.time("run_at")).transpose()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_next_night_is_by_the_clock_on_the_wall() {
        let next = |now: &str| next_night(now.parse().unwrap(), 2).to_string();
        assert_eq!(next("2026-11-22T00:59:59Z"), "2026-11-22T01:00:00Z");
        assert_eq!(next("2026-11-22T01:00:00Z"), "2026-11-23T01:00:00Z");
        assert_eq!(next("2026-07-01T12:00:00Z"), "2026-07-02T00:00:00Z");
        // 29 March 2026 has no 02:00 in Germany.
        assert_eq!(next("2026-03-28T12:00:00Z"), "2026-03-29T01:00:00Z");
    }

    #[test]
    fn documents_are_read_when_it_is_their_turn() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let run = |started_at: Timestamp, read| Run {
            started_at,
            ended_at: started_at,
            report: Report { read, ..Report::default() },
        };
        let runs = [run(at("2026-11-21T01:00:00Z"), None), run(at("2026-11-15T01:00:00Z"), Some(4))];
        assert!(!is_turn(&runs, at("2026-11-21T01:00:00Z"), 7));
        assert!(is_turn(&runs, at("2026-11-22T00:30:00Z"), 7));
        assert!(is_turn(&[], at("2026-11-22T01:00:00Z"), 7));
        assert!(!is_turn(&[], at("2026-11-22T01:00:00Z"), 0));
    }
}

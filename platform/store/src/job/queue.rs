//! The table of jobs: claiming, renewing, ending.
//!
//! Invariant: a job has one lease at a time; whoever lost it changes nothing of the job.

use std::collections::HashMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rand::RngExt as _;

use super::{JobError, JobHandler};
use crate::outbox::EventId;
use crate::session::Connection;
use crate::{Result, Tx, Value, args, new_id};

/// How long a claimed job belongs to its node without a renewal.
pub(super) const LEASE: Duration = Duration::from_secs(60);
/// The longest pause between attempts.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// A job that this node holds.
pub(super) struct Claimed {
    pub id: String,
    pub kind: String,
    pub payload: serde_json::Value,
    pub event: Option<EventId>,
    pub attempt: u32,
    pub lease: String,
}

/// When the next job of these kinds is due, or the next lease ends.
pub(super) async fn next_due(tx: &mut Tx, kinds: &[String]) -> Result<Option<Timestamp>> {
    let (list, args) = kind_list(kinds, Vec::new());
    let waiting = format!("select min(run_at) as due from job where state = 'waiting' and kind in ({list})");
    let running = format!("select min(leased_until) as due from job where state = 'running' and kind in ({list})");
    let waiting = tx.one(waiting, &args).await?.optional_time("due")?;
    let running = tx.one(running, &args).await?.optional_time("due")?;
    Ok(match (waiting, running) {
        (Some(waiting), Some(running)) => Some(waiting.min(running)),
        (waiting, running) => waiting.or(running),
    })
}

/// Takes jobs that are due, or whose node has let the lease end.
pub(super) async fn claim(tx: &mut Tx, kinds: &[String], count: i64) -> Result<Vec<Claimed>> {
    let now = tx.now();
    let lease = new_id(now);
    let until = now.saturating_add(LEASE).unwrap_or(now);
    let (list, args) = kind_list(kinds, args![now, count, &lease, until]);
    let due = format!(
        "select id from job where ((state = 'waiting' and run_at <= $1) or (state = 'running' and leased_until <= $1))
         and kind in ({list}) order by run_at, id limit $2"
    );
    let set = "state = 'running', lease = $3, leased_until = $4, attempts = attempts + 1";
    let returned = "job.id, job.kind, job.payload, job.event_id, job.attempts, job.run_at";
    let sql = match tx.session.connection {
        Connection::Sqlite(_) => {
            format!("update job set {set} where id in ({due}) returning id, kind, payload, event_id, attempts, run_at")
        }
        // Materialised: otherwise the planner may run the selection again for each row and lock more than it takes.
        Connection::Postgres(_) => format!(
            "with due as materialized ({due} for update skip locked)
             update job set {set} from due where job.id = due.id returning {returned}"
        ),
    };
    let mut claimed = Vec::new();
    for row in tx.all(sql, &args).await? {
        claimed.push((
            row.int("run_at")?,
            Claimed {
                id: row.text("id")?,
                kind: row.text("kind")?,
                payload: serde_json::from_str(&row.text("payload")?)?,
                event: row.optional_text("event_id")?.map(EventId),
                attempt: u32::try_from(row.int("attempts")?).unwrap_or(u32::MAX),
                lease: lease.clone(),
            },
        ));
    }
    claimed.sort_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)));
    Ok(claimed.into_iter().map(|(_, job)| job).collect())
}

/// Holds a job longer. `false` where it is lost.
pub(super) async fn renew(tx: &mut Tx, id: &str, lease: &str) -> Result<bool> {
    let until = tx.now().saturating_add(LEASE).unwrap_or(tx.now());
    let sql = "update job set leased_until = $3 where id = $1 and lease = $2";
    Ok(tx.execute(sql, &args![id, lease, until]).await? == 1)
}

/// Does anybody hold a job?
pub(super) async fn held(tx: &mut Tx) -> Result<bool> {
    Ok(tx.optional("select 1 as n from job where state = 'running' limit 1", &[]).await?.is_some())
}

/// Ends all leases: those who had them are no more.
pub(super) async fn take_over(tx: &mut Tx) -> Result<()> {
    let now = tx.now();
    tx.execute("update job set leased_until = $1 where state = 'running'", &args![now]).await.map(|_| ())
}

/// Ends a job that its handler has done.
pub(super) async fn done(tx: &mut Tx, id: &str, lease: &str) -> Result<()> {
    tx.execute("delete from job where id = $1 and lease = $2", &args![id, lease]).await.map(|_| ())
}

/// Lets a job wait for its next attempt, or gives it up.
pub(super) async fn failed(tx: &mut Tx, job: &Claimed, handler: &JobHandler, error: JobError) -> Result<Fate> {
    let now = tx.now();
    let (fate, counted) = match &error {
        JobError::GiveUp(_) => (Fate::Dead, 0),
        JobError::NotBefore(at) => (Fate::Waits(*at), 1),
        JobError::Retry(_) if job.attempt >= handler.attempts => (Fate::Dead, 0),
        JobError::Retry(_) => (Fate::Waits(now.saturating_add(pause(handler, job.attempt)).unwrap_or(now)), 0),
    };
    let reason: String = String::from(error).chars().take(1000).collect();
    match fate {
        Fate::Waits(at) => {
            // Another job with the same key may have come to wait meanwhile; it does this one's work too.
            let merged = tx
                .execute(
                    "delete from job where id = $1 and lease = $2 and unique_key is not null and exists (
                       select 1 from job other where other.kind = job.kind and other.unique_key = job.unique_key
                       and other.state = 'waiting')",
                    &args![&job.id, &job.lease],
                )
                .await?;
            if merged == 0 {
                tx.execute(
                    "update job set state = 'waiting', run_at = $3, last_error = $4, lease = null, leased_until = null,
                       attempts = attempts - $5 where id = $1 and lease = $2",
                    &args![&job.id, &job.lease, at, reason, counted],
                )
                .await?;
            }
            tx.due(at);
        }
        Fate::Dead => {
            tx.execute(
                "update job set state = 'dead', last_error = $3, lease = null, leased_until = null
                 where id = $1 and lease = $2",
                &args![&job.id, &job.lease, reason],
            )
            .await?;
        }
    }
    Ok(fate)
}

/// What becomes of a failed job.
#[derive(Clone, Copy)]
pub(super) enum Fate {
    Waits(Timestamp),
    Dead,
}

/// The pause after this attempt: doubling, with a quarter up or down, so that what failed together
/// does not come back together.
fn pause(handler: &JobHandler, attempt: u32) -> SignedDuration {
    let first = SignedDuration::try_from(handler.pause).unwrap_or(LONGEST);
    let doubled = first.checked_mul(1 << attempt.saturating_sub(1).min(20)).unwrap_or(LONGEST).min(LONGEST);
    let jitter = rand::rng().random_range(0.75..1.25);
    SignedDuration::try_from_secs_f64(doubled.as_secs_f64() * jitter).unwrap_or(doubled)
}

/// Placeholders for the kinds, after the arguments that are there already.
fn kind_list(kinds: &[String], mut args: Vec<Value>) -> (String, Vec<Value>) {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut list = Vec::new();
    for kind in kinds {
        if !places.contains_key(kind.as_str()) {
            args.push(kind.as_str().into());
            places.insert(kind, args.len());
            list.push(format!("${}", args.len()));
        }
    }
    (list.join(", "), args)
}

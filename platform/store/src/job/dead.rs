//! Jobs that were given up: for a person to look at, to replay or to drop.
//!
//! Invariant: nothing here happens by itself.

use jiff::Timestamp;

use crate::{Result, Tx, args};

/// A job that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadJob {
    /// Its identifier.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// What went wrong the last time.
    pub last_error: String,
    /// How often it was tried.
    pub attempts: i64,
    /// Since when it exists.
    pub created_at: Timestamp,
}

/// The jobs that were given up, the oldest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<DeadJob>> {
    let sql = "select id, kind, last_error, attempts, created_at from job where state = 'dead' order by id limit 1000";
    tx.all(sql, &[])
        .await?
        .iter()
        .map(|row| {
            Ok(DeadJob {
                id: row.text("id")?,
                kind: row.text("kind")?,
                last_error: row.optional_text("last_error")?.unwrap_or_default(),
                attempts: row.int("attempts")?,
                created_at: row.time("created_at")?,
            })
        })
        .collect()
}

/// Lets a job that was given up be tried again from the start. `false` where there is none, or
/// where another one with its key waits already.
pub async fn replay(tx: &mut Tx, id: &str) -> Result<bool> {
    let now = tx.now();
    let sql = "update job set state = 'waiting', attempts = 0, run_at = $2 where id = $1 and state = 'dead'
        and not exists (select 1 from job other where other.kind = job.kind and other.unique_key = job.unique_key
        and other.state = 'waiting')";
    let replayed = tx.execute(sql, &args![id, now]).await? == 1;
    if replayed {
        tx.due(now);
    }
    Ok(replayed)
}

/// Drops a job that was given up.
pub async fn discard(tx: &mut Tx, id: &str) -> Result<bool> {
    Ok(tx.execute("delete from job where id = $1 and state = 'dead'", &args![id]).await? == 1)
}

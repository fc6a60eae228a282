//! Jobs: work that is left in the tenant's own store, in the transaction that causes it.
//!
//! Invariant: a job is done at least once; two waiting jobs never have the same kind and key.

use jiff::Timestamp;

use crate::{Result, Tx, args, new_id};

/// Work to be done after the commit.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Which handler does it.
    pub kind: String,
    /// What the handler needs to know.
    pub payload: serde_json::Value,
    /// Not before; `None` is now.
    pub run_at: Option<Timestamp>,
    /// Jobs of the same kind and key wait only once: a second one is taken for the first.
    pub key: Option<String>,
}

impl Job {
    /// A job to be done as soon as possible.
    #[must_use]
    pub fn now(kind: &str, payload: serde_json::Value) -> Job {
        Job { kind: kind.to_owned(), payload, run_at: None, key: None }
    }

    /// Not before this time.
    #[must_use]
    pub fn at(self, run_at: Timestamp) -> Job {
        Job { run_at: Some(run_at), ..self }
    }

    /// Only once while it waits.
    #[must_use]
    pub fn keyed(self, key: impl Into<String>) -> Job {
        Job { key: Some(key.into()), ..self }
    }
}

const INSERT: &str = "insert into job (id, kind, payload, unique_key, run_at, created_at, state, attempts)
    values ($1, $2, $3, $4, $5, $6, 'waiting', 0)
    on conflict ({t}kind, unique_key) where state = 'waiting' do nothing";

pub(crate) async fn enqueue(tx: &mut Tx, job: Job) -> Result<()> {
    let now = tx.now();
    let args = args![new_id(now), job.kind, job.payload.to_string(), job.key, job.run_at.unwrap_or(now), now];
    tx.execute(INSERT, &args).await?;
    Ok(())
}

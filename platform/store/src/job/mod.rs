//! Jobs: work that is left in the tenant's own store, in the transaction that causes it.
//!
//! A job is claimed with a lease, which is renewed while the handler runs; a node that dies lets
//! the lease end, and another one takes the job. A failed job waits longer each time; after its
//! last attempt it is *dead* and waits for a person to [replay](dead::replay) it.
//!
//! Invariant: a job is done at least once; two waiting jobs never have the same kind and key.

pub mod dead;
mod handler;
mod queue;
mod runner;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::Notify;

pub use handler::{JobContext, JobError, JobHandler, JobRun};
pub use runner::JobRunner;

use crate::outbox::EventId;
use crate::{Result, TenantId, Tx, args, new_id};

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

    /// Only once while it waits. A job that already runs does not count: it may have read what is
    /// changed now.
    #[must_use]
    pub fn keyed(self, key: impl Into<String>) -> Job {
        Job { key: Some(key.into()), ..self }
    }
}

const INSERT: &str = "insert into job (id, kind, payload, unique_key, event_id, run_at, created_at, state, attempts)
    values ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0)
    on conflict ({t}kind, unique_key) where state = 'waiting' do nothing";

pub(crate) async fn enqueue(tx: &mut Tx, job: Job, event: Option<&EventId>) -> Result<()> {
    let now = tx.now();
    let run_at = job.run_at.unwrap_or(now);
    let event = event.map(EventId::as_str);
    let args = args![new_id(now), job.kind, job.payload.to_string(), job.key, event, run_at, now];
    tx.execute(INSERT, &args).await?;
    tx.due(run_at);
    Ok(())
}

/// Tells the runner of this process that there is something to do.
#[derive(Debug, Default)]
pub(crate) struct Wakeups {
    due: Mutex<BTreeMap<TenantId, Timestamp>>,
    notify: Notify,
}

impl Wakeups {
    /// A tenant has a job that is due then.
    pub fn wake(&self, tenant: &TenantId, due: Timestamp) {
        {
            let mut all = self.due.lock().unwrap_or_else(PoisonError::into_inner);
            let known = all.entry(tenant.clone()).or_insert(due);
            *known = (*known).min(due);
        }
        self.notify.notify_one();
    }

    fn take(&self) -> BTreeMap<TenantId, Timestamp> {
        std::mem::take(&mut *self.due.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

//! Who does jobs, and what a handler is told.
//!
//! Invariant: what a handler writes through [`JobContext::write`] is kept exactly once per job.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use crate::outbox::EventId;
use crate::{BoxFuture, Error, Result, Store, TenantId, Tx, args};

/// What a handler does with a job.
pub type JobRun = Arc<dyn Fn(JobContext, serde_json::Value) -> BoxFuture<'static, Result<(), JobError>> + Send + Sync>;

/// Does the jobs of one kind.
#[derive(Clone)]
pub struct JobHandler {
    /// The kind.
    pub kind: String,
    /// What is done. It may be done again for the same job, so it is idempotent, or it writes
    /// through [`JobContext::write`].
    pub run: JobRun,
    /// How often it is tried before the job is given up.
    pub attempts: u32,
    /// How long the first pause after a failure is; it doubles each time, up to an hour.
    pub pause: Duration,
}

impl JobHandler {
    /// Ten attempts, the first pause 5 s: given up after about an hour and a half.
    pub fn new<R>(kind: &str, run: R) -> JobHandler
    where
        R: Fn(JobContext, serde_json::Value) -> BoxFuture<'static, Result<(), JobError>> + Send + Sync + 'static,
    {
        JobHandler { kind: kind.to_owned(), run: Arc::new(run), attempts: 10, pause: Duration::from_secs(5) }
    }

    /// With another number of attempts and another first pause.
    #[must_use]
    pub fn patience(self, attempts: u32, pause: Duration) -> JobHandler {
        JobHandler { attempts, pause, ..self }
    }
}

impl std::fmt::Debug for JobHandler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JobHandler").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Why a job was not done.
#[derive(Debug)]
#[non_exhaustive]
pub enum JobError {
    /// It may work later.
    Retry(String),
    /// It is not to be tried before this time. Does not count as an attempt.
    NotBefore(Timestamp),
    /// Trying again would not help.
    GiveUp(String),
}

impl<E: std::error::Error> From<E> for JobError {
    fn from(error: E) -> JobError {
        JobError::Retry(error.to_string())
    }
}

/// What a handler is told about its job.
#[derive(Clone, Debug)]
pub struct JobContext {
    /// The store.
    pub store: Store,
    /// Whose job it is.
    pub tenant: TenantId,
    /// The job's identifier.
    pub job: String,
    /// Which attempt it is, from 1.
    pub attempt: u32,
    /// The event that it tells, if it tells one.
    pub event: Option<EventId>,
    pub(super) subscription: Option<String>,
    pub(super) lease: String,
    pub(super) done: Arc<AtomicBool>,
}

const DONE: &str = "delete from job where id = $1 and lease = $2";
const SEEN: &str = "insert into event_seen (subscription, event_id, at) values ($1, $2, $3)
    on conflict ({t}event_id, subscription) do nothing";

impl JobContext {
    /// Writes and ends the job in one transaction: both are kept, or none. Where another node has
    /// taken the job over, or the event was handled before, nothing is written and the answer is
    /// `None`. The last thing that a handler does.
    pub async fn write<T, F>(&self, f: F) -> Result<Option<T>>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        let context = self.clone();
        let written = self
            .store
            .write(&self.tenant, move |tx: &mut Tx| {
                Box::pin(async move {
                    // The end first: it holds the job's row, so that nobody else can end it.
                    if tx.execute(DONE, &args![&context.job, &context.lease]).await? == 0 {
                        return Ok(None);
                    }
                    if let (Some(event), Some(subscription)) = (&context.event, &context.subscription)
                        && tx.execute(SEEN, &args![subscription, event.as_str(), tx.now()]).await? == 0
                    {
                        return Ok(None);
                    }
                    f(tx).await.map(Some)
                })
            })
            .await?;
        self.done.store(true, Ordering::Release);
        Ok(written)
    }

    pub(super) fn is_done(&self) -> bool {
        self.done.load(Ordering::Acquire)
    }
}

impl From<JobError> for String {
    fn from(error: JobError) -> String {
        match error {
            JobError::Retry(reason) | JobError::GiveUp(reason) => reason,
            JobError::NotBefore(at) => format!("not before {at}"),
        }
    }
}

impl JobError {
    pub(super) fn panicked() -> JobError {
        Error::Panicked.into()
    }
}

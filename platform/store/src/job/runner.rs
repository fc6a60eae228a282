//! Runs jobs: wakes when this process leaves one, and looks now and then for those of other nodes.
//!
//! A tenant is looked at when a job of this process is due, and besides that every ten seconds on
//! PostgreSQL, every minute on SQLite: each node runs what it left itself, the rest is for jobs
//! whose node died, or that another process left. That is six small reads a second for sixty tenants.
//!
//! On SQLite a runner that starts and is the only one takes over at once what a killed one has held: a lock on
//! a file in the data folder, which ends with its process, says whether it is.
//!
//! Invariant: after [`JobRunner::stop`] no handler of this runner runs.

use std::collections::{BTreeMap, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::Timestamp;
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;

use super::queue::{self, Claimed, Fate};
use super::{JobContext, JobError, JobHandler};
use crate::engine::Engine;
use crate::outbox::{self, Subscription};
use crate::{Error, Result, Store, TenantId, Tx};

/// How often a tenant is looked at without a reason, where there may be other nodes.
const POLL: Duration = Duration::from_secs(10);
/// The same, where there is only this process as a rule.
const POLL_ALONE: Duration = Duration::from_secs(60);
/// How long the runner waits for handlers when it stops.
const GRACE: Duration = Duration::from_secs(20);

/// Runs the jobs of all tenants.
#[derive(Debug)]
pub struct JobRunner {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// What the runner and its tasks share.
struct Shared {
    store: Store,
    handlers: HashMap<String, JobHandler>,
    kinds: Vec<String>,
    places: Arc<Semaphore>,
    poll: Duration,
}

impl JobRunner {
    /// Starts to run jobs, at most `at_once` of them together. From now on events are told to
    /// these subscriptions.
    #[must_use]
    pub fn start(
        store: &Store,
        handlers: Vec<JobHandler>,
        subscriptions: &[Subscription],
        at_once: usize,
    ) -> JobRunner {
        let shared = Arc::new(Shared::new(store, handlers, subscriptions, at_once));
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(run(shared, stopped));
        JobRunner { stop, task }
    }

    /// Claims nothing more and waits for what runs. What does not end in time is dropped: its lease
    /// ends, and it is done again elsewhere.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        let _ = self.task.await;
    }

    /// Runs everything that is due, one after the other, until nothing is. For tests and for
    /// commands that end; leases of others count by the store's clock. Gives the number of runs.
    pub async fn drain(store: &Store, handlers: Vec<JobHandler>, subscriptions: &[Subscription]) -> Result<usize> {
        let shared = Arc::new(Shared::new(store, handlers, subscriptions, 1));
        let mut count = 0;
        loop {
            let before = count;
            for tenant in store.tenants().await? {
                loop {
                    let claimed = shared.claim(&tenant.id, 1).await?;
                    if claimed.is_empty() {
                        break;
                    }
                    for job in claimed {
                        count += 1;
                        shared.perform(&tenant.id, job).await;
                    }
                }
            }
            if count == before {
                return Ok(count);
            }
        }
    }
}

impl Shared {
    fn new(store: &Store, handlers: Vec<JobHandler>, subscriptions: &[Subscription], at_once: usize) -> Shared {
        store.listen(subscriptions);
        let mut by_kind: HashMap<String, JobHandler> =
            handlers.into_iter().map(|handler| (handler.kind.clone(), handler)).collect();
        for subscription in subscriptions {
            by_kind.insert(subscription.job_kind(), tells(subscription.clone()));
        }
        let mut kinds: Vec<String> = by_kind.keys().cloned().collect();
        kinds.sort();
        let poll = match store.engine() {
            Engine::Sqlite(_) => POLL_ALONE,
            Engine::Postgres(_) => POLL,
        };
        let places = Arc::new(Semaphore::new(at_once.max(1)));
        Shared { store: store.clone(), handlers: by_kind, kinds, places, poll }
    }

    /// When the tenant's next job is due.
    async fn next_due(&self, tenant: &TenantId) -> Result<Option<Timestamp>> {
        let kinds = self.kinds.clone();
        self.store.read(tenant, move |tx: &mut Tx| Box::pin(async move { queue::next_due(tx, &kinds).await })).await
    }

    /// Takes up to `count` jobs that are due. Looks first: most of the time there is none, and a
    /// look costs no commit.
    async fn claim(&self, tenant: &TenantId, count: i64) -> Result<Vec<Claimed>> {
        if self.kinds.is_empty() || self.next_due(tenant).await?.is_none_or(|due| due > self.store.clock().now()) {
            return Ok(Vec::new());
        }
        let kinds = self.kinds.clone();
        self.store
            .write(tenant, move |tx: &mut Tx| Box::pin(async move { queue::claim(tx, &kinds, count).await }))
            .await
    }

    async fn perform(&self, tenant: &TenantId, job: Claimed) {
        let Some(handler) = self.handlers.get(&job.kind) else {
            return;
        };
        let context = JobContext {
            store: self.store.clone(),
            tenant: tenant.clone(),
            job: job.id.clone(),
            attempt: job.attempt,
            event: job.event.clone(),
            subscription: job.kind.strip_prefix("event/").map(str::to_owned),
            lease: job.lease.clone(),
            done: Arc::default(),
        };
        let started = Instant::now();
        let result = self.run_with_lease(handler, &context, &job).await;
        let kind = job.kind.clone();
        metrics::histogram!("vir_store_job_seconds", "kind" => kind.clone()).record(started.elapsed().as_secs_f64());
        let outcome = match result {
            _ if context.is_done() => Ok("done"),
            Ok(()) => self.end(tenant, &job).await.map(|()| "done"),
            Err(error) => self.fail(tenant, job, handler, error).await,
        };
        match outcome {
            Ok(outcome) => metrics::counter!("vir_store_jobs_total", "kind" => kind, "outcome" => outcome).increment(1),
            Err(error) => tracing::warn!(%tenant, kind, %error, "a job's end could not be noted; it will run again"),
        }
    }

    /// Runs the handler, and holds the job while it runs.
    async fn run_with_lease(&self, handler: &JobHandler, context: &JobContext, job: &Claimed) -> Result<(), JobError> {
        let run = AssertUnwindSafe((handler.run)(context.clone(), job.payload.clone())).catch_unwind();
        let mut run = std::pin::pin!(run);
        loop {
            match tokio::time::timeout(queue::LEASE / 3, &mut run).await {
                Ok(result) => return result.unwrap_or_else(|_| Err(JobError::panicked())),
                Err(_) => {
                    let (id, lease) = (job.id.clone(), job.lease.clone());
                    let renewed: Result<bool, Error> = self
                        .store
                        .write(&context.tenant, move |tx: &mut Tx| {
                            Box::pin(async move { queue::renew(tx, &id, &lease).await })
                        })
                        .await;
                    if let Ok(false) = renewed
                        && !context.is_done()
                    {
                        return Err(JobError::Retry("the lease was lost".to_owned()));
                    }
                }
            }
        }
    }

    async fn end(&self, tenant: &TenantId, job: &Claimed) -> Result<()> {
        let (id, lease) = (job.id.clone(), job.lease.clone());
        self.store.write(tenant, move |tx: &mut Tx| Box::pin(async move { queue::done(tx, &id, &lease).await })).await
    }

    async fn fail(
        &self,
        tenant: &TenantId,
        job: Claimed,
        handler: &JobHandler,
        error: JobError,
    ) -> Result<&'static str> {
        let handler = handler.clone();
        let (kind, attempt, reason) = (job.kind.clone(), job.attempt, format!("{error:?}"));
        let fate = self
            .store
            .write(tenant, move |tx: &mut Tx| Box::pin(async move { queue::failed(tx, &job, &handler, error).await }))
            .await?;
        match fate {
            Fate::Waits(until) => {
                tracing::info!(%tenant, kind, attempt, reason, %until, "a job failed and will be tried again");
                Ok("retried")
            }
            Fate::Dead => {
                tracing::error!(%tenant, kind, attempt, reason, "a job was given up");
                Ok("dead")
            }
        }
    }
}

/// A handler that tells events to a subscription.
fn tells(subscription: Subscription) -> JobHandler {
    let kind = subscription.job_kind();
    JobHandler::new(&kind, move |context, told| {
        let run = Arc::clone(&subscription.run);
        Box::pin(async move {
            match context.event.clone() {
                Some(id) => run(context, outbox::event(id, told)).await,
                None => Err(JobError::GiveUp("a job that tells an event names none".to_owned())),
            }
        })
    })
}

async fn run(shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let lock = only_one(&shared.store).await;
    if lock.is_some()
        && let Err(error) = take_over(&shared).await
    {
        tracing::warn!(%error, "jobs of a killed process wait for the end of their leases");
    }
    let mut tasks = JoinSet::new();
    // When each tenant is to be looked at.
    let mut looks: BTreeMap<TenantId, Instant> = BTreeMap::new();
    let mut next_listing = Instant::now();
    while !*stopped.borrow() {
        let now = Instant::now();
        if now >= next_listing {
            next_listing = now + POLL;
            match shared.store.tenants().await {
                // A first look at once, then spread over the interval by the order of listing.
                Ok(tenants) => {
                    for tenant in tenants {
                        looks.entry(tenant.id).or_insert(now);
                    }
                }
                Err(error) => tracing::warn!(%error, "the tenants could not be listed"),
            }
        }
        for (tenant, due) in shared.store.wakeups().take() {
            let wait = Duration::try_from(due.duration_since(shared.store.clock().now())).unwrap_or_default();
            let look = looks.entry(tenant).or_insert(now + shared.poll);
            *look = (*look).min(now + wait);
        }
        let ready: Vec<TenantId> =
            looks.iter().filter(|(_, look)| **look <= now).map(|(tenant, _)| tenant.clone()).collect();
        for tenant in ready {
            let again = look_at(&shared, &tenant, &mut tasks).await;
            looks.insert(tenant, Instant::now() + again);
        }
        while tasks.try_join_next().is_some() {}
        let wake_at = looks.values().min().copied().unwrap_or(next_listing).min(next_listing);
        tokio::select! {
            () = tokio::time::sleep_until(wake_at) => {}
            () = shared.store.wakeups().notify.notified() => {}
            _ = stopped.changed() => {}
        }
    }
    let ended = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, ended).await.is_err() {
        tracing::warn!("some jobs did not end in time; they will run again");
    }
    tasks.shutdown().await;
    drop(lock);
}

/// The lock of the only runner of a folder; `None` where there may be another one.
async fn only_one(store: &Store) -> Option<std::fs::File> {
    let Engine::Sqlite(_) = store.engine() else { return None };
    let path = store.config().folder.join("jobs.lock");
    let locked = tokio::task::spawn_blocking(move || {
        let file = std::fs::File::options().create(true).truncate(false).write(true).open(path).ok()?;
        file.try_lock().ok()?;
        Some(file)
    });
    locked.await.ok().flatten()
}

/// Ends the leases of processes that are no more.
async fn take_over(shared: &Shared) -> Result<()> {
    for tenant in shared.store.tenants().await? {
        let held = shared.store.read(&tenant.id, |tx: &mut Tx| Box::pin(async move { queue::held(tx).await })).await?;
        if held {
            shared.store.write(&tenant.id, |tx: &mut Tx| Box::pin(async move { queue::take_over(tx).await })).await?;
        }
    }
    Ok(())
}

/// Claims and starts what is due. Gives the time after which the tenant is to be looked at again.
async fn look_at(shared: &Arc<Shared>, tenant: &TenantId, tasks: &mut JoinSet<()>) -> Duration {
    let free = shared.places.available_permits();
    if free == 0 {
        // Somebody who ends wakes us; this is for safety.
        return Duration::from_millis(200);
    }
    // No more than a part for one tenant, so that a large one does not keep the others waiting.
    let count = i64::try_from(free.div_ceil(2)).unwrap_or(1);
    let claimed = match shared.claim(tenant, count).await {
        Ok(claimed) => claimed,
        Err(error) => {
            tracing::warn!(%tenant, %error, "jobs could not be claimed");
            return shared.poll;
        }
    };
    let more = i64::try_from(claimed.len()).is_ok_and(|claimed| claimed == count);
    for job in claimed {
        let permit = Arc::clone(&shared.places).acquire_owned().await;
        let (shared, tenant) = (Arc::clone(shared), tenant.clone());
        tasks.spawn(async move {
            shared.perform(&tenant, job).await;
            drop(permit);
            shared.store.wakeups().notify.notify_one();
        });
    }
    if more {
        return Duration::ZERO;
    }
    match shared.next_due(tenant).await {
        Ok(Some(due)) => {
            let wait = due.duration_since(shared.store.clock().now());
            Duration::try_from(wait).unwrap_or_default().clamp(Duration::from_millis(5), shared.poll)
        }
        _ => shared.poll,
    }
}

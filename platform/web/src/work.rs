//! Work beside the requests: jobs, events, services of the blocks.
//!
//! Invariant: after [`Workers::stop`] nothing of it runs.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vir_store::{Event, JobContext, JobError, JobRunner};

use crate::{App, EventCall, JobCall, JobHandler, Subscription, WorkError, housekeeping, webhooks};

/// All that runs beside the requests.
#[derive(Debug)]
pub struct Workers {
    runner: JobRunner,
    services: TaskTracker,
    stop: CancellationToken,
}

impl Workers {
    /// Starts jobs and services.
    #[must_use]
    pub fn start(app: &App) -> Self {
        let (handlers, subscriptions) = of(app);
        let runner = JobRunner::start(&app.store, handlers, &subscriptions, app.config.limits.jobs);
        let (services, stop) = (TaskTracker::new(), CancellationToken::new());
        for block in &app.blocks {
            for service in (block.services)(app.clone(), stop.clone()) {
                services.spawn(service);
            }
        }
        services.spawn(plan(app.clone(), stop.clone()));
        services.close();
        Self { runner, services, stop }
    }

    /// Claims nothing more, tells the services to end, and waits for what runs.
    pub async fn stop(self) {
        self.stop.cancel();
        let (runner, services) = (self.runner, self.services);
        tokio::join!(runner.stop(), services.wait());
    }

    /// Does everything that is due, one after the other, and says how much it was. For tests and
    /// for commands that end.
    pub async fn drain(app: &App) -> Result<usize, vir_store::Error> {
        let (handlers, subscriptions) = of(app);
        JobRunner::drain(&app.store, handlers, &subscriptions).await
    }
}

/// Looks every hour that each tenant's housekeeping is planned: a new tenant's is not yet.
async fn plan(app: App, stop: CancellationToken) {
    loop {
        if let Err(error) = housekeeping::schedule(&app).await {
            tracing::warn!(%error, "housekeeping could not be planned");
        }
        if stop.run_until_cancelled(tokio::time::sleep(Duration::from_secs(3600))).await.is_none() {
            return;
        }
    }
}

pub(crate) fn of(app: &App) -> (Vec<vir_store::JobHandler>, Vec<vir_store::Subscription>) {
    let jobs = app.blocks.iter().flat_map(|block| block.jobs).map(|handler| job(app, *handler));
    let mut handlers: Vec<_> = jobs.collect();
    handlers.push(webhooks::delivery_handler(app));
    handlers.push(housekeeping::handler(app));
    let listeners = app.blocks.iter().flat_map(|block| block.subscriptions).map(|one| subscription(app, *one));
    let mut subscriptions: Vec<_> = listeners.collect();
    subscriptions.extend(webhooks::subscription(app));
    (handlers, subscriptions)
}

fn job(app: &App, handler: JobHandler) -> vir_store::JobHandler {
    let app = app.clone();
    vir_store::JobHandler::new(handler.kind, move |context: JobContext, payload| {
        let (app, tenant, attempt) = (app.clone(), context.tenant.clone(), context.attempt);
        let call = (handler.run)(JobCall { app, tenant, payload, attempt, context });
        Box::pin(async move { call.await.map_err(JobError::from) })
    })
}

fn subscription(app: &App, listener: Subscription) -> vir_store::Subscription {
    let app = app.clone();
    vir_store::Subscription::new(listener.name, listener.events, move |context: JobContext, event: Event| {
        let (app, tenant) = (app.clone(), context.tenant.clone());
        let (id, kind) = (event.id.to_string(), event.kind);
        let call = (listener.handle)(EventCall { app, tenant, id, kind, payload: event.payload, context });
        Box::pin(async move { call.await.map_err(JobError::from) })
    })
}

impl From<WorkError> for JobError {
    fn from(error: WorkError) -> Self {
        if error.retry { Self::Retry(error.reason) } else { Self::GiveUp(error.reason) }
    }
}

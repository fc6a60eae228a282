//! The outbox: events that are written with the deed and told afterwards.
//!
//! Publishing writes the event and, for each subscription, a job that tells it. A handler that
//! writes through [`JobContext::write`](crate::JobContext::write) has its effect exactly once per
//! event: what it writes, the mark that it has seen the event, and the end of the job are one
//! transaction.
//!
//! Invariant: an event is there exactly if the transaction that published it was kept.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::job::{self, Job, JobContext, JobError};
use crate::{BoxFuture, Result, Tx, args, new_id};

/// The identifier of an event, the same each time it is told.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EventId(pub(crate) String);

impl EventId {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for EventId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its identifier.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// What: `invoice.received`.
    pub kind: String,
    /// What there is to know about it.
    pub payload: serde_json::Value,
}

/// What a subscription does with an event.
pub type EventRun = Arc<dyn Fn(JobContext, Event) -> BoxFuture<'static, Result<(), JobError>> + Send + Sync>;

/// Somebody who listens.
#[derive(Clone)]
pub struct Subscription {
    /// Whose: each subscription gets each event. The name is kept in waiting jobs.
    pub name: String,
    /// Which kinds of events.
    pub events: Vec<String>,
    /// What is done.
    pub run: EventRun,
}

impl Subscription {
    /// A subscription to these kinds of events.
    pub fn new<R>(name: &str, events: &[&str], run: R) -> Subscription
    where
        R: Fn(JobContext, Event) -> BoxFuture<'static, Result<(), JobError>> + Send + Sync + 'static,
    {
        let events = events.iter().map(|&kind| kind.to_owned()).collect();
        Subscription { name: name.to_owned(), events, run: Arc::new(run) }
    }

    /// The kind of the jobs that tell it.
    pub(crate) fn job_kind(&self) -> String {
        format!("event/{}", self.name)
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription").field("name", &self.name).field("events", &self.events).finish_non_exhaustive()
    }
}

/// Which kinds of jobs an event of a kind becomes.
#[derive(Debug, Default)]
pub(crate) struct Routes(HashMap<String, Vec<String>>);

impl Routes {
    pub fn of(subscriptions: &[Subscription]) -> Routes {
        let mut routes: HashMap<String, Vec<String>> = HashMap::new();
        for subscription in subscriptions {
            for event in &subscription.events {
                routes.entry(event.clone()).or_default().push(subscription.job_kind());
            }
        }
        Routes(routes)
    }
}

const INSERT: &str = "insert into event (id, at, kind, payload) values ($1, $2, $3, $4)";

pub(crate) async fn publish(tx: &mut Tx, kind: &str, payload: serde_json::Value) -> Result<EventId> {
    let id = EventId(new_id(tx.now()));
    let now = tx.now();
    tx.execute(INSERT, &args![id.as_str(), now, kind, payload.to_string()]).await?;
    let routes = Arc::clone(&tx.routes);
    for job_kind in routes.0.get(kind).into_iter().flatten() {
        job::enqueue(tx, Job::now(job_kind, told(now, kind, &payload)), Some(&id)).await?;
    }
    Ok(id)
}

/// What the job knows of the event.
fn told(at: Timestamp, kind: &str, payload: &serde_json::Value) -> serde_json::Value {
    serde_json::json!({ "at": at.as_microsecond(), "kind": kind, "payload": payload })
}

/// The event that a job tells.
pub(crate) fn event(id: EventId, mut told: serde_json::Value) -> Event {
    let at = told["at"].as_i64().and_then(|at| Timestamp::from_microsecond(at).ok()).unwrap_or(Timestamp::UNIX_EPOCH);
    let kind = told["kind"].as_str().unwrap_or_default().to_owned();
    Event { id, at, kind, payload: told["payload"].take() }
}

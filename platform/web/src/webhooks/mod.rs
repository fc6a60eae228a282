//! Webhooks: other programs are told of events over HTTP.
//!
//! An event of the outbox becomes a *delivery* for each webhook that wants it, and each delivery is
//! a job: signed (Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`),
//! repeated with growing pauses for about half a day, kept with how it went, and replayed by hand.
//!
//! Invariant: an event is told to a webhook at least once, always under the same `webhook-id`.

mod api;
mod deliver;
mod page;
mod rows;
mod sign;

use serde_json::json;
use vir_store::{Event, Job, JobContext, Subscription, Tx};

use crate::App;

pub(crate) use api::routes as api;
pub(crate) use deliver::handler as delivery_handler;
pub(crate) use page::routes as pages;
pub use sign::{new_secret, signature};

/// The kind of the jobs that deliver.
const DELIVER: &str = "web.deliver";

/// Turns events into deliveries. `None` where no block tells of any.
pub(crate) fn subscription(app: &App) -> Option<Subscription> {
    let kinds: Vec<&str> = app.blocks.iter().flat_map(|block| block.webhook_events).map(|(kind, _)| *kind).collect();
    if kinds.is_empty() {
        return None;
    }
    Some(Subscription::new("web.webhooks", &kinds, |context: JobContext, event: Event| {
        Box::pin(async move {
            context
                .write(move |tx: &mut Tx| {
                    Box::pin(async move {
                        let body =
                            json!({ "type": event.kind, "timestamp": event.at.to_string(), "data": event.payload });
                        for webhook in rows::wanting(tx, &event.kind).await? {
                            if let Some(id) =
                                rows::add(tx, &webhook, event.id.as_str(), &event.kind, &body.to_string()).await?
                            {
                                tx.enqueue(Job::now(DELIVER, json!({ "delivery": id })).keyed(id)).await?;
                            }
                        }
                        Ok(())
                    })
                })
                .await?;
            Ok(())
        })
    }))
}

/// Where the secrets of a tenant's webhooks belong.
fn secret_place(tenant: &vir_store::TenantId) -> String {
    format!("{tenant}/webhook")
}

//! Delivers one message.
//!
//! Invariant: an answer of 2xx within the time ends it; everything else is tried again, and after
//! the last attempt it is *failed* and waits for a person.

use std::time::Duration;

use serde_json::Value;
use vir_store::{JobContext, JobError, JobHandler, Tx};

use super::{DELIVER, rows, sign};
use crate::{App, outbound};

/// With the first pause of 10 seconds, doubled up to an hour: about half a day in all.
const ATTEMPTS: u32 = 20;
/// What is kept of an error.
const ERROR_CHARS: usize = 300;

pub(crate) fn handler(app: &App) -> JobHandler {
    let client = outbound::guarded_client(&app.config.outbound);
    let app = app.clone();
    // One attempt more than we make: the last one is noted by us, not by the runner.
    JobHandler::new(DELIVER, move |context: JobContext, payload| {
        let (app, client) = (app.clone(), client.clone());
        Box::pin(async move { deliver(&app, &client, &context, &payload).await })
    })
    .patience(ATTEMPTS + 1, Duration::from_secs(10))
}

async fn deliver(app: &App, client: &reqwest::Client, context: &JobContext, payload: &Value) -> Result<(), JobError> {
    let Some(id) = payload["delivery"].as_str().map(str::to_owned) else {
        return Err(JobError::GiveUp("no delivery is named".to_owned()));
    };
    let wanted = id.clone();
    let found = app
        .store
        .read(&context.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let Some(delivery) = rows::find(tx, &wanted).await? else { return Ok(None) };
                let webhook = rows::one(tx, &delivery.webhook).await?;
                Ok::<_, vir_store::Error>(webhook.map(|webhook| (delivery, webhook)))
            })
        })
        .await?;
    let Some((delivery, webhook)) = found.filter(|(delivery, webhook)| delivery.state == "waiting" && webhook.active)
    else {
        return Ok(());
    };
    let outcome = match app.vault.open_text(&super::secret_place(&context.tenant), &webhook.secret) {
        Some(secret) => send(app, client, &webhook, &secret, &delivery).await,
        None => Err((None, "the secret cannot be read with this server's key; make the webhook anew".to_owned())),
    };
    let (status, error) = match &outcome {
        Ok(status) => (Some(i64::from(*status)), None),
        Err((status, error)) => (status.map(i64::from), Some(error.chars().take(ERROR_CHARS).collect::<String>())),
    };
    let last = context.attempt >= ATTEMPTS;
    let state = match (&error, last) {
        (None, _) => "delivered",
        (Some(_), true) => "failed",
        (Some(_), false) => "waiting",
    };
    // 410 Gone: nobody wants to hear of this any more.
    let gone = status == Some(410);
    let (reason, webhook) = (error.clone(), webhook.id.clone());
    app.store
        .write(&context.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                rows::note(tx, &id, if gone { "failed" } else { state }, status, reason.as_deref()).await?;
                if gone {
                    rows::set_active(tx, &webhook, false).await?;
                }
                Ok::<_, vir_store::Error>(())
            })
        })
        .await?;
    match error {
        Some(error) if !last && !gone => Err(JobError::Retry(error)),
        _ => Ok(()),
    }
}

async fn send(
    app: &App,
    client: &reqwest::Client,
    webhook: &rows::Webhook,
    secret: &str,
    delivery: &rows::Delivery,
) -> Result<u16, (Option<u16>, String)> {
    // Judged again: what is allowed may have changed since the webhook was made.
    let url = outbound::check_url(&webhook.url, &app.config.outbound).map_err(|why| (None, why.en.into_owned()))?;
    let time = app.now().as_second();
    let response = client
        .post(url)
        .header("content-type", "application/json")
        .header("webhook-id", &delivery.id)
        .header("webhook-timestamp", time)
        .header("webhook-signature", sign::signature(secret, &delivery.id, time, &delivery.body))
        .body(delivery.body.clone())
        .send()
        .await
        .map_err(|error| (None, plain(&error)))?;
    let status = response.status();
    if status.is_success() {
        Ok(status.as_u16())
    } else {
        Err((Some(status.as_u16()), format!("the answer was {status}")))
    }
}

/// The error with its causes, without the address.
fn plain(error: &reqwest::Error) -> String {
    let kind = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "not sent"
    };
    let mut words = kind.to_owned();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        words = format!("{kind}: {inner}");
        cause = inner.source();
    }
    words
}

//! Reminders and escalation: what lies too long at a step is told to the people whose step it is, then to their
//! superiors.
//!
//! Whoever sends notices listens to the event `invoice.reminder`; here is only decided that one is due. Looking happens
//! once an hour on every node; the table of reminders makes that each is told once, whoever looks first.
//!
//! Invariant: an invoice is reminded at most once, and escalated at most once, for each version of it.

use std::time::Duration;

use serde_json::json;
use tokio_util::sync::CancellationToken;
use vir_store::{BoxFuture, Result, Tx, args};
use vir_web::App;

use super::calendar::is_working_day;
use super::deadline::{self, Dates, Push};
use super::settings::Settings;

const PAUSE: Duration = Duration::from_secs(3600);
/// How many invoices one look takes on; the others have their turn in the next.
const AT_ONCE: i64 = 2000;

const WAITING: &str =
    "select id, version, state, unit_id, received_at, due_date, skonto_date, changed_at from invoice i
    where direction = 'incoming' and on_hold = $1 and state in ('received', 'coded', 'certified', 'ordered')
      and not exists (select 1 from invoice_reminder r
          where r.invoice_id = i.id and r.version = i.version and r.push = 'escalation')
    order by changed_at limit $2";
const NOTE: &str = "insert into invoice_reminder (invoice_id, version, push, at) values ($1, $2, $3, $4)
    on conflict ({t}invoice_id, version, push) do nothing";

/// Looks at all tenants until the server stops.
pub fn services(app: App, stop: CancellationToken) -> Vec<BoxFuture<'static, ()>> {
    vec![Box::pin(async move {
        while stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some() {
            let tenants = match app.store.tenants().await {
                Ok(tenants) => tenants,
                Err(error) => {
                    tracing::warn!(%error, "nobody can be reminded");
                    continue;
                }
            };
            for tenant in tenants {
                if stop.is_cancelled() {
                    return;
                }
                let done = app.store.write(&tenant.id, |tx| Box::pin(async move { remind(tx).await })).await;
                if let Err(error) = done {
                    tracing::warn!(%error, tenant = %tenant.id, "nobody can be reminded");
                }
            }
        }
    })]
}

/// Tells what is due now. Nothing is told on days on which nobody works. Gives how many reminders that were.
///
/// # Errors
/// Where the store fails.
pub async fn remind(tx: &mut Tx) -> Result<usize> {
    let settings = Settings::load(tx).await?;
    let today = crate::day_of(tx.now());
    if !is_working_day(settings.region, today) {
        return Ok(0);
    }
    let rows = tx.all(WAITING, &args![false, AT_ONCE]).await?;
    let mut told = 0;
    for row in &rows {
        let dates = Dates {
            received: crate::day_of(row.time("received_at")?),
            due: row.optional_date("due_date")?,
            discount: row.optional_date("skonto_date")?,
        };
        let deadlines = deadline::deadlines(&dates, today, settings.region, settings.yellow);
        let light = deadline::pressing(&deadlines, today).map(|deadline| deadline.light);
        let since = crate::day_of(row.time("changed_at")?);
        let Some(push) = deadline::push(since, today, settings.region, settings.patience, light) else { continue };
        let (id, version, state) = (row.text("id")?, row.int("version")?, row.text("state")?);
        if tx.execute(NOTE, &args![&id, version, push.code(), tx.now()]).await? == 0 {
            continue;
        }
        let event = json!({
            "invoice_id": id, "state": state, "unit": row.optional_text("unit_id")?, "push": push.code(),
            "permission": permission(&state, push), "since": since.to_string(), "light": light.map(deadline::Light::code),
        });
        tx.publish("invoice.reminder", event).await?;
        told += 1;
    }
    Ok(told)
}

/// Who is told: those whose step it is; their superiors are those who may set the desk up.
fn permission(state: &str, push: Push) -> &'static str {
    match (push, state) {
        (Push::Escalation, _) => crate::permissions::CONFIGURE,
        (Push::Reminder, "coded") => crate::permissions::CERTIFY,
        (Push::Reminder, "certified") => crate::permissions::ORDER,
        (Push::Reminder, "ordered") => crate::permissions::PAY,
        (Push::Reminder, _) => crate::permissions::CODE,
    }
}

//! The tables of webhooks and deliveries.
//!
//! Invariant: an event has one delivery per webhook.

use jiff::Timestamp;
use vir_store::{Result, Row, Tx, args, new_id};

/// Who wants to be told.
#[derive(Debug, Clone)]
pub(super) struct Webhook {
    pub id: String,
    pub name: String,
    pub url: String,
    pub secret: String,
    pub events: Vec<String>,
    pub active: bool,
    pub created_at: Timestamp,
}

/// One message, and how it went.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    pub id: String,
    pub webhook: String,
    pub kind: String,
    pub body: String,
    pub state: String,
    pub attempts: i64,
    pub last_status: Option<i64>,
    pub last_error: Option<String>,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, name, url, secret, events, active, created_at";
const DELIVERY: &str = "id, webhook_id, kind, body, state, attempts, last_status, last_error, created_at, ended_at";

fn webhook(row: &Row) -> Result<Webhook> {
    Ok(Webhook {
        id: row.text("id")?,
        name: row.text("name")?,
        url: row.text("url")?,
        secret: row.text("secret")?,
        events: row.text("events")?.split_whitespace().map(str::to_owned).collect(),
        active: row.bool("active")?,
        created_at: row.time("created_at")?,
    })
}

fn delivery(row: &Row) -> Result<Delivery> {
    Ok(Delivery {
        id: row.text("id")?,
        webhook: row.text("webhook_id")?,
        kind: row.text("kind")?,
        body: row.text("body")?,
        state: row.text("state")?,
        attempts: row.int("attempts")?,
        last_status: row.optional_int("last_status")?,
        last_error: row.optional_text("last_error")?,
        created_at: row.time("created_at")?,
        ended_at: row.optional_time("ended_at")?,
    })
}

pub(super) async fn all(tx: &mut Tx) -> Result<Vec<Webhook>> {
    let rows = tx.all(format!("select {COLUMNS} from webhook order by name, id"), &[]).await?;
    rows.iter().map(webhook).collect()
}

pub(super) async fn one(tx: &mut Tx, id: &str) -> Result<Option<Webhook>> {
    let row = tx.optional(format!("select {COLUMNS} from webhook where id = $1"), &args![id]).await?;
    row.as_ref().map(webhook).transpose()
}

/// The identifiers of the active webhooks that want this kind of event.
pub(super) async fn wanting(tx: &mut Tx, kind: &str) -> Result<Vec<String>> {
    let all = all(tx).await?;
    Ok(all
        .into_iter()
        .filter(|one| one.active && one.events.iter().any(|event| event == kind))
        .map(|one| one.id)
        .collect())
}

pub(super) async fn insert(tx: &mut Tx, name: &str, url: &str, secret: &str, events: &[String]) -> Result<String> {
    let (id, now) = (new_id(tx.now()), tx.now());
    let sql = "insert into webhook (id, name, url, secret, events, active, created_at, version)
        values ($1, $2, $3, $4, $5, $6, $7, 1)";
    tx.execute(sql, &args![&id, name, url, secret, events.join(" "), true, now]).await?;
    Ok(id)
}

pub(super) async fn set_active(tx: &mut Tx, id: &str, active: bool) -> Result<bool> {
    let sql = "update webhook set active = $2, version = version + 1 where id = $1";
    Ok(tx.execute(sql, &args![id, active]).await? == 1)
}

pub(super) async fn delete(tx: &mut Tx, id: &str) -> Result<bool> {
    tx.execute("delete from webhook_delivery where webhook_id = $1", &args![id]).await?;
    Ok(tx.execute("delete from webhook where id = $1", &args![id]).await? == 1)
}

/// A delivery to be made; `None` where this event was told to this webhook already.
pub(super) async fn add(tx: &mut Tx, webhook: &str, event: &str, kind: &str, body: &str) -> Result<Option<String>> {
    let (id, now) = (format!("msg_{}", new_id(tx.now())), tx.now());
    let sql = "insert into webhook_delivery (id, webhook_id, event_id, kind, body, state, attempts, created_at)
        values ($1, $2, $3, $4, $5, 'waiting', 0, $6) on conflict ({t}webhook_id, event_id) do nothing";
    let added = tx.execute(sql, &args![&id, webhook, event, kind, body, now]).await?;
    Ok((added == 1).then_some(id))
}

pub(super) async fn find(tx: &mut Tx, id: &str) -> Result<Option<Delivery>> {
    let row = tx.optional(format!("select {DELIVERY} from webhook_delivery where id = $1"), &args![id]).await?;
    row.as_ref().map(delivery).transpose()
}

/// The latest deliveries of a webhook.
pub(super) async fn latest(tx: &mut Tx, webhook: &str, count: i64) -> Result<Vec<Delivery>> {
    let sql = format!(
        "select {DELIVERY} from webhook_delivery where webhook_id = $1 order by created_at desc, id desc limit $2"
    );
    tx.all(sql, &args![webhook, count]).await?.iter().map(delivery).collect()
}

/// Notes how an attempt went.
pub(super) async fn note(tx: &mut Tx, id: &str, state: &str, status: Option<i64>, error: Option<&str>) -> Result<()> {
    let ended = (state != "waiting").then(|| tx.now());
    let sql = "update webhook_delivery set state = $2, attempts = attempts + 1, last_status = $3, last_error = $4,
        ended_at = $5 where id = $1";
    tx.execute(sql, &args![id, state, status, error, ended]).await?;
    Ok(())
}

/// Lets it be told once more.
pub(super) async fn replay(tx: &mut Tx, id: &str) -> Result<bool> {
    let sql = "update webhook_delivery set state = 'waiting', ended_at = null where id = $1 and state <> 'waiting'";
    Ok(tx.execute(sql, &args![id]).await? == 1)
}

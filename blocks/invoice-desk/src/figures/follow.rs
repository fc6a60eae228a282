//! Follows the changes of invoices: keeps the figures' sums and the words of the search.
//!
//! Every change of an invoice sets `changed_at`. A service looks every few seconds what has changed
//! since it looked last, takes back what each of these invoices had added, and adds what it adds
//! now. That costs the one who receives or decides nothing, needs no event to be kept, and catches
//! up by itself after a pause.
//!
//! Invariant: counting the same invoice again changes nothing. A change is seen even if its
//! transaction was committed some seconds after its time.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;
use vir_store::{BoxFuture, Result, Row, Store, TenantId, Tx, Value, args};
use vir_web::App;

use super::cell::{Cells, Facts, add};
use crate::invoice_row::{Direction, InvoiceId, State};
use crate::register::search;

/// So many invoices are counted in one transaction.
const BATCH: i64 = 500;
/// A transaction may become visible so much later than its time, in microseconds.
const LATE: i64 = 20_000_000;
/// How often it looks.
const PAUSE: Duration = Duration::from_secs(2);

/// Looks at all tenants' changes until the server stops.
pub fn services(app: App, stop: CancellationToken) -> Vec<BoxFuture<'static, ()>> {
    vec![Box::pin(async move {
        while stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some() {
            let tenants = match app.store.tenants().await {
                Ok(tenants) => tenants,
                Err(error) => {
                    tracing::warn!(%error, "the figures cannot be kept up");
                    continue;
                }
            };
            for tenant in tenants {
                if stop.is_cancelled() {
                    return;
                }
                if let Err(error) = catch_up(&app.store, &tenant.id).await {
                    tracing::warn!(%error, tenant = %tenant.id, "the figures cannot be kept up");
                }
            }
        }
    })]
}

/// Counts everything that has changed. Gives how many invoices that were.
pub async fn catch_up(store: &Store, tenant: &TenantId) -> Result<i64> {
    let mut all = 0;
    loop {
        // Looking costs a reader; only if there is something, somebody writes.
        let waiting = store
            .read(tenant, |tx| Box::pin(async move { Ok::<_, vir_store::Error>(!changed(tx, 1).await?.is_empty()) }))
            .await?;
        if !waiting {
            return Ok(all);
        }
        let counted = store.write(tenant, |tx| Box::pin(async move { count(tx).await })).await?;
        if counted == 0 {
            return Ok(all);
        }
        all += counted;
    }
}

const CHANGED: &str = "select i.id, i.changed_at, i.received_at, i.channel, i.direction, i.state, i.unit_id, i.verdict, \
    i.finding_count, i.seller_name, i.due_date, i.skonto_date, i.skonto_cents, i.payable_cents, i.reduced_cents, i.number, i.number_key, \
    i.order_reference, i.contract_reference, i.buyer_reference, i.iban, i.voucher_number, i.payment_reference, \
    i.seller_id, i.file_name, f.cells, w.words \
    from invoice i left join figure_invoice f on f.invoice_id = i.id left join invoice_words w on w.invoice_id = i.id \
    where i.changed_at >= $1 and (f.changed_at is null or f.changed_at <> i.changed_at) \
    order by i.changed_at, i.id limit $2";

async fn changed(tx: &mut Tx, limit: i64) -> Result<Vec<Row>> {
    let mark = tx.optional("select changed_at from figure_mark where id = 1", &[]).await?;
    let mark = mark.map_or(Ok(0), |row| row.int("changed_at"))?;
    tx.all(CHANGED, &args![mark - LATE, limit]).await
}

/// Counts the next invoices that have changed.
async fn count(tx: &mut Tx) -> Result<i64> {
    // The row is locked first: whoever else counts waits here, and then sees what was counted.
    tx.execute(
        "insert into figure_mark (id, changed_at, beat) values (1, 0, 0) \
         on conflict ({t}id) do update set beat = figure_mark.beat + 1",
        &[],
    )
    .await?;
    let rows = changed(tx, BATCH).await?;
    let Some(last) = rows.last() else { return Ok(0) };
    let mark = last.int("changed_at")?;
    let mut facts = Vec::with_capacity(rows.len());
    for row in &rows {
        facts.push((row.text("id")?, read(row)?));
    }
    complete(tx, &mut facts, &rows).await?;
    let mut sums = Cells::new();
    let mut kept: Vec<Vec<Value>> = Vec::with_capacity(rows.len());
    for (row, (id, facts)) in rows.iter().zip(&facts) {
        if let Some(before) = row.optional_text("cells")? {
            let before: Vec<(super::cell::Place, super::cell::Amount)> =
                serde_json::from_str(&before).unwrap_or_default();
            add(&mut sums, &before.into_iter().collect(), -1);
        }
        let now = facts.cells();
        add(&mut sums, &now, 1);
        let cells = serde_json::to_string(&now.iter().collect::<Vec<_>>()).unwrap_or_default();
        kept.push(args![id, row.int("changed_at")?, cells]);
        let place = (facts.direction, facts.state, facts.unit.as_deref());
        search::index(tx, &InvoiceId(id.clone()), facts.received_at, &words(row)?, place).await?;
    }
    let sums: Vec<Vec<Value>> = sums
        .into_iter()
        .map(|(place, sum)| args![place.period, place.measure, place.unit, place.bucket, sum.n, sum.cents])
        .collect();
    insert(
        tx,
        "figure_invoice (invoice_id, changed_at, cells)",
        "on conflict ({t}invoice_id) do update set changed_at = excluded.changed_at, cells = excluded.cells",
        &kept,
    )
    .await?;
    insert(
        tx,
        "figure_cell (period, measure, unit_id, bucket, n, cents)",
        "on conflict ({t}measure, period, unit_id, bucket) do update set n = figure_cell.n + excluded.n, \
         cents = figure_cell.cents + excluded.cents",
        &sums,
    )
    .await?;
    tx.execute("delete from figure_cell where measure = 'open' and n = 0", &[]).await?;
    tx.execute("update figure_mark set changed_at = $1 where id = 1 and changed_at < $1", &args![mark]).await?;
    Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX))
}

/// Rows into a table, many in one statement.
pub(crate) async fn insert(tx: &mut Tx, into: &str, conflict: &str, rows: &[Vec<Value>]) -> Result<()> {
    // SQLite looks a placeholder up by going through all of them: thousands in one statement cost their square.
    const PLACEHOLDERS: usize = 600;
    let at_once = (PLACEHOLDERS / rows.first().map_or(1, Vec::len).max(1)).max(1);
    for rows in rows.chunks(at_once) {
        let mut places = Vec::with_capacity(rows.len());
        let mut values: Vec<Value> = Vec::new();
        for row in rows {
            let row: Vec<String> = row
                .iter()
                .map(|value| {
                    values.push(value.clone());
                    format!("${}", values.len())
                })
                .collect();
            places.push(format!("({})", row.join(", ")));
        }
        tx.execute(format!("insert into {into} values {} {conflict}", places.join(", ")), &values).await?;
    }
    Ok(())
}

fn read(row: &Row) -> Result<Facts> {
    Ok(Facts {
        received_at: row.time("received_at")?,
        channel: row.text("channel")?,
        direction: Direction::find(&row.text("direction")?).unwrap_or(Direction::Incoming),
        state: State::find(&row.text("state")?).unwrap_or(State::Closed),
        unit: row.optional_text("unit_id")?,
        verdict: row.optional_text("verdict")?,
        seller: row.optional_text("seller_name")?,
        due: row.optional_date("due_date")?,
        discount: row.optional_date("skonto_date")?,
        discount_cents: row.optional_int("skonto_cents")?.unwrap_or(0),
        payable_cents: row.optional_int("payable_cents")?.unwrap_or(0),
        reduced_cents: row.optional_int("reduced_cents")?.unwrap_or(0),
        ordered_at: None,
        paid_at: None,
        rules: Vec::new(),
    })
}

/// Adds what stands in other tables: when it was ordered and paid, and which rules it violates.
async fn complete(tx: &mut Tx, facts: &mut [(String, Facts)], rows: &[Row]) -> Result<()> {
    let mut at: BTreeMap<String, (Option<Timestamp>, Option<Timestamp>)> = BTreeMap::new();
    let list = |ids: &[Value]| (1..=ids.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
    let ids: Vec<Value> = facts.iter().map(|(id, _)| Value::from(id)).collect();
    let sql = format!(
        "select invoice_id, kind, at from invoice_decision where invoice_id in ({}) and kind in ('order', 'pay') \
         order by invoice_id, version",
        list(&ids)
    );
    for row in tx.all(sql, &ids).await? {
        let times = at.entry(row.text("invoice_id")?).or_default();
        // The last counts: what was sent back is ordered anew.
        if row.text("kind")? == "order" {
            times.0 = Some(row.time("at")?);
        } else {
            times.1 = Some(row.time("at")?);
        }
    }
    let mut faulty: Vec<Value> = Vec::new();
    for row in rows {
        if row.optional_text("verdict")?.as_deref() == Some("reject") {
            faulty.push(row.text("id")?.into());
        }
    }
    let mut rules: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    if !faulty.is_empty() {
        let sql = format!("select invoice_id, findings from invoice_report where invoice_id in ({})", list(&faulty));
        for row in tx.all(sql, &faulty).await? {
            let findings: Vec<Violation> = serde_json::from_str(&row.text("findings")?).unwrap_or_default();
            let errors = findings.into_iter().filter(|finding| finding.severity == "error").map(|finding| finding.rule);
            rules.insert(row.text("invoice_id")?, errors.collect());
        }
    }
    for (id, facts) in facts {
        if let Some((ordered, paid)) = at.get(id) {
            // What was sent back after its order is not ordered.
            let ordered_now = !matches!(facts.state, State::Received | State::Coded | State::Certified);
            facts.ordered_at = ordered.filter(|_| ordered_now);
            facts.paid_at = paid.filter(|_| matches!(facts.state, State::Paid | State::Closed));
        }
        if let Some(rules) = rules.remove(id) {
            facts.rules = rules.into_iter().collect();
        }
    }
    Ok(())
}

/// As much of a finding as is counted.
#[derive(serde::Deserialize)]
struct Violation {
    rule: String,
    severity: String,
}

/// What people look for.
fn words(row: &Row) -> Result<String> {
    const COLUMNS: [&str; 12] = [
        "seller_name",
        "number",
        "number_key",
        "order_reference",
        "contract_reference",
        "buyer_reference",
        "iban",
        "voucher_number",
        "payment_reference",
        "seller_id",
        "file_name",
        "words",
    ];
    let mut all = String::new();
    for column in COLUMNS {
        if let Some(text) = row.optional_text(column)? {
            all.push_str(&text);
            all.push(' ');
        }
    }
    Ok(all)
}

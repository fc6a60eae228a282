//! Selections in the database.
//!
//! Invariant: the items of a selection never change but for their outcome.

use serde_json::json;
use vir_store::{Entry, Result, Row, Tx, Value, args, new_id};

use super::action::{Action, Given};
use crate::invoice_row::InvoiceId;
use crate::workflow::Decider;

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It was chosen, and nothing has happened.
    Draft,
    /// It is being worked through.
    Running,
    /// Each has its outcome.
    Done,
}

impl Stage {
    fn text(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Running => "running",
            Self::Done => "done",
        }
    }
}

/// Invoices that somebody works on together.
#[derive(Debug, Clone)]
pub struct Bulk {
    pub id: String,
    pub person_id: String,
    pub action: Action,
    pub given: Given,
    pub query: String,
    pub stage: Stage,
    pub total: i64,
    pub undoes: Option<String>,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct Item {
    pub position: i64,
    pub invoice: InvoiceId,
    pub version: i64,
    pub target: Option<String>,
}

/// One of them with what became of it, as the report shows it.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub invoice: InvoiceId,
    pub done: bool,
    pub reason_de: Option<String>,
    pub reason_en: Option<String>,
    pub number: Option<String>,
    pub seller: Option<String>,
    pub file_name: String,
    pub cents: Option<i64>,
    pub currency: Option<String>,
}

/// How many came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub done: i64,
    pub refused: i64,
}

/// What is chosen before it has a number: the invoice, its version, its own target.
pub type Chosen = (InvoiceId, i64, Option<String>);

/// How many rows one statement inserts.
const TOGETHER: usize = 100;
/// A draft that nobody came back to.
const FORGOTTEN: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// Keeps what was chosen as a draft, and forgets the person's old drafts.
pub async fn draft(
    tx: &mut Tx,
    person: &str,
    action: Action,
    query: &str,
    chosen: &[Chosen],
    undoes: Option<&str>,
) -> Result<String> {
    const INSERT: &str = "insert into bulk (id, created_at, person_id, action, given, query, stage, total, undoes)
        values ($1, $2, $3, $4, $5, $6, 'draft', $7, $8)";
    const OLD: &str = "select id from bulk where person_id = $1 and stage = 'draft' and created_at < $2 limit 100";
    let now = tx.now();
    let old = tx.all(OLD, &args![person, now.saturating_sub(FORGOTTEN).unwrap_or(now)]).await?;
    for row in old {
        let id = row.text("id")?;
        tx.execute("delete from bulk_item where bulk_id = $1", &args![&id]).await?;
        tx.execute("delete from bulk where id = $1", &args![&id]).await?;
    }
    let id = new_id(now);
    let given = serde_json::to_string(&Given::default())?;
    let total = i64::try_from(chosen.len()).unwrap_or(i64::MAX);
    tx.execute(INSERT, &args![&id, now, person, action.text(), given, query, total, undoes]).await?;
    let mut position = 0_i64;
    for some in chosen.chunks(TOGETHER) {
        let mut values: Vec<Value> = vec![Value::from(id.as_str())];
        let mut rows = Vec::with_capacity(some.len());
        for (invoice, version, target) in some {
            let at = values.len();
            rows.push(format!("($1, ${}, ${}, ${}, ${})", at + 1, at + 2, at + 3, at + 4));
            values.extend(args![position, invoice.as_str(), *version, target.as_deref()]);
            position += 1;
        }
        let sql = format!(
            "insert into bulk_item (bulk_id, position, invoice_id, version, target) values {}",
            rows.join(", ")
        );
        tx.execute(sql, &values).await?;
    }
    Ok(id)
}

const BULK: &str = "select id, person_id, action, given, query, stage, total, undoes from bulk where id = $1";

/// A selection.
pub async fn load(tx: &mut Tx, id: &str) -> Result<Option<Bulk>> {
    let Some(row) = tx.optional(BULK, &args![id]).await? else { return Ok(None) };
    let Some(action) = Action::find(&row.text("action")?) else { return Ok(None) };
    Ok(Some(Bulk {
        id: row.text("id")?,
        person_id: row.text("person_id")?,
        action,
        given: serde_json::from_str(&row.text("given")?)?,
        query: row.text("query")?,
        stage: match row.text("stage")?.as_str() {
            "draft" => Stage::Draft,
            "running" => Stage::Running,
            _ => Stage::Done,
        },
        total: row.int("total")?,
        undoes: row.optional_text("undoes")?,
    }))
}

/// Its items from a place on that have no outcome yet.
pub async fn open(tx: &mut Tx, id: &str, from: i64, most: usize) -> Result<Vec<Item>> {
    const OPEN: &str = "select position, invoice_id, version, target from bulk_item
        where bulk_id = $1 and position >= $2 and outcome is null order by position limit $3";
    let rows = tx.all(OPEN, &args![id, from, i64::try_from(most).unwrap_or(i64::MAX)]).await?;
    rows.iter()
        .map(|row| {
            Ok(Item {
                position: row.int("position")?,
                invoice: InvoiceId(row.text("invoice_id")?),
                version: row.int("version")?,
                target: row.optional_text("target")?,
            })
        })
        .collect()
}

/// Begins it; false where it has begun already.
pub async fn begin(tx: &mut Tx, decider: &Decider, bulk: &Bulk, given: &Given) -> Result<bool> {
    const BEGIN: &str = "update bulk set stage = $2, given = $3 where id = $1 and stage = $4";
    let given = serde_json::to_string(given)?;
    let values = args![&bulk.id, Stage::Running.text(), given, Stage::Draft.text()];
    if tx.execute(BEGIN, &values).await? != 1 {
        return Ok(false);
    }
    tx.audit(Entry {
        actor: decider.principal.actor(),
        action: "bulk.begin".to_owned(),
        subject: format!("bulk/{}", bulk.id),
        detail: json!({ "action": bulk.action.text(), "invoices": bulk.total, "undoes": &bulk.undoes }),
    });
    Ok(true)
}

/// Takes an item in hand: false where it has an outcome already. Kept only with the rest of the write.
pub async fn take(tx: &mut Tx, id: &str, position: i64) -> Result<bool> {
    const TAKE: &str = "update bulk_item set outcome = 'done' where bulk_id = $1 and position = $2 and outcome is null";
    Ok(tx.execute(TAKE, &args![id, position]).await? == 1)
}

/// What it was before, and which version it has now.
pub async fn remember(tx: &mut Tx, id: &str, position: i64, earlier: Option<&str>, version: i64) -> Result<()> {
    const REMEMBER: &str = "update bulk_item set earlier = $3, version_after = $4 where bulk_id = $1 and position = $2";
    tx.execute(REMEMBER, &args![id, position, earlier, version]).await?;
    Ok(())
}

/// Notes why an item was refused.
pub async fn refuse(tx: &mut Tx, id: &str, position: i64, de: &str, en: &str) -> Result<()> {
    const REFUSE: &str = "update bulk_item set outcome = 'refused', reason_de = $3, reason_en = $4
        where bulk_id = $1 and position = $2 and outcome is null";
    tx.execute(REFUSE, &args![id, position, de, en]).await?;
    Ok(())
}

/// Ends it, where each item has its outcome.
pub async fn finish(tx: &mut Tx, id: &str) -> Result<()> {
    const FINISH: &str = "update bulk set stage = $2 where id = $1 and not exists
        (select 1 from bulk_item where bulk_id = $1 and outcome is null)";
    tx.execute(FINISH, &args![id, Stage::Done.text()]).await?;
    Ok(())
}

/// How many came to what.
pub async fn counts(tx: &mut Tx, id: &str) -> Result<Counts> {
    const COUNTS: &str = "select outcome, count(*) as n from bulk_item where bulk_id = $1 group by outcome";
    let mut counts = Counts::default();
    for row in tx.all(COUNTS, &args![id]).await? {
        match row.optional_text("outcome")?.as_deref() {
            Some("done") => counts.done = row.int("n")?,
            Some(_) => counts.refused = row.int("n")?,
            None => {}
        }
    }
    Ok(counts)
}

/// What they are worth together, by currency: how many, and how many cents.
pub async fn sums(tx: &mut Tx, id: &str) -> Result<Vec<(String, i64, i64)>> {
    const SUMS: &str = "select coalesce(invoice.currency, 'EUR') as code, count(*) as n,
        cast(sum(coalesce(invoice.payable_cents, 0) - coalesce(invoice.reduced_cents, 0)) as BIGINT) as cents
        from bulk_item join invoice on invoice.id = bulk_item.invoice_id
        where bulk_item.bulk_id = $1 group by coalesce(invoice.currency, 'EUR') order by 1";
    let rows = tx.all(SUMS, &args![id]).await?;
    rows.iter().map(|row: &Row| Ok((row.text("code")?, row.int("n")?, row.int("cents")?))).collect()
}

/// What became of them: refused first.
pub async fn outcomes(tx: &mut Tx, id: &str, skip: i64, most: i64) -> Result<Vec<Outcome>> {
    const OUTCOMES: &str = "select bulk_item.invoice_id, outcome, reason_de, reason_en, number, seller_name,
        file_name, payable_cents, currency
        from bulk_item join invoice on invoice.id = bulk_item.invoice_id
        where bulk_item.bulk_id = $1 and outcome is not null
        order by case when outcome = 'refused' then 0 else 1 end, position limit $3 offset $2";
    let rows = tx.all(OUTCOMES, &args![id, skip, most]).await?;
    rows.iter()
        .map(|row| {
            Ok(Outcome {
                invoice: InvoiceId(row.text("invoice_id")?),
                done: row.text("outcome")? == "done",
                reason_de: row.optional_text("reason_de")?,
                reason_en: row.optional_text("reason_en")?,
                number: row.optional_text("number")?,
                seller: row.optional_text("seller_name")?,
                file_name: row.text("file_name")?,
                cents: row.optional_int("payable_cents")?,
                currency: row.optional_text("currency")?,
            })
        })
        .collect()
}

/// What can be taken back: the invoices that were done, with their version since then and what they were before.
pub async fn undoable(tx: &mut Tx, id: &str) -> Result<Vec<Chosen>> {
    const DONE: &str = "select invoice_id, version_after, earlier from bulk_item
        where bulk_id = $1 and outcome = 'done' and version_after is not null order by position";
    let rows = tx.all(DONE, &args![id]).await?;
    rows.iter()
        .map(|row| Ok((InvoiceId(row.text("invoice_id")?), row.int("version_after")?, row.optional_text("earlier")?)))
        .collect()
}

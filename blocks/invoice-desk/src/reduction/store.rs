//! Reductions in the database, and what is known of orders.
//!
//! Invariant: parts are only added, under the version of the decision that made them; the set with the highest version
//! of a reduction counts, and the invoice has its sum.

use vir_auth::Principal;
use vir_store::{Entry, Result, Tx, args};

use super::{Kind, Part, sum};
use crate::invoice_row::{InvoiceId, InvoiceRow};

/// The parts of an invoice's reduction; none where nothing is taken off.
///
/// # Errors
/// Where the store fails.
pub async fn parts(tx: &mut Tx, invoice: &InvoiceId) -> Result<Vec<Part>> {
    // A reduction that was taken back has a decision, and no parts under its version.
    const PARTS: &str = "select kind, line, cents, reason from reduction where invoice_id = $1 and version =
        (select max(version) from invoice_decision where invoice_id = $1 and kind = 'reduce') order by position";
    let rows = tx.all(PARTS, &args![invoice.as_str()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Part {
                kind: Kind::parse(&row.text("kind")?).unwrap_or(Kind::Other),
                line: row.optional_text("line")?,
                cents: row.int("cents")?,
                reason: row.text("reason")?,
            })
        })
        .collect()
}

/// Keeps a new set of parts, and its sum with the invoice.
pub(crate) async fn keep(tx: &mut Tx, invoice: &InvoiceId, version: i64, parts: &[Part]) -> Result<()> {
    const KEEP: &str = "insert into reduction (invoice_id, version, position, kind, line, cents, reason)
        values ($1, $2, $3, $4, $5, $6, $7)";
    for (position, part) in (1_i64..).zip(parts) {
        let Part { kind, line, cents, reason } = part;
        tx.execute(KEEP, &args![invoice.as_str(), version, position, kind.code(), line, *cents, reason.trim()]).await?;
    }
    let reduced = Some(sum(parts)).filter(|cents| *cents != 0);
    tx.execute("update invoice set reduced_cents = $1 where id = $2", &args![reduced, invoice.as_str()]).await?;
    Ok(())
}

/// How an order stands: what was ordered, demanded, taken off and kept back under its number (BT-13), in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OrderSums {
    /// What was ordered in all, gross, where somebody entered it.
    pub ordered: Option<i64>,
    /// What invoices demand, credit notes taken off, rejected ones and duplicates left out.
    pub demanded: i64,
    /// What was taken off them, kept back or not.
    pub reduced: i64,
    /// What of it is kept back.
    pub retained: i64,
    /// How many invoices.
    pub invoices: i64,
}

impl OrderSums {
    /// What is left to be invoiced; negative where more was invoiced than ordered. What is kept back is owed.
    #[must_use]
    pub fn left(&self) -> Option<i64> {
        self.ordered.map(|ordered| ordered - self.demanded + (self.reduced - self.retained))
    }
}

/// How the order of an invoice stands, where it names one.
///
/// # Errors
/// Where the store fails.
pub async fn order_sums(tx: &mut Tx, row: &InvoiceRow) -> Result<Option<OrderSums>> {
    let (Some(seller), Some(order)) = (&row.seller_key, &row.order_reference) else { return Ok(None) };
    order_sums_of(tx, seller, order).await.map(Some)
}

/// How the order of this number stands with this seller.
///
/// # Errors
/// Where the store fails.
pub async fn order_sums_of(tx: &mut Tx, seller_key: &str, order: &str) -> Result<OrderSums> {
    const SUMS: &str = "select count(*) as n,
        cast(coalesce(sum(case when kind = 'credit_note' then -abs(payable_cents) else payable_cents end), 0) as BIGINT) as demanded,
        cast(coalesce(sum(reduced_cents), 0) as BIGINT) as reduced
        from invoice where seller_key = $1 and order_reference = $2 and direction = 'incoming'
        and state not in ('rejected', 'quarantined') and (duplicate_decision is null or duplicate_decision <> 'duplicate')";
    const RETAINED: &str = "select cast(coalesce(sum(reduction.cents), 0) as BIGINT) as cents
        from invoice join reduction on reduction.invoice_id = invoice.id and reduction.kind = 'retention'
        and reduction.version = (select max(version) from invoice_decision
            where invoice_decision.invoice_id = invoice.id and invoice_decision.kind = 'reduce')
        where seller_key = $1 and order_reference = $2 and direction = 'incoming'
        and state not in ('rejected', 'quarantined')";
    const ORDERED: &str = "select cents from purchase_order where seller_key = $1 and number = $2";
    let of = args![seller_key, order];
    let row = tx.one(SUMS, &of).await?;
    let ordered = tx.optional(ORDERED, &of).await?.map(|row| row.int("cents")).transpose()?;
    Ok(OrderSums {
        ordered,
        demanded: row.int("demanded")?,
        reduced: row.int("reduced")?,
        retained: tx.one(RETAINED, &of).await?.int("cents")?,
        invoices: row.int("n")?,
    })
}

/// Enters what was ordered in all.
///
/// # Errors
/// Where the store fails.
pub async fn enter_order(tx: &mut Tx, principal: &Principal, row: &InvoiceRow, cents: i64, note: &str) -> Result<()> {
    const ENTER: &str = "insert into purchase_order (number, seller_key, cents, note, person_name, at)
        values ($1, $2, $3, $4, $5, $6) on conflict ({t}seller_key, number) do update set cents = excluded.cents,
        note = excluded.note, person_name = excluded.person_name, at = excluded.at";
    let (Some(seller), Some(order)) = (&row.seller_key, &row.order_reference) else { return Ok(()) };
    let note = Some(note.trim()).filter(|note| !note.is_empty());
    tx.execute(ENTER, &args![order, seller, cents, note, &principal.name, tx.now()]).await?;
    tx.audit(Entry {
        actor: principal.actor(),
        action: "purchase_order.enter".to_owned(),
        subject: row.id.subject(),
        detail: serde_json::json!({ "order": order, "seller": seller, "cents": cents }),
    });
    Ok(())
}

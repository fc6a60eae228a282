//! Which earlier invoice resembles this one?
//!
//! Invariant: one statement, four places in indexes; the surest likeness wins, then the earliest.

use serde_json::json;
use vir_store::{Entry, Result, Row, Tx, args};

use crate::intake::columns::Columns;
use crate::intake::keys::similar_numbers;
use crate::invoice_row::{DuplicateDecision, InvoiceId, Keys, Likeness};

/// An earlier invoice that resembles the one at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspicion {
    /// The earlier one.
    pub id: InvoiceId,
    /// How much alike they are.
    pub likeness: Likeness,
}

// An invoice that went back to the seller may come again under its number; the same file or the
// same content is told even then.
const SUSPECTS: &str = "
    select * from (select id, number_key, 'same_bytes' as degree from invoice
        where original_blob = $1 and direction = 'incoming' order by id limit 1) as bytes
    union all
    select * from (select id, number_key, 'same_content' as degree from invoice
        where content_key = $2 and direction = 'incoming' order by id limit 1) as content
    union all
    select * from (select id, number_key, 'same_number' as degree from invoice
        where seller_key = $3 and number_key = $4 and direction = 'incoming' and state <> 'rejected'
        order by id limit 1) as number
    union all
    select * from (select id, number_key, 'similar' as degree from invoice
        where seller_key = $3 and issue_date = $5 and payable_cents = $6 and direction = 'incoming'
            and state <> 'rejected' order by id limit 20) as alike";

/// Looks for an earlier invoice that this one may repeat; `own` is its identifier, where it has one.
pub async fn suspect(
    tx: &mut Tx,
    original: &str,
    keys: &Keys,
    columns: &Columns,
    own: Option<&InvoiceId>,
) -> Result<Option<Suspicion>> {
    let values = args![
        original,
        keys.content.as_deref(),
        columns.seller_key.as_deref(),
        keys.number.as_deref(),
        columns.issue_date,
        columns.payable_cents,
    ];
    let rows = tx.all(SUSPECTS, &values).await?;
    let mut found: Vec<Suspicion> = Vec::new();
    for row in &rows {
        found.extend(suspicion(row, keys)?);
    }
    found.retain(|suspicion| own.is_none_or(|own| suspicion.id < *own));
    found.sort_by(|a, b| (a.likeness, &a.id).cmp(&(b.likeness, &b.id)));
    Ok(found.into_iter().next())
}

fn suspicion(row: &Row, keys: &Keys) -> Result<Option<Suspicion>> {
    let likeness = Likeness::find(&row.text("degree")?);
    let alike = match (likeness, &keys.number, row.optional_text("number_key")?) {
        (Some(Likeness::Similar), Some(mine), Some(theirs)) => similar_numbers(mine, &theirs),
        (Some(Likeness::Similar), _, _) => true,
        _ => true,
    };
    let id = InvoiceId(row.text("id")?);
    Ok(likeness.filter(|_| alike).map(|likeness| Suspicion { id, likeness }))
}

/// What became of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It is noted.
    Noted,
    /// Somebody changed the invoice in the meantime, or it is no suspect.
    Stale,
}

const DECIDE: &str = "update invoice set duplicate_decision = $2, changed_at = $3, version = version + 1
    where id = $1 and version = $4 and duplicate_of is not null";

/// Notes whether an invoice is a duplicate of the one it was suspected to repeat.
pub async fn decide(
    tx: &mut Tx,
    actor: &str,
    id: &InvoiceId,
    version: i64,
    decision: DuplicateDecision,
) -> Result<Decided> {
    let values = args![id.as_str(), decision.text(), tx.now(), version];
    if tx.execute(DECIDE, &values).await? == 0 {
        return Ok(Decided::Stale);
    }
    tx.publish("invoice.duplicate_decided", json!({ "id": id, "invoice_id": id, "decision": decision })).await?;
    tx.audit(Entry {
        actor: actor.to_owned(),
        action: "invoice.decide_duplicate".to_owned(),
        subject: id.subject(),
        detail: json!({ "decision": decision }),
    });
    Ok(Decided::Noted)
}

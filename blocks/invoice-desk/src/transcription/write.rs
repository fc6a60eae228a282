//! What was typed in, into the row.
//!
//! Invariant: nothing changes unless the row is as the person saw it.

use jiff::civil::Date;
use serde_json::json;
use vir_store::{Entry, Result, Tx, args};

use crate::duplicates::{self, Suspicion};
use crate::intake::columns::Columns;
use crate::intake::keys;
use crate::invoice_row::{InvoiceId, InvoiceRow, Keys, Kind, State};

/// What a person read from the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "named as the columns")]
pub struct Typed {
    pub seller_name: String,
    pub seller_id: Option<String>,
    pub number: String,
    pub issue_date: Date,
    pub due_date: Option<Date>,
    pub payable_cents: i64,
    pub iban: Option<String>,
    pub payment_reference: Option<String>,
    pub buyer_reference: Option<String>,
    pub order_reference: Option<String>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is in the row.
    Noted,
    /// Somebody changed the invoice in the meantime.
    Stale,
    /// It has data, or somebody works on it already.
    Refused,
}

const WRITE: &str =
    "update invoice set seller_name = $3, seller_id = $4, seller_key = $5, number = $6, number_key = $7,
    issue_date = $8, due_date = $9, payable_cents = $10, gross_cents = $10, currency = 'EUR', iban = $11,
    payee_name = $3, payment_reference = $12, buyer_reference = $13, order_reference = $14,
    duplicate_of = $15, duplicate_degree = $16, duplicate_decision = null, changed_at = $17, version = version + 1
    where id = $1 and version = $2";

/// May this invoice be typed in?
#[must_use]
pub fn may_be_typed(row: &InvoiceRow) -> bool {
    row.kind == Kind::Unstructured && row.state == State::Received
}

/// Writes it down.
pub async fn write(tx: &mut Tx, actor: &str, id: &InvoiceId, version: i64, typed: Typed) -> Result<Written> {
    let Some(row) = InvoiceRow::load(tx, id).await? else { return Ok(Written::Refused) };
    if !may_be_typed(&row) {
        return Ok(Written::Refused);
    }
    let seller_key = keys::seller_key_of(typed.seller_id.as_deref(), &typed.seller_name);
    let keys = Keys { number: keys::number_key(&typed.number), content: None };
    let columns = Columns {
        seller_key: seller_key.clone(),
        issue_date: Some(typed.issue_date),
        payable_cents: Some(typed.payable_cents),
        ..Columns::default()
    };
    let suspicion = duplicates::suspect(tx, &row.original_blob, &keys, &columns, Some(id)).await?;
    let values = args![
        id.as_str(),
        version,
        &typed.seller_name,
        &typed.seller_id,
        seller_key,
        &typed.number,
        keys.number,
        typed.issue_date,
        typed.due_date,
        typed.payable_cents,
        &typed.iban,
        &typed.payment_reference,
        &typed.buyer_reference,
        &typed.order_reference,
        suspicion.as_ref().map(|suspicion: &Suspicion| suspicion.id.as_str()),
        suspicion.as_ref().map(|suspicion| suspicion.likeness.text()),
        tx.now(),
    ];
    if tx.execute(WRITE, &values).await? == 0 {
        return Ok(Written::Stale);
    }
    tx.publish("invoice.typed_in", json!({ "id": id, "invoice_id": id })).await?;
    tx.audit(Entry {
        actor: actor.to_owned(),
        action: "invoice.type_in".to_owned(),
        subject: id.subject(),
        detail: json!({ "number": typed.number, "payable_cents": typed.payable_cents, "issue_date": typed.issue_date.to_string() }),
    });
    Ok(Written::Noted)
}

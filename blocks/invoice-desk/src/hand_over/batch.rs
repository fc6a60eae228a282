//! Posting batches: the files for the finance system, numbered without gaps and made once.
//!
//! Invariant: an invoice is in at most one batch, and the files of a batch never change.

use std::collections::BTreeMap;

use jiff::Timestamp;
use vir_auth::{Principal, UnitId};
use vir_core::Text;
use vir_store::{Row, Tx, args, new_id};

use super::counter::next_number;
use super::error::{HandOverError, Objection};
use super::moves;
use super::posting::{Mapping, Posting, presets, write_json, write_table};
use super::run::{record, refused};
use crate::coding;
use crate::invoice_row::{InvoiceId, InvoiceRow, Kind, State};
use crate::permissions::PAY;
use crate::workflow::decide::Decider;
use crate::workflow::state::Kind as Step;

/// A batch, without its files.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns are described in the migration")]
pub struct Batch {
    pub id: String,
    pub number: i64,
    pub created_at: Timestamp,
    pub created_by_name: String,
    pub mapping_name: String,
    pub posting_count: i64,
    pub invoice_count: i64,
    pub sum_cents: i64,
    pub replaced: i64,
}

impl Batch {
    const COLUMNS: &'static str = "id, number, created_at, created_by_name, mapping_name, posting_count, invoice_count, \
        sum_cents, replaced";

    fn read(row: &Row) -> vir_store::Result<Self> {
        Ok(Self {
            id: row.text("id")?,
            number: row.int("number")?,
            created_at: row.time("created_at")?,
            created_by_name: row.text("created_by_name")?,
            mapping_name: row.text("mapping_name")?,
            posting_count: row.int("posting_count")?,
            invoice_count: row.int("invoice_count")?,
            sum_cents: row.int("sum_cents")?,
            replaced: row.int("replaced")?,
        })
    }

    /// Its name in files: `B-000017`.
    #[must_use]
    pub fn name(&self) -> String {
        batch_name(self.number)
    }
}

fn batch_name(number: i64) -> String {
    format!("B-{number:06}")
}

/// A mapping that the tenant has set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetMapping {
    /// Its id.
    pub id: String,
    /// The preset that it began as.
    pub preset: String,
    /// The finance system pays.
    pub pays: bool,
    /// The form.
    pub mapping: Mapping,
}

/// The tenant's mappings; where it has none, the generic preset.
///
/// # Errors
/// The store's.
pub async fn mappings(tx: &mut Tx) -> Result<Vec<SetMapping>, HandOverError> {
    let rows = tx.all("select id, preset, mapping, pays from posting_mapping order by name, id", &[]).await?;
    let mut found = Vec::new();
    for row in &rows {
        let mapping = serde_json::from_str(&row.text("mapping")?).map_err(vir_store::Error::from)?;
        found.push(SetMapping { id: row.text("id")?, preset: row.text("preset")?, pays: row.bool("pays")?, mapping });
    }
    if found.is_empty()
        && let Some(generic) = presets::ALL.first()
    {
        found.push(SetMapping {
            id: String::new(),
            preset: generic.id.to_owned(),
            pays: false,
            mapping: generic.mapping(),
        });
    }
    Ok(found)
}

/// Keeps a mapping; an empty id makes a new one.
///
/// # Errors
/// Where it cannot be written by.
pub async fn keep_mapping(tx: &mut Tx, principal: &Principal, set: &SetMapping) -> Result<String, HandOverError> {
    set.mapping.check().map_err(|error| HandOverError::Refused(error.text()))?;
    let now = tx.now();
    let id = if set.id.is_empty() { new_id(now) } else { set.id.clone() };
    let json = serde_json::to_string(&set.mapping).map_err(vir_store::Error::from)?;
    tx.execute(
        "insert into posting_mapping (id, name, preset, mapping, pays, changed_at) values ($1, $2, $3, $4, $5, $6) \
         on conflict ({t}id) do update set name = excluded.name, preset = excluded.preset, mapping = excluded.mapping, \
         pays = excluded.pays, changed_at = excluded.changed_at",
        &args![&id, &set.mapping.name, &set.preset, json, set.pays, now],
    )
    .await?;
    record(tx, principal, "posting_mapping.keep", &id, &serde_json::json!({ "name": set.mapping.name }));
    Ok(id)
}

/// What has not been posted yet and may be, in the order of the voucher numbers.
///
/// # Errors
/// The store's.
pub async fn unposted(tx: &mut Tx, principal: &Principal) -> Result<Vec<InvoiceRow>, HandOverError> {
    let sql = format!(
        "select {} from invoice where state in ('ordered', 'handed_over', 'paid', 'closed') and direction = 'incoming' \
         and not on_hold and voucher_number is not null \
         and not exists (select 1 from posting_item where posting_item.invoice_id = invoice.id) \
         order by voucher_number limit 5000",
        InvoiceRow::COLUMNS
    );
    let mut found = Vec::new();
    for row in &tx.all(sql, &[]).await? {
        let row = InvoiceRow::read(row)?;
        if may_pay(principal, &row) {
            found.push(row);
        }
    }
    Ok(found)
}

fn may_pay(principal: &Principal, row: &InvoiceRow) -> bool {
    row.unit_id.as_deref().is_some_and(|unit| principal.may(PAY, &UnitId::from(unit)))
}

/// Makes a batch of these invoices: postings, both files, a number; all or nothing. Where the finance system
/// pays, the invoices are handed over by it.
///
/// # Errors
/// Where an invoice cannot be posted, or the store's.
pub async fn create_batch(
    tx: &mut Tx,
    decider: &Decider,
    mapping: &str,
    invoices: &[InvoiceId],
) -> Result<Batch, HandOverError> {
    moves::alone(tx).await?;
    let principal = &decider.principal;
    let Some(set) = mappings(tx).await?.into_iter().find(|set| set.id == mapping) else {
        return Err(HandOverError::NotFound(Text::new("Dieses Format gibt es nicht.", "There is no such format.")));
    };
    let open: BTreeMap<String, InvoiceRow> =
        unposted(tx, principal).await?.into_iter().map(|row| (row.id.0.clone(), row)).collect();
    let mut rows = Vec::new();
    let mut objections = Vec::new();
    for id in invoices {
        match open.get(id.as_str()) {
            Some(row) => rows.push(row),
            None => objections.push(Objection {
                invoice: id.0.clone(),
                caption: id.0.clone(),
                why: Text::new(
                    "Sie ist nicht angeordnet, schon übergeben, oder Sie dürfen sie nicht übergeben.",
                    "It is not ordered, handed over already, or you may not hand it over.",
                ),
            }),
        }
    }
    if !objections.is_empty() {
        return Err(HandOverError::Invoices(objections));
    }
    if rows.is_empty() {
        return Err(refused("Es ist nichts zu übergeben.", "There is nothing to hand over."));
    }
    rows.sort_by(|a, b| a.voucher_number.cmp(&b.voucher_number).then_with(|| a.id.cmp(&b.id)));
    rows.dedup_by(|a, b| a.id == b.id);
    let mut postings = Vec::new();
    for row in &rows {
        postings.extend(postings_of(tx, row).await?);
    }
    let batch = insert(tx, principal, &set, &rows, &postings).await?;
    if set.pays {
        for row in rows.iter().filter(|row| row.state == State::Ordered) {
            moves::decide(tx, decider, row, Step::HandOver, &batch.name()).await?;
        }
    }
    let detail = serde_json::json!({
        "batch": batch.id, "number": batch.number, "invoices": batch.invoice_count, "postings": batch.posting_count,
        "sumCents": batch.sum_cents,
    });
    record(tx, principal, "posting_batch.create", &batch.id, &detail);
    tx.publish("posting_batch.created", detail).await?;
    Ok(batch)
}

async fn insert(
    tx: &mut Tx,
    principal: &Principal,
    set: &SetMapping,
    rows: &[&InvoiceRow],
    postings: &[Posting],
) -> Result<Batch, HandOverError> {
    let now = tx.now();
    let number = next_number(tx, "posting_batch").await?;
    let table = write_table(&set.mapping, &batch_name(number), postings);
    let json = write_json(&batch_name(number), postings);
    let count = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
    let batch = Batch {
        id: new_id(now),
        number,
        created_at: now,
        created_by_name: principal.name.clone(),
        mapping_name: set.mapping.name.clone(),
        posting_count: count(postings.len()),
        invoice_count: count(rows.len()),
        sum_cents: postings
            .iter()
            .map(|posting| if posting.credit_note { -posting.cents } else { posting.cents })
            .sum(),
        replaced: count(table.replaced),
    };
    tx.execute(
        "insert into posting_batch (id, number, created_at, created_by, created_by_name, mapping_name, posting_count, \
         invoice_count, sum_cents, replaced, table_file, json_file) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        &args![
            &batch.id,
            number,
            now,
            &principal.person,
            &principal.name,
            &batch.mapping_name,
            batch.posting_count,
            batch.invoice_count,
            batch.sum_cents,
            batch.replaced,
            table.bytes,
            json
        ],
    )
    .await?;
    for row in rows {
        let sql = "insert into posting_item (batch_id, invoice_id) values ($1, $2)";
        tx.execute(sql, &args![&batch.id, row.id.as_str()]).await?;
    }
    Ok(batch)
}

/// The postings of an invoice: one for each line of its coding.
async fn postings_of(tx: &mut Tx, row: &InvoiceRow) -> Result<Vec<Posting>, HandOverError> {
    let order = tx
        .optional(
            "select person_name, at from invoice_decision where invoice_id = $1 and kind = 'order' \
             order by version desc limit 1",
            &args![row.id.as_str()],
        )
        .await?;
    let (ordered_by, ordered_on) = match order {
        Some(order) => (order.text("person_name")?, crate::day_of(order.time("at")?).to_string()),
        None => (String::new(), String::new()),
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let whole = Posting {
        invoice: row.id.0.clone(),
        voucher: text(&row.voucher_number),
        number: text(&row.number),
        credit_note: row.kind == Kind::CreditNote,
        issue_date: day(row.issue_date),
        received: crate::day_of(row.received_at).to_string(),
        due_date: day(row.due_date),
        skonto_date: day(row.skonto_date),
        skonto_cents: row.due_skonto_cents().unwrap_or(0),
        seller: text(&row.seller_name),
        seller_id: text(&row.seller_id),
        iban: text(&row.iban),
        reference: row.payment_reference.clone().or_else(|| row.number.clone()).unwrap_or_default(),
        text: [text(&row.seller_name), text(&row.number)].join(" "),
        cents: row.due_cents().unwrap_or(0).abs(),
        currency: text(&row.currency),
        unit: text(&row.unit_id),
        buyer_reference: text(&row.buyer_reference),
        order_reference: text(&row.order_reference),
        ordered_by,
        ordered_on,
        ..Posting::default()
    };
    let lines = coding::store::lines(tx, &row.id).await?;
    if lines.is_empty() {
        return Ok(vec![whole]);
    }
    let posting = |(index, line): (usize, coding::line::Line)| Posting {
        cents: line.amount_cents.abs(),
        cost_centre: line.target.cost_centre,
        account: line.target.account,
        product: line.target.product,
        tax: line.target.tax.code().to_owned(),
        // The discount is the invoice's; it stands on its first line only, so that a sum is right.
        skonto_cents: if index == 0 { whole.skonto_cents } else { 0 },
        text: line.note.unwrap_or_else(|| whole.text.clone()),
        ..whole.clone()
    };
    Ok(lines.into_iter().enumerate().map(posting).collect())
}

/// The batches, newest first.
///
/// # Errors
/// The store's.
pub async fn batches(tx: &mut Tx, principal: &Principal, limit: i64) -> Result<Vec<Batch>, HandOverError> {
    let sql = format!("select {} from posting_batch order by number desc limit $1", Batch::COLUMNS);
    let mut seen = Vec::new();
    for row in tx.all(sql, &args![limit]).await? {
        let batch = Batch::read(&row)?;
        if may_see(tx, principal, &batch.id).await? {
            seen.push(batch);
        }
    }
    Ok(seen)
}

/// Who may pay everything in a batch may see it; its sums would tell of the rest.
async fn may_see(tx: &mut Tx, principal: &Principal, id: &str) -> Result<bool, HandOverError> {
    let units = "select distinct invoice.unit_id as unit_id from posting_item join invoice on invoice.id = \
        posting_item.invoice_id where posting_item.batch_id = $1";
    let mut may = principal.may_anywhere(PAY);
    for unit in &tx.all(units, &args![id]).await? {
        may &= unit.optional_text("unit_id")?.is_some_and(|unit| principal.may(PAY, &UnitId::from(unit)));
    }
    Ok(may)
}

/// Which of a batch's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchFile {
    /// The table by the mapping.
    Table,
    /// JSON.
    Json,
}

/// A file of a batch: always the same bytes.
///
/// # Errors
/// Where there is no such batch for this person.
pub async fn batch_file(
    tx: &mut Tx,
    principal: &Principal,
    id: &str,
    which: BatchFile,
) -> Result<(Batch, Vec<u8>), HandOverError> {
    let column = if which == BatchFile::Table { "table_file" } else { "json_file" };
    let sql = format!("select {}, {column} as file from posting_batch where id = $1", Batch::COLUMNS);
    let gone = || HandOverError::NotFound(Text::new("Übergabe", "batch"));
    let row = tx.optional(sql, &args![id]).await?.ok_or_else(gone)?;
    if !may_see(tx, principal, id).await? {
        return Err(gone());
    }
    let batch = Batch::read(&row)?;
    record(tx, principal, "posting_batch.fetch", id, &serde_json::json!({ "number": batch.number }));
    Ok((batch, row.bytes("file")?))
}

/// The finance system says what it has paid: voucher numbers, each with the day.
///
/// # Errors
/// The store's; vouchers that are unknown or not handed over are returned, not an error.
pub async fn mark_vouchers_paid(
    tx: &mut Tx,
    decider: &Decider,
    paid: &[(String, String)],
) -> Result<(usize, Vec<String>), HandOverError> {
    moves::alone(tx).await?;
    let (mut done, mut left) = (0, Vec::new());
    for (voucher, day) in paid {
        let found = tx.optional("select id from invoice where voucher_number = $1", &args![voucher]).await?;
        let row = match found {
            Some(row) => InvoiceRow::load(tx, &InvoiceId(row.text("id")?)).await?,
            None => None,
        };
        match row {
            Some(row) if row.state == State::HandedOver && may_pay(&decider.principal, &row) => {
                moves::decide(tx, decider, &row, Step::Pay, &format!("{voucher} {day}")).await?;
                done += 1;
            }
            _ => left.push(voucher.clone()),
        }
    }
    Ok((done, left))
}

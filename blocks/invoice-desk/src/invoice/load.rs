//! Everything that the page of an invoice shows, read at once.
//!
//! Invariant: it is one snapshot; nothing on the page contradicts something else on it.

use jiff::civil::Date;
use vir_store::{Result, Row, Tx, args};
use vir_web::{AppError, Caller};

use super::history::{self, Happening};
use crate::access::may;
use crate::coding::line::Line;
use crate::coding::store::{self as codings, Code, CodeList};
use crate::coding::suggest::{Now, Suggestion, suggest};
use crate::intake::KeptFinding;
use crate::intake::original::{self, File};
use crate::invoice_row::{InvoiceId, InvoiceRow, State};
use crate::notices::note;
use crate::people::decider;
use crate::permissions::SEE;
use crate::reduction::store::OrderSums;
use crate::reduction::{self, Part};
use crate::workflow::Decider;
use crate::workflow::decide::Subject;
use crate::workflow::settings::Settings;

/// Another invoice that has to do with this one.
#[derive(Debug, Clone)]
pub(crate) struct Related {
    pub id: String,
    pub why: &'static str,
    /// Where a person linked them: as which kind, and whether from the other one.
    pub link: Option<(&'static str, bool)>,
    pub caption: String,
    pub state: Option<State>,
    pub payable_cents: Option<i64>,
    pub currency: Option<String>,
}

pub(crate) struct Loaded {
    pub row: InvoiceRow,
    pub subject: Subject,
    pub settings: Settings,
    pub lines: Vec<Line>,
    pub suggestions: Vec<Suggestion>,
    pub codes: Vec<(CodeList, Vec<Code>)>,
    /// Everything that happened to it, the oldest first.
    pub history: Vec<Happening>,
    pub files: Vec<File>,
    pub findings: Vec<KeptFinding>,
    pub related: Vec<Related>,
    pub reductions: Vec<Part>,
    pub order: Option<OrderSums>,
    pub resolved_on: Option<Date>,
    pub today: Date,
    /// Is there something about it that the reader has not seen?
    pub unread: bool,
}

// Linked by a person, suspected as a duplicate, named as preceding, or for the same order.
const RELATED: &str = "select id, why, unit_id, seller_name, number, file_name, state, payable_cents, currency from (
        select i.id as id, l.kind as why, i.unit_id as unit_id, i.seller_name as seller_name, i.number as number, i.file_name as file_name,
               i.state as state, i.payable_cents as payable_cents, i.currency as currency
        from invoice_link l join invoice i on i.id = l.other_id where l.invoice_id = $1
        union all
        select i.id, l.kind || '_by', i.unit_id, i.seller_name, i.number, i.file_name, i.state, i.payable_cents, i.currency
        from invoice_link l join invoice i on i.id = l.invoice_id where l.other_id = $1
        union all
        select id, 'duplicate', unit_id, seller_name, number, file_name, state, payable_cents, currency
        from invoice where id = $2 or duplicate_of = $1
        union all
        select id, 'preceding', unit_id, seller_name, number, file_name, state, payable_cents, currency
        from invoice where seller_key = $3 and number = $4 and id <> $1
        union all
        select id, 'following', unit_id, seller_name, number, file_name, state, payable_cents, currency
        from invoice where seller_key = $3 and preceding_number = $5 and id <> $1
        union all
        select id, 'order', unit_id, seller_name, number, file_name, state, payable_cents, currency
        from invoice where seller_key = $3 and order_reference = $6 and id <> $1 and direction = 'incoming'
    ) related order by why, id limit 60";

fn related(row: &Row) -> Result<Related> {
    let why = match row.text("why")?.as_str() {
        "corrects" => "corrects",
        "corrects_by" => "corrects_by",
        "credits" => "credits",
        "credits_by" => "credits_by",
        "partial" | "partial_by" => "partial",
        "duplicate" => "duplicate",
        "preceding" => "preceding",
        "following" => "following",
        "order" => "order",
        _ => "related",
    };
    let link = match row.text("why")?.as_str() {
        "corrects" => Some(("corrects", false)),
        "corrects_by" => Some(("corrects", true)),
        "credits" => Some(("credits", false)),
        "credits_by" => Some(("credits", true)),
        "partial" => Some(("partial", false)),
        "partial_by" => Some(("partial", true)),
        _ => None,
    };
    let caption = match (row.optional_text("seller_name")?, row.optional_text("number")?) {
        (Some(seller), Some(number)) => format!("{seller}, {number}"),
        (Some(name), None) | (None, Some(name)) => name,
        (None, None) => row.text("file_name")?,
    };
    Ok(Related {
        id: row.text("id")?,
        why,
        link,
        caption,
        state: State::find(&row.text("state")?),
        payable_cents: row.optional_int("payable_cents")?,
        currency: row.optional_text("currency")?,
    })
}

/// Whatever of other invoices is shown beside this one, is of those that the reader may see, too.
async fn read(tx: &mut Tx, id: &InvoiceId, reader: &Decider) -> Result<Option<Loaded>> {
    let Some(row) = InvoiceRow::load(tx, id).await? else { return Ok(None) };
    let Some(subject) = Subject::load(tx, id).await? else { return Ok(None) };
    let earlier = match &row.seller_key {
        Some(seller) => codings::earlier(tx, seller, id).await?,
        None => Vec::new(),
    };
    let earlier: Vec<_> = earlier.into_iter().filter(|one| may(&reader.principal, SEE, one.unit.as_deref())).collect();
    let now = Now {
        received: crate::day_of(row.received_at),
        order_reference: row.order_reference.as_deref(),
        unit: row.unit_id.as_deref(),
    };
    let mut codes = Vec::new();
    for list in CodeList::ALL {
        codes.push((list, codings::codes(tx, list).await?));
    }
    let other = args![
        id.as_str(),
        row.duplicate_of.as_ref().map(InvoiceId::as_str),
        &row.seller_key,
        &row.preceding_number,
        &row.number,
        &row.order_reference,
    ];
    let mut beside = Vec::new();
    for one in &tx.all(RELATED, &other).await? {
        if may(&reader.principal, SEE, one.optional_text("unit_id")?.as_deref()) {
            beside.push(related(one)?);
        }
    }
    let year = row.issue_date.map_or(crate::day_of(row.received_at).year(), |date| date.year());
    Ok(Some(Loaded {
        settings: Settings::load(tx).await?,
        lines: codings::lines(tx, id).await?,
        suggestions: suggest(now, &earlier),
        codes,
        history: history::of(tx, reader, &row).await?,
        files: original::files(tx, id).await?,
        findings: original::findings(tx, id).await?,
        related: beside,
        reductions: reduction::store::parts(tx, id).await?,
        order: subject.order,
        resolved_on: codings::resolved_on(tx, i64::from(year)).await?,
        today: crate::day_of(tx.now()),
        unread: note::has_unread(tx, reader.principal.person.as_str(), id.as_str()).await?,
        row,
        subject,
    }))
}

/// The row of an invoice that this person may see; anything else is not found.
pub(crate) async fn row(caller: &Caller, id: &InvoiceId) -> std::result::Result<InvoiceRow, AppError> {
    let wanted = id.clone();
    let row = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx| Box::pin(async move { InvoiceRow::load(tx, &wanted).await }))
        .await
        .map_err(|error: vir_store::Error| AppError::from(error))?;
    row.filter(|row| may_see(caller, row.unit_id.as_deref())).ok_or_else(not_found)
}

/// Everything about an invoice that this person may see; anything else is not found.
pub(crate) async fn loaded(caller: &Caller, id: &InvoiceId) -> std::result::Result<Loaded, AppError> {
    let (wanted, reader) = (id.clone(), decider(caller).await?);
    let mut loaded = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx| Box::pin(async move { read(tx, &wanted, &reader).await }))
        .await
        .map_err(|error: vir_store::Error| AppError::from(error))?
        .filter(|loaded| may_see(caller, loaded.row.unit_id.as_deref()))
        .ok_or_else(not_found)?;
    loaded.related.dedup_by(|a, b| a.id == b.id && a.why == b.why);
    Ok(loaded)
}

pub(crate) fn may_see(caller: &Caller, unit: Option<&str>) -> bool {
    may(&caller.principal, SEE, unit)
}

pub(crate) fn not_found() -> AppError {
    AppError::not_found(vir_core::Text::new("diese Rechnung", "this invoice"))
}

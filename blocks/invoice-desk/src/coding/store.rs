//! Where codings are kept, and what earlier invoices teach.
//!
//! Invariant: lines are only added, under the version of the decision that made them; the set with the highest version
//! counts.

use jiff::civil::Date;
use vir_store::{Result, Tx, args};

use super::line::{Line, Target, Tax};
use super::suggest::Earlier;
use crate::invoice_row::InvoiceId;

const LINES: &str = "select cost_centre, account, product, investment, tax, amount_cents, note from coding_line
    where invoice_id = $1 and version = (select max(version) from coding_line where invoice_id = $1)
    order by position";
const KEEP: &str = "insert into coding_line
    (invoice_id, version, position, cost_centre, account, product, investment, tax, amount_cents, note)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const EARLIER: &str = "select i.id as id, i.received_at as received_at, i.order_reference as order_reference,
    i.unit_id as unit_id, l.cost_centre as cost_centre, l.account as account, l.product as product,
    l.investment as investment, l.tax as tax, l.amount_cents as amount_cents
    from (select id, received_at, order_reference, unit_id from invoice
          where seller_key = $1 and id <> $2 and direction = 'incoming' and state not in ('received', 'quarantined')
          order by id desc limit 40) i
    join coding_line l on l.invoice_id = i.id
      and l.version = (select max(version) from coding_line where invoice_id = i.id)
    order by i.id desc, l.position";

/// The lines of an invoice's coding; none where it was not coded yet.
///
/// # Errors
/// Where the store fails.
pub async fn lines(tx: &mut Tx, invoice: &InvoiceId) -> Result<Vec<Line>> {
    let rows = tx.all(LINES, &args![invoice.as_str()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Line { target: target(row)?, amount_cents: row.int("amount_cents")?, note: row.optional_text("note")? })
        })
        .collect()
}

fn target(row: &vir_store::Row) -> Result<Target> {
    Ok(Target {
        cost_centre: row.text("cost_centre")?,
        account: row.text("account")?,
        product: row.text("product")?,
        investment: row.optional_text("investment")?,
        tax: Tax::parse(&row.text("tax")?).unwrap_or_default(),
    })
}

/// Keeps a new set of lines.
pub(crate) async fn keep(tx: &mut Tx, invoice: &InvoiceId, version: i64, lines: &[Line]) -> Result<()> {
    for (position, line) in (1_i64..).zip(lines) {
        let Line { target, amount_cents, note } = line;
        let values = args![
            invoice.as_str(),
            version,
            position,
            &target.cost_centre,
            &target.account,
            &target.product,
            &target.investment,
            target.tax.code(),
            *amount_cents,
            note,
        ];
        tx.execute(KEEP, &values).await?;
    }
    Ok(())
}

/// How the last invoices of a seller were coded, the newest first.
///
/// # Errors
/// Where the store fails.
pub async fn earlier(tx: &mut Tx, seller_key: &str, besides: &InvoiceId) -> Result<Vec<Earlier>> {
    let rows = tx.all(EARLIER, &args![seller_key, besides.as_str()]).await?;
    let mut found: Vec<(String, Earlier)> = Vec::new();
    for row in &rows {
        let id = row.text("id")?;
        if found.last().is_none_or(|(last, _)| *last != id) {
            let invoice = Earlier {
                received: crate::day_of(row.time("received_at")?),
                order_reference: row.optional_text("order_reference")?,
                unit: row.optional_text("unit_id")?,
                lines: Vec::new(),
            };
            found.push((id, invoice));
        }
        if let Some((_, invoice)) = found.last_mut() {
            invoice.lines.push((target(row)?, row.int("amount_cents")?));
        }
    }
    Ok(found.into_iter().map(|(_, invoice)| invoice).collect())
}

/// What may be used in a coding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The code.
    pub code: String,
    /// What it means.
    pub name: String,
    /// May it be used in new codings?
    pub active: bool,
}

/// A list of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodeList {
    /// Cost centres.
    CostCentre,
    /// Accounts.
    Account,
    /// Products.
    Product,
    /// Investments.
    Investment,
}

impl CodeList {
    /// All lists.
    pub const ALL: [Self; 4] = [Self::CostCentre, Self::Account, Self::Product, Self::Investment];

    /// As it is stored, and in addresses.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::CostCentre => "cost_centre",
            Self::Account => "account",
            Self::Product => "product",
            Self::Investment => "investment",
        }
    }

    /// Reads [`CodeList::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.code() == code)
    }

    /// What people call one of them.
    #[must_use]
    pub fn name(self) -> vir_core::Phrase {
        match self {
            Self::CostCentre => vir_core::Phrase::new("Kostenstelle", "Cost centre"),
            Self::Account => vir_core::Phrase::new("Sachkonto", "Account"),
            Self::Product => vir_core::Phrase::new("Produkt", "Product"),
            Self::Investment => vir_core::Phrase::new("Investition", "Investment"),
        }
    }

    /// What people call the list.
    #[must_use]
    pub fn plural(self) -> vir_core::Phrase {
        match self {
            Self::CostCentre => vir_core::Phrase::new("Kostenstellen", "Cost centres"),
            Self::Account => vir_core::Phrase::new("Sachkonten", "Accounts"),
            Self::Product => vir_core::Phrase::new("Produkte", "Products"),
            Self::Investment => vir_core::Phrase::new("Investitionen", "Investments"),
        }
    }
}

/// The codes of a list, in their order.
///
/// # Errors
/// Where the store fails.
pub async fn codes(tx: &mut Tx, list: CodeList) -> Result<Vec<Code>> {
    let sql = "select code, name, active from coding_code where kind = $1 order by code";
    let rows = tx.all(sql, &args![list.code()]).await?;
    rows.iter()
        .map(|row| Ok(Code { code: row.text("code")?, name: row.text("name")?, active: row.bool("active")? }))
        .collect()
}

/// Adds a code, or changes its name and whether it may be used.
///
/// # Errors
/// Where the store fails.
pub async fn save_code(tx: &mut Tx, list: CodeList, code: &Code) -> Result<()> {
    let sql = "insert into coding_code (kind, code, name, active) values ($1, $2, $3, $4)
        on conflict ({t}kind, code) do update set name = excluded.name, active = excluded.active";
    tx.execute(sql, &args![list.code(), &code.code, &code.name, code.active]).await?;
    Ok(())
}

/// When the council resolved the annual accounts of a year, where it is recorded.
///
/// # Errors
/// Where the store fails.
pub async fn resolved_on(tx: &mut Tx, year: i64) -> Result<Option<Date>> {
    let row = tx.optional("select resolved_on from annual_accounts where year = $1", &args![year]).await?;
    row.map(|row| row.date("resolved_on")).transpose()
}

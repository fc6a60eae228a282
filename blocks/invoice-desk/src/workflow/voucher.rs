//! Voucher numbers (*Belegnummern*): unique and without gaps in each financial year (`KomHKVO` § 38).
//!
//! A number is drawn in the transaction of the order, from a counter row of the tenant and the year. The row stays
//! locked until that transaction ends, so numbers are given one after the other, and a transaction that does not end
//! well gives its number back. A sequence of the database would be faster and leave gaps.
//!
//! Invariant: the numbers of a year are 1 to the counter's value, each with exactly one invoice.

use std::fmt;

use vir_store::{Result, Tx, args};

use crate::invoice_row::InvoiceId;

/// A voucher number: `2026-000042`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Voucher {
    /// The financial year, which is the calendar year (§ 112 (4) `NKomVG`).
    pub year: i64,
    /// The number in it, from 1.
    pub number: i64,
}

impl fmt::Display for Voucher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:06}", self.year, self.number)
    }
}

const COUNT: &str = "insert into voucher_counter (year, last) values ($1, 1)
    on conflict ({t}year) do update set last = voucher_counter.last + 1 returning last";
const KEEP: &str = "insert into voucher (year, number, invoice_id, drawn_at) values ($1, $2, $3, $4)";
const FIND: &str = "select year, number from voucher where invoice_id = $1";

/// Draws the next number of a year for an invoice; an invoice that has one keeps it.
pub(super) async fn draw(tx: &mut Tx, year: i64, invoice: &InvoiceId) -> Result<Voucher> {
    if let Some(row) = tx.optional(FIND, &args![invoice.as_str()]).await? {
        return Ok(Voucher { year: row.int("year")?, number: row.int("number")? });
    }
    let number = tx.one(COUNT, &args![year]).await?.int("last")?;
    tx.execute(KEEP, &args![year, number, invoice.as_str(), tx.now()]).await?;
    Ok(Voucher { year, number })
}

/// Does the invariant hold? The years in which it does not.
///
/// # Errors
/// Where the store fails.
pub async fn gaps(tx: &mut Tx) -> Result<Vec<i64>> {
    let sql = "select c.year as year from voucher_counter c left join voucher v on v.year = c.year
        group by c.year, c.last
        having count(distinct v.number) <> c.last or min(v.number) <> 1 or max(v.number) <> c.last";
    tx.all(sql, &[]).await?.iter().map(|row| row.int("year")).collect()
}

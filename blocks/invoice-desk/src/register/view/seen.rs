//! What somebody looked at last, so that they find it again.
//!
//! Invariant: nobody but the person sees it, and it is no evidence: what counts is in the audit log.

use vir_auth::Principal;
use vir_store::{Result, Tx, args};
use vir_web::Caller;

use crate::access::may;
use crate::invoice_row::InvoiceId;
use crate::permissions::SEE;

/// How many are kept.
const KEPT: i64 = 20;
/// How many are shown.
const SHOWN: i64 = 10;

/// An invoice that was looked at.
#[derive(Debug, Clone)]
pub struct Seen {
    pub id: String,
    pub seller: String,
    pub number: Option<String>,
}

/// Notes that the caller looks at an invoice. That it cannot be noted is no reason not to show it.
pub(crate) async fn note(caller: &Caller, invoice: &InvoiceId) {
    let (person, id) = (caller.principal.person.as_str().to_owned(), invoice.0.clone());
    let (store, tenant) = (&caller.app.store, &caller.principal.tenant);
    let (of, wanted) = (person.clone(), id.clone());
    let last = store.read(tenant, move |tx: &mut Tx| Box::pin(async move { is_last(tx, &of, &wanted).await }));
    match last.await {
        // Whoever works on an invoice comes back to it after each step: that is one look.
        Ok(true) => {}
        Ok(false) => {
            let kept = store.write(tenant, move |tx: &mut Tx| Box::pin(async move { keep(tx, &person, &id).await }));
            if let Err(error) = kept.await {
                tracing::warn!(%error, "what was looked at could not be noted");
            }
        }
        Err(error) => tracing::warn!(%error, "what was looked at could not be read"),
    }
}

async fn is_last(tx: &mut Tx, person: &str, id: &str) -> Result<bool> {
    const LAST: &str = "select invoice_id from invoice_seen where person_id = $1 order by at desc limit 1";
    let row = tx.optional(LAST, &args![person]).await?;
    Ok(row.map(|row| row.text("invoice_id")).transpose()?.as_deref() == Some(id))
}

async fn keep(tx: &mut Tx, person: &str, id: &str) -> Result<()> {
    const KEEP: &str = "insert into invoice_seen (person_id, invoice_id, at) values ($1, $2, $3)
        on conflict ({t}person_id, invoice_id) do update set at = excluded.at";
    const FORGET: &str = "delete from invoice_seen where person_id = $1 and at < (select min(newest.at) from
        (select at from invoice_seen where person_id = $1 order by at desc limit $2) as newest)";
    tx.execute(KEEP, &args![person, id, tx.now()]).await?;
    tx.execute(FORGET, &args![person, KEPT]).await?;
    Ok(())
}

/// What a person looked at last and may still see, the latest first.
pub async fn last(tx: &mut Tx, principal: &Principal) -> Result<Vec<Seen>> {
    const SEEN: &str = "select invoice.id, seller_name, number, file_name, unit_id from invoice_seen
        join invoice on invoice.id = invoice_seen.invoice_id where person_id = $1 order by at desc limit $2";
    let mut found = Vec::new();
    for row in tx.all(SEEN, &args![principal.person.as_str(), SHOWN]).await? {
        if may(principal, SEE, row.optional_text("unit_id")?.as_deref()) {
            let seller = row.optional_text("seller_name")?;
            let seller = if let Some(seller) = seller { seller } else { row.text("file_name")? };
            found.push(Seen { id: row.text("id")?, seller, number: row.optional_text("number")? });
        }
    }
    Ok(found)
}

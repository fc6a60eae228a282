//! A seller's account that differs from all earlier ones: the commonest fraud with invoices is a letter
//! that says "our bank details have changed".
//!
//! Invariant: to an account that a known seller never had before, nothing is paid until a person has
//! confirmed it and said how.

use vir_auth::Principal;
use vir_store::{Tx, args};

use super::error::HandOverError;
use super::run::{record, refused};
use crate::invoice_row::InvoiceRow;

/// Does the seller have paid invoices, none of them to this account, and has nobody confirmed it?
///
/// # Errors
/// The store's.
pub async fn is_new_account(tx: &mut Tx, row: &InvoiceRow) -> Result<bool, HandOverError> {
    Ok(!earlier_accounts(tx, row).await?.is_empty())
}

/// The accounts that the seller had before, where this one is new and unconfirmed; otherwise nothing.
///
/// # Errors
/// The store's.
pub async fn earlier_accounts(tx: &mut Tx, row: &InvoiceRow) -> Result<Vec<String>, HandOverError> {
    let (Some(seller), Some(iban)) = (&row.seller_key, &row.iban) else { return Ok(Vec::new()) };
    let sql = "select distinct iban from invoice where seller_key = $1 and iban is not null and direction = 'incoming' \
               and state in ('handed_over', 'paid', 'closed') and id <> $2 order by iban limit 20";
    let mut earlier = Vec::new();
    for found in tx.all(sql, &args![seller, row.id.as_str()]).await? {
        earlier.push(found.text("iban")?);
    }
    if earlier.iter().any(|known| known == iban) {
        return Ok(Vec::new());
    }
    let confirmed = "select confirmed_at from payee_confirmation where seller_key = $1 and iban = $2";
    if tx.optional(confirmed, &args![seller, iban]).await?.is_some() {
        return Ok(Vec::new());
    }
    Ok(earlier)
}

/// A person has made sure, for example by calling the number from the contract.
///
/// # Errors
/// Where no reason is given.
pub async fn confirm(
    tx: &mut Tx,
    principal: &Principal,
    seller: &str,
    iban: &str,
    reason: &str,
) -> Result<(), HandOverError> {
    if reason.chars().filter(|c| c.is_alphanumeric()).count() < 8 {
        return Err(refused(
            "Bitte schreiben Sie, wie Sie die neue Bankverbindung geprüft haben (zum Beispiel Rückruf unter der bekannten Nummer).",
            "Please say how you made sure of the new bank details (for example a call to the known number).",
        ));
    }
    let now = tx.now();
    tx.execute(
        "insert into payee_confirmation (seller_key, iban, confirmed_at, confirmed_by, confirmed_by_name, reason) \
         values ($1, $2, $3, $4, $5, $6) on conflict ({t}seller_key, iban) do nothing",
        &args![seller, iban, now, &principal.person, &principal.name, reason.trim()],
    )
    .await?;
    let detail = serde_json::json!({ "iban": iban, "reason": reason.trim() });
    record(tx, principal, "payee.confirm", seller, &detail);
    Ok(())
}

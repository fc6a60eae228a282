//! The tenant's own bank accounts, from which it pays.

use serde::Deserialize;
use vir_auth::Principal;
use vir_core::Text;
use vir_store::{Row, Tx, args, new_id};

use super::error::HandOverError;
use super::iban::Iban;
use super::run::{record, refused};
use super::sepa_text::sepa_text;

/// An account of the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnAccount {
    /// Its id.
    pub id: String,
    /// The holder.
    pub name: String,
    /// The account.
    pub iban: Iban,
    /// BIC, where the bank wants it.
    pub bic: Option<String>,
    /// One booking for a whole run on the statement.
    pub batch_booking: bool,
    /// A second person releases each run.
    pub two_persons: bool,
}

/// What a person says of an account.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct AccountForm {
    /// The holder.
    pub name: String,
    /// The account.
    pub iban: String,
    /// BIC.
    #[serde(default)]
    pub bic: String,
    /// `on`, or nothing.
    #[serde(default)]
    pub batch_booking: Option<String>,
    /// `on`, or nothing.
    #[serde(default)]
    pub two_persons: Option<String>,
}

/// The accounts that are in use.
///
/// # Errors
/// The store's.
pub async fn accounts(tx: &mut Tx) -> Result<Vec<OwnAccount>, HandOverError> {
    let sql = "select id, name, iban, bic, batch_booking, two_persons from payment_account where active order by id";
    tx.all(sql, &[]).await?.iter().map(read).collect()
}

/// One account.
///
/// # Errors
/// Where there is none of this id.
pub async fn account(tx: &mut Tx, id: &str) -> Result<OwnAccount, HandOverError> {
    let sql = "select id, name, iban, bic, batch_booking, two_persons from payment_account where active and id = $1";
    match tx.optional(sql, &args![id]).await? {
        Some(row) => read(&row),
        None => Err(HandOverError::NotFound(Text::new(
            "Bitte ein Konto wählen, von dem gezahlt wird.",
            "Please choose the account to pay from.",
        ))),
    }
}

fn read(row: &Row) -> Result<OwnAccount, HandOverError> {
    let iban = row.text("iban")?;
    Ok(OwnAccount {
        id: row.text("id")?,
        name: row.text("name")?,
        iban: iban.parse().map_err(|_| {
            refused("Die IBAN eines eigenen Kontos ist ungültig.", "The IBAN of an own account is invalid.")
        })?,
        bic: row.optional_text("bic")?,
        batch_booking: row.bool("batch_booking")?,
        two_persons: row.bool("two_persons")?,
    })
}

/// Adds an account.
///
/// # Errors
/// Where the IBAN is wrong or the name is missing.
pub async fn add_account(tx: &mut Tx, principal: &Principal, form: &AccountForm) -> Result<String, HandOverError> {
    let iban: Iban = form.iban.parse().map_err(|error: super::IbanError| HandOverError::Refused(error.text()))?;
    if sepa_text(&form.name, 70).is_empty() {
        return Err(refused("Der Kontoinhaber fehlt.", "The holder of the account is missing."));
    }
    let id = new_id(tx.now());
    let bic = Some(form.bic.trim()).filter(|bic| !bic.is_empty()).map(str::to_ascii_uppercase);
    tx.execute(
        "insert into payment_account (id, name, iban, bic, batch_booking, two_persons, active) \
         values ($1, $2, $3, $4, $5, $6, $7)",
        &args![
            &id,
            form.name.trim(),
            iban.as_str(),
            bic,
            form.batch_booking.is_some(),
            form.two_persons.is_some(),
            true
        ],
    )
    .await?;
    record(tx, principal, "payment_account.add", &id, &serde_json::json!({ "iban": iban.masked() }));
    Ok(id)
}

/// Takes an account out of use; runs keep what they said.
///
/// # Errors
/// The store's.
pub async fn retire_account(tx: &mut Tx, principal: &Principal, id: &str) -> Result<(), HandOverError> {
    tx.execute("update payment_account set active = $2 where id = $1", &args![id, false]).await?;
    record(tx, principal, "payment_account.retire", id, &serde_json::json!({}));
    Ok(())
}

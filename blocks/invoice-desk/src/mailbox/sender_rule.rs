//! What people decided about all mails of a sender: always take them in, or never.
//!
//! Sender's addresses are easily forged, so a rule saves work and opens no door: what is taken in *always* is an
//! invoice that has to be coded, certified and ordered like any other; what comes *never* is stored like any other mail
//! and can be brought back.
//!
//! Invariant: a rule changes what is done with a mail, never whether it is kept.

use vir_core::Phrase;
use vir_mail::Address;
use vir_store::{Result, Tx, args};

/// A rule for a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SenderRule {
    /// What its mails bring is taken in, also where nothing looks like an invoice.
    Always,
    /// Its mails are put away at once.
    Never,
}

impl SenderRule {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Always, Self::Never];

    /// As it is stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Never => "never",
        }
    }

    /// Reads [`SenderRule::code`].
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// For people.
    #[must_use]
    pub fn text(self) -> Phrase {
        match self {
            Self::Always => Phrase::new(
                "Anlagen dieses Absenders immer als Rechnung annehmen",
                "Always take this sender's attachments for invoices",
            ),
            Self::Never => {
                Phrase::new("E-Mails dieses Absenders künftig gleich verwerfen", "Discard this sender's mails at once")
            }
        }
    }
}

/// The address as it is compared.
fn key(sender: Option<&str>) -> Option<String> {
    Some(Address::new(sender?).ok()?.key())
}

/// The rule for a sender, if there is one.
///
/// # Errors
/// Where the store fails.
pub async fn of(tx: &mut Tx, sender: Option<&str>) -> Result<Option<SenderRule>> {
    let Some(key) = key(sender) else { return Ok(None) };
    let row = tx.optional("select rule from mail_sender where sender = $1", &args![key]).await?;
    Ok(row.map(|row| row.text("rule")).transpose()?.as_deref().and_then(SenderRule::find))
}

/// Sets a rule, or removes it; false where the mail has no sender.
///
/// # Errors
/// Where the store fails.
pub async fn set(tx: &mut Tx, sender: Option<&str>, rule: Option<SenderRule>, by: &str) -> Result<bool> {
    let Some(key) = key(sender) else { return Ok(false) };
    match rule {
        Some(rule) => {
            let sql = "insert into mail_sender (sender, rule, at, by_name) values ($1, $2, $3, $4)
                on conflict ({t}sender) do update set rule = excluded.rule, at = excluded.at, by_name = excluded.by_name";
            tx.execute(sql, &args![key, rule.code(), tx.now(), by]).await?;
        }
        None => {
            tx.execute("delete from mail_sender where sender = $1", &args![key]).await?;
        }
    }
    Ok(true)
}

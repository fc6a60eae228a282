//! Mails that people write at the desk: a question to the supplier, the notice of a rejection.
//!
//! The conversation tells of them (`invoice.query`, `invoice.notice`); here they become letters. The
//! answer comes back by the tag in the address, or by what it refers to.
//!
//! Invariant: one entry of the conversation, one mail, however often its event is told.

use vir_mail::Address;
use vir_mail::smtp::Standing;
use vir_web::{EventCall, Subscription, WorkError};

use super::account::Account;
use super::outbox::{self, Letter};

/// Turns entries of the conversation into letters.
pub const LETTERS: Subscription = Subscription {
    name: "invoice-desk.letters",
    events: &["invoice.query", "invoice.notice"],
    handle: |call| Box::pin(handle(call)),
};

async fn handle(call: EventCall) -> Result<(), WorkError> {
    let text = |name: &str| call.payload[name].as_str().unwrap_or_default().to_owned();
    let Ok(to) = Address::new(&text("to")) else {
        return Err(WorkError::hopeless("the supplier has no mail address"));
    };
    let accounts = call.app.store.read(&call.tenant, |tx| Box::pin(Account::all(tx))).await?;
    // The first that sends: whoever has several says by the address which is the main one.
    let Some(account) = accounts.into_iter().find(|account| account.active && !account.smtp.0.is_empty()) else {
        return Err(WorkError::later("no mailbox is set up that sends"));
    };
    let query = call.kind == "invoice.query";
    let letter = Letter {
        key: format!("comment/{}", text("comment_id")),
        kind: if query { "query" } else { "rejection" },
        to,
        subject: text("subject"),
        text: text("text"),
        answered: None,
        thread: None,
        mail: None,
        invoice: Some(text("invoice_id")),
        standing: Standing::Personal,
        attachments: Vec::new(),
        unsubscribe: None,
    };
    let prepared = outbox::prepare(&call.app.store, &call.tenant, &account, letter)
        .await
        .map_err(|error| WorkError::later(error.to_string()))?;
    call.app.store.write(&call.tenant, move |tx| Box::pin(async move { outbox::queue(tx, prepared).await })).await?;
    Ok(())
}

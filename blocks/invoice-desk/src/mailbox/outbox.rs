//! Mails that go out.
//!
//! A mail is composed once and its bytes are kept. The row that names them and the job that sends them
//! are written in the transaction of whatever the mail tells, so none is lost. One may arrive twice
//! only where the server took it and we died before we could note it: [`vir_mail::smtp`] says why.
//!
//! Invariant: one key, one mail; whoever queues a second one under the same key changes nothing.

use serde_json::json;
use vir_mail::Address;
use vir_mail::message::Header;
use vir_mail::smtp::{Answer, Attachment, Composed, Outcome, Outgoing, Sender, Standing, compose};
use vir_store::{Job, Store, TenantId, Tx, args, new_id};
use vir_web::{JobCall, JobHandler, WorkError};

use super::account::Account;
use super::{MailboxError, Sealer, oauth};

/// The kind of the job that sends a mail.
pub const JOB: &str = "invoice-desk.mail";

/// Sends one mail.
pub const SEND: JobHandler = JobHandler { kind: JOB, run: |call| Box::pin(run(call)) };

/// The tag in the address of our mails: `rechnung+q-TOKEN@…`.
const TAG: &str = "q-";

/// A mail to be written.
#[derive(Debug, Clone)]
pub struct Letter {
    /// What makes it the same mail.
    pub key: String,
    /// answer, query, rejection, notice, digest.
    pub kind: &'static str,
    /// To whom.
    pub to: Address,
    /// About what.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The `Message-ID` of what it answers.
    pub answered: Option<String>,
    /// The thread that it belongs to.
    pub thread: Option<String>,
    /// The mail that it answers.
    pub mail: Option<String>,
    /// The invoice that it is about: answers go to its conversation.
    pub invoice: Option<String>,
    /// Who is behind it.
    pub standing: Standing,
    /// Files that go along.
    pub attachments: Vec<Attachment>,
    /// Where its reader ends these mails.
    pub unsubscribe: Option<String>,
}

/// A composed mail, whose bytes are stored already.
#[derive(Debug, Clone)]
pub struct Prepared {
    id: String,
    letter: Letter,
    mailbox: String,
    message_id: String,
    token: String,
    blob: String,
}

/// Composes a mail and stores its bytes; nothing is sent before [`queue`].
///
/// # Errors
/// Where the mailbox has no address, or the store does not work.
pub async fn prepare(
    store: &Store,
    tenant: &TenantId,
    account: &Account,
    letter: Letter,
) -> Result<Prepared, MailboxError> {
    let now = store.clock().now();
    let id = new_id(now);
    let from = account.sender().ok_or(MailboxError::Settings("the mailbox has no address"))?;
    // The random half of a UUIDv7: nobody guesses it, and it says nothing.
    let token: String = id.chars().rev().filter(char::is_ascii_hexdigit).take(16).collect();
    let message_id = format!("{id}@{}", from.domain());
    let references = letter.thread.iter().filter(|thread| thread.contains('@')).cloned().collect();
    let composed = compose(&Outgoing {
        reply_to: letter.invoice.is_some().then(|| from.tagged(&format!("{TAG}{token}"))),
        from,
        to: letter.to.clone(),
        subject: letter.subject.clone(),
        text: letter.text.clone(),
        attachments: letter.attachments.clone(),
        answer: Answer { to: letter.answered.clone(), references },
        standing: letter.standing,
        message_id: message_id.clone(),
        date: now.as_second(),
        unsubscribe: letter.unsubscribe.clone(),
    })?;
    let blob = store.blobs().put(tenant, composed.bytes).await?;
    Ok(Prepared { id, letter, mailbox: account.id.clone(), message_id, token, blob: blob.as_str().to_owned() })
}

/// Puts a mail into the outbox; false where one with its key is there already.
pub async fn queue(tx: &mut Tx, prepared: Prepared) -> Result<bool, vir_store::Error> {
    let Prepared { id, letter, mailbox, message_id, token, blob } = prepared;
    let new = tx
        .execute(
            "insert into mail_out (id, unique_key, kind, mailbox_id, to_address, to_key, subject, message_id, token, thread,
                mail_id, invoice_id, blob, state, attempts, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'waiting', 0, $14)
             on conflict ({t}unique_key) do nothing",
            &args![
                &id,
                &letter.key,
                letter.kind,
                &mailbox,
                letter.to.to_string(),
                letter.to.key(),
                &letter.subject,
                &message_id,
                &token,
                &letter.thread,
                &letter.mail,
                &letter.invoice,
                &blob,
                tx.now()
            ],
        )
        .await?;
    if new == 1 {
        tx.enqueue(Job::now(JOB, json!({ "id": &id })).keyed(id)).await?;
    }
    Ok(new == 1)
}

async fn run(call: JobCall) -> Result<(), WorkError> {
    let id = call.payload["id"].as_str().ok_or_else(|| WorkError::hopeless("a job without a mail"))?.to_owned();
    send(&call.app.store, &Sealer::of(&call.app), &call.tenant, &id).await
}

/// Makes one attempt to send a mail.
///
/// # Errors
/// Where it should be tried again.
pub async fn send(store: &Store, sealer: &Sealer, tenant: &TenantId, id: &str) -> Result<(), WorkError> {
    let key = id.to_owned();
    let found = store
        .write(tenant, move |tx| {
            Box::pin(async move {
                let sql = "select mailbox_id, to_address, blob, state from mail_out where id = $1";
                let Some(row) = tx.optional(sql, &args![&key]).await? else { return Ok(None) };
                if !matches!(&*row.text("state")?, "waiting" | "sending") {
                    return Ok(None);
                }
                let account = Account::load(tx, &row.text("mailbox_id")?).await?;
                tx.execute(
                    "update mail_out set state = 'sending', attempts = attempts + 1 where id = $1",
                    &args![&key],
                )
                .await?;
                Ok::<_, vir_store::Error>(Some((account, row.text("to_address")?, row.text("blob")?)))
            })
        })
        .await?;
    let Some((account, to, blob)) = found else { return Ok(()) };
    let outcome = match attempt(store, sealer, tenant, account, to, &blob).await {
        Ok(outcome) => outcome,
        Err(error) => Outcome::Later(error.to_string()),
    };
    let (state, trouble, again) = match outcome {
        Outcome::Accepted(_) => ("sent", None, None),
        Outcome::Refused(said) => ("refused", Some(said), None),
        Outcome::Later(said) | Outcome::Unknown(said) => ("waiting", Some(said.clone()), Some(said)),
    };
    let key = id.to_owned();
    store
        .write(tenant, move |tx| {
            Box::pin(async move {
                let sent = (state == "sent").then(|| tx.now());
                let sql = "update mail_out set state = $2, trouble = $3, sent_at = $4 where id = $1";
                tx.execute(sql, &args![&key, state, &trouble, sent]).await?;
                Ok::<_, vir_store::Error>(())
            })
        })
        .await?;
    again.map_or(Ok(()), |said| Err(WorkError::later(said)))
}

async fn attempt(
    store: &Store,
    sealer: &Sealer,
    tenant: &TenantId,
    account: Option<Account>,
    to: String,
    blob: &str,
) -> Result<Outcome, MailboxError> {
    let Some(account) = account else { return Ok(Outcome::Refused("the mailbox is gone".to_owned())) };
    let Some(relay) = account.relay()? else { return Ok(Outcome::Refused("the mailbox does not send".to_owned())) };
    let login = oauth::login(store, tenant, &account, sealer)?;
    let login = (!account.user.is_empty()).then_some(&login);
    let bytes = store.blobs().get(tenant, &blob.parse()?).await?;
    let sender = Sender::new(&relay, login).await?;
    Ok(sender.send(&Composed { from: account.address, to, bytes: bytes.to_vec() }).await)
}

/// Sends whatever waits, now; for tests and for the command line.
pub async fn send_all(store: &Store, sealer: &Sealer, tenant: &TenantId) -> Result<usize, vir_store::Error> {
    let waiting = store
        .read(tenant, |tx| {
            Box::pin(async move {
                let rows =
                    tx.all("select id from mail_out where state in ('waiting', 'sending') order by id", &[]).await?;
                rows.iter().map(|row| row.text("id")).collect::<Result<Vec<_>, vir_store::Error>>()
            })
        })
        .await?;
    let mut sent = 0;
    for id in waiting {
        sent += usize::from(send(store, sealer, tenant, &id).await.is_ok());
    }
    Ok(sent)
}

/// The invoice in whose conversation a mail belongs: by the tag in its address, else by what it answers.
pub(super) async fn conversation(
    store: &Store,
    tenant: &TenantId,
    header: &Header,
) -> Result<Option<String>, vir_store::Error> {
    let tokens: Vec<String> =
        header.to.iter().filter_map(|to| Some(to.tag()?.strip_prefix(TAG)?.to_owned())).take(10).collect();
    let ancestors: Vec<String> = header.ancestors().take(20).map(str::to_owned).collect();
    store
        .read(tenant, move |tx| {
            Box::pin(async move {
                for (column, values) in [("token", tokens), ("message_id", ancestors)] {
                    for value in values {
                        let sql =
                            format!("select invoice_id from mail_out where {column} = $1 and invoice_id is not null");
                        if let Some(row) = tx.optional(sql, &args![value]).await? {
                            return row.optional_text("invoice_id");
                        }
                    }
                }
                Ok::<_, vir_store::Error>(None)
            })
        })
        .await
}

/// Notes that one of our mails came back; false where it is none of ours.
pub(super) async fn came_back(
    store: &Store,
    tenant: &TenantId,
    message_id: &str,
    said: &str,
) -> Result<bool, vir_store::Error> {
    let (message_id, said) = (message_id.to_owned(), said.chars().take(500).collect::<String>());
    store
        .write(tenant, move |tx| {
            Box::pin(async move {
                let sql = "update mail_out set state = 'returned', trouble = $2 where message_id = $1";
                Ok::<_, vir_store::Error>(tx.execute(sql, &args![&message_id, &said]).await? > 0)
            })
        })
        .await
}

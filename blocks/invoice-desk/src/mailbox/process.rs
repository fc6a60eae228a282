//! What becomes of a stored mail.
//!
//! Invariant: the mail's outcome, the conversation's new entry and the answer are committed together;
//! before that, only the intake has kept invoices, and it knows them again by their bytes.

use serde_json::json;
use vir_core::Severity;
use vir_mail::loop_guard::{Answered, Rates, permit};
use vir_mail::message::{Automatic, Mail, Nature, Obstacle};
use vir_store::{Entry, Store, TenantId, Tx, args};

use super::account::Account;
use super::answer::{self, Item, Outcome};
use super::keep::{MailRow, MailState, Reason};
use super::sender_rule::{self, SenderRule};
use super::sort::{self, Found};
use super::{MailboxError, outbox, quarantine};
use crate::conversation;
use crate::intake::{self, Received, original, workshop};
use crate::invoice::link;
use crate::invoice_row::{Channel, InvoiceId};

/// Processes a stored mail: its invoices go to the intake, its sender gets an answer.
///
/// # Errors
/// Where store or intake do not work; the mail stays as it is and is processed again.
pub async fn process(
    store: &Store,
    tenant: &TenantId,
    account: &Account,
    row: &MailRow,
    mail: &Mail<'_>,
) -> Result<MailRow, MailboxError> {
    if let Some(obstacle) = mail.obstacle.filter(|obstacle| obstacle.is_bound()) {
        let reason = match obstacle {
            Obstacle::TooLarge | Obstacle::TooMuchDecoded => Reason::Bomb,
            Obstacle::TooDeep => Reason::TooDeep,
            Obstacle::NoMessage => Reason::NoMessage,
            _ => Reason::TooManyParts,
        };
        return set_apart(store, tenant, account, row, reason).await;
    }
    if let Some(returned) = &mail.returned
        && outbox::came_back(store, tenant, returned, &mail.text).await?
    {
        return done(store, tenant, row, Done::silent(MailState::Processed, "bounce")).await;
    }
    let conversation = outbox::conversation(store, tenant, &mail.header).await?;
    let from = row.from_address.clone();
    let rule = store
        .read(tenant, move |tx: &mut Tx| Box::pin(async move { sender_rule::of(tx, from.as_deref()).await }))
        .await?;
    // Answers to our own questions are for those who asked, whatever was decided about the sender.
    if rule == Some(SenderRule::Never) && conversation.is_none() {
        return done(store, tenant, row, Done::silent(MailState::Discarded, "never")).await;
    }
    let today = crate::day_of(store.clock().now());
    let owned = owned(mail);
    let sorted = workshop()
        .run(move |checker| sort::sort(checker, &owned, today))
        .await
        .map_err(|_| intake::IntakeError::Reading)?;
    let mut items = Vec::new();
    for find in sorted.finds {
        let mut received = Received::new(Channel::Mail, find.name.clone(), find.bytes).with_files(find.beside);
        if let Some(from) = &row.from_address {
            received = received.from(from.clone());
        }
        if !mail.text.is_empty() {
            received = received.with_note(mail.text.chars().take(2000).collect::<String>());
        }
        let receipt = intake::receive(store, tenant, received).await?;
        items.push(item(store, tenant, row, find.part, find.name, receipt).await?);
    }
    let robot = !mail.nature.may_be_answered();
    let done_with = match sorted.found {
        Found::Invoices => Done::answered(Outcome::Received(items), account),
        Found::PicturesOnly => Done::answered(Outcome::PicturesOnly(items), account),
        Found::Broken => Done::answered(Outcome::Broken(items), account),
        Found::Bomb => Done::quarantined(Reason::Bomb, Outcome::TooMuch),
        Found::TooMany => Done::quarantined(Reason::TooMany, Outcome::TooMuch),
        Found::Nothing => match mail.obstacle {
            Some(Obstacle::Encrypted) => Done::quarantined(Reason::Encrypted, Outcome::Encrypted),
            Some(_) => Done::quarantined(Reason::Envelope, Outcome::Damaged),
            // The answer of a person to our question needs no invoice, and an out-of-office notice is nothing to look at.
            None if conversation.is_some() && !robot => Done::silent(MailState::Processed, "conversation"),
            None if matches!(mail.nature, Nature::Automatic(kind) if kind != Automatic::Generated && kind != Automatic::Unwanted) => {
                Done::silent(MailState::Processed, "automatic")
            }
            None if rule == Some(SenderRule::Always)
                && let Some((part, name, received)) = quarantine::anyway(row, mail) =>
            {
                let receipt = intake::receive(store, tenant, received).await?;
                let found = item(store, tenant, row, part, name, receipt).await?;
                Done::answered(Outcome::PicturesOnly(vec![found]), account)
            }
            None => Done::quarantined(Reason::NoInvoice, Outcome::Nothing),
        },
    };
    let done_with = Done { signed: mail.signed, conversation, text: mail.text.clone(), ..done_with };
    let done_with = with_answer(store, tenant, account, row, mail.nature, done_with).await?;
    done(store, tenant, row, done_with).await
}

/// A copy that can go to another thread.
fn owned(mail: &Mail<'_>) -> Mail<'static> {
    let parts = mail
        .parts
        .iter()
        .map(|part| vir_mail::message::Part {
            number: part.number.clone(),
            kind: part.kind,
            aside: part.aside,
            name: part.name.clone(),
            media_type: part.media_type.clone(),
            bytes: part.bytes.to_vec().into(),
            nested: part.nested,
        })
        .collect();
    Mail {
        header: mail.header.clone(),
        nature: mail.nature,
        parts,
        text: mail.text.clone(),
        signed: mail.signed,
        obstacle: mail.obstacle,
        returned: mail.returned.clone(),
    }
}

async fn item(
    store: &Store,
    tenant: &TenantId,
    row: &MailRow,
    part: String,
    name: String,
    receipt: intake::Receipt,
) -> Result<Item, MailboxError> {
    let (mail, id) = (row.id.clone(), receipt.id.clone());
    let (findings, earlier) = store
        .read(tenant, move |tx| {
            Box::pin(async move {
                let findings = original::findings(tx, &id).await?;
                let sql = "select count(*) as n from mail_invoice where invoice_id = $1 and mail_id <> $2";
                let earlier = tx.one(sql, &args![id.as_str(), &mail]).await?.int("n")?;
                Ok::<_, vir_store::Error>((findings, earlier))
            })
        })
        .await?;
    let findings = findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
    Ok(Item { part, name, again: receipt.again && earlier > 0, receipt, findings })
}

/// What is to be kept of a processed mail.
struct Done {
    state: MailState,
    reason: Option<Reason>,
    outcome: Option<Outcome>,
    answer: &'static str,
    out: Option<outbox::Prepared>,
    signed: bool,
    conversation: Option<String>,
    text: String,
}

impl Done {
    fn new(state: MailState, reason: Option<Reason>, outcome: Option<Outcome>, answer: &'static str) -> Self {
        Self { state, reason, outcome, answer, out: None, signed: false, conversation: None, text: String::new() }
    }

    fn silent(state: MailState, answer: &'static str) -> Self {
        Self::new(state, None, None, answer)
    }

    fn answered(outcome: Outcome, _account: &Account) -> Self {
        let code = outcome.code();
        Self::new(MailState::Processed, None, Some(outcome), code)
    }

    fn quarantined(reason: Reason, outcome: Outcome) -> Self {
        let code = outcome.code();
        Self::new(MailState::Quarantined, Some(reason), Some(outcome), code)
    }
}

/// Puts a mail into quarantine, and tells its sender where that helps.
pub(super) async fn set_apart(
    store: &Store,
    tenant: &TenantId,
    account: &Account,
    row: &MailRow,
    reason: Reason,
) -> Result<MailRow, MailboxError> {
    let outcome = match reason {
        Reason::TooLarge => Outcome::TooLarge,
        Reason::NoMessage | Reason::Failed => {
            return done(store, tenant, row, Done::new(MailState::Quarantined, Some(reason), None, "none")).await;
        }
        _ => Outcome::TooMuch,
    };
    let nature = if row.nature == "personal" { Nature::Personal } else { Nature::Automatic(Automatic::Generated) };
    let done_with = with_answer(store, tenant, account, row, nature, Done::quarantined(reason, outcome)).await?;
    done(store, tenant, row, done_with).await
}

/// Composes the answer, where one may be given; else notes why not.
async fn with_answer(
    store: &Store,
    tenant: &TenantId,
    account: &Account,
    row: &MailRow,
    nature: Nature,
    mut done: Done,
) -> Result<Done, MailboxError> {
    let Some(outcome) = &done.outcome else { return Ok(done) };
    let to = row.answer_to.as_deref().and_then(|text| vir_mail::Address::new(text).ok());
    let (Some(to), Some(from)) = (to, account.sender()) else {
        done.answer = "no_address";
        return Ok(done);
    };
    if !nature.may_be_answered() || to.key() == from.key() {
        done.answer = "automatic";
        return Ok(done);
    }
    if !account.answers || account.smtp.0.is_empty() {
        done.answer = "off";
        return Ok(done);
    }
    let answered = answered(store, tenant, &account.id, &to.key(), &row.thread).await?;
    if permit(&Rates::default(), answered).is_err() {
        done.answer = "too_many";
        return Ok(done);
    }
    let written = answer::write(outcome, row, &account.name, store.clock().now());
    let invoice = outcome.items().first().filter(|_| outcome.items().len() == 1).map(|item| item.receipt.id.0.clone());
    let letter = outbox::Letter {
        key: format!("answer/{}", row.id),
        kind: "answer",
        to,
        subject: written.subject,
        text: written.text,
        answered: row.message_id.clone(),
        thread: Some(row.thread.clone()),
        mail: Some(row.id.clone()),
        invoice,
        standing: vir_mail::smtp::Standing::Answered,
        attachments: Vec::new(),
        unsubscribe: None,
    };
    done.out = Some(outbox::prepare(store, tenant, account, letter).await?);
    Ok(done)
}

async fn answered(
    store: &Store,
    tenant: &TenantId,
    mailbox: &str,
    to: &str,
    thread: &str,
) -> Result<Answered, vir_store::Error> {
    let (mailbox, to, thread) = (mailbox.to_owned(), to.to_owned(), thread.to_owned());
    store
        .read(tenant, move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let ago = |minutes| now - jiff::SignedDuration::from_mins(minutes);
                let mut count = async |sql: &'static str, args: Vec<vir_store::Value>| {
                    tx.one(sql, &args).await?.int("n").map(|n| u32::try_from(n).unwrap_or(u32::MAX))
                };
                let to_sql =
                    "select count(*) as n from mail_out where kind = 'answer' and to_key = $1 and created_at > $2";
                let thread_sql =
                    "select count(*) as n from mail_out where kind = 'answer' and thread = $1 and to_key = $2";
                let box_sql =
                    "select count(*) as n from mail_out where kind = 'answer' and mailbox_id = $1 and created_at > $2";
                Ok::<_, vir_store::Error>(Answered {
                    sender_day: count(to_sql, args![&to, ago(24 * 60)]).await?,
                    sender_minutes: count(to_sql, args![&to, ago(10)]).await?,
                    thread: count(thread_sql, args![&thread, &to]).await?,
                    mailbox_hour: count(box_sql, args![&mailbox, ago(60)]).await?,
                })
            })
        })
        .await
}

/// The one write.
async fn done(store: &Store, tenant: &TenantId, row: &MailRow, done: Done) -> Result<MailRow, MailboxError> {
    let row = row.clone();
    let kept = store
        .write(tenant, move |tx| {
            Box::pin(async move {
                // What a rule put away can be brought back like what a person did.
                let by_rule = done.state == MailState::Discarded;
                let touched = tx
                    .execute(
                        "update mail set state = $2, reason = $3, answer = $4, signed = $5, invoice_id = $6, decided_at = $7,
                            decided_by = $8, version = version + 1
                         where id = $1 and state = 'stored'",
                        &args![
                            &row.id,
                            done.state.code(),
                            done.reason.map(Reason::code),
                            done.answer,
                            done.signed,
                            &done.conversation,
                            by_rule.then(|| tx.now()),
                            by_rule.then_some("Regel für den Absender")
                        ],
                    )
                    .await?;
                if touched == 1 {
                    keep_items(tx, &row, &done).await?;
                    if let Some(out) = done.out {
                        outbox::queue(tx, out).await?;
                    }
                    tx.audit(Entry {
                        actor: "channel:mail".to_owned(),
                        action: format!("mail.{}", done.state.code()),
                        subject: format!("mail/{}", row.id),
                        detail: json!({ "reason": done.reason.map(Reason::code), "answer": done.answer }),
                    });
                    if done.state == MailState::Quarantined {
                        tx.publish("mail.quarantined", json!({ "mail_id": &row.id, "reason": done.reason.map(Reason::code) }))
                            .await?;
                    }
                }
                MailRow::load(tx, &row.id).await
            })
        })
        .await?;
    kept.ok_or_else(|| vir_store::Error::NoRow { sql: "mail".to_owned() }.into())
}

async fn keep_items(tx: &mut Tx, row: &MailRow, done: &Done) -> Result<(), vir_store::Error> {
    let items = done.outcome.as_ref().map(Outcome::items).unwrap_or_default();
    for (position, item) in items.iter().enumerate() {
        tx.execute(
            "insert into mail_invoice (mail_id, position, part, file_name, invoice_id, again)
             values ($1, $2, $3, $4, $5, $6) on conflict ({t}mail_id, position) do nothing",
            &args![&row.id, position as i64, &item.part, &item.name, item.receipt.id.as_str(), item.again],
        )
        .await?;
    }
    let Some(invoice) = &done.conversation else { return Ok(()) };
    // An out-of-office notice says nothing; a person's answer does, also when it brings a new invoice.
    if row.nature == "personal" && !done.text.is_empty() {
        let author = row.from_name.as_ref().or(row.from_address.as_ref()).cloned().unwrap_or_default();
        let invoice = InvoiceId(invoice.clone());
        conversation::answer(tx, &invoice, &row.id, &author, &done.text).await?;
    }
    // What the supplier sends in answer to a question takes the place of the old one.
    for item in items.iter().filter(|item| item.receipt.id.as_str() != invoice) {
        let new = tx.execute(
            "insert into invoice_link (invoice_id, other_id, kind, person_id, at) values ($1, $2, 'corrects', 'channel:mail', $3)
             on conflict ({t}invoice_id, other_id, kind) do nothing",
            &args![item.receipt.id.as_str(), invoice, tx.now()],
        )
        .await?;
        if new == 1 {
            link::tell(tx, "channel:mail", None, &item.receipt.id, &InvoiceId(invoice.clone()), "corrects").await?;
        }
    }
    Ok(())
}

//! What people do with mails in quarantine: look at them, take them in anyway, forward, answer, put away, bring back.
//!
//! Invariant: nothing is deleted; each deed is in the audit log, with the person and, where it was asked for, the reason.

mod page;
mod post;

use axum::Router;
use axum::routing::{get, post};
use jiff::SignedDuration;
use serde_json::{Value, json};
use vir_auth::UnitId;
use vir_mail::Address;
use vir_mail::message::{Limits, Mail, Part, take_apart};
use vir_mail::smtp::{Attachment, Standing};
use vir_store::{Entry, Store, TenantId, Tx, args};
use vir_web::App;

use super::account::Account;
use super::keep::{MailRow, MailState};
use super::outbox::{self, Letter};
use super::{MailboxError, sender_rule};
use crate::intake::understand::FoundFile;
use crate::intake::{self, Received};
use crate::invoice_row::{Channel, InvoiceId, State};
use crate::workflow::{Attempt, Decider, Kind, Refusal, decide};

pub use sender_rule::SenderRule;

/// How long a decision can be taken back.
pub const UNDO: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The largest mail that is forwarded as a whole; servers refuse more.
pub const FORWARDED: usize = 20 << 20;

const LIST: &str = "/postfach/quarantaene";

/// The pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(LIST, get(page::list))
        .route("/postfach/{id}", get(page::show))
        .route("/postfach/{id}/original", get(page::original))
        .route("/postfach/{id}/anlagen/{part}", get(page::attachment))
        .route("/postfach/{id}/annehmen", post(post::take_in))
        .route("/postfach/{id}/weiterleiten", post(post::forward))
        .route("/postfach/{id}/antworten", post(post::answer))
        .route("/postfach/{id}/absender", post(post::sender))
        .route("/postfach/{id}/verwerfen", post(post::discard))
        .route("/postfach/{id}/zuruecknehmen", post(post::undo))
}

/// Why something was not done with a mail.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeedError {
    /// Somebody was faster, or the time to take it back is over.
    #[error("the mail is not as it was")]
    Stale,
    /// There is no such part, or it is nothing that could be an invoice.
    #[error("no such attachment")]
    NoPart,
    /// There is no mailbox that sends.
    #[error("no mailbox that sends")]
    NoMailbox,
    /// It is too large to be forwarded.
    #[error("too large to be forwarded")]
    TooLarge,
    /// The sender has no address that could be answered.
    #[error("nobody to answer")]
    NoAddress,
    /// A decision about the invoice was refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The intake did not take it.
    #[error(transparent)]
    Intake(#[from] intake::IntakeError),
    /// Mail.
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    /// The store.
    #[error(transparent)]
    Store(#[from] vir_store::Error),
}

/// Can this part become an invoice, or go along with one?
fn is_file(part: &Part<'_>) -> bool {
    use vir_mail::message::Kind;
    part.aside.is_none()
        && !part.bytes.is_empty()
        && (part.name.is_some() || !matches!(part.kind, Kind::Text | Kind::Html))
}

/// What a part is called, also where the mail gives no name.
fn name_of(part: &Part<'_>) -> String {
    part.name.clone().unwrap_or_else(|| format!("anlage-{}.dat", part.number))
}

/// What a mail with a chosen part brings to the intake.
fn received(row: &MailRow, mail: &Mail<'_>, chosen: &str, actor: String) -> Option<Received> {
    let part = mail.parts.iter().find(|part| part.number == chosen && is_file(part))?;
    let beside = mail.parts.iter().filter(|other| other.number != chosen && is_file(other));
    let beside = beside.map(|other| FoundFile {
        origin: "mail",
        name: name_of(other),
        mime: other.media_type.clone(),
        description: None,
        bytes: other.bytes.to_vec().into(),
    });
    let mut received =
        Received::new(Channel::Mail, name_of(part), part.bytes.to_vec()).by(actor).with_files(beside.collect());
    if let Some(from) = &row.from_address {
        received = received.from(from.clone());
    }
    if !mail.text.is_empty() {
        received = received.with_note(mail.text.chars().take(2000).collect::<String>());
    }
    Some(received)
}

/// The parts that a sender's rule takes for an invoice where none looks like one: the first file, with the others beside.
pub(super) fn anyway(row: &MailRow, mail: &Mail<'_>) -> Option<(String, String, Received)> {
    let part = mail.parts.iter().find(|part| is_file(part))?;
    let received = received(row, mail, &part.number, "channel:mail".to_owned())?;
    Some((part.number.clone(), name_of(part), received))
}

/// Takes a mail in: one attachment becomes an invoice, the others go along; a unit gets it where one is named.
///
/// # Errors
/// [`DeedError`]. Where it broke off after the invoice was kept, doing it again finds it there.
pub async fn take_in(
    store: &Store,
    decider: &Decider,
    row: &MailRow,
    part: &str,
    unit: Option<UnitId>,
    note: &str,
) -> Result<InvoiceId, DeedError> {
    let tenant = decider.principal.tenant.clone();
    let bytes = store.blobs().get(&tenant, &row.blob.parse()?).await?;
    let mail = take_apart(&bytes, &Limits::default());
    let received = received(row, &mail, part, decider.principal.actor()).ok_or(DeedError::NoPart)?;
    let name = received.file_name.clone();
    let receipt = intake::receive(store, &tenant, received).await?;
    let (row, decider, part, note) = (row.clone(), decider.clone(), part.to_owned(), note.trim().to_owned());
    let reason = if note.is_empty() { "aus einer E-Mail in Quarantäne angenommen".to_owned() } else { note.clone() };
    store
        .write(&tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                settle(
                    tx,
                    &decider,
                    &row,
                    MailState::Processed,
                    "taken_in",
                    &note,
                    json!({ "invoice": receipt.id, "part": part }),
                )
                .await?;
                let sql = "insert into mail_invoice (mail_id, position, part, file_name, invoice_id, again)
                    values ($1, (select count(*) from mail_invoice where mail_id = $1), $2, $3, $4, $5)";
                tx.execute(sql, &args![&row.id, &part, &name, receipt.id.as_str(), receipt.again]).await?;
                if !receipt.again {
                    if receipt.state == State::Quarantined {
                        decide(tx, &decider, &Attempt::new(receipt.id.clone(), Kind::Accept).because(&reason)).await?;
                    }
                    if unit.as_ref().is_some_and(|unit| Some(unit.as_str()) != receipt.unit_id.as_deref()) {
                        let attempt =
                            Attempt { unit, ..Attempt::new(receipt.id.clone(), Kind::Forward).because(&reason) };
                        decide(tx, &decider, &attempt).await?;
                    }
                }
                Ok(receipt.id)
            })
        })
        .await
}

/// Sends the whole mail to somebody else, as a file: nothing in it is opened by their mail program unasked.
///
/// # Errors
/// [`DeedError`].
pub async fn forward(
    store: &Store,
    decider: &Decider,
    row: &MailRow,
    to: Address,
    note: &str,
    place: &str,
) -> Result<(), DeedError> {
    let tenant = decider.principal.tenant.clone();
    let bytes = store.blobs().get(&tenant, &row.blob.parse()?).await?;
    if bytes.len() > FORWARDED {
        return Err(DeedError::TooLarge);
    }
    let account = sender(store, &tenant, row).await?;
    let (who, from) = (&decider.principal.name, row.from_address.as_deref().unwrap_or("–"));
    let text = format!(
        "Guten Tag,\n\n{who} leitet Ihnen eine E-Mail von {from} weiter, die im Rechnungspostfach angekommen ist. Sie \
         hängt als Datei an.\n\n{}\n\nMit freundlichen Grüßen\n{place}",
        note.trim()
    );
    let letter = Letter {
        subject: format!("WG: {}", row.subject),
        attachments: vec![Attachment {
            name: "nachricht.eml".to_owned(),
            media_type: "application/octet-stream".to_owned(),
            bytes: bytes.to_vec(),
        }],
        ..letter(row, "forward", to.clone(), text)
    };
    send(
        store,
        decider,
        row,
        &account,
        letter,
        MailState::Forwarded,
        "forwarded",
        note,
        json!({ "to": to.to_string() }),
    )
    .await
}

/// Answers the sender in a person's own words.
///
/// # Errors
/// [`DeedError`].
pub async fn answer(store: &Store, decider: &Decider, row: &MailRow, text: &str) -> Result<(), DeedError> {
    let to = row.answer_to.as_deref().and_then(|to| Address::new(to).ok()).ok_or(DeedError::NoAddress)?;
    let account = sender(store, &decider.principal.tenant, row).await?;
    let subject = row.subject.trim();
    let letter = Letter {
        subject: if subject.to_lowercase().starts_with("aw:") { subject.to_owned() } else { format!("AW: {subject}") },
        answered: row.message_id.clone(),
        thread: Some(row.thread.clone()),
        ..letter(row, "reply", to, text.trim().to_owned())
    };
    send(store, decider, row, &account, letter, MailState::Returned, "answered", text, json!({})).await
}

fn letter(row: &MailRow, kind: &'static str, to: Address, text: String) -> Letter {
    Letter {
        // One for each deed: after it was taken back, it may be done again.
        key: format!("{kind}/{}/{}", row.id, row.version),
        kind,
        to,
        subject: String::new(),
        text,
        answered: None,
        thread: None,
        mail: Some(row.id.clone()),
        invoice: None,
        standing: Standing::Personal,
        attachments: Vec::new(),
        unsubscribe: None,
    }
}

/// The mailbox that the mail came to, where it sends; else any that does.
async fn sender(store: &Store, tenant: &TenantId, row: &MailRow) -> Result<Account, DeedError> {
    let accounts = store.read(tenant, |tx| Box::pin(Account::all(tx))).await?;
    let mut able: Vec<Account> = accounts.into_iter().filter(|account| !account.smtp.0.is_empty()).collect();
    able.sort_by_key(|account| account.id != row.mailbox_id);
    able.into_iter().next().ok_or(DeedError::NoMailbox)
}

#[allow(clippy::too_many_arguments, reason = "one deed, said in full")]
async fn send(
    store: &Store,
    decider: &Decider,
    row: &MailRow,
    account: &Account,
    letter: Letter,
    state: MailState,
    action: &'static str,
    note: &str,
    detail: Value,
) -> Result<(), DeedError> {
    let tenant = decider.principal.tenant.clone();
    let prepared = outbox::prepare(store, &tenant, account, letter).await?;
    let (row, decider, note) = (row.clone(), decider.clone(), note.trim().to_owned());
    store
        .write(&tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                settle(tx, &decider, &row, state, action, &note, detail).await?;
                outbox::queue(tx, prepared).await?;
                Ok(())
            })
        })
        .await
}

/// Puts a mail away; it stays stored.
///
/// # Errors
/// [`DeedError::Stale`].
pub async fn discard(tx: &mut Tx, decider: &Decider, row: &MailRow, note: &str) -> Result<(), DeedError> {
    settle(tx, decider, row, MailState::Discarded, "discarded", note, json!({})).await
}

/// Brings a mail back that was put away, forwarded or answered. What was sent stays sent.
///
/// # Errors
/// [`DeedError::Stale`] where it is none of these, or longer ago than [`UNDO`].
pub async fn undo(tx: &mut Tx, decider: &Decider, row: &MailRow) -> Result<(), DeedError> {
    let sql = "update mail set state = 'quarantined', decided_by = null, decision_note = null, decided_at = null,
            version = version + 1
        where id = $1 and version = $2 and state in ('discarded', 'forwarded', 'returned') and decided_at > $3";
    if tx.execute(sql, &args![&row.id, row.version, tx.now() - UNDO]).await? != 1 {
        return Err(DeedError::Stale);
    }
    tell(tx, decider, row, "undone", json!({ "from": row.state.code() }));
    Ok(())
}

/// Sets or removes the rule for the mail's sender.
///
/// # Errors
/// [`DeedError::NoAddress`] where the mail has no sender.
pub async fn rule(tx: &mut Tx, decider: &Decider, row: &MailRow, rule: Option<SenderRule>) -> Result<(), DeedError> {
    if !sender_rule::set(tx, row.from_address.as_deref(), rule, &decider.principal.name).await? {
        return Err(DeedError::NoAddress);
    }
    tell(tx, decider, row, "sender", json!({ "rule": rule.map(SenderRule::code) }));
    Ok(())
}

async fn settle(
    tx: &mut Tx,
    decider: &Decider,
    row: &MailRow,
    state: MailState,
    action: &str,
    note: &str,
    mut detail: Value,
) -> Result<(), DeedError> {
    let sql = "update mail set state = $2, decided_by = $3, decision_note = $4, decided_at = $5, version = version + 1
        where id = $1 and version = $6 and state = 'quarantined'";
    let note: String = note.trim().chars().take(2000).collect();
    let change = args![&row.id, state.code(), &decider.principal.name, &note, tx.now(), row.version];
    if tx.execute(sql, &change).await? != 1 {
        return Err(DeedError::Stale);
    }
    detail["note"] = json!(note);
    tell(tx, decider, row, action, detail);
    Ok(())
}

fn tell(tx: &mut Tx, decider: &Decider, row: &MailRow, action: &str, detail: Value) {
    tx.audit(Entry {
        actor: decider.principal.actor(),
        action: format!("mail.{action}"),
        subject: format!("mail/{}", row.id),
        detail,
    });
}

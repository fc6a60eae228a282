//! One look into a mailbox: every mail that waits is stored, processed and moved.
//!
//! Invariant: at every step the mail is in the inbox or its bytes are in the store, and each step may be
//! repeated.

use jiff::{SignedDuration, Timestamp};
use vir_mail::imap::{Login, Mailbox, Waiting};
use vir_mail::message::{Limits, header_only, take_apart};
use vir_store::{Store, TenantId};

use super::account::Account;
use super::keep::{self, Arrival, MailRow, MailState, Place, Reason};
use super::{MailboxError, process};

/// How often a mail may break processing off before it is put aside.
const ATTEMPTS: i64 = 8;
/// How many of these attempts are made at once. Then it waits, longer each time, half an hour in all: whether it is the
/// mail that ends the process, or somebody who ends it again and again, shows only with time.
const AT_ONCE: i64 = 3;

/// What a look did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pulled {
    /// Mails that were moved.
    pub moved: usize,
    /// Mails that stay, because something failed; the next look tries again.
    pub stayed: usize,
}

/// Opens the mailbox.
///
/// # Errors
/// Where settings, network or server do not let it.
pub async fn open(account: &Account, login: &Login) -> Result<Mailbox, MailboxError> {
    Ok(Mailbox::open(&account.server()?, login, &account.folder).await?)
}

/// Looks once. What concerns one mail is logged and does not keep the others waiting.
///
/// # Errors
/// Where the connection or the store is gone.
pub async fn look(
    store: &Store,
    tenant: &TenantId,
    account: &Account,
    mailbox: &mut Mailbox,
) -> Result<Pulled, MailboxError> {
    let mut pulled = Pulled::default();
    loop {
        let waiting = mailbox.waiting().await?;
        let count = waiting.len();
        let stayed = pulled.stayed;
        for one in waiting {
            match one_mail(store, tenant, account, mailbox, one).await {
                Ok(true) => pulled.moved += 1,
                Ok(false) => pulled.stayed += 1,
                Err(MailboxError::Imap(error)) => return Err(error.into()),
                Err(error) => {
                    tracing::warn!(%tenant, mailbox = account.id, uid = one.uid, %error, "a mail stays in its mailbox");
                    pulled.stayed += 1;
                }
            }
        }
        if count == 0 {
            note_absent(store, tenant, account).await?;
        }
        // A full list may have hidden others; what stayed does not go away by looking again.
        if count == 0 || pulled.stayed > stayed || pulled.stayed >= count {
            return Ok(pulled);
        }
    }
}

/// The inbox is empty: a mail that is not noted as moved was moved by a process that died before it could say so.
async fn note_absent(store: &Store, tenant: &TenantId, account: &Account) -> Result<(), MailboxError> {
    let (id, again) = (account.id.clone(), account.id.clone());
    let left = store.read(tenant, move |tx| Box::pin(async move { keep::any_unmoved(tx, &id).await })).await?;
    if left {
        store.write(tenant, move |tx| Box::pin(async move { keep::all_moved(tx, &again).await })).await?;
    }
    Ok(())
}

async fn one_mail(
    store: &Store,
    tenant: &TenantId,
    account: &Account,
    mailbox: &mut Mailbox,
    waiting: Waiting,
) -> Result<bool, MailboxError> {
    let place = Place { uid_validity: mailbox.uid_validity(), uid: waiting.uid };
    let id = account.id.clone();
    let known = store.read(tenant, move |tx| Box::pin(async move { keep::at(tx, &id, place).await })).await?;
    let row = match known {
        Some(row) => row,
        None => match stored(store, tenant, account, mailbox, waiting, place).await? {
            Some(row) => row,
            // Somebody took it away in the meantime.
            None => return Ok(true),
        },
    };
    if row.state == MailState::Stored && store.clock().now() < next_attempt(&row) {
        return Ok(false);
    }
    let row = if row.state == MailState::Stored { processed(store, tenant, account, row).await? } else { row };
    let folder = match row.state {
        MailState::Quarantined => &account.quarantine_folder,
        _ => &account.done_folder,
    };
    mailbox.move_to(waiting.uid, folder).await?;
    let id = row.id;
    store.write(tenant, move |tx| Box::pin(async move { keep::moved(tx, &id).await })).await?;
    Ok(true)
}

/// When a mail that broke processing off may be tried again: after 1, 2, 4, 8, 16 minutes.
fn next_attempt(row: &MailRow) -> Timestamp {
    match row.attempts - AT_ONCE {
        ..0 => row.received_at,
        more => row.received_at + SignedDuration::from_mins(1 << more.min(10)),
    }
}

/// Fetches and stores; of a mail that is too large, only its header.
async fn stored(
    store: &Store,
    tenant: &TenantId,
    account: &Account,
    mailbox: &mut Mailbox,
    waiting: Waiting,
    place: Place,
) -> Result<Option<MailRow>, MailboxError> {
    let limits = Limits::default();
    let whole = if waiting.size > limits.message {
        None
    } else {
        match mailbox.fetch(waiting.uid, limits.message).await {
            Ok(Some(bytes)) => Some(bytes),
            Ok(None) => return Ok(None),
            Err(vir_mail::imap::Error::TooLarge(_)) => None,
            Err(error) => return Err(error.into()),
        }
    };
    let too_large = whole.is_none();
    let bytes = match whole {
        Some(bytes) => bytes,
        None => match mailbox.fetch_header(waiting.uid, limits.header).await? {
            Some(bytes) => bytes,
            None => return Ok(None),
        },
    };
    let (header, nature) = header_only(&bytes, &limits);
    let blob = store.blobs().put(tenant, bytes).await?;
    let arrival = Arrival {
        mailbox: account.id.clone(),
        place,
        blob: blob.as_str().to_owned(),
        size: waiting.size as i64,
        header,
        nature,
        too_large,
    };
    let row = store.write(tenant, move |tx| Box::pin(async move { keep::keep(tx, &arrival).await })).await?;
    if too_large && row.state == MailState::Stored {
        return Ok(Some(process::set_apart(store, tenant, account, &row, Reason::TooLarge).await?));
    }
    Ok(Some(row))
}

async fn processed(store: &Store, tenant: &TenantId, account: &Account, row: MailRow) -> Result<MailRow, MailboxError> {
    if row.attempts >= ATTEMPTS {
        return process::set_apart(store, tenant, account, &row, Reason::Failed).await;
    }
    let id = row.id.clone();
    store.write(tenant, move |tx| Box::pin(async move { keep::attempt(tx, &id).await })).await?;
    let bytes = store.blobs().get(tenant, &row.blob.parse()?).await?;
    // Only a header was stored, and the outcome was lost before it was kept.
    if bytes.len() < row.size_bytes as usize / 2 && row.size_bytes as usize > Limits::default().message {
        return process::set_apart(store, tenant, account, &row, Reason::TooLarge).await;
    }
    let mail = take_apart(&bytes, &Limits::default());
    process::process(store, tenant, account, &row, &mail).await
}

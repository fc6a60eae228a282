//! Receiving: the one way by which an invoice comes into the desk, whatever the channel.
//!
//! The bytes go to the blob store while the document is checked and read on a blocking thread;
//! then one write keeps the row, its files, the report, the event and the entry of the audit log.
//! A crash before that write leaves a blob that nobody names, and the channel hands the document
//! in again.
//!
//! Invariant: a receipt names an invoice whose original is stored; the same bytes by the same
//! channel give the same receipt.

pub mod columns;
mod keep;
pub mod keys;
pub mod original;
pub mod understand;
mod workshop;

use axum::body::Bytes;
use serde::Serialize;
use vir_core::Text;
use vir_store::{Store, TenantId};

use crate::invoice_row::{Channel, Direction, InvoiceId, Kind, Likeness, State, Trouble, Verdict};
use crate::limits;
pub use understand::{Format, FoundFile, KeptFinding, Understood};
pub use workshop::{Workshop, workshop};

/// A document that somebody hands in.
#[derive(Debug, Clone)]
pub struct Received {
    /// By which way.
    pub channel: Channel,
    /// Whose invoice it is; all channels but our own bring incoming ones.
    pub direction: Direction,
    /// The name of the file; made safe here.
    pub file_name: String,
    /// The file.
    pub bytes: Bytes,
    /// Who handed it in: a mail address, the name of a person or token.
    pub sender: Option<String>,
    /// What the sender wrote with it.
    pub note: Option<String>,
    /// Who is named in the audit log: a person's id, or the part of the system.
    pub actor: String,
    /// Further files that came with it.
    pub beside: Vec<FoundFile>,
    /// The key of a request that may be repeated.
    pub once: Option<Once>,
}

/// A key that a program gives to a request, so that it can repeat it without harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// Who gave it: keys of different callers have nothing to do with each other.
    pub caller: String,
    /// The key.
    pub key: String,
}

impl Received {
    /// A document by a channel, handed in by nobody in particular.
    #[must_use]
    pub fn new(channel: Channel, file_name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self {
            channel,
            direction: if channel == Channel::Own { Direction::Outgoing } else { Direction::Incoming },
            file_name: file_name.into(),
            bytes: bytes.into(),
            sender: None,
            note: None,
            actor: format!("channel:{}", channel.text()),
            beside: Vec::new(),
            once: None,
        }
    }

    /// By whom, as it is shown.
    #[must_use]
    pub fn from(self, sender: impl Into<String>) -> Self {
        Self { sender: Some(sender.into()), ..self }
    }

    /// By whom, as it is noted in the audit log.
    #[must_use]
    pub fn by(self, actor: impl Into<String>) -> Self {
        Self { actor: actor.into(), ..self }
    }

    /// With what words.
    #[must_use]
    pub fn with_note(self, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..self }
    }

    /// Under which key.
    #[must_use]
    pub fn with_once(self, once: Option<Once>) -> Self {
        Self { once, ..self }
    }

    /// With which further files.
    #[must_use]
    pub fn with_files(self, beside: Vec<FoundFile>) -> Self {
        Self { beside, ..self }
    }
}

/// What the desk answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The invoice.
    pub id: InvoiceId,
    /// The same bytes came by this channel before; this is the receipt of then, as things are now.
    pub again: bool,
    /// Where it stands.
    pub state: State,
    /// What it is.
    pub kind: Kind,
    /// What the check came to.
    pub verdict: Option<Verdict>,
    /// Errors and warnings.
    pub finding_count: i64,
    /// Errors.
    pub error_count: i64,
    /// The unit that has it; none: nobody could be found, it waits to be assigned.
    pub unit_id: Option<String>,
    /// Why it is in quarantine.
    pub trouble: Option<Trouble>,
    /// Its number.
    pub number: Option<String>,
    /// The seller.
    pub seller_name: Option<String>,
    /// The earlier invoice that it may be a duplicate of, and how much alike they are.
    pub duplicate_of: Option<InvoiceId>,
    /// How much.
    pub duplicate_degree: Option<Likeness>,
}

/// Why a document was not taken. It can be handed in again as it is, but for the first.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntakeError {
    /// It is larger than the limit.
    #[error("the document has {0} bytes; the limit is {limit}", limit = limits::DOCUMENT_BYTES)]
    TooLarge(u64),
    /// The store could not keep it.
    #[error(transparent)]
    Store(#[from] vir_store::Error),
    /// The key of the request was used for another document.
    #[error("the idempotency key belongs to another document")]
    KeyReused,
    /// The thread that read it broke off.
    #[error("reading the document broke off")]
    Reading,
}

impl IntakeError {
    /// For the person who handed it in.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::TooLarge(_) => {
                let limit = limits::DOCUMENT_BYTES / (1024 * 1024);
                Text::owned(
                    format!("Die Datei ist größer als {limit} MiB und wurde nicht angenommen."),
                    format!("The file is larger than {limit} MiB and was not taken."),
                )
            }
            Self::Store(_) | Self::Reading | Self::KeyReused => Text::new(
                "Die Datei konnte gerade nicht gespeichert werden. Bitte noch einmal versuchen.",
                "The file could not be stored just now. Please try again.",
            ),
        }
    }
}

/// Receives a document: stores, checks, reads, routes, compares, and tells.
///
/// # Errors
/// Where it is too large, or where it could not be stored; then nothing is kept.
pub async fn receive(store: &Store, tenant: &TenantId, received: Received) -> Result<Receipt, IntakeError> {
    if received.bytes.len() as u64 > limits::DOCUMENT_BYTES {
        return Err(IntakeError::TooLarge(received.bytes.len() as u64));
    }
    let today = crate::day_of(store.clock().now());
    let bytes = received.bytes.clone();
    let work = workshop().run(move |checker| understand::understand(checker, &bytes, today));
    let (blob, found) = tokio::join!(store.blobs().put(tenant, received.bytes.clone()), work);
    let (blob, mut found) = (blob?, found.map_err(|_| IntakeError::Reading)?);
    found.files.extend(received.beside.iter().cloned());
    found.files.truncate(limits::ATTACHMENTS);
    let further: Vec<Bytes> =
        found.xml.iter().cloned().chain(found.files.iter().map(|file| file.bytes.clone())).collect();
    let blobs = if further.is_empty() { Vec::new() } else { store.blobs().put_many(tenant, further).await? };
    let arrival = keep::Arrival::new(&received, found, blob, blobs);
    store.write(tenant, move |tx| Box::pin(async move { keep::keep(tx, arrival).await })).await
}

//! The channel *mail*: a mailbox is watched, every mail is stored whole, what is an invoice in it goes
//! to [`crate::intake`], and the sender gets the right answer or a person finds the mail in quarantine.
//!
//! ```text
//! watch ─► pull: fetch ─► store (blob, row) ─► process ─► move to another folder
//!                                                │
//!                                                ├─► sort ─► intake::receive, for each invoice
//!                                                └─► answer ─► outbox ─► send
//! ```
//!
//! **Killed at any moment**: a mail stays in the inbox until its bytes and its outcome are committed.
//! Whoever finds it there again knows it by UIDVALIDITY and UID, or by the hash of its bytes where these
//! changed, and goes on where it stopped. The answer is written in the same transaction as the outcome.
//! A mail can be sent twice only where SMTP allows no other way (see [`vir_mail::smtp`]).
//!
//! Invariant: nothing is moved before it is stored, and nothing is ever deleted.

pub mod account;
pub mod answer;
mod keep;
pub mod letters;
pub mod oauth;
pub mod outbox;
pub mod page;
pub mod process;
pub mod pull;
pub mod quarantine;
mod sealed;
pub mod sender_rule;
mod sort;
pub mod watch;

pub use keep::{MailId, MailRow, MailState, Reason};
pub use sealed::{Sealer, Unsealable};
pub use sort::{Find, Found, Sorted, sort};

/// What can go wrong on the way of a mail.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MailboxError {
    /// The mail server.
    #[error(transparent)]
    Imap(#[from] vir_mail::imap::Error),
    /// The settings of the server that takes our mails.
    #[error(transparent)]
    Send(#[from] vir_mail::smtp::SendError),
    /// The store.
    #[error(transparent)]
    Store(#[from] vir_store::Error),
    /// The intake.
    #[error(transparent)]
    Intake(#[from] crate::intake::IntakeError),
    /// The password cannot be read.
    #[error(transparent)]
    Sealed(#[from] Unsealable),
    /// A mail cannot be composed.
    #[error(transparent)]
    Compose(#[from] vir_mail::smtp::ComposeError),
    /// Something in the settings.
    #[error("{0}")]
    Settings(&'static str),
}

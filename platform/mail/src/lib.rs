//! Mail for `vir`: taking messages apart within bounds, fetching them over IMAP, sending over SMTP.
//!
//! Nothing here knows what a mail is for. The crate takes bytes, addresses and times, and gives
//! values; what is an invoice, whom to answer and what to keep is decided by the desks.
//!
//! * [`message`] – [`take_apart`](message::take_apart): bytes → header, parts, and who sent it (a
//!   person, a robot, a list, a mail server)
//! * [`imap`] – one connection to one mailbox: new mails, in pieces, then moved out of the way
//! * [`smtp`] – composing answers with the right headers, and handing them to a server
//! * [`loop_guard`] – how often one may answer the same sender
//!
//! Invariant: no message, however hostile, makes this crate panic, nor use more memory than a small
//! multiple of its own size; and no credential is ever part of a log line or of an error.

mod address;
pub mod imap;
pub mod loop_guard;
pub mod message;
mod secret;
pub mod smtp;
mod tls;

pub use address::{Address, InvalidAddress};
pub use secret::Secret;
pub use tls::{Security, Trust, TrustError};

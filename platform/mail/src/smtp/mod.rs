//! Composing mails and handing them to a server.
//!
//! [`compose`] makes the bytes once; they are kept, and every attempt sends the same bytes with the same
//! `Message-ID`. [`Sender::send`] makes one attempt and says what is known afterwards.
//!
//! **Where a mail may arrive twice**: SMTP has no way to ask whether a message was taken. Between the
//! server's last answer (250 after the data) and our note that it was sent lies a gap; whoever dies or
//! loses the connection in it ([`Outcome::Unknown`]) must send again, or lose the mail. The second copy
//! has the same `Message-ID`, by which most mailboxes show it once. There is no other place.
//!
//! Invariant: what is composed has exactly one recipient in its envelope and no header that came from
//! outside unchecked.

mod compose;
mod html;
mod send;

pub use compose::{Answer, Attachment, ComposeError, Composed, Outgoing, Standing, compose};
pub use html::html_from_plain;
pub use send::{Outcome, Relay, SendError, Sender};

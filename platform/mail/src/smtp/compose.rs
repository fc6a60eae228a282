//! From an [`Outgoing`] to the bytes of a message.
//!
//! Invariant: a mail that a program wrote says so (`Auto-Submitted`, RFC 3834), and carries our own
//! mark, so that it is never answered by us or by another honest program.

use std::time::{Duration, UNIX_EPOCH};

use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment as Attached, Mailbox, MultiPart, SinglePart};

use super::html::html_from_plain;
use crate::Address;
use crate::message::OWN_MARK;

/// A file that goes along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its media type: `application/xml`.
    pub media_type: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The message that is answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// Its `Message-ID`.
    pub to: Option<String>,
    /// Its `References`.
    pub references: Vec<String>,
}

/// Who is behind a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// A program answers: `Auto-Submitted: auto-replied`.
    Answered,
    /// A program writes by itself: `Auto-Submitted: auto-generated`.
    Generated,
    /// A person wrote it with the program, and waits for an answer.
    Personal,
}

/// A mail to be composed.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The sender, with the name that is shown.
    pub from: Address,
    /// The one recipient.
    pub to: Address,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<Address>,
    /// The subject.
    pub subject: String,
    /// The text; paragraphs are parted by empty lines, lists begin with `- `.
    pub text: String,
    /// Files that go along.
    pub attachments: Vec<Attachment>,
    /// What it answers.
    pub answer: Answer,
    /// Who is behind it.
    pub standing: Standing,
    /// Without angle brackets; the same for every attempt.
    pub message_id: String,
    /// Seconds since 1970.
    pub date: i64,
    /// An address (https or mailto) at which the recipient ends these mails (RFC 2369). One of https is posted to with
    /// one click (RFC 8058).
    pub unsubscribe: Option<String>,
}

/// The bytes, and between whom they travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipient.
    pub to: String,
    /// The message.
    pub bytes: Vec<u8>,
}

/// It cannot be composed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the mail cannot be composed: {0}")]
pub struct ComposeError(String);

/// Makes the bytes of a mail: plain text with an HTML alternative, and attachments.
///
/// # Errors
/// Where an address or a media type is nothing that may stand in a mail.
pub fn compose(outgoing: &Outgoing) -> Result<Composed, ComposeError> {
    let failed = |text: &str| ComposeError(text.to_owned());
    let mailbox = |address: &Address| -> Result<Mailbox, ComposeError> {
        let plain = address.to_string().parse().map_err(|_| failed("an address that cannot be sent to"))?;
        Ok(Mailbox::new(address.name().map(str::to_owned), plain))
    };
    let date =
        UNIX_EPOCH + Duration::from_secs(u64::try_from(outgoing.date).map_err(|_| failed("a date before 1970"))?);
    let mut builder = Message::builder()
        .from(mailbox(&outgoing.from)?)
        .to(mailbox(&outgoing.to)?)
        .subject(one_line(&outgoing.subject))
        .date(date)
        .message_id(Some(format!("<{}>", id(&outgoing.message_id))));
    if let Some(reply_to) = &outgoing.reply_to {
        builder = builder.reply_to(mailbox(reply_to)?);
    }
    if let Some(answered) = &outgoing.answer.to {
        builder = builder.in_reply_to(format!("<{}>", id(answered)));
        // RFC 5322, 3.6.4: the references of the answered message, then itself; long threads lose their middle.
        let mut references: Vec<String> =
            outgoing.answer.references.iter().filter(|one| *one != answered).map(|one| id(one)).collect();
        if references.len() > 10 {
            references.drain(1..references.len() - 9);
        }
        references.push(id(answered));
        builder = builder.references(references.iter().map(|one| format!("<{one}>")).collect::<Vec<_>>().join(" "));
    }
    let mut raw = |name: &'static str, value: &str| {
        let header = HeaderValue::new(HeaderName::new_from_ascii_str(name), one_line(value));
        builder = std::mem::replace(&mut builder, Message::builder()).raw_header(header);
    };
    match outgoing.standing {
        Standing::Answered => raw("Auto-Submitted", "auto-replied"),
        Standing::Generated => raw("Auto-Submitted", "auto-generated"),
        Standing::Personal => {}
    }
    if outgoing.standing != Standing::Personal {
        raw("X-Auto-Response-Suppress", "All");
        raw(OWN_MARK, "1");
    }
    if let Some(unsubscribe) = &outgoing.unsubscribe {
        raw("List-Unsubscribe", &format!("<{}>", unsubscribe.replace(['<', '>'], "")));
        // RFC 8058, 3.1: one click, without a page in between; only over https.
        if unsubscribe.starts_with("https://") {
            raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }
    }
    let text = outgoing.text.replace("\r\n", "\n");
    let body = MultiPart::alternative()
        .singlepart(SinglePart::plain(text.clone()))
        .singlepart(SinglePart::html(html_from_plain(&text)));
    let body = if outgoing.attachments.is_empty() {
        body
    } else {
        let mut mixed = MultiPart::mixed().multipart(body);
        for file in &outgoing.attachments {
            let media = ContentType::parse(&file.media_type).map_err(|_| failed("a media type that is none"))?;
            mixed = mixed.singlepart(Attached::new(one_line(&file.name)).body(file.bytes.clone(), media));
        }
        mixed
    };
    let message = builder.multipart(body).map_err(|error| ComposeError(error.to_string()))?;
    Ok(Composed { from: outgoing.from.to_string(), to: outgoing.to.to_string(), bytes: message.formatted() })
}

fn one_line(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(250).collect();
    clean.trim().to_owned()
}

fn id(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>')).take(250).collect()
}

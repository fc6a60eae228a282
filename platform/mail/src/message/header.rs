//! The header of a message or of a part.
//!
//! Invariant: whatever a header says, the values here have no control characters and are bounded in
//! length and number.

use std::borrow::Cow;

use mail_parser::{ContentType, HeaderName, HeaderValue, Message, MessageParser, MimeHeaders};

use crate::Address;

/// At most so many of anything that repeats.
const REPEATED: usize = 100;
/// Characters of a subject or a name.
const LINE: usize = 500;

/// From whom, to whom, when, in answer to what.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// `Message-ID`, without angle brackets.
    pub message_id: Option<String>,
    /// `In-Reply-To`.
    pub in_reply_to: Vec<String>,
    /// `References`, the oldest first.
    pub references: Vec<String>,
    /// The first `From` address that is one.
    pub from: Option<Address>,
    /// What `From` says, if it is no address.
    pub from_text: String,
    /// The first `Reply-To` address that is one.
    pub reply_to: Option<Address>,
    /// The envelope's sender, as the last mail server noted it.
    pub return_path: Option<Address>,
    /// `To` and `Cc`, `Delivered-To` and `X-Original-To`: where a tag may stand.
    pub to: Vec<Address>,
    /// `Subject`, decoded.
    pub subject: String,
    /// `Date`, in seconds since 1970 (UTC). Said by the sender, so it may be anything.
    pub date: Option<i64>,
    /// `Authentication-Results`, as they stand. They are shown, not believed: whether the mail server
    /// that wrote them is to be trusted is not known here.
    pub authentication_results: Vec<String>,
}

impl Header {
    /// Whom an answer goes to: `Reply-To`, else `From`.
    #[must_use]
    pub fn answer_to(&self) -> Option<&Address> {
        self.reply_to.as_ref().or(self.from.as_ref())
    }

    /// All messages that this one answers, the nearest first.
    pub fn ancestors(&self) -> impl Iterator<Item = &str> {
        self.in_reply_to.iter().chain(self.references.iter().rev()).map(String::as_str)
    }

    pub(super) fn from_fields(fields: &Fields<'_>) -> Self {
        let mut to = fields.addresses(&HeaderName::To);
        to.extend(fields.addresses(&HeaderName::Cc));
        for name in ["Delivered-To", "X-Original-To", "Envelope-To"] {
            to.extend(fields.raw(name).filter_map(|value| Address::new(value.trim_matches(['<', '>', ' '])).ok()));
        }
        to.truncate(REPEATED);
        Self {
            message_id: fields.ids(&HeaderName::MessageId).into_iter().next(),
            in_reply_to: fields.ids(&HeaderName::InReplyTo),
            references: fields.ids(&HeaderName::References),
            from: fields.addresses(&HeaderName::From).into_iter().next(),
            from_text: fields.raw("From").next().map(|value| line(&value)).unwrap_or_default(),
            reply_to: fields.addresses(&HeaderName::ReplyTo).into_iter().next(),
            return_path: fields.ids(&HeaderName::ReturnPath).first().and_then(|value| Address::new(value).ok()),
            to,
            subject: fields.text(&HeaderName::Subject).map(|value| line(&value)).unwrap_or_default(),
            date: fields.date(),
            authentication_results: fields.raw("Authentication-Results").take(10).map(|value| line(&value)).collect(),
        }
    }
}

/// One line of at most [`LINE`] characters, without control characters and marks that turn text around.
pub(super) fn line(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !is_invisible(c) {
            out.push(c);
        }
    }
    out.chars().take(LINE).collect::<String>().trim_end().to_owned()
}

/// Marks that reorder or hide what a person reads.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffc}')
}

/// Splits at the first empty line: the header block with it, and what follows. A header without an
/// end is all of the message, up to `limit`.
pub(super) fn split(bytes: &[u8], limit: usize) -> (&[u8], Option<&[u8]>) {
    // Some programs leave the line that mbox files put before each message.
    let start = match bytes.strip_prefix(b"From ") {
        Some(_) => bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |end| end + 1),
        None => 0,
    };
    let mut at = start;
    while at < bytes.len() && at - start <= limit {
        let rest = &bytes[at..];
        let length = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |end| end + 1);
        let line = &rest[..length];
        at += length;
        if line == b"\n" || line == b"\r\n" {
            return (&bytes[start..at], Some(&bytes[at..]));
        }
    }
    if at >= bytes.len() && at - start <= limit {
        return (&bytes[start..], Some(&[]));
    }
    (&bytes[start..bytes.len().min(start + limit)], None)
}

/// The fields of one header block.
pub(super) struct Fields<'a> {
    message: Option<Message<'a>>,
    block: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn read(block: &'a [u8]) -> Self {
        Self { message: MessageParser::default().parse_headers(block), block }
    }

    /// Is there any field at all?
    pub(super) fn any(&self) -> bool {
        self.message.as_ref().is_some_and(|message| !message.headers().is_empty())
    }

    fn values<'s>(&'s self, name: &'s HeaderName<'a>) -> impl Iterator<Item = &'s HeaderValue<'a>> {
        self.message
            .iter()
            .flat_map(|message| message.headers())
            .filter(move |field| field.name == *name)
            .map(|field| &field.value)
    }

    /// Every field of that name as it stands, unfolded by whoever shows it.
    pub(super) fn raw<'s>(&'s self, name: &'s str) -> impl Iterator<Item = Cow<'s, str>> {
        self.message
            .iter()
            .flat_map(|message| message.headers())
            .filter(move |field| field.name().eq_ignore_ascii_case(name))
            .map(|field| {
                let range = field.offset_start as usize..field.offset_end as usize;
                String::from_utf8_lossy(self.block.get(range).unwrap_or_default())
            })
            .map(|value| Cow::Owned(value.trim().to_owned()))
    }

    pub(super) fn text<'s>(&'s self, name: &'s HeaderName<'a>) -> Option<Cow<'s, str>> {
        self.values(name).find_map(|value| match value {
            HeaderValue::Text(text) => Some(Cow::Borrowed(text.as_ref())),
            HeaderValue::TextList(list) => list.first().map(|text| Cow::Borrowed(text.as_ref())),
            _ => None,
        })
    }

    fn ids(&self, name: &HeaderName<'a>) -> Vec<String> {
        let clean = |text: &str| {
            let id: String = text
                .chars()
                .filter(|c| !c.is_control() && !c.is_whitespace() && *c != '<' && *c != '>')
                .take(250)
                .collect();
            (!id.is_empty()).then_some(id)
        };
        let mut ids = Vec::new();
        for value in self.values(name) {
            match value {
                HeaderValue::Text(text) => ids.extend(clean(text)),
                HeaderValue::TextList(list) => ids.extend(list.iter().take(REPEATED).filter_map(|text| clean(text))),
                _ => {}
            }
        }
        ids.truncate(REPEATED);
        ids
    }

    fn addresses(&self, name: &HeaderName<'a>) -> Vec<Address> {
        let mut found = Vec::new();
        for value in self.values(name) {
            if let HeaderValue::Address(list) = value {
                found.extend(list.iter().take(REPEATED).filter_map(|entry| {
                    let address = Address::new(entry.address.as_deref()?).ok()?;
                    Some(address.named(&line(entry.name.as_deref().unwrap_or_default())))
                }));
            }
        }
        found
    }

    fn date(&self) -> Option<i64> {
        self.values(&HeaderName::Date)
            .find_map(|value| value.as_datetime())
            .filter(|date| date.is_valid())
            .map(|date| date.to_timestamp())
    }

    pub(super) fn content_type(&self) -> Option<&ContentType<'a>> {
        self.values(&HeaderName::ContentType).find_map(|value| value.as_content_type())
    }

    pub(super) fn disposition(&self) -> Option<&ContentType<'a>> {
        self.values(&HeaderName::ContentDisposition).find_map(|value| value.as_content_type())
    }

    pub(super) fn content_id(&self) -> bool {
        self.values(&HeaderName::ContentId).any(|value| !matches!(value, HeaderValue::Empty))
    }

    pub(super) fn file_name(&self) -> Option<&str> {
        self.message.as_ref().and_then(|message| message.parts.first()).and_then(|part| part.attachment_name())
    }
}

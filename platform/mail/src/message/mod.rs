//! A message, taken apart.
//!
//! ```text
//! bytes ─► header ─► nature: a person, a robot, a list, a mail server?
//!            │
//!            └─► walk: multiparts, nested messages, signed content, winmail.dat ─► parts, each with a kind
//! ```
//!
//! The library `mail-parser` reads headers; the tree is walked here, because the library has no bounds:
//! not for depth, not for the number of parts, not for decoded bytes. Here all three are [`Limits`].
//!
//! Invariant: [`take_apart`] always returns, and its result is complete or says by [`Mail::obstacle`]
//! what stood in the way.

mod boundary;
mod cms;
mod decode;
mod header;
mod kind;
mod nature;
mod text;
mod tnef;
mod walk;

use std::borrow::Cow;

pub use header::Header;
pub use kind::{Aside, Kind};
pub(crate) use nature::OWN_MARK;
pub use nature::{Automatic, Nature};
pub use text::plain_from_html;

/// How much a message may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole message, as it came.
    pub message: usize,
    /// Bytes of one header block; more is never honest.
    pub header: usize,
    /// Parts that are no multiparts, in the whole tree.
    pub parts: usize,
    /// Multiparts and messages inside each other.
    pub depth: usize,
    /// Bytes of all decoded parts together.
    pub decoded: usize,
    /// Bytes of text that a preview shows.
    pub preview: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { message: 50 << 20, header: 128 << 10, parts: 250, depth: 12, decoded: 100 << 20, preview: 32 << 10 }
    }
}

/// A message and what is in it.
#[derive(Debug, Clone)]
pub struct Mail<'a> {
    /// From whom, to whom, when, in answer to what.
    pub header: Header,
    /// Who or what sent it.
    pub nature: Nature,
    /// The leaves of the tree, in order.
    pub parts: Vec<Part<'a>>,
    /// The text that a person wrote, inert and cut to the limit of the preview.
    pub text: String,
    /// Was any of it signed (S/MIME or PGP)? Nothing is said about whether the signature is good: the
    /// message as it came is the evidence.
    pub signed: bool,
    /// What stood in the way of reading it.
    pub obstacle: Option<Obstacle>,
    /// Of a bounce: the `Message-ID` of the message that came back.
    pub returned: Option<String>,
}

/// One leaf of the tree.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// Its number as IMAP counts: `2.1`. Parts taken out of winmail.dat or an opaque signature go on
    /// counting below the part that they were in.
    pub number: String,
    /// What it is, by its content first.
    pub kind: Kind,
    /// Why it is not looked at: decoration, signature, business card.
    pub aside: Option<Aside>,
    /// A file name without folders, control characters or marks that turn text around.
    pub name: Option<String>,
    /// The media type, as the message says it: `application/xml`.
    pub media_type: String,
    /// Its content, decoded.
    pub bytes: Cow<'a, [u8]>,
    /// How many messages are around it: 0 in the message itself, 1 in a forwarded one.
    pub nested: usize,
}

/// Why a message could not be read in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// It is longer than [`Limits::message`].
    TooLarge,
    /// Its header is longer than [`Limits::header`].
    HeaderTooLarge,
    /// It has more parts than [`Limits::parts`].
    TooManyParts,
    /// It nests deeper than [`Limits::depth`].
    TooDeep,
    /// Its parts are larger together than [`Limits::decoded`].
    TooMuchDecoded,
    /// S/MIME or PGP: only whoever has the key can read it.
    Encrypted,
    /// A signed or compressed envelope (CMS) whose content could not be taken out.
    EnvelopeUnreadable,
    /// It has no header at all, so it is no message.
    NoMessage,
}

impl Obstacle {
    /// A bound was hit: what was read is not to be used. Other obstacles concern single parts.
    #[must_use]
    pub fn is_bound(self) -> bool {
        !matches!(self, Self::Encrypted | Self::EnvelopeUnreadable)
    }
}

/// Takes a message apart.
///
/// ```
/// use vir_mail::message::{Kind, Limits, take_apart};
/// let mail = take_apart(b"From: a@b.example\r\nSubject: Rechnung\r\n\r\nanbei", &Limits::default());
/// assert_eq!(mail.header.subject, "Rechnung");
/// assert_eq!(mail.text, "anbei");
/// assert_eq!(mail.parts[0].kind, Kind::Text);
/// ```
#[must_use]
pub fn take_apart<'a>(bytes: &'a [u8], limits: &Limits) -> Mail<'a> {
    let (block, _) = header::split(bytes, limits.header);
    let parsed = header::Fields::read(block);
    let mut mail = Mail {
        header: Header::from_fields(&parsed),
        nature: nature::of(&parsed),
        parts: Vec::new(),
        text: String::new(),
        signed: false,
        obstacle: None,
        returned: None,
    };
    if bytes.len() > limits.message {
        mail.obstacle = Some(Obstacle::TooLarge);
        return mail;
    }
    walk::Walk::new(limits, &mut mail).message(bytes);
    if mail.nature != Nature::Automatic(Automatic::Bounce) {
        mail.returned = None;
    }
    mail
}

/// Reads only the header: of a message that is too large to be fetched.
#[must_use]
pub fn header_only(bytes: &[u8], limits: &Limits) -> (Header, Nature) {
    let (block, _) = header::split(bytes, limits.header);
    let fields = header::Fields::read(block);
    (Header::from_fields(&fields), nature::of(&fields))
}

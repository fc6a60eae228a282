//! The walk over the tree of parts.
//!
//! Invariant: every message and multipart below costs one of [`Limits::depth`], every leaf one of
//! [`Limits::parts`], and every decoded byte is charged; where one is used up, the walk ends with an
//! [`Obstacle`].

use std::borrow::Cow;

use mail_parser::HeaderName;

use super::header::{Fields, line, split};
use super::kind::{Kind, Surroundings, of, safe_name};
use super::{Limits, Mail, Obstacle, Part, boundary, cms, decode, text, tnef};

pub(super) struct Walk<'w, 'a> {
    limits: &'w Limits,
    mail: &'w mut Mail<'a>,
    spent: Spent,
    texts: Vec<(String, bool)>,
}

/// What was used of the limits that leaves alone do not show.
#[derive(Debug, Clone, Copy, Default)]
struct Spent {
    decoded: usize,
    entities: usize,
}

/// Where in the tree something stands.
#[derive(Debug, Clone, Default)]
struct Position {
    number: String,
    depth: usize,
    nested: usize,
    in_related: bool,
    alternative: bool,
    digest: bool,
}

impl Position {
    fn child(&self, index: usize) -> Self {
        let number = if self.number.is_empty() { index.to_string() } else { format!("{}.{index}", self.number) };
        Self { number, depth: self.depth + 1, ..self.clone() }
    }
}

type Walked = Result<(), Obstacle>;

impl<'w, 'a> Walk<'w, 'a> {
    pub(super) fn new(limits: &'w Limits, mail: &'w mut Mail<'a>) -> Self {
        Self { limits, mail, spent: Spent::default(), texts: Vec::new() }
    }

    pub(super) fn message(mut self, bytes: &'a [u8]) {
        let outcome = self.entity(Cow::Borrowed(bytes), &Position::default(), true);
        if let Err(obstacle) = outcome {
            self.mail.obstacle = Some(obstacle);
        }
        self.mail.text = self.text();
    }

    /// A header block and its body.
    fn entity(&mut self, bytes: Cow<'a, [u8]>, at: &Position, top: bool) -> Walked {
        match bytes {
            Cow::Borrowed(bytes) => {
                let (block, body) = self.cut(bytes)?;
                let fields = Fields::read(block);
                if top && !fields.any() {
                    return Err(Obstacle::NoMessage);
                }
                self.body(&fields, Cow::Borrowed(body), at)
            }
            // What was decoded lives only here: its leaves are copied.
            Cow::Owned(bytes) => {
                let (block, body) = self.cut(&bytes)?;
                let fields = Fields::read(block);
                let mut inner = Mail { parts: Vec::new(), ..empty() };
                let mut walk = Walk { limits: self.limits, mail: &mut inner, spent: self.spent, texts: Vec::new() };
                let taken = self.mail.parts.len();
                let outcome = walk.body(&fields, Cow::Borrowed(body), at);
                self.spent = walk.spent;
                self.texts.append(&mut walk.texts);
                self.mail.signed |= inner.signed;
                self.mail.obstacle = self.mail.obstacle.or(inner.obstacle);
                self.mail.returned = self.mail.returned.take().or(inner.returned);
                if taken + inner.parts.len() > self.limits.parts {
                    return Err(Obstacle::TooManyParts);
                }
                self.mail.parts.extend(
                    inner.parts.into_iter().map(|part| Part { bytes: Cow::Owned(part.bytes.into_owned()), ..part }),
                );
                outcome
            }
        }
    }

    fn cut<'b>(&self, bytes: &'b [u8]) -> Result<(&'b [u8], &'b [u8]), Obstacle> {
        match split(bytes, self.limits.header) {
            (block, Some(body)) => Ok((block, body)),
            (_, None) => Err(Obstacle::HeaderTooLarge),
        }
    }

    fn body(&mut self, fields: &Fields<'_>, body: Cow<'a, [u8]>, at: &Position) -> Walked {
        if at.depth > self.limits.depth {
            return Err(Obstacle::TooDeep);
        }
        // An envelope without files is no leaf, and costs time all the same.
        self.spent.entities += 1;
        if self.spent.entities > 4 * self.limits.parts {
            return Err(Obstacle::TooManyParts);
        }
        let content_type = fields.content_type();
        let media = match content_type {
            Some(kind) => format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_ascii_lowercase(),
            None if at.digest => "message/rfc822".to_owned(),
            None => "text/plain".to_owned(),
        };
        let media = line(&media);
        let parameter = |name: &str| content_type.and_then(|kind| kind.attribute(name)).unwrap_or_default();
        if let Some(subtype) = media.strip_prefix("multipart/") {
            match subtype {
                "encrypted" => self.note(Obstacle::Encrypted),
                "signed" => self.mail.signed = true,
                _ => {}
            }
            if let Cow::Borrowed(body) = body {
                // The boundary lives as long as the fields; the parts live as long as the body.
                let parts: Vec<&'a [u8]> = cut_parts(body, parameter("boundary"), self.limits.parts + 1);
                if !parts.is_empty() {
                    return self.multipart(parts, subtype, at);
                }
            }
            return self.leaf(fields, "text/plain", body, at);
        }
        let encoding = fields.text(&HeaderName::ContentTransferEncoding).unwrap_or_default();
        let decoded = match &body {
            Cow::Borrowed(bytes) => decode::transfer(bytes, &encoding),
            Cow::Owned(bytes) => Cow::Owned(decode::transfer(bytes, &encoding).into_owned()),
        };
        if let Cow::Owned(bytes) = &decoded {
            self.charge(bytes.len())?;
        }
        match &*media {
            "message/rfc822" | "message/global" => return self.nested(decoded, at),
            "text/rfc822-headers" => self.note_returned(&decoded),
            "application/pkcs7-mime" | "application/x-pkcs7-mime" => return self.envelope(fields, &media, decoded, at),
            "application/ms-tnef" | "application/vnd.ms-tnef" => return self.winmail(&decoded, at),
            _ if tnef::is_envelope(&decoded) => return self.winmail(&decoded, at),
            _ => {}
        }
        if decoded.trim_ascii_start().starts_with(b"-----BEGIN PGP MESSAGE-----") {
            self.note(Obstacle::Encrypted);
        }
        self.leaf(fields, &media, decoded, at)
    }

    fn multipart(&mut self, parts: Vec<&'a [u8]>, subtype: &str, at: &Position) -> Walked {
        if parts.len() > self.limits.parts {
            return Err(Obstacle::TooManyParts);
        }
        for (index, part) in parts.into_iter().enumerate() {
            let mut below = at.child(index + 1);
            below.in_related = at.in_related || subtype == "related";
            below.alternative = at.alternative || subtype == "alternative";
            below.digest = subtype == "digest";
            self.entity(Cow::Borrowed(part), &below, false)?;
        }
        Ok(())
    }

    fn nested(&mut self, bytes: Cow<'a, [u8]>, at: &Position) -> Walked {
        self.note_returned(&bytes);
        let mut below = at.child(1);
        below.nested = at.nested + 1;
        below.digest = false;
        self.entity(bytes, &below, false)
    }

    /// The message in a bounce is the one that came back.
    fn note_returned(&mut self, bytes: &[u8]) {
        if self.mail.returned.is_none() {
            let (block, _) = split(bytes, self.limits.header);
            self.mail.returned = super::Header::from_fields(&Fields::read(block)).message_id;
        }
    }

    /// S/MIME: signed content is taken out, encrypted content is not.
    fn envelope(&mut self, fields: &Fields<'_>, media: &str, bytes: Cow<'a, [u8]>, at: &Position) -> Walked {
        match cms::open(&bytes) {
            cms::Shell::Signed(content) => {
                self.charge(content.len())?;
                self.mail.signed = true;
                let mut below = at.child(1);
                below.digest = false;
                return self.entity(Cow::Owned(content), &below, false);
            }
            cms::Shell::Enveloped => self.note(Obstacle::Encrypted),
            cms::Shell::Unreadable => self.note(Obstacle::EnvelopeUnreadable),
        }
        self.leaf(fields, media, bytes, at)
    }

    fn winmail(&mut self, bytes: &[u8], at: &Position) -> Walked {
        for (index, file) in tnef::files(bytes).into_iter().enumerate() {
            self.charge(file.bytes.len())?;
            let name = file.name.as_deref().and_then(safe_name);
            let around = Surroundings { attachment: true, named: name.is_some(), ..Surroundings::default() };
            let (kind, aside) = of("application/octet-stream", name.as_deref(), file.bytes, around);
            self.push(Part {
                number: at.child(index + 1).number,
                kind,
                aside,
                name,
                media_type: "application/octet-stream".to_owned(),
                bytes: Cow::Owned(file.bytes.to_vec()),
                nested: at.nested,
            })?;
        }
        Ok(())
    }

    fn leaf(&mut self, fields: &Fields<'_>, media: &str, bytes: Cow<'a, [u8]>, at: &Position) -> Walked {
        let name = fields.file_name().and_then(safe_name);
        let around = Surroundings {
            in_related: at.in_related,
            content_id: fields.content_id(),
            attachment: fields.disposition().is_some_and(mail_parser::ContentType::is_attachment),
            named: name.is_some(),
        };
        let (kind, aside) = of(media, name.as_deref(), &bytes, around);
        if matches!(kind, Kind::Text | Kind::Html) {
            let charset = fields.content_type().and_then(|kind| kind.attribute("charset"));
            let plain = text::decode(&bytes, charset, self.limits.preview);
            let html = kind == Kind::Html;
            // Of alternatives, the plain text says the same.
            let said = at.alternative && html && self.texts.iter().any(|(text, html)| !html && !text.trim().is_empty());
            if !said {
                let plain = if html { text::plain_from_html(&plain) } else { plain };
                self.texts.push((plain, html));
            }
        }
        let number = if at.number.is_empty() { "1".to_owned() } else { at.number.clone() };
        self.push(Part { number, kind, aside, name, media_type: media.to_owned(), bytes, nested: at.nested })
    }

    fn push(&mut self, part: Part<'a>) -> Walked {
        if self.mail.parts.len() >= self.limits.parts {
            return Err(Obstacle::TooManyParts);
        }
        self.mail.parts.push(part);
        Ok(())
    }

    fn charge(&mut self, bytes: usize) -> Walked {
        self.spent.decoded = self.spent.decoded.saturating_add(bytes);
        if self.spent.decoded > self.limits.decoded { Err(Obstacle::TooMuchDecoded) } else { Ok(()) }
    }

    fn note(&mut self, obstacle: Obstacle) {
        self.mail.obstacle.get_or_insert(obstacle);
    }

    fn text(&self) -> String {
        let mut all = String::new();
        for (text, _) in &self.texts {
            if !all.is_empty() {
                all.push_str("\n\n");
            }
            all.push_str(text);
            if all.len() > self.limits.preview {
                break;
            }
        }
        text::tidy(&all, self.limits.preview)
    }
}

fn cut_parts<'a>(body: &'a [u8], boundary: &str, limit: usize) -> Vec<&'a [u8]> {
    boundary::parts(body, boundary.as_bytes()).take(limit).collect()
}

fn empty<'a>() -> Mail<'a> {
    Mail {
        header: super::Header::default(),
        nature: super::Nature::Personal,
        parts: Vec::new(),
        text: String::new(),
        signed: false,
        obstacle: None,
        returned: None,
    }
}

//! From bytes to text, in every encoding that XML parsers must or commonly do read.
//!
//! Invariant: the text that comes out has no carriage returns (XML 1.0 §2.11) and no byte order
//! mark, and decoding never guesses: a byte that the encoding does not have is an error.

use std::borrow::Cow;

use super::error::{XmlError, XmlErrorKind};

/// A character encoding that we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, the default.
    Utf8,
    /// UTF-16, big end first.
    Utf16Be,
    /// UTF-16, little end first.
    Utf16Le,
    /// US-ASCII: seven bits.
    Ascii,
    /// ISO-8859-1 (Latin 1).
    Latin1,
    /// ISO-8859-15 (Latin 9, with the euro sign).
    Latin9,
    /// windows-1252.
    Windows1252,
}

/// What stands at 0x80–0x9F in windows-1252; the five unassigned places map to the control
/// characters, which XML 1.0 allows there.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

impl Encoding {
    /// The encoding of this IANA name, in any case.
    #[must_use]
    pub fn from_label(label: &str) -> Option<Self> {
        Some(match label.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Self::Utf8,
            "utf-16be" => Self::Utf16Be,
            "utf-16le" => Self::Utf16Le,
            "us-ascii" | "ascii" | "iso646-us" | "ansi_x3.4-1968" => Self::Ascii,
            "iso-8859-1" | "iso8859-1" | "iso8859_1" | "iso_8859-1" | "latin1" | "l1" => Self::Latin1,
            "iso-8859-15" | "iso8859-15" | "iso8859_15" | "iso_8859-15" | "latin9" | "latin-9" => Self::Latin9,
            "windows-1252" | "cp1252" | "windows1252" => Self::Windows1252,
            _ => return None,
        })
    }
}

/// Decodes a whole document: by byte order mark, else by its XML declaration, else UTF-8.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, XmlError> {
    let text = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => match declared(rest)? {
            // The mark settles it; a declaration of another one-byte encoding contradicts it.
            Some(Encoding::Utf8) | None => utf8(rest)?,
            Some(_) => return Err(XmlError::at(0, XmlErrorKind::EncodingMismatch)),
        },
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0, b'<', 0, b'?', ..] => utf16(bytes, u16::from_be_bytes)?,
        [b'<', 0, b'?', 0, ..] => utf16(bytes, u16::from_le_bytes)?,
        _ => match declared(bytes)?.unwrap_or(Encoding::Utf8) {
            Encoding::Utf8 => utf8(bytes)?,
            Encoding::Ascii => match bytes.iter().position(|byte| *byte >= 0x80) {
                Some(at) => {
                    return Err(XmlError::at(at, XmlErrorKind::Encoding { label: "US-ASCII".into() }));
                }
                None => utf8(bytes)?,
            },
            Encoding::Latin1 => one_byte(bytes, char::from),
            Encoding::Latin9 => one_byte(bytes, latin9),
            Encoding::Windows1252 => one_byte(bytes, windows_1252),
            Encoding::Utf16Be | Encoding::Utf16Le => {
                return Err(XmlError::at(0, XmlErrorKind::EncodingMismatch));
            }
        },
    };
    Ok(line_ends(text))
}

/// The encoding that an ASCII-compatible XML declaration names.
fn declared(bytes: &[u8]) -> Result<Option<Encoding>, XmlError> {
    if !bytes.starts_with(b"<?xml") {
        return Ok(None);
    }
    let head = &bytes[..bytes.len().min(512)];
    let Some(end) = memchr::memmem::find(head, b"?>") else {
        return Ok(None);
    };
    let head = &head[..end];
    let Some(at) = memchr::memmem::find(head, b"encoding") else {
        return Ok(None);
    };
    let value = head[at + 8..].trim_ascii_start();
    let Some(value) = value.strip_prefix(b"=").map(<[u8]>::trim_ascii_start) else {
        return Ok(None);
    };
    let Some((quote, value)) = value.split_first().filter(|(quote, _)| matches!(quote, b'"' | b'\'')) else {
        return Ok(None);
    };
    let Some(end) = memchr::memchr(*quote, value) else {
        return Ok(None);
    };
    let label = String::from_utf8_lossy(&value[..end]);
    if label.eq_ignore_ascii_case("utf-16") {
        return Ok(Some(Encoding::Utf16Be));
    }
    match Encoding::from_label(&label) {
        Some(encoding) => Ok(Some(encoding)),
        None => Err(XmlError::at(at, XmlErrorKind::UnknownEncoding { label: label.chars().take(40).collect() })),
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, XmlError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(error) => Err(XmlError::at(error.valid_up_to(), XmlErrorKind::Encoding { label: "UTF-8".into() })),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'static, str>, XmlError> {
    let broken = |at| XmlError::at(at, XmlErrorKind::Encoding { label: "UTF-16".into() });
    if !bytes.len().is_multiple_of(2) {
        return Err(broken(bytes.len() - 1));
    }
    let mut text = String::with_capacity(bytes.len() / 2 + bytes.len() / 16);
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
    for c in char::decode_utf16(units) {
        text.push(c.map_err(|_| broken(text.len()))?);
    }
    Ok(Cow::Owned(text))
}

fn one_byte(bytes: &[u8], decode: fn(u8) -> char) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        // Pure ASCII reads the same in all of these encodings.
        Ok(text) if text.is_ascii() => Cow::Borrowed(text),
        _ => Cow::Owned(bytes.iter().map(|byte| decode(*byte)).collect()),
    }
}

fn latin9(byte: u8) -> char {
    match byte {
        0xA4 => '€',
        0xA6 => 'Š',
        0xA8 => 'š',
        0xB4 => 'Ž',
        0xB8 => 'ž',
        0xBC => 'Œ',
        0xBD => 'œ',
        0xBE => 'Ÿ',
        _ => char::from(byte),
    }
}

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9F => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// CR LF and lone CR become LF, as XML 1.0 §2.11 demands before anything else looks at the text.
fn line_ends(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = memchr::memchr(b'\r', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        out.push('\n');
        rest = &rest[at + 1..];
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expect: &str) {
        assert_eq!(decode(bytes).unwrap(), expect);
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let utf16 = |label: &str, unit: fn(u16) -> [u8; 2], mark: &[u8]| {
            let text = format!("<?xml version='1.0' encoding='{label}'?><a>ä€</a>");
            mark.iter().copied().chain(text.encode_utf16().flat_map(unit)).collect::<Vec<_>>()
        };
        check("<a>ä€</a>".as_bytes(), "<a>ä€</a>");
        check(b"\xEF\xBB\xBF<a/>", "<a/>");
        check(&utf16("UTF-16", u16::to_be_bytes, &[0xFE, 0xFF]), "<?xml version='1.0' encoding='UTF-16'?><a>ä€</a>");
        check(&utf16("UTF-16", u16::to_le_bytes, &[0xFF, 0xFE]), "<?xml version='1.0' encoding='UTF-16'?><a>ä€</a>");
        check(&utf16("UTF-16LE", u16::to_le_bytes, &[]), "<?xml version='1.0' encoding='UTF-16LE'?><a>ä€</a>");
        check(b"<?xml version='1.0' encoding='ISO-8859-1'?>\xE4", "<?xml version='1.0' encoding='ISO-8859-1'?>ä");
        check(b"<?xml version='1.0' encoding='ISO-8859-15'?>\xA4", "<?xml version='1.0' encoding='ISO-8859-15'?>€");
        check(b"<?xml version='1.0' encoding='windows-1252'?>\x80", "<?xml version='1.0' encoding='windows-1252'?>€");
        check(b"<a>\r\n\r</a>", "<a>\n\n</a>");
    }

    #[test]
    fn a_byte_that_the_encoding_lacks_is_an_error() {
        assert!(decode(b"<a>\xE4</a>").is_err());
        assert!(decode(b"<?xml version='1.0' encoding='US-ASCII'?>\xC3\xA4").is_err());
        assert!(decode(b"<?xml version='1.0' encoding='UTF-16'?><a/>").is_err());
        assert!(decode(b"<?xml version='1.0' encoding='KLINGON'?><a/>").is_err());
        assert!(decode(&[0xFE, 0xFF, 0xD8, 0x00]).is_err());
    }
}

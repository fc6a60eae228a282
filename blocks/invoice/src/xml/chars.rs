//! Which characters XML allows where, and what it calls white space.
//!
//! Invariant: white space is exactly space, tab, line feed and carriage return. A no-break space
//! is a letter like any other here, which is why `str::trim` is never used on document text.

use std::borrow::Cow;

/// XML white space (production S).
#[must_use]
pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Is there nothing but white space in it?
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.bytes().all(is_space)
}

/// Without white space at both ends.
#[must_use]
pub fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\r'])
}

/// White space collapsed as XPath's `normalize-space()` does: none at the ends, single blanks inside.
#[must_use]
pub fn collapse(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let clean = !bytes.iter().enumerate().any(|(i, &b)| {
        matches!(b, b'\t' | b'\n' | b'\r') || (b == b' ' && (i == 0 || i + 1 == bytes.len() || bytes[i + 1] == b' '))
    });
    if clean {
        return Cow::Borrowed(text);
    }
    let trimmed = trim(text);
    if !trimmed.bytes().any(|b| matches!(b, b'\t' | b'\n' | b'\r')) && !trimmed.contains("  ") {
        return Cow::Borrowed(trimmed);
    }
    let mut out = String::with_capacity(trimmed.len());
    for word in trimmed.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    Cow::Owned(out)
}

/// Production Char of XML 1.0.
pub(super) fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// Production NameStartChar of XML 1.0 (fifth edition), without the colon. The older editions, by
/// which most parsers go, allow fewer letters outside the common scripts; no invoice schema has any.
pub(crate) fn is_name_start(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// Production NameChar of XML 1.0 (fifth edition), without the colon.
pub(crate) fn is_name_char(c: char) -> bool {
    is_name_start(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// Bytes of an ASCII name, colon included; every byte of a multi-byte character counts as one too
/// and is looked at closely afterwards.
pub(super) static NAME_BYTE: [bool; 256] = {
    let mut table = [false; 256];
    let mut i = 0;
    while i < 256 {
        let b = i as u8;
        table[i] = b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':') || b >= 0x80;
        i += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_break_space_is_not_white_space() {
        assert!(!is_blank("\u{A0}"));
        assert_eq!(trim(" \u{A0}x\n"), "\u{A0}x");
        assert_eq!(collapse(" a \t b\u{A0} "), "a b\u{A0}");
        assert_eq!(collapse("a b"), "a b");
        assert_eq!(collapse("  "), "");
    }
}

//! Which characters XML allows where, and what it calls white space.
//!
//! Invariant: white space is exactly space, tab, line feed and carriage return. A no-break space
//! is a letter like any other here, which is why `str::trim` is never used on document text.

use std::borrow::Cow;

use super::letters::{PARTS, STARTS};

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

/// May a name begin with this character? Colons apart: (Letter | '_') of XML 1.0.
pub(crate) fn is_name_start(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() || c == '_' } else { is_within(c, &STARTS) }
}

/// May a name hold this character? Colons apart: NameChar of XML 1.0.
pub(crate) fn is_name_char(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') } else { is_within(c, &PARTS) }
}

fn is_within(c: char, ranges: &[(u16, u16)]) -> bool {
    let Ok(code) = u16::try_from(u32::from(c)) else { return false };
    let above = ranges.partition_point(|range| range.0 <= code);
    above.checked_sub(1).is_some_and(|at| code <= ranges[at].1)
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
    fn names_follow_the_older_editions() {
        for c in ['a', 'Z', '_', 'é', 'Ω', '一', '가'] {
            assert!(is_name_start(c) && is_name_char(c), "{c}");
        }
        for c in ['-', '.', '5', '\u{B7}', '\u{300}'] {
            assert!(!is_name_start(c) && is_name_char(c), "{c}");
        }
        for c in [':', ' ', '×', '\u{132}', '\u{3400}', '\u{F900}', '\u{10000}'] {
            assert!(!is_name_start(c) && !is_name_char(c), "{c}");
        }
        assert!(STARTS.is_sorted() && PARTS.is_sorted());
    }

    #[test]
    fn no_break_space_is_not_white_space() {
        assert!(!is_blank("\u{A0}"));
        assert_eq!(trim(" \u{A0}x\n"), "\u{A0}x");
        assert_eq!(collapse(" a \t b\u{A0} "), "a b\u{A0}");
        assert_eq!(collapse("a b"), "a b");
        assert_eq!(collapse("  "), "");
    }
}

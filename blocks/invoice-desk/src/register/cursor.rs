//! A place in a sorted list.
//!
//! A cursor is the sort value and the id of an invoice: the next page begins after them, whatever
//! came in or went away meanwhile. Nothing is counted and nothing is skipped, so the thousandth
//! page costs what the first costs.
//!
//! Invariant: a cursor only says where to read on; it opens nothing that the filter and the
//! permissions do not open. It may be forged freely.

use std::fmt::Write as _;

/// The value of the sorted column at a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A time or an amount.
    Int(i64),
    /// A date or a text.
    Text(String),
    /// Nothing is in the column; all these come last.
    Nothing,
}

/// Where a page begins or ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cursor {
    /// Read towards the beginning: the page *before* this place.
    pub backwards: bool,
    /// The value of the sorted column.
    pub key: Key,
    /// The invoice.
    pub id: String,
}

impl Cursor {
    /// As it stands in an address: letters, digits, `-`, `_` and `.` only.
    #[must_use]
    pub fn text(&self) -> String {
        let way = if self.backwards { 'b' } else { 'f' };
        let mut out = String::new();
        out.push(way);
        match &self.key {
            Key::Int(value) => {
                let _ = write!(out, "i{value}");
            }
            Key::Text(value) => {
                out.push('t');
                for byte in value.bytes() {
                    if byte.is_ascii_alphanumeric() || byte == b'-' {
                        out.push(char::from(byte));
                    } else {
                        let _ = write!(out, "_{byte:02x}");
                    }
                }
            }
            Key::Nothing => out.push('n'),
        }
        out.push('.');
        out.push_str(&self.id);
        out
    }

    /// The cursor of this text.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        if text.len() > 2000 || !text.is_ascii() {
            return None;
        }
        let (place, id) = text.split_once('.')?;
        let backwards = match place.get(..1)? {
            "f" => false,
            "b" => true,
            _ => return None,
        };
        let value = place.get(2..)?;
        let key = match place.get(1..2)? {
            "i" => Key::Int(value.parse().ok()?),
            "t" => Key::Text(unescaped(value)?),
            "n" if value.is_empty() => Key::Nothing,
            _ => return None,
        };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if id.is_empty() || id.len() > 64 || !id.bytes().all(plain) {
            return None;
        }
        Some(Self { backwards, key, id: id.to_owned() })
    }
}

fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('_') {
        bytes.extend_from_slice(rest.get(..at)?.as_bytes());
        bytes.push(u8::from_str_radix(rest.get(at + 1..at + 3)?, 16).ok()?);
        rest = rest.get(at + 3..)?;
    }
    bytes.extend_from_slice(rest.as_bytes());
    let text = String::from_utf8(bytes).ok()?;
    // PostgreSQL takes no such character in a text.
    (!text.contains('\0')).then_some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_that_is_written_reads_the_same(backwards: bool, number: i64, text in "[^\0]{0,40}", kind in 0..3) {
            let key = match kind {
                0 => Key::Int(number),
                1 => Key::Text(text),
                _ => Key::Nothing,
            };
            let cursor = Cursor { backwards, key, id: "0190-abc".into() };
            let written = cursor.text();
            prop_assert!(written.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)));
            prop_assert_eq!(Cursor::find(&written), Some(cursor));
        }

        #[test]
        fn any_text_is_a_cursor_or_none(text in ".{0,60}") {
            let _ = Cursor::find(&text);
        }
    }

    #[test]
    fn forged_ones_are_refused() {
        for text in
            ["", "f", "fi.", "fi12", "fix.a", "xi1.a", "ft_zz.a", "ft_.a", "fn1.a", "fi1.a b", "ft_00.a", "ft_ff.a"]
        {
            assert_eq!(Cursor::find(text), None, "{text}");
        }
    }
}

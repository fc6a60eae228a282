//! The letters that version 2 allows: *Lateinische Zeichen in Unicode* 1.1.1.
//!
//! Invariant: a text that [`all_allowed`] accepts fits the schema's type `String.Latin`.

/// Ranges of single letters, both ends included.
const LETTERS: [(u32, u32); 47] = [
    (0x0009, 0x000a),
    (0x000d, 0x000d),
    (0x0020, 0x007e),
    (0x00a1, 0x00ac),
    (0x00ae, 0x0107),
    (0x010a, 0x011b),
    (0x011e, 0x0123),
    (0x0126, 0x0131),
    (0x0134, 0x015b),
    (0x015e, 0x016b),
    (0x016e, 0x017e),
    (0x018f, 0x018f),
    (0x01a0, 0x01a1),
    (0x01af, 0x01b0),
    (0x01b7, 0x01b7),
    (0x01cd, 0x01d4),
    (0x01de, 0x01df),
    (0x01e4, 0x01f0),
    (0x01f4, 0x01f5),
    (0x01fa, 0x01ff),
    (0x0218, 0x021b),
    (0x021e, 0x021f),
    (0x022a, 0x022b),
    (0x022e, 0x0233),
    (0x0259, 0x0259),
    (0x0292, 0x0292),
    (0x1e02, 0x1e03),
    (0x1e0a, 0x1e0b),
    (0x1e10, 0x1e11),
    (0x1e1e, 0x1e21),
    (0x1e24, 0x1e27),
    (0x1e30, 0x1e31),
    (0x1e40, 0x1e41),
    (0x1e44, 0x1e45),
    (0x1e56, 0x1e57),
    (0x1e60, 0x1e63),
    (0x1e6a, 0x1e6b),
    (0x1e80, 0x1e85),
    (0x1e8c, 0x1e93),
    (0x1e9e, 0x1e9e),
    (0x1ea0, 0x1ea7),
    (0x1eaa, 0x1eac),
    (0x1eae, 0x1ec1),
    (0x1ec4, 0x1ed3),
    (0x1ed6, 0x1edd),
    (0x1ee4, 0x1ef9),
    (0x20ac, 0x20ac),
];

/// Letters with a mark of their own.
const MARKED: [(char, char); 9] = [
    ('M', '\u{302}'),
    ('N', '\u{302}'),
    ('m', '\u{302}'),
    ('n', '\u{302}'),
    ('D', '\u{302}'),
    ('d', '\u{302}'),
    ('J', '\u{30c}'),
    ('L', '\u{302}'),
    ('l', '\u{302}'),
];

/// Are all letters of this text allowed in version 2?
#[must_use]
pub(super) fn all_allowed(text: &str) -> bool {
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let marked = letters.peek().is_some_and(|mark| MARKED.contains(&(letter, *mark)));
        if marked {
            letters.next();
        } else if !LETTERS.iter().any(|(from, to)| (*from..=*to).contains(&u32::from(letter))) {
            return false;
        }
    }
    true
}

/// The same with plain marks in place of typographic ones, which version 2 does not have.
#[must_use]
pub(super) fn simplified(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '„' | '“' | '”' | '‟' => plain.push('"'),
            '‚' | '‘' | '’' | '‛' => plain.push('\''),
            '‐'..='―' | '−' => plain.push('-'),
            '…' => plain.push_str("..."),
            '\u{2000}'..='\u{200a}' | '\u{202f}' => plain.push(' '),
            letter => plain.push(letter),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn german_is_allowed_and_greek_is_not() {
        for (text, expect) in
            [("Größe, 5 € §", true), ("M\u{302}", true), ("x\u{302}", false), ("α", false), ("", true)]
        {
            assert_eq!(all_allowed(text), expect, "{text}");
        }
    }
}

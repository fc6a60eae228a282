//! Encodings of the files that finance systems import.
//!
//! Invariant: what an encoding cannot say becomes `?` and is counted; nothing is dropped silently.

use serde::{Deserialize, Serialize};

/// How characters become bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// UTF-8 with the mark by which spreadsheets recognise it.
    Utf8Bom,
    /// Windows-1252, which older German systems expect.
    Windows1252,
}

/// Windows-1252 from 0x80 to 0x9F; the rest is as in Unicode.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

impl Encoding {
    /// The bytes of a text, and how many characters could not be said.
    #[must_use]
    pub fn encode(self, text: &str) -> (Vec<u8>, usize) {
        match self {
            Self::Utf8 => (text.as_bytes().to_vec(), 0),
            Self::Utf8Bom => ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), 0),
            Self::Windows1252 => {
                let mut replaced = 0;
                let bytes = text.chars().map(|c| {
                    byte(c).unwrap_or_else(|| {
                        replaced += 1;
                        b'?'
                    })
                });
                let bytes = bytes.collect();
                (bytes, replaced)
            }
        }
    }
}

fn byte(c: char) -> Option<u8> {
    match u32::from(c) {
        code @ (0..=0x7F | 0xA0..=0xFF) => u8::try_from(code).ok(),
        _ => HIGH.iter().position(|high| *high == c).and_then(|at| u8::try_from(0x80 + at).ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_1252() {
        let (bytes, replaced) = Encoding::Windows1252.encode("Größe 5 € – „ja“ 漢");
        assert_eq!(bytes, b"Gr\xF6\xDFe 5 \x80 \x96 \x84ja\x93 ?");
        assert_eq!(replaced, 1);
        assert_eq!(Encoding::Utf8Bom.encode("ä").0, b"\xEF\xBB\xBF\xC3\xA4");
    }
}

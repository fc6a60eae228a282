//! PDF's text strings: UTF-16, UTF-8 or PDFDocEncoding, told apart as readers do.
//!
//! Invariant: every byte sequence decodes to something; what cannot be read becomes U+FFFD.

/// Decodes a text string.
pub(crate) fn decode(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        // Many writers put bare UTF-8 here. Text in another encoding is hardly ever valid UTF-8.
        _ => match std::str::from_utf8(bytes) {
            Ok(text) if !text.is_ascii() => text.to_owned(),
            _ => bytes.iter().map(|byte| pdf_doc(*byte)).collect(),
        },
    }
}

/// Encodes a text string: ASCII as it is, everything else as UTF-16.
pub(crate) fn encode(text: &str) -> Vec<u8> {
    if text.is_ascii() {
        return text.as_bytes().to_vec();
    }
    let units = text.encode_utf16().flat_map(u16::to_be_bytes);
    [0xFE, 0xFF].into_iter().chain(units).collect()
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let mut in_language = false;
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        // A language tag stands between two escape characters.
        .filter(|c| {
            let escape = *c == '\u{1b}';
            in_language ^= escape;
            !escape && !in_language
        })
        .collect()
}

/// PDFDocEncoding: Latin-1 with other characters in two gaps.
fn pdf_doc(byte: u8) -> char {
    const LOW: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
    const HIGH: [char; 33] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ', 'ﬂ', 'Ł',
        'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{fffd}', '€',
    ];
    match byte {
        0x18..=0x1F => LOW[usize::from(byte - 0x18)],
        0x80..=0xA0 => HIGH[usize::from(byte - 0x80)],
        0x7F | 0xAD => char::REPLACEMENT_CHARACTER,
        other => char::from(other),
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn encodings() {
        for (bytes, expect) in [
            (&b"factur-x.xml"[..], "factur-x.xml"),
            (b"\xFE\xFF\x00R\x00\xFC", "Rü"),
            (b"\xFF\xFER\x00\xFC\x00", "Rü"),
            (b"\xFE\xFF\x00\x1B\x00d\x00e\x00\x1B\x00a", "a"),
            (b"\xEF\xBB\xBFR\xC3\xBC", "Rü"),
            (b"R\xC3\xBC", "Rü"),
            (b"R\xFC \xA0 \x8C", "Rü € „"),
            (b"\xFE\xFF\xD8\x00", "\u{fffd}"),
        ] {
            assert_eq!(decode(bytes), expect);
        }
        for text in ["abc", "Grüße – 1 €", "😀"] {
            assert_eq!(decode(&encode(text)), text);
        }
    }
}

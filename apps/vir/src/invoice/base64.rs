//! Decoding base64, as attachments are written in XML: with white space anywhere.

/// The bytes; none where the text is no base64.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count, mut padding) = (0_u32, 0, 0);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                padding += 1;
                continue;
            }
            _ => return None,
        };
        if padding > 0 {
            return None;
        }
        bits = bits << 6 | u32::from(value);
        count += 1;
        if count == 4 {
            out.extend_from_slice(&bits.to_be_bytes()[1..]);
            (bits, count) = (0, 0);
        }
    }
    match (count, padding) {
        (0, 0) => {}
        (2, 2) => out.push((bits >> 4).to_be_bytes()[3]),
        (3, 1) => out.extend_from_slice(&(bits >> 2).to_be_bytes()[2..]),
        _ => return None,
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_with_white_space_and_refuses_the_rest() {
        for (text, expect) in [
            ("", Some(&b""[..])),
            ("TWFu", Some(b"Man")),
            (" TW\n E = ", Some(b"Ma")),
            ("TQ==", Some(b"M")),
            ("TQ=", None),
            ("T", None),
            ("TQ==TQ==", None),
            ("T!==", None),
        ] {
            assert_eq!(decode(text).as_deref(), expect, "{text:?}");
        }
    }
}

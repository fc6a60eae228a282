//! Transfer encodings, read the way mail programs write them.
//!
//! Invariant: the result is never longer than the input, and damage costs only the damaged characters:
//! an invoice with a stray space in its base64 is still an invoice.

use std::borrow::Cow;

/// Decodes by `Content-Transfer-Encoding`; what is unknown is taken as it stands.
pub(super) fn transfer<'a>(bytes: &'a [u8], encoding: &str) -> Cow<'a, [u8]> {
    let encoding = encoding.trim();
    if encoding.eq_ignore_ascii_case("base64") {
        Cow::Owned(base64(bytes))
    } else if encoding.eq_ignore_ascii_case("quoted-printable") {
        Cow::Owned(quoted_printable(bytes))
    } else {
        Cow::Borrowed(bytes)
    }
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0u8);
    for byte in bytes {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                // Padding ends a group; some programs join groups that were encoded apart.
                (bits, count) = (0, 0);
                continue;
            }
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 0xff) as u8);
        }
    }
    out
}

fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let hex = |byte: Option<&u8>| byte.and_then(|b| (*b as char).to_digit(16)).map(|d| d as u8);
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        if *byte != b'=' {
            out.push(*byte);
            continue;
        }
        if let (Some(high), Some(low)) = (hex(bytes.get(at)), hex(bytes.get(at + 1))) {
            out.push(high << 4 | low);
            at += 2;
            continue;
        }
        // A soft line break, with the white space that a mail server may have added.
        let blank = bytes[at..].iter().take(100).take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
        match bytes.get(at + blank) {
            Some(b'\n') => at += blank + 1,
            None => at += blank,
            Some(_) => out.push(b'='),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::transfer;

    fn check(encoding: &str, input: &str, expect: &str) {
        assert_eq!(String::from_utf8_lossy(&transfer(input.as_bytes(), encoding)), expect, "{input:?}");
    }

    #[test]
    fn encodings_are_read_with_their_usual_damage() {
        check("base64", "SGFs\r\nbG8=\r\n", "Hallo");
        check("BASE64", "SGFs bG8", "Hallo");
        check("base64", "SGFsbG8=SGFsbG8=", "HalloHallo");
        check("base64", "S!G*F sbG8", "Hallo");
        check("base64", "====", "");
        check("quoted-printable", "a=C3=A4b=\r\nc", "aäbc");
        check("quoted-printable", "a= \t\r\nb", "ab");
        check("quoted-printable", "5=x, =", "5=x, ");
        check("quoted-printable", "a=3D\nb", "a=\nb");
        check("7bit", "a=3D", "a=3D");
        check("", "x", "x");
    }
}

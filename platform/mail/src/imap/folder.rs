//! Names of folders: IMAP writes them in its own form of UTF-7 (RFC 3501, 5.1.3).
//!
//! Invariant: an encoded name is printable ASCII, so it can stand in a command.

use base64::Engine;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

const BASE64: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

/// `Quarantäne` → `Quarant&AOQ-ne`.
pub(super) fn encoded(name: &str) -> String {
    let mut out = String::new();
    let mut wide: Vec<u8> = Vec::new();
    let flush = |wide: &mut Vec<u8>, out: &mut String| {
        if !wide.is_empty() {
            out.push('&');
            out.push_str(&BASE64.encode(&*wide));
            out.push('-');
            wide.clear();
        }
    };
    for c in name.chars().filter(|c| !c.is_control()) {
        if c.is_ascii() {
            flush(&mut wide, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            wide.extend(c.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut wide, &mut out);
    out
}

/// The other way; what is not encoded properly is left as it stands.
pub(super) fn decoded(name: &str) -> String {
    let mut out = String::new();
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let Some((code, tail)) = after.split_once('-') else {
            out.push('&');
            rest = after;
            continue;
        };
        if code.is_empty() {
            out.push('&');
        } else {
            let units = BASE64.decode(code).unwrap_or_default();
            let units = units.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair));
            out.extend(char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')));
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_imap_wants_them() {
        for (name, expect) in [
            ("Quarantäne", "Quarant&AOQ-ne"),
            ("Verarbeitet", "Verarbeitet"),
            ("A&B", "A&-B"),
            ("台北", "&U,BTFw-"),
            ("😀x", "&2D3eAA-x"),
        ] {
            assert_eq!(encoded(name), expect);
            assert_eq!(decoded(expect), name);
        }
        assert_eq!(encoded("a\r\nb"), "ab");
    }
}

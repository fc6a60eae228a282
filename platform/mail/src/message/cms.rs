//! The outermost shell of a CMS message (RFC 5652): enough to take signed content out, and to know that
//! encrypted content cannot be read.
//!
//! No signature is checked here: the message as it came is kept, and whoever has to prove it, can.
//! Mail programs write BER with indefinite lengths and the content in pieces, so that is read, too.
//!
//! Invariant: depth is bounded, every length is checked against the bytes that are there, and the
//! result is never longer than the input.

/// What the shell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shell {
    /// Signed, with its content.
    Signed(Vec<u8>),
    /// Encrypted.
    Enveloped,
    /// Something else, or damaged.
    Unreadable,
}

/// The last arc of 1.2.840.113549.1.7.*: PKCS #7 content types.
const PKCS7: [u8; 8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];
/// 1.2.840.113549.1.9.16.1.23, authEnvelopedData.
const AUTH_ENVELOPED: [u8; 11] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17];
const DEPTH: usize = 16;

const SEQUENCE: u8 = 0x30;
const OBJECT: u8 = 0x06;
const OCTETS: u8 = 0x04;
const OCTETS_IN_PIECES: u8 = 0x24;
const EXPLICIT_0: u8 = 0xa0;

pub(super) fn open(bytes: &[u8]) -> Shell {
    read(bytes).unwrap_or(Shell::Unreadable)
}

fn read(bytes: &[u8]) -> Option<Shell> {
    let (outer, _) = element(bytes, DEPTH)?;
    let inside = outer.expect_tag(SEQUENCE)?;
    let (kind, rest) = element(inside, DEPTH)?;
    let kind = kind.expect_tag(OBJECT)?;
    if kind == AUTH_ENVELOPED || kind == [&PKCS7[..], &[3]].concat() {
        return Some(Shell::Enveloped);
    }
    if kind != [&PKCS7[..], &[2]].concat() {
        return None;
    }
    // [0] SignedData ::= SEQUENCE { version, digestAlgorithms, encapContentInfo, … }
    let (wrapped, _) = element(rest, DEPTH)?;
    let (signed, _) = element(wrapped.expect_tag(EXPLICIT_0)?, DEPTH)?;
    let (_version, rest) = element(signed.expect_tag(SEQUENCE)?, DEPTH)?;
    let (_digests, rest) = element(rest, DEPTH)?;
    let (info, _) = element(rest, DEPTH)?;
    let (_content_type, rest) = element(info.expect_tag(SEQUENCE)?, DEPTH)?;
    let (content, _) = element(rest, DEPTH)?;
    let (octets, _) = element(content.expect_tag(EXPLICIT_0)?, DEPTH)?;
    let mut out = Vec::new();
    collect(&octets, &mut out, DEPTH)?;
    Some(Shell::Signed(out))
}

/// One element: its tag and its content.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
}

impl<'a> Element<'a> {
    fn expect_tag(&self, tag: u8) -> Option<&'a [u8]> {
        (self.tag == tag).then_some(self.content)
    }
}

/// The first element of `bytes`, and what follows it. Tags of several bytes do not occur here.
fn element(bytes: &[u8], depth: usize) -> Option<(Element<'_>, &[u8])> {
    let (&[tag, first], rest) = bytes.split_first_chunk::<2>()?;
    if tag & 0x1f == 0x1f {
        return None;
    }
    if first == 0x80 {
        let length = indefinite(rest, depth.checked_sub(1)?)?;
        return Some((Element { tag, content: &rest[..length] }, &rest[length + 2..]));
    }
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let count = usize::from(first & 0x7f);
        if !(1..=4).contains(&count) {
            return None;
        }
        let (digits, rest) = rest.split_at_checked(count)?;
        (digits.iter().fold(0usize, |sum, digit| sum << 8 | usize::from(*digit)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((Element { tag, content }, rest))
}

/// How long the content is that ends with two zero bytes.
fn indefinite(bytes: &[u8], depth: usize) -> Option<usize> {
    let mut rest = bytes;
    while !rest.starts_with(&[0, 0]) {
        (_, rest) = element(rest, depth)?;
    }
    Some(bytes.len() - rest.len())
}

/// An octet string, in one piece or in many.
fn collect(octets: &Element<'_>, out: &mut Vec<u8>, depth: usize) -> Option<()> {
    match octets.tag {
        OCTETS => out.extend_from_slice(octets.content),
        OCTETS_IN_PIECES => {
            let mut rest = octets.content;
            while !rest.is_empty() {
                let (piece, after) = element(rest, depth.checked_sub(1)?)?;
                collect(&piece, out, depth - 1)?;
                rest = after;
            }
        }
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut out = vec![tag, 0x82, (content.len() >> 8) as u8, content.len() as u8];
        out.extend_from_slice(content);
        out
    }

    fn signed(octets: &[u8]) -> Vec<u8> {
        let info = tlv(SEQUENCE, &[tlv(OBJECT, &[1]), tlv(EXPLICIT_0, octets)].concat());
        let data = tlv(SEQUENCE, &[tlv(2, &[1]), tlv(0x31, &[]), info].concat());
        tlv(SEQUENCE, &[tlv(OBJECT, &[&PKCS7[..], &[2]].concat()), tlv(EXPLICIT_0, &data)].concat())
    }

    #[test]
    fn content_comes_out_in_one_piece_or_many() {
        assert_eq!(open(&signed(&tlv(OCTETS, b"Hallo"))), Shell::Signed(b"Hallo".to_vec()));
        let pieces = [&[OCTETS_IN_PIECES, 0x80][..], &tlv(OCTETS, b"Hal"), &tlv(OCTETS, b"lo"), &[0, 0]].concat();
        assert_eq!(open(&signed(&pieces)), Shell::Signed(b"Hallo".to_vec()));
        let enveloped = tlv(SEQUENCE, &tlv(OBJECT, &[&PKCS7[..], &[3]].concat()));
        assert_eq!(open(&enveloped), Shell::Enveloped);
    }

    #[test]
    fn damage_and_bombs_are_unreadable() {
        for bytes in [
            &b""[..],
            b"0",
            b"0\x80",
            b"\x30\x84\xff\xff\xff\xff",
            &[0x24, 0x80].repeat(100_000),
            &[0x30, 0x80].repeat(100_000),
        ] {
            assert_eq!(open(bytes), Shell::Unreadable);
        }
        let whole = signed(&tlv(OCTETS, b"Hallo"));
        for length in 0..whole.len() {
            assert_eq!(open(&whole[..length]), Shell::Unreadable, "{length}");
        }
    }
}

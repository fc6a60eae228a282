//! As much CBOR (RFC 8949) as authenticators write: CTAP2's canonical form, definite lengths only.
//!
//! Invariant: no input panics, nests deeper than [`DEPTH`], or allocates more than its own length.

/// How deep values may nest.
const DEPTH: u8 = 4;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cbor<'a> {
    Int(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    Array(Vec<Cbor<'a>>),
    Map(Vec<(Cbor<'a>, Cbor<'a>)>),
    Other,
}

impl<'a> Cbor<'a> {
    /// The value at the beginning of `bytes`, and what follows it.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        read(bytes, DEPTH)
    }

    pub(crate) fn by_text(&self, key: &str) -> Option<&Self> {
        self.entry(|name| matches!(name, Cbor::Text(text) if *text == key))
    }

    pub(crate) fn by_int(&self, key: i64) -> Option<&Self> {
        self.entry(|name| *name == Cbor::Int(key))
    }

    fn entry(&self, is: impl Fn(&Cbor<'_>) -> bool) -> Option<&Self> {
        match self {
            Cbor::Map(entries) => entries.iter().find(|(name, _)| is(name)).map(|(_, value)| value),
            _ => None,
        }
    }

    pub(crate) fn bytes(&self) -> Option<&'a [u8]> {
        match self {
            Cbor::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(crate) fn int(&self) -> Option<i64> {
        match self {
            Cbor::Int(int) => Some(*int),
            _ => None,
        }
    }
}

fn read(bytes: &[u8], depth: u8) -> Option<(Cbor<'_>, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    let (argument, rest) = argument(first & 0x1f, rest)?;
    let length = usize::try_from(argument).ok()?;
    match first >> 5 {
        0 => Some((Cbor::Int(i64::try_from(argument).ok()?), rest)),
        1 => Some((Cbor::Int(-1 - i64::try_from(argument).ok()?), rest)),
        2 => rest.split_at_checked(length).map(|(bytes, rest)| (Cbor::Bytes(bytes), rest)),
        3 => {
            let (text, rest) = rest.split_at_checked(length)?;
            Some((Cbor::Text(std::str::from_utf8(text).ok()?), rest))
        }
        4 => {
            // Each value takes a byte at least, so a length beyond the input is a lie.
            let (mut rest, mut values, depth) = (rest, Vec::new(), depth.checked_sub(1)?);
            for _ in 0..(length <= rest.len()).then_some(length)? {
                let (value, next) = read(rest, depth)?;
                values.push(value);
                rest = next;
            }
            Some((Cbor::Array(values), rest))
        }
        5 => {
            let (mut rest, mut entries, depth) = (rest, Vec::new(), depth.checked_sub(1)?);
            for _ in 0..(length <= rest.len()).then_some(length)? {
                let (key, next) = read(rest, depth)?;
                let (value, next) = read(next, depth)?;
                entries.push((key, value));
                rest = next;
            }
            Some((Cbor::Map(entries), rest))
        }
        7 => Some((Cbor::Other, rest)),
        _ => None,
    }
}

fn argument(low: u8, rest: &[u8]) -> Option<(u64, &[u8])> {
    let size = match low {
        0..=23 => return Some((u64::from(low), rest)),
        24 => 1,
        25 => 2,
        26 => 4,
        27 => 8,
        _ => return None,
    };
    let (bytes, rest) = rest.split_at_checked(size)?;
    Some((bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)), rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_of_the_standard() {
        // RFC 8949, appendix A
        for (bytes, expect) in [
            (&[0x18, 0x64][..], Cbor::Int(100)),
            (&[0x39, 0x03, 0xe7], Cbor::Int(-1000)),
            (&[0x43, 1, 2, 3], Cbor::Bytes(&[1, 2, 3])),
            (&[0x63, 0xc3, 0xbc, 0x21], Cbor::Text("ü!")),
            (&[0x82, 0x01, 0x80], Cbor::Array(vec![Cbor::Int(1), Cbor::Array(vec![])])),
            (&[0xa1, 0x61, 0x61, 0x01], Cbor::Map(vec![(Cbor::Text("a"), Cbor::Int(1))])),
        ] {
            assert_eq!(Cbor::read(bytes), Some((expect, &[][..])));
        }
        for bytes in
            [&[][..], &[0x18], &[0x5f], &[0x43, 1], &[0x9b, 255, 255, 255, 255, 255, 255, 255, 255], &[0x81; 9]]
        {
            assert_eq!(Cbor::read(bytes), None);
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Cbor::read(&bytes);
        }
    }
}

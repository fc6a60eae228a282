//! ASN.1 in its basic encoding, read from exact bytes, and written as DER.
//!
//! Evidence is a matter of bytes: what was hashed twenty years ago must come out of the reader as it went in. So
//! an [`Element`] keeps the bytes it was read from, and nothing is ever decoded and encoded again to be hashed.
//! Time stamps of the field are DER, signatures around them often BER with indefinite lengths; both are read.
//!
//! Invariant: reading is linear in the input for a bounded depth, looks at no byte outside the slice it was given,
//! and never panics; whoever walks down a tree does so by the steps of its schema, never by recursion over the input.

use std::borrow::Cow;

/// What is wrong with the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DerError {
    /// The value ends before its length.
    #[error("the bytes end inside a value")]
    Truncated,
    /// A length that cannot be.
    #[error("a length is malformed")]
    Length,
    /// A tag that does not belong here.
    #[error("a value of another type was expected")]
    Tag,
    /// Something stands behind the end.
    #[error("bytes follow after the end of the value")]
    Trailing,
    /// The content is not what the type demands.
    #[error("the content of a value is malformed: {0}")]
    Content(&'static str),
}

/// Tags of the universal class, and how context tags are made.
pub mod tag {
    /// BOOLEAN.
    pub const BOOLEAN: u8 = 0x01;
    /// INTEGER.
    pub const INTEGER: u8 = 0x02;
    /// BIT STRING.
    pub const BIT_STRING: u8 = 0x03;
    /// OCTET STRING.
    pub const OCTET_STRING: u8 = 0x04;
    /// NULL.
    pub const NULL: u8 = 0x05;
    /// OBJECT IDENTIFIER.
    pub const OID: u8 = 0x06;
    /// ENUMERATED.
    pub const ENUMERATED: u8 = 0x0a;
    /// UTCTime.
    pub const UTC_TIME: u8 = 0x17;
    /// GeneralizedTime.
    pub const GENERALIZED_TIME: u8 = 0x18;
    /// SEQUENCE.
    pub const SEQUENCE: u8 = 0x30;
    /// SET.
    pub const SET: u8 = 0x31;

    /// A context tag on a constructed value: `[n]` of a SEQUENCE or an explicit tag.
    #[must_use]
    pub const fn context(number: u8) -> u8 {
        0xa0 | number
    }

    /// A context tag on a primitive value.
    #[must_use]
    pub const fn context_primitive(number: u8) -> u8 {
        0x80 | number
    }
}

const CONSTRUCTED: u8 = 0x20;
/// Segments of an OCTET STRING within segments: nobody writes more than one level.
const SEGMENT_DEPTH: usize = 4;

/// One value with the bytes it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    /// The identifier octet.
    pub tag: u8,
    /// Tag, length and content as they stand in the source.
    pub bytes: &'a [u8],
    /// The content alone, without the end mark of an indefinite length.
    pub content: &'a [u8],
}

impl<'a> Element<'a> {
    /// The one value that `bytes` consist of.
    pub fn only(bytes: &'a [u8]) -> Result<Self, DerError> {
        let mut reader = Reader::new(bytes);
        let element = reader.next()?;
        reader.finish()?;
        Ok(element)
    }

    /// A reader over the parts of a constructed value with this tag.
    pub fn parts(self, tag: u8) -> Result<Reader<'a>, DerError> {
        if self.tag == tag { Ok(Reader::new(self.content)) } else { Err(DerError::Tag) }
    }

    /// The dotted form of an OBJECT IDENTIFIER.
    pub fn oid(self) -> Result<String, DerError> {
        if self.tag != tag::OID {
            return Err(DerError::Tag);
        }
        dotted(self.content).ok_or(DerError::Content("OBJECT IDENTIFIER"))
    }

    /// The content of an OCTET STRING under any tag, put together where it comes in segments.
    pub fn octets(self) -> Result<Cow<'a, [u8]>, DerError> {
        if self.tag & CONSTRUCTED == 0 {
            return Ok(Cow::Borrowed(self.content));
        }
        let mut joined = Vec::with_capacity(self.content.len());
        let mut open = vec![Reader::new(self.content)];
        while let Some(reader) = open.last_mut() {
            if reader.is_empty() {
                open.pop();
                continue;
            }
            let segment = reader.next()?;
            match segment.tag {
                tag::OCTET_STRING => joined.extend_from_slice(segment.content),
                0x24 if open.len() < SEGMENT_DEPTH => open.push(Reader::new(segment.content)),
                _ => return Err(DerError::Tag),
            }
        }
        Ok(Cow::Owned(joined))
    }

    /// The bytes of a BIT STRING that fills whole bytes.
    pub fn bits(self) -> Result<&'a [u8], DerError> {
        match (self.tag, self.content.split_first()) {
            (tag::BIT_STRING, Some((0, bytes))) => Ok(bytes),
            (tag::BIT_STRING, _) => Err(DerError::Content("BIT STRING")),
            _ => Err(DerError::Tag),
        }
    }

    /// A small INTEGER that is not negative.
    pub fn small(self) -> Result<u64, DerError> {
        if self.tag != tag::INTEGER && self.tag != tag::ENUMERATED && self.tag & 0xc0 != 0x80 {
            return Err(DerError::Tag);
        }
        let bytes = self.content;
        if bytes.is_empty() || bytes.len() > 9 || bytes[0] & 0x80 != 0 || (bytes.len() == 9 && bytes[0] != 0) {
            return Err(DerError::Content("INTEGER"));
        }
        Ok(bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    /// The magnitude of an INTEGER that is not negative, without leading zeros.
    pub fn magnitude(self) -> Result<&'a [u8], DerError> {
        if self.tag != tag::INTEGER {
            return Err(DerError::Tag);
        }
        match self.content.first() {
            Some(first) if first & 0x80 == 0 => Ok(without_leading_zeros(self.content)),
            _ => Err(DerError::Content("INTEGER")),
        }
    }

    /// A BOOLEAN.
    pub fn boolean(self) -> Result<bool, DerError> {
        match (self.tag, self.content) {
            (tag::BOOLEAN, [value]) => Ok(*value != 0),
            (tag::BOOLEAN, _) => Err(DerError::Content("BOOLEAN")),
            _ => Err(DerError::Tag),
        }
    }
}

fn without_leading_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

/// Walks over values that follow one another.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Over these bytes.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Has everything been read?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next value, without reading it.
    #[must_use]
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next value, whatever it is.
    #[expect(clippy::should_implement_trait, reason = "the end is an error here, not a None")]
    pub fn next(&mut self) -> Result<Element<'a>, DerError> {
        let source = self.rest;
        let (header, length) = header(source)?;
        let (content, total) = match length {
            Some(length) => {
                let end = header.checked_add(length).ok_or(DerError::Length)?;
                (source.get(header..end).ok_or(DerError::Truncated)?, end)
            }
            None => {
                let end = end_of_contents(source, header)?;
                (&source[header..end - 2], end)
            }
        };
        self.rest = &source[total..];
        Ok(Element { tag: source[0], bytes: &source[..total], content })
    }

    /// The next value, which must have this tag.
    pub fn expect(&mut self, tag: u8) -> Result<Element<'a>, DerError> {
        match self.peek() {
            Some(found) if found == tag => self.next(),
            Some(_) => Err(DerError::Tag),
            None => Err(DerError::Truncated),
        }
    }

    /// The next value where it has this tag.
    pub fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, DerError> {
        if self.peek() == Some(tag) { self.next().map(Some) } else { Ok(None) }
    }

    /// A reader over the parts of the SEQUENCE that comes next.
    pub fn sequence(&mut self) -> Result<Reader<'a>, DerError> {
        Ok(Reader::new(self.expect(tag::SEQUENCE)?.content))
    }

    /// Nothing may be left.
    pub fn finish(&self) -> Result<(), DerError> {
        if self.is_empty() { Ok(()) } else { Err(DerError::Trailing) }
    }

    /// All values that are left.
    pub fn all(mut self) -> Result<Vec<Element<'a>>, DerError> {
        let mut found = Vec::new();
        while !self.is_empty() {
            found.push(self.next()?);
        }
        Ok(found)
    }
}

/// How long the header is, and how long the content; no length where it is indefinite.
fn header(source: &[u8]) -> Result<(usize, Option<usize>), DerError> {
    let [tag, first, ..] = source else { return Err(DerError::Truncated) };
    // Tag numbers above 30 occur nowhere in these formats.
    if tag & 0x1f == 0x1f {
        return Err(DerError::Tag);
    }
    match *first {
        0x80 if tag & CONSTRUCTED != 0 => Ok((2, None)),
        0x80 | 0xff => Err(DerError::Length),
        short if short < 0x80 => Ok((2, Some(usize::from(short)))),
        long => {
            let count = usize::from(long & 0x7f);
            let bytes = source.get(2..2 + count).ok_or(DerError::Truncated)?;
            let digits = without_leading_zeros(bytes);
            if digits.len() > size_of::<u32>() {
                return Err(DerError::Length);
            }
            let length = digits.iter().fold(0, |value, byte| value << 8 | usize::from(*byte));
            Ok((2 + count, Some(length)))
        }
    }
}

/// Where the value ends whose content begins at `from` and ends with an end mark of its own.
fn end_of_contents(source: &[u8], from: usize) -> Result<usize, DerError> {
    let mut at = from;
    let mut open = 1_usize;
    while open > 0 {
        let rest = source.get(at..).ok_or(DerError::Truncated)?;
        if let [0, 0, ..] = rest {
            open -= 1;
            at += 2;
            continue;
        }
        let (header, length) = header(rest)?;
        match length {
            Some(length) => {
                at = at.checked_add(header).and_then(|at| at.checked_add(length)).ok_or(DerError::Length)?;
            }
            None => {
                open += 1;
                at += header;
            }
        }
    }
    if at > source.len() { Err(DerError::Truncated) } else { Ok(at) }
}

/// The dotted form of an encoded object identifier.
fn dotted(content: &[u8]) -> Option<String> {
    use std::fmt::Write as _;
    let mut text = String::new();
    let mut arc: u64 = 0;
    let mut open = false;
    for byte in content {
        arc = arc.checked_mul(128)? | u64::from(byte & 0x7f);
        open = byte & 0x80 != 0;
        if open {
            continue;
        }
        if text.is_empty() {
            let first = (arc / 40).min(2);
            _ = write!(text, "{first}.{}", arc - first * 40);
        } else {
            _ = write!(text, ".{arc}");
        }
        arc = 0;
    }
    (!open && !text.is_empty()).then_some(text)
}

/// Writing: every function gives a complete value in DER.
pub mod write {
    use super::tag;

    /// A value with this tag over the parts, one after the other.
    #[must_use]
    pub fn value(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let mut out = Vec::with_capacity(length + 6);
        out.push(tag);
        if length < 0x80 {
            out.push(u8::try_from(length).expect("a short length fits"));
        } else {
            let bytes = length.to_be_bytes();
            let digits = super::without_leading_zeros(&bytes);
            out.push(0x80 | u8::try_from(digits.len()).expect("at most eight digits"));
            out.extend_from_slice(digits);
        }
        parts.iter().for_each(|part| out.extend_from_slice(part));
        out
    }

    /// A SEQUENCE.
    #[must_use]
    pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
        value(tag::SEQUENCE, parts)
    }

    /// A SEQUENCE OF values that are there already.
    #[must_use]
    pub fn sequence_of<T: AsRef<[u8]>>(parts: &[T]) -> Vec<u8> {
        let parts: Vec<&[u8]> = parts.iter().map(AsRef::as_ref).collect();
        sequence(&parts)
    }

    /// An INTEGER from its magnitude.
    #[must_use]
    pub fn unsigned(magnitude: &[u8]) -> Vec<u8> {
        let digits = super::without_leading_zeros(magnitude);
        match digits.first() {
            None => value(tag::INTEGER, &[&[0]]),
            Some(first) if first & 0x80 != 0 => value(tag::INTEGER, &[&[0], digits]),
            Some(_) => value(tag::INTEGER, &[digits]),
        }
    }

    /// An OCTET STRING.
    #[must_use]
    pub fn octets(bytes: &[u8]) -> Vec<u8> {
        value(tag::OCTET_STRING, &[bytes])
    }

    /// An OBJECT IDENTIFIER from its dotted form; every one that we write is a constant.
    #[must_use]
    pub fn oid(dotted: &str) -> Vec<u8> {
        let arcs: Vec<u64> = dotted.split('.').map(|arc| arc.parse().expect("a constant of numbers")).collect();
        let mut content = Vec::new();
        let first = arcs[0] * 40 + arcs[1];
        for arc in std::iter::once(first).chain(arcs[2..].iter().copied()) {
            let digits = (1..10).find(|digits| arc >> (7 * digits) == 0).unwrap_or(10);
            for digit in (0..digits).rev() {
                let more = if digit == 0 { 0 } else { 0x80 };
                content.push(more | u8::try_from(arc >> (7 * digit) & 0x7f).expect("seven bits"));
            }
        }
        value(tag::OID, &[&content])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_identifiers_come_out_as_they_went_in() {
        for text in ["1.2.840.113549.1.9.16.1.4", "2.16.840.1.101.3.4.2.1", "2.999.3", "0.4.0.127.0.7", "1.3.14.3.2.26"]
        {
            let bytes = write::oid(text);
            assert_eq!(Element::only(&bytes).unwrap().oid().unwrap(), text);
        }
    }

    #[test]
    fn indefinite_lengths_end_where_their_mark_is() {
        let bytes = [0x30, 0x80, 0x24, 0x80, 0x04, 1, 7, 0x04, 2, 8, 9, 0, 0, 0x02, 1, 5, 0, 0];
        let mut parts = Element::only(&bytes).unwrap().parts(tag::SEQUENCE).unwrap();
        assert_eq!(parts.next().unwrap().octets().unwrap().as_ref(), [7, 8, 9]);
        assert_eq!(parts.next().unwrap().small().unwrap(), 5);
        assert!(parts.is_empty());
        for cut in 0..bytes.len() {
            assert!(Element::only(&bytes[..cut]).is_err(), "{cut}");
        }
    }

    #[test]
    fn lengths_beyond_the_source_are_refused() {
        for bytes in
            [&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff][..], &[0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1], &[0x04, 0x80]]
        {
            assert!(Element::only(bytes).is_err());
        }
    }
}

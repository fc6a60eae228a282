//! PDF's values, and a parser for them that cannot be made to recurse or loop without end.
//!
//! Invariant: parsing consumes input at every step and nests no deeper than the limit.

use crate::error::{Limit, PdfError};

/// Number and generation of an indirect object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Ref {
    pub(crate) number: u32,
    pub(crate) generation: u16,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Object {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    String(Vec<u8>),
    Name(Vec<u8>),
    Array(Vec<Object>),
    Dict(Dict),
    Stream(Box<Stream>),
    Ref(Ref),
}

/// A dictionary in the order in which it was written; of equal keys the last counts.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Dict(pub(crate) Vec<(Vec<u8>, Object)>);

/// A stream: its dictionary and where its raw bytes lie in the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stream {
    pub(crate) dict: Dict,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The object that it is, for decryption.
    pub(crate) id: Ref,
}

impl Dict {
    pub(crate) fn get(&self, key: &[u8]) -> Option<&Object> {
        self.0.iter().rev().find(|(k, _)| k == key).map(|(_, value)| value)
    }

    pub(crate) fn set(&mut self, key: &[u8], value: Object) {
        self.remove(key);
        self.0.push((key.to_vec(), value));
    }

    pub(crate) fn remove(&mut self, key: &[u8]) {
        self.0.retain(|(k, _)| k != key);
    }

    pub(crate) fn is_type(&self, name: &[u8]) -> bool {
        self.get(b"Type").and_then(Object::name) == Some(name)
    }
}

impl Object {
    pub(crate) fn int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Real(value) if value.fract() == 0.0 && value.abs() < 9e15 => Some(*value as i64),
            _ => None,
        }
    }

    pub(crate) fn name(&self) -> Option<&[u8]> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn string(&self) -> Option<&[u8]> {
        match self {
            Self::String(string) => Some(string),
            _ => None,
        }
    }

    pub(crate) fn array(&self) -> Option<&[Object]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The dictionary, also that of a stream.
    pub(crate) fn dict(&self) -> Option<&Dict> {
        match self {
            Self::Dict(dict) => Some(dict),
            Self::Stream(stream) => Some(&stream.dict),
            _ => None,
        }
    }

    pub(crate) fn reference(&self) -> Option<Ref> {
        match self {
            Self::Ref(reference) => Some(*reference),
            _ => None,
        }
    }

    /// Writes the value as PDF text. Streams are written by whoever knows their bytes.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null | Self::Stream(_) => out.extend_from_slice(b"null"),
            Self::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            Self::Int(value) => out.extend_from_slice(value.to_string().as_bytes()),
            Self::Real(value) => out.extend_from_slice(format!("{value:.6}").as_bytes()),
            Self::String(bytes) => {
                out.push(b'<');
                for byte in bytes {
                    out.extend_from_slice(format!("{byte:02X}").as_bytes());
                }
                out.push(b'>');
            }
            Self::Name(name) => write_name(name, out),
            Self::Array(items) => {
                out.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(b' ');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
            Self::Dict(dict) => dict.write(out),
            Self::Ref(to) => {
                out.extend_from_slice(format!("{} {} R", to.number, to.generation).as_bytes());
            }
        }
    }
}

impl Dict {
    /// Writes the dictionary as PDF text.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"<<");
        for (key, value) in &self.0 {
            write_name(key, out);
            out.push(b' ');
            value.write(out);
        }
        out.extend_from_slice(b">>");
    }
}

fn write_name(name: &[u8], out: &mut Vec<u8>) {
    out.push(b'/');
    for &byte in name {
        if byte.is_ascii_graphic() && !is_delimiter(byte) && byte != b'#' {
            out.push(byte);
        } else {
            out.extend_from_slice(format!("#{byte:02X}").as_bytes());
        }
    }
}

/// Reads values from a piece of the file or of an object stream.
#[derive(Debug, Clone)]
pub(crate) struct Parser<'a> {
    bytes: &'a [u8],
    pub(crate) at: usize,
    depth: usize,
    max_depth: usize,
    /// Values still allowed; an array of a million zeros costs more memory than its text.
    values: usize,
}

/// More values than this in one object are not found in any real file.
const MAX_VALUES: usize = 2_000_000;

impl<'a> Parser<'a> {
    pub(crate) fn new(bytes: &'a [u8], at: usize, max_depth: usize) -> Self {
        Self { bytes, at: at.min(bytes.len()), depth: 0, max_depth, values: MAX_VALUES }
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Skips white space and comments.
    pub(crate) fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                self.at += memchr::memchr2(b'\r', b'\n', self.rest()).unwrap_or(self.rest().len());
            } else if is_space(byte) {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    /// Takes `word` if it comes next.
    pub(crate) fn keyword(&mut self, word: &[u8]) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(word) && self.rest().get(word.len()).is_none_or(|b| !is_regular(*b));
        if found {
            self.at += word.len();
        }
        found
    }

    /// Takes a whole number without sign if one comes next.
    pub(crate) fn unsigned(&mut self) -> Option<u64> {
        self.skip_space();
        let digits = self.rest().iter().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 || digits > 18 {
            return None;
        }
        let value = self.rest()[..digits].iter().fold(0u64, |n, b| n * 10 + u64::from(b - b'0'));
        self.at += digits;
        Some(value)
    }

    /// Takes `n g obj`.
    pub(crate) fn object_header(&mut self) -> Option<Ref> {
        let start = self.at;
        let header = (|| {
            let number = u32::try_from(self.unsigned()?).ok()?;
            let generation = u16::try_from(self.unsigned()?).unwrap_or(u16::MAX);
            self.skip_space();
            // Some writers put no space after `obj`.
            self.rest().starts_with(b"obj").then_some(Ref { number, generation })
        })();
        match header {
            Some(_) => self.at += 3,
            None => self.at = start,
        }
        header
    }

    /// Takes one value. `None`: here stands no value (end of input, or a stray keyword).
    pub(crate) fn value(&mut self) -> Result<Option<Object>, PdfError> {
        self.skip_space();
        self.values = self
            .values
            .checked_sub(1)
            .ok_or(PdfError::LimitExceeded { what: Limit::Objects, limit: MAX_VALUES as u64 })?;
        let Some(byte) = self.peek() else { return Ok(None) };
        Ok(Some(match byte {
            b'/' => Object::Name(self.name()),
            b'(' => Object::String(self.literal_string()),
            b'<' if self.rest().get(1) == Some(&b'<') => {
                self.at += 2;
                Object::Dict(self.nested(Self::dict_body)?)
            }
            b'<' => Object::String(self.hex_string()),
            b'[' => {
                self.at += 1;
                Object::Array(self.nested(Self::array_body)?)
            }
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.number_or_reference(),
            _ if self.keyword(b"true") => Object::Bool(true),
            _ if self.keyword(b"false") => Object::Bool(false),
            _ if self.keyword(b"null") => Object::Null,
            _ => return Ok(None),
        }))
    }

    fn nested<T>(&mut self, body: impl FnOnce(&mut Self) -> Result<T, PdfError>) -> Result<T, PdfError> {
        if self.depth >= self.max_depth {
            let limit = self.max_depth as u64;
            return Err(PdfError::LimitExceeded { what: Limit::Depth, limit });
        }
        self.depth += 1;
        let result = body(self);
        self.depth -= 1;
        result
    }

    fn array_body(&mut self) -> Result<Vec<Object>, PdfError> {
        let mut items = Vec::new();
        loop {
            self.skip_space();
            if self.peek() == Some(b']') {
                self.at += 1;
                return Ok(items);
            }
            match self.value()? {
                Some(value) => items.push(value),
                // A missing bracket: what was read so far is kept.
                None if self.at_object_end() => return Ok(items),
                None => self.at += 1,
            }
        }
    }

    fn dict_body(&mut self) -> Result<Dict, PdfError> {
        let mut dict = Dict::default();
        loop {
            self.skip_space();
            match self.peek() {
                Some(b'/') => {
                    let key = self.name();
                    self.skip_space();
                    // A key without a value, before the end or the next odd thing.
                    if self.rest().starts_with(b">>") {
                        continue;
                    }
                    if let Some(value) = self.value()? {
                        dict.0.push((key, value));
                    }
                }
                Some(b'>') if self.rest().get(1) == Some(&b'>') => {
                    self.at += 2;
                    return Ok(dict);
                }
                _ if self.at_object_end() => return Ok(dict),
                _ => self.at += 1,
            }
        }
    }

    fn at_object_end(&self) -> bool {
        self.rest().is_empty() || self.rest().starts_with(b"endobj") || self.rest().starts_with(b"stream")
    }

    fn name(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut name = Vec::new();
        while let Some(byte) = self.peek().filter(|b| is_regular(*b)) {
            self.at += 1;
            let escaped = (byte == b'#').then(|| {
                let high = hex(*self.rest().first()?)?;
                let low = hex(*self.rest().get(1)?)?;
                Some(high << 4 | low)
            });
            match escaped.flatten() {
                Some(decoded) => {
                    self.at += 2;
                    name.push(decoded);
                }
                None => name.push(byte),
            }
        }
        name
    }

    fn literal_string(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut out = Vec::new();
        let mut open = 1usize;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => {
                    open += 1;
                    out.push(byte);
                }
                b')' => {
                    open -= 1;
                    if open == 0 {
                        break;
                    }
                    out.push(byte);
                }
                b'\\' => self.escape(&mut out),
                b'\r' => {
                    if self.peek() == Some(b'\n') {
                        self.at += 1;
                    }
                    out.push(b'\n');
                }
                _ => out.push(byte),
            }
        }
        out
    }

    fn escape(&mut self, out: &mut Vec<u8>) {
        let Some(byte) = self.peek() else { return };
        self.at += 1;
        match byte {
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'\n' => {}
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.at += 1;
                }
            }
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    match self.peek() {
                        Some(digit @ b'0'..=b'7') => {
                            code = code * 8 + u32::from(digit - b'0');
                            self.at += 1;
                        }
                        _ => break,
                    }
                }
                out.push((code & 0xff) as u8);
            }
            other => out.push(other),
        }
    }

    fn hex_string(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut out = Vec::new();
        let mut high = None;
        while let Some(byte) = self.peek() {
            self.at += 1;
            if byte == b'>' {
                break;
            }
            if let Some(digit) = hex(byte) {
                match high.take() {
                    Some(first) => out.push(first << 4 | digit),
                    None => high = Some(digit),
                }
            }
        }
        if let Some(first) = high {
            out.push(first << 4);
        }
        out
    }

    fn number_or_reference(&mut self) -> Object {
        let start = self.at;
        if let Some(number) = self.unsigned()
            && self.peek().is_some_and(is_space)
        {
            let after_number = self.at;
            if let Ok(number) = u32::try_from(number)
                && let Some(generation) = self.unsigned()
                && let Ok(generation) = u16::try_from(generation)
                && self.keyword(b"R")
            {
                return Object::Ref(Ref { number, generation });
            }
            self.at = after_number;
            return Object::Int(number as i64);
        }
        self.at = start;
        self.number()
    }

    fn number(&mut self) -> Object {
        let length = self.rest().iter().take_while(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.')).count();
        // At least one byte is consumed, so that a caller's loop makes progress.
        let token = &self.rest()[..length.max(1)];
        self.at += token.len();
        let text = std::str::from_utf8(token).unwrap_or("0");
        if !text.contains('.')
            && let Ok(value) = text.parse::<i64>()
        {
            return Object::Int(value);
        }
        Object::Real(text.parse::<f64>().ok().filter(|v| v.is_finite()).unwrap_or(0.0))
    }
}

pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

pub(crate) fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

pub(crate) fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !is_delimiter(byte)
}

fn hex(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::{Object, Parser};

    fn check(input: &str, expect: &str) {
        let mut parser = Parser::new(input.as_bytes(), 0, 8);
        let mut out = Vec::new();
        match parser.value() {
            Ok(Some(value)) => value.write(&mut out),
            Ok(None) => out.extend_from_slice(b"nothing"),
            Err(error) => out.extend_from_slice(error.to_string().as_bytes()),
        }
        assert_eq!(String::from_utf8_lossy(&out), expect, "{input}");
    }

    #[test]
    fn values() {
        check("  12", "12");
        check("-12", "-12");
        check("12 0 R", "12 0 R");
        check("[12 0 R 1 2]", "[12 0 R 1 2]");
        check("1.5", "1.500000");
        check("(a(b)\\)\\101\\\n)", "<6128622929 41>".replace(' ', "").as_str());
        check("<41 4>", "<4140>");
        check("/A#42 ", "/AB");
        check("<</A/B/C[1]/A 2>>", "<</A /B/C [1]/A 2>>");
        check("<</A 1 /B endobj", "<</A 1>>");
        check("[1 2 endobj", "[1 2]");
        check("% a comment\n true", "true");
        check("foo", "nothing");
        check("", "nothing");
        check("[[[[[[[[[]]]]]]]]]", "the PDF exceeds the limit for nesting (8)");
        check("99999999999999999999999", "99999999999999991611392.000000");
    }

    #[test]
    fn last_key_counts() {
        let mut parser = Parser::new(b"<</A 1/A 2>>", 0, 8);
        let value = parser.value().unwrap().unwrap();
        assert_eq!(value.dict().unwrap().get(b"A"), Some(&Object::Int(2)));
    }
}

//! JSON after RFC 8259, read exactly: what a lenient reader would smooth over is a fault of a package.
//!
//! An object keeps its members as they stand, repeated names too: whether a repetition is a fault, and which one, is
//! for the reader of the document to say.
//!
//! Invariant: no recursion over the input; memory grows with the length of the input, and nesting is bounded.

use thiserror::Error;

/// How deep arrays and objects may be nested.
const DEPTH: usize = 64;

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as it is written.
    Number(String),
    /// A string without its escapes.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// An object: its members in their order.
    Object(Vec<(String, Value)>),
}

impl Value {
    /// The text, where it is a string.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The first member of that name, where it is an object.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Value> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|member| member.0 == name).map(|member| &member.1)
    }
}

/// Why something is no JSON document.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {what}")]
#[non_exhaustive]
pub struct JsonError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub what: &'static str,
}

/// Reads a document.
pub fn read(bytes: &[u8]) -> Result<Value, JsonError> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| JsonError { line: line(bytes, error.valid_up_to()), what: "the text is not UTF-8" })?;
    let mut reader = Reader { bytes: text.as_bytes(), text, at: 0 };
    reader.document().map_err(|what| JsonError { line: line(bytes, reader.at), what })
}

/// A string as JSON, with its quotes.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other if u32::from(other) < 0x20 || other == '\u{7f}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(other)));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

fn line(bytes: &[u8], at: usize) -> usize {
    1 + bytes.iter().take(at).filter(|byte| **byte == b'\n').count()
}

/// What is open around the place of reading.
enum Open {
    Array(Vec<Value>),
    Object(Vec<(String, Value)>, String),
}

struct Reader<'b> {
    bytes: &'b [u8],
    text: &'b str,
    at: usize,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<Value, &'static str> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            self.space();
            let begun = match self.peek() {
                Some(b'[') => {
                    self.at += 1;
                    self.space();
                    (!self.eat(b']')).then(|| Open::Array(Vec::new())).ok_or(Value::Array(Vec::new()))
                }
                Some(b'{') => {
                    self.at += 1;
                    self.space();
                    if self.eat(b'}') {
                        Err(Value::Object(Vec::new()))
                    } else {
                        Ok(Open::Object(Vec::new(), self.name()?))
                    }
                }
                _ => Err(self.scalar()?),
            };
            let mut value = match begun {
                Ok(level) => {
                    if open.len() == DEPTH {
                        return Err("the nesting is too deep");
                    }
                    open.push(level);
                    continue;
                }
                Err(value) => value,
            };
            // The value is complete; so may be what is around it.
            loop {
                self.space();
                let Some(level) = open.last_mut() else {
                    return if self.at == self.bytes.len() { Ok(value) } else { Err("something follows the document") };
                };
                let end = match level {
                    Open::Array(values) => {
                        values.push(value);
                        b']'
                    }
                    Open::Object(members, name) => {
                        members.push((std::mem::take(name), value));
                        b'}'
                    }
                };
                if self.eat(b',') {
                    if let Some(Open::Object(_, name)) = open.last_mut() {
                        self.space();
                        *name = self.name()?;
                    }
                    break;
                }
                if !self.eat(end) {
                    return Err("a comma or the end of an array or object is missing");
                }
                value = match open.pop() {
                    Some(Open::Array(values)) => Value::Array(values),
                    Some(Open::Object(members, _)) => Value::Object(members),
                    None => return Err("an end without beginning"),
                };
            }
        }
    }

    /// A member's name and the colon after it.
    fn name(&mut self) -> Result<String, &'static str> {
        if self.peek() != Some(b'"') {
            return Err("a member's name is missing");
        }
        let name = self.string()?;
        self.space();
        if self.eat(b':') { Ok(name) } else { Err("a colon is missing") }
    }

    fn scalar(&mut self) -> Result<Value, &'static str> {
        match self.peek() {
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(_) => Err("a value is missing"),
            None => Err("the document ends too early"),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, &'static str> {
        if self.bytes[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(value)
        } else {
            Err("a value is missing")
        }
    }

    fn number(&mut self) -> Result<Value, &'static str> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Ok(Value::Number(self.text[start..self.at].to_owned()))
    }

    fn digits(&mut self) -> Result<(), &'static str> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err("a digit is missing") } else { Ok(()) }
    }

    fn string(&mut self) -> Result<String, &'static str> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let start = self.at;
            while self.peek().is_some_and(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
                self.at += 1;
            }
            out.push_str(&self.text[start..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    out.push(self.escape()?);
                }
                Some(_) => return Err("a control character stands in a string"),
                None => return Err("a string does not end"),
            }
        }
    }

    fn escape(&mut self) -> Result<char, &'static str> {
        let byte = self.peek().ok_or("a string does not end")?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.unit()?;
                let code = match first {
                    0xd800..=0xdbff => {
                        if !(self.eat(b'\\') && self.eat(b'u')) {
                            return Err("half of a surrogate pair");
                        }
                        let second = self.unit()?;
                        if !(0xdc00..=0xdfff).contains(&second) {
                            return Err("half of a surrogate pair");
                        }
                        0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
                    }
                    other => other,
                };
                char::from_u32(code).ok_or("half of a surrogate pair")?
            }
            _ => return Err("an unknown escape"),
        })
    }

    fn unit(&mut self) -> Result<u32, &'static str> {
        let digits = self.bytes.get(self.at..self.at + 4).ok_or("a string does not end")?;
        let mut value = 0;
        for digit in digits {
            value = value * 16 + char::from(*digit).to_digit(16).ok_or("an unknown escape")?;
        }
        self.at += 4;
        Ok(value)
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let is = self.peek() == Some(byte);
        self.at += usize::from(is);
        is
    }
}

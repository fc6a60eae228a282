//! The notation of byte patterns that DROID uses.
//!
//! Hexadecimal pairs, quoted text (in back quotes without regard to case), sets and ranges in brackets, negated by
//! `!`, bits by `&` (all) and `~` (any), `??` for any byte, gaps in braces or `*`, alternatives in round brackets.
//!
//! Invariant: text that is not understood is an error, never a pattern that matches more; brackets do not nest, so
//! nothing recurs.

use super::pattern::{Class, Gap, PatternError};

/// Bytes that one run may have, over all alternatives of a sequence.
const LONGEST: usize = 4096;
/// Alternatives that a sequence may spell out.
const MOST_OPTIONS: usize = 256;

/// A part of a sequence without gaps, and the gap before it.
#[derive(Debug)]
pub(super) struct Part {
    pub gap: Gap,
    pub runs: Vec<Vec<Class>>,
}

/// Reads the text of a sequence.
pub(super) fn read(text: &str) -> Result<Vec<Part>, PatternError> {
    let mut reader = Reader { bytes: text.as_bytes(), at: 0 };
    let mut parts = vec![Part { gap: Gap::NONE, runs: vec![Vec::new()] }];
    while let Some(byte) = reader.peek() {
        let part = parts.last_mut().expect("there is always a part");
        match byte {
            b'{' | b'*' => {
                let gap = reader.gap()?;
                if part.runs.iter().any(Vec::is_empty) {
                    return Err(PatternError::Empty);
                }
                parts.push(Part { gap, runs: vec![Vec::new()] });
            }
            b'(' => {
                let options = reader.alternatives()?;
                if part.runs.len() * options.len() > MOST_OPTIONS {
                    return Err(PatternError::Large);
                }
                let longer = part.runs.iter().flat_map(|run| options.iter().map(move |more| [&run[..], more].concat()));
                part.runs = longer.collect();
            }
            _ => {
                let more = reader.classes()?;
                part.runs.iter_mut().for_each(|run| run.extend_from_slice(&more));
            }
        }
        if part_size(&parts) > LONGEST {
            return Err(PatternError::Large);
        }
    }
    let is_empty = parts.iter().any(|part| part.runs.iter().any(Vec::is_empty));
    if is_empty { Err(PatternError::Empty) } else { Ok(parts) }
}

fn part_size(parts: &[Part]) -> usize {
    parts.iter().flat_map(|part| &part.runs).map(Vec::len).sum()
}

struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl<'t> Reader<'t> {
    /// The next character that is no white space.
    fn peek(&mut self) -> Option<u8> {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.bytes.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Result<(), PatternError> {
        match self.peek() {
            Some(found) if found == byte => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(PatternError::Unexpected(self.at)),
            None => Err(PatternError::End),
        }
    }

    fn takes(&mut self, byte: u8) -> bool {
        self.expect(byte).is_ok()
    }

    fn hexadecimal(&mut self) -> Result<u8, PatternError> {
        self.peek();
        let digits = self.bytes.get(self.at..self.at + 2).ok_or(PatternError::End)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(PatternError::Unexpected(self.at));
        }
        self.at += 2;
        let digit = |at: usize| char::from(digits[at]).to_digit(16).unwrap_or_default() as u8;
        Ok(digit(0) << 4 | digit(1))
    }

    fn quoted(&mut self) -> Result<&'t [u8], PatternError> {
        let quote = self.bytes[self.at];
        let rest = &self.bytes[self.at + 1..];
        let length = rest.iter().position(|byte| *byte == quote).ok_or(PatternError::End)?;
        self.at += length + 2;
        Ok(&rest[..length])
    }

    fn number(&mut self) -> Result<usize, PatternError> {
        self.peek();
        let count = self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let digits = std::str::from_utf8(&self.bytes[self.at..self.at + count]).unwrap_or_default();
        let number = digits.parse().map_err(|_| PatternError::Unexpected(self.at))?;
        self.at += count;
        Ok(number)
    }

    fn gap(&mut self) -> Result<Gap, PatternError> {
        if self.takes(b'*') {
            return Ok(Gap { least: 0, most: None });
        }
        self.expect(b'{')?;
        let least = self.number()?;
        let mut most = Some(least);
        if self.takes(b'-') {
            most = if self.takes(b'*') { None } else { Some(self.number()?) };
        }
        self.expect(b'}')?;
        Ok(Gap { least, most })
    }

    /// Alternatives in round brackets, none of which has gaps or alternatives of its own.
    fn alternatives(&mut self) -> Result<Vec<Vec<Class>>, PatternError> {
        self.expect(b'(')?;
        let mut options = vec![Vec::new()];
        loop {
            match self.peek().ok_or(PatternError::End)? {
                b')' => break,
                b'|' => {
                    self.at += 1;
                    options.push(Vec::new());
                }
                b'(' | b'{' | b'*' => return Err(PatternError::Nested),
                _ => {
                    let more = self.classes()?;
                    options.last_mut().expect("there is always one").extend(more);
                }
            }
        }
        self.at += 1;
        if options.iter().any(Vec::is_empty) { Err(PatternError::Empty) } else { Ok(options) }
    }

    /// One thing that stands for a fixed number of bytes.
    fn classes(&mut self) -> Result<Vec<Class>, PatternError> {
        Ok(match self.peek().ok_or(PatternError::End)? {
            b'\'' => self.quoted()?.iter().map(|byte| Class::Byte(*byte)).collect(),
            b'`' => self.quoted()?.iter().map(|byte| either_case(*byte)).collect(),
            b'?' => {
                self.expect(b'?')?;
                self.expect(b'?')?;
                vec![Class::Any]
            }
            b'[' => {
                self.at += 1;
                let negated = self.takes(b'!');
                let set = self.set()?;
                vec![Class::set(|byte| set.holds(byte) != negated)]
            }
            b'&' | b'~' => vec![self.bits()?],
            _ => vec![Class::Byte(self.hexadecimal()?)],
        })
    }

    fn bits(&mut self) -> Result<Class, PatternError> {
        let all = self.takes(b'&');
        if !all {
            self.expect(b'~')?;
        }
        let mask = self.hexadecimal()?;
        Ok(Class::set(|byte| if all { byte & mask == mask } else { byte & mask != 0 }))
    }

    /// What stands in brackets, up to and with the closing one.
    fn set(&mut self) -> Result<Class, PatternError> {
        let mut bits = [false; 256];
        let mut is_empty = true;
        loop {
            match self.peek().ok_or(PatternError::End)? {
                b']' if is_empty => return Err(PatternError::Empty),
                b']' => break,
                b'&' | b'~' => {
                    let class = self.bits()?;
                    (0..=u8::MAX).for_each(|byte| bits[usize::from(byte)] |= class.holds(byte));
                }
                b'`' => {
                    for byte in self.quoted()? {
                        let class = either_case(*byte);
                        (0..=u8::MAX).for_each(|other| bits[usize::from(other)] |= class.holds(other));
                    }
                }
                first => {
                    let text: Vec<u8> =
                        if first == b'\'' { self.quoted()?.to_vec() } else { vec![self.hexadecimal()?] };
                    if self.takes(b'-') || self.takes(b':') {
                        let place = self.at;
                        let end = match self.peek() {
                            Some(b'\'') => self.quoted()?.to_vec(),
                            _ => vec![self.hexadecimal()?],
                        };
                        let (&[from], &[to]) = (&text[..], &end[..]) else {
                            return Err(PatternError::Unexpected(place));
                        };
                        (from.min(to)..=to.max(from)).for_each(|byte| bits[usize::from(byte)] = true);
                    } else {
                        text.iter().for_each(|byte| bits[usize::from(*byte)] = true);
                    }
                }
            }
            is_empty = false;
        }
        self.at += 1;
        Ok(Class::set(|byte| bits[usize::from(byte)]))
    }
}

fn either_case(byte: u8) -> Class {
    if byte.is_ascii_alphabetic() { Class::set(|other| other.eq_ignore_ascii_case(&byte)) } else { Class::Byte(byte) }
}

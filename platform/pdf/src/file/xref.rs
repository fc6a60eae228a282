//! The cross-reference: where each object stands.
//!
//! Invariant: an entry from a newer section is never replaced by an older one.

use std::collections::{HashMap, HashSet};

use super::File;
use super::object::{Dict, Object, Parser, is_space};
use crate::error::{Limit, PdfError};

/// Where an object stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Deleted.
    Free,
    /// At an offset of the file.
    At { offset: usize, generation: u16 },
    /// Inside an object stream.
    In { stream: u32 },
}

/// How the newest section was written; an update has to follow suit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum XrefKind {
    /// A table in text.
    #[default]
    Table,
    /// A stream.
    Stream,
}

/// All sections together.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) entries: HashMap<u32, Entry>,
    pub(crate) trailer: Dict,
    pub(crate) kind: XrefKind,
    /// Where the newest section stands.
    pub(crate) start: usize,
    /// The file's own tables could not be used.
    pub(crate) rebuilt: bool,
}

/// Reads the sections from the newest to the oldest.
pub(super) fn load(file: &File<'_>) -> Result<Table, PdfError> {
    let tail_start = file.bytes.len().saturating_sub(2048);
    let tail = &file.bytes[tail_start..];
    let at = memchr::memmem::rfind(tail, b"startxref").ok_or(PdfError::Damaged("no startxref"))?;
    let mut parser = Parser::new(file.bytes, tail_start + at + b"startxref".len(), 1);
    let start = parser.unsigned().ok_or(PdfError::Damaged("no startxref"))?;

    let mut table = Table { start: offset(start), ..Table::default() };
    let mut seen = HashSet::new();
    let mut next = vec![start];
    let mut newest = true;
    while let Some(at) = next.pop() {
        if !seen.insert(at) {
            continue;
        }
        let at = offset(at);
        let mut parser = Parser::new(file.bytes, at, file.limits().depth);
        let (dict, kind) = if parser.keyword(b"xref") {
            (read_table(file, &mut parser, &mut table)?, XrefKind::Table)
        } else {
            (read_stream(file, at, &mut table)?, XrefKind::Stream)
        };
        let link = |key: &[u8]| dict.get(key).and_then(Object::int).and_then(|value| u64::try_from(value).ok());
        // The stream of a hybrid file counts before the older sections.
        next.extend(link(b"Prev"));
        if kind == XrefKind::Table {
            next.extend(link(b"XRefStm"));
        }
        if newest {
            (table.trailer, table.kind, newest) = (dict, kind, false);
        }
    }
    Ok(table)
}

fn offset(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

fn add(file: &File<'_>, table: &mut Table, number: u32, entry: Entry) -> Result<(), PdfError> {
    table.entries.entry(number).or_insert(entry);
    if table.entries.len() > file.limits().objects {
        return Err(file.too_many_objects());
    }
    Ok(())
}

fn read_table(file: &File<'_>, parser: &mut Parser<'_>, table: &mut Table) -> Result<Dict, PdfError> {
    const BROKEN: PdfError = PdfError::Damaged("broken cross-reference table");
    let start = parser.at;
    loop {
        if parser.keyword(b"trailer") {
            let dict = parser.value();
            file.budget.charge_work(parser.at - start)?;
            return match dict? {
                Some(Object::Dict(dict)) => Ok(dict),
                _ => Err(BROKEN),
            };
        }
        let first = parser.unsigned().ok_or(BROKEN)?;
        let count = parser.unsigned().ok_or(BROKEN)?;
        for index in 0..count {
            let at = parser.unsigned().ok_or(BROKEN)?;
            let generation = parser.unsigned().ok_or(BROKEN)?;
            let generation = u16::try_from(generation).unwrap_or(u16::MAX);
            let entry = if parser.keyword(b"n") {
                // Offset 0 is the header: such entries are meant as free.
                if at == 0 { Entry::Free } else { Entry::At { offset: offset(at), generation } }
            } else if parser.keyword(b"f") {
                Entry::Free
            } else {
                return Err(BROKEN);
            };
            if let Ok(number) = u32::try_from(first.saturating_add(index)) {
                add(file, table, number, entry)?;
            }
        }
    }
}

fn read_stream(file: &File<'_>, at: usize, table: &mut Table) -> Result<Dict, PdfError> {
    const BROKEN: PdfError = PdfError::Damaged("broken cross-reference stream");
    let Some((_, Object::Stream(stream))) = file.parse_at(at)? else { return Err(BROKEN) };
    if !stream.dict.is_type(b"XRef") {
        return Err(BROKEN);
    }
    // Cross-reference streams are never encrypted, and no cipher is set yet.
    let bytes = file.unpack(&stream)?.bytes;
    let numbers = |key: &[u8]| -> Option<Vec<u64>> {
        let items = stream.dict.get(key)?.array()?;
        items.iter().map(|item| u64::try_from(item.int()?).ok()).collect()
    };
    let widths = numbers(b"W").ok_or(BROKEN)?;
    let &[kind_width, second_width, third_width] = widths.as_slice() else { return Err(BROKEN) };
    if kind_width > 8 || second_width > 8 || third_width > 8 || second_width == 0 {
        return Err(BROKEN);
    }
    let widths = [kind_width, second_width, third_width].map(|width| width as usize);
    let size = stream.dict.get(b"Size").and_then(Object::int).unwrap_or(0);
    let index = numbers(b"Index").unwrap_or_else(|| vec![0, u64::try_from(size).unwrap_or(0)]);
    let mut rows = bytes.chunks_exact(widths.iter().sum());
    for section in index.chunks_exact(2) {
        for position in 0..section[1] {
            let Some(mut row) = rows.next() else { return Ok(stream.dict) };
            let [kind, second, third] = widths.map(|width| {
                let (field, rest) = row.split_at(width);
                row = rest;
                field.iter().fold(0u64, |n, b| n << 8 | u64::from(*b))
            });
            let kind = if widths[0] == 0 { 1 } else { kind };
            let entry = match kind {
                0 => Entry::Free,
                1 => Entry::At { offset: offset(second), generation: u16::try_from(third).unwrap_or(u16::MAX) },
                2 => match u32::try_from(second) {
                    Ok(stream) => Entry::In { stream },
                    Err(_) => continue,
                },
                // Unknown kinds are to be read as null.
                _ => Entry::Free,
            };
            if let Ok(number) = u32::try_from(section[0].saturating_add(position)) {
                add(file, table, number, entry)?;
            }
        }
    }
    Ok(stream.dict)
}

/// Searches the whole file for objects; of equal numbers the last one counts.
pub(super) fn rebuild(file: &File<'_>) -> Result<Table, PdfError> {
    let bytes = file.bytes;
    file.budget.charge_work(bytes.len())?;
    let mut table = Table { rebuilt: true, ..Table::default() };
    let mut places: Vec<(u32, usize)> = Vec::new();
    for at in memchr::memmem::find_iter(bytes, b"obj") {
        let Some((number, generation, start)) = header_before(bytes, at) else { continue };
        table.entries.insert(number, Entry::At { offset: start, generation });
        places.push((number, start));
        if places.len() > file.limits().objects {
            return Err(file.too_many_objects());
        }
    }
    let mut catalog = None;
    for (number, start) in places {
        let object = match file.parse_at(start) {
            Ok(Some((_, object))) => object,
            // One absurd object does not make the others unreadable.
            Ok(None) | Err(PdfError::LimitExceeded { what: Limit::Depth, .. }) => continue,
            Err(error) => return Err(error),
        };
        match &object {
            Object::Stream(stream) if stream.dict.is_type(b"ObjStm") => {
                // Objects in streams do not replace those that stand in the file by themselves,
                // unless they come later; which is newer cannot be told, so the file wins.
                if let Some(content) = file.open_object_stream(stream)? {
                    for inner in content.offsets.into_keys() {
                        let entry = Entry::In { stream: number };
                        match table.entries.get(&inner) {
                            Some(Entry::At { .. }) => {}
                            _ => drop(table.entries.insert(inner, entry)),
                        }
                        if table.entries.len() > file.limits().objects {
                            return Err(file.too_many_objects());
                        }
                    }
                }
            }
            Object::Stream(stream) if stream.dict.is_type(b"XRef") => {
                adopt(&mut table.trailer, &stream.dict);
            }
            Object::Dict(dict) if dict.is_type(b"Catalog") => catalog = Some(number),
            _ => {}
        }
    }
    for at in memchr::memmem::find_iter(bytes, b"trailer") {
        let mut parser = Parser::new(bytes, at + b"trailer".len(), file.limits().depth);
        let start = parser.at;
        if let Ok(Some(Object::Dict(dict))) = parser.value() {
            adopt(&mut table.trailer, &dict);
        }
        file.budget.charge_work(parser.at - start)?;
    }
    if table.trailer.get(b"Root").is_none()
        && let Some(number) = catalog
    {
        let root = Object::Ref(super::object::Ref { number, generation: 0 });
        table.trailer.set(b"Root", root);
    }
    if table.entries.is_empty() {
        return Err(PdfError::Damaged("no objects"));
    }
    Ok(table)
}

/// Later trailers count, but one without root or encryption does not hide those.
fn adopt(trailer: &mut Dict, newer: &Dict) {
    for key in [&b"Root"[..], b"Encrypt", b"ID", b"Info"] {
        if let Some(value) = newer.get(key) {
            trailer.set(key, value.clone());
        }
    }
}

/// Number, generation and beginning of the object whose `obj` stands at `at`.
fn header_before(bytes: &[u8], at: usize) -> Option<(u32, u16, usize)> {
    let (rest, generation) = number_before(&bytes[..at], false)?;
    let (rest, number) = number_before(rest, true)?;
    let number = u32::try_from(number).ok()?;
    Some((number, u16::try_from(generation).unwrap_or(u16::MAX), rest.len()))
}

fn number_before(bytes: &[u8], space_needed: bool) -> Option<(&[u8], u64)> {
    let end = bytes.iter().rposition(|b| !is_space(*b))? + 1;
    if space_needed && end == bytes.len() {
        return None;
    }
    let digits = bytes[..end].iter().rev().take(12).take_while(|b| b.is_ascii_digit()).count();
    let start = end - digits;
    if digits == 0 || digits == 12 {
        return None;
    }
    let value = bytes[start..end].iter().fold(0u64, |n, b| n * 10 + u64::from(b - b'0'));
    Some((&bytes[..start], value))
}

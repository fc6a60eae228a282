//! The directory of a ZIP archive, and the beginnings of its files (APPNOTE.TXT of PKWARE).
//!
//! Enough to identify what lies inside, no more: nothing is unpacked to disk, and of each file only the window.
//!
//! Invariant: at most [`MOST_FILES`] entries, a directory of [`LARGEST_DIRECTORY`] and a window per file are read,
//! whatever the archive says of itself.

use std::io::{self, Read as _};

use flate2::read::DeflateDecoder;

use super::WINDOW;
use super::source::{Source, exactly, piece};

/// Entries that are looked at.
pub(super) const MOST_FILES: usize = 100_000;
/// Bytes of the directory that are read.
const LARGEST_DIRECTORY: usize = 32 << 20;
/// Packed bytes of one file that are read.
const PACKED: usize = 2 * WINDOW;

/// A file in an archive.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub path: String,
    pub encrypted: bool,
    method: u16,
    packed: u64,
    header: u64,
}

fn two(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn four(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn eight(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

fn broken() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

/// All entries; an error where there is no readable directory.
pub(super) fn entries(source: &dyn Source) -> io::Result<Vec<Entry>> {
    let (at, size) = directory(source)?;
    let size = usize::try_from(size).ok().filter(|size| *size <= LARGEST_DIRECTORY).ok_or_else(broken)?;
    let bytes = exactly(source, at, size)?;
    let (mut found, mut rest) = (Vec::new(), &bytes[..]);
    while found.len() < MOST_FILES && rest.starts_with(b"PK\x01\x02") {
        let (entry, length) = entry(rest).ok_or_else(broken)?;
        found.push(entry);
        rest = rest.get(length..).ok_or_else(broken)?;
    }
    if found.is_empty() && !bytes.is_empty() { Err(broken()) } else { Ok(found) }
}

/// Where the directory begins, and its size (4.3.16, 4.3.14).
fn directory(source: &dyn Source) -> io::Result<(u64, u64)> {
    const LARGEST_COMMENT: u64 = 65_535 + 22;
    let from = source.length().saturating_sub(LARGEST_COMMENT);
    let tail = piece(source, from, LARGEST_COMMENT as usize)?;
    let end = tail.windows(4).rposition(|window| window == b"PK\x05\x06").ok_or_else(broken)?;
    let size = four(&tail, end + 12).ok_or_else(broken)?;
    let at = four(&tail, end + 16).ok_or_else(broken)?;
    if size != u32::MAX && at != u32::MAX {
        return Ok((u64::from(at), u64::from(size)));
    }
    let locator = end.checked_sub(20).filter(|at| tail[*at..].starts_with(b"PK\x06\x07")).ok_or_else(broken)?;
    let record = exactly(source, eight(&tail, locator + 8).ok_or_else(broken)?, 56)?;
    if !record.starts_with(b"PK\x06\x06") {
        return Err(broken());
    }
    Ok((eight(&record, 48).ok_or_else(broken)?, eight(&record, 40).ok_or_else(broken)?))
}

/// One entry of the directory with its length (4.3.12).
fn entry(bytes: &[u8]) -> Option<(Entry, usize)> {
    let (name, extra, comment) = (two(bytes, 28)?, two(bytes, 30)?, two(bytes, 32)?);
    let (name, extra) = (usize::from(name), usize::from(extra));
    let (mut packed, unpacked, mut header) =
        (u64::from(four(bytes, 20)?), four(bytes, 24)?, u64::from(four(bytes, 42)?));
    // Large values stand in an extra field, each only where its own place is full (4.5.3).
    let mut fields = bytes.get(46 + name..46 + name + extra)?;
    while let (Some(id), Some(size)) = (two(fields, 0), two(fields, 2)) {
        let field = fields.get(4..4 + usize::from(size))?;
        if id == 1 {
            let mut at = if unpacked == u32::MAX { 8 } else { 0 };
            if packed == u64::from(u32::MAX) {
                packed = eight(field, at)?;
                at += 8;
            }
            if header == u64::from(u32::MAX) {
                header = eight(field, at)?;
            }
        }
        fields = &fields[4 + usize::from(size)..];
    }
    let entry = Entry {
        path: String::from_utf8_lossy(bytes.get(46..46 + name)?).into_owned(),
        encrypted: two(bytes, 8)? & 1 != 0,
        method: two(bytes, 10)?,
        packed,
        header,
    };
    Some((entry, 46 + name + extra + usize::from(comment)))
}

impl Entry {
    /// The beginning of its content.
    pub(super) fn beginning(&self, source: &dyn Source) -> io::Result<Vec<u8>> {
        let local = exactly(source, self.header, 30)?;
        let (name, extra) = (two(&local, 26).ok_or_else(broken)?, two(&local, 28).ok_or_else(broken)?);
        if self.encrypted || !local.starts_with(b"PK\x03\x04") {
            return Err(broken());
        }
        let start = self.header.saturating_add(30 + u64::from(name) + u64::from(extra));
        let packed = usize::try_from(self.packed).unwrap_or(usize::MAX);
        match self.method {
            0 => piece(source, start, packed.min(WINDOW)),
            8 => {
                let packed = piece(source, start, packed.min(PACKED))?;
                let mut content = Vec::new();
                // What is cut off or broken ends early; its beginning may still tell what it is.
                _ = DeflateDecoder::new(&packed[..]).take(WINDOW as u64).read_to_end(&mut content);
                Ok(content)
            }
            _ => Err(broken()),
        }
    }
}

//! TIFF 6.0 and BigTIFF: the directories, one for each page.
//!
//! Invariant: no directory is read twice, so that a circle of them ends.

use std::collections::{BTreeMap, BTreeSet};

use super::{Compression, Container, ImageError, Info, Page};

/// No file has more pages.
const MOST_PAGES: usize = 100_000;

struct File<'b> {
    bytes: &'b [u8],
    little: bool,
    big: bool,
}

impl File<'_> {
    fn number(&self, at: u64, length: u64) -> Result<u64, ImageError> {
        let damaged = ImageError::Damaged(at);
        let from = usize::try_from(at).map_err(|_| damaged)?;
        let part = from.checked_add(length as usize).and_then(|to| self.bytes.get(from..to)).ok_or(damaged)?;
        let join = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Ok(if self.little { part.iter().rev().fold(0, join) } else { part.iter().fold(0, join) })
    }

    /// The width of offsets and counts.
    fn wide(&self) -> u64 {
        if self.big { 8 } else { 4 }
    }

    /// The first value of an entry, as a number; of fractions rounded.
    fn value(&self, entry: u64) -> Result<u64, ImageError> {
        let kind = self.number(entry + 2, 2)?;
        let size = match kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            _ => 8,
        };
        let count = self.number(entry + 4, self.wide())?;
        let inside = entry + 4 + self.wide();
        let at = if count.saturating_mul(size) <= self.wide() { inside } else { self.number(inside, self.wide())? };
        if kind == 5 {
            let (above, below) = (self.number(at, 4)?, self.number(at.saturating_add(4), 4)?);
            return Ok(above.checked_add(below / 2).and_then(|sum| sum.checked_div(below)).unwrap_or(0));
        }
        self.number(at, size)
    }
}

fn open(bytes: &[u8]) -> Result<File<'_>, ImageError> {
    let mut file = File { bytes, little: bytes.first() == Some(&b'I'), big: false };
    file.big = file.number(2, 2)? == 43;
    if file.big && (file.number(4, 2)?, file.number(6, 2)?) != (8, 0) {
        return Err(ImageError::Damaged(4));
    }
    Ok(file)
}

pub(super) fn read(bytes: &[u8]) -> Result<Info, ImageError> {
    let file = open(bytes)?;
    let container = if file.big { Container::BigTiff } else { Container::Tiff };
    let pages = walk(&file)?.into_iter().map(|(_, page)| page).collect();
    Ok(Info { container, pages })
}

/// Where the directories lie, in their order.
pub(in crate::scan) fn directories(bytes: &[u8]) -> Result<Vec<u64>, ImageError> {
    Ok(walk(&open(bytes)?)?.into_iter().map(|(at, _)| at).collect())
}

/// A directory's page, and the whole numbers of its entries, by tag.
pub(in crate::scan) fn entries(
    bytes: &[u8],
    at: u64,
    most: usize,
) -> Result<(Page, BTreeMap<u16, Vec<u64>>), ImageError> {
    let file = open(bytes)?;
    let (page, _) = directory(&file, at)?;
    let (head, entry_length) = if file.big { (8, 20) } else { (2, 12) };
    let mut found = BTreeMap::new();
    for position in 0..file.number(at, head)? {
        let entry = at + head + position * entry_length;
        let size = match file.number(entry + 2, 2)? {
            1 => 1,
            3 => 2,
            4 | 13 => 4,
            16 => 8,
            _ => continue,
        };
        let count = file.number(entry + 4, file.wide())?;
        let tag = u16::try_from(file.number(entry, 2)?).unwrap_or(u16::MAX);
        // Only offsets and lengths of strips come in numbers; of others the first few say enough.
        let count = if matches!(tag, 273 | 279) && count > most as u64 {
            return Err(ImageError::Damaged(entry));
        } else if matches!(tag, 273 | 279) {
            count
        } else {
            count.min(8)
        };
        let inside = entry + 4 + file.wide();
        let whole = file.number(entry + 4, file.wide())?.saturating_mul(size);
        let from = if whole <= file.wide() { inside } else { file.number(inside, file.wide())? };
        let values = (0..count).map(|index| file.number(from.saturating_add(index * size), size));
        found.insert(tag, values.collect::<Result<_, _>>()?);
    }
    Ok((page, found))
}

fn walk(file: &File<'_>) -> Result<Vec<(u64, Page)>, ImageError> {
    let mut next = file.number(if file.big { 8 } else { 4 }, file.wide())?;
    let mut seen = BTreeSet::new();
    let mut pages = Vec::new();
    while next != 0 {
        if !seen.insert(next) {
            return Err(ImageError::Damaged(next));
        }
        if pages.len() == MOST_PAGES {
            return Err(ImageError::TooMany(MOST_PAGES));
        }
        let (page, after) = directory(file, next)?;
        pages.push((next, page));
        next = after;
    }
    if pages.is_empty() {
        return Err(ImageError::Damaged(4));
    }
    Ok(pages)
}

fn directory(file: &File<'_>, at: u64) -> Result<(Page, u64), ImageError> {
    let head = if file.big { 8 } else { 2 };
    let entry_length = if file.big { 20 } else { 12 };
    let count = file.number(at, head)?;
    let damaged = ImageError::Damaged(at);
    // A directory has at most one entry for each tag.
    let entries = if count <= 65_536 { count } else { return Err(damaged) };
    let first = at.checked_add(head).ok_or(damaged)?;
    let end = entries.checked_mul(entry_length).and_then(|length| first.checked_add(length)).ok_or(damaged)?;
    let (mut width, mut height, mut across, mut down) = (None, None, None, None);
    let (mut code, mut unit) = (1, 2);
    for position in 0..entries {
        let entry = first + position * entry_length;
        let slot = match file.number(entry, 2)? {
            256 => &mut width,
            257 => &mut height,
            282 => &mut across,
            283 => &mut down,
            259 => {
                code = file.value(entry)?;
                continue;
            }
            296 => {
                unit = file.value(entry)?;
                continue;
            }
            _ => continue,
        };
        *slot = Some(file.value(entry)?);
    }
    let compression = match code {
        1 => Compression::None,
        2 | 3 => Compression::Fax3,
        4 => Compression::Fax4,
        5 => Compression::Lzw,
        6 | 7 => Compression::Jpeg,
        8 | 32_946 => Compression::Deflate,
        9 | 34_661 => Compression::Jbig,
        32_773 => Compression::PackBits,
        34_712 => Compression::Jpeg2000,
        34_715 => Compression::Jbig2,
        _ => Compression::Unknown,
    };
    let per_inch = |dots: u64| match unit {
        2 => u32::try_from(dots).ok(),
        // 2.54 centimetres make an inch.
        3 => u32::try_from(dots.saturating_mul(254).saturating_add(50) / 100).ok(),
        _ => None,
    };
    let dpi = across.zip(down).and_then(|(across, down)| per_inch(across).zip(per_inch(down)));
    let small = |value: Option<u64>| value.and_then(|value| u32::try_from(value).ok());
    let page =
        Page { width: small(width), height: small(height), dpi: dpi.filter(|(x, y)| *x > 0 && *y > 0), compression };
    Ok((page, file.number(end, file.wide())?))
}

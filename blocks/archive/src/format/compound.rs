//! Compound files, the containers of older office programs (MS-CFB): the streams below the root, by name.
//!
//! Invariant: chains of sectors are followed no longer than what is asked for, entries are visited once, and what
//! points outside is an error; so a circle costs nothing.

use std::io;

use super::WINDOW;
use super::source::{Source, exactly};

/// What compound files begin with.
pub(super) const MAGIC: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Entries of the directory that are read.
const MOST_ENTRIES: usize = 65_536;
/// Sectors of the allocation table that are known: 109 in the header, the others in a chain.
const MOST_TABLES: usize = 1 << 20;
/// Sectors of the stream that holds the small ones.
const MOST_SECTORS: usize = 1 << 20;
/// Streams below this size are small (2.2, mini stream cutoff size).
const SMALL_BELOW: u64 = 4096;

fn broken() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

fn four(bytes: &[u8], at: usize) -> io::Result<u32> {
    let found = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    found.map(u32::from_le_bytes).ok_or_else(broken)
}

/// A stream or storage.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The path from the root, without the control characters with which some names begin.
    pub path: String,
    pub is_stream: bool,
    start: u32,
    size: u64,
}

/// An open compound file.
pub(super) struct Compound<'s> {
    source: &'s dyn Source,
    shift: u32,
    tables: Vec<u32>,
    /// The sectors of the table of small sectors, and of the stream that they lie in.
    small_table: Vec<u32>,
    small: Vec<u32>,
    pub entries: Vec<Entry>,
}

impl<'s> Compound<'s> {
    /// Reads the header and the directory (MS-CFB, 2.2 and 2.6).
    pub(super) fn open(source: &'s dyn Source) -> io::Result<Self> {
        let header = exactly(source, 0, 512)?;
        let shift = u32::from(u16::from_le_bytes([header[30], header[31]]));
        let small = u16::from_le_bytes([header[32], header[33]]);
        let is_known = matches!(shift, 9 | 12) && small == 6 && u64::from(four(&header, 56)?) == SMALL_BELOW;
        if !header.starts_with(&MAGIC) || !is_known {
            return Err(broken());
        }
        let mut tables: Vec<u32> = (0..109).map(|at| four(&header, 76 + 4 * at)).collect::<Result<_, _>>()?;
        let mut next = four(&header, 68)?;
        let count = four(&header, 72)?;
        let mut file =
            Self { source, shift, tables: Vec::new(), small_table: Vec::new(), small: Vec::new(), entries: Vec::new() };
        for _ in 0..count {
            if next >= 0xffff_fffa || tables.len() > MOST_TABLES {
                break;
            }
            let sector = file.sector(next)?;
            let last = sector.len() - 4;
            for at in (0..last).step_by(4) {
                tables.push(four(&sector, at)?);
            }
            next = four(&sector, last)?;
        }
        file.tables = tables;
        let directory = file.chain(four(&header, 48)?, MOST_ENTRIES * 128)?;
        file.walk(&directory)?;
        file.small_table = file.sectors(four(&header, 60)?)?;
        file.small = file.sectors(directory.get(116..120).ok_or_else(broken).and_then(|start| four(start, 0))?)?;
        Ok(file)
    }

    fn sector(&self, number: u32) -> io::Result<Vec<u8>> {
        exactly(self.source, (u64::from(number) + 1) << self.shift, 1 << self.shift)
    }

    /// The sector that follows.
    fn after(&self, number: u32) -> io::Result<u32> {
        let per_table = self.shift - 2;
        let table = self.tables.get((number >> per_table) as usize).copied().ok_or_else(broken)?;
        let inside = u64::from(number & ((1 << per_table) - 1)) * 4;
        let at = ((u64::from(table) + 1) << self.shift) + inside;
        four(&exactly(self.source, at, 4)?, 0)
    }

    /// The numbers of the sectors of a chain.
    fn sectors(&self, start: u32) -> io::Result<Vec<u32>> {
        let most =
            usize::try_from(self.source.length() >> self.shift).map_or(MOST_SECTORS, |all| all.min(MOST_SECTORS));
        let mut found = Vec::new();
        let mut number = start;
        while number < 0xffff_fffa && found.len() < most {
            found.push(number);
            number = self.after(number)?;
        }
        Ok(found)
    }

    /// The content of a chain, up to `most` bytes.
    fn chain(&self, start: u32, most: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut number = start;
        while number < 0xffff_fffa && bytes.len() < most {
            bytes.extend(self.sector(number)?);
            number = self.after(number)?;
        }
        bytes.truncate(most);
        Ok(bytes)
    }

    /// The tree of entries: siblings left and right of each other, children below storages.
    fn walk(&mut self, directory: &[u8]) -> io::Result<()> {
        let count = directory.len() / 128;
        let root = directory.get(..128).ok_or_else(broken)?;
        let mut visited = vec![false; count];
        let mut open: Vec<(u32, String)> = vec![(four(root, 76)?, String::new())];
        while let Some((number, above)) = open.pop() {
            let at = number as usize;
            if at >= count || std::mem::replace(&mut visited[at], true) {
                continue;
            }
            let entry = &directory[at * 128..(at + 1) * 128];
            let length = usize::from(u16::from_le_bytes([entry[64], entry[65]])).clamp(2, 64) - 2;
            let units: Vec<u16> =
                entry[..length].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            let name: String = String::from_utf16_lossy(&units).chars().filter(|one| !one.is_control()).collect();
            let path = if above.is_empty() { name } else { format!("{above}/{name}") };
            open.push((four(entry, 68)?, above.clone()));
            open.push((four(entry, 72)?, above));
            let (is_storage, is_stream) = (entry[66] == 1, entry[66] == 2);
            // Paths of storages within storages grow; no signature looks deeper than this.
            if is_storage && path.len() < 1024 {
                open.push((four(entry, 76)?, path.clone()));
            }
            if is_storage || is_stream {
                let size = u64::from(four(entry, 120)?);
                self.entries.push(Entry { path, is_stream, start: four(entry, 116)?, size });
            }
        }
        Ok(())
    }

    /// The beginning of a stream; small ones lie together in one stream, in sectors of 64 bytes.
    pub(super) fn beginning(&self, entry: &Entry) -> io::Result<Vec<u8>> {
        let most = usize::try_from(entry.size).map_or(WINDOW, |size| size.min(WINDOW));
        if entry.size >= SMALL_BELOW {
            return self.chain(entry.start, most);
        }
        let within = |sectors: &[u32], at: u64, count: usize| {
            let number = sectors.get((at >> self.shift) as usize).copied().ok_or_else(broken)?;
            exactly(self.source, ((u64::from(number) + 1) << self.shift) + (at & ((1 << self.shift) - 1)), count)
        };
        let mut bytes = Vec::new();
        let mut number = entry.start;
        while number < 0xffff_fffa && bytes.len() < most {
            bytes.extend(within(&self.small, u64::from(number) * 64, 64)?);
            number = four(&within(&self.small_table, u64::from(number) * 4, 4)?, 0)?;
        }
        bytes.truncate(most);
        Ok(bytes)
    }
}

//! Lines, columns and sibling positions, computed only when there is a finding to place.
//!
//! Invariant: locating any number of places costs time linear in the document, not in document
//! times places; a hostile document can have a hundred thousand findings on one line.

use std::collections::HashMap;

use super::tree::{Document, u32_len};
use crate::names::Name;

/// Offsets of line starts, and the number of characters before every block of the source.
pub(super) struct Lines {
    starts: Vec<u32>,
    /// Characters before byte `i * BLOCK`; empty where the source is ASCII.
    characters: Vec<u32>,
}

const BLOCK: usize = 1024;

impl Lines {
    pub(super) fn new(source: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', source.as_bytes()).map(|at| u32_len(at + 1)));
        let mut characters = Vec::new();
        if !source.is_ascii() {
            let mut seen = 0;
            for block in source.as_bytes().chunks(BLOCK) {
                characters.push(seen);
                seen += u32_len(count(block));
            }
        }
        Self { starts, characters }
    }

    pub(super) fn locate(&self, source: &str, offset: usize) -> (u32, u32) {
        let offset = u32_len(offset.min(source.len()));
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line - 1];
        let column = if self.characters.is_empty() {
            offset - start
        } else {
            self.characters_before(source, offset) - self.characters_before(source, start)
        };
        (u32_len(line), column + 1)
    }

    fn characters_before(&self, source: &str, offset: u32) -> u32 {
        let offset = offset as usize;
        let block = (offset / BLOCK).min(self.characters.len() - 1);
        self.characters[block] + u32_len(count(&source.as_bytes()[block * BLOCK..offset]))
    }
}

/// Characters in a piece of UTF-8: the bytes that do not continue one.
fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

/// For every element its position among its siblings of the same name, 0 where it is the only one.
pub(super) struct Positions(Vec<u32>);

impl Positions {
    pub(super) fn new(doc: &Document<'_>) -> Self {
        // Keyed by parent and name, so one pass over the document suffices.
        let mut seen: HashMap<(u32, Name, &str), (u32, u32)> = HashMap::new();
        let mut positions = vec![0; doc.len()];
        for element in doc.elements() {
            let Some(parent) = element.parent() else {
                continue;
            };
            let other = if element.name() == Name::OTHER { element.qname() } else { "" };
            let (first, count) = seen.entry((parent.id(), element.name(), other)).or_insert((element.id(), 0));
            *count += 1;
            if *count > 1 {
                positions[*first as usize] = 1;
                positions[element.id() as usize] = *count;
            }
        }
        Self(positions)
    }

    pub(super) fn of(&self, id: u32) -> u32 {
        self.0[id as usize]
    }
}

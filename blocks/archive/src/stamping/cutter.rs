//! Records of many versions in any order, with each hash tree read as seldom as memory allows.
//!
//! Invariant: of the trees at most [`HELD`] lines are in memory, whatever the order in which records are asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::cut::{Loaded, evidence};
use super::grow::key;
use super::{Kind, Result, Stamping, StampingError};
use crate::ocfl::storage::Storage;

/// Lines of trees that are held: a full tree has 2²⁰ leaves.
pub const HELD: usize = 4;

/// Cuts records; knows of every version where it is.
pub struct Cutter<'s, 'd, S: Storage> {
    stamping: &'s Stamping<'d, S>,
    /// The first tree of a version and its place there.
    places: HashMap<[u8; 16], (u32, u32)>,
    /// The lines that were used last, the newest at the end.
    held: Mutex<Vec<(u32, Arc<Vec<Loaded>>)>>,
}

impl<'d, S: Storage> Stamping<'d, S> {
    /// Gets ready to cut many records: the leaves of all first trees are read once.
    pub fn cutter(&self) -> Result<Cutter<'_, 'd, S>> {
        let mut places = HashMap::new();
        for note in self.notes.iter().filter(|note| note.kind == Kind::First) {
            note.leaves(self.depot, &mut |place, leaf| {
                if let (Some(id), Some(version)) = (&leaf.id, &leaf.version) {
                    let place = u32::try_from(place).map_err(|_| note.damaged("it has too many leaves"))?;
                    places.entry(key(id, version)).or_insert((note.number, place));
                }
                Ok(())
            })?;
        }
        Ok(Cutter { stamping: self, places, held: Mutex::default() })
    }
}

impl<S: Storage> Cutter<'_, '_, S> {
    /// The first tree that a version is in, and its place there: in this order trees are read once each.
    #[must_use]
    pub fn place(&self, id: &str, version: &str) -> Option<(u32, u32)> {
        self.places.get(&key(id, version)).copied()
    }

    /// The newest tree that protects a version: while it is the same, so is the record.
    #[must_use]
    pub fn newest(&self, id: &str, version: &str) -> Option<u32> {
        let (first, _) = self.place(id, version)?;
        self.stamping.line(first).last().map(|note| note.number)
    }

    /// The evidence record of a version in DER (RFC 4998): it protects [`Stamping::inventory_of`].
    pub fn record(&self, id: &str, version: &str) -> Result<Vec<u8>> {
        let missing = || StampingError::NotStamped { id: id.to_owned(), version: version.to_owned() };
        let (first, place) = self.place(id, version).ok_or_else(missing)?;
        Ok(evidence(&self.line(first)?, place as usize)?.encode())
    }

    fn line(&self, first: u32) -> Result<Arc<Vec<Loaded>>> {
        // Whoever needs a tree that is being read waits for it, and reads none himself.
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = held.iter().position(|(number, _)| *number == first) {
            let found = held.remove(at);
            held.push(found);
        } else {
            if held.len() == HELD {
                held.remove(0);
            }
            let line = Arc::new(self.stamping.load(&self.stamping.line(first))?);
            held.push((first, line));
        }
        let (_, line) = held.last().expect("it was put there just now");
        Ok(line.clone())
    }
}

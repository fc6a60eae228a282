//! Cutting the evidence record of a version out of the trees, through all renewals.
//!
//! Invariant: a record that is given leads from the inventory of its version to the newest time stamp.

use super::stored::Leaf;
use super::{Kind, Note, Result, Stamping, StampingError};
use crate::evidence::tree::Tree;
use crate::evidence::write::Evidence;
use crate::ocfl::storage::Storage;

/// A tree with its time stamp, read once for many records.
pub(super) struct Loaded {
    pub note: Note,
    pub tree: Tree,
    pub token: Vec<u8>,
    /// Of a renewal of time stamps: the trees whose tokens it covers, by place.
    covers: Vec<u32>,
}

/// Who takes records: object, version, record in DER. An error ends the walk.
pub type Each<'e> = dyn FnMut(&str, &str, &[u8]) -> Result<()> + 'e;

impl<S: Storage> Stamping<'_, S> {
    /// The evidence record of a version in DER (RFC 4998): it protects [`Stamping::inventory_of`].
    pub fn record(&self, id: &str, version: &str) -> Result<Vec<u8>> {
        let (first, place) = self.find(id, version)?;
        let line = self.load(&self.line(first))?;
        Ok(evidence(&line, place)?.encode())
    }

    /// The records of all versions, tree by tree: each tree is read once.
    pub fn records(&self, each: &mut Each<'_>) -> Result<()> {
        for first in self.firsts() {
            let line = self.load(&self.line(first))?;
            line[0].note.leaves(self.depot, &mut |place, leaf| {
                let (Some(id), Some(version)) = (&leaf.id, &leaf.version) else { return Ok(()) };
                each(id, version, &evidence(&line, place)?.encode())
            })?;
        }
        Ok(())
    }

    /// The tree that a version is in, and its place there.
    fn find(&self, id: &str, version: &str) -> Result<(u32, usize)> {
        for note in self.notes.iter().filter(|note| note.kind == Kind::First) {
            let mut found = None;
            note.leaves(self.depot, &mut |place, leaf: Leaf| {
                if leaf.is_of(id, version) {
                    found = Some(place);
                }
                Ok(())
            })?;
            if let Some(place) = found {
                return Ok((note.number, place));
            }
        }
        Err(StampingError::NotStamped { id: id.to_owned(), version: version.to_owned() })
    }

    /// The trees of a line with their time stamps.
    pub(super) fn load(&self, line: &[&Note]) -> Result<Vec<Loaded>> {
        let load = |note: &&Note| {
            let covers = self.covers.get(&note.number).cloned().unwrap_or_default();
            Ok(Loaded { note: (*note).clone(), tree: note.tree(self.depot)?, token: note.token(self.depot)?, covers })
        };
        line.iter().map(load).collect()
    }
}

/// The record of the leaf at a place of the first tree, through all trees of its line.
pub(super) fn evidence(line: &[Loaded], place: usize) -> Result<Evidence> {
    let first = line.first().expect("a line begins with its first tree");
    let missing = || first.note.damaged("it has no such leaf");
    let mut evidence = Evidence::initial(&first.tree, place, &first.token).ok_or_else(missing)?;
    let mut tip = first.note.number;
    for next in &line[1..] {
        let renewed = match next.note.kind {
            Kind::HashTree => evidence.renew_hash_tree(&next.tree, place, &next.token),
            _ => {
                let at = next.covers.iter().position(|tree| *tree == tip);
                at.and_then(|at| evidence.renew_time_stamp(&next.tree, at, &next.token))
            }
        };
        evidence = renewed.ok_or_else(|| next.note.damaged("it does not continue the tree before"))?;
        tip = next.note.number;
    }
    Ok(evidence)
}

//! New trees: over what has none yet, and over the time stamps of all.
//!
//! Invariant: a tree is stored after its time stamp was checked against its root; what fails before leaves nothing.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::stored::Leaf;
use super::{Kind, LEAVES, Note, PREFIX, Result, Stamping, TimeStamps};
use crate::digest::Digest;
use crate::ocfl::storage::Storage;

/// What was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Grown {
    /// Trees, each with one time stamp.
    pub trees: usize,
    /// Their leaves.
    pub leaves: usize,
    /// Objects that cannot be read and were left out; the scrubber says why.
    pub unreadable: usize,
}

/// A tree that has no time stamp yet.
pub(super) struct New<'n> {
    pub kind: Kind,
    pub digest: Digest,
    /// When it is made.
    pub made: &'n str,
    /// Of a hash-tree renewal: the tree whose leaves it has.
    pub of: Option<u32>,
    pub leaves: Vec<Leaf>,
    /// Of a hash-tree renewal: the list of content digests.
    pub content: Option<&'n [u8]>,
}

impl<S: Storage> Stamping<'_, S> {
    /// Covers every version that is in no tree yet; `made` is now (RFC 3339). `progress` is told how many leaves there
    /// are so far.
    pub fn stamp(
        &mut self,
        digest: Digest,
        service: &dyn TimeStamps,
        made: &str,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Grown> {
        let known = self.known()?;
        let mut fresh: Vec<(String, String)> = Vec::new();
        let mut grown = Grown::default();
        self.depot.index(&mut |_, found| match found {
            Ok(object) if object.id.starts_with(PREFIX) => {}
            Ok(object) => {
                let versions = object.versions.into_iter().map(|version| (object.id.clone(), version.name));
                fresh.extend(versions.filter(|(id, version)| !known.contains(&key(id, version))));
            }
            Err(_) => grown.unreadable += 1,
        })?;
        for part in fresh.chunks(LEAVES) {
            let mut leaves = Vec::with_capacity(part.len());
            for (id, version) in part {
                leaves.push(Leaf::version(id, version, &digest.of(&[&self.inventory_of(id, version)?])));
                progress(grown.leaves + leaves.len());
            }
            let new = New { kind: Kind::First, digest, made, of: None, leaves, content: None };
            self.add(new, service, &mut grown)?;
        }
        Ok(grown)
    }

    /// Renews every time stamp that counts now: one call for each hash algorithm in use (RFC 4998, 5.2).
    pub fn renew_time_stamps(&mut self, service: &dyn TimeStamps, made: &str) -> Result<Grown> {
        let mut grown = Grown::default();
        let tips = self.tips();
        let algorithms: BTreeSet<Digest> = tips.iter().map(|note| note.algorithm()).collect::<Result<_>>()?;
        for digest in algorithms {
            let tips = tips.iter().filter(|note| note.digest == digest.name());
            let leaf = |note: &Note| Ok(Leaf::token(note.number, &digest.of(&[&note.token(self.depot)?])));
            let leaves = tips.map(leaf).collect::<Result<_>>()?;
            let new = New { kind: Kind::TimeStamp, digest, made, of: None, leaves, content: None };
            self.add(new, service, &mut grown)?;
        }
        Ok(grown)
    }

    /// Gets a time stamp for a tree and stores it under the next number.
    pub(super) fn add(&mut self, new: New<'_>, service: &dyn TimeStamps, grown: &mut Grown) -> Result<()> {
        let number = self.next();
        let (made, digest) = (new.made.to_owned(), new.digest.name().to_owned());
        let note = Note { number, kind: new.kind, digest, made, leaves: new.leaves.len(), of: new.of };
        let tree = note.tree_of(&new.leaves)?;
        let token = Self::token(service, new.digest, tree.root())?;
        note.store(self.depot, &new.leaves, &token, new.content)?;
        if new.kind == Kind::TimeStamp {
            self.covers.insert(number, new.leaves.iter().filter_map(|leaf| leaf.tree).collect());
        }
        grown.trees += 1;
        grown.leaves += note.leaves;
        self.notes.push(note);
        Ok(())
    }

    /// The trees whose time stamps count now: the last of each line.
    fn tips(&self) -> Vec<Note> {
        let last = self.firsts().into_iter().filter_map(|first| self.line(first).last().map(|note| (*note).clone()));
        let tips: BTreeMap<u32, Note> = last.map(|note| (note.number, note)).collect();
        tips.into_values().collect()
    }

    /// Which versions are in a tree.
    pub fn covered(&self) -> Result<Covered> {
        Ok(Covered(self.known()?))
    }

    /// The versions that are in a tree, as keys.
    fn known(&self) -> Result<HashSet<[u8; 16]>> {
        let mut known = HashSet::new();
        for note in self.notes.iter().filter(|note| note.kind == Kind::First) {
            note.leaves(self.depot, &mut |_, leaf| {
                if let (Some(id), Some(version)) = (&leaf.id, &leaf.version) {
                    known.insert(key(id, version));
                }
                Ok(())
            })?;
        }
        Ok(known)
    }
}

/// Which versions are in a tree, in little memory.
#[derive(Debug)]
pub struct Covered(HashSet<[u8; 16]>);

impl Covered {
    /// Is this version in a tree?
    #[must_use]
    pub fn has(&self, id: &str, version: &str) -> bool {
        self.0.contains(&key(id, version))
    }
}

/// A version as a short key: there may be tens of millions of them.
pub(super) fn key(id: &str, version: &str) -> [u8; 16] {
    let hash = Digest::Sha256.of(&[id.as_bytes(), &[0], version.as_bytes()]);
    std::array::from_fn(|at| hash[at])
}

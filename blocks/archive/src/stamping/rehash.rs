//! Going over to another hash algorithm before the old one fades (RFC 4998, 5.3).
//!
//! Every line of trees gets a new tree with the same leaves in the same order. The inventories name the digests of the
//! content in the old algorithm; so all content is read, compared with them, and its new digests are kept beside the
//! leaves in `content.jsonl`, whose hash value is the last leaf. A second renewal compares with the digests that the
//! first has kept, and its own list begins with the hash value of the list before.
//!
//! Invariant: no new digest is kept of content that does not have its old one.

use std::collections::{BTreeMap, HashMap};
use std::io::{Read as _, Write as _};

use serde::{Deserialize, Serialize};

use super::cut::evidence;
use super::grow::New;
use super::stored::{CONTENT, Leaf};
use super::{Grown, Kind, Note, Result, Stamping, StampingError, TimeStamps};
use crate::digest::Digest;
use crate::ocfl::digest::{Hasher, hex};
use crate::ocfl::inventory::Inventory;
use crate::ocfl::storage::{Storage, pieces};

impl<S: Storage> Stamping<'_, S> {
    /// Renews all trees with another hash algorithm. Everything is read once; `progress` is told how many bytes of
    /// content so far. Trees that have the algorithm already are left as they are.
    pub fn renew_hash_trees(
        &mut self,
        digest: Digest,
        service: &dyn TimeStamps,
        made: &str,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Grown> {
        let mut grown = Grown::default();
        let mut read = 0;
        for first in self.firsts() {
            let line = self.line(first);
            let before = line.iter().rev().find(|note| note.kind != Kind::TimeStamp);
            let before = (*before.expect("a line begins with its first tree")).clone();
            if before.algorithm()? == digest {
                continue;
            }
            let line = self.load(&line)?;
            let mut leaves: Vec<Leaf> = Vec::new();
            line[0].note.leaves(self.depot, &mut |_, leaf| {
                leaves.push(leaf);
                Ok(())
            })?;
            let mut list = List::after(self.kept(&before)?, before.algorithm()?, digest);
            for (place, leaf) in leaves.iter_mut().enumerate() {
                let (Some(id), Some(version)) = (&leaf.id, &leaf.version) else { continue };
                let hash = if let Some(inventory) = self.depot.inventory(id)? {
                    self.content(&inventory, version, &mut list, &mut |bytes| {
                        read += bytes;
                        progress(read);
                    })?;
                    evidence(&line, place)?.hash_tree_leaf(digest, &digest.of(&[&self.inventory_of(id, version)?]))
                } else {
                    // Deleted: its place is kept, so that those of the others stay.
                    leaf.gone = true;
                    digest.of(&[leaf.hash.as_bytes()])
                };
                leaf.hash = hex(&hash);
            }
            let last = digest.of(&[&list.lines]);
            leaves.push(Leaf { id: Some(CONTENT.to_owned()), hash: hex(&last), ..Leaf::default() });
            let (of, content) = (Some(before.number), Some(list.lines.as_slice()));
            self.add(New { kind: Kind::HashTree, digest, made, of, leaves, content }, service, &mut grown)?;
        }
        Ok(grown)
    }

    /// The list of content digests that an earlier renewal has kept; nothing where there was none.
    fn kept(&self, before: &Note) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if before.kind == Kind::HashTree {
            let read = before.content(self.depot)?.read_to_end(&mut bytes);
            read.map_err(|source| StampingError::Read { path: format!("{}/{CONTENT}", before.id()), source })?;
        }
        Ok(bytes)
    }

    /// Adds a line for each file that came with a version: object, path within it, new digest.
    fn content(
        &self,
        inventory: &Inventory,
        version: &str,
        list: &mut List,
        progress: &mut dyn FnMut(u64),
    ) -> Result<()> {
        let id = &inventory.id;
        let new = format!("{version}/");
        let mut paths: BTreeMap<&str, &str> = BTreeMap::new();
        for (expected, found) in &inventory.manifest {
            let found = found.iter().filter(|path| path.starts_with(&new));
            paths.extend(found.map(|path| (path.as_str(), expected.as_str())));
        }
        for (path, expected) in paths {
            let full = format!("{}/{path}", self.depot.place(id));
            let (mut first, mut before, mut fresh) =
                (Hasher::new(inventory.algorithm), list.old.running(), list.new.running());
            let kept = list.kept.get(&(id.clone(), path.to_owned()));
            let mut each = |piece: &[u8]| {
                first.update(piece);
                fresh.update(piece);
                if kept.is_some() {
                    before.update(piece);
                }
                progress(piece.len() as u64);
                Ok(())
            };
            let read = self.depot.storage().open(&full).and_then(|mut file| pieces(&mut *file, &mut each));
            read.map_err(|source| StampingError::Read { path: full, source })?;
            let is_kept = kept.is_none_or(|kept| *kept == hex(&before.finalize()));
            if !is_kept || !first.finish().eq_ignore_ascii_case(expected) {
                return Err(StampingError::Content { id: id.clone(), path: path.to_owned() });
            }
            list.add(&Line { id: id.clone(), path: path.to_owned(), digest: hex(&fresh.finalize()) });
        }
        Ok(())
    }
}

/// A line of the list.
#[derive(Serialize, Deserialize)]
struct Line {
    id: String,
    path: String,
    digest: String,
}

/// The list of content digests in the making.
struct List {
    lines: Vec<u8>,
    /// What the list before says, in the old algorithm.
    kept: HashMap<(String, String), String>,
    old: Digest,
    new: Digest,
}

impl List {
    fn after(before: Vec<u8>, old: Digest, new: Digest) -> Self {
        let mut list = Self { lines: Vec::new(), kept: HashMap::new(), old, new };
        if !before.is_empty() {
            let line = serde_json::json!({ "before": hex(&new.of(&[&before])) });
            writeln!(list.lines, "{line}").expect("memory takes everything");
            // The first line of the list before may be about the one before that.
            let lines =
                before.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Line>(line).ok());
            list.kept.extend(lines.map(|line| ((line.id, line.path), line.digest)));
        }
        list
    }

    fn add(&mut self, line: &Line) {
        serde_json::to_writer(&mut self.lines, line).expect("memory takes everything");
        self.lines.push(b'\n');
    }
}

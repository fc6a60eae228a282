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
use super::stored::{CONTENT, Leaf, unhex};
use super::{Grown, Kind, Note, Result, Stamping, StampingError, TimeStamps, pieces};
use crate::digest::Digest;
use crate::evidence::tree::Tree;
use crate::ocfl::depot::DepotError;
use crate::ocfl::digest::{Hasher, hex};
use crate::ocfl::storage::Storage;

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
                let hash = if self.depot.inventory(id)?.is_none() {
                    // Deleted: its place is kept, so that those of the others stay.
                    leaf.gone = true;
                    digest.of(&[leaf.hash.as_bytes()])
                } else {
                    self.content(id, version, &mut list, &mut |bytes| {
                        read += bytes;
                        progress(read);
                    })?;
                    evidence(&line, place)?.hash_tree_leaf(digest, &digest.of(&[&self.inventory_of(id, version)?]))
                };
                leaf.hash = hex(&hash);
            }
            let last = digest.of(&[&list.lines]);
            leaves.push(Leaf { id: Some(CONTENT.to_owned()), hash: hex(&last), ..Leaf::default() });
            let mut joined = Vec::new();
            for leaf in &leaves {
                unhex(&leaf.hash, &mut joined).expect("hexadecimal digits were just written");
            }
            let tree = Tree::from_joined(digest, joined).expect("leaves of one length");
            let token = Self::token(service, digest, tree.root())?;
            let of = Some(before.number);
            self.add(Kind::HashTree, digest, made, of, &leaves, &token, Some(&mut list.lines.as_slice()))?;
            grown.trees += 1;
            grown.leaves += leaves.len();
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
    fn content(&self, id: &str, version: &str, list: &mut List, progress: &mut dyn FnMut(u64)) -> Result<()> {
        let inventory = self.depot.inventory(id)?.ok_or_else(|| DepotError::NoObject(id.to_owned()))?;
        let new = format!("{version}/");
        let mut paths: BTreeMap<&str, &str> = BTreeMap::new();
        for (expected, found) in &inventory.manifest {
            let found = found.iter().filter(|path| path.starts_with(&new));
            paths.extend(found.map(|path| (path.as_str(), expected.as_str())));
        }
        for (path, expected) in paths {
            let full = format!("{}/{path}", self.depot.place(id));
            let file = self.depot.storage().open(&full);
            let file = file.map_err(|source| StampingError::Read { path: full.clone(), source })?;
            let (mut first, mut before, mut fresh) =
                (Hasher::new(inventory.algorithm), list.old.running(), list.new.running());
            let kept = list.kept.get(&(id.to_owned(), path.to_owned()));
            pieces(&full, file, &mut |piece| {
                first.update(piece);
                fresh.update(piece);
                if kept.is_some() {
                    before.update(piece);
                }
                progress(piece.len() as u64);
            })?;
            let is_kept = kept.is_none_or(|kept| *kept == hex(&before.finalize()));
            if !is_kept || !first.finish().eq_ignore_ascii_case(expected) {
                return Err(StampingError::Content { id: id.to_owned(), path: path.to_owned() });
            }
            list.add(&Line { id: id.to_owned(), path: path.to_owned(), digest: hex(&fresh.finalize()) });
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

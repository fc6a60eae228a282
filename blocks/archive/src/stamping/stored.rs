//! A hash tree as it lies in the depot: `tree.json` says what it is, `leaves.jsonl` has a line for each leaf,
//! `time-stamp.tst` is the token over the root.
//!
//! Invariant: leaves are read in the order in which they were written; their place is their number in the tree.

use std::io::{BufRead as _, BufReader, Read};

use serde::{Deserialize, Serialize};

use super::{Result, StampingError, ourselves};
use crate::digest::Digest;
use crate::evidence::tree::Tree;
use crate::ocfl::depot::{Change, Depot, DepotError};
use crate::ocfl::digest::{from_hexadecimal, hex};
use crate::ocfl::storage::Storage;

/// How the identifiers of trees begin; their number follows.
pub const PREFIX: &str = "urn:vir:hash-tree:";

const NOTE: &str = "tree.json";
const LEAVES: &str = "leaves.jsonl";
const TOKEN: &str = "time-stamp.tst";
/// The new digests of all content, beside the leaves of a hash-tree renewal.
pub(super) const CONTENT: &str = "content.jsonl";

/// What a tree is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The first over its leaves.
    First,
    /// A renewal of time stamps: its leaves are hash values of tokens.
    TimeStamp,
    /// A renewal of a tree with another hash algorithm: the same leaves in the same order.
    HashTree,
}

/// What is said of a tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Its number, from 1; later trees have higher ones.
    pub number: u32,
    /// What it is for.
    pub kind: Kind,
    /// The hash algorithm, by name.
    pub digest: String,
    /// When it was made (RFC 3339).
    pub made: String,
    /// How many leaves it has.
    pub leaves: usize,
    /// Of a hash-tree renewal: the tree whose leaves it has.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub of: Option<u32>,
}

impl Note {
    /// The identifier of its object.
    #[must_use]
    pub fn id(&self) -> String {
        id(self.number)
    }

    /// The hash algorithm.
    pub fn algorithm(&self) -> Result<Digest> {
        Digest::from_name(&self.digest).ok_or_else(|| self.damaged("its hash algorithm is unknown"))
    }

    pub(super) fn damaged(&self, what: &'static str) -> StampingError {
        StampingError::Damaged { tree: self.number, what }
    }

    /// Reads the note of a tree; none where there is no such tree.
    pub(super) fn read<S: Storage>(depot: &Depot<S>, number: u32) -> Result<Option<Self>> {
        let file = match depot.file(&id(number), None, NOTE) {
            Err(DepotError::NoObject(_)) => return Ok(None),
            other => other?,
        };
        let damaged = StampingError::Damaged { tree: number, what: "tree.json cannot be read" };
        let note: Self = serde_json::from_reader(file.take(64 * 1024)).map_err(|_| damaged)?;
        if note.number == number { Ok(Some(note)) } else { Err(note.damaged("it has another number")) }
    }

    /// Its time stamp.
    pub(super) fn token<S: Storage>(&self, depot: &Depot<S>) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let path = format!("{}/{TOKEN}", self.id());
        let read = depot.file(&self.id(), None, TOKEN)?.take(16 << 20).read_to_end(&mut bytes);
        read.map_err(|source| StampingError::Read { path, source })?;
        Ok(bytes)
    }

    /// Hands over all leaves, each with its place.
    pub(super) fn leaves<S: Storage>(
        &self,
        depot: &Depot<S>,
        each: &mut dyn FnMut(usize, Leaf) -> Result<()>,
    ) -> Result<()> {
        let path = format!("{}/{LEAVES}", self.id());
        let file = BufReader::new(depot.file(&self.id(), None, LEAVES)?);
        let mut count = 0;
        for line in file.lines() {
            let line = line.map_err(|source| StampingError::Read { path: path.clone(), source })?;
            let leaf = serde_json::from_str(&line).map_err(|_| self.damaged("a leaf cannot be read"))?;
            each(count, leaf)?;
            count += 1;
        }
        if count == self.leaves { Ok(()) } else { Err(self.damaged("it has another number of leaves")) }
    }

    /// The tree of its leaves.
    pub(super) fn tree<S: Storage>(&self, depot: &Depot<S>) -> Result<Tree> {
        let mut joined = Vec::new();
        self.leaves(depot, &mut |_, leaf| self.join(&leaf, &mut joined))?;
        self.tree_over(joined)
    }

    /// The tree of leaves that are not stored yet.
    pub(super) fn tree_of(&self, leaves: &[Leaf]) -> Result<Tree> {
        let mut joined = Vec::new();
        leaves.iter().try_for_each(|leaf| self.join(leaf, &mut joined))?;
        self.tree_over(joined)
    }

    fn join(&self, leaf: &Leaf, joined: &mut Vec<u8>) -> Result<()> {
        let hash = from_hexadecimal(&leaf.hash).ok_or_else(|| self.damaged("a leaf is no hash value"))?;
        if hash.len() != self.algorithm()?.length() {
            return Err(self.damaged("a leaf has another length"));
        }
        joined.extend_from_slice(&hash);
        Ok(())
    }

    fn tree_over(&self, joined: Vec<u8>) -> Result<Tree> {
        Tree::from_joined(self.algorithm()?, joined).ok_or_else(|| self.damaged("it has no leaves"))
    }

    /// The digests of all content, where it is a renewal of a hash tree.
    pub(super) fn content<'d, S: Storage>(&self, depot: &'d Depot<S>) -> Result<Box<dyn Read + 'd>> {
        Ok(depot.file(&self.id(), None, CONTENT)?)
    }

    /// Stores a tree that has its time stamp. Whoever gets an answer has it durably.
    pub(super) fn store<S: Storage>(
        &self,
        depot: &Depot<S>,
        leaves: &[Leaf],
        token: &[u8],
        content: Option<&[u8]>,
    ) -> Result<()> {
        let change = Change {
            created: self.made.clone(),
            message: match self.kind {
                Kind::First => "hash tree with time stamp",
                Kind::TimeStamp => "renewal of time stamps",
                Kind::HashTree => "renewal of a hash tree",
            }
            .to_owned(),
            user: ourselves(),
        };
        let mut lines = Vec::new();
        for leaf in leaves {
            serde_json::to_writer(&mut lines, leaf).expect("a leaf is JSON");
            lines.push(b'\n');
        }
        let mut note = serde_json::to_vec_pretty(self).expect("a note is JSON");
        note.push(b'\n');
        let mut draft = depot.draft(&self.id(), change)?;
        draft.put(NOTE, &mut note.as_slice())?;
        draft.put(LEAVES, &mut lines.as_slice())?;
        draft.put(TOKEN, &mut &*token)?;
        if let Some(mut content) = content {
            draft.put(CONTENT, &mut content)?;
        }
        draft.commit()?;
        Ok(())
    }
}

/// A leaf.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Leaf {
    /// The object whose version it covers.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    /// The version.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version: Option<String>,
    /// The tree whose time stamp it covers.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tree: Option<u32>,
    /// The object was deleted: nothing of it can be hashed anew, and only its place is kept.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub gone: bool,
    /// The hash value in hexadecimal digits.
    pub hash: String,
}

impl Leaf {
    /// Of a version.
    pub fn version(id: &str, version: &str, hash: &[u8]) -> Self {
        Self { id: Some(id.to_owned()), version: Some(version.to_owned()), hash: hex(hash), ..Self::default() }
    }

    /// Of a token.
    pub fn token(tree: u32, hash: &[u8]) -> Self {
        Self { tree: Some(tree), hash: hex(hash), ..Self::default() }
    }

    /// Is it of this version?
    pub fn is_of(&self, id: &str, version: &str) -> bool {
        self.id.as_deref() == Some(id) && self.version.as_deref() == Some(version)
    }
}

fn id(number: u32) -> String {
    format!("{PREFIX}{number:08}")
}

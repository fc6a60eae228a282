//! Evidence for a whole depot: one hash tree over everything new, one time stamp over its root, records cut on demand.
//!
//! What is protected is a version of an object, by its inventory: the bytes of `vN/inventory.json` name the digest of
//! every file, so whoever holds inventory, files and evidence record can judge all of it with tools of others. A tree
//! lies in the depot as an object of its own (leaves, time stamp token): it is copied, scrubbed and repaired like any
//! other, and the index of evidence can be made from storage alone.
//!
//! [`Stamping::stamp`] covers what is new, [`Stamping::renew_time_stamps`] renews everything with one call however many
//! objects there are (RFC 4998, 5.2), [`Stamping::renew_hash_trees`] goes over to another hash algorithm, and
//! [`Stamping::record`] cuts the evidence record of a version.
//!
//! Invariant: a tree is stored only with a time stamp over its root, and a stored tree is never changed.

mod cut;
mod cutter;
mod grow;
mod rehash;
mod stored;

use std::collections::BTreeMap;
use std::io;

use thiserror::Error;
use vir_core::Text;

pub use cut::Each;
pub use cutter::Cutter;
pub use grow::Grown;
pub use stored::{Kind, Note, PREFIX};

use crate::digest::Digest;
use crate::evidence::write::{self, AnswerError};
use crate::ocfl::depot::{Depot, DepotError};
use crate::ocfl::inventory::User;
use crate::ocfl::storage::Storage;

/// A tree has at most so many leaves (2²⁰): one record needs no more memory than its tree.
pub const LEAVES: usize = 1 << 20;

/// Who gives time stamps: an RFC 3161 service, or several of which one answers.
pub trait TimeStamps {
    /// Sends a TimeStampReq and gives the TimeStampResp; the error says which service failed and why.
    fn ask(&self, request: &[u8]) -> Result<Vec<u8>, String>;

    /// A number that nobody can foresee.
    fn nonce(&self) -> u64;
}

/// Why evidence cannot be made or cut.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StampingError {
    /// The depot.
    #[error(transparent)]
    Depot(#[from] DepotError),
    /// A file of the depot cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// The path in the depot.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// No time stamp was to be had.
    #[error("no time stamp: {0}")]
    Service(String),
    /// The service answered with something else.
    #[error("the answer of the time-stamp service: {0}")]
    Answer(#[from] AnswerError),
    /// A stored tree is not what it was.
    #[error("hash tree {tree}: {what}")]
    Damaged {
        /// Its number.
        tree: u32,
        /// What is wrong.
        what: &'static str,
    },
    /// A file does not have the digest of its inventory.
    #[error("{id}: {path} does not have the digest of its inventory")]
    Content {
        /// The object.
        id: String,
        /// The file.
        path: String,
    },
    /// The version is not in any tree yet.
    #[error("{id} {version} has no time stamp yet")]
    NotStamped {
        /// The object.
        id: String,
        /// The version.
        version: String,
    },
}

impl StampingError {
    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Depot(error) => error.text(),
            Self::Read { path, source } => {
                Text::owned(format!("{path} ist nicht lesbar: {source}."), format!("{path} cannot be read: {source}."))
            }
            Self::Service(why) => Text::owned(
                format!(
                    "Kein Zeitstempeldienst hat geantwortet: {why}. Es wurde nichts geändert; bitte erneut versuchen."
                ),
                format!("No time-stamp service answered: {why}. Nothing was changed; please try again."),
            ),
            Self::Answer(error) => Text::owned(
                format!("Die Antwort des Zeitstempeldienstes ist unbrauchbar: {error}. Es wurde nichts geändert."),
                format!("The answer of the time-stamp service cannot be used: {error}. Nothing was changed."),
            ),
            Self::Damaged { tree, what } => Text::owned(
                format!("Hashbaum {tree} ist beschädigt ({what}). Zuerst `vir archive scrub` laufen lassen."),
                format!("Hash tree {tree} is damaged ({what}). Run `vir archive scrub` first."),
            ),
            Self::Content { id, path } => Text::owned(
                format!(
                    "{id}: {path} stimmt nicht mit dem Bestandsverzeichnis überein. Zuerst `vir archive scrub` laufen lassen."
                ),
                format!("{id}: {path} does not have the digest of its inventory. Run `vir archive scrub` first."),
            ),
            Self::NotStamped { id, version } => Text::owned(
                format!("{id} {version} hat noch keinen Zeitstempel. `vir archive stamp` holt ihn."),
                format!("{id} {version} has no time stamp yet. `vir archive stamp` gets it."),
            ),
        }
    }
}

type Result<T, E = StampingError> = std::result::Result<T, E>;

/// The evidence of a depot.
pub struct Stamping<'d, S: Storage> {
    depot: &'d Depot<S>,
    notes: Vec<Note>,
    /// Of each renewal of time stamps: the trees whose tokens it covers, by place.
    covers: BTreeMap<u32, Vec<u32>>,
}

impl<'d, S: Storage> Stamping<'d, S> {
    /// Reads which trees there are.
    pub fn open(depot: &'d Depot<S>) -> Result<Self> {
        let mut found = Self { depot, notes: Vec::new(), covers: BTreeMap::new() };
        while let Some(note) = Note::read(depot, found.next())? {
            if note.kind == Kind::TimeStamp {
                let mut covers = Vec::new();
                note.leaves(depot, &mut |_, leaf| {
                    covers.push(leaf.tree.ok_or_else(|| note.damaged("a leaf names no tree"))?);
                    Ok(())
                })?;
                found.covers.insert(note.number, covers);
            }
            found.notes.push(note);
        }
        Ok(found)
    }

    /// The number of the next tree.
    fn next(&self) -> u32 {
        self.notes.last().map_or(0, |note| note.number) + 1
    }

    /// A first tree, and all that renewed it, in their order.
    fn line(&self, first: u32) -> Vec<&Note> {
        let (mut tip, mut content) = (first, first);
        let mut line = Vec::new();
        for note in self.notes.iter().filter(|note| note.number >= first) {
            let takes_over = match note.kind {
                Kind::First => note.number == first,
                Kind::HashTree => note.of == Some(content),
                Kind::TimeStamp => self.covers.get(&note.number).is_some_and(|covers| covers.contains(&tip)),
            };
            if takes_over {
                tip = note.number;
                if note.kind == Kind::HashTree {
                    content = note.number;
                }
                line.push(note);
            }
        }
        line
    }

    /// The trees over leaves that nobody covered before.
    fn firsts(&self) -> Vec<u32> {
        self.notes.iter().filter(|note| note.kind == Kind::First).map(|note| note.number).collect()
    }

    /// The trees, oldest first.
    #[must_use]
    pub fn trees(&self) -> &[Note] {
        &self.notes
    }

    /// A time stamp over a hash value: exactly the bytes of the token.
    fn token(service: &dyn TimeStamps, digest: Digest, hash: &[u8]) -> Result<Vec<u8>> {
        let nonce = Some(service.nonce());
        let response = service.ask(&write::request(digest, hash, nonce)).map_err(StampingError::Service)?;
        Ok(write::answer(&response, digest, hash, nonce)?.to_vec())
    }

    /// The bytes that a version's evidence is about.
    pub fn inventory_of(&self, id: &str, version: &str) -> Result<Vec<u8>> {
        let path = format!("{}/{version}/inventory.json", self.depot.place(id));
        let mut bytes = Vec::new();
        let read = self.depot.storage().open(&path).and_then(|mut file| io::Read::read_to_end(&mut file, &mut bytes));
        read.map_err(|source| StampingError::Read { path, source })?;
        Ok(bytes)
    }
}

/// By whom trees are written.
fn ourselves() -> User {
    User { name: "vir".to_owned(), address: None }
}

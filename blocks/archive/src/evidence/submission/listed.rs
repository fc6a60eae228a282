//! Files compared with the inventory that stands for them.
//!
//! Invariant: a file counts as covered only where its own bytes have a hash value that the inventory lists for its
//! newest version.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use vir_core::Text;

use super::super::finding::Reason;
use super::super::object::Object;
use super::File;
use crate::digest::Digest;
use crate::ocfl::digest::{Algorithm, hex};
use crate::ocfl::inventory::Inventory;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileState {
    /// Listed, there, and unchanged.
    Covered,
    /// Listed, and what is there under its name is something else.
    Changed,
    /// Listed, and not there.
    Absent,
    /// There, and not listed.
    NotCovered,
}

impl FileState {
    /// For people.
    #[must_use]
    pub fn name(self) -> Text {
        match self {
            Self::Covered => Text::new("unverändert", "unchanged"),
            Self::Changed => Text::new("verändert", "changed"),
            Self::Absent => Text::new("liegt nicht vor", "not at hand"),
            Self::NotCovered => Text::new("nicht vom Nachweis gedeckt", "not covered by the record"),
        }
    }
}

/// All files with their states, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The inventory.
    pub inventory: String,
    /// Path and state: paths of the inventory where it lists the file, else those of the package.
    pub files: Vec<(String, FileState)>,
    /// Was every file named on purpose, so that one that is not covered is a fault?
    #[serde(skip)]
    pub is_exact: bool,
}

impl Listed {
    /// How many are in this state.
    #[must_use]
    pub fn count(&self, state: FileState) -> usize {
        self.files.iter().filter(|(_, one)| *one == state).count()
    }

    /// What it says for the verdict.
    pub(super) fn reasons(&self) -> Vec<Reason> {
        let changed = self.files.iter().filter(|(_, state)| *state == FileState::Changed);
        let stray = self.files.iter().filter(|(_, state)| self.is_exact && *state == FileState::NotCovered);
        let mut reasons: Vec<Reason> = changed
            .map(|(path, _)| Reason::PackageObject {
                object: path.clone(),
                what: Text::new(
                    "Die Datei hat nicht den Hashwert, der im Bestandsverzeichnis steht: Sie ist verändert.",
                    "The file does not have the hash value of the inventory: it was changed.",
                ),
            })
            .collect();
        reasons.extend(stray.map(|(path, _)| Reason::ObjectMissing(path.clone())));
        reasons.push(Reason::ByInventory {
            covered: self.count(FileState::Covered),
            absent: self.count(FileState::Absent),
            beside: self.count(FileState::NotCovered),
        });
        reasons
    }
}

/// Hash values of files, computed once for each algorithm.
pub(super) struct Sums<'f> {
    files: &'f [File],
    records: Vec<String>,
    known: BTreeMap<&'static str, Vec<String>>,
}

impl<'f> Sums<'f> {
    /// Of these files; `records` are names that are not asked for.
    pub fn new(files: &'f [File], records: Vec<String>) -> Self {
        Self { files, records, known: BTreeMap::new() }
    }

    /// Compares with an inventory.
    pub fn listed(&mut self, inventory: &Inventory, at: &str) -> Listed {
        let algorithm = inventory.algorithm;
        let sums = self
            .known
            .entry(algorithm.name())
            .or_insert_with(|| self.files.iter().map(|(_, bytes)| algorithm.of(bytes)).collect());
        let present = self.files.iter().map(|(path, _)| path.as_str()).zip(sums.iter().map(String::as_str));
        compare(inventory, at, present.filter(|(path, _)| !self.records.iter().any(|record| record == path)))
    }
}

/// Compares the objects of a package with its inventory.
pub(super) fn of_objects(inventory: &Inventory, at: &str, objects: &[Object<'_>]) -> Listed {
    let digest = match inventory.algorithm {
        Algorithm::Sha256 => Digest::Sha256,
        _ => Digest::Sha512,
    };
    let sums: Vec<(&str, String)> = objects
        .iter()
        .flat_map(|one| one.hashes(digest, None).into_iter().map(|hash| (one.name.as_str(), hex(&hash))))
        .collect();
    compare(inventory, at, sums.iter().map(|(name, sum)| (*name, sum.as_str())))
}

fn compare<'p>(inventory: &Inventory, at: &str, present: impl Iterator<Item = (&'p str, &'p str)>) -> Listed {
    let present: Vec<(&str, &str)> = present.filter(|(path, _)| *path != at).collect();
    let sums: BTreeSet<&str> = present.iter().map(|(_, sum)| *sum).collect();
    let wanted: Vec<(&str, String)> =
        inventory.files(inventory.head).map(|(path, sum)| (path, sum.to_ascii_lowercase())).collect();
    let listed: BTreeSet<&str> = wanted.iter().map(|(_, sum)| sum.as_str()).collect();
    let strangers: Vec<&str> = present.iter().filter(|(_, sum)| !listed.contains(sum)).map(|(path, _)| *path).collect();
    let names: BTreeSet<&str> = strangers.iter().map(|path| file_name(path)).collect();
    let mut replaced: BTreeSet<&str> = BTreeSet::new();
    let mut files: Vec<(String, FileState)> = Vec::new();
    for (path, sum) in &wanted {
        let name = file_name(path);
        let state = if sums.contains(sum.as_str()) {
            FileState::Covered
        } else if names.contains(name) {
            replaced.insert(name);
            FileState::Changed
        } else {
            FileState::Absent
        };
        files.push(((*path).to_owned(), state));
    }
    let beside = strangers.into_iter().filter(|path| !replaced.contains(file_name(path)));
    files.extend(beside.map(|path| (path.to_owned(), FileState::NotCovered)));
    Listed { inventory: at.to_owned(), files, is_exact: false }
}

/// The last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// All before it.
pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

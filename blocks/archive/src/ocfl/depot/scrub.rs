//! Reads everything that a depot and its replicas hold, finds what has changed, and repairs it from a replica.
//!
//! It is stricter than a validation: declarations, layout and sidecars are compared byte by byte, so that a flipped bit
//! is found even where the specification would read over it.
//!
//! What is true of an object is told by an inventory with its sidecar, in whichever replica and version folder both
//! are whole; what is true of a file by the digest there. That somebody changes inventory and sidecar in all replicas
//! at once is not for the scrubber to find, but for the evidence records.
//!
//! Invariant: a file is replaced by one whose digest is right, or not at all; nothing is thrown away.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde::Serialize;
use vir_core::Text;

use super::recover::{copy_file, copy_object};
use super::walk::{objects, sizes, tops};
use super::{Depot, DepotError, ROOT, Result, SPEC, STAGING, above, remove_all, write};
use crate::ocfl::digest::Algorithm;
use crate::ocfl::inventory::Inventory;
use crate::ocfl::layout::{self, Layout};
use crate::ocfl::path::VersionName;
use crate::ocfl::read;
use crate::ocfl::storage::{Kind, Storage, digests, join, parent, read as read_file, sorted};
use crate::ocfl::validate::LARGEST_INVENTORY;

/// Where files go that belong to no object.
pub const FOUND: &str = "found";

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kinds {
    /// It is not there.
    Missing,
    /// Its bytes are not those that they should be, or cannot be read.
    Changed,
    /// Nothing names it.
    Unknown,
    /// No replica has an inventory that could tell what the object should be.
    NoInventory,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// In which replica, from 0.
    pub replica: usize,
    /// The file, or the object where it is none of a file.
    pub path: String,
    /// What is wrong.
    pub kind: Kinds,
    /// Is it as it should be again?
    pub repaired: bool,
}

impl Damage {
    /// For people.
    #[must_use]
    pub fn message(&self) -> Text {
        let (de, en) = match self.kind {
            Kinds::Missing => ("fehlt", "is missing"),
            Kinds::Changed => ("ist verändert oder nicht lesbar", "was changed or cannot be read"),
            Kinds::Unknown => ("gehört zu keinem Objekt", "belongs to no object"),
            Kinds::NoInventory => ("hat nirgends ein heiles Inventar", "has a sound inventory nowhere"),
        };
        let (done_de, done_en) = match (self.kind, self.repaired) {
            (Kinds::Unknown, true) => ("beiseitegelegt", "put aside"),
            (_, true) => ("wiederhergestellt", "repaired"),
            (_, false) => ("nicht wiederhergestellt", "not repaired"),
        };
        let number = self.replica + 1;
        Text::owned(
            format!("Ablage {number}: {} {de}; {done_de}.", self.path),
            format!("Replica {number}: {} {en}; {done_en}.", self.path),
        )
    }
}

/// What a scrub has done.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Scrubbed {
    /// Objects that were looked at.
    pub objects: u64,
    /// Objects that were being changed; their turn comes again.
    pub busy: u64,
    /// Files that were read, in all replicas.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What was wrong.
    pub damaged: u64,
    /// What of it is right again.
    pub repaired: u64,
}

/// Looks at everything in `replicas`, which are those of the depot, and hands over what is wrong.
pub fn scrub<S: Storage>(
    depot: &Depot<S>,
    replicas: &[&dyn Storage],
    each: &mut dyn FnMut(&Damage),
) -> Result<Scrubbed> {
    let mut scrub = Scrub { replicas, each, done: Scrubbed::default(), number: 0 };
    scrub.root(depot.layout)?;
    let mut all = BTreeSet::new();
    for storage in replicas {
        all.extend(tops(*storage)?);
    }
    for top in all {
        let mut places = BTreeSet::new();
        for storage in replicas {
            places.extend(objects(*storage, &top, &mut |_| Ok(()))?);
        }
        for place in places {
            match depot.guard(&place) {
                Ok(_guard) => scrub.object(&place)?,
                Err(_) => scrub.done.busy += 1,
            }
        }
    }
    Ok(scrub.done)
}

/// What a file should be.
enum Expected {
    Bytes(Vec<u8>),
    Digest(Algorithm, String),
}

struct Scrub<'r, 's> {
    replicas: &'r [&'s dyn Storage],
    each: &'r mut dyn FnMut(&Damage),
    done: Scrubbed,
    number: u64,
}

impl Scrub<'_, '_> {
    fn say(&mut self, replica: usize, path: &str, kind: Kinds, repaired: bool) {
        self.done.damaged += 1;
        self.done.repaired += u64::from(repaired);
        (self.each)(&Damage { replica, path: path.to_owned(), kind, repaired });
    }

    /// The files of the storage root itself.
    fn root(&mut self, layout: Layout) -> Result<()> {
        let config = format!("extensions/{}/config.json", layout::NAME);
        let expected = BTreeMap::from([
            (format!("0=ocfl_{}", SPEC.number()), Expected::Bytes(format!("ocfl_{}\n", SPEC.number()).into_bytes())),
            ("ocfl_layout.json".to_owned(), Expected::Bytes(Layout::description().into_bytes())),
            (config, Expected::Bytes(layout.config().into_bytes())),
        ]);
        self.compare(ROOT, &expected)
    }

    fn object(&mut self, place: &str) -> Result<()> {
        self.done.objects += 1;
        let Some(expected) = self.expected(place)? else {
            self.say(0, place, Kinds::NoInventory, false);
            return Ok(());
        };
        self.compare(place, &expected)?;
        for at in 0..self.replicas.len() {
            let storage = self.replicas[at];
            let found = sizes(storage, place).map_err(DepotError::at(place))?;
            for path in found.keys().filter(|path| !expected.contains_key(*path)) {
                let of_version = path.split_once('/').filter(|(name, _)| VersionName::read(name).is_some());
                if of_version.is_some_and(|(_, name)| name.starts_with("inventory.json")) {
                    // An inventory of an earlier version that no sidecar confirms, in no replica.
                    self.say(at, &join(place, path), Kinds::Changed, false);
                    continue;
                }
                let path = join(place, path);
                let aside = self.aside(storage, &path);
                self.say(at, &path, Kinds::Unknown, aside.is_ok());
            }
        }
        Ok(())
    }

    /// Compares what should be with what is, in every replica, and repairs it.
    fn compare(&mut self, place: &str, expected: &BTreeMap<String, Expected>) -> Result<()> {
        for at in 0..self.replicas.len() {
            let storage = self.replicas[at];
            let mut missing = 0;
            let mut damaged = Vec::new();
            for (name, expected) in expected {
                let path = join(place, name);
                if let Some(kind) = self.fault(storage, &path, expected) {
                    missing += usize::from(kind == Kinds::Missing);
                    damaged.push((path, kind, expected));
                }
            }
            // Where the object is not there at all, it is copied at once, when it can be had whole.
            let whole = |other: &dyn Storage| {
                expected.iter().all(|(name, expected)| matches(other, &join(place, name), expected))
            };
            if place != ROOT && missing == expected.len() {
                let source = self.replicas.iter().find(|other| whole(**other));
                if let Some(source) = source {
                    let copied = copy_object(*source, storage, place);
                    self.say(at, place, Kinds::Missing, copied.is_ok());
                    continue;
                }
            }
            for (path, kind, expected) in damaged {
                let repaired = self.repair(storage, &path, expected);
                self.say(at, &path, kind, repaired.is_ok_and(|done| done));
            }
        }
        Ok(())
    }

    fn fault(&mut self, storage: &dyn Storage, path: &str, expected: &Expected) -> Option<Kinds> {
        let (folder, name) = parent(path);
        self.done.files += 1;
        if matches(storage, path, expected) {
            if let Expected::Bytes(bytes) = expected {
                self.done.bytes += bytes.len() as u64;
            } else if let Ok(entries) = storage.list(folder) {
                let size = entries.iter().find(|entry| entry.name == name).map(|entry| entry.kind);
                self.done.bytes += if let Some(Kind::File(size)) = size { size } else { 0 };
            }
            return None;
        }
        match storage.open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some(Kinds::Missing),
            _ => Some(Kinds::Changed),
        }
    }

    /// Replaces a file by a right one. None of the replicas may have one.
    fn repair(&mut self, storage: &dyn Storage, path: &str, expected: &Expected) -> Result<bool> {
        let staging = join(STAGING, "repair");
        remove_all(storage, &staging)?;
        storage.make_folder(&staging).map_err(DepotError::at(&staging))?;
        let draft = join(&staging, "file");
        match expected {
            Expected::Bytes(bytes) => write(storage, &draft, bytes)?,
            Expected::Digest(..) => {
                let Some(source) = self.replicas.iter().find(|other| matches(**other, path, expected)) else {
                    return Ok(false);
                };
                copy_file(*source, path, storage, &draft)?;
                if !matches(storage, &draft, expected) {
                    return Ok(false);
                }
            }
        }
        storage.sync(std::slice::from_ref(&draft), &[]).map_err(DepotError::at(&draft))?;
        let above = above(path);
        for folder in above.iter().rev() {
            storage.make_folder(folder).map_err(DepotError::at(folder))?;
        }
        storage.rename(&draft, path).map_err(DepotError::at(path))?;
        storage.sync(&[], &above).map_err(DepotError::at(path))?;
        remove_all(storage, &staging)?;
        Ok(matches(storage, path, expected))
    }

    /// Puts a file aside that belongs to no object.
    fn aside(&mut self, storage: &dyn Storage, path: &str) -> Result<()> {
        storage.make_folder(FOUND).map_err(DepotError::at(FOUND))?;
        let taken: BTreeSet<String> =
            sorted(storage, FOUND).map_err(DepotError::at(FOUND))?.into_iter().map(|entry| entry.name).collect();
        let target = loop {
            self.number += 1;
            let name = self.number.to_string();
            if !taken.contains(&name) {
                break join(FOUND, &name);
            }
        };
        storage.rename(path, &target).map_err(DepotError::at(path))?;
        // Folders that held nothing else would be empty now.
        for folder in above(path) {
            if storage.remove_folder(&folder).is_err() {
                break;
            }
        }
        storage.sync(&[], &[FOUND.to_owned()]).map_err(DepotError::at(FOUND))
    }

    /// All files of an object, as the newest sound inventories of it tell.
    fn expected(&self, place: &str) -> Result<Option<BTreeMap<String, Expected>>> {
        // An inventory is sound if any replica has its sidecar, in whatever folder of the object.
        let (mut candidates, mut notes) = (BTreeSet::new(), BTreeSet::new());
        for storage in self.replicas {
            let folders = sorted(*storage, place).map_err(DepotError::at(place))?.into_iter();
            let versions = folders.filter(|entry| VersionName::read(&entry.name).is_some()).map(|entry| entry.name);
            for folder in versions.chain([String::new()]) {
                for entry in sorted(*storage, &join(place, &folder)).map_err(DepotError::at(place))? {
                    let Some(suffix) = entry.name.strip_prefix("inventory.json") else { continue };
                    let most = if suffix.is_empty() { LARGEST_INVENTORY } else { 4096 };
                    let path = join(&join(place, &folder), &entry.name);
                    let Ok(Some(bytes)) = read_file(*storage, &path, most) else { continue };
                    _ = if suffix.is_empty() { candidates.insert(bytes) } else { notes.insert(bytes) };
                }
            }
        }
        let mut sound: BTreeMap<VersionName, (Inventory, Vec<u8>)> = BTreeMap::new();
        for bytes in candidates {
            let mut report = crate::ocfl::Report::default();
            let found = read::read(&bytes, SPEC, "", &mut report).filter(|_| report.is_valid());
            if let Some(inventory) = found.filter(|inventory| notes.contains(&inventory.sidecar(&bytes))) {
                sound.entry(inventory.head).or_insert((inventory, bytes));
            }
        }
        let Some((_, (newest, bytes))) = sound.last_key_value() else { return Ok(None) };
        let declaration = format!("ocfl_object_{}", newest.spec.number());
        let mut expected = BTreeMap::from([
            (format!("0={declaration}"), Expected::Bytes(format!("{declaration}\n").into_bytes())),
            ("inventory.json".to_owned(), Expected::Bytes(bytes.clone())),
            (newest.sidecar_name(), Expected::Bytes(newest.sidecar(bytes))),
        ]);
        for name in newest.versions.keys() {
            // Of an earlier version whose inventory is gone everywhere, only the inventory is lost.
            let Some((inventory, bytes)) = sound.get(name) else { continue };
            expected.insert(format!("{name}/inventory.json"), Expected::Bytes(bytes.clone()));
            expected.insert(format!("{name}/{}", inventory.sidecar_name()), Expected::Bytes(inventory.sidecar(bytes)));
        }
        for (digest, paths) in &newest.manifest {
            for path in paths {
                let digest = Expected::Digest(newest.algorithm, digest.to_ascii_lowercase());
                expected.insert(path.clone(), digest);
            }
        }
        Ok(Some(expected))
    }
}

/// Is the file what it should be? What cannot be read is not.
fn matches(storage: &dyn Storage, path: &str, expected: &Expected) -> bool {
    match expected {
        Expected::Bytes(bytes) => {
            read_file(storage, path, bytes.len() as u64).is_ok_and(|found| found.as_ref() == Some(bytes))
        }
        Expected::Digest(algorithm, digest) => {
            digests(storage, path, [*algorithm]).is_ok_and(|found| found.get(algorithm) == Some(digest))
        }
    }
}

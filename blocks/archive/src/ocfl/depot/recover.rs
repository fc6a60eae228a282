//! What is done before a depot is used again: what a crash left is finished or removed, in all replicas alike.
//!
//! A removal that was begun is finished everywhere. A version whose folder is in the object is finished: its
//! inventory takes its place in the root of the object. Everything else in staging goes away.
//!
//! Invariant: afterwards every object is valid and has every version for which there was a receipt, in all replicas. An
//! object without receipt may have come to one replica only; the scrubber brings it to the others.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::draft::take_back;
use super::walk::sizes;
use super::{DepotError, FOUND, ROOT, Result, STAGING, above, declaration, inventory, remove_all, write};
use crate::ocfl::digest::Algorithm;
use crate::ocfl::inventory::Inventory;
use crate::ocfl::layout::Layout;
use crate::ocfl::path::VersionName;
use crate::ocfl::storage::{Entry, Kind, Storage, join, parent, pieces, read, sorted};
use crate::ocfl::validate::LARGEST_INVENTORY;

/// The note of a version that is on its way.
pub(super) const VERSION: &str = "version-of";
/// The note of a version that is written at its place.
pub(super) const WRITING: &str = "writing";
/// The note of an object that is being removed.
pub(super) const PURGE: &str = "removal-of";

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recovered {
    /// Folders of staging that were removed.
    pub swept: usize,
    /// Versions that were finished.
    pub finished: usize,
    /// Removals that were finished.
    pub removed: usize,
    /// Objects that were brought to the state of another replica.
    pub copied: usize,
}

/// Clears what a crash has left in a depot and its replicas. Nobody else uses them meanwhile.
pub fn recover(replicas: &[&dyn Storage], layout: Layout) -> Result<Recovered> {
    let mut done = Recovered::default();
    let mut touched = BTreeMap::new();
    for storage in replicas {
        for entry in leftovers(*storage)? {
            let folder = join(STAGING, &entry.name);
            if let Some(place) = noted(*storage, &folder, PURGE)? {
                touched.insert(place, true);
            } else if let Some(place) = noted(*storage, &folder, VERSION)? {
                touched.entry(place).or_insert(false);
            } else if let Some(folder) = noted(*storage, &folder, WRITING)? {
                let (place, name) = parent(&folder);
                // Its inventory was written when all else was durable.
                if sound(*storage, &folder)?.is_none_or(|found| Some(found.head) != VersionName::read(name)) {
                    take_back(*storage, &folder)?;
                }
                touched.entry(place.to_owned()).or_insert(false);
            }
        }
    }
    for storage in replicas {
        for (place, is_removal) in &touched {
            let staging = join(STAGING, "recovery");
            remove_all(*storage, &staging)?;
            storage.make_folder(&staging).map_err(DepotError::at(&staging))?;
            if *is_removal {
                done.removed += usize::from(storage.list(place).is_ok());
                purge(*storage, &staging, place)?;
                forget(*storage, place)?;
            } else {
                done.finished += usize::from(settle(*storage, &staging, place)?);
            }
        }
    }
    // An object that came whole has no note; where it stayed behind in staging, another replica may have it.
    let mut places: BTreeSet<String> =
        touched.into_iter().filter(|(_, removal)| !removal).map(|(place, _)| place).collect();
    for storage in replicas {
        for entry in leftovers(*storage)? {
            let found = sound(*storage, &join(STAGING, &entry.name))?;
            places.extend(found.map(|found| join(ROOT, &layout.place(&found.id))));
        }
    }
    for place in &places {
        done.copied += alike(replicas, place)?;
    }
    for storage in replicas {
        for entry in leftovers(*storage)? {
            let path = join(STAGING, &entry.name);
            match entry.kind {
                Kind::Folder => remove_all(*storage, &path)?,
                _ => storage.remove_file(&path).map_err(DepotError::at(&path))?,
            }
            done.swept += 1;
        }
        places.iter().filter(|place| storage.list(place).is_err()).for_each(|place| tidy(*storage, place));
    }
    Ok(done)
}

fn leftovers(storage: &dyn Storage) -> Result<Vec<Entry>> {
    sorted(storage, STAGING).map_err(DepotError::at(STAGING))
}

/// A note that names a place, with a digest: what a crash has torn names none.
pub(super) fn note(place: &str) -> String {
    format!("{} {place}\n", Algorithm::Sha256.of(place.as_bytes()))
}

fn noted(storage: &dyn Storage, folder: &str, name: &str) -> Result<Option<String>> {
    let path = join(folder, name);
    let bytes = read(storage, &path, 8192).map_err(DepotError::at(&path))?.unwrap_or_default();
    let text = String::from_utf8(bytes).unwrap_or_default();
    let place = text.split_once(' ').map(|(_, place)| place.trim_end_matches('\n').to_owned());
    Ok(place.filter(|place| note(place) == text))
}

/// Says durably what will be done.
pub(super) fn intend(storage: &(impl Storage + ?Sized), staging: &str, name: &str, place: &str) -> Result<()> {
    let path = join(staging, name);
    write(storage, &path, note(place).as_bytes())?;
    let folders = [staging.to_owned(), STAGING.to_owned()];
    storage.sync(std::slice::from_ref(&path), &folders).map_err(DepotError::at(&path))
}

/// Takes an object away, durably, and what was staged for it.
pub(super) fn purge(storage: &(impl Storage + ?Sized), staging: &str, place: &str) -> Result<()> {
    if storage.renames_folders() {
        let gone = join(staging, "gone");
        match storage.rename(place, &gone) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => other.map_err(DepotError::at(place))?,
        }
    } else {
        // Without its inventory it is no object any more.
        let inventory = join(place, "inventory.json");
        match storage.remove_file(&inventory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => other.map_err(DepotError::at(&inventory))?,
        }
        remove_all(storage, place)?;
    }
    let folders = [parent(place).0.to_owned(), staging.to_owned()];
    // Where the folder above has gone too, so has the object.
    match storage.sync(&[], &folders) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        other => other.map_err(DepotError::at(place))?,
    }
    // The note would remove an object that comes to the same place later.
    let note = join(staging, PURGE);
    match storage.remove_file(&note) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        other => other.map_err(DepotError::at(&note))?,
    }
    storage.sync(&[], &[staging.to_owned()]).map_err(DepotError::at(&note))?;
    remove_all(storage, staging)?;
    tidy(storage, place);
    Ok(())
}

/// Removes the folders above a place as far as they are empty.
fn tidy(storage: &(impl Storage + ?Sized), place: &str) {
    for folder in above(place).iter().filter(|folder| *folder != ROOT) {
        if storage.remove_folder(folder).is_err() {
            break;
        }
    }
}

/// Takes back the notes of removals that are done.
fn forget(storage: &dyn Storage, place: &str) -> Result<()> {
    for entry in leftovers(storage)? {
        let folder = join(STAGING, &entry.name);
        if noted(storage, &folder, PURGE)?.as_deref() == Some(place) {
            let note = join(&folder, PURGE);
            storage.remove_file(&note).map_err(DepotError::at(&note))?;
            storage.sync(&[], std::slice::from_ref(&folder)).map_err(DepotError::at(&note))?;
        }
    }
    Ok(())
}

/// Finishes the newest version of an object. Was there anything to do?
fn settle(storage: &dyn Storage, staging: &str, place: &str) -> Result<bool> {
    let mut changed = false;
    loop {
        let entries = sorted(storage, place).map_err(DepotError::at(place))?;
        let versions = entries.iter().filter(|entry| entry.kind == Kind::Folder);
        let Some(newest) = versions.filter_map(|entry| VersionName::read(&entry.name)).max() else {
            return Ok(changed);
        };
        let folder = join(place, &newest.to_string());
        let Some(found) = sound(storage, &folder)?.filter(|found| found.head == newest) else {
            // Another program may write no inventory there; then that of the object tells. What no inventory names is
            // put aside: by the order of writing it cannot be a version of ours.
            if sound(storage, place)?.is_none_or(|own| own.head >= newest) {
                return Ok(changed);
            }
            if !storage.renames_folders() {
                return Ok(changed);
            }
            storage.make_folder(FOUND).map_err(DepotError::at(FOUND))?;
            let aside = join(FOUND, &Algorithm::Sha256.of(folder.as_bytes()));
            storage.rename(&folder, &aside).map_err(DepotError::at(&folder))?;
            storage.sync(&[], &[place.to_owned(), FOUND.to_owned()]).map_err(DepotError::at(&folder))?;
            changed = true;
            continue;
        };
        let of_version = |name: &str| -> Result<Vec<u8>> {
            let path = join(&folder, name);
            Ok(read(storage, &path, LARGEST_INVENTORY).map_err(DepotError::at(&path))?.unwrap_or_default())
        };
        let (inventory, sidecar) = ("inventory.json".to_owned(), found.sidecar_name());
        let (bytes, mut note) = (of_version(&inventory)?, of_version(&sidecar)?);
        let mut wanted = Vec::new();
        // Its digest is right; what comes after it may have been cut off.
        if !note.ends_with(b"\n")
            || note.split(u8::is_ascii_whitespace).rfind(|word| !word.is_empty()) != Some(b"inventory.json")
        {
            note = found.sidecar(&bytes);
            wanted.push((join(&folder, &sidecar), note.clone()));
        }
        let (name, text) = declaration(found.spec);
        wanted.push((join(place, &name), text.into_bytes()));
        wanted.push((join(place, &inventory), bytes));
        wanted.push((join(place, &sidecar), note));
        for (to, bytes) in wanted {
            let draft = join(staging, "file");
            let there = read(storage, &to, LARGEST_INVENTORY).map_err(DepotError::at(&to))?;
            if there.as_ref() == Some(&bytes) {
                continue;
            }
            write(storage, &draft, &bytes)?;
            storage.sync(std::slice::from_ref(&draft), &[]).map_err(DepotError::at(&draft))?;
            storage.rename(&draft, &to).map_err(DepotError::at(&to))?;
            changed = true;
        }
        storage.sync(&[], &[place.to_owned(), folder]).map_err(DepotError::at(place))?;
        return Ok(changed);
    }
}

/// The inventory in a folder where it is whole; an error only where the storage fails.
fn sound(storage: &dyn Storage, folder: &str) -> Result<Option<Inventory>> {
    match inventory(storage, folder) {
        Err(DepotError::Damaged(_)) => Ok(None),
        other => other,
    }
}

/// Brings all replicas of an object to the newest state that one of them has.
fn alike(replicas: &[&dyn Storage], place: &str) -> Result<usize> {
    let heads: Vec<Option<VersionName>> =
        replicas.iter().map(|storage| inventory(*storage, place).ok().flatten().map(|found| found.head)).collect();
    let Some((newest, best)) = heads.iter().enumerate().max_by_key(|(_, head)| **head) else { return Ok(0) };
    let mut copied = 0;
    if best.is_some() {
        for (at, storage) in replicas.iter().enumerate() {
            // What is there and damaged is for the scrubber, which looks at every byte.
            let is_behind = heads[at] < *best && (heads[at].is_some() || storage.list(place).is_err());
            if is_behind {
                copy_object(replicas[newest], *storage, place)?;
                copied += 1;
            }
        }
    }
    Ok(copied)
}

/// Puts a copy of an object into a replica, in place of what is there.
pub(super) fn copy_object(from: &dyn Storage, to: &dyn Storage, place: &str) -> Result<()> {
    if !to.renames_folders() {
        return copy_in_place(from, to, place);
    }
    let staging = join(STAGING, "copy");
    remove_all(to, &staging)?;
    let copy = join(&staging, "object");
    let mut folders = vec![String::new()];
    let mut files = Vec::new();
    let mut at = 0;
    to.make_folder(&staging).map_err(DepotError::at(&staging))?;
    while at < folders.len() {
        let folder = folders[at].clone();
        let target = join(&copy, &folder);
        to.make_folder(&target).map_err(DepotError::at(&target))?;
        let source = join(place, &folder);
        for entry in sorted(from, &source).map_err(DepotError::at(&source))? {
            let path = join(&folder, &entry.name);
            if entry.kind == Kind::Folder {
                folders.push(path);
            } else {
                let target = join(&copy, &path);
                copy_file(from, &join(place, &path), to, &target)?;
                files.push(target);
            }
        }
        at += 1;
    }
    let synced: Vec<String> = folders.iter().map(|folder| join(&copy, folder)).collect();
    to.sync(&files, &synced).map_err(DepotError::at(&copy))?;
    install_copy(to, &staging, &copy, place)
}

/// Brings the files of an object to their places one by one, the inventory of a version after its content and that of
/// the object at last. What is there already stays.
fn copy_in_place(from: &dyn Storage, to: &dyn Storage, place: &str) -> Result<()> {
    let staging = join(STAGING, "copy");
    let draft = join(&staging, "file");
    let mut files: Vec<(String, u64)> = sizes(from, place).map_err(DepotError::at(place))?.into_iter().collect();
    let rank = |path: &str| {
        let version = path.split_once('/').map(|(name, rest)| (VersionName::read(name), rest));
        let name = version.map_or(path, |(_, rest)| rest);
        (version.is_none(), version.and_then(|(version, _)| version), name.starts_with("inventory.json"), name.len())
    };
    // The name of a sidecar is longer than that of its inventory, which comes after it.
    files.sort_by(|(a, _), (b, _)| {
        let (a, b) = (rank(a), rank(b));
        (a.0, a.1, a.2).cmp(&(b.0, b.1, b.2)).then(b.3.cmp(&a.3))
    });
    let there = sizes(to, place).map_err(DepotError::at(place))?;
    for (name, size) in files {
        let path = join(place, &name);
        let is_described = name.rsplit('/').next().is_some_and(|name| name.starts_with("inventory.json"));
        // An inventory of the same length may be another; content has the digest in the inventory, and the scrubber.
        if there.get(&name) == Some(&size) && !is_described {
            continue;
        }
        remove_all(to, &staging)?;
        to.make_folder(&staging).map_err(DepotError::at(&staging))?;
        copy_file(from, &path, to, &draft)?;
        to.sync(std::slice::from_ref(&draft), &[]).map_err(DepotError::at(&draft))?;
        let above = above(&path);
        for folder in above.iter().rev() {
            to.make_folder(folder).map_err(DepotError::at(folder))?;
        }
        to.rename(&draft, &path).map_err(DepotError::at(&path))?;
        to.sync(&[], &above).map_err(DepotError::at(&path))?;
    }
    remove_all(to, &staging)
}

/// Gives a finished copy its place.
pub(super) fn install_copy(to: &dyn Storage, staging: &str, copy: &str, place: &str) -> Result<()> {
    let mut above = above(place);
    for folder in above.iter().rev() {
        to.make_folder(folder).map_err(DepotError::at(folder))?;
    }
    match to.rename(place, &join(staging, "old")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        other => other.map_err(DepotError::at(place))?,
    }
    to.rename(copy, place).map_err(DepotError::at(place))?;
    above.push(staging.to_owned());
    to.sync(&[], &above).map_err(DepotError::at(place))?;
    remove_all(to, staging)
}

/// Copies a file in pieces.
pub(super) fn copy_file(from: &dyn Storage, source: &str, to: &dyn Storage, target: &str) -> Result<()> {
    let copy = || -> io::Result<()> {
        let mut source = from.open(source)?;
        let mut target = to.create(target)?;
        pieces(&mut *source, &mut |piece| target.write_all(piece))?;
        target.flush()
    };
    copy().map_err(DepotError::at(target))
}

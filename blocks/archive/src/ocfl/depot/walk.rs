//! Walks over a depot: the places of all objects, and the index that can be made from storage alone.
//!
//! Invariant: the same objects give the same index in the same order, wherever and however they were written.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::{Depot, DepotError, ROOT, Result, inventory};
use crate::ocfl::inventory::{Inventory, Spec};
use crate::ocfl::storage::{Kind, Source, Storage, join, sorted};
use crate::ocfl::validate::is_declaration;

/// An object as the index knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Indexed {
    /// Its identifier.
    pub id: String,
    /// Its folder in the storage root.
    pub place: String,
    /// The specification that it follows.
    pub spec: Spec,
    /// The algorithm of its digests.
    pub algorithm: &'static str,
    /// The digest of its inventory.
    pub inventory_digest: String,
    /// Its versions, first to last.
    pub versions: Vec<IndexedVersion>,
}

/// A version as the index knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IndexedVersion {
    /// `v1`
    pub name: String,
    /// When it was made.
    pub created: String,
    /// Why.
    pub message: Option<String>,
    /// By whom: name and address.
    pub user: Option<(String, Option<String>)>,
    /// Its files by logical path.
    pub files: Vec<IndexedFile>,
}

/// A file as the index knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IndexedFile {
    /// Its logical path.
    pub path: String,
    /// The digest of its content.
    pub digest: String,
    /// How many bytes it has; none where its content is missing.
    pub size: Option<u64>,
}

impl<S: Storage> Depot<S> {
    /// The index of all objects, from storage alone. What cannot be read is handed over as an error with its place.
    pub fn index(&self, each: &mut dyn FnMut(&str, Result<Indexed>)) -> Result<()> {
        for top in tops(&self.storage)? {
            for place in objects(&self.storage, &top, &mut |_| Ok(()))? {
                each(&place, indexed(&self.storage, &place));
            }
        }
        Ok(())
    }

    /// An object as the index knows it; none where there is none.
    pub fn indexed(&self, id: &str) -> Result<Option<Indexed>> {
        let place = self.place(id);
        match inventory(&self.storage, &place)? {
            None => Ok(None),
            Some(found) if found.id != id => Err(DepotError::Damaged(place)),
            Some(_) => indexed(&self.storage, &place).map(Some),
        }
    }

    /// Removes folders of the storage root that lead to no object. Nothing is written meanwhile.
    pub fn sweep_folders(&self) -> Result<usize> {
        let mut removed = 0;
        for top in tops(&self.storage)? {
            objects(&self.storage, &top, &mut |empty| {
                let mut folder = empty;
                while folder != ROOT && self.storage.remove_folder(folder).is_ok() {
                    removed += 1;
                    folder = crate::ocfl::storage::parent(folder).0;
                }
                Ok(())
            })?;
        }
        Ok(removed)
    }
}

fn indexed(storage: &(impl Source + ?Sized), place: &str) -> Result<Indexed> {
    let found = inventory(storage, place)?.ok_or_else(|| DepotError::Damaged(place.to_owned()))?;
    let sizes = sizes(storage, place).map_err(DepotError::at(place))?;
    let bytes = crate::ocfl::storage::read(storage, &join(place, "inventory.json"), u64::MAX >> 1)
        .map_err(DepotError::at(place))?
        .unwrap_or_default();
    let versions = found.versions.keys().map(|name| {
        let version = &found.versions[name];
        let mut files: Vec<IndexedFile> = found.files(*name).map(|file| of_file(&found, file, &sizes)).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        IndexedVersion {
            name: name.to_string(),
            created: version.created.clone(),
            message: version.message.clone(),
            user: version.user.as_ref().map(|user| (user.name.clone(), user.address.clone())),
            files,
        }
    });
    Ok(Indexed {
        versions: versions.collect(),
        place: place.strip_prefix(ROOT).unwrap_or(place).trim_start_matches('/').to_owned(),
        spec: found.spec,
        algorithm: found.algorithm.name(),
        inventory_digest: found.algorithm.of(&bytes),
        id: found.id,
    })
}

fn of_file(inventory: &Inventory, (path, digest): (&str, &str), sizes: &BTreeMap<String, u64>) -> IndexedFile {
    let size = inventory.content_path(digest).and_then(|content| sizes.get(content)).copied();
    IndexedFile { path: path.to_owned(), digest: digest.to_owned(), size }
}

/// All files of an object with their sizes.
pub(super) fn sizes(storage: &(impl Source + ?Sized), place: &str) -> io::Result<BTreeMap<String, u64>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![String::new()];
    while let Some(folder) = waiting.pop() {
        for entry in sorted(storage, &join(place, &folder))? {
            let path = join(&folder, &entry.name);
            match entry.kind {
                Kind::Folder => waiting.push(path),
                Kind::File(size) => _ = found.insert(path, size),
                Kind::Other => _ = found.insert(path, 0),
            }
        }
    }
    Ok(found)
}

/// The folders of the storage root, without the extensions: what lies in one of them is walked at a time.
pub(super) fn tops(storage: &(impl Source + ?Sized)) -> Result<Vec<String>> {
    let entries = sorted(storage, ROOT).map_err(DepotError::at(ROOT))?;
    let folders = entries.into_iter().filter(|entry| entry.kind == Kind::Folder && entry.name != "extensions");
    Ok(folders.map(|entry| join(ROOT, &entry.name)).collect())
}

/// The places of the objects below a folder, in their order; folders without anything are handed over.
pub(super) fn objects(
    storage: &(impl Source + ?Sized),
    top: &str,
    empty: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut waiting = vec![top.to_owned()];
    while let Some(folder) = waiting.pop() {
        let entries = sorted(storage, &folder).map_err(DepotError::at(&folder))?;
        let is_object = |name: &str| is_declaration(name) || name == "inventory.json";
        if entries.iter().any(|entry| is_object(&entry.name)) {
            found.push(folder);
            continue;
        }
        if entries.is_empty() {
            empty(&folder)?;
        }
        let folders = entries.into_iter().rev().filter(|entry| entry.kind == Kind::Folder);
        waiting.extend(folders.map(|entry| join(&folder, &entry.name)));
    }
    Ok(found)
}

//! How what was written takes its place.
//!
//! Invariant: an object is at its place only when all of it is durable; a version's inventory only when its folder is.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::Draft;
use crate::ocfl::depot::{DepotError, Result, SPEC, STAGING, above, declaration, remove_all, write};
use crate::ocfl::inventory::Inventory;
use crate::ocfl::storage::{Storage, join, parent};

impl<S: Storage> Draft<'_, S> {
    /// Removes what the version does not need, and brings the content files to their paths, where they are not there
    /// yet. The answer is those paths.
    pub(super) fn arrange(&mut self, contents: BTreeMap<String, String>) -> Result<Vec<String>> {
        let storage = &self.depot.storage;
        let fresh = std::mem::take(&mut self.fresh).into_values();
        let unneeded = fresh.filter(|draft| !contents.contains_key(draft)).chain(std::mem::take(&mut self.torn));
        for draft in unneeded {
            match storage.remove_file(&draft) {
                // It was not even begun.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                other => other.map_err(DepotError::at(&draft))?,
            }
        }
        let contents: BTreeMap<String, String> =
            contents.into_iter().map(|(draft, content)| (draft, join(&self.base, &content))).collect();
        let mut moves = Vec::new();
        for (draft, content) in contents.iter().filter(|(draft, content)| draft != content) {
            // Two may have changed their paths with each other.
            let aside = if parent(draft).0 == self.staging { draft.clone() } else { self.aside() };
            if aside != *draft {
                self.depot.storage.rename(draft, &aside).map_err(DepotError::at(draft))?;
            }
            moves.push((aside, content));
        }
        let mut needed = BTreeSet::from([self.base.as_str()]);
        for content in contents.values() {
            let mut folder = parent(content).0;
            while needed.insert(folder) {
                folder = parent(folder).0;
            }
        }
        let below = self
            .folders
            .iter()
            .rev()
            .filter(|folder| folder.strip_prefix(&self.base).is_some_and(|rest| rest.starts_with('/')));
        let empty: Vec<String> = below.filter(|folder| !needed.contains(folder.as_str())).cloned().collect();
        for folder in empty {
            self.depot.storage.remove_folder(&folder).map_err(DepotError::at(&folder))?;
            self.folders.remove(&folder);
        }
        for (aside, content) in moves {
            self.folder(parent(content).0)?;
            self.depot.storage.rename(&aside, content).map_err(DepotError::at(content))?;
        }
        Ok(contents.into_values().collect())
    }

    pub(super) fn install_object(&self, mut files: Vec<String>) -> Result<()> {
        let storage = &self.depot.storage;
        let (name, text) = declaration(SPEC);
        self.write(join(&self.staging, &name), text.as_bytes(), &mut files)?;
        self.sync(&files)?;
        let mut above = above(&self.place);
        let mut tries = 0;
        loop {
            match storage.rename(&self.staging, &self.place) {
                // There is no folder above yet, or it was empty and somebody has just removed it.
                Err(error) if error.kind() == io::ErrorKind::NotFound && tries < 8 => {
                    tries += 1;
                    for folder in above.iter().rev() {
                        storage.make_folder(folder).map_err(DepotError::at(folder))?;
                    }
                }
                other => break other.map_err(DepotError::at(&self.place))?,
            }
        }
        // Who made a folder above may not have synced it yet, so all of them are; and where it came from, so that it
        // cannot be there as well.
        above.push(STAGING.to_owned());
        storage.sync(&[], &above).map_err(DepotError::at(&self.place))
    }

    pub(super) fn install_version(&self, inventory: &Inventory) -> Result<()> {
        let storage = &self.depot.storage;
        // A folder that has moved is at its new place for certain when it is no longer at the old one.
        let folders = [self.place.clone(), self.staging.clone()];
        for (at, name) in
            [inventory.head.to_string(), "inventory.json".to_owned(), inventory.sidecar_name()].iter().enumerate()
        {
            let target = join(&self.place, name);
            storage.rename(&join(&self.staging, name), &target).map_err(DepotError::at(&target))?;
            if at != 1 {
                storage.sync(&[], &folders).map_err(DepotError::at(&target))?;
            }
        }
        // The version stands; what is left of staging is only litter.
        let _ = remove_all(storage, &self.staging);
        Ok(())
    }

    /// Writes the inventory with its sidecar into a folder.
    pub(super) fn describe(
        &self,
        folder: &str,
        inventory: &Inventory,
        bytes: &[u8],
        files: &mut Vec<String>,
    ) -> Result<()> {
        self.write(join(folder, &inventory.sidecar_name()), &inventory.sidecar(bytes), files)?;
        self.write(join(folder, "inventory.json"), bytes, files)
    }

    pub(super) fn sync(&self, files: &[String]) -> Result<()> {
        let folders: Vec<String> = self.folders.iter().cloned().collect();
        self.depot.storage.sync(files, &folders).map_err(DepotError::at(&self.staging))
    }

    pub(super) fn write(&self, path: String, bytes: &[u8], files: &mut Vec<String>) -> Result<()> {
        write(&self.depot.storage, &path, bytes)?;
        files.push(path);
        Ok(())
    }
}

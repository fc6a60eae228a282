//! A version that is written where it stays, because the storage renames no folders.
//!
//! Invariant: a note names the version folder durably before anything of it is there, and is taken away only when the
//! version is whole or gone.

use std::io;

use super::Draft;
use crate::ocfl::depot::{DepotError, ROOT, Result, SPEC, STAGING, above, declaration, recover, remove_all};
use crate::ocfl::inventory::Inventory;
use crate::ocfl::storage::{Storage, join, parent};

impl<S: Storage> Draft<'_, S> {
    /// Says durably where it will be, and makes the folders above.
    pub(super) fn begin_in_place(mut self) -> Result<Self> {
        let storage = &self.depot.storage;
        let folder = self.version_folder();
        recover::intend(storage, &self.staging, recover::WRITING, &folder)?;
        // What a draft before could not take back.
        remove_all(storage, &folder)?;
        let mut above = above(&folder);
        let mut tries = 0;
        while let Err(error) = above.iter().rev().try_for_each(|folder| storage.make_folder(folder)) {
            // It was empty, and somebody has just removed it.
            tries += 1;
            if error.kind() != io::ErrorKind::NotFound || tries == 8 {
                return Err(DepotError::at(&folder)(error));
            }
        }
        above.push(STAGING.to_owned());
        self.folders.extend(above);
        Ok(self)
    }

    /// The content is durable, the inventory of the version is written.
    pub(super) fn finish_in_place(
        &mut self,
        inventory: &Inventory,
        bytes: &[u8],
        mut files: Vec<String>,
    ) -> Result<()> {
        self.sync(&files)?;
        // From here on it is finished after a fault, not taken back.
        self.done = true;
        files.clear();
        let storage = &self.depot.storage;
        if self.before.is_none() {
            let (name, text) = declaration(SPEC);
            self.write(join(&self.place, &name), text.as_bytes(), &mut files)?;
            self.sync(&files)?;
            self.describe(&self.place, inventory, bytes, &mut files)?;
        } else {
            self.describe(&self.staging, inventory, bytes, &mut files)?;
            self.sync(&files)?;
            files.clear();
            for name in ["inventory.json".to_owned(), inventory.sidecar_name()] {
                let target = join(&self.place, &name);
                storage.rename(&join(&self.staging, &name), &target).map_err(DepotError::at(&target))?;
                files.push(target);
            }
        }
        self.sync(&files)?;
        // The version stands; what is left of staging is only litter.
        let _ = remove_all(storage, &self.staging);
        Ok(())
    }

    /// Takes back what was written.
    pub(super) fn give_up(&self) -> Result<()> {
        let storage = &self.depot.storage;
        if self.is_in_place() {
            take_back(storage, &self.version_folder())?;
        }
        remove_all(storage, &self.staging)
    }

    fn version_folder(&self) -> String {
        join(&self.place, &self.head.to_string())
    }
}

/// Removes a version folder, and its object where it has no other; durably.
pub(in crate::ocfl::depot) fn take_back(storage: &(impl Storage + ?Sized), folder: &str) -> Result<()> {
    remove_all(storage, folder)?;
    let place = parent(folder).0;
    let entries = crate::ocfl::storage::sorted(storage, place).map_err(DepotError::at(place))?;
    let has_versions = entries.iter().any(|entry| entry.kind == crate::ocfl::storage::Kind::Folder);
    let (mut gone, mut above) = (folder, place);
    if !has_versions {
        remove_all(storage, place)?;
        (gone, above) = (place, parent(place).0);
    }
    match storage.sync(&[], &[above.to_owned()]) {
        // Where the folder above has gone too, so has what was in it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        other => other.map_err(DepotError::at(gone))?,
    }
    while above != ROOT && storage.remove_folder(above).is_ok() {
        above = parent(above).0;
    }
    Ok(())
}

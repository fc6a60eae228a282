//! A new object or version in the making, and how it takes its place.
//!
//! A new object: everything is written and synced in staging, renamed to its place, and the folders above are synced.
//!
//! A new version: the version folder is synced in staging together with a note of where it belongs; it is renamed into
//! the object and that is synced; then the inventory and its sidecar replace those of the object, and that is synced.
//! From the moment when the version folder is durable in the object, [`recover`](super::recover()) brings the rest
//! about; before, the object is as it was.
//!
//! Invariant: content passes in pieces and is hashed while it is written; the same content is kept once.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

use super::{Depot, DepotError, Guard, Result, SPEC, STAGING, above, inventory, place, recover, remove_all, write};
use crate::ocfl::digest::Algorithm;
use crate::ocfl::inventory::{Inventory, Paths, User, Version};
use crate::ocfl::path::{VersionName, conflicts, fault};
use crate::ocfl::storage::{Storage, join, parent, receive};
use crate::ocfl::syntax::is_time;

/// What is said of a new version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When it is made (RFC 3339).
    pub created: String,
    /// Why.
    pub message: String,
    /// By whom.
    pub user: User,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its digest in the algorithm of the object.
    pub digest: String,
    /// How many bytes.
    pub size: u64,
}

/// What is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The identifier of the object.
    pub id: String,
    /// The new version.
    pub version: VersionName,
    /// The digest of its inventory, which names the digest of every file.
    pub inventory_digest: String,
}

/// A new object or version in the making; what is not committed goes away.
pub struct Draft<'d, S: Storage> {
    depot: &'d Depot<S>,
    _guard: Guard<'d>,
    id: String,
    staging: String,
    place: String,
    change: Change,
    before: Option<Inventory>,
    algorithm: Algorithm,
    /// Logical paths with digests.
    state: BTreeMap<String, String>,
    /// What was written: digests with files in staging.
    fresh: BTreeMap<String, String>,
    files: usize,
    done: bool,
}

impl<'d, S: Storage> Draft<'d, S> {
    pub(super) fn begin(depot: &'d Depot<S>, id: &str, change: Change) -> Result<Self> {
        if id.is_empty() {
            return Err(DepotError::Value("id"));
        }
        if !is_time(&change.created) {
            return Err(DepotError::Value("created"));
        }
        if change.user.name.is_empty() {
            return Err(DepotError::Value("user"));
        }
        let place = depot.place(id);
        let guard = depot.guard(&place)?;
        let before = inventory(&depot.storage, &place)?;
        let mut state = BTreeMap::new();
        if let Some(before) = &before {
            if before.id != id {
                return Err(DepotError::Damaged(place));
            }
            state.extend(before.files(before.head).map(|(path, digest)| (path.to_owned(), digest.to_owned())));
        }
        let algorithm = before.as_ref().map_or(Algorithm::Sha512, |before| before.algorithm);
        let staging = depot.staging()?;
        let fresh = BTreeMap::new();
        Ok(Self {
            depot,
            _guard: guard,
            id: id.to_owned(),
            staging,
            place,
            change,
            before,
            algorithm,
            state,
            fresh,
            files: 0,
            done: false,
        })
    }

    /// The files so far: logical paths with digests.
    #[must_use]
    pub fn state(&self) -> &BTreeMap<String, String> {
        &self.state
    }

    /// Writes a file; one of the same path is replaced.
    pub fn put(&mut self, path: &str, content: &mut dyn Read) -> Result<Stored> {
        if let Some(fault) = fault(path) {
            return Err(DepotError::Path { path: path.to_owned(), fault: Some(fault) });
        }
        let draft = join(&self.staging, &format!("in-{}", self.files));
        self.files += 1;
        let (digest, size) =
            receive(&self.depot.storage, &draft, content, self.algorithm).map_err(DepotError::at(&draft))?;
        let known = self.before.as_ref().is_some_and(|before| before.manifest.contains_key(&digest));
        if known || self.fresh.contains_key(&digest) {
            self.depot.storage.remove_file(&draft).map_err(DepotError::at(&draft))?;
        } else {
            self.fresh.insert(digest.clone(), draft);
        }
        self.state.insert(path.to_owned(), digest.clone());
        Ok(Stored { digest, size })
    }

    /// Leaves a file out of the new version. Was it there?
    pub fn remove(&mut self, path: &str) -> bool {
        self.state.remove(path).is_some()
    }

    /// Gives a file another path; one of that path is replaced.
    pub fn rename(&mut self, from: &str, to: &str) -> Result<()> {
        if let Some(fault) = fault(to) {
            return Err(DepotError::Path { path: to.to_owned(), fault: Some(fault) });
        }
        let digest = self.state.remove(from).ok_or_else(|| DepotError::NoFile(from.to_owned()))?;
        self.state.insert(to.to_owned(), digest);
        Ok(())
    }

    /// Makes it durable. Whoever has the receipt has the version.
    pub fn commit(mut self) -> Result<Receipt> {
        if let Some(conflict) = conflicts(self.state.keys().map(String::as_str)).first() {
            return Err(DepotError::Path { path: conflict.path().to_owned(), fault: None });
        }
        let (inventory, contents) = self.inventory()?;
        let bytes = inventory.write();
        let mut written = Written::default();
        let head = join(&self.staging, &inventory.head.to_string());
        self.folder(&head, &mut written)?;
        for (draft, content) in &contents {
            let path = join(&self.staging, content);
            self.folders(parent(&path).0, &mut written)?;
            self.depot.storage.rename(draft, &path).map_err(DepotError::at(&path))?;
            written.files.push(path);
        }
        for draft in std::mem::take(&mut self.fresh).into_values() {
            if !contents.contains_key(&draft) {
                self.depot.storage.remove_file(&draft).map_err(DepotError::at(&draft))?;
            }
        }
        let sidecar = inventory.sidecar(&bytes);
        for folder in [head.as_str(), self.staging.as_str()] {
            self.write(join(folder, "inventory.json"), &bytes, &mut written)?;
            self.write(join(folder, &inventory.sidecar_name()), &sidecar, &mut written)?;
        }
        written.folders.insert(self.staging.clone());
        if self.before.is_none() {
            self.install_object(written)?;
        } else {
            self.note(&mut written)?;
            self.sync(written)?;
            // From here on staging has what finishes the version after a fault; it is cleared at the end.
            self.done = true;
            self.install_version(&inventory)?;
        }
        self.done = true;
        let inventory_digest = inventory.algorithm.of(&bytes);
        Ok(Receipt { id: inventory.id, version: inventory.head, inventory_digest })
    }

    fn install_object(&self, mut written: Written) -> Result<()> {
        let storage = &self.depot.storage;
        let declaration = format!("ocfl_object_{}", SPEC.number());
        self.write(
            join(&self.staging, &format!("0={declaration}")),
            format!("{declaration}\n").as_bytes(),
            &mut written,
        )?;
        self.sync(written)?;
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

    /// Where the version belongs, for whoever finishes it after a crash.
    fn note(&self, written: &mut Written) -> Result<()> {
        written.folders.insert(STAGING.to_owned());
        self.write(join(&self.staging, recover::VERSION), recover::note(&self.place).as_bytes(), written)
    }

    fn install_version(&self, inventory: &Inventory) -> Result<()> {
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

    fn sync(&self, written: Written) -> Result<()> {
        let folders: Vec<String> = written.folders.into_iter().collect();
        self.depot.storage.sync(&written.files, &folders).map_err(DepotError::at(&self.staging))
    }

    fn write(&self, path: String, bytes: &[u8], written: &mut Written) -> Result<()> {
        write(&self.depot.storage, &path, bytes)?;
        written.files.push(path);
        Ok(())
    }

    fn folder(&self, path: &str, written: &mut Written) -> Result<()> {
        if written.folders.insert(path.to_owned()) {
            self.depot.storage.make_folder(path).map_err(DepotError::at(path))?;
        }
        Ok(())
    }

    /// A folder with those above it, as far as they are in staging.
    fn folders(&self, path: &str, written: &mut Written) -> Result<()> {
        let within = &path[self.staging.len()..];
        let ends = within.char_indices().skip(1).filter(|(_, character)| *character == '/').map(|(at, _)| at);
        for end in ends.chain([within.len()]) {
            self.folder(&path[..self.staging.len() + end], written)?;
        }
        Ok(())
    }

    /// The inventory of the new version, and where each file in staging goes.
    fn inventory(&self) -> Result<(Inventory, BTreeMap<String, String>)> {
        let mut state = Paths::new();
        for (path, digest) in &self.state {
            state.entry(digest.clone()).or_default().push(path.clone());
        }
        let version = Version {
            created: self.change.created.clone(),
            message: Some(self.change.message.clone()),
            user: Some(self.change.user.clone()),
            state,
        };
        let mut inventory = match &self.before {
            None => Inventory {
                id: self.id.clone(),
                spec: SPEC,
                algorithm: self.algorithm,
                head: VersionName::FIRST,
                content_directory: None,
                manifest: Paths::new(),
                versions: BTreeMap::new(),
                fixity: BTreeMap::new(),
            },
            Some(before) => {
                let mut next = before.clone();
                next.head = before.head.next().ok_or(DepotError::Full)?;
                if before.versions.get(&before.head).is_some_and(|last| last.state == version.state) {
                    return Err(DepotError::Unchanged);
                }
                next
            }
        };
        let mut contents = BTreeMap::new();
        for (digest, draft) in &self.fresh {
            // Written, but replaced or removed since.
            let Some(paths) = version.state.get(digest) else { continue };
            let logical = paths.first().expect("a digest of the state has a path");
            let content = format!("{}/{}/{}", inventory.head, inventory.content_folder(), place::of(logical));
            inventory.manifest.insert(digest.clone(), vec![content.clone()]);
            contents.insert(draft.clone(), content);
        }
        inventory.versions.insert(inventory.head, version);
        Ok((inventory, contents))
    }
}

impl<S: Storage> Drop for Draft<'_, S> {
    fn drop(&mut self) {
        if !self.done {
            // What stays behind is removed when the depot is opened next.
            let _ = remove_all(&self.depot.storage, &self.staging);
        }
    }
}

/// What has to be synced.
#[derive(Default)]
struct Written {
    files: Vec<String>,
    folders: BTreeSet<String>,
}

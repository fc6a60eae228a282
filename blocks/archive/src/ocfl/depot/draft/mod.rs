//! A new object or version in the making, and how it takes its place.
//!
//! A new object: everything is written and synced in staging, renamed to its place, and the folders above are synced.
//!
//! A new version: the version folder is synced in staging together with a note of where it belongs; it is renamed into
//! the object and that is synced; then the inventory and its sidecar replace those of the object, and that is synced.
//! From the moment when the version folder is durable in the object, [`recover`](super::recover()) brings the rest
//! about; before, the object is as it was.
//!
//! Where the storage renames no folders, all is written at its place, and a note in staging names the version folder
//! before anything of it is there. First comes the content, then the inventory of the version, and the inventory of the
//! object at last, each durable before the next; what has no inventory of its version is removed by `recover`.
//!
//! Content is written where it stays. Only what is put, replaced and renamed in one draft so that paths cross is moved
//! once more at the end.
//!
//! Invariant: content passes in pieces and is hashed while it is written; the same content is kept once.

mod in_place;
mod install;

pub(super) use in_place::take_back;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use super::{Depot, DepotError, Guard, Result, SPEC, STAGING, inventory, place, recover};
use crate::ocfl::digest::Algorithm;
use crate::ocfl::inventory::{CONTENT, Inventory, Paths, User, Version};
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
    /// Below it the version is written: staging, or the place.
    base: String,
    change: Change,
    before: Option<Inventory>,
    head: VersionName,
    algorithm: Algorithm,
    /// Logical paths with digests.
    state: BTreeMap<String, String>,
    /// What was written: digests with files below the base or in staging.
    fresh: BTreeMap<String, String>,
    /// Files that could not be finished.
    torn: Vec<String>,
    /// Files that were begun at their paths in the version.
    taken: BTreeSet<String>,
    /// Folders that were made, and those above that must last.
    folders: BTreeSet<String>,
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
        let head = match &before {
            None => VersionName::FIRST,
            Some(before) => before.head.next().ok_or(DepotError::Full)?,
        };
        let staging = depot.staging()?;
        let base = if depot.storage.renames_folders() { &staging } else { &place }.clone();
        let draft = Self {
            depot,
            _guard: guard,
            id: id.to_owned(),
            folders: BTreeSet::from([staging.clone()]),
            staging,
            place,
            base,
            change,
            before,
            head,
            algorithm,
            state,
            fresh: BTreeMap::new(),
            torn: Vec::new(),
            taken: BTreeSet::new(),
            files: 0,
            done: false,
        };
        if draft.is_in_place() { draft.begin_in_place() } else { Ok(draft) }
    }

    /// Is it written where it stays?
    fn is_in_place(&self) -> bool {
        self.base == self.place
    }

    /// The files so far: logical paths with digests.
    #[must_use]
    pub fn state(&self) -> &BTreeMap<String, String> {
        &self.state
    }

    /// Writes a file; one of the same path is replaced.
    pub fn put(&mut self, path: &str, bytes: &mut dyn Read) -> Result<Stored> {
        if let Some(fault) = fault(path) {
            return Err(DepotError::Path { path: path.to_owned(), fault: Some(fault) });
        }
        let content = join(&self.base, &self.content(path));
        let draft = if self.is_free(&content) {
            self.folder(parent(&content).0)?;
            self.taken.insert(content.clone());
            content
        } else {
            self.aside()
        };
        let (digest, size) = match receive(&self.depot.storage, &draft, bytes, self.algorithm) {
            Ok(received) => received,
            Err(error) => {
                let error = DepotError::at(&draft)(error);
                self.torn.push(draft);
                return Err(error);
            }
        };
        let known = self.before.as_ref().is_some_and(|before| before.manifest.contains_key(&digest));
        if known || self.fresh.contains_key(&digest) {
            self.depot.storage.remove_file(&draft).map_err(DepotError::at(&draft))?;
            self.taken.remove(&draft);
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
        let mut files = self.arrange(contents)?;
        let head = join(&self.base, &inventory.head.to_string());
        self.folder(&head)?;
        if self.is_in_place() {
            self.sync(&files)?;
            files.clear();
        }
        self.describe(&head, &inventory, &bytes, &mut files)?;
        if self.is_in_place() {
            self.finish_in_place(&inventory, &bytes, files)?;
        } else if self.before.is_none() {
            self.describe(&self.staging, &inventory, &bytes, &mut files)?;
            self.install_object(files)?;
        } else {
            self.describe(&self.staging, &inventory, &bytes, &mut files)?;
            // Where the version belongs, for whoever finishes it after a crash.
            let note = join(&self.staging, recover::VERSION);
            self.write(note, recover::note(&self.place).as_bytes(), &mut files)?;
            self.folders.insert(STAGING.to_owned());
            self.sync(&files)?;
            // From here on staging has what finishes the version after a fault; it is cleared at the end.
            self.done = true;
            self.install_version(&inventory)?;
        }
        self.done = true;
        let inventory_digest = inventory.algorithm.of(&bytes);
        Ok(Receipt { id: inventory.id, version: inventory.head, inventory_digest })
    }

    /// A folder with those above it, as far as they are below the base.
    fn folder(&mut self, path: &str) -> Result<()> {
        let within = &path[self.base.len()..];
        let ends = within.char_indices().skip(1).filter(|(_, character)| *character == '/').map(|(at, _)| at);
        for end in ends.chain([within.len()]) {
            let folder = &path[..self.base.len() + end];
            if !self.folders.contains(folder) {
                self.depot.storage.make_folder(folder).map_err(DepotError::at(folder))?;
                self.folders.insert(folder.to_owned());
            }
        }
        Ok(())
    }

    /// Where the content of a logical path lies in the object.
    fn content(&self, logical: &str) -> String {
        let folder = self.before.as_ref().map_or(CONTENT, Inventory::content_folder);
        format!("{}/{folder}/{}", self.head, place::of(logical))
    }

    /// Can a file be written there? Not where another was, or a folder is, or a file is among the folders above.
    fn is_free(&self, content: &str) -> bool {
        let mut above = content;
        while above.len() > self.base.len() {
            if self.taken.contains(above) {
                return false;
            }
            above = parent(above).0;
        }
        !self.folders.contains(content)
    }

    /// A new path in staging, outside the version.
    fn aside(&mut self) -> String {
        self.files += 1;
        join(&self.staging, &format!("in-{}", self.files))
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
                next.head = self.head;
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
            let content = self.content(logical);
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
            let _ = self.give_up();
        }
    }
}

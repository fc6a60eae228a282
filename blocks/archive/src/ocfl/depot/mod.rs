//! A depot: a storage root with a staging area beside it, into which objects and versions come whole or not at all.
//!
//! `root` is an OCFL storage root and nothing else; `staging` holds what is not there yet. What is new is written and
//! made durable in staging, takes its place by a rename, and is acknowledged once the rename is durable too. What a
//! crash leaves behind is cleared by [`recover`].
//!
//! Invariant: a [`Receipt`] is given for nothing that a loss of power could take back.

mod draft;
mod error;
mod place;
mod recover;
mod scrub;
mod walk;

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

pub use draft::{Change, Draft, Receipt, Stored};
pub use error::DepotError;
pub use recover::{Recovered, recover};
pub use scrub::{Damage, FOUND, Kinds, Scrubbed, scrub};
pub use walk::{Indexed, IndexedFile, IndexedVersion};

use super::inventory::{Inventory, Spec};
use super::layout::{self, Layout};
use super::path::VersionName;
use super::read;
use super::storage::{Kind, Source, Storage, join, parent, read as read_file};
use super::validate::LARGEST_INVENTORY;

/// The storage root within a depot.
pub const ROOT: &str = "root";
/// What is in the making.
pub const STAGING: &str = "staging";
/// The specification of what we write.
const SPEC: Spec = Spec::V1_1;

type Result<T, E = DepotError> = std::result::Result<T, E>;

/// A depot on a storage. Whoever opens it sees to it that nobody else does at the same time.
pub struct Depot<S> {
    storage: S,
    layout: Layout,
    counter: AtomicU64,
    busy: Mutex<BTreeSet<String>>,
}

impl<S: Storage> Depot<S> {
    /// Makes a depot, or finishes one whose making was broken off, and opens it.
    pub fn create(storage: S, layout: Layout) -> Result<Self> {
        let extensions = join(ROOT, "extensions");
        let own = join(&extensions, layout::NAME);
        for folder in [ROOT, STAGING, &extensions, &own] {
            storage.make_folder(folder).map_err(DepotError::at(folder))?;
        }
        let declaration = format!("0=ocfl_{}", SPEC.number());
        let files = [
            (join(&own, "config.json"), layout.config()),
            (join(ROOT, "ocfl_layout.json"), Layout::description()),
            (join(ROOT, &declaration), format!("ocfl_{}\n", SPEC.number())),
        ];
        for (at, (path, text)) in files.iter().enumerate() {
            if storage.open(path).is_ok() {
                continue;
            }
            let draft = join(STAGING, &format!("new-{at}"));
            let _ = storage.remove_file(&draft);
            write(&storage, &draft, text.as_bytes())?;
            storage.sync(std::slice::from_ref(&draft), &[]).map_err(DepotError::at(&draft))?;
            storage.rename(&draft, path).map_err(DepotError::at(path))?;
            let folders = [String::new(), ROOT.to_owned(), extensions.clone(), own.clone()];
            storage.sync(&[], &folders).map_err(DepotError::at(path))?;
        }
        Self::open(storage, layout)
    }

    /// Opens a depot that was made with that layout. What a crash may have left is for [`recover`], before anything
    /// else is done.
    ///
    /// The layout is not taken from the storage: one flipped bit there would give objects other places. The scrubber
    /// compares it.
    pub fn open(storage: S, layout: Layout) -> Result<Self> {
        let entries = storage.list(ROOT).map_err(DepotError::at(ROOT))?;
        let declaration = format!("0=ocfl_{}", SPEC.number());
        if !entries.iter().any(|entry| entry.name == declaration) {
            return Err(DepotError::NoDepot("0=ocfl_1.1"));
        }
        Ok(Self { storage, layout, counter: AtomicU64::new(1), busy: Mutex::default() })
    }

    /// The storage.
    pub fn storage(&self) -> &S {
        &self.storage
    }

    /// Where the object of that identifier lies or would lie: a path of the storage.
    #[must_use]
    pub fn place(&self, id: &str) -> String {
        join(ROOT, &self.layout.place(id))
    }

    /// The inventory of an object; none where there is none. It is compared with its sidecar.
    pub fn inventory(&self, id: &str) -> Result<Option<Inventory>> {
        inventory(&self.storage, &self.place(id))
    }

    /// A file of an object, by version and logical path.
    pub fn file(&self, id: &str, version: Option<VersionName>, path: &str) -> Result<Box<dyn Read + '_>> {
        let inventory = self.inventory(id)?.ok_or_else(|| DepotError::NoObject(id.to_owned()))?;
        let version = version.unwrap_or(inventory.head);
        let digest = inventory.files(version).find(|file| file.0 == path).map(|file| file.1);
        let content = digest.and_then(|digest| inventory.content_path(digest));
        let content = join(&self.place(id), content.ok_or_else(|| DepotError::NoFile(path.to_owned()))?);
        self.storage.open(&content).map_err(DepotError::at(&content))
    }

    /// Begins a new object, or the next version of one: at first it has the files of the version before.
    pub fn draft(&self, id: &str, change: Change) -> Result<Draft<'_, S>> {
        Draft::begin(self, id, change)
    }

    /// Removes an object with all its versions. The answer comes when it cannot come back.
    pub fn purge(&self, id: &str) -> Result<()> {
        let place = self.place(id);
        let _guard = self.guard(&place)?;
        if self.storage.list(&place).is_err() {
            return Err(DepotError::NoObject(id.to_owned()));
        }
        let staging = self.staging()?;
        recover::intend(&self.storage, &staging, recover::PURGE, &place)?;
        recover::purge(&self.storage, &staging, &place)
    }

    /// A folder of its own in staging.
    fn staging(&self) -> Result<String> {
        let folder = join(STAGING, &self.counter.fetch_add(1, Ordering::Relaxed).to_string());
        self.storage.make_folder(&folder).map_err(DepotError::at(&folder))?;
        Ok(folder)
    }

    fn guard(&self, place: &str) -> Result<Guard<'_>> {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if busy.insert(place.to_owned()) {
            Ok(Guard { busy: &self.busy, place: place.to_owned() })
        } else {
            Err(DepotError::Busy(place.to_owned()))
        }
    }
}

/// While it lives, nobody else changes the object.
struct Guard<'d> {
    busy: &'d Mutex<BTreeSet<String>>,
    place: String,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.place);
    }
}

/// The inventory in a folder, compared with its sidecar; none where there is none.
pub(super) fn inventory(storage: &(impl Source + ?Sized), folder: &str) -> Result<Option<Inventory>> {
    let path = join(folder, "inventory.json");
    let Some(bytes) = read_file(storage, &path, LARGEST_INVENTORY).map_err(DepotError::at(&path))? else {
        return Ok(None);
    };
    let mut report = super::Report::default();
    let inventory = read::read(&bytes, SPEC, &path, &mut report).filter(|_| report.is_valid());
    let inventory = inventory.ok_or_else(|| DepotError::Damaged(path.clone()))?;
    let sidecar = join(folder, &inventory.sidecar_name());
    let note = read_file(storage, &sidecar, 4096).map_err(DepotError::at(&sidecar))?.unwrap_or_default();
    let said = note.split(|byte| byte.is_ascii_whitespace()).next().unwrap_or_default();
    if said.eq_ignore_ascii_case(inventory.algorithm.of(&bytes).as_bytes()) {
        Ok(Some(inventory))
    } else {
        Err(DepotError::Damaged(sidecar))
    }
}

/// The file that declares an object, and its text.
fn declaration(spec: Spec) -> (String, String) {
    let text = format!("ocfl_object_{}", spec.number());
    (format!("0={text}"), text + "\n")
}

/// A new file with these bytes.
fn write(storage: &(impl Storage + ?Sized), path: &str, bytes: &[u8]) -> Result<()> {
    let write = || -> std::io::Result<()> {
        let mut file = storage.create(path)?;
        file.write_all(bytes)?;
        file.flush()
    };
    write().map_err(DepotError::at(path))
}

/// Removes a folder with all that is in it; nothing where it is not there.
fn remove_all(storage: &(impl Storage + ?Sized), folder: &str) -> Result<()> {
    let mut folders = vec![folder.to_owned()];
    let mut at = 0;
    while at < folders.len() {
        let folder = folders[at].clone();
        for entry in super::storage::sorted(storage, &folder).map_err(DepotError::at(&folder))? {
            let path = join(&folder, &entry.name);
            match entry.kind {
                Kind::Folder => folders.push(path),
                _ => storage.remove_file(&path).map_err(DepotError::at(&path))?,
            }
        }
        at += 1;
    }
    for folder in folders.iter().rev() {
        match storage.remove_folder(folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(DepotError::at(folder)(error)),
            _ => {}
        }
    }
    Ok(())
}

/// The folders above a place, nearest first, up to the storage root.
fn above(place: &str) -> Vec<String> {
    let mut folders = Vec::new();
    let mut folder = parent(place).0;
    while !folder.is_empty() {
        folders.push(folder.to_owned());
        folder = parent(folder).0;
    }
    folders
}

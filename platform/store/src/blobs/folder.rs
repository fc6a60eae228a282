//! Blobs in a folder: `blobs/TENANT/ab/abcdef…`.
//!
//! Invariant: a file with a blob's name is complete and synced. It gets its name by a rename only
//! after its bytes are on disk, and the folder is synced before the answer.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::pin::pin;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt as _};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::io::AsyncReadExt as _;

use super::{BlobId, BlobStream, Listed, hex};
use crate::{Error, Result, TenantId};

/// How much of a large blob is in memory at once.
const PIECE: usize = 256 * 1024;
/// How many files of one call are synced at once.
const SYNCERS: usize = 8;

#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub fn new(root: PathBuf) -> Folder {
        Folder { root }
    }

    fn shelf(&self, tenant: &TenantId) -> Shelf {
        Shelf { root: self.root.join(tenant.as_str()) }
    }

    pub async fn put_many(&self, tenant: &TenantId, blobs: Vec<Bytes>) -> Result<Vec<BlobId>> {
        let shelf = self.shelf(tenant);
        blocking(move || {
            let drafts = shelf.drafts(&blobs)?;
            let mut ids = Vec::with_capacity(blobs.len());
            let mut folders = BTreeSet::new();
            for (draft, id) in drafts {
                folders.insert(shelf.adopt(draft, &id)?);
                ids.push(id);
            }
            for folder in folders {
                sync_folder(&folder)?;
            }
            Ok(ids)
        })
        .await
    }

    pub async fn put_stream<S, E>(&self, tenant: &TenantId, stream: S) -> Result<(BlobId, u64), E>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: From<Error>,
    {
        let shelf = self.shelf(tenant);
        let (mut draft, mut file) = blocking({
            let shelf = shelf.clone();
            move || shelf.draft()
        })
        .await?;
        let mut hasher = Sha256::new();
        let mut size = 0;
        let mut stream = pin!(stream);
        while let Some(bytes) = stream.next().await {
            let bytes = bytes?;
            size += bytes.len() as u64;
            (file, hasher, draft) = blocking(move || {
                hasher.update(&bytes);
                file.write_all(&bytes).map_err(Error::file("write", &draft.path))?;
                Ok((file, hasher, draft))
            })
            .await?;
        }
        let id = BlobId(hex(&hasher.finalize()));
        let named = id.clone();
        blocking(move || {
            file.sync_all().map_err(Error::file("sync", &draft.path))?;
            let folder = shelf.adopt(draft, &named)?;
            sync_folder(&folder)
        })
        .await?;
        Ok((id, size))
    }

    pub async fn get(&self, tenant: &TenantId, id: &BlobId) -> Result<Bytes> {
        let path = self.shelf(tenant).path(id);
        match tokio::fs::read(&path).await {
            Ok(bytes) => Ok(bytes.into()),
            Err(error) => Err(missing(id, path, error)),
        }
    }

    pub async fn open(&self, tenant: &TenantId, id: &BlobId) -> Result<(u64, BlobStream)> {
        let path = self.shelf(tenant).path(id);
        let file = tokio::fs::File::open(&path).await.map_err(|error| missing(id, path.clone(), error))?;
        let size = file.metadata().await.map_err(Error::file("read", &path))?.len();
        let pieces = futures_util::stream::try_unfold((file, path), |(mut file, path)| async move {
            let mut piece = Vec::with_capacity(PIECE);
            let read = (&mut file).take(PIECE as u64).read_to_end(&mut piece).await;
            match read.map_err(Error::file("read", &path))? {
                0 => Ok(None),
                _ => Ok(Some((Bytes::from(piece), (file, path)))),
            }
        });
        Ok((size, pieces.boxed()))
    }

    pub async fn contains(&self, tenant: &TenantId, id: &BlobId) -> Result<bool> {
        let path = self.shelf(tenant).path(id);
        tokio::fs::try_exists(&path).await.map_err(Error::file("look for", path))
    }

    pub fn list(&self, tenant: &TenantId) -> BoxStream<'static, Result<Listed>> {
        let shelf = self.shelf(tenant);
        // One sub-folder at a time: a list of all names of a large tenant need not be in memory.
        let parts = futures_util::stream::iter(0..=255u8).then(move |part| {
            let folder = shelf.root.join(format!("{part:02x}"));
            blocking(move || list_part(&folder))
        });
        parts
            .map(|part| {
                futures_util::stream::iter(match part {
                    Ok(listed) => listed.into_iter().map(Ok).collect(),
                    Err(error) => vec![Err(error)],
                })
            })
            .flatten()
            .boxed()
    }

    pub async fn remove(&self, tenant: &TenantId, id: &BlobId) -> Result<()> {
        let path = self.shelf(tenant).path(id);
        match tokio::fs::remove_file(&path).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::file("remove", path)(error)),
            _ => Ok(()),
        }
    }
}

/// The blobs of one tenant.
#[derive(Clone)]
struct Shelf {
    root: PathBuf,
}

/// A file that has no name yet; it goes away unless it gets one.
struct Draft {
    path: PathBuf,
    adopted: bool,
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.adopted {
            // What stays behind is removed at the next sweep.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Shelf {
    fn path(&self, id: &BlobId) -> PathBuf {
        self.root.join(&id.as_str()[..2]).join(id.as_str())
    }

    /// Writes and syncs blobs that have no names yet, in their order. Several at once: what is synced
    /// together costs the disk little more than one.
    fn drafts(&self, blobs: &[Bytes]) -> Result<Vec<(Draft, BlobId)>> {
        let each = blobs.len().div_ceil(SYNCERS).max(1);
        std::thread::scope(|scope| {
            let mut chunks = blobs.chunks(each);
            let own = chunks.next().unwrap_or_default();
            let others: Vec<_> = chunks
                .map(|chunk| scope.spawn(|| chunk.iter().map(|bytes| self.write(bytes)).collect::<Result<Vec<_>>>()))
                .collect();
            let mut drafts = own.iter().map(|bytes| self.write(bytes)).collect::<Result<Vec<_>>>()?;
            for other in others {
                drafts.extend(other.join().unwrap_or(Err(Error::Panicked))?);
            }
            Ok(drafts)
        })
    }

    fn write(&self, bytes: &[u8]) -> Result<(Draft, BlobId)> {
        // Also where it is there already: the new file is young, so that the sweeper leaves it alone
        // until the row that names it is written.
        let (draft, mut file) = self.draft()?;
        file.write_all(bytes).map_err(Error::file("write", &draft.path))?;
        file.sync_all().map_err(Error::file("sync", &draft.path))?;
        Ok((draft, BlobId::of(bytes)))
    }

    fn draft(&self) -> Result<(Draft, File)> {
        let folder = self.root.join("new");
        let path = folder.join(uuid::Uuid::new_v4().to_string());
        let create = || OpenOptions::new().write(true).create_new(true).open(&path);
        let file = match create() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                make_folder(&folder)?;
                create()
            }
            other => other,
        }
        .map_err(Error::file("create", &path))?;
        Ok((Draft { path, adopted: false }, file))
    }

    fn adopt(&self, mut draft: Draft, id: &BlobId) -> Result<PathBuf> {
        let path = self.path(id);
        let folder = path.parent().expect("a blob's path has a folder").to_owned();
        match fs::rename(&draft.path, &path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                make_folder(&folder)?;
                fs::rename(&draft.path, &path)
            }
            other => other,
        }
        .map_err(Error::file("rename", &path))?;
        draft.adopted = true;
        Ok(folder)
    }
}

fn list_part(folder: &Path) -> Result<Vec<Listed>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(Error::file("list", folder))?,
    };
    let mut listed = Vec::new();
    for entry in entries {
        let entry = entry.map_err(Error::file("list", folder))?;
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<BlobId>().ok()) else {
            continue;
        };
        let known = entry.metadata().and_then(|known| Ok((known.modified()?, known.len())));
        let (modified, size) = known.map_err(Error::file("read", entry.path()))?;
        let modified_at = Timestamp::try_from(modified).unwrap_or(Timestamp::UNIX_EPOCH);
        listed.push(Listed { id, modified_at, size });
    }
    Ok(listed)
}

/// Creates a folder with those above it, and makes them durable.
fn make_folder(path: &Path) -> Result<()> {
    let mut missing = Vec::new();
    let mut above = path;
    while !above.exists() {
        missing.push(above);
        match above.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => above = parent,
            _ => break,
        }
    }
    fs::create_dir_all(path).map_err(Error::file("create", path))?;
    for folder in missing {
        if let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            sync_folder(parent)?;
        }
    }
    Ok(())
}

fn sync_folder(path: &Path) -> Result<()> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(Error::file("sync", path))
}

fn missing(id: &BlobId, path: PathBuf, error: std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::NotFound => Error::NoBlob(id.clone()),
        _ => Error::File { what: "read", path, source: error },
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Error::Panicked))
}

//! The ports to where objects lie: reading ([`Source`]) and durable writing ([`Storage`]).
//!
//! Paths are relative, with forward slashes and without `.` and `..`; the empty path is the base folder. This library
//! only decides what is read and written and in which order. What a disk or an object store does lies behind.
//!
//! Invariant: nothing here is taken to last before [`Storage::sync`] has answered for it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::sync::Arc;

use super::digest::{Algorithm, Hasher};

/// How many bytes of a file are in memory at once.
pub const PIECE: usize = 128 * 1024;

/// What an entry of a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A file of that many bytes.
    File(u64),
    /// A folder.
    Folder,
    /// A link, a device, or whatever else.
    Other,
}

/// An entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its name; what is no Unicode has replacement characters.
    pub name: String,
    /// What it is.
    pub kind: Kind,
}

/// Where files can be read.
pub trait Source {
    /// The entries of a folder in any order; [`io::ErrorKind::NotFound`] where there is none.
    fn list(&self, folder: &str) -> io::Result<Vec<Entry>>;

    /// A file from its beginning; [`io::ErrorKind::NotFound`] where there is none.
    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>>;
}

/// Where files can be written durably.
pub trait Storage: Source {
    /// A new file; [`io::ErrorKind::AlreadyExists`] where there is one.
    fn create(&self, path: &str) -> io::Result<Box<dyn Write + '_>>;

    /// A folder, where there is none yet; the one above is there.
    fn make_folder(&self, path: &str) -> io::Result<()>;

    /// Gives a file or folder another name. A file at the new name is replaced in one step; a folder is not.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file.
    fn remove_file(&self, path: &str) -> io::Result<()>;

    /// Removes an empty folder.
    fn remove_folder(&self, path: &str) -> io::Result<()>;

    /// Does [`Storage::rename`] take folders, in one step? Where it does not, objects are written at their places.
    fn renames_folders(&self) -> bool {
        true
    }

    /// Makes durable the content of these files and the entries of these folders, before it answers. More may be made
    /// durable with it, and several callers may share one flush of the disk.
    fn sync(&self, files: &[String], folders: &[String]) -> io::Result<()>;
}

/// Whoever points to a storage is one.
macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        impl<S: Source + ?Sized> Source for $pointer {
            fn list(&self, folder: &str) -> io::Result<Vec<Entry>> {
                (**self).list(folder)
            }

            fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
                (**self).open(path)
            }
        }

        impl<S: Storage + ?Sized> Storage for $pointer {
            fn create(&self, path: &str) -> io::Result<Box<dyn Write + '_>> {
                (**self).create(path)
            }

            fn make_folder(&self, path: &str) -> io::Result<()> {
                (**self).make_folder(path)
            }

            fn rename(&self, from: &str, to: &str) -> io::Result<()> {
                (**self).rename(from, to)
            }

            fn remove_file(&self, path: &str) -> io::Result<()> {
                (**self).remove_file(path)
            }

            fn remove_folder(&self, path: &str) -> io::Result<()> {
                (**self).remove_folder(path)
            }

            fn renames_folders(&self) -> bool {
                (**self).renames_folders()
            }

            fn sync(&self, files: &[String], folders: &[String]) -> io::Result<()> {
                (**self).sync(files, folders)
            }
        }
    )*};
}

pointers!(&S, Arc<S>);

/// Two parts of a path with a slash between them, where both have something.
#[must_use]
pub fn join(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}

/// The folder of a path, and its last name.
#[must_use]
pub fn parent(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// The entries of a folder by name; none where there is no folder.
pub(crate) fn sorted(source: &(impl Source + ?Sized), folder: &str) -> io::Result<Vec<Entry>> {
    match source.list(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        other => {
            let mut entries = other?;
            entries.sort();
            Ok(entries)
        }
    }
}

/// The bytes of a file that are at most `most`; none where there is no file.
pub(crate) fn read(source: &(impl Source + ?Sized), path: &str, most: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match source.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Reads to the end in pieces.
pub fn pieces(content: &mut dyn Read, each: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut piece = SPARE.take();
    piece.resize(PIECE, 0);
    let outcome = loop {
        match content.read(&mut piece) {
            Ok(0) => break Ok(()),
            Ok(read) => {
                if let Err(error) = each(&piece[..read]) {
                    break Err(error);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
    };
    SPARE.set(piece);
    outcome
}

thread_local! {
    /// What a thread has read into before: making it anew would cost as much as a small file.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A new file with this content, hashed while it is written: its digest and how many bytes it has.
pub(crate) fn receive(
    storage: &(impl Storage + ?Sized),
    path: &str,
    content: &mut dyn Read,
    algorithm: Algorithm,
) -> io::Result<(String, u64)> {
    let (mut file, mut hasher, mut size) = (storage.create(path)?, Hasher::new(algorithm), 0);
    pieces(content, &mut |piece| {
        hasher.update(piece);
        size += piece.len() as u64;
        file.write_all(piece)
    })?;
    file.flush()?;
    Ok((hasher.finish(), size))
}

/// The digests of a file, read once.
pub(super) fn digests(
    source: &(impl Source + ?Sized),
    path: &str,
    algorithms: impl IntoIterator<Item = Algorithm>,
) -> io::Result<BTreeMap<Algorithm, String>> {
    let mut hashers: Vec<(Algorithm, Hasher)> =
        algorithms.into_iter().map(|algorithm| (algorithm, Hasher::new(algorithm))).collect();
    pieces(&mut *source.open(path)?, &mut |piece| {
        hashers.iter_mut().for_each(|(_, hasher)| hasher.update(piece));
        Ok(())
    })?;
    Ok(hashers.into_iter().map(|(algorithm, hasher)| (algorithm, hasher.finish())).collect())
}

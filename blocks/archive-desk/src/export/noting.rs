//! What is in a package: each file with its digest, noted while it is written, or found again.
//!
//! Invariant: the same files under the same names have the same [`listing`], in a folder and in an archive.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};

use vir_archive::ocfl::digest::{Algorithm, Hasher};
use vir_archive::ocfl::storage::{Entry, Source, Storage, join, pieces};
use zip::ZipArchive;

/// Files by path, with digest and size.
pub(super) type Seen = BTreeMap<String, (String, u64)>;

/// One digest for all of them.
pub(super) fn listing(seen: &Seen) -> String {
    let mut hasher = Hasher::new(Algorithm::Sha512);
    for (path, (digest, _)) in seen {
        hasher.update(format!("{digest}  {path}\n").as_bytes());
    }
    hasher.finish()
}

/// What is in a ZIP archive.
pub(super) fn zipped(file: File) -> io::Result<Seen> {
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(io::Error::other)?;
    let mut seen = Seen::new();
    for number in 0..archive.len() {
        let mut entry = archive.by_index(number).map_err(io::Error::other)?;
        let name = entry.name().map_err(io::Error::other)?.into_owned();
        let (mut hasher, mut size) = (Hasher::new(Algorithm::Sha512), 0);
        pieces(&mut entry, &mut |piece| {
            hasher.update(piece);
            size += piece.len() as u64;
            Ok(())
        })?;
        seen.insert(name, (hasher.finish(), size));
    }
    Ok(seen)
}

/// A storage that notes what is written into it below a folder.
pub(super) struct Noting<'s> {
    inner: &'s dyn Storage,
    below: String,
    pub seen: RefCell<Seen>,
    pub folders: RefCell<Vec<String>>,
    passed: &'s dyn Fn(u64),
}

impl<'s> Noting<'s> {
    pub fn new(inner: &'s dyn Storage, below: &str, passed: &'s dyn Fn(u64)) -> Self {
        Self { inner, below: below.to_owned(), seen: RefCell::default(), folders: RefCell::default(), passed }
    }
}

/// A file that is hashed on its way.
struct Passing<'n> {
    inner: Box<dyn Write + 'n>,
    hasher: Option<Hasher>,
    size: u64,
    path: String,
    seen: &'n RefCell<Seen>,
    passed: &'n dyn Fn(u64),
}

impl Write for Passing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&bytes[..count]);
        }
        self.size += count as u64;
        (self.passed)(count as u64);
        Ok(count)
    }

    /// The end of the file: every writer says it once.
    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()?;
        if let Some(hasher) = self.hasher.take() {
            self.seen.borrow_mut().insert(self.path.clone(), (hasher.finish(), self.size));
        }
        Ok(())
    }
}

impl Source for Noting<'_> {
    fn list(&self, folder: &str) -> io::Result<Vec<Entry>> {
        self.inner.list(&join(&self.below, folder))
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        self.inner.open(&join(&self.below, path))
    }
}

impl Storage for Noting<'_> {
    fn create(&self, path: &str) -> io::Result<Box<dyn Write + '_>> {
        Ok(Box::new(Passing {
            inner: self.inner.create(&join(&self.below, path))?,
            hasher: Some(Hasher::new(Algorithm::Sha512)),
            size: 0,
            path: path.to_owned(),
            seen: &self.seen,
            passed: self.passed,
        }))
    }

    fn make_folder(&self, path: &str) -> io::Result<()> {
        self.inner.make_folder(&join(&self.below, path))?;
        self.folders.borrow_mut().push(path.to_owned());
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.inner.rename(&join(&self.below, from), &join(&self.below, to))
    }

    fn remove_file(&self, path: &str) -> io::Result<()> {
        self.inner.remove_file(&join(&self.below, path))
    }

    fn remove_folder(&self, path: &str) -> io::Result<()> {
        self.inner.remove_folder(&join(&self.below, path))
    }

    // All of it is made durable together, at the end.
    fn sync(&self, _: &[String], _: &[String]) -> io::Result<()> {
        Ok(())
    }
}

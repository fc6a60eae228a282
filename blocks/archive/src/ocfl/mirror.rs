//! Two storages that hold the same: whatever is written goes to both before it is acknowledged.
//!
//! Reading asks the first, and the second where the first fails. What differs after a crash, [`recover`] brings
//! together; what decays, the scrubber.
//!
//! Invariant: [`Storage::sync`] answers when both have answered.
//!
//! [`recover`]: super::depot::recover

use std::io::{self, Read, Write};

use super::storage::{Entry, Source, Storage};

/// A storage and its replica.
#[derive(Debug, Clone)]
pub struct Mirror<A, B> {
    /// The one that is read.
    pub first: A,
    /// Its replica.
    pub second: B,
}

impl<A: Source, B: Source> Source for Mirror<A, B> {
    fn list(&self, folder: &str) -> io::Result<Vec<Entry>> {
        self.first.list(folder).or_else(|error| self.second.list(folder).map_err(|_| error))
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        match self.first.open(path) {
            Ok(file) => Ok(file),
            Err(error) => self.second.open(path).map_err(|_| error),
        }
    }
}

impl<A: Storage + Sync, B: Storage + Sync> Storage for Mirror<A, B> {
    fn create(&self, path: &str) -> io::Result<Box<dyn Write + '_>> {
        Ok(Box::new(Both(self.first.create(path)?, self.second.create(path)?)))
    }

    fn make_folder(&self, path: &str) -> io::Result<()> {
        self.first.make_folder(path)?;
        self.second.make_folder(path)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.first.rename(from, to)?;
        self.second.rename(from, to)
    }

    fn remove_file(&self, path: &str) -> io::Result<()> {
        self.first.remove_file(path)?;
        self.second.remove_file(path)
    }

    fn remove_folder(&self, path: &str) -> io::Result<()> {
        self.first.remove_folder(path)?;
        self.second.remove_folder(path)
    }

    fn renames_folders(&self) -> bool {
        self.first.renames_folders() && self.second.renames_folders()
    }

    fn sync(&self, files: &[String], folders: &[String]) -> io::Result<()> {
        std::thread::scope(|scope| {
            let first = scope.spawn(|| self.first.sync(files, folders));
            let second = self.second.sync(files, folders);
            let first = first.join().unwrap_or_else(|_| Err(io::Error::other("the first storage failed")));
            first.and(second)
        })
    }
}

struct Both<'w>(Box<dyn Write + 'w>, Box<dyn Write + 'w>);

impl Write for Both<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(bytes)?;
        self.1.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()?;
        self.1.flush()
    }
}

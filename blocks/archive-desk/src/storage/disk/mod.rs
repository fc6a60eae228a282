//! A folder on a local disk.
//!
//! What makes it durable: on Linux one `syncfs` for all deposits that wait, which writes every changed file and folder of
//! that file system and tells the device to empty its cache; elsewhere an `fsync` of each file and folder
//! (`F_FULLFSYNC` on macOS). Other programs that write much to the same file system make a flush slower, so a depot has
//! best a file system of its own.
//!
//! What that means is up to what lies below: a device that ignores a flush, as many virtual machines are set up to do,
//! loses with its power what it said it had. That cannot be seen from here. What is promised here is what the kernel promises.
//!
//! Invariant: no path leads out of the folder, and links are not followed.

mod flush;
mod pen;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, FlockOperation, Mode, OFlags};
use vir_archive::ocfl::storage::{Entry, Kind, Source, Storage};

use super::OpenError;
use flush::Flusher;
use pen::Pen;

/// A folder on a local disk, locked against other processes while this lives.
#[derive(Debug)]
pub struct Disk {
    base: PathBuf,
    /// The same, open: the kernel need not look for it again with every path.
    folder: File,
    /// Kept open all the time: the kernel tells of a failed write whoever had a file open before.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "it holds the lock"))]
    lock: File,
    flusher: Flusher,
}

impl Disk {
    /// Opens a folder, and makes it where there is none.
    pub fn open(base: &Path) -> Result<Self, OpenError> {
        Self::locked_by(base, "lock")
    }

    /// The same, with a file of that name in the folder as the lock.
    pub fn locked_by(base: &Path, name: &str) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Folder { path: base.display().to_string(), source };
        fs::create_dir_all(base).map_err(failed)?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(base.join(name)).map_err(failed)?;
        match rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(OpenError::InUse(base.display().to_string())),
            other => other.map_err(|error| failed(error.into()))?,
        }
        let folder = File::open(base).map_err(failed)?;
        let disk = Self { base: base.to_owned(), folder, lock, flusher: Flusher::default() };
        // The folder itself must last, and with it those above that were made.
        for folder in base.ancestors().filter(|folder| !folder.as_os_str().is_empty()) {
            // A folder that we may not open was there before us.
            if File::open(folder).and_then(|folder| folder.sync_all()).is_err() {
                break;
            }
        }
        Ok(disk)
    }

    /// This does not follow links.
    fn is_folder(&self, path: &str) -> bool {
        rustix::fs::statat(&self.folder, path, AtFlags::SYMLINK_NOFOLLOW)
            .is_ok_and(|found| FileType::from_raw_mode(found.st_mode) == FileType::Directory)
    }
}

/// A path as the kernel takes it, from the folder.
fn within(path: &str) -> io::Result<&str> {
    let is_sound = |element: &str| !matches!(element, "" | "." | "..") && !element.contains('\0');
    if path.is_empty() {
        return Ok(".");
    }
    if path.split('/').all(is_sound) {
        Ok(path)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "the path leads out of the storage"))
    }
}

impl Source for Disk {
    fn list(&self, folder: &str) -> io::Result<Vec<Entry>> {
        let entries = fs::read_dir(self.base.join(within(folder)?))?.map(|entry| {
            let entry = entry?;
            let kind = match entry.file_type()? {
                kind if kind.is_dir() => Kind::Folder,
                // This does not follow links.
                kind if kind.is_file() => Kind::File(entry.metadata()?.len()),
                _ => Kind::Other,
            };
            Ok(Entry { name: entry.file_name().to_string_lossy().into_owned(), kind })
        });
        // What was removed while we looked is not there.
        entries.filter(|entry: &io::Result<Entry>| !is_missing(entry)).collect()
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = File::from(rustix::fs::openat(&self.folder, within(path)?, flags, Mode::empty())?);
        if file.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(Box::new(file))
    }
}

impl Storage for Disk {
    fn create(&self, path: &str) -> io::Result<Box<dyn Write + '_>> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&self.folder, within(path)?, flags, Mode::from_raw_mode(0o666))?;
        Ok(Box::new(Pen::new(file.into())))
    }

    fn make_folder(&self, path: &str) -> io::Result<()> {
        let path = within(path)?;
        match rustix::fs::mkdirat(&self.folder, path, Mode::from_raw_mode(0o777)) {
            Err(rustix::io::Errno::EXIST) if self.is_folder(path) => Ok(()),
            other => Ok(other?),
        }
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.folder, within(from)?, &self.folder, within(to)?)?)
    }

    fn remove_file(&self, path: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.folder, within(path)?, AtFlags::empty())?)
    }

    fn remove_folder(&self, path: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.folder, within(path)?, AtFlags::REMOVEDIR)?)
    }

    #[cfg(target_os = "linux")]
    fn sync(&self, _: &[String], _: &[String]) -> io::Result<()> {
        self.flusher.wait(|| Ok(rustix::fs::syncfs(&self.lock)?))
    }

    #[cfg(not(target_os = "linux"))]
    fn sync(&self, files: &[String], folders: &[String]) -> io::Result<()> {
        for path in files.iter().chain(folders) {
            File::open(self.base.join(within(path)?))?.sync_all()?;
        }
        Ok(())
    }
}

fn is_missing(entry: &io::Result<Entry>) -> bool {
    entry.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

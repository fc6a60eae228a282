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

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use rustix::fs::FlockOperation;
use vir_archive::ocfl::storage::{Entry, Kind, Source, Storage};

use super::OpenError;
use super::flush::Flusher;

/// A folder on a local disk, locked against other processes while this lives.
#[derive(Debug)]
pub struct Disk {
    base: PathBuf,
    /// Kept open all the time: the kernel tells of a failed write whoever had a file open before.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "it holds the lock"))]
    lock: File,
    flusher: Flusher,
}

impl Disk {
    /// Opens a folder, and makes it where there is none.
    pub fn open(base: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Folder { path: base.display().to_string(), source };
        fs::create_dir_all(base).map_err(failed)?;
        let lock =
            OpenOptions::new().create(true).truncate(false).write(true).open(base.join("lock")).map_err(failed)?;
        match rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(OpenError::InUse(base.display().to_string())),
            other => other.map_err(|error| failed(error.into()))?,
        }
        let disk = Self { base: base.to_owned(), lock, flusher: Flusher::default() };
        // The folder itself must last, and with it those above that were made.
        for folder in base.ancestors().filter(|folder| !folder.as_os_str().is_empty()) {
            // A folder that we may not open was there before us.
            if File::open(folder).and_then(|folder| folder.sync_all()).is_err() {
                break;
            }
        }
        Ok(disk)
    }

    /// The place of a path on the disk.
    fn at(&self, path: &str) -> io::Result<PathBuf> {
        let is_sound = |element: &str| !matches!(element, "" | "." | "..") && !element.contains('\0');
        if path.is_empty() {
            return Ok(self.base.clone());
        }
        if path.split('/').all(is_sound) {
            Ok(self.base.join(path))
        } else {
            Err(io::Error::new(io::ErrorKind::InvalidInput, "the path leads out of the storage"))
        }
    }
}

impl Source for Disk {
    fn list(&self, folder: &str) -> io::Result<Vec<Entry>> {
        let entries = fs::read_dir(self.at(folder)?)?.map(|entry| {
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
        let path = self.at(path)?;
        let mut options = OpenOptions::new();
        options.read(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::custom_flags(
            &mut options,
            i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or_default(),
        );
        let file = options.open(path)?;
        if file.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(Box::new(file))
    }
}

impl Storage for Disk {
    fn create(&self, path: &str) -> io::Result<Box<dyn Write + '_>> {
        Ok(Box::new(OpenOptions::new().write(true).create_new(true).open(self.at(path)?)?))
    }

    fn make_folder(&self, path: &str) -> io::Result<()> {
        let path = self.at(path)?;
        match fs::create_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
            other => other,
        }
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.at(from)?, self.at(to)?)
    }

    fn remove_file(&self, path: &str) -> io::Result<()> {
        fs::remove_file(self.at(path)?)
    }

    fn remove_folder(&self, path: &str) -> io::Result<()> {
        fs::remove_dir(self.at(path)?)
    }

    #[cfg(target_os = "linux")]
    fn sync(&self, _: &[String], _: &[String]) -> io::Result<()> {
        self.flusher.wait(|| Ok(rustix::fs::syncfs(&self.lock)?))
    }

    #[cfg(not(target_os = "linux"))]
    fn sync(&self, files: &[String], folders: &[String]) -> io::Result<()> {
        for path in files.iter().chain(folders) {
            File::open(self.at(path)?)?.sync_all()?;
        }
        Ok(())
    }
}

fn is_missing(entry: &io::Result<Entry>) -> bool {
    entry.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

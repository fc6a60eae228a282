//! A part of an S3-compatible bucket.
//!
//! What the storage has answered is durable there, so nothing is left to flush; and it renames no folders, so versions
//! are written at their places ([`Storage::renames_folders`]).
//!
//! One process at a time is seen to by a lease that its holder renews all the time. Who opens a depot whose holder was
//! killed waits as long as a lease lasts. A holder that could not renew it in time writes nothing any more. A request
//! whose answer was lost is taken to be over after as long as a lease lasts: until then nothing else is done with its
//! name. One that the network has held up longer than that is the one thing that nobody can call back.
//!
//! Invariant: no path leads out of the prefix, and nothing is written without the lease.

use std::io::{self, Read, Write};
use std::time::Duration;

use vir_archive::ocfl::storage::{Entry, Kind, Source, Storage};
use vir_store::bucket::{Bucket, Lease};

use super::OpenError;

/// How long a lease lasts where its holder says nothing more.
pub const LEASE: Duration = Duration::from_secs(30);

/// A part of a bucket, kept from other processes while this lives.
#[derive(Debug)]
pub struct S3 {
    // It is given back before the connection ends.
    lease: Lease,
    bucket: Bucket,
}

impl S3 {
    /// Opens what is below the prefix of `place`. A lease lasts [`LEASE`], or as long as is said.
    pub fn open(place: &vir_store::S3, lasts: Duration) -> Result<Self, OpenError> {
        let name = || format!("s3://{}/{}", place.bucket, place.prefix);
        let open = || -> io::Result<Self> {
            let bucket = Bucket::connect(place, lasts)?;
            Ok(Self { lease: bucket.lease("lease", lasts)?, bucket })
        };
        open().map_err(|source| match source.kind() {
            io::ErrorKind::ResourceBusy => OpenError::InUse(name()),
            _ => OpenError::Folder { path: name(), source },
        })
    }

    fn may_write(&self) -> io::Result<()> {
        if self.lease.is_held() {
            Ok(())
        } else {
            Err(io::Error::other("the lease on the storage could not be renewed in time"))
        }
    }
}

fn within(path: &str) -> io::Result<&str> {
    if path.split('/').all(|element| !matches!(element, "" | "." | "..")) {
        Ok(path)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "the path leads out of the storage"))
    }
}

impl Source for S3 {
    fn list(&self, folder: &str) -> io::Result<Vec<Entry>> {
        let folder = if folder.is_empty() { folder } else { within(folder)? };
        let found = self.bucket.list(folder)?.into_iter().map(|below| {
            let kind = below.size.map_or(Kind::Folder, Kind::File);
            Entry { name: below.name, kind }
        });
        let entries: Vec<Entry> = found.collect();
        if entries.is_empty() && !folder.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(entries) }
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(self.bucket.read(within(path)?)?))
    }
}

impl Storage for S3 {
    fn create(&self, path: &str) -> io::Result<Box<dyn Write + '_>> {
        Ok(Box::new(Held { storage: self, upload: self.bucket.create(within(path)?)? }))
    }

    /// A folder is where something is in it.
    fn make_folder(&self, path: &str) -> io::Result<()> {
        within(path).map(|_| ())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.may_write()?;
        self.bucket.rename(within(from)?, within(to)?)
    }

    fn remove_file(&self, path: &str) -> io::Result<()> {
        self.may_write()?;
        self.bucket.remove(within(path)?)
    }

    fn remove_folder(&self, path: &str) -> io::Result<()> {
        match self.list(path) {
            Ok(_) => Err(io::ErrorKind::DirectoryNotEmpty.into()),
            Err(error) => Err(error),
        }
    }

    fn renames_folders(&self) -> bool {
        false
    }

    fn sync(&self, _: &[String], _: &[String]) -> io::Result<()> {
        self.may_write()
    }
}

/// What is finished only with the lease.
struct Held<'s> {
    storage: &'s S3,
    upload: vir_store::bucket::Upload,
}

impl Write for Held<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.upload.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.storage.may_write()?;
        self.upload.flush()
    }
}

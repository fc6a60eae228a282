//! A part of an S3-compatible bucket as a plain store of names and bytes, for code that does not wait in futures.
//!
//! It keeps names as they are given, sends large contents in parts, and has a lease: one holder at a time.
//!
//! The lease is an object that its holder writes anew all the time, each time on the condition that it is still the one
//! that was written before (`If-Match`). Who wants it watches it: if it stays the same for as long as a lease lasts, its
//! holder is gone. So no clocks are compared. A holder that could not renew it in time refuses to write any more.
//!
//! A request whose answer was lost may have been done, or may still be: it is repeated until the outcome is known, and
//! its name is not touched by anything else until so long afterwards that nothing of it can be under way any more
//! ([`doubt`]).
//!
//! Invariant: what was answered with `Ok` is kept by the storage; an object is there as a whole or not at all.

mod doubt;
mod lease;
mod upload;

use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use object_store::aws::AmazonS3;
use object_store::path::Path;
use object_store::{ObjectStore as _, ObjectStoreExt as _, PutMode, PutOptions};
use tokio::runtime::Runtime;

pub use lease::Lease;
pub use upload::Upload;

use crate::blobs::{BlobStream, S3, connect, connect_with};
use doubt::{Doubts, repeated};

/// The largest object that a storage copies by itself.
const LARGEST_COPY: u64 = 5_000_000_000;

/// Objects whose names begin with a prefix.
#[derive(Debug)]
pub struct Bucket {
    objects: Arc<AmazonS3>,
    /// The same without repetitions of its own, for whatever changes something.
    once: Arc<AmazonS3>,
    prefix: String,
    doubts: Arc<Doubts>,
    runtime: Arc<Own>,
}

/// A runtime that may be dropped anywhere.
#[derive(Debug)]
struct Own(Option<Runtime>);

impl Own {
    fn wait<T: Send>(&self, future: impl Future<Output = T> + Send) -> T {
        let runtime = self.0.as_ref().expect("it is there until it is dropped");
        if tokio::runtime::Handle::try_current().is_err() {
            return runtime.block_on(future);
        }
        // A thread of another runtime may not wait for ours.
        let waited = std::thread::scope(|scope| scope.spawn(|| runtime.block_on(future)).join());
        waited.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// What is directly below a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Below {
    /// Its last name.
    pub name: String,
    /// How many bytes an object has; none for what has objects below it.
    pub size: Option<u64>,
}

impl Bucket {
    /// Gets ready; asks nothing of the storage yet. A request whose answer was lost is taken to be over after
    /// `lasts`.
    pub fn connect(s3: &S3, lasts: Duration) -> io::Result<Self> {
        let objects = Arc::new(connect(s3).map_err(failed)?);
        let once = Arc::new(connect_with(s3, 0).map_err(failed)?);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let prefix = s3.prefix.trim_matches('/').to_owned();
        Ok(Self { objects, once, prefix, doubts: Arc::new(Doubts::new(lasts)), runtime: Arc::new(Own(Some(runtime))) })
    }

    /// Takes the lease, and keeps it until it is dropped. Waits as long as one lasts, where another had it and is gone.
    pub fn lease(&self, name: &str, lasts: Duration) -> io::Result<Lease> {
        Lease::take(self.once.clone(), self.path(name)?, lasts, self.doubts.clone(), self.runtime.clone())
    }

    /// What is directly below a name; nothing where no object's name begins with it.
    pub fn list(&self, name: &str) -> io::Result<Vec<Below>> {
        let path = self.path(name)?;
        let found = self.runtime.wait(async {
            // What may still come is seen.
            self.doubts.settle_below(&path).await;
            self.objects.list_with_delimiter(Some(&path)).await
        });
        let found = found.map_err(failed)?;
        let last = |path: &Path| path.filename().unwrap_or_default().to_owned();
        let folders = found.common_prefixes.iter().map(|path| Below { name: last(path), size: None });
        let objects =
            found.objects.iter().map(|object| Below { name: last(&object.location), size: Some(object.size) });
        Ok(folders.chain(objects).collect())
    }

    /// An object from its beginning.
    pub fn read(&self, name: &str) -> io::Result<impl Read + use<>> {
        let path = self.path(name)?;
        let found = self.runtime.wait(self.objects.get(&path)).map_err(failed)?;
        let pieces = found.into_stream().map(|piece| piece.map_err(crate::Error::from)).boxed();
        Ok(Pieces { pieces, piece: Bytes::new(), runtime: self.runtime.clone() })
    }

    /// A new object; an error where there is one of that name.
    pub fn create(&self, name: &str) -> io::Result<Upload> {
        Ok(self.upload(self.path(name)?, false))
    }

    /// Gives an object another name; one of that name is replaced in one step.
    pub fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let (source, target) = (self.path(from)?, self.path(to)?);
        let size = self.runtime.wait(self.objects.head(&source)).map_err(failed)?.size;
        if size <= LARGEST_COPY {
            let copied = repeated(&self.doubts, &target, || self.once.copy(&source, &target));
            self.runtime.wait(copied).map_err(failed)?;
        } else {
            let mut upload = self.upload(target, true);
            io::copy(&mut self.read(from)?, &mut upload)?;
            io::Write::flush(&mut upload)?;
        }
        self.remove(from)
    }

    /// Removes an object; there may be none.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        let path = self.path(name)?;
        match self.runtime.wait(repeated(&self.doubts, &path, || self.once.delete(&path))) {
            Err(object_store::Error::NotFound { .. }) | Ok(()) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    fn upload(&self, path: Path, replaces: bool) -> Upload {
        let (objects, once, doubts) = (self.objects.clone(), self.once.clone(), self.doubts.clone());
        Upload::new(objects, once, path, replaces, doubts, self.runtime.clone())
    }

    /// A name as it is: nothing in it is encoded.
    fn path(&self, name: &str) -> io::Result<Path> {
        let full = match (self.prefix.as_str(), name) {
            ("", name) => name.to_owned(),
            (prefix, "") => prefix.to_owned(),
            (prefix, name) => format!("{prefix}/{name}"),
        };
        Path::parse(full).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
    }
}

/// An object that is read in pieces.
struct Pieces {
    pieces: BlobStream,
    piece: Bytes,
    runtime: Arc<Own>,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.runtime.wait(self.pieces.next()) {
                None => return Ok(0),
                Some(piece) => self.piece = piece.map_err(io::Error::other)?,
            }
        }
        let taken = buffer.len().min(self.piece.len());
        buffer[..taken].copy_from_slice(&self.piece.split_to(taken));
        Ok(taken)
    }
}

fn create_only() -> PutOptions {
    PutOptions { mode: PutMode::Create, ..PutOptions::default() }
}

fn failed(error: impl Into<crate::Error>) -> io::Error {
    let error = error.into();
    let kind = match &error {
        crate::Error::Objects(object_store::Error::NotFound { .. }) => io::ErrorKind::NotFound,
        crate::Error::Objects(object_store::Error::AlreadyExists { .. }) => io::ErrorKind::AlreadyExists,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}

//! Bytes on their way into an object: a small one in one request, a large one in parts.
//!
//! Invariant: at most three parts are in memory, and the object is there when [`Write::flush`] has answered.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use object_store::aws::AmazonS3;
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStore as _, ObjectStoreExt as _, PutOptions};
use tokio::task::JoinSet;

use super::doubt::{Doubts, leaves_open, repeated};
use super::{Own, create_only, failed};

/// A part of an object; what is smaller is sent in one request.
const PART: usize = 8 << 20;
/// The parts of objects that go on: a storage takes 10,000 parts.
const LARGE_PART: usize = 64 << 20;
/// After so many the parts are large.
const SMALL_PARTS: usize = 1_000;

/// An object in the making; what is not flushed goes away.
pub struct Upload {
    objects: Arc<AmazonS3>,
    once: Arc<AmazonS3>,
    path: Path,
    doubts: Arc<Doubts>,
    runtime: Arc<Own>,
    replaces: bool,
    part: Vec<u8>,
    parts: Option<Parts>,
    is_done: bool,
}

struct Parts {
    upload: Box<dyn MultipartUpload>,
    sent: usize,
    under_way: JoinSet<object_store::Result<()>>,
}

impl Upload {
    pub(super) fn new(
        objects: Arc<AmazonS3>,
        once: Arc<AmazonS3>,
        path: Path,
        replaces: bool,
        doubts: Arc<Doubts>,
        runtime: Arc<Own>,
    ) -> Self {
        Self { objects, once, path, doubts, runtime, replaces, part: Vec::new(), parts: None, is_done: false }
    }

    fn size_of_part(&self) -> usize {
        if self.parts.as_ref().is_some_and(|parts| parts.sent >= SMALL_PARTS) { LARGE_PART } else { PART }
    }

    fn send(&mut self) -> io::Result<()> {
        let part = std::mem::take(&mut self.part);
        self.runtime.clone().wait(async {
            if self.parts.is_none() {
                self.doubts.settle(&self.path).await;
                if !self.replaces && self.objects.head(&self.path).await.is_ok() {
                    return Err(io::ErrorKind::AlreadyExists.into());
                }
                let upload = self.objects.put_multipart(&self.path).await.map_err(failed)?;
                self.parts = Some(Parts { upload, sent: 0, under_way: JoinSet::new() });
            }
            let parts = self.parts.as_mut().expect("it was made just now");
            while parts.under_way.len() >= 2 {
                arrived(parts.under_way.join_next().await)?;
            }
            parts.under_way.spawn(parts.upload.put_part(part.into()));
            parts.sent += 1;
            Ok(())
        })
    }
}

/// All of it in one request.
async fn put(
    objects: &AmazonS3,
    once: &AmazonS3,
    path: &Path,
    options: &PutOptions,
    bytes: Bytes,
    doubts: &Doubts,
) -> object_store::Result<()> {
    let again = AtomicBool::new(false);
    let put = repeated(doubts, path, || {
        let is_first = !again.swap(true, Ordering::Relaxed);
        let bytes = bytes.clone();
        async move {
            match once.put_opts(path, bytes.clone().into(), options.clone()).await {
                // The one before was done after all.
                Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. })
                    if !is_first && objects.get(path).await?.bytes().await? == bytes =>
                {
                    Ok(())
                }
                other => other.map(|_| ()),
            }
        }
    });
    put.await
}

fn arrived(part: Option<Result<object_store::Result<()>, tokio::task::JoinError>>) -> io::Result<()> {
    match part {
        Some(Ok(sent)) => sent.map_err(failed),
        Some(Err(error)) => Err(io::Error::other(error)),
        None => Ok(()),
    }
}

impl Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_done {
            return Err(io::Error::other("the object is finished"));
        }
        // Parts only become larger.
        if self.part.len() == self.size_of_part() {
            self.send()?;
        }
        let taken = bytes.len().min(self.size_of_part() - self.part.len());
        self.part.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.is_done {
            return Ok(());
        }
        if self.parts.is_some() {
            self.send()?;
            let Some(parts) = self.parts.as_mut() else { return Ok(()) };
            self.runtime.clone().wait(async {
                while let Some(part) = parts.under_way.join_next().await {
                    arrived(Some(part))?;
                }
                // Whichever of several requests comes first completes it; the others find nothing to complete.
                parts.upload.complete().await.map_err(|error| {
                    if leaves_open(&error) {
                        self.doubts.note(&self.path);
                    }
                    failed(error)
                })
            })?;
        } else {
            let part = std::mem::take(&mut self.part);
            let options = if self.replaces { PutOptions::default() } else { create_only() };
            let sent = put(&self.objects, &self.once, &self.path, &options, part.into(), &self.doubts);
            self.runtime.wait(sent).map_err(failed)?;
        }
        self.is_done = true;
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Some(parts) = self.parts.as_mut().filter(|_| !self.is_done) {
            // What stays behind is removed by the bucket's rules.
            let _ = self.runtime.clone().wait(async {
                parts.under_way.shutdown().await;
                parts.upload.abort().await
            });
        }
    }
}

//! Who may write: one holder at a time.
//!
//! Invariant: [`Lease::is_held`] is true only while nobody else can have taken it.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use object_store::aws::AmazonS3;
use object_store::path::Path;
use object_store::{ObjectStore as _, ObjectStoreExt as _, PutMode, PutOptions, UpdateVersion};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::{Own, create_only, failed};

/// A lease that is renewed until it is dropped.
#[derive(Debug)]
pub struct Lease {
    state: Arc<State>,
    renewing: JoinHandle<()>,
    objects: Arc<AmazonS3>,
    path: Path,
    runtime: Arc<Own>,
}

#[derive(Debug)]
struct State {
    /// Until then nobody takes it: counted from before it was written, with a third to spare.
    until: Mutex<Instant>,
    version: Mutex<UpdateVersion>,
    lost: AtomicBool,
}

impl Lease {
    pub(super) fn take(objects: Arc<AmazonS3>, path: Path, lasts: Duration, runtime: Arc<Own>) -> io::Result<Self> {
        let (begun, version) = runtime.wait(taken(&objects, &path, lasts))?;
        let state = Arc::new(State {
            until: Mutex::new(begun + lasts * 2 / 3),
            version: Mutex::new(version),
            lost: AtomicBool::new(false),
        });
        let renew = renew(objects.clone(), path.clone(), lasts, state.clone());
        let renewing = runtime.0.as_ref().expect("it is there until it is dropped").spawn(renew);
        Ok(Self { state, renewing, objects, path, runtime })
    }

    /// May the holder write?
    #[must_use]
    pub fn is_held(&self) -> bool {
        let until = *self.state.until.lock().unwrap_or_else(PoisonError::into_inner);
        !self.state.lost.load(Ordering::Relaxed) && Instant::now() < until
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.renewing.abort();
        if self.is_held() {
            // The next one need not wait.
            let _ = self.runtime.wait(async {
                let version = self.state.version.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let found = self.objects.head(&self.path).await;
                match found.is_ok_and(|found| found.e_tag == version.e_tag) {
                    true => self.objects.delete(&self.path).await,
                    false => Ok(()),
                }
            });
        }
    }
}

/// What is written: never the same twice.
fn words() -> bytes::Bytes {
    uuid::Uuid::new_v4().to_string().into()
}

/// Takes it, and says from when on it counts.
async fn taken(objects: &AmazonS3, path: &Path, lasts: Duration) -> io::Result<(Instant, UpdateVersion)> {
    let begun = Instant::now();
    match objects.put_opts(path, words().into(), create_only()).await {
        Ok(put) => return Ok((begun, UpdateVersion { e_tag: put.e_tag, version: put.version })),
        Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => {}
        Err(error) => return Err(failed(error)),
    }
    let seen = objects.head(path).await.map_err(failed)?;
    tokio::time::sleep(lasts).await;
    let begun = Instant::now();
    let version = UpdateVersion { e_tag: seen.e_tag, version: seen.version };
    match update(objects, path, version).await {
        Err(object_store::Error::Precondition { .. } | object_store::Error::NotFound { .. }) => {
            Err(io::ErrorKind::ResourceBusy.into())
        }
        other => Ok((begun, other.map_err(failed)?)),
    }
}

async fn update(objects: &AmazonS3, path: &Path, version: UpdateVersion) -> object_store::Result<UpdateVersion> {
    let options = PutOptions { mode: PutMode::Update(version), ..PutOptions::default() };
    let put = objects.put_opts(path, words().into(), options).await?;
    Ok(UpdateVersion { e_tag: put.e_tag, version: put.version })
}

async fn renew(objects: Arc<AmazonS3>, path: Path, lasts: Duration, state: Arc<State>) {
    loop {
        tokio::time::sleep(lasts / 6).await;
        let begun = Instant::now();
        let version = state.version.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match update(&objects, &path, version).await {
            Ok(version) => {
                *state.version.lock().unwrap_or_else(PoisonError::into_inner) = version;
                *state.until.lock().unwrap_or_else(PoisonError::into_inner) = begun + lasts * 2 / 3;
            }
            // Somebody else has written it.
            Err(object_store::Error::Precondition { .. } | object_store::Error::NotFound { .. }) => {
                state.lost.store(true, Ordering::Relaxed);
                return;
            }
            // It may answer again in time.
            Err(_) => {}
        }
    }
}

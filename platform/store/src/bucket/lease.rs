//! Who may write: one holder at a time.
//!
//! Invariant: [`Lease::is_held`] is true only while nobody else can have taken it.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use object_store::aws::AmazonS3;
use object_store::path::Path;
use object_store::{ObjectStore as _, ObjectStoreExt as _, PutMode, PutOptions, UpdateVersion};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::doubt::{Doubts, leaves_open};
use super::{Own, create_only, failed};

/// A lease that is renewed until it is dropped.
#[derive(Debug)]
pub struct Lease {
    state: Arc<State>,
    renewing: JoinHandle<()>,
    objects: Arc<AmazonS3>,
    path: Path,
    doubts: Arc<Doubts>,
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
    pub(super) fn take(
        objects: Arc<AmazonS3>,
        path: Path,
        lasts: Duration,
        doubts: Arc<Doubts>,
        runtime: Arc<Own>,
    ) -> io::Result<Self> {
        let (begun, version) = runtime.wait(taken(&objects, &path, lasts))?;
        let state = Arc::new(State {
            until: Mutex::new(begun + lasts * 2 / 3),
            version: Mutex::new(version),
            lost: AtomicBool::new(false),
        });
        let renew = renew(objects.clone(), path.clone(), lasts, state.clone());
        let renewing = runtime.0.as_ref().expect("it is there until it is dropped").spawn(renew);
        Ok(Self { state, renewing, objects, path, doubts, runtime })
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
        // While something may be under way, the next one waits until the lease has run out.
        if self.is_held() && !self.doubts.is_any() {
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
fn words() -> Bytes {
    uuid::Uuid::new_v4().to_string().into()
}

/// How often taking and giving is tried where the answer was lost.
const TRIES: usize = 6;

/// So often it is seen anew before a holder is taken to be there: once it is whatever was left, and once more may be a
/// late request of one that is gone.
const SIGNS: u32 = 4;

/// Takes it, and says from when on it counts.
async fn taken(objects: &AmazonS3, path: &Path, lasts: Duration) -> io::Result<(Instant, UpdateVersion)> {
    let mut tried = Vec::new();
    let mut begun = Instant::now();
    for _ in 0..SIGNS {
        match write(objects, path, &create_only(), &mut tried, &mut begun).await {
            Ok(version) => return Ok((begun, version)),
            Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => {}
            Err(error) => return Err(failed(error)),
        }
        let Some(left) = abandoned(objects, path, lasts).await? else { continue };
        begun = Instant::now();
        match write(objects, path, &update(left), &mut tried, &mut begun).await {
            Ok(version) => return Ok((begun, version)),
            Err(object_store::Error::Precondition { .. } | object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Err(io::ErrorKind::ResourceBusy.into())
}

/// Waits until nobody has changed it for as long as it lasts; none where it was given back meanwhile.
async fn abandoned(objects: &AmazonS3, path: &Path, lasts: Duration) -> io::Result<Option<UpdateVersion>> {
    let (mut seen, mut since) = (None, Instant::now());
    let mut signs = 0;
    loop {
        match head(objects, path).await {
            Ok(there) if seen.as_ref() == Some(&there) => {
                if since.elapsed() >= lasts {
                    return Ok(seen);
                }
            }
            Ok(there) => {
                (seen, since) = (Some(there), Instant::now());
                signs += 1;
            }
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(failed(error)),
        }
        if signs == SIGNS {
            return Err(io::ErrorKind::ResourceBusy.into());
        }
        tokio::time::sleep(lasts / 6).await;
    }
}

fn update(version: UpdateVersion) -> PutOptions {
    PutOptions { mode: PutMode::Update(version), ..PutOptions::default() }
}

async fn head(objects: &AmazonS3, path: &Path) -> object_store::Result<UpdateVersion> {
    let mut tries = 0;
    loop {
        tries += 1;
        match objects.head(path).await {
            Err(error) if leaves_open(&error) && tries < TRIES => tokio::time::sleep(PAUSE).await,
            found => return found.map(|found| UpdateVersion { e_tag: found.e_tag, version: found.version }),
        }
    }
}

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// Writes it anew on a condition. Where an answer was lost, what is there tells whether it was written: `tried` has the
/// words of all that may have been, and `begun` becomes the moment before those that count.
async fn write(
    objects: &AmazonS3,
    path: &Path,
    options: &PutOptions,
    tried: &mut Vec<(Bytes, Instant)>,
    begun: &mut Instant,
) -> object_store::Result<UpdateVersion> {
    for tries in 1.. {
        let (words, now) = (words(), Instant::now());
        tried.push((words.clone(), now));
        match objects.put_opts(path, words.into(), options.clone()).await {
            Ok(put) => {
                *begun = now;
                tried.clear();
                return Ok(UpdateVersion { e_tag: put.e_tag, version: put.version });
            }
            Err(error) if leaves_open(&error) && tries < TRIES => tokio::time::sleep(PAUSE).await,
            Err(error) if leaves_open(&error) => return Err(error),
            Err(error) => {
                let Some((version, there)) = read(objects, path).await else { return Err(error) };
                let Some((_, at)) = tried.iter().find(|(words, _)| *words == there) else { return Err(error) };
                *begun = *at;
                tried.clear();
                return Ok(version);
            }
        }
    }
    unreachable!("it ends at the last try")
}

/// What is there; none where nothing is, or nobody answers.
async fn read(objects: &AmazonS3, path: &Path) -> Option<(UpdateVersion, Bytes)> {
    for _ in 0..TRIES {
        let read = async {
            let found = objects.get(path).await?;
            let version = UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
            Ok((version, found.bytes().await?))
        };
        match read.await {
            Ok(found) => return Some(found),
            Err(error) if leaves_open(&error) => tokio::time::sleep(PAUSE).await,
            Err(_) => return None,
        }
    }
    None
}

async fn renew(objects: Arc<AmazonS3>, path: Path, lasts: Duration, state: Arc<State>) {
    let mut tried = Vec::new();
    loop {
        tokio::time::sleep(lasts / 6).await;
        let mut begun = Instant::now();
        let version = state.version.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match write(&objects, &path, &update(version), &mut tried, &mut begun).await {
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

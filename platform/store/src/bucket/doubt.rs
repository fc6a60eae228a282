//! Requests of which nobody knows what became of them.
//!
//! A connection that breaks leaves open whether the request was done, will be done, or never. It is put again until there
//! is an answer; but the first one may still be on its way, and come behind whatever is done next: a removal that comes
//! late would take away what was written in its place since. So whoever wants to do something else with the name waits
//! until the request cannot be under way any more.
//!
//! Invariant: between a request in doubt and another one for the same name lies at least the time that a request lasts.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use object_store::path::Path;
use tokio::time::Instant;

/// How often a request is put.
const TRIES: u32 = 6;
/// Before the second time; then twice as long each time.
const PAUSE: Duration = Duration::from_millis(50);

/// Names with requests in doubt.
#[derive(Debug)]
pub(super) struct Doubts {
    lasts: Duration,
    until: Mutex<BTreeMap<String, Instant>>,
}

impl Doubts {
    pub fn new(lasts: Duration) -> Self {
        Self { lasts, until: Mutex::default() }
    }

    /// What became of a request for this name is not known.
    pub fn note(&self, path: &Path) {
        let now = Instant::now();
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.retain(|_, until| *until > now);
        until.insert(path.as_ref().to_owned(), now + self.lasts);
    }

    /// Waits until nothing for this name can be under way.
    pub async fn settle(&self, path: &Path) {
        let until = self.until.lock().unwrap_or_else(PoisonError::into_inner).get(path.as_ref()).copied();
        if let Some(until) = until {
            tokio::time::sleep_until(until).await;
        }
    }

    /// The same for all names below this one.
    pub async fn settle_below(&self, path: &Path) {
        let below = format!("{}/", path.as_ref());
        let last = {
            let until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
            until
                .iter()
                .filter(|(name, _)| path.as_ref().is_empty() || name.starts_with(&below))
                .map(|(_, at)| *at)
                .max()
        };
        if let Some(until) = last {
            tokio::time::sleep_until(until).await;
        }
    }

    /// May anything be under way?
    pub fn is_any(&self) -> bool {
        let now = Instant::now();
        self.until.lock().unwrap_or_else(PoisonError::into_inner).values().any(|until| *until > now)
    }
}

/// Does this error leave open what became of the request?
pub(super) fn leaves_open(error: &object_store::Error) -> bool {
    use object_store::Error::{
        AlreadyExists, InvalidPath, NotFound, NotImplemented, NotModified, NotSupported, PermissionDenied,
        Precondition, Unauthenticated,
    };
    !matches!(
        error,
        NotFound { .. }
            | InvalidPath { .. }
            | NotSupported { .. }
            | AlreadyExists { .. }
            | Precondition { .. }
            | NotModified { .. }
            | NotImplemented { .. }
            | PermissionDenied { .. }
            | Unauthenticated { .. }
    )
}

/// Puts a request that may be put twice until there is an answer.
pub(super) async fn repeated<T, F>(doubts: &Doubts, path: &Path, put: impl Fn() -> F) -> object_store::Result<T>
where
    F: Future<Output = object_store::Result<T>>,
{
    doubts.settle(path).await;
    let mut pause = PAUSE;
    for _ in 1..TRIES {
        match put().await {
            Err(error) if leaves_open(&error) => doubts.note(path),
            known => return known,
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    put().await.inspect_err(|error| {
        if leaves_open(error) {
            doubts.note(path);
        }
    })
}

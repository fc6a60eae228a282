//! Where documents are read: a few at a time, on threads that may be busy for long.
//!
//! As many at once as there are processors; more would only be slower and take more memory.
//!
//! Invariant: a checker is used by one document at a time and keeps what it learned about rules.

use std::sync::{LazyLock, Mutex, PoisonError};

use tokio::sync::Semaphore;
use vir_invoice::check::Checker;

/// The places of work.
#[derive(Debug)]
pub struct Workshop {
    places: Semaphore,
    checkers: Mutex<Vec<Checker>>,
}

/// The one workshop of the process: processors are shared by all tenants.
#[must_use]
pub fn workshop() -> &'static Workshop {
    static WORKSHOP: LazyLock<Workshop> =
        LazyLock::new(|| Workshop::new(std::thread::available_parallelism().map_or(2, std::num::NonZero::get)));
    &WORKSHOP
}

/// The work broke off with a panic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("reading the document broke off")]
pub struct BrokeOff;

impl Workshop {
    /// A workshop with so many places.
    #[must_use]
    pub fn new(places: usize) -> Self {
        Self { places: Semaphore::new(places), checkers: Mutex::default() }
    }

    /// Does a piece of work with a checker, when a place is free.
    ///
    /// # Errors
    /// Where the work panicked.
    pub async fn run<T, F>(&'static self, work: F) -> Result<T, BrokeOff>
    where
        T: Send + 'static,
        F: FnOnce(&mut Checker) -> T + Send + 'static,
    {
        let _place = self.places.acquire().await.map_err(|_| BrokeOff)?;
        let mut checker = self.checkers().pop().unwrap_or_default();
        let done = tokio::task::spawn_blocking(move || {
            let result = work(&mut checker);
            (result, checker)
        });
        let (result, checker) = done.await.map_err(|_| BrokeOff)?;
        self.checkers().push(checker);
        Ok(result)
    }

    fn checkers(&self) -> std::sync::MutexGuard<'_, Vec<Checker>> {
        self.checkers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

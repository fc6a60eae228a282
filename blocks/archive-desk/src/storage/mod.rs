//! Where records are kept: one or more storages that hold the same, opened together.
//!
//! Invariant: a storage is used by one process at a time, and what a crash left is cleared before anything else.

mod disk;
mod s3;

use std::sync::Arc;

use thiserror::Error;
use vir_archive::ocfl::Storage;
use vir_archive::ocfl::depot::{Damage, Depot, DepotError, Recovered, Scrubbed, recover, scrub};
use vir_archive::ocfl::layout::Layout;
use vir_archive::ocfl::mirror::Mirror;
use vir_core::Text;

pub use disk::Disk;
pub use s3::{LEASE, S3};

/// A storage that many threads use.
pub type Shared = Arc<dyn Storage + Send + Sync>;

/// Why a storage cannot be opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process uses it.
    #[error("{0} is in use by another process")]
    InUse(String),
    /// The folder cannot be used.
    #[error("{path}: {source}")]
    Folder {
        /// The folder.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// What is there is not what it should be.
    #[error(transparent)]
    Depot(#[from] DepotError),
}

impl OpenError {
    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::InUse(path) => Text::owned(
                format!("{path} wird von einem anderen Programm benutzt."),
                format!("{path} is in use by another program."),
            ),
            Self::Folder { path, source } => Text::owned(
                format!("Der Ordner {path} ist nicht benutzbar: {source}."),
                format!("The folder {path} cannot be used: {source}."),
            ),
            Self::Depot(error) => error.text(),
        }
    }
}

/// A depot on all its storages.
pub struct Store {
    depot: Depot<Shared>,
    replicas: Vec<Shared>,
    recovered: Recovered,
}

impl Store {
    /// Opens a depot on a storage and perhaps its replica; makes it where there is none.
    pub fn open(first: Shared, replica: Option<Shared>) -> Result<Self, OpenError> {
        let replicas: Vec<Shared> = std::iter::once(Arc::clone(&first)).chain(replica.clone()).collect();
        for storage in &replicas {
            Depot::create(storage, Layout::OURS)?;
        }
        let all: Vec<&dyn Storage> = replicas.iter().map(|storage| storage as &dyn Storage).collect();
        let recovered = recover(&all, Layout::OURS)?;
        let storage = match replica {
            Some(second) => Arc::new(Mirror { first, second }),
            None => first,
        };
        Ok(Self { depot: Depot::open(storage, Layout::OURS)?, replicas, recovered })
    }

    /// The depot: what is written there is durable in all storages when it is acknowledged.
    pub fn depot(&self) -> &Depot<Shared> {
        &self.depot
    }

    /// What was cleared when it was opened.
    #[must_use]
    pub fn recovered(&self) -> Recovered {
        self.recovered
    }

    /// Reads everything in all storages, hands over what is wrong, and repairs it where another storage has it right.
    pub fn scrub(&self, each: &mut dyn FnMut(&Damage)) -> Result<Scrubbed, DepotError> {
        let all: Vec<&dyn Storage> = self.replicas.iter().map(|storage| storage as &dyn Storage).collect();
        scrub(&self.depot, &all, each)
    }
}

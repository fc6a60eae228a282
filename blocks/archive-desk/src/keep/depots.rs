//! The depots of this process: one for each tenant, open as long as somebody works with it.
//!
//! A depot belongs to one process at a time. Nodes over shared folders take turns: whoever is done lets it go, and the
//! others wait for it a while.
//!
//! Invariant: a folder is open once per process, whatever asks for it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::time::Duration;

use thiserror::Error;
use vir_core::Text;
use vir_store::{BlobPlace, TenantId};
use vir_web::config::Config;

use crate::storage::{Disk, LEASE, OpenError, S3, Shared, Store};

static OPEN: LazyLock<Mutex<HashMap<PathBuf, Weak<Store>>>> = LazyLock::new(Mutex::default);
/// How often somebody tries while another process has it: some ten seconds.
const TRIES: u32 = 1000;
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(10);

/// Why there is no depot.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct DepotTrouble(#[from] OpenError);

impl DepotTrouble {
    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        self.0.text()
    }
}

/// The folder of a tenant's depot.
#[must_use]
pub fn path(config: &Config, tenant: &TenantId) -> PathBuf {
    let base = config.archive.depot.clone().unwrap_or_else(|| config.data.join("archiv"));
    base.join(tenant.as_str())
}

/// The depot of a tenant. It waits, reads and writes files, so it is asked for in a thread that may do so.
///
/// # Errors
/// Where another process has it for long, or the folder cannot be used.
pub fn depot(config: &Config, tenant: &TenantId) -> Result<Arc<Store>, DepotTrouble> {
    let folder = path(config, tenant);
    let mut tries = 0;
    loop {
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = open.get(&folder).and_then(Weak::upgrade) {
            return Ok(store);
        }
        match opened(config, tenant, &folder) {
            Ok(store) => {
                let store = Arc::new(store);
                open.insert(folder, Arc::downgrade(&store));
                return Ok(store);
            }
            // A bucket has been waited for already.
            Err(OpenError::InUse(_)) if tries < TRIES && !config.archive.in_bucket => {
                drop(open);
                tries += 1;
                std::thread::sleep(PAUSE);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn opened(config: &Config, tenant: &TenantId, folder: &std::path::Path) -> Result<Store, OpenError> {
    let first: Shared = match config.store().blobs {
        BlobPlace::S3(bucket) if config.archive.in_bucket => {
            let prefix = format!("{}/archiv/{tenant}", bucket.prefix.trim_matches('/'));
            Arc::new(S3::open(&vir_store::S3 { prefix: prefix.trim_matches('/').to_owned(), ..bucket }, LEASE)?)
        }
        _ => Arc::new(Disk::open(folder)?),
    };
    let replica = config.archive.replica.as_ref().map(|base| Disk::open(&base.join(tenant.as_str())));
    let replica = replica.transpose()?.map(|disk| Arc::new(disk) as Shared);
    Store::open(first, replica)
}

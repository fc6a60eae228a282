//! The depots of this process: one for each tenant, opened when it is first needed.
//!
//! A depot belongs to one process at a time. Of several nodes over shared folders the first one that needs it has it;
//! jobs of the others wait until it is their turn.
//!
//! Invariant: a folder is opened once per process, whatever asks for it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use thiserror::Error;
use vir_core::Text;
use vir_store::TenantId;
use vir_web::config::Config;

use crate::storage::{Disk, OpenError, Shared, Store};

static OPEN: LazyLock<Mutex<HashMap<PathBuf, Arc<Store>>>> = LazyLock::new(Mutex::default);

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

/// The depot of a tenant. It reads and writes files, so it is asked for in a thread that may wait.
///
/// # Errors
/// Where another process has it, or the folder cannot be used.
pub fn depot(config: &Config, tenant: &TenantId) -> Result<Arc<Store>, DepotTrouble> {
    let folder = path(config, tenant);
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(store) = open.get(&folder) {
        return Ok(Arc::clone(store));
    }
    let first: Shared = Arc::new(Disk::open(&folder)?);
    let replica = config.archive.replica.as_ref().map(|base| Disk::open(&base.join(tenant.as_str())));
    let replica = replica.transpose()?.map(|disk| Arc::new(disk) as Shared);
    let store = Arc::new(Store::open(first, replica)?);
    open.insert(folder, Arc::clone(&store));
    Ok(store)
}

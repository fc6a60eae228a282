//! A watched folder: other programs put invoices into `in`, and find them in `done` or `failed`
//! with a report beside each.
//!
//! Per tenant there is `TENANT/in` in the folder that the setting `channels.folders` names (else
//! `eingang` in the data folder); whoever creates it switches the channel on. A file is taken once its size and time have not changed from one round to the next;
//! better still, it is written under another name (`.part`, `.tmp`, or with a leading dot) and
//! renamed. After a crash the file is still in `in`, is received again, and gives the same receipt,
//! because its bytes are the same.
//!
//! Invariant: a file leaves `in` only after it is stored and its report is written; nothing is
//! ever deleted.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::json;
use tokio_util::sync::CancellationToken;
use vir_invoice::safe_name::safe_name;
use vir_store::{BoxFuture, Store, TenantId};
use vir_web::{App, watched};

use crate::intake::{IntakeError, Receipt, Received, receive};
use crate::invoice_row::{Channel, State};
use crate::limits;

/// How long a round waits for the next; a file is taken after two.
const PAUSE: Duration = Duration::from_secs(2);
/// How many files a round takes before it looks at the other tenants.
const PER_ROUND: usize = 500;

/// Watches the folders of all tenants until the token is cancelled.
pub fn services(app: App, stop: CancellationToken) -> Vec<BoxFuture<'static, ()>> {
    vec![watched::watch(app, stop, PAUSE, |app, tenant, folder| Watch::new(app.store.clone(), tenant, folder))]
}

impl watched::Watch for Watch {
    async fn round(&mut self) -> usize {
        let Ok(mut now) = self.look().await else { return 0 };
        let mut taken = 0;
        for path in watched::steady(&self.before, &now).into_iter().take(PER_ROUND) {
            match self.take(&path).await {
                // Another file may come under this name.
                Ok(()) => {
                    now.remove(&path);
                    taken += 1;
                }
                // The path may hold a name; the log says only what went wrong.
                Err(error) => {
                    tracing::warn!(tenant = %self.tenant, %error, "a file of the watched folder stays where it is")
                }
            }
        }
        self.before = now;
        taken
    }
}

/// The folder of one tenant.
#[derive(Debug)]
pub struct Watch {
    store: Store,
    tenant: TenantId,
    folder: PathBuf,
    /// What the files were like in the last round.
    before: HashMap<PathBuf, Look>,
}

/// Size and time of a file.
type Look = (u64, Option<SystemTime>);

impl Watch {
    /// Watches `folder/in`.
    #[must_use]
    pub fn new(store: Store, tenant: TenantId, folder: PathBuf) -> Self {
        Self { store, tenant, folder, before: HashMap::new() }
    }

    /// The files that could be taken. Links are not followed.
    async fn look(&self) -> io::Result<HashMap<PathBuf, Look>> {
        let mut found = HashMap::new();
        let mut entries = tokio::fs::read_dir(self.folder.join("in")).await?;
        while let Some(entry) = entries.next_entry().await? {
            let Ok(about) = entry.metadata().await else { continue };
            let is_link = entry.file_type().await.is_ok_and(|kind| kind.is_symlink());
            if about.is_file() && !is_link && !watched::is_being_written(&entry.file_name().to_string_lossy()) {
                found.insert(entry.path(), (about.len(), about.modified().ok()));
            }
        }
        Ok(found)
    }

    async fn take(&self, path: &Path) -> Result<(), TakeError> {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let size = tokio::fs::metadata(path).await?.len();
        let received = if size > limits::DOCUMENT_BYTES {
            Err(IntakeError::TooLarge(size))
        } else {
            let bytes = tokio::fs::read(path).await?;
            let received = Received::new(Channel::Folder, name.clone(), bytes);
            match receive(&self.store, &self.tenant, received).await {
                Err(error @ (IntakeError::Store(_) | IntakeError::Reading)) => return Err(TakeError::Later(error)),
                other => other,
            }
        };
        let (folder, report) = match &received {
            Ok(receipt) if receipt.state == State::Quarantined => ("failed", of_receipt(&name, receipt)),
            Ok(receipt) => ("done", of_receipt(&name, receipt)),
            Err(error) => ("failed", json!({ "file": name, "stored": false, "message": error.text() })),
        };
        let mark = received.as_ref().map_or("zu-gross", |receipt| receipt.id.as_str());
        self.put_away(path, folder, &name, mark, &report).await?;
        Ok(())
    }

    /// Writes the report, then moves the file. The identifier in the name keeps two files of the
    /// same name apart.
    async fn put_away(
        &self,
        path: &Path,
        folder: &str,
        name: &str,
        mark: &str,
        report: &serde_json::Value,
    ) -> io::Result<()> {
        let (from, folder) = (path.to_owned(), self.folder.join(folder));
        let (name, report) = (format!("{mark}-{}", safe_name(name, "rechnung")), report.clone());
        tokio::task::spawn_blocking(move || watched::put_away(&from, &folder, &name, &report)).await?
    }
}

/// Why a file stays in `in`.
#[derive(Debug, thiserror::Error)]
enum TakeError {
    #[error("{0}")]
    Later(IntakeError),
    #[error("{0}")]
    File(#[from] io::Error),
}

fn of_receipt(name: &str, receipt: &Receipt) -> serde_json::Value {
    json!({
        "file": name,
        "stored": true,
        "receipt": receipt,
        "message": receipt.trouble.map(|trouble| vir_core::Text::from(trouble.title())),
    })
}

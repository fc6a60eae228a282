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
use vir_web::App;

use crate::intake::{IntakeError, Receipt, Received, receive};
use crate::invoice_row::{Channel, State};
use crate::limits;

/// How long a round waits for the next; a file is taken after two.
const PAUSE: Duration = Duration::from_secs(2);
/// How many files a round takes before it looks at the other tenants.
const PER_ROUND: usize = 500;

/// Watches the folders of all tenants until the token is cancelled.
pub fn services(app: App, stop: CancellationToken) -> Vec<BoxFuture<'static, ()>> {
    vec![Box::pin(async move {
        let root = app.config.channels.folders.clone().unwrap_or_else(|| app.config.data.join("eingang"));
        let mut watches: HashMap<TenantId, Watch> = HashMap::new();
        while !stop.is_cancelled() {
            for tenant in app.store.tenants().await.unwrap_or_default() {
                let watch = watches
                    .entry(tenant.id.clone())
                    .or_insert_with(|| Watch::new(app.store.clone(), tenant.id.clone(), root.join(tenant.id.as_str())));
                watch.round().await;
                if stop.is_cancelled() {
                    break;
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    })]
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

    /// Takes the files that have not changed since the last round. Gives how many left `in`.
    pub async fn round(&mut self) -> usize {
        let Ok(mut now) = self.look().await else { return 0 };
        let is_steady = |path: &PathBuf, look: &Look| self.before.get(path) == Some(look);
        let mut steady: Vec<PathBuf> =
            now.iter().filter(|(path, look)| is_steady(path, look)).map(|(path, _)| path.clone()).collect();
        steady.sort();
        let mut taken = 0;
        for path in steady.into_iter().take(PER_ROUND) {
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

    /// The files that could be taken. Links are not followed.
    async fn look(&self) -> io::Result<HashMap<PathBuf, Look>> {
        let mut found = HashMap::new();
        let mut entries = tokio::fs::read_dir(self.folder.join("in")).await?;
        while let Some(entry) = entries.next_entry().await? {
            let Ok(about) = entry.metadata().await else { continue };
            let is_link = entry.file_type().await.is_ok_and(|kind| kind.is_symlink());
            if about.is_file() && !is_link && !is_being_written(&entry.file_name().to_string_lossy()) {
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
        let folder = self.folder.join(folder);
        tokio::fs::create_dir_all(&folder).await?;
        let name = format!("{mark}-{}", safe_name(name, "rechnung"));
        let text = serde_json::to_vec_pretty(report).unwrap_or_default();
        let (part, whole) = (folder.join(format!(".{name}.part")), folder.join(format!("{name}.bericht.json")));
        let to = folder.join(&name);
        let from = path.to_owned();
        tokio::task::spawn_blocking(move || {
            use std::io::Write as _;
            let mut file = std::fs::File::create(&part)?;
            file.write_all(&text)?;
            file.sync_all()?;
            std::fs::rename(&part, &whole)?;
            std::fs::rename(&from, &to)?;
            std::fs::File::open(&folder)?.sync_all()
        })
        .await?
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

/// Does the name say that the file is not complete yet, or is no invoice but a report?
fn is_being_written(name: &str) -> bool {
    let name = name.to_lowercase();
    name.starts_with(['.', '~']) || [".part", ".tmp", ".filepart", ".crdownload"].iter().any(|end| name.ends_with(end))
}

//! The watched folder of the scan station: scanners put files, or folders of files, into `in`.
//!
//! Per tenant it is `TENANT/scan/in` in the folder that the setting `channels.folders` names (else `eingang` in the data
//! folder); whoever creates it switches the channel on. A file is a batch; so is a folder, with its files in the order of
//! their names. Either is taken once nothing in it has changed from one round to the next, and then moved to `done` with
//! a report, or to `failed`. The batch waits until somebody takes it over.
//!
//! Invariant: nothing leaves `in` before it is stored, and nothing is ever deleted; links are not followed.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tokio_util::sync::CancellationToken;
use vir_core::Text;
use vir_store::{BoxFuture, TenantId, Tx};
use vir_web::{App, watched};

use super::batch::{BatchError, Channel};
use super::intake::{self, MOST_BYTES, MOST_FILES, NewBatch, Received};
use super::page::natural;
use super::read::sha512;
use crate::records::{self, TakeError};

/// How long a round waits for the next; what is there is taken after two.
const PAUSE: Duration = Duration::from_secs(3);

/// Watches the folders of all tenants until the token is cancelled.
pub fn services(app: App, stop: CancellationToken) -> Vec<BoxFuture<'static, ()>> {
    let make = |app: &App, tenant, folder: PathBuf| Watch::new(app.clone(), tenant, folder.join("scan"));
    vec![watched::watch(app, stop, PAUSE, make)]
}

impl watched::Watch for Watch {
    async fn round(&mut self) -> usize {
        let Ok(mut now) = look(&self.folder.join("in")).await else { return 0 };
        let mut taken = 0;
        for path in watched::steady(&self.before, &now) {
            let Some(files) = now.get(&path).filter(|files| !files.is_empty()).cloned() else { continue };
            match self.take(&path, files).await {
                Ok(()) => {
                    now.remove(&path);
                    taken += 1;
                }
                // The path may hold a name; the log says only what went wrong.
                Err(error) => {
                    tracing::warn!(tenant = %self.tenant, %error, "a batch of the watched folder stays where it is");
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
    app: App,
    tenant: TenantId,
    folder: PathBuf,
    /// What was there in the last round.
    before: HashMap<PathBuf, Vec<Look>>,
}

/// A file: where, how large, when last written.
type Look = (PathBuf, u64, Option<SystemTime>);

/// Why something stays in `in`.
#[derive(Debug, thiserror::Error)]
enum Later {
    #[error("{0}")]
    Take(#[from] TakeError),
    #[error("{0}")]
    Batch(#[from] BatchError),
    #[error("{0}")]
    File(#[from] io::Error),
}

impl Watch {
    /// Watches `folder/in`.
    #[must_use]
    pub fn new(app: App, tenant: TenantId, folder: PathBuf) -> Self {
        Self { app, tenant, folder, before: HashMap::new() }
    }

    async fn take(&self, path: &Path, mut files: Vec<Look>) -> Result<(), Later> {
        let title = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if files.len() > MOST_FILES || files.iter().any(|(_, size, _)| *size > MOST_BYTES) {
            let text = Text::new("Zu viele oder zu große Dateien.", "Too many files, or too large ones.");
            return self.put_away(path, "failed", &title, "zu-gross", &text).await;
        }
        files.sort_by_key(|(path, ..)| natural(&path.to_string_lossy()));
        let mut all = Vec::new();
        let mut digests = title.clone();
        for (file, ..) in &files {
            let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let bytes = tokio::fs::read(file).await?;
            let taken = records::take_bytes(&self.app, &self.tenant, &name, bytes).await?;
            digests.push('\n');
            digests.push_str(&taken.sha512);
            all.push(taken);
        }
        // After a crash between storing and moving the same batch comes again, and is known by its digests and time.
        let stamps: Vec<String> = files.iter().map(|(_, _, at)| format!("{at:?}")).collect();
        let hash = sha512(format!("{digests}\n{}", stamps.join("\n")).as_bytes());
        let new = NewBatch {
            title: title.clone(),
            channel: Channel::Folder,
            class: None,
            expected: None,
            device: String::new(),
            files: all,
            request: Some((format!("folder {hash}"), hash)),
            creator: None,
        };
        let written = self
            .app
            .store
            .write(&self.tenant, move |tx: &mut Tx| Box::pin(async move { intake::receive(tx, new).await }));
        match written.await? {
            Received::New(id) | Received::Again(id) => {
                let text = Text::owned(format!("Stapel {id}"), format!("batch {id}"));
                self.put_away(path, "done", &title, &id, &text).await
            }
            Received::OtherRequest => {
                let text = Text::new("Nicht angenommen.", "Not taken.");
                self.put_away(path, "failed", &title, "doppelt", &text).await
            }
        }
    }

    /// Writes the report, then moves the file or folder. The mark in the name keeps two of the same name apart.
    async fn put_away(&self, path: &Path, folder: &str, title: &str, mark: &str, text: &Text) -> Result<(), Later> {
        let kept: String = title
            .chars()
            .map(|c| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') { c } else { '_' })
            .take(100)
            .collect();
        let name = format!("{mark}-{kept}");
        let report = serde_json::json!({ "name": title, "message": { "de": text.de, "en": text.en } });
        let (from, folder) = (path.to_owned(), self.folder.join(folder));
        let moved = tokio::task::spawn_blocking(move || watched::put_away(&from, &folder, &name, &report));
        moved.await.map_err(io::Error::other)??;
        Ok(())
    }
}

/// What could be taken, each with its files.
async fn look(folder: &Path) -> io::Result<HashMap<PathBuf, Vec<Look>>> {
    let mut found = HashMap::new();
    let mut entries = tokio::fs::read_dir(folder).await?;
    while let Some(entry) = entries.next_entry().await? {
        let Ok(kind) = entry.file_type().await else { continue };
        if watched::is_being_written(&entry.file_name().to_string_lossy()) {
            continue;
        }
        if kind.is_file() {
            let Ok(about) = entry.metadata().await else { continue };
            found.insert(entry.path(), vec![(entry.path(), about.len(), about.modified().ok())]);
        } else if kind.is_dir()
            && let Some(files) = inside(&entry.path()).await?
        {
            found.insert(entry.path(), files);
        }
    }
    Ok(found)
}

/// The files of a folder; none while one of them is being written.
async fn inside(folder: &Path) -> io::Result<Option<Vec<Look>>> {
    let mut files = Vec::new();
    let mut entries = tokio::fs::read_dir(folder).await?;
    while let Some(entry) = entries.next_entry().await? {
        if watched::is_being_written(&entry.file_name().to_string_lossy()) {
            return Ok(None);
        }
        let (Ok(kind), Ok(about)) = (entry.file_type().await, entry.metadata().await) else { continue };
        if kind.is_file() {
            files.push((entry.path(), about.len(), about.modified().ok()));
        }
    }
    files.sort();
    Ok(Some(files))
}

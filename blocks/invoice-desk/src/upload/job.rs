//! The job that takes an archive apart.
//!
//! A thread reads one file after the other out of the archive; several are received at once, and
//! their lines are written in batches. A job that was interrupted begins where the report ends;
//! a file that was received without its line is recognised by its bytes.
//!
//! Invariant: memory holds a few files at a time, whatever the archive holds.

use std::collections::HashSet;

use futures_util::{StreamExt as _, TryStreamExt as _};
use tokio::sync::mpsc;
use vir_store::{BlobId, Store, TenantId, Tx};
use vir_web::{JobCall, JobHandler, WorkError};

use super::archive::{Archive, ArchiveError, Entry};
use super::import::{self, Import, ImportFile, ImportState};
use crate::intake::{IntakeError, Received, receive};
use crate::invoice_row::Channel;

/// Takes an archive apart.
pub const IMPORT: JobHandler = JobHandler { kind: "invoice-desk.import", run: |call| Box::pin(run(call)) };

/// How many files are received at once.
const AT_ONCE: usize = 8;
/// How many lines are written together.
const BATCH: usize = 50;

async fn run(call: JobCall) -> Result<(), WorkError> {
    let id = call.payload["import"].as_str().unwrap_or_default().to_owned();
    take_apart(&call.app.store, &call.tenant, &id).await
}

/// Takes the archive of an import apart; again from where it was, if it was interrupted.
pub async fn take_apart(store: &Store, tenant: &TenantId, id: &str) -> Result<(), WorkError> {
    let key = id.to_owned();
    let found = store.read(tenant, move |tx: &mut Tx| {
        Box::pin(
            async move { Ok::<_, vir_store::Error>((import::load(tx, &key).await?, import::done(tx, &key).await?)) },
        )
    });
    let (found, done) = found.await?;
    let Some(found) = found else { return Err(WorkError::hopeless("there is no such import")) };
    if !found.is_at_work() {
        return Ok(());
    }
    let file = copy(store, tenant, &found).await?;
    let packed = file.metadata()?.len();
    let opened = tokio::task::spawn_blocking(move || Archive::open(std::io::BufReader::new(file), packed)).await?;
    let archive = match opened {
        Ok(archive) => archive,
        Err(error) => return settle(store, tenant, id, ImportState::Failed, 0, Some(error)).await,
    };
    let total = i64::try_from(archive.len()).unwrap_or(i64::MAX);
    settle(store, tenant, id, ImportState::Running, total, None).await?;
    let (sender, receiver) = mpsc::channel(AT_ONCE);
    let reader = tokio::task::spawn_blocking(move || read_all(archive, &done, &sender));
    let entries = futures_util::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|entry| (entry, receiver))
    });
    let lines = entries.map(|entry| line(store, tenant, &found, entry)).buffer_unordered(AT_ONCE);
    let mut batches = std::pin::pin!(lines.try_chunks(BATCH));
    let mut interrupted = None;
    while let Some(batch) = batches.next().await {
        let (batch, error) = match batch {
            Ok(batch) => (batch, None),
            Err(broken) => (broken.0, Some(broken.1)),
        };
        if !write(store, tenant, id, batch).await? {
            // Somebody has stopped it. What is being received at this moment is received, without its line.
            return Ok(());
        }
        if let Some(error) = error {
            interrupted = Some(error);
            break;
        }
    }
    // Leaving drops the receiver, and the thread stops at its next file.
    if let Some(error) = interrupted {
        return Err(WorkError::later(error.to_string()));
    }
    let read = reader.await?;
    let after = store.read(tenant, {
        let id = id.to_owned();
        move |tx: &mut Tx| Box::pin(async move { import::load(tx, &id).await })
    });
    let finished = after.await?.map_or(0, |import| import.finished);
    match read {
        Ok(()) => settle(store, tenant, id, ImportState::Done, finished, None).await,
        Err(error) => settle(store, tenant, id, ImportState::Failed, finished, Some(error)).await,
    }
}

/// A copy of the archive that can be read from any place: the blob may be far away. It has no name
/// any more, so it goes when it is closed.
async fn copy(store: &Store, tenant: &TenantId, import: &Import) -> Result<std::fs::File, WorkError> {
    use std::io::{Seek as _, Write as _};
    let blob: BlobId = import.blob.parse()?;
    let (_, mut pieces) = store.blobs().open(tenant, &blob).await?;
    let path = std::env::temp_dir().join(format!("vir-import-{}", import.id));
    let options = std::fs::OpenOptions::new().read(true).write(true).create(true).truncate(true).clone();
    let mut file = options.open(&path)?;
    std::fs::remove_file(&path)?;
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        file = tokio::task::spawn_blocking(move || file.write_all(&piece).map(|()| file)).await??;
    }
    file.rewind()?;
    Ok(file)
}

/// Reads one file after the other, and stops where nobody listens any more.
fn read_all<R: std::io::Read + std::io::Seek>(
    mut archive: Archive<R>,
    done: &HashSet<i64>,
    sender: &mpsc::Sender<Entry>,
) -> Result<(), ArchiveError> {
    for position in 0..archive.len() {
        if done.contains(&i64::try_from(position).unwrap_or(i64::MAX)) {
            continue;
        }
        if let Some(entry) = archive.entry(position)?
            && sender.blocking_send(entry).is_err()
        {
            return Ok(());
        }
    }
    Ok(())
}

/// Receives a file and gives its line. An error is the store's, and interrupts the import.
async fn line(store: &Store, tenant: &TenantId, import: &Import, entry: Entry) -> Result<ImportFile, vir_store::Error> {
    let position = i64::try_from(entry.position).unwrap_or(i64::MAX);
    let name: String = entry.name.chars().filter(|c| !c.is_control()).take(400).collect();
    let bytes = match entry.content {
        Ok(bytes) => bytes,
        Err(error) => return Ok(ImportFile::refused(position, name, error.code())),
    };
    let actor = format!("person:{}", import.person_id.as_deref().unwrap_or("-"));
    let received = Received::new(Channel::Upload, name.clone(), bytes).from(import.person_name.clone()).by(actor);
    match receive(store, tenant, received).await {
        Ok(receipt) => Ok(ImportFile::taken(position, name, &receipt)),
        Err(IntakeError::TooLarge(_)) => Ok(ImportFile::refused(position, name, "too_large")),
        Err(IntakeError::Store(error)) => Err(error),
        Err(IntakeError::Reading | IntakeError::KeyReused) => Ok(ImportFile::refused(position, name, "damaged")),
    }
}

/// Writes lines of the report. Shall it go on?
async fn write(store: &Store, tenant: &TenantId, id: &str, batch: Vec<ImportFile>) -> Result<bool, WorkError> {
    let id = id.to_owned();
    let written = store.write(tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            import::record(tx, &id, &batch).await?;
            Ok::<_, vir_store::Error>(import::load(tx, &id).await?.is_some_and(|import| import.is_at_work()))
        })
    });
    Ok(written.await?)
}

async fn settle(
    store: &Store,
    tenant: &TenantId,
    id: &str,
    state: ImportState,
    total: i64,
    failure: Option<ArchiveError>,
) -> Result<(), WorkError> {
    let id = id.to_owned();
    let failure = failure.map(|error| error.to_string());
    let settled = store.write(tenant, move |tx: &mut Tx| {
        Box::pin(async move { import::progress(tx, &id, state, total, failure.as_deref()).await })
    });
    Ok(settled.await?)
}

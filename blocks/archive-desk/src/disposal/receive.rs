//! Messages that somebody uploads: the container into the blobs, its message read, within limits.
//!
//! Invariant: what is refused leaves nothing behind but a blob that is swept away.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

use tokio::runtime::Handle;
use vir_archive::xdomea::model::Message;
use vir_archive::xdomea::transfer::{Limits, Transfer, open};
use vir_archive::xdomea::{Note, Version, read};
use vir_core::Text;
use vir_store::{BlobId, TenantId};
use vir_web::{App, AppError, Upload, upload_error};

use crate::keep::Blocking;

/// The largest answer: messages without files.
pub const MOST_ANSWER: usize = 64 << 20;
/// The largest hand-over.
const MOST: u64 = 1 << 36;
const LIMITS: Limits = Limits { files: 200_000, total: 1 << 37, ratio: 1_000 };

/// A message that came.
pub struct Came {
    /// What its container was called.
    pub file_name: String,
    /// The container.
    pub blob: BlobId,
    /// The version of the standard.
    pub version: Version,
    /// What it says.
    pub message: Message,
    /// What was not as it should be.
    pub notes: Vec<Text>,
}

/// Why a message was not taken.
pub enum Refused {
    /// Said at the field of the form.
    Said(Vec<Text>),
    /// Otherwise.
    Failed(AppError),
}

impl From<AppError> for Refused {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

impl From<vir_store::Error> for Refused {
    fn from(error: vir_store::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Takes the message out of a form.
pub async fn from_form(app: &App, tenant: &TenantId, upload: &mut Upload) -> Result<Came, Refused> {
    use futures_util::TryStreamExt as _;
    while let Some(part) = upload.next().await? {
        let Some(name) = part.file_name().map(str::to_owned).filter(|name| !name.is_empty()) else { continue };
        if part.name() != Some("message") {
            continue;
        }
        let mut total = 0_u64;
        let pieces = part.map_err(|error| upload_error(&error)).and_then(move |piece| {
            total += piece.len() as u64;
            futures_util::future::ready(if total > MOST { Err(AppError::too_large(MOST)) } else { Ok(piece) })
        });
        let (blob, _) = app.store.blobs().put_stream::<_, AppError>(tenant, pieces).await?;
        return understood(app, tenant, name, blob).await;
    }
    Err(Refused::Said(vec![Text::new("Bitte eine Nachricht auswählen.", "Please choose a message.")]))
}

async fn understood(app: &App, tenant: &TenantId, name: String, blob: BlobId) -> Result<Came, Refused> {
    let file = fetched(app, tenant, &blob).await?;
    let read = tokio::task::spawn_blocking(move || {
        let mut file = file;
        let mut head = [0; 4];
        let count = file.read(&mut head).unwrap_or(0);
        file.seek(SeekFrom::Start(0)).map_err(|error| vec![broken(&error)])?;
        let told = |notes: Vec<Note>| notes.iter().map(|note| note.reason.text()).collect::<Vec<Text>>();
        if head[..count].starts_with(b"PK") {
            let transfer = open(file, &name, LIMITS).map_err(told)?;
            let mut notes = told(transfer.notes);
            notes.extend(told(transfer.read.notes));
            Ok((name, transfer.read.version, transfer.read.message, notes))
        } else {
            // A message without files may come as it is.
            let mut bytes = Vec::new();
            file.take(MOST_ANSWER as u64).read_to_end(&mut bytes).map_err(|error| vec![broken(&error)])?;
            let understood = read(&bytes).map_err(told)?;
            Ok((name, understood.version, understood.message, told(understood.notes)))
        }
    });
    let read: Result<_, Vec<Text>> = read.await.map_err(AppError::internal)?;
    let (file_name, version, message, notes) = read.map_err(Refused::Said)?;
    Ok(Came { file_name, blob, version, message, notes })
}

fn broken(error: &std::io::Error) -> Text {
    Text::owned(format!("Die Datei ist nicht lesbar: {error}"), format!("The file is not readable: {error}"))
}

/// A copy of a blob with random access.
///
/// # Errors
/// Where the blob is missing or the copy cannot be made.
pub async fn fetched(app: &App, tenant: &TenantId, blob: &BlobId) -> Result<File, AppError> {
    let mut blob = Blocking::new(app.store.blobs(), tenant, blob, &Handle::current());
    let copied = tokio::task::spawn_blocking(move || -> std::io::Result<File> {
        let mut copy = tempfile::tempfile()?;
        std::io::copy(&mut blob, &mut copy)?;
        copy.seek(SeekFrom::Start(0))?;
        Ok(copy)
    });
    copied.await.map_err(AppError::internal)?.map_err(AppError::internal)
}

/// Opens a container that was taken before.
///
/// # Errors
/// Where it can no longer be read.
pub fn opened(file: File, name: &str) -> Result<Transfer<File>, AppError> {
    open(file, name, LIMITS).map_err(|_| AppError::internal("a container that was read cannot be read again"))
}

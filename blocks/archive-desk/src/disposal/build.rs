//! Making messages: names, objects, files, containers.
//!
//! Records, *Vorgänge* and documents are called in messages as they are called here: their identifiers are UUIDs.
//!
//! Invariant: a file that goes out is one that the message names, and has the bytes that the record states.

use std::io::{self, Cursor, Read};

use axum::body::Bytes;
use jiff::Timestamp;
use tokio::io::AsyncReadExt as _;
use vir_archive::lifecycle::Record;
use vir_archive::xdomea::exchange::{Names, Unnamed};
use vir_archive::xdomea::model::{Contact, DocumentVersion, File, Format, Head, Object, System};
use vir_archive::xdomea::name::file_name;
use vir_archive::xdomea::transfer::{PackError, pack};
use vir_archive::xdomea::{Message, Uuid, Version};
use vir_core::Text;
use vir_store::{BlobId, TenantId};
use vir_web::{App, AppError};

use super::settings::Exchange;
use crate::records::{Item, Loaded};

/// A name for messages: the same as here.
///
/// # Errors
/// Where it is no UUID.
pub fn uuid(id: &str) -> Result<Uuid, Unnamed> {
    Uuid::new(id).ok_or_else(|| Unnamed(id.to_owned()))
}

/// How a record and its parts are called.
///
/// # Errors
/// Where one of them is no UUID.
pub fn names(record: &Record) -> Result<Names, Unnamed> {
    let cases = record.cases.keys().map(|id| Ok((id.clone(), uuid(&id.0)?))).collect::<Result<_, Unnamed>>()?;
    let documents = record.documents.keys().map(|id| Ok((id.clone(), uuid(&id.0)?))).collect::<Result<_, Unnamed>>()?;
    Ok(Names { record: uuid(&record.id.0)?, cases, documents })
}

/// When a message is made.
#[must_use]
pub fn created(now: Timestamp) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The head of a message with which we begin a process.
#[must_use]
pub fn head(process: Uuid, now: Timestamp, exchange: &Exchange, tenant: &str) -> Head {
    let named = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
    let sender = Contact {
        institution: named(&exchange.office).or_else(|| named(tenant)),
        unit: named(&exchange.unit),
        ..Contact::default()
    };
    let archive = if exchange.archive.is_empty() { "Archiv" } else { &exchange.archive };
    Head {
        process,
        created: created(now),
        sender,
        recipient: Contact { institution: named(archive), ..Contact::default() },
        system: Some(System {
            instance: None,
            product: Some("vir".to_owned()),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
        note: None,
        receipt_wanted: true,
        archive_id_wanted: false,
    }
}

/// One list after the other: positions of parents move along.
pub fn append(all: &mut Vec<Object>, more: Vec<Object>) {
    let offset = all.len();
    all.extend(more.into_iter().map(|mut object| {
        object.parent = object.parent.map(|parent| parent + offset);
        object
    }));
}

/// Gives the documents of a hand-over their versions and files. Returns the files in the order of the message.
pub fn with_files(objects: &mut [Object], loaded: &Loaded, version: Version, now: Timestamp) -> Vec<(String, Item)> {
    let mut files = Vec::new();
    for object in objects.iter_mut() {
        let Some(document) = &mut object.document else { continue };
        let mut versions: Vec<&Item> = loaded
            .items
            .iter()
            .filter(|item| uuid(&item.id.0).is_ok_and(|id| id.folded() == object.id.folded()))
            .collect();
        versions.sort_by_key(|item| item.version);
        for item in versions {
            let random = uuid(&vir_store::new_id(now)).unwrap_or_else(|_| object.id.clone());
            let name = file_name(&random, &item.file_name);
            let (code, other) = format_code(item);
            let format = Format {
                code: code.to_owned(),
                list_version: version.is_third().then(|| "1.0".to_owned()),
                other_name: other,
                version: item.format.clone().unwrap_or_else(|| "unbekannt".to_owned()),
                file: File {
                    name: name.clone(),
                    original: version.is_third().then(|| item.file_name.clone()),
                    creator: None,
                    created: None,
                },
            };
            document.versions.push(DocumentVersion { number: item.version.to_string(), formats: vec![format] });
            files.push((name, item.clone()));
        }
    }
    files
}

/// The code of a format in the standard's list *Dateiformat* 1.0; 100 is *Sonstiges* with a name of its own.
fn format_code(item: &Item) -> (&'static str, Option<String>) {
    let name = item.file_name.to_ascii_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let archival = item.format.as_deref().is_some_and(|format| format.contains("PDF/A"));
    let code = match ending {
        "pdf" if archival => "044",
        "bmp" => "001",
        "csv" => "002",
        "doc" => "003",
        "eml" => "006",
        "htm" => "007",
        "html" => "008",
        "jpeg" => "010",
        "jpg" => "011",
        "msg" => "012",
        "odp" => "013",
        "ods" => "014",
        "odt" => "015",
        "pdf" => "018",
        "png" => "019",
        "ppt" => "020",
        "rtf" => "022",
        "tif" => "023",
        "tiff" => "024",
        "xls" => "028",
        "xml" => "030",
        "docx" => "035",
        "xlsx" => "036",
        "pptx" => "037",
        "txt" => "045",
        _ => "100",
    };
    let other = (code == "100").then(|| item.format.clone().unwrap_or_else(|| item.media_type.clone()));
    (code, other)
}

/// Why a container cannot be made, for people.
pub fn said(error: &PackError) -> AppError {
    AppError::conflict(Text::owned(
        format!("Die Nachricht lässt sich nicht schreiben: {error}"),
        format!("The message cannot be written: {error}"),
    ))
}

/// What is said where something has no name for messages.
pub fn unnamed(error: &Unnamed) -> AppError {
    AppError::conflict(Text::owned(
        format!("{} hat keine UUID und kann in keiner Nachricht stehen.", error.0),
        format!("{} has no UUID and cannot stand in a message.", error.0),
    ))
}

/// A container without files: its name and bytes.
///
/// # Errors
/// Where the version of the standard cannot say it.
pub fn small(message: &Message, version: Version) -> Result<(String, Vec<u8>), AppError> {
    let mut out = Cursor::new(Vec::new());
    let none: [(String, &[u8]); 0] = [];
    let (name, _) = pack(&mut out, message, version, none).map_err(|error| said(&error))?;
    Ok((name.zip(), out.into_inner()))
}

/// A file that is opened only when it is its turn.
pub struct Lazy<F>(pub Option<F>, pub Option<Box<dyn Read + Send>>);

impl<F: FnOnce() -> io::Result<Box<dyn Read + Send>>> Read for Lazy<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(open) = self.0.take() {
            self.1 = Some(open()?);
        }
        self.1.as_mut().map_or(Ok(0), |inner| inner.read(buffer))
    }
}

/// Puts a file into the blobs, piece by piece.
///
/// # Errors
/// Where the file cannot be read or the store fails.
pub async fn put(app: &App, tenant: &TenantId, file: std::fs::File) -> Result<BlobId, AppError> {
    let pieces = futures_util::stream::try_unfold(tokio::fs::File::from_std(file), |mut file| async move {
        let mut piece = vec![0; 256 * 1024];
        let count = file.read(&mut piece).await.map_err(AppError::internal)?;
        piece.truncate(count);
        Ok::<_, AppError>((count > 0).then(|| (Bytes::from(piece), file)))
    });
    let (blob, _) = app.store.blobs().put_stream::<_, AppError>(tenant, pieces).await?;
    Ok(blob)
}

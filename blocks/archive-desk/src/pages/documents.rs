//! Documents of a record: in, out, to be seen; and its evidence.
//!
//! Invariant: whoever gets a document's bytes is noted before they come.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde_json::json;
use vir_archive::lifecycle::{CaseId, DocumentId};
use vir_core::Text;
use vir_store::{Entry, Tx};
use vir_web::{Answer, AppError, Caller, Embedded, FieldError, Flash, Query, Upload, redirect_with, upload_error};

use super::{one, steps};
use crate::permissions::FILE;
use crate::records::{self, ActError, Item, Loaded, NewDocument, Origin, TakeError, Taken};
use crate::{access, keep};

/// How many files may come at once.
const MOST_FILES: usize = 500;

pub(super) async fn upload(caller: Caller, Path(id): Path<String>, mut upload: Upload) -> Answer {
    let loaded = access::permitted(&caller, &id, FILE).await?;
    let (mut case, mut document, mut title, mut files) = (None, None, None, Vec::new());
    while let Some(mut part) = upload.next().await? {
        let name = part.name().unwrap_or_default().to_owned();
        match (name.as_str(), part.file_name().map(str::to_owned)) {
            ("files", Some(file_name)) if !file_name.is_empty() => {
                if files.len() == MOST_FILES {
                    let text = Text::new("Höchstens 500 Dateien auf einmal.", "At most 500 files at once.");
                    return Err(AppError::bad_request(text));
                }
                let Some(first) = part.chunk().await.map_err(|error| upload_error(&error))? else { continue };
                let stream = futures_util::stream::once(async move { Ok(first) }).chain(part);
                let most = caller.app.config.archive.document_bytes;
                let taken =
                    records::take(&caller.app, &caller.principal.tenant, &file_name, most, Box::pin(stream)).await;
                match taken {
                    Ok(taken) => files.push(taken),
                    Err(TakeError::Store(error)) => return Err(error.into()),
                    Err(TakeError::Copy(error)) => return Err(AppError::internal(error)),
                    Err(error) => {
                        let text = error.text().unwrap_or_else(|| Text::new("Nicht lesbar.", "Not readable."));
                        let errors = vec![FieldError::new("files", text)];
                        let given = steps::Given { errors, step: "upload".to_owned(), ..steps::Given::default() };
                        return one::render(&caller, &loaded, &given).await;
                    }
                }
            }
            ("case", None) => case = text(part).await?,
            ("document", None) => document = text(part).await?,
            ("title", None) => title = text(part).await?,
            _ => {}
        }
    }
    let refused = |errors: Vec<Text>| {
        let errors = errors.into_iter().map(|text| FieldError::new("files", text)).collect();
        steps::Given { errors, step: "upload".to_owned(), ..steps::Given::default() }
    };
    if files.is_empty() {
        let given =
            refused(vec![Text::new("Bitte mindestens eine Datei auswählen.", "Please choose at least one file.")]);
        return one::render(&caller, &loaded, &given).await;
    }
    let count = files.len();
    let who = records::who(&caller.principal, FILE, loaded.unit.as_deref());
    let record = loaded.record.id.clone();
    let done = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let new = |file: Taken| NewDocument {
                id: document.clone().map(DocumentId),
                case: case.clone().map(CaseId),
                title: title.clone().unwrap_or_else(|| file.file_name.clone()),
                origin: Origin::Upload,
                file,
            };
            records::file(tx, &record, files.into_iter().map(new).collect(), &who).await?;
            Ok::<_, ActError>(())
        })
    });
    match done.await {
        Ok(()) => {
            let text = match count {
                1 => caller.tr("Dokument zu den Akten genommen.", "Document filed.").to_owned(),
                count => {
                    caller.tr(format!("{count} Dokumente zu den Akten genommen."), format!("{count} documents filed."))
                }
            };
            Ok(redirect_with(&caller, &format!("/akten/{id}"), &Flash::good(text)))
        }
        Err(ActError::Store(error)) => Err(error.into()),
        Err(error) => one::render(&caller, &loaded, &refused(error.texts())).await,
    }
}

/// A field of the form that is no file.
async fn text(part: axum::extract::multipart::Field<'_>) -> Result<Option<String>, AppError> {
    let text = part.text().await.map_err(|error| upload_error(&error))?;
    let text: String = text.trim().chars().filter(|c| !c.is_control()).take(300).collect();
    Ok(Some(text).filter(|text| !text.is_empty()))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Which {
    fassung: Option<u32>,
}

/// The document, when it is noted who gets it.
async fn noted(caller: &Caller, id: &str, document: &str, which: &Which) -> Result<(Loaded, Item), AppError> {
    let loaded = access::unnoted(caller, id).await?;
    let item = loaded.item(document, which.fassung).cloned();
    let item = item.ok_or_else(|| AppError::not_found(Text::new("dieses Dokument", "this document")))?;
    let (actor, subject) = (caller.principal.actor(), format!("record/{id}"));
    let detail = json!({ "document": item.id, "version": item.version });
    let note = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            tx.audit(Entry { actor, action: "archive.read".to_owned(), subject, detail });
            Ok::<_, vir_store::Error>(())
        })
    });
    note.await?;
    Ok((loaded, item))
}

pub(crate) async fn download(
    caller: Caller,
    Path((id, document)): Path<(String, String)>,
    Query(which): Query<Which>,
) -> Answer {
    let (loaded, item) = noted(&caller, &id, &document, &which).await?;
    let body = body(&caller, &loaded, &item).await?;
    Ok(attachment(body, "application/octet-stream", &item.file_name, Some(item.size)))
}

pub(super) async fn view(
    caller: Caller,
    Path((id, document)): Path<(String, String)>,
    Query(which): Query<Which>,
) -> Answer {
    let (loaded, item) = noted(&caller, &id, &document, &which).await?;
    if !one::is_shown(&item) {
        return Err(AppError::not_found(Text::new("eine Ansicht dieses Dokuments", "a view of this document")));
    }
    let pdf = item.media_type.contains("application/pdf");
    let kind = match item.media_type.as_str() {
        _ if pdf => "application/pdf",
        "image/png" => "image/png",
        "image/jpeg" => "image/jpeg",
        _ => "text/plain; charset=utf-8",
    };
    let body = body(&caller, &loaded, &item).await?;
    let mut response = ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], body).into_response();
    response.extensions_mut().insert(if pdf { Embedded::Pdf } else { Embedded::Document });
    Ok(response)
}

/// The bytes of a document, piece by piece.
async fn body(caller: &Caller, loaded: &Loaded, item: &Item) -> Result<Body, AppError> {
    if let Some(blob) = &item.blob {
        let (_, stream) = caller.app.store.blobs().open(&caller.principal.tenant, blob).await?;
        return Ok(Body::from_stream(stream));
    }
    let reader = keep::read(&caller.app, &caller.principal.tenant, loaded, item).await.map_err(AppError::internal)?;
    Ok(streamed(reader))
}

/// What a thread reads, piece by piece, as a body.
pub(crate) fn streamed(mut reader: impl std::io::Read + Send + 'static) -> Body {
    let (sender, receiver) = tokio::sync::mpsc::channel::<std::io::Result<axum::body::Bytes>>(4);
    tokio::task::spawn_blocking(move || {
        let mut piece = vec![0; 128 * 1024];
        loop {
            let sent = match reader.read(&mut piece) {
                Ok(0) => return,
                Ok(count) => sender.blocking_send(Ok(axum::body::Bytes::copy_from_slice(&piece[..count]))),
                Err(error) => sender.blocking_send(Err(error)),
            };
            // Whoever asked has left.
            if sent.is_err() {
                return;
            }
        }
    });
    let pieces = futures_util::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|piece| (piece, receiver))
    });
    Body::from_stream(pieces)
}

/// The evidence record of the newest version that has one.
pub(crate) async fn evidence(caller: Caller, Path(id): Path<String>) -> Answer {
    let (record, _, version) = cut(&caller, &id).await?;
    Ok(attachment(Body::from(record), "application/octet-stream", &format!("{id}-v{version}.ers"), None))
}

/// The inventory that the evidence record protects.
pub(crate) async fn inventory(caller: Caller, Path(id): Path<String>) -> Answer {
    let (_, about, version) = cut(&caller, &id).await?;
    Ok(attachment(Body::from(about), "application/json", &format!("{id}-v{version}.json"), None))
}

async fn cut(caller: &Caller, id: &str) -> Result<(Vec<u8>, Vec<u8>, u32), AppError> {
    let loaded = access::visible(caller, id).await?;
    let missing = || AppError::not_found(Text::new("ein Beweisnachweis dieser Akte", "evidence of this record"));
    if loaded.stamped == 0 {
        return Err(missing());
    }
    let cut = keep::evidence(&caller.app, &caller.principal.tenant, &loaded.object(), loaded.stamped).await;
    let (record, about) = cut.map_err(AppError::internal)?.ok_or_else(missing)?;
    Ok((record, about, loaded.stamped))
}

/// A file to be kept.
pub(crate) fn attachment(body: Body, kind: &'static str, name: &str, size: Option<u64>) -> Response {
    let mut response = ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], body).into_response();
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
    let disposition =
        format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", vir_core::percent_encoded(name, "-_.~"));
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    if let Some(size) = size {
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    }
    response
}

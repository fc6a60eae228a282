//! Scan batches from devices: `POST /api/v1/scan-batches`, and how one stands.
//!
//! A device authenticates with the token of a person; that person answers for the batch, and stands in its transfer note.
//! Without a class the batch waits until somebody takes it over.
//!
//! Invariant: the same key with the same files gives the same batch, with others a refusal.

use axum::Json;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Path, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;
use vir_core::Text;
use vir_store::Tx;
use vir_web::{App, AppError, Caller, upload_error};

use super::batch::{self, BatchError, Channel, Stored};
use super::intake::{self, MOST_BYTES, MOST_FILES, NewBatch, Received};
use crate::permissions::SCAN;
use crate::records::{self, TakeError, Taken};

/// The operations.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(hand_in).layer(DefaultBodyLimit::disable())).routes(routes!(one))
}

/// A batch.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScanBatchJson {
    /// Its identifier.
    id: String,
    /// What people call it.
    title: String,
    /// received, scanning, review, approved, noted, deposited, destroyed or cancelled.
    state: String,
    /// reading, making or storing while work is under way; empty otherwise.
    work: String,
    /// The class of its documents; absent until somebody has said one.
    class: Option<String>,
    /// How many pages were read.
    pages: usize,
    /// Pages that still have to be checked.
    unchecked: usize,
    /// What was irregular.
    irregularities: Vec<String>,
    /// The record into which it was filed.
    record: Option<String>,
}

impl From<&Stored> for ScanBatchJson {
    fn from(stored: &Stored) -> Self {
        let batch = stored.batch.as_ref();
        let state = batch.and_then(|batch| serde_json::to_value(batch.state).ok());
        let state = state.as_ref().and_then(|value| value.as_str()).unwrap_or("received");
        Self {
            id: stored.id.clone(),
            title: stored.title.clone(),
            state: state.to_owned(),
            work: stored.work.code().to_owned(),
            class: stored.class.clone(),
            pages: batch.map_or(0, |batch| batch.pages.len()),
            unchecked: batch.map_or(0, |batch| batch.unchecked().count()),
            irregularities: batch.map(|batch| batch.remarks.clone()).unwrap_or_default(),
            record: stored.record.clone(),
        }
    }
}

/// The parts of the form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only describes the form, whose parts are read as a stream")]
struct ScanBatchForm {
    /// The class of the documents; without it the batch waits until somebody takes it over.
    class: Option<String>,
    /// What people call the batch.
    title: Option<String>,
    /// How many pages were counted.
    expected: Option<u32>,
    /// The scanner.
    device: Option<String>,
    /// The pages: TIFF, JPEG or PDF, several parts in their order.
    #[schema(value_type = Vec<String>, format = Binary)]
    page: Vec<Vec<u8>>,
}

/// Hand a batch of scanned pages in.
///
/// TIFF, JPEG and PDF are taken; symbol coding (JBIG2) is refused when the pages are read, and noted with the batch. With
/// `Idempotency-Key` a repeated request gives the same batch.
#[utoipa::path(
    post,
    path = "/scan-batches",
    tag = "scan-batches",
    operation_id = "handInScanBatch",
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 200 characters; the same for each repetition")),
    request_body(content = inline(ScanBatchForm), content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "Stored", body = ScanBatchJson),
        (status = 200, description = "Was there already", body = ScanBatchJson),
        (status = 400, description = "No pages, or they arrived incomplete"),
        (status = 403, description = "May not scan"),
        (status = 409, description = "A measure of BSI TR-03138 forbids it, or there is no such class"),
        (status = 413, description = "Too large"),
        (status = 422, description = "The key was used for another batch"),
    )
)]
pub(crate) async fn hand_in(caller: Caller, request: Request) -> Result<Response, AppError> {
    caller.require_anywhere(SCAN)?;
    let key = idempotency_key(request.headers())?;
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| no_pages())?;
    let (mut class, mut title, mut expected, mut device) = (None, String::new(), None, String::new());
    let mut files: Vec<Taken> = Vec::new();
    while let Some(part) = form.next_field().await.map_err(|error| upload_error(&error))? {
        match part.name().unwrap_or_default() {
            "page" => {
                if files.len() == MOST_FILES {
                    return Err(AppError::bad_request(Text::new("Zu viele Dateien.", "Too many files.")));
                }
                let name = part.file_name().unwrap_or("seite").to_owned();
                let taken =
                    records::take(&caller.app, &caller.principal.tenant, &name, MOST_BYTES, Box::pin(part.boxed()));
                files.push(taken.await.map_err(not_taken)?);
            }
            "class" => class = Some(part.text().await.map_err(|error| upload_error(&error))?),
            "title" => title = part.text().await.map_err(|error| upload_error(&error))?,
            "device" => device = part.text().await.map_err(|error| upload_error(&error))?.chars().take(200).collect(),
            "expected" => {
                let text = part.text().await.map_err(|error| upload_error(&error))?;
                let number = text.trim().parse::<u32>().ok().filter(|number| *number > 0);
                expected = Some(number.ok_or_else(|| {
                    AppError::bad_request(Text::new("„expected“ ist keine Zahl.", "“expected” is no number."))
                })?);
            }
            _ => {}
        }
    }
    if files.is_empty() {
        return Err(no_pages());
    }
    let class = class.map(|class| class.trim().to_owned()).filter(|class| !class.is_empty());
    let said = serde_json::json!([class, title, expected, device]).to_string();
    let parts: Vec<&str> = files.iter().map(|file| file.sha512.as_str()).chain([said.as_str()]).collect();
    let hash = super::read::sha512(parts.join("\n").as_bytes());
    let request = key.map(|key| (format!("{} {key}", caller.principal.person), hash));
    let creator = class.is_some().then(|| (super::who(&caller.principal), caller.principal.name.clone()));
    let new = NewBatch { title, channel: Channel::Api, class, expected, device, files, request, creator };
    let written = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let (id, status) = match intake::receive(tx, new).await? {
                Received::New(id) => (id, StatusCode::CREATED),
                Received::Again(id) => (id, StatusCode::OK),
                Received::OtherRequest => return Ok(None),
            };
            let stored = batch::load(tx, &id).await?.ok_or(BatchError::Unknown)?;
            Ok::<_, BatchError>(Some((status, stored)))
        })
    });
    let Some((status, stored)) = written.await? else { return Err(reused()) };
    let location = HeaderValue::from_str(&format!("/api/v1/scan-batches/{}", stored.id)).map_err(AppError::internal)?;
    Ok((status, [(header::LOCATION, location)], Json(ScanBatchJson::from(&stored))).into_response())
}

/// How a batch stands.
#[utoipa::path(
    get,
    path = "/scan-batches/{id}",
    tag = "scan-batches",
    operation_id = "scanBatch",
    params(("id" = String, Path, description = "The batch")),
    responses((status = 200, description = "The batch", body = ScanBatchJson))
)]
pub(crate) async fn one(caller: Caller, Path(id): Path<String>) -> Result<Json<ScanBatchJson>, AppError> {
    caller.require_anywhere(SCAN)?;
    let read = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { batch::load(tx, &id).await }));
    let stored = read.await?.ok_or_else(batch::unknown)?;
    Ok(Json(ScanBatchJson::from(&stored)))
}

fn not_taken(error: TakeError) -> AppError {
    match error {
        TakeError::Large(most) => AppError::too_large(most),
        TakeError::Store(error) => error.into(),
        TakeError::Copy(error) => AppError::internal(error),
        other => AppError::bad_request(
            other
                .text()
                .unwrap_or_else(|| Text::new("Die Datei kam nicht vollständig an.", "The file did not arrive whole.")),
        ),
    }
}

fn no_pages() -> AppError {
    AppError::bad_request(Text::new("Die Anfrage enthält keine Seiten.", "The request contains no pages."))
}

fn reused() -> AppError {
    AppError::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "idempotency-key-reused",
        Text::new("Schlüssel schon benutzt", "Key already used"),
        Text::new(
            "Dieser Idempotency-Key gehört zu einem anderen Stapel.",
            "This Idempotency-Key belongs to another batch.",
        ),
    )
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, AppError> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| (1..=200).contains(&key.len()));
    key.map(|key| Some(key.to_owned())).ok_or_else(|| {
        AppError::bad_request(Text::new(
            "Der Idempotency-Key muss 1 bis 200 druckbare ASCII-Zeichen haben.",
            "The Idempotency-Key must have 1 to 200 printable ASCII characters.",
        ))
    })
}

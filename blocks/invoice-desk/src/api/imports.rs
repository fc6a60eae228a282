//! Archives over the API: hand a ZIP in, see how far it is, read what became of each file, stop it.
//!
//! Invariant: an archive that was answered with 202 is stored and has its job; the bytes go straight
//! to the blobs, whatever their number.

use axum::Json;
use axum::extract::{Path, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use vir_core::Text;
use vir_store::{Job, Tx};
use vir_web::{AppError, Caller, Query};

use super::hand_in::file_name;
use crate::intake::Format;
use crate::invoice_row::Verdict;
use crate::limits;
use crate::permissions::RECEIVE;
use crate::upload::{self, Import, ImportState, Outcome};

/// An archive that was handed in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Import)]
pub(super) struct ImportJson {
    id: String,
    /// waiting, running, done, failed, cancelled
    state: String,
    /// How the archive was called.
    file_name: String,
    /// When it was handed in (RFC 3339, UTC).
    created_at: String,
    /// How many entries the archive has; 0 until it was opened.
    total: i64,
    /// How many files have their line in the report.
    finished: i64,
    /// New invoices.
    received: i64,
    /// There already: the same bytes.
    again: i64,
    /// Stored, and waiting in quarantine.
    quarantined: i64,
    /// Not taken.
    refused: i64,
    /// Why the archive as a whole was not read to its end: damaged, too_many_files, too_large, bomb
    failure: Option<String>,
}

impl ImportJson {
    fn new(import: Import, counts: upload::Counts) -> Self {
        Self {
            id: import.id,
            state: import.state.text().to_owned(),
            file_name: import.file_name,
            created_at: import.created_at.to_string(),
            total: import.total,
            finished: import.finished,
            received: counts.received,
            again: counts.again,
            quarantined: counts.quarantined,
            refused: counts.refused,
            failure: import.failure,
        }
    }
}

/// What became of a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportFile)]
pub(super) struct ImportFileJson {
    /// Its place in the archive.
    position: i64,
    /// Its name there.
    name: String,
    /// received, again, quarantined, refused
    outcome: String,
    invoice: Option<String>,
    /// accept, reject, undefined; null: there was nothing to check
    verdict: Option<String>,
    /// What there is to say, in the language of the request.
    note: Option<String>,
}

/// A part of the report.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportFilePage)]
pub(super) struct ImportFilePage {
    /// The files, in the order of the archive.
    items: Vec<ImportFileJson>,
    /// Give it as `from` to get the next part; null: there is none.
    next: Option<i64>,
}

/// Hand a ZIP archive of invoices in.
///
/// It is stored and taken apart by a job. `Location` names the import, which tells how far it is.
#[utoipa::path(
    post,
    path = "/imports",
    tag = "imports",
    operation_id = "handInArchive",
    params(("Content-Disposition" = Option<String>, Header, description = "may give the name of the file")),
    request_body(content((Vec<u8> = "application/zip"))),
    responses(
        (status = 202, description = "Stored; the job has begun or will", body = ImportJson),
        (status = 400, description = "No ZIP archive, or it arrived incomplete"),
        (status = 401, description = "Not signed in"),
        (status = 403, description = "May not hand invoices in"),
        (status = 413, description = "Too large"),
    )
)]
pub(super) async fn hand_in(caller: Caller, request: Request) -> Result<Response, AppError> {
    caller.require_anywhere(RECEIVE)?;
    let name = file_name(request.headers()).unwrap_or_else(|| "archiv.zip".to_owned());
    let name: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
    let mut pieces = request.into_body().into_data_stream();
    let first = pieces.next().await.and_then(Result::ok).filter(|first| Format::of(first) == Format::Zip);
    let first =
        first.ok_or_else(|| AppError::bad_request(Text::new("Das ist kein ZIP-Archiv.", "This is no ZIP archive.")))?;
    let mut size = first.len() as u64;
    let pieces = futures_util::stream::once(async move { Ok(first) }).chain(pieces.map(move |piece| {
        let piece = piece.map_err(|_| AppError::from(super::body::BodyError::Broken))?;
        size += piece.len() as u64;
        if size > limits::UPLOAD_BYTES { Err(AppError::too_large(limits::UPLOAD_BYTES)) } else { Ok(piece) }
    }));
    let stored = caller.app.store.blobs().put_stream::<_, AppError>(&caller.principal.tenant, pieces);
    let (blob, _) = stored.await?;
    let (actor, person, who) =
        (caller.principal.actor(), caller.principal.person.as_str().to_owned(), caller.principal.name.clone());
    let made = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let person = (actor.as_str(), person.as_str(), who.as_str());
            let id = upload::create(tx, person, &name, blob.as_str(), ImportState::Waiting, 0).await?;
            tx.enqueue(Job::now(upload::IMPORT.kind, json!({ "import": id })).keyed(id.clone())).await?;
            upload::load(tx, &id).await
        })
    });
    let made = made.await?.ok_or_else(AppError::unavailable)?;
    let at = HeaderValue::from_str(&format!("/api/v1/imports/{}", made.id)).map_err(AppError::internal)?;
    let body = Json(ImportJson::new(made, upload::Counts::default()));
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, at)], body).into_response())
}

/// How far an import is.
#[utoipa::path(
    get,
    path = "/imports/{id}",
    tag = "imports",
    operation_id = "getImport",
    params(("id" = String, Path)),
    responses(
        (status = 200, body = ImportJson),
        (status = 401, description = "Not signed in"),
        (status = 403, description = "May not hand invoices in"),
        (status = 404, description = "Not there, or not for this caller"),
    )
)]
pub(super) async fn one(caller: Caller, Path(id): Path<String>) -> Result<Json<ImportJson>, AppError> {
    caller.require_anywhere(RECEIVE)?;
    let import = upload::own(&caller, &id).await?;
    let counts = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { upload::counts(tx, &id).await }));
    Ok(Json(ImportJson::new(import, counts.await?)))
}

/// Which part of the report.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Part {
    /// Only files of this outcome: received, again, quarantined, refused
    outcome: Option<String>,
    /// From this place of the archive on: `next` of the part before.
    #[param(minimum = 0)]
    from: Option<u32>,
}

/// How many files a part of the report has.
const PART: u32 = 500;

/// What became of each file.
#[utoipa::path(
    get,
    path = "/imports/{id}/files",
    tag = "imports",
    operation_id = "listImportFiles",
    params(("id" = String, Path), Part),
    responses(
        (status = 200, body = ImportFilePage),
        (status = 400, description = "A value is not understood"),
        (status = 401, description = "Not signed in"),
        (status = 403, description = "May not hand invoices in"),
        (status = 404, description = "Not there, or not for this caller"),
    )
)]
pub(super) async fn files(
    caller: Caller,
    Path(id): Path<String>,
    Query(part): Query<Part>,
) -> Result<Json<ImportFilePage>, AppError> {
    caller.require_anywhere(RECEIVE)?;
    let only = match part.outcome.as_deref() {
        None => None,
        Some(text) => Some(Outcome::find(text).ok_or_else(|| {
            AppError::bad_request(Text::new("„outcome“ ist nicht bekannt.", "\"outcome\" is not known."))
        })?),
    };
    upload::own(&caller, &id).await?;
    let from = i64::from(part.from.unwrap_or(0));
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { upload::files(tx, &id, only, from, PART + 1).await })
    });
    let mut files = read.await?;
    let next = files.get(PART as usize).map(|file| file.position);
    files.truncate(PART as usize);
    let items = files.into_iter().map(|file| ImportFileJson {
        note: file.message.as_ref().map(|_| upload::message(&file, caller.lang)),
        position: file.position,
        outcome: file.outcome.text().to_owned(),
        verdict: file.verdict.map(Verdict::text).map(str::to_owned),
        invoice: file.invoice_id,
        name: file.name,
    });
    Ok(Json(ImportFilePage { items: items.collect(), next }))
}

/// Stop an import. What was received until then stays.
#[utoipa::path(
    post,
    path = "/imports/{id}/cancel",
    tag = "imports",
    operation_id = "cancelImport",
    params(("id" = String, Path)),
    responses(
        (status = 200, description = "Stopped, or it had ended already", body = ImportJson),
        (status = 401, description = "Not signed in"),
        (status = 403, description = "May not hand invoices in"),
        (status = 404, description = "Not there, or not for this caller"),
    )
)]
pub(super) async fn cancel(caller: Caller, Path(id): Path<String>) -> Result<Json<ImportJson>, AppError> {
    caller.require_anywhere(RECEIVE)?;
    upload::own(&caller, &id).await?;
    let actor = caller.principal.actor();
    let stopped = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            upload::cancel(tx, &id, &actor).await?;
            Ok::<_, vir_store::Error>((upload::load(tx, &id).await?, upload::counts(tx, &id).await?))
        })
    });
    let (import, counts) = stopped.await?;
    let gone = || AppError::not_found(Text::new("dieser Eingang", "this upload"));
    Ok(Json(ImportJson::new(import.ok_or_else(gone)?, counts)))
}

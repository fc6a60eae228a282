//! Documents and evidence of a record.
//!
//! Invariant: the same bytes sent again to the same record are the document that is there.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use vir_archive::lifecycle::{CaseId, DocumentId};
use vir_core::Text;
use vir_store::Tx;
use vir_web::api::Json;
use vir_web::{AppError, Caller, Query};

use super::dto::DocumentJson;
use crate::access;
use crate::pages::documents::{self as pages, Which};
use crate::permissions::FILE;
use crate::records::{self, ActError, NewDocument, Origin, TakeError};

/// What the document is.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct About {
    /// The name of the file.
    file_name: Option<String>,
    /// What it is; else the name of the file.
    title: Option<String>,
    /// The Vorgang into which it comes.
    case: Option<String>,
    /// The document of which it is a new version.
    document: Option<String>,
}

/// File a document: its bytes are the body.
#[utoipa::path(
    post,
    path = "/records/{id}/documents",
    tag = "records",
    operation_id = "fileDocument",
    params(("id" = String, Path), About),
    request_body(description = "The bytes", content_type = "application/octet-stream", content = Vec<u8>),
    responses(
        (status = 201, description = "Filed", body = DocumentJson),
        (status = 200, description = "Was there already", body = DocumentJson),
        (status = 400, description = "Nothing came, or it arrived incomplete"),
        (status = 401, description = "Not signed in"),
        (status = 403, description = "May not file here"),
        (status = 404, description = "Not there, or not for this caller"),
        (status = 409, description = "A rule objects"),
        (status = 413, description = "Too large"),
    )
)]
pub(super) async fn file(
    caller: Caller,
    Path(id): Path<String>,
    Query(about): Query<About>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, AppError> {
    let loaded = access::permitted(&caller, &id, FILE).await?;
    let name = about.file_name.or_else(|| disposition(&headers)).unwrap_or_else(|| "datei".to_owned());
    let most = caller.app.config.archive.document_bytes;
    let stream = Box::pin(body.into_data_stream());
    let taken = match records::take(&caller.app, &caller.principal.tenant, &name, most, stream).await {
        Ok(taken) => taken,
        Err(TakeError::Store(error)) => return Err(error.into()),
        Err(TakeError::Large(most)) => return Err(AppError::too_large(most)),
        Err(TakeError::Copy(error)) => return Err(AppError::internal(error)),
        Err(error) => {
            let text = error.text().unwrap_or_else(|| Text::new("Nicht lesbar.", "Not readable."));
            return Err(AppError::bad_request(text));
        }
    };
    if taken.size == 0 {
        let text = Text::new("Die Anfrage enthält kein Dokument.", "The request contains no document.");
        return Err(AppError::bad_request(text));
    }
    if let Some(known) =
        loaded.items.iter().find(|item| item.sha512 == taken.sha512 && item.file_name == taken.file_name)
    {
        return Ok((StatusCode::OK, Json(DocumentJson::from(known))).into_response());
    }
    let text =
        |text: Option<String>| text.map(|text| text.chars().filter(|c| !c.is_control()).take(300).collect::<String>());
    let new = NewDocument {
        id: about.document.map(DocumentId),
        case: about.case.map(CaseId),
        title: text(about.title).unwrap_or_else(|| taken.file_name.clone()),
        origin: Origin::Api,
        file: taken,
    };
    if new.id.as_ref().is_some_and(|document| loaded.item(&document.0, None).is_none()) {
        return Err(AppError::not_found(Text::new("dieses Dokument", "this document")));
    }
    let who = records::who(&caller.principal, FILE, loaded.unit.as_deref());
    let record = loaded.record.id;
    let done = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let (_, mut filed) = records::file(tx, &record, vec![new], &who).await?;
            Ok::<_, ActError>(filed.remove(0))
        })
    });
    let item = done.await.map_err(access::refused)?;
    let location = HeaderValue::from_str(&format!("/api/v1/records/{id}/documents/{}", item.id));
    let location = location.map_err(AppError::internal)?;
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(DocumentJson::from(&item))).into_response())
}

/// The name in `Content-Disposition: attachment; filename="a.pdf"`.
fn disposition(headers: &HeaderMap) -> Option<String> {
    let said = headers.get(header::CONTENT_DISPOSITION)?.to_str().ok()?;
    let name = said.split(';').map(str::trim).find_map(|part| part.strip_prefix("filename="))?;
    Some(name.trim_matches('"').to_owned()).filter(|name| !name.is_empty())
}

/// The bytes of a document; `fassung` chooses a version.
#[utoipa::path(
    get,
    path = "/records/{id}/documents/{document}",
    tag = "records",
    operation_id = "getDocument",
    params(("id" = String, Path), ("document" = String, Path), ("fassung" = Option<u32>, Query, description = "The version; else the newest")),
    responses((status = 200, description = "The bytes", content_type = "application/octet-stream"), (status = 400, description = "A value is not understood"), (status = 401, description = "Not signed in"), (status = 404, description = "Not there, or not for this caller"))
)]
pub(super) async fn content(
    caller: Caller,
    path: Path<(String, String)>,
    which: Query<Which>,
) -> Result<Response, AppError> {
    pages::download(caller, path, which).await
}

/// The evidence record (RFC 4998, DER) of the newest version that has one.
#[utoipa::path(
    get,
    path = "/records/{id}/evidence",
    tag = "records",
    operation_id = "getEvidence",
    params(("id" = String, Path)),
    responses((status = 200, description = "The evidence record", content_type = "application/octet-stream"), (status = 401, description = "Not signed in"), (status = 404, description = "Not there, not for this caller, or without evidence yet"))
)]
pub(super) async fn evidence(caller: Caller, path: Path<String>) -> Result<Response, AppError> {
    pages::evidence(caller, path).await
}

/// The inventory that the evidence record is about: every file with its SHA-512.
#[utoipa::path(
    get,
    path = "/records/{id}/inventory",
    tag = "records",
    operation_id = "getInventory",
    params(("id" = String, Path)),
    responses((status = 200, description = "The inventory (OCFL 1.1)", content_type = "application/json"), (status = 401, description = "Not signed in"), (status = 404, description = "Not there, not for this caller, or without evidence yet"))
)]
pub(super) async fn inventory(caller: Caller, path: Path<String>) -> Result<Response, AppError> {
    pages::inventory(caller, path).await
}

//! One invoice: its data, its files, what the check said, how it looks, what happened to it.
//!
//! Invariant: every answer that carries bytes from outside is a download or stands in a sandbox.

use axum::Json;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use vir_core::Text;
use vir_store::{BlobId, Tx, args};
use vir_web::{AppError, Caller};

use super::dto::{EventJson, FileJson, FindingJson, HappeningJson, InvoiceJson};
use crate::access::visible;
use crate::intake::{Format, original, workshop};
use crate::invoice::history;
use crate::invoice_row::InvoiceId;
use crate::limits;
use crate::people::decider;

/// One invoice.
#[utoipa::path(
    get,
    path = "/invoices/{id}",
    tag = "invoices",
    operation_id = "getInvoice",
    params(("id" = String, Path)),
    responses((status = 200, body = InvoiceJson), (status = 401, description = "Not signed in"), (status = 404, description = "Not there, or not for this caller"))
)]
pub(super) async fn one(caller: Caller, Path(id): Path<String>) -> Result<Json<InvoiceJson>, AppError> {
    Ok(Json(InvoiceJson::from(&visible(&caller, &InvoiceId(id)).await?)))
}

/// The document as it was received.
#[utoipa::path(
    get,
    path = "/invoices/{id}/original",
    tag = "invoices",
    operation_id = "getOriginal",
    params(("id" = String, Path)),
    responses((status = 200, description = "The bytes as received, with the media type that was recognised", content_type = "*/*"), (status = 401, description = "Not signed in"), (status = 404, description = "Not there, or not for this caller"))
)]
pub(super) async fn original(caller: Caller, Path(id): Path<String>) -> Result<Response, AppError> {
    let row = visible(&caller, &InvoiceId(id)).await?;
    let bytes = original::original(&caller.app.store, &caller.principal.tenant, &row).await?;
    let mime = Format::mime(&bytes);
    Ok(download(&row.file_name, mime, Body::from(bytes)))
}

/// The XML of the invoice, also where it came inside a PDF.
#[utoipa::path(
    get,
    path = "/invoices/{id}/xml",
    tag = "invoices",
    operation_id = "getXml",
    params(("id" = String, Path)),
    responses((status = 200, description = "The XML", content_type = "application/xml"), (status = 401, description = "Not signed in"), (status = 404, description = "Not there, not for this caller, or without data"))
)]
pub(super) async fn xml(caller: Caller, Path(id): Path<String>) -> Result<Response, AppError> {
    let row = visible(&caller, &InvoiceId(id)).await?;
    let bytes = original::xml(&caller.app.store, &caller.principal.tenant, &row).await?.ok_or_else(no_data)?;
    Ok(download(&format!("{}.xml", row.id), "application/xml", Body::from(bytes)))
}

/// The files beside it: supporting documents, further files of a PDF or mail.
#[utoipa::path(
    get,
    path = "/invoices/{id}/files",
    tag = "invoices",
    operation_id = "listFiles",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<FileJson>), (status = 401, description = "Not signed in"), (status = 404, description = "Not there, or not for this caller"))
)]
pub(super) async fn files(caller: Caller, Path(id): Path<String>) -> Result<Json<Vec<FileJson>>, AppError> {
    let row = visible(&caller, &InvoiceId(id)).await?;
    Ok(Json(of(&caller, &row.id).await?.into_iter().map(FileJson::from).collect()))
}

/// One of the files beside it.
#[utoipa::path(
    get,
    path = "/invoices/{id}/files/{position}",
    tag = "invoices",
    operation_id = "getFile",
    params(("id" = String, Path), ("position" = i64, Path)),
    responses((status = 200, description = "The file, with its media type", content_type = "*/*"), (status = 401, description = "Not signed in"), (status = 404, description = "Not there, or not for this caller"))
)]
pub(super) async fn file(caller: Caller, Path((id, position)): Path<(String, i64)>) -> Result<Response, AppError> {
    let row = visible(&caller, &InvoiceId(id)).await?;
    let found = of(&caller, &row.id).await?.into_iter().find(|file| file.position == position);
    let found = found.ok_or_else(|| AppError::not_found(Text::new("diese Datei", "this file")))?;
    let blob: BlobId = found.blob.parse()?;
    let (_, stream) = caller.app.store.blobs().open(&caller.principal.tenant, &blob).await?;
    // The type that a document gives its files is only a claim.
    Ok(download(&found.name, "application/octet-stream", Body::from_stream(stream)))
}

async fn of(caller: &Caller, id: &InvoiceId) -> Result<Vec<original::File>, AppError> {
    let id = id.clone();
    let read = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { original::files(tx, &id).await }));
    Ok(read.await?)
}

/// What the check said when it came in.
#[utoipa::path(
    get,
    path = "/invoices/{id}/findings",
    tag = "invoices",
    operation_id = "listFindings",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<FindingJson>), (status = 401, description = "Not signed in"), (status = 404, description = "Not there, or not for this caller"))
)]
pub(super) async fn findings(caller: Caller, Path(id): Path<String>) -> Result<Json<Vec<FindingJson>>, AppError> {
    let row = visible(&caller, &InvoiceId(id)).await?;
    let lang = caller.lang;
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { original::findings(tx, &row.id).await })
    });
    Ok(Json(read.await?.into_iter().map(|finding| FindingJson::new(finding, lang)).collect()))
}

/// The invoice as a page that stands alone.
#[utoipa::path(
    get,
    path = "/invoices/{id}/view",
    tag = "invoices",
    operation_id = "getView",
    params(("id" = String, Path)),
    responses((status = 200, description = "HTML", content_type = "text/html"), (status = 401, description = "Not signed in"), (status = 404, description = "Not there, not for this caller, or without data"))
)]
pub(super) async fn view(caller: Caller, Path(id): Path<String>) -> Result<Response, AppError> {
    let row = visible(&caller, &InvoiceId(id)).await?;
    let bytes = original::xml(&caller.app.store, &caller.principal.tenant, &row).await?.ok_or_else(no_data)?;
    let (lang, today) = (caller.lang, crate::day_of(caller.app.now()));
    let html = workshop().run(move |checker| {
        let options = crate::intake::understand::options(today);
        let doc = vir_invoice::xml::parse_with(&bytes, &limits::xml()).ok()?;
        let report = checker.check_document(&doc, &options);
        let invoice = vir_invoice::bindings::read(&doc);
        Some(vir_invoice::show::html(&vir_invoice::show::View::new(&invoice, Some(&report), lang)))
    });
    let html = html.await.map_err(AppError::internal)?.ok_or_else(no_data)?;
    // The page brings its own style; it is a download, so that no rule of ours has to be widened.
    Ok(download(&format!("{}.html", row.id), "text/html; charset=utf-8", Body::from(html)))
}

/// What happened to it, oldest first.
#[utoipa::path(
    get,
    path = "/invoices/{id}/events",
    tag = "invoices",
    operation_id = "listEvents",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<EventJson>), (status = 401, description = "Not signed in"), (status = 404, description = "Not there, or not for this caller"))
)]
pub(super) async fn events(caller: Caller, Path(id): Path<String>) -> Result<Json<Vec<EventJson>>, AppError> {
    const EVENTS: &str = "select at, actor, action, detail from audit where subject = $1 order by seq limit 1000";
    let row = visible(&caller, &InvoiceId(id)).await?;
    let subject = row.id.subject();
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let rows = tx.all(EVENTS, &args![subject]).await?;
            rows.iter()
                .map(|row| {
                    Ok(EventJson {
                        at: row.time("at")?.to_string(),
                        actor: row.text("actor")?,
                        action: row.text("action")?,
                        detail: serde_json::from_str(&row.text("detail")?)?,
                    })
                })
                .collect::<vir_store::Result<Vec<_>>>()
        })
    });
    Ok(Json(read.await?))
}

/// Everything that happened to it, as people read it, oldest first: receipt, checks, decisions, assignments, the talk
/// about it, mails, payment runs and the bank's answers, postings.
#[utoipa::path(
    get,
    path = "/invoices/{id}/history",
    tag = "invoices",
    operation_id = "getHistory",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<HappeningJson>), (status = 401, description = "Not signed in"), (status = 404, description = "Not there, or not for this caller"))
)]
pub(super) async fn history(caller: Caller, Path(id): Path<String>) -> Result<Json<Vec<HappeningJson>>, AppError> {
    let row = visible(&caller, &InvoiceId(id)).await?;
    let (decider, lang) = (decider(&caller).await?, caller.lang);
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { history::of(tx, &decider, &row).await })
    });
    Ok(Json(read.await?.iter().map(|one| HappeningJson::new(one, lang)).collect()))
}

fn no_data() -> AppError {
    AppError::not_found(Text::new(
        "ein Datensatz zu dieser Rechnung; sie ist nur ein Bild",
        "data of this invoice; it is only a picture",
    ))
}

/// A file to be kept, under a name that was made safe when it came in.
pub(crate) fn download(name: &str, mime: &'static str, body: Body) -> Response {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && c != '"' && c != '\\' { c } else { '_' }).collect();
    let encoded = vir_core::percent_encoded(name, "-_.");
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    let disposition = HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(mime)), (header::CONTENT_DISPOSITION, disposition)];
    (headers, body).into_response()
}

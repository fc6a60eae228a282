//! `POST /api/v1/invoices`: one document, as it is or as a part of a form.
//!
//! Invariant: the body is read once, within its limit, and handed on as it is.

use axum::Json;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use utoipa::ToSchema;
use vir_core::Text;
use vir_web::{AppError, Caller};

use super::body::{Read, budget};
use super::dto::ReceiptJson;
use crate::intake::{IntakeError, Once, Received, receive};
use crate::invoice_row::Channel;
use crate::limits;
use crate::permissions::RECEIVE;

/// A document as a part of a form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only describes the form, whose parts are read as a stream")]
struct DocumentForm {
    /// The document, with its name.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// A note for whoever works on it.
    note: Option<String>,
}

/// Hand an invoice in: XML (UBL, CII), PDF with or without data, or a picture.
///
/// The same bytes give the same invoice, marked `again`. With `Idempotency-Key` a repeated request
/// gives the same invoice, and the same key with another document is refused.
#[utoipa::path(
    post,
    path = "/invoices",
    tag = "invoices",
    operation_id = "handInInvoice",
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 200 characters; the same for each repetition"),
        ("Content-Disposition" = Option<String>, Header, description = "may give the name of the file"),
    ),
    request_body(
        description = "The document, or a form (multipart/form-data) with the parts `file` and, if wanted, `note`",
        content(
            (Vec<u8> = "application/xml"),
            (Vec<u8> = "application/pdf"),
            (Vec<u8> = "application/octet-stream"),
            (DocumentForm = "multipart/form-data"),
        )
    ),
    responses(
        (status = 201, description = "Stored", body = ReceiptJson),
        (status = 200, description = "Was there already", body = ReceiptJson),
        (status = 400, description = "No document, or it arrived incomplete"),
        (status = 401, description = "Not signed in"),
        (status = 403, description = "May not hand invoices in"),
        (status = 413, description = "Too large"),
        (status = 422, description = "The key was used for another document"),
        (status = 503, description = "Too much at once; try again"),
    )
)]
pub(super) async fn hand_in(caller: Caller, request: Request) -> Result<Response, AppError> {
    caller.require_anywhere(RECEIVE)?;
    let key = idempotency_key(request.headers())?;
    let Document { read, name, note } = document(request).await?;
    let actor = caller.principal.actor();
    let received = Received::new(Channel::Api, name, read.bytes.clone())
        .from(caller.principal.name.clone())
        .by(actor.clone())
        .with_once(key.map(|key| Once { caller: actor, key }));
    let received = match note {
        Some(note) => received.with_note(note),
        None => received,
    };
    let receipt = receive(&caller.app.store, &caller.principal.tenant, received).await.map_err(refused)?;
    drop(read);
    let status = if receipt.again { StatusCode::OK } else { StatusCode::CREATED };
    let location = HeaderValue::from_str(&format!("/api/v1/invoices/{}", receipt.id)).map_err(AppError::internal)?;
    Ok((status, [(header::LOCATION, location)], Json(ReceiptJson::from(receipt))).into_response())
}

/// What an intake that did not happen comes to.
pub(crate) fn refused(error: IntakeError) -> AppError {
    match error {
        IntakeError::TooLarge(_) => AppError::too_large(limits::DOCUMENT_BYTES),
        IntakeError::KeyReused => AppError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency-key-reused",
            Text::new("Schlüssel schon benutzt", "Key already used"),
            Text::new(
                "Dieser Idempotency-Key gehört zu einem anderen Dokument.",
                "This Idempotency-Key belongs to another document.",
            ),
        ),
        IntakeError::Store(error) => AppError::from(error),
        IntakeError::Reading => AppError::internal(error),
    }
}

struct Document {
    read: Read,
    name: String,
    note: Option<String>,
}

async fn document(request: Request) -> Result<Document, AppError> {
    let kind = text(request.headers(), header::CONTENT_TYPE).to_ascii_lowercase();
    if !kind.starts_with("multipart/") {
        let name = file_name(request.headers()).unwrap_or_else(|| default_name(&kind).to_owned());
        let read = budget().read(request.into_body(), limits::DOCUMENT_BYTES).await?;
        if read.bytes.is_empty() {
            return Err(missing());
        }
        return Ok(Document { read, name, note: None });
    }
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| missing())?;
    let (mut found, mut note) = (None, None);
    while let Some(mut part) = form.next_field().await.map_err(|error| vir_web::upload_error(&error))? {
        match part.name() {
            Some("file") if found.is_none() => {
                let name = part.file_name().unwrap_or("rechnung").to_owned();
                let read = budget().collect(&mut part, limits::DOCUMENT_BYTES).await?;
                found = Some((read, name));
            }
            Some("note") => {
                let text = part.text().await.map_err(|error| vir_web::upload_error(&error))?;
                note = Some(text.chars().take(4_000).collect());
            }
            _ => {}
        }
    }
    let (read, name) = found.ok_or_else(missing)?;
    Ok(Document { read, name, note })
}

fn missing() -> AppError {
    AppError::bad_request(Text::new("Die Anfrage enthält kein Dokument.", "The request contains no document."))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, AppError> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| (1..=limits::IDEMPOTENCY_KEY_CHARS).contains(&key.len()));
    key.map(|key| Some(key.to_owned())).ok_or_else(|| {
        AppError::bad_request(Text::new(
            "Der Idempotency-Key muss 1 bis 200 druckbare ASCII-Zeichen haben.",
            "The Idempotency-Key must have 1 to 200 printable ASCII characters.",
        ))
    })
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The name in `Content-Disposition: attachment; filename="a.xml"`.
pub(super) fn file_name(headers: &HeaderMap) -> Option<String> {
    let said = text(headers, header::CONTENT_DISPOSITION);
    let name = said.split(';').map(str::trim).find_map(|part| part.strip_prefix("filename="))?;
    let name = name.trim_matches('"');
    (!name.is_empty()).then(|| name.to_owned())
}

fn default_name(kind: &str) -> &'static str {
    match kind.split(';').next().unwrap_or_default().trim() {
        "application/pdf" => "rechnung.pdf",
        "image/png" => "rechnung.png",
        "image/jpeg" => "rechnung.jpg",
        "image/tiff" => "rechnung.tif",
        "application/xml" | "text/xml" => "rechnung.xml",
        _ => "rechnung",
    }
}

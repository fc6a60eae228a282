//! `POST /api/v1/evidence/verify`: the verify page for programs.
//!
//! Invariant: it judges as the page does, with the same bounds.

use axum::Json;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::response::{IntoResponse as _, Response};
use utoipa::ToSchema;
use vir_core::Text;
use vir_web::{AppError, Visitor, rate, upload_error};

use super::form::Submitted;
use super::{VERIFICATIONS, work};

/// What is handed in.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only describes the form, whose parts are read as a stream")]
struct Submission {
    /// The evidence record (RFC 4998 in DER, Base64 or PEM; RFC 6283), or a package with one: XAIP, ASiC, CMS
    /// signature, ZIP archive; or a detached seal (CAdES).
    #[schema(value_type = String, format = Binary)]
    record: Vec<u8>,
    /// The data that the record is to cover.
    #[schema(value_type = Vec<String>)]
    data: Option<Vec<Vec<u8>>>,
    /// Trusted certificates (PEM or DER). Without them the certificate path is not judged.
    #[schema(value_type = Vec<String>)]
    trust: Option<Vec<Vec<u8>>>,
    /// Revocation lists and OCSP answers (DER).
    #[schema(value_type = Vec<String>)]
    revocation: Option<Vec<Vec<u8>>>,
    /// Verify as if it were the end of this day (YYYY-MM-DD).
    day: Option<String>,
    /// Anything: the suitability of the algorithms is not judged.
    any_algorithm: Option<String>,
}

/// Verify evidence records (RFC 4998, RFC 6283) for their data.
///
/// Nothing is stored, and nobody has to sign in. The answer has one report for each record: `report.verdict` is
/// `valid` or `invalid`, `report.findings` says what each step found; `files` says of each file that an inventory
/// stands for whether it is unchanged. A detached seal (CAdES) is judged for the sealed file among the data, with what
/// it is worth in `report.level`, and for the scans that a sealed transfer note names.
#[utoipa::path(
    post,
    path = "/evidence/verify",
    tag = "evidence",
    operation_id = "verifyEvidence",
    request_body(content = Submission, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "The reports", body = Vec<serde_json::Value>),
        (status = 400, description = "No form, or it arrived incomplete"),
        (status = 413, description = "Too large"),
        (status = 422, description = "Nothing that can be judged"),
        (status = 429, description = "Too often"),
        (status = 503, description = "Too much at once; try again"),
    )
)]
pub(super) async fn verify(visitor: Visitor, request: Request) -> Result<Response, AppError> {
    let now = visitor.app.now();
    rate::count("evidence-verify", visitor.peer, VERIFICATIONS, now).map_err(AppError::too_many)?;
    let place = work::place()?;
    let missing = || {
        AppError::bad_request(Text::new(
            "Erwartet wird ein Formular (multipart/form-data) mit dem Teil „record“.",
            "A form (multipart/form-data) with the part \"record\" is expected.",
        ))
    };
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| missing())?;
    let mut submitted = Submitted::default();
    while let Some(part) = form.next_field().await.map_err(|error| upload_error(&error))? {
        submitted.take(part).await?;
    }
    let judged = work::judge(submitted, work::moment(now)).await?.map_err(AppError::invalid)?;
    drop(place);
    Ok(Json(judged).into_response())
}

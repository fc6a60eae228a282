//! `POST /s4`: the operations of interface S.4 of BSI TR-03125 as SOAP, for programs with an API token.
//!
//! | Operation | what happens |
//! |---|---|
//! | ArchiveSubmission | a record under the entry of the plan that the address names (`/s4?eintrag=6.1`), with the package or the data objects as documents, closed at once; its identifier is the AOID |
//! | ArchiveRetrieval | the package as it was submitted; for other records one made of their documents |
//! | ArchiveEvidence | the evidence record of the newest version that has one |
//! | ArchiveDeletion | the first signature for deletion; a second person signs on the page, and the rules of the life of records hold |
//! | ArchiveData | elements of the package by identifier |
//! | Verify | what the verify page does |
//! | ArchiveTrace | what the log says of the record; who looked at it for those only who may report on that |
//! | RetrieveInfo | a profile of our own with the operations that are there |
//! | ArchiveUpdate | said to be not supported |
//!
//! Invariant: an operation does nothing that the pages would not let the same person do, and an AOID that somebody may
//! not see is unknown to them.

mod operations;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use serde::Deserialize;
use vir_archive::s4::{self, Soap};
use vir_auth::By;
use vir_core::Text;
use vir_web::{App, AppError, Caller, Query, Spoken};

use crate::verify::work;

/// The largest envelope.
const MOST: usize = 64 << 20;

/// The address.
pub fn routes() -> Router<App> {
    Router::new().route("/s4", post(answer)).layer(DefaultBodyLimit::disable())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Where {
    eintrag: String,
}

async fn answer(caller: Caller, Query(place): Query<Where>, request: Request) -> Result<Response, AppError> {
    // A browser has pages; without a token somebody else's page could speak for whoever is signed in.
    if !matches!(caller.principal.by, By::Token(_)) {
        return Err(AppError::bad_request(Text::new(
            "Diese Schnittstelle ist für Programme: Erwartet wird ein API-Token.",
            "This interface is for programs: an API token is expected.",
        )));
    }
    let room = work::place()?;
    let bytes = to_bytes(request.into_body(), MOST).await.map_err(|_| AppError::too_large(MOST as u64))?;
    let read = tokio::task::spawn_blocking(move || s4::read(&bytes)).await.map_err(AppError::internal)?;
    let (soap, request) = match read {
        Ok(read) => read,
        Err(error) => return Ok(said(Soap::V1_1, StatusCode::BAD_REQUEST, s4::fault(Soap::V1_1, &error.to_string()))),
    };
    let operation = request.operation();
    let (outcome, content) = operations::run(&caller, &place.eintrag, request).await;
    drop(room);
    Ok(said(soap, StatusCode::OK, s4::response(soap, operation, &outcome, &content)))
}

fn said(soap: Soap, status: StatusCode, text: String) -> Response {
    let mut response = (status, Body::from(text)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(soap.media_type()));
    response.extensions_mut().insert(Spoken);
    response
}

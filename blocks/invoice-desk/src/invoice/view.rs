//! The document itself: the readable view, the original, its XML, and the files beside it.
//!
//! The view stands in a frame of the page. It is made by `vir_invoice::show`, which escapes everything, and it is
//! served with a policy of its own that allows nothing but its own style sheet, by hash: even if an escape were
//! forgotten, no script would run, nothing would be loaded, and no form could be sent.
//!
//! Invariant: bytes from outside are only ever sent as a download, or as a PDF or the view inside that policy.

use axum::body::Body;
use axum::extract::{Path, Query};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use vir_core::Text;
use vir_invoice::check::Options;
use vir_invoice::{bindings, show, xml};
use vir_web::{Answer, AppError, Caller, Embedded, html};

use super::load::{not_found, row};
use crate::intake::{original, workshop};
use crate::invoice_row::InvoiceId;
use crate::limits;

/// The finding to which the view is to be opened: of all with this rule the n-th, from 0.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    finding: Option<String>,
    nth: usize,
}

/// `GET /rechnungen/{id}/ansicht`; with `finding` and `nth` it leads to the place of the finding in the view.
pub(super) async fn view(caller: Caller, Path(id): Path<String>, Query(wanted): Query<Wanted>) -> Answer {
    let row = row(&caller, &InvoiceId(id)).await?;
    let lang = caller.lang;
    let Some(bytes) = original::xml(&caller.app.store, &caller.principal.tenant, &row).await? else {
        return Ok(plain(&html! {
            p { (lang.tr("Dieses Dokument enthält keine Rechnungsdaten.", "This document has no invoice data.")) }
        }));
    };
    let address = format!("/rechnungen/{}/ansicht", row.id);
    let made = workshop().run(move |checker| {
        let report = checker.check(&bytes, &Options::default());
        let document = xml::parse_with(&bytes, &limits::xml()).ok()?;
        let invoice = bindings::read(&document);
        let view = show::View::new(&invoice, Some(&report), lang);
        Some(match &wanted.finding {
            None => framed(show::html(&view)),
            Some(rule) => {
                let of_rule = report.findings.iter().zip(&view.finding_anchors).filter(|(one, _)| one.rule == *rule);
                let anchor = of_rule.map(|(_, anchor)| anchor.as_deref()).nth(wanted.nth).flatten();
                Redirect::to(&format!("{address}#{}", anchor.unwrap_or("findings"))).into_response()
            }
        })
    });
    made.await.ok().flatten().ok_or_else(AppError::unavailable)
}

/// A page inside of its own policy.
fn framed(page: String) -> Response {
    let style = page.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).map_or("", |(css, _)| css);
    let hash = base64(&Sha256::digest(style.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; frame-ancestors 'self'; base-uri 'none'; \
         form-action 'none'; sandbox"
    );
    let mut response = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response();
    response.extensions_mut().insert(Embedded::Document);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn plain(body: &vir_web::Markup) -> Response {
    let page =
        html! { (maud::DOCTYPE) html { head { meta charset="utf-8"; title { "vir" } } body { main { (body) } } } };
    framed(page.into_string())
}

/// Base64 of a digest, with padding, as a policy wants it.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = char::from(LETTERS[(word >> (18 - 6 * place) & 63) as usize]);
            out.push(if place <= chunk.len() { letter } else { '=' });
        }
    }
    out
}

/// `GET /rechnungen/{id}/pdf`: the original where it is a PDF, to be seen in the page.
pub(super) async fn pdf(caller: Caller, Path(id): Path<String>) -> Answer {
    let row = row(&caller, &InvoiceId(id)).await?;
    let bytes = original::original(&caller.app.store, &caller.principal.tenant, &row).await?;
    if !is_pdf(&bytes) {
        return Err(AppError::not_found(Text::new("ein PDF zu dieser Rechnung", "a PDF of this invoice")));
    }
    let mut response = ([(header::CONTENT_TYPE, "application/pdf")], Body::from(bytes)).into_response();
    response.extensions_mut().insert(Embedded::Pdf);
    Ok(response)
}

/// Does it begin as a PDF does?
pub(super) fn is_pdf(bytes: &[u8]) -> bool {
    bytes.get(..1024.min(bytes.len())).is_some_and(|head| head.windows(5).any(|window| window == b"%PDF-"))
}

/// `GET /rechnungen/{id}/original`
pub(super) async fn original_file(caller: Caller, Path(id): Path<String>) -> Answer {
    let row = row(&caller, &InvoiceId(id)).await?;
    let bytes = original::original(&caller.app.store, &caller.principal.tenant, &row).await?;
    Ok(download(&row.file_name, bytes.into()))
}

/// `GET /rechnungen/{id}/xml`
pub(super) async fn xml_file(caller: Caller, Path(id): Path<String>) -> Answer {
    let row = row(&caller, &InvoiceId(id)).await?;
    let bytes = original::xml(&caller.app.store, &caller.principal.tenant, &row).await?;
    let bytes = bytes.ok_or_else(|| AppError::not_found(Text::new("XML zu dieser Rechnung", "XML of this invoice")))?;
    let stem = row.file_name.rsplit_once('.').map_or(row.file_name.as_str(), |(stem, _)| stem);
    Ok(download(&format!("{stem}.xml"), bytes.into()))
}

/// `GET /rechnungen/{id}/anlagen/{position}`
pub(super) async fn beside(caller: Caller, Path((id, position)): Path<(String, i64)>) -> Answer {
    let row = row(&caller, &InvoiceId(id)).await?;
    let wanted = row.id.clone();
    let tenant = caller.principal.tenant.clone();
    let read = caller.app.store.read(&tenant, move |tx| Box::pin(async move { original::files(tx, &wanted).await }));
    let files = read.await.map_err(|error: vir_store::Error| AppError::from(error))?;
    let file = files.into_iter().find(|file| file.position == position).ok_or_else(not_found)?;
    let blob = file.blob.parse().map_err(|error: vir_store::Error| AppError::from(error))?;
    let bytes = caller.app.store.blobs().get(&tenant, &blob).await?;
    Ok(download(&file.name, bytes.into()))
}

/// Bytes that no browser opens by itself, under a name.
fn download(name: &str, body: Body) -> Response {
    let name = vir_invoice::safe_name::safe_name(name, "datei");
    let disposition = format!("attachment; filename*=UTF-8''{}", vir_core::percent_encoded(&name, "-_."));
    let headers =
        [(header::CONTENT_TYPE, "application/octet-stream".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    (StatusCode::OK, headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_as_in_the_rfc() {
        for (text, expect) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(text.as_bytes()), expect);
        }
    }
}

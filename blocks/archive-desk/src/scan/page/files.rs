//! What belongs to a batch, as files: page images, PDF/A files, the transfer note.
//!
//! Invariant: a page image is shown in a form that browsers know, and nothing of it is changed but its coding.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use vir_archive::scan::raster;
use vir_core::Text;
use vir_store::{BlobId, Tx, args};
use vir_web::parts::{card, definition_list, link_button};
use vir_web::{Answer, AppError, Caller, Embedded, Page, html, page as frame};

use super::{SECTION, load};
use crate::scan::{note, seal};

const PAGE: &str = "select blob from scan_page where batch_id = $1 and position = $2";

/// The statements that a test has both engines read.
pub(in crate::scan) const STATEMENTS: &[&str] = &[PAGE];

fn file(bytes: Vec<u8>, kind: &'static str, name: Option<&str>) -> Response {
    let mut response = (
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ],
        bytes,
    )
        .into_response();
    if let Some(value) = name.and_then(|name| HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).ok()) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

pub(super) async fn page(caller: Caller, Path((id, number)): Path<(String, u32)>) -> Answer {
    load(&caller, &id).await?;
    let position = i64::from(number) - 1;
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { tx.optional(PAGE, &args![id, position]).await })
    });
    let row = read.await?.ok_or_else(|| AppError::not_found(Text::new("diese Seite", "this page")))?;
    let blob = row.optional_text("blob")?;
    let blob: BlobId = blob.ok_or_else(|| AppError::not_found(Text::new("dieses Bild", "this image")))?.parse()?;
    let bytes = caller.app.store.blobs().get(&caller.principal.tenant, &blob).await?;
    let shown = tokio::task::spawn_blocking(move || {
        raster::shown(&bytes).map(|(kind, bytes)| (kind.media_type(), bytes.into_owned()))
    });
    let (kind, bytes) = shown.await.map_err(AppError::internal)?.map_err(AppError::internal)?;
    let mut response = file(bytes, kind, None);
    response.extensions_mut().insert(Embedded::Document);
    Ok(response)
}

pub(super) async fn document(caller: Caller, Path((id, number)): Path<(String, i64)>) -> Answer {
    load(&caller, &id).await?;
    let key = id.clone();
    let read = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { note::documents(tx, &key).await }));
    let made = read.await?.into_iter().find(|made| made.no + 1 == number);
    let made = made.ok_or_else(|| AppError::not_found(Text::new("dieses Dokument", "this document")))?;
    let Some(blob) = &made.blob else {
        return Err(AppError::not_found(Text::new(
            "diese Datei (noch nicht erzeugt, oder schon in der Akte)",
            "this file (not made yet, or in the record already)",
        )));
    };
    let bytes = caller.app.store.blobs().get(&caller.principal.tenant, &blob.parse()?).await?;
    Ok(file(bytes.to_vec(), "application/pdf", Some(&made.name())))
}

/// The note, to be read.
pub(super) async fn note(caller: Caller, Path(id): Path<String>) -> Answer {
    let stored = load(&caller, &id).await?;
    let lang = caller.lang;
    let batch = stored.batch.as_ref();
    let note = batch.and_then(|batch| batch.note.as_deref()).ok_or_else(no_note)?;
    let pairs = |pairs: &[(String, String)]| {
        let entries: Vec<(&str, _)> = pairs.iter().map(|(name, value)| (name.as_str(), html! { (value) })).collect();
        definition_list(&entries)
    };
    let quality = &note.quality;
    let address = format!("/scannen/{id}/transfervermerk");
    let body = html! {
        div.toolbar {
            (link_button(&format!("{address}/pdf"), "PDF/A").download())
            (link_button(&format!("{address}/json"), "JSON").quiet().download())
            (link_button(&format!("{address}/xml"), "XML").quiet().download())
            @if batch.is_some_and(|batch| batch.sealed.is_some()) && stored.record.is_none() {
                (link_button(&format!("{address}/p7s"), lang.tr("Siegel (CAdES)", "Seal (CAdES)")).quiet().download())
            }
        }
        (card(lang.tr("a) Ersteller", "a) Creator"), &definition_list(&[
            (lang.tr("Person", "Person"), html! { (stored.creator_name) " (" (note.creator) ")" }),
            (lang.tr("Organisation", "Organisation"), html! { (note.organisation) }),
        ])))
        (card(lang.tr("b) Technische und organisatorische Umgebung", "b) Technical and organisational environment"), &html! {
            (pairs(&note.technical)) (pairs(&note.organisational))
        }))
        (card(lang.tr("c) Auffälligkeiten", "c) Irregularities"), &html! {
            @if note.irregularities.is_empty() { p { (lang.tr("Keine.", "None.")) } }
            @else { ul { @for text in &note.irregularities { li { (text) } } } }
        }))
        (card(lang.tr("d) Zeitpunkt und e) Qualitätssicherung", "d) Time and e) quality assurance"), &definition_list(&[
            (lang.tr("Gescannt (UTC)", "Scanned (UTC)"), html! { (note.scanned) }),
            (lang.tr("Geprüft von", "Checked by"), html! { (stored.checker_name) " (" (quality.checker) ")" }),
            (lang.tr("Prüfung beendet (UTC)", "Check ended (UTC)"), html! { (quality.ended) }),
            (lang.tr("Seiten, davon geprüft", "Pages, of them checked"), html! { (quality.pages) ", " (quality.checked) }),
            (lang.tr("Neu gescannt", "Scanned again"), html! { (quality.repeated) }),
            (lang.tr("Startwert der Losung", "Seed of the draw"), html! {
                @match &quality.seed { Some(seed) => { code { (seed) } } None => { (lang.tr("alle Seiten geprüft", "all pages checked")) } }
            }),
        ])))
        (card(lang.tr("f) Übereinstimmung", "f) Identity"), &html! {
            p { @if note.identical { (lang.tr("Die Scans stimmen mit dem Papier bildlich und inhaltlich überein.", "The scans are the same as the paper to the eye and in content.")) } }
        }))
        (card(lang.tr("Dateien (SHA-512)", "Files (SHA-512)"), &html! {
            ul { @for scan in note.scans.iter().filter(|scan| scan.name.ends_with(".pdf")) { li { (scan.name) ": " code { (scan.value) } } } }
        }))
    };
    let page = Page::new(lang.tr("Transfervermerk", "Transfer note"))
        .section(SECTION)
        .crumb("/scannen", lang.tr("Scannen", "Scanning"))
        .crumb(format!("/scannen/{id}"), stored.title.clone());
    Ok(frame(&caller, page, body))
}

async fn sealed(caller: &Caller, id: &str) -> Result<Option<seal::Kept>, AppError> {
    let key = id.to_owned();
    let read = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { seal::kept(tx, &key).await }));
    Ok(read.await?)
}

fn no_seal() -> AppError {
    AppError::not_found(Text::new(
        "dieses Siegel (noch nicht gesiegelt, oder schon in der Akte)",
        "this seal (not sealed yet, or in the record already)",
    ))
}

fn no_note() -> AppError {
    AppError::not_found(Text::new("dieser Transfervermerk", "this transfer note"))
}

pub(super) async fn note_file(caller: Caller, Path((id, form)): Path<(String, String)>) -> Answer {
    let stored = load(&caller, &id).await?;
    let note = stored.batch.and_then(|batch| batch.note).ok_or_else(no_note)?;
    match form.as_str() {
        "json" => Ok(file(note::json(&note), "application/json", Some(note::JSON))),
        "xml" => Ok(file(note.to_xml().into_bytes(), "application/xml", Some(note::XML))),
        "p7s" => {
            let kept = sealed(&caller, &id).await?.and_then(|kept| kept.seal_blob).ok_or_else(no_seal)?;
            let bytes = caller.app.store.blobs().get(&caller.principal.tenant, &kept.parse()?).await?;
            Ok(file(bytes.to_vec(), "application/pkcs7-signature", Some(note::SEAL)))
        }
        "pdf" => {
            // What was sealed is handed out byte for byte.
            if let Some(blob) = sealed(&caller, &id).await?.and_then(|kept| kept.seal_blob.and(kept.note_blob)) {
                let bytes = caller.app.store.blobs().get(&caller.principal.tenant, &blob.parse()?).await?;
                return Ok(file(bytes.to_vec(), "application/pdf", Some(note::PDF)));
            }
            let (title, now) = (stored.title, caller.app.now());
            let made = tokio::task::spawn_blocking(move || note::pdf(&note, &title, now));
            let pdf = made.await.map_err(AppError::internal)?.map_err(AppError::internal)?;
            Ok(file(pdf, "application/pdf", Some(note::PDF)))
        }
        _ => Err(AppError::not_found(Text::new("diese Form", "this form"))),
    }
}

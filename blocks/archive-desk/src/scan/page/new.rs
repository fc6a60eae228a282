//! A new batch by upload, and a page that is scanned again.
//!
//! Invariant: what a form said is shown again with what is wrong; files that came are kept only with a batch.

use axum::extract::Path;
use axum::response::Response;
use futures_util::StreamExt as _;
use vir_archive::scan::batch::Command;
use vir_archive::scan::raster::Kind;
use vir_core::Text;
use vir_store::{Job, Tx, args};
use vir_web::parts::{self, button, card, error_summary, field, file_drop, link_button, select};
use vir_web::{Answer, AppError, Caller, FieldError, Flash, Page, Upload, html, page, redirect_with, upload_error};

use super::{SECTION, choices, count, load};
use crate::permissions::SCAN;
use crate::records::{self, TakeError, Taken};
use crate::scan::batch::{self, BatchError, Channel};
use crate::scan::intake::{self, MOST_BYTES, MOST_FILES, NewBatch, Received};
use crate::scan::read::{self, Found, page_of};
use crate::scan::{kind, who};

#[derive(Default)]
struct Said {
    title: String,
    class: String,
    expected: String,
    device: String,
    reason: String,
    page: String,
}

pub(super) async fn form(caller: Caller) -> Answer {
    caller.require_anywhere(SCAN)?;
    shown(&caller, &Said::default(), &[]).await
}

async fn shown(caller: &Caller, said: &Said, errors: &[FieldError]) -> Answer {
    let lang = caller.lang;
    let (classes, devices) = choices(caller).await?;
    let body = html! {
        (error_summary(lang, errors))
        @if classes.is_empty() {
            (parts::notice(parts::Tone::Careful, lang.tr("Es gibt noch keine Dokumentklasse", "There is no document class yet"), &html! {
                p { a href="/scannen/klassen/neu" { (lang.tr("Dokumentklasse anlegen", "Make a document class")) } }
            }))
        }
        form method="post" action="/scannen/neu" enctype="multipart/form-data" data-upload {
            (parts::csrf_field(caller))
            (card(lang.tr("Der Stapel", "The batch"), &html! {
                (select(lang, "class", lang.tr("Dokumentklasse", "Document class"), &classes).value(&said.class).errors(errors).required()
                    .hint(lang.tr("Aus ihr folgen Schutzbedarf und Stichprobe.", "Protection and sample follow from it.")))
                (field(lang, "title", lang.tr("Bezeichnung", "Name")).value(&said.title).errors(errors).max_length(200)
                    .hint(lang.tr("Zum Beispiel der Aufkleber auf dem Stapel.", "The label on the pile, for example.")))
                (field(lang, "expected", lang.tr("Gezählte Seiten", "Counted pages")).value(&said.expected).errors(errors).input_mode("numeric").width(8)
                    .hint(lang.tr("Wurden die Seiten vorher gezählt? Trennblätter zählen nicht mit.", "Were the pages counted before? Separator sheets do not count.")))
                @if devices.is_empty() {
                    (field(lang, "device", lang.tr("Scanner", "Scanner")).value(&said.device).errors(errors).max_length(200))
                } @else {
                    (select(lang, "device", lang.tr("Scanner", "Scanner"), &devices).value(&said.device).errors(errors).empty(lang.tr("nicht angegeben", "not said")))
                }
                (file_drop(lang, "files", lang.tr("Gescannte Seiten", "Scanned pages")).multiple().accept(".tif,.tiff,.jpg,.jpeg,.pdf,image/tiff,image/jpeg,application/pdf").errors(errors)
                    .hint(lang.tr(
                        "TIFF, JPEG oder PDF vom Scanner (ein Bild je Seite), in der Reihenfolge ihrer Namen. JBIG2 wird abgelehnt.",
                        "TIFF, JPEG or PDF of the scanner (one image per page), in the order of their names. JBIG2 is refused.",
                    )))
            }))
            div.toolbar {
                (button(lang.tr("Stapel hochladen", "Upload the batch")))
                (link_button("/scannen", lang.tr("Abbrechen", "Cancel")).quiet())
            }
        }
    };
    let mut frame = Page::new(lang.tr("Stapel hochladen", "Upload a batch"))
        .section(SECTION)
        .crumb("/scannen", lang.tr("Scannen", "Scanning"));
    if !errors.is_empty() {
        frame = frame.with_errors();
    }
    Ok(page(caller, frame, body))
}

/// What came with a form: its fields and its files.
async fn received(caller: &Caller, mut upload: Upload) -> Result<(Said, Vec<Taken>, Vec<FieldError>), AppError> {
    let (mut said, mut files, mut errors) = (Said::default(), Vec::new(), Vec::new());
    while let Some(mut part) = upload.next().await? {
        let name = part.name().unwrap_or_default().to_owned();
        match (name.as_str(), part.file_name().map(str::to_owned)) {
            ("files", Some(file_name)) if !file_name.is_empty() => {
                if files.len() == MOST_FILES {
                    let words = Text::new("Zu viele Dateien auf einmal.", "Too many files at once.");
                    return Err(AppError::bad_request(words));
                }
                let Some(first) = part.chunk().await.map_err(|error| upload_error(&error))? else { continue };
                let stream = futures_util::stream::once(async move { Ok(first) }).chain(part);
                let tenant = &caller.principal.tenant;
                match records::take(&caller.app, tenant, &file_name, MOST_BYTES, Box::pin(stream)).await {
                    Ok(taken) => files.push(taken),
                    Err(TakeError::Store(error)) => return Err(error.into()),
                    Err(TakeError::Copy(error)) => return Err(AppError::internal(error)),
                    Err(error) => {
                        let text = error.text().unwrap_or_else(|| Text::new("Nicht lesbar.", "Not readable."));
                        errors.push(FieldError::new("files", text));
                        return Ok((said, files, errors));
                    }
                }
            }
            (field, None) => {
                let slot = match field {
                    "title" => &mut said.title,
                    "class" => &mut said.class,
                    "expected" => &mut said.expected,
                    "device" => &mut said.device,
                    "reason" => &mut said.reason,
                    "page" => &mut said.page,
                    _ => continue,
                };
                let text = part.text().await.map_err(|error| upload_error(&error))?;
                *slot = text.chars().filter(|c| !c.is_control()).take(1_000).collect();
            }
            _ => {}
        }
    }
    files.sort_by_cached_key(|file| natural(&file.file_name));
    if files.is_empty() {
        errors.push(FieldError::new(
            "files",
            Text::new("Wählen Sie mindestens eine Datei.", "Choose at least one file."),
        ));
    }
    Ok((said, files, errors))
}

/// Names in the order in which people count: `seite-9` before `seite-10`.
pub(in crate::scan) fn natural(name: &str) -> Vec<(String, u64)> {
    let mut parts = vec![(String::new(), 0_u64)];
    let mut counting = false;
    for letter in name.to_lowercase().chars() {
        match letter.to_digit(10) {
            Some(digit) => {
                counting = true;
                if let Some((_, number)) = parts.last_mut() {
                    *number = number.saturating_mul(10).saturating_add(u64::from(digit));
                }
            }
            None => {
                if counting {
                    parts.push((String::new(), 0));
                    counting = false;
                }
                if let Some((word, _)) = parts.last_mut() {
                    word.push(letter);
                }
            }
        }
    }
    parts
}

pub(super) async fn upload(caller: Caller, upload: Upload) -> Answer {
    caller.require_anywhere(SCAN)?;
    let (said, files, mut errors) = received(&caller, upload).await?;
    let expected = count(&said.expected).unwrap_or_else(|text| {
        errors.push(FieldError::new("expected", text));
        None
    });
    if said.class.is_empty() {
        errors.push(FieldError::new("class", Text::new("Wählen Sie eine Klasse.", "Choose a class.")));
    }
    if !errors.is_empty() {
        return shown(&caller, &said, &errors).await;
    }
    let new = NewBatch {
        title: said.title.clone(),
        channel: Channel::Upload,
        class: Some(said.class.clone()),
        expected,
        device: said.device.clone(),
        files,
        request: None,
        creator: Some((who(&caller.principal), caller.principal.name.clone())),
    };
    let written = caller
        .app
        .store
        .write(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { intake::receive(tx, new).await }));
    match written.await {
        Ok(Received::New(id) | Received::Again(id)) => {
            let flash =
                Flash::good(caller.tr(
                    "Der Stapel ist da; die Seiten werden gelesen.",
                    "The batch is here; its pages are being read.",
                ));
            Ok(redirect_with(&caller, &format!("/scannen/{id}"), &flash))
        }
        Ok(Received::OtherRequest) => Err(AppError::internal("a form has no key")),
        Err(BatchError::Refused(refusal)) => {
            let errors = vec![FieldError::new("class", batch::refused(&refusal))];
            shown(&caller, &said, &errors).await
        }
        Err(BatchError::Missing(text)) => shown(&caller, &said, &[FieldError::new("class", text)]).await,
        Err(error) => Err(error.into()),
    }
}

const FILES: &str = "select count(*) as n from scan_file where batch_id = $1";
const FILE: &str = "insert into scan_file (batch_id, no, file_name, blob, sha512, size_bytes, trouble, is_read)
    values ($1, $2, $3, $4, $5, $6, null, true)";
const PAGE: &str = "update scan_page set file_no = $3, blob = $4, kind = $5, width = $6, height = $7, dpi_x = $8,
    dpi_y = $9, sha512 = $10, words = null where batch_id = $1 and position = $2";

/// The statements that a test has both engines read.
pub(in crate::scan) const STATEMENTS: &[&str] = &[FILES, FILE, PAGE];

/// A page is scanned again.
pub(super) async fn replace(caller: Caller, Path(id): Path<String>, upload: Upload) -> Answer {
    load(&caller, &id).await?;
    let (said, files, errors) = received(&caller, upload).await?;
    let refuse = |text: Text| -> Result<Response, AppError> {
        Ok(redirect_with(
            &caller,
            &format!("/scannen/{id}/pruefen?seite={}", said.page),
            &Flash::bad(text.get(caller.lang)),
        ))
    };
    let Some(position) = said.page.parse::<u32>().ok().and_then(|page| page.checked_sub(1)) else {
        return Err(AppError::bad_request(Text::new("Welche Seite?", "Which page?")));
    };
    if let Some(error) = errors.into_iter().next() {
        return refuse(error.message);
    }
    let [taken] = files.as_slice() else {
        return refuse(Text::new("Genau eine Datei mit einer Seite.", "Exactly one file with one page."));
    };
    let bytes = caller.app.store.blobs().get(&caller.principal.tenant, &taken.blob).await?;
    let found = tokio::task::spawn_blocking(move || {
        let mut found = Vec::new();
        read::apart(&bytes, |one| {
            found.push(one);
            found.len() < 2
        })
        .map(|()| found)
    });
    let mut found = match found.await.map_err(AppError::internal)? {
        Ok(found) => found,
        Err(text) => return refuse(text),
    };
    let (Some(Found::Page(file)), true) = (found.pop(), found.is_empty()) else {
        return refuse(Text::new("Genau eine Datei mit einer Seite.", "Exactly one file with one page."));
    };
    let page = page_of(&file);
    let blob = caller.app.store.blobs().put(&caller.principal.tenant, file.bytes.clone()).await?;
    let (key, taken, who, reason) = (id.clone(), taken.clone(), who(&caller.principal), said.reason.clone());
    let (form, size, dpi): (Kind, _, _) = (file.kind, (file.width, file.height), file.dpi);
    let written = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let sha = page.raw.clone();
            let stored = batch::act(tx, &key, &[Command::Replace { position, page, reason }], &who).await?;
            let no = tx.one(FILES, &args![key.as_str()]).await?.int("n")?;
            let length = i64::try_from(taken.size).unwrap_or(i64::MAX);
            let values =
                args![key.as_str(), no, taken.file_name.as_str(), taken.blob.as_str(), taken.sha512.as_str(), length];
            tx.execute(FILE, &values).await?;
            let (across, down) = dpi.unzip();
            let values = args![
                key.as_str(),
                i64::from(position),
                no,
                blob.as_str(),
                read::kind_code(form),
                i64::from(size.0),
                i64::from(size.1),
                across.map(i64::from),
                down.map(i64::from),
                sha
            ];
            tx.execute(PAGE, &values).await?;
            batch::working(tx, &key, batch::Work::Reading, None).await?;
            tx.enqueue(Job::now(kind::READ, serde_json::json!({ "batch": key })).keyed(key.as_str())).await?;
            Ok::<_, BatchError>(stored)
        })
    });
    match written.await {
        Ok(_) => {
            let flash = Flash::good(caller.tr(
                "Die Seite ist ersetzt und wird noch einmal geprüft.",
                "The page is replaced and will be checked again.",
            ));
            Ok(redirect_with(&caller, &format!("/scannen/{id}/pruefen?seite={}", said.page), &flash))
        }
        Err(BatchError::Refused(refusal)) => refuse(batch::refused(&refusal)),
        Err(error) => Err(error.into()),
    }
}

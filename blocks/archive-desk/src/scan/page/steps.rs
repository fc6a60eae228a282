//! The steps of a batch, as forms post them.
//!
//! Invariant: a step is judged by the rules, whatever the page offered.

use axum::extract::Path;
use serde::Deserialize;
use vir_archive::scan::batch::{Command, Logged, State};
use vir_core::{Lang, Text};
use vir_store::Tx;
use vir_web::{Answer, AppError, Caller, Flash, Form, redirect_with};

use super::{count, load, seal_level};
use crate::permissions::FILE;
use crate::scan::batch::{self, BatchError, Stored};
use crate::scan::filing::{self, FilingError};
use crate::scan::intake::{self, Takeover};
use crate::scan::{make, note, ocr, quality, seal, who};
use crate::{access, records};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Step {
    step: String,
    class: String,
    expected: String,
    device: String,
    counted: String,
    text: String,
    identical: Option<String>,
    reference: String,
    title: Vec<String>,
    din: String,
}

pub(super) async fn take(caller: Caller, Path(id): Path<String>, Form(step): Form<Step>) -> Answer {
    let stored = load(&caller, &id).await?;
    let back = format!("/scannen/{id}");
    let outcome = match step.step.as_str() {
        "file" => file(&caller, &stored, &step).await,
        _ => simple(&caller, &id, step).await,
    };
    match outcome {
        Ok(text) => Ok(redirect_with(&caller, &back, &Flash::good(text.get(caller.lang)))),
        Err(BatchError::Refused(refusal)) => {
            Ok(redirect_with(&caller, &back, &Flash::bad(batch::refused(&refusal).get(caller.lang))))
        }
        Err(BatchError::Missing(text)) => Ok(redirect_with(&caller, &back, &Flash::bad(text.get(caller.lang)))),
        Err(error) => Err(error.into()),
    }
}

async fn simple(caller: &Caller, id: &str, step: Step) -> Result<Text, BatchError> {
    let (id, who, name) = (id.to_owned(), who(&caller.principal), caller.principal.name.clone());
    let ocr = if step.step == "note" { ocr::installed().await } else { None };
    let written = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let done = match step.step.as_str() {
                "take-over" => {
                    let expected = count(&step.expected).map_err(BatchError::Missing)?;
                    let said = Takeover { class: step.class, expected, device: step.device };
                    intake::take_over(tx, &id, &said, &who, &name).await?;
                    Text::new("Sie haben den Stapel übernommen.", "You have taken the batch over.")
                }
                "complete" => {
                    let counted = count(&step.counted).map_err(BatchError::Missing)?;
                    let counted = counted.ok_or_else(|| {
                        BatchError::Missing(Text::new(
                            "Wie viele Seiten wurden gezählt?",
                            "How many pages were counted?",
                        ))
                    })?;
                    quality::complete(tx, &id, counted, &who).await?;
                    Text::new(
                        "Vollständig. Die Seiten zur Prüfung sind ausgelost.",
                        "Complete. The pages to be checked are drawn.",
                    )
                }
                "remark" => {
                    let text = step.text.trim().to_owned();
                    if text.is_empty() {
                        return Err(BatchError::Missing(Text::new("Was war auffällig?", "What was irregular?")));
                    }
                    batch::act(tx, &id, &[Command::Remark { text }], &who).await?;
                    Text::new("Eingetragen.", "Entered.")
                }
                "approve" => {
                    quality::approve(tx, &id, &who, &name).await?;
                    Text::new("Die Qualitätssicherung ist beendet.", "Quality assurance has ended.")
                }
                "make" => {
                    if !batch::load(tx, &id).await?.is_some_and(|stored| stored.is(State::Approved)) {
                        return Err(BatchError::Missing(Text::new(
                            "Erst muss die Qualitätssicherung beendet sein.",
                            "Quality assurance has to end first.",
                        )));
                    }
                    make::enqueue(tx, &id).await?;
                    Text::new("Die PDF/A-Dateien werden erzeugt.", "The PDF/A files are being made.")
                }
                "note" => {
                    note::make(tx, &id, step.identical.is_some(), &who, ocr.as_ref()).await?;
                    Text::new("Der Transfervermerk ist erstellt.", "The transfer note is made.")
                }
                "seal" => {
                    if !batch::load(tx, &id)
                        .await?
                        .is_some_and(|stored| stored.is(State::Noted) && stored.record.is_none())
                    {
                        return Err(BatchError::Missing(Text::new(
                            "Erst muss es einen Transfervermerk geben, der noch nicht abgelegt ist.",
                            "There has to be a transfer note first that is not filed yet.",
                        )));
                    }
                    seal::enqueue(tx, &id).await?;
                    Text::new("Der Transfervermerk wird gesiegelt.", "The transfer note is being sealed.")
                }
                "discard" => {
                    filing::discard_raw(tx, &id, &who).await?;
                    Text::new("Die Rohbilder sind gelöscht.", "The raw images are deleted.")
                }
                "destroy" => {
                    filing::destroy(tx, &id, step.din.parse().unwrap_or(0), &who).await?;
                    Text::new("Die Vernichtung ist eingetragen.", "The destruction is entered.")
                }
                "cancel" => {
                    cancel(tx, &id, step.text.trim(), &who).await?;
                    Text::new("Der Stapel ist abgebrochen.", "The batch is cancelled.")
                }
                _ => {
                    return Err(BatchError::Missing(Text::new(
                        "Diesen Schritt gibt es nicht.",
                        "There is no such step.",
                    )));
                }
            };
            Ok(done)
        })
    });
    written.await
}

async fn cancel(tx: &mut Tx, id: &str, reason: &str, who: &vir_archive::lifecycle::Who) -> Result<(), BatchError> {
    tx.lock(&batch::lock(id)).await?;
    let stored = batch::load(tx, id).await?.ok_or(BatchError::Unknown)?;
    if stored.record.is_some() {
        return Err(BatchError::Missing(Text::new(
            "Die Scans sind schon in der Akte.",
            "The scans are in the record already.",
        )));
    }
    batch::act(tx, id, &[Command::Cancel { reason: reason.to_owned() }], who).await?;
    Ok(())
}

/// Files the scans into a record that the person may see and file into.
async fn file(caller: &Caller, stored: &Stored, step: &Step) -> Result<Text, BatchError> {
    let missing = |error: &AppError| BatchError::Missing(error.detail().clone());
    let reference = step.reference.trim().to_owned();
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { records::by_reference(tx, &reference).await })
    });
    let found = read.await?;
    let nowhere = || {
        BatchError::Missing(Text::new(
            "Eine Akte mit diesem Aktenzeichen gibt es nicht, oder nicht für Sie.",
            "There is no record of this reference, or not for you.",
        ))
    };
    let id = found.ok_or_else(nowhere)?;
    let loaded = access::permitted(caller, &id.0, FILE).await.map_err(|error| match error.status().as_u16() {
        404 => nowhere(),
        _ => missing(&error),
    })?;
    let key = stored.id.clone();
    let read = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { note::documents(tx, &key).await }));
    let made = read.await?;
    let ready = filing::ready(&caller.app, &caller.principal.tenant, stored, made).await;
    let ready = ready.map_err(|error| missing(&error))?;
    let who = records::who(&caller.principal, FILE, loaded.unit.as_deref());
    let (key, titles) = (stored.id.clone(), step.title.clone());
    let written = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { filing::file(tx, &key, &id, ready, &titles, &who).await })
    });
    match written.await {
        Ok(()) => Ok(Text::new(
            "Abgelegt. Der Langzeitspeicher übernimmt die Scans.",
            "Filed. Storage is taking the scans over.",
        )),
        Err(FilingError::Batch(error)) => Err(error),
        Err(FilingError::Store(error)) => Err(BatchError::Store(error)),
        Err(error @ FilingError::Record(_)) => Err(missing(&AppError::from(error))),
    }
}

/// What happened, in words.
pub(super) fn words(logged: &Logged, lang: Lang) -> String {
    let page = |position: &u32| position + 1;
    let (de, en) = match &logged.command {
        Command::Open { .. } => ("Stapel begonnen".to_owned(), "Batch begun".to_owned()),
        Command::Add { .. } => ("Seiten aufgenommen".to_owned(), "Pages added".to_owned()),
        Command::Replace { position, reason, .. } => (
            format!("Seite {} neu gescannt: {reason}", page(position)),
            format!("Page {} scanned again: {reason}", page(position)),
        ),
        Command::Treat { position, reason, .. } => (
            format!("Seite {} nachbearbeitet: {reason}", page(position)),
            format!("Page {} treated: {reason}", page(position)),
        ),
        Command::Remark { text } => (format!("Auffälligkeit: {text}"), format!("Irregularity: {text}")),
        Command::Complete { counted, .. } => (
            format!("Vollständig: {counted} Seiten; {} ausgelost", logged.drawn.len()),
            format!("Complete: {counted} pages; {} drawn", logged.drawn.len()),
        ),
        Command::Check { position, good: true, .. } => (
            format!("Seite {} geprüft: in Ordnung", page(position)),
            format!("Page {} checked: all right", page(position)),
        ),
        Command::Check { position, defect, .. } => (
            format!("Seite {} geprüft: {defect}", page(position)),
            format!("Page {} checked: {defect}", page(position)),
        ),
        Command::Approve => ("Qualitätssicherung beendet".to_owned(), "Quality assurance ended".to_owned()),
        Command::Note { .. } => ("Transfervermerk erstellt".to_owned(), "Transfer note made".to_owned()),
        Command::SealWith { seal, about, .. } => {
            let level = seal_level(*seal);
            (
                format!("Gesiegelt ({}, {}): {}", level.de, about.form, about.signer),
                format!("Sealed ({}, {}): {}", level.en, about.form, about.signer),
            )
        }
        Command::Deposit { package } => (
            format!("Im Langzeitspeicher, Version {} des Pakets", package.version),
            format!("In storage, version {} of the package", package.version),
        ),
        Command::DiscardRaw => ("Rohbilder gelöscht".to_owned(), "Raw images deleted".to_owned()),
        Command::Destroy { din_66399, .. } => {
            (format!("Papier vernichtet, DIN 66399 P-{din_66399}"), format!("Paper destroyed, DIN 66399 P-{din_66399}"))
        }
        Command::Cancel { reason } => (format!("Abgebrochen: {reason}"), format!("Cancelled: {reason}")),
    };
    lang.tr(de, en)
}

/// Is the batch still before the end of quality assurance?
pub(super) fn is_open(stored: &Stored) -> bool {
    stored.is(State::Scanning) || stored.is(State::Review)
}

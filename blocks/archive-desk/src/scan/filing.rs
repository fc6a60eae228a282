//! Filing: scans and transfer note go into a record; when storage has them, the paper may go.
//!
//! Invariant: a batch counts as deposited only when every file of it lies in a durable version of the record's package.

use jiff::SignedDuration;
use serde_json::json;
use vir_archive::lifecycle::event::Package;
use vir_archive::lifecycle::{RecordId, Who};
use vir_archive::scan::batch::{Command, State};
use vir_core::Text;
use vir_store::{Job, Store, TenantId, Tx, args};
use vir_web::{App, AppError, JobCall, WorkError};

use super::batch::{self, BatchError, Stored, Work};
use super::note::{self, Made};
use super::{kind, read::sha512, seal};
use crate::records::{self, ActError, NewDocument, Origin, Taken};

const FILED: &str = "update scan_batch set record_id = $2, note_document_id = $3 where id = $1";
const DOCUMENT: &str = "update scan_document set document_id = $3, blob = null where batch_id = $1 and no = $2";
const FORGET_FILES: &str = "update scan_file set blob = null where batch_id = $1";
const FORGET_PAGES: &str = "update scan_page set blob = null, words = null where batch_id = $1";

/// The statements that a test has both engines read.
pub const STATEMENTS: &[&str] = &[FILED, DOCUMENT, FORGET_FILES, FORGET_PAGES];

/// How long until somebody asks again whether storage has it.
const PAUSE: SignedDuration = SignedDuration::from_secs(15);

/// Why scans were not filed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FilingError {
    /// The batch is not ready.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// The record does not take them.
    #[error(transparent)]
    Record(#[from] ActError),
    /// The store.
    #[error(transparent)]
    Store(#[from] vir_store::Error),
}

impl From<FilingError> for AppError {
    fn from(error: FilingError) -> Self {
        match error {
            FilingError::Batch(error) => error.into(),
            FilingError::Store(error) => error.into(),
            FilingError::Record(ActError::Store(error)) => error.into(),
            FilingError::Record(error) => {
                let texts = error.texts();
                let join = |of: fn(&Text) -> &str| texts.iter().map(of).collect::<Vec<_>>().join(" ");
                AppError::conflict(Text::owned(join(|text| &text.de), join(|text| &text.en)))
            }
        }
    }
}

/// What is to be filed: the files, taken in.
#[derive(Debug, Clone)]
pub struct Ready {
    /// Each document with its file.
    pub documents: Vec<(Made, Taken)>,
    /// The note.
    pub note: Taken,
    /// Its seal.
    pub seal: Option<Taken>,
}

/// Takes the files of a batch in as documents of records.
///
/// # Errors
/// Where the batch has no note, a file was changed, or the store fails.
pub async fn ready(app: &App, tenant: &TenantId, stored: &Stored, made: Vec<Made>) -> Result<Ready, AppError> {
    let note = stored.batch.as_ref().and_then(|batch| batch.note.as_deref()).filter(|_| stored.is(State::Noted));
    let Some(note) = note else {
        return Err(AppError::conflict(Text::new(
            "Es gibt noch keinen Transfervermerk.",
            "There is no transfer note yet.",
        )));
    };
    let mut documents = Vec::new();
    for made in made.into_iter().filter(|made| made.pages > 0) {
        let (Some(blob), Some(sha)) = (&made.blob, &made.sha512) else {
            return Err(AppError::conflict(Text::new(
                "Dieser Stapel ist schon abgelegt.",
                "This batch is filed already.",
            )));
        };
        let bytes = app.store.blobs().get(tenant, &blob.parse()?).await?;
        if sha512(&bytes) != *sha {
            return Err(AppError::internal("a file of a batch is not what its transfer note says"));
        }
        let name = file_name(stored, &made);
        let taken = records::take_bytes(app, tenant, &name, bytes.to_vec()).await.map_err(AppError::internal)?;
        documents.push((made, taken));
    }
    let (pdf, seal) = match sealed(app, tenant, stored).await? {
        Some((pdf, seal)) => (pdf, Some(seal)),
        None => {
            let (copy, title, now) = (note.clone(), stored.title.clone(), app.now());
            let pdf = tokio::task::spawn_blocking(move || note::pdf(&copy, &title, now)).await;
            (pdf.map_err(AppError::internal)?.map_err(AppError::internal)?, None)
        }
    };
    let take =
        async |name: &str, bytes| records::take_bytes(app, tenant, name, bytes).await.map_err(AppError::internal);
    let note = take(note::PDF, pdf).await?;
    let seal = match seal {
        Some(bytes) => Some(take(note::SEAL, bytes).await?),
        None => None,
    };
    Ok(Ready { documents, note, seal })
}

/// The note's file and its seal, as they were sealed; none where the class demands no seal.
async fn sealed(app: &App, tenant: &TenantId, stored: &Stored) -> Result<Option<(Vec<u8>, Vec<u8>)>, AppError> {
    let Some(about) = stored.batch.as_ref().and_then(|batch| batch.sealed.as_deref()) else { return Ok(None) };
    let key = stored.id.clone();
    let read = app.store.read(tenant, move |tx: &mut Tx| Box::pin(async move { seal::kept(tx, &key).await }));
    let lost = || AppError::internal("the files of a seal are not what the log of their batch says");
    let kept = read.await?.ok_or_else(lost)?;
    let (Some(note), Some(seal)) = (kept.note_blob, kept.seal_blob) else { return Err(lost()) };
    let note = app.store.blobs().get(tenant, &note.parse()?).await?;
    let seal = app.store.blobs().get(tenant, &seal.parse()?).await?;
    if sha512(&note) != about.note || sha512(&seal) != about.seal {
        return Err(lost());
    }
    Ok(Some((note.to_vec(), seal.to_vec())))
}

fn file_name(stored: &Stored, made: &Made) -> String {
    let title: String = stored.title.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).take(60).collect();
    format!("{}-{}", title.trim_matches('-'), made.name())
}

/// Files them into a record.
///
/// # Errors
/// Where the batch is not ready, the record does not take them, or the store fails.
pub async fn file(
    tx: &mut Tx,
    id: &str,
    record: &RecordId,
    ready: Ready,
    titles: &[String],
    who: &Who,
) -> Result<(), FilingError> {
    tx.lock(&batch::lock(id)).await?;
    let stored = batch::load(tx, id).await?.ok_or(BatchError::Unknown)?;
    if !stored.is(State::Noted) || stored.record.is_some() {
        let text = Text::new("Dieser Stapel ist schon abgelegt.", "This batch is filed already.");
        return Err(BatchError::Missing(text).into());
    }
    if !stored.batch.as_ref().is_some_and(vir_archive::scan::batch::Batch::is_sealed_enough) {
        let text = Text::new(
            "Erst muss der Transfervermerk gesiegelt sein, wie die Klasse es verlangt (A.AM.IN.H.1).",
            "The transfer note has to be sealed first, as its class demands (A.AM.IN.H.1).",
        );
        return Err(BatchError::Missing(text).into());
    }
    let document = |title, file| NewDocument { id: None, case: None, title, origin: Origin::Scan, file };
    let (mut documents, mut numbers) = (Vec::new(), Vec::new());
    for (at, (made, taken)) in ready.documents.into_iter().enumerate() {
        let title = titles.get(at).map(|title| title.trim()).filter(|title| !title.is_empty());
        let title = title.map_or_else(|| format!("{} – {}", stored.title, made.no + 1), str::to_owned);
        documents.push(document(title, taken));
        numbers.push(made.no);
    }
    documents.push(document(format!("Transfervermerk zu {}", stored.title), ready.note));
    let is_sealed = ready.seal.is_some();
    documents.extend(ready.seal.map(|seal| document(format!("Siegel des Transfervermerks zu {}", stored.title), seal)));
    let (_, filed) = records::file(tx, record, documents, who).await?;
    for (no, item) in numbers.into_iter().zip(&filed) {
        tx.execute(DOCUMENT, &args![id, no, item.id.0.as_str()]).await?;
    }
    let mut behind = filed.iter().rev();
    if is_sealed {
        let seal = behind.next().expect("the seal was filed last");
        seal::filed(tx, id, &seal.id.0).await?;
    }
    let note = behind.next().expect("the note was filed behind the scans").id.0.as_str();
    tx.execute(FILED, &args![id, record.0.as_str(), note]).await?;
    batch::working(tx, id, Work::Storing, None).await?;
    tx.enqueue(Job::now(kind::DEPOSIT, json!({ "batch": id })).keyed(id)).await?;
    Ok(())
}

pub(super) async fn run(call: JobCall) -> Result<(), WorkError> {
    let id = call.payload["batch"].as_str().unwrap_or_default().to_owned();
    deposit(&call.app.store, &call.tenant, &id).await
}

/// Notes that storage has the files of a batch, or asks again later.
///
/// # Errors
/// Where the store fails.
pub async fn deposit(store: &Store, tenant: &TenantId, id: &str) -> Result<(), WorkError> {
    let key = id.to_owned();
    let noted = store.write(tenant, move |tx: &mut Tx| Box::pin(async move { settle(tx, &key).await }));
    noted.await.map_err(|error: BatchError| WorkError::later(error.to_string()))
}

async fn settle(tx: &mut Tx, id: &str) -> Result<(), BatchError> {
    tx.lock(&batch::lock(id)).await?;
    let Some(stored) = batch::load(tx, id).await?.filter(|stored| stored.is(State::Noted)) else { return Ok(()) };
    let Some(record) = stored.record.clone() else { return Ok(()) };
    let loaded = records::load(tx, &RecordId(record)).await?;
    let mut filed: Vec<String> = note::documents(tx, id).await?.into_iter().filter_map(|made| made.document).collect();
    filed.extend(stored.note_document.clone());
    filed.extend(seal::kept(tx, id).await?.and_then(|kept| kept.document));
    let Some(loaded) = loaded else {
        let text = Text::new("Die Akte ist nicht mehr da.", "The record is gone.");
        batch::working(tx, id, Work::None, Some(&text)).await?;
        return Ok(());
    };
    // A document whose bytes storage has needs no blob any more.
    let in_storage = !loaded.keep_due
        && filed.iter().all(|document| loaded.item(document, None).is_some_and(|item| item.blob.is_none()));
    let digest = loaded.inventory_digest.clone().filter(|_| in_storage && loaded.version > 0);
    let Some(leaf) = digest else {
        let at = tx.now() + PAUSE;
        tx.enqueue(Job::now(kind::DEPOSIT, json!({ "batch": id })).keyed(id).at(at)).await?;
        return Ok(());
    };
    let package = Package { version: loaded.version, algorithm: "sha512".to_owned(), leaf };
    let outcome = batch::act(tx, id, &[Command::Deposit { package }], &crate::keep::program()).await;
    let trouble = match outcome {
        Ok(_) => None,
        Err(BatchError::Refused(refusal)) => Some(batch::refused(&refusal)),
        Err(error) => return Err(error),
    };
    batch::working(tx, id, Work::None, trouble.as_ref()).await?;
    Ok(())
}

/// Deletes raw files and page images, after quality assurance.
///
/// # Errors
/// Where a measure forbids it or the store fails.
pub async fn discard_raw(tx: &mut Tx, id: &str, who: &Who) -> Result<(), BatchError> {
    tx.lock(&batch::lock(id)).await?;
    let documents = note::documents(tx, id).await?;
    // Page images are what the PDF files are made of.
    if documents.iter().any(|made| made.pages > 0 && made.sha512.is_none()) {
        return Err(BatchError::Missing(Text::new(
            "Erst müssen die PDF/A-Dateien erzeugt sein.",
            "The PDF/A files have to be made first.",
        )));
    }
    batch::act(tx, id, &[Command::DiscardRaw], who).await?;
    tx.execute(FORGET_FILES, &args![id]).await?;
    tx.execute(FORGET_PAGES, &args![id]).await?;
    Ok(())
}

/// The paper was destroyed: who, when, by which class. A legal hold on the record is one on its paper.
///
/// # Errors
/// Where a measure forbids it or the store fails.
pub async fn destroy(tx: &mut Tx, id: &str, din_66399: u8, who: &Who) -> Result<Stored, BatchError> {
    tx.lock(&batch::lock(id)).await?;
    let stored = batch::load(tx, id).await?.ok_or(BatchError::Unknown)?;
    let mut held = false;
    if let Some(record) = &stored.record
        && let Some(loaded) = records::load(tx, &RecordId(record.clone())).await?
    {
        let law = records::law(tx).await?;
        held = law.law().holds_of(&loaded.record, records::day_of(tx.now())).next().is_some();
    }
    batch::act(tx, id, &[Command::Destroy { din_66399, held }], who).await
}

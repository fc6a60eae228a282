//! Quality assurance: a batch is stated to be complete, and its check ends.
//!
//! Invariant: nothing is drawn before all files are read, and no check ends before all words are recognised.

use vir_archive::lifecycle::Who;
use vir_archive::scan::batch::Command;
use vir_core::Text;
use vir_store::{Tx, args};

use super::batch::{self, BatchError, Work};
use super::{class, make, note};

const PENDING: &str = "select count(*) as n from scan_file where batch_id = $1 and not is_read";
const SILENT: &str = "select count(*) as n from scan_page where batch_id = $1 and words is null";
const APPROVED: &str = "update scan_batch set checker_name = $2 where id = $1";

/// The statements that a test has both engines read.
pub const STATEMENTS: &[&str] = &[PENDING, SILENT, APPROVED];

/// All pages are there: so many were counted. The pages to be checked are drawn.
///
/// # Errors
/// Where files are still read, a document lacks pages, the count is another, or the store fails.
pub async fn complete(tx: &mut Tx, id: &str, counted: u32, who: &Who) -> Result<(), BatchError> {
    tx.lock(&batch::lock(id)).await?;
    let stored = batch::load(tx, id).await?.ok_or(BatchError::Unknown)?;
    if stored.work == Work::Reading && tx.one(PENDING, &args![id]).await?.int("n")? > 0 {
        return Err(BatchError::Missing(Text::new(
            "Die Dateien werden noch gelesen.",
            "The files are still being read.",
        )));
    }
    if let Some(made) = note::documents(tx, id).await?.iter().find(|made| !made.is_whole()) {
        let (number, pages, target) = (made.no + 1, made.pages, made.target.unwrap_or(0));
        return Err(BatchError::Missing(Text::owned(
            format!("Dokument {number} hat {pages} Seiten; sein Trennblatt sagt {target} (A.NB.3)."),
            format!("Document {number} has {pages} pages; its separator sheet says {target} (A.NB.3)."),
        )));
    }
    let class = stored.batch.as_ref().map(|batch| batch.class.id.clone()).unwrap_or_default();
    let reliability = class::reliability(tx, &class).await?;
    batch::act(tx, id, &[Command::Complete { counted, reliability }], who).await?;
    Ok(())
}

/// Ends the check; the PDF/A files are made.
///
/// # Errors
/// Where words are still recognised, pages are unchecked, or the store fails.
pub async fn approve(tx: &mut Tx, id: &str, who: &Who, name: &str) -> Result<(), BatchError> {
    if tx.one(SILENT, &args![id]).await?.int("n")? > 0 {
        return Err(BatchError::Missing(Text::new(
            "Die Texterkennung läuft noch. Bitte versuchen Sie es gleich wieder.",
            "Text recognition is still running. Please try again in a moment.",
        )));
    }
    batch::act(tx, id, &[Command::Approve], who).await?;
    tx.execute(APPROVED, &args![id, name]).await?;
    make::enqueue(tx, id).await?;
    Ok(())
}

//! Back to the document: what a row was read from.
//!
//! The model is not stored; it is read again from the XML, which is quick and cannot grow stale.
//!
//! Invariant: the bytes have the hash that the row names; the blob store proves it.

use axum::body::Bytes;
use vir_invoice::{bindings, model, xml};
use vir_store::{BlobId, Result, Store, TenantId, Tx, args};

use super::KeptFinding;
use crate::invoice_row::{InvoiceId, InvoiceRow};
use crate::limits;

/// A file beside an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its place.
    pub position: i64,
    /// `attachment`, `pdf`, `mail`, `person`.
    pub origin: String,
    /// A name that is safe to write.
    pub name: String,
    /// The MIME type that the document gives it: hostile text.
    pub mime: String,
    /// What it is.
    pub description: Option<String>,
    /// Its size.
    pub size_bytes: i64,
    /// Its content.
    pub blob: String,
}

/// The original of an invoice.
pub async fn original(store: &Store, tenant: &TenantId, row: &InvoiceRow) -> Result<Bytes> {
    let blob: BlobId = row.original_blob.parse()?;
    store.blobs().get(tenant, &blob).await
}

/// The XML of an invoice, where there is one.
pub async fn xml(store: &Store, tenant: &TenantId, row: &InvoiceRow) -> Result<Option<Bytes>> {
    let Some(blob) = &row.xml_blob else { return Ok(None) };
    let blob: BlobId = blob.parse()?;
    store.blobs().get(tenant, &blob).await.map(Some)
}

/// The invoice itself, where it has data, with the places of all values. Runs on a blocking thread.
pub async fn model(store: &Store, tenant: &TenantId, row: &InvoiceRow) -> Result<Option<model::Invoice>> {
    let Some(bytes) = xml(store, tenant, row).await? else { return Ok(None) };
    let read =
        super::workshop().run(move |_| xml::parse_with(&bytes, &limits::xml()).ok().map(|doc| bindings::read(&doc)));
    Ok(read.await.ok().flatten())
}

/// The files beside an invoice.
pub async fn files(tx: &mut Tx, id: &InvoiceId) -> Result<Vec<File>> {
    const FILES: &str = "select position, origin, name, mime, description, size_bytes, blob from invoice_file
        where invoice_id = $1 order by position";
    let rows = tx.all(FILES, &args![id.as_str()]).await?;
    rows.iter()
        .map(|row| {
            Ok(File {
                position: row.int("position")?,
                origin: row.text("origin")?,
                name: row.text("name")?,
                mime: row.text("mime")?,
                description: row.optional_text("description")?,
                size_bytes: row.int("size_bytes")?,
                blob: row.text("blob")?,
            })
        })
        .collect()
}

/// What the check said when the invoice came in.
pub async fn findings(tx: &mut Tx, id: &InvoiceId) -> Result<Vec<KeptFinding>> {
    const FINDINGS: &str = "select findings from invoice_report where invoice_id = $1";
    match tx.optional(FINDINGS, &args![id.as_str()]).await? {
        Some(row) => Ok(serde_json::from_str(&row.text("findings")?)?),
        None => Ok(Vec::new()),
    }
}

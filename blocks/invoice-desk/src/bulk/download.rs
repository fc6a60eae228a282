//! The originals of a selection as one ZIP file, packed while it is sent.
//!
//! Invariant: memory holds a few documents at a time; the download is in the audit log before the first byte leaves.

use std::io::Write as _;

use axum::response::Response;
use tokio::sync::mpsc;
use vir_store::{BlobId, Entry, Store, TenantId, Tx};
use vir_web::{AppError, Caller};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::store::Bulk;
use crate::access::may;
use crate::invoice_row::{InvoiceId, InvoiceRow};
use crate::permissions::SEE;
use crate::register::export::{Piece, streamed};

/// Bytes that are sent at once.
const CHUNK: usize = 64 * 1024;

type Document = Result<(String, Vec<u8>), std::io::Error>;

/// Notes the download and begins to send it.
pub async fn originals(caller: &Caller, bulk: &Bulk, ids: Vec<InvoiceId>) -> Result<Response, AppError> {
    let noted = Entry {
        actor: caller.principal.actor(),
        action: "invoice.download".to_owned(),
        subject: format!("bulk/{}", bulk.id),
        detail: serde_json::json!({ "invoices": ids }),
    };
    let write = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            tx.audit(noted);
            Ok::<_, vir_store::Error>(())
        })
    });
    write.await?;
    let name = format!("{}-{}.zip", caller.lang.tr("originale", "originals"), crate::day_of(caller.app.now()));
    let (send, receive) = mpsc::channel::<Piece>(2);
    let (documents, mut come) = mpsc::channel::<Document>(1);
    tokio::spawn(read_all(caller.clone(), ids, documents));
    // Packing is computation, so it has a thread of its own.
    tokio::task::spawn_blocking(move || {
        let mut pack = || -> std::io::Result<()> {
            let mut zip = ZipWriter::new_stream(Pieces { held: Vec::with_capacity(CHUNK), send: send.clone() });
            while let Some(document) = come.blocking_recv() {
                let (name, bytes) = document?;
                zip.start_file(name, SimpleFileOptions::default()).map_err(std::io::Error::other)?;
                zip.write_all(&bytes)?;
            }
            let mut rest = zip.finish().map_err(std::io::Error::other)?.into_inner();
            rest.pass_on()
        };
        if let Err(error) = pack()
            && !send.is_closed()
        {
            tracing::error!(%error, "a download ends early");
            let _ = send.blocking_send(Err(std::io::Error::other("the download ended early")));
        }
    });
    Ok(streamed(receive, "application/zip", &name))
}

/// Collects small writes and sends them on in pieces.
struct Pieces {
    held: Vec<u8>,
    send: mpsc::Sender<Piece>,
}

impl Pieces {
    fn pass_on(&mut self) -> std::io::Result<()> {
        let piece = std::mem::replace(&mut self.held, Vec::with_capacity(CHUNK));
        if piece.is_empty() {
            return Ok(());
        }
        self.send.blocking_send(Ok(piece)).map_err(|_| std::io::Error::from(std::io::ErrorKind::BrokenPipe))
    }
}

impl std::io::Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= CHUNK {
            self.pass_on()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn read_all(caller: Caller, ids: Vec<InvoiceId>, to: mpsc::Sender<Document>) {
    for (index, id) in ids.into_iter().enumerate() {
        let read = document(&caller, index, id).await;
        let failed = read.is_err();
        let sent = match read {
            Ok(Some(document)) => to.send(Ok(document)).await,
            // It may no longer be seen.
            Ok(None) => continue,
            Err(error) => to.send(Err(std::io::Error::other(error))).await,
        };
        if failed || sent.is_err() {
            return;
        }
    }
}

async fn document(caller: &Caller, index: usize, id: InvoiceId) -> Result<Option<(String, Vec<u8>)>, vir_store::Error> {
    let (store, tenant): (&Store, &TenantId) = (&caller.app.store, &caller.principal.tenant);
    let read = store.read(tenant, move |tx: &mut Tx| Box::pin(async move { InvoiceRow::load(tx, &id).await })).await?;
    let Some(row) = read.filter(|row| may(&caller.principal, SEE, row.unit_id.as_deref())) else { return Ok(None) };
    let blob: BlobId = row.original_blob.parse()?;
    let bytes = store.blobs().get(tenant, &blob).await?;
    // The number in front keeps the order of the list and makes names unique.
    let name = vir_invoice::safe_name::safe_name(&row.file_name, caller.lang.tr("rechnung", "invoice"));
    Ok(Some((format!("{:04}-{name}", index + 1), bytes.to_vec())))
}

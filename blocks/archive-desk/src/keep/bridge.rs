//! Blobs for code that reads and waits.
//!
//! Invariant: a blob is open from the first read to the last, and a piece of it at a time is in memory.

use std::io::{self, Read};

use axum::body::Bytes;
use futures_util::StreamExt as _;
use tokio::runtime::Handle;
use vir_store::{BlobId, BlobStream, Blobs, TenantId};

/// A blob, read by a thread that may wait.
pub struct Blocking {
    blobs: Blobs,
    tenant: TenantId,
    id: BlobId,
    stream: Option<BlobStream>,
    piece: Bytes,
    handle: Handle,
}

impl Blocking {
    /// This blob; `handle` belongs to a runtime that goes on meanwhile.
    #[must_use]
    pub fn new(blobs: &Blobs, tenant: &TenantId, id: &BlobId, handle: &Handle) -> Self {
        let (blobs, tenant, id, handle) = (blobs.clone(), tenant.clone(), id.clone(), handle.clone());
        Self { blobs, tenant, id, stream: None, piece: Bytes::new(), handle }
    }
}

impl Read for Blocking {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            let stream = match &mut self.stream {
                Some(stream) => stream,
                none => {
                    let opened = self.handle.block_on(self.blobs.open(&self.tenant, &self.id));
                    none.insert(opened.map_err(io::Error::other)?.1)
                }
            };
            match self.handle.block_on(stream.next()) {
                None => return Ok(0),
                Some(piece) => self.piece = piece.map_err(io::Error::other)?,
            }
        }
        let count = self.piece.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.piece.split_to(count));
        Ok(count)
    }
}

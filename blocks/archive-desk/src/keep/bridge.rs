//! Blobs for code that reads and waits.
//!
//! Invariant: a piece at a time is in memory.

use std::io::{self, Read};

use axum::body::Bytes;
use futures_util::StreamExt as _;
use tokio::runtime::Handle;
use vir_store::BlobStream;

/// A stream of bytes, read by a thread that may wait.
pub struct Blocking {
    stream: BlobStream,
    piece: Bytes,
    handle: Handle,
}

impl Blocking {
    /// Of this stream; `handle` belongs to the runtime in which it was made.
    #[must_use]
    pub fn new(stream: BlobStream, handle: Handle) -> Self {
        Self { stream, piece: Bytes::new(), handle }
    }
}

impl Read for Blocking {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.handle.block_on(self.stream.next()) {
                None => return Ok(0),
                Some(piece) => self.piece = piece.map_err(io::Error::other)?,
            }
        }
        let count = self.piece.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.piece.split_to(count));
        Ok(count)
    }
}

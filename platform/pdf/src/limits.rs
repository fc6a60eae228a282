//! How much a PDF from outside may cost us.
//!
//! Invariant: every byte that is decompressed and every byte that is parsed is charged
//! to one [`Budget`] per document, so the whole cost is bounded, not only each step.

use std::cell::Cell;

use crate::error::{Limit, PdfError};

/// The limits for reading one PDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest file that is looked at, in bytes.
    pub file_bytes: u64,
    /// Largest single stream after decompression, in bytes.
    pub stream_bytes: u64,
    /// All decompressed streams together, in bytes.
    pub total_bytes: u64,
    /// Number of embedded files.
    pub files: usize,
    /// Depth of nested arrays, dictionaries and trees.
    pub depth: usize,
    /// Number of indirect objects.
    pub objects: usize,
}

impl Default for Limits {
    /// Generous for a real invoice (files of some hundred kilobytes), small for a server.
    fn default() -> Self {
        const MIB: u64 = 1024 * 1024;
        Self {
            file_bytes: 256 * MIB,
            stream_bytes: 128 * MIB,
            total_bytes: 256 * MIB,
            files: 1_000,
            depth: 64,
            objects: 1_000_000,
        }
    }
}

/// What is left of the limits while one document is read.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    decompressed: Cell<u64>,
    work: Cell<u64>,
    work_limit: u64,
}

impl Budget {
    /// The work limit lets a reader pass over the file some times, but not once per object.
    pub(crate) fn new(limits: &Limits, file_len: usize) -> Self {
        let work_limit = 16 * (file_len as u64).saturating_add(limits.total_bytes.min(1 << 20));
        Self { limits: *limits, decompressed: Cell::new(0), work: Cell::new(0), work_limit }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many bytes the next stream may have.
    pub(crate) fn stream_room(&self) -> u64 {
        let total = self.limits.total_bytes.saturating_sub(self.decompressed.get());
        self.limits.stream_bytes.min(total)
    }

    /// The error for a stream that outgrew its room.
    pub(crate) fn stream_error(&self) -> PdfError {
        if self.stream_room() < self.limits.stream_bytes {
            PdfError::LimitExceeded { what: Limit::TotalSize, limit: self.limits.total_bytes }
        } else {
            PdfError::LimitExceeded { what: Limit::StreamSize, limit: self.limits.stream_bytes }
        }
    }

    /// Charges bytes that came out of a filter.
    pub(crate) fn charge_stream(&self, bytes: u64) {
        self.decompressed.set(self.decompressed.get().saturating_add(bytes));
    }

    /// Charges bytes that were looked at. What was decompressed may be parsed some times, too.
    pub(crate) fn charge_work(&self, bytes: usize) -> Result<(), PdfError> {
        let work = self.work.get().saturating_add(bytes as u64 + 1);
        self.work.set(work);
        let limit = self.work_limit.saturating_add(16 * self.decompressed.get());
        if work > limit {
            return Err(PdfError::LimitExceeded { what: Limit::Objects, limit });
        }
        Ok(())
    }
}

//! Reading what somebody sends: within a limit for each document, and a limit for all together.
//!
//! Invariant: what all requests hold in memory at once never exceeds [`limits::MEMORY_BYTES`] by
//! more than one piece each; whoever comes when it is used up is asked to come again.

use std::sync::{Arc, LazyLock};

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use futures_util::{Stream, StreamExt as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use vir_web::AppError;

use crate::limits;

/// Memory for documents that are being received.
#[derive(Debug, Clone)]
pub struct Budget(Arc<Semaphore>);

/// A document with its share of the budget, given back when it is dropped.
#[derive(Debug)]
pub struct Read {
    /// The document.
    pub bytes: Bytes,
    _share: Vec<OwnedSemaphorePermit>,
}

/// Memory is counted in pieces of this size.
const PIECE: u64 = 16 * 1024;

/// The one budget of the process.
#[must_use]
pub fn budget() -> Budget {
    static BUDGET: LazyLock<Budget> =
        LazyLock::new(|| Budget(Arc::new(Semaphore::new((limits::MEMORY_BYTES / PIECE) as usize))));
    BUDGET.clone()
}

/// Why a body was not read.
#[derive(Debug)]
pub enum BodyError {
    /// Larger than the limit.
    TooLarge(u64),
    /// All memory is in use.
    Full,
    /// The sender broke off.
    Broken,
}

impl From<BodyError> for AppError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge(limit) => AppError::too_large(limit),
            BodyError::Full => AppError::unavailable(),
            BodyError::Broken => AppError::new(
                StatusCode::BAD_REQUEST,
                "incomplete",
                vir_core::Text::new("Unvollständig", "Incomplete"),
                vir_core::Text::new(
                    "Die Übertragung brach ab, bevor das Dokument vollständig war. Es wurde nichts gespeichert.",
                    "The transfer broke off before the document was complete. Nothing was stored.",
                ),
            ),
        }
    }
}

impl Budget {
    /// Reads a body.
    pub async fn read(&self, body: Body, limit: u64) -> Result<Read, BodyError> {
        self.collect(body.into_data_stream(), limit).await
    }

    /// Reads any stream of pieces.
    pub async fn collect<S, E>(&self, mut pieces: S, limit: u64) -> Result<Read, BodyError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
    {
        let mut whole: Vec<u8> = Vec::new();
        let mut share = Vec::new();
        let mut held = 0;
        let mut first: Option<Bytes> = None;
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|_| BodyError::Broken)?;
            let size = first.as_ref().map_or(whole.len(), Bytes::len) + piece.len();
            if size as u64 > limit {
                return Err(BodyError::TooLarge(limit));
            }
            if size as u64 > held {
                let wanted = (size as u64 - held).div_ceil(PIECE);
                let wanted = u32::try_from(wanted).map_err(|_| BodyError::TooLarge(limit))?;
                share.push(self.0.clone().try_acquire_many_owned(wanted).map_err(|_| BodyError::Full)?);
                held += u64::from(wanted) * PIECE;
            }
            // Most documents come in one piece, which is taken as it is.
            match (first.take(), whole.is_empty()) {
                (None, true) => first = Some(piece),
                (None, false) => append(&mut whole, &piece),
                (Some(before), _) => {
                    append(&mut whole, &before);
                    append(&mut whole, &piece);
                }
            }
        }
        let bytes = first.unwrap_or_else(|| Bytes::from(whole));
        Ok(Read { bytes, _share: share })
    }
}

/// Appends with an eighth of room to grow: a vector that doubles would hold up to twice what the budget counts.
fn append(whole: &mut Vec<u8>, piece: &[u8]) {
    if whole.capacity() - whole.len() < piece.len() {
        whole.reserve_exact(piece.len() + whole.len() / 8);
    }
    whole.extend_from_slice(piece);
}

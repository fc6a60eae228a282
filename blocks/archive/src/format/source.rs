//! What identification reads from: bytes at places, so that no file has to be in memory.
//!
//! Invariant: nothing is read beyond the length, and what is read at once is bounded by whoever asks.

use std::io;

/// Bytes with random access. Whoever keeps files implements it; slices of bytes do already.
pub trait Source {
    /// How many bytes there are.
    fn length(&self) -> u64;

    /// Fills the buffer from this place; it never reaches beyond the length.
    fn read(&self, at: u64, buffer: &mut [u8]) -> io::Result<()>;
}

impl Source for [u8] {
    fn length(&self) -> u64 {
        self.len() as u64
    }

    fn read(&self, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        let from = usize::try_from(at).ok().and_then(|at| self.get(at..)?.get(..buffer.len()));
        buffer.copy_from_slice(from.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

impl Source for Vec<u8> {
    fn length(&self) -> u64 {
        self.as_slice().length()
    }

    fn read(&self, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.as_slice().read(at, buffer)
    }
}

/// Up to `most` bytes from a place; fewer at the end, none beyond it.
pub(super) fn piece(source: &dyn Source, at: u64, most: usize) -> io::Result<Vec<u8>> {
    let left = source.length().saturating_sub(at);
    let count = usize::try_from(left).map_or(most, |left| left.min(most));
    let mut bytes = vec![0; count];
    if count > 0 {
        source.read(at, &mut bytes)?;
    }
    Ok(bytes)
}

/// Exactly as many bytes; an error where there are fewer.
pub(super) fn exactly(source: &dyn Source, at: u64, count: usize) -> io::Result<Vec<u8>> {
    let bytes = piece(source, at, count)?;
    if bytes.len() == count { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

//! Content on its way into a package.
//!
//! Invariant: the end comes only where all bytes before it were those that the package states.

use std::io::{self, Read};

use sha2::digest::DynDigest;

use super::{File, PackageError};

/// The content of a file, compared with its size and hash value while it is read.
pub struct Checked<'f, R> {
    inner: R,
    file: &'f File,
    seen: u64,
    hasher: Option<Box<dyn DynDigest>>,
}

impl<'f, R: Read> Checked<'f, R> {
    /// What `inner` gives is to be the content of `file`.
    pub fn new(file: &'f File, inner: R) -> Self {
        Self { inner, file, seen: 0, hasher: Some(file.hash.0.running()) }
    }

    fn other(&self) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, PackageError::Content(self.file.path.clone()))
    }
}

impl<R: Read> Read for Checked<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if count > 0 {
            self.seen += count as u64;
            if self.seen > self.file.size {
                return Err(self.other());
            }
            if let Some(hasher) = &mut self.hasher {
                hasher.update(&buffer[..count]);
            }
        } else if !buffer.is_empty()
            && let Some(hasher) = self.hasher.take()
            && (self.seen != self.file.size || *hasher.finalize() != *self.file.hash.1)
        {
            return Err(self.other());
        }
        Ok(count)
    }
}

/// The fault of a package that an error of reading stands for; none where it is another.
#[must_use]
pub fn fault(error: &io::Error) -> Option<&PackageError> {
    error.get_ref()?.downcast_ref()
}

//! What writes a file: its beginning at once, and where it is large, the rest in pieces that a thread of its own brings
//! to the disk while the next piece is made.
//!
//! Large pieces go past the kernel's memory where the file system allows it (`O_DIRECT`): copying them there and
//! writing them back would cost the processor nearly as much as to hash them.
//!
//! Invariant: after [`Write::flush`] the kernel has all bytes, in their order; at most a few pieces are in memory.

use std::fs::File;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

/// So much of a large file is written at once. A file that is not larger than one piece is small.
const PIECE: usize = 1 << 20;
/// Pieces on their way: one is being written, one waits, one is being filled.
const WAITING: usize = 1;
/// What addresses, lengths and places on the disk are multiples of, where the kernel's memory is left out.
const ALIGNMENT: usize = 4096;

#[derive(Debug)]
pub(super) struct Pen {
    file: File,
    /// How many bytes have gone the way of small files.
    small: usize,
    /// What is made for the thread.
    piece: Option<Piece>,
    helper: Option<Helper>,
}

impl Pen {
    pub fn new(file: File) -> Self {
        Self { file, small: 0, piece: None, helper: None }
    }

    /// Hands a full piece over.
    fn hand_over(&mut self, piece: Piece) -> io::Result<()> {
        let helper = match &mut self.helper {
            Some(helper) => helper,
            none => none.insert(Helper::start(self.file.try_clone()?)?),
        };
        if helper.full.as_ref().is_some_and(|pieces| pieces.send(piece).is_ok()) {
            return Ok(());
        }
        // It has ended, and says why.
        self.wait().and(Err(io::ErrorKind::BrokenPipe.into()))
    }

    /// An empty piece.
    fn empty(&self) -> Piece {
        let used = self.helper.as_ref().and_then(|helper| helper.empty.try_recv().ok());
        used.unwrap_or_else(Piece::new)
    }

    /// Waits until all that was handed over is written.
    fn wait(&mut self) -> io::Result<()> {
        let Some(mut helper) = self.helper.take() else { return Ok(()) };
        helper.full = None;
        let thread = helper.thread.take().expect("a helper has its thread until it is waited for");
        thread.join().unwrap_or_else(|_| Err(io::Error::other("the writing thread failed")))
    }
}

impl Write for Pen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.small < PIECE {
            let written = self.file.write(&bytes[..bytes.len().min(PIECE - self.small)])?;
            self.small += written;
            return Ok(written);
        }
        let mut piece = self.piece.take().unwrap_or_else(|| self.empty());
        let taken = piece.fill(bytes);
        if piece.filled == PIECE {
            self.hand_over(piece)?;
        } else {
            self.piece = Some(piece);
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.wait()?;
        if let Some(piece) = self.piece.as_mut().filter(|piece| piece.filled > 0) {
            self.file.write_all(piece.bytes())?;
            // What may come now begins at any place, so it goes the way of small files.
            (self.piece, self.small) = (None, 0);
        }
        Ok(())
    }
}

impl Drop for Pen {
    fn drop(&mut self) {
        // Whoever has not flushed has given the file up.
        let _ = self.wait();
    }
}

/// Bytes whose first has an address that is a multiple of [`ALIGNMENT`].
#[derive(Debug)]
struct Piece {
    buffer: Vec<u8>,
    start: usize,
    filled: usize,
}

impl Piece {
    fn new() -> Self {
        let buffer = vec![0; PIECE + ALIGNMENT];
        // Where no such address can be found, any will do.
        let start = buffer.as_ptr().align_offset(ALIGNMENT).min(ALIGNMENT);
        Self { buffer, start, filled: 0 }
    }

    fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.start + self.filled]
    }

    /// Takes as many bytes as there is room for.
    fn fill(&mut self, bytes: &[u8]) -> usize {
        let taken = bytes.len().min(PIECE - self.filled);
        let at = self.start + self.filled;
        self.buffer[at..at + taken].copy_from_slice(&bytes[..taken]);
        self.filled += taken;
        taken
    }
}

/// A thread that writes pieces.
#[derive(Debug)]
struct Helper {
    full: Option<SyncSender<Piece>>,
    empty: Receiver<Piece>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Helper {
    fn start(file: File) -> io::Result<Self> {
        let (full, pieces) = sync_channel::<Piece>(WAITING);
        let (used, empty) = sync_channel(WAITING + 2);
        let write = move || {
            let mut direct = Direct::begin(&file);
            for mut piece in pieces {
                direct.write(piece.bytes())?;
                piece.filled = 0;
                // Nobody waits for it where the file is finished.
                let _ = used.try_send(piece);
            }
            Ok(())
        };
        let thread = thread::Builder::new().name("depot-pen".to_owned()).spawn(write)?;
        Ok(Self { full: Some(full), empty, thread: Some(thread) })
    }
}

/// A file whose pieces go past the kernel's memory as long as that works.
struct Direct<'f> {
    file: &'f File,
    works: bool,
}

impl<'f> Direct<'f> {
    fn begin(file: &'f File) -> Self {
        let mut direct = Self { file, works: true };
        direct.works = direct.set(true).is_ok();
        direct
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut written = 0;
        while written < bytes.len() {
            match self.file.write(&bytes[written..]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(some) => written += some,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The file system wants other multiples, or has nothing to do with it.
                Err(error) if self.works && error.kind() == io::ErrorKind::InvalidInput => {
                    self.set(false)?;
                    self.works = false;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    #[cfg(target_os = "linux")]
    fn set(&self, direct: bool) -> io::Result<()> {
        use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
        let mut flags = fcntl_getfl(self.file)?;
        flags.set(OFlags::DIRECT, direct);
        Ok(fcntl_setfl(self.file, flags)?)
    }

    #[cfg(not(target_os = "linux"))]
    fn set(&self, _: bool) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl Drop for Direct<'_> {
    fn drop(&mut self) {
        // The end of a file has any length; it is written by the same description of the file.
        if self.works {
            let _ = self.set(false);
        }
    }
}

//! One flush of the disk for all who wait for one.
//!
//! Whoever comes while a flush runs waits for the next, which one of them runs for all. So a disk that needs ten
//! milliseconds for a flush acknowledges as many deposits in that time as were written in it.
//!
//! Invariant: a flush that answers for somebody began after everything that they wrote. After a flush has failed none
//! succeeds again: nobody can know what of the data is still to be written (the kernel tells of an error once).

use std::io;
use std::sync::{Condvar, Mutex, PoisonError};

#[derive(Debug, Default)]
pub(super) struct Flusher {
    turn: Mutex<Turn>,
    change: Condvar,
}

#[derive(Debug, Default)]
struct Turn {
    /// How many have asked.
    asked: u64,
    /// For how many of them a flush has answered.
    done: u64,
    running: bool,
    failed: Option<String>,
}

impl Flusher {
    /// Answers when a flush that began after this call has ended.
    pub fn wait(&self, flush: impl Fn() -> io::Result<()>) -> io::Result<()> {
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        turn.asked += 1;
        let ticket = turn.asked;
        loop {
            if let Some(why) = &turn.failed {
                return Err(io::Error::other(format!("the storage has failed to keep what was written: {why}")));
            }
            if turn.done >= ticket {
                return Ok(());
            }
            if turn.running {
                turn = self.change.wait(turn).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            turn.running = true;
            let covered = turn.asked;
            drop(turn);
            let outcome = flush();
            turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
            turn.running = false;
            match outcome {
                Ok(()) => turn.done = covered,
                Err(error) => turn.failed = Some(error.to_string()),
            }
            self.change.notify_all();
        }
    }
}

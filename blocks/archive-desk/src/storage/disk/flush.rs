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
    /// Who waits for an even and who for an odd flush: only those are woken whom it concerns.
    ended: [Condvar; 2],
}

#[derive(Debug, Default)]
struct Turn {
    begun: usize,
    ended: usize,
    failed: Option<String>,
}

impl Flusher {
    /// Answers when a flush that began after this call has ended.
    pub fn wait(&self, flush: impl Fn() -> io::Result<()>) -> io::Result<()> {
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = turn.begun + 1;
        let [ours, next] = [mine, mine + 1].map(|number| &self.ended[number % 2]);
        loop {
            if let Some(why) = &turn.failed {
                return Err(io::Error::other(format!("the storage has failed to keep what was written: {why}")));
            }
            if turn.ended >= mine {
                return Ok(());
            }
            if turn.begun == turn.ended {
                break;
            }
            turn = ours.wait(turn).unwrap_or_else(PoisonError::into_inner);
        }
        turn.begun = mine;
        drop(turn);
        let outcome = flush();
        turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        turn.ended = mine;
        turn.failed = outcome.as_ref().err().map(ToString::to_string);
        ours.notify_all();
        if outcome.is_ok() {
            // Who runs the next one for all who wait for it.
            next.notify_one();
        } else {
            next.notify_all();
        }
        outcome
    }
}

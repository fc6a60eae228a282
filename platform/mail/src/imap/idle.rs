//! Waiting for new mail: IDLE (RFC 2177) where the server knows it, else simply waiting.
//!
//! Invariant: a wait ends at the latest after the time that was asked for.

use std::time::Duration;

use async_imap::extensions::idle::IdleResponse;
use tokio::time::{sleep, timeout};

use super::{Error, Mailbox};

/// Why a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// The server told of something new.
    News,
    /// The time was over: look anyway.
    Time,
}

/// Servers close connections that idle for half an hour (RFC 2177 advises 29 minutes); firewalls
/// forget them sooner.
const LONGEST_IDLE: Duration = Duration::from_secs(9 * 60);

impl Mailbox {
    /// Waits until there may be new mail, or until `longest` is over. A server without IDLE is looked at
    /// every `poll`.
    ///
    /// # Errors
    /// Where the connection breaks; the mailbox is gone then.
    pub async fn wait(self, longest: Duration, poll: Duration) -> Result<(Self, Wake), Error> {
        if !self.can_idle {
            sleep(longest.min(poll)).await;
            return Ok((self, Wake::Time));
        }
        let Self { session, patience, uid_validity, can_idle, can_move, can_expunge_one } = self;
        let mut idle = session.idle();
        timeout(patience, idle.init()).await.map_err(|_| Error::Silent)??;
        let (wait, _interrupt) = idle.wait_with_timeout(longest.min(LONGEST_IDLE));
        let wake = match timeout(longest.min(LONGEST_IDLE), wait).await {
            Ok(Ok(IdleResponse::NewData(_))) => Wake::News,
            Ok(Ok(IdleResponse::Timeout)) | Err(_) => Wake::Time,
            Ok(Ok(IdleResponse::ManualInterrupt)) => return Err(Error::Broken),
            Ok(Err(error)) => return Err(error.into()),
        };
        let session = timeout(patience, idle.done()).await.map_err(|_| Error::Silent)??;
        Ok((Self { session, patience, uid_validity, can_idle, can_move, can_expunge_one }, wake))
    }
}

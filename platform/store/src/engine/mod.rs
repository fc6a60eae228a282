//! The engines. Invariant: nothing above this module knows which one it runs on.

pub(crate) mod sqlite;

use crate::session::Session;
use crate::{BoxFuture, Error};

/// What is left to do when the fate of the transaction is known: to answer the caller.
pub(crate) type Answer = Box<dyn FnOnce(Result<(), Error>) + Send>;

/// How a piece of work ended.
pub(crate) enum Outcome {
    /// Its changes shall be kept; the answer waits for the commit.
    Keep(Answer),
    /// Its changes shall be rolled back; the answer is ready.
    Undo(Box<dyn FnOnce() + Send>),
}

/// A closure over a transaction: takes the session and hands it back.
pub(crate) type Work = Box<dyn FnOnce(Session) -> BoxFuture<'static, (Session, Outcome)> + Send>;

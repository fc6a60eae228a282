//! A body that must keep coming.
//!
//! Invariant: between two pieces of a body never passes more than the time given.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};

/// A body with a limit to its pauses.
#[derive(Debug)]
pub(super) struct IdleBody {
    inner: Incoming,
    idle: Duration,
    sleep: Pin<Box<Sleep>>,
    /// The pause counts from when somebody waits for the body, not while nobody reads.
    waiting: bool,
    ended: bool,
    /// Set where the body was not wanted to its end.
    unread: Arc<AtomicBool>,
}

/// The body did not go on.
#[derive(Debug, thiserror::Error)]
#[error("the body did not go on in time")]
struct Stalled;

impl IdleBody {
    pub(super) fn new(inner: Incoming, idle: Duration, unread: Arc<AtomicBool>) -> Self {
        Self { inner, idle, sleep: Box::pin(tokio::time::sleep(idle)), waiting: false, ended: false, unread }
    }
}

impl Body for IdleBody {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        match Pin::new(&mut self.inner).poll_frame(cx) {
            Poll::Ready(frame) => {
                self.waiting = false;
                self.ended = frame.is_none();
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
            Poll::Pending => {
                if !self.waiting {
                    self.waiting = true;
                    let until = now() + self.idle;
                    self.sleep.as_mut().reset(until);
                }
                match self.sleep.as_mut().poll(cx) {
                    Poll::Ready(()) => Poll::Ready(Some(Err(Stalled.into()))),
                    Poll::Pending => Poll::Pending,
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for IdleBody {
    fn drop(&mut self) {
        if !self.ended && !self.inner.is_end_stream() {
            self.unread.store(true, Ordering::Relaxed);
        }
    }
}

/// The runtime's own time, which its timers use; the clock of the application may stand still.
fn now() -> Instant {
    Instant::now()
}

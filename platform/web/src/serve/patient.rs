//! A connection that neither waits for ever nor hangs up in the middle of a word.
//!
//! `hyper` bounds the head of a request once it knows the version of HTTP; before that, and while it
//! writes, it would wait as long as the other side likes. And where an answer comes before the whole
//! request was read (an upload that is too large), closing at once would reset the connection, and
//! the other side would lose the answer: it is closed after a last listen (*lingering close*).
//!
//! Invariant: whoever says nothing in time, or takes nothing in time, loses the connection.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// How long is listened to what nobody wants any more.
const LINGER: Duration = Duration::from_secs(10);

/// A stream with a limit to its pauses.
#[derive(Debug)]
pub(super) struct Patient<S> {
    inner: S,
    /// Set by the first request: from then on `hyper` watches the time for heads.
    spoken: Arc<AtomicBool>,
    /// Set by a request that was answered before it was read to its end.
    unread: Arc<AtomicBool>,
    first: Pin<Box<Sleep>>,
    idle: Duration,
    stalled: Pin<Box<Sleep>>,
    is_stalled: bool,
    ending: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    /// `first` is the time until the first request is there, `idle` the longest pause in writing.
    pub(super) fn new(
        inner: S,
        spoken: Arc<AtomicBool>,
        unread: Arc<AtomicBool>,
        first: Duration,
        idle: Duration,
    ) -> Self {
        let (first, stalled) = (Box::pin(tokio::time::sleep(first)), Box::pin(tokio::time::sleep(idle)));
        Self { inner, spoken, unread, first, idle, stalled, is_stalled: false, ending: None }
    }

    /// What writing came to; where it waits, the time runs.
    fn watched<T>(&mut self, cx: &mut Context<'_>, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.is_stalled = false;
            return result;
        }
        if !self.is_stalled {
            self.is_stalled = true;
            let until = now() + self.idle;
            self.stalled.as_mut().reset(until);
        }
        match self.stalled.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_read(cx, buf);
        if result.is_pending() && !self.spoken.load(Ordering::Relaxed) && self.first.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        result
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write(cx, buf);
        self.watched(cx, result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write_vectored(cx, bufs);
        self.watched(cx, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_flush(cx);
        self.watched(cx, result)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.ending.is_none() {
            let result = Pin::new(&mut self.inner).poll_shutdown(cx);
            ready!(self.watched(cx, result))?;
            if !self.unread.load(Ordering::Relaxed) {
                return Poll::Ready(Ok(()));
            }
            self.ending = Some(Box::pin(tokio::time::sleep(LINGER)));
        }
        let mut bin = [0; 16 * 1024];
        loop {
            let mut buf = ReadBuf::new(&mut bin);
            match Pin::new(&mut self.inner).poll_read(cx, &mut buf) {
                Poll::Ready(Ok(())) if !buf.filled().is_empty() => {
                    // An endless flood is cut off like a silence.
                    if self.ending.as_mut().is_some_and(|ending| ending.as_mut().poll(cx).is_ready()) {
                        return Poll::Ready(Ok(()));
                    }
                }
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => {
                    let over = self.ending.as_mut().is_none_or(|ending| ending.as_mut().poll(cx).is_ready());
                    return if over { Poll::Ready(Ok(())) } else { Poll::Pending };
                }
            }
        }
    }
}

/// The runtime's own time, which its timers use; the clock of the application may stand still.
fn now() -> Instant {
    Instant::now()
}

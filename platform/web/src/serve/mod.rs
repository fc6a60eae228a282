//! The life of the server: open, listen, drain, close.
//!
//! On the signal to end: `/health/ready` says no, so that balancers look elsewhere, and answers close
//! their connections; a moment later the listener closes; requests that run may end; jobs stop; the
//! store closes.
//!
//! Invariant: what was acknowledged before the end is in the store, and a request that reached us is
//! answered.

mod connection;
mod crowd;
mod framing;
mod health;
mod idle_body;
mod patient;
mod proxy;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::App;

pub use health::{Figures, Ready};

/// How long connections are still taken after the end was asked for: whoever has not seen yet that we are
/// going is served, and told to come no more.
const FAREWELL: Duration = Duration::from_millis(500);
/// How long a connection that was taken last may need to bring its request.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// Why the server could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address is taken, or is none of this machine's.
    #[error("cannot listen on {address}")]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// The certificate or its key cannot be used.
    #[error("tls: {0}")]
    Tls(String),
}

/// A server that listens but does not answer yet.
pub struct Server {
    app: App,
    listener: TcpListener,
    figures: Option<TcpListener>,
    tls: Option<tls::Encryption>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("address", &self.address()).finish_non_exhaustive()
    }
}

impl Server {
    /// Takes the addresses of the configuration.
    pub async fn bind(app: App) -> Result<Self, ServeError> {
        let tls = tls::Encryption::of(&app.config.tls)?;
        let listener = listen(app.config.listen).await?;
        let figures = match app.config.metrics.listen {
            Some(address) => Some(listen(address).await?),
            None => None,
        };
        Ok(Self { app, listener, figures, tls })
    }

    /// Where it listens; of use where the configuration said port 0.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// Answers requests until `stop`, and then until those that run have ended or had their time.
    pub async fn run(self, stop: CancellationToken) {
        let app = self.app;
        let router = crate::router(app.clone());
        let drain = CancellationToken::new();
        let connections = TaskTracker::new();
        if let Some(listener) = self.figures {
            let inner = health::own_listener(app.clone());
            let shared = connection::Shared::new(&app, inner, None, &drain, &connections);
            connections.spawn(accept(listener, Arc::new(shared), stop.clone()));
        }
        let acceptor = self.tls.as_ref().map(|tls| tls.acceptor.clone());
        if let Some(tls) = self.tls {
            connections.spawn(tls.follow(stop.clone()));
        }
        let shared = Arc::new(connection::Shared::new(&app, router, acceptor, &drain, &connections));
        app.ready.set(true);
        let leave = CancellationToken::new();
        let farewell = async {
            stop.cancelled().await;
            app.ready.set(false);
            tokio::time::sleep(FAREWELL).await;
            leave.cancel();
        };
        tokio::join!(accept(self.listener, shared, leave.clone()), farewell);
        tokio::time::sleep(LAST_WORDS).await;
        drain.cancel();
        connections.close();
        let grace = Duration::from_secs(app.config.limits.drain_seconds);
        if tokio::time::timeout(grace, connections.wait()).await.is_err() {
            tracing::warn!(open = connections.len(), "requests did not end in time and were cut off");
        }
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })
}

/// Takes connections, never more at once than the limit, until the token is cancelled and nobody waits.
async fn accept(listener: TcpListener, shared: Arc<connection::Shared>, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(shared.places));
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place.expect("nobody closes it"),
            () = stop.cancelled() => return,
        };
        let accepted = tokio::select! {
            // Those who wait already come first: the system has taken their connections for us.
            biased;
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => return,
        };
        match accepted {
            Ok((stream, from)) => {
                // Hanging up costs less than an answer, and whoever has so many open needs no other.
                let Some(share) = shared.admit(from.ip()) else { continue };
                let shared = Arc::clone(&shared);
                let tasks = shared.tasks.clone();
                tasks.spawn(async move {
                    connection::serve(&shared, stream, from).await;
                    drop((place, share));
                });
            }
            Err(error) => {
                // Out of file descriptors: some connections must end first.
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

/// Routes that need no identification.
pub(crate) fn routes(app: &App) -> Router<App> {
    health::routes(app)
}

//! One connection: encryption, both versions of HTTP, time for heads and bodies.
//!
//! Invariant: nobody keeps a connection open by being slow; heads, bodies and answers have their time.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, Version, header};
use axum::response::IntoResponse as _;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::{ServiceExt as _, service_fn};

use super::crowd::{Crowd, Place};
use super::framing;
use super::idle_body::IdleBody;
use super::patient::Patient;
use super::proxy;
use crate::App;

/// How long the encryption may take to agree.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// An HTTP/2 connection on which nobody answers is dropped.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// What all connections of a listener share.
pub(super) struct Shared {
    app: App,
    router: Router,
    tls: Option<tokio_rustls::TlsAcceptor>,
    drain: CancellationToken,
    pub(super) tasks: TaskTracker,
    pub(super) places: usize,
    crowd: Crowd,
}

impl Shared {
    pub(super) fn new(
        app: &App,
        router: Router,
        tls: Option<tokio_rustls::TlsAcceptor>,
        drain: &CancellationToken,
        tasks: &TaskTracker,
    ) -> Self {
        let (places, crowd) = (app.config.limits.connections, Crowd::new(app.config.limits.connections_per_address));
        Self { app: app.clone(), router, tls, drain: drain.clone(), tasks: tasks.clone(), places, crowd }
    }

    /// A place for one more connection from this address.
    pub(super) fn admit(&self, from: IpAddr) -> Option<Place> {
        let place = self.crowd.admit(from, &self.app.config.proxy.trusted);
        if place.is_none() {
            metrics::counter!("vir_http_connections_refused_total").increment(1);
        }
        place
    }
}

pub(super) async fn serve(shared: &Shared, stream: TcpStream, from: SocketAddr) {
    // Answers are written in one piece; waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    metrics::gauge!("vir_http_connections").increment(1);
    match &shared.tls {
        None => speak(shared, stream, from, false).await,
        Some(acceptor) => match tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => speak(shared, stream, from, true).await,
            Ok(Err(error)) => tracing::debug!(%error, "no encryption was agreed on"),
            Err(_elapsed) => tracing::debug!("agreeing on encryption took too long"),
        },
    }
    metrics::gauge!("vir_http_connections").decrement(1);
}

async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    shared: &Shared,
    stream: S,
    from: SocketAddr,
    encrypted: bool,
) {
    let limits = &shared.app.config.limits;
    let idle = Duration::from_secs(limits.body_idle_seconds);
    let router = shared.router.clone();
    let app = shared.app.clone();
    let (spoken, unread) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let head = Duration::from_secs(limits.head_seconds);
    let stream = Patient::new(stream, Arc::clone(&spoken), Arc::clone(&unread), head, idle);
    let service = service_fn(move |request: Request<Incoming>| {
        spoken.store(true, Ordering::Relaxed);
        let (mut parts, body) = request.into_parts();
        let request_version = parts.version;
        let peer = proxy::peer(&app.config.proxy, from.ip(), encrypted, &parts.headers);
        parts.extensions.insert(peer);
        parts
            .extensions
            .insert(proxy::Direct { address: from.ip(), through_proxy: proxy::is_forwarded(&parts.headers) });
        let (is_plain, ends) = (framing::is_plain(&parts), framing::ends(&parts));
        let request = Request::from_parts(parts, Body::new(IdleBody::new(body, idle, Arc::clone(&unread))));
        let (router, ready) = (router.clone(), app.ready.clone());
        async move {
            let mut response = if is_plain {
                router.oneshot(request).await.unwrap_or_else(|never| match never {})
            } else {
                StatusCode::BAD_REQUEST.into_response()
            };
            // Who keeps connections for later shall not send the next request into a closing one.
            let closing = !ready.is() && request_version <= Version::HTTP_11;
            if ends || !is_plain || closing {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(response)
        }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(64 * 1024).keep_alive(true);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(head)
        .max_concurrent_streams(100)
        .max_header_list_size(64 * 1024);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service));
    tokio::pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = shared.drain.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection broke off");
    }
}

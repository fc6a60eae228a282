//! Is it alive, is it ready, and how is it doing.
//!
//! Invariant: the figures name routes, methods and states; never a person, a tenant's document or
//! a path.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use subtle::ConstantTimeEq as _;

use super::proxy::Direct;
use crate::App;

/// Does the server take requests? Not while it starts or ends.
#[derive(Debug, Clone, Default)]
pub struct Ready(Arc<AtomicBool>);

impl Ready {
    pub(crate) fn set(&self, ready: bool) {
        self.0.store(ready, Ordering::Release);
    }

    pub(super) fn is(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The figures of this process. One process has one recorder, so it is made once, by the binary.
#[derive(Clone)]
pub struct Figures(PrometheusHandle);

impl Figures {
    /// Begins to record. `None` where somebody records already.
    #[must_use]
    pub fn install() -> Option<Self> {
        let buckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0];
        let builder = PrometheusBuilder::new().set_buckets(&buckets).ok()?;
        let handle = builder.install_recorder().ok()?;
        metrics::describe_counter!("vir_http_requests_total", "Requests by method, route and status");
        metrics::describe_histogram!("vir_http_request_seconds", "Duration of requests by method and route");
        metrics::describe_gauge!("vir_http_connections", "Open connections");
        metrics::describe_counter!("vir_store_writes_total", "Transactions that wrote, by whether they were kept");
        metrics::describe_histogram!("vir_store_commit_seconds", "Duration of a commit to disk");
        metrics::describe_histogram!("vir_store_group_size", "Transactions that shared a commit");
        metrics::describe_counter!("vir_store_jobs_total", "Jobs that ended, by kind and outcome");
        metrics::describe_histogram!("vir_store_job_seconds", "Duration of jobs by kind");
        metrics::describe_counter!("vir_store_blobs_put_total", "Documents that were put");
        metrics::describe_histogram!("vir_store_blob_put_seconds", "Duration of putting documents");
        metrics::describe_counter!("vir_store_blobs_swept_total", "Documents without an entry that were removed");
        metrics::describe_gauge!("vir_housekeeping_faults", "What the last housekeeping found wrong, by tenant");
        Some(Self(handle))
    }

    fn render(&self) -> String {
        self.0.run_upkeep();
        self.0.render()
    }
}

impl std::fmt::Debug for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Figures")
    }
}

/// Routes of the main listener.
pub(crate) fn routes(app: &App) -> Router<App> {
    let router = Router::new().route("/health/live", get(live)).route("/health/ready", get(ready));
    if app.config.metrics.listen.is_some() { router } else { router.route("/metrics", get(guarded_figures)) }
}

/// All routes of the second listener.
pub(super) fn own_listener(app: App) -> Router {
    Router::new()
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        .route("/metrics", get(own_figures))
        .layer(from_fn_with_state(app.clone(), crate::router::bare))
        .with_state(app)
}

async fn live() -> &'static str {
    "alive\n"
}

async fn ready(State(app): State<App>) -> Response {
    if !app.ready.is() {
        return (StatusCode::SERVICE_UNAVAILABLE, "starting or ending\n").into_response();
    }
    match app.store.system_read(|tx| Box::pin(async move { tx.one("select 1 as one", &[]).await })).await {
        Ok(_) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready: the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n").into_response()
        }
    }
}

async fn own_figures(State(app): State<App>) -> Response {
    app.figures.as_ref().map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |figures| {
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], figures.render()).into_response()
        },
    )
}

/// For this machine, where nobody stands between, or for whoever knows the token.
async fn guarded_figures(State(app): State<App>, request: Request) -> Response {
    let direct = request.extensions().get::<Direct>().copied();
    let local = direct.is_some_and(|direct| direct.address.to_canonical().is_loopback() && !direct.through_proxy);
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let known =
        app.config.metrics.token.as_ref().is_some_and(|token| token.reveal().as_bytes().ct_eq(given.as_bytes()).into());
    if known || (local && app.config.metrics.token.is_none()) {
        own_figures(State(app)).await
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

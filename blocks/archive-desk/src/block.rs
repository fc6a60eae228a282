//! What the desk brings to the server: the one list of its use cases.
//!
//! Each use case adds its lines here: routes, API, jobs, subscriptions.
//!
//! Invariant: nothing of the desk is reachable that is not named here.

use axum::Router;
use tokio_util::sync::CancellationToken;
use vir_auth::Principal;
use vir_core::{Lang, Text};
use vir_store::BoxFuture;
use vir_web::{App, Block, JobHandler, NavItem};

use crate::permissions::PERMISSIONS;
use crate::{MIGRATIONS, keep};

/// The desk.
#[must_use]
pub fn block() -> Block {
    Block {
        routes,
        api,
        nav,
        jobs: JOBS,
        services,
        ..Block::new("archive-desk", Text::new("Akten und Archiv", "Records and archive"), PERMISSIONS, MIGRATIONS)
    }
}

const JOBS: &[JobHandler] = &[keep::KEEP, keep::LAW, keep::REPLAN, keep::STAMP];

fn routes() -> Router<App> {
    Router::new()
}

fn api() -> utoipa_axum::router::OpenApiRouter<App> {
    utoipa_axum::router::OpenApiRouter::new()
}

fn services(app: App, stop: CancellationToken) -> Vec<BoxFuture<'static, ()>> {
    keep::services(app, stop)
}

fn nav(_principal: &Principal, _lang: Lang) -> Vec<NavItem> {
    Vec::new()
}

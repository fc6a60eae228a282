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

use crate::permissions::{PERMISSIONS, PRESERVE, SEE};
use crate::{MIGRATIONS, api, demo, intake, keep, pages, plan, preserve};

/// The desk.
#[must_use]
pub fn block() -> Block {
    Block {
        routes,
        api,
        nav,
        jobs: JOBS,
        services,
        subscriptions: &[intake::LISTEN],
        search: |principal| principal.may_anywhere(SEE).then_some("/akten"),
        demo: Some(demo::DEMO),
        ..Block::new("archive-desk", Text::new("Akten und Archiv", "Records and archive"), PERMISSIONS, MIGRATIONS)
    }
}

const JOBS: &[JobHandler] =
    &[keep::KEEP, keep::LAW, keep::REPLAN, keep::STAMP, intake::OCCUR, preserve::SCRUB, preserve::RENEW];

fn routes() -> Router<App> {
    Router::new().merge(pages::routes()).merge(plan::routes()).merge(intake::routes()).merge(preserve::routes())
}

fn api() -> utoipa_axum::router::OpenApiRouter<App> {
    api::routes()
}

fn services(app: App, stop: CancellationToken) -> Vec<BoxFuture<'static, ()>> {
    keep::services(app, stop)
}

fn nav(principal: &Principal, lang: Lang) -> Vec<NavItem> {
    let mut items = Vec::new();
    if principal.may_anywhere(SEE) {
        items.push(NavItem { section: pages::SECTION, href: "/akten", label: lang.tr("Akten", "Records"), order: 25 });
    }
    if principal.may_everywhere(PRESERVE) {
        let label = lang.tr("Ablage", "Storage");
        items.push(NavItem { section: preserve::SECTION, href: "/ablage", label, order: 70 });
    }
    items
}

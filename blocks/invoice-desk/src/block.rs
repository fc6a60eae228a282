//! What the desk brings to the server: the one list of its use cases.
//!
//! Each use case adds its lines here: routes, API, jobs, subscriptions.
//!
//! Invariant: nothing of the desk is reachable that is not named here.

use axum::Router;
use vir_auth::Principal;
use vir_core::{Lang, Text};
use vir_web::{App, Block, JobHandler, NavItem};

use crate::permissions::{PERMISSIONS, RECEIVE};
use crate::{MIGRATIONS, api, check_service, demo, duplicates, routing, upload, watched_folder};

/// The desk.
#[must_use]
pub fn block() -> Block {
    Block {
        routes,
        api,
        nav,
        jobs: JOBS,
        services: watched_folder::services,
        demo: Some(demo::DEMO),
        ..Block::new("invoice-desk", Text::new("Rechnungseingang", "Invoice desk"), PERMISSIONS, MIGRATIONS)
    }
}

const JOBS: &[JobHandler] = &[upload::IMPORT];

fn routes() -> Router<App> {
    Router::new()
        .merge(upload::routes())
        .merge(routing::page::routes())
        .merge(duplicates::page::routes())
        .merge(check_service::routes())
}

fn api() -> utoipa_axum::router::OpenApiRouter<App> {
    utoipa_axum::router::OpenApiRouter::new().merge(api::routes()).merge(check_service::api())
}

fn nav(principal: &Principal, lang: Lang) -> Vec<NavItem> {
    let mut items = Vec::new();
    if principal.may_anywhere(RECEIVE) {
        items.push(NavItem { section: "upload", href: "/hochladen", label: lang.tr("Hochladen", "Upload"), order: 30 });
    }
    items
}

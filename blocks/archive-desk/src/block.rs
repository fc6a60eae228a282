//! What the desk brings to the server: the one list of its use cases.
//!
//! Each use case adds its lines here: routes, API, jobs, subscriptions.
//!
//! Invariant: nothing of the desk is reachable that is not named here.

use axum::Router;
use tokio_util::sync::CancellationToken;
use vir_auth::Principal;
use vir_core::{Lang, Phrase, Text};
use vir_store::BoxFuture;
use vir_web::{App, Block, JobHandler, NavItem, Search};

use crate::permissions::{APPRAISE, DISPOSE, PERMISSIONS, PRESERVE, REPORT, SCAN, SEE};
use crate::{
    MIGRATIONS, api, demo, dip, disposal, holds, intake, keep, pages, plan, preserve, privacy, s4, scan, verify,
};

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
        search: |principal| principal.may_anywhere(SEE).then_some(SEARCH),
        demo: Some(demo::DEMO),
        ..Block::new("archive-desk", Text::new("Akten und Archiv", "Records and archive"), PERMISSIONS, MIGRATIONS)
    }
}

const SEARCH: Search =
    Search { path: "/akten", hint: Phrase::new("Aktenzeichen, Betreff, Inhalt …", "Reference, title, content …") };

const JOBS: &[JobHandler] = &[
    keep::KEEP,
    keep::LAW,
    keep::REPLAN,
    keep::STAMP,
    intake::OCCUR,
    preserve::SCRUB,
    preserve::RENEW,
    scan::READ,
    scan::MAKE,
    scan::SEAL,
    scan::DEPOSIT,
];

fn routes() -> Router<App> {
    Router::new()
        .merge(pages::routes())
        .merge(plan::routes())
        .merge(intake::routes())
        .merge(preserve::routes())
        .merge(verify::routes())
        .merge(dip::routes())
        .merge(disposal::routes())
        .merge(holds::routes())
        .merge(privacy::routes())
        .merge(s4::routes())
        .merge(scan::page::routes())
}

fn api() -> utoipa_axum::router::OpenApiRouter<App> {
    api::routes().merge(verify::api()).merge(scan::api::api())
}

fn services(app: App, stop: CancellationToken) -> Vec<BoxFuture<'static, ()>> {
    let mut services = intake::services(app.clone(), stop.clone());
    services.extend(scan::folder::services(app.clone(), stop.clone()));
    services.extend(keep::services(app, stop));
    services
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
    if principal.may_anywhere(DISPOSE) {
        let label = lang.tr("Aussonderung", "Disposal");
        items.push(NavItem { section: disposal::SECTION, href: "/aussonderung", label, order: 26 });
    }
    if principal.may_anywhere(APPRAISE) {
        let label = lang.tr("Archiv", "Archive");
        items.push(NavItem { section: disposal::ARCHIVE_SECTION, href: "/archiv", label, order: 27 });
    }
    if principal.may_anywhere(REPORT) {
        let label = lang.tr("Auskunft", "Report");
        items.push(NavItem { section: privacy::SECTION, href: "/auskunft", label, order: 55 });
    }
    if principal.may_anywhere(SCAN) {
        let label = lang.tr("Scannen", "Scanning");
        items.push(NavItem { section: scan::page::SECTION, href: "/scannen", label, order: 28 });
    }
    items
}

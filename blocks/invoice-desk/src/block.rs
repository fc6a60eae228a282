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

use crate::permissions::{CONFIGURE, FIGURES, PAY, PERMISSIONS, RECEIVE, SEE, SEND};
use crate::{
    MIGRATIONS, api, bulk, check_service, demo, duplicates, figures, hand_over, invoice, mailbox, notices, record,
    reduction, register, routing, sending, settings, told, transcription, upload, watched_folder, web_entry, work,
    workflow,
};

/// The desk.
#[must_use]
pub fn block() -> Block {
    Block {
        routes,
        api,
        nav,
        jobs: JOBS,
        subscriptions: &[mailbox::letters::LETTERS, notices::listen::LISTEN],
        forgets: &[web_entry::DRAFTS],
        services,
        search: |principal| principal.may_anywhere(SEE).then_some(SEARCH),
        webhook_events: told::EVENTS,
        account: &[notices::page::TAB],
        records: &[record::CLOSED],
        demo: Some(demo::DEMO),
        ..Block::new("invoice-desk", Text::new("Rechnungseingang", "Invoice desk"), PERMISSIONS, MIGRATIONS)
    }
}

const SEARCH: Search =
    Search { path: "/rechnungen", hint: Phrase::new("Nummer, Absender, Betrag …", "Number, sender, amount …") };

const JOBS: &[JobHandler] =
    &[upload::IMPORT, bulk::RUN, mailbox::outbox::SEND, notices::send::DIGEST, notices::send::BUNDLE];

fn routes() -> Router<App> {
    Router::new()
        .merge(upload::routes())
        .merge(mailbox::page::routes())
        .merge(routing::page::routes())
        .merge(duplicates::page::routes())
        .merge(transcription::routes())
        .merge(check_service::routes())
        .merge(work::routes())
        .merge(notices::page::routes())
        .merge(invoice::routes())
        .merge(settings::routes())
        .merge(register::routes())
        .merge(bulk::routes())
        .merge(reduction::routes())
        .merge(figures::routes())
        .merge(hand_over::page::routes())
        .merge(web_entry::routes())
        .merge(sending::routes())
}

fn api() -> utoipa_axum::router::OpenApiRouter<App> {
    utoipa_axum::router::OpenApiRouter::new()
        .merge(api::routes())
        .merge(check_service::api())
        .merge(workflow::api::routes())
        .merge(hand_over::api::routes())
}

fn services(app: App, stop: CancellationToken) -> Vec<BoxFuture<'static, ()>> {
    let mut services = watched_folder::services(app.clone(), stop.clone());
    services.extend(workflow::remind::services(app.clone(), stop.clone()));
    services.extend(figures::follow::services(app.clone(), stop.clone()));
    services.extend(notices::send::services(app.clone(), stop.clone()));
    services.extend(mailbox::watch::services(app, stop));
    services
}

fn nav(principal: &Principal, lang: Lang) -> Vec<NavItem> {
    let mut items = Vec::new();
    if principal.may_anywhere(SEE) {
        items.push(NavItem { section: "work", href: "/arbeit", label: lang.tr("Meine Arbeit", "My work"), order: 10 });
        items.push(NavItem {
            section: "register",
            href: "/rechnungen",
            label: lang.tr("Rechnungen", "Invoices"),
            order: 20,
        });
    }
    if principal.may_anywhere(FIGURES) {
        items.push(NavItem {
            section: "figures",
            href: "/auswertungen",
            label: lang.tr("Auswertungen", "Figures"),
            order: 50,
        });
    }
    if principal.may_anywhere(RECEIVE) {
        items.push(NavItem { section: "upload", href: "/hochladen", label: lang.tr("Hochladen", "Upload"), order: 30 });
    }
    if principal.may_anywhere(PAY) {
        let label = lang.tr("Übergabe", "Hand-over");
        items.push(NavItem { section: hand_over::page::SECTION, href: "/uebergabe", label, order: 40 });
    }
    if principal.may_everywhere(CONFIGURE) {
        let label = lang.tr("Einrichten", "Set-up");
        items.push(NavItem { section: "settings", href: "/einstellungen", label, order: 80 });
    }
    if principal.may_anywhere(SEND) {
        let label = lang.tr("Eigene Rechnungen", "Own invoices");
        items.push(NavItem { section: sending::SECTION, href: "/ausgangsrechnungen", label, order: 50 });
    }
    items
}

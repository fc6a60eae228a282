//! The administration of a tenant: people, groups, units, roles, grants, deputies, tokens, the
//! log-in service, settings, and the audit log.
//!
//! Invariant: every handler here asks for its permission first (`vir_auth` asks again), and none
//! shows anything of a block: whoever administers sees no invoices.

mod audit;
mod deputies;
mod grants;
mod groups;
mod people;
mod person;
mod provider;
mod roles;
mod settings;
mod tokens;
mod units;

use axum::Router;
use axum::routing::{get, post};
use maud::Markup;
use vir_auth::{ADMINISTER, AUDIT, Principal};
use vir_core::Lang;

use crate::parts::{self, Tab};
use crate::{Answer, App, AppError, Caller, Ctx, NavItem, Page, housekeeping, redirect};

/// The entry of the navigation.
const SECTION: &str = "administration";

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/verwaltung", get(start))
        .route("/verwaltung/personen", get(people::show).post(people::add))
        .route("/verwaltung/personen/{id}", get(person::show).post(person::save))
        .route("/verwaltung/personen/{id}/zugang", post(person::access_link))
        .route("/verwaltung/personen/{id}/schliessen", post(person::close))
        .route("/verwaltung/personen/{id}/oeffnen", post(person::open))
        .route("/verwaltung/gruppen", get(groups::show).post(groups::add))
        .route("/verwaltung/gruppen/{id}", get(groups::one).post(groups::save))
        .route("/verwaltung/gruppen/{id}/loeschen", post(groups::delete))
        .route("/verwaltung/einheiten", get(units::show).post(units::add))
        .route("/verwaltung/einheiten/{id}", get(units::one).post(units::save))
        .route("/verwaltung/rollen", get(roles::show).post(roles::add))
        .route("/verwaltung/rollen/{id}", get(roles::one).post(roles::save))
        .route("/verwaltung/rollen/{id}/loeschen", post(roles::delete))
        .route("/verwaltung/rechte", get(grants::show).post(grants::add))
        .route("/verwaltung/rechte/entziehen", post(grants::revoke))
        .route("/verwaltung/vertretungen", get(deputies::show).post(deputies::add))
        .route("/verwaltung/vertretungen/beenden", post(deputies::end))
        .route("/verwaltung/token", get(tokens::show).post(tokens::add))
        .route("/verwaltung/token/entfernen", post(tokens::remove))
        .route("/verwaltung/anmeldedienst", get(provider::show).post(provider::save))
        .route("/verwaltung/betrieb", get(housekeeping::show))
        .route("/verwaltung/protokoll", get(audit::show))
        .route("/verwaltung/einstellungen", get(settings::show).post(settings::save))
}

/// The entry of the navigation, for whoever may do something here.
pub(crate) fn nav(principal: &Principal, lang: Lang) -> Vec<NavItem> {
    if principal.may_everywhere(ADMINISTER) || principal.may_everywhere(AUDIT) {
        let label = lang.tr("Verwaltung", "Administration");
        vec![NavItem { section: SECTION, href: "/verwaltung", label, order: 95 }]
    } else {
        Vec::new()
    }
}

async fn start(caller: Caller) -> Answer {
    if caller.principal.may_everywhere(ADMINISTER) {
        return Ok(redirect("/verwaltung/personen"));
    }
    caller.require_everywhere(AUDIT)?;
    Ok(redirect("/verwaltung/protokoll"))
}

/// Only who may administer everything gets further.
fn require(caller: &Caller) -> Result<(), AppError> {
    caller.require_everywhere(ADMINISTER)
}

/// A page of the administration.
pub(crate) fn frame(title: impl Into<String>) -> Page {
    Page::new(title).section(SECTION)
}

/// A page below another of the administration.
fn below(title: impl Into<String>, href: &str, label: &str) -> Page {
    frame(title).crumb(href, label)
}

/// The views of the administration that this person may use.
pub(crate) fn tabs(ctx: &Ctx, principal: &Principal, here: &str) -> Markup {
    let lang = ctx.lang;
    let mut entries = Vec::new();
    if principal.may_everywhere(ADMINISTER) {
        entries.extend([
            ("/verwaltung/personen", lang.tr("Personen", "People")),
            ("/verwaltung/gruppen", lang.tr("Gruppen", "Groups")),
            ("/verwaltung/einheiten", lang.tr("Einheiten", "Units")),
            ("/verwaltung/rollen", lang.tr("Rollen", "Roles")),
            ("/verwaltung/rechte", lang.tr("Rechte", "Grants")),
            ("/verwaltung/vertretungen", lang.tr("Vertretungen", "Deputies")),
            ("/verwaltung/token", lang.tr("API-Token", "API tokens")),
            ("/verwaltung/anmeldedienst", lang.tr("Anmeldedienst", "Log-in service")),
            ("/verwaltung/webhooks", lang.tr("Webhooks", "Webhooks")),
            ("/verwaltung/einstellungen", lang.tr("Einstellungen", "Settings")),
            ("/verwaltung/betrieb", lang.tr("Betrieb", "Operation")),
        ]);
    }
    if principal.may_everywhere(AUDIT) {
        entries.push(("/verwaltung/protokoll", lang.tr("Protokoll", "Audit log")));
    }
    let entries: Vec<Tab> = entries.into_iter().map(|(href, label)| Tab::new(href, label, href == here)).collect();
    parts::tabs(lang, lang.tr("Verwaltung", "Administration"), &entries)
}

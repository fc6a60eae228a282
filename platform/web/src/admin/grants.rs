//! Grants: who has which role, for which unit, up to which amount.

use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use vir_auth::{Directory, Limit, RoleId, StoredGrant, To, UnitId};
use vir_core::Text;

use super::{frame, require, tabs};
use crate::account::overview::limit;
use crate::account::tokens::units;
use crate::account::{into_form, of_auth};
use crate::parts::{self, Choice, Column, FieldError, Row};
use crate::{Answer, AppError, Caller, Flash, Form, format, page, redirect_with};

#[derive(Deserialize, Default)]
pub(super) struct Typed {
    /// `person:…` or `group:…`.
    #[serde(default)]
    to: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    limit: String,
    /// The page from which it came.
    #[serde(default)]
    back: String,
}

#[derive(Deserialize)]
pub(super) struct Which {
    id: String,
    #[serde(default)]
    back: String,
}

const HERE: &str = "/verwaltung/rechte";

pub(super) async fn show(caller: Caller) -> Answer {
    shown(&caller, &[]).await
}

pub(super) async fn add(caller: Caller, Form(typed): Form<Typed>) -> Answer {
    require(&caller)?;
    let to = match typed.to.split_once(':') {
        Some(("person", id)) => To::Person(id.into()),
        Some(("group", id)) => To::Group(id.into()),
        _ => return shown(&caller, &[FieldError::new("to", Text::new("Bitte wählen.", "Please choose."))]).await,
    };
    let text = typed.limit.trim();
    let limit =
        if text.is_empty() { Some(Limit::Unlimited) } else { format::parse_amount(text, caller.lang).map(Limit::UpTo) };
    let Some(limit) = limit else {
        let wrong =
            Text::new("Das ist kein Betrag, zum Beispiel 5.000,00.", "This is no amount, for example 5,000.00.");
        return shown(&caller, &[FieldError::new("limit", wrong)]).await;
    };
    let (role, unit) = (RoleId::from(typed.role.as_str()), UnitId::from(typed.unit.as_str()));
    match caller.app.auth.grant(&caller.principal, to, &role, &unit, limit).await {
        Ok(_) => {
            let flash = Flash::good(
                caller.tr("Das Recht ist vergeben und gilt sofort.", "The grant is made and in force at once."),
            );
            Ok(redirect_with(&caller, back(&typed.back), &flash))
        }
        Err(error) => {
            let errors = into_form(error)?;
            shown(&caller, &errors).await
        }
    }
}

pub(super) async fn revoke(caller: Caller, Form(which): Form<Which>) -> Answer {
    require(&caller)?;
    let flash = match caller.app.auth.revoke(&caller.principal, &which.id.into()).await {
        Ok(()) => {
            Flash::good(caller.tr("Das Recht ist entzogen, mit sofortiger Wirkung.", "The grant is revoked, at once."))
        }
        Err(vir_auth::Error::Conflict(why)) => Flash::bad(why.get(caller.lang)),
        Err(error) => return Err(of_auth(error)),
    };
    Ok(redirect_with(&caller, back(&which.back), &flash))
}

fn back(path: &str) -> &str {
    if path.starts_with("/verwaltung/") { path } else { HERE }
}

async fn shown(caller: &Caller, errors: &[FieldError]) -> Result<Response, AppError> {
    require(caller)?;
    let lang = caller.lang;
    let directory = caller.app.auth.directory(&caller.principal.tenant).await.map_err(of_auth)?;
    let all: Vec<&StoredGrant> = directory.grants.iter().collect();
    let body = html! {
        (tabs(caller, &caller.principal, HERE))
        div.stack {
            (parts::error_summary(lang, errors))
            (grant_table(caller, &directory, &all, HERE))
            (parts::card(lang.tr("Recht vergeben", "Make a grant"), &grant_form(caller, &directory, None, HERE, errors)))
        }
    };
    let lead = lang.tr(
        "Eine Rolle gilt für eine Organisationseinheit und alles darunter. Geben Sie Rechte möglichst an Gruppen.",
        "A role is for a unit and all below it. Where possible, make grants to groups.",
    );
    let mut shown = frame(lang.tr("Rechte", "Grants")).lead(lead);
    if !errors.is_empty() {
        shown = shown.with_errors();
    }
    Ok(page(caller, shown, body))
}

/// Grants as a table, with a button that revokes each.
pub(super) fn grant_table(caller: &Caller, directory: &Directory, grants: &[&StoredGrant], back: &str) -> Markup {
    let lang = caller.lang;
    html! { (parts::table(lang, "grants", lang.tr("Vergebene Rechte", "Grants"))
    .hide_caption()
    .columns([
        Column::text(lang.tr("Wer", "Who")),
        Column::text(lang.tr("Rolle", "Role")),
        Column::text(lang.tr("Für", "For")),
        Column::text(lang.tr("Betragsgrenze", "Limit")),
        Column::unseen(lang.tr("Entziehen", "Revoke")),
    ])
    .rows(grants.iter().map(|grant| {
        let who = name_of(directory, &grant.to);
        let role = directory.roles.get(&grant.role).map_or(grant.role.as_str(), |role| role.name(lang));
        let unit = directory.tree.unit(&grant.unit).map_or(grant.unit.as_str(), |unit| unit.name.as_str());
        Row::new([
            match &grant.to {
                To::Person(id) => html! { a href={ "/verwaltung/personen/" (id) } { (who) } },
                To::Group(id) => html! { a href={ "/verwaltung/gruppen/" (id) } { (who) } " " span.small.faint { (lang.tr("Gruppe", "group")) } },
            },
            html! { (role) },
            html! { (unit) },
            html! { (limit(grant.limit, lang)) },
            html! {
                form.inline method="post" action="/verwaltung/rechte/entziehen" {
                    (parts::csrf_field(caller))
                    input type="hidden" name="id" value=(grant.id);
                    input type="hidden" name="back" value=(back);
                    (parts::button(lang.tr("Entziehen", "Revoke")).secondary().small().about(&format!("{who}: {role}")))
                }
            },
        ])
    }))) }
}

fn name_of<'a>(directory: &'a Directory, to: &'a To) -> &'a str {
    match to {
        To::Person(id) => directory.name_of(id),
        To::Group(id) => directory.groups.get(id).map_or(id.as_str(), |group| &group.name),
    }
}

/// The form with which a grant is made; `to` is given on the page of a person or group.
pub(super) fn grant_form(
    caller: &Caller,
    directory: &Directory,
    to: Option<&To>,
    back: &str,
    errors: &[FieldError],
) -> Markup {
    let lang = caller.lang;
    let roles: Vec<Choice> =
        directory.roles.values().map(|role| Choice::new(role.id.as_str(), role.name(lang))).collect();
    let mut receivers: Vec<Choice> = directory
        .groups
        .values()
        .map(|group| {
            Choice::new(format!("group:{}", group.id), format!("{} ({})", group.name, lang.tr("Gruppe", "group")))
        })
        .collect();
    receivers.extend(
        directory
            .people
            .values()
            .filter(|person| person.active)
            .map(|person| Choice::new(format!("person:{}", person.id), person.name.clone())),
    );
    let fixed = to.map(|to| match to {
        To::Person(id) => format!("person:{id}"),
        To::Group(id) => format!("group:{id}"),
    });
    html! {
        form.form method="post" action=(HERE) {
            (parts::csrf_field(caller))
            input type="hidden" name="back" value=(back);
            @match &fixed {
                Some(to) => { input type="hidden" name="to" value=(to); }
                None => { (parts::select(lang, "to", lang.tr("An wen?", "To whom?"), &receivers).empty(lang.tr("Bitte wählen", "Please choose")).required().errors(errors)) }
            }
            div.form__row {
                (parts::select(lang, "role", lang.tr("Rolle", "Role"), &roles).required().errors(errors))
                (parts::select(lang, "unit", lang.tr("Für", "For"), &units(&directory.tree)).required().errors(errors))
                (parts::amount_field(lang, "limit", lang.tr("Betragsgrenze in Euro", "Limit in euros")).errors(errors)
                    .hint(lang.tr("Nur beim Anordnen von Bedeutung.", "Matters for ordering only.")))
            }
            div.form__actions { (parts::button(lang.tr("Recht vergeben", "Make the grant")).secondary()) }
        }
    }
}

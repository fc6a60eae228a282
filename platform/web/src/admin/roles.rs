//! Roles: the default ones as a table, and the tenant's own.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use vir_auth::{DefaultRole, RoleId};
use vir_core::Text;

use super::{below, frame, require, tabs};
use crate::account::tokens::permission_boxes;
use crate::account::{Nothing, into_form, of_auth};
use crate::parts::{self, Column, FieldError, Row};
use crate::{Answer, AppError, Caller, Ctx, Flash, Form, format, page, redirect_with};

#[derive(Deserialize, Default)]
pub(super) struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    permissions: Vec<String>,
}

const HERE: &str = "/verwaltung/rollen";

pub(super) async fn show(caller: Caller) -> Answer {
    shown(&caller, &Typed::default(), &[]).await
}

pub(super) async fn add(caller: Caller, Form(typed): Form<Typed>) -> Answer {
    require(&caller)?;
    let permissions = typed.permissions.iter().cloned().collect();
    match caller.app.auth.save_role(&caller.principal, None, &typed.name, &permissions).await {
        Ok(_) => {
            let flash = Flash::good(caller.tr("Die Rolle ist angelegt.", "The role is added."));
            Ok(redirect_with(&caller, HERE, &flash))
        }
        Err(error) => {
            let errors = into_form(error)?;
            shown(&caller, &typed, &errors).await
        }
    }
}

/// Every permission there is.
fn all(ctx: &Ctx) -> BTreeSet<&'static str> {
    ctx.app.auth.catalogue().blocks().iter().flat_map(|block| block.permissions).map(|info| info.name).collect()
}

async fn shown(caller: &Caller, typed: &Typed, errors: &[FieldError]) -> Result<Response, AppError> {
    require(caller)?;
    let lang = caller.lang;
    let directory = caller.app.auth.directory(&caller.principal.tenant).await.map_err(of_auth)?;
    let own = parts::table(lang, "own-roles", lang.tr("Eigene Rollen", "Roles of your own"))
        .hide_caption()
        .columns([
            Column::text(lang.tr("Rolle", "Role")),
            Column::number(lang.tr("Rechte", "Permissions")),
            Column::number(lang.tr("Vergeben", "Granted")),
        ])
        .rows(directory.roles.values().filter(|role| role.default.is_none()).map(|role| {
            let granted = directory.grants.iter().filter(|grant| grant.role == role.id).count();
            Row::new([
                html! { a href={ (HERE) "/" (role.id) } { (role.name(lang)) } },
                html! { (format::count(role.permissions.len() as u64, lang)) },
                html! { (format::count(granted as u64, lang)) },
            ])
        }));
    let body = html! {
        (tabs(caller, &caller.principal, HERE))
        div.stack {
            (parts::error_summary(lang, errors))
            (parts::card(lang.tr("Standardrollen", "Default roles"), &html! {
                p { (lang.tr(
                    "Sie sind in jeder Verwaltung gleich und wachsen mit neuen Versionen mit. Keine Rolle enthält eine andere.",
                    "They are the same in every municipality and grow with new versions. No role contains another.",
                )) }
                dl.terms { @for role in DefaultRole::ALL { div.terms__entry { dt { (role.title().get(lang)) } dd { (role.purpose().get(lang)) } } } }
                (matrix(caller))
            }))
            (parts::card(lang.tr("Eigene Rollen", "Roles of your own"), &html! {
                @if own.is_empty() {
                    (parts::empty_state(lang.tr("Noch keine eigene Rolle", "No role of your own yet"),
                        lang.tr("Die Standardrollen reichen meist. Legen Sie eine eigene an, wenn bei Ihnen anders geteilt wird.", "The default roles mostly suffice. Add one where you divide work differently."), &html! {}))
                } @else { (own) }
            }))
            (parts::card(lang.tr("Eigene Rolle anlegen", "Add a role of your own"), &form(caller, HERE, typed, errors)))
        }
    };
    let mut shown = frame(lang.tr("Rollen", "Roles"));
    if !errors.is_empty() {
        shown = shown.with_errors();
    }
    Ok(page(caller, shown, body))
}

/// Permissions by default role.
fn matrix(ctx: &Ctx) -> Markup {
    let lang = ctx.lang;
    let catalogue = ctx.app.auth.catalogue();
    let infos = catalogue.blocks().iter().flat_map(|block| block.permissions);
    html! { (parts::table(lang, "default-roles", lang.tr("Rechte der Standardrollen", "Permissions of the default roles"))
    .scrolls()
    .columns(std::iter::once(Column::text(lang.tr("Recht", "Permission"))).chain(DefaultRole::ALL.into_iter().map(|role| Column::text(role.title().get(lang)))))
    .rows(infos.map(|info| {
        let has = |role| info.roles.contains(&role);
        Row::new(std::iter::once(html! { (info.text.get(lang)) }).chain(DefaultRole::ALL.into_iter().map(|role| html! {
            @if has(role) { (lang.tr("ja", "yes")) } @else { span.faint { "–" } }
        })))
    }))) }
}

fn form(caller: &Caller, action: &str, typed: &Typed, errors: &[FieldError]) -> Markup {
    let lang = caller.lang;
    html! {
        form.form method="post" action=(action) {
            (parts::csrf_field(caller))
            (parts::field(lang, "name", lang.tr("Name", "Name")).value(&typed.name).required().errors(errors))
            (permission_boxes(caller, &all(caller), &typed.permissions, errors))
            div.form__actions { (parts::button(lang.tr("Speichern", "Save"))) }
        }
    }
}

pub(super) async fn one(caller: Caller, Path(id): Path<String>) -> Answer {
    shown_one(&caller, &id.into(), None, &[]).await
}

pub(super) async fn save(caller: Caller, Path(id): Path<String>, Form(typed): Form<Typed>) -> Answer {
    require(&caller)?;
    let id = RoleId::from(id);
    let permissions = typed.permissions.iter().cloned().collect();
    match caller.app.auth.save_role(&caller.principal, Some(&id), &typed.name, &permissions).await {
        Ok(_) => {
            let flash = Flash::good(
                caller.tr("Gespeichert. Die Rechte gelten sofort.", "Saved. The rights are in force at once."),
            );
            Ok(redirect_with(&caller, HERE, &flash))
        }
        Err(error) => {
            let errors = into_form(error)?;
            shown_one(&caller, &id, Some(&typed), &errors).await
        }
    }
}

pub(super) async fn delete(caller: Caller, Path(id): Path<String>, Form(Nothing {}): Form<Nothing>) -> Answer {
    require(&caller)?;
    let flash = match caller.app.auth.delete_role(&caller.principal, &id.into()).await {
        Ok(()) => Flash::good(caller.tr("Die Rolle ist gelöscht.", "The role is deleted.")),
        Err(vir_auth::Error::Conflict(why)) => Flash::bad(why.get(caller.lang)),
        Err(error) => return Err(of_auth(error)),
    };
    Ok(redirect_with(&caller, HERE, &flash))
}

async fn shown_one(
    caller: &Caller,
    id: &RoleId,
    typed: Option<&Typed>,
    errors: &[FieldError],
) -> Result<Response, AppError> {
    require(caller)?;
    let lang = caller.lang;
    let directory = caller.app.auth.directory(&caller.principal.tenant).await.map_err(of_auth)?;
    let role = directory.roles.get(id).filter(|role| role.default.is_none());
    let role = role.ok_or_else(|| AppError::not_found(Text::new("eigene Rolle", "role of your own")))?;
    let stored = Typed { name: role.name(lang).to_owned(), permissions: role.permissions.iter().cloned().collect() };
    let here = format!("{HERE}/{id}");
    let body = html! {
        div.column.stack {
            (parts::error_summary(lang, errors))
            (form(caller, &here, typed.unwrap_or(&stored), errors))
            (parts::post_button(caller, &format!("{here}/loeschen"), &parts::button(lang.tr("Rolle löschen", "Delete role")).danger()
                .confirm(lang.tr("Wer sie hat, verliert ihre Rechte. Löschen?", "Who has it loses its rights. Delete?"))))
        }
    };
    let mut shown = below(role.name(lang), HERE, lang.tr("Rollen", "Roles"));
    if !errors.is_empty() {
        shown = shown.with_errors();
    }
    Ok(page(caller, shown, body))
}

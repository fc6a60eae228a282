//! Groups: rights are given to them rather than to people.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::response::Response;
use maud::html;
use serde::Deserialize;
use vir_auth::{GroupId, PersonId, StoredGrant, To};
use vir_core::Text;

use super::grants::{grant_form, grant_table};
use super::{below, frame, require, tabs};
use crate::account::{Nothing, into_form, of_auth};
use crate::parts::{self, Column, FieldError, Row};
use crate::{Answer, AppError, Caller, Flash, Form, format, page, redirect_with};

#[derive(Deserialize, Default)]
pub(super) struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    external: String,
    #[serde(default)]
    members: Vec<String>,
}

pub(super) async fn show(caller: Caller) -> Answer {
    shown(&caller, &Typed::default(), &[]).await
}

pub(super) async fn add(caller: Caller, Form(typed): Form<Typed>) -> Answer {
    require(&caller)?;
    match caller.app.auth.add_group(&caller.principal, &typed.name).await {
        Ok(id) => {
            let flash =
                Flash::good(caller.tr("Angelegt. Wählen Sie jetzt die Mitglieder.", "Added. Now choose the members."));
            Ok(redirect_with(&caller, &format!("/verwaltung/gruppen/{id}"), &flash))
        }
        Err(error) => {
            let errors = into_form(error)?;
            shown(&caller, &typed, &errors).await
        }
    }
}

async fn shown(caller: &Caller, typed: &Typed, errors: &[FieldError]) -> Result<Response, AppError> {
    require(caller)?;
    let lang = caller.lang;
    let directory = caller.app.auth.directory(&caller.principal.tenant).await.map_err(of_auth)?;
    let table = parts::table(lang, "groups", lang.tr("Gruppen", "Groups"))
        .hide_caption()
        .columns([
            Column::text(lang.tr("Gruppe", "Group")),
            Column::number(lang.tr("Mitglieder", "Members")),
            Column::number(lang.tr("Rechte", "Grants")),
        ])
        .rows(directory.groups.values().map(|group| {
            let grants = directory.grants.iter().filter(|grant| grant.to == To::Group(group.id.clone())).count();
            Row::new([
                html! { a href={ "/verwaltung/gruppen/" (group.id) } { (group.name) } },
                html! { (format::count(group.members.len() as u64, lang)) },
                html! { (format::count(grants as u64, lang)) },
            ])
        }));
    let body = html! {
        (tabs(caller, &caller.principal, "/verwaltung/gruppen"))
        div.stack {
            (parts::error_summary(lang, errors))
            @if table.is_empty() {
                (parts::empty_state(lang.tr("Noch keine Gruppe", "No group yet"),
                    lang.tr("Geben Sie Rechte an Gruppen: Wer kommt oder geht, wird nur hier ein- oder ausgetragen.", "Make grants to groups: who comes or goes is entered or removed here only."), &html! {}))
            } @else { (table) }
            (parts::card(lang.tr("Gruppe anlegen", "Add a group"), &html! {
                form.form method="post" action="/verwaltung/gruppen" {
                    (parts::csrf_field(caller))
                    (parts::field(lang, "name", lang.tr("Name", "Name")).value(&typed.name).required().errors(errors)
                        .hint(lang.tr("Zum Beispiel „Anordnungsbefugte Bauamt“.", "For example \"orderers of the building office\".")))
                    div.form__actions { (parts::button(lang.tr("Anlegen", "Add"))) }
                }
            }))
        }
    };
    let mut shown = frame(lang.tr("Gruppen", "Groups"));
    if !errors.is_empty() {
        shown = shown.with_errors();
    }
    Ok(page(caller, shown, body))
}

pub(super) async fn one(caller: Caller, Path(id): Path<String>) -> Answer {
    shown_one(&caller, &id.into(), None, &[]).await
}

pub(super) async fn save(caller: Caller, Path(id): Path<String>, Form(typed): Form<Typed>) -> Answer {
    require(&caller)?;
    let id = GroupId::from(id);
    let members: BTreeSet<PersonId> = typed.members.iter().map(|member| member.as_str().into()).collect();
    match caller.app.auth.change_group(&caller.principal, &id, &typed.name, Some(&typed.external), members).await {
        Ok(()) => {
            let flash = Flash::good(
                caller.tr("Gespeichert. Die Rechte gelten sofort.", "Saved. The rights are in force at once."),
            );
            Ok(redirect_with(&caller, &format!("/verwaltung/gruppen/{id}"), &flash))
        }
        Err(error) => {
            let errors = into_form(error)?;
            shown_one(&caller, &id, Some(&typed), &errors).await
        }
    }
}

pub(super) async fn delete(caller: Caller, Path(id): Path<String>, Form(Nothing {}): Form<Nothing>) -> Answer {
    require(&caller)?;
    match caller.app.auth.delete_group(&caller.principal, &id.as_str().into()).await {
        Ok(()) => {
            let flash = Flash::good(caller.tr("Die Gruppe ist gelöscht.", "The group is deleted."));
            Ok(redirect_with(&caller, "/verwaltung/gruppen", &flash))
        }
        Err(vir_auth::Error::Conflict(why)) => {
            Ok(redirect_with(&caller, &format!("/verwaltung/gruppen/{id}"), &Flash::bad(why.get(caller.lang))))
        }
        Err(error) => Err(of_auth(error)),
    }
}

async fn shown_one(
    caller: &Caller,
    id: &GroupId,
    typed: Option<&Typed>,
    errors: &[FieldError],
) -> Result<Response, AppError> {
    require(caller)?;
    let (lang, auth) = (caller.lang, &caller.app.auth);
    let directory = auth.directory(&caller.principal.tenant).await.map_err(of_auth)?;
    let group = directory.groups.get(id).ok_or_else(|| AppError::not_found(Text::new("Gruppe", "group")))?;
    let external = auth.external_groups(&caller.principal).await.map_err(of_auth)?;
    let external = external.iter().find(|(of, _)| of == id).map(|(_, name)| name.as_str()).unwrap_or_default();
    let (name, external) = typed.map_or((group.name.as_str(), external), |typed| (&typed.name, &typed.external));
    let mut people: Vec<_> =
        directory.people.values().filter(|person| person.active || group.members.contains(&person.id)).collect();
    people.sort_by_key(|person| person.name.to_lowercase());
    let grants: Vec<&StoredGrant> = directory.grants.iter().filter(|grant| grant.to == To::Group(id.clone())).collect();
    let here = format!("/verwaltung/gruppen/{id}");
    let body = html! {
        div.stack {
            (parts::error_summary(lang, errors))
            (parts::card(lang.tr("Angaben und Mitglieder", "Details and members"), &html! {
                form.form method="post" action=(here) {
                    (parts::csrf_field(caller))
                    (parts::field(lang, "name", lang.tr("Name", "Name")).value(name).required().errors(errors))
                    (parts::field(lang, "external", lang.tr("Name beim Anmeldedienst", "Name at the log-in service")).value(external).errors(errors).no_spellcheck()
                        .hint(lang.tr("Wer dort zu dieser Gruppe gehört, wird bei der Anmeldung hier Mitglied. Frei lassen, wenn Sie Mitglieder nur hier pflegen.",
                            "Who belongs to this group there becomes a member here at log-in. Leave empty if you keep members only here.")))
                    fieldset.field id="f-members" tabindex="-1" {
                        legend.label { (lang.tr("Mitglieder", "Members")) }
                        div.choices { @for person in &people {
                            (parts::checkbox("members", &person.name).value(person.id.as_str()).id(&format!("f-members-{}", person.id))
                                .checked(group.members.contains(&person.id)))
                        } }
                    }
                    div.form__actions { (parts::button(lang.tr("Speichern", "Save"))) }
                }
            }))
            (parts::card(lang.tr("Rechte der Gruppe", "Grants of the group"), &html! {
                @if grants.is_empty() {
                    (parts::empty_state(lang.tr("Noch keine Rechte", "No grants yet"), lang.tr("Geben Sie der Gruppe unten eine Rolle.", "Give the group a role below."), &html! {}))
                } @else { (grant_table(caller, &directory, &grants, &here)) }
                (grant_form(caller, &directory, Some(&To::Group(id.clone())), &here, &[]))
            }))
            (parts::post_button(caller, &format!("{here}/loeschen"), &parts::button(lang.tr("Gruppe löschen", "Delete group")).danger()
                .confirm(lang.tr("Die Mitglieder verlieren die Rechte der Gruppe. Löschen?", "The members lose the group's rights. Delete?"))))
        }
    };
    let mut shown = below(group.name.clone(), "/verwaltung/gruppen", lang.tr("Gruppen", "Groups"));
    if !errors.is_empty() {
        shown = shown.with_errors();
    }
    Ok(page(caller, shown, body))
}

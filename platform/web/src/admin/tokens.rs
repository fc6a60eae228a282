//! API tokens of the tenant, and new ones for technical users.

use std::collections::BTreeSet;

use axum::response::Response;
use maud::html;
use serde::Deserialize;
use vir_auth::{PersonKind, UnitId};

use super::{frame, require, tabs};
use crate::account::tokens::{Typed, days, list, permission_boxes, shown_once, units};
use crate::account::{into_form, of_auth};
use crate::parts::{self, Choice, FieldError};
use crate::{Answer, AppError, Caller, Flash, Form, page, redirect_with};

#[derive(Deserialize)]
pub(super) struct Which {
    id: String,
}

const HERE: &str = "/verwaltung/token";

pub(super) async fn show(caller: Caller) -> Answer {
    shown(&caller, &Typed { days: "365".to_owned(), ..Typed::default() }, &[]).await
}

pub(super) async fn add(caller: Caller, Form(typed): Form<Typed>) -> Answer {
    require(&caller)?;
    match caller.app.auth.create_token(&caller.principal, typed.token(typed.person.as_str().into())).await {
        Ok((_, text)) => Ok(shown_once(&caller, &text, HERE)),
        Err(error) => {
            let errors = into_form(error)?;
            shown(&caller, &typed, &errors).await
        }
    }
}

pub(super) async fn remove(caller: Caller, Form(which): Form<Which>) -> Answer {
    require(&caller)?;
    caller.app.auth.delete_token(&caller.principal, &which.id.into()).await.map_err(of_auth)?;
    let flash = Flash::good(caller.tr("Das Token gilt nicht mehr.", "The token is no longer valid."));
    Ok(redirect_with(&caller, HERE, &flash))
}

async fn shown(caller: &Caller, typed: &Typed, errors: &[FieldError]) -> Result<Response, AppError> {
    require(caller)?;
    let (lang, auth) = (caller.lang, &caller.app.auth);
    let tokens = auth.tokens(&caller.principal).await.map_err(of_auth)?;
    let directory = auth.directory(&caller.principal.tenant).await.map_err(of_auth)?;
    let unit = |id: &UnitId| directory.tree.unit(id).map_or_else(|| id.to_string(), |unit| unit.name.clone());
    let technical: Vec<Choice> = directory
        .people
        .values()
        .filter(|person| person.active && person.kind == PersonKind::Technical)
        .map(|person| Choice::new(person.id.as_str(), person.name.clone()))
        .collect();
    let all: BTreeSet<&str> =
        auth.catalogue().blocks().iter().flat_map(|block| block.permissions).map(|info| info.name).collect();
    let body = html! {
        (tabs(caller, &caller.principal, HERE))
        div.stack {
            (parts::error_summary(lang, errors))
            @if tokens.is_empty() {
                (parts::empty_state(lang.tr("Noch kein Token", "No token yet"),
                    lang.tr("Programme brauchen ein Token, um die API zu nutzen.", "Programs need a token to use the API."), &html! {}))
            } @else { (list(caller, &tokens, unit, |token| Some(directory.name_of(&token.person).to_owned()), "/verwaltung/token/entfernen")) }
            (parts::card(lang.tr("Token für ein Programm", "Token for a program"), &html! {
                @if technical.is_empty() {
                    (parts::empty_state(lang.tr("Noch kein technisches Konto", "No technical user yet"),
                        lang.tr("Legen Sie zuerst ein Programm als technisches Konto an und geben Sie ihm Rechte.", "First add a program as technical user and give it rights."),
                        &html! { (parts::link_button("/verwaltung/personen", lang.tr("Zu den Personen", "To the people"))) }))
                } @else {
                    form.form method="post" action=(HERE) {
                        (parts::csrf_field(caller))
                        (parts::select(lang, "person", lang.tr("Programm", "Program"), &technical).value(&typed.person).required().errors(errors))
                        (parts::field(lang, "name", lang.tr("Wofür?", "What for?")).value(&typed.name).required().errors(errors))
                        (permission_boxes(caller, &all, &typed.permissions, errors))
                        p.small.faint { (lang.tr("Das Token hat höchstens die Rechte, die das technische Konto hat.", "The token has at most the rights of the technical user.")) }
                        (parts::select(lang, "unit", lang.tr("Nur für diese Einheit und alles darunter", "Only for this unit and all below"), &units(&directory.tree))
                            .empty(lang.tr("Keine Einschränkung", "No restriction")).value(&typed.unit).errors(errors))
                        (parts::select(lang, "days", lang.tr("Gilt", "Valid"), &days(caller)).value(&typed.days).errors(errors))
                        div.form__actions { (parts::button(lang.tr("Token erzeugen", "Create token"))) }
                    }
                }
            }))
        }
    };
    let mut shown = frame(lang.tr("API-Token", "API tokens"));
    if !errors.is_empty() {
        shown = shown.with_errors();
    }
    Ok(page(caller, shown, body))
}

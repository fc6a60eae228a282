//! Organisation units.

use axum::extract::Path;
use axum::response::Response;
use maud::html;
use serde::Deserialize;
use vir_auth::UnitId;
use vir_core::Text;

use super::{below, frame, require, tabs};
use crate::account::tokens::units;
use crate::account::{into_form, of_auth};
use crate::parts::{self, Column, FieldError, Row, Tone};
use crate::{Answer, AppError, Caller, Flash, Form, page, redirect_with};

#[derive(Deserialize, Default)]
pub(super) struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    parent: String,
    #[serde(default)]
    active: Option<String>,
}

const HERE: &str = "/verwaltung/einheiten";

pub(super) async fn show(caller: Caller) -> Answer {
    shown(&caller, &Typed::default(), &[]).await
}

pub(super) async fn add(caller: Caller, Form(typed): Form<Typed>) -> Answer {
    require(&caller)?;
    let parent = UnitId::from(typed.parent.as_str());
    match caller.app.auth.add_unit(&caller.principal, &parent, &typed.name, &typed.code).await {
        Ok(_) => Ok(redirect_with(&caller, HERE, &Flash::good(caller.tr("Angelegt.", "Added.")))),
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
    let table = parts::table(lang, "units", lang.tr("Organisationseinheiten", "Organisation units"))
        .hide_caption()
        .columns([
            Column::text(lang.tr("Einheit", "Unit")),
            Column::text(lang.tr("Kürzel", "Short name")),
            Column::text(lang.tr("Unter", "Below")),
            Column::text(lang.tr("Stand", "State")),
        ])
        .rows(directory.tree.in_order().into_iter().map(|(depth, unit)| {
            let above = unit.parent.as_ref().and_then(|parent| directory.tree.unit(parent));
            Row::new([
                html! { span aria-hidden="true" { ("\u{2003}".repeat(depth)) } a href={ (HERE) "/" (unit.id) } { (unit.name) } },
                html! { @if unit.code.is_empty() { "–" } @else { (unit.code) } },
                html! { (above.map_or("–", |unit| unit.name.as_str())) },
                if unit.active { parts::badge(Tone::Good, lang.tr("offen", "open")) } else { parts::badge(Tone::Neutral, lang.tr("geschlossen", "closed")) },
            ])
        }));
    let body = html! {
        (tabs(caller, &caller.principal, HERE))
        div.stack {
            (parts::error_summary(lang, errors))
            (table)
            (parts::card(lang.tr("Einheit anlegen", "Add a unit"), &html! {
                form.form method="post" action=(HERE) {
                    (parts::csrf_field(caller))
                    (parts::field(lang, "name", lang.tr("Name", "Name")).value(&typed.name).required().errors(errors)
                        .hint(lang.tr("Zum Beispiel „Fachbereich 3 – Bauen“.", "For example \"Department 3 – Building\".")))
                    (parts::field(lang, "code", lang.tr("Kürzel", "Short name")).value(&typed.code).width(10).max_length(20).errors(errors))
                    (parts::select(lang, "parent", lang.tr("Unter", "Below"), &units(&directory.tree)).value(&typed.parent).required().errors(errors))
                    div.form__actions { (parts::button(lang.tr("Anlegen", "Add"))) }
                }
            }))
        }
    };
    let lead = lang.tr(
        "Rechnungen gehören zu einer Einheit; Rechte gelten für eine Einheit und alles darunter.",
        "Invoices belong to a unit; grants are for a unit and all below it.",
    );
    let mut shown = frame(lang.tr("Organisationseinheiten", "Organisation units")).lead(lead);
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
    let id = UnitId::from(id);
    let parent = Some(UnitId::from(typed.parent.as_str())).filter(|parent| !parent.as_str().is_empty());
    let active = typed.active.is_some();
    let saved =
        caller.app.auth.change_unit(&caller.principal, &id, parent.as_ref(), &typed.name, &typed.code, active).await;
    match saved {
        Ok(()) => Ok(redirect_with(&caller, HERE, &Flash::good(caller.tr("Gespeichert.", "Saved.")))),
        Err(error) => {
            let errors = into_form(error)?;
            shown_one(&caller, &id, Some(&typed), &errors).await
        }
    }
}

async fn shown_one(
    caller: &Caller,
    id: &UnitId,
    typed: Option<&Typed>,
    errors: &[FieldError],
) -> Result<Response, AppError> {
    require(caller)?;
    let lang = caller.lang;
    let directory = caller.app.auth.directory(&caller.principal.tenant).await.map_err(of_auth)?;
    let tree = &directory.tree;
    let unit =
        tree.unit(id).ok_or_else(|| AppError::not_found(Text::new("Organisationseinheit", "organisation unit")))?;
    let is_root = tree.root() == Some(id);
    let own = unit.parent.as_ref().map(UnitId::as_str).unwrap_or_default();
    let (name, code, parent) =
        typed.map_or((unit.name.as_str(), unit.code.as_str(), own), |typed| (&typed.name, &typed.code, &typed.parent));
    // Below itself nothing can hang.
    let inside: Vec<UnitId> = tree.within(id);
    let parents: Vec<_> =
        units(tree).into_iter().filter(|choice| !inside.iter().any(|unit| unit.as_str() == choice.value)).collect();
    let body = html! {
        div.column.stack {
            (parts::error_summary(lang, errors))
            form.form method="post" action={ (HERE) "/" (id) } {
                (parts::csrf_field(caller))
                (parts::field(lang, "name", lang.tr("Name", "Name")).value(name).required().errors(errors))
                (parts::field(lang, "code", lang.tr("Kürzel", "Short name")).value(code).width(10).max_length(20).errors(errors))
                @if !is_root {
                    (parts::select(lang, "parent", lang.tr("Unter", "Below"), &parents).value(parent).required().errors(errors))
                    (parts::checkbox("active", lang.tr("Offen", "Open")).checked(typed.map_or(unit.active, |typed| typed.active.is_some()))
                        .hint(lang.tr("Eine geschlossene Einheit behält ihre Rechnungen, bekommt aber keine neuen.", "A closed unit keeps its invoices and takes no new ones.")))
                }
                div.form__actions { (parts::button(lang.tr("Speichern", "Save"))) }
            }
        }
    };
    let mut shown = below(unit.name.clone(), HERE, lang.tr("Organisationseinheiten", "Organisation units"));
    if !errors.is_empty() {
        shown = shown.with_errors();
    }
    Ok(page(caller, shown, body))
}

//! What the tenant says about itself.

use axum::response::Response;
use maud::html;
use serde::Deserialize;
use vir_auth::{Profile, State, leitweg_ids};

use super::{frame, require, tabs};
use crate::account::{into_form, of_auth};
use crate::parts::{self, Choice, FieldError};
use crate::{Answer, AppError, Caller, Flash, Form, page, redirect_with};

#[derive(Deserialize)]
pub(super) struct Typed {
    municipality: String,
    state: String,
    #[serde(default)]
    leitweg_ids: String,
}

const HERE: &str = "/verwaltung/einstellungen";

pub(super) async fn show(caller: Caller) -> Answer {
    require(&caller)?;
    let profile = caller.app.auth.profile(&caller.principal.tenant).await.map_err(of_auth)?;
    shown(&caller, &profile, &[])
}

pub(super) async fn save(caller: Caller, Form(typed): Form<Typed>) -> Answer {
    require(&caller)?;
    let profile = Profile {
        name: typed.municipality,
        state: State::of(&typed.state).unwrap_or_default(),
        leitweg_ids: leitweg_ids(&typed.leitweg_ids),
    };
    match caller.app.auth.set_profile(&caller.principal, profile.clone()).await {
        Ok(()) => Ok(redirect_with(&caller, HERE, &Flash::good(caller.tr("Gespeichert.", "Saved.")))),
        Err(error) => shown(&caller, &profile, &into_form(error)?),
    }
}

fn shown(caller: &Caller, profile: &Profile, errors: &[FieldError]) -> Result<Response, AppError> {
    let lang = caller.lang;
    let states: Vec<Choice> =
        State::ALL.iter().map(|state| Choice::new(state.word(), state.title().get(lang))).collect();
    let ids = profile.leitweg_ids.join("\n");
    let body = html! {
        (tabs(caller, &caller.principal, HERE))
        div.column.stack {
            (parts::error_summary(lang, errors))
            form.form method="post" action=(HERE) {
                (parts::csrf_field(caller))
                (parts::field(lang, "municipality", lang.tr("Name der Verwaltung", "Name of the municipality")).value(&profile.name).required().errors(errors))
                (parts::radios(lang, "state", lang.tr("Land", "State"), &states).value(profile.state.word()).inline()
                    .hint(lang.tr("Danach richten sich Feiertage und Fristen.", "Holidays and deadlines follow it.")))
                (parts::text_area(lang, "leitweg_ids", lang.tr("Leitweg-IDs", "Leitweg-IDs")).rows(4).value(&ids).errors(errors)
                    .hint(lang.tr("Eine je Zeile.", "One a line.")))
                div.form__actions { (parts::button(lang.tr("Speichern", "Save"))) }
            }
            (parts::definition_list(&[(lang.tr("Kurzname", "Short name"), html! { code { (caller.principal.tenant) } })]))
        }
    };
    let mut shown = frame(lang.tr("Einstellungen", "Settings"));
    if !errors.is_empty() {
        shown = shown.with_errors();
    }
    Ok(page(caller, shown, body))
}

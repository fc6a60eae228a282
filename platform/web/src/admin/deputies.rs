//! Deputies of everybody.

use axum::response::Response;
use maud::html;
use serde::Deserialize;
use vir_auth::{Deputy, PersonId};

use super::{frame, require, tabs};
use crate::account::of_auth;
use crate::account::standing_in::{Typed, choices, save, terms};
use crate::parts::{self, FieldError};
use crate::{Answer, AppError, Caller, Flash, Form, page, redirect_with};

#[derive(Deserialize)]
pub(super) struct Which {
    id: String,
}

const HERE: &str = "/verwaltung/vertretungen";

pub(super) async fn show(caller: Caller) -> Answer {
    shown(&caller, &Typed::default(), &[]).await
}

pub(super) async fn add(caller: Caller, Form(typed): Form<Typed>) -> Answer {
    require(&caller)?;
    match save(&caller, &PersonId::from(typed.of.as_str()), &typed).await? {
        Ok(()) => {
            let flash = Flash::good(caller.tr("Die Vertretung ist eingetragen.", "The deputy is registered."));
            Ok(redirect_with(&caller, HERE, &flash))
        }
        Err(errors) => shown(&caller, &typed, &errors).await,
    }
}

pub(super) async fn end(caller: Caller, Form(which): Form<Which>) -> Answer {
    require(&caller)?;
    caller.app.auth.end_deputy(&caller.principal, &which.id.into()).await.map_err(of_auth)?;
    let flash = Flash::good(caller.tr("Die Vertretung ist beendet.", "The deputy's term has ended."));
    Ok(redirect_with(&caller, HERE, &flash))
}

async fn shown(caller: &Caller, typed: &Typed, errors: &[FieldError]) -> Result<Response, AppError> {
    require(caller)?;
    let (lang, auth) = (caller.lang, &caller.app.auth);
    let directory = auth.directory(&caller.principal.tenant).await.map_err(of_auth)?;
    let all: Vec<&Deputy> = directory.deputies.iter().rev().collect();
    let people = choices(&directory, None);
    let body = html! {
        (tabs(caller, &caller.principal, HERE))
        div.stack {
            (parts::error_summary(lang, errors))
            @if all.is_empty() {
                (parts::empty_state(lang.tr("Keine Vertretung eingetragen", "No deputy registered"),
                    lang.tr("Jede Person kann ihre Vertretung selbst eintragen; bei Krankheit tun Sie es hier.", "Everybody can register their deputy; in case of illness you do it here."), &html! {}))
            } @else { (terms(caller, &directory, &all, auth.today(), "/verwaltung/vertretungen/beenden")) }
            (parts::card(lang.tr("Vertretung eintragen", "Register a deputy"), &html! {
                form.form method="post" action=(HERE) {
                    (parts::csrf_field(caller))
                    div.form__row {
                        (parts::select(lang, "of", lang.tr("Wer ist abwesend?", "Who is away?"), &people).empty(lang.tr("Bitte wählen", "Please choose")).value(&typed.of).required().errors(errors))
                        (parts::select(lang, "deputy", lang.tr("Wer vertritt?", "Who stands in?"), &people).empty(lang.tr("Bitte wählen", "Please choose")).value(&typed.deputy).required().errors(errors))
                    }
                    div.form__row {
                        (parts::date_field(lang, "from", lang.tr("Erster Tag", "First day")).value(&typed.from).required().errors(errors))
                        (parts::date_field(lang, "to", lang.tr("Letzter Tag", "Last day")).value(&typed.to).required().errors(errors))
                    }
                    div.form__actions { (parts::button(lang.tr("Eintragen", "Register"))) }
                }
            }))
        }
    };
    let mut shown = frame(lang.tr("Vertretungen", "Deputies"));
    if !errors.is_empty() {
        shown = shown.with_errors();
    }
    Ok(page(caller, shown, body))
}

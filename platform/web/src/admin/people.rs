//! The list of people and technical users, and adding one.

use axum::response::Response;
use maud::html;
use serde::Deserialize;
use vir_auth::{NewPerson, PersonKind};
use vir_core::Lang;

use super::{frame, require, tabs};
use crate::account::{into_form, of_auth};
use crate::parts::{self, Choice, Column, FieldError, Row, Tone};
use crate::{Answer, AppError, Caller, Flash, Form, Query, format, page, redirect_with};

#[derive(Deserialize, Default)]
pub(super) struct Filter {
    #[serde(default)]
    q: String,
}

#[derive(Deserialize, Default)]
pub(super) struct Typed {
    #[serde(default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) email: String,
    #[serde(default)]
    pub(super) lang: String,
}

impl Typed {
    pub(super) fn person(&self) -> NewPerson {
        NewPerson {
            kind: if self.kind == "technical" { PersonKind::Technical } else { PersonKind::Human },
            name: self.name.clone(),
            email: self.email.clone(),
            lang: if self.lang == "en" { Lang::En } else { Lang::De },
        }
    }
}

pub(super) async fn show(caller: Caller, Query(filter): Query<Filter>) -> Answer {
    shown(&caller, &filter.q, &Typed { kind: "human".into(), lang: "de".into(), ..Typed::default() }, &[]).await
}

pub(super) async fn add(caller: Caller, Form(typed): Form<Typed>) -> Answer {
    require(&caller)?;
    match caller.app.auth.add_person(&caller.principal, typed.person()).await {
        Ok(id) => {
            let flash = Flash::good(caller.tr(
                "Angelegt. Geben Sie der Person jetzt Rechte und einen Zugang.",
                "Added. Now give the person rights and access.",
            ));
            Ok(redirect_with(&caller, &format!("/verwaltung/personen/{id}"), &flash))
        }
        Err(error) => {
            let errors = into_form(error)?;
            shown(&caller, "", &typed, &errors).await
        }
    }
}

async fn shown(caller: &Caller, q: &str, typed: &Typed, errors: &[FieldError]) -> Result<Response, AppError> {
    require(caller)?;
    let lang = caller.lang;
    let accounts = caller.app.auth.accounts(&caller.principal).await.map_err(of_auth)?;
    let wanted = q.trim().to_lowercase();
    let found = accounts.iter().filter(|account| {
        account.person.name.to_lowercase().contains(&wanted) || account.person.email.contains(&wanted)
    });
    let table = parts::table(lang, "people", lang.tr("Personen und technische Konten", "People and technical users"))
        .hide_caption()
        .columns([
            Column::text(lang.tr("Name", "Name")),
            Column::text(lang.tr("E-Mail-Adresse", "E-mail address")),
            Column::text(lang.tr("Stand", "State")),
            Column::text(lang.tr("Zuletzt angemeldet", "Last signed in")),
        ])
        .rows(found.map(|account| {
            let person = &account.person;
            let state = match (person.active, person.kind) {
                (false, _) => parts::badge(Tone::Neutral, lang.tr("geschlossen", "closed")),
                (true, PersonKind::Technical) => parts::badge(Tone::Info, lang.tr("technisch", "technical")),
                (true, PersonKind::Human) if account.has_password || account.has_provider || account.passkeys > 0 => {
                    parts::badge(Tone::Good, lang.tr("aktiv", "active"))
                }
                (true, PersonKind::Human) => parts::badge(Tone::Careful, lang.tr("noch kein Zugang", "no access yet")),
            };
            Row::new([
                html! { a href={ "/verwaltung/personen/" (person.id) } { (person.name) } },
                html! { @if person.email.is_empty() { "–" } @else { (person.email) } },
                state,
                html! { @if let Some(at) = account.signed_in_at { (format::time_element(at, lang)) } @else { (lang.tr("noch nie", "never")) } },
            ])
        }));
    let body = html! {
        (tabs(caller, &caller.principal, "/verwaltung/personen"))
        div.stack {
            (parts::error_summary(lang, errors))
            (parts::filter_bar(lang.tr("Personen suchen", "Find people"), "/verwaltung/personen", "results", &html! {
                (parts::search_field(lang, "q", lang.tr("Name oder E-Mail-Adresse", "Name or e-mail address")).value(q))
                (parts::button(lang.tr("Suchen", "Find")).secondary())
            }))
            div id="results" {
                @if table.is_empty() {
                    (parts::empty_state(lang.tr("Niemand gefunden", "Nobody found"), lang.tr("Zu dieser Suche gibt es keine Person.", "There is no such person."),
                        &html! { (parts::link_button("/verwaltung/personen", lang.tr("Alle zeigen", "Show all"))) }))
                } @else { (table) }
            }
            (parts::card(lang.tr("Person hinzufügen", "Add a person"), &html! {
                form.form method="post" action="/verwaltung/personen" {
                    (parts::csrf_field(caller))
                    (parts::radios(lang, "kind", lang.tr("Wer?", "Who?"), &[
                        Choice::new("human", lang.tr("Eine Person", "A person")).hint(lang.tr("Meldet sich im Browser an.", "Signs in with a browser.")),
                        Choice::new("technical", lang.tr("Ein Programm (technisches Konto)", "A program (technical user)")).hint(lang.tr("Nutzt die API mit einem Token; braucht keine E-Mail-Adresse.", "Uses the API with a token; needs no e-mail address.")),
                    ]).value(&typed.kind).errors(errors))
                    (fields(caller, typed, errors))
                    div.form__actions { (parts::button(lang.tr("Hinzufügen", "Add"))) }
                }
            }))
        }
    };
    let mut shown = frame(lang.tr("Personen", "People"));
    if !errors.is_empty() {
        shown = shown.with_errors();
    }
    Ok(page(caller, shown, body))
}

/// Name, address, language.
pub(super) fn fields(caller: &Caller, typed: &Typed, errors: &[FieldError]) -> maud::Markup {
    let lang = caller.lang;
    html! {
        (parts::field(lang, "name", lang.tr("Name", "Name")).value(&typed.name).required().errors(errors).autocomplete("off"))
        (parts::field(lang, "email", lang.tr("E-Mail-Adresse", "E-mail address")).kind("email").value(&typed.email).errors(errors)
            .autocomplete("off").no_spellcheck().hint(lang.tr("Damit meldet sich die Person an.", "The person signs in with it.")))
        (parts::radios(lang, "lang", lang.tr("Sprache", "Language"), &[Choice::new("de", "Deutsch"), Choice::new("en", "English")]).value(&typed.lang).inline())
    }
}

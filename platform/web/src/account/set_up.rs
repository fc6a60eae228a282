//! The first minute: a municipality is set up with the link that the server printed.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use maud::html;
use serde::Deserialize;
use vir_auth::{Error, Founding, Profile, State, leitweg_ids};

use super::link::{differs, hint};
use super::{browser, into_form, of_auth, unlinked, welcome};
use crate::parts::{self, Choice, FieldError};
use crate::{Answer, Form, Page, Visitor, page};

#[derive(Deserialize, Default)]
pub(super) struct Typed {
    municipality: String,
    state: String,
    #[serde(default)]
    leitweg_ids: String,
    name: String,
    email: String,
    password: String,
    repeated: String,
    #[serde(default)]
    works_too: Option<String>,
}

pub(super) async fn show(visitor: Visitor, Path(token): Path<String>) -> Answer {
    let auth = &visitor.app.auth;
    auth.limits().link(visitor.peer).map_err(of_auth)?;
    if !auth.is_setup_link(&token).await.map_err(of_auth)? {
        return Ok(gone(&visitor));
    }
    let empty =
        Typed { works_too: Some("on".to_owned()), state: State::default().word().to_owned(), ..Typed::default() };
    Ok(form(&visitor, &token, &empty, &[]))
}

pub(super) async fn set_up(
    visitor: Visitor,
    headers: HeaderMap,
    Path(token): Path<String>,
    Form(typed): Form<Typed>,
) -> Answer {
    let auth = &visitor.app.auth;
    auth.limits().link(visitor.peer).map_err(of_auth)?;
    if typed.password != typed.repeated {
        return Ok(form(&visitor, &token, &typed, &[differs("repeated")]));
    }
    let founding = Founding {
        profile: Profile {
            name: typed.municipality.clone(),
            state: State::of(&typed.state).unwrap_or_default(),
            leitweg_ids: leitweg_ids(&typed.leitweg_ids),
        },
        short: None,
        name: typed.name.clone(),
        email: typed.email.clone(),
        lang: visitor.lang,
        works_too: typed.works_too.is_some(),
    };
    match auth.set_up(&token, founding, &typed.password, browser(&headers)).await {
        Ok(signed_in) => Ok(welcome(&visitor, &signed_in, "/")),
        Err(Error::Link) => Ok(gone(&visitor)),
        Err(error) => Ok(form(&visitor, &token, &typed, &into_form(error)?)),
    }
}

fn form(visitor: &Visitor, token: &str, typed: &Typed, errors: &[FieldError]) -> Response {
    let lang = visitor.lang;
    let states: Vec<Choice> =
        State::ALL.iter().map(|state| Choice::new(state.word(), state.title().get(lang))).collect();
    let body = html! {
        div.column.stack {
            (parts::error_summary(lang, errors))
            form.form method="post" action={ "/einrichten/" (token) } {
                (parts::csrf_field(visitor))
                fieldset.form__group {
                    legend { (lang.tr("Ihre Verwaltung", "Your municipality")) }
                    (parts::field(lang, "municipality", lang.tr("Name der Verwaltung", "Name of the municipality"))
                        .value(&typed.municipality).required().autofocus().autocomplete("organization").errors(errors)
                        .hint(lang.tr("Wie er auf Briefen steht, zum Beispiel „Gemeinde Musterdorf“.", "As on letters, for example \"Gemeinde Musterdorf\".")))
                    (parts::radios(lang, "state", lang.tr("Land", "State"), &states).value(&typed.state).inline()
                        .hint(lang.tr("Danach richten sich Feiertage und Fristen.", "Holidays and deadlines follow it.")))
                    (parts::text_area(lang, "leitweg_ids", lang.tr("Leitweg-ID", "Leitweg-ID")).rows(2).value(&typed.leitweg_ids).errors(errors)
                        .hint(lang.tr(
                            "Unter dieser Kennung schicken Ihnen Lieferanten Rechnungen. Mehrere: eine je Zeile. Sie können sie später nachtragen.",
                            "Suppliers send you invoices under this identifier. Several: one a line. You can add it later.",
                        )))
                }
                fieldset.form__group {
                    legend { (lang.tr("Ihr Zugang", "Your access")) }
                    (parts::field(lang, "name", lang.tr("Ihr Name", "Your name")).value(&typed.name).required().autocomplete("name").errors(errors))
                    (parts::field(lang, "email", lang.tr("Ihre E-Mail-Adresse", "Your e-mail address")).kind("email").value(&typed.email).required()
                        .autocomplete("username").no_spellcheck().errors(errors)
                        .hint(lang.tr("Damit melden Sie sich an.", "You sign in with it.")))
                    (parts::password_field(lang, "password", lang.tr("Passwort", "Password"), "new-password").required().errors(errors).hint(hint(lang)))
                    (parts::password_field(lang, "repeated", lang.tr("Passwort wiederholen", "Repeat the password"), "new-password").required().errors(errors))
                    (parts::checkbox("works_too", lang.tr("Ich arbeite auch selbst mit Rechnungen", "I also work with invoices myself"))
                        .checked(typed.works_too.is_some())
                        .hint(lang.tr(
                            "Gibt Ihnen zusätzlich die Rollen Sachbearbeitung und Leitung Finanzen. Wer nur verwaltet, sieht keine Rechnungen. Beides lässt sich später ändern.",
                            "Also gives you the roles clerk and head of finance. Who only administers sees no invoices. Both can be changed later.",
                        )))
                }
                div.form__actions { (parts::button(lang.tr("Einrichten", "Set up"))) }
            }
        }
    };
    let title = lang.tr("Willkommen bei vir", "Welcome to vir");
    let lead = lang.tr(
        "Ein paar Angaben, dann kann die erste Rechnung kommen. Alles lässt sich später ändern.",
        "A few details, then the first invoice may come. Everything can be changed later.",
    );
    let mut shown = Page::new(title).lead(lead).bare();
    if !errors.is_empty() {
        shown = shown.with_errors();
    }
    unlinked(page(visitor, shown, body))
}

fn gone(visitor: &Visitor) -> Response {
    let lang = visitor.lang;
    let body = parts::empty_state(
        lang.tr("Dieser Verweis gilt nicht mehr", "This link is not valid any more"),
        lang.tr(
            "Er wurde schon benutzt oder ist abgelaufen. Solange es keine Verwaltung gibt, gibt „vir serve“ bei jedem Start einen neuen aus.",
            "It was used or has expired. As long as there is no municipality, \"vir serve\" prints a new one at each start.",
        ),
        &html! { (parts::link_button("/anmelden", lang.tr("Zur Anmeldung", "To the log-in"))) },
    );
    unlinked(page(visitor, Page::new(lang.tr("Einrichten", "Set-up")).bare().status(StatusCode::NOT_FOUND), body))
}

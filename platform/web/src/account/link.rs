//! One-time links: setting a password as somebody who is invited, or has forgotten theirs.

use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use maud::html;
use serde::Deserialize;
use vir_auth::{Error, LinkInfo};
use vir_core::Text;

use super::{browser, into_form, of_auth, unlinked, welcome};
use crate::parts::{self, FieldError};
use crate::{Answer, Form, Page, Visitor, page};

#[derive(Deserialize)]
pub(super) struct NewPassword {
    password: String,
    repeated: String,
}

pub(super) async fn show(visitor: Visitor, Path(token): Path<String>) -> Answer {
    visitor.app.auth.limits().link(visitor.peer).map_err(of_auth)?;
    match visitor.app.auth.link_info(&token).await {
        Ok(info) => Ok(form(&visitor, &token, &info, &[])),
        Err(Error::Link) => Ok(gone(&visitor)),
        Err(error) => Err(of_auth(error)),
    }
}

pub(super) async fn set_password(
    visitor: Visitor,
    headers: HeaderMap,
    Path(token): Path<String>,
    Form(typed): Form<NewPassword>,
) -> Answer {
    let auth = &visitor.app.auth;
    auth.limits().link(visitor.peer).map_err(of_auth)?;
    let info = match auth.link_info(&token).await {
        Ok(info) => info,
        Err(Error::Link) => return Ok(gone(&visitor)),
        Err(error) => return Err(of_auth(error)),
    };
    if typed.password != typed.repeated {
        return Ok(form(&visitor, &token, &info, &[differs("repeated")]));
    }
    match auth.use_link(&token, &typed.password, browser(&headers)).await {
        Ok(signed_in) => Ok(welcome(&visitor, &signed_in, "/")),
        Err(Error::Link) => Ok(gone(&visitor)),
        Err(error) => Ok(form(&visitor, &token, &info, &into_form(error)?)),
    }
}

pub(super) fn differs(field: &str) -> FieldError {
    FieldError::new(field, Text::new("Die beiden Passwörter sind verschieden.", "The two passwords differ."))
}

fn form(visitor: &Visitor, token: &str, info: &LinkInfo, errors: &[FieldError]) -> Response {
    let lang = visitor.lang;
    let body = html! {
        div.column.stack {
            (parts::error_summary(lang, errors))
            p { (lang.tr("Guten Tag, ", "Hello, ")) (info.person.name) ". "
                (lang.tr("Setzen Sie hier Ihr Passwort; danach sind Sie angemeldet.", "Set your password here; you are signed in then.")) }
            form.form method="post" action={ "/zugang/" (token) } {
                (parts::csrf_field(visitor))
                // Password managers keep the password for this name.
                (parts::field(lang, "email", lang.tr("E-Mail-Adresse", "E-mail address")).kind("email").value(&info.person.email).autocomplete("username").read_only())
                (parts::password_field(lang, "password", lang.tr("Neues Passwort", "New password"), "new-password").required().errors(errors).hint(hint(lang)))
                (parts::password_field(lang, "repeated", lang.tr("Neues Passwort wiederholen", "Repeat the new password"), "new-password").required().errors(errors))
                div.form__actions { (parts::button(lang.tr("Passwort setzen", "Set password"))) }
            }
        }
    };
    let mut shown = Page::new(lang.tr("Ihr Zugang", "Your access")).bare();
    if !errors.is_empty() {
        shown = shown.with_errors();
    }
    unlinked(page(visitor, shown, body))
}

pub(super) fn hint(lang: vir_core::Lang) -> &'static str {
    lang.tr(
        "Mindestens 12 Zeichen. Gut ist ein Satz oder vier Wörter, die nichts miteinander zu tun haben; Sonderzeichen sind nicht nötig.",
        "At least 12 characters. A sentence is good, or four words that have nothing to do with each other; special characters are not needed.",
    )
}

fn gone(visitor: &Visitor) -> Response {
    let lang = visitor.lang;
    let body = parts::empty_state(
        lang.tr("Dieser Verweis gilt nicht mehr", "This link is not valid any more"),
        lang.tr(
            "Er wurde schon benutzt, ist abgelaufen oder wurde durch einen neueren ersetzt. Ihre Administration gibt Ihnen einen neuen.",
            "It was used, has expired or was replaced by a newer one. Your administration gives you a new one.",
        ),
        &html! { (parts::link_button("/anmelden", lang.tr("Zur Anmeldung", "To the log-in"))) },
    );
    let shown = Page::new(lang.tr("Ihr Zugang", "Your access")).bare().status(axum::http::StatusCode::NOT_FOUND);
    unlinked(page(visitor, shown, body))
}

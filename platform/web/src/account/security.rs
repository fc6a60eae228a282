//! One's own password, passkeys and sessions.

use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use vir_auth::{By, Means, PasskeyInfo, SessionInfo};

use super::link::{differs, hint};
use super::overview::tabs;
use super::{into_form, of_auth};
use crate::parts::{self, Column, FieldError, Icon, Row, Tone};
use crate::{Answer, AppError, Caller, Flash, Form, Page, assets, format, page, redirect_with};

#[derive(Deserialize)]
pub(super) struct NewPassword {
    #[serde(default)]
    old: String,
    new: String,
    repeated: String,
}

pub(super) async fn show(caller: Caller) -> Answer {
    shown(&caller, &[]).await
}

pub(super) async fn change_password(caller: Caller, Form(typed): Form<NewPassword>) -> Answer {
    let auth = &caller.app.auth;
    let me = &caller.principal;
    // A session that lies open must not become a place to guess the password.
    auth.limits().sign_in(me.tenant.as_str(), me.person.as_str(), caller.peer).map_err(of_auth)?;
    if typed.new != typed.repeated {
        return shown(&caller, &[differs("repeated")]).await;
    }
    match auth.change_password(me, &typed.old, &typed.new).await {
        Ok(()) => {
            let flash = Flash::good(caller.tr(
                "Das Passwort ist geändert. Andere Sitzungen sind beendet.",
                "The password is changed. Other sessions have ended.",
            ));
            Ok(redirect_with(&caller, "/konto/sicherheit", &flash))
        }
        Err(error) => {
            let errors = into_form(error)?;
            shown(&caller, &errors).await
        }
    }
}

async fn shown(caller: &Caller, errors: &[FieldError]) -> Result<Response, AppError> {
    let (lang, me, auth) = (caller.lang, &caller.principal, &caller.app.auth);
    let sessions = auth.sessions(me).await.map_err(of_auth)?;
    let passkeys = auth.passkeys(me).await.map_err(of_auth)?;
    let body = html! {
        (tabs(caller, "/konto/sicherheit"))
        div.stack {
            (parts::error_summary(lang, errors))
            (parts::card(lang.tr("Passwort ändern", "Change password"), &html! {
                form.form method="post" action="/konto/sicherheit" {
                    (parts::csrf_field(caller))
                    (parts::password_field(lang, "old", lang.tr("Bisheriges Passwort", "Present password"), "current-password").errors(errors)
                        .hint(lang.tr("Frei lassen, wenn Sie noch keines haben.", "Leave empty if you have none yet.")))
                    (parts::password_field(lang, "new", lang.tr("Neues Passwort", "New password"), "new-password").required().errors(errors).hint(hint(lang)))
                    (parts::password_field(lang, "repeated", lang.tr("Neues Passwort wiederholen", "Repeat the new password"), "new-password").required().errors(errors))
                    div.form__actions { (parts::button(lang.tr("Passwort ändern", "Change password"))) }
                }
            }))
            (parts::card(lang.tr("Passkeys", "Passkeys"), &passkey_part(caller, &passkeys)))
            (parts::card(lang.tr("Wo Sie angemeldet sind", "Where you are signed in"), &session_part(caller, &sessions)))
        }
    };
    let mut shown = Page::new(lang.tr("Sicherheit", "Security")).crumb("/konto", lang.tr("Mein Konto", "My account"));
    if !errors.is_empty() {
        shown = shown.with_errors();
    }
    Ok(page(caller, shown, body))
}

fn passkey_part(caller: &Caller, passkeys: &[PasskeyInfo]) -> Markup {
    let lang = caller.lang;
    let table = parts::table(lang, "passkeys", lang.tr("Ihre Passkeys", "Your passkeys"))
        .hide_caption()
        .columns([
            Column::text(lang.tr("Name", "Name")),
            Column::text(lang.tr("Eingetragen", "Registered")),
            Column::text(lang.tr("Zuletzt benutzt", "Last used")),
            Column::unseen(lang.tr("Entfernen", "Remove")),
        ])
        .rows(passkeys.iter().map(|passkey| {
            Row::new([
                html! { (passkey.name) },
                format::time_element(passkey.created_at, lang),
                html! { @if let Some(at) = passkey.last_used_at { (format::time_element(at, lang)) } @else { "–" } },
                html! {
                    form.inline method="post" action="/konto/passkeys/entfernen" {
                        (parts::csrf_field(caller))
                        input type="hidden" name="id" value=(passkey.id);
                        (parts::button(lang.tr("Entfernen", "Remove")).secondary().small().about(&passkey.name))
                    }
                },
            ])
        }));
    html! {
        p { (lang.tr(
            "Mit einem Passkey melden Sie sich ohne Passwort an: mit Fingerabdruck, Gesicht oder PIN Ihres Geräts, oder mit einem Sicherheitsschlüssel. Er lässt sich nicht abfischen.",
            "With a passkey you sign in without a password: with the fingerprint, face or PIN of your device, or with a security key. It cannot be phished.",
        )) }
        @if !passkeys.is_empty() { (table) }
        div.form hidden data-passkey="register" data-csrf=(caller.csrf)
            data-failed=(lang.tr("Der Passkey wurde nicht eingetragen.", "The passkey was not registered.")) {
            (parts::field(lang, "passkey_name", lang.tr("Name des Geräts", "Name of the device")).max_length(100)
                .hint(lang.tr("Damit Sie ihn wiedererkennen, zum Beispiel „Dienstlaptop“.", "So that you recognise it, for example \"work laptop\".")))
            div.form__actions {
                button.button.button--secondary type="button" { (parts::icon(Icon::Plus)) span { (lang.tr("Passkey eintragen", "Register a passkey")) } }
            }
            p.field__error role="alert" hidden {}
        }
        noscript { p.faint { (lang.tr("Zum Eintragen eines Passkeys braucht der Browser JavaScript.", "To register a passkey the browser needs JavaScript.")) } }
        script src=(assets::PASSKEY.path) defer {}
    }
}

fn session_part(caller: &Caller, sessions: &[SessionInfo]) -> Markup {
    let lang = caller.lang;
    let is_this = |session: &SessionInfo| caller.principal.by == By::Session(session.id.clone());
    let means = |means| match means {
        Means::Password => lang.tr("Passwort", "password"),
        Means::Passkey => "Passkey",
        Means::Provider => lang.tr("Anmeldedienst", "log-in service"),
        Means::Link => lang.tr("Einmal-Verweis", "one-time link"),
    };
    let table = parts::table(lang, "sessions", lang.tr("Ihre Sitzungen", "Your sessions"))
        .hide_caption()
        .columns([
            Column::text(lang.tr("Browser", "Browser")),
            Column::text(lang.tr("Angemeldet", "Signed in")),
            Column::text(lang.tr("Womit", "With")),
            Column::text(lang.tr("Zuletzt benutzt", "Last used")),
            Column::unseen(lang.tr("Beenden", "End")),
        ])
        .rows(sessions.iter().map(|session| {
            Row::new([
                html! { (session.browser) },
                format::time_element(session.created_at, lang),
                html! { (means(session.means)) },
                format::time_element(session.last_seen_at, lang),
                html! {
                    @if is_this(session) { (parts::badge(Tone::Info, lang.tr("diese Sitzung", "this session"))) }
                    @else {
                        form.inline method="post" action="/konto/sicherheit/abmelden" {
                            (parts::csrf_field(caller))
                            input type="hidden" name="id" value=(session.id);
                            (parts::button(lang.tr("Beenden", "End")).secondary().small().about(&session.browser))
                        }
                    }
                },
            ])
        }));
    html! {
        @if table.is_empty() { p { (lang.tr("Keine Sitzung im Browser.", "No session in a browser.")) } } @else { (table) }
        @if sessions.len() > 1 {
            (parts::post_button(caller, "/konto/sicherheit/alle-abmelden", &parts::button(lang.tr("Alle anderen beenden", "End all others")).secondary()))
        }
    }
}

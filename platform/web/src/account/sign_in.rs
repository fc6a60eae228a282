//! Signing in with a password, or going to the other ways; signing out.

use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use vir_auth::Error;
use vir_core::Text;
use vir_store::{Tenant, TenantId};

use super::{Nothing, TENANT_COOKIE, browser, encoded, of_auth, welcome};
use crate::identity::{forget_session, session_cookie};
use crate::parts::{self, FieldError, Icon, Tone};
use crate::{Answer, AppError, Ctx, Form, Page, Query, Visitor, assets, cookies, page, redirect};

/// Who came from where.
#[derive(Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    weiter: String,
    #[serde(default)]
    mandant: String,
    /// Shown after the log-in was refused elsewhere.
    #[serde(default)]
    fehler: String,
}

#[derive(Deserialize)]
pub(super) struct Credentials {
    mandant: String,
    #[serde(default)]
    weiter: String,
    email: String,
    password: String,
}

/// Above this number people type the short name instead of choosing.
const LIST: usize = 30;

pub(super) async fn show(visitor: Visitor, headers: HeaderMap, Query(wish): Query<Wish>) -> Answer {
    if visitor.principal.is_some() {
        return Ok(redirect(&wish.weiter));
    }
    let tenants = visitor.app.store.tenants().await?;
    if tenants.is_empty() {
        return Ok(nobody_here(&visitor));
    }
    let asked = if wish.mandant.is_empty() {
        cookies::read(&headers, TENANT_COOKIE).unwrap_or_default()
    } else {
        &wish.mandant
    };
    let chosen = match &tenants[..] {
        [only] => Some(only),
        many => many.iter().find(|tenant| tenant.id.as_str() == asked),
    };
    match chosen {
        None => Ok(choose(&visitor, &tenants, &wish)),
        Some(tenant) => {
            let errors = if wish.fehler.is_empty() { Vec::new() } else { vec![refused()] };
            form(&visitor, tenant, tenants.len() > 1, &wish.weiter, "", &errors).await
        }
    }
}

/// Some way in is always said, so that nobody looks at an empty page.
fn nobody_here(visitor: &Visitor) -> Response {
    let lang = visitor.lang;
    let body = parts::empty_state(
        lang.tr("Hier ist noch keine Verwaltung eingerichtet", "No municipality is set up here yet"),
        lang.tr(
            "Wer den Server gestartet hat, findet in dessen Ausgabe einen Verweis zum Einrichten. „vir serve“ gibt ihn bei jedem Start aus, solange es keine Verwaltung gibt.",
            "Whoever started the server finds a set-up link in its output. \"vir serve\" prints it at each start as long as there is no municipality.",
        ),
        &html! {},
    );
    page(visitor, Page::new(lang.tr("Willkommen", "Welcome")).bare(), body)
}

fn choose(visitor: &Visitor, tenants: &[Tenant], wish: &Wish) -> Response {
    let lang = visitor.lang;
    let body = html! {
        div.column.stack {
            @if tenants.len() <= LIST {
                ul.stack.stack--tight { @for tenant in tenants { li {
                    (parts::link_button(&sign_in_at(&tenant.id, &wish.weiter), &tenant.name))
                } } }
            } @else {
                form.form method="get" action="/anmelden" {
                    @if !wish.weiter.is_empty() { input type="hidden" name="weiter" value=(wish.weiter); }
                    (parts::field(lang, "mandant", lang.tr("Kurzname Ihrer Verwaltung", "Short name of your municipality"))
                        .value(&wish.mandant).required().autofocus()
                        .hint(lang.tr("Er steht in Ihrer Einladung, zum Beispiel „musterstadt“.", "It stands in your invitation, for example \"musterstadt\".")))
                    div.form__actions { (parts::button(lang.tr("Weiter", "Continue"))) }
                }
            }
        }
    };
    let title = lang.tr("Bei welcher Verwaltung arbeiten Sie?", "At which municipality do you work?");
    page(visitor, Page::new(title).bare(), body)
}

fn sign_in_at(tenant: &TenantId, next: &str) -> String {
    if next.is_empty() {
        format!("/anmelden?mandant={tenant}")
    } else {
        format!("/anmelden?mandant={tenant}&weiter={}", encoded(next))
    }
}

async fn form(
    visitor: &Visitor,
    tenant: &Tenant,
    several: bool,
    next: &str,
    email: &str,
    errors: &[FieldError],
) -> Answer {
    let lang = visitor.lang;
    let provider = visitor.app.auth.offered_provider(&tenant.id).await.map_err(of_auth)?;
    let visitor = visitor.clone().at(&tenant.name);
    let body = html! {
        div.sign-in { div.card.stack {
            (parts::error_summary(lang, errors))
            form.form method="post" action="/anmelden" {
                (parts::csrf_field(&visitor))
                input type="hidden" name="mandant" value=(tenant.id);
                input type="hidden" name="weiter" value=(next);
                (parts::field(lang, "email", lang.tr("E-Mail-Adresse", "E-mail address"))
                    .kind("email").value(email).required().autocomplete("username webauthn").no_spellcheck().autofocus())
                (parts::password_field(lang, "password", lang.tr("Passwort", "Password"), "current-password").required())
                div.form__actions { (parts::button(lang.tr("Anmelden", "Sign in"))) }
            }
            (other_ways(&visitor, tenant, provider.as_ref().map(|provider| provider.title.as_str()), next))
            p.small.faint {
                (lang.tr(
                    "Passwort vergessen? Ihre Administration gibt Ihnen einen Verweis, mit dem Sie ein neues setzen.",
                    "Forgotten your password? Your administration gives you a link with which you set a new one.",
                ))
            }
            @if several { p.small { a href="/anmelden?mandant=-" { (lang.tr("Andere Verwaltung wählen", "Choose another municipality")) } } }
        }
        (demo_accounts(&visitor))
        }
    };
    let mut shown = Page::new(lang.tr("Anmelden", "Sign in")).bare();
    if !errors.is_empty() {
        shown = shown.with_errors();
    }
    Ok(page(&visitor, shown, body))
}

fn other_ways(ctx: &Ctx, tenant: &Tenant, provider: Option<&str>, next: &str) -> Markup {
    let lang = ctx.lang;
    html! {
        div.toolbar {
            @if let Some(title) = provider {
                (parts::link_button(&format!("/anmelden/dienst?mandant={}&weiter={}", tenant.id, encoded(next)), title).icon(Icon::Person))
            }
            div hidden data-passkey="sign-in" data-csrf=(ctx.csrf) data-tenant=(tenant.id) data-next=(next)
                data-failed=(lang.tr("Die Anmeldung mit dem Passkey hat nicht geklappt.", "Signing in with the passkey did not work.")) {
                button.button.button--secondary type="button" {
                    (parts::icon(Icon::Check)) span { (lang.tr("Mit Passkey anmelden", "Sign in with a passkey")) }
                }
                p.field__error role="alert" hidden {}
            }
        }
        script src=(assets::PASSKEY.path) defer {}
    }
}

/// In the demonstration everybody may come in as anybody.
fn demo_accounts(ctx: &Ctx) -> Markup {
    let lang = ctx.lang;
    html! {
        @if let Some(welcome) = ctx.app.welcome() {
            (parts::card(lang.tr("Konten der Vorführung", "Accounts of the demonstration"), &html! {
                p { (lang.tr("Passwort für alle: ", "Password of all: ")) code { (welcome.password) } }
                dl.terms { @for (account, part) in &welcome.accounts {
                    div.terms__entry { dt { code { (account) } } dd { (part.get(lang)) } }
                } }
            }))
        }
    }
}

fn refused() -> FieldError {
    FieldError::new(
        "",
        Text::new(
            "Die Anmeldung wurde nicht angenommen. Prüfen Sie E-Mail-Adresse und Passwort, auch die Feststelltaste.",
            "The log-in was not accepted. Check e-mail address and password, also caps lock.",
        ),
    )
}

pub(super) async fn sign_in(visitor: Visitor, headers: HeaderMap, Form(typed): Form<Credentials>) -> Answer {
    let tenants = visitor.app.store.tenants().await?;
    let tenant = tenants.iter().find(|tenant| tenant.id.as_str() == typed.mandant);
    let tenant = tenant.ok_or_else(|| AppError::not_found(Text::new("diese Verwaltung", "this municipality")))?;
    let auth = &visitor.app.auth;
    auth.limits().sign_in(tenant.id.as_str(), &typed.email, visitor.peer).map_err(of_auth)?;
    let earlier = session_cookie(&headers, visitor.https);
    match auth.sign_in(&tenant.id, &typed.email, &typed.password, browser(&headers), earlier).await {
        Ok(signed_in) => Ok(welcome(&visitor, &signed_in, &typed.weiter)),
        Err(Error::Refused) => {
            tracing::info!(tenant = %tenant.id, "a log-in was refused");
            form(&visitor, tenant, tenants.len() > 1, &typed.weiter, &typed.email, &[refused()]).await
        }
        Err(error) => Err(of_auth(error)),
    }
}

/// Ends the session here and on the server. Works without one, too.
pub(super) async fn sign_out(visitor: Visitor, headers: HeaderMap, Form(Nothing {}): Form<Nothing>) -> Answer {
    if let Some(cookie) = session_cookie(&headers, visitor.https) {
        visitor.app.auth.sign_out(cookie).await.map_err(of_auth)?;
    }
    let lang = visitor.lang;
    let flash = crate::Flash::good(lang.tr("Sie sind abgemeldet.", "You are signed out."));
    let mut response = crate::redirect_with(&visitor, "/anmelden", &flash);
    forget_session(response.headers_mut(), visitor.https);
    Ok(response)
}

/// What is said on top of pages of one's own account to somebody who acts for others.
pub(super) fn acting_notice(ctx: &Ctx, names: &[String]) -> Markup {
    let lang = ctx.lang;
    html! {
        @if !names.is_empty() {
            (parts::notice(Tone::Info, &format!("{} {}", lang.tr("Heute in Vertretung für", "Today deputy for"), names.join(", ")), &html! {}))
        }
    }
}

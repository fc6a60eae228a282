//! The platform's own pages: start, display settings, help, accessibility, imprint.
//!
//! Invariant: all of them can be read without signing in.

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use maud::html;
use serde::Deserialize;
use vir_core::Lang;

use crate::router::remember_choice;
use crate::{Answer, App, Caller, Form, Page, Theme, Visitor, page, parts, redirect};

mod accessibility;
mod help;
mod imprint;
mod problems;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(start))
        .route("/ansicht", post(choose_display))
        .route("/hilfe", get(help::show))
        .route("/barrierefreiheit", get(accessibility::show))
        .route("/impressum", get(imprint::show))
        .route("/problems", get(problems::show))
}

/// The first place where this person works.
async fn start(caller: Caller) -> Answer {
    let items = caller.app.navigation(&caller.principal, caller.lang);
    if let Some(first) = items.first() {
        return Ok(redirect(first.href));
    }
    let lang = caller.lang;
    let body = parts::empty_state(
        lang.tr("Hier ist noch nichts für Sie freigegeben", "Nothing has been opened to you yet"),
        lang.tr(
            "Ihr Konto hat noch keine Rolle. Wenden Sie sich an Ihre Administration; sie kann Ihnen Rollen für Ihre Organisationseinheit geben.",
            "Your account has no role yet. Ask your administration; it can give you roles for your organisational unit.",
        ),
        &html! {},
    );
    Ok(page(&caller, Page::new(lang.tr("Willkommen", "Welcome")), body))
}

#[derive(Deserialize)]
struct Display {
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    theme: Option<String>,
    #[serde(default)]
    back: String,
}

/// Language and theme, as a choice of this browser.
async fn choose_display(visitor: Visitor, Form(display): Form<Display>) -> Response {
    let lang = display.lang.and_then(|tag| match tag.as_str() {
        "de" => Some(Lang::De),
        "en" => Some(Lang::En),
        _ => None,
    });
    let theme = display.theme.as_deref().and_then(Theme::of);
    let mut response = redirect(&display.back);
    remember_choice(response.headers_mut(), lang, theme, visitor.https);
    response
}

//! The frame around every page.
//!
//! Landmarks: banner (name of the municipality, search, tools), navigation, main, contentinfo.
//! Where the script asks for a part of a page it gets the main part without the frame.
//!
//! Invariant: one `h1`, made from the page's title; a `<title>` that begins with it; the language
//! of the page in `<html lang>`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use crate::parts::{self, Crumb, Icon, icon};
use crate::{Ctx, NavItem, Theme, assets, cookies, flash};

/// What the frame needs to know about a page.
#[derive(Debug, Clone)]
pub struct Page {
    title: String,
    section: &'static str,
    crumbs: Vec<Crumb>,
    lead: Option<String>,
    actions: Option<Markup>,
    status: StatusCode,
    bare: bool,
    error: bool,
}

impl Page {
    /// A page with this heading.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            section: "",
            crumbs: Vec::new(),
            lead: None,
            actions: None,
            status: StatusCode::OK,
            bare: false,
            error: false,
        }
    }

    /// The entry of the navigation to which it belongs: [`NavItem::section`].
    #[must_use]
    pub fn section(mut self, section: &'static str) -> Self {
        self.section = section;
        self
    }

    /// One more step of the path to it, from above.
    #[must_use]
    pub fn crumb(mut self, href: impl Into<String>, label: impl Into<String>) -> Self {
        self.crumbs.push(Crumb { href: href.into(), label: label.into() });
        self
    }

    /// A sentence below the heading.
    #[must_use]
    pub fn lead(mut self, lead: impl Into<String>) -> Self {
        self.lead = Some(lead.into());
        self
    }

    /// Buttons beside the heading.
    #[must_use]
    pub fn actions(mut self, actions: Markup) -> Self {
        self.actions = Some(actions);
        self
    }

    /// Another status than 200.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// A form that was not filled in right is shown again: status 422, and the title says so.
    #[must_use]
    pub fn with_errors(mut self) -> Self {
        self.status = StatusCode::UNPROCESSABLE_ENTITY;
        self.error = true;
        self
    }

    /// Without navigation and search: signing in, and pages for the public.
    #[must_use]
    pub fn bare(mut self) -> Self {
        self.bare = true;
        self
    }
}

/// A whole page.
#[must_use]
pub fn page(ctx: &Ctx, page: Page, body: Markup) -> Response {
    let main = main_part(ctx, &page, &body);
    let markup = if ctx.fragment { fragment(ctx, &page, &main) } else { whole(ctx, &page, &main) };
    let mut response = (page.status, markup.into_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(ctx.lang.tag()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if ctx.flash.is_some() {
        headers.append(header::SET_COOKIE, cookies::write(flash::COOKIE, "", Some(0), ctx.https));
    }
    ctx.remember_visit(headers);
    response
}

fn title(ctx: &Ctx, page: &Page) -> String {
    let mark = if page.error { ctx.lang.tr("Fehler: ", "Error: ") } else { "" };
    format!("{mark}{} – {}", page.title, ctx.place())
}

fn fragment(ctx: &Ctx, page: &Page, main: &Markup) -> Markup {
    html! { title { (title(ctx, page)) } (main) }
}

fn whole(ctx: &Ctx, page: &Page, main: &Markup) -> Markup {
    let lang = ctx.lang;
    html! {
        (DOCTYPE)
        html lang=(lang.tag()) data-theme=[ctx.theme.attribute()] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content=(ctx.theme.color_scheme());
                meta name="robots" content="noindex";
                title { (title(ctx, page)) }
                link rel="icon" href=(assets::ICON.path) type="image/svg+xml";
                link rel="stylesheet" href=(assets::STYLE.path);
                script src=(assets::SCRIPT.path) defer {}
            }
            body {
                a.skip href="#main" { (lang.tr("Zum Inhalt springen", "Skip to content")) }
                (banner(ctx, page))
                @if ctx.app.config.demo {
                    aside.ribbon aria-label=(lang.tr("Hinweis zur Vorführung", "About this demonstration")) { div.frame { p {
                        (lang.tr("Vorführung mit erfundenen Daten. ", "Demonstration with invented data. "))
                        (lang.tr("Nichts davon geht an jemanden hinaus.", "None of it goes out to anybody."))
                    } } }
                }
                @if !page.bare { (navigation(ctx, page)) }
                (main)
                (footer(ctx))
                div.visually-hidden id="announcements" role="status" aria-live="polite" {}
            }
        }
    }
}

fn main_part(ctx: &Ctx, page: &Page, body: &Markup) -> Markup {
    html! {
        main.main id="main" tabindex="-1" { div.frame {
            @if !page.crumbs.is_empty() { (parts::breadcrumbs(ctx.lang, &page.crumbs, &page.title)) }
            div.title {
                div.title__text {
                    h1 { (page.title) }
                    @if let Some(lead) = &page.lead { p.title__lead { (lead) } }
                }
                @if let Some(actions) = &page.actions { div.title__actions { (actions) } }
            }
            div id="messages" role="status" {
                @if let Some(flash) = &ctx.flash { (parts::notice(flash.tone(), flash.text(), &html! {})) }
            }
            (body)
        } }
    }
}

fn banner(ctx: &Ctx, page: &Page) -> Markup {
    let lang = ctx.lang;
    let search = ctx.principal.as_ref().and_then(|principal| ctx.app.search(principal, page.section));
    html! {
        header.head { div.frame.head__bar {
            a.brand href="/" {
                (mark())
                span.brand__names {
                    span.brand__place { (ctx.place()) }
                    span.brand__product { @if ctx.place() != "vir" { "vir" } span.visually-hidden { " – " (lang.tr("Startseite", "start page")) } }
                }
            }
            @if let Some(search) = search.filter(|_| !page.bare) {
                form.find role="search" action=(search.path) method="get" {
                    label.visually-hidden for="find" { (lang.tr("Suchen", "Search")) }
                    input.find__input id="find" type="search" name="q" autocomplete="off"
                        placeholder=(search.hint.get(lang));
                    button.find__button type="submit" {
                        (icon(Icon::Search)) span.visually-hidden { (lang.tr("Suchen", "Search")) }
                    }
                }
            }
            div.head__tools { (menu(ctx)) }
        } }
    }
}

/// The sign of the product: the same drawing as the icon.
fn mark() -> Markup {
    html! {
        svg.brand__mark viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false" {
            rect width="32" height="32" rx="7" fill="#1a4fa3" {}
            path d="M7 9l9 15 9-15" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round" {}
            circle cx="16" cy="8" r="2.6" fill="#f2b632" {}
        }
    }
}

fn menu(ctx: &Ctx) -> Markup {
    let lang = ctx.lang;
    html! {
        details.menu data-menu {
            summary {
                @match &ctx.principal {
                    Some(principal) => { (icon(Icon::Person)) span { (principal.name) } }
                    None => { (icon(Icon::Settings)) span { (lang.tr("Ansicht", "Display")) } }
                }
            }
            div.menu__panel {
                @if let Some(principal) = &ctx.principal {
                    p.menu__who {
                        span.small.faint { (lang.tr("Angemeldet als", "Signed in as")) } br;
                        span.strong { (principal.name) }
                    }
                    a href="/konto" { (icon(Icon::Person)) (lang.tr("Mein Konto", "My account")) }
                }
                a href="/hilfe" { (icon(Icon::Info)) (lang.tr("Hilfe", "Help")) }
                form.menu__group method="post" action="/ansicht" {
                    (parts::csrf_field(ctx))
                    input type="hidden" name="back" value=(ctx.here());
                    p.menu__heading id="menu-lang" { (lang.tr("Sprache", "Language")) }
                    div.menu__row role="group" aria-labelledby="menu-lang" {
                        button type="submit" name="lang" value="de" lang="de" aria-pressed=(pressed(lang.tag() == "de")) { "Deutsch" }
                        button type="submit" name="lang" value="en" lang="en" aria-pressed=(pressed(lang.tag() == "en")) { "English" }
                    }
                    p.menu__heading id="menu-theme" { (lang.tr("Darstellung", "Theme")) }
                    div.menu__row role="group" aria-labelledby="menu-theme" {
                        @for (theme, label) in [
                            (Theme::System, lang.tr("System", "System")),
                            (Theme::Light, lang.tr("Hell", "Light")),
                            (Theme::Dark, lang.tr("Dunkel", "Dark")),
                        ] {
                            button type="submit" name="theme" value=(theme.word()) aria-pressed=(pressed(ctx.theme == theme)) { (label) }
                        }
                    }
                }
                @if ctx.principal.is_some() {
                    form.menu__group method="post" action="/abmelden" {
                        (parts::csrf_field(ctx))
                        button type="submit" { (icon(Icon::Back)) (lang.tr("Abmelden", "Sign out")) }
                    }
                }
            }
        }
    }
}

fn pressed(is: bool) -> &'static str {
    if is { "true" } else { "false" }
}

fn navigation(ctx: &Ctx, page: &Page) -> Markup {
    let Some(principal) = &ctx.principal else { return html! {} };
    let items = ctx.app.navigation(principal, ctx.lang);
    let label = ctx.lang.tr("Hauptnavigation", "Main navigation");
    let links = |items: &[NavItem]| {
        html! {
            ul { @for item in items { li {
                a href=(item.href) aria-current=[(item.section == page.section).then_some("page")] { (item.label) }
            } } }
        }
    };
    html! {
        @if !items.is_empty() {
            nav.nav.nav--wide aria-label=(label) { div.frame { (links(&items)) } }
            nav.nav.nav--narrow aria-label=(label) {
                details { summary { (icon(Icon::Menu)) (ctx.lang.tr("Menü", "Menu")) } (links(&items)) }
            }
        }
    }
}

fn footer(ctx: &Ctx) -> Markup {
    let lang = ctx.lang;
    html! {
        footer.foot { div.frame {
            ul {
                li { a href="/barrierefreiheit" { (lang.tr("Barrierefreiheit", "Accessibility")) } }
                li { a href="/impressum" { (lang.tr("Impressum", "Imprint")) } }
                li { a href="/hilfe" { (lang.tr("Hilfe", "Help")) } }
                li { a href="/api" { "API" } }
            }
            span.foot__version { "vir " (env!("CARGO_PKG_VERSION")) }
        } }
    }
}

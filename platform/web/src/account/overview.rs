//! One's own account: who one is here, and in which language.

use maud::{Markup, html};
use serde::Deserialize;
use vir_auth::{Limit, UnitId};
use vir_core::Lang;

use super::of_auth;
use super::sign_in::acting_notice;
use crate::parts::{self, Choice, Column, Row, Tab};
use crate::router::remember_choice;
use crate::{Answer, Caller, Ctx, Flash, Form, Page, Theme, format, page, redirect_with};

/// The views of one's own account, those of the blocks included.
#[must_use]
pub fn tabs(ctx: &Ctx, here: &str) -> Markup {
    let lang = ctx.lang;
    let own = [
        ("/konto", lang.tr("Übersicht", "Overview")),
        ("/konto/sicherheit", lang.tr("Sicherheit", "Security")),
        ("/konto/vertretung", lang.tr("Vertretung", "Deputies")),
        ("/konto/token", lang.tr("API-Token", "API tokens")),
    ];
    let of_blocks = ctx.app.blocks.iter().flat_map(|block| block.account).map(|(href, label)| (*href, label.get(lang)));
    let entries: Vec<Tab> =
        own.into_iter().chain(of_blocks).map(|(href, label)| Tab::new(href, label, href == here)).collect();
    parts::tabs(lang, lang.tr("Mein Konto", "My account"), &entries)
}

pub(super) async fn show(caller: Caller) -> Answer {
    let (lang, me) = (caller.lang, &caller.principal);
    let directory = caller.app.auth.directory(&me.tenant).await.map_err(of_auth)?;
    let acting: Vec<String> = me.acting_for_anybody().iter().map(|of| directory.name_of(of).to_owned()).collect();
    let email = directory.people.get(&me.person).map(|person| person.email.as_str()).unwrap_or_default();
    let languages = [Choice::new("de", "Deutsch"), Choice::new("en", "English")];
    let themes = [
        Choice::new("system", lang.tr("Wie im System eingestellt", "As the system has it")),
        Choice::new("light", lang.tr("Hell", "Light")),
        Choice::new("dark", lang.tr("Dunkel", "Dark")),
    ];
    let unit = |id: &UnitId| me.tree.unit(id).map_or_else(|| id.to_string(), |unit| unit.name.clone());
    let roles = parts::table(lang, "roles", lang.tr("Ihre Rollen", "Your roles"))
        .hide_caption()
        .columns([
            Column::text(lang.tr("Rolle", "Role")),
            Column::text(lang.tr("Für", "For")),
            Column::text(lang.tr("Betragsgrenze", "Limit")),
            Column::text(lang.tr("In Vertretung für", "As deputy for")),
        ])
        .rows(me.grants.iter().map(|grant| {
            let role = directory.roles.get(&grant.role).map_or(grant.role.as_str(), |role| role.name(lang));
            Row::new([
                html! { (role) },
                html! { (unit(&grant.unit)) },
                html! { (limit(grant.limit, lang)) },
                html! { @if let Some(of) = &grant.acting_for { (directory.name_of(of)) } @else { "–" } },
            ])
        }));
    let body = html! {
        (tabs(&caller, "/konto"))
        div.stack {
            (acting_notice(&caller, &acting))
            (parts::card(lang.tr("Ihre Angaben", "Your details"), &parts::definition_list(&[
                (lang.tr("Name", "Name"), html! { (me.name) }),
                (lang.tr("E-Mail-Adresse", "E-mail address"), html! { (email) }),
                (lang.tr("Verwaltung", "Municipality"), html! { (caller.place()) }),
            ])))
            (parts::card(lang.tr("Ihre Rollen", "Your roles"), &html! {
                @if roles.is_empty() {
                    (parts::empty_state(
                        lang.tr("Noch keine Rolle", "No role yet"),
                        lang.tr("Ihre Administration kann Ihnen Rollen geben.", "Your administration can give you roles."),
                        &html! {},
                    ))
                } @else { (roles) }
            }))
            (parts::card(lang.tr("Darstellung", "Display"), &html! {
                form.form method="post" action="/konto" {
                    (parts::csrf_field(&caller))
                    (parts::radios(lang, "lang", lang.tr("Sprache", "Language"), &languages).value(lang.tag()).inline()
                        .hint(lang.tr("Auch für E-Mails an Sie.", "Also for e-mails to you.")))
                    (parts::radios(lang, "theme", lang.tr("Farben", "Colours"), &themes).value(caller.theme.word()).inline()
                        .hint(lang.tr("Nur in diesem Browser.", "In this browser only.")))
                    div.form__actions { (parts::button(lang.tr("Speichern", "Save"))) }
                }
            }))
        }
    };
    Ok(page(&caller, Page::new(lang.tr("Mein Konto", "My account")), body))
}

/// An amount limit in words.
pub(crate) fn limit(limit: Limit, lang: Lang) -> String {
    match limit {
        Limit::Unlimited => lang.tr("ohne", "none").to_owned(),
        Limit::Nothing => "–".to_owned(),
        Limit::UpTo(cents) => format!("{} {}", lang.tr("bis", "up to"), format::amount(cents, "EUR", lang)),
    }
}

#[derive(Deserialize)]
pub(super) struct Display {
    #[serde(default)]
    lang: String,
    #[serde(default)]
    theme: String,
}

pub(super) async fn save(caller: Caller, Form(display): Form<Display>) -> Answer {
    let lang = if display.lang == "en" { Lang::En } else { Lang::De };
    caller.app.auth.set_lang(&caller.principal, lang).await.map_err(of_auth)?;
    let flash = Flash::good(lang.tr("Gespeichert.", "Saved."));
    let mut response = redirect_with(&caller, "/konto", &flash);
    remember_choice(response.headers_mut(), Some(lang), Theme::of(&display.theme), caller.https);
    Ok(response)
}

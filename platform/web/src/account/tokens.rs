//! One's own API tokens.

use std::collections::BTreeSet;

use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use vir_auth::{NewToken, TokenInfo, UnitId};

use super::overview::tabs;
use super::{into_form, of_auth};
use crate::parts::{self, Choice, Column, FieldError, Row, Tone};
use crate::{Answer, AppError, Caller, Ctx, Flash, Form, Page, format, page, redirect_with};

#[derive(Deserialize, Default)]
pub(crate) struct Typed {
    /// Whose: only administrators choose.
    #[serde(default)]
    pub(crate) person: String,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) permissions: Vec<String>,
    #[serde(default)]
    pub(crate) unit: String,
    #[serde(default)]
    pub(crate) days: String,
}

impl Typed {
    pub(crate) fn token(&self, person: vir_auth::PersonId) -> NewToken {
        NewToken {
            person,
            name: self.name.clone(),
            permissions: self.permissions.iter().cloned().collect(),
            unit: Some(self.unit.as_str()).filter(|unit| !unit.is_empty()).map(UnitId::from),
            days: self.days.parse().ok(),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Which {
    id: String,
}

pub(super) async fn show(caller: Caller) -> Answer {
    shown(&caller, &Typed { days: "365".to_owned(), ..Typed::default() }, &[]).await
}

pub(super) async fn add(caller: Caller, Form(typed): Form<Typed>) -> Answer {
    let token = typed.token(caller.principal.person.clone());
    match caller.app.auth.create_token(&caller.principal, token).await {
        Ok((_, text)) => Ok(shown_once(&caller, &text, "/konto/token")),
        Err(error) => {
            let errors = into_form(error)?;
            shown(&caller, &typed, &errors).await
        }
    }
}

pub(super) async fn remove(caller: Caller, Form(which): Form<Which>) -> Answer {
    caller.app.auth.delete_token(&caller.principal, &which.id.into()).await.map_err(of_auth)?;
    let flash = Flash::good(caller.tr("Das Token gilt nicht mehr.", "The token is no longer valid."));
    Ok(redirect_with(&caller, "/konto/token", &flash))
}

/// The one page on which a token is seen.
pub(crate) fn shown_once(ctx: &Ctx, text: &str, back: &str) -> Response {
    let lang = ctx.lang;
    let body = html! {
        div.column.stack {
            (parts::notice(Tone::Careful, lang.tr("Dieses Token sehen Sie nur jetzt", "You see this token only now"), &html! {
                p { (lang.tr("Kopieren Sie es gleich dorthin, wo das Programm es braucht. Es wird nirgends gespeichert.", "Copy it now to where the program needs it. It is stored nowhere.")) }
            }))
            (parts::field(lang, "token", "Token").value(text).read_only().no_spellcheck())
            p { (lang.tr("Das Programm sendet es mit jeder Anfrage:", "The program sends it with each request:")) " " code { "Authorization: Bearer vir_…" } }
            div.toolbar { (parts::link_button(back, lang.tr("Fertig", "Done")).primary()) }
        }
    };
    page(ctx, Page::new(lang.tr("Neues API-Token", "New API token")), body)
}

/// Boxes for the permissions that somebody has.
pub(crate) fn permission_boxes(ctx: &Ctx, has: &BTreeSet<&str>, ticked: &[String], errors: &[FieldError]) -> Markup {
    let lang = ctx.lang;
    html! {
        fieldset.field id="f-permissions" tabindex="-1" {
            legend.label { (lang.tr("Rechte", "Permissions")) }
            @for error in errors.iter().filter(|error| error.field == "permissions") { p.field__error { (error.message.get(lang)) } }
            div.choices {
                @for info in ctx.app.auth.catalogue().blocks().iter().flat_map(|block| block.permissions) {
                    @if has.contains(info.name) {
                        (parts::checkbox("permissions", info.text.get(lang)).value(info.name).id(&format!("f-permissions-{}", info.name))
                            .checked(ticked.iter().any(|name| name == info.name)))
                    }
                }
            }
        }
    }
}

/// Tokens as a table.
pub(crate) fn list(
    ctx: &Ctx,
    tokens: &[TokenInfo],
    unit: impl Fn(&UnitId) -> String,
    whose: impl Fn(&TokenInfo) -> Option<String>,
    remove: &str,
) -> Markup {
    let lang = ctx.lang;
    let now = ctx.app.now();
    html! { (parts::table(lang, "tokens", lang.tr("API-Token", "API tokens"))
    .hide_caption()
    .columns([
        Column::text(lang.tr("Wofür", "What for")),
        Column::text(lang.tr("Rechte", "Permissions")),
        Column::text(lang.tr("Nur für", "Only for")),
        Column::text(lang.tr("Gilt bis", "Valid until")),
        Column::text(lang.tr("Zuletzt benutzt", "Last used")),
        Column::unseen(lang.tr("Entfernen", "Remove")),
    ])
    .rows(tokens.iter().map(|token| Row::new([
        html! { (token.name) @if let Some(whose) = whose(token) { br; span.small.faint { (whose) } } },
        html! { ul.plain { @for name in &token.permissions { li.small { (permission_name(ctx, name)) } } } },
        html! { (token.unit.as_ref().map_or_else(|| lang.tr("alles", "everything").to_owned(), &unit)) },
        html! {
            @match token.expires_at {
                Some(end) if end <= now => { (parts::badge(Tone::Careful, lang.tr("abgelaufen", "expired"))) }
                Some(end) => { (format::time_element(end, lang)) }
                None => { (lang.tr("unbefristet", "for ever")) }
            }
        },
        html! { @if let Some(at) = token.last_used_at { (format::time_element(at, lang)) } @else { (lang.tr("noch nie", "never")) } },
        html! {
            form.inline method="post" action=(remove) {
                (parts::csrf_field(ctx))
                input type="hidden" name="id" value=(token.id);
                (parts::button(lang.tr("Entfernen", "Remove")).secondary().small().about(&token.name)
                    .confirm(lang.tr("Das Programm kommt danach nicht mehr herein. Token entfernen?", "The program cannot get in any more. Remove the token?")))
            }
        },
    ])))) }
}

/// What a permission is called; its name where no block declares it any more.
pub(crate) fn permission_name(ctx: &Ctx, name: &str) -> String {
    ctx.app.auth.catalogue().permission(name).map_or_else(|| name.to_owned(), |info| info.text.get(ctx.lang).to_owned())
}

/// How long a token may live.
pub(crate) fn days(ctx: &Ctx) -> Vec<Choice> {
    let lang = ctx.lang;
    vec![
        Choice::new("30", lang.tr("30 Tage", "30 days")),
        Choice::new("90", lang.tr("90 Tage", "90 days")),
        Choice::new("365", lang.tr("1 Jahr", "1 year")),
        Choice::new("", lang.tr("Unbefristet", "For ever")),
    ]
}

/// Units as choices, indented as the tree.
pub(crate) fn units(tree: &vir_auth::UnitTree) -> Vec<Choice> {
    tree.in_order()
        .into_iter()
        .map(|(depth, unit)| Choice::new(unit.id.as_str(), format!("{}{}", "\u{2003}".repeat(depth), unit.name)))
        .collect()
}

async fn shown(caller: &Caller, typed: &Typed, errors: &[FieldError]) -> Result<Response, AppError> {
    let (lang, me) = (caller.lang, &caller.principal);
    let tokens = caller.app.auth.own_tokens(me).await.map_err(of_auth)?;
    let unit = |id: &UnitId| me.tree.unit(id).map_or_else(|| id.to_string(), |unit| unit.name.clone());
    let has = me.permissions();
    let body = html! {
        (tabs(caller, "/konto/token"))
        div.stack {
            (parts::error_summary(lang, errors))
            (parts::card(lang.tr("Ihre Token", "Your tokens"), &html! {
                @if tokens.is_empty() {
                    (parts::empty_state(lang.tr("Noch kein Token", "No token yet"),
                        lang.tr("Mit einem Token greift ein Programm in Ihrem Namen auf die API zu, höchstens mit Ihren Rechten.", "With a token a program uses the API in your name, with your rights at most."), &html! {}))
                } @else { (list(caller, &tokens, unit, |_| None, "/konto/token/entfernen")) }
            }))
            @if !has.is_empty() {
                (parts::card(lang.tr("Neues Token", "New token"), &html! {
                    form.form method="post" action="/konto/token" {
                        (parts::csrf_field(caller))
                        (parts::field(lang, "name", lang.tr("Wofür?", "What for?")).value(&typed.name).required().errors(errors)
                            .hint(lang.tr("Zum Beispiel „Auswertung Haushalt“.", "For example \"budget report\".")))
                        (permission_boxes(caller, &has, &typed.permissions, errors))
                        (parts::select(lang, "unit", lang.tr("Nur für diese Einheit und alles darunter", "Only for this unit and all below"), &units(&me.tree))
                            .empty(lang.tr("Keine Einschränkung", "No restriction")).value(&typed.unit).errors(errors))
                        (parts::select(lang, "days", lang.tr("Gilt", "Valid"), &days(caller)).value(&typed.days).errors(errors))
                        div.form__actions { (parts::button(lang.tr("Token erzeugen", "Create token"))) }
                    }
                }))
            }
        }
    };
    let mut shown = Page::new(lang.tr("API-Token", "API tokens")).crumb("/konto", lang.tr("Mein Konto", "My account"));
    if !errors.is_empty() {
        shown = shown.with_errors();
    }
    Ok(page(caller, shown, body))
}

//! Deputies: who acts for me while I am away, and for whom I act.

use axum::response::Response;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;
use vir_auth::{Deputy, Directory, PersonId, PersonKind};
use vir_core::Text;

use super::overview::tabs;
use super::{into_form, of_auth};
use crate::parts::{self, Choice, Column, FieldError, Row, Tone};
use crate::{Answer, AppError, Caller, Ctx, Flash, Form, Page, format, page, redirect_with};

#[derive(Deserialize, Default)]
pub(crate) struct Typed {
    /// Whom: only administrators choose.
    #[serde(default)]
    pub(crate) of: String,
    #[serde(default)]
    pub(crate) deputy: String,
    #[serde(default)]
    pub(crate) from: String,
    #[serde(default)]
    pub(crate) to: String,
}

#[derive(Deserialize)]
pub(super) struct Which {
    id: String,
}

pub(super) async fn show(caller: Caller) -> Answer {
    shown(&caller, &Typed::default(), &[]).await
}

pub(super) async fn add(caller: Caller, Form(typed): Form<Typed>) -> Answer {
    let me = caller.principal.person.clone();
    match save(&caller, &me, &typed).await? {
        Ok(()) => {
            let flash = Flash::good(caller.tr("Die Vertretung ist eingetragen.", "The deputy is registered."));
            Ok(redirect_with(&caller, "/konto/vertretung", &flash))
        }
        Err(errors) => shown(&caller, &typed, &errors).await,
    }
}

/// Registers a deputy; what is wrong with the form comes back.
pub(crate) async fn save(
    caller: &Caller,
    of: &PersonId,
    typed: &Typed,
) -> Result<Result<(), Vec<FieldError>>, AppError> {
    let day = |field: &str, text: &str| {
        text.parse::<Date>()
            .map_err(|_| FieldError::new(field, Text::new("Bitte ein Datum angeben.", "Please give a date.")))
    };
    let (from, to) = match (day("from", &typed.from), day("to", &typed.to)) {
        (Ok(from), Ok(to)) => (from, to),
        (from, to) => return Ok(Err([from.err(), to.err()].into_iter().flatten().collect())),
    };
    let deputy = PersonId::from(typed.deputy.as_str());
    match caller.app.auth.add_deputy(&caller.principal, of, &deputy, from, to).await {
        Ok(_) => Ok(Ok(())),
        Err(error) => into_form(error).map(Err),
    }
}

pub(super) async fn end(caller: Caller, Form(which): Form<Which>) -> Answer {
    caller.app.auth.end_deputy(&caller.principal, &which.id.into()).await.map_err(of_auth)?;
    let flash = Flash::good(caller.tr("Die Vertretung ist beendet.", "The deputy's term has ended."));
    Ok(redirect_with(&caller, "/konto/vertretung", &flash))
}

/// People who can be chosen: active ones, by name.
pub(crate) fn choices(directory: &Directory, but: Option<&PersonId>) -> Vec<Choice> {
    let mut people: Vec<_> = directory
        .people
        .values()
        .filter(|person| person.active && person.kind == PersonKind::Human && Some(&person.id) != but)
        .map(|person| Choice::new(person.id.as_str(), person.name.clone()))
        .collect();
    people.sort_by_key(|choice| choice.label.to_lowercase());
    people
}

/// Terms as a table, with a button that ends them.
pub(crate) fn terms(ctx: &Ctx, directory: &Directory, terms: &[&Deputy], today: Date, end: &str) -> Markup {
    let lang = ctx.lang;
    html! { (parts::table(lang, "deputies", lang.tr("Vertretungen", "Deputies"))
    .hide_caption()
    .columns([
        Column::text(lang.tr("Abwesend", "Away")),
        Column::text(lang.tr("Vertreten durch", "Deputy")),
        Column::text(lang.tr("Von", "From")),
        Column::text(lang.tr("Bis einschließlich", "Up to and including")),
        Column::text(lang.tr("Stand", "State")),
        Column::unseen(lang.tr("Beenden", "End")),
    ])
    .rows(terms.iter().map(|term| Row::new([
        html! { (directory.name_of(&term.of)) },
        html! { (directory.name_of(&term.deputy)) },
        html! { (format::date(term.from, lang)) },
        html! { (format::date(term.to, lang)) },
        if term.holds_on(today) { parts::badge(Tone::Good, lang.tr("gilt", "in force")) }
        else if term.from > today { parts::badge(Tone::Info, lang.tr("geplant", "planned")) }
        else { parts::badge(Tone::Neutral, lang.tr("vorbei", "over")) },
        html! {
            @if term.to >= today {
                form.inline method="post" action=(end) {
                    (parts::csrf_field(ctx))
                    input type="hidden" name="id" value=(term.id);
                    (parts::button(lang.tr("Beenden", "End")).secondary().small().about(directory.name_of(&term.deputy)))
                }
            }
        },
    ])))) }
}

async fn shown(caller: &Caller, typed: &Typed, errors: &[FieldError]) -> Result<Response, AppError> {
    let (lang, me, auth) = (caller.lang, &caller.principal, &caller.app.auth);
    let directory = auth.directory(&me.tenant).await.map_err(of_auth)?;
    let mine: Vec<&Deputy> =
        directory.deputies.iter().rev().filter(|term| term.of == me.person || term.deputy == me.person).collect();
    let people = choices(&directory, Some(&me.person));
    let body = html! {
        (tabs(caller, "/konto/vertretung"))
        div.stack {
            (parts::error_summary(lang, errors))
            (parts::card(lang.tr("Vertretung eintragen", "Register a deputy"), &html! {
                p { (lang.tr(
                    "Während Ihrer Abwesenheit hat die Vertretung Ihre Rechte, auch Ihre Betragsgrenze. In jedem Vorgang steht, wer in Vertretung für wen gehandelt hat.",
                    "While you are away the deputy has your rights, your limit included. Every case shows who acted for whom.",
                )) }
                @if people.is_empty() {
                    (parts::empty_state(lang.tr("Noch niemand da", "Nobody there yet"),
                        lang.tr("Sobald es weitere Personen gibt, können Sie eine davon als Vertretung wählen.", "As soon as there are other people you can choose one of them."), &html! {}))
                } @else {
                    form.form method="post" action="/konto/vertretung" {
                        (parts::csrf_field(caller))
                        (parts::select(lang, "deputy", lang.tr("Wer vertritt Sie?", "Who stands in for you?"), &people)
                            .empty(lang.tr("Bitte wählen", "Please choose")).value(&typed.deputy).required().errors(errors))
                        div.form__row {
                            (parts::date_field(lang, "from", lang.tr("Erster Tag", "First day")).value(&typed.from).required().errors(errors))
                            (parts::date_field(lang, "to", lang.tr("Letzter Tag", "Last day")).value(&typed.to).required().errors(errors))
                        }
                        div.form__actions { (parts::button(lang.tr("Eintragen", "Register"))) }
                    }
                }
            }))
            (parts::card(lang.tr("Ihre Vertretungen", "Your deputies"), &html! {
                @if mine.is_empty() {
                    (parts::empty_state(lang.tr("Keine Vertretung eingetragen", "No deputy registered"),
                        lang.tr("Hier stehen Vertretungen für Sie und solche, die Sie übernehmen.", "Here stand your deputies and those for whom you act."), &html! {}))
                } @else { (terms(caller, &directory, &mine, auth.today(), "/konto/vertretung/beenden")) }
            }))
        }
    };
    let mut shown = Page::new(lang.tr("Vertretung", "Deputies")).crumb("/konto", lang.tr("Mein Konto", "My account"));
    if !errors.is_empty() {
        shown = shown.with_errors();
    }
    Ok(page(caller, shown, body))
}

//! The pages of views and columns.
//!
//! Invariant: each button does one thing and keeps it at once; there is nothing to lose on these pages.

use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::routing::{get, post};
use maud::{Markup, html};
use serde::Deserialize;
use vir_auth::{PersonId, RoleId};
use vir_core::Text;
use vir_store::Tx;
use vir_web::parts::{self, Choice, Tone};
use vir_web::{Answer, App, AppError, Caller, FieldError, Flash, Form, Page, Posted, Query, page};

use super::store::{self, Taste, View};
use crate::permissions::SEE;
use crate::register::columns::Column;
use crate::register::filter::{Query as Wanted, pairs};

/// The pages.
pub(in crate::register) fn routes() -> Router<App> {
    Router::new()
        .route("/rechnungen/ansichten", get(all).post(add))
        .route("/rechnungen/ansichten/neu", get(new))
        .route("/rechnungen/ansichten/{id}", get(one).post(change))
        .route("/rechnungen/ansichten/{id}/entfernen", post(remove))
        .route("/rechnungen/ansichten/{id}/hoch", post(up))
        .route("/rechnungen/ansichten/{id}/standard", post(begin_with))
        .route("/rechnungen/ansichten/standard/entfernen", post(begin_with_none))
        .route("/rechnungen/spalten", get(columns).post(arrange))
}

const HERE: &str = "/rechnungen/ansichten";

/// The caller's views and taste.
async fn load(caller: &Caller) -> Result<(Vec<View>, Taste), AppError> {
    caller.require_anywhere(SEE)?;
    let directory = caller.app.auth.directory(&caller.principal.tenant).await?;
    let principal = caller.principal.clone();
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let views = store::visible(tx, &principal, &directory).await?;
            Ok::<_, vir_store::Error>((views, store::taste(tx, &principal.person).await?))
        })
    });
    Ok(read.await?)
}

async fn write<T, F>(caller: &Caller, work: F) -> Result<T, AppError>
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx) -> vir_store::BoxFuture<'t, vir_store::Result<T>> + Send + 'static,
{
    Ok(caller.app.store.write(&caller.principal.tenant, work).await?)
}

fn unknown() -> AppError {
    AppError::not_found(Text::new("diese Ansicht", "this view"))
}

fn frame(caller: &Caller, title: &str) -> Page {
    Page::new(title).section("register").crumb("/rechnungen?ansicht=alle", caller.lang.tr("Rechnungen", "Invoices"))
}

/// `GET /rechnungen/ansichten`
async fn all(caller: Caller) -> Answer {
    let (views, taste) = load(&caller).await?;
    let lang = caller.lang;
    let directory = caller.app.auth.directory(&caller.principal.tenant).await?;
    let me = caller.principal.person.as_str();
    let rows = views.iter().enumerate().map(|(index, view)| {
        let own = view.person_id == me;
        let at = |what: &str| format!("{HERE}/{}{what}", view.id);
        let begins = taste.begins_with.as_deref() == Some(view.id.as_str());
        let owner_id = PersonId::from(view.person_id.as_str());
        let owner = directory.name_of(&owner_id);
        parts::Row::new([
            html! { a href=(view.href()) { (view.name) } @if begins { " " (parts::badge(Tone::Info, lang.tr("Standard", "default"))) } },
            html! { @if own { (shared_with(&caller, view)) } @else { (lang.tr("geteilt von ", "shared by ")) (owner) } },
            html! { div.row {
                @if begins { (parts::post_button(&caller, &format!("{HERE}/standard/entfernen"), &parts::button(lang.tr("Nicht mehr Standard", "No longer default")).secondary().small().about(&view.name))) }
                @else { (parts::post_button(&caller, &at("/standard"), &parts::button(lang.tr("Als Standard", "Make default")).secondary().small().about(&view.name))) }
                @if own {
                    @if index > 0 { (parts::post_button(&caller, &at("/hoch"), &parts::button(lang.tr("Nach oben", "Move up")).secondary().small().about(&view.name))) }
                    (parts::link_button(&at(""), lang.tr("Ändern", "Change")).small().about(&view.name))
                    (parts::post_button(&caller, &at("/entfernen"), &parts::button(lang.tr("Entfernen", "Remove")).danger().small().about(&view.name)
                        .confirm(lang.tr("Diese Ansicht entfernen?", "Remove this view?"))))
                }
            } },
        ])
    });
    let body = if views.is_empty() {
        parts::empty_state(
            lang.tr("Noch keine Ansichten", "No views yet"),
            lang.tr(
                "Filtern und sortieren Sie die Rechnungen, und speichern Sie die Liste dort unter „Ansichten“.",
                "Filter and sort the invoices, and save the list there under “Views”.",
            ),
            &html! { (parts::link_button("/rechnungen?ansicht=alle", lang.tr("Zu den Rechnungen", "To the invoices")).primary()) },
        )
    } else {
        html! { (parts::table(lang, "views", lang.tr("Ansichten", "Views")).hide_caption().columns([
            parts::Column::text(lang.tr("Name", "Name")),
            parts::Column::text(lang.tr("Geteilt mit", "Shared with")),
            parts::Column::unseen(lang.tr("Bearbeiten", "Edit")),
        ]).rows(rows)) }
    };
    Ok(page(&caller, frame(&caller, lang.tr("Ansichten", "Views")), body))
}

fn shared_with(caller: &Caller, view: &View) -> Markup {
    let lang = caller.lang;
    let unit = view.unit_id.as_deref().and_then(|id| caller.principal.tree.unit(&id.into()));
    html! {
        @if let Some(unit) = unit { (unit.name) }
        @else if view.role_id.is_some() { (lang.tr("einer Rolle", "a role")) }
        @else { span.faint { (lang.tr("nur für mich", "only me")) } }
    }
}

/// With whom somebody can share: `unit:ID` or `role:ID`.
async fn shares(caller: &Caller) -> Result<Vec<Choice>, AppError> {
    let lang = caller.lang;
    let scope = caller.principal.units(SEE);
    let mut choices = Vec::new();
    for (depth, unit) in caller.principal.tree.in_order() {
        if unit.active && scope.contains(Some(&unit.id)) {
            let indent = "\u{A0}\u{A0}".repeat(depth);
            let label = lang.tr(format!("{indent}Stelle: {}", unit.name), format!("{indent}Unit: {}", unit.name));
            choices.push(Choice::new(format!("unit:{}", unit.id), label));
        }
    }
    let directory = caller.app.auth.directory(&caller.principal.tenant).await?;
    let mut known: Vec<&RoleId> = Vec::new();
    for grant in directory.granted(&caller.principal.person) {
        if let Some(role) = directory.roles.get(&grant.role)
            && !known.contains(&&grant.role)
        {
            known.push(&grant.role);
            let name = role.name(lang);
            choices.push(Choice::new(
                format!("role:{}", grant.role),
                lang.tr(format!("Rolle: {name}"), format!("Role: {name}")),
            ));
        }
    }
    Ok(choices)
}

/// What is posted of a view.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    name: String,
    share: String,
    query: String,
    columns: String,
    standard: Option<String>,
}

impl Typed {
    /// The view, or what is wrong. What it is shared with must be among the choices.
    fn view(&self, caller: &Caller, choices: &[Choice]) -> Result<View, Vec<FieldError>> {
        let mut errors = Vec::new();
        let name: String = self.name.trim().chars().filter(|c| !c.is_control()).collect();
        if name.is_empty() {
            errors.push(FieldError::new("name", Text::new("Bitte geben Sie einen Namen an.", "Please give a name.")));
        }
        if name.chars().count() > 80 {
            errors.push(FieldError::new("name", Text::new("Höchstens 80 Zeichen.", "At most 80 characters.")));
        }
        if !self.share.is_empty() && !choices.iter().any(|choice| choice.value == self.share) {
            errors.push(FieldError::new(
                "share",
                Text::new("Damit können Sie nicht teilen.", "You cannot share with this."),
            ));
        }
        let query = match Wanted::of(&pairs(&self.query)) {
            Ok(query) => query.first().write(),
            Err(wrong) => {
                errors.extend(wrong);
                String::new()
            }
        };
        if !errors.is_empty() {
            return Err(errors);
        }
        let part = |prefix: &str| self.share.strip_prefix(prefix).map(str::to_owned);
        Ok(View {
            id: String::new(),
            person_id: caller.principal.person.as_str().to_owned(),
            unit_id: part("unit:"),
            role_id: part("role:"),
            name,
            query,
            columns: if self.columns.is_empty() { String::new() } else { Column::write(&Column::read(&self.columns)) },
        })
    }
}

fn form(caller: &Caller, action: &str, typed: &Typed, choices: &[Choice], errors: &[FieldError], new: bool) -> Markup {
    let lang = caller.lang;
    html! {
        (parts::error_summary(lang, errors))
        form.form method="post" action=(action) {
            (parts::csrf_field(caller))
            input type="hidden" name="query" value=(typed.query);
            input type="hidden" name="columns" value=(typed.columns);
            (parts::field(lang, "name", lang.tr("Name", "Name")).value(&typed.name).required().max_length(80).width(40).errors(errors)
                .placeholder(lang.tr("zum Beispiel: Bauamt, diese Woche fällig", "for example: Works, due this week")))
            (parts::select(lang, "share", lang.tr("Für wen", "For whom"), choices).value(&typed.share).empty(lang.tr("nur für mich", "only me")).errors(errors)
                .hint(lang.tr("Wer die Ansicht öffnet, sieht darin nur Rechnungen, die er oder sie ohnehin sehen darf.", "Whoever opens the view sees only invoices in it that they may see anyway.")))
            @if new { (parts::checkbox("standard", lang.tr("Als meine Standardansicht", "As my default view")).checked(typed.standard.is_some())) }
            div.form__actions {
                (parts::button(lang.tr("Speichern", "Save")))
                (parts::link_button(HERE, lang.tr("Abbrechen", "Cancel")))
            }
        }
    }
}

/// `GET /rechnungen/ansichten/neu?…`: the list that the address describes.
async fn new(caller: Caller, RawQuery(raw): RawQuery) -> Answer {
    caller.require_anywhere(SEE)?;
    let raw = raw.unwrap_or_default();
    let pairs = pairs(&raw);
    let query = Wanted::of(&pairs).map_err(AppError::invalid)?;
    let columns = pairs.into_iter().find(|(name, _)| name == "columns").map(|(_, value)| value).unwrap_or_default();
    let typed = Typed { query: query.first().write(), columns, ..Typed::default() };
    let choices = shares(&caller).await?;
    let body = form(&caller, HERE, &typed, &choices, &[], true);
    Ok(page(&caller, frame(&caller, caller.lang.tr("Ansicht speichern", "Save view")), body))
}

/// `POST /rechnungen/ansichten`
async fn add(caller: Caller, Form(typed): Form<Typed>) -> Answer {
    let (_, taste) = load(&caller).await?;
    let choices = shares(&caller).await?;
    let view = match typed.view(&caller, &choices) {
        Ok(view) => view,
        Err(errors) => {
            let body = form(&caller, HERE, &typed, &choices, &errors, true);
            let title = caller.lang.tr("Ansicht speichern", "Save view");
            return Ok(page(&caller, frame(&caller, title).with_errors(), body));
        }
    };
    let (href, person, standard) = (view.href(), caller.principal.person.clone(), typed.standard.is_some());
    write(&caller, move |tx| {
        Box::pin(async move {
            let id = store::add(tx, &view).await?;
            if standard {
                store::keep_taste(tx, &person, &Taste { begins_with: Some(id), ..taste }).await?;
            }
            Ok(())
        })
    })
    .await?;
    let said = Flash::good(caller.lang.tr("Die Ansicht ist gespeichert.", "The view is saved."));
    Ok(vir_web::redirect_with(&caller, &href, &said))
}

/// A view of the caller's own.
async fn own(caller: &Caller, id: &str) -> Result<View, AppError> {
    let (views, _) = load(caller).await?;
    let me = caller.principal.person.as_str();
    views.into_iter().find(|view| view.id == id && view.person_id == me).ok_or_else(unknown)
}

/// `GET /rechnungen/ansichten/{id}`
async fn one(caller: Caller, Path(id): Path<String>) -> Answer {
    let view = own(&caller, &id).await?;
    let share = match (&view.unit_id, &view.role_id) {
        (Some(unit), _) => format!("unit:{unit}"),
        (None, Some(role)) => format!("role:{role}"),
        _ => String::new(),
    };
    let typed = Typed { name: view.name, share, query: view.query, columns: view.columns, standard: None };
    let body = form(&caller, &format!("{HERE}/{id}"), &typed, &shares(&caller).await?, &[], false);
    Ok(page(&caller, frame(&caller, caller.lang.tr("Ansicht ändern", "Change view")), body))
}

/// `POST /rechnungen/ansichten/{id}`
async fn change(caller: Caller, Path(id): Path<String>, Form(typed): Form<Typed>) -> Answer {
    own(&caller, &id).await?;
    let choices = shares(&caller).await?;
    let view = match typed.view(&caller, &choices) {
        Ok(view) => View { id: id.clone(), ..view },
        Err(errors) => {
            let body = form(&caller, &format!("{HERE}/{id}"), &typed, &choices, &errors, false);
            let title = caller.lang.tr("Ansicht ändern", "Change view");
            return Ok(page(&caller, frame(&caller, title).with_errors(), body));
        }
    };
    if !write(&caller, move |tx| Box::pin(async move { store::keep(tx, &view).await })).await? {
        return Err(unknown());
    }
    Ok(done(&caller, caller.lang.tr("Die Ansicht ist geändert.", "The view is changed.")))
}

fn done(caller: &Caller, said: &str) -> axum::response::Response {
    vir_web::redirect_with(caller, HERE, &Flash::good(said))
}

/// `POST /rechnungen/ansichten/{id}/entfernen`
async fn remove(caller: Caller, Path(id): Path<String>, _: Posted) -> Answer {
    let person = caller.principal.person.clone();
    if !write(&caller, move |tx| Box::pin(async move { store::remove(tx, &person, &id).await })).await? {
        return Err(unknown());
    }
    Ok(done(&caller, caller.lang.tr("Die Ansicht ist entfernt.", "The view is removed.")))
}

/// `POST /rechnungen/ansichten/{id}/hoch`
async fn up(caller: Caller, Path(id): Path<String>, _: Posted) -> Answer {
    let (views, _) = load(&caller).await?;
    let person = caller.principal.person.clone();
    let mut ids: Vec<String> =
        views.into_iter().filter(|view| view.person_id == person.as_str()).map(|view| view.id).collect();
    let here = ids.iter().position(|one| *one == id).ok_or_else(unknown)?;
    if here > 0 {
        ids.swap(here, here - 1);
    }
    write(&caller, move |tx| Box::pin(async move { store::arrange(tx, &person, &ids).await })).await?;
    Ok(vir_web::redirect(HERE))
}

/// `POST /rechnungen/ansichten/{id}/standard`
async fn begin_with(caller: Caller, Path(id): Path<String>, _: Posted) -> Answer {
    let (views, taste) = load(&caller).await?;
    if !views.iter().any(|view| view.id == id) {
        return Err(unknown());
    }
    begin(&caller, Taste { begins_with: Some(id), ..taste }).await
}

/// `POST /rechnungen/ansichten/standard/entfernen`
async fn begin_with_none(caller: Caller, _: Posted) -> Answer {
    let (_, taste) = load(&caller).await?;
    begin(&caller, Taste { begins_with: None, ..taste }).await
}

async fn begin(caller: &Caller, taste: Taste) -> Answer {
    let person = caller.principal.person.clone();
    write(caller, move |tx| Box::pin(async move { store::keep_taste(tx, &person, &taste).await })).await?;
    Ok(vir_web::redirect(HERE))
}

/// Where somebody came from: a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct From {
    zurueck: String,
}

impl From {
    /// The list, as an address of ours whatever was given.
    fn list(&self) -> String {
        match Wanted::of(&pairs(&self.zurueck)).map(|query| query.first().write()) {
            Ok(query) if !query.is_empty() => format!("/rechnungen?{query}"),
            _ => "/rechnungen?ansicht=alle".to_owned(),
        }
    }
}

/// `GET /rechnungen/spalten`
async fn columns(caller: Caller, Query(from): Query<From>) -> Answer {
    let (_, taste) = load(&caller).await?;
    let lang = caller.lang;
    let shown = taste.columns.unwrap_or_else(|| Column::USUAL.to_vec());
    let button = |what: &str, column: Column, label: &str| {
        let value = format!("{what}:{}", column.text());
        html! { (parts::button(label).secondary().small().name_value("do", &value).about(column.title().get(lang))) }
    };
    let list = |columns: &[Column], is_shown: bool| {
        html! { ul.stack--tight {
            @for (index, column) in columns.iter().enumerate() {
                li.row.row--between {
                    span { (column.title().get(lang)) }
                    span.row {
                        @if is_shown {
                            @if index > 0 { (button("up", *column, lang.tr("Nach vorn", "Forward"))) }
                            @if index + 1 < columns.len() { (button("down", *column, lang.tr("Nach hinten", "Back"))) }
                            @if columns.len() > 1 { (button("out", *column, lang.tr("Ausblenden", "Hide"))) }
                        } @else { (button("in", *column, lang.tr("Einblenden", "Show"))) }
                    }
                }
            }
        } }
    };
    let hidden: Vec<Column> = Column::ALL.iter().copied().filter(|column| !shown.contains(column)).collect();
    let body = html! {
        form.column.stack method="post" action="/rechnungen/spalten" {
            (parts::csrf_field(&caller))
            input type="hidden" name="zurueck" value=(from.zurueck);
            (parts::card(lang.tr("Angezeigte Spalten, von links", "Columns shown, from the left"), &list(&shown, true)))
            (parts::card(lang.tr("Weitere Spalten", "Further columns"), &list(&hidden, false)))
            div.form__actions {
                (parts::link_button(&from.list(), lang.tr("Fertig", "Done")).primary())
                (parts::button(lang.tr("Auf Vorgabe zurücksetzen", "Reset to default")).secondary().name_value("do", "reset:"))
            }
        }
    };
    Ok(page(&caller, frame(&caller, lang.tr("Spalten", "Columns")), body))
}

/// What is posted of the columns.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Arranged {
    #[serde(rename = "do")]
    action: String,
    zurueck: String,
}

/// `POST /rechnungen/spalten`
async fn arrange(caller: Caller, Form(posted): Form<Arranged>) -> Answer {
    let (_, mut taste) = load(&caller).await?;
    let shown = taste.columns.take().unwrap_or_else(|| Column::USUAL.to_vec());
    taste.columns = arranged(shown, &posted.action);
    let person = caller.principal.person.clone();
    write(&caller, move |tx| Box::pin(async move { store::keep_taste(tx, &person, &taste).await })).await?;
    let back = vir_core::percent_encoded(&posted.zurueck, "");
    Ok(vir_web::redirect(&format!("/rechnungen/spalten?zurueck={back}")))
}

/// The columns after a step; nothing is the usual ones.
fn arranged(mut shown: Vec<Column>, action: &str) -> Option<Vec<Column>> {
    let (what, name) = action.split_once(':').unwrap_or((action, ""));
    let column = Column::find(name);
    let here = column.and_then(|column| shown.iter().position(|one| *one == column));
    match (what, column, here) {
        ("reset", ..) => return None,
        ("up", _, Some(here)) if here > 0 => shown.swap(here, here - 1),
        ("down", _, Some(here)) if here + 1 < shown.len() => shown.swap(here, here + 1),
        ("out", _, Some(here)) if shown.len() > 1 => {
            shown.remove(here);
        }
        ("in", Some(column), None) => shown.push(column),
        _ => {}
    }
    Some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_step_by_step() {
        use Column as C;
        let start = || vec![C::Seller, C::Amount, C::State];
        for (action, expect) in [
            ("up:amount", Some(vec![C::Amount, C::Seller, C::State])),
            ("up:seller", Some(start())),
            ("down:state", Some(start())),
            ("down:seller", Some(vec![C::Amount, C::Seller, C::State])),
            ("out:amount", Some(vec![C::Seller, C::State])),
            ("in:iban", Some(vec![C::Seller, C::Amount, C::State, C::Iban])),
            ("in:seller", Some(start())),
            ("in:nonsense", Some(start())),
            ("reset:", None),
        ] {
            assert_eq!(arranged(start(), action), expect, "{action}");
        }
        assert_eq!(arranged(vec![C::Seller], "out:seller"), Some(vec![C::Seller]), "one is always left");
    }
}

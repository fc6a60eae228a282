//! The page of the register: `/rechnungen`.
//!
//! Its address is its state: filter, order, place and columns can be kept, sent and gone back to.
//! Everything works by links and one form that only asks; a script makes the list follow while
//! somebody types.
//!
//! Invariant: the page shows what [`list`](super::list) gives, and nothing else.

use std::sync::Arc;

use axum::Router;
use axum::extract::RawQuery;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use vir_core::Lang;
use vir_web::parts::{self, FieldError, Tab};
use vir_web::{App, AppError, Caller, Page as Frame, page};

use super::columns::{Column, Names};
use super::export::{Form, Order, Which, export};
use super::filter::{Query, pairs};
use super::list::{Asking, list, state_counts};
use super::view;
use super::view::seen::Seen;
use super::view::store::View as Saved;
use crate::invoice_row::State;
use crate::permissions::SEE;
use crate::workflow::settings::Settings;

mod filters;
mod results;

/// The pages of the register.
pub fn routes() -> Router<App> {
    Router::new().route("/rechnungen", get(show)).route("/rechnungen/export", get(download)).merge(view::routes())
}

/// What the page is made from.
struct View {
    lang: Lang,
    query: Query,
    columns: Vec<Column>,
    /// Those that are shown where the address names none.
    usual: Vec<Column>,
    asking: Asking,
    names: Names,
    errors: Vec<FieldError>,
    /// Saved lists.
    views: Vec<Saved>,
    /// The list that the person begins with.
    begins_with: Option<String>,
    /// What they looked at last.
    seen: Vec<Seen>,
}

async fn view(caller: &Caller, raw: Option<&str>) -> Result<View, AppError> {
    caller.require_anywhere(SEE)?;
    let pairs = pairs(raw.unwrap_or_default());
    let (query, errors) = match Query::of(&pairs) {
        Ok(query) => (query, Vec::new()),
        Err(errors) => (Query::default(), errors),
    };
    let chosen = pairs.iter().find(|(name, _)| name == "columns").map_or("", |(_, value)| value.as_str());
    let directory = caller.app.auth.directory(&caller.principal.tenant).await?;
    let (principal, people) = (caller.principal.clone(), Arc::clone(&directory));
    let read = caller.app.store.read(&caller.principal.tenant, move |tx| {
        Box::pin(async move {
            let views = view::store::visible(tx, &principal, &people).await?;
            let taste = view::store::taste(tx, &principal.person).await?;
            let seen = view::seen::last(tx, &principal).await?;
            Ok::<_, vir_store::Error>((Settings::load(tx).await?, views, taste, seen))
        })
    });
    let (settings, views, taste, seen) = read.await.map_err(AppError::internal)?;
    let usual = taste.columns.unwrap_or_else(|| Column::USUAL.to_vec());
    Ok(View {
        lang: caller.lang,
        query,
        columns: if chosen.is_empty() { usual.clone() } else { Column::read(chosen) },
        usual,
        asking: Asking::new(&caller.principal, caller.app.now(), settings),
        names: Names { tree: Arc::clone(&caller.principal.tree), directory, lang: caller.lang },
        errors,
        views,
        begins_with: taste.begins_with,
        seen,
    })
}

async fn show(caller: Caller, RawQuery(raw): RawQuery) -> Result<Response, AppError> {
    let view = view(&caller, raw.as_deref()).await?;
    let begins_with = view.views.iter().find(|saved| view.begins_with.as_ref() == Some(&saved.id));
    if let Some(saved) = begins_with.filter(|_| raw.as_deref().unwrap_or_default().is_empty()) {
        return Ok(vir_web::redirect(&saved.href()));
    }
    let (query, asking) = (view.query.clone(), view.asking.clone());
    let read = caller.app.store.read(&caller.principal.tenant, move |tx| {
        Box::pin(async move {
            let counts = state_counts(tx, &query, &asking).await?;
            let page = list(tx, &query, &asking).await?;
            Ok::<_, vir_store::Error>((counts, page))
        })
    });
    let (counts, found) = read.await.map_err(AppError::internal)?;
    let lang = view.lang;
    let frame = Frame::new(lang.tr("Rechnungen", "Invoices")).section("register").actions(view.actions());
    let frame = if view.errors.is_empty() { frame } else { frame.with_errors() };
    let body = html! {
        (view.saved())
        (view.tabs(&counts))
        @if !view.errors.is_empty() { (parts::error_summary(lang, &view.errors)) }
        (view.filters())
        div id="results" { (view.results(&caller, &found)) }
    };
    Ok(page(&caller, frame, body))
}

async fn download(caller: Caller, RawQuery(raw): RawQuery) -> Result<Response, AppError> {
    let view = view(&caller, raw.as_deref()).await?;
    if !view.errors.is_empty() {
        return Err(AppError::invalid(view.errors));
    }
    let wanted = pairs(raw.as_deref().unwrap_or_default());
    let form = wanted.iter().find(|(name, _)| name == "form").and_then(|(_, value)| Form::find(value));
    let order = Order {
        store: caller.app.store.clone(),
        tenant: caller.principal.tenant.clone(),
        which: Which::Found(view.query.first()),
        asking: view.asking,
        actor: caller.principal.actor(),
        columns: view.columns,
        names: view.names,
    };
    export(order, form.unwrap_or(Form::Csv { mark: true })).await
}

impl View {
    /// The address of a list, with the columns that are shown.
    fn href(&self, query: &Query) -> String {
        self.address("/rechnungen", &query.write(), &[])
    }

    fn address(&self, path: &str, query: &str, further: &[(&str, &str)]) -> String {
        let mut parts: Vec<String> = Vec::new();
        if !query.is_empty() {
            parts.push(query.to_owned());
        }
        if self.columns != self.usual {
            parts.push(format!("columns={}", Column::write(&self.columns)));
        }
        // The bare address leads to the list that the person begins with.
        if parts.is_empty() && self.begins_with.is_some() {
            parts.push("ansicht=alle".to_owned());
        }
        parts.extend(further.iter().map(|(name, value)| format!("{name}={value}")));
        if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
    }

    fn actions(&self) -> Markup {
        let lang = self.lang;
        let query = self.query.first().write();
        let back = vir_core::percent_encoded(&query, "");
        let new = self.address("/rechnungen/ansichten/neu", &query, &[]);
        html! {
            @if !self.seen.is_empty() {
                details.menu data-menu {
                    summary.button.button--secondary { (lang.tr("Zuletzt gesehen", "Seen last")) }
                    div.menu__panel {
                        @for seen in &self.seen {
                            a href={ "/rechnungen/" (seen.id) } { span { (seen.seller) @if let Some(number) = &seen.number { " " span.faint.small { (number) } } } }
                        }
                    }
                }
            }
            details.menu data-menu {
                summary.button.button--secondary { (lang.tr("Ansicht", "View")) }
                div.menu__panel {
                    a href=(new) { (lang.tr("Diese Liste als Ansicht speichern", "Save this list as a view")) }
                    a href="/rechnungen/ansichten" { (lang.tr("Ansichten verwalten", "Manage views")) }
                    a href={ "/rechnungen/spalten?zurueck=" (back) } { (lang.tr("Spalten wählen", "Choose columns")) }
                }
            }
            details.menu data-menu {
                summary.button.button--secondary { (lang.tr("Exportieren", "Export")) }
                div.menu__panel {
                    p.menu__heading { (lang.tr("Alle Rechnungen dieser Auswahl", "All invoices of this selection")) }
                    a href=(self.address("/rechnungen/export", &query, &[("form", "xlsx")])) download { (lang.tr("Excel (XLSX)", "Excel (XLSX)")) }
                    a href=(self.address("/rechnungen/export", &query, &[("form", "csv")])) download { (lang.tr("CSV für Excel", "CSV for Excel")) }
                    a href=(self.address("/rechnungen/export", &query, &[("form", "csv-plain")])) download { (lang.tr("CSV für andere Programme", "CSV for other programs")) }
                }
            }
        }
    }

    /// The saved lists, one click away.
    fn saved(&self) -> Markup {
        let lang = self.lang;
        let here = self.query.first().write();
        let tabs: Vec<Tab> = self
            .views
            .iter()
            .take(12)
            .map(|saved| {
                let same =
                    saved.query == here && (saved.columns.is_empty() || saved.columns == Column::write(&self.columns));
                Tab::new(saved.href(), &saved.name, same)
            })
            .collect();
        html! { @if !tabs.is_empty() { (parts::tabs(lang, lang.tr("Gespeicherte Ansichten", "Saved views"), &tabs)) } }
    }

    fn tabs(&self, counts: &[(State, i64)]) -> Markup {
        let lang = self.lang;
        let states = &self.query.filter.states;
        let all = self.query.with(|filter| filter.states.clear());
        let mut tabs = vec![Tab::new(self.href(&all), lang.tr("Alle", "All"), states.is_empty())];
        for state in State::ALL {
            let count = counts.iter().find(|(other, _)| other == state).map(|(_, count)| *count);
            let here = states.as_slice() == [*state];
            if count == Some(0) && !here {
                continue;
            }
            let query = self.query.with(|filter| filter.states = vec![*state]);
            let tab = Tab::new(self.href(&query), state.name(lang), here);
            // Where there are many, how many is no news.
            tabs.push(match count.and_then(|count| u64::try_from(count).ok()).filter(|count| *count <= 1_000) {
                Some(count) => tab.count(count),
                None => tab,
            });
        }
        parts::tabs(lang, lang.tr("Stand der Rechnungen", "State of the invoices"), &tabs)
    }
}

//! `/akten`: records, found by words, branch and state.

use serde::Deserialize;
use vir_archive::lifecycle::{EntryId, State};
use vir_store::Tx;
use vir_web::parts::{self, Choice, Column, Tab};
use vir_web::{Answer, Caller, Markup, Page, Query, format, html, page};

use super::SECTION;
use super::words::{confidentiality_badge, state, state_badge};
use crate::permissions::{FILE, SEE};
use crate::plan::labels;
use crate::records::{self, Found, Wanted};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// Words; the search box of the header calls them so.
    q: String,
    /// A branch of the plan.
    zweig: String,
    stand: String,
    ab: String,
}

impl Asked {
    fn href(&self, state: &str, cursor: &str) -> String {
        let mut parts = Vec::new();
        for (name, value) in [("q", self.q.as_str()), ("zweig", &self.zweig), ("stand", state), ("ab", cursor)] {
            if !value.is_empty() {
                parts.push(format!("{name}={}", vir_core::percent_encoded(value, "-_.~")));
            }
        }
        if parts.is_empty() { "/akten".to_owned() } else { format!("/akten?{}", parts.join("&")) }
    }
}

pub(super) async fn show(caller: Caller, Query(asked): Query<Asked>) -> Answer {
    caller.require_anywhere(SEE)?;
    let lang = caller.lang;
    let wanted = Wanted {
        words: asked.q.clone(),
        branch: Some(asked.zweig.as_str()).filter(|branch| !branch.is_empty()).map(EntryId::from),
        state: state(&asked.stand).map(|_| asked.stand.clone()),
        cursor: Some(asked.ab.clone()).filter(|cursor| !cursor.is_empty()),
    };
    let principal = caller.principal.clone();
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let (_, plan) = records::plan(tx).await?;
            let found = records::find(tx, &principal, &plan, &wanted).await?;
            Ok::<_, vir_store::Error>((plan, found))
        })
    });
    let (plan, found) = read.await?;
    let branches: Vec<Choice> = labels(&plan).into_iter().map(|(id, label)| Choice::new(id, label)).collect();
    let tabs: Vec<Tab> = std::iter::once(Tab::new(asked.href("", ""), lang.tr("Alle", "All"), asked.stand.is_empty()))
        .chain(State::ALL.into_iter().map(|one| {
            let code = serde_json::to_value(one).ok().and_then(|value| value.as_str().map(str::to_owned));
            let code = code.unwrap_or_default();
            Tab::new(asked.href(&code, ""), one.name().get(lang), asked.stand == code)
        }))
        .collect();
    let body = html! {
        (parts::tabs(lang, lang.tr("Stand der Akten", "State of the records"), &tabs))
        (parts::filter_bar(lang.tr("Akten suchen", "Search records"), "/akten", "results", &html! {
            @if !asked.stand.is_empty() { input type="hidden" name="stand" value=(asked.stand); }
            (parts::search_field(lang, "q", lang.tr("Wörter", "Words")).value(&asked.q)
                .hint(lang.tr("Aktenzeichen, Betreff, Person, Inhalt der Dokumente", "Reference, title, person, content of documents")))
            (parts::select(lang, "zweig", lang.tr("Aktenplan", "Plan"), &branches).value(&asked.zweig)
                .empty(lang.tr("alle Zweige", "all branches")))
            (parts::button(lang.tr("Suchen", "Search")).secondary())
        }))
        div id="results" { (results(&caller, &asked, &found, plan.entries().next().is_some())) }
    };
    let actions = html! {
        (parts::link_button("/aktenplan", lang.tr("Aktenplan", "Plan")))
        @if caller.principal.may_anywhere(FILE) {
            (parts::link_button("/akten/neu", lang.tr("Neue Akte", "New record")).primary().icon(parts::Icon::Plus))
        }
    };
    Ok(page(&caller, Page::new(lang.tr("Akten", "Records")).section(SECTION).actions(actions), body))
}

fn results(caller: &Caller, asked: &Asked, found: &Found, has_plan: bool) -> Markup {
    let lang = caller.lang;
    if found.lines.is_empty() {
        return nothing(caller, asked, has_plan);
    }
    let table = parts::table(lang, "records", lang.tr("Akten", "Records")).hide_caption().columns([
        Column::text(lang.tr("Aktenzeichen", "Reference")).class("shrink"),
        Column::text(lang.tr("Betreff", "Title")),
        Column::text(lang.tr("Stand", "State")),
        Column::number(lang.tr("Dokumente", "Documents")).class("wide-only"),
        Column::text(lang.tr("Aufbewahren bis", "Keep until")),
        Column::text(lang.tr("Geändert", "Changed")).class("wide-only"),
    ]);
    let rows = found.lines.iter().map(|line| {
        parts::Row::new([
            html! { a href={ "/akten/" (line.id) } { (line.reference) } },
            html! { (line.title) (confidentiality_badge(line.confidentiality, lang)) },
            html! { @if let Some(one) = state(&line.state) { (state_badge(one, lang)) } },
            html! { (line.documents) },
            html! { @if let Some(day) = &line.ends_on { (format::iso_date(day, lang)) } @else { span.faint { "–" } } },
            html! { (format::time_element(line.changed_at, lang)) },
        ])
    });
    html! {
        (table.rows(rows))
        (parts::pager(lang, &parts::Pager {
            first: (!asked.ab.is_empty()).then(|| asked.href(&asked.stand, "")),
            previous: None,
            next: found.next.as_deref().map(|cursor| asked.href(&asked.stand, cursor)),
            shown: lang.tr(format!("{} Akten gezeigt", found.lines.len()), format!("{} records shown", found.lines.len())),
        }))
    }
}

fn nothing(caller: &Caller, asked: &Asked, has_plan: bool) -> Markup {
    let lang = caller.lang;
    if !has_plan {
        return parts::empty_state(
            lang.tr("Noch kein Aktenplan", "No plan yet"),
            lang.tr(
                "Der Aktenplan sagt, wie lange Akten aufbewahrt werden. Mit ihm beginnt alles.",
                "The plan says how long records are kept. Everything begins with it.",
            ),
            &html! { (parts::link_button("/aktenplan", lang.tr("Zum Aktenplan", "To the plan")).primary()) },
        );
    }
    if asked.q.is_empty() && asked.zweig.is_empty() && asked.stand.is_empty() {
        return parts::empty_state(
            lang.tr("Noch keine Akten", "No records yet"),
            lang.tr(
                "Angelegte und eingelieferte Akten stehen hier.",
                "Records that are begun or deposited stand here.",
            ),
            &html! { @if caller.principal.may_anywhere(FILE) {
                (parts::link_button("/akten/neu", lang.tr("Neue Akte", "New record")).primary())
            } },
        );
    }
    parts::empty_state(
        lang.tr("Keine Akte passt dazu", "No record matches"),
        lang.tr(
            "Prüfen Sie die Schreibweise, oder nehmen Sie Filter heraus.",
            "Check the spelling, or take filters out.",
        ),
        &html! { (parts::link_button("/akten", lang.tr("Alle Akten", "All records"))) },
    )
}

//! The audit log: who did what to what, the latest first.

use maud::{Markup, html};
use serde::Deserialize;
use vir_auth::{AUDIT, Directory, PersonId};
use vir_store::{Row as Stored, Tx, args};

use super::{frame, tabs};
use crate::account::{encoded, of_auth};
use crate::parts::{self, Column, Pager, Row};
use crate::{Answer, AppError, Caller, Query, format, page};

/// How many entries a page shows.
const PAGE: i64 = 50;

#[derive(Deserialize, Default)]
pub(super) struct Filter {
    /// Only actions and subjects that begin with this.
    #[serde(default)]
    q: String,
    /// Only entries before this one.
    #[serde(default)]
    vor: Option<i64>,
}

const LIST: &str = "select seq, at, actor, action, subject, detail from audit
    where seq < $1 and ($2 = '' or action like $3 or subject like $3 or actor like $3) order by seq desc limit $4";

struct Line {
    seq: i64,
    at: jiff::Timestamp,
    actor: String,
    action: String,
    subject: String,
    detail: String,
}

fn line(row: &Stored) -> Result<Line, vir_store::Error> {
    Ok(Line {
        seq: row.int("seq")?,
        at: row.time("at")?,
        actor: row.text("actor")?,
        action: row.text("action")?,
        subject: row.text("subject")?,
        detail: row.text("detail")?,
    })
}

pub(super) async fn show(caller: Caller, Query(filter): Query<Filter>) -> Answer {
    caller.require_everywhere(AUDIT)?;
    let lang = caller.lang;
    // `%` and `_` are placeholders to the database; nothing in the log has them.
    let wanted: String = filter.q.trim().chars().filter(|c| !"%_\\".contains(*c)).take(100).collect();
    let (from, like) = (filter.vor.unwrap_or(i64::MAX), format!("%{wanted}%"));
    let asked = wanted.clone();
    let mut lines = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| {
            Box::pin(async move {
                let rows = tx.all(LIST, &args![from, asked, like, PAGE + 1]).await?;
                rows.iter().map(line).collect::<Result<Vec<Line>, vir_store::Error>>()
            })
        })
        .await
        .map_err(AppError::from)?;
    let more = lines.len() as i64 > PAGE;
    lines.truncate(PAGE as usize);
    let directory = caller.app.auth.directory(&caller.principal.tenant).await.map_err(of_auth)?;
    let path = |before: Option<i64>| {
        let mut path = format!("/verwaltung/protokoll?q={}", encoded(&wanted));
        if let Some(before) = before {
            path.push_str(&format!("&vor={before}"));
        }
        path
    };
    let table = parts::table(lang, "audit", lang.tr("Protokoll", "Audit log"))
        .hide_caption()
        .columns([
            Column::number(lang.tr("Nr.", "No.")),
            Column::text(lang.tr("Wann", "When")),
            Column::text(lang.tr("Wer", "Who")),
            Column::text(lang.tr("Was", "What")),
            Column::text(lang.tr("Woran", "To what")),
            Column::text(lang.tr("Einzelheiten", "Details")),
        ])
        .rows(lines.iter().map(|line| {
            Row::new([
                html! { (line.seq) },
                format::time_element(line.at, lang),
                html! { (actor(&directory, &line.actor)) },
                html! { code { (line.action) } },
                html! { (subject(&directory, &line.subject)) },
                detail(&line.detail),
            ])
        }));
    let body = html! {
        (tabs(&caller, &caller.principal, "/verwaltung/protokoll"))
        div.stack {
            (parts::filter_bar(lang.tr("Protokoll durchsuchen", "Search the audit log"), "/verwaltung/protokoll", "results", &html! {
                (parts::search_field(lang, "q", lang.tr("Vorgang, Gegenstand oder Kennung", "Action, subject or identifier")).value(&wanted))
                (parts::button(lang.tr("Suchen", "Search")).secondary())
            }))
            div.stack id="results" {
                @if table.is_empty() {
                    (parts::empty_state(lang.tr("Keine Einträge", "No entries"), lang.tr("Zu dieser Suche steht nichts im Protokoll.", "There is nothing in the log for this search."), &html! {}))
                } @else {
                    (table)
                    (parts::pager(lang, &Pager {
                        first: filter.vor.map(|_| path(None)),
                        previous: None,
                        next: lines.last().filter(|_| more).map(|last| path(Some(last.seq))),
                        shown: match (lines.first(), lines.last()) {
                            (Some(first), Some(last)) => format!("{} {}–{}", lang.tr("Einträge", "Entries"), first.seq, last.seq),
                            _ => String::new(),
                        },
                    }))
                }
            }
        }
    };
    let lead = lang.tr(
        "Jeder Eintrag enthält die Prüfsumme des vorigen; „vir audit verify“ weist nach, dass nichts geändert oder entfernt wurde.",
        "Every entry holds the checksum of the one before; \"vir audit verify\" proves that nothing was changed or removed.",
    );
    Ok(page(&caller, frame(lang.tr("Protokoll", "Audit log")).lead(lead), body))
}

/// `person:…` as a name; everything else as it stands.
fn actor(directory: &Directory, actor: &str) -> String {
    let words = actor.split(' ').map(|word| match word.split_once(':') {
        Some(("person", id)) => directory.name_of(&PersonId::from(id)).to_owned(),
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn subject(directory: &Directory, subject: &str) -> String {
    match subject.split_once('/') {
        Some(("person", id)) => directory.name_of(&PersonId::from(id)).to_owned(),
        _ => subject.to_owned(),
    }
}

fn detail(json: &str) -> Markup {
    html! { @if json == "{}" { "–" } @else { details { summary { "…" } code.small { (json) } } } }
}

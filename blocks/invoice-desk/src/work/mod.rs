//! „Meine Arbeit": what waits for this person, by step and deadline. The desk's home page.
//!
//! What waits follows from permissions: whoever may code sees what is to be coded in their units, and so on, deputies
//! included. Nobody needs to be assigned by name, so nothing lies about while somebody is ill.
//!
//! Invariant: nothing is listed that the person may not see, and each invoice at most once.

pub(crate) mod waiting;

use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;
use vir_auth::Principal;
use vir_core::Lang;
use vir_store::{Result, Tx, args};
use vir_web::parts::{self, Column, Tab};
use vir_web::{Answer, App, AppError, Caller, Page, format, page};

use crate::access;
use crate::invoice::page::{left, light, unit_name};
use crate::notices::{self, note};
use crate::people::decider;
use crate::permissions::SEE;
use crate::workflow::deadline;
use crate::workflow::settings::Settings;
use waiting::{STEPS, Scope, Step, Whose, steps};

/// The pages of the work.
pub fn routes() -> Router<App> {
    Router::new().route("/arbeit", get(show))
}

struct Mention {
    invoice: String,
    author: String,
    text: String,
    at: Timestamp,
}

async fn mentions(tx: &mut Tx, principal: &Principal) -> Result<Vec<Mention>> {
    let mut args = args![principal.person.as_str(), false];
    // Anybody can be mentioned, also where they may not look; and invoices move on to other units.
    let theirs = access::condition(principal, SEE, &mut args);
    let sql = format!(
        "select m.invoice_id as invoice_id, c.author as author, c.text as text, c.at as at
         from comment_mention m join invoice_comment c on c.id = m.comment_id join invoice on invoice.id = m.invoice_id
         where m.person_id = $1 and m.seen = $2 and {theirs} order by c.at desc limit 20"
    );
    let rows = tx.all(sql, &args).await?;
    rows.iter()
        .map(|row| {
            Ok(Mention {
                invoice: row.text("invoice_id")?,
                author: row.text("author")?,
                text: row.text("text")?,
                at: row.time("at")?,
            })
        })
        .collect()
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    step: Option<String>,
    /// mir, gruppe, alle
    wer: Option<String>,
}

async fn show(caller: Caller, Query(asked): Query<Asked>) -> Answer {
    caller.require_anywhere(SEE)?;
    let lang = caller.lang;
    let decider = decider(&caller).await?;
    let principal = caller.principal.clone();
    let only = asked.step.filter(|step| STEPS.iter().any(|waiting| waiting.code == step));
    let wanted = only.clone();
    let scope = Scope::new(&decider, Whose::find(asked.wer.as_deref().unwrap_or_default()));
    let whose = scope.whose;
    let in_groups = !scope.groups.is_empty();
    let read = caller.app.store.read(&caller.principal.tenant, move |tx| {
        Box::pin(async move {
            let steps = steps(tx, &principal, &scope, wanted.as_deref(), None).await?;
            let mentions = mentions(tx, &principal).await?;
            let mut notes = note::unread(tx, principal.person.as_str()).await?;
            // Mentions are shown with their words. What has moved to other units since is theirs to know of.
            notes.retain(|note| match note.kind {
                note::Kind::Mention => false,
                note::Kind::Quarantine => true,
                _ => access::may(&principal, SEE, note.unit.as_deref()),
            });
            Ok::<_, vir_store::Error>((steps, mentions, notes, Settings::load(tx).await?))
        })
    });
    let (steps, mentions, notes, settings) = read.await.map_err(AppError::from)?;
    let today = crate::day_of(caller.app.now());
    let deputy: Vec<String> = caller
        .principal
        .acting_for_anybody()
        .iter()
        .map(|person| decider.directory.name_of(person).to_owned())
        .collect();
    let tiles = html! {
        div.tiles {
            @if !mentions.is_empty() || !notes.is_empty() {
                (parts::figure_tile(lang.tr("Neu für Sie", "New for you"), &format::count((mentions.len() + notes.len()) as u64, lang), None, Some("#neu")))
            }
            @for step in &steps {
                (parts::figure_tile(lang.tr(step.waiting.de, step.waiting.en), &format::count(step.count.unsigned_abs(), lang), None,
                    Some(&whose.path(Some(step.waiting.code)))))
            }
        }
    };
    let nothing = steps.iter().all(|step| step.count == 0) && mentions.is_empty() && notes.is_empty();
    let body = html! {
        div.stack {
            @if !deputy.is_empty() {
                (parts::notice(parts::Tone::Info, lang.tr("Vertretung", "Deputy"), &html! { p {
                    (lang.tr("Sie sehen auch die Arbeit von ", "You also see the work of ")) (deputy.join(", ")) "." } }))
            }
            (whose_tabs(lang, whose, only.as_deref(), in_groups))
            @if nothing {
                (parts::empty_state(lang.tr("Alles erledigt", "All done"),
                    lang.tr("Auf Sie wartet gerade keine Rechnung.", "No invoice is waiting for you."), &html! {}))
            } @else { (tiles) }
            div id="neu" class="stack" {
            (mention_list(lang, &mentions))
            (notices::page::list(&caller, &notes))
            }
            @for step in steps.iter().filter(|step| !step.items.is_empty()) {
                (table(lang, &decider, step, today, &settings, only.is_some(), whose))
            }
            @if only.is_some() { p { a href=(whose.path(None)) { (lang.tr("Alle Schritte zeigen", "Show all steps")) } } }
        }
    };
    let mut frame = Page::new(lang.tr("Meine Arbeit", "My work")).section("work");
    if let Some(step) = only.and_then(|only| STEPS.iter().find(|waiting| waiting.code == only)) {
        frame = frame.lead(lang.tr(step.de, step.en));
    }
    Ok(page(&caller, frame, body))
}

/// All, mine, my groups': the counts of the tiles follow.
fn whose_tabs(lang: Lang, whose: Whose, step: Option<&str>, in_groups: bool) -> Markup {
    let mut entries =
        vec![(Whose::All, lang.tr("Alle", "All")), (Whose::Mine, lang.tr("Mir zugewiesen", "Assigned to me"))];
    if in_groups || whose == Whose::Group {
        entries.push((Whose::Group, lang.tr("Meine Gruppe", "My group")));
    }
    let tabs: Vec<Tab> =
        entries.into_iter().map(|(one, label)| Tab::new(one.path(step), label, one == whose)).collect();
    parts::tabs(lang, lang.tr("Wessen Arbeit", "Whose work"), &tabs)
}

fn mention_list(lang: Lang, mentions: &[Mention]) -> Markup {
    html! { @if !mentions.is_empty() { section.card {
        h2.card__title { (lang.tr("Sie wurden erwähnt", "You were mentioned")) }
        ul.stack--tight { @for mention in mentions { li {
            a href={ "/rechnungen/" (mention.invoice) "#history" } { (mention.author) ", " (format::date_time(mention.at, lang)) }
            p.comment.pre-line { (mention.text) }
        } } }
    } } }
}

fn table(
    lang: Lang,
    decider: &crate::workflow::Decider,
    step: &Step,
    today: Date,
    settings: &Settings,
    whole: bool,
    whose: Whose,
) -> Markup {
    let title = format!("{} ({})", lang.tr(step.waiting.de, step.waiting.en), step.count);
    let mut table = parts::table(lang, format!("work-{}", step.waiting.code), title).columns([
        Column::text(lang.tr("Rechnung", "Invoice")),
        Column::text(lang.tr("Frist", "Deadline")),
        Column::text(lang.tr("Stelle", "Unit")).class("wide-only"),
        Column::text(lang.tr("Zugewiesen", "Assigned to")).class("wide-only"),
        Column::text(lang.tr("Wartet seit", "Waiting since")).class("wide-only"),
        Column::number(lang.tr("Betrag", "Amount")),
    ]);
    for item in &step.items {
        let deadlines = deadline::deadlines(&item.dates, today, settings.region, settings.yellow);
        let pressing = deadline::pressing(&deadlines, today);
        table = table.row([
            html! { a href={ "/rechnungen/" (item.id) } { (item.caption) } },
            html! { @if let Some(one) = pressing {
                (light(one.light, &format!("{} {}", one.term.name().get(lang), format::date(one.date, lang)))) br;
                span.small.faint { (left(lang, one.days_left)) }
            } },
            html! { (item.unit.as_deref().map(|unit| unit_name(decider, unit)).unwrap_or_default()) },
            html! { (item.assignee.name(decider).unwrap_or_default()) },
            html! { (format::date(crate::day_of(item.changed), lang)) },
            html! { (item.cents.map(|cents| format::amount(cents, &item.currency, lang)).unwrap_or_default()) },
        ]);
    }
    let more = step.count > i64::try_from(step.items.len()).unwrap_or(i64::MAX);
    html! {
        section {
            (table)
            @if more && !whole { p { a href=(whose.path(Some(step.waiting.code))) { (lang.tr("Alle zeigen", "Show all")) span.visually-hidden { ": " (lang.tr(step.waiting.de, step.waiting.en)) } } } }
        }
    }
}

//! „Meine Arbeit": what waits for this person, by step and deadline. The desk's home page.
//!
//! What waits follows from permissions: whoever may code sees what is to be coded in their units, and so on, deputies
//! included. Nobody needs to be assigned by name, so nothing lies about while somebody is ill.
//!
//! Invariant: nothing is listed that the person may not see, and each invoice at most once.

use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;
use vir_auth::{Permission, Principal, UnitScope};
use vir_core::Lang;
use vir_store::{Result, Row, Tx, Value, args};
use vir_web::parts::{self, Column};
use vir_web::{Answer, App, AppError, Caller, Page, format, page};

use crate::invoice::page::{left, light, unit_name};
use crate::people::decider;
use crate::permissions::{CERTIFY, CODE, ORDER, PAY, SEE};
use crate::workflow::deadline::{self, Dates};
use crate::workflow::settings::Settings;

/// The pages of the work.
pub fn routes() -> Router<App> {
    Router::new().route("/arbeit", get(show))
}

/// A step at which invoices wait for people with a permission.
struct Waiting {
    code: &'static str,
    permission: Permission,
    state: &'static str,
    held: bool,
    homeless: bool,
    de: &'static str,
    en: &'static str,
}

const STEPS: &[Waiting] = &[
    Waiting {
        code: "forward",
        permission: CODE,
        state: "received",
        held: false,
        homeless: true,
        de: "Zuordnen",
        en: "To assign",
    },
    Waiting {
        code: "code",
        permission: CODE,
        state: "received",
        held: false,
        homeless: false,
        de: "Kontieren",
        en: "To code",
    },
    Waiting {
        code: "certify",
        permission: CERTIFY,
        state: "coded",
        held: false,
        homeless: false,
        de: "Feststellen",
        en: "To certify",
    },
    Waiting {
        code: "order",
        permission: ORDER,
        state: "certified",
        held: false,
        homeless: false,
        de: "Anordnen",
        en: "To order",
    },
    Waiting {
        code: "hand_over",
        permission: PAY,
        state: "ordered",
        held: false,
        homeless: false,
        de: "Zur Zahlung übergeben",
        en: "To hand over",
    },
    Waiting {
        code: "pay",
        permission: PAY,
        state: "handed_over",
        held: false,
        homeless: false,
        de: "Zahlung vermerken",
        en: "To record as paid",
    },
    Waiting {
        code: "quarantine",
        permission: CODE,
        state: "quarantined",
        held: false,
        homeless: false,
        de: "Quarantäne ansehen",
        en: "Look into quarantine",
    },
];

/// How many are listed at each step.
const LISTED: i64 = 25;

struct Item {
    id: String,
    caption: String,
    cents: Option<i64>,
    currency: String,
    unit: Option<String>,
    dates: Dates,
    changed: Timestamp,
}

struct Step {
    waiting: &'static Waiting,
    count: i64,
    items: Vec<Item>,
}

struct Mention {
    invoice: String,
    author: String,
    text: String,
    at: Timestamp,
}

/// The condition for a step and a scope, with its values; none where nothing can be seen.
fn condition(waiting: &Waiting, scope: &UnitScope) -> Option<(String, Vec<Value>)> {
    let mut values = args![waiting.state, waiting.held];
    let mut sql = "direction = 'incoming' and state = $1 and on_hold = $2".to_owned();
    match (scope, waiting.homeless) {
        (UnitScope::All, true) => sql.push_str(" and unit_id is null"),
        (UnitScope::All, false) if waiting.state == "received" => sql.push_str(" and unit_id is not null"),
        (UnitScope::All, false) => {}
        (UnitScope::These(_), true) => return None,
        (UnitScope::These(units), false) => {
            if units.is_empty() {
                return None;
            }
            let places: Vec<String> = (0..units.len()).map(|index| format!("${}", index + 3)).collect();
            sql.push_str(&format!(" and unit_id in ({})", places.join(", ")));
            values.extend(units.iter().map(|unit| Value::from(unit.as_str())));
        }
    }
    Some((sql, values))
}

fn item(row: &Row) -> Result<Item> {
    let caption = match (row.optional_text("seller_name")?, row.optional_text("number")?) {
        (Some(seller), Some(number)) => format!("{seller}, {number}"),
        (Some(name), None) | (None, Some(name)) => name,
        (None, None) => row.text("file_name")?,
    };
    Ok(Item {
        id: row.text("id")?,
        caption,
        cents: row.optional_int("payable_cents")?,
        currency: row.optional_text("currency")?.unwrap_or_else(|| "EUR".to_owned()),
        unit: row.optional_text("unit_id")?,
        dates: Dates {
            received: crate::day_of(row.time("received_at")?),
            due: row.optional_date("due_date")?,
            discount: row.optional_date("skonto_date")?,
        },
        changed: row.time("changed_at")?,
    })
}

async fn steps(tx: &mut Tx, principal: &Principal, only: Option<&str>) -> Result<Vec<Step>> {
    let mut found = Vec::new();
    for waiting in STEPS {
        let Some((sql, mut values)) = condition(waiting, &principal.units(waiting.permission)) else { continue };
        let count = tx.one(format!("select count(*) as n from invoice where {sql}"), &values).await?.int("n")?;
        let mut items = Vec::new();
        if only.is_none_or(|only| only == waiting.code) {
            // The earlier of both dates decides; a lost discount no longer presses.
            let today = crate::day_of(tx.now()).to_string();
            values.push(Value::from(today));
            let at = values.len();
            values.push(Value::from(if only.is_some() { 200 } else { LISTED }));
            let sql = format!(
                "select id, seller_name, number, file_name, payable_cents, currency, unit_id, received_at, due_date,
                    skonto_date, changed_at
                 from invoice where {sql}
                 order by case when skonto_date >= ${at} and (due_date is null or skonto_date < due_date)
                    then skonto_date else coalesce(due_date, '9999-12-31') end, id limit ${}",
                at + 1
            );
            items = tx.all(sql, &values).await?.iter().map(item).collect::<Result<_>>()?;
        }
        found.push(Step { waiting, count, items });
    }
    Ok(found)
}

async fn mentions(tx: &mut Tx, principal: &Principal) -> Result<Vec<Mention>> {
    let sql = "select m.invoice_id as invoice_id, c.author as author, c.text as text, c.at as at
        from comment_mention m join invoice_comment c on c.id = m.comment_id
        where m.person_id = $1 and m.seen = $2 order by c.at desc limit 20";
    let rows = tx.all(sql, &args![principal.person.as_str(), false]).await?;
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
}

async fn show(caller: Caller, Query(asked): Query<Asked>) -> Answer {
    caller.require_anywhere(SEE)?;
    let lang = caller.lang;
    let decider = decider(&caller).await?;
    let principal = caller.principal.clone();
    let only = asked.step.filter(|step| STEPS.iter().any(|waiting| waiting.code == step));
    let wanted = only.clone();
    let read = caller.app.store.read(&caller.principal.tenant, move |tx| {
        Box::pin(async move {
            let steps = steps(tx, &principal, wanted.as_deref()).await?;
            let mentions = mentions(tx, &principal).await?;
            Ok::<_, vir_store::Error>((steps, mentions, Settings::load(tx).await?))
        })
    });
    let (steps, mentions, settings) = read.await.map_err(AppError::from)?;
    let today = crate::day_of(caller.app.now());
    let deputy: Vec<String> = caller
        .principal
        .acting_for_anybody()
        .iter()
        .map(|person| decider.directory.name_of(person).to_owned())
        .collect();
    let tiles = html! {
        div.tiles {
            @for step in &steps {
                (parts::figure_tile(lang.tr(step.waiting.de, step.waiting.en), &format::count(step.count.unsigned_abs(), lang), None,
                    Some(&format!("/arbeit?step={}", step.waiting.code))))
            }
        }
    };
    let nothing = steps.iter().all(|step| step.count == 0) && mentions.is_empty();
    let body = html! {
        div.stack {
            @if !deputy.is_empty() {
                (parts::notice(parts::Tone::Info, lang.tr("Vertretung", "Deputy"), &html! { p {
                    (lang.tr("Sie sehen auch die Arbeit von ", "You also see the work of ")) (deputy.join(", ")) "." } }))
            }
            @if nothing {
                (parts::empty_state(lang.tr("Alles erledigt", "All done"),
                    lang.tr("Auf Sie wartet gerade keine Rechnung.", "No invoice is waiting for you."), &html! {}))
            } @else { (tiles) }
            (mention_list(lang, &mentions))
            @for step in steps.iter().filter(|step| !step.items.is_empty()) {
                (table(lang, &decider, step, today, &settings, only.is_some()))
            }
            @if only.is_some() { p { a href="/arbeit" { (lang.tr("Alle Schritte zeigen", "Show all steps")) } } }
        }
    };
    let mut frame = Page::new(lang.tr("Meine Arbeit", "My work")).section("work");
    if let Some(step) = only.and_then(|only| STEPS.iter().find(|waiting| waiting.code == only)) {
        frame = frame.lead(lang.tr(step.de, step.en));
    }
    Ok(page(&caller, frame, body))
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
) -> Markup {
    let title = format!("{} ({})", lang.tr(step.waiting.de, step.waiting.en), step.count);
    let mut table = parts::table(lang, format!("work-{}", step.waiting.code), title).columns([
        Column::text(lang.tr("Rechnung", "Invoice")),
        Column::text(lang.tr("Frist", "Deadline")),
        Column::text(lang.tr("Stelle", "Unit")).class("wide-only"),
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
            html! { (format::date(crate::day_of(item.changed), lang)) },
            html! { (item.cents.map(|cents| format::amount(cents, &item.currency, lang)).unwrap_or_default()) },
        ]);
    }
    let more = step.count > i64::try_from(step.items.len()).unwrap_or(i64::MAX);
    html! {
        section {
            (table)
            @if more && !whole { p { a href={ "/arbeit?step=" (step.waiting.code) } { (lang.tr("Alle zeigen", "Show all")) span.visually-hidden { ": " (lang.tr(step.waiting.de, step.waiting.en)) } } } }
        }
    }
}

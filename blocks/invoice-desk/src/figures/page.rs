//! The page of the figures: `/auswertungen`, and each of its tables as CSV.
//!
//! Invariant: a table that is downloaded has the figures of the drawing beside it.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::RawQuery;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use jiff::ToSpan as _;
use jiff::civil::Date;
use maud::{Markup, html};
use vir_auth::{UnitId, UnitScope};
use vir_core::{Lang, Text};
use vir_invoice::rules::Layer;
use vir_web::parts::{self, Choice};
use vir_web::plot::{Chart, Kind, Measure, Series};
use vir_web::{App, AppError, Caller, Page, format, page};

use super::cell::{self, Amount};
use super::read::{self, Durations, Figures, Selection, share};
use crate::invoice_row::{Channel, State};
use crate::permissions::FIGURES;
use crate::register::columns::Cell;
use crate::register::csv_file;
use crate::register::filter::pairs;

/// The pages of the figures.
pub fn routes() -> Router<App> {
    Router::new().route("/auswertungen", get(show)).route("/auswertungen/tabelle", get(download))
}

/// What was asked for.
struct Asked {
    selection: Selection,
    unit: Option<UnitId>,
    today: Date,
}

/// All that the page shows.
struct Found {
    now: Figures,
    before: Figures,
    units: Vec<(String, Amount)>,
    open: BTreeMap<String, [Amount; 3]>,
    rules: Vec<(String, Amount)>,
    sellers: Vec<(String, Amount)>,
    counted_to: Option<jiff::Timestamp>,
}

fn asked(caller: &Caller, raw: Option<&str>) -> Result<Asked, AppError> {
    caller.require_anywhere(FIGURES)?;
    let pairs = pairs(raw.unwrap_or_default());
    let value = |name: &str| pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.trim());
    let today = crate::day_of(caller.app.now());
    let this = today.first_of_month();
    let begin = |text: &str| format!("{text}-01").parse::<Date>().ok().filter(|day| day.year() >= 2000);
    let to = value("to").and_then(begin).unwrap_or(this).min(this);
    let usual = to.saturating_sub(11.months());
    let from = value("from").and_then(begin).unwrap_or(usual).min(to).max(to.saturating_sub(59.months()));
    let scope = caller.principal.units(FIGURES);
    let unit = value("unit").filter(|unit| !unit.is_empty()).map(UnitId::from);
    let units = match &unit {
        None => scope,
        Some(unit) => {
            if !scope.contains(Some(unit)) {
                return Err(AppError::not_found(Text::new("diese Organisationseinheit", "this unit")));
            }
            UnitScope::These(
                caller.principal.tree.within(unit).into_iter().filter(|unit| scope.contains(Some(unit))).collect(),
            )
        }
    };
    Ok(Asked { selection: Selection { from, to, units }, unit, today })
}

async fn find(caller: &Caller, asked: &Asked) -> Result<Found, AppError> {
    let (selection, today) = (asked.selection.clone(), asked.today);
    let reading = caller.app.store.read(&caller.principal.tenant, move |tx| {
        Box::pin(async move {
            Ok::<_, vir_store::Error>(Found {
                now: read::figures(tx, &selection).await?,
                before: read::figures(tx, &selection.before()).await?,
                units: read::by_unit(tx, &selection).await?,
                open: read::open(tx, &selection.units, today).await?,
                rules: read::ranking(tx, &selection, cell::Measure::Rule, 12).await?,
                sellers: read::ranking(tx, &selection, cell::Measure::SellerRule, 25).await?,
                counted_to: read::counted_to(tx).await?,
            })
        })
    });
    reading.await.map_err(AppError::internal)
}

async fn show(caller: Caller, RawQuery(raw): RawQuery) -> Result<Response, AppError> {
    let asked = asked(&caller, raw.as_deref())?;
    let found = find(&caller, &asked).await?;
    let lang = caller.lang;
    let charts = charts(&caller, &asked, &found);
    let body = html! {
        (filters(&caller, &asked))
        div id="results" {
            (tiles(lang, &found))
            div.plots {
                @for chart in &charts {
                    section.card {
                        (chart.figure(lang))
                        @if !chart.is_empty() {
                            p.plot-download { a href=(table_address(&asked, chart.id)) download {
                                (lang.tr("Tabelle als CSV", "Table as CSV")) span.visually-hidden { ": " (chart.title) }
                            } }
                        }
                    }
                }
            }
            @if let Some(at) = found.counted_to {
                p.faint.small { (lang.tr("Gezählt sind alle Änderungen bis ", "Counted are all changes until ")) (format::date_time(at, lang)) "." }
            }
        }
    };
    let lead = lang.tr(
        "Eingehende Rechnungen; verglichen wird mit dem gleich langen Zeitraum davor.",
        "Incoming invoices; compared with the period of the same length before.",
    );
    Ok(page(&caller, Page::new(lang.tr("Auswertungen", "Figures")).section("figures").lead(lead), body))
}

async fn download(caller: Caller, RawQuery(raw): RawQuery) -> Result<Response, AppError> {
    let asked = asked(&caller, raw.as_deref())?;
    let found = find(&caller, &asked).await?;
    let lang = caller.lang;
    let wanted = pairs(raw.as_deref().unwrap_or_default());
    let wanted = wanted.iter().find(|(name, _)| name == "table").map_or("", |(_, value)| value.as_str());
    let charts = charts(&caller, &asked, &found);
    let chart = charts.iter().find(|chart| chart.id == wanted);
    let chart = chart.ok_or_else(|| AppError::not_found(Text::new("diese Tabelle", "this table")))?;
    let mut headings = vec![chart.category.clone()];
    headings.extend(chart.series.iter().map(|series| series.name.clone()));
    let mut csv = csv_file::MARK.to_owned();
    csv.push_str(&csv_file::heading(&headings, lang));
    for (at, name) in chart.categories.iter().enumerate() {
        let mut cells = vec![Cell::Text(name.clone())];
        for series in &chart.series {
            cells.push(series.values.get(at).copied().flatten().map_or(Cell::Empty, |value| match chart.measure {
                Measure::Euro => Cell::Cents(value),
                Measure::Count => Cell::Count(value),
                Measure::Days | Measure::Share => Cell::Tenths(value),
            }));
        }
        csv.push_str(&csv_file::row(&cells, lang));
    }
    let name = format!(
        "attachment; filename=\"{}-{}-{}.csv\"",
        chart.id,
        cell::month(asked.selection.from),
        cell::month(asked.selection.to)
    );
    let disposition = HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], csv).into_response())
}

fn table_address(asked: &Asked, table: &str) -> String {
    let Selection { from, to, .. } = &asked.selection;
    let unit = asked.unit.as_ref().map(|unit| format!("&unit={unit}")).unwrap_or_default();
    format!("/auswertungen/tabelle?table={table}&from={}&to={}{unit}", cell::month(*from), cell::month(*to))
}

fn filters(caller: &Caller, asked: &Asked) -> Markup {
    let lang = caller.lang;
    let scope = caller.principal.units(FIGURES);
    let mut units = Vec::new();
    for (depth, unit) in caller.principal.tree.in_order() {
        if scope.contains(Some(&unit.id)) {
            units.push(Choice::new(unit.id.as_str(), format!("{}{}", "\u{A0}\u{A0}".repeat(depth), unit.name)));
        }
    }
    let (from, to) = (cell::month(asked.selection.from), cell::month(asked.selection.to));
    let fields = html! {
        (parts::field(lang, "from", lang.tr("Von Monat", "From month")).kind("month").width(12).value(&from))
        (parts::field(lang, "to", lang.tr("Bis Monat", "Until month")).kind("month").width(12).value(&to))
        @if units.len() > 1 {
            (parts::select(lang, "unit", lang.tr("Organisationseinheit", "Unit"), &units)
                .value(asked.unit.as_ref().map_or("", UnitId::as_str)).empty(lang.tr("alle", "all")))
        }
        (parts::button(lang.tr("Anzeigen", "Show")))
    };
    parts::filter_bar(lang.tr("Zeitraum und Einheit", "Period and unit"), "/auswertungen", "results", &fields)
}

fn tiles(lang: Lang, found: &Found) -> Markup {
    let (now, before) = (&found.now.all, &found.before.all);
    let compared = |value: Option<i64>, measure: Measure| {
        let value =
            value.map_or_else(|| lang.tr("keine Werte", "no values").to_owned(), |value| measure.show(value, lang));
        lang.tr(format!("Zeitraum davor: {value}"), format!("Period before: {value}"))
    };
    let tile = |label: &str, measure: Measure, value: Option<i64>, then: Option<i64>| {
        // In large letters, the cents of large sums are in the way.
        let large = |value: i64| measure == Measure::Euro && value.abs() >= 10_000_000;
        let show = |value: i64| {
            if large(value) {
                format!("{}\u{A0}€", measure.tick(value / 100 * 100, lang))
            } else {
                measure.show(value, lang)
            }
        };
        let shown = value.map_or_else(|| "–".to_owned(), show);
        parts::figure_tile(label, &shown, Some(&compared(then, measure)), None)
    };
    let days = |durations: &Durations, percent| durations.percentile(percent).map(|days| days * 10);
    html! {
        div.tiles {
            (tile(lang.tr("Eingegangen", "Received"), Measure::Count, Some(now.received.n), Some(before.received.n)))
            (tile(lang.tr("Summe", "Sum"), Measure::Euro, Some(now.received.cents), Some(before.received.cents)))
            (tile(lang.tr("Eingang bis Zahlung, Median", "Receipt to payment, median"), Measure::Days, days(&now.to_paid, 50), days(&before.to_paid, 50)))
            (tile(lang.tr("Fristgerecht bezahlt", "Paid in time"), Measure::Share, share(now.on_time, now.late), share(before.on_time, before.late)))
            (tile(lang.tr("Skonto genutzt", "Discount taken"), Measure::Euro, Some(now.won.cents), Some(before.won.cents)))
            (tile(lang.tr("Skonto verloren", "Discount lost"), Measure::Euro, Some(now.lost.cents), Some(before.lost.cents)))
            (tile(lang.tr("Anteil Skonto genutzt", "Share of discount taken"), Measure::Share, share(now.won.cents, now.lost.cents), share(before.won.cents, before.lost.cents)))
            (tile(lang.tr("Gekürzt", "Reduced"), Measure::Euro, Some(now.reduced.cents), Some(before.reduced.cents)))
            (tile(lang.tr("Regelkonform", "Meets the rules"), Measure::Share, share(now.accepted, now.rejected), share(before.accepted, before.rejected)))
        }
    }
}

/// `Nov 26`
fn short_month(month: &str, lang: Lang) -> String {
    const DE: [&str; 12] = ["Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"];
    const EN: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, number) = month.split_once('-').unwrap_or((month, ""));
    let name = number.parse::<usize>().ok().and_then(|number| lang.tr(DE, EN).get(number.wrapping_sub(1)).copied());
    format!("{} {}", name.unwrap_or(number), year.get(2..).unwrap_or(year))
}

fn charts(caller: &Caller, asked: &Asked, found: &Found) -> Vec<Chart<'static>> {
    let lang = caller.lang;
    let months = asked.selection.months();
    let earlier = asked.selection.before().months();
    let names: Vec<String> = months.iter().map(|month| short_month(month, lang)).collect();
    let month_word = lang.tr("Monat", "Month").to_owned();
    let nothing = read::Month::default();
    let of = |figures: &Figures, months: &[String], value: &dyn Fn(&read::Month) -> Option<i64>| {
        months.iter().map(|month| value(figures.months.get(month).unwrap_or(&nothing))).collect::<Vec<_>>()
    };
    let now = |value: &dyn Fn(&read::Month) -> Option<i64>| of(&found.now, &months, value);
    let before = |value: &dyn Fn(&read::Month) -> Option<i64>| of(&found.before, &earlier, value);
    let monthly = |id, title: &str, summary: String, measure, kind, series| Chart {
        id,
        title: title.to_owned(),
        summary,
        category: month_word.clone(),
        categories: names.clone(),
        series,
        measure,
        kind,
    };
    let (this, then) = (lang.tr("dieser Zeitraum", "this period"), lang.tr("Zeitraum davor", "period before"));
    let count = |month: &read::Month| Some(month.received.n);
    let sum = |month: &read::Month| Some(month.received.cents);
    let reduced = |month: &read::Month| Some(month.reduced.cents);
    let days = |durations: &Durations, percent| durations.percentile(percent).map(|days| days * 10);
    let mut charts = vec![
        monthly(
            "received",
            lang.tr("Eingegangene Rechnungen", "Received invoices"),
            lang.tr("Anzahl je Monat des Eingangs.", "Number by month of receipt.").to_owned(),
            Measure::Count,
            Kind::Bars,
            vec![Series::with_gaps(this, now(&count)), Series::with_gaps(then, before(&count))],
        ),
        monthly(
            "sum",
            lang.tr("Summe der Rechnungen", "Sum of the invoices"),
            lang.tr(
                "Geforderte Beträge und was davon gekürzt wurde, je Monat des Eingangs.",
                "Amounts demanded and what was taken off them, by month of receipt.",
            )
            .to_owned(),
            Measure::Euro,
            Kind::Bars,
            vec![
                Series::with_gaps(this, now(&sum)),
                Series::with_gaps(then, before(&sum)),
                Series::with_gaps(lang.tr("gekürzt", "taken off"), now(&reduced)),
            ],
        ),
        monthly(
            "duration",
            lang.tr("Durchlaufzeit", "Cycle time"),
            lang.tr(
                "Tage vom Eingang bis zur Anordnung und bis zur Zahlung: die Hälfte der Rechnungen (Median) und neun von zehn (90 %) brauchten höchstens so lange.",
                "Days from receipt to order and to payment: half of the invoices (median) and nine of ten (90%) took at most so long.",
            )
            .to_owned(),
            Measure::Days,
            Kind::Lines,
            vec![
                Series::with_gaps(lang.tr("bis Anordnung, Median", "to order, median"), now(&|m| days(&m.to_ordered, 50))),
                Series::with_gaps(lang.tr("bis Anordnung, 90 %", "to order, 90%"), now(&|m| days(&m.to_ordered, 90))),
                Series::with_gaps(lang.tr("bis Zahlung, Median", "to payment, median"), now(&|m| days(&m.to_paid, 50))),
                Series::with_gaps(lang.tr("bis Zahlung, 90 %", "to payment, 90%"), now(&|m| days(&m.to_paid, 90))),
            ],
        ),
        monthly(
            "punctual",
            lang.tr("Pünktlichkeit", "Punctuality"),
            lang.tr("Bezahlte Rechnungen mit Fälligkeit, je Monat der Zahlung.", "Paid invoices with a due date, by month of payment.").to_owned(),
            Measure::Count,
            Kind::Stacked,
            vec![
                Series::with_gaps(lang.tr("fristgerecht", "in time"), now(&|m| (m.on_time + m.late > 0).then_some(m.on_time))),
                Series::with_gaps(lang.tr("verspätet", "late"), now(&|m| (m.on_time + m.late > 0).then_some(m.late))),
            ],
        ),
        monthly(
            "discount",
            lang.tr("Skonto", "Cash discount"),
            lang.tr("Was durch Zahlung innerhalb der Skontofrist gespart wurde und was nicht, je Monat der Zahlung.", "What was saved by paying in time for the discount and what was not, by month of payment.").to_owned(),
            Measure::Euro,
            Kind::Stacked,
            vec![
                Series::with_gaps(lang.tr("genutzt", "taken"), now(&|m| (m.won.n + m.lost.n > 0).then_some(m.won.cents))),
                Series::with_gaps(lang.tr("verloren", "lost"), now(&|m| (m.won.n + m.lost.n > 0).then_some(m.lost.cents))),
            ],
        ),
        open_chart(found, lang),
    ];
    let rows = |id, title: &str, summary: &str, category: &str, list: Vec<(String, i64)>| Chart {
        id,
        title: title.to_owned(),
        summary: summary.to_owned(),
        category: category.to_owned(),
        categories: list.iter().map(|(name, _)| name.clone()).collect(),
        series: vec![Series::new(lang.tr("Anzahl", "Number"), list.into_iter().map(|(_, n)| n))],
        measure: Measure::Count,
        kind: Kind::Rows,
    };
    let mut channels: Vec<(String, i64)> =
        found.now.all.channels.iter().map(|(channel, sum)| (channel_name(channel, lang), sum.n)).collect();
    channels.sort_by_key(|(_, n)| -n);
    charts.push(rows(
        "channels",
        lang.tr("Kanäle", "Channels"),
        lang.tr("Auf welchem Weg Rechnungen eingehen.", "By which way invoices come in."),
        lang.tr("Kanal", "Channel"),
        channels,
    ));
    let unit = |id: &str| {
        let known = caller.principal.tree.unit(&id.into()).map(|unit| unit.name.clone());
        known.unwrap_or_else(|| lang.tr("nicht zugeordnet", "not assigned").to_owned())
    };
    let units = found.units.iter().take(20).map(|(id, sum)| (unit(id), sum.n)).collect();
    charts.push(rows(
        "units",
        lang.tr("Organisationseinheiten", "Units"),
        lang.tr("Eingegangene Rechnungen, die häufigsten zuerst.", "Received invoices, the most frequent first."),
        lang.tr("Organisationseinheit", "Unit"),
        units,
    ));
    let rules = found.rules.iter().map(|(rule, sum)| (rule_name(rule, lang), sum.n)).collect();
    charts.push(rows(
        "rules",
        lang.tr("Fehlerursachen", "Causes of errors"),
        lang.tr("Verletzte Regeln nach Zahl der Rechnungen.", "Violated rules by number of invoices."),
        lang.tr("Regel", "Rule"),
        rules,
    ));
    let sellers = found.sellers.iter().map(|(bucket, sum)| {
        let (rule, seller) = bucket.split_once('|').unwrap_or((bucket, ""));
        (format!("{seller}: {rule}"), sum.n)
    });
    charts.push(rows(
        "sellers",
        lang.tr("Fehler nach Rechnungssteller", "Errors by seller"),
        lang.tr(
            "Wer welche Regel wie oft verletzt: ein Anruf dort hilft am meisten.",
            "Who violates which rule how often: a call there helps most.",
        ),
        lang.tr("Rechnungssteller und Regel", "Seller and rule"),
        sellers.collect(),
    ));
    charts
}

fn open_chart(found: &Found, lang: Lang) -> Chart<'static> {
    let states: Vec<State> = State::ALL.iter().copied().filter(|state| found.open.contains_key(state.text())).collect();
    let class = |at: usize| states.iter().map(move |state| found.open.get(state.text()).map_or(0, |ages| ages[at].n));
    Chart {
        id: "open",
        title: lang.tr("Offene Rechnungen heute", "Open invoices today").to_owned(),
        summary: lang.tr("Nach Stand und Alter seit Eingang.", "By state and age since receipt.").to_owned(),
        category: lang.tr("Stand", "State").to_owned(),
        categories: states.iter().map(|state| state.name(lang).to_owned()).collect(),
        series: vec![
            Series::new(lang.tr("bis 7 Tage", "up to 7 days"), class(0)),
            Series::new(lang.tr("8 bis 30 Tage", "8 to 30 days"), class(1)),
            Series::new(lang.tr("über 30 Tage", "over 30 days"), class(2)),
        ],
        measure: Measure::Count,
        kind: Kind::Stacked,
    }
}

fn channel_name(text: &str, lang: Lang) -> String {
    Channel::find(text).map_or_else(|| text.to_owned(), |channel| channel.name(lang).to_owned())
}

/// The rule with what it says.
fn rule_name(id: &str, lang: Lang) -> String {
    let rule = Layer::ALL.into_iter().flat_map(Layer::rules).find(|rule| rule.id == id);
    rule.map_or_else(|| id.to_owned(), |rule| format!("{id}: {}", rule.message().get(lang)))
}

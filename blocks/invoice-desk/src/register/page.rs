//! The page of the register: `/rechnungen`.
//!
//! Its address is its state: filter, order, place and columns can be kept, sent and gone back to.
//! Everything works by links and one form that only asks; a script makes the list follow while
//! somebody types.
//!
//! Invariant: the page shows what [`list`](super::list) gives, and nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::RawQuery;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use vir_core::Lang;
use vir_web::parts::{self, Choice, FieldError, Tab, Tone};
use vir_web::{App, AppError, Caller, Page as Frame, format, page};

use super::columns::{Column, Names};
use super::export::{Form, Order, export};
use super::filter::{Cents, Days, PersonChoice, Query, UnitChoice, pairs};
use super::list::{Asking, Line, Page, Total, list, state_counts};
use super::plan::{COUNTED, Way};
use super::sort::Sort;
use crate::invoice_row::{Channel, Direction, Kind, State, Verdict};
use crate::permissions::SEE;
use crate::workflow::deadline::{Dates, Light, Term, deadlines, pressing};
use crate::workflow::settings::Settings;

/// The pages of the register.
pub fn routes() -> Router<App> {
    Router::new().route("/rechnungen", get(show)).route("/rechnungen/export", get(download))
}

/// What the page is made from.
struct View {
    lang: Lang,
    query: Query,
    columns: Vec<Column>,
    asking: Asking,
    names: Names,
    errors: Vec<FieldError>,
}

async fn view(caller: &Caller, raw: Option<&str>) -> Result<View, AppError> {
    caller.require_anywhere(SEE)?;
    let pairs = pairs(raw.unwrap_or_default());
    let (query, errors) = match Query::of(&pairs) {
        Ok(query) => (query, Vec::new()),
        Err(errors) => (Query::default(), errors),
    };
    let chosen = pairs.iter().find(|(name, _)| name == "columns").map_or("", |(_, value)| value.as_str());
    let settings = settings(caller).await?;
    Ok(View {
        lang: caller.lang,
        query,
        columns: Column::read(chosen),
        asking: Asking::new(&caller.principal, caller.app.now(), settings),
        names: Names { tree: Arc::clone(&caller.principal.tree), people: people(caller), lang: caller.lang },
        errors,
    })
}

async fn settings(caller: &Caller) -> Result<Settings, AppError> {
    let read = caller.app.store.read(&caller.principal.tenant, |tx| Box::pin(async move { Settings::load(tx).await }));
    read.await.map_err(AppError::internal)
}

/// Names of people. The caller is always known.
fn people(caller: &Caller) -> Arc<BTreeMap<String, String>> {
    Arc::new(BTreeMap::from([(caller.principal.person.as_str().to_owned(), caller.principal.name.clone())]))
}

async fn show(caller: Caller, RawQuery(raw): RawQuery) -> Result<Response, AppError> {
    let view = view(&caller, raw.as_deref()).await?;
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
        (view.tabs(&counts))
        @if !view.errors.is_empty() { (parts::error_summary(lang, &view.errors)) }
        (view.filters())
        div id="results" { (view.results(&found)) }
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
        query: view.query.first(),
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
        if self.columns != Column::USUAL {
            parts.push(format!("columns={}", Column::write(&self.columns)));
        }
        parts.extend(further.iter().map(|(name, value)| format!("{name}={value}")));
        if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
    }

    fn actions(&self) -> Markup {
        let lang = self.lang;
        let query = self.query.first().write();
        html! {
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

    fn filters(&self) -> Markup {
        let lang = self.lang;
        let filter = &self.query.filter;
        let flag = |value: Option<bool>| value.map_or("", |value| if value { "yes" } else { "no" });
        let yes_no = [Choice::new("yes", lang.tr("ja", "yes")), Choice::new("no", lang.tr("nein", "no"))];
        let any = lang.tr("alle", "any");
        let units = self.unit_choices();
        let unit = match filter.units.as_slice() {
            [UnitChoice::Unassigned] => "none",
            [UnitChoice::Unit(id)] => id.as_str(),
            _ => "",
        };
        let group = match &filter.person {
            Some(PersonChoice::Group(id)) => format!("group:{id}"),
            _ => String::new(),
        };
        let person = match &filter.person {
            Some(PersonChoice::Me) => "me",
            Some(PersonChoice::Nobody) => "none",
            Some(PersonChoice::Person(id)) => id.as_str(),
            Some(PersonChoice::Group(_)) => group.as_str(),
            None => "",
        };
        let mut people =
            vec![Choice::new("me", lang.tr("mir", "me")), Choice::new("none", lang.tr("niemandem", "nobody"))];
        if let Some(PersonChoice::Person(id)) = &filter.person {
            people.push(Choice::new(id, self.names.person(Some(id)).unwrap_or_default()));
        }
        if !group.is_empty() {
            people.push(Choice::new(&group, lang.tr("einer Gruppe", "a group")));
        }
        let lights: Vec<Choice> = [Light::Red, Light::Yellow, Light::Green]
            .into_iter()
            .map(|light| Choice::new(light.code(), light.name().get(lang)))
            .collect();
        let channels: Vec<Choice> =
            Channel::ALL.iter().map(|channel| Choice::new(channel.text(), channel.name(lang))).collect();
        let verdicts: Vec<Choice> =
            Verdict::ALL.iter().map(|verdict| Choice::new(verdict.text(), verdict.name(lang))).collect();
        let directions: Vec<Choice> =
            Direction::ALL.iter().map(|direction| Choice::new(direction.text(), direction.name(lang))).collect();
        let date = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let range =
            |name: &'static str, de: (&'static str, &'static str), en: (&'static str, &'static str), days: Days| {
                let (from, to) = (date(days.from), date(days.to));
                html! {
                    (parts::date_field(lang, &format!("{name}_from"), lang.tr(de.0, en.0)).value(&from))
                    (parts::date_field(lang, &format!("{name}_to"), lang.tr(de.1, en.1)).value(&to))
                }
            };
        let cents = |cents: Option<i64>| cents.map(|cents| format::cents(cents, lang)).unwrap_or_default();
        let (least, most) = (cents(filter.amount.from), cents(filter.amount.to));
        let rarer = self.rarer();
        let fields = html! {
            (parts::search_field(lang, "q", lang.tr("Suchen", "Search")).value(filter.text.as_deref().unwrap_or_default())
                .placeholder(lang.tr("Rechnungssteller, Nummer, Bestellung, IBAN …", "Seller, number, order, IBAN …")))
            (parts::select(lang, "light", lang.tr("Frist", "Deadline"), &lights).value(filter.light.map_or("", Light::code)).empty(any))
            @if units.len() > 1 { (parts::select(lang, "unit", lang.tr("Organisationseinheit", "Unit"), &units).value(unit).empty(any)) }
            (parts::select(lang, "person", lang.tr("Zugewiesen", "Assigned to"), &people).value(person).empty(any))
            (parts::button(lang.tr("Anwenden", "Apply")))
            details.register-more open[rarer] {
                summary { (lang.tr("Weitere Filter", "More filters")) }
                div.form__row {
                    (parts::field(lang, "seller", lang.tr("Rechnungssteller beginnt mit", "Seller begins with")).value(filter.seller.as_deref().unwrap_or_default()))
                    (parts::field(lang, "voucher", lang.tr("Belegnummer beginnt mit", "Voucher number begins with")).value(filter.voucher.as_deref().unwrap_or_default()))
                    (parts::amount_field(lang, "amount_from", lang.tr("Betrag von", "Amount from")).value(&least))
                    (parts::amount_field(lang, "amount_to", lang.tr("Betrag bis", "Amount to")).value(&most))
                    (range("received", ("Eingang von", "Eingang bis"), ("Received from", "Received until"), filter.received))
                    (range("issued", ("Rechnungsdatum von", "Rechnungsdatum bis"), ("Issued from", "Issued until"), filter.issued))
                    (range("due", ("Fällig von", "Fällig bis"), ("Due from", "Due until"), filter.due))
                    (range("discount", ("Skonto von", "Skonto bis"), ("Discount from", "Discount until"), filter.discount))
                    (parts::select(lang, "channel", lang.tr("Kanal", "Channel"), &channels).value(filter.channels.first().map_or("", |channel| channel.text())).empty(any))
                    (parts::select(lang, "verdict", lang.tr("Prüfung", "Check"), &verdicts).value(filter.verdict.map_or("", Verdict::text)).empty(any))
                    (parts::select(lang, "findings", lang.tr("Mit Befunden", "With findings"), &yes_no).value(flag(filter.findings)).empty(any))
                    (parts::select(lang, "hold", lang.tr("Angehalten", "On hold"), &yes_no).value(flag(filter.hold)).empty(any))
                    (parts::select(lang, "duplicate", lang.tr("Dublettenverdacht", "Possible duplicate"), &yes_no).value(flag(filter.duplicate)).empty(any))
                    (parts::select(lang, "direction", lang.tr("Richtung", "Direction"), &directions).value(filter.direction.text()))
                }
            }
            @if !filter.states.is_empty() {
                input type="hidden" name="state" value=(filter.states.iter().map(|state| state.text()).collect::<Vec<_>>().join(","));
            }
            @if self.query.sort != Sort::default() { input type="hidden" name="sort" value=(self.query.sort.text()); }
            @if self.columns != Column::USUAL { input type="hidden" name="columns" value=(Column::write(&self.columns)); }
        };
        parts::filter_bar(lang.tr("Rechnungen filtern", "Filter invoices"), "/rechnungen", "results", &fields)
    }

    /// Is one of the filters set that are folded away?
    fn rarer(&self) -> bool {
        let filter = &self.query.filter;
        filter.seller.is_some()
            || filter.voucher.is_some()
            || filter.amount != Cents::default()
            || [filter.received, filter.issued, filter.due, filter.discount].iter().any(|days| !days.is_open())
            || !filter.channels.is_empty()
            || filter.verdict.is_some()
            || filter.findings.is_some()
            || filter.hold.is_some()
            || filter.duplicate.is_some()
            || filter.direction != Direction::Incoming
            || !self.errors.is_empty()
    }

    fn unit_choices(&self) -> Vec<Choice> {
        let lang = self.lang;
        let scope = &self.asking.scope;
        let mut choices = Vec::new();
        if scope.contains(None) {
            choices.push(Choice::new("none", lang.tr("nicht zugeordnet", "not assigned")));
        }
        for (depth, unit) in self.names.tree.in_order() {
            if scope.contains(Some(&unit.id)) {
                let indent = "\u{A0}\u{A0}".repeat(depth);
                choices.push(Choice::new(unit.id.as_str(), format!("{indent}{}", unit.name)));
            }
        }
        choices
    }

    fn results(&self, found: &Page) -> Markup {
        let lang = self.lang;
        if found.lines.is_empty() && !found.partial {
            return self.nothing();
        }
        html! {
            @if found.partial {
                (parts::notice(Tone::Info, lang.tr("Die Suche ist noch nicht am Ende", "The search has not come to its end"), &html! {
                    p { (lang.tr("Auf diese Auswahl passt nur wenig. Es wurde ein Teil der Rechnungen durchgesehen; mit „Nächste“ geht es weiter. Ein zusätzlicher Filter, zum Beispiel ein Zeitraum, führt schneller ans Ziel.",
                        "Little matches this selection. A part of the invoices was looked through; \"Next\" goes on. A further filter, for example a period, gets there sooner.")) }
                }))
            }
            @if found.way == Way::Words && self.query.sort != Sort::default() {
                (parts::notice(Tone::Info, lang.tr("Nach Eingang sortiert", "Sorted by receipt"), &html! {
                    p { (lang.tr("Diese Wörter stehen in sehr vielen Rechnungen; gezeigt werden die neuesten zuerst. Mit weiteren Wörtern oder Filtern lässt sich das Ergebnis beliebig sortieren.",
                        "These words are in very many invoices; the newest are shown first. With further words or filters the result can be sorted in any way.")) }
                }))
            }
            (self.table(found))
            (parts::pager(lang, &parts::Pager {
                first: self.query.cursor.is_some().then(|| self.href(&self.query.first())),
                previous: found.previous.clone().map(|cursor| self.href(&self.query.at(cursor))),
                next: found.next.clone().map(|cursor| self.href(&self.query.at(cursor))),
                shown: self.total(found),
            }))
        }
    }

    fn total(&self, found: &Page) -> String {
        let lang = self.lang;
        let number = |value: i64| format::count(u64::try_from(value).unwrap_or(0), lang);
        match found.total {
            Total::Exactly(1) => lang.tr("1 Rechnung", "1 invoice").to_owned(),
            Total::Exactly(total) => {
                lang.tr(format!("{} Rechnungen", number(total)), format!("{} invoices", number(total)))
            }
            Total::MoreThan(COUNTED) => lang.tr("mehr als 1.000 Rechnungen", "more than 1,000 invoices").to_owned(),
            Total::MoreThan(least) => lang
                .tr(format!("mindestens {} Rechnungen", number(least)), format!("at least {} invoices", number(least))),
        }
    }

    fn nothing(&self) -> Markup {
        let lang = self.lang;
        let plain = Query::default();
        if self.query.filter == plain.filter && self.query.cursor.is_none() {
            return parts::empty_state(
                lang.tr("Noch keine Rechnungen", "No invoices yet"),
                lang.tr(
                    "Sobald eine Rechnung eingeht, per E-Mail, Hochladen oder Schnittstelle, steht sie hier.",
                    "As soon as an invoice comes in, by mail, upload or API, it stands here.",
                ),
                &html! { (parts::link_button("/hochladen", lang.tr("Rechnung hochladen", "Upload an invoice")).primary()) },
            );
        }
        parts::empty_state(
            lang.tr("Keine Rechnung passt dazu", "No invoice matches"),
            lang.tr(
                "Prüfen Sie die Schreibweise, oder nehmen Sie Filter heraus.",
                "Check the spelling, or take filters out.",
            ),
            &html! { (parts::link_button("/rechnungen", lang.tr("Alle Filter aufheben", "Clear all filters"))) },
        )
    }

    fn table(&self, found: &Page) -> Markup {
        let lang = self.lang;
        let columns = self.columns.iter().map(|column| {
            let title = column.title().get(lang);
            let heading =
                if *column == Column::Amount { parts::Column::number(title) } else { parts::Column::text(title) };
            let heading = match column {
                Column::Unit | Column::Person | Column::Channel => heading.class("clip"),
                Column::Received | Column::Number => heading.class("nowrap"),
                _ => heading,
            };
            match column.sort() {
                Some(by) => {
                    let here = self.query.sort.by == by;
                    let descending = if here { !self.query.sort.descending } else { Sort::usual(by).descending };
                    let mut query = self.query.first();
                    query.sort = Sort { by, descending };
                    let order = here.then_some(if self.query.sort.descending {
                        parts::Order::Descending
                    } else {
                        parts::Order::Ascending
                    });
                    heading.sort(self.href(&query), order)
                }
                None => heading,
            }
        });
        let rows = found.lines.iter().map(|line| {
            let row = parts::Row::new(self.columns.iter().map(|column| self.cell(*column, line)));
            if line.on_hold { row.class("row--faint") } else { row }
        });
        html! { (parts::table(lang, "invoices", lang.tr("Rechnungen", "Invoices")).hide_caption().columns(columns).rows(rows)) }
    }

    fn cell(&self, column: Column, line: &Line) -> Markup {
        let lang = self.lang;
        let text = |text: Option<&str>| html! { (text.unwrap_or_default()) };
        let day = |day: Option<jiff::civil::Date>| html! { @if let Some(day) = day { (format::date(day, lang)) } };
        match column {
            Column::Seller => html! {
                a href={ "/rechnungen/" (line.id) } {
                    (line.seller_name.as_deref().or(line.number.as_deref()).unwrap_or(&line.file_name))
                }
                @if let Some(number) = line.number.as_deref().filter(|_| line.seller_name.is_some() && !self.columns.contains(&Column::Number)) {
                    " " span.faint.small.nowrap { (number) }
                }
                @if line.kind != Kind::Invoice { " " (parts::badge(Tone::Info, line.kind.name(lang))) }
                @if line.may_be_duplicate { " " (parts::badge(Tone::Careful, lang.tr("Dublette?", "Duplicate?"))) }
            },
            Column::Number => text(line.number.as_deref()),
            Column::Amount => html! {
                @if let Some(cents) = line.payable_cents { (format::amount(cents, line.currency.as_deref().unwrap_or("EUR"), lang)) }
            },
            Column::Deadline => self.deadline(line),
            Column::Due => day(line.due_date),
            Column::Discount => html! {
                (day(line.skonto_date))
                @if let Some(cents) = line.skonto_cents { " " span.faint { (format::amount(cents, line.currency.as_deref().unwrap_or("EUR"), lang)) } }
            },
            Column::State => html! {
                (parts::badge(tone(line.state), line.state.name(lang)))
                @if line.on_hold { " " (parts::badge(Tone::Careful, lang.tr("angehalten", "on hold"))) }
            },
            Column::Unit => html! {
                @if line.unit_id.is_none() { (parts::badge(Tone::Careful, &self.names.unit(None))) }
                @else { (self.names.unit(line.unit_id.as_deref())) }
            },
            Column::Person => html! { (self.names.person(line.assigned_person.as_deref()).unwrap_or_default()) },
            Column::Received => html! { (format::date(crate::day_of(line.received_at), lang)) },
            Column::Channel => text(Some(line.channel.name(lang))),
            Column::Verdict => html! {
                @match line.verdict {
                    Some(Verdict::Accept) if line.finding_count == 0 => (parts::badge(Tone::Good, lang.tr("in Ordnung", "fine"))),
                    Some(Verdict::Accept) => (parts::badge(Tone::Neutral, lang.tr("mit Hinweisen", "with remarks"))),
                    Some(Verdict::Reject) => (parts::badge(Tone::Bad, lang.tr("nicht regelkonform", "violates rules"))),
                    Some(Verdict::Undefined) => (parts::badge(Tone::Careful, lang.tr("offen", "undecided"))),
                    None => {}
                }
            },
            Column::Voucher => text(line.voucher_number.as_deref()),
            Column::Issued => day(line.issue_date),
            Column::Order => text(line.order_reference.as_deref()),
            Column::Iban => html! { span.mono { (line.iban.as_deref().unwrap_or_default()) } },
            Column::Kind => text(Some(line.kind.name(lang))),
        }
    }

    /// The deadline that matters now, in words and with a sign.
    fn deadline(&self, line: &Line) -> Markup {
        let lang = self.lang;
        if line.direction == Direction::Outgoing || !super::lights::PRESSING.contains(&line.state) {
            return html! {};
        }
        let settings = &self.asking.settings;
        let dates = Dates { received: crate::day_of(line.received_at), due: line.due_date, discount: line.skonto_date };
        let all = deadlines(&dates, self.asking.today, settings.region, settings.yellow);
        let Some(now) = pressing(&all, self.asking.today) else { return html! {} };
        let light = match now.light {
            Light::Green => parts::Light::Green,
            Light::Yellow => parts::Light::Yellow,
            Light::Red => parts::Light::Red,
        };
        let date = format::date(now.date, lang);
        let words = match (now.term, now.pay_by < self.asking.today) {
            (Term::Discount, _) => lang.tr(format!("Skonto bis {date}"), format!("Discount until {date}")),
            (_, true) => lang.tr(format!("überfällig seit {date}"), format!("overdue since {date}")),
            (_, false) => lang.tr(format!("fällig {date}"), format!("due {date}")),
        };
        parts::traffic_light(light, &words)
    }
}

/// The tone of a state: what waits for somebody stands out from what is done.
fn tone(state: State) -> Tone {
    match state {
        State::Received | State::Coded | State::Certified => Tone::Info,
        State::Ordered | State::HandedOver => Tone::Neutral,
        State::Paid | State::Closed => Tone::Good,
        State::Rejected => Tone::Bad,
        State::Quarantined => Tone::Careful,
    }
}

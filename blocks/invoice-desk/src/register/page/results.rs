//! The list itself: table, lights, what can be done with many, and where it goes on.
//!
//! Invariant: a light never speaks by colour alone.

use maud::{Markup, html};
use vir_web::parts::{self, Tone};
use vir_web::{Caller, format};

use super::View;
use crate::bulk;
use crate::invoice_row::{Direction, Kind, State, Verdict};
use crate::register::columns::Column;
use crate::register::filter::Query;
use crate::register::lights;
use crate::register::list::{Line, Page, Total};
use crate::register::plan::{COUNTED, Way};
use crate::register::sort::Sort;
use crate::workflow::deadline::{Dates, Deadline, Light, Term, deadlines, pressing};

impl View {
    /// What the filter finds, or the sentence that it finds nothing.
    pub(super) fn results(&self, caller: &Caller, found: &Page) -> Markup {
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
            // Rows are ticked for what is done with many at once.
            form method="post" action="/rechnungen/auswahl" {
                @if !found.lines.is_empty() { (bulk::bar(caller, &caller.principal, &self.query, &found.lines, &self.total(found))) }
                (self.table(found))
            }
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
            &html! { (parts::link_button("/rechnungen?ansicht=alle", lang.tr("Alle Filter aufheben", "Clear all filters"))) },
        )
    }

    fn table(&self, found: &Page) -> Markup {
        let lang = self.lang;
        let tick = parts::Column::unseen(lang.tr("Auswahl", "Selection")).class("shrink");
        let columns = std::iter::once(tick).chain(self.columns.iter().map(|column| {
            let title = column.title().get(lang);
            let heading = if matches!(column, Column::Amount | Column::Payable) {
                parts::Column::number(title)
            } else {
                parts::Column::text(title)
            };
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
        }));
        let rows = found.lines.iter().map(|line| {
            let name = line.number.as_deref().or(line.seller_name.as_deref()).unwrap_or(&line.file_name);
            let (label, id) =
                (lang.tr(format!("{name} auswählen"), format!("Select {name}")), format!("tick-{}", line.id));
            let tick = html! { (parts::checkbox("id", &label).value(line.id.as_str()).id(&id).hide_label()) };
            let cells = std::iter::once(tick).chain(self.columns.iter().map(|column| self.cell(*column, line)));
            let row = parts::Row::new(cells);
            if line.on_hold { row.class("row--faint") } else { row }
        });
        html! { (parts::table(lang, "invoices", lang.tr("Rechnungen", "Invoices")).hide_caption().columns(columns).header_column(self.header()).rows(rows)) }
    }

    /// Which cell of a row names it: the seller, or else the first after the box.
    fn header(&self) -> usize {
        1 + self.columns.iter().position(|column| *column == Column::Seller).unwrap_or(0)
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
                @if line.reduced_cents.is_some() { " " (parts::badge(Tone::Info, lang.tr("gekürzt", "reduced"))) }
            },
            Column::Payable => html! {
                @if let Some(cents) = line.payable_cents {
                    (format::amount(cents - line.reduced_cents.unwrap_or(0), line.currency.as_deref().unwrap_or("EUR"), lang))
                }
            },
            Column::Deadline => self.deadline(line),
            Column::Due => self.day(line, Term::Due, line.due_date),
            Column::Discount => html! {
                (self.day(line, Term::Discount, line.skonto_date))
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
        let all = self.deadlines(line);
        let Some(now) = pressing(&all, self.asking.today) else { return html! {} };
        let date = format::date(now.date, lang);
        let words = match (now.term, now.pay_by < self.asking.today) {
            (Term::Discount, _) => lang.tr(format!("Skonto bis {date}"), format!("Discount until {date}")),
            (_, true) => lang.tr(format!("überfällig seit {date}"), format!("overdue since {date}")),
            (_, false) => lang.tr(format!("fällig {date}"), format!("due {date}")),
        };
        parts::traffic_light(shown(now.light), &words)
    }

    /// A date with the light of its deadline, where somebody still has to do something by then; without, where not.
    fn day(&self, line: &Line, term: Term, day: Option<jiff::civil::Date>) -> Markup {
        let Some(day) = day else { return html! {} };
        let date = format::date(day, self.lang);
        let all = self.deadlines(line);
        match all.iter().find(|deadline| deadline.term == term && deadline.date == day) {
            Some(deadline) if deadline.pay_by >= self.asking.today || term == Term::Due => {
                parts::traffic_light(shown(deadline.light), &date)
            }
            _ => html! { (date) },
        }
    }

    fn deadlines(&self, line: &Line) -> Vec<Deadline> {
        if line.direction == Direction::Outgoing || !lights::PRESSING.contains(&line.state) {
            return Vec::new();
        }
        let settings = &self.asking.settings;
        let dates = Dates { received: crate::day_of(line.received_at), due: line.due_date, discount: line.skonto_date };
        deadlines(&dates, self.asking.today, settings.region, settings.yellow)
    }
}

fn shown(light: Light) -> parts::Light {
    match light {
        Light::Green => parts::Light::Green,
        Light::Yellow => parts::Light::Yellow,
        Light::Red => parts::Light::Red,
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

//! The page that says what would happen: how many, how much, which do not go and why, what the law warns of.
//!
//! Invariant: it changes nothing, and its button says with how many something will be tried.

use maud::{Markup, html};
use vir_auth::{Directory, PersonKind};
use vir_core::Lang;
use vir_store::Tx;
use vir_web::parts::{self, Choice, Icon, Tone};
use vir_web::{Answer, Caller, FieldError, Page, format, page};

use super::action::{Action, Given};
use super::outlook::{LOOKED_AT, Outlook, weigh};
use super::page::{asking, list_address, sums_text};
use super::store::{self, Bulk, Item};
use crate::people::decider;
use crate::register::list::{Line, chosen};
use crate::workflow::assign::Assignee;

/// The page that says what would happen.
pub(super) async fn look_over(caller: &Caller, bulk: &Bulk, given: &Given, errors: &[FieldError]) -> Answer {
    let lang = caller.lang;
    let decider = decider(caller).await?;
    let directory = std::sync::Arc::clone(&decider.directory);
    let asking = asking(caller).await?;
    // What is typed decides nothing about who may: a unit that is not chosen yet is no obstacle here.
    let weighed = bulk.clone();
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let items = store::open(tx, &weighed.id, 0, LOOKED_AT).await?;
            let outlooks = weigh(tx, &decider, &weighed, &items).await?;
            let ids: Vec<String> = items.iter().map(|item| item.invoice.0.clone()).collect();
            let lines = chosen(tx, &ids, &asking).await?;
            let sums = store::sums(tx, &weighed.id).await?;
            Ok::<_, vir_store::Error>((items, outlooks, lines, sums))
        })
    });
    let (items, outlooks, lines, sums) = read.await?;
    let view = Prospect { lang, bulk, items: &items, outlooks: &outlooks, lines: &lines, sums: &sums };
    let units: Vec<Choice> = caller
        .principal
        .tree
        .in_order()
        .into_iter()
        .filter(|(_, unit)| unit.active)
        .map(|(depth, unit)| Choice::new(unit.id.as_str(), format!("{}{}", "\u{2003}".repeat(depth), unit.name)))
        .collect();
    let assignees = assignees(&directory, lang);
    let title = match &bulk.undoes {
        Some(_) => {
            lang.tr(format!("Rückgängig: {}", bulk.action.name(lang)), format!("Take back: {}", bulk.action.name(lang)))
        }
        None => bulk.action.name(lang).to_owned(),
    };
    let frame = Page::new(title).section("register").crumb(list_address(bulk), lang.tr("Rechnungen", "Invoices"));
    let frame = if errors.is_empty() { frame } else { frame.with_errors() };
    let body = html! {
        div.stack {
            (parts::error_summary(lang, errors))
            (view.tiles())
            @if bulk.action.changes() {
                (view.reasons())
                @if view.going() > 0 {
                    section.card {
                        h2.card__title { (lang.tr("Ausführen", "Carry out")) }
                        form.form method="post" action={ "/rechnungen/auswahl/" (bulk.id) } {
                            (parts::csrf_field(caller))
                            (view.fields(given, errors, &units, &assignees))
                            div.form__actions {
                                (parts::button(&view.go()).icon(Icon::Check))
                                (parts::link_button(&list_address(bulk), lang.tr("Abbrechen", "Cancel")))
                            }
                        }
                    }
                }
            } @else {
                section.card {
                    h2.card__title { (lang.tr("Herunterladen", "Download")) }
                    @match bulk.action {
                        Action::Originals => {
                            p { (lang.tr("Die Dateien sind so, wie sie eingegangen sind. Der Abruf wird im Protokoll vermerkt.", "The files are as they were received. The download is noted in the audit log.")) }
                            div.form__actions { (parts::link_button(&format!("/rechnungen/auswahl/{}/originale", bulk.id), lang.tr("ZIP-Datei herunterladen", "Download the ZIP file")).primary().icon(Icon::Download).download()) }
                        }
                        _ => {
                            div.form__actions {
                                @for (form, label) in [("xlsx", "Excel (XLSX)"), ("csv", lang.tr("CSV für Excel", "CSV for Excel")), ("csv-plain", lang.tr("CSV für andere Programme", "CSV for other programs"))] {
                                    (parts::link_button(&format!("/rechnungen/auswahl/{}/liste?form={form}", bulk.id), label).icon(Icon::Download).download())
                                }
                            }
                        }
                    }
                }
            }
            (view.table())
        }
    };
    Ok(page(caller, frame, body))
}

/// To whom invoices can be given.
fn assignees(directory: &Directory, lang: Lang) -> Vec<Choice> {
    let mut people: Vec<_> =
        directory.people.values().filter(|person| person.active && person.kind == PersonKind::Human).collect();
    people.sort_by(|one, other| one.name.cmp(&other.name));
    let mut groups: Vec<_> = directory.groups.values().collect();
    groups.sort_by(|one, other| one.name.cmp(&other.name));
    let mut choices = vec![Choice::new(Assignee::Nobody.text(), lang.tr("niemandem", "nobody"))];
    choices.extend(groups.into_iter().map(|group| {
        let label = lang.tr(format!("Gruppe {}", group.name), format!("Group {}", group.name));
        Choice::new(Assignee::Group(group.id.clone()).text(), label)
    }));
    choices
        .extend(people.into_iter().map(|person| Choice::new(Assignee::Person(person.id.clone()).text(), &person.name)));
    choices
}

/// Counts a text.
fn push<'t>(list: &mut Vec<(&'t str, u64)>, text: &'t str) {
    match list.iter_mut().find(|(known, _)| *known == text) {
        Some((_, count)) => *count += 1,
        None => list.push((text, 1)),
    }
}

/// How many rows the page shows; all count.
const ROWS: usize = 100;

struct Prospect<'a> {
    lang: Lang,
    bulk: &'a Bulk,
    items: &'a [Item],
    outlooks: &'a [Outlook],
    lines: &'a [Line],
    sums: &'a [(String, i64, i64)],
}

impl Prospect<'_> {
    fn going(&self) -> usize {
        // Those that were not weighed may go.
        let unseen = usize::try_from(self.bulk.total).unwrap_or(0).saturating_sub(self.items.len());
        self.outlooks.iter().filter(|outlook| matches!(outlook, Outlook::Goes(_))).count() + unseen
    }

    fn warned(&self) -> bool {
        self.outlooks.iter().any(|outlook| matches!(outlook, Outlook::Goes(warnings) if !warnings.is_empty()))
    }

    fn tiles(&self) -> Markup {
        let lang = self.lang;
        let total = u64::try_from(self.bulk.total).unwrap_or(0);
        let stopped = self.outlooks.iter().filter(|outlook| matches!(outlook, Outlook::Stops(_))).count();
        html! {
            div.tiles {
                (parts::figure_tile(lang.tr("Rechnungen", "Invoices"), &format::count(total, lang), None, None))
                (parts::figure_tile(lang.tr("Summe", "Sum"), &sums_text(self.sums, lang), None, None))
                @if self.bulk.action.changes() {
                    (parts::figure_tile(lang.tr("Möglich", "Possible"), &format::count(self.going() as u64, lang), None, None))
                    (parts::figure_tile(lang.tr("Nicht möglich", "Not possible"), &format::count(stopped as u64, lang), None, None))
                }
            }
            @if self.items.len() < usize::try_from(self.bulk.total).unwrap_or(0) && self.bulk.action.changes() {
                (parts::notice(Tone::Info, lang.tr("Nicht alle wurden vorab geprüft", "Not all were looked at beforehand"), &html! {
                    p { (lang.tr(
                        format!("Vorab geprüft sind die ersten {LOOKED_AT}. Die übrigen werden bei der Ausführung einzeln geprüft; der Bericht nennt, was nicht ging."),
                        format!("The first {LOOKED_AT} were looked at. The others are checked one by one as they are done; the report names what was not possible."),
                    )) }
                }))
            }
        }
    }

    /// Why some do not go and what is warned of, each once with how many.
    fn reasons(&self) -> Markup {
        let lang = self.lang;
        let mut stops: Vec<(&str, u64)> = Vec::new();
        let mut warnings: Vec<(&str, u64)> = Vec::new();
        for outlook in self.outlooks {
            match outlook {
                Outlook::Stops(text) => push(&mut stops, text.get(lang)),
                Outlook::Goes(texts) => texts.iter().for_each(|text| push(&mut warnings, text.get(lang))),
            }
        }
        let list = |entries: &[(&str, u64)]| {
            html! { ul { @for (text, count) in entries { li { strong { (format::count(*count, lang)) " × " } (text) } } } }
        };
        html! {
            @if !stops.is_empty() { (parts::notice(Tone::Bad, lang.tr("Bei diesen geschieht nichts", "Nothing happens to these"), &list(&stops))) }
            @if !warnings.is_empty() { (parts::notice(Tone::Careful, lang.tr("Das Recht warnt; eine Begründung ist nötig", "The law warns; a reason is required"), &list(&warnings))) }
        }
    }

    fn fields(&self, given: &Given, errors: &[FieldError], units: &[Choice], assignees: &[Choice]) -> Markup {
        let lang = self.lang;
        let action = self.bulk.action;
        let reason = parts::text_area(
            lang,
            "reason",
            lang.tr("Begründung oder Bemerkung (für alle)", "Reason or remark (for all)"),
        )
        .rows(2)
        .max_length(2000)
        .value(&given.reason)
        .errors(errors);
        let reason = if action.needs_reason() || self.warned() { reason.required() } else { reason };
        html! {
            @match action {
                Action::Comment => {
                    (parts::text_area(lang, "text", lang.tr("Kommentar (zu jeder Rechnung)", "Comment (to each invoice)")).rows(3).max_length(5000).required().value(&given.text).errors(errors))
                }
                Action::Assign => {
                    @if self.bulk.undoes.is_none() {
                        (parts::select(lang, "assignee", lang.tr("Person oder Gruppe", "Person or group"), assignees).value(&given.assignee).empty(lang.tr("Bitte wählen", "Please choose")).required().errors(errors)
                            .hint(lang.tr("Zugewiesen wird nur, wo diese Person oder Gruppe den nächsten Schritt tun darf.", "It is given only where this person or group may do the next step.")))
                    }
                    (parts::field(lang, "reason", lang.tr("Hinweis", "Note")).max_length(2000).value(&given.reason).errors(errors))
                }
                Action::Forward => {
                    @if self.bulk.undoes.is_none() {
                        (parts::select(lang, "unit", lang.tr("Stelle", "Unit"), units).value(&given.unit).empty(lang.tr("Bitte wählen", "Please choose")).required().errors(errors))
                    }
                    (reason)
                }
                _ => { (reason) }
            }
        }
    }

    /// What the button says: what, with how many.
    fn go(&self) -> String {
        let lang = self.lang;
        format!("{} ({})", self.bulk.action.name(lang), format::count(self.going() as u64, lang))
    }

    fn table(&self) -> Markup {
        let lang = self.lang;
        let mut rows: Vec<(&Item, Option<&Outlook>)> =
            self.items.iter().enumerate().map(|(index, item)| (item, self.outlooks.get(index))).collect();
        // What does not go, and what is warned of, first.
        rows.sort_by_key(|(item, outlook)| {
            let rank = match outlook {
                Some(Outlook::Stops(_)) => 0,
                Some(Outlook::Goes(warnings)) if !warnings.is_empty() => 1,
                _ => 2,
            };
            (rank, item.position)
        });
        let table_rows = rows.iter().take(ROWS).map(|(item, outlook)| {
            let line = self.lines.iter().find(|line| line.id == item.invoice);
            parts::Row::new([
                html! { a href={ "/rechnungen/" (item.invoice) } {
                    (line.map_or("–", |line| line.seller_name.as_deref().unwrap_or(&line.file_name)))
                } },
                html! { (line.and_then(|line| line.number.as_deref()).unwrap_or_default()) },
                html! { @if let Some(line) = line && let Some(cents) = line.payable_cents {
                    (format::amount(cents, line.currency.as_deref().unwrap_or("EUR"), lang))
                } },
                html! { @if let Some(line) = line { (line.state.name(lang)) @if line.on_hold { (lang.tr(", angehalten", ", on hold")) } } },
                self.mark(*outlook),
            ])
        });
        let number = rows.len().min(ROWS);
        let caption = if number < usize::try_from(self.bulk.total).unwrap_or(0) {
            lang.tr(
                format!("{number} von {} Rechnungen", self.bulk.total),
                format!("{number} of {} invoices", self.bulk.total),
            )
        } else {
            lang.tr("Die gewählten Rechnungen", "The chosen invoices").to_owned()
        };
        html! { (parts::table(lang, "chosen", caption)
        .columns([
            parts::Column::text(lang.tr("Rechnungssteller", "Seller")),
            parts::Column::text(lang.tr("Rechnungsnummer", "Invoice number")),
            parts::Column::number(lang.tr("Betrag", "Amount")),
            parts::Column::text(lang.tr("Stand", "State")),
            parts::Column::text(lang.tr("Was geschieht", "What happens")),
        ])
        .rows(table_rows)) }
    }

    fn mark(&self, outlook: Option<&Outlook>) -> Markup {
        let lang = self.lang;
        if !self.bulk.action.changes() {
            return parts::badge(Tone::Good, lang.tr("ist dabei", "is included"));
        }
        match outlook {
            Some(Outlook::Stops(text)) => {
                html! { (parts::badge(Tone::Bad, lang.tr("geht nicht", "not possible"))) " " span.small { (text.get(lang)) } }
            }
            Some(Outlook::Goes(warnings)) if !warnings.is_empty() => {
                parts::badge(Tone::Careful, lang.tr("mit Begründung", "with a reason"))
            }
            _ => parts::badge(Tone::Good, lang.tr("geht", "possible")),
        }
    }
}

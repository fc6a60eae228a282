//! The page of one invoice: the document on one side, what is to be done with it on the other.
//!
//! Invariant: what somebody may not do is a sentence that says why and who may, never a dead button.

use maud::{Markup, html};
use vir_auth::UnitId;
use vir_core::{Lang, Severity};
use vir_web::parts::{self, Column, Icon, Tab, Tone};
use vir_web::{Answer, Caller, FieldError, Page, format, page};

use super::history::Topic;
use super::load::{Loaded, Related};
use super::steps;
use crate::coding::form::Typed;
use crate::intake::understand::KeptFinding;
use crate::invoice_row::{Direction, State};
use crate::transcription;
use crate::workflow::Decider;
use crate::workflow::deadline::{self, Dates, Light};
use crate::workflow::retention;

/// What was given and is shown again.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub errors: Vec<FieldError>,
    pub coding: Option<Vec<Typed>>,
    pub reason: String,
    pub text: String,
    /// What of the history is shown.
    pub topic: Option<Topic>,
    /// The version that was seen, where the invoice has changed since.
    pub conflict: Option<i64>,
}

pub(crate) fn show(caller: &Caller, decider: &Decider, loaded: &Loaded, given: &Given) -> Answer {
    let (lang, row) = (caller.lang, &loaded.row);
    let body = html! {
        (parts::error_summary(lang, &given.errors))
        (conflict(lang, loaded, given))
        (banner(lang, loaded))
        div.split {
            div.split__sticky { (document(lang, loaded)) }
            div.stack {
                (steps::next(caller, decider, loaded, given))
                (summary(lang, decider, loaded))
                (super::assign::panel(caller, decider, loaded))
                (crate::reduction::card(caller, decider, loaded))
                (findings(lang, loaded))
                (related(caller, loaded))
                (history(lang, loaded, given.topic))
                (steps::talk(caller, loaded, given))
                (steps::further(caller, decider, loaded, given))
            }
        }
    };
    let kind = row.kind.name(lang);
    let mut frame =
        Page::new(row.caption(lang)).section("register").crumb("/rechnungen", lang.tr("Rechnungen", "Invoices"));
    if !given.errors.is_empty() {
        frame = frame.with_errors();
    }
    let lead = match row.payable_cents {
        Some(cents) if row.reduced_cents.is_some() => {
            let money = |cents: i64| format::amount(cents, currency(loaded), lang);
            let due = money(row.due_cents().unwrap_or(cents));
            lang.tr(
                format!("{kind}, {} gekürzt auf {due}", money(cents)),
                format!("{kind}, {} reduced to {due}", money(cents)),
            )
        }
        Some(cents) => format!("{kind}, {}", format::amount(cents, currency(loaded), lang)),
        None => kind.to_owned(),
    };
    Ok(page(caller, frame.lead(lead), body))
}

pub(crate) fn currency(loaded: &Loaded) -> &str {
    loaded.row.currency.as_deref().unwrap_or("EUR")
}

/// What others decided while somebody was typing, before they send it again.
fn conflict(lang: Lang, loaded: &Loaded, given: &Given) -> Markup {
    let Some(seen) = given.conflict else { return html! {} };
    let later = usize::try_from(loaded.row.version - seen).unwrap_or(0);
    let decisions: Vec<_> = loaded.history.iter().filter(|one| one.topic == Topic::Decision).collect();
    html! {
        (parts::notice(Tone::Careful, lang.tr("Inzwischen geändert", "Changed in the meantime"), &html! {
            p { (lang.tr(
                "Während Sie die Seite offen hatten, ist Folgendes geschehen. Ihre Eingaben stehen noch im Formular und sind nicht gespeichert: Prüfen Sie, ob sie noch passen, und senden Sie sie dann noch einmal.",
                "While you had the page open, this happened. What you typed still stands in the form and is not saved: check whether it still fits, and then send it again.")) }
            ul { @for one in decisions.iter().skip(decisions.len().saturating_sub(later)) {
                li {
                    (format::date_time(one.at, lang)) ", " strong { (one.who.get(lang)) } ": " (one.what.get(lang))
                    @if let Some(words) = &one.words { ": " (words) }
                }
            } }
        }))
    }
}

/// What must be known before anything else.
fn banner(lang: Lang, loaded: &Loaded) -> Markup {
    let row = &loaded.row;
    html! {
        @if loaded.subject.standing.on_hold {
            (parts::notice(Tone::Careful, lang.tr("Angehalten", "On hold"), &html! {
                @if let Some(reason) = &row.hold_reason { p.pre-line { (reason) } }
            }))
        }
        @if row.unit_id.is_none() && row.state.is_open() && row.direction == Direction::Incoming {
            (parts::notice(Tone::Careful, lang.tr("Nicht zugeordnet", "Not assigned"), &html! { p { (lang.tr(
                "Diese Rechnung gehört noch zu keiner Stelle. Geben Sie sie unten an die zuständige Stelle weiter.",
                "This invoice belongs to no unit yet. Forward it to the responsible unit below.")) } }))
        }
        @if transcription::may_be_typed(row) {
            (parts::notice(Tone::Careful, lang.tr("Nur Bild, keine Daten", "Picture only, no data"), &html! { p {
                (lang.tr("Die Angaben der Rechnung müssen abgeschrieben werden. ", "What the invoice says has to be typed in. "))
                a href={ "/rechnungen/" (row.id) "/erfassen" } { (lang.tr("Angaben erfassen", "Type it in")) }
            } }))
        }
        @if row.may_be_duplicate() {
            (parts::notice(if row.is_duplicate() { Tone::Bad } else { Tone::Careful },
                if row.is_duplicate() { lang.tr("Dublette", "Duplicate") } else { lang.tr("Vielleicht doppelt", "Possibly a duplicate") },
                &html! { p {
                    @if let Some(degree) = row.duplicate_degree { (degree.name(lang)) ". " }
                    @if let Some(other) = &row.duplicate_of {
                        a href={ "/rechnungen/" (other) } { (lang.tr("Zur anderen Rechnung", "To the other invoice")) }
                        " · "
                        a href={ "/rechnungen/" (row.id) "/dubletten" } { (lang.tr("Nebeneinander vergleichen", "Compare side by side")) }
                    }
                } }))
        }
        @if let Some(trouble) = row.trouble {
            (parts::notice(Tone::Bad, lang.tr("In Quarantäne", "In quarantine"), &html! { p { (trouble.name(lang)) } }))
        }
    }
}

fn document(lang: Lang, loaded: &Loaded) -> Markup {
    let row = &loaded.row;
    let base = format!("/rechnungen/{}", row.id);
    let is_pdf = row.file_name.to_lowercase().ends_with(".pdf");
    let title = lang.tr("Ansicht der Rechnung", "View of the invoice");
    html! {
        section.stack--tight aria-label=(lang.tr("Dokument", "Document")) {
            @if row.xml_blob.is_some() {
                iframe.document name=(VIEW) src={ (base) "/ansicht" } title=(title) loading="lazy" {}
            } @else if is_pdf {
                iframe.document src={ (base) "/pdf" } title=(title) loading="lazy" {}
            } @else {
                (parts::empty_state(
                    lang.tr("Keine Ansicht möglich", "No view possible"),
                    lang.tr("Dieses Dokument lässt sich nicht anzeigen. Laden Sie die Datei herunter.", "This document cannot be shown. Download the file."),
                    &html! {}))
            }
            div.toolbar {
                @if row.xml_blob.is_some() {
                    (parts::link_button(&format!("{base}/ansicht"), lang.tr("Ansicht allein", "View alone")).quiet().small())
                }
                @if is_pdf {
                    (parts::link_button(&format!("{base}/pdf"), lang.tr("PDF öffnen", "Open PDF")).quiet().small())
                }
                (parts::link_button(&format!("{base}/original"), lang.tr("Original", "Original")).quiet().small().icon(Icon::Download))
                @if row.xml_blob.is_some() {
                    (parts::link_button(&format!("{base}/xml"), "XML").quiet().small().icon(Icon::Download))
                }
            }
            @if !loaded.files.is_empty() {
                h2 { (lang.tr("Anlagen", "Attachments")) }
                ul.stack--tight {
                    @for file in &loaded.files {
                        li {
                            a href={ (base) "/anlagen/" (file.position) } { (file.name) }
                            span.small.faint { " " (format::bytes(file.size_bytes.unsigned_abs(), lang)) }
                            @if let Some(about) = &file.description { br; span.small { (about) } }
                        }
                    }
                }
            }
        }
    }
}

fn summary(lang: Lang, decider: &Decider, loaded: &Loaded) -> Markup {
    let row = &loaded.row;
    let unit = row.unit_id.as_deref().map(|unit| unit_name(decider, unit));
    let mut entries: Vec<(&str, Markup)> = vec![
        (
            lang.tr("Stand", "State"),
            html! { (state_badge(lang, row.state)) @if row.on_hold { " " (parts::badge(Tone::Careful, lang.tr("angehalten", "on hold"))) } },
        ),
        (lang.tr("Stelle", "Unit"), html! { (unit.as_deref().unwrap_or(lang.tr("nicht zugeordnet", "not assigned"))) }),
    ];
    let mut add = |label: &'static str, value: &Option<String>| {
        if let Some(value) = value {
            entries.push((label, html! { (value) }));
        }
    };
    add(lang.tr("Belegnummer", "Voucher number"), &row.voucher_number);
    add(lang.tr("Rechnungssteller", "Seller"), &row.seller_name);
    add(lang.tr("Rechnungsnummer", "Invoice number"), &row.number);
    add(lang.tr("Bestellnummer", "Order number"), &row.order_reference);
    add(lang.tr("Leitweg-ID", "Leitweg-ID"), &row.buyer_reference);
    add("IBAN", &row.iban);
    if let Some(date) = row.issue_date {
        entries.push((lang.tr("Rechnungsdatum", "Invoice date"), html! { (format::date(date, lang)) }));
    }
    entries.push((
        lang.tr("Eingegangen", "Received"),
        html! { (format::time_element(row.received_at, lang)) ", " (row.channel.name(lang)) },
    ));
    if let Some(date) = loaded.resolved_on {
        let kept = retention::retention(date);
        entries.push((lang.tr("Aufbewahren bis", "Keep until"), html! { (format::date(kept.ends, lang)) }));
    }
    html! { section.card {
        h2.card__title { (lang.tr("Überblick", "Overview")) }
        (parts::definition_list(&entries))
        (deadlines(lang, loaded))
    } }
}

pub(crate) fn unit_name(decider: &Decider, unit: &str) -> String {
    let known = decider.principal.tree.unit(&UnitId::from(unit));
    known.map_or_else(|| unit.to_owned(), |unit| unit.name.clone())
}

pub(crate) fn state_badge(lang: Lang, state: State) -> Markup {
    let tone = match state {
        State::Received | State::Coded => Tone::Neutral,
        State::Certified | State::Ordered | State::HandedOver => Tone::Info,
        State::Paid | State::Closed => Tone::Good,
        State::Rejected | State::Quarantined => Tone::Bad,
    };
    parts::badge(tone, state.name(lang))
}

fn deadlines(lang: Lang, loaded: &Loaded) -> Markup {
    let row = &loaded.row;
    if row.direction == Direction::Outgoing || !row.state.is_open() {
        return html! {};
    }
    let dates = Dates { received: crate::day_of(row.received_at), due: row.due_date, discount: row.skonto_date };
    let found = deadline::deadlines(&dates, loaded.today, loaded.settings.region, loaded.settings.yellow);
    html! {
        h3 { (lang.tr("Fristen", "Deadlines")) }
        ul.stack--tight {
            @for one in &found {
                li {
                    (light(one.light, one.term.name().get(lang)))
                    ": " (format::date(one.date, lang)) br;
                    span.small.faint {
                        (lang.tr("Zahlung übergeben bis ", "Hand payment over by ")) (format::date(one.pay_by, lang))
                        ", " (left(lang, one.days_left))
                        @if one.term == deadline::Term::Discount {
                            @if let Some(cents) = row.due_skonto_cents() {
                                " · " (lang.tr("spart ", "saves ")) (format::amount(cents, currency(loaded), lang))
                            }
                        }
                    }
                }
            }
        }
        @if let Some(note) = deadline::term_note(&dates, lang) { p.small { (note) } }
    }
}

pub(crate) fn light(light: Light, text: &str) -> Markup {
    let light = match light {
        Light::Green => parts::Light::Green,
        Light::Yellow => parts::Light::Yellow,
        Light::Red => parts::Light::Red,
    };
    parts::traffic_light(light, text)
}

pub(crate) fn left(lang: Lang, days: i32) -> String {
    match days {
        0 => lang.tr("heute", "today").to_owned(),
        1 => lang.tr("noch 1 Arbeitstag", "1 working day left").to_owned(),
        2.. => lang.tr(format!("noch {days} Arbeitstage"), format!("{days} working days left")),
        _ => lang.tr("vorbei", "passed").to_owned(),
    }
}

/// The name of the frame with the readable view: links of findings open their place in it.
const VIEW: &str = "view";

fn findings(lang: Lang, loaded: &Loaded) -> Markup {
    // The view is made by the rules of today; the n-th finding of a rule is the same as long as the rule is.
    let place_of = |wanted: &KeptFinding| {
        let same = loaded.findings.iter().filter(|finding| finding.rule == wanted.rule);
        let nth = same.take_while(|finding| !std::ptr::eq(*finding, wanted)).count();
        format!(
            "/rechnungen/{}/ansicht?finding={}&nth={nth}",
            loaded.row.id,
            vir_core::percent_encoded(&wanted.rule, "-_.")
        )
    };
    let found: Vec<_> = loaded.findings.iter().filter(|finding| finding.severity != Severity::Information).collect();
    html! { section.card {
        h2.card__title { (lang.tr("Prüfung", "Check")) }
        @if loaded.row.xml_blob.is_none() {
            p { (lang.tr("Ohne Rechnungsdaten wird nicht geprüft.", "Without invoice data nothing is checked.")) }
        } @else if found.is_empty() {
            p { (parts::badge(Tone::Good, lang.tr("Regelkonform", "Meets the rules"))) " " (lang.tr("Keine Fehler, keine Warnungen.", "No errors, no warnings.")) }
        } @else {
            div { @for finding in found.iter().take(20) {
                div class={ "finding finding--" (if finding.severity == Severity::Error { "error" } else { "warning" }) } {
                    p { strong { (if finding.severity == Severity::Error { lang.tr("Fehler", "Error") } else { lang.tr("Warnung", "Warning") }) ": " }
                        (lang.tr(&finding.message_de, &finding.message_en)) }
                    p { (lang.tr(&finding.repair_de, &finding.repair_en)) }
                    p.small.faint { (finding.rule) @for term in &finding.terms { ", " (term) }
                        @if finding.line > 0 { ", " (lang.tr("Zeile", "line")) " " (finding.line) }
                        " " a href=(place_of(finding)) target=(VIEW) { (lang.tr("zur Angabe", "go to field"))
                            span.visually-hidden { " (" (finding.rule) ")" } } }
                }
            } }
            @if found.len() > 20 { p { (lang.tr("Weitere Hinweise stehen in der Ansicht am jeweiligen Feld.", "More stand in the view, at their fields.")) } }
        }
    } }
}

fn related(caller: &Caller, loaded: &Loaded) -> Markup {
    let lang = caller.lang;
    let may = steps::may_code(caller, loaded);
    if loaded.related.is_empty() {
        return html! {};
    }
    let mut table =
        parts::table(lang, "related", lang.tr("Zusammenhängende Rechnungen", "Related invoices")).columns([
            Column::text(lang.tr("Rechnung", "Invoice")),
            Column::text(lang.tr("Zusammenhang", "Relation")),
            Column::text(lang.tr("Stand", "State")),
            Column::number(lang.tr("Betrag", "Amount")),
            Column::unseen(lang.tr("Ändern", "Change")),
        ]);
    for one in &loaded.related {
        let amount =
            one.payable_cents.map(|cents| format::amount(cents, one.currency.as_deref().unwrap_or("EUR"), lang));
        table = table.row([
            html! { a href={ "/rechnungen/" (one.id) } { (one.caption) } },
            html! { (relation(one, lang)) },
            html! { (one.state.map_or("", |state| state.name(lang))) },
            html! { (amount.unwrap_or_default()) },
            html! { @if let Some(kind) = one.link.filter(|_| may) { (super::link::remove_button(caller, loaded, one, kind)) } },
        ]);
    }
    html! { (table) }
}

fn relation(related: &Related, lang: Lang) -> &'static str {
    match related.why {
        "corrects" => lang.tr("wird durch diese berichtigt", "is corrected by this one"),
        "corrects_by" => lang.tr("berichtigt diese", "corrects this one"),
        "credits" => lang.tr("wird durch diese gutgeschrieben", "is credited by this one"),
        "credits_by" => lang.tr("schreibt diese gut", "credits this one"),
        "partial" => lang.tr("Teilrechnung", "partial invoice"),
        "duplicate" => lang.tr("gleicht dieser", "looks like this one"),
        "preceding" => lang.tr("vorausgegangene Rechnung (BT-25)", "preceding invoice (BT-25)"),
        "following" => lang.tr("bezieht sich auf diese (BT-25)", "refers to this one (BT-25)"),
        "order" => lang.tr("selbe Bestellung", "same order"),
        _ => lang.tr("verbunden", "linked"),
    }
}

/// Everything that happened, or what has to do with one topic.
fn history(lang: Lang, loaded: &Loaded, topic: Option<Topic>) -> Markup {
    let base = format!("/rechnungen/{}", loaded.row.id);
    let path = |topic: Option<Topic>| match topic {
        Some(topic) => format!("{base}?verlauf={}#history", topic.code()),
        None => format!("{base}#history"),
    };
    let mut tabs = vec![Tab::new(path(None), lang.tr("Alles", "Everything"), topic.is_none())];
    tabs.extend(
        Topic::ALL
            .into_iter()
            .filter(|one| topic == Some(*one) || loaded.history.iter().any(|happening| happening.topic == *one))
            .map(|one| Tab::new(path(Some(one)), one.name(lang), topic == Some(one))),
    );
    html! { section.card {
        h2.card__title id="history" { (lang.tr("Verlauf", "History")) }
        (parts::tabs(lang, lang.tr("Was der Verlauf zeigt", "What the history shows"), &tabs))
        ol.steps { @for one in loaded.history.iter().filter(|one| topic.is_none_or(|topic| topic == one.topic)) {
            li.done {
                time datetime=(one.at) { (format::date_time(one.at, lang)) }
                p.break-words {
                    strong { (one.who.get(lang)) }
                    @if let Some(other) = &one.on_behalf_of { " " (lang.tr("für", "for")) " " (other) }
                    ": "
                    @match &one.link {
                        Some(link) => { a href=(link) { (one.what.get(lang)) } }
                        None => { (one.what.get(lang)) }
                    }
                }
                @if let Some(words) = &one.words { p.comment.pre-line { (words) } }
                @if let Some(warnings) = &one.warnings { p.small.faint { (lang.tr("Trotz Hinweis: ", "Despite a warning: ")) (warnings) } }
            }
        } }
    } }
}

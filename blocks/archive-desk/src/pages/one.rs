//! `/akten/{record}`: one record: how it stands, what can be done next, its documents, its history.
//!
//! Invariant: a step that is offered is one to which no rule objects now; the others say what speaks against them.

use std::sync::Arc;

use axum::extract::Path;
use vir_archive::lifecycle::State;
use vir_archive::lifecycle::clocks::clocks;
use vir_archive::lifecycle::event::{Event, Logged};
use vir_auth::{Directory, UnitId};
use vir_core::Lang;
use vir_store::Tx;
use vir_web::parts::{self, Column, Icon, Tone};
use vir_web::{Answer, Caller, Markup, Page, format, html, page};

use super::words::{confidentiality_badge, day, end, state_badge};
use super::{SECTION, steps};
use crate::access;
use crate::records::{self, Item, Loaded, OwnedLaw};

pub(super) async fn show(caller: Caller, Path(id): Path<String>) -> Answer {
    let loaded = access::visible(&caller, &id).await?;
    render(&caller, &loaded, &steps::Given::default()).await
}

/// The page, with what was given and refused.
pub(super) async fn render(caller: &Caller, loaded: &Loaded, given: &steps::Given) -> Answer {
    let lang = caller.lang;
    let law =
        caller.app.store.read(&caller.principal.tenant, |tx: &mut Tx| Box::pin(async move { records::law(tx).await }));
    let law = law.await?;
    let directory = caller.app.auth.directory(&caller.principal.tenant).await?;
    let deleted = loaded.record.state == State::Deleted;
    let body = html! {
        (parts::error_summary(lang, &given.errors))
        (held(caller, loaded, &law))
        @if deleted { (tombstone(lang, loaded, &directory)) }
        div.stack {
            (summary(caller, loaded, &law))
            @if !deleted {
                (steps::panel(caller, loaded, &law, given))
                (documents(caller, loaded, given))
            }
            (evidence(caller, loaded))
            (history(lang, loaded, &directory))
        }
    };
    let title =
        if deleted { lang.tr("Gelöschte Akte", "Deleted record").to_owned() } else { loaded.record.title.clone() };
    let mut frame = Page::new(title).section(SECTION).crumb("/akten", lang.tr("Akten", "Records")).lead(format!(
        "{} · {}",
        loaded.reference,
        loaded.record.state.name().get(lang)
    ));
    if !deleted {
        let href = format!("/akten/{}/paket", loaded.record.id);
        let label = lang.tr("Herausgeben", "Hand out");
        frame = frame.actions(html! { (parts::link_button(&href, label).icon(Icon::Download)) });
    }
    if !given.errors.is_empty() {
        frame = frame.with_errors();
    }
    Ok(page(caller, frame, body))
}

fn held(caller: &Caller, loaded: &Loaded, law: &OwnedLaw) -> Markup {
    let (lang, today) = (caller.lang, records::day_of(caller.app.now()));
    let law = law.law();
    let holds: Vec<_> = law.holds_of(&loaded.record, today).collect();
    html! {
        @if !holds.is_empty() {
            (parts::notice(Tone::Careful, lang.tr("Aufbewahrungssperre", "Legal hold"), &html! {
                ul { @for hold in holds { li {
                    (hold.reason)
                    @if let Some(until) = hold.until { " (" (lang.tr("bis", "until")) " " (day(until, lang)) ")" }
                } }
                }
                p { (lang.tr("Solange sie gilt, wird die Akte weder angeboten noch gelöscht.", "While it holds, the record is neither offered nor deleted.")) }
            }))
        }
    }
}

fn tombstone(lang: Lang, loaded: &Loaded, directory: &Directory) -> Markup {
    let Some(stone) = &loaded.record.tombstone else { return html! {} };
    parts::notice(
        Tone::Info,
        lang.tr("Was bleibt", "What stays"),
        &html! {
            p { (lang.tr("Die Akte ist gelöscht. Der Löschnachweis hält fest, wer wann auf welcher Grundlage gelöscht hat; die Hashwerte bleiben, damit die Beweisnachweise anderer Akten gültig bleiben.",
                "The record is deleted. What stays says who deleted it, when and on what ground; its hash values stay so that the evidence of other records stays valid.")) }
            (parts::definition_list(&[
                (lang.tr("Bewertung", "Appraisal"), html! { (stone.ground.value.name().get(lang)) " (" (stone.ground.appraisal) ")" }),
                (lang.tr("Erste Zeichnung", "First signature"), html! { (day(stone.first.0, lang)) ", " (super::words::who(&stone.first.1, directory, lang)) }),
                (lang.tr("Zweite Zeichnung", "Second signature"), html! { (day(stone.second.0, lang)) ", " (super::words::who(&stone.second.1, directory, lang)) }),
                (lang.tr("Pakete", "Packages"), html! { ul.stack--tight { @for package in &stone.packages { li.small { (package.algorithm) " " (package.leaf) } } } }),
            ]))
        },
    )
}

fn summary(caller: &Caller, loaded: &Loaded, law: &OwnedLaw) -> Markup {
    let (lang, record) = (caller.lang, &loaded.record);
    let today = records::day_of(caller.app.now());
    let times = clocks(record, &law.law(), today);
    let entry = law.plan.entry(&record.entry);
    let unit = loaded.unit.as_deref().and_then(|unit| caller.principal.tree.unit(&UnitId::from(unit)));
    let mut entries: Vec<(&str, Markup)> = vec![
        (
            lang.tr("Stand", "State"),
            html! { (state_badge(record.state, lang)) (confidentiality_badge(loaded.confidentiality, lang)) },
        ),
        (
            lang.tr("Aktenplan", "Plan"),
            html! {
                a href={ "/akten?zweig=" (vir_core::percent_encoded(&record.entry.0, "-_.~")) } { (record.entry) }
                @if let Some(entry) = entry { " " (entry.title) }
            },
        ),
        (lang.tr("Stelle", "Unit"), html! { (unit.map_or(lang.tr("keine", "none"), |unit| unit.name.as_str())) }),
        (
            lang.tr("Laufzeit", "Period"),
            html! {
                (day(record.opened, lang)) " – " @if let Some(closed) = record.closed { (day(closed, lang)) } @else { (lang.tr("offen", "open")) }
            },
        ),
    ];
    if record.state != State::Deleted {
        let rule = times
            .rule
            .and_then(|(entry, version)| law.plan.entry(entry)?.retention.iter().find(|rule| rule.version == version));
        entries.push((lang.tr("Aufbewahren bis", "Keep until"), html! {
            (end(times.retention, lang))
            @if let Some(rule) = rule { br; span.small.faint { (super::words::rule(rule, lang)) " · " (rule.source) } }
        }));
    }
    if let Some(due) = times.reply_due {
        entries.push((lang.tr("Antwort des Archivs bis", "Archive's answer by"), html! { (day(due, lang)) }));
    }
    if let Some(appraised) = &record.appraisal {
        entries.push((lang.tr("Bewertung", "Appraisal"), html! { (appraised.value.name().get(lang)) }));
    }
    if !record.subjects.is_empty() {
        entries.push((
            lang.tr("Betroffene", "Persons concerned"),
            html! { ul.stack--tight { @for subject in &record.subjects { li { (subject) } } } },
        ));
    }
    entries.push((
        lang.tr("Ablage", "Storage"),
        html! {
            @if loaded.keep_due { (parts::badge(Tone::Neutral, lang.tr("wird geschrieben", "being written"))) }
            @else { (lang.tr("Fassung", "version")) " " (loaded.version) }
        },
    ));
    parts::card(lang.tr("Überblick", "Overview"), &parts::definition_list(&entries))
}

fn documents(caller: &Caller, loaded: &Loaded, given: &steps::Given) -> Markup {
    let (lang, record) = (caller.lang, &loaded.record);
    let base = format!("/akten/{}", record.id);
    let items = loaded.current();
    let group = |case: Option<&str>| -> Vec<&Item> {
        items.iter().copied().filter(|item| item.case.as_ref().map(|case| case.0.as_str()) == case).collect()
    };
    html! {
        section aria-labelledby="documents" {
            h2 id="documents" { (lang.tr("Dokumente", "Documents")) }
            @let own = group(None);
            @if own.is_empty() && record.cases.is_empty() {
                p.faint { (lang.tr("Noch kein Dokument.", "No document yet.")) }
            }
            @if !own.is_empty() { (table(lang, &base, "own", lang.tr("Dokumente der Akte", "Documents of the record"), &own)) }
            @for (number, (id, case)) in record.cases.iter().enumerate() {
                h3 { (lang.tr("Vorgang", "Case")) ": " (case.title) " "
                    (parts::badge(if case.closed { Tone::Neutral } else { Tone::Info }, if case.closed { lang.tr("beendet", "ended") } else { lang.tr("offen", "open") })) }
                @let inside = group(Some(&id.0));
                @if inside.is_empty() { p.faint { (lang.tr("Noch kein Dokument.", "No document yet.")) } }
                @else { (table(lang, &base, &format!("case-{number}"), &case.title, &inside)) }
            }
            (steps::upload_form(caller, loaded, given))
        }
    }
}

fn table(lang: Lang, base: &str, id: &str, caption: &str, items: &[&Item]) -> Markup {
    let rows = items.iter().map(|item| {
        let href = format!("{base}/dokumente/{}", item.id);
        parts::Row::new([
            html! {
                a href=(href) { (item.title) }
                @let name = Some(item.file_name.as_str()).filter(|name| *name != item.title);
                @let version = (item.version > 1).then(|| format!("{} {}", lang.tr("Fassung", "version"), item.version));
                @let under: Vec<&str> = name.into_iter().chain(version.as_deref()).collect();
                @if !under.is_empty() { br; span.small.faint { (under.join(" · ")) } }
            },
            html! {
                (item.format.as_deref().unwrap_or(&item.media_type))
                @if let Some(puid) = &item.puid { br; span.small.faint { (puid) } }
                @match item.risk.as_deref() {
                    Some("high") => { br; (parts::badge(Tone::Bad, lang.tr("Format mit hohem Risiko", "format at high risk"))) }
                    Some("medium") => { br; (parts::badge(Tone::Careful, lang.tr("Format mit Risiko", "format at risk"))) }
                    _ => {}
                }
            },
            html! { (format::bytes(item.size, lang)) },
            html! { (format::time_element(item.added_at, lang)) br; span.small.faint { (item.origin.name().get(lang)) } },
            html! {
                @if is_shown(item) { (parts::link_button(&format!("{href}/ansicht"), lang.tr("Ansehen", "View")).quiet().small().about(&item.title)) " " }
                (parts::link_button(&href, lang.tr("Herunterladen", "Download")).quiet().small().icon(Icon::Download).about(&item.title).download())
            },
        ])
    });
    let table = parts::table(lang, id, caption).hide_caption().columns([
        Column::text(lang.tr("Dokument", "Document")),
        Column::text(lang.tr("Format", "Format")).class("wide-only"),
        Column::number(lang.tr("Größe", "Size")),
        Column::text(lang.tr("Aufgenommen", "Filed")).class("wide-only"),
        Column::unseen(lang.tr("Aktionen", "Actions")),
    ]);
    html! { (table.rows(rows)) }
}

/// Can browsers show it?
pub(super) fn is_shown(item: &Item) -> bool {
    matches!(item.media_type.as_str(), "application/pdf" | "image/png" | "image/jpeg" | "text/plain")
        || item.media_type.split(',').any(|kind| kind.trim() == "application/pdf")
}

fn evidence(caller: &Caller, loaded: &Loaded) -> Markup {
    let (lang, base) = (caller.lang, format!("/akten/{}", loaded.record.id));
    let (stamped, version) = (loaded.stamped, loaded.version);
    parts::card(
        lang.tr("Beweisnachweis", "Evidence"),
        &html! {
            @if stamped == 0 {
                p { (lang.tr("Noch kein Zeitstempel. ", "No time stamp yet. "))
                    @if caller.app.config.archive.time_stamps.is_empty() {
                        (lang.tr("Es ist kein Zeitstempeldienst eingerichtet; ohne ihn entstehen keine Beweisnachweise.", "No time-stamp service is configured; without one no evidence is made."))
                    } @else {
                        (lang.tr("Neues wird einmal am Tag mit einem Zeitstempel versehen.", "What is new is stamped once a day."))
                    }
                }
            } @else {
                p {
                    @if stamped == version {
                        (parts::badge(Tone::Good, lang.tr("vollständig", "complete"))) " "
                        (lang.tr("Alle Fassungen sind durch einen Zeitstempel geschützt.", "All versions are protected by a time stamp."))
                    } @else {
                        (lang.tr("Geschützt bis Fassung", "Protected up to version")) " " (stamped) ". "
                        (lang.tr("Die neueste folgt mit dem nächsten Zeitstempel.", "The newest follows with the next time stamp."))
                    }
                }
                p {
                    (parts::link_button(&format!("{base}/nachweis"), lang.tr("Beweisnachweis (RFC 4998)", "Evidence record (RFC 4998)")).small().icon(Icon::Download).download()) " "
                    (parts::link_button(&format!("{base}/inventar"), lang.tr("Geschütztes Inventar", "Protected inventory")).quiet().small().icon(Icon::Download).download())
                }
                p.small.faint { (lang.tr("Das Inventar nennt jede Datei mit ihrem SHA-512-Wert; der Nachweis schützt das Inventar. Beides lässt sich mit „vir evidence verify“ und fremden Programmen prüfen.",
                    "The inventory names every file with its SHA-512; the evidence protects the inventory. Both can be verified with “vir evidence verify” and with other programs.")) }
            }
        },
    )
}

fn history(lang: Lang, loaded: &Loaded, directory: &Arc<Directory>) -> Markup {
    html! {
        section.card {
            h2.card__title id="history" { (lang.tr("Verlauf", "History")) }
            ol.steps {
                @for logged in &loaded.history {
                    li.done {
                        time datetime=(logged.on) { (day(logged.on, lang)) }
                        p.break-words { strong { (super::words::who(&logged.who, directory, lang)) } ": " (happened(logged, lang)) }
                    }
                }
            }
        }
    }
}

/// What happened, in a sentence.
fn happened(logged: &Logged, lang: Lang) -> String {
    let with = |de: &str, en: &str, what: &str| {
        let words = lang.tr(de, en);
        if what.is_empty() { words.to_owned() } else { format!("{words}: {what}") }
    };
    match &logged.event {
        Event::Opened { .. } => with("Akte angelegt", "record begun", ""),
        Event::CaseOpened { title, .. } => with("Vorgang begonnen", "case begun", title),
        Event::CaseClosed { .. } => with("Vorgang beendet", "case ended", ""),
        Event::DocumentFiled { title, .. } => with("Dokument zu den Akten genommen", "document filed", title),
        Event::SubjectNamed { subject } => with("betroffene Person genannt", "person concerned named", &subject.0),
        Event::Classified { entry, reason } => with("umgegliedert", "reclassified", &format!("{entry}, {reason}")),
        Event::Closed { .. } => with("z.d.A. verfügt", "closed", ""),
        Event::Reopened { reason } => with("wieder aufgenommen", "reopened", reason),
        Event::Occurred { event, on } => {
            with("Fristereignis", "event of a term", &format!("{event} ({})", day(*on, lang)))
        }
        Event::Deposited { package } => with(
            "in den Langzeitspeicher gegeben, Paket",
            "put into long-term storage, package",
            &package.version.to_string(),
        ),
        Event::Offered { reply_due, .. } => {
            with("dem Archiv angeboten, Antwort bis", "offered to the archive, answer by", &day(*reply_due, lang))
        }
        Event::OfferReceived { .. } => {
            with("Archiv hat die Anbietung empfangen", "the archive has received the offer", "")
        }
        Event::OfferWithdrawn { reason } => with("Anbietung zurückgenommen", "offer withdrawn", reason),
        Event::Appraised { value, .. } => {
            with("vom Archiv bewertet", "appraised by the archive", value.name().get(lang))
        }
        Event::HandedOver { .. } => with("an das Archiv abgegeben", "handed over to the archive", ""),
        Event::HandOverReceived { .. } => {
            with("Archiv hat die Abgabe empfangen", "the archive has received the hand-over", "")
        }
        Event::ImportConfirmed { success, archive_id, .. } => match success {
            true => with(
                "Archiv hat die Übernahme bestätigt",
                "the archive has confirmed the import",
                archive_id.as_deref().unwrap_or_default(),
            ),
            false => with("Übernahme im Archiv gescheitert", "the import in the archive failed", ""),
        },
        Event::DeletionRequested => with("erste Zeichnung zur Löschung", "first signature for deletion", ""),
        Event::DeletionWithdrawn { reason } => {
            with("Löschantrag zurückgenommen", "request for deletion withdrawn", reason)
        }
        Event::Deleted { .. } => with("gelöscht", "deleted", ""),
    }
}

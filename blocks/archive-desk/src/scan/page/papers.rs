//! The procedure, and the papers made of it: *Verfahrensdokumentation* and the test list of Anlage P.
//!
//! Invariant: the papers are made when they are asked for, from what is configured and logged then.

use jiff::SignedDuration;
use jiff::civil::Date;
use serde::Deserialize;
use vir_archive::scan::documentation::{Block, Configuration, Document, Sealing, Standing, standing};
use vir_archive::scan::measures::{self, Proof};
use vir_core::{Lang, Text};
use vir_pdf::write as pdf;
use vir_store::Tx;
use vir_web::format::german_time;
use vir_web::parts::{
    self, Column, Icon, Row, button, card, date_field, error_summary, field, link_button, table, text_area,
};
use vir_web::{Answer, AppError, Caller, FieldError, Flash, Form, Markup, Page, Query, html, page, redirect_with};

use super::{SECTION, views};
use crate::permissions::{PLAN, SCAN};
use crate::records::day_of;
use crate::scan::{procedure, seal};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Fields {
    organisation: String,
    version: String,
    place: String,
    devices: String,
    duties: String,
    measure: Vec<String>,
    proof: Vec<String>,
}

async fn configured(caller: &Caller) -> Result<Configuration, AppError> {
    let read = caller
        .app
        .store
        .read(&caller.principal.tenant, |tx: &mut Tx| Box::pin(async move { procedure::load(tx).await }));
    Ok(read.await?)
}

fn lines(pairs: &[(String, String)]) -> String {
    pairs.iter().map(|(name, what)| format!("{name}: {what}\n")).collect()
}

/// Lines like `Name: description`.
fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |line: &str| {
        let (name, what) = line.split_once(':').unwrap_or((line, ""));
        (name.trim().to_owned(), what.trim().to_owned())
    };
    text.lines().filter(|line| !line.trim().is_empty()).take(200).map(pair).collect()
}

pub(super) async fn form(caller: Caller) -> Answer {
    caller.require_anywhere(SCAN)?;
    let configuration = configured(&caller).await?;
    Ok(shown(&caller, &configuration, &[]))
}

fn shown(caller: &Caller, configuration: &Configuration, errors: &[FieldError]) -> axum::response::Response {
    let lang = caller.lang;
    let may = caller.principal.may_everywhere(PLAN);
    let own = measures::all().filter(|measure| measure.proof != Proof::Program);
    let body = html! {
        (views(lang, "/scannen/verfahren"))
        (error_summary(lang, errors))
        @if !may { p { (lang.tr("Ändern darf das Verfahren, wer den Aktenplan pflegt.", "Whoever writes the plan of records may change the procedure.")) } }
        form method="post" action="/scannen/verfahren" novalidate {
            (parts::csrf_field(caller))
            (card(lang.tr("Das Verfahren", "The procedure"), &html! {
                (field(lang, "organisation", lang.tr("Organisation", "Organisation")).value(&configuration.organisation).errors(errors).required().max_length(200))
                (field(lang, "version", lang.tr("Version der Verfahrensanweisung", "Version of the procedure")).value(&configuration.version).errors(errors).max_length(100))
                (field(lang, "place", lang.tr("Ort der Scanstelle", "Place of the scan station")).value(&configuration.place).errors(errors).max_length(200))
                (text_area(lang, "devices", lang.tr("Geräte und Programme", "Devices and programs")).rows(4).value(&lines(&configuration.devices)).errors(errors).max_length(10_000)
                    .hint(lang.tr("Je Zeile: Name: Beschreibung. Die Namen stehen beim Hochladen zur Wahl.", "Each line: name: description. The names can be chosen when uploading.")))
                (text_area(lang, "duties", lang.tr("Zuständigkeiten", "Duties")).rows(4).value(&lines(&configuration.duties)).errors(errors).max_length(10_000)
                    .hint(lang.tr("Je Zeile: Aufgabe: Person oder Stelle.", "Each line: duty: person or office.")))
            }))
            (card(lang.tr("Nachweise der Scanstelle", "Proofs of the scan station"), &html! {
                p { (lang.tr("Was das Programm nicht wissen kann: Wo liegt der Nachweis? Leer heißt offen.", "What the program cannot know: where is the proof? Empty means open.")) }
                @for measure in own {
                    @let id = format!("f-proof-{}", measure.id.replace('.', "-"));
                    @let open = standing(measure, configuration) == Standing::Open;
                    input type="hidden" name="measure" value=(measure.id);
                    (field(lang, "proof", &format!("{} {}", measure.id, measure.title.get(lang))).id(&id)
                        .value(configuration.proofs.get(measure.id).map_or("", String::as_str)).max_length(500)
                        .hint(&format!("{}{}", measure.text.get(lang), if open { lang.tr(" Noch offen.", " Still open.") } else { "" })))
                }
            }))
            @if may { div.toolbar { (button(lang.tr("Speichern", "Save"))) } }
        }
    };
    let mut frame =
        Page::new(lang.tr("Verfahren", "Procedure")).section(SECTION).crumb("/scannen", lang.tr("Scannen", "Scanning"));
    if !errors.is_empty() {
        frame = frame.with_errors();
    }
    page(caller, frame, body)
}

pub(super) async fn save(caller: Caller, Form(fields): Form<Fields>) -> Answer {
    caller.require_everywhere(PLAN)?;
    let said = |text: &str, most: usize| text.trim().chars().take(most).collect::<String>();
    let proofs = fields.measure.iter().zip(&fields.proof);
    let proofs = proofs.filter(|(id, proof)| measures::find(id).is_some() && !proof.trim().is_empty());
    let configuration = Configuration {
        organisation: said(&fields.organisation, 200),
        version: said(&fields.version, 100),
        place: said(&fields.place, 200),
        devices: pairs(&fields.devices),
        duties: pairs(&fields.duties),
        classes: Vec::new(),
        proofs: proofs.map(|(id, proof)| (id.clone(), said(proof, 500))).collect(),
        sealing: Sealing::default(),
    };
    if configuration.organisation.is_empty() {
        let text = Text::new("Der Name der Organisation fehlt.", "The name of the organisation is missing.");
        return Ok(shown(&caller, &configuration, &[FieldError::new("organisation", text)]));
    }
    let actor = caller.principal.actor();
    let written = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { procedure::save(tx, &configuration, &actor).await })
    });
    written.await?;
    let flash = Flash::good(caller.tr("Das Verfahren ist gespeichert.", "The procedure is saved."));
    Ok(redirect_with(&caller, "/scannen/verfahren", &flash))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Span {
    from: String,
    to: String,
}

impl Span {
    /// The days; without any said, the year up to today.
    fn days(&self, now: jiff::Timestamp) -> (Date, Date) {
        let today = now.to_zoned(german_time()).date();
        let read = |text: &str| text.trim().parse::<Date>().ok();
        let to = read(&self.to).unwrap_or(today);
        let from =
            read(&self.from).unwrap_or_else(|| to.checked_sub(SignedDuration::from_hours(365 * 24)).unwrap_or(to));
        (from.min(to), to)
    }
}

async fn papers(caller: &Caller, span: &Span) -> Result<(Document, Document, Date, Date), AppError> {
    caller.require_anywhere(SCAN)?;
    let (from, to) = span.days(caller.app.now());
    let at = |day: Date| day.to_zoned(german_time()).map(|zoned| zoned.timestamp()).map_err(AppError::internal);
    let (first, last) = (at(from)?, at(to)? + SignedDuration::from_hours(24) - SignedDuration::from_micros(1));
    let today = day_of(caller.app.now());
    let config = &caller.app.config;
    let time_stamps = !config.archive.time_stamps.is_empty();
    let sealing = Sealing { service: seal::described(config), time_stamps };
    let read = caller.app.store.read(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { procedure::papers(tx, sealing, today, first, last).await })
    });
    let (procedure, list) = read.await?;
    Ok((procedure, list, from, to))
}

pub(super) async fn show(caller: Caller, Query(span): Query<Span>) -> Answer {
    let (procedure, list, from, to) = papers(&caller, &span).await?;
    let lang = caller.lang;
    let body = html! {
        (views(lang, "/scannen/verfahrensdokumentation"))
        form.filters method="get" action="/scannen/verfahrensdokumentation" {
            (date_field(lang, "from", lang.tr("Protokoll ab", "Log from")).value(&from.to_string()))
            (date_field(lang, "to", lang.tr("bis", "to")).value(&to.to_string()))
            (button(lang.tr("Anzeigen", "Show")).secondary())
        }
        (written(&procedure, "procedure", lang))
        (written(&list, "list", lang))
    };
    let download = format!("/scannen/verfahrensdokumentation/pdf?from={from}&to={to}");
    let frame = Page::new(lang.tr("Verfahrensdokumentation", "Procedure documentation"))
        .section(SECTION)
        .crumb("/scannen", lang.tr("Scannen", "Scanning"))
        .actions(html! { (link_button(&download, lang.tr("Als PDF/A herunterladen", "Download as PDF/A")).icon(Icon::Download).download()) });
    Ok(page(&caller, frame, body))
}

fn written(document: &Document, id: &str, lang: Lang) -> Markup {
    html! {
        section.prose aria-labelledby={ "paper-" (id) } {
            h2 id={ "paper-" (id) } { (document.title.get(lang)) }
            @for (at, block) in document.blocks.iter().enumerate() {
                @match block {
                    Block::Heading { text } => { h3 { (text.get(lang)) } }
                    Block::Paragraph { text } => { p { (text.get(lang)) } }
                    Block::Table { head, rows } => {
                        (table(lang, format!("{id}-{at}"), caption(document, at, lang)).hide_caption().scrolls()
                            .columns(head.iter().map(|cell| Column::text(cell.get(lang))))
                            .rows(rows.iter().map(|row| Row::new(row.iter().map(|cell| html! { (cell.get(lang)) })))))
                    }
                }
            }
        }
    }
}

/// What a table is called: as the heading above it, so that no two are called the same.
fn caption(document: &Document, at: usize, lang: Lang) -> String {
    let above = document.blocks[..at].iter().rev().find_map(|block| match block {
        Block::Heading { text } => Some(text.get(lang)),
        _ => None,
    });
    format!("{}: {}", document.title.get(lang), above.unwrap_or(lang.tr("Übersicht", "Overview")))
}

pub(super) async fn pdf(caller: Caller, Query(span): Query<Span>) -> Answer {
    use axum::http::header;
    use axum::response::IntoResponse as _;
    let (procedure, list, ..) = papers(&caller, &span).await?;
    let (lang, now) = (caller.lang, caller.app.now());
    let made = tokio::task::spawn_blocking(move || {
        let title = procedure.title.get(lang).to_owned();
        let mut document = pdf::Document::new(&title, lang, crate::scan::make::pdf_time(now));
        for paper in [&procedure, &list] {
            document.blocks.push(pdf::Block::Heading(pdf::Level::One, paper.title.get(lang).to_owned()));
            document.blocks.extend(paper.blocks.iter().map(|block| printed(block, paper, lang)));
        }
        pdf::render(&document).map(|rendered| rendered.pdf)
    });
    let bytes = made.await.map_err(AppError::internal)?.map_err(AppError::internal)?;
    let disposition = "attachment; filename=\"verfahrensdokumentation-scannen.pdf\"";
    Ok(([(header::CONTENT_TYPE, "application/pdf"), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response())
}

fn printed(block: &Block, paper: &Document, lang: Lang) -> pdf::Block {
    let words = |text: &Text| text.get(lang).to_owned();
    match block {
        Block::Heading { text } => pdf::Block::Heading(pdf::Level::Two, words(text)),
        Block::Paragraph { text } => pdf::Block::Paragraph(pdf::Style::Normal, words(text)),
        Block::Table { head, rows } => pdf::Block::Table(pdf::Table {
            summary: words(&paper.title),
            columns: head
                .iter()
                .map(|cell| pdf::Column {
                    title: words(cell),
                    term: None,
                    align: pdf::Align::Left,
                    width: pdf::Width::Share(1.0),
                })
                .collect(),
            rows: rows
                .iter()
                .map(|row| pdf::Row {
                    cells: row.iter().map(|cell| words(cell).into()).collect(),
                    ..pdf::Row::default()
                })
                .collect(),
        }),
    }
}

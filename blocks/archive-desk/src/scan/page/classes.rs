//! Classes of paper: how much protection each needs, and what follows.
//!
//! Invariant: a class that the rules would refuse to begin a batch with is not kept.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use vir_archive::lifecycle::Who;
use vir_archive::lifecycle::day::Period;
use vir_archive::moment::Moment;
use vir_archive::scan::barcode::Sheet;
use vir_archive::scan::batch::{Command, decide};
use vir_archive::scan::class::{Class, Level, Seal};
use vir_core::{Lang, Text};
use vir_store::Tx;
use vir_web::parts::{
    self, Choice, Column, Icon, Row, Tone, badge, button, card, checkbox, empty_state, error_summary, field,
    link_button, select, table, text_area,
};
use vir_web::{Answer, AppError, Caller, FieldError, Flash, Form, Page, html, page, redirect_with};

use super::{SECTION, no_seal_notice, views};
use crate::permissions::{PLAN, SCAN};
use crate::scan::batch::refused;
use crate::scan::class::{self, Kept};
use crate::scan::seal;

const LIST: &str = "/scannen/klassen";

pub(super) async fn list(caller: Caller) -> Answer {
    caller.require_anywhere(SCAN)?;
    let lang = caller.lang;
    let read =
        caller.app.store.read(&caller.principal.tenant, |tx: &mut Tx| Box::pin(async move { class::all(tx).await }));
    let classes = read.await?;
    let may = caller.principal.may_everywhere(PLAN);
    let rows = classes.iter().map(|kept| {
        let class = &kept.class;
        Row::new([
            html! { @if may { a href={ (LIST) "/" (class.id) } { (class.title) } } @else { (class.title) } },
            html! { (class.integrity.name().get(lang)) },
            html! { (class.confidentiality.name().get(lang)) },
            html! { (class.availability.name().get(lang)) },
            html! {
                @if class.needs_full_check() { (lang.tr("jede Seite", "each page")) }
                @else { (class.sample_per_mille / 10) "," (class.sample_per_mille % 10) " %, " (lang.tr("mind.", "at least")) " " (class.sample_at_least) }
                @if class.needs_second_person() { ", " (lang.tr("zweite Person", "second person")) }
            },
            html! { @if kept.active { (badge(Tone::Good, lang.tr("in Gebrauch", "in use"))) } @else { (badge(Tone::Neutral, lang.tr("nicht mehr", "no more"))) } },
        ])
    });
    let columns = [
        Column::text(lang.tr("Klasse", "Class")),
        Column::text(lang.tr("Integrität", "Integrity")),
        Column::text(lang.tr("Vertraulichkeit", "Confidentiality")),
        Column::text(lang.tr("Verfügbarkeit", "Availability")),
        Column::text(lang.tr("Prüfung", "Check")),
        Column::text(lang.tr("Stand", "State")),
    ];
    let make = html! { @if may { (link_button("/scannen/klassen/neu", lang.tr("Klasse anlegen", "Make a class")).primary().icon(Icon::Plus)) } };
    let waits = classes.iter().any(|kept| kept.active && kept.class.least_seal() > Seal::None);
    let body = html! {
        (views(lang, LIST))
        @if waits && seal::described(&caller.app.config).is_none() {
            (no_seal_notice(lang))
        }
        @if classes.is_empty() {
            (empty_state(
                lang.tr("Noch keine Dokumentklassen", "No document classes yet"),
                lang.tr(
                    "Die Schutzbedarfsanalyse (A.G.2) gibt jeder Art von Papier drei Schutzbedarfe. Daraus folgen Stichprobe, zweite Person und Siegel.",
                    "The analysis of protection needs (A.G.2) gives each kind of paper three levels. Sample, second person and seal follow from them.",
                ),
                &make,
            ))
        } @else {
            (table(lang, "scan-classes", lang.tr("Dokumentklassen", "Document classes")).columns(columns).rows(rows))
        }
    };
    let frame = Page::new(lang.tr("Dokumentklassen", "Document classes"))
        .section(SECTION)
        .crumb("/scannen", lang.tr("Scannen", "Scanning"))
        .actions(if classes.is_empty() {
            html! {}
        } else {
            make
        });
    Ok(page(&caller, frame, body))
}

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Fields {
    id: String,
    title: String,
    integrity: String,
    confidentiality: String,
    availability: String,
    per_mille: String,
    at_least: String,
    sample_reason: String,
    seal: String,
    proof: String,
    keep_paper: String,
    least_dpi: String,
    active: Option<String>,
}

fn level_code(level: Level) -> &'static str {
    match level {
        Level::Normal => "normal",
        Level::High => "high",
        Level::VeryHigh => "very-high",
    }
}

impl Fields {
    fn fresh() -> Self {
        let text = str::to_owned;
        Self {
            integrity: text("normal"),
            confidentiality: text("normal"),
            availability: text("normal"),
            per_mille: text("50"),
            at_least: text("5"),
            least_dpi: text("300"),
            active: Some(text("on")),
            ..Self::default()
        }
    }

    fn of(kept: &Kept) -> Self {
        let class = &kept.class;
        Self {
            id: class.id.clone(),
            title: class.title.clone(),
            integrity: level_code(class.integrity).to_owned(),
            confidentiality: level_code(class.confidentiality).to_owned(),
            availability: level_code(class.availability).to_owned(),
            per_mille: class.sample_per_mille.to_string(),
            at_least: class.sample_at_least.to_string(),
            sample_reason: class.sample_reason.clone().unwrap_or_default(),
            seal: match class.seal {
                None => "",
                Some(Seal::None) => "none",
                Some(Seal::Advanced) => "advanced",
                Some(Seal::Qualified) => "qualified",
            }
            .to_owned(),
            proof: class.integrity_proof.clone().unwrap_or_default(),
            keep_paper: class.keep_paper.map_or_else(String::new, |period| {
                (u32::from(period.years) * 12 + u32::from(period.months)).to_string()
            }),
            least_dpi: class.least_dpi.to_string(),
            active: kept.active.then(|| "on".to_owned()),
        }
    }

    fn read(&self) -> Result<Kept, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut number = |field: &str, text: &str, low: u32, high: u32| {
            let value = text.trim().parse::<u32>().ok().filter(|value| (low..=high).contains(value));
            value.unwrap_or_else(|| {
                let words =
                    Text::owned(format!("Eine Zahl von {low} bis {high}."), format!("A number from {low} to {high}."));
                errors.push(FieldError::new(field, words));
                low
            })
        };
        let per_mille = number("per_mille", &self.per_mille, 1, 1_000);
        let at_least = number("at_least", &self.at_least, 1, 100_000);
        let least_dpi = number("least_dpi", &self.least_dpi, 72, 2_400);
        let months =
            if self.keep_paper.trim().is_empty() { 0 } else { number("keep_paper", &self.keep_paper, 0, 1_200) };
        let mut level = |field: &str, text: &str| {
            Level::ALL.into_iter().find(|level| level_code(*level) == text).unwrap_or_else(|| {
                errors.push(FieldError::new(field, Text::new("Wählen Sie einen Schutzbedarf.", "Choose a level.")));
                Level::Normal
            })
        };
        let levels = [
            level("integrity", &self.integrity),
            level("confidentiality", &self.confidentiality),
            level("availability", &self.availability),
        ];
        let id = self.id.trim().to_owned();
        if id.is_empty() || id.len() > 24 || (Sheet { class: id.clone(), pages: None }).text().is_none() {
            errors.push(FieldError::new(
                "id",
                Text::new(
                    "1 bis 24 Zeichen: Buchstaben ohne Umlaute, Ziffern, Punkt, Strich.",
                    "1 to 24 characters: plain letters, digits, dot, dash.",
                ),
            ));
        }
        if self.title.trim().is_empty() {
            errors.push(FieldError::new("title", Text::new("Wie heißt die Klasse?", "What is the class called?")));
        }
        let said = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut class = Class::new(&id, self.title.trim(), levels);
        class.sample_per_mille = u16::try_from(per_mille).unwrap_or(1_000);
        class.sample_at_least = at_least;
        class.sample_reason = said(&self.sample_reason);
        class.seal = match self.seal.as_str() {
            "none" => Some(Seal::None),
            "advanced" => Some(Seal::Advanced),
            "qualified" => Some(Seal::Qualified),
            _ => None,
        };
        class.integrity_proof = said(&self.proof);
        class.keep_paper = (months > 0).then(|| Period {
            years: u16::try_from(months / 12).unwrap_or(u16::MAX),
            months: u16::try_from(months % 12).unwrap_or_default(),
        });
        class.least_dpi = least_dpi;
        let begin = Command::Open { id: "x".to_owned(), class: class.clone(), expected: None };
        if let Err(refusal) = decide(None, &begin, &Who::person("x"), Moment::from_unix(0)) {
            errors.push(FieldError::new("proof", refused(&refusal)));
        }
        if errors.is_empty() { Ok(Kept { class, active: self.active.is_some() }) } else { Err(errors) }
    }
}

fn levels(lang: Lang) -> Vec<Choice> {
    Level::ALL.into_iter().map(|level| Choice::new(level_code(level), level.name().get(lang))).collect()
}

fn form(caller: &Caller, action: &str, fields: &Fields, known: bool, errors: &[FieldError]) -> Response {
    let lang = caller.lang;
    let levels = levels(lang);
    let seals = [
        Choice::new("none", lang.tr("keines, Nachweis auf andere Weise", "none, proof by other means")),
        Choice::new("advanced", lang.tr("fortgeschritten", "advanced")),
        Choice::new("qualified", lang.tr("qualifiziert", "qualified")),
    ];
    let id = field(lang, "id", lang.tr("Kurzname", "Short name"))
        .value(&fields.id)
        .errors(errors)
        .required()
        .max_length(24)
        .no_spellcheck()
        .hint(lang.tr("Steht auf Trennblättern.", "Stands on separator sheets."));
    let id = if known { id.read_only() } else { id };
    let body = html! {
        (error_summary(lang, errors))
        form method="post" action=(action) novalidate {
            (parts::csrf_field(caller))
            (card(lang.tr("Klasse und Schutzbedarf (A.G.2)", "Class and protection needs (A.G.2)"), &html! {
                (id)
                (field(lang, "title", lang.tr("Bezeichnung", "Name")).value(&fields.title).errors(errors).required().max_length(200))
                (select(lang, "integrity", lang.tr("Integrität", "Integrity"), &levels).value(&fields.integrity).errors(errors).required()
                    .hint(lang.tr("Ab hoch: jede Seite wird geprüft, qualifiziertes Siegel. Sehr hoch: zweite Person, qualifizierter Zeitstempel.", "From high on: each page is checked, qualified seal. Very high: second person, qualified time stamp.")))
                (select(lang, "confidentiality", lang.tr("Vertraulichkeit", "Confidentiality"), &levels).value(&fields.confidentiality).errors(errors).required()
                    .hint(lang.tr("Ab hoch: Rohbilder werden gelöscht, bevor das Papier vernichtet wird.", "From high on: raw images are deleted before the paper is destroyed.")))
                (select(lang, "availability", lang.tr("Verfügbarkeit", "Availability"), &levels).value(&fields.availability).errors(errors).required())
            }))
            (card(lang.tr("Qualitätssicherung (A.SC.8)", "Quality assurance (A.SC.8)"), &html! {
                (field(lang, "per_mille", lang.tr("Stichprobe in Promille der Seiten", "Sample, of a thousand pages")).value(&fields.per_mille).errors(errors).input_mode("numeric").width(6).required()
                    .hint(lang.tr("Doppelt so groß, bis zehn Stapel hintereinander ohne Fehler waren.", "Twice as large until ten batches in a row had no fault.")))
                (field(lang, "at_least", lang.tr("Mindestens so viele Seiten", "At least so many pages")).value(&fields.at_least).errors(errors).input_mode("numeric").width(6).required())
                (text_area(lang, "sample_reason", lang.tr("Warum bei hoher Integrität nur eine Stichprobe?", "Why only a sample at high integrity?")).rows(2).value(&fields.sample_reason).errors(errors).max_length(1_000))
                (field(lang, "least_dpi", lang.tr("Mindestauflösung in dpi", "Least resolution in dpi")).value(&fields.least_dpi).errors(errors).input_mode("numeric").width(6).required())
            }))
            (card(lang.tr("Sicherung (A.IS.1) und Papier (A.O.1)", "Protection (A.IS.1) and paper (A.O.1)"), &html! {
                (select(lang, "seal", lang.tr("Siegel", "Seal"), &seals).value(&fields.seal).errors(errors).empty(lang.tr("wie der Schutzbedarf es verlangt", "as the level demands")))
                (text_area(lang, "proof", lang.tr("Nachweis der Integrität ohne Siegel", "Proof of integrity without seal")).rows(2).value(&fields.proof).errors(errors).max_length(1_000)
                    .hint(lang.tr("Zum Beispiel: Hashwerte im Transfervermerk, Beweisnachweis nach RFC 4998 im Langzeitspeicher.", "For example: hash values in the transfer note, evidence record after RFC 4998 in storage.")))
                (field(lang, "keep_paper", lang.tr("Papier so viele Monate nach der Ablage aufheben", "Keep the paper so many months after deposit")).value(&fields.keep_paper).errors(errors).input_mode("numeric").width(6))
                (checkbox("active", lang.tr("Neue Stapel dürfen diese Klasse haben", "New batches may have this class")).checked(fields.active.is_some()))
            }))
            div.toolbar {
                (button(lang.tr("Speichern", "Save")))
                (link_button(LIST, lang.tr("Abbrechen", "Cancel")).quiet())
            }
        }
    };
    let title = if known { fields.title.clone() } else { lang.tr("Klasse anlegen", "Make a class").to_owned() };
    let mut frame = Page::new(title)
        .section(SECTION)
        .crumb("/scannen", lang.tr("Scannen", "Scanning"))
        .crumb(LIST, lang.tr("Dokumentklassen", "Document classes"));
    if !errors.is_empty() {
        frame = frame.with_errors();
    }
    page(caller, frame, body)
}

pub(super) async fn new(caller: Caller) -> Answer {
    caller.require_everywhere(PLAN)?;
    Ok(form(&caller, "/scannen/klassen/neu", &Fields::fresh(), false, &[]))
}

async fn find(caller: &Caller, id: &str) -> Result<Option<Kept>, AppError> {
    let id = id.to_owned();
    let read = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { class::one(tx, &id).await }));
    Ok(read.await?)
}

fn unknown() -> AppError {
    AppError::not_found(Text::new("diese Klasse", "this class"))
}

pub(super) async fn edit(caller: Caller, Path(id): Path<String>) -> Answer {
    caller.require_everywhere(PLAN)?;
    let kept = find(&caller, &id).await?.ok_or_else(unknown)?;
    Ok(form(&caller, &format!("{LIST}/{id}"), &Fields::of(&kept), true, &[]))
}

pub(super) async fn create(caller: Caller, Form(fields): Form<Fields>) -> Answer {
    caller.require_everywhere(PLAN)?;
    let taken = find(&caller, fields.id.trim()).await?.is_some();
    let mut outcome = fields.read();
    if taken {
        let error = FieldError::new("id", Text::new("Diesen Kurznamen gibt es schon.", "This short name is taken."));
        outcome = Err(vec![error]);
    }
    match outcome {
        Ok(kept) => keep(&caller, kept).await,
        Err(errors) => Ok(form(&caller, "/scannen/klassen/neu", &fields, false, &errors)),
    }
}

pub(super) async fn save(caller: Caller, Path(id): Path<String>, Form(mut fields): Form<Fields>) -> Answer {
    caller.require_everywhere(PLAN)?;
    find(&caller, &id).await?.ok_or_else(unknown)?;
    fields.id.clone_from(&id);
    match fields.read() {
        Ok(kept) => keep(&caller, kept).await,
        Err(errors) => Ok(form(&caller, &format!("{LIST}/{id}"), &fields, true, &errors)),
    }
}

async fn keep(caller: &Caller, kept: Kept) -> Answer {
    let actor = caller.principal.actor();
    let written = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { class::save(tx, &kept, &actor).await })
    });
    written.await?;
    Ok(redirect_with(caller, LIST, &Flash::good(caller.tr("Die Klasse ist gespeichert.", "The class is saved."))))
}

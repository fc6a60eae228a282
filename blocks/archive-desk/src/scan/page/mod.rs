//! The pages of the scan station.
//!
//! Invariant: a page offers a step where the state of the batch has it, and the rules of the guideline have the last word.

mod check;
mod classes;
mod files;
mod list;
mod new;
mod one;
mod papers;
mod sheet;
mod steps;
mod tables;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use vir_archive::scan::class::Seal;
use vir_core::{Lang, Phrase, Text};
use vir_store::Tx;
use vir_web::parts::{Choice, Tab, Tone, badge, notice, tabs};
use vir_web::{App, AppError, Caller, Markup, html};

pub(in crate::scan) use new::natural;

use super::batch::{self, Stored};
use super::seal;
use crate::permissions::SCAN;

/// The section of the navigation.
pub const SECTION: &str = "scan";

/// The addresses.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/scannen", get(list::show))
        .route("/scannen/neu", get(new::form).post(new::upload).layer(DefaultBodyLimit::disable()))
        .route("/scannen/trennblatt", get(sheet::show))
        .route("/scannen/klassen", get(classes::list))
        .route("/scannen/klassen/neu", get(classes::new).post(classes::create))
        .route("/scannen/klassen/{class}", get(classes::edit).post(classes::save))
        .route("/scannen/verfahren", get(papers::form).post(papers::save))
        .route("/scannen/verfahrensdokumentation", get(papers::show))
        .route("/scannen/verfahrensdokumentation/pdf", get(papers::pdf))
        .route("/scannen/{batch}", get(one::show))
        .route("/scannen/{batch}/schritt", post(steps::take))
        .route("/scannen/{batch}/pruefen", get(check::show).post(check::say))
        .route("/scannen/{batch}/neuscan", post(new::replace).layer(DefaultBodyLimit::disable()))
        .route("/scannen/{batch}/seiten/{page}", get(files::page))
        .route("/scannen/{batch}/dokumente/{document}", get(files::document))
        .route("/scannen/{batch}/transfervermerk", get(files::note))
        .route("/scannen/{batch}/transfervermerk/{form}", get(files::note_file))
}

/// The batch, for whoever may scan.
async fn load(caller: &Caller, id: &str) -> Result<Stored, AppError> {
    caller.require_anywhere(SCAN)?;
    let id = id.to_owned();
    let read = caller
        .app
        .store
        .read(&caller.principal.tenant, move |tx: &mut Tx| Box::pin(async move { batch::load(tx, &id).await }));
    read.await?.ok_or_else(batch::unknown)
}

/// The views of the scan station.
fn views(lang: Lang, here: &str) -> Markup {
    let tab = |href: &str, label: &str| Tab::new(href, label, href == here);
    tabs(
        lang,
        lang.tr("Scannen", "Scanning"),
        &[
            tab("/scannen", lang.tr("Stapel", "Batches")),
            tab("/scannen/klassen", lang.tr("Dokumentklassen", "Document classes")),
            tab("/scannen/trennblatt", lang.tr("Trennblätter", "Separator sheets")),
            tab("/scannen/verfahren", lang.tr("Verfahren", "Procedure")),
            tab("/scannen/verfahrensdokumentation", lang.tr("Verfahrensdokumentation", "Documentation")),
        ],
    )
}

fn state_badge(stored: &Stored, state: &str, lang: Lang) -> Markup {
    let (tone, text) = match state {
        "received" => (Tone::Careful, Text::new("eingegangen", "received")),
        "scanning" => (Tone::Info, Text::new("wird gescannt", "being scanned")),
        "review" => (Tone::Careful, Text::new("in Qualitätssicherung", "in quality assurance")),
        "approved" => (Tone::Info, Text::new("geprüft", "approved")),
        "noted" if stored.record.is_some() => (Tone::Info, Text::new("wird abgelegt", "being deposited")),
        "noted" => (Tone::Info, Text::new("mit Transfervermerk", "noted")),
        "deposited" => (Tone::Good, Text::new("abgelegt", "deposited")),
        "destroyed" => (Tone::Good, Text::new("Papier vernichtet", "paper destroyed")),
        _ => (Tone::Neutral, Text::new("abgebrochen", "cancelled")),
    };
    badge(tone, text.get(lang))
}

/// The state of a batch as the store writes it.
/// What a seal is worth, in a word.
fn seal_level(seal: Seal) -> Phrase {
    match seal {
        Seal::Qualified => Phrase::new("qualifiziert", "qualified"),
        _ => Phrase::new("fortgeschritten", "advanced"),
    }
}

/// Nobody seals.
fn no_seal_notice(lang: Lang) -> Markup {
    let title = lang.tr("Es ist kein Siegel eingerichtet", "No seal is configured");
    notice(Tone::Careful, title, &html! { p { (seal::nobody(lang)) } })
}

fn state_code(stored: &Stored) -> String {
    let Some(batch) = &stored.batch else { return "received".to_owned() };
    serde_json::to_value(batch.state).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The classes that new batches may have, and the scanners of the procedure.
async fn choices(caller: &Caller) -> Result<(Vec<Choice>, Vec<Choice>), AppError> {
    let read = caller
        .app
        .store
        .read(&caller.principal.tenant, |tx: &mut Tx| Box::pin(async move { super::procedure::load(tx).await }));
    let configuration = read.await?;
    let classes = configuration.classes.iter().map(|class| Choice::new(class.id.as_str(), class.title.as_str()));
    let devices = configuration.devices.iter().map(|(name, _)| Choice::new(name.as_str(), name.as_str()));
    Ok((classes.collect(), devices.collect()))
}

/// A number of a form; empty is none, anything else that is no number is an error.
fn count(text: &str) -> Result<Option<u32>, Text> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let number = text.parse().ok().filter(|number| (1..=100_000).contains(number));
    number.map(Some).ok_or_else(|| Text::new("Eine Zahl von 1 bis 100.000.", "A number from 1 to 100,000."))
}

/// The statements that a test has both engines read.
pub(in crate::scan) fn statements() -> Vec<&'static str> {
    [files::STATEMENTS, new::STATEMENTS, one::STATEMENTS].concat()
}

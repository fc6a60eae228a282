//! Quality assurance: the image of a page, beside it what is to be said about it.
//!
//! Invariant: what was drawn is shown before anything is said about it, and the next drawn page follows.

use axum::extract::Path;
use serde::Deserialize;
use vir_archive::scan::batch::{Command, State};
use vir_store::Tx;
use vir_web::parts::{self, Tone, badge, button, card, field, file_drop, link_button};
use vir_web::{Answer, Caller, Flash, Form, Page, Query, html, page, redirect_with};

use super::{SECTION, load, steps};
use crate::scan::batch::{self, BatchError};
use crate::scan::who;

#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    seite: Option<u32>,
}

pub(super) async fn show(caller: Caller, Path(id): Path<String>, Query(which): Query<Which>) -> Answer {
    let stored = load(&caller, &id).await?;
    let lang = caller.lang;
    let Some(batch) = &stored.batch else { return Err(batch::unknown()) };
    let first = batch.unchecked().next().map_or(1, |position| position + 1);
    let number = which.seite.unwrap_or(first);
    let total = u32::try_from(batch.pages.len()).unwrap_or(u32::MAX);
    let Some(position) = number.checked_sub(1).filter(|position| *position < total) else {
        return Err(vir_web::AppError::not_found(vir_core::Text::new("diese Seite", "this page")));
    };
    let image = format!("/scannen/{id}/seiten/{number}");
    let here = format!("/scannen/{id}/pruefen");
    let state = match batch.checked.get(&position) {
        Some(true) => badge(Tone::Good, lang.tr("in Ordnung", "all right")),
        Some(false) => badge(Tone::Bad, lang.tr("neu scannen", "scan again")),
        None if batch.drawn.contains(&position) => badge(Tone::Careful, lang.tr("zu prüfen", "to be checked")),
        None => badge(Tone::Neutral, lang.tr("nicht in der Stichprobe", "not in the sample")),
    };
    let body = html! {
        div.split.split--main-left {
            div.scan-page {
                @if batch.raw_discarded { p { (lang.tr("Das Seitenbild ist gelöscht.", "The page image is deleted.")) } }
                @else {
                    a href=(image) { img src=(image) alt=(lang.tr(format!("Bild von Seite {number}"), format!("Image of page {number}"))); }
                }
            }
            div.stack {
                p { (state) }
                @if batch.state == State::Review {
                    (card(lang.tr("Prüfen", "Check"), &html! {
                        p { (lang.tr("Vergleichen Sie die Seite mit dem Papier: vollständig, lesbar, gerade, nichts verdeckt?", "Compare the page with the paper: whole, legible, straight, nothing covered?")) }
                        form method="post" action=(here) {
                            (parts::csrf_field(&caller))
                            input type="hidden" name="page" value=(number);
                            (button(lang.tr("In Ordnung", "All right")).name_value("good", "yes").no_validate())
                            (field(lang, "defect", lang.tr("Was ist falsch?", "What is wrong?")).max_length(500))
                            (button(lang.tr("Muss neu gescannt werden", "Must be scanned again")).danger().name_value("good", "no"))
                        }
                    }))
                }
                @if steps::is_open(&stored) {
                    (card(lang.tr("Neu scannen", "Scan again"), &html! {
                        form method="post" action={ "/scannen/" (id) "/neuscan" } enctype="multipart/form-data" {
                            (parts::csrf_field(&caller))
                            input type="hidden" name="page" value=(number);
                            (field(lang, "reason", lang.tr("Warum?", "Why?")).required().max_length(500))
                            (file_drop(lang, "files", lang.tr("Neue Seite", "New page")).accept(".tif,.tiff,.jpg,.jpeg,.pdf"))
                            (button(lang.tr("Seite ersetzen", "Replace the page")).secondary())
                        }
                    }))
                }
                div.toolbar {
                    @if position > 0 { (link_button(&format!("{here}?seite={}", number - 1), lang.tr("Vorige Seite", "Previous page")).quiet()) }
                    @if number < total { (link_button(&format!("{here}?seite={}", number + 1), lang.tr("Nächste Seite", "Next page")).quiet()) }
                    @if let Some(next) = batch.unchecked().find(|next| *next != position) {
                        (link_button(&format!("{here}?seite={}", next + 1), lang.tr("Nächste zu prüfende Seite", "Next page to be checked")))
                    }
                }
            }
        }
    };
    let frame = Page::new(lang.tr(format!("Seite {number} von {total}"), format!("Page {number} of {total}")))
        .section(SECTION)
        .crumb("/scannen", lang.tr("Scannen", "Scanning"))
        .crumb(format!("/scannen/{id}"), stored.title.clone());
    Ok(page(&caller, frame, body))
}

#[derive(Deserialize)]
pub(super) struct Said {
    page: u32,
    good: String,
    #[serde(default)]
    defect: String,
}

pub(super) async fn say(caller: Caller, Path(id): Path<String>, Form(said): Form<Said>) -> Answer {
    load(&caller, &id).await?;
    let who = who(&caller.principal);
    let position = said.page.saturating_sub(1);
    let good = said.good == "yes";
    let defect = if good { String::new() } else { said.defect.trim().to_owned() };
    let key = id.clone();
    let written = caller.app.store.write(&caller.principal.tenant, move |tx: &mut Tx| {
        Box::pin(async move { batch::act(tx, &key, &[Command::Check { position, good, defect }], &who).await })
    });
    let here = |page: u32| format!("/scannen/{id}/pruefen?seite={page}");
    match written.await {
        Ok(stored) if good => {
            let next = stored.batch.as_ref().and_then(|batch| batch.unchecked().next());
            let flash = Flash::good(caller.tr("Geprüft: in Ordnung.", "Checked: all right."));
            let to = next.map_or_else(|| format!("/scannen/{id}"), |next| here(next + 1));
            Ok(redirect_with(&caller, &to, &flash))
        }
        Ok(_) => {
            let flash = Flash::careful(caller.tr(
                "Eingetragen. Scannen Sie die Seite neu; jetzt werden alle Seiten des Stapels geprüft.",
                "Entered. Scan the page again; now all pages of the batch are checked.",
            ));
            Ok(redirect_with(&caller, &here(said.page), &flash))
        }
        Err(BatchError::Refused(refusal)) => {
            Ok(redirect_with(&caller, &here(said.page), &Flash::bad(batch::refused(&refusal).get(caller.lang))))
        }
        Err(error) => Err(error.into()),
    }
}

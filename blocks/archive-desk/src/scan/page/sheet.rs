//! Separator sheets to be printed: a bar code that begins a document and says how many pages it has.
//!
//! Invariant: what is printed is found again by [`vir_archive::scan::barcode`].

use serde::Deserialize;
use vir_archive::scan::barcode::{Sheet, bars};
use vir_web::parts::{button, error_summary, field, select};
use vir_web::{Answer, Caller, FieldError, Markup, Page, Query, html, page};

use super::{SECTION, choices, count, views};
use crate::permissions::SCAN;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    class: String,
    pages: String,
}

pub(super) async fn show(caller: Caller, Query(wanted): Query<Wanted>) -> Answer {
    caller.require_anywhere(SCAN)?;
    let lang = caller.lang;
    let (classes, _) = choices(&caller).await?;
    let mut errors = Vec::new();
    let pages = count(&wanted.pages).unwrap_or_else(|text| {
        errors.push(FieldError::new("pages", text));
        None
    });
    let chosen = classes.iter().find(|choice| choice.value == wanted.class);
    let sheet = chosen.filter(|_| errors.is_empty()).map(|choice| Sheet { class: choice.value.clone(), pages });
    let body = html! {
        (views(lang, "/scannen/trennblatt"))
        (error_summary(lang, &errors))
        form.filters method="get" action="/scannen/trennblatt" {
            (select(lang, "class", lang.tr("Dokumentklasse", "Document class"), &classes).value(&wanted.class).required())
            (field(lang, "pages", lang.tr("Seiten des Dokuments", "Pages of the document")).value(&wanted.pages).errors(&errors).input_mode("numeric").width(8)
                .hint(lang.tr("Leer, wenn nicht gezählt wurde.", "Empty where they were not counted.")))
            (button(lang.tr("Trennblatt anzeigen", "Show the sheet")))
        }
        @if let Some(sheet) = &sheet { (printed(&caller, sheet, chosen.map(|choice| choice.label.as_str()).unwrap_or_default())) }
        @else { p { (lang.tr(
            "Legen Sie ein Trennblatt vor jedes Dokument. Es wird beim Einlesen an seinem Strichcode erkannt, teilt den Stapel und zählt nicht als Seite.",
            "Put a separator sheet before each document. It is recognised by its bar code, divides the batch, and does not count as a page.",
        )) } }
    };
    let mut frame = Page::new(lang.tr("Trennblätter", "Separator sheets"))
        .section(SECTION)
        .crumb("/scannen", lang.tr("Scannen", "Scanning"));
    if !errors.is_empty() {
        frame = frame.with_errors();
    }
    Ok(page(&caller, frame, body))
}

/// The sheet: its code twice, since a corner may be folded.
fn printed(caller: &Caller, sheet: &Sheet, title: &str) -> Markup {
    let lang = caller.lang;
    let Some((text, bars)) = sheet.text().and_then(|text| bars(&text).map(|bars| (text, bars))) else {
        return html! {};
    };
    let words = match sheet.pages {
        Some(pages) => lang.tr(format!("{title}, {pages} Seiten"), format!("{title}, {pages} pages")),
        None => title.to_owned(),
    };
    html! {
        section.card aria-label=(lang.tr("Trennblatt", "Separator sheet")) {
            h2 { (lang.tr("Trennblatt", "Separator sheet")) }
            (code(&bars, &lang.tr(format!("Strichcode: {text}"), format!("Bar code: {text}"))))
            p { (words) }
            p { code { (text) } }
            (code(&bars, &lang.tr("derselbe Strichcode noch einmal".to_owned(), "the same bar code again".to_owned())))
        }
    }
}

fn code(bars: &[u8], label: &str) -> Markup {
    const QUIET: u32 = 12;
    let wide = bars.iter().map(|bar| u32::from(*bar)).sum::<u32>() + 2 * QUIET;
    let mut at = QUIET;
    let mut shapes = Vec::new();
    for (index, bar) in bars.iter().enumerate() {
        if index % 2 == 0 {
            shapes.push((at, *bar));
        }
        at += u32::from(*bar);
    }
    html! {
        svg role="img" aria-label=(label) viewBox={ "0 0 " (wide) " 40" } width="100%" shape-rendering="crispEdges" {
            rect x="0" y="0" width=(wide) height="40" fill="#fff" {}
            @for (at, bar) in shapes { rect x=(at) y="2" width=(bar) height="36" fill="#000" {} }
        }
    }
}

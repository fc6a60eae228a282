//! Frames for content: cards, terms with their values, bars of tools and filters, figures.
//!
//! Invariant: a card's heading is an `h2`; the page's own heading is the only `h1`.

use maud::{Markup, html};

/// A box with a heading.
#[must_use]
pub fn card(title: &str, body: &Markup) -> Markup {
    html! { section.card { h2.card__title { (title) } (body) } }
}

/// Terms and their values.
#[must_use]
pub fn definition_list(entries: &[(&str, Markup)]) -> Markup {
    html! {
        dl.terms { @for (term, value) in entries { div.terms__entry { dt { (term) } dd { (value) } } } }
    }
}

/// Tools in a row: buttons and links.
#[must_use]
pub fn toolbar(tools: &Markup) -> Markup {
    html! { div.toolbar { (tools) } }
}

/// The filters of a list: a form that only asks. Where JavaScript is there, the element with the id
/// `results` is exchanged while somebody types or chooses.
#[must_use]
pub fn filter_bar(label: &str, action: &str, results: &str, fields: &Markup) -> Markup {
    html! {
        form.filters role="search" aria-label=(label) method="get" action=(action) data-live=(results) { (fields) }
    }
}

/// One figure with its name, and where it leads.
#[must_use]
pub fn figure_tile(label: &str, value: &str, note: Option<&str>, href: Option<&str>) -> Markup {
    let inner = html! {
        span.tile__label { (label) }
        span.tile__value { (value) }
        @if let Some(note) = note { span.tile__note { (note) } }
    };
    html! {
        @match href {
            Some(href) => { a.tile href=(href) { (inner) } }
            None => { div.tile { (inner) } }
        }
    }
}

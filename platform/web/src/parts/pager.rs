//! Going through a long list.
//!
//! Invariant: the pager goes by cursors, not by page numbers; a row that comes in meanwhile moves
//! nothing.

use maud::{Markup, html};
use vir_core::Lang;

use super::{Icon, icon};

/// Where the other parts of the list are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pager {
    /// The first part, where this is not it.
    pub first: Option<String>,
    /// The part before.
    pub previous: Option<String>,
    /// The part after.
    pub next: Option<String>,
    /// What is shown: "51–100 of 1,234".
    pub shown: String,
}

/// Links to the other parts of a list.
#[must_use]
pub fn pager(lang: Lang, pager: &Pager) -> Markup {
    html! {
        nav.pager aria-label=(lang.tr("Seiten der Liste", "Pages of the list")) {
            p.pager__shown { (pager.shown) }
            ul {
                @if let Some(first) = &pager.first {
                    li { a.button.button--quiet href=(first) { (lang.tr("Zum Anfang", "To the start")) } }
                }
                @if let Some(previous) = &pager.previous {
                    li { a.button.button--secondary href=(previous) rel="prev" { (icon(Icon::Back)) span { (lang.tr("Vorherige", "Previous")) } } }
                }
                @if let Some(next) = &pager.next {
                    li { a.button.button--secondary href=(next) rel="next" { span { (lang.tr("Nächste", "Next")) } (icon(Icon::Next)) } }
                }
            }
        }
    }
}

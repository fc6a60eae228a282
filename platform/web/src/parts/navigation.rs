//! Ways through the pages: breadcrumbs and tabs.
//!
//! Invariant: where somebody is, is marked with `aria-current`.

use maud::{Markup, html};
use vir_core::Lang;

/// A step on the way to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    /// Where it is.
    pub href: String,
    /// What it is called.
    pub label: String,
}

/// The way to this page; its last step is the page itself.
#[must_use]
pub fn breadcrumbs(lang: Lang, steps: &[Crumb], here: &str) -> Markup {
    html! {
        nav.crumbs aria-label=(lang.tr("Pfad", "Breadcrumb")) {
            ol {
                @for step in steps { li { a href=(step.href) { (step.label) } } }
                li { span aria-current="page" { (here) } }
            }
        }
    }
}

/// One of several views of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    /// Where it is.
    pub href: String,
    /// What it is called.
    pub label: String,
    /// Is it this one?
    pub current: bool,
    /// How many things are in it.
    pub count: Option<u64>,
}

impl Tab {
    /// A view.
    pub fn new(href: impl Into<String>, label: impl Into<String>, current: bool) -> Self {
        Self { href: href.into(), label: label.into(), current, count: None }
    }

    /// With the number of things in it.
    #[must_use]
    pub fn count(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }
}

/// Views of a thing, as links: each is a page of its own.
#[must_use]
pub fn tabs(lang: Lang, label: &str, entries: &[Tab]) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            ul { @for tab in entries { li {
                a href=(tab.href) aria-current=[tab.current.then_some("page")] {
                    (tab.label)
                    @if let Some(count) = tab.count { " " span.count { (crate::format::count(count, lang)) } }
                }
            } } }
        }
    }
}

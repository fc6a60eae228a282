//! What state a thing is in: badges, notices, progress, traffic lights, empty places.
//!
//! Invariant: colour never says it alone; there is a word, and a shape where space is short.

use maud::{Markup, html};
use vir_core::Lang;

use super::{Icon, icon};

/// What something means to the person who sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Neither good nor bad.
    #[default]
    Neutral,
    /// Worth knowing.
    Info,
    /// All is well.
    Good,
    /// Look at this.
    Careful,
    /// Wrong.
    Bad,
}

impl Tone {
    /// The class of the stylesheet.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Info => "info",
            Self::Good => "good",
            Self::Careful => "careful",
            Self::Bad => "bad",
        }
    }

    /// Its icon.
    #[must_use]
    pub fn icon(self) -> Icon {
        match self {
            Self::Neutral | Self::Info => Icon::Info,
            Self::Good => Icon::Check,
            Self::Careful => Icon::Warning,
            Self::Bad => Icon::Cross,
        }
    }
}

/// A short word about the state of a thing.
#[must_use]
pub fn badge(tone: Tone, text: &str) -> Markup {
    html! { span class={ "badge badge--" (tone.class()) } { (text) } }
}

/// A box with something to know. The heading level fits into most pages (`h2` is the page's own).
#[must_use]
pub fn notice(tone: Tone, title: &str, body: &Markup) -> Markup {
    html! {
        div class={ "notice notice--" (tone.class()) } {
            (icon(tone.icon()))
            div.notice__body {
                p.notice__title { (title) }
                @if !body.0.is_empty() { (body) }
            }
        }
    }
}

/// Nothing is here, why, and what to do about it.
#[must_use]
pub fn empty_state(title: &str, text: &str, action: &Markup) -> Markup {
    html! {
        div.empty {
            (icon(Icon::Document))
            p.empty__title { (title) }
            p.empty__text { (text) }
            @if !action.0.is_empty() { div.empty__action { (action) } }
        }
    }
}

/// How far something is.
#[must_use]
pub fn progress(lang: Lang, label: &str, done: u64, total: u64) -> Markup {
    html! {
        div.progress {
            span.progress__label { (label) }
            progress aria-label=(label) max=(total.max(1)) value=(done.min(total)) {}
            span.progress__value { (crate::format::count(done, lang)) " " (lang.tr("von", "of")) " " (crate::format::count(total, lang)) }
        }
    }
}

/// How urgent something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Light {
    /// There is time.
    Green,
    /// Soon.
    Yellow,
    /// Now, or too late.
    Red,
    /// No date.
    Off,
}

/// A traffic light with its words: a circle, a triangle or a square, so that it also reads without colour.
#[must_use]
pub fn traffic_light(light: Light, text: &str) -> Markup {
    let class = match light {
        Light::Green => "light--green",
        Light::Yellow => "light--yellow",
        Light::Red => "light--red",
        Light::Off => "light--off",
    };
    html! {
        span class={ "light " (class) } {
            svg.light__mark viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false" {
                @match light {
                    Light::Green => { circle cx="6" cy="6" r="5" {} }
                    Light::Yellow => { path d="M6 .8 11.6 11H.4Z" {} }
                    Light::Red => { rect x="1" y="1" width="10" height="10" rx="1" {} }
                    Light::Off => { rect x="1" y="5" width="10" height="2" {} }
                }
            }
            span { (text) }
        }
    }
}

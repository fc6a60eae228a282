//! Icons: our own drawings on a grid of 24, in the colour of the text around them.
//!
//! Invariant: an icon never speaks alone. It is hidden from assistive technology; the text stands
//! beside it, or in a visually hidden span of whoever uses it.

use maud::{Markup, PreEscaped, html};

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Icon {
    /// All is well, chosen.
    Check,
    /// Look at this.
    Warning,
    /// Wrong, refused.
    Cross,
    /// Worth knowing.
    Info,
    /// Bring in.
    Upload,
    /// Take away.
    Download,
    /// Find.
    Search,
    /// A person.
    Person,
    /// Time that passes.
    Clock,
    /// Goes on.
    Next,
    /// Goes back.
    Back,
    /// New.
    Plus,
    /// A document.
    Document,
    /// A message.
    Mail,
    /// Settings.
    Settings,
    /// Menu.
    Menu,
    /// A house: the start.
    Home,
    /// Held up.
    Pause,
    /// Rows are sorted upwards.
    Up,
    /// Rows are sorted downwards.
    Down,
    /// Bright or dark.
    Contrast,
    /// A language.
    Language,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Check => r#"<path d="m5 12.5 4.5 4.5L19 7.5"/>"#,
            Self::Warning => r#"<path d="M12 4 2.8 20h18.4L12 4Z"/><path d="M12 10v4.5M12 17.2v.3"/>"#,
            Self::Cross => r#"<path d="m6 6 12 12M18 6 6 18"/>"#,
            Self::Info => r#"<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.5v.3"/>"#,
            Self::Upload => r#"<path d="M12 16V4.5M7 9l5-5 5 5M4 16v4h16v-4"/>"#,
            Self::Download => r#"<path d="M12 4v11.5M7 11l5 5 5-5M4 16v4h16v-4"/>"#,
            Self::Search => r#"<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>"#,
            Self::Person => r#"<circle cx="12" cy="8" r="4"/><path d="M4 20.5c1-4 4-6 8-6s7 2 8 6"/>"#,
            Self::Clock => r#"<circle cx="12" cy="12" r="9"/><path d="M12 7v5.5l3.5 2"/>"#,
            Self::Next => r#"<path d="m9 5 7 7-7 7"/>"#,
            Self::Back => r#"<path d="m15 5-7 7 7 7"/>"#,
            Self::Plus => r#"<path d="M12 5v14M5 12h14"/>"#,
            Self::Document => r#"<path d="M6 3h8l4.5 4.5V21H6V3Z"/><path d="M13.5 3v5h5M9 12.5h6M9 16.5h6"/>"#,
            Self::Mail => r#"<path d="M3 5.5h18v13H3z"/><path d="m3.5 6 8.5 7 8.5-7"/>"#,
            Self::Settings => {
                r#"<path d="M4 7h9M19 7h1M4 17h1M11 17h9"/><circle cx="16" cy="7" r="2.6"/><circle cx="8" cy="17" r="2.6"/>"#
            }
            Self::Menu => r#"<path d="M4 6.5h16M4 12h16M4 17.5h16"/>"#,
            Self::Home => r#"<path d="M4 11.5 12 4l8 7.5V20h-5.5v-6h-5v6H4v-8.5Z"/>"#,
            Self::Pause => r#"<path d="M8.5 5v14M15.5 5v14"/>"#,
            Self::Up => r#"<path d="M12 19V5.5M6.5 11 12 5.5l5.5 5.5"/>"#,
            Self::Down => r#"<path d="M12 5v13.5M6.5 13l5.5 5.5 5.5-5.5"/>"#,
            Self::Contrast => {
                r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 3.5a8.5 8.5 0 0 1 0 17Z" fill="currentColor"/>"#
            }
            Self::Language => {
                r#"<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c3 3 3.8 6 3.8 9s-.8 6-3.8 9c-3-3-3.8-6-3.8-9S9 6 12 3Z"/>"#
            }
        }
    }
}

/// An icon, hidden from assistive technology.
#[must_use]
pub fn icon(icon: Icon) -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="2"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false" {
            (PreEscaped(icon.path()))
        }
    }
}

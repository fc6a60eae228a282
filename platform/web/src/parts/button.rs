//! Buttons, and links that look like them.
//!
//! Invariant: what changes something is a `<button>` in a form that is posted; what only goes
//! somewhere is a link.

use maud::{Markup, Render, html};

use super::{Icon, icon};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Primary,
    Secondary,
    Quiet,
    Danger,
}

impl Look {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "button button--primary",
            Self::Secondary => "button button--secondary",
            Self::Quiet => "button button--quiet",
            Self::Danger => "button button--danger",
        }
    }
}

/// A button that submits its form. Made by [`button`].
#[derive(Debug, Clone)]
#[must_use]
pub struct Button<'a> {
    label: &'a str,
    look: Look,
    icon: Option<Icon>,
    small: bool,
    disabled: bool,
    name_value: Option<(&'a str, &'a str)>,
    action: Option<&'a str>,
    form: Option<&'a str>,
    confirm: Option<&'a str>,
    described_by: Option<&'a str>,
    about: Option<&'a str>,
    no_validate: bool,
}

/// A button that submits its form: the main action of the page, unless one of the methods says
/// otherwise.
pub fn button(label: &str) -> Button<'_> {
    Button {
        label,
        look: Look::Primary,
        icon: None,
        small: false,
        disabled: false,
        name_value: None,
        action: None,
        form: None,
        confirm: None,
        described_by: None,
        about: None,
        no_validate: false,
    }
}

impl<'a> Button<'a> {
    /// One action among others.
    pub fn secondary(mut self) -> Self {
        self.look = Look::Secondary;
        self
    }

    /// An action at the edge: no frame.
    pub fn quiet(mut self) -> Self {
        self.look = Look::Quiet;
        self
    }

    /// An action that takes something away.
    pub fn danger(mut self) -> Self {
        self.look = Look::Danger;
        self
    }

    /// An icon before the label.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// For rows of tables.
    pub fn small(mut self) -> Self {
        self.small = true;
        self
    }

    /// Not possible now. Say beside it why, and point there with [`Self::described_by`].
    pub fn disabled(mut self, disabled: bool) -> Self {
        self.disabled = disabled;
        self
    }

    /// Which of several buttons of one form it was.
    pub fn name_value(mut self, name: &'a str, value: &'a str) -> Self {
        self.name_value = Some((name, value));
        self
    }

    /// Posts the form somewhere else.
    pub fn action(mut self, path: &'a str) -> Self {
        self.action = Some(path);
        self
    }

    /// Belongs to the form with this id, which stands elsewhere on the page.
    pub fn form(mut self, id: &'a str) -> Self {
        self.form = Some(id);
        self
    }

    /// Asks this question first, where JavaScript is there. Without it the action happens at once,
    /// so what cannot be undone needs a page that asks.
    pub fn confirm(mut self, question: &'a str) -> Self {
        self.confirm = Some(question);
        self
    }

    /// The id of the text that explains it.
    pub fn described_by(mut self, id: &'a str) -> Self {
        self.described_by = Some(id);
        self
    }

    /// What it acts on, for those who do not see the row: "Delete" *cost centre 4711*.
    pub fn about(mut self, object: &'a str) -> Self {
        self.about = Some(object);
        self
    }

    /// Submits without the browser's checks, as *save draft* does.
    pub fn no_validate(mut self) -> Self {
        self.no_validate = true;
        self
    }
}

impl Render for Button<'_> {
    fn render(&self) -> Markup {
        html! {
            button type="submit" class={ (self.look.class()) @if self.small { " button--small" } }
                name=[self.name_value.map(|(name, _)| name)] value=[self.name_value.map(|(_, value)| value)]
                formaction=[self.action] form=[self.form] data-confirm=[self.confirm]
                aria-describedby=[self.described_by] disabled[self.disabled] formnovalidate[self.no_validate] {
                @if let Some(shown) = self.icon { (icon(shown)) }
                span { (self.label) @if let Some(about) = self.about { span.visually-hidden { " " (about) } } }
            }
        }
    }
}

/// A link that looks like a button. Made by [`link_button`].
#[derive(Debug, Clone)]
#[must_use]
pub struct Link<'a> {
    href: &'a str,
    label: &'a str,
    look: Look,
    icon: Option<Icon>,
    small: bool,
    download: bool,
    about: Option<&'a str>,
}

/// A link that looks like a button: goes somewhere and changes nothing.
pub fn link_button<'a>(href: &'a str, label: &'a str) -> Link<'a> {
    Link { href, label, look: Look::Secondary, icon: None, small: false, download: false, about: None }
}

impl<'a> Link<'a> {
    /// Where most people go from here.
    pub fn primary(mut self) -> Self {
        self.look = Look::Primary;
        self
    }

    /// At the edge: no frame.
    pub fn quiet(mut self) -> Self {
        self.look = Look::Quiet;
        self
    }

    /// An icon before the label.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// For rows of tables.
    pub fn small(mut self) -> Self {
        self.small = true;
        self
    }

    /// The browser saves what it gets.
    pub fn download(mut self) -> Self {
        self.download = true;
        self
    }

    /// What it is about, for those who do not see the row.
    pub fn about(mut self, object: &'a str) -> Self {
        self.about = Some(object);
        self
    }
}

impl Render for Link<'_> {
    fn render(&self) -> Markup {
        html! {
            a href=(self.href) class={ (self.look.class()) @if self.small { " button--small" } } download[self.download] {
                @if let Some(shown) = self.icon { (icon(shown)) }
                span { (self.label) @if let Some(about) = self.about { span.visually-hidden { " " (about) } } }
            }
        }
    }
}

//! Fields in which somebody chooses: lists, radio buttons, checkboxes.
//!
//! Invariant: radio buttons stand in a `<fieldset>` whose legend is the question; its id is `f-` and
//! the name, so that the error summary can link to it.

use maud::{Markup, Render, html};
use vir_core::Lang;

use super::FieldError;
use super::field::{described_by, error_text, label_text};

/// One of several values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// A sentence below the label of a radio button.
    pub hint: Option<String>,
}

impl Choice {
    /// A value and what it is called.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: None }
    }

    /// With a sentence that explains it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// A list from which one value is chosen. Made by [`select`].
#[derive(Debug, Clone)]
#[must_use]
pub struct Select<'a> {
    lang: Lang,
    name: &'a str,
    label: &'a str,
    choices: &'a [Choice],
    value: &'a str,
    empty: Option<&'a str>,
    hint: Option<&'a str>,
    error: Option<&'a str>,
    required: bool,
    hide_label: bool,
    form: Option<&'a str>,
    id: Option<&'a str>,
}

/// A list from which one value is chosen.
pub fn select<'a>(lang: Lang, name: &'a str, label: &'a str, choices: &'a [Choice]) -> Select<'a> {
    Select {
        lang,
        name,
        label,
        choices,
        value: "",
        empty: None,
        hint: None,
        error: None,
        required: false,
        hide_label: false,
        form: None,
        id: None,
    }
}

impl<'a> Select<'a> {
    /// What is chosen.
    pub fn value(mut self, value: &'a str) -> Self {
        self.value = value;
        self
    }

    /// A first entry with no value: "all", "please choose".
    pub fn empty(mut self, label: &'a str) -> Self {
        self.empty = Some(label);
        self
    }

    /// How to choose.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// What is wrong with it.
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    /// Takes its own error out of those of the form.
    pub fn errors(mut self, errors: &'a [FieldError]) -> Self {
        self.error = FieldError::of(errors, self.name, self.lang);
        self
    }

    /// Must be chosen.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The label is there for those who hear the page; as in a table or filter bar.
    pub fn hide_label(mut self) -> Self {
        self.hide_label = true;
        self
    }

    /// Belongs to the form with this id, which stands elsewhere on the page.
    pub fn form(mut self, id: &'a str) -> Self {
        self.form = Some(id);
        self
    }

    /// Another id than `f-` and the name.
    pub fn id(mut self, id: &'a str) -> Self {
        self.id = Some(id);
        self
    }
}

impl Render for Select<'_> {
    fn render(&self) -> Markup {
        let id = self.id.map_or_else(|| format!("f-{}", self.name), str::to_owned);
        let described = described_by(&id, self.hint.is_some(), self.error.is_some());
        // A list with an entry for every case always has a value; there is nothing optional about it.
        let marked = self.required || self.empty.is_none();
        html! {
            div.field."field--error"[self.error.is_some()] {
                label for=(id) class={ "label" @if self.hide_label { " visually-hidden" } } {
                    (label_text(self.lang, self.label, marked, self.hide_label))
                }
                @if let Some(hint) = self.hint { p.field__hint id={ (id) "-hint" } { (hint) } }
                @if let Some(error) = self.error { (error_text(self.lang, &id, error)) }
                select.input id=(id) name=(self.name) required[self.required] aria-describedby=[described]
                    form=[self.form] aria-invalid=[self.error.map(|_| "true")] {
                    @if let Some(empty) = self.empty { option value="" selected[self.value.is_empty()] { (empty) } }
                    @for choice in self.choices {
                        option value=(choice.value) selected[choice.value == self.value] { (choice.label) }
                    }
                }
            }
        }
    }
}

/// Radio buttons under a question. Made by [`radios`].
#[derive(Debug, Clone)]
#[must_use]
pub struct Radios<'a> {
    lang: Lang,
    name: &'a str,
    legend: &'a str,
    choices: &'a [Choice],
    value: &'a str,
    hint: Option<&'a str>,
    error: Option<&'a str>,
    inline: bool,
}

/// Radio buttons under a question: for few choices that people should see at once.
pub fn radios<'a>(lang: Lang, name: &'a str, legend: &'a str, choices: &'a [Choice]) -> Radios<'a> {
    Radios { lang, name, legend, choices, value: "", hint: None, error: None, inline: false }
}

impl<'a> Radios<'a> {
    /// What is chosen.
    pub fn value(mut self, value: &'a str) -> Self {
        self.value = value;
        self
    }

    /// How to choose.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// Takes its own error out of those of the form.
    pub fn errors(mut self, errors: &'a [FieldError]) -> Self {
        self.error = FieldError::of(errors, self.name, self.lang);
        self
    }

    /// Side by side.
    pub fn inline(mut self) -> Self {
        self.inline = true;
        self
    }
}

impl Render for Radios<'_> {
    fn render(&self) -> Markup {
        let id = format!("f-{}", self.name);
        let described = described_by(&id, self.hint.is_some(), self.error.is_some());
        html! {
            fieldset.field."field--error"[self.error.is_some()] id=(id) tabindex="-1" aria-describedby=[described] {
                legend.label { (self.legend) }
                @if let Some(hint) = self.hint { p.field__hint id={ (id) "-hint" } { (hint) } }
                @if let Some(error) = self.error { (error_text(self.lang, &id, error)) }
                div.choices."choices--inline"[self.inline] {
                    @for (index, choice) in self.choices.iter().enumerate() {
                        div.choice {
                            input type="radio" id={ (id) "-" (index) } name=(self.name) value=(choice.value)
                                checked[choice.value == self.value]
                                aria-describedby=[choice.hint.as_ref().map(|_| format!("{id}-{index}-hint"))];
                            label for={ (id) "-" (index) } { (choice.label) }
                            @if let Some(hint) = &choice.hint {
                                p.choice__hint id={ (id) "-" (index) "-hint" } { (hint) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A checkbox. Made by [`checkbox`].
#[derive(Debug, Clone)]
#[must_use]
pub struct Checkbox<'a> {
    name: &'a str,
    label: &'a str,
    value: &'a str,
    checked: bool,
    hint: Option<&'a str>,
    error: Option<&'a str>,
    hide_label: bool,
    form: Option<&'a str>,
    id: Option<&'a str>,
}

/// A checkbox; where it is ticked, `name=on` is sent.
pub fn checkbox<'a>(name: &'a str, label: &'a str) -> Checkbox<'a> {
    Checkbox {
        name,
        label,
        value: "on",
        checked: false,
        hint: None,
        error: None,
        hide_label: false,
        form: None,
        id: None,
    }
}

impl<'a> Checkbox<'a> {
    /// Another value than `on`: one box among several of the same name.
    pub fn value(mut self, value: &'a str) -> Self {
        self.value = value;
        self
    }

    /// Is it ticked?
    pub fn checked(mut self, checked: bool) -> Self {
        self.checked = checked;
        self
    }

    /// What ticking it means.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// Takes its own error out of those of the form.
    pub fn errors(mut self, errors: &'a [FieldError], lang: Lang) -> Self {
        self.error = FieldError::of(errors, self.name, lang);
        self
    }

    /// The label is there for those who hear the page, as in the first column of a table.
    pub fn hide_label(mut self) -> Self {
        self.hide_label = true;
        self
    }

    /// Belongs to the form with this id, which stands elsewhere on the page.
    pub fn form(mut self, id: &'a str) -> Self {
        self.form = Some(id);
        self
    }

    /// Another id than made from name and value.
    pub fn id(mut self, id: &'a str) -> Self {
        self.id = Some(id);
        self
    }
}

impl Render for Checkbox<'_> {
    fn render(&self) -> Markup {
        let id = match (self.id, self.value) {
            (Some(id), _) => id.to_owned(),
            (None, "on") => format!("f-{}", self.name),
            (None, value) => format!("f-{}-{value}", self.name),
        };
        let described = described_by(&id, self.hint.is_some(), self.error.is_some());
        html! {
            div.choice."choice--bare"[self.hide_label] {
                input type="checkbox" id=(id) name=(self.name) value=(self.value) checked[self.checked]
                    form=[self.form] aria-describedby=[described] aria-invalid=[self.error.map(|_| "true")];
                label for=(id) { span class=[self.hide_label.then_some("visually-hidden")] { (self.label) } }
                @if let Some(hint) = self.hint { p.choice__hint id={ (id) "-hint" } { (hint) } }
                @if let Some(error) = self.error { p.field__error id={ (id) "-error" } { (error) } }
            }
        }
    }
}

//! Fields in which somebody types.
//!
//! Invariant: a field has a visible label; its hint and its error are tied to it with
//! `aria-describedby`, and its id is `f-` and its name, so that the error summary can link to it.

use std::fmt::Write as _;

use maud::{Markup, Render, html};
use vir_core::Lang;

use super::FieldError;

/// A labelled field. Made by [`field`], [`text_area`], [`date_field`], [`amount_field`],
/// [`search_field`] or [`password_field`].
#[derive(Debug, Clone)]
#[must_use]
pub struct Field<'a> {
    lang: Lang,
    name: &'a str,
    label: &'a str,
    value: &'a str,
    kind: &'a str,
    rows: Option<u8>,
    width: Option<u8>,
    hint: Option<&'a str>,
    error: Option<&'a str>,
    required: bool,
    autocomplete: Option<&'a str>,
    input_mode: Option<&'a str>,
    placeholder: Option<&'a str>,
    suffix: Option<&'a str>,
    max_length: Option<u32>,
    minimum: Option<&'a str>,
    maximum: Option<&'a str>,
    suggestions: &'a [String],
    read_only: bool,
    autofocus: bool,
    hide_label: bool,
    form: Option<&'a str>,
    id: Option<&'a str>,
    spellcheck: Option<&'a str>,
}

/// A field for one line of text.
pub fn field<'a>(lang: Lang, name: &'a str, label: &'a str) -> Field<'a> {
    Field {
        lang,
        name,
        label,
        value: "",
        kind: "text",
        rows: None,
        width: None,
        hint: None,
        error: None,
        required: false,
        autocomplete: None,
        input_mode: None,
        placeholder: None,
        suffix: None,
        max_length: None,
        minimum: None,
        maximum: None,
        suggestions: &[],
        read_only: false,
        autofocus: false,
        hide_label: false,
        form: None,
        id: None,
        spellcheck: None,
    }
}

/// A field for several lines of text.
pub fn text_area<'a>(lang: Lang, name: &'a str, label: &'a str) -> Field<'a> {
    Field { rows: Some(4), ..field(lang, name, label) }
}

/// A field for a day; its value is `YYYY-MM-DD`.
pub fn date_field<'a>(lang: Lang, name: &'a str, label: &'a str) -> Field<'a> {
    Field { kind: "date", width: Some(12), ..field(lang, name, label) }
}

/// A field for an amount in euros; what is typed is read by [`crate::format::parse_amount`].
pub fn amount_field<'a>(lang: Lang, name: &'a str, label: &'a str) -> Field<'a> {
    Field { input_mode: Some("decimal"), suffix: Some("EUR"), width: Some(14), ..field(lang, name, label) }
}

/// A field for words to look for.
pub fn search_field<'a>(lang: Lang, name: &'a str, label: &'a str) -> Field<'a> {
    Field { kind: "search", ..field(lang, name, label) }
}

/// A field for a password. `autocomplete` tells the browser which: `current-password` or `new-password`.
pub fn password_field<'a>(lang: Lang, name: &'a str, label: &'a str, autocomplete: &'a str) -> Field<'a> {
    Field { kind: "password", autocomplete: Some(autocomplete), ..field(lang, name, label) }
}

impl<'a> Field<'a> {
    /// What stands in it.
    pub fn value(mut self, value: &'a str) -> Self {
        self.value = value;
        self
    }

    /// The `type` of the input: `email`, `tel`, `url`, `number`.
    pub fn kind(mut self, kind: &'a str) -> Self {
        self.kind = kind;
        self
    }

    /// Lines of a [`text_area`].
    pub fn rows(mut self, rows: u8) -> Self {
        self.rows = Some(rows);
        self
    }

    /// About how many characters it shows: a field as wide as what belongs into it. One of
    /// 4, 8, 12, 14, 20, 30, 40.
    pub fn width(mut self, characters: u8) -> Self {
        self.width = Some(characters);
        self
    }

    /// How to fill it in; stands between label and field.
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

    /// Must be filled in. Fields that need not be say so in their label.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// What the browser may fill in by itself (WCAG 1.3.5).
    pub fn autocomplete(mut self, what: &'a str) -> Self {
        self.autocomplete = Some(what);
        self
    }

    /// The keyboard of a telephone.
    pub fn input_mode(mut self, mode: &'a str) -> Self {
        self.input_mode = Some(mode);
        self
    }

    /// An example inside the field; never instead of a label or hint.
    pub fn placeholder(mut self, example: &'a str) -> Self {
        self.placeholder = Some(example);
        self
    }

    /// A unit behind the field.
    pub fn suffix(mut self, unit: &'a str) -> Self {
        self.suffix = Some(unit);
        self
    }

    /// At most so many characters.
    pub fn max_length(mut self, characters: u32) -> Self {
        self.max_length = Some(characters);
        self
    }

    /// The least value, for days and numbers.
    pub fn minimum(mut self, value: &'a str) -> Self {
        self.minimum = Some(value);
        self
    }

    /// The greatest value, for days and numbers.
    pub fn maximum(mut self, value: &'a str) -> Self {
        self.maximum = Some(value);
        self
    }

    /// Values to choose from while typing; others are possible.
    pub fn suggestions(mut self, values: &'a [String]) -> Self {
        self.suggestions = values;
        self
    }

    /// Shown, and sent, but not to be changed.
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// The first field of a page that is nothing but a form.
    pub fn autofocus(mut self) -> Self {
        self.autofocus = true;
        self
    }

    /// The label is there for those who hear the page; others see what it is from its place, as in
    /// a table or filter bar.
    pub fn hide_label(mut self) -> Self {
        self.hide_label = true;
        self
    }

    /// Belongs to the form with this id, which stands elsewhere on the page.
    pub fn form(mut self, id: &'a str) -> Self {
        self.form = Some(id);
        self
    }

    /// Another id than `f-` and the name, where a page has several fields of this name.
    pub fn id(mut self, id: &'a str) -> Self {
        self.id = Some(id);
        self
    }

    /// No red lines under numbers and names.
    pub fn no_spellcheck(mut self) -> Self {
        self.spellcheck = Some("false");
        self
    }
}

/// The ids of hint and error, as `aria-describedby` takes them.
pub(super) fn described_by(id: &str, hint: bool, error: bool) -> Option<String> {
    let mut ids = String::new();
    if hint {
        _ = write!(ids, "{id}-hint");
    }
    if error {
        _ = write!(ids, "{}{id}-error", if hint { " " } else { "" });
    }
    (!ids.is_empty()).then_some(ids)
}

/// The label with the word "optional" where it is.
pub(super) fn label_text(lang: Lang, label: &str, required: bool, hidden: bool) -> Markup {
    html! {
        (label)
        @if !required && !hidden { " " span.label__optional { (lang.tr("(freiwillig)", "(optional)")) } }
    }
}

pub(super) fn error_text(lang: Lang, id: &str, error: &str) -> Markup {
    html! {
        p.field__error id={ (id) "-error" } {
            (super::icon(super::Icon::Warning))
            span { span.visually-hidden { (lang.tr("Fehler: ", "Error: ")) } (error) }
        }
    }
}

impl Render for Field<'_> {
    fn render(&self) -> Markup {
        let id = self.id.map_or_else(|| format!("f-{}", self.name), str::to_owned);
        let described = described_by(&id, self.hint.is_some(), self.error.is_some());
        let width = self.width.map(|width| format!("input--{width}"));
        let list = (!self.suggestions.is_empty()).then(|| format!("{id}-list"));
        // A read-only field is nobody's choice, so it is not "optional" either.
        let marked = self.required || self.read_only || matches!(self.kind, "search");
        html! {
            div.field."field--error"[self.error.is_some()] {
                label for=(id) class={ "label" @if self.hide_label { " visually-hidden" } } {
                    (label_text(self.lang, self.label, marked, self.hide_label))
                }
                @if let Some(hint) = self.hint { p.field__hint id={ (id) "-hint" } { (hint) } }
                @if let Some(error) = self.error { (error_text(self.lang, &id, error)) }
                @if let Some(rows) = self.rows {
                    textarea.input id=(id) name=(self.name) rows=(rows) required[self.required]
                        maxlength=[self.max_length] aria-describedby=[described] form=[self.form]
                        aria-invalid=[self.error.map(|_| "true")] placeholder=[self.placeholder]
                        autocomplete=[self.autocomplete] spellcheck=[self.spellcheck]
                        readonly[self.read_only] autofocus[self.autofocus] { "\n" (self.value) }
                } @else {
                    div.input-row {
                        input id=(id) name=(self.name) type=(self.kind) value=(self.value)
                            class={ "input" @if let Some(width) = &width { " " (width) } }
                            required[self.required] readonly[self.read_only] autofocus[self.autofocus]
                            autocomplete=[self.autocomplete] inputmode=[self.input_mode] form=[self.form]
                            placeholder=[self.placeholder] maxlength=[self.max_length] list=[list.as_deref()]
                            min=[self.minimum] max=[self.maximum] spellcheck=[self.spellcheck]
                            aria-describedby=[described] aria-invalid=[self.error.map(|_| "true")];
                        @if let Some(suffix) = self.suffix { span.input-row__suffix { (suffix) } }
                    }
                }
                @if let Some(list) = &list {
                    datalist id=(list) { @for value in self.suggestions { option value=(value) {} } }
                }
            }
        }
    }
}

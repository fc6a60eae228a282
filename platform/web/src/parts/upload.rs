//! A place to put files.
//!
//! Without JavaScript it is an ordinary file field; with it, files may be dropped anywhere on it,
//! their names are listed, and the upload shows how far it is.
//!
//! Invariant: the file field itself is always there and reachable by keyboard.

use maud::{Markup, Render, html};
use vir_core::Lang;

use super::field::{described_by, error_text};
use super::{FieldError, Icon, icon};

/// A place to put files. Made by [`file_drop`].
#[derive(Debug, Clone)]
#[must_use]
pub struct FileDrop<'a> {
    lang: Lang,
    name: &'a str,
    label: &'a str,
    hint: Option<&'a str>,
    accept: Option<&'a str>,
    multiple: bool,
    required: bool,
    error: Option<&'a str>,
}

/// A place to put files; its form needs `enctype="multipart/form-data"`.
pub fn file_drop<'a>(lang: Lang, name: &'a str, label: &'a str) -> FileDrop<'a> {
    FileDrop { lang, name, label, hint: None, accept: None, multiple: false, required: true, error: None }
}

impl<'a> FileDrop<'a> {
    /// What may be put here: kinds and sizes.
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// Which files the browser offers: `.xml,.pdf,.zip`.
    pub fn accept(mut self, kinds: &'a str) -> Self {
        self.accept = Some(kinds);
        self
    }

    /// Many at once.
    pub fn multiple(mut self) -> Self {
        self.multiple = true;
        self
    }

    /// May stay empty.
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// Takes its own error out of those of the form.
    pub fn errors(mut self, errors: &'a [FieldError]) -> Self {
        self.error = FieldError::of(errors, self.name, self.lang);
        self
    }
}

impl Render for FileDrop<'_> {
    fn render(&self) -> Markup {
        let id = format!("f-{}", self.name);
        let described = described_by(&id, self.hint.is_some(), self.error.is_some());
        html! {
            div.drop."field--error"[self.error.is_some()] data-drop {
                (icon(Icon::Upload))
                label.drop__label for=(id) { (self.label) }
                @if let Some(hint) = self.hint { p.field__hint id={ (id) "-hint" } { (hint) } }
                @if let Some(error) = self.error { (error_text(self.lang, &id, error)) }
                input.drop__input type="file" id=(id) name=(self.name) accept=[self.accept] multiple[self.multiple]
                    required[self.required] aria-describedby=[described] aria-invalid=[self.error.map(|_| "true")];
                ul.drop__files data-drop-files hidden aria-label=(self.lang.tr("Ausgewählte Dateien", "Chosen files")) {}
                div.progress data-drop-progress hidden {
                    span.progress__label { (self.lang.tr("Übertragung", "Upload")) }
                    progress max="100" value="0" aria-label=(self.lang.tr("Übertragung", "Upload")) {}
                    span.progress__value { "0 %" }
                }
            }
        }
    }
}

//! Forms: where they are posted, their token, and what is wrong with what was typed.
//!
//! Invariant: a form that is posted carries the token of the session; [`crate::Form`] refuses one
//! that does not.

use maud::{Markup, html};
use vir_core::{Lang, Text};

use super::{Button, Icon, icon};
use crate::Ctx;

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name; empty for what concerns the whole form.
    pub field: String,
    /// What is wrong and what to do.
    pub message: Text,
}

impl FieldError {
    /// Something is wrong with this field.
    pub fn new(field: impl Into<String>, message: Text) -> Self {
        Self { field: field.into(), message }
    }

    /// The error of this field among those of the form.
    pub(super) fn of<'a>(errors: &'a [Self], field: &str, lang: Lang) -> Option<&'a str> {
        errors.iter().find(|error| error.field == field).map(|error| error.message.get(lang))
    }
}

/// The hidden field that proves that a form came from one of our pages.
#[must_use]
pub fn csrf_field(ctx: &Ctx) -> Markup {
    html! { input type="hidden" name=(crate::csrf::FIELD) value=(ctx.csrf); }
}

/// A form that is posted to `action`, with its token.
#[must_use]
pub fn post_form(ctx: &Ctx, action: &str, body: &Markup) -> Markup {
    html! { form method="post" action=(action) { (csrf_field(ctx)) (body) } }
}

/// A form that is nothing but a button.
#[must_use]
pub fn post_button(ctx: &Ctx, action: &str, button: &Button<'_>) -> Markup {
    html! { form.inline method="post" action=(action) { (csrf_field(ctx)) (button) } }
}

/// All errors of a form, each with a link to its field; stands before the form and takes the focus.
#[must_use]
pub fn error_summary(lang: Lang, errors: &[FieldError]) -> Markup {
    html! {
        @if !errors.is_empty() {
            div.notice.notice--bad.error-summary role="alert" tabindex="-1" data-focus aria-labelledby="error-summary-title" {
                (icon(Icon::Warning))
                div.notice__body {
                    h2.notice__title id="error-summary-title" {
                        (lang.tr("Bitte prüfen Sie Ihre Angaben", "Please check what you entered"))
                    }
                    ul { @for error in errors { li {
                        @if error.field.is_empty() { (error.message.get(lang)) }
                        @else { a href={ "#f-" (error.field) } { (error.message.get(lang)) } }
                    } } }
                }
            }
        }
    }
}

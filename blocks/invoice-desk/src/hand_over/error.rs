//! Why a hand-over does not take place.

use vir_core::{Lang, Text};

use super::pain001::FileError;

/// One invoice that stands in the way, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// Its id.
    pub invoice: String,
    /// What people call it.
    pub caption: String,
    /// Why.
    pub why: Text,
}

/// Why a hand-over does not take place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HandOverError {
    /// The store.
    #[error(transparent)]
    Store(#[from] vir_store::Error),
    /// No file can be made.
    #[error(transparent)]
    File(#[from] FileError),
    /// Single invoices stand in the way.
    #[error("{} invoices stand in the way", .0.len())]
    Invoices(Vec<Objection>),
    /// Something else forbids it.
    #[error("{}", .0.en)]
    Refused(Text),
    /// There is no such run, batch or account.
    #[error("not found: {}", .0.en)]
    NotFound(Text),
}

impl HandOverError {
    /// The reason for people, on one or several lines.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Store(_) => Text::new("Ein Fehler ist aufgetreten.", "An error occurred."),
            Self::File(error) => error.text(),
            Self::Refused(text) | Self::NotFound(text) => text.clone(),
            Self::Invoices(objections) => {
                let lines = |lang: Lang| {
                    let lines: Vec<String> = objections
                        .iter()
                        .map(|objection| format!("{}: {}", objection.caption, objection.why.get(lang)))
                        .collect();
                    lines.join("\n")
                };
                Text::owned(lines(Lang::De), lines(Lang::En))
            }
        }
    }
}

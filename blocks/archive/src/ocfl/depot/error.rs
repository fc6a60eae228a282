//! Why a depot cannot do what it should.
//!
//! Invariant: whatever a person may read of it is there in both languages.

use std::io;

use thiserror::Error;
use vir_core::Text;

use crate::ocfl::path::Fault;

/// Why a depot cannot do what it should.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DepotError {
    /// The storage failed.
    #[error("{path}: {source}")]
    Storage {
        /// Where.
        path: String,
        /// How.
        source: io::Error,
    },
    /// There is no depot, or not one of ours.
    #[error("this is no depot: {0}")]
    NoDepot(&'static str),
    /// Somebody else is working at the object.
    #[error("the object at {0} is being changed")]
    Busy(String),
    /// There is no such object.
    #[error("there is no object {0}")]
    NoObject(String),
    /// There is no such file in that version.
    #[error("there is no file {0}")]
    NoFile(String),
    /// What lies there is not what it should be.
    #[error("{0} is damaged")]
    Damaged(String),
    /// A logical path breaks the rules.
    #[error("{path} is no logical path")]
    Path {
        /// The path.
        path: String,
        /// Its fault; none where it conflicts with another.
        fault: Option<Fault>,
    },
    /// A value of a new version breaks the rules.
    #[error("{0} is missing or malformed")]
    Value(&'static str),
    /// Nothing would change.
    #[error("the new version would be equal to the one before")]
    Unchanged,
    /// There is no further name for a version.
    #[error("the object has no room for another version")]
    Full,
}

impl DepotError {
    /// With the place.
    pub(crate) fn at(path: &str) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Storage { path: path.to_owned(), source }
    }

    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Storage { path, source } => Text::owned(
                format!("Der Speicher meldet einen Fehler bei {path}: {source}."),
                format!("The storage reports an error at {path}: {source}."),
            ),
            Self::NoDepot(what) => Text::owned(
                format!("Das ist kein Magazin dieses Programms: {what}."),
                format!("This is no depot of this program: {what}."),
            ),
            Self::Busy(place) => Text::owned(
                format!("Das Objekt in {place} wird gerade an anderer Stelle geändert."),
                format!("The object at {place} is being changed elsewhere right now."),
            ),
            Self::NoObject(id) => {
                Text::owned(format!("Es gibt kein Objekt {id}."), format!("There is no object {id}."))
            }
            Self::NoFile(path) => Text::owned(
                format!("In dieser Version gibt es keine Datei {path}."),
                format!("This version has no file {path}."),
            ),
            Self::Damaged(place) => Text::owned(
                format!("{place} ist beschädigt und muss aus der Zweitablage wiederhergestellt werden."),
                format!("{place} is damaged and has to be restored from the replica."),
            ),
            Self::Path { path, fault } => match fault {
                Some(Fault::Ends) => Text::owned(
                    format!("Der Pfad {path} beginnt oder endet mit einem Schrägstrich."),
                    format!("The path {path} begins or ends with a slash."),
                ),
                Some(Fault::Element) => Text::owned(
                    format!("Ein Teil des Pfads {path} ist leer, „.“ oder „..“."),
                    format!("An element of the path {path} is empty, \".\" or \"..\"."),
                ),
                None => Text::owned(
                    format!("Der Pfad {path} ist zugleich Datei und Ordner."),
                    format!("The path {path} is a file and a folder at once."),
                ),
            },
            Self::Value(name) => Text::owned(
                format!("Die Angabe {name} fehlt oder ist falsch aufgebaut."),
                format!("The value {name} is missing or malformed."),
            ),
            Self::Unchanged => Text::new(
                "Die neue Version wäre der vorigen gleich.",
                "The new version would be equal to the one before.",
            ),
            Self::Full => Text::new(
                "Für eine weitere Version ist in der Benennung kein Platz.",
                "The naming has no room for another version.",
            ),
        }
    }
}

//! What is to be said about a message: what makes it unreadable, and what was not as it should be.
//!
//! Invariant: every reason has an id that does not change, a place where there is one, and a text in both languages.

use std::fmt;

use serde::Serialize;
use vir_core::{Place, Severity, Text};

/// Why something is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
#[expect(missing_docs, reason = "the texts below say what each means")]
pub enum Reason {
    TooLarge { limit: u64 },
    NoXml(String),
    NoMessage(String),
    UnknownVersion(String),
    TooDeep { limit: usize },
    Missing(&'static str),
    Value { element: &'static str, value: String, expected: &'static str },
    OtherType { element: &'static str, code: String },
    SameId(String),
    FileName { name: String, expected: String },
    FileMissing(String),
    FileUnnamed(String),
    UnsafeName(String),
    NoZip(String),
    TooManyFiles { limit: usize },
    Bomb(String),
    NoMessageFile,
    TwoMessageFiles,
}

impl Reason {
    /// A short name that does not change.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too-large",
            Self::NoXml(_) => "no-xml",
            Self::NoMessage(_) => "no-message",
            Self::UnknownVersion(_) => "unknown-version",
            Self::TooDeep { .. } => "too-deep",
            Self::Missing(_) => "missing",
            Self::Value { .. } => "value",
            Self::OtherType { .. } => "other-type",
            Self::SameId(_) => "same-id",
            Self::FileName { .. } => "file-name",
            Self::FileMissing(_) => "file-missing",
            Self::FileUnnamed(_) => "file-unnamed",
            Self::UnsafeName(_) => "unsafe-name",
            Self::NoZip(_) => "no-zip",
            Self::TooManyFiles { .. } => "too-many-files",
            Self::Bomb(_) => "bomb",
            Self::NoMessageFile => "no-message-file",
            Self::TwoMessageFiles => "two-message-files",
        }
    }

    /// An error makes the message unusable.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::OtherType { .. } | Self::SameId(_) | Self::FileName { .. } | Self::FileUnnamed(_) => {
                Severity::Warning
            }
            _ => Severity::Error,
        }
    }

    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::TooLarge { limit } => Text::owned(
                format!("Größer als {limit} Byte; so groß ist keine Nachricht."),
                format!("Larger than {limit} bytes; no message is that large."),
            ),
            Self::NoXml(why) => {
                Text::owned(format!("Kein wohlgeformtes XML: {why}."), format!("No well-formed XML: {why}."))
            }
            Self::NoMessage(name) => Text::owned(
                format!("„{name}“ ist keine Nachricht der Aussonderung nach xdomea."),
                format!("“{name}” is no xdomea message of disposal."),
            ),
            Self::UnknownVersion(name) => Text::owned(
                format!("Der Namensraum „{name}“ gehört zu keiner verstandenen Version (2.3.0, 2.4.0, 3.0.0, 3.1.0)."),
                format!(
                    "The namespace “{name}” belongs to no version that is understood (2.3.0, 2.4.0, 3.0.0, 3.1.0)."
                ),
            ),
            Self::TooDeep { limit } => Text::owned(
                format!("Tiefer als {limit} Ebenen geschachtelt."),
                format!("Nested deeper than {limit} levels."),
            ),
            Self::Missing(name) => Text::owned(format!("„{name}“ fehlt."), format!("“{name}” is missing.")),
            Self::Value { element, value, expected } => Text::owned(
                format!("„{element}“ hat den Wert „{value}“; erlaubt ist {expected}."),
                format!("“{element}” has the value “{value}”; allowed is {expected}."),
            ),
            Self::OtherType { element, code } => Text::owned(
                format!("Der Nachrichtentyp {code} passt nicht zu „{element}“; es zählt das Element."),
                format!("The message type {code} does not fit “{element}”; the element counts."),
            ),
            Self::SameId(id) => Text::owned(
                format!("Die Kennung {id} kommt zweimal vor."),
                format!("The identifier {id} occurs twice."),
            ),
            Self::FileName { name, expected } => Text::owned(
                format!("Die Datei heißt „{name}“; nach ihrem Inhalt hieße sie „{expected}“."),
                format!("The file is called “{name}”; by its content it would be “{expected}”."),
            ),
            Self::FileMissing(name) => Text::owned(
                format!("Die Datei „{name}“ wird genannt, liegt aber nicht bei."),
                format!("The file “{name}” is named, but not there."),
            ),
            Self::FileUnnamed(name) => Text::owned(
                format!("Die Datei „{name}“ liegt bei, wird aber nicht genannt."),
                format!("The file “{name}” is there, but not named."),
            ),
            Self::UnsafeName(name) => Text::owned(
                format!("„{name}“ ist kein einfacher Dateiname."),
                format!("“{name}” is no plain file name."),
            ),
            Self::NoZip(why) => {
                Text::owned(format!("Kein lesbares ZIP-Archiv: {why}."), format!("No readable ZIP archive: {why}."))
            }
            Self::TooManyFiles { limit } => {
                Text::owned(format!("Mehr als {limit} Dateien."), format!("More than {limit} files."))
            }
            Self::Bomb(name) => Text::owned(
                format!(
                    "„{name}“ ist so stark gepackt, wie es bei Schriftgut nicht vorkommt. Es wurde nicht entpackt."
                ),
                format!("“{name}” is packed as tightly as records never are. It was not unpacked."),
            ),
            Self::NoMessageFile => Text::new("Im Archiv liegt keine Nachricht.", "There is no message in the archive."),
            Self::TwoMessageFiles => {
                Text::new("Im Archiv liegt mehr als eine Nachricht.", "There is more than one message in the archive.")
            }
        }
    }
}

/// One statement about a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Where; the path is empty for the message as a whole.
    pub place: Place,
    /// Why.
    pub reason: Reason,
}

impl Note {
    /// About the message as a whole.
    #[must_use]
    pub fn whole(reason: Reason) -> Self {
        Self { place: Place::default(), reason }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.line > 0 {
            write!(f, "{}:{} {}: ", self.place.line, self.place.column, self.place.path)?;
        }
        write!(f, "{} [{}]", self.reason.text().en, self.reason.id())
    }
}

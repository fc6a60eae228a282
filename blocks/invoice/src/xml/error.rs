//! Why bytes are no document that we read, in words that help whoever sent them.

use vir_core::Text;

/// The source is not well-formed, or exceeds a limit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {}", kind.message().en)]
pub struct XmlError {
    /// What is wrong.
    pub kind: XmlErrorKind,
    /// Line, counted from 1; 0 where the text could not be decoded that far.
    pub line: u32,
    /// Column in characters, counted from 1; 0 where the text could not be decoded.
    pub column: u32,
    /// Byte offset in the decoded text, or in the source where decoding failed.
    pub offset: usize,
}

/// What makes a source unreadable.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum XmlErrorKind {
    /// There are no bytes, or only white space.
    Empty,
    /// It does not begin as XML does; it looks like this instead.
    NotXml {
        /// What it seems to be.
        looks_like: Text,
    },
    /// A byte does not belong to the encoding.
    Encoding {
        /// Name of the encoding.
        label: String,
    },
    /// The declared encoding is not the one the bytes are in.
    EncodingMismatch,
    /// The declared encoding is not one that we read.
    UnknownEncoding {
        /// Its name, as declared.
        label: String,
    },
    /// There is a document type definition.
    Doctype,
    /// It ends in the middle.
    Truncated,
    /// An end tag does not match its start tag.
    TagMismatch {
        /// The open element.
        open: String,
        /// The end tag found.
        found: String,
    },
    /// A namespace prefix is not declared.
    UnknownPrefix {
        /// The prefix.
        prefix: String,
    },
    /// An entity that XML does not know by itself.
    UnknownEntity {
        /// Its name.
        name: String,
    },
    /// Another violation of the grammar.
    Syntax {
        /// What is wrong, in our words.
        what: Text,
    },
    /// A limit is exceeded that keeps hostile documents harmless.
    Limit {
        /// Which limit.
        what: Text,
        /// Its value.
        limit: usize,
    },
}

impl XmlErrorKind {
    /// The message for a person.
    #[must_use]
    pub fn message(&self) -> Text {
        match self {
            Self::Empty => Text::new("Die Datei ist leer.", "The file is empty."),
            Self::NotXml { looks_like } => Text::owned(
                format!("Das ist kein XML, sondern {}.", looks_like.de),
                format!("This is not XML but {}.", looks_like.en),
            ),
            Self::Encoding { label } => Text::owned(
                format!("Hier steht ein Byte, das es in der Zeichenkodierung {label} nicht gibt."),
                format!("There is a byte here that the encoding {label} does not have."),
            ),
            Self::EncodingMismatch => Text::new(
                "Die angegebene Zeichenkodierung ist nicht die, in der die Datei gespeichert ist.",
                "The declared character encoding is not the one in which the file is stored.",
            ),
            Self::UnknownEncoding { label } => Text::owned(
                format!("Die Zeichenkodierung „{label}“ wird nicht gelesen."),
                format!("The character encoding \"{label}\" is not supported."),
            ),
            Self::Doctype => Text::new(
                "Die Datei enthält eine Dokumenttypdefinition (DOCTYPE). Sie ist in Rechnungen nicht erlaubt, weil sie fremde Dateien nachladen kann.",
                "The file contains a document type definition (DOCTYPE). It is not allowed in invoices because it can pull in foreign files.",
            ),
            Self::Truncated => Text::new(
                "Die Datei hört mitten im Dokument auf; sie ist unvollständig.",
                "The file ends in the middle of the document; it is incomplete.",
            ),
            Self::TagMismatch { open, found } => Text::owned(
                format!("Das Element „{open}“ ist noch offen, geschlossen wird aber „{found}“."),
                format!("The element \"{open}\" is still open, but \"{found}\" is closed."),
            ),
            Self::UnknownPrefix { prefix } => Text::owned(
                format!("Das Namensraum-Präfix „{prefix}“ ist nicht deklariert."),
                format!("The namespace prefix \"{prefix}\" is not declared."),
            ),
            Self::UnknownEntity { name } => Text::owned(
                format!("Die Entität „&{name};“ ist in XML nicht vordefiniert."),
                format!("The entity \"&{name};\" is not predefined in XML."),
            ),
            Self::Syntax { what } => what.clone(),
            Self::Limit { what, limit } => Text::owned(
                format!("Die Datei überschreitet eine Grenze: {} (höchstens {limit}).", what.de),
                format!("The file exceeds a limit: {} (at most {limit}).", what.en),
            ),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn repair(&self) -> Text {
        match self {
            Self::Empty | Self::Truncated => Text::new(
                "Die Datei noch einmal vollständig übertragen lassen.",
                "Have the file transmitted again, completely.",
            ),
            Self::NotXml { .. } => Text::new(
                "Die Rechnung als XML (XRechnung) oder als ZUGFeRD-PDF anfordern.",
                "Ask for the invoice as XML (XRechnung) or as a ZUGFeRD PDF.",
            ),
            Self::Encoding { .. } | Self::EncodingMismatch | Self::UnknownEncoding { .. } => Text::new(
                "Die Datei in UTF-8 speichern und in der XML-Deklaration encoding=\"UTF-8\" angeben.",
                "Store the file as UTF-8 and declare encoding=\"UTF-8\" in the XML declaration.",
            ),
            Self::Doctype => Text::new("Die DOCTYPE-Angabe entfernen.", "Remove the DOCTYPE declaration."),
            Self::Limit { .. } => Text::new(
                "Die Rechnung aufteilen oder Anhänge verkleinern.",
                "Split the invoice or make its attachments smaller.",
            ),
            _ => Text::new(
                "Die Rechnung aus der erzeugenden Software neu ausgeben; von Hand geänderte Dateien gehen leicht kaputt.",
                "Export the invoice again from the software that made it; files changed by hand break easily.",
            ),
        }
    }

    /// A short identifier for reports, stable across releases.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::Empty => "xml-empty",
            Self::NotXml { .. } => "xml-none",
            Self::Encoding { .. } | Self::EncodingMismatch | Self::UnknownEncoding { .. } => "xml-encoding",
            Self::Doctype => "xml-doctype",
            Self::Truncated => "xml-truncated",
            Self::TagMismatch { .. } => "xml-tags",
            Self::UnknownPrefix { .. } => "xml-prefix",
            Self::UnknownEntity { .. } => "xml-entity",
            Self::Syntax { .. } => "xml-syntax",
            Self::Limit { .. } => "xml-limit",
        }
    }
}

impl XmlError {
    /// An error at a byte offset; the line is filled in by whoever has the text.
    pub(super) fn at(offset: usize, kind: XmlErrorKind) -> Self {
        Self { kind, line: 0, column: 0, offset }
    }

    /// The same error with line and column in `text`.
    pub(super) fn located(mut self, text: &str) -> Self {
        let offset = text.floor_char_boundary(self.offset.min(text.len()));
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let saturate = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        self.line = saturate(memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1);
        self.column = saturate(before[line_start..].chars().count() + 1);
        self
    }
}

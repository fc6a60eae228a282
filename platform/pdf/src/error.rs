//! What can go wrong with a PDF, in words for logs (English) and for people (both languages).

use vir_core::Text;

/// Why a PDF could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PdfError {
    /// The bytes do not begin like a PDF.
    #[error("this is not a PDF")]
    NotPdf,
    /// The structure is beyond repair.
    #[error("the PDF is damaged: {0}")]
    Damaged(&'static str),
    /// Opening needs a password, or the encryption is of a kind that we do not know.
    #[error("the PDF is encrypted and cannot be opened without a password")]
    Encrypted,
    /// A limit was met. Bombs and absurd structures end here.
    #[error("the PDF exceeds the limit for {what} ({limit})")]
    LimitExceeded {
        /// What was limited.
        what: Limit,
        /// The limit's value, in bytes or pieces.
        limit: u64,
    },
    /// A stream is packed in a way that we do not unpack.
    #[error("a stream uses the filter {0}, which is not supported here")]
    UnsupportedFilter(String),
    /// Writing failed; the text is the library's or ours.
    #[error("the PDF could not be written: {0}")]
    Write(String),
}

/// The kinds of [`Limits`](crate::Limits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Size of the file.
    FileSize,
    /// Size of one stream after decompression.
    StreamSize,
    /// Size of all decompressed streams together.
    TotalSize,
    /// Number of embedded files.
    Files,
    /// Depth of nested objects and trees.
    Depth,
    /// Number of objects, or work spent on parsing them.
    Objects,
}

impl std::fmt::Display for Limit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::FileSize => "the size of the file",
            Self::StreamSize => "the size of a decompressed stream",
            Self::TotalSize => "the size of all decompressed streams",
            Self::Files => "the number of embedded files",
            Self::Depth => "nesting",
            Self::Objects => "the number of objects",
        })
    }
}

impl PdfError {
    /// The message for a person, in both languages.
    #[must_use]
    pub fn text(&self) -> Text {
        let german = match self {
            Self::NotPdf => "Die Datei ist kein PDF.".to_owned(),
            Self::Damaged(_) => "Das PDF ist beschädigt und konnte nicht wiederhergestellt werden.".to_owned(),
            Self::Encrypted => "Das PDF ist verschlüsselt und lässt sich ohne Kennwort nicht öffnen.".to_owned(),
            Self::LimitExceeded { what, limit } => {
                let what = match what {
                    Limit::FileSize => "die Größe der Datei",
                    Limit::StreamSize => "die entpackte Größe eines Datenstroms",
                    Limit::TotalSize => "die entpackte Größe aller Datenströme",
                    Limit::Files => "die Zahl der eingebetteten Dateien",
                    Limit::Depth => "die Verschachtelung",
                    Limit::Objects => "die Zahl der Objekte",
                };
                format!("Das PDF überschreitet die Grenze für {what} ({limit}).")
            }
            Self::UnsupportedFilter(name) => {
                format!("Ein Datenstrom des PDF ist mit „{name}“ gepackt; das wird hier nicht unterstützt.")
            }
            Self::Write(_) => "Das PDF konnte nicht geschrieben werden.".to_owned(),
        };
        let english = match self {
            Self::NotPdf => "The file is not a PDF.".to_owned(),
            Self::Damaged(_) => "The PDF is damaged and could not be recovered.".to_owned(),
            Self::Encrypted => "The PDF is encrypted and cannot be opened without a password.".to_owned(),
            Self::LimitExceeded { what, limit } => {
                format!("The PDF exceeds the limit for {what} ({limit}).")
            }
            Self::UnsupportedFilter(name) => {
                format!("A stream of the PDF is packed with “{name}”, which is not supported here.")
            }
            Self::Write(_) => "The PDF could not be written.".to_owned(),
        };
        Text::owned(german, english)
    }
}

//! Packages for whoever asks for a record (DIP): a ZIP archive in one of four forms, each with a readable cover page and
//! with the evidence record, so that the receiver can verify without us.
//!
//! Files come through [`Contents`], one after the other; what is written is a [parcel](crate::parcel).
//!
//! Invariant: a file goes in only where its bytes have the hash value that the record states; the same record and
//! files give the same package.

mod cover;
mod page;
mod write;

use std::io::{self, Read};

use thiserror::Error;
use vir_archive::moment::Moment;
use vir_archive::package::PackageError;
use vir_core::{Phrase, Text};

use crate::parcel::ParcelError;

pub use cover::cover;
pub use page::routes;
pub(crate) use page::{download, of_record};
pub use write::{write, xaip_document};

/// The form of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Files in folders.
    Folder,
    /// RFC 8493.
    Bag,
    /// E-ARK DIP.
    Eark,
    /// BSI TR-03125.
    Xaip,
}

impl Form {
    /// All, the one for most people first.
    pub const ALL: [Self; 4] = [Self::Folder, Self::Bag, Self::Eark, Self::Xaip];

    /// The word in forms and addresses.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Folder => "ordner",
            Self::Bag => "bagit",
            Self::Eark => "eark",
            Self::Xaip => "xaip",
        }
    }

    /// By its word.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.word() == word)
    }

    /// For people.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::Folder => Phrase::new("Ordner mit Dateien", "folder with files"),
            Self::Bag => Phrase::new("BagIt (RFC 8493)", "BagIt (RFC 8493)"),
            Self::Eark => Phrase::new("E-ARK DIP (CSIP 2.1)", "E-ARK DIP (CSIP 2.1)"),
            Self::Xaip => Phrase::new("XAIP (BSI TR-03125)", "XAIP (BSI TR-03125)"),
        }
    }

    /// Whom it is for.
    #[must_use]
    pub fn hint(self) -> Phrase {
        match self {
            Self::Folder => Phrase::new("zum Lesen, für jede Empfängerin", "to read, for anybody"),
            Self::Bag => Phrase::new(
                "mit Prüfsummen, für Archive und Bibliotheken",
                "with check sums, for archives and libraries",
            ),
            Self::Eark => {
                Phrase::new("mit METS und PREMIS, für Archivsysteme", "with METS and PREMIS, for archive systems")
            }
            Self::Xaip => Phrase::new(
                "ein XML-Dokument mit Beweisnachweis, für Systeme nach TR-ESOR",
                "one XML document with evidence record, for systems after TR-ESOR",
            ),
        }
    }
}

/// What is handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dip {
    /// The record's name.
    pub id: String,
    /// *Aktenzeichen*.
    pub reference: String,
    /// What it is about.
    pub title: String,
    /// The entry of the plan: its number and title.
    pub entry: String,
    /// The state, for people.
    pub state: String,
    /// From when to when it was worked on; days in German.
    pub period: String,
    /// Until when it is kept, for people.
    pub keep_until: String,
    /// The administration that hands it out.
    pub publisher: String,
    /// When.
    pub made: Moment,
    /// Its documents.
    pub documents: Vec<Document>,
    /// The evidence record with the inventory that it protects; none where there is none yet.
    pub evidence: Option<Evidence>,
}

/// A version of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What it is.
    pub title: String,
    /// In which *Vorgang*.
    pub case: Option<String>,
    /// The name of its file, without folders.
    pub file_name: String,
    /// SHA-512 in hexadecimal digits.
    pub sha512: String,
    /// How many bytes.
    pub size: u64,
    /// The media type.
    pub media_type: String,
    /// The format in the register PRONOM.
    pub puid: Option<String>,
    /// The format's name.
    pub format: Option<String>,
}

/// Proof that the files are unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// RFC 4998, DER.
    pub record: Vec<u8>,
    /// The OCFL inventory that it protects.
    pub inventory: Vec<u8>,
}

/// Where the files are.
pub trait Contents {
    /// The bytes of a document, by its place in [`Dip::documents`].
    fn open(&self, place: usize) -> io::Result<Box<dyn Read + Send + '_>>;
}

/// Why there is no package.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DipError {
    /// A file is not what the record states.
    #[error("{0} does not have the hash value that the record states")]
    Changed(String),
    /// Too large for a form that is made in memory.
    #[error("the files are too large for this form: more than {0} bytes")]
    Large(u64),
    /// The form cannot carry it.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The cover page.
    #[error("the cover page cannot be written: {0}")]
    Cover(String),
    /// Reading or writing.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<ParcelError> for DipError {
    fn from(error: ParcelError) -> Self {
        match error {
            ParcelError::Changed(path) => Self::Changed(path.rsplit('/').next().unwrap_or_default().to_owned()),
            ParcelError::Package(error) => Self::Package(error),
            ParcelError::Io(error) => Self::Io(error),
        }
    }
}

impl DipError {
    /// For people; none for faults of ours.
    #[must_use]
    pub fn text(&self) -> Option<Text> {
        match self {
            Self::Changed(name) => Some(Text::owned(
                format!(
                    "{name} hat nicht den Hashwert, den die Akte nennt. Das Paket wurde nicht erstellt; bitte die Betreuung des Archivs verständigen."
                ),
                format!(
                    "{name} does not have the hash value that the record states. No package was made; please tell whoever runs the archive."
                ),
            )),
            Self::Large(most) => Some(Text::owned(
                format!(
                    "Für diese Form sind die Dateien zu groß (mehr als {} MiB). Nehmen Sie eine andere.",
                    most >> 20
                ),
                format!("The files are too large for this form (more than {} MiB). Take another.", most >> 20),
            )),
            Self::Package(_) | Self::Cover(_) | Self::Io(_) => None,
        }
    }
}

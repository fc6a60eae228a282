//! Leaving: objects of a depot as packages that other products take in, each with its evidence.
//!
//! [`Source`] makes a parcel of an object (all of its versions, or the newest) with what is known of it: of records the
//! desk's own description, of others what the inventory says. [`Target`] is the folder into which packages go, with a
//! list of what is there ([`LEDGER`]), so that a run that was broken off goes on where it was.
//!
//! Invariant: under its final name a package is whole and durable; nothing is written over that this program has not
//! put there.

mod names;
mod noting;
mod read_me;
mod source;
mod target;

use std::io;

use thiserror::Error;
use vir_archive::ocfl::depot::DepotError;
use vir_archive::package::eark::Kind;
use vir_archive::stamping::StampingError;
use vir_core::Text;

use crate::parcel::{Form, ParcelError};
use crate::storage::OpenError;

pub use source::{One, Source};
pub use target::{Done, LEDGER, Line, Target};

/// What is exported, and how.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The form.
    pub form: Form,
    /// As a ZIP archive?
    pub zip: bool,
    /// All versions, or the newest only?
    pub all_versions: bool,
    /// Of what is there already: compare names and sizes only, not what is inside?
    pub quick: bool,
}

impl Wanted {
    /// The word for the form.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self.form {
            Form::Folder => "folder",
            Form::Bag => "bagit",
            Form::Eark(Kind::Sip) => "eark-sip",
            Form::Eark(Kind::Aip) => "eark-aip",
            Form::Eark(Kind::Dip) => "eark-dip",
            Form::Xaip => "xaip",
        }
    }
}

/// All forms by their words.
pub const FORMS: [(&str, Form); 6] = [
    ("folder", Form::Folder),
    ("bagit", Form::Bag),
    ("eark-sip", Form::Eark(Kind::Sip)),
    ("eark-aip", Form::Eark(Kind::Aip)),
    ("eark-dip", Form::Eark(Kind::Dip)),
    ("xaip", Form::Xaip),
];

/// Why something was not exported.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The depot.
    #[error(transparent)]
    Depot(#[from] DepotError),
    /// Its evidence.
    #[error(transparent)]
    Stamping(#[from] StampingError),
    /// The package.
    #[error(transparent)]
    Parcel(#[from] ParcelError),
    /// The folder for packages.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The folder is a depot.
    #[error("{0} is a depot")]
    IsDepot(String),
    /// Something of that name is there, and was not put there by an export in this form.
    #[error("{0} is there and comes from no export in this form")]
    Foreign(String),
    /// The inventory of a version is not what that of the object says.
    #[error("{0}: the inventory of version {1} does not agree with that of the object")]
    Inventory(String, String),
    /// Reading or writing.
    #[error("{0}: {1}")]
    Io(String, io::Error),
}

impl ExportError {
    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Depot(error) => error.text(),
            Self::Stamping(error) => error.text(),
            Self::Open(error) => error.text(),
            Self::Parcel(ParcelError::Changed(path)) => Text::owned(
                format!("{path} ist beschädigt; `vir archive scrub` behebt es aus der zweiten Ablage."),
                format!("{path} is damaged; `vir archive scrub` repairs it from the replica."),
            ),
            Self::Parcel(error) => {
                Text::owned(format!("Das Paket entstand nicht: {error}."), format!("There is no package: {error}."))
            }
            Self::IsDepot(path) => Text::owned(
                format!("{path} ist eine Ablage; bitte einen eigenen Ordner für die Ausgabe nennen."),
                format!("{path} is a depot; please name a folder of its own for the export."),
            ),
            Self::Foreign(name) => Text::owned(
                format!("{name} ist schon da und stammt aus keiner Ausgabe in dieser Form; es bleibt, wie es ist."),
                format!("{name} is there already and comes from no export in this form; it stays as it is."),
            ),
            Self::Inventory(_, version) => Text::owned(
                format!(
                    "Das Bestandsverzeichnis von {version} ist beschädigt; `vir archive scrub` behebt es aus der zweiten Ablage."
                ),
                format!("The inventory of {version} is damaged; `vir archive scrub` repairs it from the replica."),
            ),
            Self::Io(path, error) => {
                Text::owned(format!("{path} ist nicht benutzbar: {error}."), format!("{path} cannot be used: {error}."))
            }
        }
    }

    /// Is there no room any more, so that nothing else will come to an end either?
    #[must_use]
    pub fn is_full(&self) -> bool {
        let (Self::Io(_, error) | Self::Parcel(ParcelError::Io(error))) = self else { return false };
        matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
    }
}

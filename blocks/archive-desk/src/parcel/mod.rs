//! A package on its way to others, in any form: what is handed out of the desk and what is exported from a depot is
//! written by the same code.
//!
//! Files come through [`Contents`], one after the other and in pieces; the package goes into any [`Storage`]: a folder,
//! or a ZIP archive ([`Zipped`]).
//!
//! Invariant: a file goes in only where its bytes have the size and hash value that the package states; the same parcel
//! and files give the same package.
//!
//! [`Storage`]: vir_archive::ocfl::Storage

mod write;
mod zipped;

use std::io::{self, Read};

use thiserror::Error;
use vir_archive::bagit::Metadata;
use vir_archive::package::eark::Kind;
use vir_archive::package::{File, Package, PackageError, fault};

pub use write::{write, xaip};
pub use zipped::Zipped;

/// The form of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Files in folders.
    Folder,
    /// RFC 8493.
    Bag,
    /// E-ARK, the newest version that the parcel has.
    Eark(Kind),
    /// BSI TR-03125.
    Xaip,
}

/// What is handed on.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// The name of its folder.
    pub folder: String,
    /// The package with its versions; evidence is in [`Parcel::editions`].
    pub package: Package,
    /// What belongs to each version of the package, in their order.
    pub editions: Vec<Edition>,
    /// The name of the folder of evidence.
    pub proofs: &'static str,
    /// Documents about the package, by file name: cover page, read-me.
    pub beside: Vec<(String, Vec<u8>)>,
    /// What the description of a bag says.
    pub labels: Metadata,
}

/// What belongs to a version.
#[derive(Debug, Clone, Default)]
pub struct Edition {
    /// The folder in which the version lies; empty where there is one version only.
    pub folder: String,
    /// The inventory that its evidence protects.
    pub inventory: Option<Vec<u8>>,
    /// The evidence record (RFC 4998, DER).
    pub record: Option<Vec<u8>>,
}

/// Where the files are.
pub trait Contents {
    /// The bytes of a file of the package.
    fn open(&self, file: &File) -> io::Result<Box<dyn Read + '_>>;
}

/// A description in the words of Dublin Core: names of elements with values.
#[must_use]
pub fn dublin_core(elements: &[(&str, String)]) -> String {
    let mut out =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<dc xmlns=\"http://purl.org/dc/elements/1.1/\">\n".to_owned();
    for (name, value) in elements {
        out.push_str(&format!("  <{name}>"));
        for c in value.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')) {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                c => out.push(c),
            }
        }
        out.push_str(&format!("</{name}>\n"));
    }
    out + "</dc>\n"
}

/// Why there is no package.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ParcelError {
    /// A file is not what the package states: its path.
    #[error("{0} does not have the size or hash value that the package states")]
    Changed(String),
    /// The form cannot carry it.
    #[error(transparent)]
    Package(PackageError),
    /// Reading or writing.
    #[error(transparent)]
    Io(io::Error),
}

impl From<io::Error> for ParcelError {
    fn from(error: io::Error) -> Self {
        match fault(&error) {
            Some(fault) => fault.clone().into(),
            None => Self::Io(error),
        }
    }
}

impl From<PackageError> for ParcelError {
    fn from(error: PackageError) -> Self {
        match error {
            PackageError::Content(path) => Self::Changed(path),
            other => Self::Package(other),
        }
    }
}

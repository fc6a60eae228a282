//! An information package: what is kept together, with everything that is known about it (ISO 14721, 2.3).
//!
//! One model for all forms in which packages travel: [`xaip`] is the archive package of BSI TR-03125, [`eark`] the
//! folders with METS of the E-ARK specifications; [`premis`] is the preservation metadata inside both.
//!
//! A package has versions, oldest first; a version names all of its files again, in representations (the originals, a
//! rendition as PDF/A …), with its descriptive metadata and its history. Contents stay outside of the model: writers
//! ask for them, readers hand them out.
//!
//! Invariant: whatever [`Package::check`] lets pass can be written, and read back equal; paths are relative, name
//! nothing above them, and are unique without regard to case, so no unpacking ever writes elsewhere or twice.

mod checked;
pub mod eark;
pub mod premis;
mod text;
pub mod xaip;

use std::collections::{BTreeMap, BTreeSet};

pub use checked::{Checked, fault};
use serde::Serialize;
use thiserror::Error;

use crate::digest::Digest;
use crate::lifecycle::day::Day;
use crate::moment::Moment;
use crate::ocfl::digest::hex;

/// Characters that a path may have, and how many files a package.
const LONGEST_PATH: usize = 1024;
const LONGEST_NAME: usize = 255;
/// Files in one version.
pub const MOST_FILES: usize = 1_000_000;

/// Why a package cannot be written or read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PackageError {
    /// No XML, or with a document type.
    #[error("{0} is not readable XML: {1}")]
    Xml(String, String),
    /// Another document.
    #[error("this is no {0}")]
    Kind(&'static str),
    /// Something that has to be there is not, or is not as it has to be.
    #[error("{place}: {what}")]
    Part {
        /// Where.
        place: String,
        /// What is wrong.
        what: &'static str,
    },
    /// A path that would lead elsewhere, or cannot be a file name on every system.
    #[error("the path {0:?} is not allowed: {1}")]
    Path(String, &'static str),
    /// A character that XML cannot carry.
    #[error("{0} has a character that XML cannot carry")]
    Character(String),
    /// The content is not that which the package names.
    #[error("the content of {0} does not have the stated size or hash value")]
    Content(String),
    /// Content that nobody could deliver.
    #[error("the content of {0} is missing")]
    Missing(String),
    /// Larger than what is read.
    #[error("{0}: more than allowed")]
    Large(String),
}

/// Part of a package at fault.
fn part(place: impl Into<String>, what: &'static str) -> PackageError {
    PackageError::Part { place: place.into(), what }
}

/// A package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Package {
    /// The identifier under which the archive keeps it (AOID, OBJID).
    pub id: String,
    /// What it is about, in a line.
    pub label: Option<String>,
    /// The agreement under which it was delivered.
    pub agreement: Option<String>,
    /// Its versions, oldest first.
    pub versions: Vec<Version>,
    /// Evidence records, each about a version.
    pub evidence: Vec<Evidence>,
}

/// One version of a package, complete by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Version {
    /// Why there is this version.
    pub reason: Option<String>,
    /// When it was made.
    pub created: Moment,
    /// Who delivered it.
    pub submitter: Option<String>,
    /// The last day on which it has to be kept; none where it is kept forever.
    pub keep_until: Option<Day>,
    /// The files, by representation.
    pub representations: Vec<Representation>,
    /// Descriptions of what it is.
    pub descriptions: Vec<Description>,
    /// What happened to it.
    pub events: Vec<Event>,
    /// Who took part.
    pub agents: Vec<Agent>,
    /// Who may do what.
    pub rights: Vec<Right>,
}

/// One way in which the content is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Representation {
    /// A name that is a folder's name, too.
    pub name: String,
    /// The files.
    pub files: Vec<File>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct File {
    /// The path within its representation.
    pub path: String,
    /// How many bytes.
    pub size: u64,
    /// The hash value, and how it was computed.
    #[serde(serialize_with = "hash")]
    pub hash: (Digest, Vec<u8>),
    /// The media type.
    pub mime: Option<String>,
    /// The format in the register PRONOM.
    pub puid: Option<String>,
    /// The format's name.
    pub format: Option<String>,
}

fn hash<S: serde::Serializer>(hash: &(Digest, Vec<u8>), serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{}:{}", hash.0.name(), hex(&hash.1)))
}

/// A description: a document of a known kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Description {
    /// A file name.
    pub name: String,
    /// The kind, in the words of METS where it has one: DC, EAD, MODS, OTHER.
    pub kind: String,
    /// The document.
    #[serde(skip)]
    pub content: Vec<u8>,
}

/// Something that happened (PREMIS 3, 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Its identifier.
    pub id: String,
    /// What, in a word: ingestion, validation, migration …
    pub kind: String,
    /// When.
    pub time: Moment,
    /// In words.
    pub detail: Option<String>,
    /// What came of it: success, failure …
    pub outcome: Option<String>,
    /// The identifiers of those who did it.
    pub agents: Vec<String>,
    /// The paths of the files that it is about, with their representation in front; none where it is about all.
    pub objects: Vec<String>,
}

/// Somebody or something that did something (PREMIS 3, 3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Agent {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// person, organization, software, hardware.
    pub kind: String,
    /// The version of a software.
    pub version: Option<String>,
}

/// What may be done (PREMIS 3, 4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Right {
    /// Its identifier.
    pub id: String,
    /// copyright, license, statute, other.
    pub basis: String,
    /// The law or licence.
    pub source: Option<String>,
    /// What may be done: disseminate, replicate, delete …
    pub act: String,
    /// What limits it.
    pub restriction: Option<String>,
    /// From which day.
    pub from: Option<Day>,
}

/// An evidence record about a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The number of the version, from 1.
    pub version: usize,
    /// The record in DER (RFC 4998).
    #[serde(skip)]
    pub record: Vec<u8>,
}

/// Contents by the key of [`File::key`].
pub type Contents = BTreeMap<String, Vec<u8>>;

impl File {
    /// With size and hash value of this content.
    #[must_use]
    pub fn of(path: impl Into<String>, content: &[u8]) -> Self {
        let digest = Digest::Sha512;
        Self {
            path: path.into(),
            size: content.len() as u64,
            hash: (digest, digest.of(&[content])),
            mime: None,
            puid: None,
            format: None,
        }
    }

    /// Under which its content is known: files of the same hash value have the same content.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}:{}", self.hash.0.name(), hex(&self.hash.1))
    }

    /// Is this its content?
    #[must_use]
    pub fn is(&self, content: &[u8]) -> bool {
        self.size == content.len() as u64 && self.hash.0.of(&[content]) == self.hash.1
    }
}

impl Version {
    /// All files with the path that has the representation in front.
    pub fn files(&self) -> impl Iterator<Item = (String, &File)> {
        self.representations
            .iter()
            .flat_map(|one| one.files.iter().map(|file| (format!("{}/{}", one.name, file.path), file)))
    }

    fn check(&self, place: &str) -> Result<(), PackageError> {
        let mut paths = BTreeSet::new();
        let mut names = BTreeSet::new();
        for one in &self.representations {
            path(&one.name)?;
            if one.name.contains('/') || !names.insert(one.name.to_lowercase()) {
                return Err(PackageError::Path(one.name.clone(), "one folder for each representation"));
            }
        }
        for (whole, file) in self.files() {
            path(&whole)?;
            if !paths.insert(whole.to_lowercase()) {
                return Err(PackageError::Path(whole, "it is there twice"));
            }
            if file.hash.1.len() != file.hash.0.length() {
                return Err(part(whole, "the hash value does not have the length of its algorithm"));
            }
            for text in [&file.mime, &file.puid, &file.format].into_iter().flatten() {
                text::carried(text, &whole)?;
            }
        }
        if paths.len() > MOST_FILES {
            return Err(PackageError::Large(place.to_owned()));
        }
        // A file cannot be a folder, too.
        for whole in &paths {
            let above = whole.match_indices('/').map(|(at, _)| &whole[..at]);
            if above.into_iter().any(|folder| paths.contains(folder)) {
                return Err(PackageError::Path(whole.clone(), "a file of this name is where a folder has to be"));
            }
        }
        let mut names = BTreeSet::new();
        for one in &self.descriptions {
            path(&one.name)?;
            text::carried(&one.kind, &one.name)?;
            if one.name.contains('/') || !names.insert(one.name.to_lowercase()) {
                return Err(PackageError::Path(one.name.clone(), "one file for each description"));
            }
        }
        let mut optional = [&self.reason, &self.submitter].into_iter().flatten();
        optional.try_for_each(|text| text::carried(text, place))?;
        premis::check(self, place)
    }
}

impl Package {
    /// The newest version.
    pub fn current(&self) -> Result<&Version, PackageError> {
        self.versions.last().ok_or_else(|| part("package", "it has no version"))
    }

    /// Can it be written?
    pub fn check(&self) -> Result<(), PackageError> {
        if self.id.trim().is_empty() {
            return Err(part("package", "it has no identifier"));
        }
        for text in [Some(&self.id), self.label.as_ref(), self.agreement.as_ref()].into_iter().flatten() {
            text::carried(text, "package")?;
        }
        self.current()?;
        for (number, version) in self.versions.iter().enumerate() {
            version.check(&format!("version {}", number + 1))?;
        }
        for one in &self.evidence {
            if one.version == 0 || one.version > self.versions.len() {
                return Err(part("evidence", "it is about a version that is not there"));
            }
            if one.record.first() != Some(&0x30) {
                return Err(part("evidence", "it is no record in DER"));
            }
        }
        Ok(())
    }
}

/// Is this a path that can be unpacked anywhere? Relative, no empty or dotted parts, no characters that another system
/// takes for folders, drives or streams, no part that ends with a dot or a space.
pub fn path(path: &str) -> Result<(), PackageError> {
    let refuse = |why| Err(PackageError::Path(path.to_owned(), why));
    if path.is_empty() || path.chars().count() > LONGEST_PATH {
        return refuse("it is empty or too long");
    }
    if path.chars().any(|one| one.is_control() || "\\:\u{fffe}\u{ffff}".contains(one)) {
        return refuse("a control character, a backslash or a colon");
    }
    for name in path.split('/') {
        match name {
            "" => return refuse("an empty part, or it begins or ends with a slash"),
            "." | ".." => return refuse("a part that leads elsewhere"),
            _ if name.len() > LONGEST_NAME => return refuse("a part that is too long"),
            _ if name.ends_with(['.', ' ']) || name.starts_with(' ') => return refuse("a space or dot at the edge"),
            _ => {}
        }
    }
    Ok(())
}

//! A record as the desk has it in its hands.
//!
//! Invariant: [`Truth`] is all that has to be kept; a database that has lost everything is made again from it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vir_archive::lifecycle::plan::Confidentiality;
use vir_archive::lifecycle::{CaseId, DocumentId, Logged, Record};
use vir_core::Phrase;
use vir_store::BlobId;

/// How a document came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names below say what each means")]
pub enum Origin {
    Upload,
    Api,
    Folder,
    Event,
    Scan,
    S4,
    Xdomea,
}

impl Origin {
    /// All.
    pub const ALL: [Self; 7] = [Self::Upload, Self::Api, Self::Folder, Self::Event, Self::Scan, Self::S4, Self::Xdomea];

    /// As it is stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Api => "api",
            Self::Folder => "folder",
            Self::Event => "event",
            Self::Scan => "scan",
            Self::S4 => "s4",
            Self::Xdomea => "xdomea",
        }
    }

    pub(super) fn find(code: &str) -> Self {
        Self::ALL.into_iter().find(|origin| origin.code() == code).unwrap_or(Self::Upload)
    }

    /// For people.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::Upload => Phrase::new("hochgeladen", "uploaded"),
            Self::Api => Phrase::new("über die Schnittstelle", "through the API"),
            Self::Folder => Phrase::new("aus dem überwachten Ordner", "from the watched folder"),
            Self::Event => Phrase::new("aus einem anderen Verfahren", "from another procedure"),
            Self::Scan => Phrase::new("gescannt", "scanned"),
            Self::S4 => Phrase::new("über TR-03125 S.4", "through TR-03125 S.4"),
            Self::Xdomea => Phrase::new("aus einer Aussonderung", "from a hand-over"),
        }
    }
}

/// A version of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// The document.
    pub id: DocumentId,
    /// Its version, from 1.
    pub version: u32,
    /// In which *Vorgang*.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub case: Option<CaseId>,
    /// What it is.
    pub title: String,
    /// How the file was called.
    pub file_name: String,
    /// Where it lies in the package.
    pub path: String,
    /// Where the bytes are until storage has them.
    #[serde(skip)]
    pub blob: Option<BlobId>,
    /// SHA-512 in hexadecimal digits.
    pub sha512: String,
    /// How many bytes.
    pub size: u64,
    /// The media type.
    pub media_type: String,
    /// The format in the register PRONOM.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub puid: Option<String>,
    /// The format's name and version.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub format: Option<String>,
    /// How risky the format is: low, medium, high.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub risk: Option<String>,
    /// Its words, for full text, while they are new: they are read from the document itself, and once they are in the
    /// database nobody carries them about.
    #[serde(skip)]
    pub text: Option<String>,
    /// How it came.
    pub origin: Origin,
    /// When.
    pub added_at: Timestamp,
    /// By whom.
    pub added_by: String,
}

/// Everything that has to be kept about a record; it lies in its package as `metadata/record.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Truth {
    /// *Aktenzeichen*.
    pub reference: String,
    /// What happened.
    pub history: Vec<Logged>,
    /// All versions of its documents, in the order of filing.
    pub documents: Vec<Item>,
    /// When it last changed.
    pub changed_at: Timestamp,
}

/// A record with all that is known about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// *Aktenzeichen*.
    pub reference: String,
    /// The record, as its history leaves it.
    pub record: Record,
    /// What happened.
    pub history: Vec<Logged>,
    /// All versions of its documents, in the order of filing.
    pub items: Vec<Item>,
    /// The organisation unit to which its branch of the plan belongs.
    pub unit: Option<String>,
    /// How secret it is.
    pub confidentiality: Confidentiality,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Is there something that storage does not have yet?
    pub keep_due: bool,
    /// The version of its object in storage; 0: none yet.
    pub version: u32,
    /// The digest of the inventory of that version.
    pub inventory_digest: Option<String>,
    /// Up to which version there is evidence; 0: none yet.
    pub stamped: u32,
}

impl Loaded {
    /// How many events there are: who changes the record says how many they saw.
    #[must_use]
    pub fn seen(&self) -> usize {
        self.history.len()
    }

    /// The newest version of each document, in the order of filing.
    #[must_use]
    pub fn current(&self) -> Vec<&Item> {
        let mut newest: BTreeMap<&DocumentId, u32> = BTreeMap::new();
        for item in &self.items {
            let version = newest.entry(&item.id).or_default();
            *version = item.version.max(*version);
        }
        self.items.iter().filter(|item| newest[&item.id] == item.version).collect()
    }

    /// A version of a document; the newest where none is named.
    #[must_use]
    pub fn item(&self, document: &str, version: Option<u32>) -> Option<&Item> {
        let versions = self.items.iter().filter(|item| item.id.0 == document);
        versions.filter(|item| version.is_none_or(|version| item.version == version)).max_by_key(|item| item.version)
    }

    /// What has to be kept about it.
    #[must_use]
    pub fn truth(&self) -> Truth {
        Truth {
            reference: self.reference.clone(),
            history: self.history.clone(),
            documents: self.items.clone(),
            changed_at: self.changed_at,
        }
    }

    /// The identifier of its object in storage.
    #[must_use]
    pub fn object(&self) -> String {
        object(&self.record.id.0)
    }
}

/// The identifier of a record's object in storage.
#[must_use]
pub fn object(record: &str) -> String {
    format!("urn:vir:record:{record}")
}

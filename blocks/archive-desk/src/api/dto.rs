//! What the API says and takes, as JSON.
//!
//! Invariant: fields are added, never renamed or removed, within `/api/v1`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::records::{Item, Line, Loaded};

/// A record in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecordLine)]
#[allow(missing_docs, reason = "the names say it; the schema describes what does not")]
pub struct LineJson {
    pub id: String,
    /// Aktenzeichen
    pub reference: String,
    pub title: String,
    /// The entry of the Aktenplan.
    pub entry: String,
    /// in-work, closed, stored, offered, appraised, handed-over, deleted
    pub state: String,
    /// The last day of its retention; null: none, or not known yet.
    pub keep_until: Option<String>,
    /// How many documents.
    pub documents: i64,
    /// RFC 3339, UTC
    pub changed_at: String,
}

impl From<&Line> for LineJson {
    fn from(line: &Line) -> Self {
        Self {
            id: line.id.clone(),
            reference: line.reference.clone(),
            title: line.title.clone(),
            entry: line.entry.clone(),
            state: line.state.clone(),
            keep_until: line.ends_on.clone(),
            documents: line.documents,
            changed_at: line.changed_at.to_string(),
        }
    }
}

/// A page of records.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecordPage)]
pub struct PageJson {
    /// The records.
    pub items: Vec<LineJson>,
    /// Where the next page begins; null: there is none.
    pub next_cursor: Option<String>,
}

/// A version of a document.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecordDocument)]
#[allow(missing_docs, reason = "the names say it; the schema describes what does not")]
pub struct DocumentJson {
    pub id: String,
    /// From 1.
    pub version: u32,
    /// The Vorgang; null: directly in the record.
    pub case: Option<String>,
    pub title: String,
    pub file_name: String,
    pub sha512: String,
    pub size_bytes: u64,
    pub media_type: String,
    /// The format in the register PRONOM; null: not recognised.
    pub puid: Option<String>,
    /// RFC 3339, UTC
    pub added_at: String,
}

impl From<&Item> for DocumentJson {
    fn from(item: &Item) -> Self {
        Self {
            id: item.id.0.clone(),
            version: item.version,
            case: item.case.as_ref().map(|case| case.0.clone()),
            title: item.title.clone(),
            file_name: item.file_name.clone(),
            sha512: item.sha512.clone(),
            size_bytes: item.size,
            media_type: item.media_type.clone(),
            puid: item.puid.clone(),
            added_at: item.added_at.to_string(),
        }
    }
}

/// A Vorgang of a record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecordCase)]
#[allow(missing_docs, reason = "the names say it")]
pub struct CaseJson {
    pub id: String,
    pub title: String,
    pub closed: bool,
}

/// A record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Record)]
#[allow(missing_docs, reason = "the names say it; the schema describes what does not")]
pub struct RecordJson {
    pub id: String,
    /// Aktenzeichen
    pub reference: String,
    /// file, case, document
    pub kind: String,
    /// The entry of the Aktenplan.
    pub entry: String,
    pub title: String,
    /// in-work, closed, stored, offered, appraised, handed-over, deleted
    pub state: String,
    /// How many events there are: a step that names them is refused where there are more by then.
    pub seen: usize,
    pub opened_on: String,
    pub closed_on: Option<String>,
    /// Whom it is about.
    pub subjects: Vec<String>,
    pub cases: Vec<CaseJson>,
    /// All versions, in the order of filing.
    pub documents: Vec<DocumentJson>,
    /// The version of its object in storage; 0: none yet.
    pub stored_version: u32,
    /// Does storage have it as it stands now?
    pub is_stored: bool,
    /// SHA-512 of the inventory of that version, which names every file; the evidence is about it.
    pub inventory_sha512: Option<String>,
    /// Up to which version there is evidence; 0: none yet.
    pub stamped_version: u32,
}

impl From<&Loaded> for RecordJson {
    fn from(loaded: &Loaded) -> Self {
        let record = &loaded.record;
        let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            id: record.id.0.clone(),
            reference: loaded.reference.clone(),
            kind: word(serde_json::json!(record.kind)),
            entry: record.entry.0.clone(),
            title: record.title.clone(),
            state: word(serde_json::json!(record.state)),
            seen: loaded.seen(),
            opened_on: record.opened.to_string(),
            closed_on: record.closed.map(|day| day.to_string()),
            subjects: record.subjects.iter().map(|subject| subject.0.clone()).collect(),
            cases: record
                .cases
                .iter()
                .map(|(id, case)| CaseJson { id: id.0.clone(), title: case.title.clone(), closed: case.closed })
                .collect(),
            documents: loaded.items.iter().map(DocumentJson::from).collect(),
            stored_version: loaded.version,
            is_stored: !loaded.keep_due,
            inventory_sha512: loaded.inventory_digest.clone(),
            stamped_version: loaded.stamped,
        }
    }
}

/// A record to begin.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewRecord)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it; the schema describes what does not")]
pub struct NewJson {
    /// The entry of the Aktenplan.
    pub entry: String,
    pub title: String,
    /// file (usual), case, document
    #[serde(default)]
    pub kind: Option<String>,
    /// Aktenzeichen; made from the plan where it is missing.
    #[serde(default)]
    pub reference: Option<String>,
    /// Whom it is about.
    #[serde(default)]
    pub subjects: Vec<String>,
}

/// A step of a record.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = RecordStep)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it; the schema describes what does not")]
pub struct StepJson {
    /// close, reopen, open-case, close-case, name-subject, classify, occur
    pub step: String,
    /// How many events whoever decided had seen; missing: whatever there is now.
    #[serde(default)]
    pub seen: Option<usize>,
    /// Of reopen and classify.
    #[serde(default)]
    pub reason: String,
    /// Of open-case.
    #[serde(default)]
    pub title: String,
    /// Of close-case.
    #[serde(default)]
    pub case: String,
    /// Of classify.
    #[serde(default)]
    pub entry: String,
    /// Of occur.
    #[serde(default)]
    pub event: String,
    /// Of occur: a day.
    #[serde(default)]
    pub on: String,
    /// Of name-subject.
    #[serde(default)]
    pub subject: String,
}

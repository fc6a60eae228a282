//! What messages say, in terms of records: one model for all versions.
//!
//! Records, cases and documents stand in a flat list, each with the position of what contains it, so that nothing is
//! walked recursively however deep a stranger nests.
//!
//! Invariant: a parent stands before its children.

mod plan;

use serde::{Deserialize, Serialize};

pub use plan::{PlanEntry, PlanOffer};

use super::{MessageKind, Uuid};
use crate::lifecycle::day::Day;
use crate::lifecycle::event::Kind;
use crate::lifecycle::plan::{Appraisal, Confidentiality};

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who writes to whom, when, in which process.
    pub head: Head,
    /// What is said.
    pub body: Body,
}

impl Message {
    /// What it is for.
    #[must_use]
    pub fn kind(&self) -> MessageKind {
        match &self.body {
            Body::Offer(_) => MessageKind::Offer,
            Body::Appraisal(_) => MessageKind::Appraisal,
            Body::HandOver(_) => MessageKind::HandOver,
            Body::OfferReceived => MessageKind::OfferReceived,
            Body::AppraisalReceived => MessageKind::AppraisalReceived,
            Body::Imported(_) => MessageKind::Imported,
            Body::HandOverReceived => MessageKind::HandOverReceived,
            Body::PlanOffer(_) => MessageKind::PlanOffer,
            Body::PlanOfferReceived => MessageKind::PlanOfferReceived,
            Body::Catalogue(_) => MessageKind::Catalogue,
            Body::CatalogueImported(_) => MessageKind::CatalogueImported,
            Body::CatalogueReceived => MessageKind::CatalogueReceived,
        }
    }

    /// The objects that it lists; none but for offers and hand-overs.
    #[must_use]
    pub fn objects(&self) -> &[Object] {
        match &self.body {
            Body::Offer(objects) | Body::HandOver(objects) => objects,
            _ => &[],
        }
    }
}

/// What a message says beside its head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "content")]
pub enum Body {
    /// 0501: what the office offers.
    Offer(Vec<Object>),
    /// 0502: what the archive decided.
    Appraisal(Vec<Appraised>),
    /// 0503: what the office hands over.
    HandOver(Vec<Object>),
    /// 0504
    OfferReceived,
    /// 0505
    AppraisalReceived,
    /// 0506: what the archive imported, or could not.
    Imported(Vec<Imported>),
    /// 0507
    HandOverReceived,
    /// 0511: a plan that is to be appraised.
    PlanOffer(PlanOffer),
    /// 0512
    PlanOfferReceived,
    /// 0513: entries of the plan with their appraisal.
    Catalogue(Vec<Appraised>),
    /// 0514: which of them the office took over.
    CatalogueImported(Vec<Imported>),
    /// 0515
    CatalogueReceived,
}

/// The head of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The process that all messages about the same offer share.
    pub process: Uuid,
    /// When it was written: a time of XML Schema, with or without zone.
    pub created: String,
    /// Who sends it.
    pub sender: Contact,
    /// Who receives it.
    pub recipient: Contact,
    /// The program that wrote it.
    pub system: Option<System>,
    /// A word to people.
    pub note: Option<String>,
    /// Is a receipt wanted? Only in 0501, 0502, 0503, 0511 and 0513.
    pub receipt_wanted: bool,
    /// Shall the import receipt say how the archive calls things? Only in 0503.
    pub archive_id_wanted: bool,
}

/// A code with its list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Code {
    /// The code.
    pub code: String,
    /// What it means.
    pub name: Option<String>,
    /// The list.
    pub list: Option<String>,
    /// The version of the list.
    pub list_version: Option<String>,
}

/// An authority, or somebody in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Contact {
    /// *Behördenschlüssel*.
    pub key: Option<Code>,
    /// Its prefix.
    pub prefix: Option<Code>,
    pub institution: Option<String>,
    pub institution_short: Option<String>,
    pub unit: Option<String>,
    pub salutation: Option<String>,
    pub title: Option<String>,
    pub family_name: Option<String>,
    pub given_name: Option<String>,
    pub activity: Option<String>,
    pub responsibility: Option<String>,
}

/// The program that wrote a message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct System {
    pub instance: Option<String>,
    pub product: Option<String>,
    pub version: Option<String>,
}

/// *Aussonderungsart*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disposal {
    /// Of the standard's list.
    Standard(Appraisal),
    /// Of a list of somebody's own (3.0 and later).
    Own(String),
}

/// How long something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Retention {
    /// So many years.
    Years(u16),
    /// Without end.
    Permanent,
}

/// When retention ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetentionEnd {
    /// On a day (3.0 and later).
    Day(Day),
    /// In a year (2.x).
    Year(u16),
}

/// On what a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Medium {
    Electronic,
    Hybrid,
    Paper,
}

/// An *Akte*, *Vorgang* or *Dokument*; inside another of its kind a *Teilakte*, *Teilvorgang* or *Anlage*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// Where in the list that stands which contains it.
    pub parent: Option<usize>,
    /// What it is.
    pub kind: Kind,
    /// Its identifier.
    pub id: Uuid,
    /// Its number in what contains it.
    pub number: Option<u32>,
    /// *Betreff*.
    pub subject: Option<String>,
    /// *Kennzeichen*.
    pub reference: Option<String>,
    /// *Federführung*.
    pub lead: Option<String>,
    /// *Aktenführung* (3.0 and later).
    pub keeper: Option<String>,
    /// *Vertraulichkeitsstufe*.
    pub confidentiality: Option<Confidentiality>,
    /// *Bemerkung*.
    pub remark: Option<String>,
    /// *Medium*.
    pub medium: Option<Medium>,
    /// The entry of the plan: its reference, and what it is about.
    pub plan_entry: Option<(Option<String>, Option<String>)>,
    /// *Aufbewahrungsdauer*; not for documents, like the next four.
    pub retention: Option<Retention>,
    /// *Aussonderungsart*.
    pub disposal: Option<Disposal>,
    /// *Kennung*.
    pub archive_code: Option<String>,
    /// *Bewertungsvorschlag*: A or V.
    pub proposal: Option<Appraisal>,
    /// *Aufbewahrungsende*.
    pub retention_end: Option<RetentionEnd>,
    /// *Typ*.
    pub type_name: Option<String>,
    /// *Laufzeit*; not for documents.
    pub runs: Option<(Option<Day>, Option<Day>)>,
    /// *z.d.A.*; not for documents.
    pub closed: Option<bool>,
    /// Since when.
    pub closed_on: Option<Day>,
    /// What only documents have.
    pub document: Option<Document>,
}

impl Object {
    /// One that says nothing but what it is.
    #[must_use]
    pub fn new(kind: Kind, id: Uuid, parent: Option<usize>) -> Self {
        Self {
            parent,
            kind,
            id,
            number: None,
            subject: None,
            reference: None,
            lead: None,
            keeper: None,
            confidentiality: None,
            remark: None,
            medium: None,
            plan_entry: None,
            retention: None,
            disposal: None,
            archive_code: None,
            proposal: None,
            retention_end: None,
            type_name: None,
            runs: None,
            closed: None,
            closed_on: None,
            document: (kind == Kind::Document).then(Document::default),
        }
    }

    /// Does it say anything that only archives ask for?
    pub(super) fn is_archival(&self) -> bool {
        self.retention.is_some()
            || self.disposal.is_some()
            || self.archive_code.is_some()
            || self.proposal.is_some()
            || self.retention_end.is_some()
    }

    /// Does it say anything general?
    pub(super) fn is_described(&self) -> bool {
        self.subject.is_some()
            || self.reference.is_some()
            || self.lead.is_some()
            || self.keeper.is_some()
            || self.confidentiality.is_some()
            || self.remark.is_some()
            || self.medium.is_some()
            || self.plan_entry.is_some()
    }

    /// All files that belong to it directly.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        let versions = self.document.iter().flat_map(|document| &document.versions);
        versions.flat_map(|version| version.formats.iter().map(|format| &format.file))
    }
}

/// What only documents have.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Document {
    /// *Fremdes Geschäftszeichen*.
    pub foreign_reference: Option<String>,
    /// *Posteingangsdatum*.
    pub received: Option<Day>,
    /// *Postausgangsdatum*.
    pub sent: Option<Day>,
    /// *Datum des Schreibens*.
    pub dated: Option<Day>,
    /// *Bezug*.
    pub regarding: Option<String>,
    /// *Bearbeiter*.
    pub clerk: Option<String>,
    /// Its versions, each in one or more formats.
    pub versions: Vec<DocumentVersion>,
}

/// A version of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentVersion {
    /// Its number.
    pub number: String,
    /// Its formats, at least one.
    pub formats: Vec<Format>,
}

/// A version of a document in one format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    /// The format, of the list *Dateiformat*.
    pub code: String,
    /// The version of that list.
    pub list_version: Option<String>,
    /// Its name, where the list has none.
    pub other_name: Option<String>,
    /// The version of the format.
    pub version: String,
    /// The file.
    pub file: File,
}

/// A file of a hand-over: *Primärdokument*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its name in the container: a UUID, and what follows.
    pub name: String,
    /// Its name before (3.0 and later).
    pub original: Option<String>,
    /// Who made it.
    pub creator: Option<String>,
    /// When.
    pub created: Option<String>,
}

/// What was decided about an object, or an entry of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appraised {
    /// Which.
    pub id: Uuid,
    /// What.
    pub disposal: Disposal,
}

/// Whether something could be imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// What; none for all that was handed over, which only 2.x can say.
    pub id: Option<Uuid>,
    /// Could it?
    pub success: bool,
    /// Why not.
    pub errors: Vec<String>,
    /// How the archive calls it.
    pub archive_id: Option<String>,
}

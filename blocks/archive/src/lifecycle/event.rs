//! What somebody wants to happen to a record, and what happened.
//!
//! A [`Command`] becomes an [`Event`] where nothing speaks against it; an event carries what was computed when it
//! happened (which rule counted, what the tombstone keeps), so that no later change of rules changes the past.
//!
//! Invariant: events are complete; nothing beside them is needed to know how a record stands.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use vir_core::Phrase;

use super::day::Day;
use super::plan::Appraisal;
use super::tombstone::Tombstone;
use super::{CaseId, DocumentId, EntryId, PersonId, RecordId, SubjectId};

/// Who acts, and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Who {
    /// A person.
    Person {
        /// Who acts.
        person: PersonId,
        /// Whose deputy they are in this.
        deputy_for: Option<PersonId>,
    },
    /// A program: a job, a message from another system.
    Program {
        /// Its name.
        name: String,
    },
}

impl Who {
    /// A person who acts for nobody else.
    #[must_use]
    pub fn person(id: &str) -> Self {
        Self::Person { person: id.into(), deputy_for: None }
    }

    /// A person who acts as a deputy.
    #[must_use]
    pub fn deputy(id: &str, of: &str) -> Self {
        Self::Person { person: id.into(), deputy_for: Some(of.into()) }
    }

    /// A program.
    #[must_use]
    pub fn program(name: &str) -> Self {
        Self::Program { name: name.to_owned() }
    }

    /// Is it a program?
    #[must_use]
    pub fn is_program(&self) -> bool {
        matches!(self, Self::Program { .. })
    }

    /// The people of an act: who acts, and for whom.
    pub fn people(&self) -> impl Iterator<Item = &PersonId> {
        let (person, deputy_for) = match self {
            Self::Person { person, deputy_for } => (Some(person), deputy_for.as_ref()),
            Self::Program { .. } => (None, None),
        };
        person.into_iter().chain(deputy_for)
    }

    /// Is one of the people of this act also one of the other? A deputy is nobody of their own.
    #[must_use]
    pub fn shares_a_person_with(&self, other: &Self) -> bool {
        self.people().any(|person| other.people().any(|known| known == person))
    }
}

/// What a record is, after xdomea's *Schriftgutobjekt*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// *Akte*: it has *Vorgänge* and documents.
    File,
    /// A *Vorgang* that stands alone.
    Case,
    /// A document that stands alone.
    Document,
}

/// The package in which a record was stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Its version, counted from 1.
    pub version: u32,
    /// The hash algorithm of its leaf in the hash tree: `sha512`.
    pub algorithm: String,
    /// The leaf, in hexadecimal digits.
    pub leaf: String,
}

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "command")]
pub enum Command {
    /// Begin a record.
    Open {
        /// Its name.
        id: RecordId,
        /// What it is.
        kind: Kind,
        /// Where in the plan it stands.
        entry: EntryId,
        /// What it is about.
        title: String,
        /// Whom it is about.
        subjects: BTreeSet<SubjectId>,
    },
    /// Begin a *Vorgang*.
    OpenCase {
        /// Its name.
        case: CaseId,
        /// What it is about.
        title: String,
    },
    /// End a *Vorgang*.
    CloseCase {
        /// Which.
        case: CaseId,
    },
    /// Put a document into the record, or a new version of one.
    FileDocument {
        /// Its name.
        document: DocumentId,
        /// What it is.
        title: String,
        /// In which *Vorgang*; none for directly in the record.
        case: Option<CaseId>,
    },
    /// Say that the record is also about somebody.
    NameSubject {
        /// Whom.
        subject: SubjectId,
    },
    /// Put the record under another entry of the plan.
    Classify {
        /// Which.
        entry: EntryId,
        /// Why.
        reason: String,
    },
    /// Close the record (*zu den Akten*).
    Close,
    /// Work on it again.
    Reopen {
        /// Why.
        reason: String,
    },
    /// Say that something happened on which a term waits.
    Occur {
        /// What.
        event: String,
        /// When.
        on: Day,
    },
    /// Put it into storage.
    Deposit {
        /// As which package.
        package: Package,
    },
    /// Offer it to the archive (0501).
    Offer {
        /// The message.
        message: String,
        /// What the archive asked for, where it wants to appraise before the term ends.
        early: Option<String>,
    },
    /// The archive has received the offer (0504).
    ReceiveOffer {
        /// The message.
        message: String,
    },
    /// Take the offer back.
    WithdrawOffer {
        /// Why.
        reason: String,
    },
    /// The archive has appraised it (0502).
    Appraise {
        /// The message.
        message: String,
        /// As what.
        value: Appraisal,
        /// *Vorgänge* for which something else was decided.
        cases: BTreeMap<CaseId, Appraisal>,
    },
    /// Hand it over to the archive (0503).
    HandOver {
        /// The message.
        message: String,
    },
    /// The archive has received what was handed over (0507): no permission for anything.
    ReceiveHandOver {
        /// The message.
        message: String,
    },
    /// The archive has imported it, or failed to (0506).
    ConfirmImport {
        /// The message.
        message: String,
        /// Which *Vorgang*; none for the whole record.
        case: Option<CaseId>,
        /// Did it work?
        success: bool,
        /// How the archive calls it (*Archivkennung*).
        archive_id: Option<String>,
    },
    /// Sign for deletion, first.
    RequestDeletion,
    /// Take the signature back, or refuse to sign.
    WithdrawDeletion {
        /// Why.
        reason: String,
    },
    /// Sign for deletion, second, and delete.
    Delete,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "what")]
#[expect(missing_docs, reason = "the fields are those of the commands")]
pub enum Event {
    /// It was begun.
    Opened { id: RecordId, kind: Kind, entry: EntryId, title: String, subjects: BTreeSet<SubjectId> },
    /// A *Vorgang* was begun.
    CaseOpened { case: CaseId, title: String },
    /// A *Vorgang* was ended.
    CaseClosed { case: CaseId },
    /// A document came into it.
    DocumentFiled { document: DocumentId, title: String, case: Option<CaseId> },
    /// It is also about somebody.
    SubjectNamed { subject: SubjectId },
    /// It stands elsewhere in the plan.
    Classified { entry: EntryId, reason: String },
    /// It was closed; by which entry's rule, in which version, it is kept.
    Closed { rule: Option<(EntryId, u32)> },
    /// It is worked on again.
    Reopened { reason: String },
    /// Something happened on which a term may wait.
    Occurred { event: String, on: Day },
    /// It is in storage.
    Deposited { package: Package },
    /// It was offered; until when an answer is expected.
    Offered { message: String, early: Option<String>, reply_due: Day },
    /// The archive has the offer.
    OfferReceived { message: String },
    /// The offer was taken back.
    OfferWithdrawn { reason: String },
    /// It was appraised.
    Appraised { message: String, value: Appraisal, cases: BTreeMap<CaseId, Appraisal> },
    /// It was handed over.
    HandedOver { message: String },
    /// The archive has it, unread.
    HandOverReceived { message: String },
    /// The archive has imported it, or failed to.
    ImportConfirmed { message: String, case: Option<CaseId>, success: bool, archive_id: Option<String> },
    /// One person signed for deletion.
    DeletionRequested,
    /// The signature no longer counts.
    DeletionWithdrawn { reason: String },
    /// It is deleted; what stays.
    Deleted { tombstone: Box<Tombstone> },
}

/// An event with its day and its author.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logged {
    /// When.
    pub on: Day,
    /// By whom.
    pub who: Who,
    /// What.
    pub event: Event,
}

/// Commands without what they carry: the rows of the table of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names below say what each means")]
pub enum Step {
    Open,
    Edit,
    NameSubject,
    Classify,
    Close,
    Reopen,
    Occur,
    Deposit,
    Offer,
    ReceiveOffer,
    WithdrawOffer,
    Appraise,
    HandOver,
    ReceiveHandOver,
    ConfirmImport,
    RequestDeletion,
    WithdrawDeletion,
    Delete,
}

impl Step {
    /// All steps in the order of a record's life.
    pub const ALL: [Self; 18] = [
        Self::Open,
        Self::Edit,
        Self::NameSubject,
        Self::Classify,
        Self::Close,
        Self::Reopen,
        Self::Occur,
        Self::Deposit,
        Self::Offer,
        Self::ReceiveOffer,
        Self::WithdrawOffer,
        Self::Appraise,
        Self::HandOver,
        Self::ReceiveHandOver,
        Self::ConfirmImport,
        Self::RequestDeletion,
        Self::WithdrawDeletion,
        Self::Delete,
    ];

    /// For people.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::Open => Phrase::new("Akte anlegen", "Begin the record"),
            Self::Edit => Phrase::new("Bearbeiten", "Work on it"),
            Self::NameSubject => Phrase::new("Betroffene Person nennen", "Name a person concerned"),
            Self::Classify => Phrase::new("Umgliedern", "Reclassify"),
            Self::Close => Phrase::new("z.d.A. verfügen", "Close"),
            Self::Reopen => Phrase::new("Wieder aufnehmen", "Reopen"),
            Self::Occur => Phrase::new("Fristereignis eintragen", "Enter the event of a term"),
            Self::Deposit => Phrase::new("In den Langzeitspeicher geben", "Deposit"),
            Self::Offer => Phrase::new("Anbieten (0501)", "Offer (0501)"),
            Self::ReceiveOffer => Phrase::new("Empfang der Anbietung (0504)", "Receipt of the offer (0504)"),
            Self::WithdrawOffer => Phrase::new("Anbietung zurücknehmen", "Withdraw the offer"),
            Self::Appraise => Phrase::new("Bewerten (0502)", "Appraise (0502)"),
            Self::HandOver => Phrase::new("Abgeben (0503)", "Hand over (0503)"),
            Self::ReceiveHandOver => Phrase::new("Empfang der Abgabe (0507)", "Receipt of the hand-over (0507)"),
            Self::ConfirmImport => Phrase::new("Importbestätigung (0506)", "Import receipt (0506)"),
            Self::RequestDeletion => Phrase::new("Löschung beantragen", "Request deletion"),
            Self::WithdrawDeletion => Phrase::new("Löschantrag zurücknehmen", "Withdraw the request"),
            Self::Delete => Phrase::new("Löschen", "Delete"),
        }
    }
}

impl Command {
    /// Which step it is.
    #[must_use]
    pub fn step(&self) -> Step {
        match self {
            Self::Open { .. } => Step::Open,
            Self::OpenCase { .. } | Self::CloseCase { .. } | Self::FileDocument { .. } => Step::Edit,
            Self::NameSubject { .. } => Step::NameSubject,
            Self::Classify { .. } => Step::Classify,
            Self::Close => Step::Close,
            Self::Reopen { .. } => Step::Reopen,
            Self::Occur { .. } => Step::Occur,
            Self::Deposit { .. } => Step::Deposit,
            Self::Offer { .. } => Step::Offer,
            Self::ReceiveOffer { .. } => Step::ReceiveOffer,
            Self::WithdrawOffer { .. } => Step::WithdrawOffer,
            Self::Appraise { .. } => Step::Appraise,
            Self::HandOver { .. } => Step::HandOver,
            Self::ReceiveHandOver { .. } => Step::ReceiveHandOver,
            Self::ConfirmImport { .. } => Step::ConfirmImport,
            Self::RequestDeletion => Step::RequestDeletion,
            Self::WithdrawDeletion { .. } => Step::WithdrawDeletion,
            Self::Delete => Step::Delete,
        }
    }

    /// The reason that it gives, where one is demanded.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Classify { reason, .. }
            | Self::Reopen { reason }
            | Self::WithdrawOffer { reason }
            | Self::WithdrawDeletion { reason } => Some(reason),
            _ => None,
        }
    }
}

//! A record, as its events leave it.
//!
//! Invariant: [`Record::replay`] of the same events gives the same record, whenever and wherever.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use vir_core::Phrase;

use super::day::Day;
use super::event::{Event, Kind, Logged, Package, Step, Who};
use super::plan::Appraisal;
use super::tombstone::Tombstone;
use super::{CaseId, DocumentId, EntryId, RecordId, SubjectId};

/// Where a record is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names below say what each means")]
pub enum State {
    InWork,
    Closed,
    Stored,
    Offered,
    Appraised,
    HandedOver,
    Deleted,
}

impl State {
    /// All states in the order of a record's life.
    pub const ALL: [Self; 7] =
        [Self::InWork, Self::Closed, Self::Stored, Self::Offered, Self::Appraised, Self::HandedOver, Self::Deleted];

    /// For people.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::InWork => Phrase::new("in Bearbeitung", "in work"),
            Self::Closed => Phrase::new("z.d.A.", "closed"),
            Self::Stored => Phrase::new("im Langzeitspeicher", "in long-term storage"),
            Self::Offered => Phrase::new("angeboten", "offered"),
            Self::Appraised => Phrase::new("bewertet", "appraised"),
            Self::HandedOver => Phrase::new("abgegeben", "handed over"),
            Self::Deleted => Phrase::new("gelöscht", "deleted"),
        }
    }
}

/// The state after a step; none where the step is not possible. Before a record is begun there is no state.
#[must_use]
pub fn next(state: Option<State>, step: Step) -> Option<State> {
    use State::{Appraised, Closed, Deleted, HandedOver, InWork, Offered, Stored};
    match (state, step) {
        (None, Step::Open) | (Some(InWork), Step::Edit) | (Some(Closed | Stored), Step::Reopen) => Some(InWork),
        (Some(state), Step::NameSubject | Step::Occur) if state != Deleted => Some(state),
        (Some(state @ (InWork | Closed | Stored)), Step::Classify) => Some(state),
        (Some(InWork), Step::Close) => Some(Closed),
        (Some(Closed), Step::Deposit) | (Some(Offered | Appraised), Step::WithdrawOffer) => Some(Stored),
        (Some(Stored), Step::Offer) | (Some(Offered), Step::ReceiveOffer) => Some(Offered),
        (Some(Offered | Appraised), Step::Appraise) => Some(Appraised),
        (Some(Appraised | HandedOver), Step::HandOver)
        | (Some(HandedOver), Step::ReceiveHandOver | Step::ConfirmImport) => Some(HandedOver),
        (Some(state @ (Appraised | HandedOver)), Step::RequestDeletion | Step::WithdrawDeletion) => Some(state),
        (Some(Appraised | HandedOver), Step::Delete) => Some(Deleted),
        _ => None,
    }
}

/// A *Vorgang* inside a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Case {
    /// What it is about.
    pub title: String,
    /// Is it ended?
    pub closed: bool,
}

/// A document inside a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// What it is.
    pub title: String,
    /// In which *Vorgang*.
    pub case: Option<CaseId>,
}

/// An appraisal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Appraised {
    /// The message that brought it.
    pub message: String,
    /// Of the record.
    pub value: Appraisal,
    /// Of *Vorgänge* for which something else was decided.
    pub cases: BTreeMap<CaseId, Appraisal>,
}

/// The archive's confirmation that it has imported something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The message.
    pub message: String,
    /// How the archive calls it.
    pub archive_id: Option<String>,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// Its name.
    pub id: RecordId,
    /// What it is.
    pub kind: Kind,
    /// Where it stands in the plan.
    pub entry: EntryId,
    /// What it is about.
    pub title: String,
    /// Whom it is about.
    pub subjects: BTreeSet<SubjectId>,
    /// Where it is in its life.
    pub state: State,
    /// When it was begun.
    pub opened: Day,
    /// When something in it was last worked on.
    pub last_edit: Day,
    /// When it was closed.
    pub closed: Option<Day>,
    /// Its *Vorgänge*.
    pub cases: BTreeMap<CaseId, Case>,
    /// Its documents.
    pub documents: BTreeMap<DocumentId, Document>,
    /// What happened on which terms may wait, and when; what was said last counts.
    pub occurred: BTreeMap<String, Day>,
    /// Its packages in storage, in the order of depositing.
    pub packages: Vec<Package>,
    /// The offer: its message, its day, and until when an answer is expected.
    pub offer: Option<(String, Day, Day)>,
    /// What the archive decided.
    pub appraisal: Option<Appraised>,
    /// When it was handed over, and with which message.
    pub handed_over: Option<(String, Day)>,
    /// The import receipt for all that was handed over.
    pub receipt: Option<Receipt>,
    /// Import receipts for single *Vorgänge*.
    pub case_receipts: BTreeMap<CaseId, Receipt>,
    /// Who signed for its deletion, and when.
    pub first_signature: Option<(Day, Who)>,
    /// The day of the last event.
    pub last_event: Day,
    /// What stays of it.
    pub tombstone: Option<Box<Tombstone>>,
}

impl Record {
    /// The record that these events leave; none without an opening one.
    #[must_use]
    pub fn replay<'e>(events: impl IntoIterator<Item = &'e Logged>) -> Option<Self> {
        events.into_iter().fold(None, |record, logged| match record {
            None => Self::opened(logged),
            Some(mut record) => {
                record.apply(logged);
                Some(record)
            }
        })
    }

    /// The record that an opening event begins.
    fn opened(logged: &Logged) -> Option<Self> {
        let Event::Opened { id, kind, entry, title, subjects } = &logged.event else { return None };
        Some(Self {
            id: id.clone(),
            kind: *kind,
            entry: entry.clone(),
            title: title.clone(),
            subjects: subjects.clone(),
            state: State::InWork,
            opened: logged.on,
            last_edit: logged.on,
            closed: None,
            cases: BTreeMap::new(),
            documents: BTreeMap::new(),
            occurred: BTreeMap::new(),
            packages: Vec::new(),
            offer: None,
            appraisal: None,
            handed_over: None,
            receipt: None,
            case_receipts: BTreeMap::new(),
            first_signature: None,
            last_event: logged.on,
            tombstone: None,
        })
    }

    /// Lets one more event happen. Events are facts: nothing is refused here.
    pub fn apply(&mut self, logged: &Logged) {
        self.last_event = self.last_event.max(logged.on);
        match &logged.event {
            Event::Opened { .. } | Event::OfferReceived { .. } | Event::HandOverReceived { .. } => {}
            Event::CaseOpened { case, title } => {
                self.last_edit = logged.on;
                self.cases.insert(case.clone(), Case { title: title.clone(), closed: false });
            }
            Event::CaseClosed { case } => {
                self.last_edit = logged.on;
                if let Some(case) = self.cases.get_mut(case) {
                    case.closed = true;
                }
            }
            Event::DocumentFiled { document, title, case } => {
                self.last_edit = logged.on;
                self.documents.insert(document.clone(), Document { title: title.clone(), case: case.clone() });
            }
            Event::SubjectNamed { subject } => {
                self.subjects.insert(subject.clone());
            }
            Event::Classified { entry, .. } => self.entry = entry.clone(),
            Event::Closed { .. } => {
                self.state = State::Closed;
                self.closed = Some(logged.on);
            }
            Event::Reopened { .. } => {
                self.state = State::InWork;
                self.closed = None;
            }
            Event::Occurred { event, on } => {
                self.occurred.insert(event.clone(), *on);
            }
            Event::Deposited { package } => {
                self.state = State::Stored;
                self.packages.push(package.clone());
            }
            Event::Offered { message, reply_due, .. } => {
                self.state = State::Offered;
                self.offer = Some((message.clone(), logged.on, *reply_due));
                self.appraisal = None;
            }
            Event::OfferWithdrawn { .. } => {
                self.state = State::Stored;
                self.offer = None;
                self.appraisal = None;
                self.first_signature = None;
            }
            Event::Appraised { message, value, cases } => {
                self.state = State::Appraised;
                let (message, cases) = (message.clone(), cases.clone());
                self.appraisal = Some(Appraised { message, value: *value, cases });
                self.first_signature = None;
            }
            Event::HandedOver { message } => {
                self.state = State::HandedOver;
                self.handed_over = Some((message.clone(), logged.on));
                self.receipt = None;
                self.case_receipts.clear();
                self.first_signature = None;
            }
            Event::ImportConfirmed { message, case, success, archive_id } => {
                self.first_signature = None;
                let receipt = || Receipt { message: message.clone(), archive_id: archive_id.clone() };
                match (case, *success) {
                    (None, true) => self.receipt = Some(receipt()),
                    (Some(case), true) => {
                        self.case_receipts.insert(case.clone(), receipt());
                    }
                    (None, false) => {
                        self.receipt = None;
                        self.case_receipts.clear();
                    }
                    (Some(case), false) => {
                        self.case_receipts.remove(case);
                        // What covered this part together with others no longer can.
                        self.receipt = None;
                    }
                }
            }
            Event::DeletionRequested => self.first_signature = Some((logged.on, logged.who.clone())),
            Event::DeletionWithdrawn { .. } => self.first_signature = None,
            Event::Deleted { tombstone } => {
                self.state = State::Deleted;
                self.tombstone = Some(tombstone.clone());
            }
        }
    }

    /// The parts that are appraised one by one: its *Vorgänge*, and the record itself where documents stand directly
    /// in it or where it has none.
    pub fn parts(&self) -> impl Iterator<Item = Option<&CaseId>> {
        let own = self.cases.is_empty() || self.documents.values().any(|document| document.case.is_none());
        own.then_some(None).into_iter().chain(self.cases.keys().map(Some))
    }

    /// What the archive decided about a part.
    #[must_use]
    pub fn appraisal_of(&self, part: Option<&CaseId>) -> Option<Appraisal> {
        let appraised = self.appraisal.as_ref()?;
        Some(part.and_then(|case| appraised.cases.get(case)).copied().unwrap_or(appraised.value))
    }

    /// Has the archive confirmed that it has imported a part?
    #[must_use]
    pub fn is_imported(&self, part: Option<&CaseId>) -> bool {
        self.receipt.is_some() || part.is_some_and(|case| self.case_receipts.contains_key(case))
    }

    /// All import receipts.
    pub fn receipts(&self) -> impl Iterator<Item = &Receipt> {
        self.receipt.iter().chain(self.case_receipts.values())
    }

    /// The parts that go to the archive.
    pub fn archival_parts(&self) -> impl Iterator<Item = Option<&CaseId>> {
        self.parts().filter(|part| self.appraisal_of(*part) == Some(Appraisal::A))
    }

    /// Is a part still without a final appraisal?
    #[must_use]
    pub fn is_undecided(&self) -> bool {
        self.parts().any(|part| matches!(self.appraisal_of(part), None | Some(Appraisal::B)))
    }

    /// Is something missing that only the archive's import receipt can bring?
    #[must_use]
    pub fn lacks_receipt(&self) -> bool {
        self.archival_parts().any(|part| !self.is_imported(part))
    }

    /// Does it contain what the archive wants?
    #[must_use]
    pub fn is_archival(&self) -> bool {
        self.archival_parts().next().is_some()
    }
}

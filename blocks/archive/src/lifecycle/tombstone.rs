//! What stays of a deleted record.
//!
//! Its leaf stays, because the proofs of its neighbours in the hash tree lead over it; it says nothing of what was in
//! the record. Who deleted it, when, and on which ground stays, because that must be accounted for. What else stays
//! is the decision of the data protection officer.
//!
//! Invariant: what the decision does not name is neither in the tombstone nor in the history that [`redact`] gives.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::day::Day;
use super::event::{Event, Logged, Package, Who};
use super::plan::Appraisal;
use super::record::Record;
use super::{CaseId, DocumentId, EntryId, RecordId};

/// What may stay, and who decided so.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keep {
    /// The decision, by its reference. Without one, nothing that is named here stays.
    pub decision: Option<String>,
    /// What the record was about.
    pub title: bool,
    /// Where it stood in the plan.
    pub entry: bool,
    /// From when to when it was worked on.
    pub dates: bool,
}

/// The ground of a deletion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// The appraisal (0502).
    pub appraisal: String,
    /// As what.
    pub value: Appraisal,
    /// The import receipts (0506) for what the archive has taken.
    pub receipts: BTreeSet<String>,
    /// How the archive calls what it has taken.
    pub archive_ids: BTreeSet<String>,
}

/// What stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tombstone {
    /// Which record it was.
    pub record: RecordId,
    /// Its packages with their leaves.
    pub packages: Vec<Package>,
    /// Why it was deleted.
    pub ground: Ground,
    /// The last day of its term, and the rule with its version.
    pub term: Option<(Day, EntryId, u32)>,
    /// Who signed first, and when.
    pub first: (Day, Who),
    /// Who signed second, and when it was deleted.
    pub second: (Day, Who),
    /// The decision on what else stays.
    pub decision: Option<String>,
    /// What it was about.
    pub title: Option<String>,
    /// Where it stood in the plan.
    pub entry: Option<EntryId>,
    /// When it was begun and closed.
    pub dates: Option<(Day, Option<Day>)>,
}

impl Tombstone {
    /// Of a record that two people have signed for.
    #[must_use]
    pub fn of(
        record: &Record,
        ground: Ground,
        term: Option<(Day, EntryId, u32)>,
        second: (Day, Who),
        keep: &Keep,
    ) -> Option<Self> {
        let decided = keep.decision.is_some();
        Some(Self {
            record: record.id.clone(),
            packages: record.packages.clone(),
            ground,
            // The name of the rule's entry would tell where the record stood.
            term: term.filter(|_| decided && keep.entry),
            first: record.first_signature.clone()?,
            second,
            decision: keep.decision.clone(),
            title: Some(record.title.clone()).filter(|_| decided && keep.title),
            entry: Some(record.entry.clone()).filter(|_| decided && keep.entry),
            dates: Some((record.opened, record.closed)).filter(|_| decided && keep.dates),
        })
    }
}

/// The history of a record as it may be kept after its deletion; unchanged for a record that is not deleted.
///
/// Names, titles and reasons vanish, and so does the name of the entry, unless the tombstone has them. What remains
/// still tells that every step was taken.
#[must_use]
pub fn redact(history: &[Logged]) -> Vec<Logged> {
    let Some(tombstone) = history.iter().find_map(|logged| match &logged.event {
        Event::Deleted { tombstone } => Some(tombstone),
        _ => None,
    }) else {
        return history.to_vec();
    };
    let mut places = Places::default();
    history
        .iter()
        .filter_map(|logged| {
            let event = redacted(&logged.event, tombstone, &mut places)?;
            Some(Logged { on: logged.on, who: logged.who.clone(), event })
        })
        .collect()
}

/// What an event still says; none where it says nothing else than what must go.
fn redacted(event: &Event, tombstone: &Tombstone, places: &mut Places) -> Option<Event> {
    let entry = || tombstone.entry.clone().unwrap_or_else(|| EntryId(String::new()));
    Some(match event {
        Event::Opened { id, kind, .. } => Event::Opened {
            id: id.clone(),
            kind: *kind,
            entry: entry(),
            title: tombstone.title.clone().unwrap_or_default(),
            subjects: BTreeSet::new(),
        },
        Event::CaseOpened { case, .. } => Event::CaseOpened { case: places.case(case), title: String::new() },
        Event::CaseClosed { case } => Event::CaseClosed { case: places.case(case) },
        Event::DocumentFiled { document, case, .. } => Event::DocumentFiled {
            document: places.document(document),
            title: String::new(),
            case: case.as_ref().map(|case| places.case(case)),
        },
        Event::SubjectNamed { .. } => return None,
        Event::Classified { .. } => Event::Classified { entry: entry(), reason: String::new() },
        Event::Closed { rule } => Event::Closed { rule: rule.clone().filter(|_| tombstone.entry.is_some()) },
        Event::Reopened { .. } => Event::Reopened { reason: String::new() },
        Event::Occurred { .. } => return None,
        Event::Offered { message, reply_due, .. } => {
            Event::Offered { message: message.clone(), early: None, reply_due: *reply_due }
        }
        Event::OfferWithdrawn { .. } => Event::OfferWithdrawn { reason: String::new() },
        Event::Appraised { message, value, cases } => Event::Appraised {
            message: message.clone(),
            value: *value,
            cases: cases.iter().map(|(case, value)| (places.case(case), *value)).collect(),
        },
        Event::ImportConfirmed { message, case, success, archive_id } => Event::ImportConfirmed {
            message: message.clone(),
            case: case.as_ref().map(|case| places.case(case)),
            success: *success,
            archive_id: archive_id.clone(),
        },
        Event::DeletionWithdrawn { .. } => Event::DeletionWithdrawn { reason: String::new() },
        Event::Deposited { .. }
        | Event::OfferReceived { .. }
        | Event::HandedOver { .. }
        | Event::HandOverReceived { .. }
        | Event::DeletionRequested
        | Event::Deleted { .. } => event.clone(),
    })
}

/// Numbers in place of names that somebody chose, and that may speak.
#[derive(Default)]
struct Places {
    cases: BTreeMap<CaseId, usize>,
    documents: BTreeMap<DocumentId, usize>,
}

impl Places {
    fn case(&mut self, case: &CaseId) -> CaseId {
        let next = self.cases.len() + 1;
        CaseId(self.cases.entry(case.clone()).or_insert(next).to_string())
    }

    fn document(&mut self, document: &DocumentId) -> DocumentId {
        let next = self.documents.len() + 1;
        DocumentId(self.documents.entry(document.clone()).or_insert(next).to_string())
    }
}

//! From records to messages and from messages to commands: *Aussonderung* between an office and an archive.
//!
//! The office offers ([`offered`]), the archive answers ([`reply`], [`receipt`]), the office understands the answers
//! as commands of the life cycle ([`commands`]) and hands over what the archive wants ([`handed_over`]); the archive
//! says what it could import ([`imported`]).
//!
//! Invariant: doubt never destroys. What was decided twice and differently, for single documents, or in words of
//! somebody's own, becomes *B*, with which nothing is deleted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vir_core::{Severity, Text};

use super::model::{Appraised, Body, Disposal, Imported, Message, Object, Retention, RetentionEnd};
use super::{MessageKind, Uuid};
use crate::lifecycle::day::Day;
use crate::lifecycle::event::{Command, Kind};
use crate::lifecycle::plan::Appraisal;
use crate::lifecycle::term::{End, Rule};
use crate::lifecycle::{CaseId, DocumentId, Law, Record, RecordId};

/// How a record and its parts are called in messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// The record.
    pub record: Uuid,
    /// Its *Vorgänge*.
    pub cases: BTreeMap<CaseId, Uuid>,
    /// Its documents.
    pub documents: BTreeMap<DocumentId, Uuid>,
}

/// Something in a record has no name for messages.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} has no name for messages")]
pub struct Unnamed(pub String);

/// The objects of an offer (0501): the record with what the plan says about it, its *Vorgänge* and documents.
///
/// Of the documents only the metadata; whoever hands them over adds their versions and files.
pub fn offered(record: &Record, names: &Names, law: &Law<'_>, on: Day) -> Result<Vec<Object>, Unnamed> {
    let mut file = Object::new(record.kind, names.record.clone(), None);
    file.subject = Some(record.title.clone());
    file.reference = Some(record.id.0.clone());
    file.confidentiality = Some(law.plan.confidentiality(&record.entry));
    let about = law.plan.entry(&record.entry).map(|entry| entry.title.clone());
    file.plan_entry = Some((Some(record.entry.0.clone()), about));
    let planned = law.plan.planned_appraisal(&record.entry);
    if record.kind != Kind::Document {
        file.runs = Some((Some(record.opened), Some(record.last_edit)));
        file.closed = Some(record.closed.is_some());
        file.closed_on = record.closed;
        file.disposal = Some(Disposal::Standard(planned.unwrap_or(Appraisal::B)));
        file.proposal = planned.filter(|planned| *planned != Appraisal::B);
        file.retention = law.rule(record, on).map(|(_, version)| match &version.rule {
            Rule::Permanent => Retention::Permanent,
            // Begun years count as whole ones.
            Rule::Term { period, .. } => Retention::Years(period.years.saturating_add(period.months.div_ceil(12))),
        });
        file.retention_end = match law.end(record, on) {
            Some(End::On { day }) => Some(RetentionEnd::Day(day)),
            _ => None,
        };
    }
    let mut objects = vec![file];
    let mut positions: BTreeMap<&CaseId, usize> = BTreeMap::new();
    let document = |objects: &mut Vec<Object>, id: &DocumentId, title: &str, parent: usize| {
        let name = names.documents.get(id).ok_or_else(|| Unnamed(id.to_string()))?;
        let mut object = Object::new(Kind::Document, name.clone(), Some(parent));
        object.subject = Some(title.to_owned());
        objects.push(object);
        Ok(())
    };
    for (id, item) in record.documents.iter().filter(|(_, item)| item.case.is_none()) {
        document(&mut objects, id, &item.title, 0)?;
    }
    for (id, case) in &record.cases {
        let name = names.cases.get(id).ok_or_else(|| Unnamed(id.to_string()))?;
        positions.insert(id, objects.len());
        let mut object = Object::new(Kind::Case, name.clone(), Some(0));
        object.subject = Some(case.title.clone());
        object.closed = Some(case.closed);
        let position = objects.len();
        objects.push(object);
        for (id, item) in record.documents.iter().filter(|(_, item)| item.case.as_ref() == Some(id)) {
            document(&mut objects, id, &item.title, position)?;
        }
    }
    Ok(objects)
}

/// The objects of a hand-over (0503): of those that were offered the ones that the archive wants, with what contains
/// them.
#[must_use]
pub fn handed_over(record: &Record, names: &Names, objects: &[Object]) -> Vec<Object> {
    let case_of: BTreeMap<Uuid, &CaseId> = names.cases.iter().map(|(case, name)| (name.folded(), case)).collect();
    let wanted = |part| record.appraisal_of(part) == Some(Appraisal::A);
    // The part to which each object belongs, and where it stands in the new list.
    let mut parts: Vec<(Option<&CaseId>, Option<usize>)> = Vec::with_capacity(objects.len());
    let mut kept: Vec<Object> = Vec::new();
    for object in objects {
        let above = object.parent.and_then(|parent| parts.get(parent).copied());
        let part = case_of.get(&object.id.folded()).copied().or(above.and_then(|(part, _)| part));
        let is_root = object.parent.is_none();
        let position = (is_root || wanted(part)).then(|| {
            let mut object = object.clone();
            object.parent = above.and_then(|(_, position)| position);
            if object.disposal.is_some() || is_root {
                object.disposal = (object.kind != Kind::Document).then_some(Disposal::Standard(Appraisal::A));
            }
            kept.push(object);
            kept.len() - 1
        });
        parts.push((part, position));
    }
    kept
}

/// The answer to a message: the same process, back to its sender.
#[must_use]
pub fn reply(to: &Message, created: &str, body: Body) -> Message {
    let mut head = to.head.clone();
    std::mem::swap(&mut head.sender, &mut head.recipient);
    head.created = created.to_owned();
    head.system = None;
    head.note = None;
    head.receipt_wanted = false;
    head.archive_id_wanted = false;
    Message { head, body }
}

/// The receipt for a message, where the standard has one: 0504, 0505, 0507, 0512, 0515.
#[must_use]
pub fn receipt(to: &Message, created: &str) -> Option<Message> {
    let body = match to.kind() {
        MessageKind::Offer => Body::OfferReceived,
        MessageKind::Appraisal => Body::AppraisalReceived,
        MessageKind::HandOver => Body::HandOverReceived,
        MessageKind::PlanOffer => Body::PlanOfferReceived,
        MessageKind::Catalogue => Body::CatalogueReceived,
        _ => return None,
    };
    Some(reply(to, created, body))
}

/// The import receipt (0506) for a hand-over: one result for each record, *Vorgang* or document that stands alone.
#[must_use]
pub fn imported(
    hand_over: &Message,
    created: &str,
    result: impl Fn(&Object) -> Result<Option<String>, Vec<String>>,
) -> Message {
    let roots = hand_over.objects().iter().filter(|object| object.parent.is_none());
    let results = roots.map(|object| {
        let (success, errors, archive_id) = match result(object) {
            Ok(archive_id) => (true, Vec::new(), archive_id.filter(|_| hand_over.head.archive_id_wanted)),
            Err(errors) => (false, errors, None),
        };
        Imported { id: Some(object.id.clone()), success, errors, archive_id }
    });
    reply(hand_over, created, Body::Imported(results.collect()))
}

/// What is to be said about an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "id")]
pub enum Doubt {
    /// It is not about anything in this process.
    Unknown(Uuid),
    /// It says two things about one part.
    Contradiction(Uuid),
    /// It decides about a single document other than about its *Vorgang*.
    Document(Uuid),
    /// It uses words of somebody's own.
    OwnWords(Uuid),
}

impl Doubt {
    /// How grave it is: people must look at it.
    #[must_use]
    pub fn severity(&self) -> Severity {
        Severity::Warning
    }

    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Unknown(id) => Text::owned(
                format!("{id} kommt in diesem Verfahren nicht vor."),
                format!("{id} does not occur in this process."),
            ),
            Self::Contradiction(id) => Text::owned(
                format!("Über {id} ist zweimal und verschieden entschieden; es bleibt bei B."),
                format!("{id} was decided twice and differently; it stays with B."),
            ),
            Self::Document(id) => Text::owned(
                format!("Über das Dokument {id} ist anders entschieden als über seinen Vorgang; der bleibt bei B."),
                format!("The document {id} was decided other than its case, which stays with B."),
            ),
            Self::OwnWords(id) => Text::owned(
                format!("Die Aussonderungsart von {id} steht nicht in der Liste des Standards; es bleibt bei B."),
                format!("The appraisal of {id} is not of the standard's list; it stays with B."),
            ),
        }
    }
}

/// The commands that follow from an answer of the archive, for each record of the process, and what is in doubt.
///
/// `reference` is how the message is kept, for example its name.
#[must_use]
pub fn commands(
    answer: &Message,
    reference: &str,
    process: &[(&Record, &Names)],
) -> (Vec<(RecordId, Command)>, Vec<Doubt>) {
    let message = || reference.to_owned();
    let all = |command: Command| process.iter().map(|(record, _)| (record.id.clone(), command.clone())).collect();
    match &answer.body {
        Body::OfferReceived => (all(Command::ReceiveOffer { message: message() }), Vec::new()),
        Body::HandOverReceived => (all(Command::ReceiveHandOver { message: message() }), Vec::new()),
        Body::Appraisal(appraised) => decisions(appraised, reference, process),
        Body::Imported(results) => imports(results, reference, process),
        _ => (Vec::new(), Vec::new()),
    }
}

/// Where something that an answer names stands: the record, and the part of it.
struct Spot<'a> {
    position: usize,
    case: Option<&'a CaseId>,
    is_document: bool,
}

fn spots<'a>(process: &[(&'a Record, &'a Names)]) -> BTreeMap<Uuid, Spot<'a>> {
    let mut spots = BTreeMap::new();
    for (position, (record, names)) in process.iter().enumerate() {
        for (id, name) in &names.documents {
            let case = record.documents.get(id).and_then(|item| item.case.as_ref());
            spots.insert(name.folded(), Spot { position, case, is_document: true });
        }
        for (case, name) in &names.cases {
            spots.insert(name.folded(), Spot { position, case: Some(case), is_document: false });
        }
        spots.insert(names.record.folded(), Spot { position, case: None, is_document: false });
    }
    spots
}

fn decisions(
    appraised: &[Appraised],
    reference: &str,
    process: &[(&Record, &Names)],
) -> (Vec<(RecordId, Command)>, Vec<Doubt>) {
    let spots = spots(process);
    let mut doubts = Vec::new();
    let mut decided: Vec<BTreeMap<Option<&CaseId>, Appraisal>> = vec![BTreeMap::new(); process.len()];
    let mut documents = Vec::new();
    for Appraised { id, disposal } in appraised {
        let Some(spot) = spots.get(&id.folded()) else {
            doubts.push(Doubt::Unknown(id.clone()));
            continue;
        };
        let value = match disposal {
            Disposal::Standard(value) => *value,
            Disposal::Own(_) => {
                doubts.push(Doubt::OwnWords(id.clone()));
                Appraisal::B
            }
        };
        if spot.is_document {
            documents.push((id, spot, value));
            continue;
        }
        let before = decided[spot.position].insert(spot.case, value);
        if before.is_some_and(|before| before != value) {
            doubts.push(Doubt::Contradiction(id.clone()));
            decided[spot.position].insert(spot.case, Appraisal::B);
        }
    }
    for (id, spot, value) in documents {
        let parts = &mut decided[spot.position];
        let whole = parts.get(&None).copied();
        let part = parts.get(&spot.case).copied().or(whole).unwrap_or(Appraisal::B);
        // A record that is a document is decided as a record.
        if part != value {
            doubts.push(Doubt::Document(id.clone()));
            parts.insert(spot.case, Appraisal::B);
        }
    }
    let mut commands = Vec::new();
    for ((record, _), mut parts) in process.iter().zip(decided) {
        if parts.is_empty() {
            continue;
        }
        let value = parts.remove(&None).unwrap_or(Appraisal::B);
        let cases = parts.into_iter().filter_map(|(case, value)| Some((case?.clone(), value))).collect();
        let message = reference.to_owned();
        commands.push((record.id.clone(), Command::Appraise { message, value, cases }));
    }
    (commands, doubts)
}

fn imports(
    results: &[Imported],
    reference: &str,
    process: &[(&Record, &Names)],
) -> (Vec<(RecordId, Command)>, Vec<Doubt>) {
    let spots = spots(process);
    let mut doubts = Vec::new();
    let mut commands = Vec::new();
    let mut failures = Vec::new();
    let confirm = |position: usize, case: Option<&CaseId>, result: &Imported| {
        let (record, _) = process[position];
        let command = Command::ConfirmImport {
            message: reference.to_owned(),
            case: case.cloned(),
            success: result.success,
            archive_id: result.archive_id.clone(),
        };
        (record.id.clone(), command)
    };
    for result in results {
        let Some(id) = &result.id else {
            commands.extend((0..process.len()).map(|position| confirm(position, None, result)));
            continue;
        };
        match spots.get(&id.folded()) {
            None => doubts.push(Doubt::Unknown(id.clone())),
            // That a document was imported says nothing of the rest; that it was not, says enough.
            Some(spot) if spot.is_document && result.success => {}
            Some(spot) if result.success => commands.push(confirm(spot.position, spot.case, result)),
            Some(spot) => failures.push(confirm(spot.position, spot.case, result)),
        }
    }
    // Failures come last, so that no success of another line covers them.
    commands.extend(failures);
    (commands, doubts)
}

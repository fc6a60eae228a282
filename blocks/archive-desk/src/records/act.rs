//! The only way to change a record.
//!
//! Invariant: events, rows, the job that brings them into storage and the entry of the audit log are kept together or
//! not at all.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use thiserror::Error;
use vir_archive::lifecycle::event::Kind;
use vir_archive::lifecycle::plan::Confidentiality;
use vir_archive::lifecycle::tombstone::redact;
use vir_archive::lifecycle::{
    CaseId, Command, DocumentId, EntryId, Record, RecordId, Refusal, State, SubjectId, Who, decide,
};
use vir_core::Text;
use vir_store::{Entry, Job, Tx, args, new_id};

use super::model::{Item, Loaded, Origin};
use super::save::Known;
use super::take::Taken;
use super::{actor, day_of, law, load, save};

/// Why a record was not changed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ActError {
    /// Rules object.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is no such record.
    #[error("there is no such record")]
    Unknown,
    /// Somebody else has changed it meanwhile.
    #[error("the record was changed meanwhile")]
    Stale,
    /// Another record has this *Aktenzeichen*.
    #[error("another record has this reference")]
    Reference,
    /// Too secret for this system.
    #[error("records of this class must not be kept in this system")]
    Secret(Confidentiality),
    /// The store.
    #[error(transparent)]
    Store(#[from] vir_store::Error),
}

impl ActError {
    /// For people, one sentence for each reason; none for faults of the store.
    #[must_use]
    pub fn texts(&self) -> Vec<Text> {
        match self {
            Self::Refused(refusal) => refusal.objections.iter().map(|objection| objection.why.clone()).collect(),
            Self::Unknown => vec![Text::new("Diese Akte gibt es nicht.", "There is no such record.")],
            Self::Stale => vec![Text::new(
                "Die Akte wurde inzwischen geändert. Sehen Sie sie noch einmal an und wiederholen Sie den Schritt.",
                "The record was changed meanwhile. Look at it again and repeat the step.",
            )],
            Self::Reference => vec![Text::new(
                "Dieses Aktenzeichen hat schon eine andere Akte.",
                "Another record has this reference already.",
            )],
            Self::Secret(class) => vec![Text::owned(
                format!(
                    "Was als „{}“ eingestuft ist, darf in diesem System nicht geführt werden (Verschlusssachenanweisung).",
                    class.name().get(vir_core::Lang::De)
                ),
                format!(
                    "What is classified as “{}” must not be kept in this system.",
                    class.name().get(vir_core::Lang::En)
                ),
            )],
            Self::Store(_) => Vec::new(),
        }
    }
}

/// A record to begin.
#[derive(Debug, Clone)]
pub struct NewRecord {
    /// What it is.
    pub kind: Kind,
    /// Where it stands in the plan.
    pub entry: EntryId,
    /// What it is about.
    pub title: String,
    /// *Aktenzeichen*; made from the plan where it is none.
    pub reference: Option<String>,
    /// Whom it is about.
    pub subjects: BTreeSet<SubjectId>,
}

/// A record that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The record.
    pub id: RecordId,
    /// Its *Aktenzeichen*.
    pub reference: String,
}

/// A document to file: a new one, or a new version of one.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// The document of which it is a new version.
    pub id: Option<DocumentId>,
    /// In which *Vorgang*.
    pub case: Option<CaseId>,
    /// What it is.
    pub title: String,
    /// How it came.
    pub origin: Origin,
    /// The file.
    pub file: Taken,
}

const NUMBER: &str = "select count(*) as number from archive_record where entry = $1";

pub(super) fn lock(id: &RecordId) -> String {
    format!("archive-record/{id}")
}

/// Begins a record.
///
/// # Errors
/// Where a rule objects, the *Aktenzeichen* is taken, or the store fails.
pub async fn open(tx: &mut Tx, new: NewRecord, who: &Who) -> Result<Opened, ActError> {
    let law = law(tx).await?;
    let class = law.plan.confidentiality(&new.entry);
    if class > Confidentiality::Restricted {
        return Err(ActError::Secret(class));
    }
    let id = RecordId(new_id(tx.now()));
    let command = Command::Open {
        id: id.clone(),
        kind: new.kind,
        entry: new.entry.clone(),
        title: new.title,
        subjects: new.subjects,
    };
    let history = decide(None, &command, who, day_of(tx.now()), &law.law())?;
    let record = Record::replay(&history).ok_or(ActError::Unknown)?;
    // Who counts and then writes must be alone with the entry.
    tx.lock(&format!("archive-entry/{}", new.entry)).await?;
    let reference = match new.reference {
        Some(reference) => reference,
        None => next_reference(tx, &new.entry).await?,
    };
    if super::by_reference(tx, &reference).await?.is_some() {
        return Err(ActError::Reference);
    }
    let loaded = Loaded {
        reference: reference.clone(),
        unit: law.plan.unit(&new.entry).map(str::to_owned),
        confidentiality: class,
        record,
        history,
        items: Vec::new(),
        changed_at: tx.now(),
        keep_due: true,
        version: 0,
        inventory_digest: None,
        stamped: 0,
    };
    settle(tx, &loaded, Known::default(), &law, who, &[command]).await?;
    Ok(Opened { id, reference })
}

/// `20.3.1-2026-0007`: the entry, the year, and a number that rises within the entry.
async fn next_reference(tx: &mut Tx, entry: &EntryId) -> Result<String, ActError> {
    let (year, _, _) = day_of(tx.now()).date();
    let mut number = tx.one(NUMBER, &args![entry.0.as_str()]).await?.int("number")? + 1;
    loop {
        let reference = format!("{entry}-{year}-{number:04}");
        if super::by_reference(tx, &reference).await?.is_none() {
            return Ok(reference);
        }
        number += 1;
    }
}

/// Lets something happen to a record: all of it or nothing. `seen` is how many events whoever decided had seen; none
/// where a program decides by what is there now.
///
/// # Errors
/// Where a rule objects, somebody was faster, or the store fails.
pub async fn act(
    tx: &mut Tx,
    id: &RecordId,
    seen: Option<usize>,
    commands: &[Command],
    who: &Who,
) -> Result<Loaded, ActError> {
    tx.lock(&lock(id)).await?;
    let mut loaded = load(tx, id).await?.ok_or(ActError::Unknown)?;
    if seen.is_some_and(|seen| seen != loaded.seen()) {
        return Err(ActError::Stale);
    }
    let law = law(tx).await?;
    let known = Known::of(&loaded);
    apply(&mut loaded, commands, who, &law, tx)?;
    settle(tx, &loaded, known, &law, who, commands).await?;
    Ok(loaded)
}

fn apply(loaded: &mut Loaded, commands: &[Command], who: &Who, law: &super::OwnedLaw, tx: &Tx) -> Result<(), ActError> {
    for command in commands {
        for logged in decide(Some(&loaded.record), command, who, day_of(tx.now()), &law.law())? {
            loaded.record.apply(&logged);
            loaded.history.push(logged);
        }
    }
    loaded.unit = law.plan.unit(&loaded.record.entry).map(str::to_owned);
    loaded.confidentiality = law.plan.confidentiality(&loaded.record.entry);
    if loaded.confidentiality > Confidentiality::Restricted {
        return Err(ActError::Secret(loaded.confidentiality));
    }
    if loaded.record.state == State::Deleted {
        loaded.history = redact(&loaded.history);
        loaded.record = Record::replay(&loaded.history).ok_or(ActError::Unknown)?;
        loaded.items.clear();
        loaded.reference = loaded.record.id.0.clone();
        // Its object is another one now.
        (loaded.version, loaded.stamped, loaded.inventory_digest) = (0, 0, None);
    }
    loaded.changed_at = tx.now();
    loaded.keep_due = true;
    Ok(())
}

/// Files documents into a record: all of them or none. Gives them in the order in which they came.
///
/// # Errors
/// Where a rule objects or the store fails.
pub async fn file(
    tx: &mut Tx,
    id: &RecordId,
    documents: Vec<NewDocument>,
    who: &Who,
) -> Result<(Loaded, Vec<Item>), ActError> {
    tx.lock(&lock(id)).await?;
    let mut loaded = load(tx, id).await?.ok_or(ActError::Unknown)?;
    let law = law(tx).await?;
    let known = Known::of(&loaded);
    let mut versions: BTreeMap<DocumentId, u32> = BTreeMap::new();
    for item in &loaded.items {
        let version = versions.entry(item.id.clone()).or_default();
        *version = item.version.max(*version);
    }
    let mut commands = Vec::with_capacity(documents.len());
    for new in documents {
        let document = new.id.unwrap_or_else(|| DocumentId(new_id(tx.now())));
        let version = versions.entry(document.clone()).or_default();
        *version += 1;
        commands.push(Command::FileDocument {
            document: document.clone(),
            title: new.title.clone(),
            case: new.case.clone(),
        });
        loaded.items.push(Item {
            path: format!("content/{document}/{version}/{}", new.file.safe_name()),
            id: document,
            version: *version,
            case: new.case,
            title: new.title,
            file_name: new.file.file_name,
            blob: Some(new.file.blob),
            sha512: new.file.sha512,
            size: new.file.size,
            media_type: new.file.media_type,
            puid: new.file.puid,
            format: new.file.format,
            risk: new.file.risk,
            text: new.file.text,
            origin: new.origin,
            added_at: tx.now(),
            added_by: actor(who),
        });
    }
    apply(&mut loaded, &commands, who, &law, tx)?;
    settle(tx, &loaded, known, &law, who, &commands).await?;
    let filed = loaded.items[known.items..].to_vec();
    Ok((loaded, filed))
}

/// Writes what follows, notes it, and leaves the rest to the job.
async fn settle(
    tx: &mut Tx,
    loaded: &Loaded,
    known: Known,
    law: &super::OwnedLaw,
    who: &Who,
    commands: &[Command],
) -> Result<(), ActError> {
    save(tx, loaded, known, law).await?;
    let id = loaded.record.id.0.as_str();
    for command in commands {
        tx.audit(Entry {
            actor: actor(who),
            action: format!("archive.{}", super::save::word(&command.step())),
            subject: format!("record/{id}"),
            detail: json!({ "state": super::save::word(&loaded.record.state) }),
        });
    }
    keep(tx, &loaded.record.id).await?;
    Ok(())
}

/// Has a record brought into storage.
pub(crate) async fn keep(tx: &mut Tx, id: &RecordId) -> vir_store::Result<()> {
    tx.enqueue(Job::now(crate::keep::kind::KEEP, json!({ "record": id })).keyed(id.0.as_str())).await
}

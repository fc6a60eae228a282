//! Writing records: every row follows from the record in hand.
//!
//! Invariant: writing the same [`Loaded`] again changes nothing, whether the rows are there or not; a change costs what
//! it adds, however long the history is.

use std::collections::BTreeSet;

use vir_archive::lifecycle::term::End;
use vir_archive::lifecycle::{Record, RecordId, State};
use vir_store::search::Document;
use vir_store::{Result, Tx, args, search};

use super::law::OwnedLaw;
use super::model::{Item, Loaded, Truth};

/// What full text calls records.
pub const SEARCH: &str = "record";

const RECORD: &str = "insert into archive_record (id, reference, kind, entry, unit_id, title, state, confidentiality,
        opened_on, last_edit_on, closed_on, ends_on, appraisal, events, documents, changed_at, keep_due, version,
        inventory_digest, stamped)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
    on conflict ({t}id) do update set reference = excluded.reference, entry = excluded.entry,
        unit_id = excluded.unit_id, title = excluded.title, state = excluded.state,
        confidentiality = excluded.confidentiality, last_edit_on = excluded.last_edit_on,
        closed_on = excluded.closed_on, ends_on = excluded.ends_on, appraisal = excluded.appraisal,
        events = excluded.events, documents = excluded.documents, changed_at = excluded.changed_at,
        keep_due = excluded.keep_due, version = excluded.version, inventory_digest = excluded.inventory_digest,
        stamped = excluded.stamped";
const EVENT: &str = "insert into archive_event (record_id, seq, event) values ($1, $2, $3)
    on conflict ({t}record_id, seq) do nothing";
const NO_EVENTS: &str = "delete from archive_event where record_id = $1";
const DOCUMENT: &str = "insert into archive_document (record_id, id, version, case_id, title, file_name, path, blob,
        sha512, size_bytes, media_type, puid, format, risk, text, origin, added_at, added_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
    on conflict ({t}record_id, id, version) do nothing";
const NO_DOCUMENTS: &str = "delete from archive_document where record_id = $1";
const WORDS: &str = "select id, version, text from archive_document where record_id = $1 and text is not null
    and (id > $2 or (id = $2 and version > $3)) order by id, version limit 20";
/// As many bytes of text are gone over; the index takes fewer words than that.
const INDEXED: usize = 1 << 20;
const NO_SUBJECTS: &str = "delete from archive_subject where record_id = $1";
const SUBJECT: &str = "insert into archive_subject (record_id, subject) values ($1, $2)";

/// How much of a record the database has already: events and documents are only ever added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Known {
    /// How many events.
    pub events: usize,
    /// How many versions of documents.
    pub items: usize,
}

impl Known {
    /// All of this record.
    #[must_use]
    pub fn of(loaded: &Loaded) -> Self {
        Self { events: loaded.history.len(), items: loaded.items.len() }
    }
}

/// Writes the rows of a record, of its events and documents those that the database does not have yet.
///
/// # Errors
/// Where the store fails; a *Aktenzeichen* that another record has is [`vir_store::Error::Unique`].
pub async fn save(tx: &mut Tx, loaded: &Loaded, known: Known, law: &OwnedLaw) -> Result<()> {
    let record = &loaded.record;
    let id = record.id.0.as_str();
    let current = loaded.current();
    let row = args![
        id,
        loaded.reference.as_str(),
        word(&record.kind),
        record.entry.0.as_str(),
        loaded.unit.as_deref(),
        record.title.as_str(),
        word(&record.state),
        word(&loaded.confidentiality),
        record.opened.to_string(),
        record.last_edit.to_string(),
        record.closed.map(|day| day.to_string()),
        ends(record, law, tx),
        record.appraisal.as_ref().map(|appraised| word(&appraised.value)),
        count(loaded.history.len()),
        count(current.len()),
        loaded.changed_at,
        loaded.keep_due,
        i64::from(loaded.version),
        loaded.inventory_digest.as_deref(),
        i64::from(loaded.stamped),
    ];
    tx.execute(RECORD, &row).await?;
    let deleted = record.state == State::Deleted;
    let known = if deleted {
        // What the tombstone does not allow to be kept is written over.
        tx.execute(NO_EVENTS, &args![id]).await?;
        tx.execute(NO_DOCUMENTS, &args![id]).await?;
        Known::default()
    } else {
        known
    };
    for (at, logged) in loaded.history.iter().enumerate().skip(known.events) {
        let event = serde_json::to_string(logged).expect("events are JSON");
        tx.execute(EVENT, &args![id, count(at + 1), event]).await?;
    }
    for item in loaded.items.iter().skip(known.items) {
        insert(tx, id, item).await?;
    }
    tx.execute(NO_SUBJECTS, &args![id]).await?;
    for subject in &record.subjects {
        tx.execute(SUBJECT, &args![id, subject.0.as_str()]).await?;
    }
    if deleted { search::remove(tx, SEARCH, id).await } else { index(tx, loaded, &current).await }
}

/// The last day of its retention, as rows say it: none where it has no end, or none yet.
pub(super) fn ends(record: &Record, law: &OwnedLaw, tx: &Tx) -> Option<String> {
    match law.law().end(record, super::day_of(tx.now())) {
        Some(End::On { day }) if record.state != State::Deleted => Some(day.to_string()),
        _ => None,
    }
}

async fn insert(tx: &mut Tx, record: &str, item: &Item) -> Result<()> {
    let row = args![
        record,
        item.id.0.as_str(),
        i64::from(item.version),
        item.case.as_ref().map(|case| case.0.as_str()),
        item.title.as_str(),
        item.file_name.as_str(),
        item.path.as_str(),
        item.blob.as_ref().map(|blob| blob.as_str()),
        item.sha512.as_str(),
        i64::try_from(item.size).unwrap_or(i64::MAX),
        item.media_type.as_str(),
        item.puid.as_deref(),
        item.format.as_deref(),
        item.risk.as_deref(),
        item.text.as_deref(),
        item.origin.code(),
        item.added_at,
        item.added_by.as_str(),
    ];
    tx.execute(DOCUMENT, &row).await?;
    Ok(())
}

/// Puts a record into the full text: what it and its parts are called, and what its documents say.
async fn index(tx: &mut Tx, loaded: &Loaded, current: &[&Item]) -> Result<()> {
    let record = &loaded.record;
    let mut text = format!("{} {} {}", loaded.reference, record.title, record.entry);
    let mut add = |words: &str| {
        if text.len() < INDEXED {
            text.push(' ');
            text.push_str(words);
        }
    };
    // Names come first, since the index takes so many words and no more.
    for case in record.cases.values() {
        add(&case.title);
    }
    for subject in &record.subjects {
        add(&subject.0);
    }
    for item in current {
        add(&item.title);
        add(&item.file_name);
    }
    words_of_documents(tx, loaded, current, &mut text).await?;
    let facets = facets(record, loaded.unit.as_deref(), &word(&loaded.confidentiality));
    let document = Document { kind: SEARCH, id: &record.id.0, at: loaded.changed_at, text: &text, facets: &facets };
    search::index(tx, &document).await
}

/// Adds what the newest versions of the documents say, some at a time, until there is enough.
async fn words_of_documents(tx: &mut Tx, loaded: &Loaded, current: &[&Item], text: &mut String) -> Result<()> {
    let newest: BTreeSet<(&str, u32)> = current.iter().map(|item| (item.id.0.as_str(), item.version)).collect();
    let mut after = (String::new(), 0_i64);
    while text.len() < INDEXED {
        let rows = tx.all(WORDS, &args![loaded.record.id.0.as_str(), after.0.as_str(), after.1]).await?;
        let Some(last) = rows.last() else { break };
        after = (last.text("id")?, last.int("version")?);
        for row in &rows {
            let version = u32::try_from(row.int("version")?).unwrap_or(0);
            if newest.contains(&(row.text("id")?.as_str(), version)) {
                text.push(' ');
                text.push_str(&row.text("text")?);
            }
        }
    }
    Ok(())
}

/// What lists are filtered by.
fn facets(record: &Record, unit: Option<&str>, confidentiality: &str) -> Vec<String> {
    vec![
        format!("state={}", word(&record.state)),
        format!("unit={}", unit.unwrap_or("none")),
        format!("confidentiality={confidentiality}"),
    ]
}

/// How storage has a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The version of its object.
    pub version: u32,
    /// The digest of the inventory of that version.
    pub inventory_digest: String,
    /// Up to which version there is evidence.
    pub stamped: u32,
}

/// Writes a record as storage has it, where the database has lost it.
///
/// # Errors
/// Where the store fails.
pub async fn restore(tx: &mut Tx, truth: Truth, stored: Stored, law: &OwnedLaw) -> Result<Option<RecordId>> {
    let Some(record) = Record::replay(&truth.history) else { return Ok(None) };
    let id = record.id.clone();
    let loaded = Loaded {
        reference: truth.reference,
        unit: law.plan.unit(&record.entry).map(str::to_owned),
        confidentiality: law.plan.confidentiality(&record.entry),
        record,
        history: truth.history,
        items: truth.documents,
        changed_at: truth.changed_at,
        keep_due: false,
        version: stored.version,
        inventory_digest: Some(stored.inventory_digest),
        stamped: stored.stamped,
    };
    save(tx, &loaded, Known::default(), law).await?;
    Ok(Some(id))
}

/// A word as JSON writes it, without the quotes.
pub(super) fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => unreachable!("states, kinds and classes are words"),
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

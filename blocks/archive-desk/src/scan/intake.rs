//! Files of scanners come in, and people take batches over.
//!
//! Invariant: a file is durable, with its digest, before anybody is told that it was taken.

use serde_json::json;
use vir_archive::lifecycle::Who;
use vir_archive::scan::batch::Command;
use vir_core::Text;
use vir_store::{Entry, Job, Tx, args, new_id};

use super::batch::{self, BatchError, Channel, Stored, Work};
use super::{class, kind};
use crate::records::{Taken, actor};

/// The largest file of a scanner.
pub const MOST_BYTES: u64 = 256 << 20;
/// The most files of a batch.
pub const MOST_FILES: usize = 2_000;

/// A batch to be begun.
#[derive(Debug, Clone)]
pub struct NewBatch {
    /// What people call it.
    pub title: String,
    /// How it came.
    pub channel: Channel,
    /// The class of its documents.
    pub class: Option<String>,
    /// Pages that were counted before.
    pub expected: Option<u32>,
    /// The scanner.
    pub device: String,
    /// Its files, in their order.
    pub files: Vec<Taken>,
    /// The key of a request that may come twice, and what tells it from others.
    pub request: Option<(String, String)>,
    /// Who answers for it, and their name; none where somebody is to take it over.
    pub creator: Option<(Who, String)>,
}

/// What became of a batch that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// It is new.
    New(String),
    /// It was there already, under the same key.
    Again(String),
    /// The key was used for another batch.
    OtherRequest,
}

const INSERT: &str = "insert into scan_batch (id, title, channel, class_id, expected, device, state, work, trouble,
    request_key, request_hash, creator, creator_name, checker_name, events, pages, faults, record_id, note_document_id,
    created_at, changed_at, approved_at)
    values ($1, $2, $3, $4, $5, $6, 'received', '', null, $7, $8, null, null, null, 0, 0, 0, null, null, $9, $9, null)";
const FILE: &str = "insert into scan_file (batch_id, no, file_name, blob, sha512, size_bytes, trouble, is_read)
    values ($1, $2, $3, $4, $5, $6, null, false)";
const BY_KEY: &str = "select id, request_hash from scan_batch where request_key = $1";
const TAKE: &str = "update scan_batch set creator = $2, creator_name = $3, device = $4, class_id = $5, expected = $6
    where id = $1";

/// The statements that a test has both engines read.
pub const STATEMENTS: &[&str] = &[INSERT, FILE, BY_KEY, TAKE];

/// Keeps a batch. Where somebody answers for it already, it is begun at once.
///
/// # Errors
/// Where a measure forbids the class, or the store fails.
pub async fn receive(tx: &mut Tx, new: NewBatch) -> Result<Received, BatchError> {
    if let Some((key, hash)) = &new.request {
        tx.lock(&format!("scan-request/{key}")).await?;
        if let Some(row) = tx.optional(BY_KEY, &args![key.as_str()]).await? {
            let same = row.optional_text("request_hash")?.as_deref() == Some(hash.as_str());
            return Ok(if same { Received::Again(row.text("id")?) } else { Received::OtherRequest });
        }
    }
    if new.files.is_empty() || new.files.len() > MOST_FILES {
        return Err(BatchError::Missing(Text::owned(
            format!("Ein Stapel hat 1 bis {MOST_FILES} Dateien."),
            format!("A batch has 1 to {MOST_FILES} files."),
        )));
    }
    let now = tx.now();
    let id = new_id(now);
    let (key, hash) = new.request.unzip();
    let title: String = new.title.trim().chars().filter(|c| !c.is_control()).take(200).collect();
    let title = if title.is_empty() { now.strftime("Stapel %Y-%m-%d %H:%M").to_string() } else { title };
    let expected = new.expected.map(i64::from);
    let values =
        args![id.as_str(), title, new.channel.code(), new.class.clone(), expected, new.device.as_str(), key, hash, now];
    tx.execute(INSERT, &values).await?;
    for (no, file) in new.files.iter().enumerate() {
        let no = i64::try_from(no).unwrap_or(i64::MAX);
        let size = i64::try_from(file.size).unwrap_or(i64::MAX);
        let values = args![id.as_str(), no, file.file_name.as_str(), file.blob.as_str(), file.sha512.as_str(), size];
        tx.execute(FILE, &values).await?;
    }
    tx.audit(Entry {
        actor: new.creator.as_ref().map_or_else(|| format!("scan-{}", new.channel.code()), |(who, _)| actor(who)),
        action: "archive.scan-received".to_owned(),
        subject: format!("scan-batch/{id}"),
        detail: json!({ "files": new.files.len(), "channel": new.channel.code() }),
    });
    if let (Some((who, name)), Some(class)) = (&new.creator, &new.class) {
        take_over(tx, &id, &Takeover { class: class.clone(), expected: new.expected, device: new.device }, who, name)
            .await?;
    }
    Ok(Received::New(id))
}

/// What somebody says who takes a batch over.
#[derive(Debug, Clone)]
pub struct Takeover {
    /// The class of its documents.
    pub class: String,
    /// Pages that were counted before.
    pub expected: Option<u32>,
    /// The scanner.
    pub device: String,
}

/// Somebody answers for a batch: it is begun, and its files are read.
///
/// # Errors
/// Where a measure forbids the class, there is no such batch or class, or the store fails.
pub async fn take_over(tx: &mut Tx, id: &str, said: &Takeover, who: &Who, name: &str) -> Result<Stored, BatchError> {
    tx.lock(&batch::lock(id)).await?;
    let stored = batch::load(tx, id).await?.ok_or(BatchError::Unknown)?;
    if stored.batch.is_some() {
        return Err(BatchError::Missing(Text::new(
            "Jemand hat diesen Stapel schon übernommen.",
            "Somebody has taken this batch over already.",
        )));
    }
    let kept = class::one(tx, &said.class).await?.filter(|kept| kept.active);
    let class = kept
        .map(|kept| kept.class)
        .ok_or_else(|| BatchError::Missing(Text::new("Diese Klasse gibt es nicht.", "There is no such class.")))?;
    let open = Command::Open { id: id.to_owned(), class, expected: said.expected };
    let stored = batch::act(tx, id, &[open], who).await?;
    let creator = serde_json::to_string(who).map_err(vir_store::Error::from)?;
    let expected = said.expected.map(i64::from);
    let values = args![id, creator, name, said.device.as_str(), said.class.as_str(), expected];
    tx.execute(TAKE, &values).await?;
    batch::working(tx, id, Work::Reading, None).await?;
    tx.enqueue(Job::now(kind::READ, json!({ "batch": id })).keyed(id)).await?;
    Ok(stored)
}

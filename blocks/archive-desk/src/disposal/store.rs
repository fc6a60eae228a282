//! Messages as they are kept, and the records that a process is about.
//!
//! Invariant: a message has its container in the blobs before it has its row.

use jiff::Timestamp;
use vir_archive::lifecycle::RecordId;
use vir_archive::xdomea::{Message, MessageKind, Uuid, Version};
use vir_core::Text;
use vir_store::{BlobId, Error, Result, Row, Tx, args, new_id};

/// Whose part of the exchange is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// We offer.
    Office,
    /// We are offered.
    Archive,
}

impl Side {
    /// As it is stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Office => "office",
            Self::Archive => "archive",
        }
    }
}

/// Which way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To us.
    In,
    /// From us.
    Out,
}

impl Direction {
    /// As it is stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

/// A message that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its name.
    pub id: String,
    /// The process.
    pub process: String,
    /// Whose part was ours.
    pub side: Side,
    /// Which way it went.
    pub direction: Direction,
    /// The version of the standard.
    pub standard: String,
    /// What the container is called.
    pub file_name: String,
    /// The container.
    pub blob: BlobId,
    /// What it says.
    pub message: Message,
    /// What was not as it should be.
    pub notes: Vec<Text>,
    /// When it came or was made.
    pub at: Timestamp,
    /// Who brought or made it.
    pub by_whom: String,
}

impl Kept {
    /// What it is for.
    #[must_use]
    pub fn kind(&self) -> MessageKind {
        self.message.kind()
    }

    /// The version of the standard in which its answers are written.
    #[must_use]
    pub fn version(&self) -> Version {
        Version::ALL.into_iter().find(|version| version.number() == self.standard).unwrap_or(Version::V3_0)
    }
}

/// A message to keep.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Whose part is ours.
    pub side: Side,
    /// Which way it goes.
    pub direction: Direction,
    /// The version of the standard.
    pub standard: Version,
    /// What the container is called.
    pub file_name: String,
    /// The container.
    pub blob: BlobId,
    /// What it says.
    pub message: Message,
    /// What was not as it should be.
    pub notes: Vec<Text>,
}

const COLUMNS: &str = "id, process, kind, side, direction, standard, file_name, blob, content, notes, at, by_whom";
const INSERT: &str = "insert into archive_message
    (id, process, kind, side, direction, standard, file_name, blob, content, notes, at, by_whom, seq)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
const LAST: &str = "select coalesce(max(seq), 0) as last from archive_message where process = $1 and side = $2";
const NAME: &str = "insert into archive_process_record (process, record_id) values ($1, $2)
    on conflict ({t}process, record_id) do nothing";
const RECORDS: &str = "select record_id from archive_process_record where process = $1 order by record_id";

/// How a process is named in rows and addresses.
#[must_use]
pub fn process_name(process: &Uuid) -> String {
    process.folded().as_str().to_owned()
}

/// Keeps a message. Gives its name.
///
/// # Errors
/// Where the store fails.
pub async fn keep(tx: &mut Tx, new: &NewMessage, actor: &str) -> Result<String> {
    let id = new_id(tx.now());
    let process = process_name(&new.message.head.process);
    let kind = new.message.kind().code();
    let content = serde_json::to_string(&new.message).expect("messages are JSON");
    let notes: Vec<(&str, &str)> = new.notes.iter().map(|text| (&*text.de, &*text.en)).collect();
    let notes = serde_json::to_string(&notes).expect("texts are JSON");
    lock(tx, &process).await?;
    let seq = tx.one(LAST, &args![process.as_str(), new.side.code()]).await?.int("last")? + 1;
    let now = tx.now();
    let row = args![
        id.as_str(),
        process.as_str(),
        kind,
        new.side.code(),
        new.direction.code(),
        new.standard.number(),
        new.file_name.as_str(),
        new.blob.as_str(),
        content,
        notes,
        now,
        actor,
        seq,
    ];
    tx.execute(INSERT, &row).await?;
    tx.audit(vir_store::Entry {
        actor: actor.to_owned(),
        action: format!("archive.message-{}", new.direction.code()),
        subject: format!("archive-message/{id}"),
        detail: serde_json::json!({ "kind": kind, "process": process }),
    });
    Ok(id)
}

/// Who holds this is alone with a process until the transaction ends.
///
/// # Errors
/// Where the store fails.
pub async fn lock(tx: &mut Tx, process: &str) -> Result<()> {
    tx.lock(&format!("archive-process/{process}")).await
}

/// Says which records a process is about.
pub async fn name_records(tx: &mut Tx, process: &str, records: &[RecordId]) -> Result<()> {
    for record in records {
        tx.execute(NAME, &args![process, record.0.as_str()]).await?;
    }
    Ok(())
}

/// The records that a process is about.
///
/// # Errors
/// Where the store fails.
pub async fn process_records(tx: &mut Tx, process: &str) -> Result<Vec<RecordId>> {
    let rows = tx.all(RECORDS, &args![process]).await?;
    rows.iter().map(|row| row.text("record_id").map(RecordId)).collect()
}

/// The messages of a process in their order, of one part.
///
/// # Errors
/// Where the store fails or a row cannot be understood.
pub async fn messages(tx: &mut Tx, side: Side, process: &str) -> Result<Vec<Kept>> {
    let sql = format!("select {COLUMNS} from archive_message where process = $1 and side = $2 order by seq");
    tx.all(sql, &args![process, side.code()]).await?.iter().map(kept).collect()
}

/// One message.
///
/// # Errors
/// Where the store fails or a row cannot be understood.
pub async fn message(tx: &mut Tx, side: Side, id: &str) -> Result<Option<Kept>> {
    let sql = format!("select {COLUMNS} from archive_message where id = $1 and side = $2");
    tx.optional(sql, &args![id, side.code()]).await?.as_ref().map(kept).transpose()
}

/// The messages with which processes began, the newest first.
///
/// # Errors
/// Where the store fails or a row cannot be understood.
pub async fn beginnings(tx: &mut Tx, side: Side, most: i64) -> Result<Vec<Kept>> {
    let sql =
        format!("select {COLUMNS} from archive_message where side = $1 and seq = 1 order by at desc, id desc limit $2");
    tx.all(sql, &args![side.code(), most]).await?.iter().map(kept).collect()
}

fn kept(row: &Row) -> Result<Kept> {
    let damaged = |column: &str| Error::Config(format!("archive_message.{column} has a value that is not understood"));
    let notes: Vec<(String, String)> = serde_json::from_str(&row.text("notes")?).map_err(|_| damaged("notes"))?;
    Ok(Kept {
        id: row.text("id")?,
        process: row.text("process")?,
        side: if row.text("side")? == "office" { Side::Office } else { Side::Archive },
        direction: if row.text("direction")? == "in" { Direction::In } else { Direction::Out },
        standard: row.text("standard")?,
        file_name: row.text("file_name")?,
        blob: row.text("blob")?.parse()?,
        message: serde_json::from_str(&row.text("content")?).map_err(|_| damaged("content"))?,
        notes: notes.into_iter().map(|(de, en)| Text::owned(de, en)).collect(),
        at: row.time("at")?,
        by_whom: row.text("by_whom")?,
    })
}

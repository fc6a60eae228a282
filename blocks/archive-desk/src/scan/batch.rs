//! Batches as the store keeps them, and the one way to change them.
//!
//! Invariant: an event is written only if the rules of the guideline let it pass, and the row says what the events say.

use serde_json::json;
use thiserror::Error;
use vir_archive::lifecycle::Who;
use vir_archive::moment::Moment;
use vir_archive::scan::batch::{self, Batch, Command, Logged, Refusal, State};
use vir_core::{Lang, Phrase, Text};
use vir_store::{Entry, Row, Tx, args};
use vir_web::AppError;

use crate::records::actor;

/// How a batch came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names below say it")]
pub enum Channel {
    Upload,
    Folder,
    Api,
}

impl Channel {
    /// As the store writes it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Folder => "folder",
            Self::Api => "api",
        }
    }

    fn of(code: &str) -> Self {
        match code {
            "folder" => Self::Folder,
            "api" => Self::Api,
            _ => Self::Upload,
        }
    }

    /// For people.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::Upload => Phrase::new("hochgeladen", "uploaded"),
            Self::Folder => Phrase::new("überwachter Ordner", "watched folder"),
            Self::Api => Phrase::new("Gerät (Schnittstelle)", "device (API)"),
        }
    }
}

/// What is under way in the background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names below say it")]
pub enum Work {
    None,
    Reading,
    Making,
    Sealing,
    Storing,
}

impl Work {
    /// As the store writes it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Reading => "reading",
            Self::Making => "making",
            Self::Sealing => "sealing",
            Self::Storing => "storing",
        }
    }

    fn of(code: &str) -> Self {
        match code {
            "reading" => Self::Reading,
            "making" => Self::Making,
            "sealing" => Self::Sealing,
            "storing" => Self::Storing,
            _ => Self::None,
        }
    }

    /// For people.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::None => Phrase::new("nichts", "nothing"),
            Self::Reading => Phrase::new("Seiten werden gelesen", "pages are being read"),
            Self::Making => Phrase::new("PDF/A wird erzeugt", "PDF/A is being made"),
            Self::Sealing => Phrase::new("wird gesiegelt", "is being sealed"),
            Self::Storing => Phrase::new("wird in den Langzeitspeicher geschrieben", "is being written into storage"),
        }
    }
}

/// A batch as the store has it.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its identifier.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// How it came.
    pub channel: Channel,
    /// The class of its documents; none where whoever takes it over will say.
    pub class: Option<String>,
    /// Pages that were counted before.
    pub expected: Option<u32>,
    /// The scanner.
    pub device: String,
    /// What the events leave; none where nobody has taken it over.
    pub batch: Option<Batch>,
    /// What happened.
    pub history: Vec<Logged>,
    /// What is under way.
    pub work: Work,
    /// What the last work came to grief over.
    pub trouble: Option<Text>,
    /// Who answers for it.
    pub creator: Option<Who>,
    /// Their name.
    pub creator_name: String,
    /// The name of whoever ended quality assurance.
    pub checker_name: String,
    /// Pages that were found to be bad.
    pub faults: i64,
    /// Into which record it was filed.
    pub record: Option<String>,
    /// The transfer note in that record.
    pub note_document: Option<String>,
    /// When it came.
    pub created_at: jiff::Timestamp,
    /// When it last changed.
    pub changed_at: jiff::Timestamp,
}

impl Stored {
    /// Its state for people.
    #[must_use]
    pub fn state(&self, lang: Lang) -> &'static str {
        let received = Phrase::new("eingegangen", "received");
        self.batch.as_ref().map_or(received, |batch| batch.state.name()).get(lang)
    }

    /// Is it in this state?
    #[must_use]
    pub fn is(&self, state: State) -> bool {
        self.batch.as_ref().is_some_and(|batch| batch.state == state)
    }
}

/// Why something did not happen to a batch.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BatchError {
    /// A measure of the guideline forbids it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Something else is missing.
    #[error("{}", .0.en)]
    Missing(Text),
    /// There is no such batch.
    #[error("there is no such batch")]
    Unknown,
    /// The store.
    #[error(transparent)]
    Store(#[from] vir_store::Error),
}

impl From<BatchError> for AppError {
    fn from(error: BatchError) -> Self {
        match error {
            BatchError::Refused(refusal) => Self::conflict(refused(&refusal)),
            BatchError::Missing(text) => Self::conflict(text),
            BatchError::Unknown => unknown(),
            BatchError::Store(error) => Self::from(error),
        }
    }
}

/// What a refusal says, with the measure.
#[must_use]
pub fn refused(refusal: &Refusal) -> Text {
    Text::owned(
        format!("{} ({})", refusal.why.de, refusal.measure),
        format!("{} ({})", refusal.why.en, refusal.measure),
    )
}

/// The answer for a batch that is not there.
#[must_use]
pub fn unknown() -> AppError {
    AppError::not_found(Text::new("diesen Stapel", "this batch"))
}

/// A moment of the store, to the second: events are told apart by their order.
#[must_use]
pub fn moment(at: jiff::Timestamp) -> Moment {
    Moment::from_unix(at.as_second())
}

const COLUMNS: &str = "id, title, channel, class_id, expected, device, state, work, trouble, creator, creator_name,
    checker_name, faults, record_id, note_document_id, created_at, changed_at";
const ONE: &str = "select id, title, channel, class_id, expected, device, state, work, trouble, creator, creator_name,
    checker_name, faults, record_id, note_document_id, created_at, changed_at from scan_batch where id = $1";
const EVENTS: &str = "select event from scan_event where batch_id = $1 order by seq";
const APPEND: &str = "insert into scan_event (batch_id, seq, event) values ($1, $2, $3)";
const SETTLE: &str = "update scan_batch set state = $2, events = $3, pages = $4, faults = $5, changed_at = $6,
    approved_at = $7, class_id = $8, expected = $9 where id = $1";

/// The statements that a test has both engines read.
pub const STATEMENTS: &[&str] = &[ONE, EVENTS, APPEND, SETTLE];

pub(crate) fn lock(id: &str) -> String {
    format!("scan-batch/{id}")
}

/// A batch with its history.
///
/// # Errors
/// Where the store fails or a row is damaged.
pub async fn load(tx: &mut Tx, id: &str) -> Result<Option<Stored>, vir_store::Error> {
    let Some(row) = tx.optional(ONE, &args![id]).await? else { return Ok(None) };
    let mut stored = of_row(&row)?;
    let events = tx.all(EVENTS, &args![id]).await?;
    stored.history = events
        .iter()
        .map(|row| Ok(serde_json::from_str(&row.text("event")?)?))
        .collect::<Result<_, vir_store::Error>>()?;
    stored.batch = Batch::replay(&stored.history);
    Ok(Some(stored))
}

/// A row of a list: without history.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The row.
    pub stored: Stored,
    /// Its state, as the store writes it.
    pub state: String,
    /// How many pages it has.
    pub pages: i64,
}

/// The batches that changed last, of one state or of all.
///
/// # Errors
/// Where the store fails.
pub async fn list(tx: &mut Tx, state: Option<&str>, most: i64) -> Result<Vec<Listed>, vir_store::Error> {
    let sql = format!(
        "select {COLUMNS}, pages from scan_batch where ($1 = '' or state = $1) order by changed_at desc, id desc limit $2"
    );
    let rows = tx.all(sql, &args![state.unwrap_or_default(), most]).await?;
    rows.iter()
        .map(|row| Ok(Listed { stored: of_row(row)?, state: row.text("state")?, pages: row.int("pages")? }))
        .collect()
}

fn of_row(row: &Row) -> Result<Stored, vir_store::Error> {
    let json = |text: Option<String>| text.map(|text| serde_json::from_str(&text)).transpose();
    let words: Option<(String, String)> =
        row.optional_text("trouble")?.map(|text| serde_json::from_str(&text)).transpose()?;
    Ok(Stored {
        id: row.text("id")?,
        title: row.text("title")?,
        channel: Channel::of(&row.text("channel")?),
        class: row.optional_text("class_id")?,
        expected: row.optional_int("expected")?.and_then(|count| u32::try_from(count).ok()),
        device: row.text("device")?,
        batch: None,
        history: Vec::new(),
        work: Work::of(&row.text("work")?),
        trouble: words.map(|(de, en)| Text::owned(de, en)),
        creator: json(row.optional_text("creator")?)?,
        creator_name: row.optional_text("creator_name")?.unwrap_or_default(),
        checker_name: row.optional_text("checker_name")?.unwrap_or_default(),
        faults: row.int("faults")?,
        record: row.optional_text("record_id")?,
        note_document: row.optional_text("note_document_id")?,
        created_at: row.time("created_at")?,
        changed_at: row.time("changed_at")?,
    })
}

/// Lets something happen to a batch: judged, written, noted.
///
/// # Errors
/// Where a measure forbids it, there is no such batch, or the store fails.
pub async fn act(tx: &mut Tx, id: &str, commands: &[Command], who: &Who) -> Result<Stored, BatchError> {
    tx.lock(&lock(id)).await?;
    let mut stored = load(tx, id).await?.ok_or(BatchError::Unknown)?;
    let at = moment(tx.now());
    for command in commands {
        // The clock of another machine may be behind; the order of events counts.
        let at = stored.batch.as_ref().map_or(at, |batch| at.max(batch.last));
        let logged = batch::decide(stored.batch.as_ref(), command, who, at)?;
        match &mut stored.batch {
            Some(batch) => batch.apply(&logged),
            None => stored.batch = Batch::replay([&logged]),
        }
        if matches!(command, Command::Check { good: false, .. }) {
            stored.faults += 1;
        }
        stored.history.push(logged);
        let seq = i64::try_from(stored.history.len()).unwrap_or(i64::MAX);
        let event = stored.history.last().map(serde_json::to_string).transpose().map_err(vir_store::Error::from)?;
        tx.execute(APPEND, &args![id, seq, event.unwrap_or_default()]).await?;
        if !matches!(command, Command::Add { .. }) {
            tx.audit(Entry {
                actor: actor(who),
                action: format!("archive.scan-{}", word(command)),
                subject: format!("scan-batch/{id}"),
                detail: json!({}),
            });
        }
    }
    settle(tx, &stored).await?;
    Ok(stored)
}

async fn settle(tx: &mut Tx, stored: &Stored) -> Result<(), vir_store::Error> {
    let Some(batch) = &stored.batch else { return Ok(()) };
    let state = serde_json::to_value(batch.state)?;
    let state = state.as_str().unwrap_or_default();
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let approved = batch.approved.as_ref().map(|(at, _)| at.unix().saturating_mul(1_000_000));
    let (id, now, events, pages) =
        (stored.id.as_str(), tx.now(), count(stored.history.len()), count(batch.pages.len()));
    let (class, expected) = (batch.class.id.as_str(), batch.expected.map(i64::from));
    tx.execute(SETTLE, &args![id, state, events, pages, stored.faults, now, approved, class, expected]).await?;
    Ok(())
}

/// The name of a command.
fn word(command: &Command) -> String {
    let value = serde_json::to_value(command).unwrap_or_default();
    value["command"].as_str().unwrap_or("step").to_owned()
}

/// Says what is under way, or what it came to grief over.
///
/// # Errors
/// Where the store fails.
pub async fn working(tx: &mut Tx, id: &str, work: Work, trouble: Option<&Text>) -> Result<(), vir_store::Error> {
    let trouble = trouble.map(|text| json!([text.de, text.en]).to_string());
    let sql = "update scan_batch set work = $2, trouble = $3, changed_at = $4 where id = $1";
    let now = tx.now();
    tx.execute(sql, &args![id, work.code(), trouble, now]).await?;
    Ok(())
}

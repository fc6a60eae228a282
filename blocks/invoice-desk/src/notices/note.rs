//! What somebody is told of: a row for each person and event.
//!
//! Invariant: the same event makes one note for a person, however often it is told.

use jiff::Timestamp;
use vir_core::Phrase;
use vir_store::{Result, Row, Tx, args, new_id};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Somebody mentioned them.
    Mention,
    /// Somebody gave them an invoice.
    Assigned,
    /// A supplier answered.
    Answer,
    /// A deadline turned red while the invoice waits for them.
    Deadline,
    /// Something lies too long, and they are the superiors.
    Escalation,
    /// A hand-over failed: the bank or the finance system sent it back.
    Failed,
    /// Something lies too long.
    Reminder,
    /// A mail went into quarantine.
    Quarantine,
}

impl Kind {
    /// All, the most pressing first.
    pub const ALL: [Self; 8] = [
        Self::Mention,
        Self::Assigned,
        Self::Answer,
        Self::Deadline,
        Self::Escalation,
        Self::Failed,
        Self::Reminder,
        Self::Quarantine,
    ];

    /// As it is stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::Assigned => "assigned",
            Self::Answer => "answer",
            Self::Deadline => "deadline",
            Self::Escalation => "escalation",
            Self::Failed => "failed",
            Self::Reminder => "reminder",
            Self::Quarantine => "quarantine",
        }
    }

    fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    /// What people read.
    #[must_use]
    pub fn says(self) -> Phrase {
        match self {
            Self::Mention => Phrase::new("Sie wurden erwähnt", "You were mentioned"),
            Self::Assigned => Phrase::new("Ihnen zugewiesen", "Assigned to you"),
            Self::Answer => Phrase::new("Antwort des Lieferanten", "Answer of the supplier"),
            Self::Deadline => Phrase::new("Frist läuft ab", "Deadline ends"),
            Self::Escalation => Phrase::new("Liegt zu lange (Eskalation)", "Lies too long (escalation)"),
            Self::Failed => Phrase::new("Übergabe gescheitert", "Hand-over failed"),
            Self::Reminder => Phrase::new("Liegt schon länger", "Lies for a while"),
            Self::Quarantine => Phrase::new("E-Mail in Quarantäne", "Mail in quarantine"),
        }
    }
}

/// A note as it is shown and mailed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its identifier.
    pub id: String,
    /// What happened.
    pub kind: Kind,
    /// The invoice or the mail.
    pub subject: String,
    /// Who is behind it.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The invoice's number, where it has one.
    pub number: Option<String>,
    /// The invoice's unit.
    pub unit: Option<String>,
}

impl Note {
    /// Where it leads.
    #[must_use]
    pub fn path(&self) -> String {
        match self.kind {
            Kind::Quarantine => format!("/postfach/{}", self.subject),
            Kind::Mention | Kind::Answer => format!("/rechnungen/{}#history", self.subject),
            _ => format!("/rechnungen/{}", self.subject),
        }
    }
}

/// A note to be made.
#[derive(Debug, Clone)]
pub struct New<'a> {
    /// For whom.
    pub person: &'a str,
    /// What happened.
    pub kind: Kind,
    /// The invoice or the mail.
    pub subject: &'a str,
    /// What makes it the same note.
    pub about: &'a str,
    /// Who is behind it.
    pub by: Option<&'a str>,
    /// Is it told at once?
    pub urgent: bool,
}

const ADD: &str = "insert into notice (id, person_id, kind, subject, about, by_name, urgent, at)
    values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict ({t}person_id, about) do nothing";

/// Makes a note; false where it was there.
///
/// # Errors
/// Where the store fails.
pub async fn add(tx: &mut Tx, new: &New<'_>) -> Result<bool> {
    let id = new_id(tx.now());
    let row = args![&id, new.person, new.kind.code(), new.subject, new.about, new.by, new.urgent, tx.now()];
    Ok(tx.execute(ADD, &row).await? == 1)
}

/// The most notes that are read at once.
const LIMIT: i64 = 100;

const SELECT: &str = "select n.id as id, n.kind as kind, n.subject as subject, n.by_name as by_name, n.at as at,
    i.number as number, i.unit_id as unit_id from notice n left join invoice i on i.id = n.subject";

fn read(row: &Row) -> Result<Option<Note>> {
    let Some(kind) = Kind::find(&row.text("kind")?) else { return Ok(None) };
    Ok(Some(Note {
        id: row.text("id")?,
        kind,
        subject: row.text("subject")?,
        by: row.optional_text("by_name")?,
        at: row.time("at")?,
        number: row.optional_text("number")?,
        unit: row.optional_text("unit_id")?,
    }))
}

/// What is in no mail yet and was not seen; of the urgent ones only, or of all. The oldest first.
///
/// # Errors
/// Where the store fails.
pub async fn untold(tx: &mut Tx, person: &str, urgent_only: bool) -> Result<Vec<Note>> {
    let only = if urgent_only { "and n.urgent = true" } else { "" };
    let sql = format!(
        "{SELECT} where n.person_id = $1 and n.told_at is null and n.read_at is null {only} order by n.at, n.id limit $2"
    );
    let rows = tx.all(sql, &args![person, LIMIT]).await?;
    rows.iter().filter_map(|row| read(row).transpose()).collect()
}

/// What was not seen yet, the newest first.
///
/// # Errors
/// Where the store fails.
pub async fn unread(tx: &mut Tx, person: &str) -> Result<Vec<Note>> {
    let sql = format!("{SELECT} where n.person_id = $1 and n.read_at is null order by n.at desc, n.id desc limit $2");
    let rows = tx.all(sql, &args![person, LIMIT]).await?;
    rows.iter().filter_map(|row| read(row).transpose()).collect()
}

/// They stand in a mail now.
///
/// # Errors
/// Where the store fails.
pub async fn told(tx: &mut Tx, notes: &[Note]) -> Result<()> {
    for note in notes {
        tx.execute("update notice set told_at = $2 where id = $1", &args![&note.id, tx.now()]).await?;
    }
    Ok(())
}

/// Is there anything about this that the person has not seen?
///
/// # Errors
/// Where the store fails.
pub async fn has_unread(tx: &mut Tx, person: &str, subject: &str) -> Result<bool> {
    let sql = "select (select count(*) from notice where subject = $2 and person_id = $1 and read_at is null)
        + (select count(*) from comment_mention where invoice_id = $2 and person_id = $1 and seen = false) as n";
    Ok(tx.one(sql, &args![person, subject]).await?.int("n")? > 0)
}

/// The person has seen what there is about this invoice or mail: notes and mentions.
///
/// # Errors
/// Where the store fails.
pub async fn seen(tx: &mut Tx, person: &str, subject: &str) -> Result<()> {
    let sql = "update notice set read_at = $3 where subject = $2 and person_id = $1 and read_at is null";
    tx.execute(sql, &args![person, subject, tx.now()]).await?;
    let sql = "update comment_mention set seen = true where person_id = $1 and invoice_id = $2 and seen = false";
    tx.execute(sql, &args![person, subject]).await?;
    Ok(())
}

/// The person has seen everything.
///
/// # Errors
/// Where the store fails.
pub async fn all_seen(tx: &mut Tx, person: &str) -> Result<()> {
    let sql = "update notice set read_at = $2 where person_id = $1 and read_at is null";
    tx.execute(sql, &args![person, tx.now()]).await?;
    tx.execute("update comment_mention set seen = true where person_id = $1 and seen = false", &args![person]).await?;
    Ok(())
}

//! The audit log: who did what to what, per tenant, append-only and hash-chained.
//!
//! Entries of a transaction are appended just before its commit; the end of the chain is a row of
//! its own (`audit_head`), and whoever appends holds it until the commit. On PostgreSQL the app
//! role has no right to change or remove entries, on SQLite triggers refuse it; whoever gets past
//! that (the owner, the machine's administrator) breaks the chain, and [`verify`] says where. Who
//! can rewrite the whole chain is found out by a [`Head`] that was written down elsewhere.
//!
//! Invariant: the hash of an entry covers its content and the hash of the entry before it.

use std::fmt;

use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{Error, Result, Row, Store, TenantId, Tx, args};

/// What is noted about a deed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Who: a person's id, `A for B` of a deputy, or the part of the system.
    pub actor: String,
    /// What: `invoice.certify`.
    pub action: String,
    /// To what: `invoice/0199…`.
    pub subject: String,
    /// What else is worth knowing. No content that may have to be erased later.
    pub detail: serde_json::Value,
}

/// An entry as it stands in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// Its number, from 1, without gaps.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// What was noted.
    pub entry: Entry,
    /// Its hash.
    pub hash: String,
}

/// The end of a chain: written down elsewhere, it proves that nothing before it was rewritten.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Head {
    /// The number of the last entry; 0 where there is none.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
}

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How many entries there are.
    pub entries: i64,
    /// The end of the chain as it was computed.
    pub head: Head,
    /// What is wrong, the first hundred.
    pub faults: Vec<Fault>,
}

impl Verdict {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.faults.is_empty()
    }
}

/// What is wrong with an audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The content of an entry is not what was noted.
    Changed {
        /// The entry.
        seq: i64,
    },
    /// Entries are missing.
    Removed {
        /// The first one.
        from: i64,
        /// The last one.
        to: i64,
    },
    /// An entry does not follow the one before it: something was put in or put elsewhere.
    Unlinked {
        /// The entry.
        seq: i64,
    },
    /// The log ends before, or after, what its head says.
    Head {
        /// The last entry by the head.
        expected: i64,
        /// The last entry that is there.
        found: i64,
    },
    /// The log is not the one whose head was written down.
    Rewritten {
        /// The entry whose hash differs from the one written down.
        seq: i64,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Changed { seq } => write!(f, "entry {seq} was changed"),
            Fault::Removed { from, to } if from == to => write!(f, "entry {from} was removed"),
            Fault::Removed { from, to } => write!(f, "entries {from} to {to} were removed"),
            Fault::Unlinked { seq } => write!(f, "entry {seq} does not follow the one before it"),
            Fault::Head { expected, found } => {
                write!(f, "the log should end with entry {expected}, but ends with {found}")
            }
            Fault::Rewritten { seq } => write!(f, "the log was rewritten: entry {seq} is not the one written down"),
        }
    }
}

/// The hash before the first entry.
const ORIGIN: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// How many entries are checked per read.
const PAGE: i64 = 2000;
/// How many faults are named.
const NAMED: usize = 100;

const TAKE_HEAD: &str = "update audit_head set seq = seq + $1 where one = 1 returning seq, hash";
const MAKE_HEAD: &str = "insert into audit_head (one, seq, hash) values (1, 0, $1) on conflict ({t}one) do nothing";
const MOVE_HEAD: &str = "update audit_head set hash = $1 where one = 1";
const HEAD: &str = "select seq, hash from audit_head where one = 1";
const APPEND: &str = "insert into audit (seq, at, actor, action, subject, detail, previous, hash)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";
const PAGE_AFTER: &str = "select seq, at, actor, action, subject, detail, previous, hash from audit
    where seq > $1 order by seq limit $2";
const OF_SUBJECT: &str = "select seq, at, actor, action, subject, detail, previous, hash from audit
    where subject = $1 order by seq";

pub(crate) async fn append(tx: &mut Tx, entries: Vec<Entry>) -> Result<()> {
    let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let row = match tx.optional(TAKE_HEAD, &args![count]).await? {
        Some(row) => row,
        None => {
            tx.execute(MAKE_HEAD, &args![ORIGIN]).await?;
            tx.one(TAKE_HEAD, &args![count]).await?
        }
    };
    let (mut seq, mut previous) = (row.int("seq")? - count, row.text("hash")?);
    let at = tx.now();
    for entry in entries {
        seq += 1;
        let detail = entry.detail.to_string();
        let hash = hash(&previous, seq, at.as_microsecond(), &entry, &detail);
        let args = args![seq, at, entry.actor, entry.action, entry.subject, detail, &previous, &hash];
        tx.execute(APPEND, &args).await?;
        previous = hash;
    }
    tx.execute(MOVE_HEAD, &args![previous]).await.map(|_| ())
}

/// The entries about a subject, in their order.
pub async fn of_subject(tx: &mut Tx, subject: &str) -> Result<Vec<Noted>> {
    tx.all(OF_SUBJECT, &args![subject]).await?.iter().map(|row| noted(row).map(|(noted, _, _)| noted)).collect()
}

/// Entries after a number, in their order; for pages and exports.
pub async fn after(tx: &mut Tx, seq: i64, limit: i64) -> Result<Vec<Noted>> {
    tx.all(PAGE_AFTER, &args![seq, limit]).await?.iter().map(|row| noted(row).map(|(noted, _, _)| noted)).collect()
}

/// The end of the chain.
pub async fn head(tx: &mut Tx) -> Result<Head> {
    Ok(match tx.optional(HEAD, &[]).await? {
        Some(row) => Head { seq: row.int("seq")?, hash: row.text("hash")? },
        None => Head { seq: 0, hash: ORIGIN.to_owned() },
    })
}

/// Walks over the whole log and names what is wrong. With a head that was written down earlier it
/// also finds that the log was rewritten. Reads page by page and holds nothing up.
pub async fn verify(store: &Store, tenant: &TenantId, written_down: Option<Head>) -> Result<Verdict> {
    let mut walk =
        Walk { last: Head { seq: 0, hash: ORIGIN.to_owned() }, entries: 0, faults: Vec::new(), written_down };
    // The head first: what is appended while we walk is past it.
    let expected: Head = store.read(tenant, |tx: &mut Tx| Box::pin(async move { head(tx).await })).await?;
    let mut expected_hash_seen = expected.seq == 0;
    loop {
        let after = walk.last.seq;
        let rows: Vec<Row> = store
            .read(tenant, move |tx: &mut Tx| Box::pin(async move { tx.all(PAGE_AFTER, &args![after, PAGE]).await }))
            .await?;
        for row in &rows {
            walk.step(row)?;
            expected_hash_seen |= walk.last == expected;
        }
        if i64::try_from(rows.len()).is_ok_and(|rows| rows < PAGE) {
            break;
        }
    }
    if !expected_hash_seen {
        walk.fault(Fault::Head { expected: expected.seq, found: walk.last.seq });
    }
    if let Some(head) = walk.written_down.take().filter(|head| head.seq > walk.last.seq) {
        walk.fault(Fault::Removed { from: walk.last.seq + 1, to: head.seq });
    }
    Ok(Verdict { entries: walk.entries, head: walk.last, faults: walk.faults })
}

struct Walk {
    last: Head,
    entries: i64,
    faults: Vec<Fault>,
    written_down: Option<Head>,
}

impl Walk {
    fn step(&mut self, row: &Row) -> Result<()> {
        self.entries += 1;
        let (seq, previous, hash) = (row.int("seq")?, row.text("previous")?, row.text("hash")?);
        if seq != self.last.seq + 1 {
            self.fault(Fault::Removed { from: self.last.seq + 1, to: seq - 1 });
        } else if previous != self.last.hash {
            self.fault(Fault::Unlinked { seq });
        }
        let computed = match noted(row) {
            Ok((noted, previous, detail)) => {
                crate::audit::hash(&previous, seq, noted.at.as_microsecond(), &noted.entry, &detail)
            }
            Err(Error::Json(_) | Error::Column { .. }) => String::new(),
            Err(error) => return Err(error),
        };
        if computed != hash {
            self.fault(Fault::Changed { seq });
        }
        if self.written_down.as_ref().is_some_and(|head| head.seq == seq && head.hash != hash) {
            self.fault(Fault::Rewritten { seq });
        }
        self.last = Head { seq, hash };
        Ok(())
    }

    fn fault(&mut self, fault: Fault) {
        if self.faults.len() < NAMED {
            self.faults.push(fault);
        }
    }
}

/// An entry of a row, the hash before it, and the detail exactly as it was hashed.
fn noted(row: &Row) -> Result<(Noted, String, String)> {
    let detail = row.text("detail")?;
    let entry = Entry {
        actor: row.text("actor")?,
        action: row.text("action")?,
        subject: row.text("subject")?,
        detail: serde_json::from_str(&detail)?,
    };
    let noted = Noted { seq: row.int("seq")?, at: row.time("at")?, entry, hash: row.text("hash")? };
    Ok((noted, row.text("previous")?, detail))
}

/// The hash over the canonical JSON of an entry (an array: no names, no order of keys to agree on).
fn hash(previous: &str, seq: i64, at: i64, entry: &Entry, detail: &str) -> String {
    let canonical = json!([previous, seq, at, entry.actor, entry.action, entry.subject, detail]).to_string();
    crate::blobs::hex(&Sha256::digest(canonical.as_bytes()))
}

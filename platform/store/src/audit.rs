//! The audit log: who did what to what, per tenant, append-only and hash-chained.
//!
//! Invariant: the hash of an entry covers its content and the hash of the entry before it.

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{Result, Tx, args};

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

const HEAD: &str = "select seq, hash from audit order by seq desc limit 1";
const APPEND: &str = "insert into audit (seq, at, actor, action, subject, detail, previous, hash)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";

/// The hash before the first entry.
const ORIGIN: &str = "0000000000000000000000000000000000000000000000000000000000000000";

pub(crate) async fn append(tx: &mut Tx, entries: Vec<Entry>) -> Result<()> {
    let head = tx.optional(HEAD, &[]).await?;
    let (mut seq, mut previous) = match head {
        Some(row) => (row.int("seq")?, row.text("hash")?),
        None => (0, ORIGIN.to_owned()),
    };
    let at = tx.now();
    for entry in entries {
        seq += 1;
        let detail = entry.detail.to_string();
        let hash = hash(&previous, seq, at.as_microsecond(), &entry.actor, &entry.action, &entry.subject, &detail);
        tx.execute(APPEND, &args![seq, at, entry.actor, entry.action, entry.subject, detail, &previous, &hash]).await?;
        previous = hash;
    }
    Ok(())
}

/// The hash over the canonical JSON of an entry (an array: no names, no order of keys to agree on).
fn hash(previous: &str, seq: i64, at: i64, actor: &str, action: &str, subject: &str, detail: &str) -> String {
    let canonical = json!([previous, seq, at, actor, action, subject, detail]).to_string();
    crate::blobs::hex(&Sha256::digest(canonical.as_bytes()))
}

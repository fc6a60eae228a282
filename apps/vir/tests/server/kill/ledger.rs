//! What the clients know: what was acknowledged, and what is in doubt because no answer came.
//!
//! Invariant: an entry is acknowledged only by an answer that was read to its end.

use std::collections::HashMap;

use super::records::Filed;

/// An invoice that was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Its number, which no other one has.
    pub number: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// The channel.
    pub channel: &'static str,
    /// The row that the server named; none where no answer came.
    pub id: Option<String>,
}

/// A decision that was acknowledged.
#[derive(Debug, Clone)]
pub struct Decided {
    pub invoice: String,
    pub kind: String,
    pub version: i64,
    pub voucher: Option<String>,
}

/// A mail that the mail server took.
#[derive(Debug, Clone)]
pub struct Mailed {
    pub message_id: String,
    /// The numbers of its invoices.
    pub numbers: Vec<String>,
}

/// A payment run that was acknowledged.
#[derive(Debug, Clone)]
pub struct Ran {
    pub id: String,
    pub cents: i64,
}

/// All of it.
#[derive(Debug, Default)]
pub struct Ledger {
    pub sent: Vec<Sent>,
    pub decided: Vec<Decided>,
    /// How often a decision was tried that was acknowledged or may have been made: (invoice, kind).
    pub tried: HashMap<(String, String), usize>,
    /// Rejections over the page with a notice, whether acknowledged or not.
    pub notices: Vec<String>,
    /// Text of a comment, and its row.
    pub comments: Vec<(String, Option<String>)>,
    pub mails: Vec<Mailed>,
    pub runs: Vec<Ran>,
    /// Documents of records.
    pub filed: Vec<Filed>,
    /// Answers that were never given, for whatever was asked.
    pub doubts: usize,
}

impl Ledger {
    pub fn tried(&mut self, invoice: &str, kind: &str) {
        *self.tried.entry((invoice.to_owned(), kind.to_owned())).or_default() += 1;
    }

    /// A line for people.
    pub fn summary(&self) -> String {
        let acknowledged = self.sent.iter().filter(|sent| sent.id.is_some()).count();
        format!(
            "{acknowledged} of {} invoices acknowledged, {} decisions ({} vouchers), {} comments, {} payment runs, \
             {} mails, {} documents of records, {} answers missing",
            self.sent.len(),
            self.decided.len(),
            self.decided.iter().filter(|decided| decided.voucher.is_some()).count(),
            self.comments.iter().filter(|(_, id)| id.is_some()).count(),
            self.runs.len(),
            self.mails.len(),
            self.filed.len(),
            self.doubts,
        )
    }
}

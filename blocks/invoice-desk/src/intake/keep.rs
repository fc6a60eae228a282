//! The one write of a receipt: row, files, report, event, audit entry.
//!
//! Few statements, because all that come in wait for one writer: the revision of the routing rules,
//! one question about duplicates, one insert; files and report only where there are any.
//!
//! Invariant: nothing is computed here that could have been computed before.

use jiff::Timestamp;
use serde_json::json;
use vir_invoice::safe_name::safe_name;
use vir_store::{BlobId, Entry, Tx, args, new_id};

use super::columns::column_text;
use super::{IntakeError, Once, Receipt, Received, Understood};
use crate::duplicates::{self, Suspicion};
use crate::invoice_row::{Channel, Direction, InvoiceId, InvoiceRow, Keys, State};
use crate::routing::{self, Rule, Subject};
use crate::workflow::assign::{self, Assignee};

/// A document that is stored and read, and has no row yet.
#[derive(Debug)]
pub(super) struct Arrival {
    channel: Channel,
    direction: Direction,
    file_name: String,
    size_bytes: i64,
    sender: Option<String>,
    note: Option<String>,
    actor: String,
    original: String,
    xml: Option<String>,
    files: Vec<StoredFile>,
    findings: Option<String>,
    found: Understood,
    once: Option<Once>,
}

#[derive(Debug)]
struct StoredFile {
    origin: &'static str,
    name: String,
    mime: String,
    description: Option<String>,
    size: i64,
    blob: String,
}

const FILE: &str = "insert into invoice_file (invoice_id, position, origin, name, mime, description, size_bytes, blob)
    values ($1, $2, $3, $4, $5, $6, $7, $8)";
const REPORT: &str =
    "insert into invoice_report (invoice_id, rules_release, checked_at, findings) values ($1, $2, $3, $4)";
const WORDS: &str = "insert into invoice_words (invoice_id, words) values ($1, $2)";

impl Arrival {
    /// `blobs` are those of the XML inside, if there is one, and of the files, in this order.
    pub(super) fn new(received: &Received, mut found: Understood, original: BlobId, blobs: Vec<BlobId>) -> Self {
        let mut blobs = blobs.into_iter().map(|blob| blob.as_str().to_owned());
        let original = original.as_str().to_owned();
        let xml = match (&found.xml, found.syntax) {
            (Some(_), _) => blobs.next(),
            (None, Some(_)) => Some(original.clone()),
            (None, None) => None,
        };
        let files = std::mem::take(&mut found.files)
            .into_iter()
            .zip(blobs)
            .map(|(file, blob)| StoredFile {
                origin: file.origin,
                name: file.name,
                mime: file.mime,
                description: file.description,
                size: size(file.bytes.len()),
                blob,
            })
            .collect();
        let findings = std::mem::take(&mut found.findings);
        Self {
            channel: received.channel,
            direction: received.direction,
            file_name: safe_name(&received.file_name, "rechnung"),
            size_bytes: size(received.bytes.len()),
            sender: received.sender.as_deref().and_then(column_text),
            note: received.note.as_deref().and_then(column_text),
            actor: received.actor.clone(),
            original,
            xml,
            files,
            findings: (!findings.is_empty()).then(|| serde_json::to_string(&findings).unwrap_or_default()),
            found,
            once: received.once.clone(),
        }
    }

    fn row(&self, now: Timestamp, rule: Option<&Rule>, suspicion: Option<Suspicion>) -> InvoiceRow {
        let columns = self.found.columns.clone();
        InvoiceRow {
            id: InvoiceId(new_id(now)),
            received_at: now,
            channel: self.channel,
            direction: self.direction,
            state: if self.found.trouble.is_some() { State::Quarantined } else { State::Received },
            unit_id: rule.map(|rule| rule.unit_id.clone()),
            assigned_person: rule.and_then(|rule| rule.person_id.clone()),
            assigned_group: rule.and_then(|rule| rule.group_id.clone()),
            kind: self.found.kind,
            syntax: self.found.syntax.map(str::to_owned),
            profile: self.found.profile.map(str::to_owned),
            verdict: self.found.verdict,
            finding_count: size(self.found.finding_count),
            error_count: size(self.found.error_count),
            original_blob: self.original.clone(),
            xml_blob: self.xml.clone(),
            file_name: self.file_name.clone(),
            size_bytes: self.size_bytes,
            sender: self.sender.clone(),
            note: self.note.clone(),
            trouble: self.found.trouble,
            number: columns.number,
            issue_date: columns.issue_date,
            due_date: columns.due_date,
            type_code: columns.type_code,
            seller_name: columns.seller_name,
            seller_id: columns.seller_id,
            seller_key: columns.seller_key,
            seller_email: columns.seller_email,
            buyer_reference: columns.buyer_reference,
            order_reference: columns.order_reference,
            contract_reference: columns.contract_reference,
            accounting_reference: columns.accounting_reference,
            preceding_number: columns.preceding_number,
            buyer_name: columns.buyer_name,
            buyer_contact: columns.buyer_contact,
            currency: columns.currency,
            net_cents: columns.net_cents,
            vat_cents: columns.vat_cents,
            gross_cents: columns.gross_cents,
            payable_cents: columns.payable_cents,
            reduced_cents: None,
            skonto_date: columns.skonto_date,
            skonto_cents: columns.skonto_cents,
            payment_means: columns.payment_means,
            payee_name: columns.payee_name,
            iban: columns.iban,
            bic: columns.bic,
            payment_reference: columns.payment_reference,
            duplicate_degree: suspicion.as_ref().map(|suspicion| suspicion.likeness),
            duplicate_of: suspicion.map(|suspicion| suspicion.id),
            duplicate_decision: None,
            voucher_number: None,
            on_hold: false,
            hold_reason: None,
            changed_at: now,
            version: 1,
        }
    }

    fn keys(&self) -> Keys {
        Keys { number: self.found.columns.number_key.clone(), content: self.found.content_key.clone() }
    }
}

/// Keeps an arrival, or finds that it is there already.
pub(super) async fn keep(tx: &mut Tx, arrival: Arrival) -> Result<Receipt, IntakeError> {
    let now = tx.now();
    let rules = routing::current(tx).await?;
    let subject =
        Subject::arriving(&arrival.found.columns, arrival.channel, arrival.sender.as_deref(), &arrival.file_name);
    let matched = rules.route(&subject).map(|matched| matched.rule);
    let keys = arrival.keys();
    let suspicion = match arrival.direction {
        Direction::Incoming => duplicates::suspect(tx, &arrival.original, &keys, &arrival.found.columns, None).await?,
        Direction::Outgoing => None,
    };
    let row = arrival.row(now, matched, suspicion);
    if !row.insert(tx, &keys).await? {
        let earlier = InvoiceRow::delivery(tx, arrival.channel, &arrival.original).await?;
        remember(tx, &arrival, &earlier.id).await?;
        return Ok(receipt(&earlier, true));
    }
    remember(tx, &arrival, &row.id).await?;
    for (position, file) in arrival.files.iter().enumerate() {
        let values = args![
            row.id.as_str(),
            size(position),
            file.origin,
            &file.name,
            &file.mime,
            &file.description,
            file.size,
            &file.blob,
        ];
        tx.execute(FILE, &values).await?;
    }
    if let Some(findings) = &arrival.findings {
        tx.execute(REPORT, &args![row.id.as_str(), arrival.found.release, now, findings]).await?;
    }
    if !arrival.found.line_words.is_empty() {
        tx.execute(WORDS, &args![row.id.as_str(), &arrival.found.line_words]).await?;
    }
    let told = json!({
        "id": row.id,
        "invoice_id": row.id,
        "channel": row.channel,
        "direction": row.direction,
        "state": row.state,
        "kind": row.kind,
        "unit": row.unit_id,
        "verdict": row.verdict,
        "duplicate_of": row.duplicate_of,
    });
    tx.publish("invoice.received", told).await?;
    tx.audit(Entry {
        actor: arrival.actor,
        action: "invoice.receive".to_owned(),
        subject: row.id.subject(),
        detail: json!({
            "channel": row.channel,
            "original": row.original_blob,
            "unit": row.unit_id,
            "rule": matched.map(|rule| &rule.id),
            "duplicate_of": row.duplicate_of,
        }),
    });
    let assignee = Assignee::of_columns(row.assigned_person.as_deref(), row.assigned_group.as_deref());
    if assignee != Assignee::Nobody {
        assign::tell(tx, &row.id, &assignee, None, "routing", None, None).await?;
    }
    Ok(receipt(&row, false))
}

const KEY: &str = "insert into idempotency_key (key, caller, request_hash, invoice_id, created_at)
    values ($1, $2, $3, $4, $5) on conflict ({t}caller, key) do nothing";
const KNOWN_KEY: &str = "select request_hash from idempotency_key where caller = $1 and key = $2";

/// Remembers the key of a request; a key that belongs to another document undoes everything.
async fn remember(tx: &mut Tx, arrival: &Arrival, id: &InvoiceId) -> Result<(), IntakeError> {
    let Some(Once { caller, key }) = &arrival.once else { return Ok(()) };
    let now = tx.now();
    if tx.execute(KEY, &args![key, caller, &arrival.original, id.as_str(), now]).await? == 0 {
        let known = tx.one(KNOWN_KEY, &args![caller, key]).await?.text("request_hash")?;
        if known != arrival.original {
            return Err(IntakeError::KeyReused);
        }
    }
    Ok(())
}

/// The receipt of a row.
fn receipt(row: &InvoiceRow, again: bool) -> Receipt {
    Receipt {
        id: row.id.clone(),
        again,
        state: row.state,
        kind: row.kind,
        verdict: row.verdict,
        finding_count: row.finding_count,
        error_count: row.error_count,
        unit_id: row.unit_id.clone(),
        trouble: row.trouble,
        number: row.number.clone(),
        seller_name: row.seller_name.clone(),
        duplicate_of: row.duplicate_of.clone(),
        duplicate_degree: row.duplicate_degree,
    }
}

fn size(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

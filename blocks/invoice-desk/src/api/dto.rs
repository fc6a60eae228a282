//! What the API says: invoices, receipts, findings and files as JSON.
//!
//! Invariant: fields are added, never renamed or removed, within `/api/v1`.

use serde::Serialize;
use utoipa::ToSchema;
use vir_core::Lang;

use crate::intake::original::File;
use crate::intake::{KeptFinding, Receipt};
use crate::invoice::history::Happening;
use crate::invoice_row::InvoiceRow;

/// An invoice.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invoice)]
#[allow(missing_docs, reason = "the names say it; the schema describes what does not")]
pub struct InvoiceJson {
    /// Identifier; sorts by arrival.
    pub id: String,
    /// When it was received (RFC 3339, UTC).
    pub received_at: String,
    /// upload, api, folder, mail, web, peppol, own
    pub channel: String,
    /// incoming, outgoing
    pub direction: String,
    /// received, coded, certified, ordered, handed_over, paid, closed, rejected, quarantined
    pub state: String,
    /// The organisation unit; null: not assigned yet.
    pub unit: Option<String>,
    /// The person who takes care of it; null: nobody in particular.
    pub assigned_person: Option<String>,
    /// The group that takes care of it.
    pub assigned_group: Option<String>,
    /// invoice, credit_note, correction, unstructured
    pub kind: String,
    pub syntax: Option<String>,
    pub profile: Option<String>,
    /// accept, reject, undefined; null: there was nothing to check.
    pub verdict: Option<String>,
    pub finding_count: i64,
    pub error_count: i64,
    /// SHA-256 of the file as received.
    pub original_sha256: String,
    pub file_name: String,
    pub size_bytes: i64,
    pub sender: Option<String>,
    /// Why it is in quarantine.
    pub trouble: Option<String>,
    /// BT-1
    pub number: Option<String>,
    /// BT-2
    pub issue_date: Option<String>,
    /// BT-9
    pub due_date: Option<String>,
    /// BT-27
    pub seller_name: Option<String>,
    /// BT-31, else BT-32, BT-30, BT-29
    pub seller_id: Option<String>,
    /// BT-10
    pub buyer_reference: Option<String>,
    /// BT-13
    pub order_reference: Option<String>,
    /// BT-5
    pub currency: Option<String>,
    /// BT-115 in minor units
    pub payable_cents: Option<i64>,
    /// What was taken off it (*Kürzung*), in minor units.
    pub reduced_cents: Option<i64>,
    /// Last day of the best cash discount.
    pub skonto_date: Option<String>,
    /// What it saves, in minor units.
    pub skonto_cents: Option<i64>,
    /// BT-84
    pub iban: Option<String>,
    /// BT-83
    pub payment_reference: Option<String>,
    /// An earlier invoice that this one may repeat.
    pub duplicate_of: Option<String>,
    /// same_bytes, same_content, same_number, similar
    pub duplicate_degree: Option<String>,
    /// duplicate, distinct; null: nobody has decided.
    pub duplicate_decision: Option<String>,
    pub voucher_number: Option<String>,
    pub on_hold: bool,
    /// Grows with every change.
    pub version: i64,
}

impl From<&InvoiceRow> for InvoiceJson {
    fn from(row: &InvoiceRow) -> Self {
        let date = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string());
        Self {
            id: row.id.to_string(),
            received_at: row.received_at.to_string(),
            channel: row.channel.text().to_owned(),
            direction: row.direction.text().to_owned(),
            state: row.state.text().to_owned(),
            unit: row.unit_id.clone(),
            assigned_person: row.assigned_person.clone(),
            assigned_group: row.assigned_group.clone(),
            kind: row.kind.text().to_owned(),
            syntax: row.syntax.clone(),
            profile: row.profile.clone(),
            verdict: row.verdict.map(|verdict| verdict.text().to_owned()),
            finding_count: row.finding_count,
            error_count: row.error_count,
            original_sha256: row.original_blob.clone(),
            file_name: row.file_name.clone(),
            size_bytes: row.size_bytes,
            sender: row.sender.clone(),
            trouble: row.trouble.map(|trouble| trouble.text().to_owned()),
            number: row.number.clone(),
            issue_date: date(row.issue_date),
            due_date: date(row.due_date),
            seller_name: row.seller_name.clone(),
            seller_id: row.seller_id.clone(),
            buyer_reference: row.buyer_reference.clone(),
            order_reference: row.order_reference.clone(),
            currency: row.currency.clone(),
            payable_cents: row.payable_cents,
            reduced_cents: row.reduced_cents,
            skonto_date: date(row.skonto_date),
            skonto_cents: row.skonto_cents,
            iban: row.iban.clone(),
            payment_reference: row.payment_reference.clone(),
            duplicate_of: row.duplicate_of.as_ref().map(ToString::to_string),
            duplicate_degree: row.duplicate_degree.map(|degree| degree.text().to_owned()),
            duplicate_decision: row.duplicate_decision.map(|decision| decision.text().to_owned()),
            voucher_number: row.voucher_number.clone(),
            on_hold: row.on_hold,
            version: row.version,
        }
    }
}

/// What the desk answers to an invoice that was handed in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Receipt)]
#[allow(missing_docs, reason = "the names say it; the schema describes what does not")]
pub struct ReceiptJson {
    pub id: String,
    /// The same bytes came by this channel before.
    pub again: bool,
    pub state: String,
    pub kind: String,
    pub verdict: Option<String>,
    pub finding_count: i64,
    pub error_count: i64,
    pub unit: Option<String>,
    /// Why it is in quarantine.
    pub trouble: Option<String>,
    pub number: Option<String>,
    pub seller_name: Option<String>,
    pub duplicate_of: Option<String>,
    pub duplicate_degree: Option<String>,
}

impl From<Receipt> for ReceiptJson {
    fn from(receipt: Receipt) -> Self {
        Self {
            id: receipt.id.0,
            again: receipt.again,
            state: receipt.state.text().to_owned(),
            kind: receipt.kind.text().to_owned(),
            verdict: receipt.verdict.map(|verdict| verdict.text().to_owned()),
            finding_count: receipt.finding_count,
            error_count: receipt.error_count,
            unit: receipt.unit_id,
            trouble: receipt.trouble.map(|trouble| trouble.text().to_owned()),
            number: receipt.number,
            seller_name: receipt.seller_name,
            duplicate_of: receipt.duplicate_of.map(|id| id.0),
            duplicate_degree: receipt.duplicate_degree.map(|degree| degree.text().to_owned()),
        }
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvoicePage {
    /// The invoices, in the order asked for.
    pub items: Vec<InvoiceJson>,
    /// Give it as `after` to get the next page; null: there is none. A page may be short, or empty, and not
    /// be the last: where little matches, a part of the invoices is looked through for each.
    pub next_cursor: Option<String>,
}

/// A file beside an invoice.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvoiceFile)]
#[allow(missing_docs, reason = "the names say it; the schema describes what does not")]
pub struct FileJson {
    pub position: i64,
    /// attachment, pdf, mail, person
    pub origin: String,
    pub name: String,
    pub mime: String,
    pub description: Option<String>,
    pub size_bytes: i64,
    pub sha256: String,
}

impl From<File> for FileJson {
    fn from(file: File) -> Self {
        Self {
            position: file.position,
            origin: file.origin,
            name: file.name,
            mime: file.mime,
            description: file.description,
            size_bytes: file.size_bytes,
            sha256: file.blob,
        }
    }
}

/// A finding of the check.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Finding)]
#[allow(missing_docs, reason = "the names say it; the schema describes what does not")]
pub struct FindingJson {
    pub rule: String,
    /// error, warning, information
    pub severity: String,
    pub layer: String,
    pub path: String,
    pub line: u32,
    pub column: u32,
    pub terms: Vec<String>,
    pub value: Option<String>,
    /// In the language of the request.
    pub message: String,
    pub repair: String,
    /// software, issuer, buyer
    pub actor: String,
}

impl FindingJson {
    pub(super) fn new(finding: KeptFinding, lang: vir_core::Lang) -> Self {
        let word = |value: serde_json::Result<serde_json::Value>| {
            value.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
        };
        Self {
            severity: word(serde_json::to_value(finding.severity)),
            actor: word(serde_json::to_value(finding.actor)),
            rule: finding.rule,
            layer: finding.layer,
            path: finding.path,
            line: finding.line,
            column: finding.column,
            terms: finding.terms,
            value: finding.value,
            message: lang.tr(finding.message_de, finding.message_en),
            repair: lang.tr(finding.repair_de, finding.repair_en),
        }
    }
}

/// Something that happened to an invoice.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvoiceEvent)]
pub struct EventJson {
    /// When (RFC 3339, UTC).
    pub at: String,
    /// Who: the identifier of a person or token, or a part of the system.
    pub actor: String,
    /// What: `invoice.receive`, `invoice.certify`, …
    pub action: String,
    /// What else is known.
    pub detail: serde_json::Value,
}

/// Something that happened to an invoice, as people read it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvoiceHappening)]
pub struct HappeningJson {
    /// When (RFC 3339, UTC).
    pub at: String,
    /// eingang, entscheidungen, zuweisung, gespraech, zahlung
    pub topic: &'static str,
    /// Who, by name.
    pub who: String,
    /// For whom, as a deputy.
    pub on_behalf_of: Option<String>,
    /// What, in the caller's language.
    pub what: String,
    /// A reason, a comment, what the bank said.
    pub words: Option<String>,
    /// The page where more of it stands.
    pub link: Option<String>,
}

impl HappeningJson {
    pub(super) fn new(one: &Happening, lang: Lang) -> Self {
        Self {
            at: one.at.to_string(),
            topic: one.topic.code(),
            who: one.who.get(lang).to_owned(),
            on_behalf_of: one.on_behalf_of.clone(),
            what: one.what.get(lang).to_owned(),
            words: one.words.clone(),
            link: one.link.clone(),
        }
    }
}

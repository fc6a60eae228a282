//! Sealing: the transfer note, which names the SHA-512 of each scan, gets a detached CAdES signature.
//!
//! The key is one of the office ([`local`]) or lies at a provider ([`csc`]); what the seal is worth says its verification,
//! and nobody else. A class may demand a qualified one (A.AM.IN.H.1) with a qualified time stamp (A.AM.IN.SH.2); then
//! nothing is filed without.
//!
//! Invariant: what is filed is byte for byte what was sealed, and a seal that is worth less than the class demands is
//! not kept.

pub mod csc;
pub mod local;
pub mod service;
mod work;

use serde_json::json;
use vir_core::{Lang, Text};
use vir_store::{Job, Tx, args};
use vir_web::JobHandler;
use vir_web::config::Config;

use super::batch::{self, Work};
use super::kind;

pub use service::{SealTrouble, Sealer};
pub use work::seal;

/// Seals the note of a batch.
pub const SEAL: JobHandler = JobHandler { kind: kind::SEAL, run: |call| Box::pin(work::run(call)) };

const ONE: &str =
    "select note_blob, note_sha512, seal_blob, seal_sha512, document_id from scan_seal where batch_id = $1";
const NOTE: &str = "insert into scan_seal (batch_id, note_blob, note_sha512) values ($1, $2, $3)
    on conflict ({t}batch_id) do update set note_blob = excluded.note_blob, note_sha512 = excluded.note_sha512,
    seal_blob = null, seal_sha512 = null";
const SEALED: &str = "update scan_seal set seal_blob = $2, seal_sha512 = $3 where batch_id = $1 and note_sha512 = $4";
const FILED: &str = "update scan_seal set note_blob = null, seal_blob = null, document_id = $2 where batch_id = $1";

/// The statements that a test has both engines read.
pub const STATEMENTS: &[&str] = &[ONE, NOTE, SEALED, FILED];

/// The files of a seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The note, while the batch has it.
    pub note_blob: Option<String>,
    /// Its digest.
    pub note_sha512: String,
    /// The seal, while the batch has it.
    pub seal_blob: Option<String>,
    /// Its digest; none where it is not made yet.
    pub seal_sha512: Option<String>,
    /// The seal in the record.
    pub document: Option<String>,
}

/// The seal of a batch.
///
/// # Errors
/// Where the store fails.
pub async fn kept(tx: &mut Tx, id: &str) -> Result<Option<Kept>, vir_store::Error> {
    let Some(row) = tx.optional(ONE, &args![id]).await? else { return Ok(None) };
    Ok(Some(Kept {
        note_blob: row.optional_text("note_blob")?,
        note_sha512: row.text("note_sha512")?,
        seal_blob: row.optional_text("seal_blob")?,
        seal_sha512: row.optional_text("seal_sha512")?,
        document: row.optional_text("document_id")?,
    }))
}

/// Notes which document of the record the seal has become.
pub(super) async fn filed(tx: &mut Tx, id: &str, document: &str) -> Result<(), vir_store::Error> {
    tx.execute(FILED, &args![id, document]).await.map(|_| ())
}

/// Leaves the job.
///
/// # Errors
/// Where the store fails.
pub async fn enqueue(tx: &mut Tx, id: &str) -> Result<(), vir_store::Error> {
    batch::working(tx, id, Work::Sealing, None).await?;
    tx.enqueue(Job::now(kind::SEAL, json!({ "batch": id })).keyed(id)).await
}

/// Who seals, for the papers and for people; none where nobody does.
#[must_use]
pub fn described(config: &Config) -> Option<Text> {
    let seal = &config.seal;
    let trusted = if seal.trust.is_empty() {
        (", ohne benannte qualifizierte Anbieter", ", no qualified providers named")
    } else {
        ("", "")
    };
    let (de, en) = match (&seal.key_file, &seal.service) {
        (Some(_), _) => ("mit eigenem Schlüssel".to_owned(), "with a key of the office".to_owned()),
        (None, Some(service)) => {
            let host = service.parse::<reqwest::Url>().ok().and_then(|url| url.host_str().map(str::to_owned));
            let host = host.unwrap_or_default();
            (format!("durch den Dienst {host}"), format!("by the service {host}"))
        }
        (None, None) => return None,
    };
    Some(Text::owned(format!("{de}{}", trusted.0), format!("{en}{}", trusted.1)))
}

/// What somebody is told where a class demands a seal and nobody seals.
#[must_use]
pub fn nobody(lang: Lang) -> &'static str {
    lang.tr(
        "Es ist kein Siegel eingerichtet. Der Betrieb richtet einen Schlüssel oder einen Siegeldienst ein ([seal] in der Konfiguration); bis dahin werden Stapel, deren Klasse ein Siegel verlangt, nicht abgelegt, und ihr Papier bleibt.",
        "No seal is configured. The operator sets up a key or a seal service ([seal] in the configuration); until then batches whose class demands a seal are not filed, and their paper stays.",
    )
}

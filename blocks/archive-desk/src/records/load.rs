//! Reading records.

use std::collections::BTreeMap;

use vir_archive::lifecycle::event::Event;
use vir_archive::lifecycle::plan::Confidentiality;
use vir_archive::lifecycle::{DocumentId, Logged, Record, RecordId};
use vir_store::{BlobId, Error, Result, Row, Tx, args};

use super::model::{Item, Loaded, Origin};

const RECORD: &str = "select reference, unit_id, confidentiality, changed_at, keep_due, version, inventory_digest,
        stamped from archive_record where id = $1";
const EVENTS: &str = "select event from archive_event where record_id = $1 order by seq";
const DOCUMENTS: &str = "select id, version, case_id, title, file_name, path, blob, sha512, size_bytes, media_type,
    puid, format, risk, origin, added_at, added_by from archive_document where record_id = $1";
const BY_REFERENCE: &str = "select id from archive_record where reference = $1";

/// A record; none where there is none.
///
/// # Errors
/// Where the store fails or a row cannot be understood.
pub async fn load(tx: &mut Tx, id: &RecordId) -> Result<Option<Loaded>> {
    let Some(row) = tx.optional(RECORD, &args![id.0.as_str()]).await? else { return Ok(None) };
    let history = tx.all(EVENTS, &args![id.0.as_str()]).await?;
    let history: Vec<Logged> =
        history.iter().map(|row| json(&row.text("event")?, "archive_event.event")).collect::<Result<_>>()?;
    let record = Record::replay(&history).ok_or_else(|| damaged("archive_event.event"))?;
    let items = tx.all(DOCUMENTS, &args![id.0.as_str()]).await?.iter().map(item).collect::<Result<_>>()?;
    let items = in_order(items, &history);
    Ok(Some(Loaded {
        reference: row.text("reference")?,
        record,
        history,
        items,
        unit: row.optional_text("unit_id")?,
        confidentiality: confidentiality(&row.text("confidentiality")?)?,
        changed_at: row.time("changed_at")?,
        keep_due: row.bool("keep_due")?,
        version: u32::try_from(row.int("version")?).unwrap_or(0),
        inventory_digest: row.optional_text("inventory_digest")?,
        stamped: u32::try_from(row.int("stamped")?).unwrap_or(0),
    }))
}

/// Documents in the order of filing: the history has an event for each of their versions.
fn in_order(mut items: Vec<Item>, history: &[Logged]) -> Vec<Item> {
    let mut versions: BTreeMap<&DocumentId, u32> = BTreeMap::new();
    let mut places: BTreeMap<(&DocumentId, u32), usize> = BTreeMap::new();
    for (place, logged) in history.iter().enumerate() {
        if let Event::DocumentFiled { document, .. } = &logged.event {
            let version = versions.entry(document).or_default();
            *version += 1;
            places.insert((document, *version), place);
        }
    }
    items.sort_by_key(|item| places.get(&(&item.id, item.version)).copied());
    items
}

/// The record with this *Aktenzeichen*.
///
/// # Errors
/// Where the store fails.
pub async fn by_reference(tx: &mut Tx, reference: &str) -> Result<Option<RecordId>> {
    let row = tx.optional(BY_REFERENCE, &args![reference]).await?;
    row.map(|row| row.text("id").map(RecordId)).transpose()
}

fn item(row: &Row) -> Result<Item> {
    Ok(Item {
        id: DocumentId(row.text("id")?),
        version: u32::try_from(row.int("version")?).unwrap_or(0),
        case: row.optional_text("case_id")?.map(vir_archive::lifecycle::CaseId),
        title: row.text("title")?,
        file_name: row.text("file_name")?,
        path: row.text("path")?,
        blob: row.optional_text("blob")?.map(|name| name.parse::<BlobId>()).transpose()?,
        sha512: row.text("sha512")?,
        size: u64::try_from(row.int("size_bytes")?).unwrap_or(0),
        media_type: row.text("media_type")?,
        puid: row.optional_text("puid")?,
        format: row.optional_text("format")?,
        risk: row.optional_text("risk")?,
        text: None,
        origin: Origin::find(&row.text("origin")?),
        added_at: row.time("added_at")?,
        added_by: row.text("added_by")?,
    })
}

pub(super) fn confidentiality(code: &str) -> Result<Confidentiality> {
    json(&format!("\"{code}\""), "archive_record.confidentiality")
}

/// A value that was written as JSON.
pub(super) fn json<T: serde::de::DeserializeOwned>(text: &str, column: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| damaged(column))
}

fn damaged(column: &str) -> Error {
    Error::Config(format!("{column} has a value that is not understood"))
}

//! What other blocks are done with becomes a record, under the entry of the plan that the registry has chosen for it.
//!
//! Where no entry is chosen nothing is taken over: who keeps no records here shall not be surprised by them.
//!
//! Invariant: a record is closed with all its documents, or it is not there.

use vir_archive::lifecycle::event::Kind;
use vir_archive::lifecycle::{Command, EntryId, SubjectId, Who};
use vir_store::{TenantId, Tx};
use vir_web::{App, EventCall, RecordSource, Subscription, WorkError};

use crate::keep::program;
use crate::records::{self, ActError, NewDocument, NewRecord, Origin, TakeError};
use crate::settings;

/// Listens to the events of all blocks after which something becomes a record.
pub const LISTEN: Subscription =
    Subscription { name: "archive-desk.records", events: &["invoice.close"], handle: |call| Box::pin(handle(call)) };

/// Under which name the entry for a source is kept.
fn setting(source: &str) -> String {
    format!("entry-of/{source}")
}

/// All sources of all blocks.
pub(super) fn sources(app: &App) -> impl Iterator<Item = &'static RecordSource> + use<> {
    let sources: Vec<&'static RecordSource> = app.blocks.iter().flat_map(|block| block.records).collect();
    sources.into_iter()
}

/// The entry of the plan for a source.
pub(super) async fn entry_of(tx: &mut Tx, source: &str) -> vir_store::Result<Option<EntryId>> {
    Ok(settings::read(tx, &setting(source)).await?.and_then(|json| serde_json::from_str(&json).ok()))
}

/// Chooses the entry of the plan for a source; without one nothing is taken over from it.
pub(crate) async fn choose(tx: &mut Tx, source: &str, entry: Option<&EntryId>) -> vir_store::Result<()> {
    match entry {
        Some(entry) => settings::write(tx, &setting(source), &serde_json::json!(entry).to_string()).await,
        None => settings::remove(tx, &setting(source)).await,
    }
}

async fn handle(call: EventCall) -> Result<(), WorkError> {
    for source in sources(&call.app).filter(|source| source.event == call.kind) {
        take(&call.app, &call.tenant, source, &call.payload).await?;
    }
    Ok(())
}

async fn take(
    app: &App,
    tenant: &TenantId,
    source: &'static RecordSource,
    event: &serde_json::Value,
) -> Result<(), WorkError> {
    let read = app.store.read(tenant, move |tx: &mut Tx| Box::pin(async move { entry_of(tx, source.name).await }));
    let Some(entry) = read.await? else { return Ok(()) };
    let Some(parts) = (source.make)(app.clone(), tenant.clone(), event.clone()).await? else { return Ok(()) };
    let mut files = Vec::new();
    for document in parts.documents {
        let taken = records::take_bytes(app, tenant, &document.file_name, document.bytes).await;
        let taken = taken.map_err(|error: TakeError| WorkError::later(error.to_string()))?;
        files.push(NewDocument { id: None, case: None, title: document.title, origin: Origin::Event, file: taken });
    }
    let new = NewRecord {
        kind: Kind::Case,
        entry,
        title: parts.title,
        reference: Some(parts.reference),
        subjects: parts.subjects.into_iter().map(SubjectId).collect(),
    };
    // Programs reopen nothing: it is reopened in the name of whoever was done with it again.
    let again = event["by"].as_str().map_or_else(program, Who::person);
    let done = app.store.write(tenant, move |tx: &mut Tx| {
        Box::pin(async move {
            let who = program();
            let reference = new.reference.clone().unwrap_or_default();
            // Told twice, or closed, reopened and closed again: then the new documents join the record.
            let id = match records::by_reference(tx, &reference).await? {
                Some(id) => {
                    let known = records::load(tx, &id).await?.ok_or(ActError::Unknown)?;
                    files.retain(|file| !known.items.iter().any(|item| item.sha512 == file.file.sha512));
                    if files.is_empty() {
                        return Ok(());
                    }
                    let reopen =
                        Command::Reopen { reason: "Der Vorgang wurde im Fachverfahren wieder aufgenommen".to_owned() };
                    records::act(tx, &id, None, &[reopen], &again).await?;
                    id
                }
                None => records::open(tx, new, &who).await?.id,
            };
            records::file(tx, &id, files, &who).await?;
            records::act(tx, &id, None, &[Command::Close], &who).await?;
            Ok::<_, ActError>(())
        })
    });
    done.await.map_err(|error| match error {
        ActError::Store(error) => WorkError::from(error),
        other => WorkError::later(format!("{} cannot become a record: {other}", source.name)),
    })
}

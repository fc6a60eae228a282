//! An event on which the terms of many records wait, entered once for all of them: the council has resolved the annual
//! accounts of a year.
//!
//! Invariant: a record that knows the event already is left as it is, so that the job can be repeated.

use serde_json::json;
use vir_archive::lifecycle::{Command, Day, EntryId, PersonId, RecordId, Who};
use vir_store::{Job, Tx, args};
use vir_web::{JobCall, JobHandler, WorkError};

use crate::records::{self, ActError};

/// Enters an event for many records.
pub const OCCUR: JobHandler = JobHandler { kind: KIND, run: |call| Box::pin(run(call)) };

const KIND: &str = "archive-desk.occur";
/// How many records are done in one transaction.
const AT_ONCE: i64 = 100;
const NEXT: &str = "select id, opened_on from archive_record where id > $1 and state <> 'deleted' order by id limit $2";

/// What is to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// The branch of the plan.
    pub branch: EntryId,
    /// Of which year: records that were begun in it.
    pub year: i64,
    /// What happened.
    pub event: String,
    /// When.
    pub on: Day,
    /// Who says so.
    pub person: String,
}

/// Leaves the job.
pub async fn enqueue(tx: &mut Tx, wanted: &Occurrence) -> vir_store::Result<()> {
    let payload = json!({
        "branch": wanted.branch, "year": wanted.year, "event": wanted.event, "on": wanted.on, "person": wanted.person,
    });
    tx.enqueue(Job::now(KIND, payload)).await
}

async fn run(call: JobCall) -> Result<(), WorkError> {
    let text = |name: &str| call.payload[name].as_str().unwrap_or_default().to_owned();
    let wanted = Occurrence {
        branch: EntryId(text("branch")),
        year: call.payload["year"].as_i64().unwrap_or_default(),
        event: text("event"),
        on: text("on").parse().map_err(|_| WorkError::hopeless("the event has no day"))?,
        person: text("person"),
    };
    let mut after = String::new();
    loop {
        let (from, wanted) = (after.clone(), wanted.clone());
        let done = call
            .app
            .store
            .write(&call.tenant, move |tx: &mut Tx| Box::pin(async move { some(tx, &from, &wanted).await }));
        match done.await.map_err(|error| WorkError::later(error.to_string()))? {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

/// Enters it for the next records. Gives the last of them; none where there were no more.
async fn some(tx: &mut Tx, after: &str, wanted: &Occurrence) -> Result<Option<String>, ActError> {
    let (_, plan) = records::plan(tx).await?;
    let who = Who::Person { person: PersonId(wanted.person.clone()), deputy_for: None };
    let year = format!("{:04}-", wanted.year);
    let rows = tx.all(NEXT, &args![after, AT_ONCE]).await?;
    let mut last = None;
    for row in rows {
        let id = RecordId(row.text("id")?);
        last = Some(id.0.clone());
        if !row.text("opened_on")?.starts_with(&year) {
            continue;
        }
        let Some(loaded) = records::load(tx, &id).await? else { continue };
        let record = &loaded.record;
        if !plan.is_under(&record.entry, &wanted.branch) || record.occurred.get(&wanted.event) == Some(&wanted.on) {
            continue;
        }
        let command = Command::Occur { event: wanted.event.clone(), on: wanted.on };
        match records::act(tx, &id, None, &[command], &who).await {
            // What the rules refuse for one record is no reason to leave the others out.
            Ok(_) | Err(ActError::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(last)
}

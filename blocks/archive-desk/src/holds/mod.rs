//! Legal holds: what keeps records from being offered, handed over, reclassified or deleted.
//!
//! Invariant: a hold changes through [`change()`] alone, which the library judges; it is kept with its entry in the audit
//! log, and comes into storage with the plan.

mod page;

use serde_json::json;
use thiserror::Error;
use vir_archive::lifecycle::hold::{self, Change, HoldRefusal, Scope};
use vir_archive::lifecycle::{Hold, HoldId, Plan, Who};
use vir_store::{Entry, Tx, args};

pub use page::routes;

use crate::{keep, records};

/// The section of the navigation: holds are part of disposal.
pub const SECTION: &str = crate::disposal::SECTION;

/// Why a hold was not changed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum HoldError {
    /// A rule objects.
    #[error(transparent)]
    Refused(#[from] HoldRefusal),
    /// The store.
    #[error(transparent)]
    Store(#[from] vir_store::Error),
}

const ONE: &str = "select hold from archive_hold where id = $1";
const SAVE: &str = "insert into archive_hold (id, hold, changed_at) values ($1, $2, $3)
    on conflict ({t}id) do update set hold = excluded.hold, changed_at = excluded.changed_at";

/// A hold.
///
/// # Errors
/// Where the store fails or the row cannot be understood.
pub async fn load(tx: &mut Tx, id: &HoldId) -> vir_store::Result<Option<Hold>> {
    let Some(row) = tx.optional(ONE, &args![id.0.as_str()]).await? else { return Ok(None) };
    let damaged = |_| vir_store::Error::Config("archive_hold.hold has a value that is not understood".to_owned());
    serde_json::from_str(&row.text("hold")?).map(Some).map_err(damaged)
}

/// Changes a hold.
///
/// # Errors
/// Where a rule objects or the store fails.
pub async fn change(tx: &mut Tx, id: &HoldId, change: &Change, who: &Who) -> Result<Hold, HoldError> {
    tx.lock(&format!("archive-hold/{id}")).await?;
    let before = load(tx, id).await?;
    let hold = hold::change(before.as_ref(), change, who, records::day_of(tx.now()))?;
    let json = serde_json::to_string(&hold).expect("holds are JSON");
    let now = tx.now();
    tx.execute(SAVE, &args![id.0.as_str(), json, now]).await?;
    let step = match change {
        Change::Impose { .. } => "impose",
        Change::Prolong { .. } => "prolong",
        Change::Extend { .. } => "extend",
        Change::Lift { .. } => "lift",
    };
    tx.audit(Entry {
        actor: records::actor(who),
        action: format!("archive.hold-{step}"),
        subject: format!("archive-hold/{id}"),
        detail: json!({ "scope": scope_word(&hold.scope) }),
    });
    keep::law_changed(tx).await?;
    Ok(hold)
}

fn scope_word(scope: &Scope) -> &'static str {
    match scope {
        Scope::Record { .. } => "record",
        Scope::Branch { .. } => "branch",
        Scope::Subjects { .. } => "subjects",
        Scope::Search { .. } => "search",
    }
}

/// The units of a branch and of all below it; none among them stands for records that belong to no unit.
#[must_use]
pub fn units_of_branch<'p>(plan: &'p Plan, entry: &vir_archive::lifecycle::EntryId) -> Vec<Option<&'p str>> {
    let mut units: Vec<Option<&str>> = plan
        .entries()
        .filter(|one| one.id == *entry || plan.is_under(&one.id, entry))
        .map(|one| plan.unit(&one.id))
        .collect();
    units.sort_unstable();
    units.dedup();
    units
}

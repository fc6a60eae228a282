//! What holds beyond the single record: the *Aktenplan*, the legal holds, and what the administration has decided.
//!
//! Invariant: the plan is a value that is written as a whole; each version of it stays.

use vir_archive::lifecycle::law::Settings;
use vir_archive::lifecycle::{Hold, Law, Plan, RecordId};
use vir_store::{Entry, Job, Result, Tx, args};

use super::load::json;
use super::save::{Known, ends, word};

/// The law, with what it refers to.
#[derive(Debug, Clone, Default)]
pub struct OwnedLaw {
    /// The plan.
    pub plan: Plan,
    /// All holds, also those that are over.
    pub holds: Vec<Hold>,
    /// What the administration has decided.
    pub settings: Settings,
}

impl OwnedLaw {
    /// As the library asks for it.
    #[must_use]
    pub fn law(&self) -> Law<'_> {
        Law { plan: &self.plan, holds: &self.holds, settings: &self.settings }
    }
}

const PLAN: &str = "select version, entries from archive_plan order by version desc limit 1";
const NEW_PLAN: &str = "insert into archive_plan (version, entries, made_at, made_by) values ($1, $2, $3, $4)";
const HOLDS: &str = "select hold from archive_hold order by id";
const ALL: &str = "select id, unit_id, confidentiality, ends_on, keep_due from archive_record where id > $1
    order by id limit $2";

/// The plan, and its version; 0 where there is none yet.
///
/// # Errors
/// Where the store fails.
pub async fn plan(tx: &mut Tx) -> Result<(i64, Plan)> {
    match tx.optional(PLAN, &[]).await? {
        Some(row) => Ok((row.int("version")?, json(&row.text("entries")?, "archive_plan.entries")?)),
        None => Ok((0, Plan::default())),
    }
}

/// What the administration has decided for itself.
///
/// # Errors
/// Where the store fails.
pub async fn settings(tx: &mut Tx) -> Result<Settings> {
    let kept = crate::settings::read(tx, "law").await?;
    kept.map_or_else(|| Ok(Settings::default()), |kept| json(&kept, "archive_setting.value"))
}

/// All of it.
///
/// # Errors
/// Where the store fails.
pub async fn law(tx: &mut Tx) -> Result<OwnedLaw> {
    let (_, plan) = plan(tx).await?;
    let holds = tx.all(HOLDS, &[]).await?;
    let holds = holds.iter().map(|row| json(&row.text("hold")?, "archive_hold.hold")).collect::<Result<_>>()?;
    Ok(OwnedLaw { plan, holds, settings: settings(tx).await? })
}

/// Keeps a new version of the plan; the one that was seen must still be the newest. Gives its number, or none where
/// somebody else was faster.
///
/// # Errors
/// Where the store fails.
pub async fn save_plan(tx: &mut Tx, seen: i64, plan: &Plan, actor: &str) -> Result<Option<i64>> {
    tx.lock("archive-plan").await?;
    if self::plan(tx).await?.0 != seen {
        return Ok(None);
    }
    let entries = serde_json::to_string(plan).expect("a plan is JSON");
    let (version, now) = (seen + 1, tx.now());
    tx.execute(NEW_PLAN, &args![version, entries, now, actor]).await?;
    tx.audit(Entry {
        actor: actor.to_owned(),
        action: "archive.plan".to_owned(),
        subject: format!("archive-plan/{version}"),
        detail: serde_json::json!({ "entries": plan.entries().count() }),
    });
    tx.enqueue(Job::now(crate::keep::kind::REPLAN, serde_json::json!({ "after": "" }))).await?;
    crate::keep::law_changed(tx).await?;
    Ok(Some(version))
}

/// Writes the rows of those among some records again that the plan or the day has changed, and has brought into storage
/// what it still lacks. Gives the last of them all; none where there were no more.
///
/// # Errors
/// Where the store fails.
pub async fn replan(tx: &mut Tx, after: &str, most: i64) -> Result<Option<RecordId>> {
    let law = law(tx).await?;
    let rows = tx.all(ALL, &args![after, most]).await?;
    let mut last = None;
    for row in &rows {
        let id = RecordId(row.text("id")?);
        tx.lock(&super::act::lock(&id)).await?;
        if let Some(mut loaded) = super::load(tx, &id).await? {
            let record = &loaded.record;
            loaded.unit = law.plan.unit(&record.entry).map(str::to_owned);
            loaded.confidentiality = law.plan.confidentiality(&record.entry);
            let is_as_before = loaded.unit == row.optional_text("unit_id")?
                && word(&loaded.confidentiality) == row.text("confidentiality")?
                && ends(record, &law, tx) == row.optional_text("ends_on")?;
            if !is_as_before {
                super::save(tx, &loaded, Known::of(&loaded), &law).await?;
            }
        }
        if row.bool("keep_due")? {
            // Its job may have been given up while storage could not be reached.
            super::act::keep(tx, &id).await?;
        }
        last = Some(id);
    }
    Ok(last)
}

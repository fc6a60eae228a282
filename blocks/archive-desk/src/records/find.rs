//! Lists of records: by words, by branch of the plan, by state.
//!
//! Invariant: a list has nothing that its reader may not see.

use std::collections::HashMap;

use jiff::Timestamp;
use vir_archive::lifecycle::plan::Confidentiality;
use vir_archive::lifecycle::{EntryId, Plan};
use vir_auth::{Principal, UnitScope};
use vir_store::search::{Question, find as find_words};
use vir_store::{Result, Row, Tx, Value};

use super::load;
use super::save::SEARCH;
use crate::access;
use crate::permissions::SEE;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Words that the record has, or that begin so.
    pub words: String,
    /// A branch of the plan.
    pub branch: Option<EntryId>,
    /// The state.
    pub state: Option<String>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The record.
    pub id: String,
    /// *Aktenzeichen*.
    pub reference: String,
    /// What it is about.
    pub title: String,
    /// Where it stands in the plan.
    pub entry: String,
    /// Its state, as it is stored.
    pub state: String,
    /// How secret it is.
    pub confidentiality: Confidentiality,
    /// The last day of its retention.
    pub ends_on: Option<String>,
    /// How many documents it has.
    pub documents: i64,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Does storage have it as it stands now?
    pub is_kept: bool,
}

/// A page of a list.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The lines.
    pub lines: Vec<Line>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// How many lines a page has.
pub const PAGE: usize = 50;
const COLUMNS: &str = "id, reference, title, entry, state, confidentiality, ends_on, documents, changed_at, keep_due";

/// A page of a list, what changed last first; with words in the order of their age, the youngest first.
///
/// # Errors
/// Where the store fails.
pub async fn find(tx: &mut Tx, principal: &Principal, plan: &Plan, wanted: &Wanted) -> Result<Found> {
    if wanted.words.trim().is_empty() {
        browse(tx, principal, plan, wanted).await
    } else {
        search(tx, principal, plan, wanted).await
    }
}

fn branch(plan: &Plan, branch: &EntryId, args: &mut Vec<Value>) -> String {
    let under = plan.entries().filter(|entry| plan.is_under(&entry.id, branch));
    let places: Vec<String> = under
        .map(|entry| {
            args.push(Value::from(entry.id.0.as_str()));
            format!("${}", args.len())
        })
        .collect();
    if places.is_empty() { "1 = 0".to_owned() } else { format!("entry in ({})", places.join(", ")) }
}

async fn browse(tx: &mut Tx, principal: &Principal, plan: &Plan, wanted: &Wanted) -> Result<Found> {
    let mut args = Vec::new();
    let mut conditions = vec![access::condition(principal, &mut args)];
    if let Some(entry) = &wanted.branch {
        conditions.push(branch(plan, entry, &mut args));
    }
    match &wanted.state {
        Some(state) => {
            args.push(Value::from(state.as_str()));
            conditions.push(format!("state = ${}", args.len()));
        }
        // What is deleted has left nothing to be looked at; it is found by asking for it.
        None => conditions.push("state <> 'deleted'".to_owned()),
    }
    let cursor = wanted.cursor.as_deref().and_then(|cursor| cursor.split_once('~'));
    if let Some((at, id)) = cursor.and_then(|(at, id)| Some((at.parse::<i64>().ok()?, id))) {
        args.push(Value::from(at));
        let at = args.len();
        args.push(Value::from(id));
        conditions.push(format!("(changed_at < ${at} or (changed_at = ${at} and id < ${}))", args.len()));
    }
    args.push(Value::from(i64::try_from(PAGE + 1).unwrap_or(i64::MAX)));
    let sql = format!(
        "select {COLUMNS} from archive_record where {} order by changed_at desc, id desc limit ${}",
        conditions.join(" and "),
        args.len()
    );
    let rows = tx.all(sql, &args).await?;
    let mut lines = rows.iter().map(line).collect::<Result<Vec<_>>>()?;
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let next = lines.last().filter(|_| more).map(|last| format!("{}~{}", last.changed_at.as_microsecond(), last.id));
    Ok(Found { lines, next })
}

async fn search(tx: &mut Tx, principal: &Principal, plan: &Plan, wanted: &Wanted) -> Result<Found> {
    let mut facets = Vec::new();
    if let UnitScope::These(units) = principal.units(SEE) {
        if units.is_empty() {
            return Ok(Found::default());
        }
        facets.push(units.iter().map(|unit| format!("unit={unit}")).collect());
    }
    if let Some(state) = &wanted.state {
        facets.push(vec![format!("state={state}")]);
    }
    let limit = i64::try_from(PAGE).unwrap_or(i64::MAX);
    let before = wanted.cursor.as_deref().and_then(|cursor| cursor.parse().ok());
    let question = Question { kind: SEARCH, words: &wanted.words, facets: &facets, before, enough: limit, limit };
    let found = find_words(tx, &question).await?;
    if found.hits.is_empty() {
        return Ok(Found { lines: Vec::new(), next: found.seen_to.map(|place| place.to_string()) });
    }
    // The index says where to look, the rows who may see what is there.
    let mut args = Vec::new();
    let mut conditions = vec![access::condition(principal, &mut args)];
    if let Some(entry) = &wanted.branch {
        conditions.push(branch(plan, entry, &mut args));
    }
    let places: Vec<String> = found
        .hits
        .iter()
        .map(|hit| {
            args.push(Value::from(hit.id.as_str()));
            format!("${}", args.len())
        })
        .collect();
    conditions.push(format!("id in ({})", places.join(", ")));
    let sql = format!("select {COLUMNS} from archive_record where {}", conditions.join(" and "));
    let rows = tx.all(sql, &args).await?;
    let mut by_id: HashMap<String, Line> =
        rows.iter().map(line).collect::<Result<Vec<_>>>()?.into_iter().map(|line| (line.id.clone(), line)).collect();
    let full = found.hits.len() >= PAGE;
    let next = found.hits.last().filter(|_| full).map(|hit| hit.place.to_string());
    let next = next.or(found.seen_to.map(|place| place.to_string()));
    Ok(Found { lines: found.hits.iter().filter_map(|hit| by_id.remove(&hit.id)).collect(), next })
}

fn line(row: &Row) -> Result<Line> {
    Ok(Line {
        id: row.text("id")?,
        reference: row.text("reference")?,
        title: row.text("title")?,
        entry: row.text("entry")?,
        state: row.text("state")?,
        confidentiality: load::confidentiality(&row.text("confidentiality")?)?,
        ends_on: row.optional_text("ends_on")?,
        documents: row.int("documents")?,
        changed_at: row.time("changed_at")?,
        is_kept: !row.bool("keep_due")?,
    })
}

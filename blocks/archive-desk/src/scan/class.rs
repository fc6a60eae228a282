//! Classes of paper, as the store keeps them.
//!
//! Invariant: a batch has the class as it was when it was begun; changing a class changes no batch.

use serde_json::json;
use vir_archive::scan::class::Class;
use vir_archive::scan::sample::Reliability;
use vir_store::{Entry, Tx, args};

/// A class, and whether new batches may have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The class.
    pub class: Class,
    /// May new batches have it?
    pub active: bool,
}

const ALL: &str = "select class, active from scan_class order by id";
const ONE: &str = "select class, active from scan_class where id = $1";
const SAVE: &str = "insert into scan_class (id, class, active, changed_at, changed_by) values ($1, $2, $3, $4, $5)
    on conflict ({t}id) do update set class = excluded.class, active = excluded.active,
    changed_at = excluded.changed_at, changed_by = excluded.changed_by";
const LATELY: &str = "select faults from scan_batch where class_id = $1 and approved_at is not null
    order by approved_at desc limit 10";

/// The statements that a test has both engines read.
pub const STATEMENTS: &[&str] = &[ALL, ONE, SAVE, LATELY];

/// How many batches without fault prove a way of scanning.
pub const PROVING: usize = 10;

/// All classes.
///
/// # Errors
/// Where the store fails.
pub async fn all(tx: &mut Tx) -> Result<Vec<Kept>, vir_store::Error> {
    tx.all(ALL, &[]).await?.iter().map(of_row).collect()
}

/// A class.
///
/// # Errors
/// Where the store fails.
pub async fn one(tx: &mut Tx, id: &str) -> Result<Option<Kept>, vir_store::Error> {
    tx.optional(ONE, &args![id]).await?.as_ref().map(of_row).transpose()
}

fn of_row(row: &vir_store::Row) -> Result<Kept, vir_store::Error> {
    Ok(Kept { class: serde_json::from_str(&row.text("class")?)?, active: row.bool("active")? })
}

/// Keeps a class.
///
/// # Errors
/// Where the store fails.
pub async fn save(tx: &mut Tx, kept: &Kept, actor: &str) -> Result<(), vir_store::Error> {
    let text = serde_json::to_string(&kept.class)?;
    let now = tx.now();
    tx.execute(SAVE, &args![kept.class.id.as_str(), text, kept.active, now, actor]).await?;
    tx.audit(Entry {
        actor: actor.to_owned(),
        action: "archive.scan-class".to_owned(),
        subject: format!("scan-class/{}", kept.class.id),
        detail: json!({ "active": kept.active }),
    });
    Ok(())
}

/// How well scanning of a class has proved itself: the last ten batches had no bad page.
///
/// # Errors
/// Where the store fails.
pub async fn reliability(tx: &mut Tx, class: &str) -> Result<Reliability, vir_store::Error> {
    let rows = tx.all(LATELY, &args![class]).await?;
    let faults = rows.iter().map(|row| row.int("faults")).collect::<Result<Vec<_>, _>>()?;
    let proven = faults.len() >= PROVING && faults.iter().all(|faults| *faults == 0);
    Ok(if proven { Reliability::Proven } else { Reliability::Unproven })
}

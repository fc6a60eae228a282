//! What the office says about its procedure, and the papers that follow from it and from the logs.
//!
//! Invariant: the papers say what is configured and logged at this moment; nothing is typed into them.

use serde_json::json;
use vir_archive::lifecycle::day::Day;
use vir_archive::scan::batch::{Batch, Logged};
use vir_archive::scan::documentation::{self, Configuration, Document, Log, Sealing};
use vir_store::{Entry, Tx, args};

use crate::settings;

const NAME: &str = "scan.procedure";
const BATCHES: &str = "select id from scan_batch where id > $1 and created_at >= $2 and created_at < $3
    and events > 0 order by id limit 200";
const EVENTS: &str = "select event from scan_event where batch_id = $1 order by seq";

/// The statements that a test has both engines read.
pub const STATEMENTS: &[&str] = &[settings::READ, BATCHES, EVENTS];

/// The procedure, with the classes that are in use.
///
/// # Errors
/// Where the store fails.
pub async fn load(tx: &mut Tx) -> Result<Configuration, vir_store::Error> {
    let kept = settings::read(tx, NAME).await?;
    let mut found: Configuration =
        kept.map_or_else(|| Ok(Configuration::default()), |kept| serde_json::from_str(&kept))?;
    let classes = super::class::all(tx).await?;
    found.classes = classes.into_iter().filter(|kept| kept.active).map(|kept| kept.class).collect();
    Ok(found)
}

/// Keeps the procedure; classes are kept elsewhere.
///
/// # Errors
/// Where the store fails.
pub async fn save(tx: &mut Tx, configuration: &Configuration, actor: &str) -> Result<(), vir_store::Error> {
    let bare = Configuration { classes: Vec::new(), ..configuration.clone() };
    settings::write(tx, NAME, &serde_json::to_string(&bare)?).await?;
    tx.audit(Entry {
        actor: actor.to_owned(),
        action: "archive.scan-procedure".to_owned(),
        subject: "scan-procedure".to_owned(),
        detail: json!({ "version": bare.version }),
    });
    Ok(())
}

/// Both papers: the procedure, and the test list of Anlage P with the log of a period.
///
/// # Errors
/// Where the store fails.
pub async fn papers(
    tx: &mut Tx,
    sealing: Sealing,
    today: Day,
    from: jiff::Timestamp,
    to: jiff::Timestamp,
) -> Result<(Document, Document), vir_store::Error> {
    let configuration = Configuration { sealing, ..load(tx).await? };
    let mut log = Log::default();
    let mut after = String::new();
    loop {
        let rows = tx.all(BATCHES, &args![after.as_str(), from, to]).await?;
        for row in &rows {
            after = row.text("id")?;
            let events = tx.all(EVENTS, &args![after.as_str()]).await?;
            let events: Vec<Logged> = events
                .iter()
                .map(|row| Ok(serde_json::from_str(&row.text("event")?)?))
                .collect::<Result<_, vir_store::Error>>()?;
            if let Some(batch) = Batch::replay(&events) {
                add(&mut log, &Log::of([&batch]));
            }
        }
        if rows.is_empty() {
            break;
        }
    }
    let (first, last) = (crate::records::day_of(from), crate::records::day_of(to));
    let list = documentation::test_list(&configuration, &log, first, last);
    Ok((documentation::procedure(&configuration, today), list))
}

fn add(sum: &mut Log, one: &Log) {
    sum.batches += one.batches;
    sum.pages += one.pages;
    sum.checked += one.checked;
    sum.repeated += one.repeated;
    sum.noted += one.noted;
    sum.sealed += one.sealed;
    sum.sealed_qualified += one.sealed_qualified;
    sum.time_stamped += one.time_stamped;
    sum.deposited += one.deposited;
    sum.destroyed += one.destroyed;
    sum.irregular += one.irregular;
}

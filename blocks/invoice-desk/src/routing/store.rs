//! Rules in the database.
//!
//! Each change gives the rules a new revision, so that whoever receives invoices reads the rules
//! again only then.
//!
//! Invariant: a revision is a new identifier each time; equal revisions are equal rules, in every
//! tenant and on every node.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use serde_json::json;
use vir_core::Text;
use vir_store::{Entry, Result, Row, Tx, args, new_id};

use super::rule::{Field, Operator, Rule, Stage, Table};
use crate::limits;

const ALL: &str =
    "select id, stage, position, field, operator, value, unit_id, person_id, group_id, note from route_rule
    order by stage, position, id";
const REVISION: &str = "select revision from route_revision where id = 1";
const REVISE: &str = "insert into route_revision (id, revision) values (1, $1)
    on conflict ({t}id) do update set revision = excluded.revision";
const ADD: &str = "insert into route_rule (id, stage, position, field, operator, value, unit_id, note, person_id,
    group_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const REMOVE: &str = "delete from route_rule where id = $1";
const MOVE: &str = "update route_rule set position = $2 where id = $1";

/// How many revisions are remembered; one per tenant is in use at a time.
const REMEMBERED: usize = 256;

/// The rules of a tenant, read only where they have changed.
pub async fn current(tx: &mut Tx) -> Result<Arc<Table>> {
    static KNOWN: LazyLock<Mutex<HashMap<String, Arc<Table>>>> = LazyLock::new(Mutex::default);
    let Some(row) = tx.optional(REVISION, &[]).await? else { return Ok(Arc::default()) };
    let revision = row.text("revision")?;
    if let Some(table) = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&revision) {
        return Ok(table.clone());
    }
    let table = Arc::new(Table::new(all(tx).await?));
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= REMEMBERED {
        known.clear();
    }
    known.insert(revision, table.clone());
    Ok(table)
}

/// All rules in the order of stages and positions. A rule that an older program does not know is
/// left out.
pub async fn all(tx: &mut Tx) -> Result<Vec<Rule>> {
    let rows = tx.all(ALL, &[]).await?;
    let rules: Vec<Rule> = rows.iter().filter_map(|row| read(row).transpose()).collect::<Result<_>>()?;
    Ok(Table::new(rules).rules().to_vec())
}

/// What is wrong with a rule that somebody wants to add.
#[must_use]
pub fn validate(value: &str, unit_id: &str, present: usize) -> Option<Text> {
    if value.trim().is_empty() {
        return Some(Text::new("Bitte einen Vergleichswert angeben.", "Please give a value to compare with."));
    }
    if value.chars().count() > 200 {
        return Some(Text::new(
            "Der Vergleichswert ist länger als 200 Zeichen.",
            "The value is longer than 200 characters.",
        ));
    }
    if unit_id.is_empty() {
        return Some(Text::new("Bitte eine Organisationseinheit wählen.", "Please choose a unit."));
    }
    (present >= limits::ROUTE_RULES).then(|| {
        Text::owned(
            format!("Mehr als {} Regeln sind nicht möglich.", limits::ROUTE_RULES),
            format!("More than {} rules are not possible.", limits::ROUTE_RULES),
        )
    })
}

/// Adds a rule behind the others of its stage.
pub async fn add(tx: &mut Tx, actor: &str, rule: Rule) -> Result<()> {
    let id = new_id(tx.now());
    let position = all(tx).await?.iter().filter(|other| other.stage == rule.stage).map(|other| other.position).max();
    let position = position.map_or(0, |last| last + 1);
    let (stage, field, operator) = (rule.stage.text(), rule.field.text(), rule.operator.text());
    let value = rule.value.trim();
    let (person, group) = (&rule.person_id, &rule.group_id);
    let row = args![&id, stage, position, field, operator, value, &rule.unit_id, &rule.note, person, group];
    tx.execute(ADD, &row).await?;
    let detail = json!({
        "stage": stage, "field": field, "operator": operator, "value": value, "unit": rule.unit_id,
        "person": person, "group": group,
    });
    revise(tx, actor, "routing.add", &id, detail).await
}

/// Removes a rule. Gives `false` where it was gone already.
pub async fn remove(tx: &mut Tx, actor: &str, id: &str) -> Result<bool> {
    if tx.execute(REMOVE, &args![id]).await? == 0 {
        return Ok(false);
    }
    revise(tx, actor, "routing.remove", id, json!({})).await?;
    Ok(true)
}

/// Moves a rule one place up or down within its stage.
pub async fn reorder(tx: &mut Tx, actor: &str, id: &str, up: bool) -> Result<bool> {
    let rules = all(tx).await?;
    let Some(rule) = rules.iter().find(|rule| rule.id == id) else { return Ok(false) };
    let mut order: Vec<&Rule> = rules.iter().filter(|other| other.stage == rule.stage).collect();
    let at = order.iter().position(|other| other.id == id).unwrap_or_default();
    let to = if up { at.checked_sub(1) } else { Some(at + 1).filter(|to| *to < order.len()) };
    let Some(to) = to else { return Ok(false) };
    order.swap(at, to);
    for (position, rule) in order.iter().enumerate() {
        let position = i64::try_from(position).unwrap_or(i64::MAX);
        tx.execute(MOVE, &args![&rule.id, position]).await?;
    }
    revise(tx, actor, "routing.move", id, json!({ "up": up })).await?;
    Ok(true)
}

async fn revise(tx: &mut Tx, actor: &str, action: &str, id: &str, detail: serde_json::Value) -> Result<()> {
    let revision = new_id(tx.now());
    tx.execute(REVISE, &args![revision]).await?;
    tx.audit(Entry { actor: actor.to_owned(), action: action.to_owned(), subject: format!("route_rule/{id}"), detail });
    Ok(())
}

fn read(row: &Row) -> Result<Option<Rule>> {
    let stage = Stage::find(&row.text("stage")?);
    let field = Field::find(&row.text("field")?);
    let operator = Operator::find(&row.text("operator")?);
    let (Some(stage), Some(field), Some(operator)) = (stage, field, operator) else { return Ok(None) };
    Ok(Some(Rule {
        id: row.text("id")?,
        stage,
        position: row.int("position")?,
        field,
        operator,
        value: row.text("value")?,
        unit_id: row.text("unit_id")?,
        person_id: row.optional_text("person_id")?,
        group_id: row.optional_text("group_id")?,
        note: row.text("note")?,
    }))
}

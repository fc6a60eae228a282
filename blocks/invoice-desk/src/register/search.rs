//! Words of an invoice: which invoices have them.
//!
//! The store's full-text index is kept up by `figures::follow`, seconds after an invoice came in or
//! changed: seller, number, references, account, voucher number, name of the file, and the words of
//! lines and notes (BT-22, BT-127, BT-153, BT-154; 300 of each invoice). A question that few invoices
//! answer becomes a condition like others, in any order. Where many answer, they are read from
//! the newest on, page by page, straight from the index, which knows state and unit as well.
//!
//! Invariant: the search only narrows a list. What the index says is tested against the invoices
//! themselves, so a stale entry shows nothing that may not be seen.

use std::collections::BTreeSet;

use jiff::Timestamp;
use vir_store::search::{self, Document};
use vir_store::{Result, Tx, Value};

use super::cursor::Key;
use super::filter::UnitChoice;
use super::plan::{Found, Question, ask};
use super::terms::{Sql, Use};
use crate::invoice_row::{Direction, InvoiceId, State};

/// What invoices are called in the index.
const KIND: &str = "invoice";
/// So many hits are sorted and tested in any order.
pub(super) const FEW: usize = 600;
/// Beyond so many pairs of unit and state the units are tested instead of asked for.
const PAIRS: usize = 40;
/// So many hits are taken from the index at once, for each pair.
const TAKE: i64 = 120;
/// So often at most for one page.
const ROUNDS: usize = 8;

/// Makes an invoice findable, or findable anew. It keeps its place.
pub(crate) async fn index(
    tx: &mut Tx,
    id: &InvoiceId,
    at: Timestamp,
    text: &str,
    (direction, state, unit): (Direction, State, Option<&str>),
) -> Result<()> {
    let facets = [direction_facet(direction), state_facet(state), unit_facet(unit)];
    search::index(tx, &Document { kind: KIND, id: id.as_str(), at, text, facets: &facets }).await
}

fn direction_facet(direction: Direction) -> String {
    format!("direction={}", direction.text())
}

fn state_facet(state: State) -> String {
    format!("state={}", state.text())
}

fn unit_facet(unit: Option<&str>) -> String {
    format!("unit={}", unit.unwrap_or("none"))
}

/// The ids that answer, if they are few.
pub(super) async fn few(tx: &mut Tx, words: &str, question: &Question) -> Result<Option<Vec<String>>> {
    let words = asked(words);
    let mut ids = BTreeSet::new();
    for facets in pairs(question) {
        let limit = i64::try_from(FEW - ids.len() + 1).unwrap_or(1);
        let asked = search::Question { kind: KIND, words: &words, facets: &facets, before: None, limit };
        ids.extend(search::find(tx, &asked).await?.into_iter().map(|hit| hit.id));
        if ids.len() > FEW {
            return Ok(None);
        }
    }
    Ok(Some(ids.into_iter().collect()))
}

/// The newest that answer, from the cursor on.
pub(super) async fn newest(tx: &mut Tx, words: &str, question: &Question) -> Result<Found> {
    let words = asked(words);
    let mut before = match question.cursor.as_ref().map(|cursor| &cursor.key) {
        Some(Key::Int(place)) => Some(*place),
        _ => None,
    };
    let mut found = Found::default();
    let take = TAKE.max(i64::try_from(question.limit + 1).unwrap_or(TAKE));
    for _ in 0..ROUNDS {
        let mut hits = Vec::new();
        // A pair that gave all it was asked for may have more behind its last one; the others are done.
        let mut frontier: Option<i64> = None;
        for facets in pairs(question) {
            let asked = search::Question { kind: KIND, words: &words, facets: &facets, before, limit: take };
            let some = search::find(tx, &asked).await?;
            if i64::try_from(some.len()).unwrap_or(0) >= take {
                frontier = frontier.max(some.last().map(|hit| hit.place));
            }
            hits.extend(some);
        }
        hits.retain(|hit| frontier.is_none_or(|frontier| hit.place >= frontier));
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.place));
        hits.dedup();
        let passed = passing(tx, question, hits.iter().map(|hit| hit.id.as_str())).await?;
        let passed = hits.into_iter().filter(|hit| passed.contains(&hit.id)).map(|hit| (Key::Int(hit.place), hit.id));
        found.places.extend(passed);
        if frontier.is_none() {
            return Ok(found);
        }
        if found.places.len() > question.limit {
            found.places.truncate(question.limit + 1);
            return Ok(found);
        }
        before = frontier;
    }
    found.frontier = before.map(|place| (Key::Int(place), "0".to_owned()));
    Ok(found)
}

/// Those that fulfil the other conditions, as the invoices are now.
async fn passing<'a>(tx: &mut Tx, question: &Question, ids: impl Iterator<Item = &'a str>) -> Result<BTreeSet<String>> {
    let ids: Vec<Value> = ids.map(Value::from).collect();
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut sql = Sql::default();
    sql.push("select id from invoice where ").among("id", ids).push(" and ");
    question.write_base(&mut sql, Use::Shut);
    for term in &question.terms {
        sql.push(" and ");
        term.write(&mut sql, Use::Shut);
    }
    ask(tx, sql).await?.iter().map(|row| row.text("id")).collect()
}

/// The facets of each pair of unit and state that is asked for.
fn pairs(question: &Question) -> Vec<Vec<String>> {
    let states: Vec<Option<State>> = if question.states.len() == State::ALL.len() {
        vec![None]
    } else {
        question.states.iter().copied().map(Some).collect()
    };
    let units: Vec<Option<&UnitChoice>> = match &question.units {
        Some(units) if units.len() * states.len() <= PAIRS => units.iter().map(Some).collect(),
        _ => vec![None],
    };
    let mut pairs = Vec::new();
    for unit in &units {
        for state in &states {
            let mut facets = vec![direction_facet(question.direction)];
            facets.extend(state.map(state_facet));
            facets.extend(unit.map(|unit| match unit {
                UnitChoice::Unassigned => unit_facet(None),
                UnitChoice::Unit(id) => unit_facet(Some(id)),
            }));
            pairs.push(facets);
        }
    }
    pairs
}

/// An account number is written in groups of four, and stands in the index as one word.
fn asked(words: &str) -> String {
    let joined: String = words.split_whitespace().collect();
    let account = joined.len() >= 15
        && joined.is_ascii()
        && joined.starts_with(|first: char| first.is_ascii_alphabetic())
        && joined.bytes().skip(2).all(|byte| byte.is_ascii_digit());
    if account { joined } else { words.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::asked;

    #[test]
    fn account_numbers_may_be_typed_in_groups() {
        assert_eq!(asked("DE89 3704 0044 0532 0130 00"), "DE89370400440532013000");
        assert_eq!(asked("Holm 2026"), "Holm 2026");
    }
}

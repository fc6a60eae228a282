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
use vir_store::search::{self, Document, Found};
use vir_store::{Result, Tx, Value};

use super::cursor::Key;
use super::filter::UnitChoice;
use super::plan::{Found as Listed, Question, ask};
use super::terms::{Sql, Use};
use crate::invoice_row::{Direction, InvoiceId, State};

/// What invoices are called in the index.
const KIND: &str = "invoice";
/// So many hits are sorted and tested in any order.
pub(super) const FEW: usize = 500;
/// Beyond so many units they are tested instead of asked for.
const UNITS: usize = 40;
/// So many hits are taken from the index at once, where nearly all of them are shown.
const TAKE: usize = 120;
/// So often at most for one page.
const ROUNDS: usize = 8;
/// So many are taken where other conditions leave few of them: asking the index costs more than what it gives.
const LOOK: usize = 600;

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

/// What the words are in.
pub(super) enum Answer {
    /// These alone.
    Few(Vec<String>),
    /// Many: so much is known of the newest.
    Many(Found),
}

/// The invoices that have the words, if they are few.
pub(super) async fn answer(tx: &mut Tx, words: &str, question: &Question) -> Result<Answer> {
    // A place in the index is the next page of many.
    if let Some(Key::Int(place)) = question.cursor.as_ref().map(|cursor| &cursor.key)
        && *place >= FIRST_PLACE
    {
        return Ok(Answer::Many(Found { hits: Vec::new(), seen_to: Some(*place) }));
    }
    let most = if question.terms.is_empty() { FEW + 1 } else { LOOK };
    let found = take(tx, words, question, None, most).await?;
    if found.seen_to.is_some() || found.hits.len() > FEW {
        return Ok(Answer::Many(found));
    }
    let ids: BTreeSet<String> = found.hits.into_iter().map(|hit| hit.id).collect();
    Ok(Answer::Few(ids.into_iter().collect()))
}

/// Places in the index are times of invoices, times 4096: none of this century is a smaller number,
/// and no time of receipt is as large.
const FIRST_PLACE: i64 = 1_000_000_000_000_000_000;

async fn take(tx: &mut Tx, words: &str, question: &Question, before: Option<i64>, most: usize) -> Result<Found> {
    let (words, facets) = (asked(words), facets(question));
    let (enough, limit) = (count(question.limit + 1), count(most));
    search::find(tx, &search::Question { kind: KIND, words: &words, facets: &facets, before, enough, limit }).await
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The newest that answer, from the cursor on; `first` is what is known of them.
pub(super) async fn newest(tx: &mut Tx, words: &str, question: &Question, first: Found) -> Result<Listed> {
    let filtered = !question.terms.is_empty();
    let most = if filtered { LOOK } else { TAKE.max(question.limit + 1) };
    let mut listed = Listed::default();
    let mut next = first;
    for round in 0..ROUNDS {
        // What the index gave in full measure may go on behind its last one.
        let ended = next.hits.len() < most && next.seen_to.is_none();
        next.hits.truncate(most);
        let full = next.hits.last().filter(|_| next.hits.len() == most).map(|hit| hit.place);
        let frontier = full.or(next.seen_to);
        let looked = !next.hits.is_empty();
        let passed = passing(tx, question, next.hits.iter().map(|hit| hit.id.as_str())).await?;
        let passed = next.hits.into_iter().filter(|hit| passed.contains(&hit.id));
        listed.places.extend(passed.map(|hit| (Key::Int(hit.place), hit.id)));
        listed.frontier = None;
        if listed.places.len() > question.limit {
            listed.places.truncate(question.limit + 1);
            return Ok(listed);
        }
        if ended {
            return Ok(listed);
        }
        listed.frontier = frontier.map(|place| (Key::Int(place), "0".to_owned()));
        // Where the index stopped because it took long, one more such walk is enough for a page; and so is one look
        // through many.
        if (full.is_none() && round > 0) || (filtered && looked) || round + 1 == ROUNDS {
            return Ok(listed);
        }
        next = take(tx, words, question, frontier, most).await?;
        if full.is_none() && next.hits.is_empty() && next.seen_to.is_none() {
            listed.frontier = None;
            return Ok(listed);
        }
    }
    Ok(listed)
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

/// The facets that are asked for: direction, one of the states, one of the units.
fn facets(question: &Question) -> Vec<Vec<String>> {
    let mut groups = vec![vec![direction_facet(question.direction)]];
    if question.states.len() < State::ALL.len() {
        groups.push(question.states.iter().copied().map(state_facet).collect());
    }
    if let Some(units) = question.units.as_ref().filter(|units| units.len() <= UNITS) {
        let facet = |unit: &UnitChoice| match unit {
            UnitChoice::Unassigned => unit_facet(None),
            UnitChoice::Unit(id) => unit_facet(Some(id)),
        };
        groups.push(units.iter().map(facet).collect());
    }
    groups
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

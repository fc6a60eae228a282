//! A page of the register.
//!
//! Invariant: no row outside of the units for which the person may see invoices, whatever the
//! filter says.

use jiff::Timestamp;
use jiff::civil::Date;
use vir_auth::{Principal, UnitId, UnitScope};
use vir_store::{Result, Tx, Value};

use super::cursor::{Cursor, Key};
use super::filter::{Query, UnitChoice};
use super::lights::Bounds;
use super::plan::{self, COUNTED, Effort, Question, Way};
use super::search::Answer;
use super::terms::{Sql, Term};
use crate::invoice_row::{Channel, Direction, DuplicateDecision, InvoiceId, InvoiceRow, Kind, State, Verdict};
use crate::permissions::SEE;
use crate::workflow::settings::Settings;

/// How many rows a page has, where nobody says.
pub const USUAL: u16 = 50;

/// Who asks, and on which day.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The person's identifier.
    pub me: String,
    /// For which units they may see invoices.
    pub scope: UnitScope,
    /// The day, here.
    pub today: Date,
    /// Whose holidays count, and when a light turns yellow.
    pub settings: Settings,
    /// How much may be read for one page.
    pub effort: Effort,
}

impl Asking {
    /// This person, now.
    #[must_use]
    pub fn new(principal: &Principal, now: Timestamp, settings: Settings) -> Self {
        Self {
            me: principal.person.as_str().to_owned(),
            scope: principal.units(SEE),
            today: crate::day_of(now),
            settings,
            effort: Effort::USUAL,
        }
    }
}

/// An invoice as the register shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns are described in the migration")]
pub struct Line {
    pub id: InvoiceId,
    pub received_at: Timestamp,
    pub channel: Channel,
    pub direction: Direction,
    pub state: State,
    pub unit_id: Option<String>,
    pub assigned_person: Option<String>,
    pub kind: Kind,
    pub verdict: Option<Verdict>,
    pub finding_count: i64,
    pub number: Option<String>,
    pub issue_date: Option<Date>,
    pub due_date: Option<Date>,
    pub seller_name: Option<String>,
    pub seller_id: Option<String>,
    pub order_reference: Option<String>,
    pub currency: Option<String>,
    pub payable_cents: Option<i64>,
    pub reduced_cents: Option<i64>,
    pub skonto_date: Option<Date>,
    pub skonto_cents: Option<i64>,
    pub iban: Option<String>,
    pub voucher_number: Option<String>,
    pub may_be_duplicate: bool,
    pub on_hold: bool,
    pub file_name: String,
    pub version: i64,
}

const COLUMNS: &str = "id, received_at, channel, direction, state, unit_id, assigned_person, kind, verdict, \
    finding_count, number, issue_date, due_date, seller_name, seller_id, order_reference, currency, payable_cents, reduced_cents, \
    skonto_date, skonto_cents, iban, voucher_number, duplicate_of, duplicate_decision, on_hold, file_name, version";

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    /// So many.
    Exactly(i64),
    /// More than so many.
    MoreThan(i64),
}

/// A part of the list.
#[derive(Debug, Clone)]
pub struct Page {
    /// The invoices, in order.
    pub lines: Vec<Line>,
    /// Where the next part begins.
    pub next: Option<Cursor>,
    /// Where the part before ends.
    pub previous: Option<Cursor>,
    /// The search ended before everything was seen; [`Page::next`] goes on.
    pub partial: bool,
    /// How many there are.
    pub total: Total,
    /// How it was read.
    pub way: Way,
}

impl Page {
    fn empty() -> Self {
        Self { lines: Vec::new(), next: None, previous: None, partial: false, total: Total::Exactly(0), way: Way::Walk }
    }
}

/// Reads a part of the list.
pub async fn list(tx: &mut Tx, query: &Query, asking: &Asking) -> Result<Page> {
    let (page, ids) = find(tx, query, asking).await?;
    let lines = lines(tx, &ids).await?;
    Ok(Page { lines, ..page })
}

/// The same part of the list as whole rows: for the API.
pub async fn rows(tx: &mut Tx, query: &Query, asking: &Asking) -> Result<(Vec<InvoiceRow>, Option<Cursor>)> {
    let (page, ids) = find(tx, query, asking).await?;
    let rows = rows_of(tx, InvoiceRow::COLUMNS, &ids).await?;
    let mut rows = rows.iter().map(InvoiceRow::read).collect::<Result<Vec<_>>>()?;
    rows.sort_by_key(|row| ids.iter().position(|id| *id == row.id.0));
    Ok((rows, page.next))
}

/// A part of the list without its lines, and the invoices in it.
async fn find(tx: &mut Tx, query: &Query, asking: &Asking) -> Result<(Page, Vec<String>)> {
    let Some(mut question) = question(query, asking) else { return Ok((Page::empty(), Vec::new())) };
    let mut many = None;
    if let Some(words) = &query.filter.text {
        match super::search::answer(tx, words, &question).await? {
            Answer::Few(ids) if ids.is_empty() => return Ok((Page::empty(), Vec::new())),
            Answer::Few(ids) => question.terms.push(Term::Ids(ids)),
            Answer::Many(found) => many = Some((words, found)),
        }
    }
    // So many are known to have the words.
    let known_to_have = many.as_ref().map_or(0, |(_, known): &(_, vir_store::search::Found)| known.hits.len());
    let (found, way) = match many {
        Some((words, known)) => (super::search::newest(tx, words, &question, known).await?, Way::Words),
        None => plan::find(tx, &question).await?,
    };
    let limit = question.limit;
    let backwards = query.cursor.as_ref().is_some_and(|cursor| cursor.backwards);
    let more = found.places.len() > limit;
    let mut places = found.places;
    if more {
        // Backwards, the one too many is the first of the page.
        if backwards {
            places.remove(0);
        } else {
            places.truncate(limit);
        }
    }
    let cursor = |place: Option<&(Key, String)>, backwards: bool| {
        place.map(|(key, id)| Cursor { backwards, key: key.clone(), id: id.clone() })
    };
    let ended = found.frontier.is_some();
    let (first, last) = (places.first(), places.last());
    let (next, previous) = if backwards {
        let previous = if more { cursor(first, true) } else { cursor(found.frontier.as_ref(), true) };
        // Where one came from.
        let next = cursor(last, false).or_else(|| query.cursor.clone().map(|from| Cursor { backwards: false, ..from }));
        (next, previous)
    } else {
        let next = if more { cursor(last, false) } else { cursor(found.frontier.as_ref(), false) };
        let previous = query
            .cursor
            .as_ref()
            .and_then(|from| cursor(first, true).or_else(|| Some(Cursor { backwards: true, ..from.clone() })));
        (next, previous)
    };
    // The index of words is read in one direction only.
    let previous = previous.filter(|_| way != Way::Words);
    let whole = query.cursor.is_none() && !more && !ended;
    let total = match found.total {
        Some(total) => Total::Exactly(total),
        None if whole => Total::Exactly(count_of(places.len())),
        None if way == Way::Words && question.terms.is_empty() => {
            Total::MoreThan(count_of(known_to_have.min(super::search::FEW).max(places.len())))
        }
        None if way == Way::Words => Total::MoreThan(count_of(places.len())),
        None => match plan::count(tx, &question).await? {
            Some(count) if count > COUNTED => Total::MoreThan(COUNTED),
            Some(count) => Total::Exactly(count),
            None => Total::MoreThan(count_of(places.len())),
        },
    };
    let page = Page { lines: Vec::new(), next, previous, partial: ended && !more, total, way };
    Ok((page, places.into_iter().map(|(_, id)| id).collect()))
}

fn count_of(places: usize) -> i64 {
    i64::try_from(places).unwrap_or(i64::MAX)
}

/// The invoices of these identifiers that the person may see, in the order of the identifiers.
pub async fn chosen(tx: &mut Tx, ids: &[String], asking: &Asking) -> Result<Vec<Line>> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(200) {
        let places: Vec<(Key, String)> = some.iter().map(|id| (Key::Nothing, id.clone())).collect();
        found.extend(lines(tx, &places).await?);
    }
    found.retain(|line| asking.scope.contains(line.unit_id.as_deref().map(UnitId::from).as_ref()));
    Ok(found)
}

/// How many invoices are in each state, up to [`COUNTED`] and one: for the tabs above the list.
pub async fn state_counts(tx: &mut Tx, query: &Query, asking: &Asking) -> Result<Vec<(State, i64)>> {
    let mut counts = Vec::with_capacity(State::ALL.len());
    for state in State::ALL {
        let mut one = Query::default();
        one.filter.direction = query.filter.direction;
        one.filter.units.clone_from(&query.filter.units);
        one.filter.states = vec![*state];
        let count = match question(&one, asking) {
            Some(question) => plan::count(tx, &question).await?,
            None => Some(0),
        };
        if let Some(count) = count {
            counts.push((*state, count));
        }
    }
    Ok(counts)
}

/// What is asked, within what the person may see; nothing where that leaves nothing.
pub(super) fn question(query: &Query, asking: &Asking) -> Option<Question> {
    let filter = &query.filter;
    let mut states = if filter.states.is_empty() { State::ALL.to_vec() } else { filter.states.clone() };
    if filter.light.is_some() {
        states = plan::pressing(&states);
    }
    let wanted = &filter.units;
    let units = match (&asking.scope, wanted.is_empty()) {
        (UnitScope::All, true) => None,
        (UnitScope::All, false) => Some(wanted.clone()),
        (UnitScope::These(units), true) => {
            Some(units.iter().map(|unit| UnitChoice::Unit(unit.as_str().to_owned())).collect())
        }
        (UnitScope::These(units), false) => Some(
            wanted
                .iter()
                .filter(|choice| match choice {
                    UnitChoice::Unassigned => false,
                    UnitChoice::Unit(id) => units.iter().any(|unit| unit.as_str() == id),
                })
                .cloned()
                .collect::<Vec<_>>(),
        ),
    };
    if states.is_empty() || units.as_ref().is_some_and(Vec::is_empty) {
        return None;
    }
    Some(Question {
        direction: filter.direction,
        states,
        units,
        terms: Term::of(filter, &asking.me, Bounds::of(asking.today, asking.settings.region, asking.settings.yellow)),
        sort: query.sort,
        cursor: query.cursor.clone(),
        limit: usize::from(query.limit.unwrap_or(USUAL)),
        effort: asking.effort,
    })
}

/// The invoices with these identifiers, in their order.
async fn lines(tx: &mut Tx, ids: &[String]) -> Result<Vec<Line>> {
    let mut lines = rows_of(tx, COLUMNS, ids).await?.iter().map(line).collect::<Result<Vec<_>>>()?;
    // At most 200: looking each up in the list costs nothing.
    lines.sort_by_key(|line| ids.iter().position(|id| *id == line.id.0));
    Ok(lines)
}

/// Their rows, in no order.
async fn rows_of(tx: &mut Tx, columns: &str, ids: &[String]) -> Result<Vec<vir_store::Row>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::default();
    sql.push("select ").push(columns).push(" from invoice where ");
    sql.among("id", ids.iter().map(Value::from));
    tx.all(sql.text, &sql.args).await
}

fn line(row: &vir_store::Row) -> Result<Line> {
    let decision = row.optional_text("duplicate_decision")?;
    let distinct = decision.as_deref() == Some(DuplicateDecision::Distinct.text());
    Ok(Line {
        id: InvoiceId(row.text("id")?),
        received_at: row.time("received_at")?,
        // What a newer version wrote into the column shows as the nearest that this one knows.
        channel: Channel::find(&row.text("channel")?).unwrap_or(Channel::Upload),
        direction: Direction::find(&row.text("direction")?).unwrap_or(Direction::Incoming),
        state: State::find(&row.text("state")?).unwrap_or(State::Quarantined),
        unit_id: row.optional_text("unit_id")?,
        assigned_person: row.optional_text("assigned_person")?,
        kind: Kind::find(&row.text("kind")?).unwrap_or(Kind::Invoice),
        verdict: row.optional_text("verdict")?.as_deref().and_then(Verdict::find),
        finding_count: row.int("finding_count")?,
        number: row.optional_text("number")?,
        issue_date: row.optional_date("issue_date")?,
        due_date: row.optional_date("due_date")?,
        seller_name: row.optional_text("seller_name")?,
        seller_id: row.optional_text("seller_id")?,
        order_reference: row.optional_text("order_reference")?,
        currency: row.optional_text("currency")?,
        payable_cents: row.optional_int("payable_cents")?,
        reduced_cents: row.optional_int("reduced_cents")?,
        skonto_date: row.optional_date("skonto_date")?,
        skonto_cents: row.optional_int("skonto_cents")?,
        iban: row.optional_text("iban")?,
        voucher_number: row.optional_text("voucher_number")?,
        may_be_duplicate: row.optional_text("duplicate_of")?.is_some() && !distinct,
        on_hold: row.bool("on_hold")?,
        file_name: row.text("file_name")?,
        version: row.int("version")?,
    })
}

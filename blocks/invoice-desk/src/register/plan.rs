//! How a page of the register is read, so that it costs the same whatever is asked.
//!
//! There are two ways, and the plan takes the first that is sure to be short:
//!
//! 1. **A few.** Some condition leaves at most [`Effort::few`] invoices by its own index. They are read,
//!    tested and sorted.
//! 2. **A walk.** An index has the wished order for each state (and unit). From each of these
//!    *stretches* the next rows are read from the cursor on, and merged. What no index answers is
//!    tested on the way, and after [`Effort::steps`] rows the walk ends: the page then says up to
//!    which place it has looked, and its cursor goes on from there.
//!
//! Invariant: no statement reads more rows than a bound that does not depend on how many there are,
//! and no row is left out: a page ends where its shortest stretch ended.

use vir_store::{Result, Row, Tx, Value};

use super::cursor::{Cursor, Key};
use super::filter::UnitChoice;
use super::lights::{PRESSING, received};
use super::sort::{By, Sort};
use super::terms::{Led, Sql, Term, Use};
use crate::invoice_row::{Direction, State};

/// How much may be read for one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// So many invoices may be read, tested and sorted.
    pub few: i64,
    /// So many rows of a stretch are tested at most, if it is the only one; more stretches share them.
    pub steps: usize,
    /// But each gets so many.
    pub least_steps: usize,
    /// Beyond so many stretches the units are a condition like others.
    pub stretches: usize,
}

impl Effort {
    /// Chosen by measuring pages of a million invoices (`docs/messungen.md`), whose bound is 50 ms.
    pub const USUAL: Self = Self { few: 2_500, steps: 4_000, least_steps: 300, stretches: 60 };
}

/// Up to here invoices are counted.
pub const COUNTED: i64 = 1_000;

/// Larger than any time in microseconds that is received here: keeps states apart in one number.
const STATE_SPAN: i64 = 10_000_000_000_000_000;

/// What is asked, after the permissions.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub direction: Direction,
    /// At least one.
    pub states: Vec<State>,
    /// None: all, also those of no unit.
    pub units: Option<Vec<UnitChoice>>,
    pub terms: Vec<Term>,
    pub sort: Sort,
    pub cursor: Option<Cursor>,
    pub limit: usize,
    pub effort: Effort,
}

/// A place in the order.
pub(super) type Place = (Key, String);

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// In the order of the page, whichever way it was read; one more than asked if there are more.
    pub places: Vec<Place>,
    /// The walk ended here without having seen everything.
    pub frontier: Option<Place>,
    /// How many there are altogether, if that is known for nothing.
    pub total: Option<i64>,
}

/// The way that the plan took, for measurements and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A condition left few.
    Few,
    /// A walk that tests nothing.
    Walk,
    /// A walk that tests each row.
    Search,
    /// From the newest on, out of the full-text index.
    Words,
}

/// Finds a page: at most `limit + 1` places.
pub(super) async fn find(tx: &mut Tx, question: &Question) -> Result<(Found, Way)> {
    let walk = Walk::of(question);
    if walk.tests.is_empty() {
        return Ok((walk.run(tx).await?, Way::Walk));
    }
    if let Some(driver) = few(tx, question).await? {
        return Ok((read_few(tx, question, driver).await?, Way::Few));
    }
    Ok((walk.run(tx).await?, Way::Search))
}

/// How many there are: exactly up to [`COUNTED`], and one more for “more”. `None` where nobody knows without looking at all.
pub(super) async fn count(tx: &mut Tx, question: &Question) -> Result<Option<i64>> {
    let beginning = Question { cursor: None, ..question.clone() };
    let walk = Walk::of(&beginning);
    if !walk.tests.is_empty() {
        return Ok(None);
    }
    let mut sql = Sql::default();
    sql.push("select cast(sum(n) as bigint) as n from (");
    for (index, stretch) in walk.stretches.iter().enumerate() {
        sql.push(if index > 0 { " union all " } else { "" });
        sql.push("select count(*) as n from (select 1 from invoice where ");
        stretch.write(&mut sql);
        for bound in &walk.bounds {
            sql.push(" and ");
            bound.write(&mut sql, Use::Open);
        }
        sql.push(" limit ").push(&(COUNTED + 1).to_string()).push(") as s");
    }
    sql.push(") as c");
    let count = ask(tx, sql).await?.first().map_or(Ok(0), |row| row.int("n"))?;
    Ok(Some(count.min(COUNTED + 1)))
}

/// Every statement of a plan goes through here, and in tests none of them may read a whole table.
pub(super) async fn ask(tx: &mut Tx, sql: Sql) -> Result<Vec<Row>> {
    #[cfg(test)]
    super::tests::reads_no_whole_table(tx, &sql).await?;
    tx.all(sql.text, &sql.args).await
}

/// A condition that finds its rows by an index.
#[derive(Debug, Clone, Copy)]
enum Driver<'a> {
    /// This one.
    Term(&'a Term),
    /// Units and states.
    Base,
}

/// The condition that leaves the fewest, if these are few.
async fn few<'a>(tx: &mut Tx, question: &'a Question) -> Result<Option<Driver<'a>>> {
    let mut drivers: Vec<Driver<'a>> =
        question.terms.iter().filter(|term| term.index().is_some()).map(Driver::Term).collect();
    let mixed = question.units.as_ref().is_some_and(|units| units.len() > 1 && units.contains(&UnitChoice::Unassigned));
    if !mixed && (question.units.is_some() || question.states.len() < State::ALL.len()) {
        drivers.push(Driver::Base);
    }
    // What the full text found is few already.
    if let Some(exact) = drivers.iter().find(|driver| matches!(driver, Driver::Term(Term::Ids(_)))) {
        return Ok(Some(*exact));
    }
    if drivers.is_empty() {
        return Ok(None);
    }
    let mut sql = Sql::default();
    for (index, driver) in drivers.iter().enumerate() {
        sql.push(if index > 0 { " union all " } else { "" });
        sql.push(&format!("select {index} as driver, count(*) as n from (select 1 from invoice where "));
        question.write_driver(*driver, &mut sql);
        sql.push(" limit ").push(&(question.effort.few + 1).to_string()).push(") as d");
    }
    let mut best: Option<(i64, Driver<'a>)> = None;
    for row in ask(tx, sql).await? {
        let (n, driver) = (row.int("n")?, usize::try_from(row.int("driver")?).ok().and_then(|at| drivers.get(at)));
        if let Some(driver) = driver
            && n <= question.effort.few
            && best.is_none_or(|(least, _)| n < least)
        {
            best = Some((n, *driver));
        }
    }
    Ok(best.map(|(_, driver)| driver))
}

async fn read_few(tx: &mut Tx, question: &Question, driver: Driver<'_>) -> Result<Found> {
    let way = Direct::of(question);
    let mut sql = Sql::default();
    sql.push("with m as materialized (select ")
        .push(&key_of_all(question.sort.by))
        .push(" as k, id from invoice where ");
    question.write_driver(driver, &mut sql);
    question.write_rest(driver, &mut sql);
    sql.push(") select k, id, (select count(*) from m) as n from m");
    if let Some(cursor) = &question.cursor {
        sql.push(" where ");
        let than = if way.descending { "<" } else { ">" };
        match (&cursor.key, cursor.backwards) {
            (Key::Nothing, false) => {
                sql.push("k is null and id ").push(than).push(" ").arg(&cursor.id);
            }
            (Key::Nothing, true) => {
                sql.push("(k is not null or id ").push(than).push(" ").arg(&cursor.id).push(")");
            }
            (key, backwards) => {
                sql.push(if backwards { "(k is not null and (k, id) " } else { "(k is null or (k, id) " });
                sql.push(than).push(" (").arg(value(key)).push(", ").arg(&cursor.id).push("))");
            }
        }
    }
    let order = if way.descending { "desc" } else { "asc" };
    let nothing = if way.backwards { "desc" } else { "asc" };
    sql.push(" order by case when k is null then 1 else 0 end ").push(nothing);
    sql.push(&format!(", k {order}, id {order} limit {}", question.limit + 1));
    let rows = ask(tx, sql).await?;
    let total = match rows.first() {
        Some(row) => Some(row.int("n")?),
        None if question.cursor.is_none() => Some(0),
        None => None,
    };
    let mut places = rows.iter().map(|row| place(row, question.sort.by)).collect::<Result<Vec<_>>>()?;
    if way.backwards {
        places.reverse();
    }
    Ok(Found { places, frontier: None, total })
}

impl Question {
    /// Direction, states and units, as far as they stand before the column in the index of `led`.
    fn write_driver(&self, driver: Driver<'_>, sql: &mut Sql) {
        match driver {
            Driver::Base => self.write_base(sql, Use::Open),
            Driver::Term(term) => match (term.index(), term) {
                (Some(Led::ByState), _) => {
                    self.write_base(sql, Use::Open);
                    sql.push(" and ");
                    term.write(sql, Use::Open);
                }
                (Some(Led::ByDates), Term::Light(light, bounds)) => {
                    let Some((from, to)) = bounds.ranges(*light) else { return self.write_base(sql, Use::Open) };
                    sql.push("id in (select id from invoice where ");
                    self.write_base(sql, Use::Open);
                    sql.push(" and due_date >= ").arg(from).push(" and due_date <= ").arg(to);
                    sql.push(" union all select id from invoice where ");
                    self.write_base(sql, Use::Open);
                    sql.push(" and skonto_date >= ").arg(from).push(" and skonto_date <= ").arg(to);
                    sql.push(" union all select id from invoice where ");
                    self.write_base(sql, Use::Open);
                    sql.push(" and due_date is null and received_at + 0 < ").arg(received(to.tomorrow().unwrap_or(to)));
                    sql.push(")");
                }
                (Some(Led::ByDirection), _) => {
                    term.write(sql, Use::Open);
                    sql.push(" and direction = ").arg(self.direction.text());
                }
                _ => term.write(sql, Use::Open),
            },
        }
    }

    /// Everything else, shut, behind a driver.
    fn write_rest(&self, driver: Driver<'_>, sql: &mut Sql) {
        let led = match driver {
            Driver::Base => Some(Led::ByState),
            Driver::Term(term) => term.index(),
        };
        if led != Some(Led::ByState) {
            sql.push(" and ");
            self.write_base(sql, Use::Shut);
        }
        for term in &self.terms {
            // A range of dates is only where to look; what it means is still to be tested.
            let done = matches!(driver, Driver::Term(chosen) if chosen == term) && led != Some(Led::ByDates);
            if !done {
                sql.push(" and ");
                term.write(sql, Use::Shut);
            }
        }
    }

    pub(super) fn write_base(&self, sql: &mut Sql, how: Use) {
        let shut = if how == Use::Shut { " || ''" } else { "" };
        if let Some(units) = &self.units {
            let ids: Vec<Value> = units
                .iter()
                .filter_map(|unit| match unit {
                    UnitChoice::Unit(id) => Some(Value::from(id)),
                    UnitChoice::Unassigned => None,
                })
                .collect();
            match (units.contains(&UnitChoice::Unassigned), ids.is_empty()) {
                (true, true) => sql.push("unit_id").push(shut).push(" is null"),
                (true, false) => sql.push("(unit_id is null or ").among(&format!("unit_id{shut}"), ids).push(")"),
                (false, true) => sql.push("1 = 0"),
                (false, false) => sql.among(&format!("unit_id{shut}"), ids),
            };
            sql.push(" and ");
        }
        sql.push("direction").push(shut).push(" = ").arg(self.direction.text()).push(" and ");
        sql.among(&format!("state{shut}"), self.states.iter().map(|state| Value::from(state.text())));
    }
}

/// In which direction the index is read.
#[derive(Debug, Clone, Copy)]
struct Direct {
    descending: bool,
    backwards: bool,
}

impl Direct {
    fn of(question: &Question) -> Self {
        let backwards = question.cursor.as_ref().is_some_and(|cursor| cursor.backwards);
        Self { descending: question.sort.descending != backwards, backwards }
    }

    /// Is `one` read before `other`?
    fn before(self, one: &Place, other: &Place) -> bool {
        let nothing = |place: &Place| place.0 == Key::Nothing;
        match (nothing(one), nothing(other)) {
            (true, false) => self.backwards,
            (false, true) => !self.backwards,
            _ if self.descending => one > other,
            _ => one < other,
        }
    }
}

/// A part of the invoices in which an index has the order.
#[derive(Debug, Clone)]
struct Stretch {
    direction: Direction,
    state: Option<State>,
    unit: Option<UnitChoice>,
    /// A condition whose index has the order of receipt.
    term: Option<Term>,
}

impl Stretch {
    fn write(&self, sql: &mut Sql) {
        match &self.unit {
            Some(UnitChoice::Unit(id)) => {
                sql.push("unit_id = ").arg(id).push(" and ");
            }
            Some(UnitChoice::Unassigned) => {
                sql.push("unit_id is null and ");
            }
            None => {}
        }
        if let Some(term) = &self.term {
            term.write(sql, Use::Open);
            sql.push(" and ");
        }
        sql.push("direction = ").arg(self.direction.text());
        if let Some(state) = self.state {
            sql.push(" and state = ").arg(state.text());
        }
    }
}

struct Walk<'a> {
    question: &'a Question,
    way: Direct,
    stretches: Vec<Stretch>,
    /// Conditions that the order holds: where each stretch begins and ends.
    bounds: Vec<Term>,
    /// Conditions that each row is put to.
    tests: Vec<Term>,
}

impl<'a> Walk<'a> {
    fn of(question: &'a Question) -> Self {
        let by = question.sort.by;
        let (bounds, mut tests): (Vec<Term>, Vec<Term>) =
            question.terms.iter().cloned().partition(|term| term.bounds(by));
        let direction = question.direction;
        let units = question.units.as_deref();
        let each = |unit: Option<&UnitChoice>| {
            let unit = unit.cloned();
            question.states.iter().map(move |state| Stretch {
                direction,
                state: Some(*state),
                unit: unit.clone(),
                term: None,
            })
        };
        let mut stretches: Vec<Stretch> = match units {
            // With „no unit", SQLite takes the sellers of all units for the order: those without are tested for.
            Some(units)
                if units.len() * question.states.len() <= question.effort.stretches
                    && (by != By::Seller || !units.contains(&UnitChoice::Unassigned)) =>
            {
                units.iter().flat_map(|unit| each(Some(unit))).collect()
            }
            Some(units) => {
                tests.push(Term::Units(units.to_vec()));
                each(None).collect()
            }
            None => each(None).collect(),
        };
        // In the order of receipt some conditions have an index of their own, which is shorter.
        if by == By::Received
            && let Some(at) = tests.iter().position(Term::walks)
        {
            let units_are_tested = tests.iter().any(|term| matches!(term, Term::Units(_)));
            let term = tests.remove(at);
            stretches = term
                .each()
                .into_iter()
                .map(|term| Stretch { direction, state: None, unit: None, term: Some(term) })
                .collect();
            if question.states.len() < State::ALL.len() {
                tests.push(Term::States(question.states.clone()));
            }
            if let Some(units) = units
                && !units_are_tested
            {
                tests.push(Term::Units(units.to_vec()));
            }
        }
        Self { question, way: Direct::of(question), stretches, bounds, tests }
    }

    async fn run(&self, tx: &mut Tx) -> Result<Found> {
        let mut found = Found::default();
        if self.stretches.is_empty() {
            return Ok(found);
        }
        for nothing in self.phases() {
            let wanted = self.question.limit + 1 - found.places.len();
            let mut places = self.read(tx, nothing, wanted).await?;
            if !self.tests.is_empty()
                && let Some(frontier) = self.frontier(tx, nothing).await?
            {
                places.retain(|place| !self.way.before(&frontier, place));
                found.places.extend(places);
                if found.places.len() <= self.question.limit {
                    found.frontier = Some(frontier);
                }
                break;
            }
            found.places.extend(places);
            if found.places.len() > self.question.limit {
                break;
            }
        }
        found.places.truncate(self.question.limit + 1);
        if self.way.backwards {
            found.places.reverse();
        }
        Ok(found)
    }

    /// First what has a value in the column, then what has none; backwards the other way round.
    fn phases(&self) -> Vec<bool> {
        let total = self.question.sort.by.is_total() || !self.bounds.is_empty();
        let key = self.question.cursor.as_ref().map(|cursor| &cursor.key);
        match (total, key, self.way.backwards) {
            (true, _, _) | (false, Some(Key::Int(_) | Key::Text(_)), true) => vec![false],
            (false, Some(Key::Nothing), false) => vec![true],
            (false, _, false) => vec![false, true],
            (false, _, true) => vec![true, false],
        }
    }

    async fn read(&self, tx: &mut Tx, nothing: bool, wanted: usize) -> Result<Vec<Place>> {
        let order = if self.way.descending { "desc" } else { "asc" };
        let mut sql = Sql::default();
        sql.push("select k, id from (");
        for (index, stretch) in self.stretches.iter().enumerate() {
            sql.push(if index > 0 { " union all " } else { "" });
            sql.push("select * from (");
            if self.tests.is_empty() {
                self.write_stretch(&mut sql, stretch, nothing, "", wanted);
            } else {
                sql.push("select k, id from (");
                self.write_stretch(&mut sql, stretch, nothing, TESTED, self.steps());
                sql.push(") as w where ");
                for (index, test) in self.tests.iter().enumerate() {
                    sql.push(if index > 0 { " and " } else { "" });
                    test.write(&mut sql, Use::Shut);
                }
                sql.push(&format!(" limit {wanted}"));
            }
            sql.push(") as s");
        }
        sql.push(&format!(") as u order by k {order}, id {order} limit {wanted}"));
        let rows = ask(tx, sql).await?;
        rows.iter().map(|row| place(row, self.question.sort.by)).collect()
    }

    /// The first place at which a stretch ended because it had taken all its steps.
    async fn frontier(&self, tx: &mut Tx, nothing: bool) -> Result<Option<Place>> {
        let back = if self.way.descending { "asc" } else { "desc" };
        let steps = self.steps();
        let mut sql = Sql::default();
        for (index, stretch) in self.stretches.iter().enumerate() {
            sql.push(if index > 0 { " union all " } else { "" });
            sql.push("select * from (select k, id, count(*) over () as n from (");
            self.write_stretch(&mut sql, stretch, nothing, "", steps);
            sql.push(&format!(") as w order by k {back}, id {back} limit 1) as s"));
        }
        let mut frontier: Option<Place> = None;
        for row in ask(tx, sql).await? {
            if usize::try_from(row.int("n")?).is_ok_and(|n| n >= steps) {
                let place = place(&row, self.question.sort.by)?;
                if frontier.as_ref().is_none_or(|first| self.way.before(&place, first)) {
                    frontier = Some(place);
                }
            }
        }
        Ok(frontier)
    }

    fn steps(&self) -> usize {
        let effort = self.question.effort;
        (effort.steps / self.stretches.len().max(1)).max(effort.least_steps)
    }

    /// Reads a stretch from the cursor on, in the order of its index.
    fn write_stretch(&self, sql: &mut Sql, stretch: &Stretch, nothing: bool, further: &str, limit: usize) {
        let by = self.question.sort.by;
        let column = by.column();
        let order = if self.way.descending { "desc" } else { "asc" };
        let offset = stretch.state.filter(|_| by == By::State).map_or(0, state_offset);
        let key = match (nothing, by) {
            (true, _) if by.is_number() => "cast(null as bigint)".to_owned(),
            (true, _) => "cast(null as text)".to_owned(),
            (false, By::State) => format!("{column} + {offset}"),
            (false, _) => column.to_owned(),
        };
        sql.push("select ").push(&key).push(" as k, id").push(further).push(" from invoice where ");
        stretch.write(sql);
        let cursor = self.question.cursor.as_ref();
        if nothing {
            sql.push(" and ").push(column).push(" is null");
            if let Some(Cursor { key: Key::Nothing, id, .. }) = cursor {
                sql.push(if self.way.descending { " and id < " } else { " and id > " }).arg(id);
            }
            // The column, too: it is what leads to its index, and not to a walk along the identifiers.
            sql.push(&format!(" order by {column} {order}, id {order} limit {limit}"));
            return;
        }
        if !by.is_total() {
            sql.push(" and ").push(column).push(" is not null");
        }
        let cursor = cursor.and_then(|cursor| match &cursor.key {
            Key::Int(value) if by.is_number() => Some((Key::Int(value.saturating_sub(offset)), &cursor.id)),
            Key::Text(_) if !by.is_number() => Some((cursor.key.clone(), &cursor.id)),
            _ => None,
        });
        self.write_bounds(sql, column, cursor.as_ref());
        sql.push(&format!(" order by {column} {order}, id {order} limit {limit}"));
    }

    /// Where the stretch begins and ends. An index can begin at one place only, so of two lower (or
    /// upper) bounds only the tighter one is written.
    fn write_bounds(&self, sql: &mut Sql, column: &str, cursor: Option<&(Key, &String)>) {
        let (mut from, mut to) = (None, None);
        for bound in &self.bounds {
            (from, to) = bound.ends();
        }
        if let Some((key, id)) = cursor {
            let passed = if self.way.descending { &mut to } else { &mut from };
            let tighter = match passed.as_ref() {
                None => true,
                Some((bound, included)) => {
                    let order = if self.way.descending { bound.cmp(key) } else { key.cmp(bound) };
                    order.is_gt() || (order.is_eq() && *included)
                }
            };
            if tighter {
                *passed = None;
                let than = if self.way.descending { "<" } else { ">" };
                sql.push(" and (").push(column).push(", id) ").push(than).push(" (").arg(value(key));
                sql.push(", ").arg(*id).push(")");
            }
        }
        if let Some((from, _)) = from {
            sql.push(" and ").push(column).push(" >= ").arg(value(&from));
        }
        if let Some((to, included)) = to {
            sql.push(" and ").push(column).push(if included { " <= " } else { " < " }).arg(value(&to));
        }
    }
}

/// The columns that tests look at.
const TESTED: &str = ", number_key, seller_key, channel, verdict, finding_count, assigned_person, assigned_group, \
    voucher_number, seller_sort, received_at, \
    issue_date, due_date, skonto_date, payable_cents, on_hold, duplicate_of, duplicate_decision, unit_id, state";

/// Keeps the states apart and in their order.
fn state_offset(state: State) -> i64 {
    let rank = State::ALL.iter().position(|other| *other == state).unwrap_or(0);
    i64::try_from(rank).unwrap_or(0) * STATE_SPAN
}

fn key_of_all(by: By) -> String {
    if by != By::State {
        return by.column().to_owned();
    }
    let mut key = "received_at + case state".to_owned();
    for state in State::ALL {
        key.push_str(&format!(" when '{}' then {}", state.text(), state_offset(*state)));
    }
    key.push_str(" else 0 end");
    key
}

fn place(row: &Row, by: By) -> Result<Place> {
    let key =
        if by.is_number() { row.optional_int("k")?.map(Key::Int) } else { row.optional_text("k")?.map(Key::Text) };
    Ok((key.unwrap_or(Key::Nothing), row.text("id")?))
}

fn value(key: &Key) -> Value {
    match key {
        Key::Int(value) => Value::Int(*value),
        Key::Text(text) => Value::Text(text.clone()),
        Key::Nothing => Value::Null(vir_store::ValueType::Text),
    }
}

/// The states in which something can be pressing, out of those that are asked for.
pub(super) fn pressing(states: &[State]) -> Vec<State> {
    states.iter().copied().filter(|state| PRESSING.contains(state)).collect()
}

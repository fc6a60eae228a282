//! A filter as conditions of SQL.
//!
//! Each condition can be written in two ways: *open*, so that the database may use an index for it,
//! and *shut*, so that it cannot. Neither database knows the data well enough to choose; the plan
//! chooses, and shuts what it has not chosen.
//!
//! Invariant: both ways mean the same.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use vir_store::Value;

use super::cursor::Key;
use super::filter::{Cents, Days, Filter, PersonChoice, UnitChoice};
use super::lights::Bounds;
use super::sort::{By, seller_key};
use crate::intake::keys;
use crate::invoice_row::State;
use crate::workflow::deadline::Light;

/// A statement while it is written: text and arguments.
#[derive(Debug, Default, Clone)]
pub(super) struct Sql {
    pub text: String,
    pub args: Vec<Value>,
}

impl Sql {
    /// Adds text.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds an argument and its placeholder.
    pub fn arg(&mut self, value: impl Into<Value>) -> &mut Self {
        self.args.push(value.into());
        self.text.push('$');
        self.text.push_str(&self.args.len().to_string());
        self
    }

    /// Adds `column in ($1, $2)`, or `column = $1`.
    pub fn among(&mut self, column: &str, values: impl IntoIterator<Item = Value>) -> &mut Self {
        let values: Vec<Value> = values.into_iter().collect();
        self.push(column);
        if let [_] = values.as_slice() {
            self.push(" = ");
            return self.each(values);
        }
        self.push(" in (").each(values).push(")")
    }

    fn each(&mut self, values: Vec<Value>) -> &mut Self {
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            self.arg(value);
        }
        self
    }
}

/// May the database use an index for it?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Open,
    Shut,
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Term {
    Channels(Vec<&'static str>),
    Verdict(&'static str),
    Findings(bool),
    Person(Option<String>),
    Group(String),
    Voucher(String),
    Seller(String),
    /// The keys of the one seller with this identifier, whatever kind of identifier it is.
    SellerId(Vec<String>),
    /// The key of the number; none: a number that no invoice can have.
    Number(Option<String>),
    /// Received from–to, the end excluded.
    Received(Option<Timestamp>, Option<Timestamp>),
    Issued(Days),
    Due(Days),
    Discount(Days),
    Amount(Cents),
    Light(Light, Bounds),
    Hold(bool),
    Duplicate(bool),
    /// One of these: what the full text found.
    Ids(Vec<String>),
    /// Units, where they are too many for a stretch of each.
    Units(Vec<UnitChoice>),
    /// States, where the walk is by another column.
    States(Vec<State>),
}

impl Term {
    /// The conditions of a filter, without direction, states, units and words.
    pub fn of(filter: &Filter, me: &str, bounds: Bounds) -> Vec<Self> {
        let mut terms = Vec::new();
        if !filter.channels.is_empty() {
            terms.push(Self::Channels(filter.channels.iter().map(|channel| channel.text()).collect()));
        }
        terms.extend(filter.verdict.map(|verdict| Self::Verdict(verdict.text())));
        terms.extend(filter.findings.map(Self::Findings));
        terms.extend(filter.person.as_ref().map(|person| match person {
            PersonChoice::Nobody => Self::Person(None),
            PersonChoice::Me => Self::Person(Some(me.to_owned())),
            PersonChoice::Person(id) => Self::Person(Some(id.clone())),
            PersonChoice::Group(id) => Self::Group(id.clone()),
        }));
        terms.extend(filter.voucher.clone().map(Self::Voucher));
        terms.extend(filter.seller.as_deref().map(seller_key).map(Self::Seller));
        terms.extend(filter.seller_id.as_deref().map(keys::seller_keys).map(Self::SellerId));
        terms.extend(filter.number.as_deref().map(keys::number_key).map(Self::Number));
        if !filter.received.is_open() {
            let from = filter.received.from.map(midnight);
            let to = filter.received.to.map(|day| midnight(day.saturating_add(1.day())));
            terms.push(Self::Received(from, to));
        }
        for (days, term) in [
            (filter.issued, Self::Issued as fn(Days) -> Self),
            (filter.due, Self::Due),
            (filter.discount, Self::Discount),
        ] {
            if !days.is_open() {
                terms.push(term(days));
            }
        }
        if filter.amount != Cents::default() {
            terms.push(Self::Amount(filter.amount));
        }
        terms.extend(filter.light.map(|light| Self::Light(light, bounds)));
        terms.extend(filter.hold.map(Self::Hold));
        terms.extend(filter.duplicate.map(Self::Duplicate));
        terms
    }

    /// Does the order of this column hold the condition by itself, as bounds of a stretch?
    pub fn bounds(&self, by: By) -> bool {
        matches!(
            (self, by),
            (Self::Received(..), By::Received | By::State)
                | (Self::Due(_), By::Due)
                | (Self::Discount(_), By::Discount)
                | (Self::Amount(_), By::Amount)
                | (Self::Seller(_), By::Seller)
        )
    }

    /// Is there an index that finds its rows? [`Led`] says what stands before it there.
    pub fn index(&self) -> Option<Led> {
        Some(match self {
            Self::Received(..) | Self::Due(_) | Self::Discount(_) | Self::Amount(_) | Self::Seller(_) => Led::ByState,
            Self::Number(_) => Led::ByState,
            Self::Light(Light::Green, _) | Self::Findings(_) | Self::States(_) | Self::Units(_) => return None,
            Self::Light(..) => Led::ByDates,
            Self::Channels(_) | Self::Person(_) | Self::Group(_) => Led::ByDirection,
            Self::Hold(true) | Self::Duplicate(true) | Self::Verdict("reject") => Led::ByDirection,
            Self::Voucher(_) | Self::Issued(_) | Self::Ids(_) | Self::SellerId(_) => Led::Alone,
            Self::Hold(false) | Self::Duplicate(false) | Self::Verdict(_) => return None,
        })
    }

    /// Has its index the order of receipt, so that a walk can go along it?
    pub fn walks(&self) -> bool {
        self.index() == Some(Led::ByDirection)
    }

    /// The same in parts, each of which has the order of receipt.
    pub fn each(&self) -> Vec<Self> {
        match self {
            Self::Channels(channels) => channels.iter().map(|channel| Self::Channels(vec![channel])).collect(),
            other => vec![other.clone()],
        }
    }

    /// Where a stretch begins and ends by this condition, each with whether that place belongs to it.
    pub fn ends(&self) -> (Option<End>, Option<End>) {
        let days = |days: &Days| {
            let key = |day: Date| (Key::Text(day.to_string()), true);
            (days.from.map(key), days.to.map(key))
        };
        match self {
            Self::Received(from, to) => (
                from.map(|from| (Key::Int(from.as_microsecond()), true)),
                to.map(|to| (Key::Int(to.as_microsecond()), false)),
            ),
            Self::Issued(range) | Self::Due(range) | Self::Discount(range) => days(range),
            Self::Amount(cents) => {
                (cents.from.map(|from| (Key::Int(from), true)), cents.to.map(|to| (Key::Int(to), true)))
            }
            Self::Seller(prefix) => (Some((Key::Text(prefix.clone()), true)), Some((Key::Text(after(prefix)), false))),
            _ => (None, None),
        }
    }

    /// Writes the condition.
    pub fn write(&self, sql: &mut Sql, how: Use) {
        let text = |column: &str| if how == Use::Open { column.to_owned() } else { format!("{column} || ''") };
        let number = |column: &str| if how == Use::Open { column.to_owned() } else { format!("{column} + 0") };
        match self {
            Self::Channels(channels) => {
                sql.among(&text("channel"), channels.iter().map(|channel| Value::from(*channel)));
            }
            Self::Verdict("reject") if how == Use::Open => {
                // The text of the partial index's own condition.
                sql.push("verdict = 'reject'");
            }
            Self::Verdict(verdict) => {
                sql.push(&text("verdict")).push(" = ").arg(*verdict);
            }
            Self::Findings(true) => {
                sql.push("finding_count > 0");
            }
            Self::Findings(false) => {
                sql.push("finding_count = 0");
            }
            Self::Person(Some(person)) => {
                sql.push(&text("assigned_person")).push(" = ").arg(person);
            }
            Self::Person(None) => {
                sql.push(&text("assigned_person")).push(" is null");
            }
            Self::Group(group) => {
                sql.push(&text("assigned_group")).push(" = ").arg(group);
            }
            Self::Voucher(prefix) => prefixed(sql, &text("voucher_number"), prefix),
            Self::Seller(prefix) => prefixed(sql, &text("seller_sort"), prefix),
            Self::SellerId(keys) => {
                sql.among(&text("seller_key"), keys.iter().map(Value::from));
            }
            Self::Number(Some(key)) => {
                sql.push(&text("number_key")).push(" = ").arg(key);
            }
            Self::Number(None) => {
                sql.push("1 = 0");
            }
            Self::Received(from, to) => {
                between(sql, &number("received_at"), from.map(Value::from), to.map(Value::from), "<");
            }
            Self::Issued(days) => day_range(sql, &text("issue_date"), *days),
            Self::Due(days) => day_range(sql, &text("due_date"), *days),
            Self::Discount(days) => day_range(sql, &text("skonto_date"), *days),
            Self::Amount(cents) => {
                between(sql, &number("payable_cents"), cents.from.map(Value::from), cents.to.map(Value::from), "<=");
            }
            Self::Light(light, bounds) => bounds.write(*light, sql),
            Self::Hold(true) => {
                sql.push(if how == Use::Open { "on_hold" } else { "(on_hold or false)" });
            }
            Self::Hold(false) => {
                sql.push("not on_hold");
            }
            Self::Duplicate(true) => {
                sql.push(&text("duplicate_of"))
                    .push(" is not null and (duplicate_decision is null or duplicate_decision <> 'distinct')");
            }
            Self::Duplicate(false) => {
                sql.push("(duplicate_of is null or duplicate_decision = 'distinct')");
            }
            Self::Ids(ids) if ids.is_empty() => {
                sql.push("1 = 0");
            }
            Self::Ids(ids) => {
                sql.among(&text("id"), ids.iter().map(Value::from));
            }
            Self::Units(units) => {
                sql.push("(");
                if units.contains(&UnitChoice::Unassigned) {
                    sql.push("unit_id is null or ");
                }
                let ids = units.iter().filter_map(|unit| match unit {
                    UnitChoice::Unit(id) => Some(Value::from(id)),
                    UnitChoice::Unassigned => None,
                });
                let ids: Vec<Value> = ids.collect();
                if ids.is_empty() {
                    sql.push("1 = 0");
                } else {
                    sql.among(&text("unit_id"), ids);
                }
                sql.push(")");
            }
            Self::States(states) => {
                sql.among(&text("state"), states.iter().map(|state| Value::from(state.text())));
            }
        }
    }
}

/// Where a stretch begins or ends, and whether that place belongs to it.
pub(super) type End = (Key, bool);

/// What stands before a condition's column in its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Led {
    /// Direction and state, perhaps the unit.
    ByState,
    /// The direction stands behind it.
    ByDirection,
    /// It is a range of several columns, each behind direction and state.
    ByDates,
    /// Nothing.
    Alone,
}

fn between(sql: &mut Sql, column: &str, from: Option<Value>, to: Option<Value>, below: &str) {
    let both = from.is_some() && to.is_some();
    if let Some(from) = from {
        sql.push(column).push(" >= ").arg(from);
    }
    if both {
        sql.push(" and ");
    }
    if let Some(to) = to {
        sql.push(column).push(" ").push(below).push(" ").arg(to);
    }
}

pub(super) fn day_range(sql: &mut Sql, column: &str, days: Days) {
    between(sql, column, days.from.map(Value::from), days.to.map(Value::from), "<=");
}

/// Texts that begin so, as a range, which an index can find.
fn prefixed(sql: &mut Sql, column: &str, prefix: &str) {
    sql.push(column).push(" >= ").arg(prefix).push(" and ").push(column).push(" < ").arg(after(prefix));
}

/// A text greater than all that begin with `prefix`.
fn after(prefix: &str) -> String {
    let mut characters: Vec<char> = prefix.chars().collect();
    while let Some(last) = characters.pop() {
        // The next character, over the gap of the surrogates.
        let next = (u32::from(last) + 1..=0x10_FFFF).find_map(char::from_u32);
        if let Some(next) = next {
            characters.push(next);
            return characters.into_iter().collect();
        }
    }
    "\u{10FFFF}".repeat(4)
}

/// When a day begins here.
pub(super) fn midnight(day: Date) -> Timestamp {
    day.to_zoned(vir_web::format::german_time()).map_or(Timestamp::MIN, |begin| begin.timestamp())
}

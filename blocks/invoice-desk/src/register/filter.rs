//! The filter language of the register: what stands in the address of the page, in the API's query
//! and in a saved view is the same, and this reads and writes it.
//!
//! ```
//! use vir_invoice_desk::register::{Filter, Query};
//!
//! let query = Query::read("state=received,coded&seller=holm&amount_from=100&sort=-due").unwrap();
//! assert_eq!(query.filter.states.len(), 2);
//! assert_eq!(query.write(), "state=received,coded&seller=holm&amount_from=100.00&sort=-due");
//! assert_eq!(Query::read("").unwrap().filter, Filter::default());
//! ```
//!
//! Invariant: writing a query and reading it again gives the same query, and empty parameters
//! (an untouched field of a form) mean nothing.

use jiff::civil::Date;
use vir_core::Text;
use vir_web::parts::FieldError;

use super::cursor::Cursor;
use super::sort::Sort;
use crate::invoice_row::{Channel, Direction, State, Verdict};
use crate::workflow::deadline::Light;

/// A date from–to, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Days {
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
}

impl Days {
    /// Does it exclude nothing?
    #[must_use]
    pub fn is_open(self) -> bool {
        self.from.is_none() && self.to.is_none()
    }
}

/// Amounts from–to in cents, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cents {
    /// The least.
    pub from: Option<i64>,
    /// The most.
    pub to: Option<i64>,
}

/// An organisation unit, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitChoice {
    /// Not assigned to a unit yet: `unit=none`.
    Unassigned,
    /// This unit.
    Unit(String),
}

/// Whose work it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonChoice {
    /// Nobody's: `person=none`.
    Nobody,
    /// The one who asks: `person=me`.
    Me,
    /// This person's.
    Person(String),
    /// This group's: `person=group:…`.
    Group(String),
}

/// Which invoices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Words anywhere in it (`q`).
    pub text: Option<String>,
    /// In one of these states; none: in any.
    pub states: Vec<State>,
    /// Of one of these units; none: of all that the person may see.
    pub units: Vec<UnitChoice>,
    /// The seller's name begins so.
    pub seller: Option<String>,
    /// The seller's VAT identifier or its substitute; writing does not matter.
    pub seller_id: Option<String>,
    /// The invoice number; writing does not matter.
    pub number: Option<String>,
    /// Received on these days.
    pub received: Days,
    /// Issued on these days (BT-2).
    pub issued: Days,
    /// Due on these days.
    pub due: Days,
    /// The cash discount ends on these days.
    pub discount: Days,
    /// The amount due.
    pub amount: Cents,
    /// How pressing its deadline is.
    pub light: Option<Light>,
    /// Came by one of these ways; none: by any.
    pub channels: Vec<Channel>,
    /// What the check came to.
    pub verdict: Option<Verdict>,
    /// Has it findings?
    pub findings: Option<bool>,
    /// Whose work it is.
    pub person: Option<PersonChoice>,
    /// The voucher number begins so.
    pub voucher: Option<String>,
    /// On hold?
    pub hold: Option<bool>,
    /// May it be a duplicate?
    pub duplicate: Option<bool>,
    /// Incoming or outgoing.
    pub direction: Direction,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            text: None,
            states: Vec::new(),
            units: Vec::new(),
            seller: None,
            seller_id: None,
            number: None,
            received: Days::default(),
            issued: Days::default(),
            due: Days::default(),
            discount: Days::default(),
            amount: Cents::default(),
            light: None,
            channels: Vec::new(),
            verdict: None,
            findings: None,
            person: None,
            voucher: None,
            hold: None,
            duplicate: None,
            direction: Direction::Incoming,
        }
    }
}

/// A list: which invoices, in which order, from where on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// Which.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// From where on; none: from the beginning.
    pub cursor: Option<Cursor>,
    /// How many at once, where it is not the usual number.
    pub limit: Option<u16>,
}

/// The longest text that a filter takes: longer ones are not what anybody searches for.
const LONGEST: usize = 200;
/// As many values in one parameter at most.
const MOST_VALUES: usize = 100;

impl Query {
    /// Reads what follows the question mark of an address. Parameters of others are left alone.
    pub fn read(query: &str) -> Result<Self, Vec<FieldError>> {
        Self::of(&pairs(query))
    }

    /// Reads decoded parameters.
    pub fn of(pairs: &[(String, String)]) -> Result<Self, Vec<FieldError>> {
        let mut read = Reading { query: Self::default(), errors: Vec::new() };
        for (name, value) in pairs {
            let value = value.trim();
            if !value.is_empty() {
                read.parameter(name, value);
            }
        }
        let mut query = read.query;
        query.filter.states.sort_unstable();
        query.filter.states.dedup();
        query.filter.channels.sort_unstable();
        query.filter.channels.dedup();
        if read.errors.is_empty() { Ok(query) } else { Err(read.errors) }
    }

    /// The query as it stands in an address: only what differs from the default, in a fixed order.
    #[must_use]
    pub fn write(&self) -> String {
        let mut out = Writing::default();
        self.filter.write(&mut out);
        if self.sort != Sort::default() {
            out.pair("sort", &self.sort.text());
        }
        if let Some(cursor) = &self.cursor {
            out.pair("at", &cursor.text());
        }
        if let Some(limit) = self.limit {
            out.pair("limit", &limit.to_string());
        }
        out.0
    }

    /// The same list from its beginning.
    #[must_use]
    pub fn first(&self) -> Self {
        Self { cursor: None, ..self.clone() }
    }

    /// The same list at another place.
    #[must_use]
    pub fn at(&self, cursor: Cursor) -> Self {
        Self { cursor: Some(cursor), ..self.clone() }
    }

    /// The same list from its beginning with something changed in the filter.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Filter)) -> Self {
        let mut query = self.first();
        change(&mut query.filter);
        query
    }
}

impl Filter {
    /// The filter alone, as it stands in an address.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = Writing::default();
        self.write(&mut out);
        out.0
    }

    fn write(&self, out: &mut Writing) {
        out.optional("q", self.text.as_deref());
        out.list("state", self.states.iter().map(|state| state.text()));
        out.list(
            "unit",
            self.units.iter().map(|unit| match unit {
                UnitChoice::Unassigned => "none",
                UnitChoice::Unit(id) => id,
            }),
        );
        out.optional("seller", self.seller.as_deref());
        out.optional("seller_id", self.seller_id.as_deref());
        out.optional("number", self.number.as_deref());
        out.days("received", self.received);
        out.days("issued", self.issued);
        out.days("due", self.due);
        out.days("discount", self.discount);
        out.optional("amount_from", self.amount.from.map(cents_text).as_deref());
        out.optional("amount_to", self.amount.to.map(cents_text).as_deref());
        out.optional("light", self.light.map(Light::code));
        out.list("channel", self.channels.iter().map(|channel| channel.text()));
        out.optional("verdict", self.verdict.map(Verdict::text));
        out.optional("findings", self.findings.map(yes));
        out.optional(
            "person",
            self.person
                .as_ref()
                .map(|person| match person {
                    PersonChoice::Nobody => "none".to_owned(),
                    PersonChoice::Me => "me".to_owned(),
                    PersonChoice::Person(id) => id.clone(),
                    PersonChoice::Group(id) => format!("group:{id}"),
                })
                .as_deref(),
        );
        out.optional("voucher", self.voucher.as_deref());
        out.optional("hold", self.hold.map(yes));
        out.optional("duplicate", self.duplicate.map(yes));
        if self.direction == Direction::Outgoing {
            out.pair("direction", self.direction.text());
        }
    }
}

fn yes(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

struct Reading {
    query: Query,
    errors: Vec<FieldError>,
}

impl Reading {
    fn parameter(&mut self, name: &str, value: &str) {
        let filter = &mut self.query.filter;
        let problem = match name {
            "q" => text(value).map(|value| filter.text = Some(value)),
            "state" => each(value, State::find).map(|found| filter.states.extend(found)),
            "unit" => each(value, |text| {
                Some(if text == "none" { UnitChoice::Unassigned } else { UnitChoice::Unit(text.to_owned()) })
            })
            .map(|found: Vec<UnitChoice>| {
                for unit in found {
                    if !filter.units.contains(&unit) {
                        filter.units.push(unit);
                    }
                }
            }),
            "seller" => text(value).map(|value| filter.seller = Some(value)),
            "seller_id" => text(value).map(|value| filter.seller_id = Some(value)),
            "number" => text(value).map(|value| filter.number = Some(value)),
            "received_from" => day(value).map(|day| filter.received.from = Some(day)),
            "received_to" => day(value).map(|day| filter.received.to = Some(day)),
            "issued_from" => day(value).map(|day| filter.issued.from = Some(day)),
            "issued_to" | "issued_until" => day(value).map(|day| filter.issued.to = Some(day)),
            "due_from" => day(value).map(|day| filter.due.from = Some(day)),
            "due_to" => day(value).map(|day| filter.due.to = Some(day)),
            "discount_from" => day(value).map(|day| filter.discount.from = Some(day)),
            "discount_to" => day(value).map(|day| filter.discount.to = Some(day)),
            "amount_from" => amount(value).map(|cents| filter.amount.from = Some(cents)),
            "amount_to" => amount(value).map(|cents| filter.amount.to = Some(cents)),
            "light" => known(light(value)).map(|light| filter.light = Some(light)),
            "channel" => each(value, Channel::find).map(|found| filter.channels.extend(found)),
            "verdict" => known(Verdict::find(value)).map(|verdict| filter.verdict = Some(verdict)),
            "findings" => flag(value).map(|flag| filter.findings = Some(flag)),
            "person" => text(value).map(|value| {
                filter.person = Some(match value.as_str() {
                    "none" => PersonChoice::Nobody,
                    "me" => PersonChoice::Me,
                    _ => match value.strip_prefix("group:") {
                        Some(group) => PersonChoice::Group(group.to_owned()),
                        None => PersonChoice::Person(value),
                    },
                });
            }),
            "voucher" => text(value).map(|value| filter.voucher = Some(value)),
            "hold" => flag(value).map(|flag| filter.hold = Some(flag)),
            "duplicate" => flag(value).map(|flag| filter.duplicate = Some(flag)),
            "direction" => known(Direction::find(value)).map(|direction| filter.direction = direction),
            "sort" => known(Sort::find(value)).map(|sort| self.query.sort = sort),
            "at" | "cursor" | "after" => known(Cursor::find(value)).map(|cursor| self.query.cursor = Some(cursor)),
            "limit" => match value.parse::<u16>() {
                Ok(limit @ 1..=200) => {
                    self.query.limit = Some(limit);
                    Ok(())
                }
                _ => Err(Text::new("Bitte eine Zahl von 1 bis 200 angeben.", "Please give a number from 1 to 200.")),
            },
            _ => Ok(()),
        };
        if let Err(problem) = problem {
            self.errors.push(FieldError::new(name, problem));
        }
    }
}

fn known<T>(value: Option<T>) -> Result<T, Text> {
    value.ok_or_else(|| Text::new("Dieser Wert ist nicht bekannt.", "This value is not known."))
}

fn each<T>(values: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Text> {
    let values = values.split(',').map(str::trim).filter(|value| !value.is_empty());
    let found: Vec<T> = values.take(MOST_VALUES + 1).map(|value| known(read(value))).collect::<Result<_, _>>()?;
    if found.len() > MOST_VALUES {
        return Err(Text::new("Das sind zu viele Werte.", "These are too many values."));
    }
    Ok(found)
}

fn text(value: &str) -> Result<String, Text> {
    if value.chars().count() > LONGEST {
        return Err(Text::new("Bitte höchstens 200 Zeichen eingeben.", "Please enter at most 200 characters."));
    }
    Ok(value.chars().filter(|character| !character.is_control()).collect())
}

fn flag(value: &str) -> Result<bool, Text> {
    known(match value {
        "yes" | "true" | "1" => Some(true),
        "no" | "false" | "0" => Some(false),
        _ => None,
    })
}

/// `2026-11-22`, or as people in Germany write it: `22.11.2026`.
fn day(value: &str) -> Result<Date, Text> {
    let german = || {
        let mut parts = value.split('.');
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        let year: i16 = if year.len() == 2 { 2000 + year.parse::<i16>().ok()? } else { year.parse().ok()? };
        if parts.next().is_some() {
            return None;
        }
        Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
    };
    let plain = value.len() == 10 && value.is_ascii();
    let found = if plain { value.parse().ok().or_else(german) } else { german() };
    // Years of four digits: they are compared as text.
    found.filter(|day: &Date| (1..=9999).contains(&day.year())).ok_or_else(|| {
        Text::new("Bitte ein Datum angeben, zum Beispiel 22.11.2026.", "Please give a date, for example 2026-11-22.")
    })
}

/// `1234.5`, `1.234,50`, `1234,5`: a point before exactly three digits groups, if a comma or another such point follows or it stands alone.
fn amount(value: &str) -> Result<i64, Text> {
    let wrong = || {
        Text::new("Bitte einen Betrag angeben, zum Beispiel 1.234,50.", "Please give an amount, for example 1234.50.")
    };
    let (negative, digits) = match value.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, value),
    };
    let (whole, fraction) = match digits.rsplit_once(',') {
        Some((whole, fraction)) => (whole.replace('.', ""), fraction.to_owned()),
        None => match digits.rsplit_once('.') {
            Some((whole, fraction)) if fraction.len() <= 2 => (whole.to_owned(), fraction.to_owned()),
            _ => (digits.replace('.', ""), String::new()),
        },
    };
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 13 || fraction.len() > 2 || !plain(&whole) || !plain(&fraction) {
        return Err(wrong());
    }
    let euros: i64 = whole.parse().map_err(|_| wrong())?;
    let cents: i64 = format!("{fraction:0<2}").parse().map_err(|_| wrong())?;
    let value = euros * 100 + cents;
    Ok(if negative { -value } else { value })
}

fn cents_text(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.unsigned_abs() / 100, cents.unsigned_abs() % 100)
}

fn light(text: &str) -> Option<Light> {
    [Light::Green, Light::Yellow, Light::Red].into_iter().find(|light| light.code() == text)
}

/// Decodes `name=value&…` (`application/x-www-form-urlencoded`).
#[must_use]
pub fn pairs(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        bytes.push(match (first, tail) {
            (b'+', _) => b' ',
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    rest = after;
                    high * 16 + low
                }
                _ => b'%',
            },
            (byte, _) => byte,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[derive(Default)]
struct Writing(String);

impl Writing {
    fn pair(&mut self, name: &str, value: &str) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.push_str(name);
        self.0.push('=');
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b',' => {
                    self.0.push(char::from(byte));
                }
                b' ' => self.0.push('+'),
                _ => self.0.push_str(&format!("%{byte:02X}")),
            }
        }
    }

    fn optional(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.pair(name, value);
        }
    }

    fn list<'a>(&mut self, name: &str, values: impl Iterator<Item = &'a str>) {
        let values: Vec<&str> = values.collect();
        if !values.is_empty() {
            self.pair(name, &values.join(","));
        }
    }

    fn days(&mut self, name: &str, days: Days) {
        self.optional(&format!("{name}_from"), days.from.map(|day| day.to_string()).as_deref());
        self.optional(&format!("{name}_to"), days.to.map(|day| day.to_string()).as_deref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_as_people_write_them() {
        for (text, expect) in [
            ("100", 10_000),
            ("1.234,50", 123_450),
            ("1234,5", 123_450),
            ("1234.5", 123_450),
            ("1.234", 123_400),
            ("-12,00", -1_200),
            ("1.234.567,89", 123_456_789),
        ] {
            assert_eq!(amount(text).unwrap(), expect, "{text}");
        }
        for text in ["", "abc", "1,234", "99999999999999", "1,2,3", "--1", "1e3"] {
            assert!(amount(text).is_err(), "{text}");
        }
    }

    #[test]
    fn dates_as_people_write_them() {
        let expect: Date = "2026-03-05".parse().unwrap();
        for text in ["2026-03-05", "05.03.2026", "5.3.2026", "5.3.26"] {
            assert_eq!(day(text).unwrap(), expect, "{text}");
        }
        for text in ["2026-02-30", "gestern", "1.2", "2026-03-05T10:00", "5.3.2026.1"] {
            assert!(day(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_query_that_is_written_reads_the_same() {
        let query = "q=Holm+%26+S%C3%B6hne&state=received,paid&unit=none,u1&seller=a%25b&seller_id=DE+1&number=R-1&received_from=2026-01-01&\
            issued_to=2026-02-01&due_from=2026-03-01&discount_to=2026-04-01&amount_from=-5.00&amount_to=1000.00&\
            light=red&channel=mail,web&verdict=reject&findings=yes&person=me&voucher=2026-0001&hold=no&duplicate=yes&\
            direction=outgoing&sort=seller&limit=100";
        let read = Query::read(query).unwrap();
        assert_eq!(read.write(), query);
        assert_eq!(Query::read(&read.write()).unwrap(), read);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_field() {
        let errors =
            Query::read("state=lost&due_from=nie&amount_to=viel&light=blue&sort=colour&q=ok&limit=0").unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["state", "due_from", "amount_to", "light", "sort", "limit"]);
        assert!(Query::read("state=&due_from=&unknown=1&q=%zz").is_ok());
    }
}

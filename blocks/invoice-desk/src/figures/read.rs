//! Takes the figures of a period and units out of the sums.
//!
//! Invariant: shares and times are computed from the sums of the whole selection, never as averages
//! of averages.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use vir_auth::UnitScope;
use vir_store::{Result, Tx, Value, args};

use super::cell::{Amount, Measure, month};

/// Months, both ends included, and units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The first day of the first month.
    pub from: Date,
    /// The first day of the last month.
    pub to: Date,
    /// Only these units; `All` has what belongs to none as well.
    pub units: UnitScope,
}

impl Selection {
    /// The months, in order.
    #[must_use]
    pub fn months(&self) -> Vec<String> {
        let mut months = Vec::new();
        let mut day = self.from;
        while day <= self.to && months.len() < 120 {
            months.push(month(day));
            day = day.saturating_add(1.month());
        }
        months
    }

    /// As many months before.
    #[must_use]
    pub fn before(&self) -> Self {
        let count = i32::try_from(self.months().len()).unwrap_or(12);
        let back = |day: Date| day.saturating_sub(count.months());
        Self { from: back(self.from), to: back(self.to), units: self.units.clone() }
    }
}

/// Days with how many invoices took so long.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Durations(BTreeMap<i64, i64>);

impl Durations {
    /// Adds invoices that took so many days.
    pub fn add(&mut self, days: i64, count: i64) {
        *self.0.entry(days).or_default() += count;
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> i64 {
        self.0.values().sum()
    }

    /// So many per cent took at most this long (nearest rank), in days.
    #[must_use]
    pub fn percentile(&self, percent: i64) -> Option<i64> {
        let count = self.count();
        if count <= 0 {
            return None;
        }
        let rank = (count * percent + 99) / 100;
        let mut seen = 0;
        self.0.iter().find_map(|(days, n)| {
            seen += n;
            (seen >= rank).then_some(*days)
        })
    }

    /// Adds others.
    pub fn merge(&mut self, others: &Self) {
        for (days, n) in &others.0 {
            self.add(*days, *n);
        }
    }
}

/// The figures of a month, or of all months.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Month {
    /// What was received.
    pub received: Amount,
    /// By channel.
    pub channels: BTreeMap<String, Amount>,
    /// How many the check accepted.
    pub accepted: i64,
    /// How many it rejected.
    pub rejected: i64,
    /// From receipt to the payment order.
    pub to_ordered: Durations,
    /// From receipt to payment.
    pub to_paid: Durations,
    /// Paid in time.
    pub on_time: i64,
    /// Paid late.
    pub late: i64,
    /// Discount that was taken.
    pub won: Amount,
    /// Discount that was missed.
    pub lost: Amount,
    /// What was taken off invoices.
    pub reduced: Amount,
}

impl Month {
    fn put(&mut self, measure: &str, bucket: &str, amount: Amount) {
        let days = || bucket.parse().unwrap_or(0);
        match (measure, bucket) {
            ("received", channel) => {
                self.received.add(amount);
                self.channels.entry(channel.to_owned()).or_default().add(amount);
            }
            ("verdict", "accept") => self.accepted += amount.n,
            ("verdict", _) => self.rejected += amount.n,
            ("to_ordered", _) => self.to_ordered.add(days(), amount.n),
            ("to_paid", _) => self.to_paid.add(days(), amount.n),
            ("punctual", "on_time") => self.on_time += amount.n,
            ("punctual", _) => self.late += amount.n,
            ("discount", "won") => self.won.add(amount),
            ("discount", _) => self.lost.add(amount),
            ("reduced", _) => self.reduced.add(amount),
            _ => {}
        }
    }
}

/// In tenths of a per cent; none where there is nothing to share.
#[must_use]
pub fn share(part: i64, rest: i64) -> Option<i64> {
    let whole = part + rest;
    (whole > 0).then(|| (part * 1_000 + whole / 2) / whole)
}

/// Months with their figures, and all of them together.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// By month.
    pub months: BTreeMap<String, Month>,
    /// All together.
    pub all: Month,
}

const MONTHLY: [Measure; 7] = [
    Measure::Received,
    Measure::Verdict,
    Measure::ToOrdered,
    Measure::ToPaid,
    Measure::Punctual,
    Measure::Discount,
    Measure::Reduced,
];

/// Reads the figures of a selection.
pub async fn figures(tx: &mut Tx, selection: &Selection) -> Result<Figures> {
    let mut figures = Figures::default();
    for measure in MONTHLY {
        let (condition, values) = within(selection, measure);
        let sql = format!(
            "select period, bucket, cast(sum(n) as bigint) as n, cast(sum(cents) as bigint) as cents from figure_cell \
             where {condition} group by period, bucket"
        );
        for row in tx.all(sql, &values).await? {
            let (period, bucket) = (row.text("period")?, row.text("bucket")?);
            let amount = Amount { n: row.int("n")?, cents: row.int("cents")? };
            figures.months.entry(period).or_default().put(measure.text(), &bucket, amount);
            figures.all.put(measure.text(), &bucket, amount);
        }
    }
    Ok(figures)
}

/// What was received, by unit, the most first.
pub async fn by_unit(tx: &mut Tx, selection: &Selection) -> Result<Vec<(String, Amount)>> {
    ranked(tx, selection, Measure::Received, "unit_id", 200).await
}

/// The largest buckets of a measure.
pub async fn ranking(tx: &mut Tx, selection: &Selection, measure: Measure, most: i64) -> Result<Vec<(String, Amount)>> {
    ranked(tx, selection, measure, "bucket", most).await
}

async fn ranked(
    tx: &mut Tx,
    selection: &Selection,
    measure: Measure,
    by: &str,
    most: i64,
) -> Result<Vec<(String, Amount)>> {
    let (condition, values) = within(selection, measure);
    let sql = format!(
        "select {by} as name, cast(sum(n) as bigint) as n, cast(sum(cents) as bigint) as cents from figure_cell \
         where {condition} group by {by} having sum(n) > 0 order by 2 desc, 1 limit {most}"
    );
    let rows = tx.all(sql, &values).await?;
    rows.iter().map(|row| Ok((row.text("name")?, Amount { n: row.int("n")?, cents: row.int("cents")? }))).collect()
}

/// What waits today, by state and age: up to a week, up to a month, longer.
pub async fn open(tx: &mut Tx, units: &UnitScope, today: Date) -> Result<BTreeMap<String, [Amount; 3]>> {
    let (scope, mut values) = in_units(units, 1);
    values.insert(0, Value::from(Measure::Open.text()));
    let sql = format!(
        "select period, bucket, cast(sum(n) as bigint) as n, cast(sum(cents) as bigint) as cents from figure_cell \
         where measure = $1{scope} group by period, bucket"
    );
    let mut open: BTreeMap<String, [Amount; 3]> = BTreeMap::new();
    for row in tx.all(sql, &values).await? {
        let age = row.date("period")?.until(today).map_or(0, |span| span.get_days());
        let class = if age <= 7 {
            0
        } else if age <= 30 {
            1
        } else {
            2
        };
        let amount = Amount { n: row.int("n")?, cents: row.int("cents")? };
        open.entry(row.text("bucket")?).or_default()[class].add(amount);
    }
    Ok(open)
}

/// Up to when changes are counted.
pub async fn counted_to(tx: &mut Tx) -> Result<Option<jiff::Timestamp>> {
    let row = tx.optional("select changed_at from figure_mark where id = 1", &[]).await?;
    row.map(|row| row.time("changed_at")).transpose()
}

fn within(selection: &Selection, measure: Measure) -> (String, Vec<Value>) {
    let mut values = args![measure.text(), month(selection.from), month(selection.to)];
    let (scope, units) = in_units(&selection.units, values.len());
    values.extend(units);
    (format!("measure = $1 and period >= $2 and period <= $3{scope}"), values)
}

fn in_units(units: &UnitScope, after: usize) -> (String, Vec<Value>) {
    match units {
        UnitScope::All => (String::new(), Vec::new()),
        UnitScope::These(units) if units.is_empty() => (" and 1 = 0".to_owned(), Vec::new()),
        UnitScope::These(units) => {
            let places: Vec<String> = (0..units.len()).map(|n| format!("${}", n + after + 1)).collect();
            (
                format!(" and unit_id in ({})", places.join(", ")),
                units.iter().map(|unit| Value::from(unit.as_str())).collect(),
            )
        }
    }
}

//! What one invoice adds to the sums.
//!
//! Invariant: a pure function of the invoice and its decisions; adding and taking back the same
//! cells leaves nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::invoice_row::{Direction, State, due_skonto};

/// A kind of sum, as it stands in the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Received, by month of receipt; the bucket is the channel.
    Received,
    /// What the check came to, by month of receipt; the bucket is the verdict.
    Verdict,
    /// Rules that were violated, by month of receipt; the bucket is the rule.
    Rule,
    /// Invoices of a seller that were rejected by the check; the bucket is rule and seller.
    SellerRule,
    /// From receipt to the payment order, by month of the order; the bucket is the number of days.
    ToOrdered,
    /// From receipt to payment, by month of payment; the bucket is the number of days.
    ToPaid,
    /// Paid in time or late, by month of payment; the bucket is `on_time` or `late`.
    Punctual,
    /// Cash discount, by month of payment; the bucket is `won` or `lost`, the sum what was saved or could have been.
    Discount,
    /// What was taken off invoices before they were certified, by month of receipt; the bucket is empty.
    Reduced,
    /// What waits for somebody, by day of receipt; the bucket is the state.
    Open,
}

impl Measure {
    /// As it stands in the column.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Verdict => "verdict",
            Self::Rule => "rule",
            Self::SellerRule => "seller_rule",
            Self::ToOrdered => "to_ordered",
            Self::ToPaid => "to_paid",
            Self::Punctual => "punctual",
            Self::Discount => "discount",
            Self::Reduced => "reduced",
            Self::Open => "open",
        }
    }
}

/// Where something is added.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The month, or the day.
    pub period: String,
    /// The kind of sum.
    pub measure: String,
    /// The unit; empty: none yet.
    pub unit: String,
    /// What is told apart within.
    pub bucket: String,
}

/// What is added: how many, and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Amount {
    /// How many.
    pub n: i64,
    /// Cents.
    pub cents: i64,
}

impl Amount {
    /// Adds another.
    pub fn add(&mut self, other: Self) {
        self.n += other.n;
        self.cents += other.cents;
    }
}

/// Sums by place.
pub type Cells = BTreeMap<Place, Amount>;

/// Adds `more` to `sums`, `sign` times; what becomes nothing goes away.
pub fn add(sums: &mut Cells, more: &Cells, sign: i64) {
    for (place, amount) in more {
        let sum = sums.entry(place.clone()).or_default();
        sum.n += sign * amount.n;
        sum.cents += sign * amount.cents;
        if *sum == Amount::default() {
            sums.remove(place);
        }
    }
}

/// What the figures ask of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns are described in the migration")]
pub struct Facts {
    pub received_at: Timestamp,
    pub channel: String,
    pub direction: Direction,
    pub state: State,
    pub unit: Option<String>,
    pub verdict: Option<String>,
    pub seller: Option<String>,
    pub due: Option<Date>,
    pub discount: Option<Date>,
    pub discount_cents: i64,
    /// What the document demands.
    pub payable_cents: i64,
    /// What was taken off it.
    pub reduced_cents: i64,
    /// When its payment was ordered.
    pub ordered_at: Option<Timestamp>,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// Rules that it violates, each once.
    pub rules: Vec<String>,
}

impl Facts {
    /// What this invoice adds. Outgoing invoices are another matter.
    #[must_use]
    pub fn cells(&self) -> Cells {
        let mut cells = Cells::new();
        if self.direction == Direction::Outgoing {
            return cells;
        }
        let received = crate::day_of(self.received_at);
        let due_cents = self.payable_cents.saturating_sub(self.reduced_cents);
        let discount_cents = due_skonto(self.discount_cents, self.payable_cents, self.reduced_cents).unwrap_or(0);
        let mut put = |measure: Measure, period: String, bucket: &str, cents: i64| {
            let place = Place {
                period,
                measure: measure.text().to_owned(),
                unit: self.unit.clone().unwrap_or_default(),
                bucket: bucket.to_owned(),
            };
            let sum = cells.entry(place).or_default();
            sum.n += 1;
            sum.cents += cents;
        };
        put(Measure::Received, month(received), &self.channel, self.payable_cents);
        if let Some(verdict) = &self.verdict {
            put(Measure::Verdict, month(received), verdict, 0);
        }
        if self.reduced_cents != 0 {
            put(Measure::Reduced, month(received), "", self.reduced_cents);
        }
        for rule in &self.rules {
            put(Measure::Rule, month(received), rule, 0);
            if let Some(seller) = &self.seller {
                put(Measure::SellerRule, month(received), &format!("{rule}|{seller}"), 0);
            }
        }
        if self.state.is_open() {
            put(Measure::Open, received.to_string(), self.state.text(), due_cents);
        }
        if let Some(ordered) = self.ordered_at.map(crate::day_of) {
            put(Measure::ToOrdered, month(ordered), &days(received, ordered), 0);
        }
        if let Some(paid) = self.paid_at.map(crate::day_of) {
            put(Measure::ToPaid, month(paid), &days(received, paid), 0);
            if let Some(due) = self.due {
                put(Measure::Punctual, month(paid), if paid <= due { "on_time" } else { "late" }, due_cents);
            }
            if let Some(discount) = self.discount.filter(|_| discount_cents > 0) {
                put(Measure::Discount, month(paid), if paid <= discount { "won" } else { "lost" }, discount_cents);
            }
        }
        cells
    }
}

/// `2026-11`
#[must_use]
pub fn month(day: Date) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

/// Days between, as a bucket; never negative.
fn days(from: Date, to: Date) -> String {
    from.until(to).map_or(0, |span| span.get_days()).clamp(0, 9_999).to_string()
}

//! The traffic light as a condition on dates.
//!
//! The workflow says how pressing the deadlines of one invoice are (`workflow::deadline`). For a
//! list of a million that must be a range of dates: for a given day the light only depends on where
//! a date lies, so three dates bound it.
//!
//! Invariant: for each invoice the condition holds exactly where `workflow::deadline::pressing` shows
//! the light; a test compares them.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::terms::{Sql, midnight};
use crate::invoice_row::State;
use crate::workflow::calendar::{Region, working_days_between};
use crate::workflow::deadline::{Light, pay_by};

/// In these states somebody still has to do something in time.
pub const PRESSING: [State; 4] = [State::Received, State::Coded, State::Certified, State::Ordered];

/// Dates that bound the lights of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Deadlines before this date have passed.
    pub open: Date,
    /// The last date that is red, if it has not passed.
    pub red: Date,
    /// The last date that is yellow.
    pub yellow: Date,
}

impl Bounds {
    /// The bounds of `today`, where the light turns yellow so many working days before the end.
    #[must_use]
    pub fn of(today: Date, region: Region, yellow: i32) -> Self {
        let first = |good: &dyn Fn(Date) -> bool| {
            // `pay_by` never goes back by more than some days over holidays, and never forward.
            let mut day = today;
            while !good(day) && day < Date::MAX {
                day = day.saturating_add(1.day());
            }
            day
        };
        Self {
            open: first(&|day| pay_by(day) >= today),
            red: before(first(&|day| pay_by(day) > today)),
            yellow: before(first(&|day| {
                let last = pay_by(day);
                last > today && working_days_between(region, today, last) > yellow
            })),
        }
    }

    /// Writes the condition of a light, for invoices in the states [`PRESSING`].
    pub(super) fn write(&self, light: Light, sql: &mut Sql) {
        let (open, red, yellow) = (self.open, self.red, self.yellow);
        sql.push("(");
        match light {
            Light::Red => {
                any(sql, open, red);
                // All have passed.
                sql.push(" or (");
                due(sql, FIRST, before(open));
                sql.push(" and (skonto_date is null or skonto_date || '' < ").arg(open).push("))");
            }
            Light::Yellow => {
                any(sql, open.max(next(red)), yellow);
                sql.push(" and not ");
                any(sql, open, red);
            }
            Light::Green => {
                any(sql, next(yellow), LAST);
                sql.push(" and not ");
                any(sql, open, yellow);
            }
        }
        sql.push(")");
    }

    /// Ranges of dates outside of which nothing has this light: an index finds them.
    pub(super) fn ranges(&self, light: Light) -> Option<(Date, Date)> {
        match light {
            Light::Red => Some((FIRST, self.red)),
            Light::Yellow => Some((self.open, self.yellow)),
            Light::Green => None,
        }
    }
}

const FIRST: Date = Date::constant(1, 1, 1);
const LAST: Date = Date::constant(9999, 12, 31);

fn before(day: Date) -> Date {
    day.saturating_sub(1.day())
}

fn next(day: Date) -> Date {
    day.saturating_add(1.day())
}

/// One of the deadlines lies in `from..=to`.
fn any(sql: &mut Sql, from: Date, to: Date) {
    sql.push("(");
    due(sql, from, to);
    // Without a date the comparison is null, which `not` would keep.
    sql.push(" or (skonto_date is not null and skonto_date || '' >= ").arg(from);
    sql.push(" and skonto_date || '' <= ").arg(to).push("))");
}

/// The due date, or thirty days after receipt where there is none, lies in `from..=to`.
fn due(sql: &mut Sql, from: Date, to: Date) {
    sql.push("((due_date is not null and due_date || '' >= ").arg(from);
    sql.push(" and due_date || '' <= ").arg(to);
    sql.push(") or (due_date is null and received_at + 0 >= ").arg(received(from));
    sql.push(" and received_at + 0 < ").arg(received(next(to))).push("))");
}

/// When an invoice without a due date was received that falls due on `day`.
pub(super) fn received(due: Date) -> jiff::Timestamp {
    midnight(due.saturating_sub(30.days()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_of_a_friday_before_a_long_weekend() {
        // 2026-04-02 is the Thursday before Easter.
        let bounds = Bounds::of(Date::constant(2026, 4, 2), Region::Niedersachsen, 5);
        // A transfer of that day arrives on the Tuesday after.
        assert_eq!(bounds.red, Date::constant(2026, 4, 7));
        assert!(bounds.open <= bounds.red && bounds.red < bounds.yellow);
    }
}

//! What to pay now: each invoice as late as it costs nothing, so that money stays, and as early as a
//! discount is saved.
//!
//! Invariant: nothing is proposed before it must be paid, and nothing that must be paid before the next
//! run is left out.

use jiff::ToSpan;
use jiff::civil::Date;
use vir_core::{Lang, Text};
use vir_web::format;

use super::target::last_target_day_until;
use crate::invoice_row::InvoiceRow;

/// The dates of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dates {
    /// When it came in.
    pub received: Option<Date>,
    /// When it is due (BT-9).
    pub due: Option<Date>,
    /// Last day of the discount.
    pub skonto: Option<Date>,
    /// What the discount saves, in cents.
    pub skonto_cents: i64,
}

impl Dates {
    /// Those of a row of the register.
    #[must_use]
    pub fn of(row: &InvoiceRow) -> Self {
        Self {
            received: Some(crate::day_of(row.received_at)),
            due: row.due_date,
            skonto: row.skonto_date,
            skonto_cents: row.due_skonto_cents().unwrap_or(0),
        }
    }
}

/// What is proposed for an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Pay it in this run.
    pub pay: bool,
    /// Take the discount.
    pub discount: bool,
    /// Why, or why not yet.
    pub why: Text,
    /// By when the bank has to execute.
    pub pay_by: Option<Date>,
}

/// Proposes for one invoice: `execution` is the day of this run, `next` that of the next one.
#[must_use]
pub fn propose(dates: &Dates, execution: Date, next: Date) -> Proposal {
    // Money is on its way for up to one banking day (§ 675s BGB), so the day before counts.
    let in_time = |last: Date| last_target_day_until(last.yesterday().unwrap_or(last));
    let skonto = dates.skonto.filter(|_| dates.skonto_cents > 0);
    if let Some(last) = skonto.filter(|last| in_time(*last) >= execution) {
        let pay_by = in_time(last);
        let pay = pay_by < next;
        let why = if pay {
            dated("Skonto bis", "discount until", last)
        } else {
            dated("Skonto läuft noch bis", "discount runs until", last)
        };
        return Proposal { pay, discount: true, why, pay_by: Some(pay_by) };
    }
    // Without a date, 30 days after it came in (§ 286 (3) BGB).
    let due = dates.due.or_else(|| dates.received.and_then(|day| day.checked_add(30.days()).ok()));
    let Some(due) = due else {
        let why = Text::new("ohne Fälligkeit", "no due date");
        return Proposal { pay: true, discount: false, why, pay_by: None };
    };
    let pay_by = in_time(due);
    let why = if due < execution {
        dated("überfällig seit", "overdue since", due)
    } else {
        dated("fällig am", "due on", due)
    };
    Proposal { pay: pay_by < next, discount: false, why, pay_by: Some(pay_by) }
}

/// Words and a day, each as its readers write it.
fn dated(de: &str, en: &str, day: Date) -> Text {
    let day = |lang| format::date(day, lang);
    Text::owned(format!("{de} {}", day(Lang::De)), format!("{en} {}", day(Lang::En)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn as_late_as_it_costs_nothing() {
        let (execution, next) = (date(2026, 11, 23), date(2026, 11, 30));
        let day = |day: i8| Some(date(2026, 11, day));
        let december = Some(date(2026, 12, 20));
        for (due, skonto, cents, expect) in [
            (december, None, 0, (false, false)),
            (december, day(27), 100, (true, true)),
            (december, Some(date(2026, 12, 10)), 100, (false, true)),
            // The discount cannot be had any more: it waits for its due date.
            (december, day(20), 100, (false, false)),
            (december, day(27), 0, (false, false)),
            (day(28), None, 0, (true, false)),
            (day(1), None, 0, (true, false)),
            // Due on Monday: the next run on that day would be too late.
            (day(30), None, 0, (true, false)),
        ] {
            let dates = Dates { received: None, due, skonto, skonto_cents: cents };
            let proposal = propose(&dates, execution, next);
            assert_eq!((proposal.pay, proposal.discount), expect, "{dates:?}");
        }
        assert!(propose(&Dates::default(), execution, next).pay);
    }
}

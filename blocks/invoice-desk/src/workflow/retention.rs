//! How long an invoice is kept.
//!
//! `KomHKVO` § 41 (2): vouchers are kept for ten years, and the time begins on 1 January of the year that follows the
//! council's resolution on the annual accounts. So the end is unknown until the council has resolved: an event, not a
//! date. § 14b UStG (eight years from the end of the year of issue) always ends earlier.
//!
//! Invariant: an invoice whose financial year has no recorded resolution has no end of retention.

use jiff::civil::{Date, date};

/// Years that a voucher is kept.
pub const YEARS: i16 = 10;

/// The time for which the invoices of a financial year are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// The first day of the time.
    pub begins: Date,
    /// The last day on which they must still be there.
    pub ends: Date,
}

/// The time that follows from the day of the council's resolution.
///
/// ```
/// let day = |text: &str| text.parse().unwrap();
/// let kept = vir_invoice_desk::workflow::retention::retention(day("2027-06-15"));
/// assert_eq!((kept.begins, kept.ends), (day("2028-01-01"), day("2037-12-31")));
/// ```
#[must_use]
pub fn retention(resolved: Date) -> Retention {
    let first = resolved.year().saturating_add(1).min(9999 - YEARS);
    Retention { begins: date(first, 1, 1), ends: date(first + YEARS - 1, 12, 31) }
}

/// May it be disposed of on this day?
#[must_use]
pub fn may_dispose(resolved: Option<Date>, today: Date) -> bool {
    resolved.is_some_and(|resolved| today > retention(resolved).ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_years_to_the_day() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        for (resolved, begins, ends) in [
            ("2027-06-15", "2028-01-01", "2037-12-31"),
            ("2027-01-01", "2028-01-01", "2037-12-31"),
            ("2027-12-31", "2028-01-01", "2037-12-31"),
            ("2028-02-29", "2029-01-01", "2038-12-31"),
        ] {
            let kept = retention(day(resolved));
            assert_eq!((kept.begins, kept.ends), (day(begins), day(ends)), "{resolved}");
            assert!(!may_dispose(Some(day(resolved)), kept.ends), "the last day is kept");
            assert!(may_dispose(Some(day(resolved)), kept.ends.tomorrow().unwrap()));
        }
        assert!(!may_dispose(None, day("2199-01-01")), "without a resolution nothing ends");
        assert_eq!(retention(Date::MAX).ends.year(), 9998);
    }
}

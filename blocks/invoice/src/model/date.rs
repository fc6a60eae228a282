//! A calendar date, as invoices have it: no time, no zone.
//!
//! Invariant: a [`Date`] exists in the Gregorian calendar.

use std::fmt;
use std::str::FromStr;

/// A calendar date.
///
/// ```
/// use vir_invoice::model::Date;
/// let date: Date = "2026-02-28".parse().unwrap();
/// assert_eq!((date.year(), date.month(), date.day()), (2026, 2, 28));
/// assert!("2026-02-29".parse::<Date>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// The text is no date of the form `2026-12-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date: year, month and day are expected, like 2026-12-31")]
pub struct ParseDateError;

impl Date {
    /// The date, where there is such a day.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        ((1..=9999).contains(&year) && (1..=days).contains(&day)).then_some(Self { year, month, day })
    }

    /// The year, 1 to 9999.
    #[must_use]
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    #[must_use]
    pub fn day(self) -> u8 {
        self.day
    }

    /// The day so many days later; none after the year 9999.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Option<Self> {
        // Days since 1 March of the year 0, by which leap days end their years.
        let (year, month) = if self.month > 2 {
            (i64::from(self.year), i64::from(self.month) - 3)
        } else {
            (i64::from(self.year) - 1, i64::from(self.month) + 9)
        };
        let count = year * 365 + year.div_euclid(4) - year.div_euclid(100)
            + year.div_euclid(400)
            + (153 * month + 2) / 5
            + i64::from(self.day)
            - 1
            + i64::from(days);
        let era = count.div_euclid(146_097);
        let in_era = count.rem_euclid(146_097);
        let year_in_era = (in_era - in_era / 1460 + in_era / 36_524 - in_era / 146_096) / 365;
        let in_year = in_era - (365 * year_in_era + year_in_era / 4 - year_in_era / 100);
        let shifted = (5 * in_year + 2) / 153;
        let day = u8::try_from(in_year - (153 * shifted + 2) / 5 + 1).ok()?;
        let month = u8::try_from(if shifted < 10 { shifted + 3 } else { shifted - 9 }).ok()?;
        let year = year_in_era + era * 400 + i64::from(month <= 2);
        u16::try_from(year).ok().filter(|year| *year <= 9999).and_then(|year| Self::new(year, month, day))
    }

    /// Reads `20261231`, the format 102 of UN/EDIFACT.
    #[must_use]
    pub fn from_compact(text: &str) -> Option<Self> {
        let [y1, y2, y3, y4, m1, m2, d1, d2] = text.as_bytes() else {
            return None;
        };
        Self::from_digits(&[*y1, *y2, *y3, *y4], [*m1, *m2], [*d1, *d2])
    }

    /// Writes `20261231`, the format 102 of UN/EDIFACT.
    #[must_use]
    pub fn to_compact(self) -> String {
        format!("{:04}{:02}{:02}", self.year, self.month, self.day)
    }

    fn from_digits(year: &[u8; 4], month: [u8; 2], day: [u8; 2]) -> Option<Self> {
        let number = |digits: &[u8]| {
            digits.iter().try_fold(0_u16, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u16::from(b - b'0')))
        };
        let small = |digits: [u8; 2]| number(&digits).and_then(|n| u8::try_from(n).ok());
        Self::new(number(year)?, small(month)?, small(day)?)
    }
}

impl FromStr for Date {
    type Err = ParseDateError;

    /// Reads `2026-12-31`.
    fn from_str(text: &str) -> Result<Self, ParseDateError> {
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
            return Err(ParseDateError);
        };
        Self::from_digits(&[*y1, *y2, *y3, *y4], [*m1, *m2], [*d1, *d2]).ok_or(ParseDateError)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_over_leap_days() {
        for (day, days, expect) in [
            ("2026-01-01", 14, Some("2026-01-15")),
            ("2024-02-28", 1, Some("2024-02-29")),
            ("2026-02-28", 1, Some("2026-03-01")),
            ("1999-12-31", 366, Some("2000-12-31")),
            ("2026-11-22", 0, Some("2026-11-22")),
            ("9999-12-31", 1, None),
            ("2026-01-01", u32::MAX, None),
        ] {
            let day: Date = day.parse().unwrap();
            assert_eq!(day.plus_days(days).map(|day| day.to_string()).as_deref(), expect);
        }
    }

    #[test]
    fn knows_the_calendar() {
        for text in ["2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"] {
            let date: Date = text.parse().unwrap();
            assert_eq!(date.to_string(), text);
            assert_eq!(Date::from_compact(&date.to_compact()), Some(date));
        }
        for text in [
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-00-01",
            "2024-04-31",
            "24-01-01",
            "2024-1-01",
            "0000-01-01",
            "",
        ] {
            assert_eq!(text.parse::<Date>(), Err(ParseDateError), "{text}");
        }
        assert_eq!(Date::from_compact("2024010"), None);
        assert_eq!(Date::from_compact("2024०१"), None);
    }
}

//! A day of the calendar, in which all terms are counted.
//!
//! Which day it is depends on the place; whoever asks says it. Years from 1 to 9999.
//!
//! Invariant: every [`Day`] exists; arithmetic that would leave the calendar stops at its last day.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::moment::Moment;

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// A text that is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a day of the form YYYY-MM-DD")]
pub struct NoDay;

/// A length of time in calendar months; twelve make a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// Whole years.
    #[serde(default)]
    pub years: u16,
    /// Months beyond them.
    #[serde(default)]
    pub months: u16,
}

impl Period {
    /// So many years.
    #[must_use]
    pub const fn years(years: u16) -> Self {
        Self { years, months: 0 }
    }

    /// So many months.
    #[must_use]
    pub const fn months(months: u16) -> Self {
        Self { years: 0, months }
    }
}

const LAST: (i64, i64, i64) = (9999, 12, 31);

impl Day {
    /// A day by year, month and day; none where there is no such day.
    #[must_use]
    pub fn new(year: i64, month: i64, day: i64) -> Option<Self> {
        let midnight = Moment::utc((year, month, day), (0, 0, 0), 0).filter(|_| (1..=9999).contains(&year))?;
        i32::try_from(midnight.unix().div_euclid(86_400)).ok().map(Self)
    }

    /// The last day of the calendar.
    fn last() -> Self {
        Self::new(LAST.0, LAST.1, LAST.2).expect("the last day exists")
    }

    /// Year, month and day.
    #[must_use]
    pub fn date(self) -> (i64, i64, i64) {
        Moment::from_unix(i64::from(self.0) * 86_400).date()
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i64 {
        self.date().0
    }

    /// The day of a moment in UTC.
    #[must_use]
    pub fn of(moment: Moment) -> Option<Self> {
        let (year, month, day) = moment.date();
        Self::new(year, month, day)
    }

    /// 1 January of the year after.
    #[must_use]
    pub fn next_new_year(self) -> Self {
        Self::new(self.year() + 1, 1, 1).unwrap_or_else(Self::last)
    }

    /// So many days later, or earlier.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        let first = Self::new(1, 1, 1).expect("the first day exists");
        Self(self.0.saturating_add(days)).clamp(first, Self::last())
    }

    /// How many days lie between.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// The day with the same number after a period; where that month has no such day, its last one (BGB § 188 (3)).
    #[must_use]
    pub fn plus(self, period: Period) -> Self {
        let (year, month, day) = self.date();
        let months = year * 12 + month - 1 + i64::from(period.years) * 12 + i64::from(period.months);
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
        // Every month has one of these.
        (day.min(28)..=day).rev().find_map(|day| Self::new(year, month, day)).unwrap_or_else(Self::last)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl Day {
    /// As Germans write it: 31.12.2026.
    #[must_use]
    pub fn german(self) -> String {
        let (year, month, day) = self.date();
        format!("{day:02}.{month:02}.{year:04}")
    }
}

impl FromStr for Day {
    type Err = NoDay;

    fn from_str(text: &str) -> Result<Self, NoDay> {
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 10
            && bytes.iter().enumerate().all(|(at, byte)| match at {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        let number = |from: usize, to: usize| text.get(from..to).and_then(|digits| digits.parse().ok());
        let read = || Self::new(number(0, 4)?, number(5, 7)?, number(8, 10)?);
        if shaped { read().ok_or(NoDay) } else { Err(NoDay) }
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn periods_end_on_the_day_with_the_same_number() {
        for (from, years, months, expect) in [
            ("2020-02-29", 1, 0, "2021-02-28"),
            ("2020-02-29", 4, 0, "2024-02-29"),
            ("2026-01-31", 0, 1, "2026-02-28"),
            ("2026-01-30", 0, 13, "2027-02-28"),
            ("2026-12-31", 10, 0, "2036-12-31"),
            ("9990-06-01", 60, 0, "9999-12-31"),
        ] {
            assert_eq!(day(from).plus(Period { years, months }).to_string(), expect, "{from}");
        }
    }

    #[test]
    fn days_are_read_as_they_are_written() {
        assert_eq!(day("2024-02-29").next_new_year(), day("2025-01-01"));
        assert_eq!(day("1970-01-01").plus_days(-1), day("1969-12-31"));
        assert_eq!(day("2026-11-22").german(), "22.11.2026");
        for text in ["2025-02-29", "2025-2-01", "0000-01-01", "2025-01-01 ", "20250101", "２025-01-01", ""] {
            assert_eq!(text.parse::<Day>(), Err(NoDay), "{text}");
        }
    }
}

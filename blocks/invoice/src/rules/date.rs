//! `xs:date` as XPath 2 compares it.
//!
//! Invariant: what is accepted here is what the official chain's processor accepts; without a time
//! zone a date is taken as UTC, as that chain runs in UTC.

use super::eval::{Abort, Eval, XPath};
use crate::names::Name;
use crate::xml::{Element, trim};

/// A date as the point in time at which it begins, in minutes; ordered and compared as XPath does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    minutes: i64,
}

/// `xs:date("…")`.
///
/// # Errors
/// [`Abort::Cast`] where it is no date.
pub fn date(text: &str) -> Eval<Date> {
    read(trim(text)).ok_or_else(|| Abort::Cast { element: None, text: text.to_owned(), to: "xs:date" })
}

/// `xs:date(path)`: none for none.
///
/// # Errors
/// [`Abort`] where there are several, or it is no date.
pub fn date_at(element: Element<'_>, path: &'static [Name]) -> Eval<Option<Date>> {
    element.one(path)?.map(|found| date(&found.text()).map_err(|abort| abort.at(found))).transpose()
}

fn read(text: &str) -> Option<Date> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let year_len = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    let (year, rest) = unsigned.split_at(year_len);
    if year_len < 4 || (year_len > 4 && year.starts_with('0')) {
        return None;
    }
    let year = i64::from(year.parse::<i32>().ok()?);
    let year = if negative { -year } else { year };
    let (month, rest) = two_digits(rest.strip_prefix('-')?)?;
    let (day, rest) = two_digits(rest.strip_prefix('-')?)?;
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return None;
    }
    Some(Date { minutes: day_number(year, month, day) * 24 * 60 - zone(rest)? })
}

/// The offset of a time zone in minutes; zero where none is given.
fn zone(text: &str) -> Option<i64> {
    if matches!(text, "" | "Z") {
        return Some(0);
    }
    let (hours, rest) = two_digits(text.strip_prefix(['+', '-'])?)?;
    let (minutes, rest) = two_digits(rest.strip_prefix(':')?)?;
    if !rest.is_empty() || hours > 14 || minutes > 59 {
        return None;
    }
    let offset = hours * 60 + minutes;
    Some(if text.starts_with('-') { -offset } else { offset })
}

fn two_digits(text: &str) -> Option<(i64, &str)> {
    let digits = text.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some((digits.parse().ok()?, &text[2..]))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since the first of March of the year 0; counting from March puts the leap day last.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (month * 153 + 2) / 5 + day - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_the_official_processor_reads_them() {
        for (text, expect) in [
            ("2020-01-01", true),
            (" 2020-01-01\n", true),
            ("\u{a0}2020-01-01", false),
            ("2020-01-01Z", true),
            ("2020-01-01z", false),
            ("2020-01-01 Z", false),
            ("2020-01-01+14:59", true),
            ("2020-01-01-15:00", false),
            ("2020-01-01+5:00", false),
            ("2020-01-01+0100", false),
            ("2020-01-01+00:60", false),
            ("2020-01-01T00:00:00", false),
            ("12020-01-01", true),
            ("02020-01-01", false),
            ("0000-01-01", true),
            ("-0004-02-29", true),
            ("+2020-01-01", false),
            ("2147483648-01-01", false),
            ("2147483647-01-01", true),
            ("999-01-01", false),
            ("2019-02-29", false),
            ("1900-02-29", false),
            ("2000-02-29", true),
            ("2020-04-31", false),
            ("2020-1-01", false),
            ("20200101", false),
            ("2020-01-ä1", false),
            ("", false),
        ] {
            assert_eq!(date(text).is_ok(), expect, "{text:?}");
        }
    }

    #[test]
    fn dates_are_ordered_by_their_beginning() {
        let ordered =
            ["-0001-12-31", "0000-01-01", "2019-12-31", "2020-02-28", "2020-02-29", "2020-03-01", "2020-03-02-14:00"];
        for pair in ordered.windows(2) {
            assert!(date(pair[0]).unwrap() < date(pair[1]).unwrap(), "{pair:?}");
        }
        assert_eq!(date("2020-01-01"), date("2020-01-01Z"));
        assert!(date("2020-01-01+01:00").unwrap() < date("2020-01-01").unwrap());
    }
}

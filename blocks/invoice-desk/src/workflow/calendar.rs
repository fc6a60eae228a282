//! The calendar of the desk: public holidays of the two states, working days, and days on which banks pay.
//!
//! Deadlines of people count working days; payment dates count bank days. The two differ: banks pay on
//! Reformation Day and on Ascension Day, and an office works on neither.
//!
//! Sources: `NFeiertagsG` § 2 (Niedersachsen) and the law on Sundays and holidays of Bremen § 2 (both with
//! Reformation Day since 2018; 2017 it was one everywhere, once); the closing days of TARGET, decided by the European
//! Central Bank for all years from 2002. The date of Easter after Gauss, Lichtenberg and Meeus.
//!
//! Invariant: every function terminates within a fortnight's worth of days for each day that it is asked to move,
//! because no run of holidays is longer than five days.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use vir_core::Phrase;

/// A state of the Federal Republic whose holidays count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Region {
    /// Lower Saxony.
    #[default]
    Niedersachsen,
    /// Free Hanseatic City of Bremen.
    Bremen,
}

impl Region {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Niedersachsen, Self::Bremen];

    /// As it is stored: the state's code of ISO 3166-2.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Niedersachsen => "DE-NI",
            Self::Bremen => "DE-HB",
        }
    }

    /// Reads [`Region::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|region| region.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::Niedersachsen => Phrase::new("Niedersachsen", "Lower Saxony"),
            Self::Bremen => Phrase::new("Bremen", "Bremen"),
        }
    }
}

/// A public holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holiday {
    /// The day.
    pub date: Date,
    /// Its name.
    pub name: Phrase,
}

/// Easter Sunday of a year of the Gregorian calendar.
///
/// # Panics
/// For a year outside of 1583 to 9999, which no invoice has.
#[must_use]
pub fn easter(year: i16) -> Date {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    let day = (h + l - 7 * m + 33 * month + 19) % 32;
    let part = |value: i32| i8::try_from(value).expect("the formula gives a month of 3 or 4 and a day of 1 to 31");
    date(year, part(month), part(day))
}

/// A day so many days after Easter Sunday.
fn after_easter(year: i16, days: i32) -> Date {
    easter(year).saturating_add(days.days())
}

/// The public holidays of a year, in the order of the calendar.
#[must_use]
pub fn holidays(region: Region, year: i16) -> Vec<Holiday> {
    let mut days = vec![
        (date(year, 1, 1), Phrase::new("Neujahr", "New Year's Day")),
        (after_easter(year, -2), Phrase::new("Karfreitag", "Good Friday")),
        (after_easter(year, 1), Phrase::new("Ostermontag", "Easter Monday")),
        (date(year, 5, 1), Phrase::new("Tag der Arbeit", "Labour Day")),
        (after_easter(year, 39), Phrase::new("Christi Himmelfahrt", "Ascension Day")),
        (after_easter(year, 50), Phrase::new("Pfingstmontag", "Whit Monday")),
        (date(year, 10, 3), Phrase::new("Tag der Deutschen Einheit", "Day of German Unity")),
        (date(year, 12, 25), Phrase::new("1. Weihnachtstag", "Christmas Day")),
        (date(year, 12, 26), Phrase::new("2. Weihnachtstag", "Boxing Day")),
    ];
    let reformation_since = match region {
        Region::Niedersachsen | Region::Bremen => 2018,
    };
    if year == 2017 || year >= reformation_since {
        days.push((date(year, 10, 31), Phrase::new("Reformationstag", "Reformation Day")));
    }
    days.sort_by_key(|(date, _)| *date);
    days.into_iter().map(|(date, name)| Holiday { date, name }).collect()
}

/// Does an office work on this day?
#[must_use]
pub fn is_working_day(region: Region, day: Date) -> bool {
    !is_weekend(day) && !holidays(region, day.year()).iter().any(|holiday| holiday.date == day)
}

/// Do banks carry out payments on this day? The closing days of TARGET.
#[must_use]
pub fn is_bank_day(day: Date) -> bool {
    let closed = matches!((day.month(), day.day()), (1, 1) | (5, 1) | (12, 25 | 26))
        || day == after_easter(day.year(), -2)
        || day == after_easter(day.year(), 1);
    !is_weekend(day) && !closed
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The day itself, or the next one on which an office works (§ 193 BGB).
#[must_use]
pub fn working_day_from(region: Region, day: Date) -> Date {
    walk(day, 1, |day| is_working_day(region, day))
}

/// The day itself, or the last one before it on which banks pay.
#[must_use]
pub fn bank_day_until(day: Date) -> Date {
    walk(day, -1, is_bank_day)
}

/// The day itself, or the next one on which banks pay.
#[must_use]
pub fn bank_day_from(day: Date) -> Date {
    walk(day, 1, is_bank_day)
}

/// So many working days after a day; before it for a negative number.
#[must_use]
pub fn add_working_days(region: Region, day: Date, count: i32) -> Date {
    add(day, count, |day| is_working_day(region, day))
}

/// So many bank days after a day; before it for a negative number.
#[must_use]
pub fn add_bank_days(day: Date, count: i32) -> Date {
    add(day, count, is_bank_day)
}

/// How many working days begin after `from` and not after `to`; negative where `to` is before `from`.
#[must_use]
pub fn working_days_between(region: Region, from: Date, to: Date) -> i32 {
    if to < from {
        return -working_days_between(region, to, from);
    }
    // Beyond ten years nobody waits for the count, and a hostile date must not make a long walk.
    let limit = from.saturating_add(3660.days()).min(to);
    let mut day = from;
    let mut count = 0;
    while day < limit {
        day = day.saturating_add(1.day());
        count += i32::from(is_working_day(region, day));
    }
    count
}

fn walk(mut day: Date, step: i32, good: impl Fn(Date) -> bool) -> Date {
    while !good(day) {
        let next = day.saturating_add(step.days());
        if next == day {
            break;
        }
        day = next;
    }
    day
}

fn add(mut day: Date, count: i32, good: impl Fn(Date) -> bool) -> Date {
    let step = count.signum();
    for _ in 0..count.unsigned_abs() {
        day = walk(day.saturating_add(step.days()), step, &good);
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn easter_is_where_the_almanac_has_it() {
        for (year, expect) in [
            (1818, "1818-03-22"),
            (1943, "1943-04-25"),
            (1954, "1954-04-18"),
            (1981, "1981-04-19"),
            (2000, "2000-04-23"),
            (2008, "2008-03-23"),
            (2011, "2011-04-24"),
            (2018, "2018-04-01"),
            (2024, "2024-03-31"),
            (2025, "2025-04-20"),
            (2026, "2026-04-05"),
            (2027, "2027-03-28"),
            (2038, "2038-04-25"),
            (2049, "2049-04-18"),
            (2076, "2076-04-19"),
        ] {
            assert_eq!(easter(year), day(expect), "{year}");
        }
    }

    #[test]
    fn the_holidays_of_2026() {
        let expect = [
            "2026-01-01",
            "2026-04-03",
            "2026-04-06",
            "2026-05-01",
            "2026-05-14",
            "2026-05-25",
            "2026-10-03",
            "2026-10-31",
            "2026-12-25",
            "2026-12-26",
        ];
        for region in Region::ALL {
            let found: Vec<Date> = holidays(region, 2026).iter().map(|holiday| holiday.date).collect();
            assert_eq!(found, expect.map(day));
        }
    }

    #[test]
    fn reformation_day_began_in_2018() {
        for (year, expect) in [(2016, false), (2017, true), (2018, true), (2030, true)] {
            let found = !is_working_day(Region::Niedersachsen, date(year, 10, 31)) && !is_weekend(date(year, 10, 31));
            let weekend = is_weekend(date(year, 10, 31));
            assert_eq!(found, expect && !weekend, "{year}");
        }
    }

    #[test]
    fn banks_and_offices_close_on_different_days() {
        let region = Region::Niedersachsen;
        for (text, works, pays) in [
            ("2026-05-14", false, true),  // Ascension Day
            ("2026-05-25", false, true),  // Whit Monday
            ("2025-10-31", false, true),  // Reformation Day, a Friday
            ("2026-04-03", false, false), // Good Friday
            ("2026-12-24", true, true),   // Christmas Eve is a working day for both
            ("2026-12-31", true, true),
            ("2026-11-22", false, false), // a Sunday
        ] {
            assert_eq!((is_working_day(region, day(text)), is_bank_day(day(text))), (works, pays), "{text}");
        }
    }

    #[test]
    fn counting_goes_over_holidays() {
        let region = Region::Niedersachsen;
        assert_eq!(add_working_days(region, day("2026-04-02"), 1), day("2026-04-07"), "over Easter");
        assert_eq!(add_working_days(region, day("2026-04-07"), -1), day("2026-04-02"));
        assert_eq!(add_working_days(region, day("2026-12-23"), 3), day("2026-12-29"));
        assert_eq!(add_bank_days(day("2026-05-13"), 1), day("2026-05-14"));
        assert_eq!(working_day_from(region, day("2026-10-31")), day("2026-11-02"));
        assert_eq!(bank_day_until(day("2026-12-27")), day("2026-12-24"));
        assert_eq!(bank_day_from(day("2026-12-25")), day("2026-12-28"));
        assert_eq!(working_days_between(region, day("2026-04-01"), day("2026-04-08")), 3);
        assert_eq!(working_days_between(region, day("2026-04-08"), day("2026-04-01")), -3);
        assert_eq!(working_days_between(region, day("2026-04-08"), day("2026-04-08")), 0);
    }

    #[test]
    fn the_ends_of_time_end() {
        assert_eq!(add_working_days(Region::Bremen, Date::MAX, 5), Date::MAX);
        assert!(working_days_between(Region::Bremen, day("2026-01-01"), Date::MAX) < 3000);
    }
}

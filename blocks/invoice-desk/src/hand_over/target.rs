//! The days on which banks execute credit transfers: the TARGET calendar.
//!
//! Source: European Central Bank, closing days of TARGET: Saturdays, Sundays, 1 January, Good Friday,
//! Easter Monday, 1 May, 25 and 26 December. Holidays of the state do not matter to it.
//!
//! Invariant: [`execution_day`] gives a day on which TARGET is open, never before the day asked for.

use jiff::civil::{Date, Weekday, date};

/// Is TARGET open?
#[must_use]
pub fn is_target_day(day: Date) -> bool {
    if matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
        return false;
    }
    if matches!((day.month(), day.day()), (1, 1) | (5, 1) | (12, 25 | 26)) {
        return false;
    }
    let Some(easter) = easter(day.year()) else { return true };
    let from_easter = day.since(easter).map_or(99, |span| span.get_days());
    from_easter != -2 && from_easter != 1
}

/// The first day from `wanted` on at which the bank executes.
#[must_use]
pub fn execution_day(wanted: Date) -> Date {
    std::iter::successors(Some(wanted), |day| day.tomorrow().ok()).find(|day| is_target_day(*day)).unwrap_or(wanted)
}

/// The last TARGET day up to `latest`: when a payment has to be executed to arrive in time.
#[must_use]
pub fn last_target_day_until(latest: Date) -> Date {
    std::iter::successors(Some(latest), |day| day.yesterday().ok()).find(|day| is_target_day(*day)).unwrap_or(latest)
}

/// Easter Sunday, after Gauss in the form of Butcher.
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    Date::new(year, i8::try_from(n / 31).ok()?, i8::try_from(n % 31 + 1).ok()?).ok()
}

/// The first day of Germany that a moment lies in.
#[must_use]
pub fn german_day(now: jiff::Timestamp) -> Date {
    jiff::tz::TimeZone::get("Europe/Berlin").map_or(date(1970, 1, 1), |zone| now.to_zoned(zone).date())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_days() {
        for (year, month, day, open) in [
            (2026, 4, 3, false), // Good Friday
            (2026, 4, 6, false), // Easter Monday
            (2026, 4, 2, true),  // Maundy Thursday
            (2026, 5, 1, false),
            (2026, 5, 14, true), // Ascension Day: the town hall is closed, TARGET is not
            (2026, 12, 24, true),
            (2026, 12, 25, false),
            (2026, 11, 22, false), // a Sunday
            (2026, 11, 23, true),
            (2027, 3, 26, false), // Good Friday
        ] {
            assert_eq!(is_target_day(date(year, month, day)), open, "{year}-{month}-{day}");
        }
        assert_eq!(execution_day(date(2026, 12, 25)), date(2026, 12, 28));
        assert_eq!(last_target_day_until(date(2026, 4, 6)), date(2026, 4, 2));
    }
}

//! When somebody is told: pure, with the time as a parameter.
//!
//! Invariant: no digest on a day on which nobody works, and at most one for each period.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::choice::{Choice, Rhythm};
use crate::workflow::calendar::{Region, is_working_day, working_day_from};

/// How long what is told at once is gathered, so that a lively talk is one mail.
pub const BUNDLE: SignedDuration = SignedDuration::from_mins(10);

/// An occasion for a digest: the period makes that it comes once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// `2026-11-23`, or `2026-W48` for a week.
    pub period: String,
    /// When.
    pub at: Timestamp,
}

fn germany() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC)
}

/// This minute of a day in Germany. Where the clocks skip it, the same time after the gap; where they show it twice, the
/// first time.
fn moment(day: Date, minute: i64) -> Timestamp {
    let midnight = day.to_datetime(jiff::civil::Time::midnight());
    let local: DateTime = midnight.checked_add(minute.minutes()).unwrap_or(midnight);
    germany().to_ambiguous_zoned(local).compatible().map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// The digest whose hour has come today, if any. Missed days are not made up for: what waited then still waits.
#[must_use]
pub fn occasion(choice: &Choice, region: Region, now: Timestamp) -> Option<Occasion> {
    let today = crate::day_of(now);
    if !is_working_day(region, today) {
        return None;
    }
    let (day, period) = match choice.rhythm {
        Rhythm::None => return None,
        Rhythm::Daily => (today, today.to_string()),
        Rhythm::Weekly => {
            let week = today.iso_week_date();
            let monday = today.saturating_sub(i64::from(today.weekday().to_monday_zero_offset()).days());
            let wished = monday.saturating_add(i64::from(choice.weekday - 1).days());
            // A holiday moves it to the next working day, but not out of its week.
            let day = working_day_from(region, wished);
            let last = monday.saturating_add(6.days());
            let day = if day > last { last_working_day(region, monday, last)? } else { day };
            (day, format!("{}-W{:02}", week.year(), week.week()))
        }
    };
    let at = moment(day, choice.at_minute);
    // Whoever was away on the day itself, say because the server stood still, gets it later in the week.
    (day <= today && now >= at).then_some(Occasion { period, at })
}

fn last_working_day(region: Region, monday: Date, last: Date) -> Option<Date> {
    let mut day = last;
    while day >= monday {
        if is_working_day(region, day) {
            return Some(day);
        }
        day = day.saturating_sub(1.day());
    }
    None
}

/// The first time from `earliest` on at which this person may be told at once.
#[must_use]
pub fn allowed(choice: &Choice, region: Region, earliest: Timestamp) -> Timestamp {
    let mut at = earliest;
    // Each turn leaves a quiet stretch or a free day; the longest row of free days is far shorter than this.
    for _ in 0..40 {
        let local = at.to_zoned(germany());
        let (day, minute) = (local.date(), i64::from(local.hour()) * 60 + i64::from(local.minute()));
        if !choice.free_days && !is_working_day(region, day) {
            at = moment(working_day_from(region, day), 0);
            continue;
        }
        let (from, to) = (choice.quiet_from, choice.quiet_to);
        let quiet = if from <= to { (from..to).contains(&minute) } else { minute >= from || minute < to };
        if !quiet {
            return at;
        }
        let end = if minute < to { day } else { day.saturating_add(1.day()) };
        let next = moment(end, to);
        // In the hour that clocks show twice, the end may seem to have passed.
        at = if next > at { next } else { at + SignedDuration::from_mins(1) };
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    const NDS: Region = Region::Niedersachsen;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn daily(minute: i64) -> Choice {
        Choice { at_minute: minute, ..Choice::default() }
    }

    #[test]
    fn the_digest_comes_on_working_days_after_its_hour() {
        let choice = Choice::default();
        for (now, expect) in [
            ("2026-11-23T06:29:59Z", None),               // Monday, 7:29:59
            ("2026-11-23T06:30:00Z", Some("2026-11-23")), // 7:30
            ("2026-11-23T22:30:00Z", Some("2026-11-23")), // 23:30: the server stood still until now
            ("2026-11-23T23:30:00Z", None),               // Tuesday, half past midnight
            ("2026-11-22T11:00:00Z", None),               // Sunday
            ("2026-12-25T11:00:00Z", None),               // Christmas Day, a Friday
            ("2026-12-24T11:00:00Z", Some("2026-12-24")),
            ("2026-10-31T11:00:00Z", None), // Reformation Day, a Saturday
            ("2025-10-31T11:00:00Z", None), // Reformation Day, a Friday
            ("2026-05-14T11:00:00Z", None), // Ascension Day
        ] {
            let found = occasion(&choice, NDS, at(now)).map(|found| found.period);
            assert_eq!(found.as_deref(), expect, "{now}");
        }
        assert_eq!(occasion(&Choice { rhythm: Rhythm::None, ..choice }, NDS, at("2026-11-23T11:00:00Z")), None);
    }

    #[test]
    fn clocks_that_change_neither_lose_nor_double_a_digest() {
        // Both changes are on Sundays, so only a region that works on Sundays would see them; the moment itself is tested.
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(moment(day("2026-03-29"), 150), at("2026-03-29T01:30:00Z"), "2:30 does not exist: 3:30");
        assert_eq!(moment(day("2026-10-25"), 150), at("2026-10-25T00:30:00Z"), "2:30 comes twice: the first");
        // The hour stays the same on the wall, before and after.
        let choice = daily(450);
        for (now, expect) in
            [("2026-03-27T06:30:00Z", true), ("2026-03-30T05:30:00Z", true), ("2026-03-30T05:29:00Z", false)]
        {
            assert_eq!(occasion(&choice, NDS, at(now)).is_some(), expect, "{now}");
        }
        for (now, expect) in
            [("2026-10-23T05:30:00Z", true), ("2026-10-26T06:30:00Z", true), ("2026-10-26T05:30:00Z", false)]
        {
            assert_eq!(occasion(&choice, NDS, at(now)).is_some(), expect, "{now}");
        }
    }

    #[test]
    fn the_weekly_digest_moves_over_holidays_within_its_week() {
        let weekly = |weekday| Choice { rhythm: Rhythm::Weekly, weekday, ..Choice::default() };
        for (weekday, now, expect) in [
            (1, "2026-11-23T06:30:00Z", Some("2026-W48")),
            (1, "2026-11-23T06:00:00Z", None),
            (1, "2026-11-25T06:00:00Z", Some("2026-W48")), // missed on Monday
            (3, "2026-11-24T12:00:00Z", None),
            (1, "2026-04-06T12:00:00Z", None), // Easter Monday
            (1, "2026-04-07T12:00:00Z", Some("2026-W15")),
            (5, "2026-12-24T12:00:00Z", Some("2026-W52")), // Friday is Christmas Day: the last working day before
            (5, "2026-12-23T12:00:00Z", None),
            (7, "2026-11-27T12:00:00Z", Some("2026-W48")), // Sunday is no working day
            (5, "2027-01-01T12:00:00Z", None),             // New Year's Day
            (4, "2026-12-31T12:00:00Z", Some("2026-W53")),
        ] {
            let found = occasion(&weekly(weekday), NDS, at(now)).map(|found| found.period);
            assert_eq!(found.as_deref(), expect, "{weekday} {now}");
        }
    }

    #[test]
    fn quiet_hours_are_quiet() {
        let choice = Choice::default();
        for (now, expect) in [
            ("2026-11-23T09:00:00Z", "2026-11-23T09:00:00Z"),
            ("2026-11-23T17:00:00Z", "2026-11-24T06:00:00Z"), // Monday 18:00 to Tuesday 7:00
            ("2026-11-23T04:00:00Z", "2026-11-23T06:00:00Z"),
            ("2026-11-20T18:00:00Z", "2026-11-23T06:00:00Z"), // over the weekend
            ("2026-11-22T11:00:00Z", "2026-11-23T06:00:00Z"),
            ("2026-12-24T19:00:00Z", "2026-12-28T06:00:00Z"), // over Christmas and the weekend after
            ("2026-03-27T19:00:00Z", "2026-03-30T05:00:00Z"), // over the change of the clocks
            ("2026-10-23T19:00:00Z", "2026-10-26T06:00:00Z"),
        ] {
            assert_eq!(allowed(&choice, NDS, at(now)), at(expect), "{now}");
        }
        let always = Choice { free_days: true, quiet_from: 0, quiet_to: 0, ..choice };
        assert_eq!(allowed(&always, NDS, at("2026-12-25T02:00:00Z")), at("2026-12-25T02:00:00Z"));
        let lunch = Choice { quiet_from: 720, quiet_to: 780, ..Choice::default() };
        assert_eq!(allowed(&lunch, NDS, at("2026-11-23T11:15:00Z")), at("2026-11-23T12:00:00Z"));
    }

    proptest::proptest! {
        #[test]
        fn what_is_allowed_is_not_quiet(seconds in 1_700_000_000_i64..1_900_000_000, from in 0_i64..1440, to in 0_i64..1440, free in proptest::bool::ANY) {
            let choice = Choice { quiet_from: from, quiet_to: to, free_days: free, ..Choice::default() };
            let earliest = Timestamp::from_second(seconds).unwrap();
            let found = allowed(&choice, NDS, earliest);
            proptest::prop_assert!(found >= earliest);
            let local = found.to_zoned(germany());
            let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
            let quiet = if from <= to { (from..to).contains(&minute) } else { minute >= from || minute < to };
            proptest::prop_assert!(!quiet);
            proptest::prop_assert!(free || is_working_day(NDS, local.date()));
        }
    }
}

//! The time of day, which enters the program here and nowhere else.

use vir_archive::moment::Moment;
use vir_pdf::Timestamp;

/// Now in UTC, or the moment that `SOURCE_DATE_EPOCH` fixes so that results can be reproduced.
pub fn now() -> Timestamp {
    at(seconds())
}

/// The same as seconds since 1970 began.
pub fn seconds() -> u64 {
    let fixed = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    #[expect(clippy::disallowed_methods, reason = "the clock has to enter somewhere")]
    fixed.unwrap_or_else(|| {
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs())
    })
}

/// The same for evidence.
pub fn moment() -> Moment {
    Moment::from_unix(i64::try_from(seconds()).unwrap_or(i64::MAX))
}

fn at(seconds: u64) -> Timestamp {
    let second_of_day = seconds % 86_400;
    // Years are counted from March, so that the leap day is the last of its year.
    let days = (seconds / 86_400).min(2_000_000) + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let small = |number: u64| u8::try_from(number).expect("parts of a date are small");
    Timestamp::utc(
        u16::try_from(year).expect("days are cut to a few thousand years"),
        small(month),
        small(day),
        small(second_of_day / 3600),
        small(second_of_day / 60 % 60),
        small(second_of_day % 60),
    )
    .expect("every second has a date")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_dates() {
        for (seconds, expect) in [
            (0, ((1970, 1, 1), (0, 0, 0))),
            (951_782_399, ((2000, 2, 28), (23, 59, 59))),
            (951_782_400, ((2000, 2, 29), (0, 0, 0))),
            (1_795_305_600, ((2026, 11, 22), (0, 0, 0))),
        ] {
            assert_eq!((at(seconds).date(), at(seconds).time()), expect, "{seconds}");
        }
        at(u64::MAX);
    }
}

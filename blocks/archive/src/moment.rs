//! A moment in Coordinated Universal Time, as certificates and time stamps write it.
//!
//! Time stamps order evidence, sometimes within one second; so fractions are kept. Nothing here asks a clock.
//!
//! Invariant: moments compare as the instants they mean; leap seconds count as the second before.

use std::fmt;

use crate::der::{DerError, Element, tag};

/// A moment: seconds since 1970 began, and nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    seconds: i64,
    nanos: u32,
}

const DAY: i64 = 86_400;

impl Moment {
    /// From seconds since 1970 began.
    #[must_use]
    pub const fn from_unix(seconds: i64) -> Self {
        Self { seconds, nanos: 0 }
    }

    /// Seconds since 1970 began.
    #[must_use]
    pub const fn unix(self) -> i64 {
        self.seconds
    }

    /// The last second of a day; the day must exist.
    #[must_use]
    pub const fn end_of_day(year: i64, month: i64, day: i64) -> Self {
        Self { seconds: days(year, month, day) * DAY + DAY - 1, nanos: 999_999_999 }
    }

    /// From a date and a time of day in UTC; none where there is no such moment.
    #[must_use]
    pub fn utc(date: (i64, i64, i64), time: (i64, i64, i64), nanos: u32) -> Option<Self> {
        let (year, month, day) = date;
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let longest = match month {
            2 => 28 + i64::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        let (hour, minute, second) = time;
        let exists = (1..=longest).contains(&day) && hour < 24 && minute < 60 && second <= 60 && nanos < 1_000_000_000;
        exists
            .then(|| Self { seconds: days(year, month, day) * DAY + hour * 3600 + minute * 60 + second.min(59), nanos })
    }

    /// Reads a UTCTime or GeneralizedTime.
    pub fn read(element: Element<'_>) -> Result<Self, DerError> {
        let malformed = DerError::Content("time");
        let text = std::str::from_utf8(element.content).map_err(|_| malformed)?;
        let (year, rest) = match element.tag {
            tag::UTC_TIME => {
                let year = number(text, 0, 2).ok_or(malformed)?;
                // RFC 5280, 4.1.2.5.1
                (if year < 50 { 2000 + year } else { 1900 + year }, text.get(2..))
            }
            tag::GENERALIZED_TIME => (number(text, 0, 4).ok_or(malformed)?, text.get(4..)),
            _ => return Err(DerError::Tag),
        };
        Self::rest(year, rest.ok_or(malformed)?).ok_or(malformed)
    }

    /// Reads a time as XML writes it (XML Schema, dateTime); one without zone is taken as UTC.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
        if !text.is_ascii() || !marks.iter().all(|(at, mark)| bytes.get(*at) == Some(mark)) {
            return None;
        }
        let mut plain: String = [5..7, 8..10, 11..13, 14..16].into_iter().map(|range| &text[range]).collect();
        let rest = text.get(17..)?;
        let zone = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
        plain.push_str(&rest[..zone]);
        plain.extend(rest[zone..].chars().filter(|one| *one != ':'));
        if zone == rest.len() {
            plain.push('Z');
        }
        number(rest, 0, 2)?;
        Self::rest(number(text, 0, 4)?, &plain)
    }

    /// The part behind the year: `MMDDHHMM[SS[.f]]` and a zone.
    fn rest(year: i64, text: &str) -> Option<Self> {
        let date = (year, number(text, 0, 2)?, number(text, 2, 2)?);
        let (hour, minute) = (number(text, 4, 2)?, number(text, 6, 2)?);
        let mut rest = text.get(8..)?;
        let mut second = 0;
        if let Some(seconds) = number(rest, 0, 2) {
            second = seconds;
            rest = rest.get(2..)?;
        }
        let mut nanos = 0;
        if let Some(fraction) = rest.strip_prefix(['.', ',']) {
            let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 {
                return None;
            }
            // What is finer than a nanosecond is cut.
            for place in 0..9 {
                let digit = if place < digits { fraction.as_bytes()[place] - b'0' } else { 0 };
                nanos = nanos * 10 + u32::from(digit);
            }
            rest = &fraction[digits..];
        }
        let offset = match rest.as_bytes() {
            b"Z" => 0,
            [sign @ (b'+' | b'-'), _, _, _, _] => {
                let minutes = number(rest, 1, 2)? * 60 + number(rest, 3, 2)?;
                if *sign == b'+' { minutes * 60 } else { -minutes * 60 }
            }
            _ => return None,
        };
        let local = Self::utc(date, (hour, minute, second), nanos)?;
        Some(Self { seconds: local.seconds - offset, ..local })
    }

    /// Year, month and day.
    #[must_use]
    pub fn date(self) -> (i64, i64, i64) {
        // Years are counted from March, so that the leap day is the last of its year.
        let days = self.seconds.div_euclid(DAY) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        (era * 400 + year_of_era + i64::from(month <= 2), month, day)
    }
}

/// Days since 1970 began.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn number(text: &str, from: usize, digits: usize) -> Option<i64> {
    let digits = text.get(from..from + digits)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.date();
        let second = self.seconds.rem_euclid(DAY);
        write!(f, "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)?;
        if self.nanos > 0 {
            let fraction = format!("{:09}", self.nanos);
            write!(f, ".{}", fraction.trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

impl serde::Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A text that is no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a moment of the form YYYY-MM-DDTHH:MM:SSZ")]
pub struct NoMoment;

/// Reads what [`fmt::Display`] writes, also with an offset.
impl std::str::FromStr for Moment {
    type Err = NoMoment;

    fn from_str(text: &str) -> Result<Self, NoMoment> {
        let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
        if text.len() > 64 || !marks.iter().all(|(at, mark)| text.as_bytes().get(*at) == Some(mark)) {
            return Err(NoMoment);
        }
        let time = text.get(17..).filter(|time| time.get(..2).is_some_and(|second| number(second, 0, 2).is_some()));
        let time = time.ok_or(NoMoment)?;
        // The other forms have no colon in the zone.
        let zone = time.find(['+', '-']).unwrap_or(time.len());
        let colon = time.get(zone + 3..zone + 4) == Some(":");
        let end = if colon { time[zone..].replacen(':', "", 1) } else { time[zone..].to_owned() };
        let digits = |from: usize| text.get(from..from + 2).unwrap_or_default();
        let rest: String = [digits(5), digits(8), digits(11), digits(14), &time[..zone], &end].concat();
        number(text, 0, 4).and_then(|year| Self::rest(year, &rest)).ok_or(NoMoment)
    }
}

impl<'de> serde::Deserialize<'de> for Moment {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::write;

    #[test]
    fn moments_are_read_as_they_are_shown() {
        for text in ["2016-12-06T15:10:37Z", "2000-02-29T23:59:59.25Z", "1969-12-31T23:59:59Z"] {
            assert_eq!(text.parse::<Moment>().unwrap().to_string(), text);
        }
        assert_eq!("2017-03-08T16:48:10-01:30".parse::<Moment>().unwrap().to_string(), "2017-03-08T18:18:10Z");
        for text in [
            "",
            "2016-12-06",
            "2016-12-06T15:10:37",
            "2016-13-06T15:10:37Z",
            "2016-12-06T15:10:37Z ",
            "2016-12-06T15:10:T37Z",
            "üüüü",
        ] {
            assert_eq!(text.parse::<Moment>(), Err(NoMoment), "{text}");
        }
    }

    #[test]
    fn times_are_read_as_they_are_written() {
        for (tag, text, expect) in [
            (tag::UTC_TIME, "161206151037Z", "2016-12-06T15:10:37Z"),
            (tag::UTC_TIME, "500101000000Z", "1950-01-01T00:00:00Z"),
            (tag::GENERALIZED_TIME, "20000229235959.25Z", "2000-02-29T23:59:59.25Z"),
            (tag::GENERALIZED_TIME, "20170308164810+0100", "2017-03-08T15:48:10Z"),
            (tag::GENERALIZED_TIME, "20170308164810.1234567891Z", "2017-03-08T16:48:10.123456789Z"),
        ] {
            let bytes = write::value(tag, &[text.as_bytes()]);
            assert_eq!(Moment::read(Element::only(&bytes).unwrap()).unwrap().to_string(), expect);
        }
        for (text, expect) in [
            ("2016-12-06T15:10:37Z", Some("2016-12-06T15:10:37Z")),
            ("2016-12-06T15:10:37.5+01:00", Some("2016-12-06T14:10:37.5Z")),
            ("2016-12-06T15:10:37", Some("2016-12-06T15:10:37Z")),
            ("2016-12-06T15:10", None),
            ("2016-13-06T15:10:37Z", None),
            ("2016-12-06 15:10:37Z", None),
            ("2016-12-06T15:1ü:37Z", None),
            ("", None),
        ] {
            assert_eq!(Moment::parse(text).map(|moment| moment.to_string()).as_deref(), expect, "{text}");
        }
        for text in ["20010229000000Z", "20010101250000Z", "20010101", "2001010100ü000Z", "20010101000000.Z"] {
            let bytes = write::value(tag::GENERALIZED_TIME, &[text.as_bytes()]);
            assert!(Moment::read(Element::only(&bytes).unwrap()).is_err(), "{text}");
        }
    }
}

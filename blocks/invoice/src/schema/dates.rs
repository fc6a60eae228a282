//! The lexical forms of dates, times and durations.
//!
//! Years have at least four digits, no superfluous zeros, may be negative and are never zero; a
//! time zone goes to fourteen hours; 24:00:00 is midnight; a date must exist in the calendar.
//!
//! Invariant: linear in the text, whatever stands in it.

type Form = Option<()>;

/// `2024-02-29`, with or without time zone.
pub(super) fn is_date(text: &[u8]) -> bool {
    let form = || -> Form {
        let (date, rest) = date(text)?;
        date.exists()?;
        zone_or_end(rest)
    };
    form().is_some()
}

/// `2024-02-29T12:00:00.5+01:00`.
pub(super) fn is_date_time(text: &[u8]) -> bool {
    let form = || -> Form {
        let (date, rest) = date(text)?;
        date.exists()?;
        let [b'T', rest @ ..] = rest else { return None };
        time(rest)
    };
    form().is_some()
}

/// `12:00:00.5+01:00`.
pub(super) fn is_time(text: &[u8]) -> bool {
    time(text).is_some()
}

/// `2024`.
pub(super) fn is_year(text: &[u8]) -> bool {
    let form = || -> Form {
        let (_, rest) = year(text)?;
        zone_or_end(rest)
    };
    form().is_some()
}

/// `2024-02`.
pub(super) fn is_year_month(text: &[u8]) -> bool {
    let form = || -> Form {
        let (year, rest) = year(text)?;
        let [b'-', rest @ ..] = rest else { return None };
        let (month, rest) = two_digits(rest)?;
        Date { year, month, day: 1 }.exists()?;
        zone_or_end(rest)
    };
    form().is_some()
}

/// `--02-29`.
pub(super) fn is_month_day(text: &[u8]) -> bool {
    let form = || -> Form {
        let (month, rest) = two_digits(text.strip_prefix(b"--")?)?;
        let (day, rest) = two_digits(rest.strip_prefix(b"-")?)?;
        Date { year: 2000, month, day }.exists()?;
        zone_or_end(rest)
    };
    form().is_some()
}

/// `--02`, and `--02--` as the first edition of the specification had it.
pub(super) fn is_month(text: &[u8]) -> bool {
    let form = || -> Form {
        let (month, rest) = two_digits(text.strip_prefix(b"--")?)?;
        Date { year: 2000, month, day: 1 }.exists()?;
        zone_or_end(rest.strip_prefix(b"--").unwrap_or(rest))
    };
    form().is_some()
}

/// `---29`.
pub(super) fn is_day(text: &[u8]) -> bool {
    let form = || -> Form {
        let (day, rest) = two_digits(text.strip_prefix(b"---")?)?;
        Date { year: 2000, month: 1, day }.exists()?;
        zone_or_end(rest)
    };
    form().is_some()
}

/// `-P1Y2M3DT4H5M6.7S`: at least one part, and one after a `T`.
pub(super) fn is_duration(text: &[u8]) -> bool {
    let form = || -> Form {
        let mut rest = text.strip_prefix(b"-").unwrap_or(text).strip_prefix(b"P")?;
        let mut parts = 0;
        for designator in [b'Y', b'M', b'D'] {
            if let Some(after) = counted(rest, designator) {
                rest = after;
                parts += 1;
            }
        }
        if let Some(after) = rest.strip_prefix(b"T") {
            rest = after;
            let before = parts;
            for designator in [b'H', b'M'] {
                if let Some(after) = counted(rest, designator) {
                    rest = after;
                    parts += 1;
                }
            }
            if let Some(seconds) = rest.strip_suffix(b"S") {
                let whole = seconds.iter().take_while(|b| b.is_ascii_digit()).count();
                match &seconds[whole..] {
                    [] if whole > 0 => {}
                    [b'.', fraction @ ..] if !fraction.is_empty() && fraction.iter().all(u8::is_ascii_digit) => {}
                    _ => return None,
                }
                rest = &[];
                parts += 1;
            }
            if parts == before {
                return None;
            }
        }
        (parts > 0 && rest.is_empty()).then_some(())
    };
    form().is_some()
}

/// Digits that fit 31 bits and the letter after them; gives what follows.
fn counted(text: &[u8], designator: u8) -> Option<&[u8]> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    number(&text[..digits], i32::MAX.into())?;
    match &text[digits..] {
        [letter, rest @ ..] if *letter == designator => Some(rest),
        _ => None,
    }
}

struct Date {
    year: i64,
    month: u32,
    day: u32,
}

impl Date {
    fn exists(&self) -> Form {
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        let days = match self.month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (self.year != 0 && (1..=days).contains(&self.day)).then_some(())
    }
}

fn date(text: &[u8]) -> Option<(Date, &[u8])> {
    let (year, rest) = year(text)?;
    let (month, rest) = two_digits(rest.strip_prefix(b"-")?)?;
    let (day, rest) = two_digits(rest.strip_prefix(b"-")?)?;
    Some((Date { year, month, day }, rest))
}

fn year(text: &[u8]) -> Option<(i64, &[u8])> {
    let unsigned = text.strip_prefix(b"-").unwrap_or(text);
    let digits = unsigned.iter().take_while(|b| b.is_ascii_digit()).count();
    if digits < 4 || (digits > 4 && unsigned[0] == b'0') {
        return None;
    }
    // The official validator keeps years in 32 bits, the sign included.
    let most = i64::from(i32::MAX) + i64::from(unsigned.len() < text.len());
    let value = number(&unsigned[..digits], most)?;
    (value != 0).then_some((value, &unsigned[digits..]))
}

/// The value of at least one digit, if it is no more than `most`.
fn number(digits: &[u8], most: i64) -> Option<i64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_i64, |value, digit| {
        let value = value * 10 + i64::from(digit - b'0');
        (value <= most).then_some(value)
    })
}

fn two_digits(text: &[u8]) -> Option<(u32, &[u8])> {
    match text {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', rest @ ..] => {
            Some((u32::from(tens - b'0') * 10 + u32::from(ones - b'0'), rest))
        }
        _ => None,
    }
}

fn time(text: &[u8]) -> Form {
    let (hour, rest) = two_digits(text)?;
    let (minute, rest) = two_digits(rest.strip_prefix(b":")?)?;
    let rest = rest.strip_prefix(b":")?;
    let length = rest.iter().take_while(|b| matches!(b, b'0'..=b'9' | b'.')).count();
    let (second, zone) = rest.split_at(length);
    let (_, fraction) = two_digits(second)?;
    match fraction {
        [] => {}
        [b'.', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {}
        _ => return None,
    }
    // As a floating-point number, because that is how the official validator compares it: enough
    // nines after 59 are 60 there.
    let second: f64 = std::str::from_utf8(second).ok()?.parse().ok()?;
    let midnight = hour == 24 && minute == 0 && second == 0.0;
    if (hour > 23 && !midnight) || minute > 59 || second >= 60.0 {
        return None;
    }
    zone_or_end(zone)
}

fn zone_or_end(text: &[u8]) -> Form {
    match text {
        [] | [b'Z'] => Some(()),
        [b'+' | b'-', rest @ ..] => {
            let (hours, rest) = two_digits(rest)?;
            let (minutes, rest) = two_digits(rest.strip_prefix(b":")?)?;
            let far = hours > 14 || (hours == 14 && minutes != 0) || minutes > 59;
            (rest.is_empty() && !far).then_some(())
        }
        _ => None,
    }
}

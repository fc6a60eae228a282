//! The values of XML Schema that messages use.
//!
//! Invariant: what is not of the form is nothing.

use crate::lifecycle::day::Day;

pub(super) fn flag(text: &str) -> Option<bool> {
    match text {
        "1" | "true" => Some(true),
        "0" | "false" => Some(false),
        _ => None,
    }
}

/// Is this a time zone, or none?
fn is_zone(text: &str) -> bool {
    match text.as_bytes() {
        b"" | b"Z" => true,
        [b'+' | b'-', hours @ .., b':', m1, m2] => {
            let number = |digits: &[u8]| std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u8>().ok());
            hours.len() == 2
                && number(hours).is_some_and(|hours| hours <= 14)
                && number(&[*m1, *m2]).is_some_and(|m| m < 60)
        }
        _ => false,
    }
}

/// A day of XML Schema; its zone is not taken over.
pub(super) fn date(text: &str) -> Option<Day> {
    let (day, zone) = (text.get(..10)?, text.get(10..)?);
    day.parse().ok().filter(|_| is_zone(zone))
}

/// Is this a time of XML Schema?
pub(in crate::xdomea) fn is_date_time(text: &str) -> bool {
    let parts = || {
        text.get(..10)?.parse::<Day>().ok()?;
        let time = text.get(10..)?.strip_prefix('T')?;
        let two = |from: usize| {
            let digits = time.get(from..from + 2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
            digits.parse::<u8>().ok()
        };
        let colons = time.get(2..3)? == ":" && time.get(5..6)? == ":";
        let sound = two(0)? < 24 && two(3)? < 60 && two(6)? < 60 && colons;
        let rest = time.get(8..)?;
        let zone = match rest.strip_prefix('.') {
            None => rest,
            Some(fraction) => {
                let zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
                (zone.len() < fraction.len()).then_some(zone)?
            }
        };
        Some(sound && is_zone(zone))
    };
    parts().unwrap_or(false)
}

//! Points in time as PDF and XMP write them.
//!
//! Invariant: a [`Timestamp`] always holds a possible date and time; the clock is never asked.

use std::fmt;

/// A date and time in a time zone, to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Timestamp {
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
    /// Minutes east of UTC.
    offset: i16,
}

impl Timestamp {
    /// A time in UTC; `None` where no such date or time exists.
    #[must_use]
    pub fn utc(year: u16, month: u8, day: u8, hour: u8, minute: u8, second: u8) -> Option<Self> {
        Self { year, month, day, hour, minute, second, offset: 0 }.checked()
    }

    /// The same reading of the clock in a zone that is `minutes` east of UTC.
    #[must_use]
    pub fn with_offset(self, minutes: i16) -> Option<Self> {
        Self { offset: minutes, ..self }.checked()
    }

    /// Year, month and day.
    #[must_use]
    pub fn date(self) -> (u16, u8, u8) {
        (self.year, self.month, self.day)
    }

    /// Hour, minute and second.
    #[must_use]
    pub fn time(self) -> (u8, u8, u8) {
        (self.hour, self.minute, self.second)
    }

    /// Minutes east of UTC.
    #[must_use]
    pub fn offset(self) -> i16 {
        self.offset
    }

    /// The form that PDF uses: `D:20260731120000+00'00'`.
    pub(crate) fn pdf(self) -> String {
        let (hours, minutes) = (self.offset.unsigned_abs() / 60, self.offset.unsigned_abs() % 60);
        let sign = if self.offset < 0 { '-' } else { '+' };
        format!(
            "D:{:04}{:02}{:02}{:02}{:02}{:02}{sign}{hours:02}'{minutes:02}'",
            self.year, self.month, self.day, self.hour, self.minute, self.second
        )
    }

    /// Reads PDF's form, in which everything after the year may be missing.
    pub(crate) fn from_pdf(text: &[u8]) -> Option<Self> {
        let text = text.trim_ascii();
        let text = text.strip_prefix(b"D:").unwrap_or(text);
        let mut rest = text;
        let mut number = |digits: usize, default: u16| -> Option<u16> {
            if rest.first().is_none_or(|b| !b.is_ascii_digit()) {
                return Some(default);
            }
            let (head, tail) = rest.split_at_checked(digits)?;
            rest = tail;
            head.iter().try_fold(0u16, |n, b| b.is_ascii_digit().then(|| n.saturating_mul(10) + u16::from(b - b'0')))
        };
        let year = number(4, 0)?;
        let [month, day] = [number(2, 1)?, number(2, 1)?];
        let [hour, minute, second] = [number(2, 0)?, number(2, 0)?, number(2, 0)?];
        let offset = match rest.split_first() {
            Some((sign @ (b'+' | b'-'), zone)) => {
                let mut parts = zone
                    .split(|b| *b == b'\'')
                    .map(|part| std::str::from_utf8(part).ok().and_then(|p| p.parse::<i16>().ok()).unwrap_or(0));
                let hours = parts.next().unwrap_or(0).clamp(0, 23);
                let minutes = parts.next().unwrap_or(0).clamp(0, 59);
                let minutes = hours * 60 + minutes;
                if *sign == b'-' { -minutes } else { minutes }
            }
            _ => 0,
        };
        if text.is_empty() || year == 0 {
            return None;
        }
        let [month, day, hour, minute, second] =
            [month, day, hour, minute, second].map(|n| u8::try_from(n).unwrap_or(u8::MAX));
        Self { year, month, day, hour, minute, second, offset }.checked()
    }

    fn checked(self) -> Option<Self> {
        let leap = self.year.is_multiple_of(4) && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        let days = match self.month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        let possible = self.year <= 9999
            && (1..=days).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
            && self.second < 60
            && self.offset.abs() < 24 * 60;
        possible.then_some(self)
    }
}

impl fmt::Display for Timestamp {
    /// ISO 8601, as XMP has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
            self.year, self.month, self.day, self.hour, self.minute, self.second
        )?;
        if self.offset == 0 {
            return f.write_str("Z");
        }
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn reads_what_pdf_writes() {
        for (text, expect) in [
            ("D:20260731120001+02'00'", Some("2026-07-31T12:00:01+02:00")),
            ("D:20260731120001-05'30", Some("2026-07-31T12:00:01-05:30")),
            ("D:20260731120001Z", Some("2026-07-31T12:00:01Z")),
            ("20260731", Some("2026-07-31T00:00:00Z")),
            ("D:2026", Some("2026-01-01T00:00:00Z")),
            ("D:20260230", None),
            ("D:20261", None),
            ("", None),
            ("yesterday", None),
        ] {
            let read = Timestamp::from_pdf(text.as_bytes());
            assert_eq!(read.map(|t| t.to_string()).as_deref(), expect, "{text}");
            if let Some(time) = read {
                assert_eq!(Timestamp::from_pdf(time.pdf().as_bytes()), Some(time));
            }
        }
    }
}

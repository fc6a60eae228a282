//! Amounts, dates and numbers as people of either language read and write them.
//!
//! Invariant: what [`amount`] writes, [`parse_amount`] reads; both are exact, in cents.

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use vir_core::Lang;

/// The time zone of all our users.
#[must_use]
pub fn german_time() -> TimeZone {
    TimeZone::get("Europe/Berlin").expect("the time zone database is compiled in")
}

/// A number with its thousands set apart: `1.234` or `1,234`.
#[must_use]
pub fn count(number: u64, lang: Lang) -> String {
    group(&number.to_string(), lang)
}

fn group(digits: &str, lang: Lang) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(lang.tr('.', ','));
        }
        out.push(digit);
    }
    out
}

/// Cents as an amount without its currency: `1.234,50` or `1,234.50`.
#[must_use]
pub fn cents(cents: i64, lang: Lang) -> String {
    let (sign, size) = (if cents < 0 { "\u{2212}" } else { "" }, cents.unsigned_abs());
    format!("{sign}{}{}{:02}", group(&(size / 100).to_string(), lang), lang.tr(',', '.'), size % 100)
}

/// Cents as an amount with its currency: `1.234,50 €`.
#[must_use]
pub fn amount(value: i64, currency: &str, lang: Lang) -> String {
    let unit = if currency == "EUR" { "€" } else { currency };
    format!("{}\u{a0}{unit}", cents(value, lang))
}

/// Reads an amount as people type it, into cents: `1.234,5`, `1,234.50`, `1234`, `-12,00 €`.
///
/// A single sign followed by exactly three digits separates thousands in the reader's language
/// (`1.234` is one thousand in German) and is a decimal sign in the other one, where it then has
/// too many decimals: `None`.
#[must_use]
pub fn parse_amount(text: &str, lang: Lang) -> Option<i64> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\u{2019}' && *c != '\'').collect();
    let text = text.trim_end_matches(['€']).trim_end_matches("EUR");
    let (negative, text) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (thousands, decimal) = lang.tr(('.', ','), (',', '.'));
    // The last sign that is not repeated is the decimal one; a lone sign before three digits is judged by language.
    let last = text.rfind(['.', ',']);
    let decimal_at = last.filter(|&at| {
        let sign = text[at..].chars().next().unwrap_or(decimal);
        let alone = text.matches(sign).count() == 1;
        let mixed = text.contains(thousands) && text.contains(decimal);
        alone && (mixed || sign == decimal || text.len() - at - 1 != 3)
    });
    let (whole, fraction) = decimal_at.map_or((text, ""), |at| (&text[..at], &text[at + 1..]));
    let groups: Vec<&str> = whole.split(['.', ',']).collect();
    let grouped = groups.len() == 1
        || (groups.iter().skip(1).all(|group| group.len() == 3) && (1..=3).contains(&groups.first()?.len()));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !grouped || !groups.iter().all(|group| digits(group)) || !digits(fraction) || fraction.len() > 2 {
        return None;
    }
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let whole: i64 = if whole.is_empty() { 0 } else { groups.concat().parse().ok()? };
    let fraction: i64 = format!("{fraction:0<2}").parse().ok()?;
    let value = whole.checked_mul(100)?.checked_add(fraction)?;
    Some(if negative { -value } else { value })
}

/// A day: `22.11.2026` or `22 Nov 2026`.
#[must_use]
pub fn date(day: civil::Date, lang: Lang) -> String {
    day.strftime(lang.tr("%d.%m.%Y", "%-d %b %Y")).to_string()
}

/// A day stored as `YYYY-MM-DD`; what is no day is given as it is.
#[must_use]
pub fn iso_date(text: &str, lang: Lang) -> String {
    text.parse::<civil::Date>().map_or_else(|_| text.to_owned(), |day| date(day, lang))
}

/// A moment, in German time: `22.11.2026, 06:11 Uhr`.
#[must_use]
pub fn date_time(moment: Timestamp, lang: Lang) -> String {
    let zoned = moment.to_zoned(german_time());
    zoned.strftime(lang.tr("%d.%m.%Y, %H:%M\u{a0}Uhr", "%-d %b %Y, %H:%M")).to_string()
}

/// A size of a file: `1,4 MB`.
#[must_use]
pub fn bytes(size: u64, lang: Lang) -> String {
    let sign = lang.tr(',', '.');
    match size {
        0..1_000 => format!("{size}\u{a0}{}", lang.tr("Byte", "bytes")),
        1_000..1_000_000 => format!("{}\u{a0}KB", size / 1_000),
        1_000_000..1_000_000_000 => {
            format!("{}{sign}{}\u{a0}MB", size / 1_000_000, size % 1_000_000 / 100_000)
        }
        _ => format!("{}{sign}{}\u{a0}GB", size / 1_000_000_000, size % 1_000_000_000 / 100_000_000),
    }
}

/// A moment as `<time>` takes it.
#[must_use]
pub fn time_element(moment: Timestamp, lang: Lang) -> maud::Markup {
    maud::html! { time datetime=(moment) { (date_time(moment, lang)) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_type_them() {
        for (text, lang, expect) in [
            ("1.234,50", Lang::De, Some(123_450)),
            ("1,234.50", Lang::De, Some(123_450)),
            ("1,234.50", Lang::En, Some(123_450)),
            ("1.234", Lang::De, Some(123_400)),
            ("1.234", Lang::En, None),
            ("1,234", Lang::En, Some(123_400)),
            ("12.5", Lang::De, Some(1_250)),
            ("12,5", Lang::De, Some(1_250)),
            ("1234", Lang::De, Some(123_400)),
            ("-12,00 €", Lang::De, Some(-1_200)),
            ("\u{2212}0,05", Lang::De, Some(-5)),
            (",5", Lang::De, Some(50)),
            ("1.234.567,89", Lang::De, Some(123_456_789)),
            ("1.2345,00", Lang::De, None),
            ("12,345", Lang::De, None),
            ("", Lang::De, None),
            ("abc", Lang::De, None),
            ("1,2,3", Lang::De, None),
            ("99999999999999999999", Lang::De, None),
        ] {
            assert_eq!(parse_amount(text, lang), expect, "{text} {lang:?}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for value in [0, 1, -1, 99, 100, 123_456, -98_765_432, 100_000_000_000] {
            for lang in [Lang::De, Lang::En] {
                assert_eq!(parse_amount(&amount(value, "EUR", lang), lang), Some(value), "{value}");
            }
        }
    }

    #[test]
    fn days_and_moments() {
        assert_eq!(iso_date("2026-03-01", Lang::De), "01.03.2026");
        assert_eq!(iso_date("2026-03-01", Lang::En), "1 Mar 2026");
        assert_eq!(iso_date("<b>", Lang::De), "<b>");
        let noon: Timestamp = "2026-07-01T10:00:00Z".parse().unwrap();
        assert_eq!(date_time(noon, Lang::De), "01.07.2026, 12:00\u{a0}Uhr");
    }
}

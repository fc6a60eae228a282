//! Numbers and dates as people of either language write them.
//!
//! Invariant: formatting never rounds; every digit of the source is shown.

use vir_core::{Decimal, Lang};

use crate::model::Date;

/// A number with separators: `-1.234,50` in German, `-1,234.50` in English. Decimals stay as they are.
#[must_use]
pub fn number(text: &str, lang: Lang) -> String {
    let (group, point) = match lang {
        Lang::De => ('.', ','),
        Lang::En => (',', '.'),
    };
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let mut out = String::with_capacity(text.len() + text.len() / 3 + 1);
    out.push_str(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(group);
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push(point);
        out.push_str(fraction);
    }
    out
}

/// An amount of money with its currency, at least two decimals: `1.234,50 EUR`.
#[must_use]
pub fn amount(value: &Decimal, currency: &str, lang: Lang) -> String {
    let mut text = value.to_string();
    let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    if decimals == 0 {
        text.push('.');
    }
    text.extend(std::iter::repeat_n('0', 2_usize.saturating_sub(decimals)));
    let mut out = number(&text, lang);
    if !currency.is_empty() {
        out.push('\u{A0}');
        out.push_str(currency);
    }
    out
}

/// A date: `31.12.2026` in German, `31 December 2026` in English.
#[must_use]
pub fn date(date: Date, lang: Lang) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let iso = date.to_string();
    let mut parts = iso.splitn(3, '-');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(year), Some(month), Some(day)) if !year.is_empty() => match lang {
            Lang::De => format!("{day}.{month}.{year}"),
            Lang::En => {
                let name = month.parse::<usize>().ok().and_then(|m| MONTHS.get(m.wrapping_sub(1)));
                format!("{} {} {year}", day.trim_start_matches('0'), name.unwrap_or(&month))
            }
        },
        _ => iso,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_get_separators_and_keep_their_digits() {
        for (text, de, en) in [
            ("0", "0", "0"),
            ("1234567.8900", "1.234.567,8900", "1,234,567.8900"),
            ("-123", "-123", "-123"),
            ("+007.5", "7,5", "7.5"),
            (".5", "0,5", "0.5"),
        ] {
            assert_eq!(number(text, Lang::De), de);
            assert_eq!(number(text, Lang::En), en);
        }
    }

    #[test]
    fn amounts_have_at_least_two_decimals() {
        for (text, expect) in [("5", "5,00\u{A0}EUR"), ("5.1", "5,10\u{A0}EUR"), ("5.123", "5,123\u{A0}EUR")] {
            assert_eq!(amount(&text.parse().unwrap(), "EUR", Lang::De), expect);
        }
    }

    #[test]
    fn dates_are_written_out() {
        let day: Date = "2026-03-01".parse().unwrap();
        assert_eq!(date(day, Lang::De), "01.03.2026");
        assert_eq!(date(day, Lang::En), "1 March 2026");
    }
}

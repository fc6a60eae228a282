//! Casts, text nodes and substrings as XPath 2 has them, beyond what [`eval`](super::eval) holds.
//!
//! Invariant: where the official expression would raise a dynamic error, the function returns
//! [`Abort`]; nowhere else.

use std::borrow::Cow;
use std::collections::HashSet;

use super::eval::{Abort, Eval, XPath, decimal, double};
use crate::names::Name;
use crate::xml::{Element, collapse, is_blank, trim};
use vir_core::Decimal;

/// `number("…")`: never an error, `NaN` for what is no number.
pub(crate) fn number(text: &str) -> f64 {
    double(text).unwrap_or(f64::NAN)
}

/// `"…" castable as xs:integer`.
pub(crate) fn is_integer(text: &str) -> bool {
    let digits = trim(text);
    let digits = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// The integer cast `xs:integer("…")`, as a decimal.
///
/// # Errors
/// [`Abort::Cast`] where it is no integer.
pub(crate) fn integer(text: &str) -> Eval<Decimal> {
    if is_integer(text) {
        return decimal(text);
    }
    Err(Abort::Cast { element: None, text: text.to_owned(), to: "xs:integer" })
}

/// `xs:date("…")` as minutes since 1 March of year 0, an absent time zone taken as UTC; `None` where
/// the text is no date.
pub(crate) fn date_minutes(text: &str) -> Option<i64> {
    let text = trim(text);
    let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let year_len = rest.bytes().take_while(u8::is_ascii_digit).count();
    let year = &rest[..year_len];
    let day_part = rest.as_bytes().get(year_len..year_len + 6)?;
    let two = |at: usize| -> Option<i64> {
        let (tens, ones) = (day_part[at], day_part[at + 1]);
        (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| i64::from((tens - b'0') * 10 + (ones - b'0')))
    };
    let formed = (4..=9).contains(&year_len)
        && (year_len == 4 || !year.starts_with('0'))
        && day_part[0] == b'-'
        && day_part[3] == b'-';
    if !formed {
        return None;
    }
    let (month, day) = (two(1)?, two(4)?);
    let year: i64 = year.parse::<i64>().ok().map(|year| if negative { -year } else { year })?;
    let leap = year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0);
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    // Years begin in March here, so that the leap day is the last of its year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let days = year * 365 + leaps + (month * 153 + 2) / 5 + day - 1;
    Some(days * 1440 - zone_minutes(&rest[year_len + 6..])?)
}

fn zone_minutes(zone: &str) -> Option<i64> {
    if zone.is_empty() || zone == "Z" {
        return Some(0);
    }
    let sign = match zone.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let two = |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok())?;
    let (hours, minutes): (i64, i64) = (two(hours)?, two(minutes)?);
    let valid = (hours < 14 && minutes < 60) || (hours == 14 && minutes == 0);
    valid.then_some(sign * (hours * 60 + minutes))
}

/// `xs:date("…")`; see [`date_minutes`].
///
/// # Errors
/// [`Abort::Cast`] where it is no date.
pub(crate) fn date(text: &str) -> Eval<i64> {
    date_minutes(text).ok_or_else(|| Abort::Cast { element: None, text: text.to_owned(), to: "xs:date" })
}

/// A sequence where one value at most is allowed.
///
/// # Errors
/// [`Abort::Repeated`] where there are several.
pub(crate) fn single<'a>(elements: impl IntoIterator<Item = Element<'a>>) -> Eval<Option<Element<'a>>> {
    let mut elements = elements.into_iter();
    let first = elements.next();
    match elements.next() {
        None => Ok(first),
        Some(second) => Err(Abort::Repeated { element: second.id() }),
    }
}

/// `normalize-space(elements)`: empty where there is none.
///
/// # Errors
/// [`Abort::Repeated`] where there are several.
pub(crate) fn norm_single<'a>(elements: impl IntoIterator<Item = Element<'a>>) -> Eval<Cow<'a, str>> {
    Ok(single(elements)?.map_or(Cow::Borrowed(""), XPath::norm_self))
}

/// `elements/text()` where one value at most is allowed: comments part text into several nodes.
///
/// # Errors
/// [`Abort::Repeated`] where there are several text nodes.
pub(crate) fn text_node<'a>(elements: impl IntoIterator<Item = Element<'a>>) -> Eval<Option<Cow<'a, str>>> {
    let mut found = None;
    for element in elements {
        for text in element.text_nodes() {
            if found.is_some() {
                return Err(Abort::Repeated { element: element.id() });
            }
            found = Some(text);
        }
    }
    Ok(found)
}

/// `normalize-space(elements/text())`.
///
/// # Errors
/// [`Abort::Repeated`] where there are several text nodes.
pub(crate) fn norm_text<'a>(elements: impl IntoIterator<Item = Element<'a>>) -> Eval<Cow<'a, str>> {
    Ok(text_node(elements)?.map_or(Cow::Borrowed(""), normalized))
}

/// A text with its white space collapsed.
pub(crate) fn normalized(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => collapse(text),
        Cow::Owned(text) => Cow::Owned(collapse(&text).into_owned()),
    }
}

/// `normalize-space(@name)`: empty where there is none.
pub(crate) fn norm_attr<'a>(element: Element<'a>, name: &str) -> Cow<'a, str> {
    element.attr(name).map_or(Cow::Borrowed(""), normalized)
}

/// `normalize-space(elements/@name)`.
///
/// # Errors
/// [`Abort::Repeated`] where several of the elements have the attribute.
pub(crate) fn norm_attrs<'a>(elements: impl IntoIterator<Item = Element<'a>>, name: &str) -> Eval<Cow<'a, str>> {
    Ok(single(elements.into_iter().filter(|element| element.attr(name).is_some()))?
        .map_or(Cow::Borrowed(""), |element| norm_attr(element, name)))
}

/// `@name = "…"`.
pub(crate) fn attr_is(element: Element<'_>, name: &str, value: &str) -> bool {
    element.attr(name).is_some_and(|attribute| attribute == value)
}

/// `substring(text, from, length)`, counted in characters, `from` at least 1.
pub(crate) fn substring(text: &str, from: usize, length: usize) -> &str {
    let rest = substring_from(text, from);
    rest.char_indices().nth(length).map_or(rest, |(end, _)| &rest[..end])
}

/// `substring(text, from)`, counted in characters, `from` at least 1.
pub(crate) fn substring_from(text: &str, from: usize) -> &str {
    text.char_indices().nth(from - 1).map_or("", |(start, _)| &text[start..])
}

/// `path[boolean(normalize-space(.))]`: has any of them more than white space?
pub(crate) fn filled(element: Element<'_>, path: &'static [Name]) -> bool {
    element.select(path).any(|found| !is_blank(&found.text()))
}

/// Is it nothing but digits from 0 to 9, so many of them?
pub(crate) fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|b| b.is_ascii_digit())
}

/// `a = b` over two sequences of texts: have they one in common?
pub(crate) fn intersect<'a>(a: impl Iterator<Item = Cow<'a, str>>, b: impl Iterator<Item = Cow<'a, str>>) -> bool {
    let b: HashSet<Cow<'a, str>> = b.collect();
    !b.is_empty() && a.into_iter().any(|text| b.contains(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_xml_schema() {
        for good in ["2024-02-29", " 2024-01-31Z ", "-0044-03-15", "2024-01-01+14:00", "12024-01-01", "0000-01-01"] {
            assert!(date_minutes(good).is_some(), "{good}");
        }
        for bad in ["2023-02-29", "2024-1-01", "20240101", "2024-01-32", "02024-01-01", "2024-01-01+14:01", "", "é24"]
        {
            assert!(date_minutes(bad).is_none(), "{bad}");
        }
        assert_eq!(date_minutes("2024-03-01"), date_minutes("2024-02-29").map(|day| day + 1440));
        assert_eq!(date_minutes("2024-01-01"), date_minutes("2023-12-31").map(|day| day + 1440));
        assert!(date_minutes("2024-01-01+01:00") < date_minutes("2024-01-01"));
    }

    #[test]
    fn substrings_count_characters() {
        assert_eq!(substring("ÄÖÜ", 2, 1), "Ö");
        assert_eq!(substring("DE", 1, 5), "DE");
        assert_eq!(substring_from("DE123", 3), "123");
        assert_eq!(substring_from("DE", 3), "");
    }

    #[test]
    fn integers_have_a_sign_and_digits() {
        assert!(is_integer(" +12 ") && is_integer("-0") && !is_integer("1.0") && !is_integer("") && !is_integer("1e2"));
    }
}

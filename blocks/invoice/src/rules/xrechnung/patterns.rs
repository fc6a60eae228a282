//! The regular expressions of the German rules, as hand-written matchers.
//!
//! Invariant: each gives what `matches()` gives with the official expression, where white space is
//! blank, tab, line feed and carriage return, and `.` is any character but the last two.

use std::borrow::Cow;

use crate::xml::{collapse, is_space};

/// At least three digits: what counts as a telephone number.
pub(crate) fn is_telephone(normalized: &str) -> bool {
    normalized.bytes().filter(u8::is_ascii_digit).count() >= 3
}

/// One `@`, something before it, and after it at least two labels parted by dots, none empty; no
/// white space anywhere.
pub(crate) fn is_email(normalized: &str) -> bool {
    if normalized.bytes().any(is_space) {
        return false;
    }
    let Some((local, domain)) = normalized.split_once('@') else { return false };
    !local.is_empty()
        && !domain.contains('@')
        && domain.contains('.')
        && domain.split('.').all(|label| !label.is_empty())
}

/// A URL with a scheme of at least two characters.
pub(crate) fn is_url(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else { return false };
    scheme.len() >= 2
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-'))
}

/// An IBAN of the right form with the right check digits. White space in it is ignored. Letters of the
/// account part count as written: small ones give other check digits than capital ones.
pub(crate) fn is_iban(text: &str) -> bool {
    let plain: Cow<'_, [u8]> = if text.bytes().any(is_space) {
        Cow::Owned(text.bytes().filter(|b| !is_space(*b)).collect())
    } else {
        Cow::Borrowed(text.as_bytes())
    };
    let formed = (4..=34).contains(&plain.len())
        && plain[..2].iter().all(u8::is_ascii_uppercase)
        && plain[2..4].iter().all(u8::is_ascii_digit)
        && plain[4..].iter().all(u8::is_ascii_alphanumeric);
    formed
        && plain[4..].iter().chain(&plain[..4]).fold(0_u32, |rest, &b| {
            let value = u32::from(if b > 64 { b - 55 } else { b - 48 });
            (rest * if value > 9 { 100 } else { 10 } + value) % 97
        }) == 1
}

/// The lines of payment terms that begin with `#`, with white space collapsed.
pub(crate) fn skonto_lines(note: &str) -> impl Iterator<Item = Cow<'_, str>> {
    note.split('\n').map(|line| collapse(line.strip_suffix('\r').unwrap_or(line))).filter(|line| line.starts_with('#'))
}

/// A complete statement of a cash discount on one line: `#SKONTO#TAGE=14#PROZENT=2.00#`, with a base
/// amount where it is not the amount due.
pub(crate) fn is_skonto(line: &str) -> bool {
    let parse = || {
        let rest = line.strip_prefix("#SKONTO#TAGE=")?;
        let rest = digits(rest)?.strip_prefix("#PROZENT=")?;
        let mut rest = two_decimals(digits(rest)?)?;
        if let Some(base) = rest.strip_prefix("#BASISBETRAG=") {
            rest = two_decimals(digits(base.strip_prefix('-').unwrap_or(base))?)?;
        }
        (rest == "#").then_some(())
    };
    parse().is_some()
}

/// What follows one or more digits.
fn digits(text: &str) -> Option<&str> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    (end > 0).then(|| &text[end..])
}

/// What follows a point and two digits.
fn two_decimals(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let formed = bytes.len() >= 3 && bytes[0] == b'.' && bytes[1].is_ascii_digit() && bytes[2].is_ascii_digit();
    formed.then(|| &text[3..])
}

/// Does a line break follow the last `#…#` of the payment terms, with only white space before it?
pub(crate) fn ends_skonto_with_line_break(note: &str) -> bool {
    let mut rest = note;
    let mut from = 0;
    for line in note.split(['\n', '\r']) {
        if let (Some(first), Some(last)) = (line.find('#'), line.rfind('#'))
            && last - first >= 2
        {
            rest = &note[from + last + 1..];
        }
        from += line.len() + 1;
    }
    rest.bytes().take_while(|b| is_space(*b)).any(|b| b == b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(matcher: fn(&str) -> bool, good: &[&str], bad: &[&str]) {
        good.iter().for_each(|text| assert!(matcher(text), "{text:?}"));
        bad.iter().for_each(|text| assert!(!matcher(text), "{text:?}"));
    }

    #[test]
    fn contacts() {
        claims(is_telephone, &["110", "+49 (0)1a2b3"], &["", "12", "\u{661}\u{662}\u{663}"]);
        claims(
            is_email,
            &["a@b.de", "a.b@c-d.e.f", "\u{A0}@b.c", ".@x.y"],
            &["", "a@b", "a@b.", "a@.b", "@b.c", "a@b@c.d", "a b@c.d", "a@b..c"],
        );
        claims(is_url, &["http://x", "ab:", "a+:b"], &["", "a:b", "1a:b", "x y:z", "www.example.org", " http://x"]);
    }

    #[test]
    fn ibans() {
        claims(
            is_iban,
            &["DE75512108001245126199", "DE75 5121 0800 1245 1261 99", "GB82WEST12345698765432"],
            &[
                "DE75512108001245126198",
                "de75512108001245126199",
                "",
                "DE7",
                "GB82west12345698765432",
                "DE75\u{A0}5121",
            ],
        );
    }

    #[test]
    fn cash_discounts() {
        claims(
            is_skonto,
            &["#SKONTO#TAGE=14#PROZENT=2.25#", "#SKONTO#TAGE=7#PROZENT=10.00#BASISBETRAG=-357.93#"],
            &[
                "#SKONTO#TAGE=14#PROZENT=2.25",
                "#SKONTO#TAGE=14#PROZENT=2#",
                "#Skonto#TAGE=1#PROZENT=2.00#",
                "#SKONTO#TAGE=#PROZENT=2.00#",
                "#SKONTO#TAGE=1#PROZENT=2.000#",
                "#SKONTO#TAGE=1#PROZENT=2.00##",
            ],
        );
        claims(
            ends_skonto_with_line_break,
            &["#SKONTO#TAGE=14#PROZENT=2.25#\n", "a\n#b#\n#c# \t\n x", "\n"],
            &["#a#", "#a# x\n", "", "x", "#a#\n#b#"],
        );
        assert_eq!(skonto_lines("x\r\n #a# \n\n#b").collect::<Vec<_>>(), ["#a#", "#b"]);
    }
}

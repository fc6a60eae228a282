//! Two small syntaxes of inventories: URIs as far as OCFL asks for them, and times after RFC 3339.
//!
//! Invariant: what is taken for a time is one of the calendar.

/// Is it an absolute URI (RFC 3986, 4.3: a scheme, a colon, and something of allowed characters)?
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let scheme_is_sound = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    // Letters beyond ASCII are those of an IRI, which maps to a URI.
    let rest_is_sound = !rest.is_empty()
        && rest.chars().all(|character| {
            !character.is_whitespace()
                && !character.is_control()
                && !matches!(character, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`')
        });
    scheme_is_sound && rest_is_sound
}

/// Is it a time after RFC 3339, section 5.6?
pub(super) fn is_time(text: &str) -> bool {
    time(text.as_bytes()).is_some()
}

fn time(text: &[u8]) -> Option<()> {
    let number = |from: usize, to: usize| -> Option<u32> {
        let digits = text.get(from..to)?;
        digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')))
    };
    let at =
        |place: usize, byte: u8| text.get(place).is_some_and(|found| found.eq_ignore_ascii_case(&byte)).then_some(());
    let within = |value: u32, low: u32, high: u32| (low..=high).contains(&value).then_some(());
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    for (place, byte) in [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')] {
        at(place, byte)?;
    }
    within(month, 1, 12)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    within(day, 1, days)?;
    within(number(11, 13)?, 0, 23)?;
    within(number(14, 16)?, 0, 59)?;
    within(number(17, 19)?, 0, 60)?;
    let mut place = 19;
    if text.get(place) == Some(&b'.') {
        let digits = text[place + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        place += 1 + digits;
        within(u32::try_from(digits).ok()?, 1, u32::MAX)?;
    }
    match text.get(place)? {
        b'Z' | b'z' => (text.len() == place + 1).then_some(()),
        b'+' | b'-' => {
            within(number(place + 1, place + 3)?, 0, 23)?;
            at(place + 3, b':')?;
            within(number(place + 4, place + 6)?, 0, 59)?;
            (text.len() == place + 6).then_some(())
        }
        _ => None,
    }
}

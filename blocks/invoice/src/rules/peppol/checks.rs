//! Check digits and forms of identifiers, as the Peppol rules compute them.
//!
//! Invariant: each function gives what the official function of the same purpose gives for every
//! text, also for texts that its callers usually keep from it.

use super::super::cast::{is_integer, number, substring, substring_from};
use super::super::eval::{Abort, Eval};

/// GS1 Global Location Number: only digits, the last one a check digit with weights 3 and 1.
pub(crate) fn is_gln(text: &str) -> bool {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let (body, check) = text.split_at(text.len() - 1);
    let sum: u64 = body.bytes().rev().zip([3, 1].iter().cycle()).map(|(b, weight)| u64::from(b - b'0') * weight).sum();
    (10 - sum % 10) % 10 == u64::from(check.as_bytes()[0] - b'0')
}

/// Norwegian organisation number: digits with a check digit modulo 11, and not zero.
pub(crate) fn is_mod11(text: &str) -> bool {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let (body, check) = text.split_at(text.len() - 1);
    let sum: u64 =
        body.bytes().rev().zip((2..8).cycle()).map(|(b, weight): (u8, u64)| u64::from(b - b'0') * weight).sum();
    text.bytes().any(|b| b != b'0') && (11 - sum % 11) % 11 == u64::from(check.as_bytes()[0] - b'0')
}

/// Belgian enterprise number: eight digits and 97 minus their remainder modulo 97.
pub(crate) fn is_mod97(text: &str) -> bool {
    let (Ok(body), Ok(check)) = (substring(text, 1, 8).parse::<u32>(), substring(text, 9, 2).parse::<u32>()) else {
        return false;
    };
    check == 97 - body % 97
}

/// Italian office code (Codice IPA): six letters or digits.
pub(crate) fn is_codice_ipa(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Italian tax code (Codice Fiscale): 16 characters of a fixed form, or an integer of 11.
pub(crate) fn is_codice_fiscale(text: &str) -> bool {
    match text.chars().count() {
        11 => is_integer(text),
        16 => {
            let letters = |from, length| substring(text, from, length).bytes().all(|b| b.is_ascii_alphabetic());
            letters(1, 6)
                && is_integer(substring(text, 7, 2))
                && letters(9, 1)
                && is_integer(substring(text, 10, 2))
                && is_integer(substring(text, 15, 1))
                && letters(16, 1)
        }
        _ => false,
    }
}

/// Italian VAT number (Partita IVA) where it begins with IT: eleven digits with a check digit.
///
/// # Errors
/// [`Abort::Cast`] where the official function reads a sign or blank as a digit.
pub(crate) fn is_partita_iva_if_italian(text: &str) -> Eval<bool> {
    if !matches!(substring(text, 1, 2), "IT" | "it") {
        return Ok(true);
    }
    let code = substring_from(text, 3);
    if code.chars().count() != 11 || !is_integer(code) {
        return Ok(false);
    }
    let mut sum = 0;
    for (at, byte) in code.bytes().enumerate() {
        if !byte.is_ascii_digit() {
            return Err(Abort::Cast { element: None, text: char::from(byte).to_string(), to: "xs:integer" });
        }
        let digit = usize::from(byte - b'0');
        sum += if at % 2 == 1 { usize::from(b"0246813579"[digit] - b'0') } else { digit };
    }
    Ok(sum % 10 == 0)
}

/// Australian Business Number: eleven characters, weighted sum divisible by 89.
pub(crate) fn is_abn(text: &str) -> bool {
    const WEIGHTS: [i64; 11] = [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19];
    let mut chars = text.chars();
    let mut sum = 0;
    for (at, weight) in WEIGHTS.into_iter().enumerate() {
        let Some(c) = chars.next() else { return false };
        sum += (i64::from(u32::from(c)) - if at == 0 { 49 } else { 48 }) * weight;
    }
    sum % 89 == 0
}

/// Greek tax number: nine digits, the last one a check digit; what follows them is not looked at.
pub(crate) fn is_greek_tin(text: &str) -> bool {
    let mut digits = [0_u32; 9];
    let mut chars = text.chars();
    for digit in &mut digits {
        let Some(value) = chars.next().and_then(|c| c.to_digit(10)) else { return false };
        *digit = value;
    }
    let sum: u32 = (0..8).map(|at| digits[at] << (8 - at)).sum();
    sum % 11 % 10 == digits[8]
}

/// Swedish organisation number: digits, the tenth one a check digit after Luhn.
///
/// # Errors
/// [`Abort::Cast`] where there are digits of other scripts, which the official function cannot add.
pub(crate) fn is_swedish_number(text: &str) -> Eval<bool> {
    if text.is_empty() || !text.chars().all(is_decimal_digit) {
        return Ok(false);
    }
    let main = substring(text, 1, 9);
    let mut sum = 0;
    for (at, c) in main.chars().rev().enumerate() {
        let digit = c.to_digit(10).ok_or(Abort::Cast { element: None, text: c.to_string(), to: "xs:integer" })?;
        sum += if at % 2 == 0 { digit * 2 % 10 + digit * 2 / 10 } else { digit };
    }
    Ok(f64::from((10 - sum % 10) % 10) == number(substring(text, 10, 1)))
}

/// The class `\d` of XPath regular expressions: decimal digits of any script.
fn is_decimal_digit(c: char) -> bool {
    c.is_ascii_digit()
        || DIGIT_ZEROS.iter().any(|zero| (u32::from(*zero)..u32::from(*zero) + 10).contains(&u32::from(c)))
        || ('\u{1D7CE}'..='\u{1D7FF}').contains(&c)
}

/// The zeros of the scripts that have ten digits in a row.
const DIGIT_ZEROS: &[char] = &[
    '\u{660}',
    '\u{6F0}',
    '\u{7C0}',
    '\u{966}',
    '\u{9E6}',
    '\u{A66}',
    '\u{AE6}',
    '\u{B66}',
    '\u{BE6}',
    '\u{C66}',
    '\u{CE6}',
    '\u{D66}',
    '\u{DE6}',
    '\u{E50}',
    '\u{ED0}',
    '\u{F20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17E0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19D0}',
    '\u{1A80}',
    '\u{1A90}',
    '\u{1B50}',
    '\u{1BB0}',
    '\u{1C40}',
    '\u{1C50}',
    '\u{A620}',
    '\u{A8D0}',
    '\u{A900}',
    '\u{A9D0}',
    '\u{A9F0}',
    '\u{AA50}',
    '\u{ABF0}',
    '\u{FF10}',
    '\u{104A0}',
    '\u{10D30}',
    '\u{11066}',
    '\u{110F0}',
    '\u{11136}',
    '\u{111D0}',
    '\u{112F0}',
    '\u{11450}',
    '\u{114D0}',
    '\u{11650}',
    '\u{116C0}',
    '\u{11730}',
    '\u{118E0}',
    '\u{11950}',
    '\u{11C50}',
    '\u{11D50}',
    '\u{11DA0}',
    '\u{16A60}',
    '\u{16AC0}',
    '\u{16B50}',
    '\u{1E140}',
    '\u{1E2F0}',
    '\u{1E950}',
    '\u{1FBF0}',
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_accept_the_right_number_and_no_neighbour() {
        type Check = fn(&str) -> bool;
        let cases: [(Check, &str, &[&str]); 7] = [
            (is_gln, "4012345500004", &["4012345500003", "", "40123455O0004"]),
            (is_mod11, "974760673", &["974760672", "000000000"]),
            (is_mod97, "0403019261", &["0403019262"]),
            (is_abn, "51824753556", &["51824753557", "5182475355"]),
            (is_greek_tin, "094259216", &["094259217", "09425921", "09425921x"]),
            (is_codice_ipa, "UF6PJ6", &["UF6PJ", "UF6PJ-", "UF6PJ66"]),
            (is_codice_fiscale, "RSSMRA85T10A562S", &["RSSMRA85T10A5625", "1234567890", "1234567890a"]),
        ];
        for (check, good, bad) in cases {
            assert!(check(good), "{good}");
            bad.iter().for_each(|bad| assert!(!check(bad), "{bad}"));
        }
    }

    #[test]
    fn functions_that_can_break_off_do_so_like_the_official_ones() {
        assert_eq!(is_partita_iva_if_italian("IT00743110157"), Ok(true));
        assert_eq!(is_partita_iva_if_italian("IT00743110158"), Ok(false));
        assert_eq!(is_partita_iva_if_italian("DE1"), Ok(true));
        assert!(is_partita_iva_if_italian("IT+1234567890").is_err());
        assert_eq!(is_swedish_number("5560360793"), Ok(true));
        assert_eq!(is_swedish_number("5560360794"), Ok(false));
        assert_eq!(is_swedish_number("55603A0793"), Ok(false));
        assert!(is_swedish_number("\u{665}560360793").is_err());
    }
}

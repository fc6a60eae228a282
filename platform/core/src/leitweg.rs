//! The Leitweg-ID: the address of a public buyer, and its check digits.
//!
//! Source: KoSIT, Formatspezifikation Leitweg-ID 2.0.2: coarse address (2 to 12 digits), fine address
//! (up to 30 letters and digits, may be missing), two check digits after ISO 7064 MOD 97-10.
//!
//! Invariant: a [`LeitwegId`] has right check digits.

use std::fmt;
use std::str::FromStr;

/// A Leitweg-ID with right check digits.
///
/// ```
/// use vir_core::leitweg::LeitwegId;
/// let id: LeitwegId = "991-33333TEST-33".parse().unwrap();
/// assert_eq!(id.coarse(), "991");
/// let error = "991-33333TEST-34".parse::<LeitwegId>().unwrap_err();
/// assert_eq!(error.to_string(), "the check digits of 991-33333TEST-34 are wrong: 33 expected");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LeitwegId {
    text: String,
    coarse: usize,
}

/// Why a text is no Leitweg-ID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LeitwegError {
    /// It does not have the parts of a Leitweg-ID.
    #[error("{0} is not of the form 04011000-ABC123-12")]
    Form(String),
    /// The check digits are wrong.
    #[error("the check digits of {text} are wrong: {expected} expected")]
    CheckDigits {
        /// The text.
        text: String,
        /// The right check digits.
        expected: String,
    },
}

impl LeitwegId {
    /// The coarse address: state, district, municipality.
    #[must_use]
    pub fn coarse(&self) -> &str {
        &self.text[..self.coarse]
    }

    /// The fine address, empty where there is none.
    #[must_use]
    pub fn fine(&self) -> &str {
        let rest = &self.text[self.coarse..self.text.len() - 3];
        rest.strip_prefix('-').unwrap_or(rest)
    }

    /// The check digits for a coarse and a fine address.
    #[must_use]
    pub fn check_digits(coarse: &str, fine: &str) -> String {
        format!("{:02}", 98 - remainder(coarse.bytes().chain(fine.bytes()).chain(*b"00")))
    }

    /// Has a text the form of a Leitweg-ID, whatever its check digits are? Buyer references of
    /// private buyers hardly ever have it.
    #[must_use]
    pub fn looks_like(text: &str) -> bool {
        parts(text).is_some()
    }
}

impl FromStr for LeitwegId {
    type Err = LeitwegError;

    fn from_str(text: &str) -> Result<Self, LeitwegError> {
        let form = || LeitwegError::Form(text.chars().take(60).collect());
        let (coarse, fine, check) = parts(text).ok_or_else(form)?;
        let expected = Self::check_digits(coarse, fine);
        if check != expected {
            return Err(LeitwegError::CheckDigits { text: text.to_owned(), expected });
        }
        Ok(Self { text: text.to_owned(), coarse: coarse.len() })
    }
}

impl fmt::Display for LeitwegId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn parts(text: &str) -> Option<(&str, &str, &str)> {
    let (rest, check) = text.rsplit_once('-')?;
    let (coarse, fine) = rest.split_once('-').unwrap_or((rest, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let form = digits(coarse)
        && (2..=12).contains(&coarse.len())
        && fine.len() <= 30
        && fine.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        && rest.contains('-') != fine.is_empty()
        && check.len() == 2
        && digits(check);
    form.then_some((coarse, fine, check))
}

/// The number that digits and letters (A is 10, Z is 35) make, modulo 97.
fn remainder(characters: impl Iterator<Item = u8>) -> u32 {
    characters.fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte.to_ascii_uppercase().wrapping_sub(b'A')) + 10) % 97,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn forms() {
        for (text, good) in [
            ("04011000-12345-03", true),
            ("991-33333TEST-33", true),
            ("04011000-12345-04", false),
            ("04011000--03", false),
            ("0-1-02", false),
            ("04011000-abc-03", false),
            ("", false),
            ("-", false),
            ("ä-ö-ü", false),
        ] {
            assert_eq!(text.parse::<LeitwegId>().is_ok(), good, "{text}");
        }
    }

    proptest! {
        #[test]
        fn computed_check_digits_are_right_and_no_others(coarse in "[0-9]{2,12}", fine in "[A-Z0-9]{0,30}", other in 0_u32..100) {
            let right = LeitwegId::check_digits(&coarse, &fine);
            let join = |check: &str| if fine.is_empty() { format!("{coarse}-{check}") } else { format!("{coarse}-{fine}-{check}") };
            let id: LeitwegId = join(&right).parse().unwrap();
            prop_assert_eq!((id.coarse(), id.fine()), (coarse.as_str(), fine.as_str()));
            let other = format!("{other:02}");
            prop_assert_eq!(join(&other).parse::<LeitwegId>().is_ok(), other == right);
        }
    }
}

//! The account to pay to: an IBAN whose country, length and check digits are right.
//!
//! Source: ISO 13616 (IBAN registry, lengths), ISO 7064 MOD 97-10, and the list of countries of the
//! SEPA schemes (EPC409-09). Only what a SEPA credit transfer can reach is an [`Iban`] here.
//!
//! Invariant: an [`Iban`] is stored without blanks, in capitals, and passes mod 97.

use std::fmt;
use std::str::FromStr;

use vir_core::Text;

/// An IBAN of the SEPA area.
///
/// ```
/// use vir_invoice_desk::hand_over::Iban;
/// let iban: Iban = "de89 3704 0044 0532 0130 00".parse().unwrap();
/// assert_eq!(iban.as_str(), "DE89370400440532013000");
/// assert_eq!(iban.to_string(), "DE89 3704 0044 0532 0130 00");
/// assert!("DE89370400440532013001".parse::<Iban>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Iban(String);

/// Why a text is no account that can be paid to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IbanError {
    /// Nothing there.
    #[error("there is no IBAN")]
    Empty,
    /// It has other characters than letters and digits.
    #[error("an IBAN has letters and digits only")]
    Characters,
    /// The country takes no part in SEPA.
    #[error("{0} takes no part in SEPA")]
    Country(String),
    /// It is too long or too short.
    #[error("an IBAN of {country} has {expected} characters, this one has {found}")]
    Length {
        /// The country.
        country: String,
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// The check digits are wrong, most often because of a slip of the keys.
    #[error("the check digits are wrong")]
    CheckDigits,
}

impl IbanError {
    /// The reason for people.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Empty => Text::new("Die IBAN fehlt.", "The IBAN is missing."),
            Self::Characters => {
                Text::new("Eine IBAN besteht nur aus Buchstaben und Ziffern.", "An IBAN has letters and digits only.")
            }
            Self::Country(country) => Text::owned(
                format!("Nach {country} kann nicht per SEPA überwiesen werden."),
                format!("{country} cannot be reached by SEPA credit transfer."),
            ),
            Self::Length { country, expected, found } => Text::owned(
                format!("Eine IBAN mit {country} hat {expected} Zeichen, diese hat {found}."),
                format!("An IBAN of {country} has {expected} characters, this one has {found}."),
            ),
            Self::CheckDigits => Text::new(
                "Die Prüfziffern der IBAN stimmen nicht. Meist ist eine Ziffer vertippt.",
                "The check digits of the IBAN are wrong. Most often one digit is mistyped.",
            ),
        }
    }
}

/// Countries of the SEPA schemes: length of the IBAN, and whether the country belongs to the European
/// Economic Area. Outside of it, banks want the address of the payer.
const COUNTRIES: &[(&str, usize, bool)] = &[
    ("AD", 24, false),
    ("AL", 28, false),
    ("AT", 20, true),
    ("BE", 16, true),
    ("BG", 22, true),
    ("CH", 21, false),
    ("CY", 28, true),
    ("CZ", 24, true),
    ("DE", 22, true),
    ("DK", 18, true),
    ("EE", 20, true),
    ("ES", 24, true),
    ("FI", 18, true),
    ("FR", 27, true),
    ("GB", 22, false),
    ("GI", 23, false),
    ("GR", 27, true),
    ("HR", 21, true),
    ("HU", 28, true),
    ("IE", 22, true),
    ("IS", 26, true),
    ("IT", 27, true),
    ("LI", 21, true),
    ("LT", 20, true),
    ("LU", 20, true),
    ("LV", 21, true),
    ("MC", 27, false),
    ("MD", 24, false),
    ("ME", 22, false),
    ("MK", 19, false),
    ("MT", 31, true),
    ("NL", 18, true),
    ("NO", 15, true),
    ("PL", 28, true),
    ("PT", 25, true),
    ("RO", 24, true),
    ("RS", 22, false),
    ("SE", 24, true),
    ("SI", 19, true),
    ("SK", 24, true),
    ("SM", 27, false),
    ("VA", 22, false),
];

impl Iban {
    /// Without blanks.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The two letters of the country.
    #[must_use]
    pub fn country(&self) -> &str {
        &self.0[..2]
    }

    /// Does the account lie in the European Economic Area?
    #[must_use]
    pub fn is_in_eea(&self) -> bool {
        COUNTRIES.iter().any(|(code, _, eea)| *code == self.country() && *eea)
    }

    /// The account with all but its ends hidden, for lists and logs: `DE89 … 3000`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{} … {}", &self.0[..4], &self.0[self.0.len() - 4..])
    }
}

impl FromStr for Iban {
    type Err = IbanError;

    fn from_str(text: &str) -> Result<Self, IbanError> {
        let iban: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        if iban.is_empty() {
            return Err(IbanError::Empty);
        }
        if !iban.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(IbanError::Characters);
        }
        let country: String = iban.chars().take(2).collect();
        let Some((_, expected, _)) = COUNTRIES.iter().find(|(code, ..)| *code == country) else {
            return Err(IbanError::Country(country));
        };
        if iban.len() != *expected {
            return Err(IbanError::Length { country, expected: *expected, found: iban.len() });
        }
        if !iban[2..4].bytes().all(|byte| byte.is_ascii_digit()) || mod97(&iban) != 1 {
            return Err(IbanError::CheckDigits);
        }
        Ok(Self(iban))
    }
}

impl fmt::Display for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, c) in self.0.chars().enumerate() {
            if i > 0 && i % 4 == 0 {
                f.write_str(" ")?;
            }
            write!(f, "{c}")?;
        }
        Ok(())
    }
}

/// The number that the text makes with its first four characters at the end, modulo 97.
pub(super) fn mod97(text: &str) -> u32 {
    let (head, tail) = text.split_at(4.min(text.len()));
    tail.bytes().chain(head.bytes()).fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    })
}

/// An IBAN for a bank code and an account number of Germany; for invented accounts of demos and tests.
#[must_use]
pub fn german_iban(bank_code: u32, account: u64) -> String {
    let bban = format!("{bank_code:08}{account:010}");
    let check = 98 - mod97(&format!("DE00{bban}"));
    format!("DE{check:02}{bban}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Examples of the IBAN registry.
    #[test]
    fn registry() {
        for (text, good) in [
            ("DE89370400440532013000", true),
            ("GB29NWBK60161331926819", true),
            ("NO9386011117947", true),
            ("MT84MALT011000012345MTLCAST001S", true),
            ("NL91ABNA0417164300", true),
            ("CH9300762011623852957", true),
            ("DE8937040044053201300", false),
            ("DE89370400440532013001", false),
            ("US64SVBKUS6S3300958879", false),
            ("", false),
            ("DE", false),
            ("DÉ89370400440532013000", false),
            ("DEAA370400440532013000", false),
        ] {
            assert_eq!(text.parse::<Iban>().is_ok(), good, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_single_wrong_digit_is_noticed(bank in 10_000_000_u32..99_999_999, account in 0_u64..9_999_999_999, at in 4_usize..22, by in 1_u8..10) {
            let good = german_iban(bank, account);
            prop_assert!(good.parse::<Iban>().is_ok());
            let mut bad = good.into_bytes();
            bad[at] = b'0' + (bad[at] - b'0' + by) % 10;
            prop_assert!(String::from_utf8(bad).unwrap().parse::<Iban>().is_err());
        }

        #[test]
        fn no_text_breaks_it(text in "\\PC{0,40}") {
            let _ = text.parse::<Iban>();
        }
    }
}

//! What a value says: text, code, date, number or file, or source text that should have been one.
//!
//! Invariant: a [`Content::Number`] holds a decimal and a [`Content::Date`] an existing day; text
//! that claims to be one and is not is [`Content::Raw`].

use std::fmt;

use vir_core::Decimal;

use super::date::Date;
use super::dictionary::DataType;
use crate::xml::trim;

/// The content of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Text, an identifier or a reference, verbatim.
    Text(Box<str>),
    /// A value of a code list, without white space around it.
    Code(Box<str>),
    /// A date.
    Date(Date),
    /// An amount, price, quantity or percentage.
    Number(Number),
    /// A file in base64, as written.
    Binary(Box<str>),
    /// Source text that is not of the type that the term demands.
    Raw(Box<str>),
}

impl Content {
    /// Makes content of the type that a term has; text that does not fit becomes [`Content::Raw`].
    /// Dates are expected as `2026-12-31`.
    #[must_use]
    pub fn new(data_type: DataType, text: &str) -> Self {
        match data_type {
            DataType::Text | DataType::Identifier | DataType::DocumentReference | DataType::Component => {
                Self::Text(text.into())
            }
            DataType::Code => Self::Code(trim(text).into()),
            DataType::Date => trim(text).parse().map_or_else(|_| Self::Raw(text.into()), Self::Date),
            DataType::BinaryObject => Self::Binary(text.into()),
            DataType::Amount | DataType::UnitPriceAmount | DataType::Quantity | DataType::Percentage => {
                Number::new(trim(text)).map_or_else(|| Self::Raw(text.into()), Self::Number)
            }
        }
    }

    /// The content as text; dates as `2026-12-31`, numbers as they stood in the source.
    #[must_use]
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        match self {
            Self::Text(text) | Self::Code(text) | Self::Binary(text) | Self::Raw(text) => text.as_ref().into(),
            Self::Number(number) => number.as_str().into(),
            Self::Date(date) => date.to_string().into(),
        }
    }

    /// Is there nothing in it but white space?
    #[must_use]
    pub fn is_blank(&self) -> bool {
        crate::xml::is_blank(&self.text())
    }
}

/// A decimal number in the form in which it was written: `1.50` stays `1.50`.
#[derive(Debug, Clone)]
pub struct Number(Box<str>);

impl Number {
    /// The number that the text is, where it is a decimal in the sense of XML Schema.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        text.parse::<Decimal>().is_ok().then(|| Self(text.into()))
    }

    /// As written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its value.
    #[must_use]
    pub fn value(&self) -> Decimal {
        self.0.parse().expect("a number was read as a decimal when it was made")
    }
}

impl From<Decimal> for Number {
    fn from(value: Decimal) -> Self {
        Self(value.to_string().into())
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.value() == other.value()
    }
}

impl Eq for Number {}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_takes_the_type_of_its_term_or_stays_raw() {
        let cases = [
            (DataType::Amount, " 1.50 ", "Number(Number(\"1.50\"))"),
            (DataType::Amount, "1,50", "Raw(\"1,50\")"),
            (DataType::Date, "2026-01-31", "Date(Date { year: 2026, month: 1, day: 31 })"),
            (DataType::Date, "31.01.2026", "Raw(\"31.01.2026\")"),
            (DataType::Code, "\n EUR", "Code(\"EUR\")"),
            (DataType::Text, " a ", "Text(\" a \")"),
        ];
        for (data_type, text, expect) in cases {
            assert_eq!(format!("{:?}", Content::new(data_type, text)), expect);
        }
        assert_eq!(Number::new("1.0"), Number::new("1.00"));
    }
}

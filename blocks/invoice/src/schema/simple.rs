//! Values: the simple types of XML Schema 1.0.
//!
//! Every built-in type is here and not only the few that invoices declare, because `xsi:type` can
//! name any of them inside an extension. Where implementations of the specification differ, this
//! follows the one in the Java platform, by which the official verdicts are made.
//!
//! Invariant: whether a text is a value of a type depends on nothing but the two; uniqueness of
//! identifiers and meaning of prefixes are the walker's affair.

use std::borrow::Cow;

use super::{dates, uri};
use crate::xml::{collapse, is_name_char, is_name_start, is_space, trim};

/// A built-in type of XML Schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    AnySimpleType,
    AnyUri,
    Base64Binary,
    Boolean,
    Byte,
    Date,
    DateTime,
    Decimal,
    Double,
    Duration,
    Entities,
    Entity,
    Float,
    GDay,
    GMonth,
    GMonthDay,
    GYear,
    GYearMonth,
    HexBinary,
    Id,
    IdRef,
    IdRefs,
    Int,
    Integer,
    Language,
    Long,
    Name,
    NcName,
    NegativeInteger,
    NmToken,
    NmTokens,
    NonNegativeInteger,
    NonPositiveInteger,
    NormalizedString,
    Notation,
    PositiveInteger,
    QName,
    Short,
    String,
    Time,
    Token,
    UnsignedByte,
    UnsignedInt,
    UnsignedLong,
    UnsignedShort,
}

/// A simple type: a built-in one with facets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Simple {
    pub(super) kind: Kind,
    /// Fewest characters.
    pub(super) min: u32,
    /// Most characters.
    pub(super) max: u32,
    /// The only values, where they are listed.
    pub(super) values: &'static [&'static str],
}

/// Why a text is no value of a type: what the specification's rules of validity are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// The form of the text is not one of the type's.
    Form,
    /// Too few characters.
    Short,
    /// Too many characters.
    Long,
    /// Not one of the listed values.
    Unlisted,
    /// The text does not match the type's pattern.
    Pattern,
    /// Below the type's range.
    Low,
    /// Above the type's range.
    High,
}

impl Simple {
    /// The built-in type without further facets.
    pub(super) const fn of(kind: Kind) -> Self {
        Self { kind, min: 0, max: u32::MAX, values: &[] }
    }

    /// Does the type take any text? Then nobody need look at it.
    #[inline]
    pub(super) fn takes_all(&self) -> bool {
        matches!(self.kind, Kind::String | Kind::NormalizedString | Kind::Token | Kind::AnySimpleType)
            && self.max == u32::MAX
            && self.values.is_empty()
    }

    /// Tells what is wrong with the text as a value of this type.
    pub(super) fn check(&self, text: &str) -> Result<(), Flaw> {
        if self.takes_all() {
            return Ok(());
        }
        self.kind.check(text)?;
        if self.max < u32::MAX {
            let length = normalised(self.kind, text).chars().count();
            if length < self.min as usize {
                return Err(Flaw::Short);
            }
            if length > self.max as usize {
                return Err(Flaw::Long);
            }
        }
        if !self.values.is_empty() && !self.values.contains(&normalised(self.kind, text).as_ref()) {
            return Err(Flaw::Unlisted);
        }
        Ok(())
    }

    /// Is the text the same value as another one of this type?
    pub(super) fn equals(&self, text: &str, other: &str) -> bool {
        normalised(self.kind, text) == normalised(self.kind, other)
    }
}

/// The text with its white space treated as the type says.
pub(super) fn normalised(kind: Kind, text: &str) -> Cow<'_, str> {
    match kind {
        Kind::String | Kind::AnySimpleType => Cow::Borrowed(text),
        Kind::NormalizedString if text.bytes().any(|b| is_space(b) && b != b' ') => {
            Cow::Owned(text.replace(['\t', '\n', '\r'], " "))
        }
        Kind::NormalizedString => Cow::Borrowed(text),
        _ => collapse(text),
    }
}

impl Kind {
    fn check(self, text: &str) -> Result<(), Flaw> {
        let form = |holds: bool| if holds { Ok(()) } else { Err(Flaw::Form) };
        // White space at the ends belongs to no value of the types below; what is inside does not
        // matter for the forms that have none.
        let value = trim(text);
        match self {
            Self::String | Self::NormalizedString | Self::Token | Self::AnySimpleType => Ok(()),
            Self::Decimal => form(is_decimal(value.as_bytes())),
            Self::Date => form(dates::is_date(value.as_bytes())),
            Self::DateTime => form(dates::is_date_time(value.as_bytes())),
            Self::Time => form(dates::is_time(value.as_bytes())),
            Self::Boolean => form(matches!(value, "true" | "false" | "1" | "0")),
            Self::Base64Binary => form(is_base64(value.as_bytes())),
            Self::HexBinary => form(value.len().is_multiple_of(2) && value.bytes().all(|b| b.is_ascii_hexdigit())),
            Self::AnyUri => form(uri::is_any_uri(&collapse(value))),
            Self::Language => match is_language(value) {
                true => Ok(()),
                false => Err(Flaw::Pattern),
            },
            Self::Duration => form(dates::is_duration(value.as_bytes())),
            Self::GYear => form(dates::is_year(value.as_bytes())),
            Self::GYearMonth => form(dates::is_year_month(value.as_bytes())),
            Self::GMonthDay => form(dates::is_month_day(value.as_bytes())),
            Self::GMonth => form(dates::is_month(value.as_bytes())),
            Self::GDay => form(dates::is_day(value.as_bytes())),
            Self::Float | Self::Double => form(is_floating(value)),
            Self::Name => form(is_name(value)),
            Self::NcName | Self::Id | Self::IdRef => form(is_nc_name(value)),
            Self::QName | Self::Notation => form(match value.split_once(':') {
                Some((prefix, local)) => is_nc_name(prefix) && is_nc_name(local),
                None => is_nc_name(value),
            }),
            Self::NmToken => form(is_nm_token(value)),
            Self::NmTokens => list(value, is_nm_token),
            Self::IdRefs => list(value, is_nc_name),
            // An entity must be declared in a document type definition, and those are refused.
            Self::Entity | Self::Entities => Err(Flaw::Form),
            _ => self.check_integer(value.as_bytes()),
        }
    }

    fn check_integer(self, text: &[u8]) -> Result<(), Flaw> {
        let digits = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return Err(Flaw::Form);
        }
        let (low, high): (Option<i128>, Option<i128>) = match self {
            Self::Byte => (Some(i8::MIN.into()), Some(i8::MAX.into())),
            Self::Short => (Some(i16::MIN.into()), Some(i16::MAX.into())),
            Self::Int => (Some(i32::MIN.into()), Some(i32::MAX.into())),
            Self::Long => (Some(i64::MIN.into()), Some(i64::MAX.into())),
            Self::UnsignedByte => (Some(0), Some(u8::MAX.into())),
            Self::UnsignedShort => (Some(0), Some(u16::MAX.into())),
            Self::UnsignedInt => (Some(0), Some(u32::MAX.into())),
            Self::UnsignedLong => (Some(0), Some(u64::MAX.into())),
            Self::NonNegativeInteger => (Some(0), None),
            Self::PositiveInteger => (Some(1), None),
            Self::NonPositiveInteger => (None, Some(0)),
            Self::NegativeInteger => (None, Some(-1)),
            _ => (None, None),
        };
        // No bound has more than twenty digits, so that a saturated value compares as the true one.
        let mut value: i128 = 0;
        for digit in digits {
            value = value.saturating_mul(10).saturating_add(i128::from(digit - b'0'));
        }
        let value = if text.starts_with(b"-") { -value } else { value };
        if low.is_some_and(|low| value < low) {
            return Err(Flaw::Low);
        }
        if high.is_some_and(|high| value > high) {
            return Err(Flaw::High);
        }
        Ok(())
    }
}

/// A list type: at least one item, each of the form.
fn list(text: &str, holds: fn(&str) -> bool) -> Result<(), Flaw> {
    let mut items = words(text).peekable();
    if items.peek().is_none() {
        return Err(Flaw::Short);
    }
    if items.all(holds) { Ok(()) } else { Err(Flaw::Form) }
}

/// The words of a text, parted by XML's white space.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty())
}

/// Digits with at most one point; at least one digit; `1.` and `.5` are decimals.
fn is_decimal(text: &[u8]) -> bool {
    let unsigned = match text {
        [b'+' | b'-', rest @ ..] => rest,
        all => all,
    };
    let whole = unsigned.iter().take_while(|b| b.is_ascii_digit()).count();
    match &unsigned[whole..] {
        [] => whole > 0,
        [b'.', fraction @ ..] => (whole > 0 || !fraction.is_empty()) && fraction.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

fn is_floating(text: &str) -> bool {
    match text {
        "INF" | "-INF" | "NaN" => true,
        _ => {
            text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
                && text.parse::<f64>().is_ok()
        }
    }
}

/// What a byte means in base 64: its six bits, or one of the three below.
const SPACE: u8 = 64;
const PAD: u8 = 65;
const FOREIGN: u8 = 66;

static SEXTETS: [u8; 256] = {
    let mut table = [FOREIGN; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut i = 0;
    while i < alphabet.len() {
        table[alphabet[i] as usize] = i as u8;
        i += 1;
    }
    table[b'=' as usize] = PAD;
    table[b' ' as usize] = SPACE;
    table[b'\t' as usize] = SPACE;
    table[b'\n' as usize] = SPACE;
    table[b'\r' as usize] = SPACE;
    table
};

/// Groups of four letters, white space anywhere, padding only at the end and over bits that are zero.
fn is_base64(text: &[u8]) -> bool {
    let (mut letters, mut last) = (0_usize, 0_u8);
    let mut bytes = text.iter();
    let mut pads = 0;
    for &byte in bytes.by_ref() {
        match SEXTETS[usize::from(byte)] {
            SPACE => {}
            PAD => {
                pads = 1;
                break;
            }
            FOREIGN => return false,
            sextet => {
                letters += 1;
                last = sextet;
            }
        }
    }
    for &byte in bytes {
        match SEXTETS[usize::from(byte)] {
            SPACE => {}
            PAD => pads += 1,
            _ => return false,
        }
    }
    match (letters % 4, pads) {
        (0, 0) => true,
        (2, 2) => last & 0b1111 == 0,
        (3, 1) => last & 0b11 == 0,
        _ => false,
    }
}

/// One to eight letters, then groups of one to eight letters or digits after hyphens.
fn is_language(text: &str) -> bool {
    text.split('-').enumerate().all(|(i, part)| {
        (1..=8).contains(&part.len())
            && part.bytes().all(|b| if i == 0 { b.is_ascii_alphabetic() } else { b.is_ascii_alphanumeric() })
    })
}

fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c == ':' || is_name_start(c)) && is_nm_token(text)
}

/// A name without colon.
pub(super) fn is_nc_name(text: &str) -> bool {
    text.chars().next().is_some_and(is_name_start) && text.chars().all(is_name_char)
}

fn is_nm_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c == ':' || is_name_char(c))
}

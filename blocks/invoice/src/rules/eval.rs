//! XPath 2 as the official rules use it: casts, comparisons and what they do with nothing or too
//! much.
//!
//! The official chain evaluates untyped trees. So `xs:decimal(x)` of a repeated `x` is a type
//! error (XPTY0004) that breaks off the whole step, an uncastable text is one too (FORG0001), a
//! comparison with a number is made in binary floating point, one with a boolean casts to boolean,
//! and one of two texts compares code points. The functions here carry these rules in their
//! names, so that a rule says which of them it relies on.
//!
//! `and` and `or` forgive: an error of one side is forgotten where the other side alone decides, in
//! either order. Tests with casts on both sides use [`and`] and [`or`] instead of the operators.
//!
//! Invariant: where the official expression would raise a dynamic error, the function returns
//! [`Abort`]; nowhere else.

use std::borrow::Cow;

use vir_core::{Decimal, Text};

use crate::names::Name;
use crate::xml::{Element, collapse, is_blank, trim};

/// What a test gives: its value, or the dynamic error that breaks off the whole layer.
pub type Eval<T> = Result<T, Abort>;

/// A dynamic error of the official expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Abort {
    /// A single value is needed, but the element occurs several times (XPTY0004).
    Repeated {
        /// The element that is repeated.
        element: u32,
    },
    /// A single value is needed, but there is none (XPTY0004): `cast as` without a question mark.
    Missing {
        /// The element in which it is missing.
        element: u32,
    },
    /// A text is no value of the type it is cast to (FORG0001).
    Cast {
        /// The element whose text it is, where known.
        element: Option<u32>,
        /// The text.
        text: String,
        /// The type: `xs:decimal`.
        to: &'static str,
    },
    /// A division by zero (FOAR0001).
    DivisionByZero,
}

impl Abort {
    /// What happened, for a person.
    #[must_use]
    pub fn message(&self) -> Text {
        match self {
            Self::Repeated { .. } => Text::new(
                "Ein Element steht mehrfach da, wo die amtlichen Regeln genau einen Wert erwarten. Die amtliche Prüfung bricht hier ab; ihr Ergebnis ist unbestimmt.",
                "An element is repeated where the official rules expect a single value. The official check breaks off here; its verdict is undefined.",
            ),
            Self::Missing { .. } => Text::new(
                "Eine Angabe fehlt, ohne die sich die amtlichen Regeln nicht auswerten lassen. Die amtliche Prüfung bricht hier ab; ihr Ergebnis ist unbestimmt.",
                "Something is missing without which the official rules cannot be evaluated. The official check breaks off here; its verdict is undefined.",
            ),
            Self::Cast { text, to, .. } => {
                let text: String = text.chars().take(60).collect();
                Text::owned(
                    format!(
                        "Die amtlichen Regeln können „{text}“ nicht als {to} lesen und brechen hier ab; ihr Ergebnis ist unbestimmt."
                    ),
                    format!(
                        "The official rules cannot read \"{text}\" as {to} and break off here; their verdict is undefined."
                    ),
                )
            }
            Self::DivisionByZero => Text::new(
                "Die amtlichen Regeln teilen hier durch null und brechen ab; ihr Ergebnis ist unbestimmt.",
                "The official rules divide by zero here and break off; their verdict is undefined.",
            ),
        }
    }

    /// The element at which it happened, where known.
    #[must_use]
    pub fn element(&self) -> Option<u32> {
        match self {
            Self::Repeated { element } | Self::Missing { element } => Some(*element),
            Self::Cast { element, .. } => *element,
            Self::DivisionByZero => None,
        }
    }
}

/// `left or right` as the official processor evaluates it: where one side is true, an error of the other
/// does not matter, whichever comes first.
///
/// # Errors
/// The error of one side where the other is not true.
pub fn or(left: impl FnOnce() -> Eval<bool>, right: impl FnOnce() -> Eval<bool>) -> Eval<bool> {
    match left() {
        Ok(true) => Ok(true),
        Ok(false) => right(),
        Err(abort) => {
            if right() == Ok(true) {
                Ok(true)
            } else {
                Err(abort)
            }
        }
    }
}

/// `left and right` as the official processor evaluates it: where one side is false, an error of the
/// other does not matter, whichever comes first.
///
/// # Errors
/// The error of one side where the other is not false.
pub fn and(left: impl FnOnce() -> Eval<bool>, right: impl FnOnce() -> Eval<bool>) -> Eval<bool> {
    match left() {
        Ok(false) => Ok(false),
        Ok(true) => right(),
        Err(abort) => {
            if right() == Ok(false) {
                Ok(false)
            } else {
                Err(abort)
            }
        }
    }
}

/// `xs:decimal("…")`: white space around it is ignored, exponents are not decimals.
///
/// # Errors
/// [`Abort::Cast`] where it is no decimal.
pub fn decimal(text: &str) -> Eval<Decimal> {
    trim(text).parse().map_err(|_| Abort::Cast { element: None, text: text.to_owned(), to: "xs:decimal" })
}

/// `xs:double("…")`.
///
/// # Errors
/// [`Abort::Cast`] where it is no double.
pub fn double(text: &str) -> Eval<f64> {
    let cast = || Abort::Cast { element: None, text: text.to_owned(), to: "xs:double" };
    match trim(text) {
        "INF" | "+INF" => Ok(f64::INFINITY),
        "-INF" => Ok(f64::NEG_INFINITY),
        "NaN" => Ok(f64::NAN),
        // Rust reads more than XML Schema allows: "inf", "infinity", "nan" and an underscore-free subset.
        plain if plain.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E')) => {
            plain.parse().map_err(|_| cast())
        }
        _ => Err(cast()),
    }
}

/// An untyped value as the official processor orders it against a number that is not NaN: negative zero
/// comes before zero, NaN after everything. (Two typed doubles it compares as IEEE 754 says.)
#[must_use]
pub fn as_compared(untyped: f64) -> f64 {
    if untyped.is_nan() {
        f64::INFINITY
    } else if untyped == 0.0 && untyped.is_sign_negative() {
        // The greatest number below zero.
        f64::from_bits(0x8000_0000_0000_0001)
    } else {
        untyped
    }
}

/// What an untyped value is when compared with an integer such as a literal `0`: [`as_compared`], but a text
/// without point and exponent is read as an integer, which has no negative zero.
///
/// # Errors
/// [`Abort::Cast`] where it is no double.
pub fn against_integer(untyped: Element<'_>) -> Eval<f64> {
    let value = untyped.double_self()?;
    let whole = value == 0.0 && !untyped.text().contains(['.', 'e', 'E']);
    Ok(if whole { 0.0 } else { as_compared(value) })
}

/// `x = y` of an untyped value and a double or decimal: negative zero differs from zero, as in [`as_compared`].
///
/// # Errors
/// [`Abort::Cast`] where the untyped value is no double.
pub fn equals_double(untyped: Element<'_>, number: f64) -> Eval<bool> {
    Ok(untyped.double_self()?.total_cmp(&number).is_eq())
}

/// `xs:boolean("…")`: `true`, `false`, `1` or `0`.
///
/// # Errors
/// [`Abort::Cast`] where it is no boolean.
pub fn boolean(text: &str) -> Eval<bool> {
    match trim(text) {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Abort::Cast { element: None, text: text.to_owned(), to: "xs:boolean" }),
    }
}

/// `xs:decimal(x)` of a double: the binary number with all its digits, nothing rounded.
///
/// # Errors
/// [`Abort::Cast`] for infinities and `NaN` (FOCA0002).
pub fn decimal_of(value: f64) -> Eval<Decimal> {
    if !value.is_finite() {
        return Err(Abort::Cast { element: None, text: value.to_string(), to: "xs:decimal" });
    }
    let bits = value.abs().to_bits();
    let (fraction, exponent) = (bits & ((1 << 52) - 1), i32::try_from(bits >> 52).expect("eleven bits are few"));
    // Subnormal numbers have no hidden bit, and the exponent of the smallest normal ones.
    let (mantissa, exponent) = if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    if mantissa == 0 {
        return Ok(Decimal::ZERO);
    }
    let spare = mantissa.trailing_zeros();
    let (mantissa, exponent) = (mantissa >> spare, exponent + i32::try_from(spare).expect("at most 52"));
    let factor = if exponent < 0 { Decimal::new(5, 1) } else { Decimal::from(2) };
    let size = Decimal::new(i128::from(mantissa), 0) * power(factor, exponent.unsigned_abs());
    Ok(if value < 0.0 { -size } else { size })
}

/// `round()` of a double: a half goes towards positive infinity.
#[must_use]
pub fn round_double(value: f64) -> f64 {
    let floor = value.floor();
    // The difference is exact, which `(value + 0.5).floor()` would not be.
    let round = if value - floor >= 0.5 { floor + 1.0 } else { floor };
    if round == 0.0 { round.copysign(value) } else { round }
}

fn power(base: Decimal, exponent: u32) -> Decimal {
    let (mut result, mut square, mut rest) = (Decimal::ONE, base, exponent);
    while rest > 0 {
        if rest & 1 == 1 {
            result = result * square.clone();
        }
        rest >>= 1;
        if rest > 0 {
            square = square.clone() * square;
        }
    }
    result
}

/// `substring-after(text, '.')` has at most `digits` characters: the textual test of the BR-DEC rules.
#[must_use]
pub fn decimals_at_most(text: &str, digits: usize) -> bool {
    text.split_once('.').is_none_or(|(_, after)| after.chars().count() <= digits)
}

/// `round(x * 10 * 10) div 100`: to two decimals, a half towards positive infinity.
#[must_use]
pub fn round2(value: &Decimal) -> Decimal {
    (value.clone() * Decimal::HUNDRED).round_xpath() * Decimal::new(1, 2)
}

/// `contains(' A B C ', concat(' ', x, ' '))` without a blank in `x`: the usual membership test in a
/// code list given in sorted order.
#[must_use]
pub fn in_codes(codes: &[&str], normalized: &str) -> bool {
    codes.binary_search(&normalized).is_ok()
}

/// `\d` of a regular expression: a decimal digit of any script (Unicode's category Nd).
#[must_use]
pub fn is_decimal_digit(c: char) -> bool {
    let before = ZEROS.partition_point(|zero| *zero <= u32::from(c));
    before > 0 && u32::from(c) - ZEROS[before - 1] < 10
}

/// The zeros of all scripts; the other nine digits follow each of them.
#[rustfmt::skip]
const ZEROS: &[u32] = &[
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0,
];

/// XPath's ways to look at what is below an element.
pub trait XPath<'a>: Copy {
    /// The single element at a path, as an argument that takes one value: none is fine.
    ///
    /// # Errors
    /// [`Abort::Repeated`] where there are several.
    fn one(self, path: &'static [Name]) -> Eval<Option<Element<'a>>>;

    /// `normalize-space(path)`: empty where there is none.
    ///
    /// # Errors
    /// [`Abort::Repeated`] where there are several.
    fn norm(self, path: &'static [Name]) -> Eval<Cow<'a, str>>;

    /// `normalize-space(path) != ''`: is anything but white space there?
    ///
    /// # Errors
    /// [`Abort::Repeated`] where there are several.
    fn states(self, path: &'static [Name]) -> Eval<bool>;

    /// `normalize-space(path[@attribute = 'value']) != ''`.
    ///
    /// # Errors
    /// [`Abort::Repeated`] where there are several with this value.
    fn states_where(self, path: &'static [Name], attribute: &str, value: &str) -> Eval<bool>;

    /// `normalize-space(path/@attribute) != ''`.
    ///
    /// # Errors
    /// [`Abort::Repeated`] where several elements have the attribute.
    fn states_attribute(self, path: &'static [Name], attribute: &str) -> Eval<bool>;

    /// `string(path)` or a path as a string argument: empty where there is none.
    ///
    /// # Errors
    /// [`Abort::Repeated`] where there are several.
    fn string(self, path: &'static [Name]) -> Eval<Cow<'a, str>>;

    /// `xs:decimal(path)`: none for none.
    ///
    /// # Errors
    /// [`Abort`] where there are several, or it is no decimal.
    fn dec(self, path: &'static [Name]) -> Eval<Option<Decimal>>;

    /// `sum(parents/xs:decimal(child))`: a cast per parent, so each may have at most one child.
    ///
    /// # Errors
    /// [`Abort`] where a parent has several of the child, or a text is no decimal.
    fn sum_each(self, parents: &'static [Name], child: Name) -> Eval<Decimal>;

    /// `path = 'text'`: does any of them have exactly this string value?
    fn any_text(self, path: &'static [Name], text: &str) -> bool;

    /// `path = true()` or `path = false()`.
    ///
    /// # Errors
    /// [`Abort::Cast`] where a text before the first hit is no boolean.
    fn any_bool(self, path: &'static [Name], value: bool) -> Eval<bool>;

    /// `path op integer`: any of them, compared as doubles; see [`against_integer`].
    ///
    /// # Errors
    /// [`Abort::Cast`] where a text before the first hit is no double.
    fn any_double(self, path: &'static [Name], holds: fn(f64) -> bool) -> Eval<bool>;

    /// The string value with white space collapsed: `normalize-space(.)`.
    fn norm_self(self) -> Cow<'a, str>;

    /// `xs:decimal(.)`.
    ///
    /// # Errors
    /// [`Abort::Cast`] where it is no decimal.
    fn dec_self(self) -> Eval<Decimal>;

    /// `xs:double(.)`, also what an untyped value becomes in arithmetic.
    ///
    /// # Errors
    /// [`Abort::Cast`] where it is no double.
    fn double_self(self) -> Eval<f64>;
}

impl<'a> XPath<'a> for Element<'a> {
    fn one(self, path: &'static [Name]) -> Eval<Option<Element<'a>>> {
        single(self.select(path))
    }

    fn norm(self, path: &'static [Name]) -> Eval<Cow<'a, str>> {
        Ok(self.one(path)?.map_or(Cow::Borrowed(""), XPath::norm_self))
    }

    fn states(self, path: &'static [Name]) -> Eval<bool> {
        Ok(self.one(path)?.is_some_and(|element| !element.is_blank()))
    }

    fn states_where(self, path: &'static [Name], attribute: &str, value: &str) -> Eval<bool> {
        let matching = self.select(path).filter(|element| element.attr(attribute).is_some_and(|own| own == value));
        Ok(single(matching)?.is_some_and(|element| !element.is_blank()))
    }

    fn states_attribute(self, path: &'static [Name], attribute: &str) -> Eval<bool> {
        let having = self.select(path).filter(|element| element.attr(attribute).is_some());
        Ok(single(having)?.and_then(|element| element.attr(attribute)).is_some_and(|value| !is_blank(&value)))
    }

    fn string(self, path: &'static [Name]) -> Eval<Cow<'a, str>> {
        Ok(self.one(path)?.map_or(Cow::Borrowed(""), Element::text))
    }

    fn dec(self, path: &'static [Name]) -> Eval<Option<Decimal>> {
        self.one(path)?.map(XPath::dec_self).transpose()
    }

    fn sum_each(self, parents: &'static [Name], child: Name) -> Eval<Decimal> {
        let mut sum = Decimal::ZERO;
        for parent in self.select(parents) {
            let mut kids = parent.kids(child);
            let Some(first) = kids.next() else { continue };
            if let Some(second) = kids.next() {
                return Err(Abort::Repeated { element: second.id() });
            }
            sum = sum + first.dec_self()?;
        }
        Ok(sum)
    }

    fn any_text(self, path: &'static [Name], text: &str) -> bool {
        self.select(path).any(|element| element.text() == text)
    }

    fn any_bool(self, path: &'static [Name], value: bool) -> Eval<bool> {
        for element in self.select(path) {
            if boolean(&element.text()).map_err(|abort| abort.at(element))? == value {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn any_double(self, path: &'static [Name], holds: fn(f64) -> bool) -> Eval<bool> {
        for element in self.select(path) {
            if holds(against_integer(element)?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn norm_self(self) -> Cow<'a, str> {
        match self.text() {
            Cow::Borrowed(text) => collapse(text),
            Cow::Owned(text) => Cow::Owned(collapse(&text).into_owned()),
        }
    }

    fn dec_self(self) -> Eval<Decimal> {
        decimal(&self.text()).map_err(|abort| abort.at(self))
    }

    fn double_self(self) -> Eval<f64> {
        double(&self.text()).map_err(|abort| abort.at(self))
    }
}

/// The only one of some elements, where there is one.
///
/// # Errors
/// [`Abort::Repeated`] where there are several.
pub fn single<'a>(mut elements: impl Iterator<Item = Element<'a>>) -> Eval<Option<Element<'a>>> {
    let first = elements.next();
    match elements.next() {
        None => Ok(first),
        Some(second) => Err(Abort::Repeated { element: second.id() }),
    }
}

impl Abort {
    /// The same error, placed at an element.
    #[must_use]
    pub fn at(self, place: Element<'_>) -> Self {
        match self {
            Self::Cast { text, to, .. } => Self::Cast { element: Some(place.id()), text, to },
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casts_follow_xml_schema() {
        assert!(decimal(" 1.5\n").is_ok() && decimal("1e2").is_err() && decimal("\u{A0}1").is_err());
        assert!(double("1E2").is_ok() && double("inf").is_err() && double("").is_err());
        assert_eq!(double("-INF"), Ok(f64::NEG_INFINITY));
        assert_eq!(boolean(" 1 "), Ok(true));
        assert!(boolean("yes").is_err());
    }

    #[test]
    fn an_error_matters_only_where_the_other_side_does_not_decide() {
        let error = || Err(Abort::DivisionByZero);
        for (side, or_error, and_error) in [(true, Ok(true), error()), (false, error(), Ok(false))] {
            assert_eq!((or(error, || Ok(side)), or(|| Ok(side), error)), (or_error.clone(), or_error));
            assert_eq!((and(error, || Ok(side)), and(|| Ok(side), error)), (and_error.clone(), and_error));
        }
        assert!(or(error, error).is_err() && and(error, error).is_err());
    }

    #[test]
    fn negative_zero_and_nan_are_ordered_as_the_official_processor_does() {
        let (zero, nan) = (as_compared(-0.0), as_compared(f64::NAN));
        assert!(zero < 0.0 && zero > -1e-300 && nan > 1e300);
        assert_eq!(as_compared(0.0).to_bits(), 0);
    }

    #[test]
    fn zeros_are_told_apart_by_how_they_are_written() {
        for (text, integer, zero, negative_zero) in [
            ("-0", true, false, true),
            (" -00 ", true, false, true),
            ("-0.00", false, false, true),
            ("0.00", true, true, false),
            ("+0", true, true, false),
        ] {
            let source = format!("<a>{text}</a>");
            let document = crate::xml::parse(source.as_bytes()).unwrap();
            let root = document.root();
            assert_eq!(against_integer(root), Ok(if integer { 0.0 } else { as_compared(-0.0) }), "{text}");
            assert_eq!(equals_double(root, 0.0), Ok(zero), "{text}");
            assert_eq!(equals_double(root, -0.0), Ok(negative_zero), "{text}");
        }
    }

    #[test]
    fn doubles_become_decimals_exactly() {
        for (value, expect) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-2.5, "-2.5"),
            (6_037_500.005, "6037500.004999999888241291046142578125"),
            (100.1 - 1.0, "99.099999999999994315658113919198513031005859375"),
            (1e22, "10000000000000000000000"),
        ] {
            assert_eq!(decimal_of(value).unwrap(), decimal(expect).unwrap(), "{value}");
        }
        assert!(decimal_of(f64::INFINITY).is_err() && decimal_of(f64::NAN).is_err());
        assert!(decimal_of(f64::MAX).is_ok() && decimal_of(f64::MIN_POSITIVE / 4.0).is_ok());
    }

    #[test]
    fn doubles_round_halves_upwards() {
        for (value, expect) in [(2.5, 3.0), (-2.5, -2.0), (0.499_999_999_999_999_94, 0.0), (-0.2, 0.0), (1e300, 1e300)]
        {
            assert_eq!(round_double(value), expect, "{value}");
        }
        assert!(round_double(-0.2).is_sign_negative());
    }

    #[test]
    fn decimals_are_counted_as_text() {
        assert!(decimals_at_most("1.00", 2) && decimals_at_most("1", 2) && decimals_at_most("", 2));
        assert!(!decimals_at_most("1.000", 2) && !decimals_at_most("1.0\n ", 2));
    }
}

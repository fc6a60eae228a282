//! Exact decimals without a limit on digits.
//!
//! Amounts in invoices have two decimals and fit easily into 128 bits, so that is the fast path.
//! A document may nevertheless hold forty digits, and the official verdict on it is computed
//! exactly; then the value moves to an arbitrary-precision representation and back when it fits.
//!
//! Invariant: equal numbers are equal values (`1.0 == 1.00`), and no operation rounds except
//! [`Decimal::div`] and the rounding functions.

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};
use std::str::FromStr;

use bigdecimal::num_bigint::BigInt;
use bigdecimal::{BigDecimal, RoundingMode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An exact decimal number.
///
/// ```
/// use vir_core::Decimal;
/// let price: Decimal = "19.995".parse().unwrap();
/// assert_eq!(price.round_half_up(2).to_string(), "20.00");
/// assert_eq!((price * Decimal::from(2)).to_string(), "39.990");
/// ```
#[derive(Debug, Clone)]
pub struct Decimal(Repr);

#[derive(Debug, Clone)]
enum Repr {
    /// `mantissa / 10^scale`, with `scale` at most [`MAX_SCALE`].
    Small {
        mantissa: i128,
        scale: u32,
    },
    Big(Box<BigDecimal>),
}

/// The largest scale for which `10^scale` still fits into an `i128`.
const MAX_SCALE: u32 = 38;

/// The text is no decimal in the sense of XML Schema (`xs:decimal`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseDecimalError;

impl fmt::Display for ParseDecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a decimal number: digits with at most one '.' and an optional sign are expected")
    }
}

impl std::error::Error for ParseDecimalError {}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self::new(0, 0);
    /// One.
    pub const ONE: Self = Self::new(1, 0);
    /// One hundred.
    pub const HUNDRED: Self = Self::new(100, 0);

    /// `mantissa / 10^scale`; `Decimal::new(1050, 2)` is 10.50.
    ///
    /// # Panics
    /// Where `scale` is over 38; at compile time for a constant.
    #[must_use]
    pub const fn new(mantissa: i128, scale: u32) -> Self {
        assert!(scale <= MAX_SCALE, "a decimal literal has at most 38 decimals");
        Self(Repr::Small { mantissa, scale })
    }

    /// Is it 0?
    #[must_use]
    pub fn is_zero(&self) -> bool {
        match &self.0 {
            Repr::Small { mantissa, .. } => *mantissa == 0,
            Repr::Big(big) => big.sign() == bigdecimal::num_bigint::Sign::NoSign,
        }
    }

    /// Is it below 0?
    #[must_use]
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Small { mantissa, .. } => *mantissa < 0,
            Repr::Big(big) => big.sign() == bigdecimal::num_bigint::Sign::Minus,
        }
    }

    /// The number without its sign.
    #[must_use]
    pub fn abs(&self) -> Self {
        if self.is_negative() { -self.clone() } else { self.clone() }
    }

    /// How many digits stand after the point, as written: 2 for `1.00`.
    #[must_use]
    pub fn scale(&self) -> i64 {
        match &self.0 {
            Repr::Small { scale, .. } => i64::from(*scale),
            Repr::Big(big) => big.as_bigint_and_exponent().1,
        }
    }

    /// Rounds to whole numbers as XPath's `round()` does: a half goes towards positive infinity.
    #[must_use]
    pub fn round_xpath(&self) -> Self {
        match &self.0 {
            Repr::Small { scale: 0, .. } => self.clone(),
            Repr::Small { mantissa, scale } => {
                let unit = 10_i128.pow(*scale);
                let (whole, rest) = (mantissa.div_euclid(unit), mantissa.rem_euclid(unit));
                // `rest` is in 0..unit, so a half and more goes up, also for negative numbers.
                Self::new(whole + i128::from(rest >= unit - rest), 0)
            }
            Repr::Big(big) => {
                let half = BigDecimal::new(BigInt::from(5), 1);
                Self::from_big((&**big + half).with_scale_round(0, RoundingMode::Floor))
            }
        }
    }

    /// Rounds to `decimals` places, a half away from zero (commercial rounding); always has
    /// exactly that many decimals.
    #[must_use]
    pub fn round_half_up(&self, decimals: u32) -> Self {
        let decimals = decimals.min(MAX_SCALE);
        if let Repr::Small { mantissa, scale } = self.0 {
            if scale <= decimals {
                if let Some(mantissa) = 10_i128.checked_pow(decimals - scale).and_then(|f| mantissa.checked_mul(f)) {
                    return Self::new(mantissa, decimals);
                }
            } else {
                let unit = 10_i128.pow(scale - decimals);
                let (whole, rest) = (mantissa / unit, (mantissa % unit).abs());
                return Self::new(whole + if rest >= unit - rest { mantissa.signum() } else { 0 }, decimals);
            }
        }
        Self::from_big(self.to_big().with_scale_round(i64::from(decimals), RoundingMode::HalfUp))
    }

    /// Divides as the reference implementation of the official rules divides `xs:decimal`s: to the
    /// larger of 18 and both scales decimals, a half towards zero. `None` for a division by zero.
    #[must_use]
    pub fn div(&self, by: &Self) -> Option<Self> {
        if by.is_zero() {
            return None;
        }
        // Dividing by a power of ten, by far the commonest division, only moves the point.
        if let (Repr::Small { mantissa, scale }, Repr::Small { mantissa: divisor @ (1 | 10 | 100), scale: 0 }) =
            (&self.0, &by.0)
        {
            let scale = scale + divisor.ilog10();
            if scale <= 18 {
                return Some(Self::new(*mantissa, scale));
            }
        }
        let scale = self.scale().max(by.scale()).max(18);
        let (a, a_scale) = self.to_big().into_bigint_and_exponent();
        let (b, b_scale) = by.to_big().into_bigint_and_exponent();
        // a / 10^as / (b / 10^bs) = a * 10^(scale + bs - as) / b / 10^scale
        let shift = u32::try_from(scale + b_scale - a_scale).unwrap_or(0);
        let numerator = a * BigInt::from(10).pow(shift);
        let quotient = &numerator / &b;
        let twice_rest: BigInt = (&numerator - &quotient * &b) * 2;
        let up = twice_rest.magnitude() > b.magnitude();
        let sign = if (numerator.sign() == bigdecimal::num_bigint::Sign::Minus)
            == (b.sign() == bigdecimal::num_bigint::Sign::Minus)
        {
            1
        } else {
            -1
        };
        let quotient = if up { quotient + sign } else { quotient };
        Some(Self::from_big(BigDecimal::new(quotient, scale)))
    }

    /// The nearest binary floating-point number.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        // The decimal text is read with correct rounding, which dividing the mantissa would not give.
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// The number as text without superfluous zeros after the point: `1.50` becomes `1.5`.
    #[must_use]
    pub fn normalized(&self) -> Self {
        match &self.0 {
            Repr::Small { mantissa, scale } => {
                let (mut mantissa, mut scale) = (*mantissa, *scale);
                while scale > 0 && mantissa % 10 == 0 {
                    mantissa /= 10;
                    scale -= 1;
                }
                Self::new(mantissa, scale)
            }
            Repr::Big(big) => {
                let normal = big.normalized();
                let normal = if normal.fractional_digit_count() < 0 { normal.with_scale(0) } else { normal };
                Self::from_big(normal)
            }
        }
    }

    fn to_big(&self) -> BigDecimal {
        match &self.0 {
            Repr::Small { mantissa, scale } => BigDecimal::new(BigInt::from(*mantissa), i64::from(*scale)),
            Repr::Big(big) => (**big).clone(),
        }
    }

    fn from_big(big: BigDecimal) -> Self {
        let (mantissa, scale) = big.as_bigint_and_scale();
        match (i128::try_from(mantissa.as_ref()), u32::try_from(scale)) {
            (Ok(mantissa), Ok(scale)) if scale <= MAX_SCALE => Self::new(mantissa, scale),
            _ => Self(Repr::Big(Box::new(big))),
        }
    }

    /// Both mantissas at the larger of the two scales, where that fits.
    fn aligned(&self, other: &Self) -> Option<(i128, i128, u32)> {
        let (Repr::Small { mantissa: a, scale: a_scale }, Repr::Small { mantissa: b, scale: b_scale }) =
            (&self.0, &other.0)
        else {
            return None;
        };
        let scale = *a_scale.max(b_scale);
        let a = if *a_scale == scale { *a } else { a.checked_mul(10_i128.checked_pow(scale - a_scale)?)? };
        let b = if *b_scale == scale { *b } else { b.checked_mul(10_i128.checked_pow(scale - b_scale)?)? };
        Some((a, b, scale))
    }
}

impl Default for Decimal {
    fn default() -> Self {
        Self::ZERO
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self::new(i128::from(value), 0)
    }
}

impl From<i32> for Decimal {
    fn from(value: i32) -> Self {
        Self::new(i128::from(value), 0)
    }
}

impl FromStr for Decimal {
    type Err = ParseDecimalError;

    /// Reads the lexical form of `xs:decimal`: `-1.50`, `+.5`, `7.`; no exponent, no white space.
    fn from_str(text: &str) -> Result<Self, ParseDecimalError> {
        let bytes = text.as_bytes();
        let (negative, digits) = match bytes.first() {
            Some(b'-') => (true, &bytes[1..]),
            Some(b'+') => (false, &bytes[1..]),
            _ => (false, bytes),
        };
        let (mut mantissa, mut fits, mut scale, mut seen, mut point) = (0_i128, true, 0_u32, false, false);
        for &byte in digits {
            match byte {
                b'0'..=b'9' => {
                    seen = true;
                    scale += u32::from(point);
                    let next = mantissa.checked_mul(10).and_then(|m| m.checked_add(i128::from(byte - b'0')));
                    match next {
                        Some(next) if scale <= MAX_SCALE => mantissa = next,
                        _ => fits = false,
                    }
                }
                b'.' if !point => point = true,
                _ => return Err(ParseDecimalError),
            }
        }
        if !seen {
            return Err(ParseDecimalError);
        }
        if fits {
            return Ok(Self::new(if negative { -mantissa } else { mantissa }, scale));
        }
        let plain = text.strip_prefix('+').unwrap_or(text);
        BigDecimal::from_str(plain).map(Self::from_big).map_err(|_| ParseDecimalError)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Small { mantissa, scale: 0 } => write!(f, "{mantissa}"),
            Repr::Small { mantissa, scale } => {
                let unit = 10_u128.pow(*scale);
                let (sign, size) = (if *mantissa < 0 { "-" } else { "" }, mantissa.unsigned_abs());
                write!(f, "{sign}{}.{:0width$}", size / unit, size % unit, width = *scale as usize)
            }
            Repr::Big(big) => f.write_str(&big.to_plain_string()),
        }
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match self.aligned(other) {
            Some((a, b, _)) => a.cmp(&b),
            None => self.to_big().cmp(&other.to_big()),
        }
    }
}

impl Add for Decimal {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        match self.aligned(&other).and_then(|(a, b, scale)| Some(Self::new(a.checked_add(b)?, scale))) {
            Some(sum) => sum,
            None => Self::from_big(self.to_big() + other.to_big()),
        }
    }
}

impl Sub for Decimal {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Decimal {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        if let (Repr::Small { mantissa: a, scale: a_scale }, Repr::Small { mantissa: b, scale: b_scale }) =
            (&self.0, &other.0)
            && a_scale + b_scale <= MAX_SCALE
            && let Some(product) = a.checked_mul(*b)
        {
            return Self::new(product, a_scale + b_scale);
        }
        Self::from_big(self.to_big() * other.to_big())
    }
}

impl Neg for Decimal {
    type Output = Self;
    fn neg(self) -> Self {
        match self.0 {
            Repr::Small { mantissa, scale } if mantissa != i128::MIN => Self::new(-mantissa, scale),
            Repr::Small { .. } => Self::from_big(-self.to_big()),
            Repr::Big(big) => Self::from_big(-*big),
        }
    }
}

impl std::iter::Sum for Decimal {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, |sum, next| sum + next)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn reads_what_xml_schema_calls_a_decimal() {
        for (text, expect) in
            [("1", "1"), ("-1.50", "-1.50"), ("+.5", "0.5"), ("7.", "7"), ("-0", "0"), ("000.10", "0.10")]
        {
            assert_eq!(decimal(text).to_string(), expect, "{text}");
        }
        for text in ["", ".", "-", "1e2", "1,5", " 1", "1 ", "NaN", "INF", "--1", "1.2.3", "٣"] {
            assert_eq!(text.parse::<Decimal>(), Err(ParseDecimalError), "{text}");
        }
    }

    #[test]
    fn rounds_halves_upwards_as_xpath_does() {
        for (text, expect) in [("2.5", 3), ("-2.5", -2), ("-2.51", -3), ("2.49", 2), ("-0.5", 0), ("7", 7)] {
            assert_eq!(decimal(text).round_xpath(), Decimal::from(expect), "{text}");
        }
    }

    #[test]
    fn divides_to_eighteen_decimals() {
        assert_eq!(decimal("1").div(&decimal("3")).unwrap().to_string(), "0.333333333333333333");
        assert_eq!(decimal("-2").div(&decimal("3")).unwrap().to_string(), "-0.666666666666666667");
        assert_eq!(decimal("12.5").div(&Decimal::HUNDRED).unwrap().to_string(), "0.125");
        assert_eq!(decimal("1").div(&decimal("0.00")), None);
    }

    #[test]
    fn long_numbers_stay_exact() {
        let long = "12345678901234567890123456789012345678901234567890.01";
        assert_eq!(decimal(long).to_string(), long);
        assert_eq!((decimal(long) - decimal(long)).to_string().trim_end_matches(['0', '.']), "");
        assert_eq!((decimal(long) * decimal("1.0")), decimal(long));
        assert_eq!(decimal(long).round_xpath().to_string(), long.split('.').next().unwrap());
    }

    proptest! {
        #[test]
        fn sums_are_exact(a in any::<i64>(), b in any::<i64>(), s in 0_u32..10, t in 0_u32..10) {
            let (x, y) = (Decimal::new(a.into(), s), Decimal::new(b.into(), t));
            prop_assert_eq!(x.clone() + y.clone() - y.clone(), x.clone());
            prop_assert_eq!(x.clone() + y.clone(), y.clone() + x.clone());
            let big = Decimal::from_big(x.to_big() * y.to_big());
            prop_assert_eq!(x * y, big);
        }

        #[test]
        fn text_round_trips(text in "-?[0-9]{1,60}(\\.[0-9]{1,50})?") {
            let value = decimal(&text);
            prop_assert_eq!(decimal(&value.to_string()), value);
        }
    }
}

//! The arithmetic of coding: an amount is split over lines, by amounts, by percent, or by the lines of the invoice,
//! and not a cent is lost.
//!
//! Shares are rounded by the method of largest remainders: each share gets its whole cents, and the cents that are left
//! go to the shares with the largest remainders, the first of equals first.
//!
//! Invariant: the shares of a split always add up to the amount that was split.

use vir_core::{Lang, Text};

/// Splits `total` cents by weights. Without any weight above zero, all shares are equal.
///
/// ```
/// use vir_invoice_desk::coding::split::distribute;
/// assert_eq!(distribute(10_000, &[1, 1, 1]), [3334, 3333, 3333]);
/// assert_eq!(distribute(-5, &[3, 1]), [-4, -1]);
/// ```
#[must_use]
pub fn distribute(total: i64, weights: &[u64]) -> Vec<i64> {
    if weights.is_empty() {
        return Vec::new();
    }
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let equal = sum == 0;
    let weight = |index: usize| if equal { 1 } else { u128::from(weights[index]) };
    let sum = if equal { weights.len() as u128 } else { sum };
    let size = u128::from(total.unsigned_abs());
    let mut shares: Vec<u128> = (0..weights.len()).map(|index| size * weight(index) / sum).collect();
    let left = size - shares.iter().sum::<u128>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|index| (std::cmp::Reverse(size * weight(*index) % sum), *index));
    let left = usize::try_from(left).expect("fewer cents are left than there are shares");
    for index in order.into_iter().take(left) {
        shares[index] += 1;
    }
    let signed = |share: u128| {
        let share = i64::try_from(share).unwrap_or(i64::MAX);
        if total < 0 { -share } else { share }
    };
    shares.into_iter().map(signed).collect()
}

/// What a person writes beside a coding line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// So many cents.
    Cents(i64),
    /// So many hundredths of a percent.
    BasisPoints(u64),
    /// What is left; several such lines share it equally.
    Rest,
}

/// Why what was written beside the lines does not add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mismatch {
    /// There is no line.
    Nothing,
    /// The lines add up to this many cents less than the amount; negative where they are more.
    Difference(i64),
    /// The percentages add up to more than one hundred.
    Percent(u64),
    /// A line gets nothing.
    Empty(usize),
}

impl Mismatch {
    /// What to tell the person.
    #[must_use]
    pub fn text(self) -> Text {
        match self {
            Self::Nothing => Text::new("Geben Sie mindestens eine Buchungszeile an.", "Give at least one coding line."),
            Self::Difference(cents) if cents > 0 => Text::owned(
                format!(
                    "Es fehlen noch {}. Lassen Sie einen Betrag leer, dann erhält diese Zeile den Rest.",
                    euros(cents, Lang::De)
                ),
                format!(
                    "{} are still missing. Leave one amount empty, and that line gets the rest.",
                    euros(cents, Lang::En)
                ),
            ),
            Self::Difference(cents) => Text::owned(
                format!("Die Zeilen ergeben {} zu viel.", euros(cents.saturating_neg(), Lang::De)),
                format!("The lines are {} too much.", euros(cents.saturating_neg(), Lang::En)),
            ),
            Self::Percent(points) => Text::owned(
                format!("Die Prozente ergeben zusammen {},{:02} %, mehr als 100 %.", points / 100, points % 100),
                format!("The percentages add up to {}.{:02}%, more than 100%.", points / 100, points % 100),
            ),
            Self::Empty(line) => Text::owned(
                format!("Für Zeile {} bleibt kein Betrag übrig.", line + 1),
                format!("Nothing is left for line {}.", line + 1),
            ),
        }
    }
}

/// Turns what was written into cents, one amount for each line.
///
/// Percentages count from the whole amount and are rounded together; what is left goes to the lines without a share.
///
/// # Errors
/// [`Mismatch`] where the lines do not add up to `total` exactly, or a line gets nothing of it.
pub fn resolve(total: i64, shares: &[Share]) -> Result<Vec<i64>, Mismatch> {
    if shares.is_empty() {
        return Err(Mismatch::Nothing);
    }
    let points: Vec<u64> = shares.iter().map(|share| if let Share::BasisPoints(p) = share { *p } else { 0 }).collect();
    let sum = points.iter().fold(0_u64, |sum, p| sum.saturating_add(*p));
    if sum > 10_000 {
        return Err(Mismatch::Percent(sum));
    }
    // The part without percentages takes part in the rounding, so that 33.33 % thrice and a rest are exact together.
    let mut weights = points;
    weights.push(10_000 - sum);
    let mut amounts = distribute(total, &weights);
    amounts.pop();
    let mut left = i128::from(total);
    for (share, amount) in shares.iter().zip(&mut amounts) {
        if let Share::Cents(cents) = share {
            *amount = *cents;
        }
        left -= i128::from(*amount);
    }
    let left = i64::try_from(left).unwrap_or(if left > 0 { i64::MAX } else { i64::MIN });
    let rest: Vec<usize> = (0..shares.len()).filter(|index| shares[*index] == Share::Rest).collect();
    if rest.is_empty() && left != 0 {
        return Err(Mismatch::Difference(left));
    }
    if !rest.is_empty() && total != 0 && left.signum() == -total.signum() {
        return Err(Mismatch::Difference(left.saturating_mul(total.signum())));
    }
    for (index, amount) in rest.iter().zip(distribute(left, &vec![1; rest.len()])) {
        amounts[*index] = amount;
    }
    if total != 0
        && let Some(empty) = amounts.iter().position(|amount| *amount == 0)
    {
        return Err(Mismatch::Empty(empty));
    }
    Ok(amounts)
}

/// Reads what a person writes as a share: `1.234,56`, `1234.56`, `12,5 %`, or nothing for the rest.
///
/// ```
/// use vir_invoice_desk::coding::split::{Share, share};
/// assert_eq!(share("1.234,56 €"), Some(Share::Cents(123_456)));
/// assert_eq!(share("12,5 %"), Some(Share::BasisPoints(1250)));
/// assert_eq!(share(" "), Some(Share::Rest));
/// assert_eq!(share("zwölf"), None);
/// ```
#[must_use]
pub fn share(text: &str) -> Option<Share> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Share::Rest);
    }
    if let Some(percent) = text.strip_suffix('%') {
        let points = hundredths(percent.trim())?;
        return u64::try_from(points).ok().filter(|points| (1..=10_000).contains(points)).map(Share::BasisPoints);
    }
    let text = text.trim_end_matches('€').trim_end_matches("EUR").trim();
    hundredths(text).map(Share::Cents)
}

/// Reads a number with at most two decimals as hundredths. A comma is always the decimal mark; a single point with one
/// or two digits behind it is one, too; other points group thousands.
#[must_use]
pub fn hundredths(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest.trim()),
        None => (false, text),
    };
    let (whole, decimals) = match digits.rsplit_once(',') {
        Some(parts) => parts,
        None => match digits.rsplit_once('.') {
            Some((whole, decimals)) if decimals.len() <= 2 && !whole.contains('.') => (whole, decimals),
            _ => (digits, ""),
        },
    };
    let groups: Vec<&str> = whole.split(['.', ' ', '\u{a0}', '\u{202f}']).collect();
    let grouped = groups.len() > 1;
    let well_grouped = groups.iter().skip(1).all(|group| group.len() == 3) && (1..=3).contains(&groups[0].len());
    if (grouped && !well_grouped) || decimals.len() > 2 {
        return None;
    }
    let whole = groups.concat();
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(&whole) || !all_digits(decimals) || (whole.is_empty() && decimals.is_empty()) {
        return None;
    }
    let cents: i64 = format!("{whole}{decimals:0<2}").parse().ok()?;
    Some(if negative { -cents } else { cents })
}

/// An amount in euros as people read it: `1.234,56 €`, `€1,234.56`.
#[must_use]
pub fn euros(cents: i64, lang: Lang) -> String {
    let sign = if cents < 0 { "−" } else { "" };
    let number = number(cents, lang);
    match lang {
        Lang::De => format!("{sign}{number}\u{a0}€"),
        Lang::En => format!("{sign}€{number}"),
    }
}

/// An amount as it stands in a field: `1234,56`, `1234.56`.
#[must_use]
pub fn in_field(cents: i64, lang: Lang) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}{}{:02}", cents / 100, lang.tr(',', '.'), cents % 100)
}

fn number(cents: i64, lang: Lang) -> String {
    let size = cents.unsigned_abs();
    let whole = (size / 100).to_string();
    let mut out = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(lang.tr('.', ','));
        }
        out.push(digit);
    }
    format!("{out}{}{:02}", lang.tr(',', '.'), size % 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn largest_remainders() {
        for (total, weights, expect) in [
            (100, vec![1, 1, 1], vec![34, 33, 33]),
            (-100, vec![1, 1, 1], vec![-34, -33, -33]),
            (1, vec![1, 2], vec![0, 1]),
            (10, vec![0, 0], vec![5, 5]),
            (0, vec![5, 7], vec![0, 0]),
            (11_900, vec![10_000, 1_900], vec![10_000, 1_900]),
            (i64::MAX, vec![u64::MAX, 0], vec![i64::MAX, 0]),
            (7, vec![], vec![]),
        ] {
            assert_eq!(distribute(total, &weights), expect, "{total} {weights:?}");
        }
    }

    #[test]
    fn what_people_write() {
        for (text, expect) in [
            ("12", Some(1200)),
            ("12,5", Some(1250)),
            ("12.50", Some(1250)),
            ("1.234", Some(123_400)),
            ("1.234,5", Some(123_450)),
            ("1 234,56", Some(123_456)),
            ("1234.56", Some(123_456)),
            (",5", Some(50)),
            ("-3,00", Some(-300)),
            ("1.23.456", None),
            ("1,234.56", None),
            ("12,345", None),
            ("", None),
            ("1e3", None),
            ("٣", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(hundredths(text), expect, "{text:?}");
        }
        for text in ["0 %", "101 %", "-5 %", "x %"] {
            assert_eq!(share(text), None, "{text:?}");
        }
    }

    #[test]
    fn lines_take_amounts_percentages_and_the_rest() {
        use Share::{BasisPoints as P, Cents as C, Rest as R};
        for (total, shares, expect) in [
            (10_000, vec![R], Ok(vec![10_000])),
            (10_000, vec![C(2_500), R], Ok(vec![2_500, 7_500])),
            (10_001, vec![P(5_000), P(5_000)], Ok(vec![5_001, 5_000])),
            (100, vec![P(3_333), P(3_333), P(3_334)], Ok(vec![33, 33, 34])),
            (10_001, vec![P(2_500), R, R], Ok(vec![2_500, 3_751, 3_750])),
            (-5_000, vec![C(-2_000), R], Ok(vec![-2_000, -3_000])),
            (10_000, vec![C(4_000), C(5_000)], Err(Mismatch::Difference(1_000))),
            (10_000, vec![C(4_000), C(7_000)], Err(Mismatch::Difference(-1_000))),
            (10_000, vec![C(14_000), R], Err(Mismatch::Difference(-4_000))),
            (10_000, vec![P(6_000), P(6_000)], Err(Mismatch::Percent(12_000))),
            (10_000, vec![C(10_000), R], Err(Mismatch::Empty(1))),
            (10_000, vec![C(15_000), C(-5_000)], Ok(vec![15_000, -5_000])),
            (0, vec![R, R], Ok(vec![0, 0])),
            (1, vec![], Err(Mismatch::Nothing)),
        ] {
            assert_eq!(resolve(total, &shares), expect, "{total} {shares:?}");
        }
    }

    #[test]
    fn amounts_are_read_as_they_are_written() {
        for (cents, de, en) in [
            (0, "0,00\u{a0}€", "€0.00"),
            (123_456, "1.234,56\u{a0}€", "€1,234.56"),
            (-100_000_000, "−1.000.000,00\u{a0}€", "−€1,000,000.00"),
            (i64::MIN, "−92.233.720.368.547.758,08\u{a0}€", "−€92,233,720,368,547,758.08"),
        ] {
            assert_eq!((euros(cents, Lang::De).as_str(), euros(cents, Lang::En).as_str()), (de, en));
        }
    }

    fn any_share() -> impl Strategy<Value = Share> {
        prop_oneof![
            (-20_000_i64..20_000).prop_map(Share::Cents),
            (1_u64..=10_000).prop_map(Share::BasisPoints),
            Just(Share::Rest),
        ]
    }

    proptest! {
        #[test]
        fn no_cent_is_lost(total in any::<i64>(), weights in prop::collection::vec(any::<u64>(), 1..40)) {
            let shares = distribute(total.max(-i64::MAX), &weights);
            prop_assert_eq!(shares.iter().map(|share| i128::from(*share)).sum::<i128>(), i128::from(total.max(-i64::MAX)));
        }

        #[test]
        fn each_share_is_within_a_cent(total in -1_000_000_i64..1_000_000, weights in prop::collection::vec(0_u64..1000, 1..20)) {
            let sum: u64 = weights.iter().sum();
            prop_assume!(sum > 0);
            for (share, weight) in distribute(total, &weights).into_iter().zip(&weights) {
                let exact = total as f64 * *weight as f64 / sum as f64;
                prop_assert!((share as f64 - exact).abs() < 1.0 + 1e-6);
            }
        }

        #[test]
        fn resolved_lines_add_up(total in -100_000_i64..100_000, shares in prop::collection::vec(any_share(), 0..8)) {
            if let Ok(amounts) = resolve(total, &shares) {
                prop_assert_eq!(amounts.iter().sum::<i64>(), total);
                prop_assert_eq!(amounts.len(), shares.len());
            }
        }

        #[test]
        fn a_field_is_read_back(cents in -1_000_000_000_i64..1_000_000_000) {
            for lang in [Lang::De, Lang::En] {
                prop_assert_eq!(share(&in_field(cents, lang)), Some(Share::Cents(cents)));
            }
        }
    }
}

//! Numbers as people of either language read them.
//!
//! Invariant: what the table shows is exact; only ticks are shortened, and they are round.

use vir_core::Lang;

/// What the values of a chart are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// How many.
    Count,
    /// Cents, shown as euros.
    Euro,
    /// Tenths of a day, shown as days.
    Days,
    /// Tenths of a per cent, shown as per cent.
    Share,
}

impl Measure {
    /// A value in full: `1.234,50 €`.
    #[must_use]
    pub fn show(self, value: i64, lang: Lang) -> String {
        match self {
            Self::Count => grouped(value, lang),
            Self::Euro => match lang {
                Lang::De => format!("{}\u{A0}€", scaled(value, 100, 2, lang)),
                Lang::En if value < 0 => format!("-€{}", scaled(-value, 100, 2, lang)),
                Lang::En => format!("€{}", scaled(value, 100, 2, lang)),
            },
            Self::Days => {
                format!("{}\u{A0}{}", scaled(value, 10, 1, lang), self.unit(lang))
            }
            Self::Share => match lang {
                Lang::De => format!("{}\u{A0}%", scaled(value, 10, 1, lang)),
                Lang::En => format!("{}%", scaled(value, 10, 1, lang)),
            },
        }
    }

    /// A value at an axis: as short as it is exact enough there, without its unit.
    #[must_use]
    pub fn tick(self, value: i64, lang: Lang) -> String {
        let (per, short) = match self {
            Self::Count => (1, value),
            Self::Euro => (100, value / 100),
            Self::Days | Self::Share => (10, value / 10),
        };
        if value % per != 0 {
            return scaled(value, per, if per == 100 { 2 } else { 1 }, lang);
        }
        if short != 0 && short % 100_000 == 0 && short.abs() >= 1_000_000 {
            let millions = scaled(short / 100_000, 10, u32::from(short % 1_000_000 != 0), lang);
            return format!("{millions}\u{A0}{}", lang.tr("Mio.", "m"));
        }
        grouped(short, lang)
    }

    /// The unit of the axis.
    #[must_use]
    pub fn unit(self, lang: Lang) -> &'static str {
        match self {
            Self::Count => lang.tr("Anzahl", "Number"),
            Self::Euro => "€",
            Self::Days => lang.tr("Tage", "days"),
            Self::Share => "%",
        }
    }

    /// The value as a spreadsheet takes it, without unit and groups, with the decimal sign of the language.
    #[must_use]
    pub fn plain(self, value: i64, lang: Lang) -> String {
        let (per, digits) = match self {
            Self::Count => return value.to_string(),
            Self::Euro => (100, 2),
            Self::Days | Self::Share => (10, 1),
        };
        let sign = if value < 0 { "-" } else { "" };
        let value = value.unsigned_abs();
        let point = lang.tr(',', '.');
        format!("{sign}{}{point}{:0width$}", value / per, value % per, width = digits)
    }

    /// The smallest step between ticks that makes sense.
    pub(super) fn least_step(self) -> i64 {
        match self {
            Self::Count => 1,
            Self::Euro => 100,
            Self::Days | Self::Share => 10,
        }
    }
}

/// A whole number with groups of three: `1.234.567` in German, `1,234,567` in English.
#[must_use]
pub fn grouped(value: i64, lang: Lang) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        out.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(lang.tr('.', ','));
        }
        out.push(digit);
    }
    out
}

/// `value / per` with so many decimals (of those that `per` has), and groups.
fn scaled(value: i64, per: i64, decimals: u32, lang: Lang) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let value = value.unsigned_abs();
    let per = per.unsigned_abs();
    let whole = grouped(i64::try_from(value / per).unwrap_or(i64::MAX), lang);
    match decimals {
        0 => format!("{sign}{whole}"),
        digits => {
            let point = lang.tr(',', '.');
            format!("{sign}{whole}{point}{:0width$}", value % per, width = digits as usize)
        }
    }
}

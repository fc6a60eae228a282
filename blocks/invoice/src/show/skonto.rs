//! Payment terms (BT-20) for people: the `#SKONTO#` and `#VERZUG#` lines of XRechnung explained.
//!
//! Source: XRechnung 3.0, BT-20: `#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=100.00#`, one per line.
//!
//! Invariant: a line that does not have exactly this form is left as the text that it is.

use vir_core::{Decimal, Lang};

use super::format;
use crate::model::Date;

/// A cash discount, or interest on late payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skonto {
    /// Days from the invoice date within which the discount applies (or from which interest does).
    pub days: u32,
    /// The percentage.
    pub percent: Decimal,
    /// The amount that it is computed from, where that is not the amount due (BT-115).
    pub base: Option<Decimal>,
    /// Interest on late payment instead of a discount.
    pub late: bool,
}

/// The lines of BT-20.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Terms {
    /// A structured line.
    Skonto(Skonto),
    /// Free text.
    Text(String),
}

impl Skonto {
    /// Reads one line.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let inner = line.trim_matches([' ', '\t', '\n', '\r']).strip_prefix('#')?.strip_suffix('#')?;
        let mut segments = inner.split('#');
        let late = match segments.next()? {
            "SKONTO" => false,
            "VERZUG" => true,
            _ => return None,
        };
        let days = segments.next()?.strip_prefix("TAGE=")?;
        let percent = segments.next()?.strip_prefix("PROZENT=")?;
        let base = segments.next().map(|base| base.strip_prefix("BASISBETRAG="));
        if segments.next().is_some() || !days.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let base = match base {
            None => None,
            Some(base) => Some(base?.parse().ok()?),
        };
        Some(Self { days: days.parse().ok()?, percent: percent.parse().ok()?, base, late })
    }

    /// The discount in money, rounded to cents.
    #[must_use]
    pub fn discount(&self, amount_due: &Decimal) -> Decimal {
        let base = self.base.as_ref().unwrap_or(amount_due);
        let hundredth = Decimal::new(1, 2);
        (base.clone() * self.percent.clone() * hundredth).round_half_up(2)
    }

    /// The line in words: „2,00 % Skonto (1,19 EUR) bei Zahlung innerhalb von 14 Tagen, bis 15.01.2026".
    #[must_use]
    pub fn explain(&self, issued: Option<Date>, amount_due: Option<&Decimal>, currency: &str, lang: Lang) -> String {
        let percent = format::number(&self.percent.to_string(), lang);
        let until = issued.and_then(|issued| issued.plus_days(self.days)).map(|day| format::date(day, lang));
        let money = self
            .base
            .as_ref()
            .or(amount_due)
            .map(|due| format::amount(&self.discount(due), currency, lang))
            .map_or(String::new(), |money| format!(" ({money})"));
        let days = self.days;
        match (lang, self.late) {
            (Lang::De, false) => {
                let until = until.map_or(String::new(), |day| format!(", also bis {day}"));
                format!("{percent} % Skonto{money} bei Zahlung innerhalb von {days} Tagen{until}")
            }
            (Lang::En, false) => {
                let until = until.map_or(String::new(), |day| format!(", that is until {day}"));
                format!("{percent} % cash discount{money} for payment within {days} days{until}")
            }
            (Lang::De, true) => format!("{percent} % Verzugszins bei Zahlung nach {days} Tagen"),
            (Lang::En, true) => format!("{percent} % interest on payment after {days} days"),
        }
    }
}

impl Terms {
    /// Reads BT-20, line by line; blank lines are dropped.
    #[must_use]
    pub fn parse(text: &str) -> Vec<Self> {
        text.lines()
            .filter(|line| !crate::xml::is_blank(line))
            .map(|line| Skonto::parse(line).map_or_else(|| Self::Text(line.to_owned()), Self::Skonto))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_skonto_line_is_read_and_explained() {
        let skonto = Skonto::parse("#SKONTO#TAGE=14#PROZENT=2.00#").unwrap();
        let text = skonto.explain("2026-01-01".parse().ok(), Some(&"119.00".parse().unwrap()), "EUR", Lang::De);
        assert_eq!(text, "2,00 % Skonto (2,38\u{A0}EUR) bei Zahlung innerhalb von 14 Tagen, also bis 15.01.2026");
        let skonto = Skonto::parse("#SKONTO#TAGE=7#PROZENT=3.00#BASISBETRAG=100.00#").unwrap();
        assert_eq!(skonto.discount(&"119.00".parse().unwrap()).to_string(), "3.00");
    }

    #[test]
    fn anything_else_stays_text() {
        for line in ["", "#SKONTO#", "#SKONTO#TAGE=x#PROZENT=2.00#", "#SKONTO#TAGE=1#PROZENT=2.00#FOO=1#", "SKONTO"] {
            assert_eq!(Skonto::parse(line), None, "{line}");
        }
        assert_eq!(Terms::parse("a\n\n#SKONTO#TAGE=1#PROZENT=2.00#\n").len(), 2);
    }
}

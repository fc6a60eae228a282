//! Reductions (*Kürzung*): an invoice is certified with less than it demands, because something was not delivered, is
//! defective or wrongly computed, or because security is kept back (*Sicherheitseinbehalt*).
//!
//! What the document demands stays as it came (§ 37 (3) KomHKVO); a reduction is a decision beside it, with a reason
//! for each part. From then on the amount due is what is left: coding, limits, payment, discount and postings follow.
//!
//! Invariant: a reduction is more than nothing and less than the whole: an invoice of which nothing is owed is
//! rejected.

mod page;
pub mod store;

use serde::{Deserialize, Serialize};
use vir_core::{Phrase, Text};

use crate::coding::line::Line;
use crate::coding::split::{distribute, euros};
use crate::invoice_row::InvoiceRow;

pub(crate) use page::card;
pub use page::routes;

/// The most parts that a reduction may have.
pub const MOST: usize = 50;
/// The longest reason of a part, in characters.
pub const REASON_CHARS: usize = 500;

/// Why something is taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Not delivered, or less than billed.
    Missing,
    /// Delivered with defects (§ 320, § 641 (3) BGB).
    Defect,
    /// Another price than agreed.
    Price,
    /// Added up wrongly.
    Arithmetic,
    /// Wrong tax: what is shown unduly is not deductible (§ 14c UStG).
    Vat,
    /// Kept back as security (§ 17 (6) VOB/B), to be paid later.
    Retention,
    /// Something else.
    Other,
}

impl Kind {
    /// All.
    pub const ALL: [Self; 7] =
        [Self::Missing, Self::Defect, Self::Price, Self::Arithmetic, Self::Vat, Self::Retention, Self::Other];

    /// As it is stored and as the API names it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Defect => "defect",
            Self::Price => "price",
            Self::Arithmetic => "arithmetic",
            Self::Vat => "vat",
            Self::Retention => "retention",
            Self::Other => "other",
        }
    }

    /// Reads [`Kind::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::Missing => Phrase::new("nicht oder weniger geliefert", "not delivered, or less"),
            Self::Defect => Phrase::new("mangelhaft (§ 320, § 641 Abs. 3 BGB)", "defective (§ 320, § 641 (3) BGB)"),
            Self::Price => Phrase::new("anderer Preis vereinbart", "another price was agreed"),
            Self::Arithmetic => Phrase::new("Rechenfehler", "added up wrongly"),
            Self::Vat => Phrase::new("Umsatzsteuer falsch ausgewiesen", "wrong VAT"),
            Self::Retention => Phrase::new("Sicherheitseinbehalt (§ 17 VOB/B)", "retention as security (§ 17 VOB/B)"),
            Self::Other => Phrase::new("sonstiger Grund", "another reason"),
        }
    }
}

/// A part of a reduction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Why.
    pub kind: Kind,
    /// The line of the invoice that it is about (BT-126); none: the invoice as a whole.
    pub line: Option<String>,
    /// How much, in cents, above zero.
    pub cents: i64,
    /// Why, in words.
    pub reason: String,
}

/// What all parts take off together.
#[must_use]
pub fn sum(parts: &[Part]) -> i64 {
    parts.iter().fold(0, |sum: i64, part| sum.saturating_add(part.cents))
}

/// What of it is only kept back.
#[must_use]
pub fn retained(parts: &[Part]) -> i64 {
    let kept: Vec<Part> = parts.iter().filter(|part| part.kind == Kind::Retention).cloned().collect();
    sum(&kept)
}

/// What is wrong with a reduction of an invoice that demands so much, if anything. No part at all takes it back.
#[must_use]
pub fn wrong(parts: &[Part], demanded: i64) -> Option<Text> {
    if parts.len() > MOST {
        return Some(Text::new("Höchstens 50 Kürzungen.", "At most 50 reductions."));
    }
    for (part, number) in parts.iter().zip(1..) {
        if part.cents <= 0 {
            return Some(Text::owned(
                format!("Kürzung {number}: Der Betrag muss größer als null sein."),
                format!("Reduction {number}: the amount must be above zero."),
            ));
        }
        let said = crate::workflow::law::says_something(Some(&part.reason));
        if !said || part.reason.chars().count() > REASON_CHARS {
            return Some(Text::owned(
                format!("Kürzung {number} braucht eine Begründung von höchstens {REASON_CHARS} Zeichen."),
                format!("Reduction {number} needs a reason of at most {REASON_CHARS} characters."),
            ));
        }
    }
    let sum = sum(parts);
    if !parts.is_empty() && sum >= demanded {
        return Some(Text::owned(
            format!(
                "Die Kürzung über {} lässt von {} nichts übrig. Eine Rechnung, von der nichts geschuldet ist, wird abgelehnt.",
                euros(sum, vir_core::Lang::De),
                euros(demanded, vir_core::Lang::De)
            ),
            format!(
                "The reduction of {} leaves nothing of {}. An invoice of which nothing is owed is rejected.",
                euros(sum, vir_core::Lang::En),
                euros(demanded, vir_core::Lang::En)
            ),
        ));
    }
    None
}

/// The lines of a coding for another amount, each with its share; a coding with lines of both signs bears the
/// difference on its largest.
#[must_use]
pub fn recoded(lines: &[Line], due: i64) -> Vec<Line> {
    let mut lines = lines.to_vec();
    let old: i64 = lines.iter().fold(0, |sum: i64, line| sum.saturating_add(line.amount_cents));
    if lines.iter().all(|line| line.amount_cents.signum() == due.signum()) {
        let weights: Vec<u64> = lines.iter().map(|line| line.amount_cents.unsigned_abs()).collect();
        for (line, cents) in lines.iter_mut().zip(distribute(due, &weights)) {
            line.amount_cents = cents;
        }
    } else if let Some(largest) = lines.iter_mut().max_by_key(|line| line.amount_cents.unsigned_abs()) {
        largest.amount_cents = largest.amount_cents.saturating_add(due.saturating_sub(old));
    }
    // A share of nothing is no posting.
    lines.retain(|line| line.amount_cents != 0);
    lines
}

/// The text of the notice to the supplier. German only: it goes to the supplier of a German administration.
#[must_use]
pub fn notice(row: &InvoiceRow, parts: &[Part], place: &str) -> String {
    use std::fmt::Write as _;
    let euro = |cents: i64| euros(cents, vir_core::Lang::De);
    let number = row.number.as_deref().unwrap_or("ohne Nummer");
    let date = row.issue_date.map_or_else(String::new, |date| format!(" vom {}", date.strftime("%d.%m.%Y")));
    let demanded = row.payable_cents.unwrap_or(0);
    let mut text = format!(
        "Guten Tag,\n\nIhre Rechnung {number}{date} über {} haben wir geprüft. Wir zahlen sie mit {} und kürzen um:\n\n",
        euro(demanded),
        euro(demanded.saturating_sub(sum(parts)))
    );
    for part in parts {
        let line = part.line.as_ref().map_or_else(String::new, |line| format!(" zu Position {line}"));
        _ = writeln!(text, "- {}{line}: {} ({})", euro(part.cents), part.kind.name().de, part.reason.trim());
    }
    if retained(parts) > 0 {
        text.push_str("\nDer Sicherheitseinbehalt wird ausgezahlt, sobald die vereinbarte Sicherheit entfällt.\n");
    }
    _ = write!(
        text,
        "\nBitte senden Sie uns, soweit die Rechnung zu berichtigen ist, eine Gutschrift oder Rechnungskorrektur.\n\n\
         Mit freundlichen Grüßen\n{place}\n"
    );
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::coding::line::{Target, Tax};

    fn part(cents: i64) -> Part {
        Part { kind: Kind::Missing, line: None, cents, reason: "zwei Stühle fehlen".into() }
    }

    fn line(cents: i64) -> Line {
        let target = Target {
            cost_centre: "1".into(),
            account: "2".into(),
            product: "3".into(),
            investment: None,
            tax: Tax::None,
        };
        Line { target, amount_cents: cents, note: None }
    }

    #[test]
    fn more_than_nothing_and_less_than_all() {
        for (cents, fine) in [(1, true), (9_999, true), (10_000, false), (0, false), (-5, false)] {
            assert_eq!(wrong(&[part(cents)], 10_000).is_none(), fine, "{cents}");
        }
        assert!(wrong(&[], 10_000).is_none(), "taken back");
        assert!(wrong(&[part(6_000), part(4_000)], 10_000).is_some());
        assert!(wrong(&[Part { reason: " - ".into(), ..part(1) }], 10_000).is_some());
        assert!(wrong(&[part(1)], -10_000).is_some(), "a credit note is not reduced");
    }

    proptest! {
        #[test]
        fn a_coding_follows_to_the_cent(amounts in proptest::collection::vec(-50_000..90_000_i64, 1..9), due in 1..500_000_i64) {
            let lines: Vec<Line> = amounts.into_iter().filter(|cents| *cents != 0).map(line).collect();
            prop_assume!(!lines.is_empty());
            let after: i64 = recoded(&lines, due).iter().map(|line| line.amount_cents).sum();
            prop_assert_eq!(after, due);
        }
    }
}

//! A coding line: where a part of an invoice is booked, and how its tax is treated.
//!
//! Invariant: a [`Target`] is never empty: cost centre, account and product are given, because a posting without one of
//! them is refused by every finance system.

use serde::{Deserialize, Serialize};
use vir_core::Phrase;

/// How the tax of a line is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tax {
    /// Sovereign activity: no deduction of input tax.
    #[default]
    None,
    /// Business of a commercial kind (*Betrieb gewerblicher Art*): all input tax is deducted.
    Full,
    /// Used for both: the deductible part is computed in the finance system.
    Partial,
    /// The recipient owes the tax (§ 13b UStG).
    ReverseCharge,
    /// Acquisition from another member state (§ 1a UStG).
    Acquisition,
}

impl Tax {
    /// All.
    pub const ALL: [Self; 5] = [Self::None, Self::Full, Self::Partial, Self::ReverseCharge, Self::Acquisition];

    /// As it is stored and exported.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Full => "full",
            Self::Partial => "partial",
            Self::ReverseCharge => "reverse_charge",
            Self::Acquisition => "acquisition",
        }
    }

    /// Reads [`Tax::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tax| tax.code() == code)
    }

    /// What people call it.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::None => Phrase::new("hoheitlich, kein Vorsteuerabzug", "sovereign, no input tax"),
            Self::Full => Phrase::new("BgA, voller Vorsteuerabzug", "business, full input tax"),
            Self::Partial => Phrase::new("gemischt, anteiliger Vorsteuerabzug", "mixed, partial input tax"),
            Self::ReverseCharge => {
                Phrase::new("Steuerschuld beim Empfänger (§ 13b UStG)", "reverse charge (§ 13b UStG)")
            }
            Self::Acquisition => Phrase::new("innergemeinschaftlicher Erwerb", "intra-Community acquisition"),
        }
    }
}

/// Where something is booked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Target {
    /// Cost centre (*Kostenstelle*).
    pub cost_centre: String,
    /// Account (*Sachkonto*).
    pub account: String,
    /// Product (*Produkt*).
    pub product: String,
    /// Investment (*Investitionsnummer*), where there is one.
    #[serde(default)]
    pub investment: Option<String>,
    /// How its tax is treated.
    #[serde(default)]
    pub tax: Tax,
}

/// A part of an invoice with its target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Where it is booked.
    #[serde(flatten)]
    pub target: Target,
    /// How much, in cents.
    pub amount_cents: i64,
    /// A booking text.
    #[serde(default)]
    pub note: Option<String>,
}

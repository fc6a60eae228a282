//! Classes of documents, and how much protection each needs.
//!
//! The administration analyses what could happen (A.G.2) and gives each class three levels. What follows from them
//! follows here and nowhere else.
//!
//! Invariant: a class may demand more than its levels do, never less.

use serde::{Deserialize, Serialize};
use vir_core::Phrase;

use crate::lifecycle::day::Period;

/// How much protection is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names below say what each means")]
pub enum Level {
    #[default]
    Normal,
    High,
    VeryHigh,
}

impl Level {
    /// All levels, rising.
    pub const ALL: [Self; 3] = [Self::Normal, Self::High, Self::VeryHigh];

    /// For people.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::Normal => Phrase::new("normal", "normal"),
            Self::High => Phrase::new("hoch", "high"),
            Self::VeryHigh => Phrase::new("sehr hoch", "very high"),
        }
    }
}

/// What is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names below say what each means")]
pub enum Goal {
    Integrity,
    Confidentiality,
    Availability,
}

impl Goal {
    /// For people.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::Integrity => Phrase::new("Integrität", "integrity"),
            Self::Confidentiality => Phrase::new("Vertraulichkeit", "confidentiality"),
            Self::Availability => Phrase::new("Verfügbarkeit", "availability"),
        }
    }
}

/// How scans of a class are made certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seal {
    /// Not by cryptography; a written proof says how else (A.IS.1).
    #[default]
    None,
    /// By an advanced signature or seal.
    Advanced,
    /// By a qualified one.
    Qualified,
}

/// A class of documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Its name in settings and on separator pages.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// How much its integrity is worth.
    #[serde(default)]
    pub integrity: Level,
    /// How secret it is.
    #[serde(default)]
    pub confidentiality: Level,
    /// How urgently it is needed.
    #[serde(default)]
    pub availability: Level,
    /// How many of a thousand pages are looked at.
    #[serde(default = "fifty")]
    pub sample_per_mille: u16,
    /// How many at least.
    #[serde(default = "five")]
    pub sample_at_least: u32,
    /// Why not every page of a class with high integrity is looked at (IN.H.7 says should).
    #[serde(default)]
    pub sample_reason: Option<String>,
    /// The seal; none for what the levels demand.
    #[serde(default)]
    pub seal: Option<Seal>,
    /// How integrity is proved without a seal (A.IS.1).
    #[serde(default)]
    pub integrity_proof: Option<String>,
    /// How long the paper is kept after the scans are deposited (A.O.1).
    #[serde(default)]
    pub keep_paper: Option<Period>,
    /// The least resolution, in dots per inch.
    #[serde(default = "three_hundred")]
    pub least_dpi: u32,
}

fn fifty() -> u16 {
    50
}

fn five() -> u32 {
    5
}

fn three_hundred() -> u32 {
    300
}

impl Class {
    /// A class with three levels, and nothing said beyond them.
    #[must_use]
    pub fn new(id: &str, title: &str, levels: [Level; 3]) -> Self {
        let [integrity, confidentiality, availability] = levels;
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            integrity,
            confidentiality,
            availability,
            sample_per_mille: fifty(),
            sample_at_least: five(),
            sample_reason: None,
            seal: None,
            integrity_proof: None,
            keep_paper: None,
            least_dpi: three_hundred(),
        }
    }

    /// The level of a goal.
    #[must_use]
    pub fn level(&self, goal: Goal) -> Level {
        match goal {
            Goal::Integrity => self.integrity,
            Goal::Confidentiality => self.confidentiality,
            Goal::Availability => self.availability,
        }
    }

    /// Must somebody else look at the pages than who scanned them (IN.SH.1)?
    #[must_use]
    pub fn needs_second_person(&self) -> bool {
        self.integrity == Level::VeryHigh
    }

    /// Is every page looked at? For very high integrity it must be (IN.SH.5), for high it is unless somebody has
    /// said why not (IN.H.7).
    #[must_use]
    pub fn needs_full_check(&self) -> bool {
        match self.integrity {
            Level::Normal => false,
            Level::High => !self.sample_reason.as_deref().is_some_and(crate::lifecycle::says_something),
            Level::VeryHigh => true,
        }
    }

    /// The least seal: a qualified one from high integrity on (IN.H.1).
    #[must_use]
    pub fn least_seal(&self) -> Seal {
        let demanded = if self.integrity >= Level::High { Seal::Qualified } else { Seal::None };
        self.seal.unwrap_or(demanded).max(demanded)
    }

    /// Is a qualified time stamp needed (IN.SH.2)?
    #[must_use]
    pub fn needs_time_stamp(&self) -> bool {
        self.integrity == Level::VeryHigh
    }

    /// Must intermediate results be deleted, with record (VT.H.3)?
    #[must_use]
    pub fn deletes_intermediates(&self) -> bool {
        self.confidentiality >= Level::High
    }
}

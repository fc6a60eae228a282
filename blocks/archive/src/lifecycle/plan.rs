//! The *Aktenplan*: a tree of entries that say how records under them are kept.
//!
//! What an entry does not say, the entries above it say.
//!
//! Invariant: a [`Plan`] is a forest without missing parents or circles, and the versions of each rule are in order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vir_core::{Phrase, Text};

use super::EntryId;
use super::day::{Day, Period};
use super::term::{self, Version};

/// How secret a record is: the classes of xdomea's list *Vertraulichkeitsstufe*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names below say what each means")]
pub enum Confidentiality {
    Open,
    Restricted,
    Confidential,
    Secret,
    TopSecret,
}

impl Confidentiality {
    /// All classes, from the least to the most secret.
    pub const ALL: [Self; 5] = [Self::Open, Self::Restricted, Self::Confidential, Self::Secret, Self::TopSecret];

    /// For people.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::Open => Phrase::new("Offen", "Open"),
            Self::Restricted => Phrase::new("VS – Nur für den Dienstgebrauch", "Restricted"),
            Self::Confidential => Phrase::new("VS – Vertraulich", "Confidential"),
            Self::Secret => Phrase::new("Geheim", "Secret"),
            Self::TopSecret => Phrase::new("Streng geheim", "Top secret"),
        }
    }
}

/// What becomes of a record: xdomea's *Aussonderungsart*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Appraisal {
    /// Of lasting value: it goes to the archive (*archivwürdig*).
    A,
    /// Still to be appraised (*bewertungsbedürftig*).
    B,
    /// Without lasting value: it is destroyed (*vernichten*).
    V,
}

impl Appraisal {
    /// For people.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::A => Phrase::new("A – archivieren", "A – archive"),
            Self::B => Phrase::new("B – bewerten", "B – appraise"),
            Self::V => Phrase::new("V – vernichten", "V – destroy"),
        }
    }
}

/// An entry of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name, usually its number: `20.3.1`.
    pub id: EntryId,
    /// The entry above it.
    #[serde(default)]
    pub parent: Option<EntryId>,
    /// What it is about.
    pub title: String,
    /// The organisation unit to which its records belong: who may see them and work with them is asked for there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// How secret its records are.
    #[serde(default)]
    pub confidentiality: Option<Confidentiality>,
    /// What is expected to become of its records. It never replaces the archive's appraisal.
    #[serde(default)]
    pub appraisal: Option<Appraisal>,
    /// How long its records are kept: versions in the order of coming into force.
    #[serde(default)]
    pub retention: Vec<Version>,
    /// How long after closing its records stay with the office (*Transferfrist*).
    #[serde(default)]
    pub transfer: Option<Period>,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<Entry>", into = "Vec<Entry>")]
pub struct Plan {
    entries: BTreeMap<EntryId, Entry>,
}

/// What is wrong with a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// Two entries have one name.
    #[error("the entry {0} is there twice")]
    Twice(EntryId),
    /// The entry above is not there.
    #[error("the entry {0} stands under {1}, which is not there")]
    NoParent(EntryId, EntryId),
    /// An entry stands under itself.
    #[error("the entry {0} stands under itself")]
    Circle(EntryId),
    /// Versions are not in order.
    #[error("the retention rules of {0} are not in order: numbers and days must rise")]
    Versions(EntryId),
}

impl PlanError {
    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        let de = match self {
            Self::Twice(id) => format!("Den Eintrag {id} gibt es zweimal."),
            Self::NoParent(id, parent) => format!("Der Eintrag {id} steht unter {parent}; den gibt es nicht."),
            Self::Circle(id) => format!("Der Eintrag {id} steht unter sich selbst."),
            Self::Versions(id) => {
                format!("Die Aufbewahrungsregeln von {id} sind nicht geordnet: Nummern und Tage müssen steigen.")
            }
        };
        let mut en = self.to_string();
        en[..1].make_ascii_uppercase();
        en.push('.');
        Text::owned(de, en)
    }
}

impl Plan {
    /// A plan of these entries.
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Result<Self, PlanError> {
        let mut plan = Self::default();
        for entry in entries {
            let rising = |pair: &[Version]| pair[0].version < pair[1].version && pair[0].from < pair[1].from;
            if !entry.retention.windows(2).all(rising) {
                return Err(PlanError::Versions(entry.id));
            }
            if let Some(before) = plan.entries.insert(entry.id.clone(), entry) {
                return Err(PlanError::Twice(before.id));
            }
        }
        // Each entry is walked over once: what leads to a sound entry is sound.
        let mut sound = std::collections::BTreeSet::new();
        for entry in plan.entries.values() {
            let mut walked = Vec::new();
            let mut at = Some(entry);
            while let Some(entry) = at {
                if sound.contains(&entry.id) {
                    break;
                }
                if walked.len() > plan.entries.len() {
                    return Err(PlanError::Circle(entry.id.clone()));
                }
                walked.push(&entry.id);
                at = match &entry.parent {
                    None => None,
                    Some(parent) => match plan.entries.get(parent) {
                        None => return Err(PlanError::NoParent(entry.id.clone(), parent.clone())),
                        found => found,
                    },
                };
            }
            sound.extend(walked);
        }
        Ok(plan)
    }

    /// An entry.
    #[must_use]
    pub fn entry(&self, id: &EntryId) -> Option<&Entry> {
        self.entries.get(id)
    }

    /// All entries, by name.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// An entry and those above it, from below.
    pub fn upwards(&self, id: &EntryId) -> impl Iterator<Item = &Entry> {
        std::iter::successors(self.entries.get(id), |entry| self.entries.get(entry.parent.as_ref()?))
    }

    /// Does an entry belong to a branch?
    #[must_use]
    pub fn is_under(&self, id: &EntryId, branch: &EntryId) -> bool {
        self.upwards(id).any(|entry| entry.id == *branch)
    }

    /// The entry whose retention rule counts for an entry.
    #[must_use]
    pub fn retention_entry(&self, id: &EntryId) -> Option<&Entry> {
        self.upwards(id).find(|entry| !entry.retention.is_empty())
    }

    /// The rule that counts on a day for records of an entry that were closed on another.
    #[must_use]
    pub fn retention(&self, id: &EntryId, closed: Option<Day>, on: Day) -> Option<&Version> {
        term::applicable(&self.retention_entry(id)?.retention, closed, on)
    }

    /// The organisation unit to which the records of an entry belong.
    #[must_use]
    pub fn unit(&self, id: &EntryId) -> Option<&str> {
        self.upwards(id).find_map(|entry| entry.unit.as_deref())
    }

    /// How secret the records of an entry are.
    #[must_use]
    pub fn confidentiality(&self, id: &EntryId) -> Confidentiality {
        self.upwards(id).find_map(|entry| entry.confidentiality).unwrap_or(Confidentiality::Open)
    }

    /// What is expected to become of the records of an entry.
    #[must_use]
    pub fn planned_appraisal(&self, id: &EntryId) -> Option<Appraisal> {
        self.upwards(id).find_map(|entry| entry.appraisal)
    }

    /// How long records of an entry stay with the office.
    #[must_use]
    pub fn transfer(&self, id: &EntryId) -> Option<Period> {
        self.upwards(id).find_map(|entry| entry.transfer)
    }
}

impl TryFrom<Vec<Entry>> for Plan {
    type Error = PlanError;

    fn try_from(entries: Vec<Entry>) -> Result<Self, PlanError> {
        Self::new(entries)
    }
}

impl From<Plan> for Vec<Entry> {
    fn from(plan: Plan) -> Self {
        plan.entries.into_values().collect()
    }
}

//! The law of a record's life as code: one entry for each rule, with its source, what it says, and what it does.
//!
//! A rule *blocks*, *informs*, or is *ensured* by how the library is built, so that nothing can be tried against it.
//! Rules about people look at both persons of an act: the one who acts, and the one acted for.
//!
//! Invariant: no rule asks for the result of another; [`Law::judge`] gives all objections, in the order of the table.

mod handbook;
mod objections;
mod rules;

use serde::{Deserialize, Serialize};
use vir_core::{Phrase, Text};

pub use handbook::handbook;
pub use rules::RULES;

use super::EntryId;
use super::day::{Day, Period};
use super::event::{Command, Who};
use super::hold::Hold;
use super::plan::Plan;
use super::record::Record;
use super::term::{End, Version};
use super::tombstone::Keep;

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// The step is not possible.
    Blocks,
    /// People are told.
    Informs,
    /// The library is built so that it cannot be broken.
    Ensured,
}

impl Effect {
    /// What people call it.
    #[must_use]
    pub fn name(self) -> Phrase {
        match self {
            Self::Blocks => Phrase::new("sperrt", "blocks"),
            Self::Informs => Phrase::new("informiert", "informs"),
            Self::Ensured => Phrase::new("immer gewährleistet", "always ensured"),
        }
    }
}

/// Whose records these are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    /// A municipality's: NArchG § 7 (3).
    #[default]
    Municipal,
    /// An office of the state: NArchG § 3 (1).
    State,
}

/// What an administration has decided for itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Whose records these are.
    pub body: Body,
    /// How long after closing records stay with the office where the plan says nothing.
    pub transfer: Period,
    /// How long the archive has for its answer to an offer, before somebody asks.
    pub reply: Period,
    /// What a tombstone may keep.
    pub keep: Keep,
}

impl Default for Settings {
    fn default() -> Self {
        Self { body: Body::Municipal, transfer: Period::years(2), reply: Period::months(6), keep: Keep::default() }
    }
}

/// All that holds beyond the single record.
#[derive(Debug, Clone, Copy)]
pub struct Law<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// All holds that may concern the record; also those that are over.
    pub holds: &'a [Hold],
    /// What the administration has decided.
    pub settings: &'a Settings,
}

/// How long after its last edit a record of the state is to be offered (NArchG § 3 (1) sentence 3).
pub const OFFER_LATEST: Period = Period::years(30);
/// From when on that duty can be fulfilled: in the last of these years.
const OFFER_EARLIEST: Period = Period::years(29);

impl<'a> Law<'a> {
    /// The rule that counts for a record on a day, with the entry that it comes from.
    #[must_use]
    pub fn rule(&self, record: &Record, on: Day) -> Option<(&'a EntryId, &'a Version)> {
        let entry = self.plan.retention_entry(&record.entry)?;
        Some((&entry.id, super::term::applicable(&entry.retention, record.closed, on)?))
    }

    /// The end of a record's term, as it is known on a day; none where the plan has no rule.
    #[must_use]
    pub fn end(&self, record: &Record, on: Day) -> Option<End<'a>> {
        let (_, version) = self.rule(record, on)?;
        Some(version.rule.end(record.closed, |event| record.occurred.get(event).copied()))
    }

    /// The holds that keep a record on a day.
    pub fn holds_of<'r>(&self, record: &'r Record, on: Day) -> impl Iterator<Item = &'a Hold> + use<'a, 'r> {
        let plan = self.plan;
        self.holds.iter().filter(move |hold| hold.keeps(record, plan, on))
    }

    /// The last day on which a record is to be offered, whatever its term says.
    #[must_use]
    pub fn offer_latest(&self, record: &Record) -> Option<Day> {
        (self.settings.body == Body::State).then(|| record.last_edit.plus(OFFER_LATEST))
    }

    /// May the thirty years be met by an offer on this day?
    fn thirty_years_near(&self, record: &Record, on: Day) -> bool {
        self.settings.body == Body::State && on >= record.last_edit.plus(OFFER_EARLIEST)
    }

    /// All objections to a command.
    #[must_use]
    pub fn judge(&self, record: Option<&Record>, command: &Command, who: &Who, on: Day) -> Vec<Objection> {
        let attempt = Attempt { record, command, who, on, law: self };
        RULES.iter().filter_map(|rule| (rule.objects)(&attempt).map(|why| Objection { rule, why })).collect()
    }
}

/// What rules ask about.
#[derive(Debug)]
pub struct Attempt<'a> {
    record: Option<&'a Record>,
    command: &'a Command,
    who: &'a Who,
    on: Day,
    law: &'a Law<'a>,
}

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name, which does not change.
    pub id: &'static str,
    /// Where it comes from.
    pub source: Phrase,
    /// What it says.
    pub text: Phrase,
    /// What it does.
    pub effect: Effect,
    /// Why it objects, if it does.
    objects: fn(&Attempt<'_>) -> Option<Text>,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

/// A rule that objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// The rule.
    pub rule: &'static Rule,
    /// Why, to the person.
    pub why: Text,
}

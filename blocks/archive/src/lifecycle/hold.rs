//! Legal holds: records that must not be disposed of, whatever their terms say.
//!
//! A hold is about one record, a branch of the plan, people, or what a search found. It begins and ends on days, or
//! is lifted. Nobody has to ask it: [`super::law`] does.
//!
//! Invariant: a hold is never forgotten; a lifted one still says whom it concerned, why, and until when.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vir_core::Text;

use super::day::Day;
use super::event::Who;
use super::plan::Plan;
use super::record::Record;
use super::{EntryId, HoldId, RecordId, SubjectId, says_something};

/// What a hold is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", deny_unknown_fields)]
pub enum Scope {
    /// One record.
    Record {
        /// Which.
        record: RecordId,
    },
    /// All records under an entry of the plan, also those to come.
    Branch {
        /// Which.
        entry: EntryId,
    },
    /// All records about any of these people, also those to come.
    Subjects {
        /// Whom.
        subjects: BTreeSet<SubjectId>,
    },
    /// What a search found: its words, and the records that it found so far.
    Search {
        /// The words, as they were typed.
        words: String,
        /// What it found. Whoever searches again adds to it.
        records: BTreeSet<RecordId>,
    },
}

impl Scope {
    /// Is this record meant?
    #[must_use]
    pub fn covers(&self, record: &Record, plan: &Plan) -> bool {
        match self {
            Self::Record { record: held } => *held == record.id,
            Self::Branch { entry } => record.entry == *entry || plan.is_under(&record.entry, entry),
            Self::Subjects { subjects } => record.subjects.iter().any(|subject| subjects.contains(subject)),
            Self::Search { records, .. } => records.contains(&record.id),
        }
    }

    /// Is nothing meant?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Subjects { subjects } => subjects.is_empty(),
            Self::Search { words, .. } => !says_something(words),
            Self::Record { .. } | Self::Branch { .. } => false,
        }
    }
}

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Its name.
    pub id: HoldId,
    /// What it is about.
    pub scope: Scope,
    /// Why: a lawsuit, an audit, a request of the person concerned (GDPR Art. 18).
    pub reason: String,
    /// Who imposed it.
    pub author: Who,
    /// Its first day.
    pub from: Day,
    /// Its last day, where one is known.
    pub until: Option<Day>,
    /// When, by whom and why it was lifted.
    pub lifted: Option<(Day, Who, String)>,
}

impl Hold {
    /// Does it hold on this day? The day on which it is lifted no longer counts.
    #[must_use]
    pub fn is_active(&self, on: Day) -> bool {
        let ended = self.until.is_some_and(|until| until < on);
        let lifted = self.lifted.as_ref().is_some_and(|(day, ..)| *day <= on);
        self.from <= on && !ended && !lifted
    }

    /// Does it keep this record on this day?
    #[must_use]
    pub fn keeps(&self, record: &Record, plan: &Plan, on: Day) -> bool {
        self.is_active(on) && self.scope.covers(record, plan)
    }
}

/// What happens to a hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Change {
    /// It is imposed.
    Impose {
        /// Its name.
        id: HoldId,
        /// What it is about.
        scope: Scope,
        /// Why.
        reason: String,
        /// Its first day.
        from: Day,
        /// Its last day, where one is known.
        until: Option<Day>,
    },
    /// Its end moves, or becomes open.
    Prolong {
        /// The new last day.
        until: Option<Day>,
        /// Why.
        reason: String,
    },
    /// A new search found more.
    Extend {
        /// What it found.
        records: BTreeSet<RecordId>,
    },
    /// It is lifted.
    Lift {
        /// Why.
        reason: String,
    },
}

/// Why a hold cannot be changed so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HoldRefusal {
    /// No reason.
    #[error("a hold is imposed, prolonged and lifted with a reason")]
    NoReason,
    /// It means nothing.
    #[error("a hold says what it is about")]
    NoScope,
    /// It ends before it begins, or in the past.
    #[error("a hold ends neither before it begins nor before today; what has ended is not prolonged")]
    Days,
    /// There is such a hold already, or none.
    #[error("the hold is there already, is not there, or is lifted")]
    State,
    /// Only a search can find more.
    #[error("only a hold over a search can be extended")]
    NoSearch,
    /// A program.
    #[error("holds are lifted by people")]
    Program,
}

impl HoldRefusal {
    /// For people, with the rule (GDPR Art. 18 and 17 (3) e, ZPO § 444).
    #[must_use]
    pub fn text(self) -> Text {
        match self {
            Self::NoReason => Text::new(
                "Eine Aufbewahrungssperre wird mit Begründung verhängt, verlängert und aufgehoben.",
                "A legal hold is imposed, prolonged and lifted with a reason.",
            ),
            Self::NoScope => Text::new("Die Sperre muss sagen, was sie umfasst.", "The hold must say what it covers."),
            Self::Days => Text::new(
                "Eine Sperre endet weder vor ihrem Beginn noch vor heute, und was beendet ist, wird nicht verlängert.",
                "A hold ends neither before it begins nor before today, and what has ended is not prolonged.",
            ),
            Self::State => Text::new(
                "Diese Sperre gibt es schon, gibt es nicht, oder sie ist aufgehoben.",
                "This hold is there already, is not there, or is lifted.",
            ),
            Self::NoSearch => {
                Text::new("Nur eine Sperre über eine Suche kann wachsen.", "Only a hold over a search can grow.")
            }
            Self::Program => {
                Text::new("Aufheben und verkürzen können nur Menschen.", "Only people can lift or shorten a hold.")
            }
        }
    }
}

/// The hold after a change, or why there is none.
pub fn change(hold: Option<&Hold>, change: &Change, who: &Who, on: Day) -> Result<Hold, HoldRefusal> {
    if let Change::Impose { id, scope, reason, from, until } = change {
        return match hold {
            Some(_) => Err(HoldRefusal::State),
            None if !says_something(reason) => Err(HoldRefusal::NoReason),
            None if scope.is_empty() => Err(HoldRefusal::NoScope),
            None if until.is_some_and(|until| until < *from || until < on) => Err(HoldRefusal::Days),
            None => Ok(Hold {
                id: id.clone(),
                scope: scope.clone(),
                reason: reason.clone(),
                author: who.clone(),
                from: *from,
                until: *until,
                lifted: None,
            }),
        };
    }
    let mut hold = hold.filter(|hold| hold.lifted.is_none()).ok_or(HoldRefusal::State)?.clone();
    match change {
        Change::Impose { .. } => {}
        Change::Prolong { until, reason } => {
            let sooner = until.is_some_and(|until| hold.until.is_none_or(|before| until < before));
            if !says_something(reason) {
                return Err(HoldRefusal::NoReason);
            }
            if until.is_some_and(|until| until < on || until < hold.from) || hold.until.is_some_and(|end| end < on) {
                return Err(HoldRefusal::Days);
            }
            if sooner && who.is_program() {
                return Err(HoldRefusal::Program);
            }
            hold.until = *until;
        }
        Change::Extend { records: more } => match &mut hold.scope {
            Scope::Search { records, .. } => records.extend(more.iter().cloned()),
            _ => return Err(HoldRefusal::NoSearch),
        },
        Change::Lift { reason } => {
            if !says_something(reason) {
                return Err(HoldRefusal::NoReason);
            }
            if who.is_program() {
                return Err(HoldRefusal::Program);
            }
            hold.lifted = Some((on, who.clone(), reason.clone()));
        }
    }
    Ok(hold)
}

//! An entry as its form has it.
//!
//! Invariant: what does not read as a sensible value is refused at its field.

use serde::Deserialize;
use vir_archive::lifecycle::Day;
use vir_archive::lifecycle::day::Period;
use vir_archive::lifecycle::plan::{Appraisal, Confidentiality, Entry};
use vir_archive::lifecycle::term::{Rule, Start, Version};
use vir_core::Text;
use vir_web::FieldError;

/// The fields of the form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Draft {
    /// The version of the plan that was seen.
    pub seen: i64,
    /// Is it a new entry?
    pub new: bool,
    pub id: String,
    pub parent: String,
    pub title: String,
    pub unit: String,
    pub confidentiality: String,
    pub appraisal: String,
    pub transfer: String,
    /// A new version of the rule: `none`, `permanent`, `term`.
    pub rule: String,
    pub years: String,
    pub start: String,
    pub event: String,
    pub from: String,
    pub source: String,
    pub also_closed: bool,
}

impl Draft {
    /// Of an entry that is there.
    pub(super) fn of(entry: &Entry, seen: i64) -> Self {
        let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            seen,
            id: entry.id.0.clone(),
            parent: entry.parent.as_ref().map(|parent| parent.0.clone()).unwrap_or_default(),
            title: entry.title.clone(),
            unit: entry.unit.clone().unwrap_or_default(),
            confidentiality: word(serde_json::json!(entry.confidentiality)),
            appraisal: word(serde_json::json!(entry.appraisal)),
            transfer: entry.transfer.map(|period| period.years.to_string()).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// The entry that it says, from the one that was there.
    pub(super) fn read(&self, before: Option<&Entry>) -> Result<Entry, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut wrong = |field: &'static str, de: &'static str, en: &'static str| {
            errors.push(FieldError::new(field, Text::new(de, en)));
        };
        let id = self.id.trim();
        let sound = |c: char| c.is_alphanumeric() || ".-/ ".contains(c);
        if id.is_empty() || id.chars().count() > 40 || !id.chars().all(sound) {
            wrong(
                "id",
                "Höchstens 40 Zeichen: Buchstaben, Ziffern, Punkt, Bindestrich, Schrägstrich.",
                "At most 40 characters: letters, digits, dot, hyphen, slash.",
            );
        }
        let title = self.title.trim();
        if title.is_empty() || title.chars().count() > 300 {
            wrong("title", "Eine Bezeichnung mit höchstens 300 Zeichen.", "A title of at most 300 characters.");
        }
        let years = |text: &str| text.trim().parse::<u16>().ok().filter(|years| *years <= 200);
        let transfer = match self.transfer.trim() {
            "" => None,
            text => {
                let period = years(text).map(Period::years);
                if period.is_none() {
                    wrong("transfer", "Eine Zahl von 0 bis 200.", "A number from 0 to 200.");
                }
                period
            }
        };
        let mut retention = before.map(|before| before.retention.clone()).unwrap_or_default();
        if self.rule == "permanent" || self.rule == "term" {
            let from: Option<Day> = self.from.parse().ok();
            if from.is_none() || retention.last().is_some_and(|last| from.is_some_and(|from| from <= last.from)) {
                wrong(
                    "from",
                    "Ein Tag nach dem Beginn der letzten Fassung.",
                    "A day after the beginning of the last version.",
                );
            }
            if self.source.trim().is_empty() {
                wrong(
                    "source",
                    "Bitte nennen Sie die Grundlage: Gesetz, Bericht oder Beschluss.",
                    "Please name the ground: a law, a report or a resolution.",
                );
            }
            let rule = if self.rule == "permanent" { Some(Rule::Permanent) } else { self.term(years, &mut wrong) };
            if let (Some(rule), Some(from)) = (rule, from) {
                let version = retention.last().map_or(1, |last| last.version + 1);
                let source = self.source.trim().chars().take(300).collect();
                retention.push(Version { version, from, rule, source, also_closed: self.also_closed });
            }
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let optional = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Ok(Entry {
            id: id.into(),
            parent: optional(self.parent.trim()).map(vir_archive::lifecycle::EntryId),
            title: title.to_owned(),
            unit: optional(&self.unit),
            confidentiality: serde_json::from_value::<Confidentiality>(serde_json::json!(self.confidentiality)).ok(),
            appraisal: serde_json::from_value::<Appraisal>(serde_json::json!(self.appraisal)).ok(),
            retention,
            transfer,
        })
    }

    fn term(
        &self,
        years: impl Fn(&str) -> Option<u16>,
        wrong: &mut impl FnMut(&'static str, &'static str, &'static str),
    ) -> Option<Rule> {
        let length = years(&self.years);
        if length.is_none() {
            wrong("years", "Eine Zahl von 0 bis 200.", "A number from 0 to 200.");
        }
        let event = self.event.trim();
        let waits = matches!(self.start.as_str(), "new-year-after" | "day-of");
        if waits && (event.is_empty() || event.chars().count() > 200) {
            wrong("event", "Auf welches Ereignis wird gewartet?", "Which event is waited for?");
        }
        let start = match self.start.as_str() {
            "closing" => Start::Closing,
            "new-year-after" => Start::NewYearAfter { event: event.to_owned() },
            "day-of" => Start::DayOf { event: event.to_owned() },
            _ => Start::YearEnd,
        };
        Some(Rule::Term { period: Period::years(length?), start })
    }
}

//! How long a record is kept: the rules of retention, and to which day they lead.
//!
//! A rule has versions, because authorities change their rules. Which version counts for a record is decided by the
//! day on which it was closed (*z.d.A.*): the one in force then, unless a later one says that it also holds for
//! records that are closed already.
//!
//! Invariant: no term begins before its record was closed, so that reopening and closing again restarts it.

use serde::{Deserialize, Serialize};
use vir_core::Text;

use super::day::{Day, Period};

/// When a term begins.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "from", deny_unknown_fields)]
pub enum Start {
    /// With the end of the year in which the record was closed (the usual rule, and GoBD's).
    YearEnd,
    /// With the day on which the record was closed.
    Closing,
    /// On 1 January of the year after something happened: *10 Jahre ab 1. Januar nach dem Ratsbeschluss über den
    /// Jahresabschluss*.
    NewYearAfter {
        /// What has to happen.
        event: String,
    },
    /// With the day on which something happened.
    DayOf {
        /// What has to happen.
        event: String,
    },
}

impl Start {
    /// What has to happen before the term begins, beside closing.
    #[must_use]
    pub fn event(&self) -> Option<&str> {
        match self {
            Self::NewYearAfter { event } | Self::DayOf { event } => Some(event),
            Self::YearEnd | Self::Closing => None,
        }
    }
}

/// How long.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", deny_unknown_fields)]
pub enum Rule {
    /// Without end (*dauernd*, in xdomea *Unbefristet*).
    Permanent,
    /// For a period.
    Term {
        /// How long.
        period: Period,
        /// From when on.
        start: Start,
    },
}

/// One version of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// Its number, counted up.
    pub version: u32,
    /// Since when it is in force.
    pub from: Day,
    /// What it says.
    pub rule: Rule,
    /// Where it comes from: a law, or the decision of the municipality.
    pub source: String,
    /// Does it also hold for records that were closed before it came into force?
    #[serde(default)]
    pub also_closed: bool,
}

/// The end of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum End<'a> {
    /// It has none.
    Never,
    /// It has not begun: the record is not closed.
    NotClosed,
    /// It has not begun: something has to happen first.
    Waiting {
        /// What.
        event: &'a str,
    },
    /// Its last day.
    On {
        /// The day.
        day: Day,
    },
}

impl End<'_> {
    /// Is it over on this day?
    #[must_use]
    pub fn is_over(self, on: Day) -> bool {
        matches!(self, Self::On { day } if day < on)
    }

    /// For people.
    #[must_use]
    pub fn text(self) -> Text {
        match self {
            Self::Never => Text::new("dauernd aufzubewahren", "to be kept permanently"),
            Self::NotClosed => Text::new(
                "Frist beginnt erst, wenn die Akte z.d.A. verfügt ist",
                "the term begins only when the record is closed",
            ),
            Self::Waiting { event } => Text::owned(
                format!("Frist beginnt erst mit dem Ereignis „{event}“"),
                format!("the term begins only with the event “{event}”"),
            ),
            Self::On { day } => {
                Text::owned(format!("Frist endet mit dem {}", day.german()), format!("the term ends with {day}"))
            }
        }
    }
}

impl Rule {
    /// The end for a record that was closed on a day; `occurred` knows when something happened.
    #[must_use]
    pub fn end(&self, closed: Option<Day>, occurred: impl Fn(&str) -> Option<Day>) -> End<'_> {
        let (period, start) = match self {
            Self::Permanent => return End::Never,
            Self::Term { period, start } => (*period, start),
        };
        let Some(closed) = closed else { return End::NotClosed };
        let basis = match start.event() {
            None => closed,
            Some(event) => match occurred(event) {
                None => return End::Waiting { event },
                Some(day) => day.max(closed),
            },
        };
        let day = match start {
            // From the beginning of a day on: the day before the one with the same number (BGB § 187 (2), § 188 (2)).
            Start::YearEnd | Start::NewYearAfter { .. } => basis.next_new_year().plus(period).plus_days(-1),
            // The day of the event does not count (BGB § 187 (1), § 188 (2)).
            Start::Closing | Start::DayOf { .. } => basis.plus(period),
        };
        End::On { day }
    }
}

/// The version that counts on a day for a record that was closed on another; versions in the order of coming into
/// force. A record older than all rules has the first one.
#[must_use]
pub fn applicable(versions: &[Version], closed: Option<Day>, on: Day) -> Option<&Version> {
    let known = closed.unwrap_or(on);
    let holds = |version: &&Version| version.from <= known.min(on) || (version.also_closed && version.from <= on);
    versions.iter().rev().find(holds).or_else(|| versions.first())
}

/// Which version counted since when, from the day of closing on.
#[must_use]
pub fn history(versions: &[Version], closed: Day, until: Day) -> Vec<(Day, &Version)> {
    let changes = versions.iter().map(|version| version.from).filter(|from| *from > closed && *from <= until);
    let mut found: Vec<(Day, &Version)> = Vec::new();
    for day in std::iter::once(closed).chain(changes) {
        if let Some(version) = applicable(versions, Some(closed), day)
            && found.last().is_none_or(|(_, last)| last.version != version.version)
        {
            found.push((day, version));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn term(years: u16, start: Start) -> Rule {
        Rule::Term { period: Period::years(years), start }
    }

    #[test]
    fn terms_end_to_the_day() {
        let council = || "Ratsbeschluss".to_owned();
        let happened = |event: &str| (event == "Ratsbeschluss").then(|| day("2024-06-20"));
        for (rule, closed, expect) in [
            (term(10, Start::YearEnd), "2024-03-01", Some("2034-12-31")),
            (term(10, Start::YearEnd), "2024-12-31", Some("2034-12-31")),
            (term(1, Start::Closing), "2024-02-29", Some("2025-02-28")),
            (term(10, Start::NewYearAfter { event: council() }), "2023-01-31", Some("2034-12-31")),
            // Closed again after the council's decision: the term begins later, never earlier.
            (term(10, Start::NewYearAfter { event: council() }), "2026-01-31", Some("2036-12-31")),
            (term(5, Start::DayOf { event: council() }), "2023-01-31", Some("2029-06-20")),
            (term(5, Start::DayOf { event: "Abriss".to_owned() }), "2023-01-31", None),
            (Rule::Permanent, "2023-01-31", None),
        ] {
            let end = rule.end(Some(day(closed)), happened);
            let found = if let End::On { day } = end { Some(day.to_string()) } else { None };
            assert_eq!(found.as_deref(), expect, "{rule:?} {closed}");
        }
    }

    #[test]
    fn the_version_of_the_day_of_closing_counts() {
        let version = |version, from: &str, also_closed| Version {
            version,
            from: day(from),
            rule: Rule::Permanent,
            source: String::new(),
            also_closed,
        };
        let versions =
            [version(1, "2010-01-01", false), version(2, "2020-01-01", false), version(3, "2025-01-01", true)];
        let at = |closed: &str, on: &str| applicable(&versions, Some(day(closed)), day(on)).unwrap().version;
        assert_eq!(at("2015-05-05", "2024-12-31"), 1);
        assert_eq!(at("2015-05-05", "2025-01-01"), 3);
        assert_eq!(at("2021-05-05", "2022-01-01"), 2);
        assert_eq!(at("1999-05-05", "2000-01-01"), 1);
        let versions: Vec<_> = history(&versions, day("2015-05-05"), day("2030-01-01"))
            .into_iter()
            .map(|(from, version)| (from.to_string(), version.version))
            .collect();
        assert_eq!(versions, [("2015-05-05".to_owned(), 1), ("2025-01-01".to_owned(), 3)]);
    }
}

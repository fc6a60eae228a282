//! What a validation says: the code, the place, and what was found there.
//!
//! Invariant: a report is valid exactly where no finding is an error.

use std::fmt;

use serde::Serialize;
use vir_core::{Severity, Text};

use super::code::Code;
use super::inventory::Spec;

/// One statement about an object or a storage root.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The rule.
    pub code: Code,
    /// Where: a path relative to the object or root, empty for the whole; within an inventory its key follows `#`.
    pub place: String,
    /// What was found there; may be empty.
    pub found: String,
}

impl Finding {
    /// For people: the demand, and what was found instead.
    #[must_use]
    pub fn message(&self) -> Text {
        let demand = self.code.demand();
        if self.found.is_empty() {
            return demand.into();
        }
        Text::owned(format!("{} Gefunden: {}", demand.de, self.found), format!("{} Found: {}", demand.en, self.found))
    }

    /// Does it make the object or root invalid?
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.code.severity() == Severity::Error
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({}): {}", self.code.name(), self.place, self.code.clause(), self.message().en)
    }
}

impl Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut map = serializer.serialize_struct("Finding", 5)?;
        map.serialize_field("code", self.code.name())?;
        map.serialize_field("severity", &self.code.severity())?;
        map.serialize_field("place", &self.place)?;
        map.serialize_field("clause", self.code.clause())?;
        map.serialize_field("message", &self.message())?;
        map.end()
    }
}

/// What was found out about an object.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// Its identifier, where it has one.
    pub id: Option<String>,
    /// The specification that it declares.
    pub spec: Option<Spec>,
    /// All that is to be said, in the order of codes and places.
    pub findings: Vec<Finding>,
    /// How many findings there were beyond the bound of a report.
    pub left_out: usize,
    /// Was one of them an error?
    #[serde(skip)]
    error_left_out: bool,
}

/// How many findings a report keeps; a hostile inventory could bring millions.
const MOST: usize = 10_000;

impl Report {
    /// Is it valid?
    #[must_use]
    pub fn is_valid(&self) -> bool {
        !self.error_left_out && !self.findings.iter().any(Finding::is_error)
    }

    pub(super) fn say(&mut self, code: Code, place: impl Into<String>, found: impl Into<String>) {
        if self.findings.len() < MOST {
            self.findings.push(Finding { code, place: place.into(), found: shortened(&found.into()) });
        } else {
            self.left_out += 1;
            self.error_left_out |= code.severity() == Severity::Error;
        }
    }

    pub(super) fn sort(&mut self) {
        self.findings.sort();
        self.findings.dedup();
    }
}

/// A value that may come from a hostile document, of a length for people.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

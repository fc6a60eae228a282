//! Findings: what is to be said about a document, to whom, and where.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::Text;

/// How grave a finding is. Only [`Severity::Error`] makes a document unacceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Information,
    /// Should be repaired; the document is accepted.
    Warning,
    /// Must be repaired; the document is rejected.
    Error,
}

/// Who has to act on a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Actor {
    /// The maker of the software that wrote the document: a person cannot repair it by typing.
    Software,
    /// Whoever issued the document: a value is missing or wrong.
    Issuer,
    /// Whoever received it: for example an order number that only the buyer knows.
    Buyer,
}

/// Where in a source something stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Place {
    /// The XPath of the element or attribute, with the usual prefixes and 1-based positions.
    pub path: String,
    /// Line, counted from 1; 0 where there is no line.
    pub line: u32,
    /// Column in characters, counted from 1; 0 where there is no column.
    pub column: u32,
}

/// One statement about a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Identifier of the rule, as its official source names it: `BR-CO-10`.
    pub rule: Cow<'static, str>,
    /// How grave it is, after all overrides.
    pub severity: Severity,
    /// The layer of rules that it comes from: `schema`, `en16931`, `xrechnung`, `peppol`.
    pub layer: &'static str,
    /// Where it is.
    pub place: Place,
    /// The business terms concerned: `BT-106`, `BG-22`.
    pub terms: Cow<'static, [&'static str]>,
    /// The offending value, where there is one.
    pub value: Option<String>,
    /// What is wrong.
    pub message: Text,
    /// What to do about it.
    pub repair: Text,
    /// Who has to do it.
    pub actor: Actor,
}

//! Reports in the forms that people and programs read, one file each.
//!
//! Every form renders one document by itself, so that threads can do it and nothing has to be kept.

mod csv;
mod json;
mod junit;
mod readable;
mod svrl;
pub mod words;
mod xml;

pub use readable::{Detail, Readable};

use vir_invoice::check::Report;

/// A checked document.
#[derive(Debug)]
pub struct Checked {
    /// The file as it was given, or `-`.
    pub file: String,
    /// The file's name for people.
    pub title: String,
    /// The name of the invoice inside a PDF.
    pub embedded: Option<String>,
    /// What there is to say about it.
    pub report: Report,
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Readable(Readable),
    /// One line of JSON per document.
    Json,
    /// One line per finding.
    Csv,
    /// Schematron Validation Report Language.
    Svrl,
    /// JUnit's XML, for build servers.
    Junit,
}

impl Form {
    /// What stands before the first document.
    pub fn head(self) -> &'static str {
        match self {
            Self::Csv => csv::HEAD,
            Self::Junit => junit::HEAD,
            _ => "",
        }
    }

    /// What stands after the last document.
    pub fn tail(self) -> &'static str {
        match self {
            Self::Junit => junit::TAIL,
            _ => "",
        }
    }

    /// The report on a document.
    pub fn render(self, checked: &Checked) -> String {
        match self {
            Self::Readable(readable) => readable.render(checked),
            Self::Json => json::render(checked),
            Self::Csv => csv::render(checked),
            Self::Svrl => svrl::render(checked),
            Self::Junit => junit::render(checked),
        }
    }

    /// How the name of a file with such a report ends.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Readable(_) => "txt",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Svrl => "svrl.xml",
            Self::Junit => "junit.xml",
        }
    }
}

/// The name of a verdict in reports.
fn verdict_name(report: &Report) -> &'static str {
    use vir_invoice::check::Verdict;
    match report.verdict {
        Verdict::Accept => "accept",
        Verdict::Reject => "reject",
        Verdict::Undefined => "undefined",
    }
}

/// The name of a reason in reports.
fn reason_name(report: &Report) -> Option<&'static str> {
    use vir_invoice::check::Reason;
    report.reason.map(|reason| match reason {
        Reason::NotWellFormed => "not-well-formed",
        Reason::NoProfile => "no-profile",
        Reason::Schema => "schema",
        Reason::Rules => "rules",
        Reason::RuleError => "rule-error",
    })
}

//! The measures of the guideline, as a table.
//!
//! Identifiers are those of BSI TR-03138, Anlage P, version 1.5 (21 November 2024), sections for offices; what each
//! says is in our words, and its wording there counts. Mobile scanning (M.A) is not offered and not listed.
//!
//! Invariant: each measure is there once, and what a level demands, every higher one demands, too.

mod basic;
mod extended;

use serde::Serialize;
use vir_core::Phrase;

use super::class::{Class, Goal, Level};

/// When a measure is demanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Always.
    Always,
    /// From this level of any goal on.
    Any(Level),
    /// From this level of one goal on.
    Goal(Goal, Level),
}

/// Who can prove it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// The program, by its configuration and logs.
    Program,
    /// The office, by its own papers.
    Office,
    /// Both: the program has a part of it.
    Both,
}

/// A measure.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Measure {
    /// Its identifier.
    pub id: &'static str,
    /// What it is about.
    #[serde(skip)]
    pub title: Phrase,
    /// When it is demanded.
    pub need: Need,
    /// Who can prove it.
    pub proof: Proof,
    /// What is done, or to be done.
    #[serde(skip)]
    pub text: Phrase,
}

impl Measure {
    /// Does a class demand it?
    #[must_use]
    pub fn is_demanded(&self, class: &Class) -> bool {
        match self.need {
            Need::Always => true,
            Need::Any(level) => [Goal::Integrity, Goal::Confidentiality, Goal::Availability]
                .iter()
                .any(|goal| class.level(*goal) >= level),
            Need::Goal(goal, level) => class.level(goal) >= level,
        }
    }
}

const fn measure(id: &'static str, title: Phrase, need: Need, proof: Proof, text: Phrase) -> Measure {
    Measure { id, title, need, proof, text }
}

/// All measures, in the order of the guideline.
pub fn all() -> impl Iterator<Item = &'static Measure> {
    basic::BASIC.iter().chain(extended::EXTENDED)
}

/// A measure by its identifier.
#[must_use]
pub fn find(id: &str) -> Option<&'static Measure> {
    all().find(|measure| measure.id == id)
}

/// The measures as a table in Markdown, in German, for the handbook.
#[must_use]
pub fn table() -> String {
    use std::fmt::Write as _;
    let mut out =
        String::from("| Maßnahme | Thema | gefordert | nachzuweisen durch | Umsetzung |\n|---|---|---|---|---|\n");
    for Measure { id, title, need, proof, text } in all() {
        let need = match need {
            Need::Always => "immer".to_owned(),
            Need::Any(level) => format!("ab {}", level.name().de),
            Need::Goal(goal, level) => format!("{} ab {}", goal.name().de, level.name().de),
        };
        let proof = match proof {
            Proof::Program => "Programm",
            Proof::Office => "Scanstelle",
            Proof::Both => "Programm und Scanstelle",
        };
        _ = writeln!(out, "| {id} | {} | {need} | {proof} | {} |", title.de, text.de);
    }
    out
}

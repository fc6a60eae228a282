//! The rules and steps as a page of the handbook.
//!
//! Invariant: it says what the entries and the table of steps say, and nothing else.

use std::fmt::Write as _;

use super::RULES;
use crate::lifecycle::event::Step;
use crate::lifecycle::record::{State, next};

/// The page of the handbook, in German, without its title.
#[must_use]
pub fn handbook() -> String {
    let mut out = String::from("| Regel | Quelle | Wirkung | Inhalt |\n|---|---|---|---|\n");
    for rule in RULES {
        _ = writeln!(out, "| `{}` | {} | {} | {} |", rule.id, rule.source.de, rule.effect.name().de, rule.text.de);
    }
    out.push_str("\n## Schritte\n\n| Schritt | möglich, wenn die Akte … ist | danach |\n|---|---|---|\n");
    for step in Step::ALL {
        let states = std::iter::once(None).chain(State::ALL.map(Some));
        let ways: Vec<_> = states.filter_map(|from| next(from, step).map(|to| (from, to))).collect();
        let from: Vec<_> =
            ways.iter().map(|(from, _)| from.map_or("noch nicht angelegt", |from| from.name().de)).collect();
        let stays = ways.iter().all(|(from, to)| *from == Some(*to));
        let to = if stays { "unverändert" } else { ways.last().map_or("", |(_, to)| to.name().de) };
        _ = writeln!(out, "| {} | {} | {to} |", step.name().de, from.join(", "));
    }
    out
}

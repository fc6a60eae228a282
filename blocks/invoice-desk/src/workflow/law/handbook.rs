//! The rules and steps as a page of the handbook.
//!
//! Invariant: it says what the entries and the state machine say, and nothing else.

use super::RULES;
use crate::workflow::state::{Act, Kind, Standing, State};

/// The page of the handbook, in German: „Regeln des Rechnungswegs".
#[must_use]
pub fn handbook() -> String {
    use std::fmt::Write as _;
    let mut out = String::from(
        "<!-- Diese Seite schreibt ein Test (`VIR_HANDBOOK=write cargo test -p vir-invoice-desk`); Änderungen von Hand gehen verloren. -->\n\n\
         # Regeln des Rechnungswegs\n\n\
         Eine Rechnung geht ihren Weg durch Entscheidungen: eingegangen, kontiert, festgestellt (sachlich und \
         rechnerisch), angeordnet, übergeben, bezahlt, abgeschlossen. Vor jeder Entscheidung prüft `vir` die Regeln \
         dieser Seite, auf den Seiten ebenso wie in der Schnittstelle. Was jemand nicht darf, steht als Satz an der \
         Rechnung, mit der Regel und ihrer Quelle.\n\n\
         Regeln über Personen gelten immer für beide: für die Person, die handelt, und für die Person, die sie \
         vertritt.\n\n\
         | Regel | Quelle | Wirkung | Inhalt |\n|---|---|---|---|\n",
    );
    for rule in RULES {
        _ = writeln!(out, "| `{}` | {} | {} | {} |", rule.id, rule.source.de, rule.effect.name().de, rule.text.de);
    }
    out.push_str("\n## Schritte\n\n| Entscheidung | möglich, wenn die Rechnung … ist | danach | Begründung |\n|---|---|---|---|\n");
    for kind in Kind::ALL {
        let steps = steps(kind);
        let (from, to): (Vec<_>, Vec<_>) = steps.into_iter().unzip();
        let words = |mut states: Vec<State>| {
            states.sort();
            states.dedup();
            states.into_iter().map(|state| state.within_sentence(vir_core::Lang::De)).collect::<Vec<_>>().join(", ")
        };
        let unchanged = matches!(kind, Kind::Hold | Kind::Release);
        let to = if unchanged { "unverändert".to_owned() } else { words(to) };
        let reason = if kind.needs_reason() { "nötig" } else { "" };
        _ = writeln!(out, "| {} | {} | {to} | {reason} |", kind.done().de, words(from));
    }
    out
}

/// From where to where a decision can lead, over all standings.
fn steps(kind: Kind) -> Vec<(State, State)> {
    let mut found = Vec::new();
    let act = || Some(Act::own("a"));
    for state in State::ALL.iter().copied() {
        for signed in 0..8_u8 {
            let mut standing = Standing::initial(state);
            standing.substance = act().filter(|_| signed & 1 != 0);
            standing.arithmetic = act().filter(|_| signed & 2 != 0);
            standing.on_hold = signed & 4 != 0;
            for target in std::iter::once(None).chain(State::ALL.iter().copied().map(Some)) {
                found.extend(standing.next(kind, target).ok().map(|next| (state, next)));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

//! Content models: what may come next in an element.
//!
//! Nearly all are plain sequences, kept as lists of items that a cursor moves through; the few
//! with choices or wildcards are automata. Schemas guarantee that one element of lookahead decides.
//!
//! Invariant: a cursor never moves back, so that a whole element costs as much as its children and
//! its items together.

use super::TypeId;
use super::scope::Scope;
use super::tables::{ACCEPTS, AUTOMATA, ITEMS, SEQUENCE_STARTS, STATE_STARTS, STEPS, WILDCARDS};
use crate::names::Name;
use crate::xml::Element;

const OPTIONAL: u16 = 1 << 15;
const REPEATS: u16 = 1 << 14;
const NAME: u16 = REPEATS - 1;
/// Symbols from here on are wildcards.
const FIRST_WILDCARD: u16 = 0xFF00;
const FAILED: u16 = u16::MAX;

/// A content model, by its place in the tables.
#[derive(Debug, Clone, Copy)]
pub(super) enum Model {
    /// Items from the first to before the second.
    Sequence(u16, u16),
    /// The start state.
    Automaton(u16),
}

/// How far the content of an element has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    /// The item that is next, or the state.
    at: u16,
    /// The item has been there already and may come again.
    taken: bool,
}

impl Position {
    /// The content departed from the model so far that order is no longer judged.
    pub(super) const LOST: Self = Self { at: FAILED, taken: false };
}

/// How a model declares a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Child {
    /// By name, with this type.
    Typed(TypeId),
    /// By a wildcard that lets undeclared elements through.
    Lax,
    /// By a wildcard that wants declared ones.
    Strict,
    /// Not at this place.
    Unexpected,
}

/// How an element misses a sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Misfit {
    /// The sequence has no such element.
    Foreign,
    /// It was here already, and may be only once.
    Repeated,
    /// It belongs further up.
    Late,
    /// What must stand before it does not; where it would stand itself.
    Early { missing: Vec<Name>, then: Position },
}

impl Model {
    /// The model of this number in the tables.
    pub(super) fn new(number: u16) -> Self {
        let number = usize::from(number);
        let sequences = SEQUENCE_STARTS.len() - 1;
        match number.checked_sub(sequences) {
            None => Self::Sequence(SEQUENCE_STARTS[number], SEQUENCE_STARTS[number + 1]),
            // States are numbered in 16 bits.
            Some(state) => Self::Automaton(state as u16),
        }
    }

    /// Where content begins.
    pub(super) fn start(self) -> Position {
        match self {
            Self::Sequence(at, _) | Self::Automaton(at) => Position { at, taken: false },
        }
    }

    /// Takes the next child.
    #[inline]
    pub(super) fn step<'a>(self, position: &mut Position, child: Element<'a>, scope: &mut Scope<'a>) -> Child {
        if *position == Position::LOST {
            return self.type_of(child.name()).map_or(Child::Lax, Child::Typed);
        }
        match self {
            Self::Sequence(_, end) => step_sequence(end, position, child.name()),
            Self::Automaton(_) => step_automaton(position, child, scope),
        }
    }

    /// May the content end here?
    #[inline]
    pub(super) fn may_end(self, position: Position) -> bool {
        if position == Position::LOST {
            return true;
        }
        match self {
            Self::Sequence(_, end) => {
                let from = position.at + u16::from(position.taken);
                (from..end).all(|at| ITEMS[usize::from(at)].0 & OPTIONAL != 0)
            }
            Self::Automaton(_) => ACCEPTS[usize::from(position.at)],
        }
    }

    /// The type of the child of this name, wherever it may stand.
    pub(super) fn type_of(self, name: Name) -> Option<TypeId> {
        if name == Name::OTHER {
            return None;
        }
        match self {
            Self::Sequence(first, end) => {
                let items = &ITEMS[usize::from(first)..usize::from(end)];
                items.iter().find(|item| number(item.0) == name.index()).map(|item| item.1)
            }
            Self::Automaton(_) => self.steps().find(|step| usize::from(step.0) == name.index()).map(|step| step.1),
        }
    }

    /// What may come next: names, in their order; and whether undeclared elements may as well.
    pub(super) fn expected(self, position: Position) -> (Vec<Name>, bool) {
        if position == Position::LOST {
            return (Vec::new(), false);
        }
        match self {
            Self::Sequence(_, end) => {
                let mut names = Vec::new();
                for at in position.at..end {
                    let item = ITEMS[usize::from(at)].0;
                    names.extend(name(item));
                    let satisfied = item & OPTIONAL != 0 || (position.taken && at == position.at);
                    if !satisfied {
                        break;
                    }
                }
                (names, false)
            }
            Self::Automaton(_) => {
                let steps = steps_of(position.at);
                let names = steps.iter().filter(|s| s.0 < FIRST_WILDCARD).filter_map(|s| name(s.0)).collect();
                (names, steps.iter().any(|s| s.0 >= FIRST_WILDCARD))
            }
        }
    }

    /// What must still come: empty for automata, whose alternatives [`Model::expected`] tells.
    pub(super) fn missing(self, position: Position) -> Vec<Name> {
        match self {
            Self::Sequence(_, end) if position != Position::LOST => {
                let from = position.at + u16::from(position.taken);
                let items = (from..end).map(|at| ITEMS[usize::from(at)].0);
                items.filter(|item| item & OPTIONAL == 0).filter_map(name).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Why a child does not fit here; none for automata.
    pub(super) fn misfit(self, position: Position, child: Name) -> Option<Misfit> {
        let Self::Sequence(first, end) = self else { return None };
        let found = (first..end).find(|&at| child != Name::OTHER && number(ITEMS[usize::from(at)].0) == child.index());
        let Some(own) = found else { return Some(Misfit::Foreign) };
        if own < position.at {
            let repeated = own + 1 == position.at && !position.taken;
            return Some(if repeated { Misfit::Repeated } else { Misfit::Late });
        }
        let from = position.at + u16::from(position.taken);
        let between = (from..own).map(|at| ITEMS[usize::from(at)].0);
        let missing = between.filter(|item| item & OPTIONAL == 0).filter_map(name).collect();
        let repeats = ITEMS[usize::from(own)].0 & REPEATS != 0;
        let then = Position { at: if repeats { own } else { own + 1 }, taken: repeats };
        Some(Misfit::Early { missing, then })
    }

    /// The place of a child among the items of a sequence.
    pub(super) fn rank(self, child: Name) -> Option<u16> {
        let Self::Sequence(first, end) = self else { return None };
        (first..end).find(|&at| child != Name::OTHER && number(ITEMS[usize::from(at)].0) == child.index())
    }

    fn steps(self) -> impl Iterator<Item = &'static (u16, u16, u16)> {
        let bounds = match self {
            Self::Sequence(..) => 0..0,
            Self::Automaton(start) => {
                let next = AUTOMATA.partition_point(|&first| first <= start);
                usize::from(STATE_STARTS[usize::from(start)])..usize::from(STATE_STARTS[usize::from(AUTOMATA[next])])
            }
        };
        STEPS[bounds].iter()
    }
}

fn number(item: u16) -> usize {
    usize::from(item & NAME)
}

fn name(item: u16) -> Option<Name> {
    Name::from_index(item & NAME)
}

#[inline]
fn step_sequence(end: u16, position: &mut Position, child: Name) -> Child {
    if child == Name::OTHER {
        return Child::Unexpected;
    }
    let mut taken = position.taken;
    for at in position.at..end {
        let (item, of) = ITEMS[usize::from(at)];
        if number(item) == child.index() {
            let repeats = item & REPEATS != 0;
            *position = Position { at: if repeats { at } else { at + 1 }, taken: repeats };
            return Child::Typed(of);
        }
        if item & OPTIONAL == 0 && !taken {
            return Child::Unexpected;
        }
        taken = false;
    }
    Child::Unexpected
}

fn steps_of(state: u16) -> &'static [(u16, u16, u16)] {
    let state = usize::from(state);
    &STEPS[usize::from(STATE_STARTS[state])..usize::from(STATE_STARTS[state + 1])]
}

fn step_automaton<'a>(position: &mut Position, child: Element<'a>, scope: &mut Scope<'a>) -> Child {
    let name = child.name();
    for &(symbol, of, next) in steps_of(position.at) {
        let found = if symbol >= FIRST_WILDCARD {
            let (except, strict) = WILDCARDS[usize::from(symbol - FIRST_WILDCARD)];
            match wildcard_takes(except, child, scope) {
                true if strict => Child::Strict,
                true => Child::Lax,
                false => continue,
            }
        } else if usize::from(symbol) == name.index() {
            Child::Typed(of)
        } else {
            continue;
        };
        position.at = next;
        return found;
    }
    Child::Unexpected
}

fn wildcard_takes<'a>(except: Option<&str>, child: Element<'a>, scope: &mut Scope<'a>) -> bool {
    let Some(except) = except else { return true };
    match child.name().ns() {
        Some(ns) => ns.uri() != except,
        None => {
            let namespace = scope.of_element(child);
            !namespace.is_empty() && namespace != except
        }
    }
}

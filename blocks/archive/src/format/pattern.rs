//! Byte patterns of signatures, and a matcher for them.
//!
//! A pattern is a row of steps; each step has options, an option is a run of byte classes with a gap before and a gap
//! after it. The matcher carries the set of all places where the next step may begin, as intervals, so it never goes
//! back: a gap that could be bridged in many ways costs no more than one look at every byte.
//!
//! Invariant: the work for one step is at most the bytes of the window times the bytes of its options.

use thiserror::Error;

use super::notation::read;

/// Text of a sequence that is not understood.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PatternError {
    /// Something else was expected there.
    #[error("unexpected character at byte {0}")]
    Unexpected(usize),
    /// It ends within something.
    #[error("the sequence ends too early")]
    End,
    /// Too long, or too many alternatives.
    #[error("the sequence is larger than allowed")]
    Large,
    /// Gaps within alternatives, or alternatives within alternatives.
    #[error("a gap or an alternative within an alternative")]
    Nested,
    /// Without a byte that has to be there.
    #[error("the sequence is empty")]
    Empty,
}

/// What one byte must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Class {
    Byte(u8),
    Any,
    Set(Box<[u64; 4]>),
}

impl Class {
    pub(super) fn holds(&self, byte: u8) -> bool {
        match self {
            Self::Byte(own) => *own == byte,
            Self::Any => true,
            Self::Set(bits) => bits[usize::from(byte >> 6)] & (1 << (byte & 63)) != 0,
        }
    }

    pub(super) fn set(holds: impl Fn(u8) -> bool) -> Self {
        let mut bits = Box::new([0; 4]);
        for byte in 0..=u8::MAX {
            if holds(byte) {
                bits[usize::from(byte >> 6)] |= 1 << (byte & 63);
            }
        }
        Self::Set(bits)
    }
}

/// Least and most bytes between two things; without most, any number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gap {
    pub least: usize,
    pub most: Option<usize>,
}

impl Gap {
    pub(super) const NONE: Self = Self { least: 0, most: Some(0) };
}

/// A run of bytes that may stand at a step.
#[derive(Debug, Clone)]
struct Choice {
    before: Gap,
    run: Vec<Class>,
    after: Gap,
}

/// One of these has to be there.
#[derive(Debug, Clone, Default)]
pub(super) struct Step(Vec<Choice>);

impl Step {
    /// The steps for alternative texts, each with a gap before and after it.
    pub(super) fn read(texts: &[(&str, Gap, Gap)]) -> Result<Vec<Self>, PatternError> {
        let mut joined = Self::default();
        for (text, before, after) in texts {
            let parts = read(text)?;
            if parts.len() > 1 {
                if texts.len() > 1 {
                    return Err(PatternError::Nested);
                }
                let last = parts.len() - 1;
                let steps = parts.into_iter().enumerate().map(|(at, part)| {
                    let before = if at == 0 { *before } else { part.gap };
                    let after = if at == last { *after } else { Gap::NONE };
                    Self(part.runs.into_iter().map(|run| Choice { before, run, after }).collect())
                });
                return Ok(steps.collect());
            }
            let runs = parts.into_iter().flat_map(|part| part.runs);
            joined.0.extend(runs.map(|run| Choice { before: *before, run, after: *after }));
        }
        if joined.0.is_empty() { Err(PatternError::Empty) } else { Ok(vec![joined]) }
    }

    /// Adds to the gap before it.
    pub(super) fn after_gap(&mut self, gap: Gap) {
        for choice in &mut self.0 {
            choice.before = gap;
        }
    }

    /// Adds to the gap behind it.
    pub(super) fn before_gap(&mut self, gap: Gap) {
        for choice in &mut self.0 {
            choice.after = gap;
        }
    }
}

/// Where a pattern may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Begin,
    End,
    Anywhere,
}

/// A whole pattern. One that is anchored at the end is kept, and matched, from right to left.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    pub anchor: Anchor,
    steps: Vec<Step>,
}

impl Pattern {
    pub(super) fn new(anchor: Anchor, mut steps: Vec<Step>) -> Self {
        if anchor == Anchor::End {
            steps.reverse();
            for choice in steps.iter_mut().flat_map(|step| &mut step.0) {
                choice.run.reverse();
                std::mem::swap(&mut choice.before, &mut choice.after);
            }
        }
        Self { anchor, steps }
    }

    /// Does it hold? `head` begins with the file; `tail` is the end of it backwards.
    pub(super) fn holds(&self, head: &[u8], tail: &[u8]) -> bool {
        let (bytes, first) = match self.anchor {
            Anchor::Begin => (head, (0, 0)),
            Anchor::End => (tail, (0, 0)),
            Anchor::Anywhere => (head, (0, head.len())),
        };
        let mut places = vec![first];
        for (number, step) in self.steps.iter().enumerate() {
            let is_last = number + 1 == self.steps.len();
            let mut next: Vec<(usize, usize)> = Vec::new();
            for choice in &step.0 {
                for (from, to) in shifted(&places, choice.before, bytes.len()) {
                    let mut at = from;
                    while let Some(found) = find(bytes, &choice.run, at, to) {
                        if is_last {
                            return true;
                        }
                        let end = found + choice.run.len();
                        let most = choice.after.most.map_or(bytes.len(), |most| end.saturating_add(most));
                        let reach = (end.saturating_add(choice.after.least), most.min(bytes.len()));
                        match next.last_mut() {
                            // Mostly they come in order, so that they join here.
                            Some(last) if last.0 <= reach.0 && reach.0 <= last.1 + 1 => last.1 = last.1.max(reach.1),
                            _ => next.push(reach),
                        }
                        at = found + 1;
                    }
                }
            }
            if next.is_empty() {
                return false;
            }
            places = next;
        }
        false
    }
}

/// Intervals moved by a gap, clipped, sorted and joined.
fn shifted(places: &[(usize, usize)], gap: Gap, length: usize) -> Vec<(usize, usize)> {
    let mut moved: Vec<(usize, usize)> = places
        .iter()
        .map(|(from, to)| {
            let last = gap.most.map_or(length, |most| to.saturating_add(most));
            (from.saturating_add(gap.least), last.min(length))
        })
        .filter(|(from, to)| from <= to)
        .collect();
    moved.sort_unstable();
    let mut joined: Vec<(usize, usize)> = Vec::with_capacity(moved.len());
    for (from, to) in moved {
        match joined.last_mut() {
            Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

/// The first place from `at` to `to` where the run stands.
fn find(bytes: &[u8], run: &[Class], at: usize, to: usize) -> Option<usize> {
    let last = bytes.len().checked_sub(run.len())?.min(to);
    let (first, rest) = run.split_first()?;
    let mut at = at;
    while at <= last {
        if let Class::Byte(byte) = first {
            at += memchr::memchr(*byte, &bytes[at..=last])?;
        } else if !first.holds(bytes[at]) {
            at += 1;
            continue;
        }
        if rest.iter().zip(&bytes[at + 1..]).all(|(class, byte)| class.holds(*byte)) {
            return Some(at);
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(anchor: Anchor, text: &str, offset: Gap, bytes: &[u8]) -> bool {
        let mut steps = Step::read(&[(text, Gap::NONE, Gap::NONE)]).unwrap();
        match anchor {
            Anchor::End => steps.last_mut().unwrap().before_gap(offset),
            _ => steps.first_mut().unwrap().after_gap(offset),
        }
        let tail: Vec<u8> = bytes.iter().rev().copied().collect();
        Pattern::new(anchor, steps).holds(bytes, &tail)
    }

    #[test]
    fn the_notation_means_what_droid_means() {
        for (text, good, bad) in [
            ("2550 '44' 46", "%P44F", "%P44G"),
            ("'a'[30:39]'b'", "a7b", "a:b"),
            ("'a'['x'-'z' 21]'b'", "a!b", "awb"),
            ("[!'a']'b'", "cb", "ab"),
            ("[&01]", "a", "b"),
            ("[!&01]", "b", "a"),
            ("`html`", "hTmL", "hTmK"),
            ("'a'??'b'", "a-b", "ab"),
            ("'a'{2-3}'b'", "a--b", "a-b"),
            ("'a'*'b'", "a-----b", "b---a"),
            ("('ab'|'c')'d'", "cd", "ad"),
            ("('a'|'aa')'b'('c'|'d')", "aabd", "abe"),
        ] {
            assert!(holds(Anchor::Begin, text, Gap::NONE, good.as_bytes()), "{text}: {good}");
            assert!(!holds(Anchor::Begin, text, Gap::NONE, bad.as_bytes()), "{text}: {bad}");
        }
        for text in ["4", "GG", "'a", "[", "[]", "{1}", "'a'{x}'b'", "('a'", "(('a'))", "('a'|)", "", "'a'*"] {
            assert!(Step::read(&[(text, Gap::NONE, Gap::NONE)]).is_err(), "{text}");
        }
    }

    #[test]
    fn anchors_and_offsets_bound_where_it_may_stand() {
        let within = Gap { least: 1, most: Some(2) };
        for (bytes, expect) in [("ab", false), ("-ab", true), ("--ab", true), ("---ab", false)] {
            assert_eq!(holds(Anchor::Begin, "'ab'", within, bytes.as_bytes()), expect, "{bytes}");
            let turned: String = bytes.replace("ab", "ba").chars().rev().collect();
            assert_eq!(holds(Anchor::End, "'ab'", within, turned.as_bytes()), expect, "{turned}");
        }
        assert!(holds(Anchor::Anywhere, "'ab'", Gap::NONE, b"-----ab--"));
        // The first place where the beginning stands is not the right one.
        assert!(holds(Anchor::Begin, "'a'{1}'b'", Gap { least: 0, most: None }, b"a-a-b"));
        assert!(holds(Anchor::Begin, "'a'*'b'{0-1}'c'", Gap::NONE, b"ab--bb-c"));
    }
}

//! The path notation of the bindings [table](super::table).
//!
//! Invariant: a path has at least one step; all its names are known to the schemas.

use crate::names::Name;

/// A path, parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) steps: Vec<Step>,
    /// The attribute that it ends in.
    pub(super) attribute: Option<&'static str>,
}

/// One element of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) name: Name,
    /// `*`: one element for each value.
    pub(super) each: bool,
    /// `[…]`: what selects the element.
    pub(super) conditions: Vec<Condition>,
    /// `{…}`: what is written into it and understood.
    pub(super) constants: Vec<Condition>,
}

/// Something that an element says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) path: Vec<Name>,
    pub(super) attribute: Option<&'static str>,
    pub(super) test: Test,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    /// It is there.
    Exists,
    /// It is this text.
    Is(&'static str),
    /// It is the accounting currency (BT-6), where that differs from the invoice currency.
    IsTaxCurrency,
}

impl Path {
    /// Parses one path; the table is ours, so a mistake in it is a bug.
    pub(super) fn parse(text: &'static str) -> Self {
        let mut path = Self { steps: Vec::new(), attribute: None };
        for step in split_steps(text) {
            match step.strip_prefix('@') {
                Some(attribute) => path.attribute = Some(attribute),
                None => path.steps.push(parse_step(step)),
            }
        }
        path
    }
}

/// Splits at slashes outside of brackets.
fn split_steps(text: &'static str) -> Vec<&'static str> {
    let (mut steps, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            b'/' if depth == 0 => {
                steps.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    steps.push(&text[start..]);
    steps
}

fn parse_step(text: &'static str) -> Step {
    let end = text.find(['*', '[', '{']).unwrap_or(text.len());
    let mut step = Step { name: name(&text[..end]), each: false, conditions: Vec::new(), constants: Vec::new() };
    let mut rest = &text[end..];
    while let Some(first) = rest.chars().next() {
        let close = match first {
            '*' => {
                step.each = true;
                rest = &rest[1..];
                continue;
            }
            '[' => ']',
            _ => '}',
        };
        let end = rest.find(close).expect("the table closes its brackets");
        let condition = parse_condition(&rest[1..end]);
        if first == '[' {
            step.conditions.push(condition)
        } else {
            step.constants.push(condition)
        }
        rest = &rest[end + 1..];
    }
    step
}

fn parse_condition(text: &'static str) -> Condition {
    let (place, test) = match text.split_once('=') {
        None => (text, Test::Exists),
        Some((place, "BT-6")) => (place, Test::IsTaxCurrency),
        Some((place, value)) => (place, Test::Is(value)),
    };
    let (elements, attribute) = match place.split_once('@') {
        Some((elements, attribute)) => (elements.trim_end_matches('/'), Some(attribute)),
        None => (place, None),
    };
    let path = if elements.is_empty() { Vec::new() } else { elements.split('/').map(name).collect() };
    Condition { path, attribute, test }
}

pub(super) fn name(qname: &str) -> Name {
    Name::from_qname(qname).unwrap_or_else(|| unreachable!("the schemas know every name in the table, not {qname}"))
}

//! Running a pack over a document.
//!
//! Invariant: one walk over the document; what a rule costs beyond it is the cost of its own test at
//! the elements of its context.

use super::eval::{Abort, Eval};
use super::facts::Facts;
use super::matcher::{Above, Automaton, START, Step};
use super::pack::{Check, Layer, Pack, PackContext};
use super::rule::{Pattern, Rule};
use crate::xml::Element;

/// A rule that an element violates.
#[derive(Debug, Clone, Copy)]
pub struct Fired {
    /// The rule.
    pub rule: &'static Rule,
    /// Its layer.
    pub layer: Layer,
    /// The context element.
    pub context: u32,
    /// The element to point at: the offending one, or the context where something is missing.
    pub element: u32,
}

/// What running a pack gave.
#[derive(Debug, Default)]
pub struct Outcome {
    /// All violations.
    pub fired: Vec<Fired>,
    /// The layers that broke off, each with the first reason; they have no violations in `fired`.
    pub aborted: Vec<(Layer, Abort)>,
}

/// What a run reuses from document to document: the automaton and buffers.
#[derive(Debug, Default)]
pub struct Runner {
    automaton: Automaton,
    states: Vec<u32>,
    hits: Vec<Hit>,
    /// Per assertion the open context elements and how often their path was met.
    counts: Vec<Vec<(u32, u32)>>,
    touched: Vec<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    assertion: u32,
    context: u32,
    element: u32,
}

/// Runs a pack over a document. A [`Runner`] belongs to one pack.
#[must_use]
pub fn run(runner: &mut Runner, pack: &Pack, facts: &Facts<'_>) -> Outcome {
    runner.counts.resize_with(pack.assertions.len(), Vec::new);
    runner.states.clear();
    runner.hits.clear();
    let mut outcome = Outcome::default();
    for element in facts.doc.elements() {
        let parent = element.parent().map_or(START, |parent| runner.states[parent.id() as usize]);
        let state = runner.automaton.step(&pack.trie, parent, element);
        runner.states.push(state);
        runner.mark(pack, element, state);
        if !pack.trie.attributes().is_empty() {
            runner.mark_attributes(pack, element);
        }
        test_contexts(&runner.automaton.state(state).contexts, pack, facts, element, &mut outcome);
    }
    runner.settle(pack, facts, &mut outcome);
    for assertion in runner.touched.drain(..) {
        runner.counts[assertion as usize].clear();
    }
    if !outcome.aborted.is_empty() {
        let Outcome { fired, aborted } = &mut outcome;
        fired.retain(|fired| !aborted.iter().any(|(layer, _)| *layer == fired.layer));
    }
    outcome
}

impl Runner {
    /// Notes what an element means for the forbidden and at-most-one rules of the elements above.
    #[inline]
    fn mark(&mut self, pack: &Pack, element: Element<'_>, state: u32) {
        for mark in &self.automaton.state(state).marks {
            if mark.attribute.is_some_and(|name| element.attr(name).is_none()) {
                continue;
            }
            let context = match mark.above {
                Above::Root => element.document().root(),
                Above::Levels(levels) => (0..levels).fold(element, |below, _| {
                    below.parent().expect("a path below a context has as many elements above it")
                }),
            };
            if let Check::Marks { most: 1 } = pack.assertions[mark.assertion as usize].check {
                let open = &mut self.counts[mark.assertion as usize];
                if open.is_empty() {
                    self.touched.push(mark.assertion);
                }
                // Contexts can be nested; those that have ended are never met again.
                while open.last().is_some_and(|(id, _)| facts_end(element, *id) <= element.id()) {
                    open.pop();
                }
                match open.iter_mut().rev().find(|(id, _)| *id == context.id()) {
                    None => {
                        open.push((context.id(), 1));
                        continue;
                    }
                    Some((_, count)) => {
                        *count += 1;
                        if *count > 2 {
                            continue;
                        }
                    }
                }
            }
            self.hits.push(Hit { assertion: mark.assertion, context: context.id(), element: element.id() });
        }
    }

    /// Notes the attributes of an element that are forbidden everywhere.
    #[inline]
    fn mark_attributes(&mut self, pack: &Pack, element: Element<'_>) {
        for attribute in element.attrs() {
            for assertion in pack.trie.attributes().find(attribute.qname()) {
                self.hits.push(Hit { assertion, context: 0, element: element.id() });
            }
        }
    }

    /// Makes violations of the hits whose context element is really of that context.
    fn settle(&mut self, pack: &Pack, facts: &Facts<'_>, outcome: &mut Outcome) {
        self.hits.sort_unstable();
        self.hits.dedup_by_key(|hit| (hit.assertion, hit.context));
        for hit in &self.hits {
            let assertion = &pack.assertions[hit.assertion as usize];
            let own = &pack.contexts[usize::from(assertion.context)];
            if outcome.aborted.iter().any(|(layer, _)| *layer == own.layer) {
                continue;
            }
            let element = facts.doc.element(hit.context);
            let contexts = &self.automaton.state(self.states[hit.context as usize]).contexts;
            if assigned(contexts, pack, facts, element, own) == Some(assertion.context) {
                outcome.fired.push(Fired {
                    rule: assertion.rule,
                    layer: own.layer,
                    context: hit.context,
                    element: hit.element,
                });
            }
        }
    }
}

fn facts_end(element: Element<'_>, id: u32) -> u32 {
    element.document().element(id).end()
}

/// Puts to an element the tests of its contexts: per pattern those of the first that matches.
#[inline]
fn test_contexts(contexts: &[u16], pack: &Pack, facts: &Facts<'_>, element: Element<'_>, outcome: &mut Outcome) {
    let mut done: Option<(Layer, Pattern)> = None;
    for index in contexts {
        let context = &pack.contexts[usize::from(*index)];
        let group = (context.layer, context.pattern);
        if done == Some(group) || outcome.aborted.iter().any(|(layer, _)| *layer == context.layer) {
            continue;
        }
        let tested = (|| {
            if !applies(context, facts, element) {
                return Ok(false);
            }
            for assertion in &context.assertions {
                let assertion = &pack.assertions[*assertion as usize];
                if !satisfied(&assertion.check, facts, element)? {
                    let at = if assertion.at.is_empty() { None } else { element.first(assertion.at) };
                    outcome.fired.push(Fired {
                        rule: assertion.rule,
                        layer: context.layer,
                        context: element.id(),
                        element: at.unwrap_or(element).id(),
                    });
                }
            }
            Ok(true)
        })();
        match tested {
            Ok(true) => done = Some(group),
            Ok(false) => {}
            Err(abort) => outcome.aborted.push((context.layer, abort)),
        }
    }
}

/// Which context an element belongs to within the pattern of `like`.
fn assigned(contexts: &[u16], pack: &Pack, facts: &Facts<'_>, element: Element<'_>, like: &PackContext) -> Option<u16> {
    contexts.iter().copied().find(|index| {
        let context = &pack.contexts[usize::from(*index)];
        context.layer == like.layer && context.pattern == like.pattern && applies(context, facts, element)
    })
}

/// Does the element satisfy the condition of a context that its path matches? A dynamic error in a
/// condition breaks nothing off: the official stylesheets state conditions in template patterns,
/// and a pattern that raises an error does not match.
fn applies(context: &PackContext, facts: &Facts<'_>, element: Element<'_>) -> bool {
    context.context.when.is_none_or(|when| when(facts, element).unwrap_or(false))
}

fn satisfied(check: &Check, facts: &Facts<'_>, element: Element<'_>) -> Eval<bool> {
    match check {
        Check::Holds(holds) => holds(facts, element),
        Check::Marks { .. } => Ok(true),
        Check::Count { path, attribute, least, most } => {
            let count = count(element, path, *attribute);
            Ok((*least..=*most).contains(&count))
        }
    }
}

fn count(element: Element<'_>, path: &[Step], attribute: Option<&'static str>) -> usize {
    match path.split_first() {
        None => usize::from(attribute.is_none_or(|name| element.attr(name).is_some())),
        Some((step, rest)) => {
            element.children().filter(|child| step.matches(*child)).map(|child| count(child, rest, attribute)).sum()
        }
    }
}

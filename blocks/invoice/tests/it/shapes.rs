//! Every rule of shape is tried on documents made from its shape: at each path of its context one on
//! which it fires, and one on which it is silent.

use std::collections::BTreeSet;

use vir_invoice::rules::{Layer, Release, Rule, Shape, Syntax, Test};

use crate::cases::{LAYERS, bindings, outcome, sample};
use crate::edit::{Node, Step, chain};

/// Documents to start from; the first that has the context is taken.
const SAMPLES: [(Syntax, &str); 8] = [
    (Syntax::Ubl, "xrechnung-ubl"),
    (Syntax::Ubl, "credit-note-ubl"),
    (Syntax::Ubl, "direct-debit-ubl"),
    (Syntax::Ubl, "small-ubl"),
    (Syntax::Cii, "xrechnung-cii"),
    (Syntax::Cii, "direct-debit-cii"),
    (Syntax::Cii, "reverse-charge-cii"),
    (Syntax::Cii, "small-cii"),
];

/// Rules whose context another context of the same pattern always takes first.
const NEVER_REACHED: &[&str] = &["CII-DT-010", "CII-DT-011", "CII-DT-012"];

/// Rules that may never get to speak: on what they forbid, another rule of the layer breaks off, because
/// it wants a single value. `CII-SR-339` does speak where there are no totals; see the case files.
const BROKEN_OFF: &[&str] = &[
    "CII-SR-339",
    "CII-SR-477",
    "CII-SR-478",
    "CII-SR-479",
    "CII-SR-480",
    "CII-SR-481",
    "CII-SR-482",
    "CII-SR-484",
    "CII-SR-487",
    "UBL-SR-09",
    "UBL-SR-15",
    "UBL-SR-22",
    "UBL-SR-27",
];

#[test]
fn every_shape_fires_and_is_silent() {
    let mut problems = Vec::new();
    let mut broken_off = BTreeSet::new();
    for layer in LAYERS {
        for rule in layer.rules() {
            for syntax in [Syntax::Ubl, Syntax::Cii] {
                for binding in bindings(rule, syntax) {
                    let Test::Shape(shape) = binding.test else { continue };
                    let releases = Release::ALL.into_iter().filter(|release| rule.releases.contain(*release));
                    for (release, context) in
                        releases.flat_map(|own| binding.context.paths.iter().map(move |path| (own, path)))
                    {
                        match try_out((layer, syntax, release), rule, context, shape) {
                            Ok(true) => {}
                            Ok(false) => {
                                broken_off.insert(rule.id);
                            }
                            Err(_) if NEVER_REACHED.contains(&rule.id) => {}
                            Err(problem) => problems.push(format!("{} at {context}: {problem}", rule.id)),
                        }
                    }
                }
            }
        }
    }
    assert!(problems.is_empty(), "{} rules fail:\n{}", problems.len(), problems.join("\n"));
    broken_off.retain(|id| !BROKEN_OFF.contains(id));
    assert!(broken_off.is_empty(), "another rule breaks off before these: {broken_off:?}");
}

/// Whether the rule was seen to fire, or only to be broken off.
fn try_out(
    (layer, syntax, release): (Layer, Syntax, Release),
    rule: &Rule,
    context: &str,
    shape: Shape,
) -> Result<bool, String> {
    let mut last = "no sample has the context".to_owned();
    let mut broken_off = false;
    for (_, stem) in SAMPLES.iter().filter(|(own, _)| *own == syntax) {
        let base = Node::read(&sample(stem));
        if context.starts_with('/') && !context[1..].starts_with(&base.name) {
            continue;
        }
        for (document, place) in with_context(&base, context).into_iter().take(12) {
            let fires = |document: &Node| {
                let (outcome, contexts) = outcome(document.write().as_bytes(), syntax, release, layer);
                let own = outcome.fired.iter().zip(contexts).filter(|(fired, _)| fired.rule.id == rule.id);
                (own.map(|(_, context)| context).collect::<Vec<_>>(), !outcome.aborted.is_empty())
            };
            let mut seen = false;
            let mut wrong = None;
            for (count, expect) in counts(shape) {
                let changed = with_count(&document, &place, shape.path(), count);
                let (contexts, aborted) = fires(&changed);
                if aborted {
                    broken_off |= expect;
                } else if contexts.is_empty() == expect {
                    wrong = Some(format!("{stem} with {count} of it: fires is {}", !expect));
                } else {
                    seen |= expect;
                }
            }
            match wrong {
                None if seen => return Ok(true),
                None => {}
                Some(wrong) => last = wrong,
            }
        }
    }
    if broken_off { Ok(false) } else { Err(last) }
}

/// With how many of the thing the rule fires, and with how many it does not.
fn counts(shape: Shape) -> Vec<(usize, bool)> {
    match shape {
        Shape::Forbidden(_) => vec![(0, false), (1, true)],
        Shape::AtMostOne(_) => vec![(0, false), (1, false), (2, true), (3, true)],
        Shape::ExactlyOne(_) => vec![(0, true), (1, false), (2, true)],
        Shape::Required(_) => vec![(0, true), (1, false), (2, false)],
    }
}

/// Documents that have the context, and where.
fn with_context(base: &Node, context: &str) -> Vec<(Node, Vec<usize>)> {
    let steps: Vec<&str> = context.split('/').filter(|step| !step.is_empty()).collect();
    let anchored = context.starts_with('/');
    let wanted = |names: &[&str]| {
        names.len() >= steps.len()
            && (!anchored || names.len() == steps.len())
            && names[names.len() - steps.len()..].iter().zip(&steps).all(|(name, step)| step_matches(step, name))
    };
    let mut found: Vec<(Node, Vec<usize>)> =
        base.places(&wanted).into_iter().map(|place| (base.clone(), place)).collect();
    if found.is_empty() && !context.contains('*') {
        let mut made = base.clone();
        made.ensure(&plain(if anchored { &steps[1..] } else { &steps }));
        for place in made.places(&wanted) {
            found.push((made.clone(), place.clone()));
            // Contexts of allowances and charges want to know which of the two it is.
            if context.ends_with("cac:AllowanceCharge") {
                for indicator in ["false", "true"] {
                    let mut document = made.clone();
                    document.at(&place).append(&plain(&["cbc:ChargeIndicator"])).text = indicator.to_owned();
                    found.push((document, place.clone()));
                }
            }
        }
    }
    found
}

fn step_matches(step: &str, name: &str) -> bool {
    match step.split_once('*') {
        Some((prefix, suffix)) => name.starts_with(prefix) && name.ends_with(suffix),
        None => step == name,
    }
}

fn plain(steps: &[&str]) -> Vec<Step> {
    steps.iter().map(|step| Step { name: (*step).to_owned(), nth: None }).collect()
}

/// The document with so many of what the path names at the context, and the parents of one.
fn with_count(base: &Node, place: &[usize], path: &str, count: usize) -> Node {
    let mut document = base.clone();
    let (place, relative) = match path.strip_prefix("//") {
        Some(rest) => (&[][..], rest),
        None => (place, path),
    };
    // Where there is a choice of a first step, the one that the document has.
    let relative = match relative.strip_prefix('(').and_then(|open| open.split_once(')')) {
        Some((choice, rest)) => {
            let first = choice.split('|').find(|first| base.kids.iter().any(|kid| kid.name == *first));
            format!("{}{rest}", first.unwrap_or_else(|| choice.split('|').next().unwrap()))
        }
        None => relative.to_owned(),
    };
    let (steps, attribute) = chain(&relative).unwrap();
    let context = document.at(place);
    match attribute {
        None => {
            context.remove(&steps);
            if path.starts_with("//") {
                remove_anywhere(context, &steps);
            }
            for _ in 0..count {
                context.append(&steps).text = "1".to_owned();
            }
        }
        Some(attribute) if steps.is_empty() => {
            context.attributes.retain(|(own, _)| *own != attribute);
            if count > 0 {
                context.set_attribute(&attribute, "1");
            }
        }
        Some(attribute) => {
            context.each(&steps, &mut |node| node.attributes.retain(|(own, _)| *own != attribute));
            for index in 0..count {
                let node =
                    if index == 0 { context.ensure(&steps) } else { context.append(&steps[..1]).ensure(&steps[1..]) };
                if node.text.is_empty() {
                    node.text = "1".to_owned();
                }
                node.set_attribute(&attribute, "1");
            }
        }
    }
    document
}

fn remove_anywhere(node: &mut Node, steps: &[Step]) {
    for kid in &mut node.kids {
        if !steps.is_empty() {
            kid.remove(steps);
        }
        remove_anywhere(kid, steps);
    }
}

/// A misspelt name would match nothing and never be noticed.
#[test]
fn paths_name_elements_that_the_schemas_know() {
    let mut unknown = BTreeSet::new();
    for rule in LAYERS.iter().flat_map(|layer| layer.rules()) {
        for binding in rule.ubl.iter().chain(rule.cii) {
            let shape = match binding.test {
                Test::Shape(shape) => shape.path(),
                Test::Holds(_) => "",
            };
            for path in binding.context.paths.iter().chain([&shape]) {
                let steps = path.split(['/', '(', ')', '|']).filter(|step| !step.is_empty());
                unknown.extend(
                    steps
                        .filter(|step| !step.starts_with('@') && !step.contains('*'))
                        .filter(|step| vir_invoice::names::Name::from_qname(step).is_none())
                        .map(|step| format!("{} {step}", rule.id)),
                );
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:?}");
}

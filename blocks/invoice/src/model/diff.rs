//! Compares two invoices as invoices: by term, whatever their syntax.
//!
//! Groups of which there can be several are matched by what identifies them (lines by their
//! number, VAT by category and rate, documents by their reference); what then remains is matched
//! in order, except for lines, which are said to be missing or new.
//!
//! Invariant: time is linear in both invoices; comparing an invoice with itself gives nothing.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::fmt;

use vir_core::Lang;

use super::dictionary::{Bg, Bt, Component};
use super::equality::counting_values;
use super::invoice::{Group, Invoice, Source, Value};
use crate::xml::trim;

/// A value that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The groups around it from the outside, with what identifies each where there are several.
    pub within: Vec<(Bg, Option<String>)>,
    /// The term.
    pub term: Bt,
    /// What the first invoice says; none where it says nothing.
    pub left: Option<Said>,
    /// What the second invoice says; none where it says nothing.
    pub right: Option<Said>,
}

/// A value for showing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Its content as text.
    pub text: String,
    /// Its components: scheme, version, file name, …
    pub components: Vec<(Component, String)>,
    /// Where it stood.
    pub at: Option<Source>,
}

impl Difference {
    /// Where it is, for people: `Rechnungsposition 2 · Nettobetrag der Position (BT-131)`.
    #[must_use]
    pub fn label(&self, lang: Lang) -> String {
        let mut label = String::new();
        for (group, key) in self.within.iter().filter(|(group, _)| *group != Bg::BG0) {
            label.push_str(group.name(lang));
            if let Some(key) = key.as_deref().filter(|key| !key.is_empty()) {
                label.push(' ');
                label.push_str(key);
            }
            label.push_str(" · ");
        }
        label.push_str(self.term.name(lang));
        label.push_str(&format!(" ({})", self.term));
        label
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(trim(&self.text))?;
        for (_, text) in &self.components {
            write!(f, " [{}]", trim(text))?;
        }
        Ok(())
    }
}

/// Everything in which two invoices differ, in reading order.
///
/// ```
/// use vir_core::Lang;
/// use vir_invoice::{bindings, model, xml};
///
/// let read = |source: &[u8]| bindings::read(&xml::parse(source).unwrap());
/// let ubl = read(include_bytes!("../../samples/small-ubl.xml"));
/// let mut cii = read(include_bytes!("../../samples/small-cii.xml"));
/// assert_eq!(model::diff(&ubl, &cii), []);
///
/// cii.root.group_mut(model::Bg::BG25).set(model::Bt::BT131, "35.00");
/// let found = model::diff(&ubl, &cii);
/// assert_eq!(found[0].label(Lang::En), "Invoice line 1 · Invoice line net amount (BT-131)");
/// assert_eq!(found[0].left.as_ref().unwrap().to_string(), "34.90");
/// ```
#[must_use]
pub fn diff(left: &Invoice, right: &Invoice) -> Vec<Difference> {
    differences(&left.root, &right.root)
}

pub(super) fn differences(left: &Group, right: &Group) -> Vec<Difference> {
    let mut differ = Differ { within: vec![(left.id, None)], found: Vec::new() };
    differ.group(Some(left), Some(right));
    differ.found
}

struct Differ {
    within: Vec<(Bg, Option<String>)>,
    found: Vec<Difference>,
}

impl Differ {
    fn group(&mut self, left: Option<&Group>, right: Option<&Group>) {
        self.values(left, right);
        let mine = by_kind(left);
        let theirs = by_kind(right);
        for id in Bg::ALL {
            let none = Vec::new();
            let (mine, theirs) = (mine.get(id).unwrap_or(&none), theirs.get(id).unwrap_or(&none));
            if mine.is_empty() && theirs.is_empty() {
                continue;
            }
            let several = id.cardinality().is_repeatable() || mine.len() > 1 || theirs.len() > 1;
            for (left, right) in pairs(*id, mine, theirs) {
                let label = left.or(right).filter(|_| several).map(label_of);
                self.within.push((*id, label));
                self.group(left, right);
                self.within.pop();
            }
        }
    }

    fn values(&mut self, left: Option<&Group>, right: Option<&Group>) {
        let mine = left.map(counting_values).unwrap_or_default();
        let theirs = right.map(counting_values).unwrap_or_default();
        if mine == theirs {
            return;
        }
        let (mut at, mut other) = (0, 0);
        while at < mine.len() || other < theirs.len() {
            let term = mine.get(at).into_iter().chain(theirs.get(other)).map(|value| value.term).min();
            let Some(term) = term else { break };
            let run =
                |values: &[Cow<'_, Value>], from: usize| values[from..].iter().take_while(|v| v.term == term).count();
            let (left, right) = (run(&mine, at), run(&theirs, other));
            self.term(term, &mine[at..at + left], &theirs[other..other + right]);
            (at, other) = (at + left, other + right);
        }
    }

    /// Values of one term: the same ones cancel out in any order, the others are paired.
    fn term(&mut self, term: Bt, mine: &[Cow<'_, Value>], theirs: &[Cow<'_, Value>]) {
        let key = |value: &Value| (trim(&value.content.text()).to_owned(), value.scheme().map(|s| trim(s).to_owned()));
        let mut open: HashMap<_, VecDeque<usize>> = HashMap::new();
        if mine.len() > 1 || theirs.len() > 1 {
            for (at, value) in theirs.iter().enumerate() {
                open.entry(key(value)).or_default().push_back(at);
            }
        }
        let mut left_over = Vec::new();
        let mut taken = vec![false; theirs.len()];
        for value in mine {
            let twin = match open.get_mut(&key(value)).and_then(VecDeque::pop_front) {
                Some(at) if *theirs[at] == **value => Some(at),
                _ => (mine.len() == 1 && theirs.len() == 1 && *theirs[0] == **value).then_some(0),
            };
            match twin {
                Some(at) => taken[at] = true,
                None => left_over.push(value),
            }
        }
        let mut right_over = theirs.iter().enumerate().filter(|(at, _)| !taken[*at]).map(|(_, value)| value);
        for left in left_over {
            self.report(term, Some(left), right_over.next().map(|value| &**value));
        }
        for right in right_over {
            self.report(term, None, Some(right));
        }
    }

    fn report(&mut self, term: Bt, left: Option<&Value>, right: Option<&Value>) {
        self.found.push(Difference { within: self.within.clone(), term, left: left.map(said), right: right.map(said) });
    }
}

fn said(value: &Value) -> Said {
    Said {
        text: value.content.text().into_owned(),
        components: value.components().map(|(component, text)| (component, text.to_owned())).collect(),
        at: value.at,
    }
}

fn by_kind(group: Option<&Group>) -> HashMap<Bg, Vec<&Group>> {
    let mut kinds: HashMap<Bg, Vec<&Group>> = HashMap::new();
    for group in group.into_iter().flat_map(|group| &group.groups) {
        kinds.entry(group.id).or_default().push(group);
    }
    kinds
}

/// Which groups are the same one in both invoices.
fn pairs<'a>(id: Bg, mine: &[&'a Group], theirs: &[&'a Group]) -> Vec<(Option<&'a Group>, Option<&'a Group>)> {
    if let ([left], [right]) = (mine, theirs)
        && id.kin() != Bg::BG25
    {
        return vec![(Some(left), Some(right))];
    }
    let mut open: HashMap<String, VecDeque<usize>> = HashMap::new();
    for (at, group) in theirs.iter().enumerate() {
        open.entry(key_of(group)).or_default().push_back(at);
    }
    let mut taken = vec![false; theirs.len()];
    let mut found: Vec<(Option<&Group>, Option<&Group>)> = mine
        .iter()
        .map(|group| {
            let twin = open.get_mut(&key_of(group)).and_then(VecDeque::pop_front);
            if let Some(at) = twin {
                taken[at] = true;
            }
            (Some(*group), twin.map(|at| theirs[at]))
        })
        .collect();
    let mut rest = theirs.iter().enumerate().filter(|(at, _)| !taken[*at]).map(|(_, group)| *group);
    if id.kin() != Bg::BG25 {
        for pair in found.iter_mut().filter(|pair| pair.1.is_none()) {
            pair.1 = rest.next();
        }
    }
    found.extend(rest.map(|group| (None, Some(group))));
    found
}

/// What identifies a group among its kind.
fn key_of(group: &Group) -> String {
    let terms: &[Bt] = match group.id.kin() {
        Bg::BG1 => &[Bt::BT21, Bt::BT22],
        Bg::BG3 => &[Bt::BT25],
        Bg::BG16 => &[Bt::BT81, Bt::BT83],
        Bg::BG17 => &[Bt::BT84],
        Bg::BG20 => &[Bt::BT98, Bt::BT97, Bt::BT92],
        Bg::BG21 => &[Bt::BT105, Bt::BT104, Bt::BT99],
        Bg::BG23 => &[Bt::BT118, Bt::BT119],
        Bg::BG24 => &[Bt::BT122],
        Bg::BG25 => &[Bt::BT126],
        Bg::BG27 => &[Bt::BT140, Bt::BT139, Bt::BT136],
        Bg::BG28 => &[Bt::BT145, Bt::BT144, Bt::BT141],
        Bg::BG32 => &[Bt::BT160],
        Bg::BGDEX09 => &[Bt::BTDEX001, Bt::BTDEX003],
        _ => &[],
    };
    let parts = terms.iter().map(|term| match group.value(*term) {
        Some(value) => match value.number() {
            Some(number) => number.normalized().to_string(),
            None => trim(&value.content.text()).to_owned(),
        },
        None => String::new(),
    });
    parts.collect::<Vec<_>>().join("\u{1}")
}

/// What tells a group from its kind in a label.
fn label_of(group: &Group) -> String {
    if group.id == Bg::BG1 {
        return group.text(Bt::BT21).map(|code| format!("#{code}#")).unwrap_or_default();
    }
    let key = key_of(group);
    let mut short = String::new();
    for part in key.split('\u{1}').filter(|part| !part.is_empty()) {
        if !short.is_empty() {
            short.push(' ');
        }
        short.extend(part.chars().take(40));
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;

    fn invoice(lines: &[(&str, &str)]) -> Invoice {
        let mut invoice = Invoice::new(Kind::Invoice);
        for (id, amount) in lines {
            let mut line = Group::new(Bg::BG25);
            line.set(Bt::BT126, id);
            line.set(Bt::BT131, amount);
            invoice.root.add_group(line);
        }
        invoice
    }

    #[test]
    fn lines_are_matched_by_their_number() {
        let left = invoice(&[("1", "10.00"), ("2", "20.00"), ("3", "30.00")]);
        let right = invoice(&[("3", "30"), ("1", "10.0"), ("4", "20.00")]);
        let found = diff(&left, &right);
        let labels: Vec<_> = found.iter().map(|d| (d.label(Lang::De), d.left.is_some(), d.right.is_some())).collect();
        let expect = [
            ("Rechnungsposition 2 · Positionsnummer (BT-126)", true, false),
            ("Rechnungsposition 2 · Nettobetrag der Position (BT-131)", true, false),
            ("Rechnungsposition 4 · Positionsnummer (BT-126)", false, true),
            ("Rechnungsposition 4 · Nettobetrag der Position (BT-131)", false, true),
        ];
        assert_eq!(labels, expect.map(|(label, left, right)| (label.to_owned(), left, right)));
    }

    #[test]
    fn repeated_values_are_compared_in_any_order() {
        let seller = |ids: &[&str]| {
            let mut invoice = Invoice::new(Kind::Invoice);
            for id in ids {
                invoice.root.group_mut(Bg::BG4).add(Value::new(Bt::BT29, id).with(Component::Scheme, "0088"));
            }
            invoice
        };
        assert_eq!(diff(&seller(&["a", "b"]), &seller(&["b", "a"])), []);
        let found = diff(&seller(&["a", "b", "c"]), &seller(&["c", "d", "a"]));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].left.as_ref().unwrap().to_string(), "b [0088]");
        assert_eq!(found[0].right.as_ref().unwrap().to_string(), "d [0088]");
    }
}

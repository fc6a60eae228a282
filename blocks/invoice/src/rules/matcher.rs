//! Which contexts and marks an element has, by one table step per element.
//!
//! All context paths and all paths of the forbidden and at-most-one shapes go into one trie. Walking
//! down the document, the set of trie nodes that the path from the root ends in is a state of a
//! deterministic automaton; states are made when first met and kept, so that in a long run every
//! element costs one lookup, however many rules there are.
//!
//! Invariant: the state of an element depends only on the names on its path, never on its siblings.

use std::collections::HashMap;

use crate::names::{Name, Ns};
use crate::xml::Element;

/// A step of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Named(Name),
    /// Any element, of a namespace where one is given, whose name as written ends so.
    Any {
        ns: Option<Ns>,
        suffix: &'static str,
    },
    /// A name that no schema knows. Official rules name a few, and a document may contain anything.
    Unknown {
        ns: Ns,
        local: &'static str,
    },
}

impl Step {
    /// Reads `cac:Party`, `*`, `ram:*`, `*Amount` or `ram:*ID`.
    ///
    /// # Panics
    /// Where the step has no usual prefix; rules are constants and tested.
    pub(super) fn parse(step: &'static str) -> Self {
        if let Some((prefix, suffix)) = step.split_once('*') {
            let ns = (!prefix.is_empty()).then(|| {
                let prefix = prefix.strip_suffix(':').expect("a namespace wildcard is written prefix:*");
                Ns::from_prefix(prefix).expect("prefixes in rules are the usual ones")
            });
            return Self::Any { ns, suffix };
        }
        let (prefix, local) = step.split_once(':').expect("element names in rules have a prefix");
        let ns = Ns::from_prefix(prefix).expect("prefixes in rules are the usual ones");
        match Name::lookup(ns, local.as_bytes()) {
            Name::OTHER => Self::Unknown { ns, local },
            name => Self::Named(name),
        }
    }

    pub(super) fn matches(self, element: Element<'_>) -> bool {
        match self {
            Self::Named(name) => element.name() == name,
            Self::Any { ns, suffix } => {
                let in_ns = ns.is_none_or(|ns| match element.name().ns() {
                    Some(known) => known == ns,
                    None => Ns::from_uri(&element.namespace()) == Some(ns),
                });
                in_ns && element.qname().ends_with(suffix)
            }
            Self::Unknown { ns, local } => {
                element.name() == Name::OTHER
                    && element.local() == local
                    && Ns::from_uri(&element.namespace()) == Some(ns)
            }
        }
    }

    /// Does it match every element of a known name? `name()` has the prefix in front, which a suffix
    /// test cannot see for names at least as long as the suffix.
    fn matches_name(self, name: Name) -> bool {
        match self {
            Self::Named(own) => own == name,
            Self::Any { ns, suffix } => ns.is_none_or(|ns| name.ns() == Some(ns)) && name.local().ends_with(suffix),
            Self::Unknown { .. } => false,
        }
    }
}

/// Something at the end of a path counts for a rule at an element above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    /// Index of the assertion in the pack.
    pub(super) assertion: u32,
    /// Where its context is.
    pub(super) above: Above,
    /// It counts only where it has this attribute.
    pub(super) attribute: Option<&'static str>,
}

/// Where the context of a mark is, seen from the marked element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Above {
    /// So many levels above.
    Levels(u8),
    /// It is the document element.
    Root,
}

#[derive(Debug, Default)]
struct Node {
    wild: Vec<(Step, u32)>,
    contexts: Vec<u16>,
    marks: Vec<Mark>,
}

/// The paths of a pack.
#[derive(Debug)]
pub(super) struct Trie {
    nodes: Vec<Node>,
    /// (node, name) → node.
    edges: Transitions,
    attributes: Attributes,
}

const ABSOLUTE: u32 = 0;
const RELATIVE: u32 = 1;

impl Trie {
    pub(super) fn new() -> Self {
        Self {
            nodes: vec![Node::default(), Node::default()],
            edges: Transitions::default(),
            attributes: Attributes::default(),
        }
    }

    /// The attributes that count wherever they stand.
    pub(super) fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// Adds a context path and gives the node at its end.
    pub(super) fn add_context(&mut self, path: &'static str, context: u16) -> u32 {
        let (from, steps) = match path.strip_prefix('/') {
            Some(rest) => (ABSOLUTE, rest),
            None => (RELATIVE, path),
        };
        let (node, _) = self.insert(from, steps);
        self.nodes[node as usize].contexts.push(context);
        node
    }

    /// Adds marks below the nodes of a context. See [`Shape`](super::Shape) for how paths are written.
    pub(super) fn add_marks(&mut self, contexts: &[u32], path: &'static str, assertion: u32) {
        let Some(anywhere) = path.strip_prefix("//") else {
            for node in contexts {
                self.add_mark(*node, path, assertion, Above::Levels);
            }
            return;
        };
        match anywhere.strip_prefix('@') {
            Some(attribute) => self.attributes.add(attribute, assertion),
            None => self.add_mark(RELATIVE, anywhere, assertion, |_| Above::Root),
        }
    }

    fn add_mark(&mut self, from: u32, path: &'static str, assertion: u32, above: fn(u8) -> Above) {
        let (elements, attribute) = split_attribute(path);
        let (choice, rest) = match elements.strip_prefix('(').and_then(|open| open.split_once(')')) {
            Some((choice, rest)) => (choice, rest.trim_start_matches('/')),
            None => ("", elements),
        };
        for first in choice.split('|') {
            let (node, head) = self.insert(from, first);
            let (node, tail) = self.insert(node, rest);
            self.nodes[node as usize].marks.push(Mark { assertion, above: above(head + tail), attribute });
        }
    }

    /// The node at the end of some steps, made where it is missing; and how many steps there were.
    fn insert(&mut self, mut node: u32, steps: &'static str) -> (u32, u8) {
        let mut count = 0;
        for step in steps.split('/').filter(|step| !step.is_empty()) {
            node = self.insert_step(node, Step::parse(step));
            count += 1;
        }
        (node, count)
    }

    fn insert_step(&mut self, at: u32, step: Step) -> u32 {
        let new = u32::try_from(self.nodes.len()).expect("rules have few paths");
        match step {
            Step::Named(name) => {
                if let Some(next) = self.edges.find(at, name) {
                    return next;
                }
                self.edges.insert(at, name, new);
            }
            wild => {
                let known = &mut self.nodes[at as usize].wild;
                if let Some((_, next)) = known.iter().find(|(step, _)| *step == wild) {
                    return *next;
                }
                known.push((wild, new));
            }
        }
        self.nodes.push(Node::default());
        new
    }

    fn follow(&self, node: u32, element: Element<'_>, into: &mut Vec<u32>) {
        let wild = &self.nodes[node as usize].wild;
        let name = element.name();
        if name == Name::OTHER {
            into.extend(wild.iter().filter(|(step, _)| step.matches(element)).map(|(_, next)| *next));
            return;
        }
        into.extend(self.edges.find(node, name));
        into.extend(wild.iter().filter(|(step, _)| step.matches_name(name)).map(|(_, next)| *next));
    }
}

/// Attributes that count for rules at the document element, wherever they stand.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    names: Vec<(&'static str, u32)>,
    /// One bit per sketch of a name, which spares nearly all other attributes the search.
    sketches: u64,
}

impl Attributes {
    fn add(&mut self, name: &'static str, assertion: u32) {
        self.names.push((name, assertion));
        self.sketches |= Self::sketch(name);
    }

    fn sketch(name: &str) -> u64 {
        let last = name.as_bytes().last().copied().unwrap_or(0);
        1 << ((name.len() * 5 + usize::from(last)) % 64)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The assertions for which an attribute of this name counts.
    #[inline]
    pub(super) fn find(&self, name: &str) -> impl Iterator<Item = u32> {
        let names = if self.sketches & Self::sketch(name) == 0 { &[] } else { self.names.as_slice() };
        names.iter().filter(move |(own, _)| *own == name).map(|(_, assertion)| *assertion)
    }
}

/// Parts `cbc:ID/@schemeID` into `cbc:ID` and `schemeID`.
pub(super) fn split_attribute(path: &'static str) -> (&'static str, Option<&'static str>) {
    match path.split_once('@') {
        Some((elements, attribute)) => (elements.trim_end_matches('/'), Some(attribute)),
        None => (path, None),
    }
}

/// What an element of a state has.
#[derive(Debug)]
pub(super) struct State {
    active: Vec<u32>,
    /// Indices of contexts in the pack, ascending.
    pub(super) contexts: Vec<u16>,
    pub(super) marks: Vec<Mark>,
}

/// The automaton over a [`Trie`], growing as documents are seen.
#[derive(Debug, Default)]
pub(super) struct Automaton {
    states: Vec<State>,
    by_active: HashMap<Vec<u32>, u32>,
    transitions: Transitions,
}

/// The state before the root.
pub(super) const START: u32 = u32::MAX;

impl Automaton {
    pub(super) fn state(&self, id: u32) -> &State {
        &self.states[id as usize]
    }

    /// The state of an element whose parent is in `parent`.
    #[inline]
    pub(super) fn step(&mut self, trie: &Trie, parent: u32, element: Element<'_>) -> u32 {
        let name = element.name();
        if name == Name::OTHER {
            return self.make(trie, parent, element);
        }
        if let Some(next) = self.transitions.find(parent, name) {
            return next;
        }
        let next = self.make(trie, parent, element);
        self.transitions.insert(parent, name, next);
        next
    }

    #[cold]
    fn make(&mut self, trie: &Trie, parent: u32, element: Element<'_>) -> u32 {
        let mut active = Vec::new();
        if parent == START {
            trie.follow(ABSOLUTE, element, &mut active);
        } else {
            for node in &self.states[parent as usize].active {
                trie.follow(*node, element, &mut active);
            }
        }
        trie.follow(RELATIVE, element, &mut active);
        active.sort_unstable();
        active.dedup();
        if let Some(known) = self.by_active.get(&active) {
            return *known;
        }
        let mut contexts: Vec<u16> =
            active.iter().flat_map(|node| trie.nodes[*node as usize].contexts.iter().copied()).collect();
        contexts.sort_unstable();
        contexts.dedup();
        let mut marks: Vec<Mark> =
            active.iter().flat_map(|node| trie.nodes[*node as usize].marks.iter().copied()).collect();
        marks.sort_unstable();
        marks.dedup();
        let id = u32::try_from(self.states.len()).expect("states are sets of the few trie nodes");
        self.by_active.insert(active.clone(), id);
        self.states.push(State { active, contexts, marks });
        id
    }
}

/// (state, name) → state, as an open-addressing table: the one lookup that every element costs.
#[derive(Debug, Default)]
struct Transitions {
    /// Key plus one, 0 for a free slot; and the next state.
    slots: Vec<(u64, u32)>,
    used: usize,
}

impl Transitions {
    fn key(state: u32, name: Name) -> u64 {
        (u64::from(state) << 16 | name.index() as u64) + 1
    }

    fn slot(&self, key: u64) -> usize {
        let hash = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (hash >> 32) as usize & (self.slots.len() - 1)
    }

    #[inline]
    fn find(&self, state: u32, name: Name) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let key = Self::key(state, name);
        let mut at = self.slot(key);
        loop {
            match self.slots[at] {
                (found, next) if found == key => return Some(next),
                (0, _) => return None,
                _ => at = (at + 1) & (self.slots.len() - 1),
            }
        }
    }

    fn insert(&mut self, state: u32, name: Name, next: u32) {
        if self.used * 2 >= self.slots.len() {
            let old = std::mem::take(&mut self.slots);
            self.slots = vec![(0, 0); (old.len() * 2).max(1024)];
            for (key, next) in old.into_iter().filter(|(key, _)| *key != 0) {
                self.place(key, next);
            }
        }
        self.used += 1;
        self.place(Self::key(state, name), next);
    }

    fn place(&mut self, key: u64, next: u32) {
        let mut at = self.slot(key);
        while self.slots[at].0 != 0 {
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.slots[at] = (key, next);
    }
}

//! A pack: the rules of some layers for one syntax and release, ready to run.
//!
//! Invariant: packs are made once and never change; what grows while running is the automaton,
//! which belongs to whoever runs.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::matcher::{Step, Trie, split_attribute};
use super::release::Release;
use super::rule::{Binding, Context, Pattern, Rule, Shape, Test};
use crate::names::Name;

/// The two syntaxes that EN 16931 is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Syntax {
    /// OASIS UBL 2.1, Invoice and CreditNote.
    Ubl,
    /// UN/CEFACT Cross Industry Invoice D16B.
    Cii,
}

/// A rule set that is evaluated as a whole: where one of its tests breaks off, all of it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// CEN's rules for EN 16931-1.
    En16931,
    /// KoSIT's rules for XRechnung, its Extension and CVD, with the Peppol rules merged into them.
    XRechnung,
    /// The rules of Peppol BIS Billing 3.
    Peppol,
}

impl Layer {
    /// All layers, in the order in which they are run.
    pub const ALL: [Self; 3] = [Self::En16931, Self::XRechnung, Self::Peppol];

    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::En16931 => "en16931",
            Self::XRechnung => "xrechnung",
            Self::Peppol => "peppol",
        }
    }

    /// All its rules, of both syntaxes and every release.
    pub fn rules(self) -> impl Iterator<Item = &'static Rule> {
        self.families().iter().flat_map(|family| family.iter())
    }

    fn families(self) -> &'static [&'static [Rule]] {
        match self {
            Self::En16931 => super::en16931::FAMILIES,
            Self::XRechnung => super::xrechnung::FAMILIES,
            Self::Peppol => super::peppol::FAMILIES,
        }
    }

    fn contexts(self, syntax: Syntax) -> Vec<&'static Context> {
        match (self, syntax) {
            (Self::En16931, Syntax::Ubl) => super::en16931::UBL_CONTEXTS.concat(),
            (Self::En16931, Syntax::Cii) => super::en16931::CII_CONTEXTS.concat(),
            (Self::XRechnung, Syntax::Ubl) => super::xrechnung::UBL_CONTEXTS.concat(),
            (Self::XRechnung, Syntax::Cii) => super::xrechnung::CII_CONTEXTS.concat(),
            (Self::Peppol, Syntax::Ubl) => super::peppol::UBL_CONTEXTS.concat(),
            (Self::Peppol, Syntax::Cii) => super::peppol::CII_CONTEXTS.concat(),
        }
    }
}

/// The rules of some layers for one syntax and release.
#[derive(Debug)]
pub struct Pack {
    /// Which release.
    pub release: Release,
    /// Which syntax.
    pub syntax: Syntax,
    /// Which layers.
    pub layers: Vec<Layer>,
    pub(super) contexts: Vec<PackContext>,
    pub(super) assertions: Vec<Assertion>,
    pub(super) trie: Trie,
}

#[derive(Debug)]
pub(super) struct PackContext {
    pub(super) layer: Layer,
    pub(super) pattern: Pattern,
    pub(super) context: &'static Context,
    /// The nodes of the trie at which its paths end.
    nodes: Vec<u32>,
    /// Indices of the assertions that are tested at its elements; marks are not among them.
    pub(super) assertions: Vec<u32>,
}

#[derive(Debug)]
pub(super) struct Assertion {
    pub(super) rule: &'static Rule,
    pub(super) at: &'static [Name],
    pub(super) context: u16,
    pub(super) check: Check,
}

/// How the engine tests an assertion.
#[derive(Debug)]
pub(super) enum Check {
    Holds(fn(&super::Facts<'_>, crate::xml::Element<'_>) -> super::eval::Eval<bool>),
    /// Found by marks while walking; at most so many.
    Marks {
        most: u32,
    },
    /// The number of elements at the path must be in this range.
    Count {
        path: Vec<Step>,
        attribute: Option<&'static str>,
        least: usize,
        most: usize,
    },
}

impl Pack {
    /// The pack of these layers, made when first asked for and kept for the life of the program:
    /// there are only a few combinations.
    pub fn of(syntax: Syntax, release: Release, layers: &[Layer]) -> &'static Self {
        static PACKS: Mutex<Vec<&'static Pack>> = Mutex::new(Vec::new());
        let mut packs = PACKS.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = |pack: &&&Self| pack.syntax == syntax && pack.release == release && pack.layers == layers;
        if let Some(pack) = packs.iter().find(wanted) {
            return pack;
        }
        let pack: &'static Self = Box::leak(Box::new(Self::build(syntax, release, layers)));
        packs.push(pack);
        pack
    }

    fn build(syntax: Syntax, release: Release, layers: &[Layer]) -> Self {
        let mut pack = Self {
            release,
            syntax,
            layers: layers.to_vec(),
            contexts: Vec::new(),
            assertions: Vec::new(),
            trie: Trie::new(),
        };
        for layer in layers {
            let mut places = HashMap::new();
            for context in layer.contexts(syntax) {
                let index = u16::try_from(pack.contexts.len()).expect("there are a few hundred contexts");
                let nodes = context.paths.iter().map(|path| pack.trie.add_context(path, index)).collect();
                places.insert(std::ptr::from_ref(context), index);
                pack.contexts.push(PackContext {
                    layer: *layer,
                    pattern: context.pattern,
                    context,
                    nodes,
                    assertions: Vec::new(),
                });
            }
            for rule in layer.rules().filter(|rule| rule.releases.contain(release)) {
                let bindings = match syntax {
                    Syntax::Ubl => rule.ubl,
                    Syntax::Cii => rule.cii,
                };
                for binding in bindings {
                    let context = places
                        .get(&std::ptr::from_ref(binding.context))
                        .expect("every context that a rule names is in its layer's list");
                    pack.bind(rule, binding, *context);
                }
            }
        }
        pack
    }

    fn bind(&mut self, rule: &'static Rule, binding: &'static Binding, context: u16) {
        let index = u32::try_from(self.assertions.len()).expect("there are a few thousand assertions");
        let check = match binding.test {
            Test::Holds(holds) => Check::Holds(holds),
            Test::Shape(Shape::Forbidden(_)) => Check::Marks { most: 0 },
            Test::Shape(Shape::AtMostOne(_)) => Check::Marks { most: 1 },
            Test::Shape(Shape::ExactlyOne(path)) => count(path, 1, 1),
            Test::Shape(Shape::Required(path)) => count(path, 1, usize::MAX),
        };
        let own = &mut self.contexts[usize::from(context)];
        match (&check, binding.test) {
            (Check::Marks { .. }, Test::Shape(shape)) => self.trie.add_marks(&own.nodes, shape.path(), index),
            _ => own.assertions.push(index),
        }
        self.assertions.push(Assertion { rule, at: binding.at, context, check });
    }
}

fn count(path: &'static str, least: usize, most: usize) -> Check {
    let (elements, attribute) = split_attribute(path);
    let path = elements.split('/').filter(|step| !step.is_empty()).map(Step::parse).collect();
    Check::Count { path, attribute, least, most }
}

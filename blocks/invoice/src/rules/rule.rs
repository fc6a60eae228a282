//! What a rule is: the types that the entries are made of.

use vir_core::{Actor, Phrase, Severity, Text};

use super::eval::Eval;
use super::facts::Facts;
use super::release::Releases;
use super::shape_text;
use crate::names::Name;
use crate::xml::Element;

/// One rule with everything there is to say about it.
#[derive(Debug)]
pub struct Rule {
    /// Its identifier in the official rule set: `BR-CO-10`.
    pub id: &'static str,
    /// The official severity, before the profile's overrides.
    pub severity: Severity,
    /// The business terms it is about: `BT-106`, `BG-22`.
    pub terms: &'static [&'static str],
    /// Who has to repair a violation.
    pub actor: Actor,
    /// What is wrong where it fires; empty for rules of shape. Read it through [`Rule::message`].
    pub message: Phrase,
    /// How to repair it; empty for rules of shape. Read it through [`Rule::repair`].
    pub repair: Phrase,
    /// In which releases of the rule set it stands.
    pub releases: Releases,
    /// How it is tested in UBL. Several bindings where the official rule stands in several places.
    pub ubl: &'static [Binding],
    /// How it is tested in CII.
    pub cii: &'static [Binding],
}

impl Rule {
    /// An entry without content, for the fields that a table leaves out.
    pub const NONE: Self = Self {
        id: "",
        severity: Severity::Error,
        terms: &[],
        actor: Actor::Software,
        message: Phrase::new("", ""),
        repair: Phrase::new("", ""),
        releases: Releases::ALL,
        ubl: &[],
        cii: &[],
    };

    /// The shape of its first binding, where it is a rule of shape.
    #[must_use]
    pub fn as_shape(&self) -> Option<Shape> {
        self.shaped().map(|(_, shape)| shape)
    }

    /// What is wrong where it fires. Rules of shape have no text of their own: shape and path say it.
    #[must_use]
    pub fn message(&self) -> Text {
        match self.shaped() {
            Some((binding, shape)) if self.message.is_empty() => shape_text::message(self, binding, shape),
            _ => self.message.into(),
        }
    }

    /// How to repair it.
    #[must_use]
    pub fn repair(&self) -> Text {
        match self.shaped() {
            Some((_, shape)) if self.repair.is_empty() => shape_text::repair(shape),
            _ => self.repair.into(),
        }
    }

    fn shaped(&self) -> Option<(&Binding, Shape)> {
        let binding = self.ubl.iter().chain(self.cii).next()?;
        match binding.test {
            Test::Shape(shape) => Some((binding, shape)),
            Test::Holds(_) => None,
        }
    }
}

/// A test, and the elements to which it is put.
#[derive(Debug)]
pub struct Binding {
    /// The elements to which it is put.
    pub context: &'static Context,
    /// The test.
    pub test: Test,
    /// Which element below the context to point at (its value is shown); empty for the context itself.
    pub at: &'static [Name],
}

impl Binding {
    /// A binding that points at the context element.
    #[must_use]
    pub const fn new(context: &'static Context, test: fn(&Facts<'_>, Element<'_>) -> Eval<bool>) -> Self {
        Self { context, test: Test::Holds(test), at: &[] }
    }

    /// A binding by shape.
    #[must_use]
    pub const fn shape(context: &'static Context, shape: Shape) -> Self {
        Self { context, test: Test::Shape(shape), at: &[] }
    }

    /// The same binding, pointing at the first element of this path below the context.
    #[must_use]
    pub const fn at(mut self, path: &'static [Name]) -> Self {
        self.at = path;
        self
    }
}

/// How a rule is tested at an element of its context.
#[derive(Debug, Clone, Copy)]
pub enum Test {
    /// By one of the four shapes that most rules have.
    Shape(Shape),
    /// By a function that says whether the element satisfies the rule.
    Holds(fn(&Facts<'_>, Element<'_>) -> Eval<bool>),
}

/// The four shapes of nearly all syntax rules.
///
/// The path is relative to the context, written with the usual prefixes: `cac:Party/cbc:ID`. Its last
/// step may be an attribute, `@schemeID`, of the context or of the element before it; `*` stands for
/// any element. For the first two shapes, the first step may be a choice, `(cac:A|cac:B)/cbc:ID`;
/// and at the document element the path may start with `//`, for anywhere in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// There must be nothing at the path.
    Forbidden(&'static str),
    /// There must be at most one.
    AtMostOne(&'static str),
    /// There must be exactly one.
    ExactlyOne(&'static str),
    /// There must be at least one.
    Required(&'static str),
}

impl Shape {
    /// The path it speaks of.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Forbidden(path) | Self::AtMostOne(path) | Self::ExactlyOne(path) | Self::Required(path) => path,
        }
    }
}

/// The elements to which rules are put: a Schematron rule's context.
#[derive(Debug)]
pub struct Context {
    /// The group within which only the first matching context counts.
    pub pattern: Pattern,
    /// Paths with the usual prefixes. `/a:b/c:d` is anchored at the document; `c:d` and `a:b/c:d`
    /// match at any depth. A step may be `*` (any element), `ram:*` (any of that namespace),
    /// `*Amount` or `ram:*ID` (any whose name ends so).
    pub paths: &'static [&'static str],
    /// A further condition, as a predicate of the official context. Where it raises a dynamic error,
    /// the context does not match, and nothing breaks off.
    pub when: Option<fn(&Facts<'_>, Element<'_>) -> Eval<bool>>,
}

impl Context {
    /// A context of these paths without a further condition.
    #[must_use]
    pub const fn new(pattern: Pattern, paths: &'static [&'static str]) -> Self {
        Self { pattern, paths, when: None }
    }

    /// The same context with a condition.
    #[must_use]
    pub const fn when(mut self, when: fn(&Facts<'_>, Element<'_>) -> Eval<bool>) -> Self {
        self.when = Some(when);
        self
    }
}

/// A Schematron pattern: contexts are tried in the order of the pack's list, and within one pattern
/// only the first that matches an element is applied to it. Numbers are unique within a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(pub u8);

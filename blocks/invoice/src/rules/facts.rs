//! What rules ask about the whole document, computed once, when first asked.
//!
//! Invariant: every fact is computed in time linear in the document, however often it is asked.
//! A rule that is put to every line must never walk over all lines itself.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::en16931::syntax_facts::SyntaxFacts;
use super::en16931::{Currencies, TextSets};
use super::peppol::{Parties, Periods};
use super::release::Release;
use super::xrechnung::Profile;
use crate::names::Name;
use crate::xml::{Document, Element};

/// An element and the path below it, by the path's place in memory.
type Asked = (u32, *const Name, usize);

/// The document under test with everything that several rules need to know of it.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The document.
    pub doc: &'a Document<'a>,
    /// Its document element.
    pub root: Element<'a>,
    /// The release whose rules are applied; code lists differ.
    pub release: Release,
    /// The currency codes of a CII.
    pub(super) cii_currencies: Currencies<'a>,
    /// Texts that are compared with others.
    pub(super) text_sets: TextSets,
    /// What the syntax rules of EN 16931 ask.
    pub(super) syntax: SyntaxFacts,
    /// What the rules of EN 16931 add up and count.
    pub(super) en16931: super::en16931::Known,
    /// Where seller and buyer are.
    parties: OnceCell<Parties>,
    /// Which of the XRechnung profiles it follows.
    profile: OnceCell<Profile>,
    /// What is at a path below an element, for rules put to its many children.
    found: RefCell<HashMap<Asked, Rc<[u32]>>>,
    /// The invoicing period, by transaction.
    pub(super) periods: RefCell<HashMap<u32, Rc<Periods>>>,
}

impl<'a> Facts<'a> {
    /// The facts of a document.
    #[must_use]
    pub fn new(doc: &'a Document<'a>, release: Release) -> Self {
        Self {
            doc,
            root: doc.root(),
            release,
            cii_currencies: Currencies::default(),
            text_sets: TextSets::default(),
            syntax: SyntaxFacts::default(),
            en16931: super::en16931::Known::default(),
            parties: OnceCell::new(),
            profile: OnceCell::new(),
            found: RefCell::default(),
            periods: RefCell::default(),
        }
    }

    /// Where seller and buyer are.
    pub(super) fn parties(&self) -> &Parties {
        self.parties.get_or_init(|| Parties::of(self))
    }

    /// Which of the XRechnung profiles it follows, and its currencies.
    pub(super) fn profile(&self) -> &Profile {
        self.profile.get_or_init(|| Profile::of(self))
    }

    /// The elements at a path below an element, looked up once however many rules and siblings ask.
    pub(super) fn at(&self, from: Element<'_>, path: &'static [Name]) -> impl Iterator<Item = Element<'a>> + Clone {
        let key = (from.id(), path.as_ptr(), path.len());
        let doc = self.doc;
        let known = self.found.borrow().get(&key).map(Rc::clone);
        let ids = known.unwrap_or_else(|| {
            let ids: Rc<[u32]> = from.select(path).map(Element::id).collect();
            self.found.borrow_mut().insert(key, Rc::clone(&ids));
            ids
        });
        (0..ids.len()).map(move |at| doc.element(ids[at]))
    }
}

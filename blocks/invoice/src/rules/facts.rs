//! What rules ask about the whole document, computed once, when first asked.
//!
//! Invariant: every fact is computed in time linear in the document, however often it is asked.
//! A rule that is put to every line must never walk over all lines itself.

use super::en16931::syntax_facts::SyntaxFacts;
use super::en16931::{Currencies, TextSets};
use super::release::Release;
use crate::xml::{Document, Element};

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
        }
    }
}

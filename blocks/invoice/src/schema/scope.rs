//! Which namespace a prefix stands for, at the place that a walk has reached.
//!
//! Walking up the ancestors for every prefix would let a hostile document make the walk quadratic;
//! here each declaration is entered once. Most documents never ask, so nothing is built before the
//! first question.
//!
//! Invariant: elements are entered in document order, and questions concern the last one entered.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::xml::Element;

/// The declarations met so far.
#[derive(Default)]
pub(super) struct Scope<'a> {
    /// Elements with declarations that nobody has asked about yet.
    waiting: Vec<Element<'a>>,
    /// Per prefix: where each declaration ends, and its URI; inner ones last.
    declared: HashMap<&'a str, Vec<(u32, Cow<'a, str>)>>,
}

impl<'a> Scope<'a> {
    /// The walk has come to this element.
    #[inline]
    pub(super) fn enter(&mut self, element: Element<'a>) {
        if element.has_attributes() && element.declarations().next().is_some() {
            self.waiting.push(element);
        }
    }

    /// The namespace of a prefix at this element; empty for none.
    pub(super) fn resolve(&mut self, element: Element<'a>, prefix: &str) -> &str {
        if prefix == "xml" {
            return "http://www.w3.org/XML/1998/namespace";
        }
        for declaring in std::mem::take(&mut self.waiting) {
            for (prefix, uri) in declaring.declarations() {
                let stack = self.declared.entry(prefix).or_default();
                while stack.last().is_some_and(|(end, _)| *end <= declaring.id()) {
                    stack.pop();
                }
                stack.push((declaring.end(), uri));
            }
        }
        let Some(stack) = self.declared.get_mut(prefix) else { return "" };
        while stack.last().is_some_and(|(end, _)| *end <= element.id()) {
            stack.pop();
        }
        stack.last().map_or("", |(_, uri)| uri)
    }

    /// The namespace of the element itself.
    pub(super) fn of_element(&mut self, element: Element<'a>) -> &str {
        self.resolve(element, element.qname().split_once(':').map_or("", |(prefix, _)| prefix))
    }

    /// Is the qualified name of an attribute one of the instance namespace?
    pub(super) fn is_instance(&mut self, element: Element<'a>, qname: &str) -> bool {
        qname.split_once(':').is_some_and(|(prefix, _)| self.resolve(element, prefix) == INSTANCE)
    }
}

/// The namespace of `xsi:type` and its siblings, which every element may have.
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

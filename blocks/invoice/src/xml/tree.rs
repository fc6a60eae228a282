//! The document as an arena of fixed-size records in document order.
//!
//! An element's descendants follow it directly and end where `end` says, so walking, counting and
//! skipping need no pointers, and text is a range of the source until somebody needs it decoded.
//!
//! Invariant: records stand in document order; `end` of a record is the index after its last
//! descendant; a parent's index is smaller than its children's.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt;

use vir_core::Place;

use super::chars::is_blank;
use super::place::{Lines, Positions};
use crate::names::Name;

/// A well-formed document.
pub struct Document<'s> {
    pub(super) source: Cow<'s, str>,
    pub(super) nodes: Vec<Node>,
    pub(super) attributes: Vec<AttributeRecord>,
    by_name: OnceCell<ByName>,
    lines: OnceCell<Lines>,
    positions: OnceCell<Positions>,
}

/// One element, 32 bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) name: Name,
    pub(super) qname_len: u16,
    pub(super) attribute_count: u16,
    pub(super) flags: u8,
    pub(super) parent: u32,
    pub(super) end: u32,
    /// Offset of the first byte of the tag's name.
    pub(super) tag: u32,
    pub(super) content: u32,
    pub(super) content_end: u32,
    pub(super) first_attribute: u32,
}

/// The content is more than one plain run of characters: entities, comments, CDATA sections,
/// processing instructions or elements are in it.
pub(super) const COMPLEX: u8 = 1;
/// There is text other than white space directly in it.
pub(super) const HAS_TEXT: u8 = 2;

#[derive(Debug, Clone, Copy)]
pub(super) struct AttributeRecord {
    pub(super) name: u32,
    pub(super) value: u32,
    pub(super) value_len: u32,
    pub(super) name_len: u16,
    /// Entities or line ends in the value are still to be resolved.
    pub(super) complex: bool,
}

/// Elements in the order of their names, and of the document within one name.
struct ByName {
    starts: Vec<u32>,
    ids: Vec<u32>,
}

impl<'s> Document<'s> {
    pub(super) fn new(source: Cow<'s, str>, nodes: Vec<Node>, attributes: Vec<AttributeRecord>) -> Self {
        Self { source, nodes, attributes, by_name: OnceCell::new(), lines: OnceCell::new(), positions: OnceCell::new() }
    }

    /// The document element.
    #[must_use]
    pub fn root(&self) -> Element<'_> {
        Element { doc: self, id: 0 }
    }

    /// The element with this [`Element::id`].
    ///
    /// # Panics
    /// Where there is no such element.
    #[must_use]
    pub fn element(&self, id: u32) -> Element<'_> {
        assert!((id as usize) < self.nodes.len(), "element ids come from the same document");
        Element { doc: self, id }
    }

    /// How many elements there are. Ids run from 0 to this.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never true: a document has a root.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The decoded source text, with line ends normalised.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// All elements in document order.
    pub fn elements(&self) -> impl DoubleEndedIterator<Item = Element<'_>> + ExactSizeIterator {
        (0..u32_len(self.nodes.len())).map(move |id| Element { doc: self, id })
    }

    /// All elements of a name in document order, as `//name`. The first call makes an index.
    pub fn all(&self, name: Name) -> impl DoubleEndedIterator<Item = Element<'_>> + ExactSizeIterator + Clone {
        let index = self.by_name.get_or_init(|| self.index_names());
        let at = name.index();
        let (from, to) = (index.starts[at] as usize, index.starts[at + 1] as usize);
        index.ids[from..to].iter().map(move |id| Element { doc: self, id: *id })
    }

    /// Line and column (in characters), both from 1, of a byte offset in [`Document::source`].
    #[must_use]
    pub fn line_column(&self, offset: usize) -> (u32, u32) {
        self.lines.get_or_init(|| Lines::new(&self.source)).locate(&self.source, offset)
    }

    pub(super) fn position(&self, id: u32) -> u32 {
        self.positions.get_or_init(|| Positions::new(self)).of(id)
    }

    fn index_names(&self) -> ByName {
        // A counting sort: stable, so document order is kept within one name.
        let mut starts = vec![0_u32; Name::COUNT + 1];
        for node in &self.nodes {
            starts[node.name.index() + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts[..Name::COUNT].to_vec();
        let mut ids = vec![0; self.nodes.len()];
        for (id, node) in self.nodes.iter().enumerate() {
            let slot = &mut next[node.name.index()];
            ids[*slot as usize] = u32_len(id);
            *slot += 1;
        }
        ByName { starts, ids }
    }
}

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} bytes, {} elements)", self.source.len(), self.nodes.len())
    }
}

/// Offsets and counts fit: the parser refuses sources of 4 GiB and more.
pub(super) fn u32_len(n: usize) -> u32 {
    u32::try_from(n).expect("the parser's size limit is below 4 GiB")
}

/// An element of a document: a handle, cheap to copy.
#[derive(Clone, Copy)]
pub struct Element<'a> {
    doc: &'a Document<'a>,
    id: u32,
}

impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.doc, other.doc)
    }
}

impl Eq for Element<'_> {}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.qname())
    }
}

impl<'a> Element<'a> {
    #[inline]
    fn node(self) -> &'a Node {
        &self.doc.nodes[self.id as usize]
    }

    /// The document it belongs to.
    #[must_use]
    pub fn document(self) -> &'a Document<'a> {
        self.doc
    }

    /// Its index in document order; the root has 0.
    #[must_use]
    #[inline]
    pub fn id(self) -> u32 {
        self.id
    }

    /// The index after its last descendant.
    #[must_use]
    #[inline]
    pub fn end(self) -> u32 {
        self.node().end
    }

    /// Which known element it is; [`Name::OTHER`] where the schemas know none of that name.
    #[must_use]
    #[inline]
    pub fn name(self) -> Name {
        self.node().name
    }

    /// The name as written, with its prefix.
    #[must_use]
    pub fn qname(self) -> &'a str {
        let node = self.node();
        &self.doc.source[node.tag as usize..node.tag as usize + usize::from(node.qname_len)]
    }

    /// The name without its prefix.
    #[must_use]
    pub fn local(self) -> &'a str {
        let qname = self.qname();
        qname.find(':').map_or(qname, |colon| &qname[colon + 1..])
    }

    /// The namespace it is in; empty for none.
    #[must_use]
    pub fn namespace(self) -> Cow<'a, str> {
        let qname = self.qname();
        self.namespace_of(qname.find(':').map_or("", |colon| &qname[..colon]))
    }

    /// The namespace that a prefix stands for here (empty prefix: the default namespace).
    #[must_use]
    pub fn namespace_of(self, prefix: &str) -> Cow<'a, str> {
        if prefix == "xml" {
            return Cow::Borrowed("http://www.w3.org/XML/1998/namespace");
        }
        let mut at = Some(self);
        while let Some(element) = at {
            for attribute in element.raw_attributes() {
                let declares = match attribute.qname().strip_prefix("xmlns") {
                    Some("") => prefix.is_empty(),
                    Some(rest) => rest.strip_prefix(':') == Some(prefix) && !prefix.is_empty(),
                    None => false,
                };
                if declares {
                    return attribute.value();
                }
            }
            at = element.parent();
        }
        Cow::Borrowed("")
    }

    /// The element around it; none for the root.
    #[must_use]
    #[inline]
    pub fn parent(self) -> Option<Element<'a>> {
        (self.id != 0).then(|| Element { doc: self.doc, id: self.node().parent })
    }

    /// Its parent, that one's parent, … up to the root.
    pub fn ancestors(self) -> impl Iterator<Item = Element<'a>> {
        std::iter::successors(self.parent(), |element| element.parent())
    }

    /// How many elements are around it.
    #[must_use]
    pub fn depth(self) -> usize {
        self.ancestors().count()
    }

    /// Its child elements.
    #[inline]
    pub fn children(self) -> impl Iterator<Item = Element<'a>> + Clone {
        Children { doc: self.doc, next: self.id + 1, end: self.node().end }
    }

    /// All elements in it, at any depth.
    pub fn descendants(self) -> impl DoubleEndedIterator<Item = Element<'a>> + ExactSizeIterator {
        let doc = self.doc;
        (self.id + 1..self.node().end).map(move |id| Element { doc, id })
    }

    /// Its child elements of one name, as the XPath `name`.
    #[inline]
    pub fn kids(self, name: Name) -> impl Iterator<Item = Element<'a>> + Clone {
        self.children().filter(move |child| child.name() == name)
    }

    /// The elements at a path below it, as the XPath `a/b/c`, in document order. Make paths with
    /// [`path!`](crate::path).
    #[must_use]
    #[inline]
    pub fn select(self, path: &'static [Name]) -> Select<'a> {
        Select::new(self, path)
    }

    /// The first element at a path.
    #[must_use]
    pub fn first(self, path: &'static [Name]) -> Option<Element<'a>> {
        self.select(path).next()
    }

    /// Is there an element at this path?
    #[must_use]
    pub fn has(self, path: &'static [Name]) -> bool {
        self.first(path).is_some()
    }

    /// How many elements are there at this path?
    #[must_use]
    pub fn count(self, path: &'static [Name]) -> usize {
        self.select(path).count()
    }

    /// Has it child elements?
    #[must_use]
    pub fn has_children(self) -> bool {
        self.node().end > self.id + 1
    }

    /// Is there text other than white space directly in it, however written?
    #[must_use]
    pub fn has_own_text(self) -> bool {
        self.node().flags & HAS_TEXT != 0
    }

    /// The value of an attribute that is in no namespace.
    #[must_use]
    pub fn attr(self, name: &str) -> Option<Cow<'a, str>> {
        self.raw_attributes().find(|attribute| attribute.qname() == name).map(Attribute::value)
    }

    /// Its attributes, without the namespace declarations.
    pub fn attrs(self) -> impl Iterator<Item = Attribute<'a>> + Clone {
        self.raw_attributes().filter(|attribute| !attribute.is_declaration())
    }

    /// The namespaces that it declares itself: prefix (empty for the default namespace) and URI.
    #[inline]
    pub(crate) fn declarations(self) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> + Clone {
        self.raw_attributes().filter_map(|attribute| match attribute.qname().strip_prefix("xmlns") {
            Some("") => Some(("", attribute.value())),
            Some(rest) => rest.strip_prefix(':').map(|prefix| (prefix, attribute.value())),
            None => None,
        })
    }

    /// Has it any attribute, namespace declarations included?
    #[inline]
    pub(crate) fn has_attributes(self) -> bool {
        self.node().attribute_count != 0
    }

    fn raw_attributes(self) -> impl Iterator<Item = Attribute<'a>> + Clone {
        let node = self.node();
        let from = node.first_attribute as usize;
        let records = &self.doc.attributes[from..from + usize::from(node.attribute_count)];
        records.iter().map(move |record| Attribute { owner: self, record })
    }

    /// The string value: all text in it, without markup.
    #[must_use]
    #[inline]
    pub fn text(self) -> Cow<'a, str> {
        let node = self.node();
        if node.flags & COMPLEX == 0 {
            return Cow::Borrowed(self.raw_content());
        }
        let mut out = String::new();
        super::parse::text_runs(self.raw_content(), true, |run| out.push_str(run), || {});
        Cow::Owned(out)
    }

    /// Its text nodes, as the XPath `text()`: comments, processing instructions and child elements
    /// part them. Empty content has none.
    #[must_use]
    pub fn text_nodes(self) -> Vec<Cow<'a, str>> {
        let raw = self.raw_content();
        if self.node().flags & COMPLEX == 0 {
            return if raw.is_empty() { Vec::new() } else { vec![Cow::Borrowed(raw)] };
        }
        let (nodes, current) = (std::cell::RefCell::new(Vec::new()), std::cell::RefCell::new(String::new()));
        let close = || {
            let text = current.take();
            if !text.is_empty() {
                nodes.borrow_mut().push(Cow::Owned(text));
            }
        };
        super::parse::text_runs(raw, false, |run| current.borrow_mut().push_str(run), close);
        close();
        nodes.into_inner()
    }

    /// Is the string value nothing but white space?
    #[must_use]
    pub fn is_blank(self) -> bool {
        is_blank(&self.text())
    }

    /// Everything between its tags, as it stands in the source.
    #[must_use]
    #[inline]
    pub fn raw_content(self) -> &'a str {
        let node = self.node();
        &self.doc.source[node.content as usize..node.content_end as usize]
    }

    /// Byte offset of its start tag's `<` in the source.
    #[must_use]
    pub fn offset(self) -> usize {
        self.node().tag as usize - 1
    }

    /// Its XPath with the usual prefixes: `/ubl:Invoice/cac:InvoiceLine[2]/cbc:ID`. A position is
    /// given where there are several of that name.
    #[must_use]
    pub fn path(self) -> String {
        let mut chain: Vec<Element<'a>> = self.ancestors().collect();
        chain.reverse();
        chain.push(self);
        let mut out = String::new();
        for element in chain {
            out.push('/');
            if element.name() == Name::OTHER {
                out.push_str(element.qname());
            } else {
                out.push_str(element.name().prefix());
                out.push(':');
                out.push_str(element.name().local());
            }
            let position = self.doc.position(element.id);
            if position > 0 {
                out.push_str(&format!("[{position}]"));
            }
        }
        out
    }

    /// Where it stands.
    #[must_use]
    pub fn place(self) -> Place {
        let (line, column) = self.doc.line_column(self.offset());
        Place { path: self.path(), line, column }
    }
}

#[derive(Clone)]
struct Children<'a> {
    doc: &'a Document<'a>,
    next: u32,
    end: u32,
}

impl<'a> Iterator for Children<'a> {
    type Item = Element<'a>;

    #[inline]
    fn next(&mut self) -> Option<Element<'a>> {
        if self.next >= self.end {
            return None;
        }
        let child = Element { doc: self.doc, id: self.next };
        self.next = child.node().end;
        Some(child)
    }
}

/// The longest path that [`Element::select`] takes.
const MAX_PATH: usize = 10;

/// The elements at a path; see [`Element::select`].
#[derive(Clone)]
pub struct Select<'a> {
    doc: &'a Document<'a>,
    path: &'static [Name],
    /// Per level of the path: the next candidate and where its siblings end.
    at: [(u32, u32); MAX_PATH],
    level: usize,
}

impl<'a> Select<'a> {
    fn new(from: Element<'a>, path: &'static [Name]) -> Self {
        assert!(!path.is_empty() && path.len() <= MAX_PATH, "paths have one to ten steps");
        let mut at = [(0, 0); MAX_PATH];
        at[0] = (from.id + 1, from.node().end);
        Self { doc: from.doc, path, at, level: 0 }
    }
}

impl<'a> Iterator for Select<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        loop {
            let (id, end) = self.at[self.level];
            if id >= end {
                self.level = self.level.checked_sub(1)?;
                continue;
            }
            let node = &self.doc.nodes[id as usize];
            self.at[self.level].0 = node.end;
            if node.name == self.path[self.level] {
                if self.level + 1 == self.path.len() {
                    return Some(Element { doc: self.doc, id });
                }
                self.level += 1;
                self.at[self.level] = (id + 1, node.end);
            }
        }
    }
}

/// An attribute of an element: a handle, cheap to copy.
#[derive(Clone, Copy)]
pub struct Attribute<'a> {
    owner: Element<'a>,
    record: &'a AttributeRecord,
}

impl fmt::Debug for Attribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}={:?}", self.qname(), self.value())
    }
}

impl<'a> Attribute<'a> {
    /// The element that has it.
    #[must_use]
    pub fn owner(self) -> Element<'a> {
        self.owner
    }

    /// The name as written, with its prefix.
    #[must_use]
    pub fn qname(self) -> &'a str {
        let from = self.record.name as usize;
        &self.owner.doc.source[from..from + usize::from(self.record.name_len)]
    }

    /// The name without its prefix.
    #[must_use]
    pub fn local(self) -> &'a str {
        let qname = self.qname();
        qname.find(':').map_or(qname, |colon| &qname[colon + 1..])
    }

    /// The namespace it is in; empty for an attribute without prefix.
    #[must_use]
    pub fn namespace(self) -> Cow<'a, str> {
        let qname = self.qname();
        match qname.find(':') {
            Some(colon) => self.owner.namespace_of(&qname[..colon]),
            None => Cow::Borrowed(""),
        }
    }

    /// Its value, with entities resolved and white space normalised to blanks (XML 1.0 §3.3.3).
    #[must_use]
    pub fn value(self) -> Cow<'a, str> {
        let from = self.record.value as usize;
        let raw = &self.owner.doc.source[from..from + self.record.value_len as usize];
        if self.record.complex { Cow::Owned(super::parse::attribute_value(raw)) } else { Cow::Borrowed(raw) }
    }

    /// Where it stands: the XPath ends in `/@name`.
    #[must_use]
    pub fn place(self) -> Place {
        let (line, column) = self.owner.doc.line_column(self.record.name as usize);
        Place { path: format!("{}/@{}", self.owner.path(), self.qname()), line, column }
    }

    /// Is it a namespace declaration?
    #[must_use]
    pub fn is_declaration(self) -> bool {
        self.qname().strip_prefix("xmlns").is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    }
}

/// A path of element names: `path!(cac:TaxTotal/cbc:TaxAmount)`.
#[macro_export]
macro_rules! path {
    ($($prefix:ident : $local:ident)/+) => {
        const { &[$($crate::names::$prefix::$local),+] as &'static [$crate::names::Name] }
    };
}

//! The parser: one pass, no recursion, no copies.
//!
//! Invariant: time is linear in the source, and memory beside the source is bounded by a constant
//! times the number of elements and attributes, each of which takes bytes in the source.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memmem};
use vir_core::Text;

use super::chars::{NAME_BYTE, is_char, is_name_char, is_name_start, is_space};
use super::encoding::decode;
use super::error::{XmlError, XmlErrorKind};
use super::tree::{AttributeRecord, COMPLEX, Document, HAS_TEXT, Node, u32_len};
use crate::names::{Name, Ns};

/// What a hostile document may cost at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the source.
    pub bytes: usize,
    /// Elements inside each other. The deepest element of the invoice schemas that anybody has seen
    /// in use is at 12; the schemas themselves allow recursion.
    pub depth: usize,
    /// Attributes of one element, namespace declarations included.
    pub attributes: usize,
    /// Bytes of a name.
    pub name: usize,
    /// Elements and attributes together.
    pub nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 1 << 30, depth: 256, attributes: 256, name: 1024, nodes: 50_000_000 }
    }
}

/// Reads a document within the default [`Limits`].
///
/// ```
/// use vir_invoice::xml;
/// let doc = xml::parse(b"<a><b>1</b><b>2</b></a>").unwrap();
/// let texts: Vec<_> = doc.root().children().map(|b| b.text()).collect();
/// assert_eq!(texts, ["1", "2"]);
///
/// let error = xml::parse(b"<a>\n<b></a>").unwrap_err();
/// assert_eq!((error.line, error.column), (2, 4));
/// ```
///
/// # Errors
/// Where it is not well-formed or exceeds a limit: the first violation, with its place.
pub fn parse(bytes: &[u8]) -> Result<Document<'_>, XmlError> {
    parse_with(bytes, &Limits::default())
}

/// Reads a document within `limits`.
///
/// # Errors
/// As [`parse`].
pub fn parse_with<'s>(bytes: &'s [u8], limits: &Limits) -> Result<Document<'s>, XmlError> {
    if bytes.len() > limits.bytes.min(u32::MAX as usize / 2) {
        return Err(XmlError::at(0, limit("Größe der Datei in Bytes", "size of the file in bytes", limits.bytes)));
    }
    looks_like_xml(bytes)?;
    let source = decode(bytes)?;
    if source.len() > u32::MAX as usize / 2 {
        return Err(XmlError::at(0, limit("Größe der Datei in Bytes", "size of the file in bytes", limits.bytes)));
    }
    let (nodes, attributes) = match Parser::new(&source, limits).run() {
        Ok(parsed) => parsed,
        // HTML may happen to be well-formed; where it is not, the sender should read what it is.
        Err(_) if source.trim_start().get(..5).is_some_and(|start| start.eq_ignore_ascii_case("<html")) => {
            return Err(XmlError::at(0, XmlErrorKind::NotXml { looks_like: Text::new(HTML.0, HTML.1) }));
        }
        Err(error) => return Err(error.located(&source)),
    };
    Ok(Document::new(source, nodes, attributes))
}

fn limit(de: &'static str, en: &'static str, limit: usize) -> XmlErrorKind {
    XmlErrorKind::Limit { what: Text::new(de, en), limit }
}

const HTML: (&str, &str) = ("eine Internetseite (HTML)", "a web page (HTML)");

/// Tells what was sent instead of XML, so that the sender gets a helpful answer.
fn looks_like_xml(bytes: &[u8]) -> Result<(), XmlError> {
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    if start.is_empty() {
        return Err(XmlError::at(0, XmlErrorKind::Empty));
    }
    let begins = |prefix: &[u8]| start.len() >= prefix.len() && start[..prefix.len()].eq_ignore_ascii_case(prefix);
    let (de, en) = if begins(b"%PDF-") {
        ("ein PDF", "a PDF")
    } else if begins(b"<!doctype html") {
        HTML
    } else if begins(b"PK\x03\x04") {
        ("ein ZIP-Archiv oder Office-Dokument", "a ZIP archive or office document")
    } else if begins(b"\xD0\xCF\x11\xE0") {
        ("ein altes Word- oder Excel-Dokument", "an old Word or Excel document")
    } else if begins(b"{\\rtf") {
        ("ein RTF-Textdokument", "an RTF text document")
    } else if begins(b"{") || begins(b"[") {
        ("JSON", "JSON")
    } else if begins(b"\xFF\xD8\xFF") || begins(b"\x89PNG") || begins(b"GIF8") || begins(b"II*\0") || begins(b"MM\0*") {
        ("ein Bild", "an image")
    } else if begins(b"UNA") || begins(b"UNB+") {
        ("eine EDIFACT-Nachricht", "an EDIFACT message")
    } else if begins(b"<") || matches!(bytes, [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, b'<', ..]) {
        return Ok(());
    } else if std::str::from_utf8(&start[..start.len().min(64)]).is_ok_and(|head| head.chars().all(is_char)) {
        ("einfacher Text", "plain text")
    } else {
        ("eine Binärdatei", "a binary file")
    };
    Err(XmlError::at(0, XmlErrorKind::NotXml { looks_like: Text::new(de, en) }))
}

struct Parser<'s, 'l> {
    source: &'s str,
    bytes: &'s [u8],
    at: usize,
    limits: &'l Limits,
    nodes: Vec<Node>,
    attributes: Vec<AttributeRecord>,
    bindings: Vec<Binding<'s>>,
    /// The open element, where there is one.
    open: Option<u32>,
    depth: usize,
    /// `]]>` occurs somewhere, so text must be searched for it.
    has_section_end: bool,
}

/// Namespace declarations in scope at any place: every prefix is searched among them.
const MOST_BINDINGS: usize = 1024;

struct Binding<'s> {
    prefix: &'s [u8],
    /// A namespace that the name table knows.
    known: Option<Ns>,
    uri: Cow<'s, str>,
    /// The element that declares it.
    owner: u32,
}

type Parsed<T> = Result<T, XmlError>;

impl<'s, 'l> Parser<'s, 'l> {
    fn new(source: &'s str, limits: &'l Limits) -> Self {
        let bytes = source.as_bytes();
        Self {
            source,
            bytes,
            at: 0,
            limits,
            nodes: Vec::with_capacity(bytes.len() / 48 + 8),
            attributes: Vec::with_capacity(bytes.len() / 160 + 8),
            bindings: Vec::new(),
            open: None,
            depth: 0,
            has_section_end: memmem::find(bytes, b"]]>").is_some(),
        }
    }

    fn run(mut self) -> Parsed<(Vec<Node>, Vec<AttributeRecord>)> {
        self.check_characters()?;
        self.xml_declaration()?;
        loop {
            self.text()?;
            if self.at == self.bytes.len() {
                break;
            }
            match self.bytes.get(self.at + 1) {
                Some(b'/') => self.end_tag()?,
                Some(b'!') => self.comment_or_section()?,
                Some(b'?') => self.processing_instruction()?,
                Some(_) => self.start_tag()?,
                None => return Err(self.truncated()),
            }
        }
        if self.open.is_some() {
            return Err(self.truncated());
        }
        if self.nodes.is_empty() {
            return Err(self.syntax(
                self.at,
                "Es gibt kein Element im Dokument.",
                "There is no element in the document.",
            ));
        }
        Ok((self.nodes, self.attributes))
    }

    /// Production Char, for the whole source at once: nearly always there is nothing to find.
    fn check_characters(&self) -> Parsed<()> {
        // Block by block without an early exit inside, so that it runs on vector registers.
        let suspicious = |block: &[u8]| {
            block.iter().fold(false, |found, byte| found | (*byte < 0x20 && *byte != b'\t' && *byte != b'\n'))
        };
        let control = self.bytes.chunks(512).any(suspicious);
        let special = memchr(0xEF, self.bytes).is_some();
        if (control || special)
            && let Some((at, c)) = self.source.char_indices().find(|(_, c)| !is_char(*c))
        {
            return Err(XmlError::at(
                at,
                XmlErrorKind::Syntax {
                    what: Text::owned(
                        format!("Das Zeichen U+{:04X} ist in XML nicht erlaubt.", u32::from(c)),
                        format!("The character U+{:04X} is not allowed in XML.", u32::from(c)),
                    ),
                },
            ));
        }
        Ok(())
    }

    fn xml_declaration(&mut self) -> Parsed<()> {
        if !self.bytes.starts_with(b"<?xml") || !self.bytes.get(5).copied().is_some_and(is_space) {
            return Ok(());
        }
        let end = memmem::find(self.bytes, b"?>").ok_or_else(|| self.truncated())?;
        let wrong = |parser: &Self| {
            parser.syntax(0, "Die XML-Deklaration am Anfang ist fehlerhaft.", "The XML declaration is malformed.")
        };
        let mut rest = &self.source[5..end];
        let mut stage = 0;
        while !rest.bytes().all(is_space) {
            let trimmed = rest.trim_start_matches([' ', '\t', '\n']);
            if trimmed.len() == rest.len() {
                return Err(wrong(self));
            }
            let (name, value) = trimmed.split_once('=').ok_or_else(|| wrong(self))?;
            let value = value.trim_start_matches([' ', '\t', '\n']);
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or_else(|| wrong(self))?;
            let (value, after) = value[1..].split_once(quote).ok_or_else(|| wrong(self))?;
            let step = match name.trim_end_matches([' ', '\t', '\n']) {
                "version" if stage == 0 && value == "1.0" => 1,
                "version" if stage == 0 => {
                    return Err(self.syntax(
                        0,
                        "Nur XML der Version 1.0 wird gelesen.",
                        "Only XML version 1.0 is supported.",
                    ));
                }
                "encoding" if stage == 1 => 2,
                "standalone" if matches!(stage, 1 | 2) && matches!(value, "yes" | "no") => 3,
                _ => return Err(wrong(self)),
            };
            stage = step;
            rest = after;
        }
        if stage == 0 {
            return Err(wrong(self));
        }
        self.at = end + 2;
        Ok(())
    }

    /// Text up to the next `<` or the end of the source.
    fn text(&mut self) -> Parsed<()> {
        let from = self.at;
        // Indentation is by far the commonest text between elements.
        while self.at < self.bytes.len() && is_space(self.bytes[self.at]) {
            self.at += 1;
        }
        match self.bytes.get(self.at) {
            None | Some(b'<') => return Ok(()),
            Some(_) => {}
        }
        let Some(open) = self.open else {
            return Err(self.syntax(
                self.at,
                "Vor oder nach dem äußersten Element steht Text.",
                "There is text before or after the outermost element.",
            ));
        };
        let mut flags = 0;
        loop {
            match memchr2(b'<', b'&', &self.bytes[self.at..]) {
                None => return Err(self.truncated()),
                Some(offset) => {
                    if flags & HAS_TEXT == 0 && !self.bytes[self.at..self.at + offset].iter().copied().all(is_space) {
                        flags |= HAS_TEXT;
                    }
                    self.at += offset;
                    if self.bytes[self.at] == b'<' {
                        break;
                    }
                    flags |= COMPLEX;
                    let end = self.reference(self.at)?;
                    if !is_space_reference(&self.source[self.at + 1..end - 1]) {
                        flags |= HAS_TEXT;
                    }
                    self.at = end;
                }
            }
        }
        if self.has_section_end
            && let Some(offset) = memmem::find(&self.bytes[from..self.at], b"]]>")
        {
            return Err(self.syntax(
                from + offset,
                "Die Zeichenfolge „]]>“ darf so nicht im Text stehen.",
                "The characters \"]]>\" must not stand in text like this.",
            ));
        }
        self.nodes[open as usize].flags |= flags;
        Ok(())
    }

    /// Checks the reference at `at` and says where it ends.
    fn reference(&self, at: usize) -> Parsed<usize> {
        let rest = &self.source[at + 1..];
        let Some(end) = memchr(b';', &rest.as_bytes()[..rest.len().min(64)]) else {
            return Err(self.syntax(
                at,
                "Ein „&“ steht ohne „;“; gemeint ist wohl „&amp;“.",
                "An \"&\" without \";\"; probably \"&amp;\" is meant.",
            ));
        };
        let name = &rest[..end];
        if name.starts_with('#') {
            if character(name).is_none() {
                return Err(self.syntax(at, "Der Zeichenverweis ist ungültig.", "The character reference is invalid."));
            }
        } else if predefined(name).is_none() {
            return Err(XmlError::at(at, XmlErrorKind::UnknownEntity { name: name.chars().take(32).collect() }));
        }
        Ok(at + 1 + end + 1)
    }

    /// The name at `at`: its bytes, checked.
    #[inline]
    fn name(&mut self) -> Parsed<&'s str> {
        let from = self.at;
        // Letters, digits and the like at any place but the first: no second look is needed.
        let mut plain = true;
        while let Some(byte) = self.bytes.get(self.at)
            && NAME_BYTE[usize::from(*byte)]
        {
            if *byte >= 0x80 || *byte == b':' {
                // What follows a colon must begin as a name does, and there is only one.
                plain &= *byte == b':' && self.bytes.get(self.at + 1).is_some_and(|next| is_plain_start(*next));
                plain &= memchr(b':', &self.bytes[from..self.at]).is_none();
            }
            self.at += 1;
        }
        let name = &self.source[from..self.at];
        if name.len() > self.limits.name {
            return Err(XmlError::at(from, limit("Länge eines Namens", "length of a name", self.limits.name)));
        }
        let plain = plain && name.as_bytes().first().copied().is_some_and(is_plain_start);
        if !plain && !is_name(name) {
            return Err(if self.at == self.bytes.len() {
                self.truncated()
            } else {
                self.syntax(from, "Hier wird ein Name erwartet.", "A name is expected here.")
            });
        }
        Ok(name)
    }

    fn start_tag(&mut self) -> Parsed<()> {
        let tag = self.at;
        if self.open.is_none() && !self.nodes.is_empty() {
            return Err(self.syntax(
                tag,
                "Nach dem äußersten Element folgt ein weiteres.",
                "Another element follows the outermost one.",
            ));
        }
        self.at += 1;
        let qname = self.name()?;
        let id = u32_len(self.nodes.len());
        let first_attribute = self.attributes.len();
        let has_declarations = self.attributes_of(id)?;
        let count = self.attributes.len() - first_attribute;
        if self.nodes.len() + self.attributes.len() > self.limits.nodes {
            return Err(XmlError::at(
                tag,
                limit("Zahl der Elemente und Attribute", "number of elements and attributes", self.limits.nodes),
            ));
        }
        let empty = self.bytes[self.at] == b'/';
        if empty && self.bytes.get(self.at + 1) != Some(&b'>') {
            return Err(self.tag_syntax());
        }
        self.at += 1 + usize::from(empty);
        let name = self.resolve(qname, tag + 1)?;
        if count > 1 {
            self.unique_attributes(first_attribute)?;
        } else if count == 1 && !has_declarations {
            self.attribute_prefix(first_attribute)?;
        }
        self.nodes.push(Node {
            name,
            qname_len: u16_len(qname.len()),
            attribute_count: u16_len(count),
            flags: 0,
            parent: self.open.unwrap_or(0),
            end: id + 1,
            tag: u32_len(tag + 1),
            content: u32_len(self.at),
            content_end: u32_len(self.at),
            first_attribute: u32_len(first_attribute),
        });
        if let Some(open) = self.open {
            self.nodes[open as usize].flags |= COMPLEX;
        }
        if empty {
            self.unbind(id);
            return Ok(());
        }
        self.open = Some(id);
        self.depth += 1;
        if self.depth > self.limits.depth {
            return Err(XmlError::at(tag, limit("Tiefe der Verschachtelung", "depth of nesting", self.limits.depth)));
        }
        Ok(())
    }

    /// Reads attributes up to `>` or `/`; says whether a namespace is declared among them.
    fn attributes_of(&mut self, id: u32) -> Parsed<bool> {
        let first = self.attributes.len();
        let mut declares = false;
        loop {
            let before = self.at;
            while self.at < self.bytes.len() && is_space(self.bytes[self.at]) {
                self.at += 1;
            }
            match self.bytes.get(self.at) {
                None => return Err(self.truncated()),
                Some(b'>' | b'/') => return Ok(declares),
                Some(_) if before == self.at => return Err(self.tag_syntax()),
                Some(_) => {}
            }
            let name_at = self.at;
            let qname = self.name()?;
            self.skip_space();
            if self.bytes.get(self.at) != Some(&b'=') {
                return Err(if self.at == self.bytes.len() { self.truncated() } else { self.tag_syntax() });
            }
            self.at += 1;
            self.skip_space();
            let quote = match self.bytes.get(self.at) {
                Some(quote @ (b'"' | b'\'')) => *quote,
                Some(_) => {
                    return Err(self.syntax(
                        self.at,
                        "Der Wert eines Attributs steht in Anführungszeichen.",
                        "The value of an attribute is put in quotes.",
                    ));
                }
                None => return Err(self.truncated()),
            };
            self.at += 1;
            let value_at = self.at;
            let len = memchr(quote, &self.bytes[value_at..]).ok_or_else(|| self.truncated())?;
            self.at = value_at + len + 1;
            let complex = self.check_value(value_at, value_at + len)?;
            if self.attributes.len() - first == self.limits.attributes {
                return Err(XmlError::at(
                    name_at,
                    limit(
                        "Zahl der Attribute eines Elements",
                        "number of attributes of an element",
                        self.limits.attributes,
                    ),
                ));
            }
            self.attributes.push(AttributeRecord {
                name: u32_len(name_at),
                value: u32_len(value_at),
                value_len: u32_len(len),
                name_len: u16_len(qname.len()),
                complex,
            });
            if let Some(rest) = qname.strip_prefix("xmlns")
                && (rest.is_empty() || rest.starts_with(':'))
            {
                declares = true;
                self.bind(rest.strip_prefix(':').unwrap_or(""), value_at, len, complex, id, name_at)?;
            }
        }
    }

    fn check_value(&self, from: usize, to: usize) -> Parsed<bool> {
        let mut complex = false;
        let mut at = from;
        while at < to {
            match self.bytes[at] {
                b'<' => {
                    return Err(self.syntax(
                        at,
                        "Im Wert eines Attributs steht „<“.",
                        "There is a \"<\" in the value of an attribute.",
                    ));
                }
                b'&' => {
                    complex = true;
                    at = self.reference(at)?;
                    if at > to {
                        return Err(self.syntax(
                            from,
                            "Der Zeichenverweis ist ungültig.",
                            "The character reference is invalid.",
                        ));
                    }
                }
                byte => {
                    complex |= byte == b'\t' || byte == b'\n';
                    at += 1;
                }
            }
        }
        Ok(complex)
    }

    fn bind(
        &mut self,
        prefix: &'s str,
        at: usize,
        len: usize,
        complex: bool,
        owner: u32,
        name_at: usize,
    ) -> Parsed<()> {
        let raw = &self.source[at..at + len];
        let uri = if complex { Cow::Owned(attribute_value(raw)) } else { Cow::Borrowed(raw) };
        let reserved =
            |uri: &str| matches!(uri, "http://www.w3.org/2000/xmlns/" | "http://www.w3.org/XML/1998/namespace");
        let xml_itself = prefix == "xml" && uri == "http://www.w3.org/XML/1998/namespace";
        if !xml_itself
            && (prefix == "xmlns" || prefix == "xml" || reserved(&uri) || (uri.is_empty() && !prefix.is_empty()))
        {
            return Err(self.syntax(
                name_at,
                "Diese Namensraum-Deklaration ist nicht erlaubt.",
                "This namespace declaration is not allowed.",
            ));
        }
        if prefix.is_empty() == self.source[name_at..at].contains(':') {
            return Err(self.syntax(name_at, "Hier wird ein Name erwartet.", "A name is expected here."));
        }
        if self.bindings.len() >= MOST_BINDINGS {
            return Err(XmlError::at(
                name_at,
                limit("Zahl der zugleich geltenden Namensräume", "number of namespaces in scope", MOST_BINDINGS),
            ));
        }
        self.bindings.push(Binding { prefix: prefix.as_bytes(), known: Ns::from_uri(&uri), uri, owner });
        Ok(())
    }

    fn unbind(&mut self, id: u32) {
        while self.bindings.last().is_some_and(|binding| binding.owner == id) {
            self.bindings.pop();
        }
    }

    #[inline]
    fn binding(&self, prefix: &[u8]) -> Option<&Binding<'s>> {
        self.bindings.iter().rev().find(|binding| binding.prefix == prefix)
    }

    #[inline]
    fn resolve(&self, qname: &str, at: usize) -> Parsed<Name> {
        let bytes = qname.as_bytes();
        let (prefix, local) = match memchr(b':', bytes) {
            Some(colon) => (&bytes[..colon], &bytes[colon + 1..]),
            None => (&bytes[..0], bytes),
        };
        match self.binding(prefix) {
            Some(Binding { known: Some(ns), .. }) => Ok(Name::lookup(*ns, local)),
            Some(_) => Ok(Name::OTHER),
            None if prefix.is_empty() || prefix == b"xml" => Ok(Name::OTHER),
            None => Err(XmlError::at(
                at,
                XmlErrorKind::UnknownPrefix { prefix: String::from_utf8_lossy(prefix).into_owned() },
            )),
        }
    }

    fn attribute_name(&self, record: &AttributeRecord) -> &'s str {
        &self.source[record.name as usize..record.name as usize + usize::from(record.name_len)]
    }

    /// The prefix of an attribute must be declared; gives its namespace and local name.
    fn attribute_prefix(&self, index: usize) -> Parsed<Option<(&str, &'s str)>> {
        let record = &self.attributes[index];
        let name = self.attribute_name(record);
        match name.split_once(':') {
            None | Some(("xmlns", _)) => Ok(None),
            Some(("xml", local)) => Ok(Some(("xml", local))),
            Some((prefix, local)) => match self.binding(prefix.as_bytes()) {
                Some(binding) => Ok(Some((&binding.uri, local))),
                None => Err(XmlError::at(record.name as usize, XmlErrorKind::UnknownPrefix { prefix: prefix.into() })),
            },
        }
    }

    fn unique_attributes(&self, first: usize) -> Parsed<()> {
        let twice = |record: &AttributeRecord| {
            self.syntax(
                record.name as usize,
                "Ein Attribut steht zweimal am selben Element.",
                "An attribute stands twice on the same element.",
            )
        };
        // Quadratic in the attributes of one element, which the limit keeps small.
        let mut expanded: Vec<(&str, &str)> = Vec::new();
        for index in first..self.attributes.len() {
            let record = &self.attributes[index];
            let name = self.attribute_name(record);
            if self.attributes[first..index].iter().any(|other| self.attribute_name(other) == name) {
                return Err(twice(record));
            }
            if let Some(pair) = self.attribute_prefix(index)? {
                if expanded.contains(&pair) {
                    return Err(twice(record));
                }
                expanded.push(pair);
            }
        }
        Ok(())
    }

    fn end_tag(&mut self) -> Parsed<()> {
        let tag = self.at;
        let Some(open) = self.open else {
            return Err(self.syntax(
                tag,
                "Hier wird ein Element geschlossen, das nicht offen ist.",
                "An element is closed here that is not open.",
            ));
        };
        let node = self.nodes[open as usize];
        let name = &self.bytes[node.tag as usize..node.tag as usize + usize::from(node.qname_len)];
        self.at += 2;
        let matches = self.bytes[self.at..].starts_with(name)
            && !self.bytes.get(self.at + name.len()).is_some_and(|byte| NAME_BYTE[usize::from(*byte)]);
        if !matches {
            let found = self.name()?;
            return Err(XmlError::at(
                tag,
                XmlErrorKind::TagMismatch {
                    open: String::from_utf8_lossy(name).into_owned(),
                    found: found.chars().take(80).collect(),
                },
            ));
        }
        self.at += name.len();
        self.skip_space();
        match self.bytes.get(self.at) {
            Some(b'>') => self.at += 1,
            Some(_) => return Err(self.tag_syntax()),
            None => return Err(self.truncated()),
        }
        let end = u32_len(self.nodes.len());
        let node = &mut self.nodes[open as usize];
        node.content_end = u32_len(tag);
        node.end = end;
        let parent = node.parent;
        self.unbind(open);
        self.depth -= 1;
        self.open = (open != 0).then_some(parent);
        Ok(())
    }

    fn comment_or_section(&mut self) -> Parsed<()> {
        let rest = &self.bytes[self.at..];
        if rest.starts_with(b"<!--") {
            let end = memmem::find(&rest[4..], b"--").ok_or_else(|| self.truncated())?;
            match rest.get(4 + end + 2) {
                Some(b'>') => self.at += 4 + end + 3,
                Some(_) => {
                    return Err(self.syntax(
                        self.at + 4 + end,
                        "In einem Kommentar steht „--“.",
                        "There is a \"--\" in a comment.",
                    ));
                }
                None => return Err(self.truncated()),
            }
        } else if rest.starts_with(b"<![CDATA[") {
            let Some(open) = self.open else {
                return Err(self.syntax(
                    self.at,
                    "Vor oder nach dem äußersten Element steht Text.",
                    "There is text before or after the outermost element.",
                ));
            };
            let end = memmem::find(&rest[9..], b"]]>").ok_or_else(|| self.truncated())?;
            if !rest[9..9 + end].iter().copied().all(is_space) {
                self.nodes[open as usize].flags |= HAS_TEXT;
            }
            self.at += 9 + end + 3;
        } else if rest.starts_with(b"<!DOCTYPE") {
            return Err(XmlError::at(self.at, XmlErrorKind::Doctype));
        } else if b"<!DOCTYPE".starts_with(rest) || b"<![CDATA[".starts_with(rest) || b"<!--".starts_with(rest) {
            return Err(self.truncated());
        } else {
            return Err(self.tag_syntax());
        }
        if let Some(open) = self.open {
            self.nodes[open as usize].flags |= COMPLEX;
        }
        Ok(())
    }

    fn processing_instruction(&mut self) -> Parsed<()> {
        let from = self.at;
        self.at += 2;
        let target = self.name()?;
        if target.eq_ignore_ascii_case("xml") {
            return Err(self.syntax(
                from,
                "Die XML-Deklaration darf nur ganz am Anfang der Datei stehen.",
                "The XML declaration must stand at the very beginning of the file.",
            ));
        }
        if target.contains(':') {
            return Err(self.syntax(from, "Hier wird ein Name erwartet.", "A name is expected here."));
        }
        let rest = &self.bytes[self.at..];
        let end = memmem::find(rest, b"?>").ok_or_else(|| self.truncated())?;
        if end > 0 && !is_space(rest[0]) {
            return Err(self.tag_syntax());
        }
        self.at += end + 2;
        if let Some(open) = self.open {
            self.nodes[open as usize].flags |= COMPLEX;
        }
        Ok(())
    }

    fn skip_space(&mut self) {
        while self.at < self.bytes.len() && is_space(self.bytes[self.at]) {
            self.at += 1;
        }
    }

    fn truncated(&self) -> XmlError {
        XmlError::at(self.bytes.len(), XmlErrorKind::Truncated)
    }

    fn tag_syntax(&self) -> XmlError {
        self.syntax(self.at, "Diese Auszeichnung ist kein gültiges XML.", "This markup is not valid XML.")
    }

    fn syntax(&self, at: usize, de: &'static str, en: &'static str) -> XmlError {
        XmlError::at(at, XmlErrorKind::Syntax { what: Text::new(de, en) })
    }
}

fn u16_len(n: usize) -> u16 {
    u16::try_from(n).expect("the limits on names and attributes are below 65,536")
}

fn is_plain_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

/// Is it a name with at most one colon, which parts two names (Namespaces in XML 1.0, QName)?
fn is_name(qname: &str) -> bool {
    let part = |name: &str| {
        let mut chars = name.chars();
        chars.next().is_some_and(is_name_start) && chars.all(is_name_char)
    };
    match qname.split_once(':') {
        None => part(qname),
        Some((prefix, local)) => part(prefix) && part(local),
    }
}

/// Is this the name of a reference to a white space character, as in `&#32;`?
fn is_space_reference(name: &str) -> bool {
    name.starts_with('#') && character(name).is_some_and(|c| matches!(c, ' ' | '\t' | '\n' | '\r'))
}

/// The character of a reference such as `#228` or `#xE4`.
fn character(reference: &str) -> Option<char> {
    let digits = reference.strip_prefix('#')?;
    let (digits, radix) = match digits.strip_prefix('x') {
        Some(hex) => (hex, 16),
        None => (digits, 10),
    };
    if !digits.bytes().all(|byte| char::from(byte).is_digit(radix)) {
        return None;
    }
    u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).filter(|c| is_char(*c))
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// Resolves the references in checked text.
fn resolve_references(raw: &str, mut push: impl FnMut(&str)) {
    let mut rest = raw;
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        push(&rest[..at]);
        let Some(end) = memchr(b';', &rest.as_bytes()[at..]) else {
            break;
        };
        let name = &rest[at + 1..at + end];
        if let Some(c) = character(name).or_else(|| predefined(name)) {
            push(c.encode_utf8(&mut [0; 4]));
        }
        rest = &rest[at + end + 1..];
    }
    push(rest);
}

/// An attribute's value as applications see it.
pub(super) fn attribute_value(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    // White space is normalised before references are resolved: `&#10;` stays a line feed.
    let blank = raw.replace(['\t', '\n'], " ");
    resolve_references(&blank, |run| out.push_str(run));
    out
}

/// Walks over the checked content of an element: `text` gets the runs of its text (also of its
/// descendants where `deep`), `part` is called where something parts two text nodes.
pub(super) fn text_runs(content: &str, deep: bool, mut text: impl FnMut(&str), mut part: impl FnMut()) {
    let bytes = content.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    while at < bytes.len() {
        let end = memchr(b'<', &bytes[at..]).map_or(bytes.len(), |offset| at + offset);
        if deep || depth == 0 {
            resolve_references(&content[at..end], &mut text);
        }
        if end == bytes.len() {
            return;
        }
        let rest = &bytes[end..];
        let skip = |mark: &[u8]| memmem::find(rest, mark).map_or(rest.len(), |offset| offset + mark.len());
        let length = if rest.starts_with(b"<![CDATA[") {
            let length = skip(b"]]>");
            if deep || depth == 0 {
                text(&content[end + 9..end + length - 3]);
            }
            length
        } else {
            part();
            if rest.starts_with(b"<!--") {
                4 + memmem::find(&rest[4..], b"-->").map_or(rest.len() - 4, |offset| offset + 3)
            } else if rest.starts_with(b"<?") {
                skip(b"?>")
            } else if rest.starts_with(b"</") {
                depth = depth.saturating_sub(1);
                skip(b">")
            } else {
                let length = tag_length(rest);
                depth += usize::from(rest[length - 2] != b'/');
                length
            }
        };
        at = end + length;
    }
}

/// Length of a checked start tag; a `>` may stand in an attribute's value.
fn tag_length(tag: &[u8]) -> usize {
    let mut at = 1;
    while at < tag.len() {
        match tag[at] {
            b'>' => return at + 1,
            quote @ (b'"' | b'\'') => {
                at += 1 + memchr(quote, &tag[at + 1..]).unwrap_or(tag.len() - at - 1);
            }
            _ => {}
        }
        at += 1;
    }
    tag.len()
}

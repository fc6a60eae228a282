//! Canonical XML: inclusive 1.0 and 1.1, and exclusive 1.0, each with and without comments.
//!
//! An XML evidence record hashes parts of itself, and archive packages hash parts of themselves. What is hashed is
//! the canonical form, so that an XML tool in between does no harm.
//!
//! Invariant: two documents that differ only in what XML calls insignificant have one form; the walk over the tree
//! needs no recursion.

use std::collections::BTreeMap;

use roxmltree::{Document, Node, NodeId, ParsingOptions};
use serde::Serialize;

/// A way to canonicalise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Method {
    /// Only the namespaces that are visibly used (exclusive), or all in scope.
    pub exclusive: bool,
    /// Are comments kept?
    pub comments: bool,
}

impl Method {
    /// Exclusive, without comments.
    pub const EXCLUSIVE: Self = Self { exclusive: true, comments: false };
    /// Inclusive, without comments.
    pub const INCLUSIVE: Self = Self { exclusive: false, comments: false };

    /// By its identifier.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        let (exclusive, comments) = match uri.trim() {
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" | "http://www.w3.org/2006/12/xml-c14n11" => {
                (false, false)
            }
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
            | "http://www.w3.org/2006/12/xml-c14n11#WithComments" => (false, true),
            "http://www.w3.org/2001/10/xml-exc-c14n#" => (true, false),
            "http://www.w3.org/2001/10/xml-exc-c14n#WithComments" => (true, true),
            _ => return None,
        };
        Some(Self { exclusive, comments })
    }
}

/// Parses XML without a document type, which is where expansion begins.
pub fn parse(text: &str) -> Result<Document<'_>, roxmltree::Error> {
    let document =
        Document::parse_with_options(text, ParsingOptions { allow_dtd: false, ..ParsingOptions::default() })?;
    // A broken declaration must not pass as an instruction, whose name is reserved (XML 1.0, 2.6).
    let is_reserved = |node: &Node<'_, '_>| node.pi().is_some_and(|pi| pi.target.eq_ignore_ascii_case("xml"));
    match document.descendants().find(is_reserved).map(|node| node.range().start) {
        Some(at) => Err(roxmltree::Error::UnexpectedDeclaration(document.text_pos_at(at))),
        None => Ok(document),
    }
}

/// The text of a document: UTF-8, with or without byte order mark, or UTF-16 with one.
#[must_use]
pub fn text(bytes: &[u8]) -> Option<String> {
    let units = |from: fn([u8; 2]) -> u16| bytes[2..].chunks_exact(2).map(|pair| from([pair[0], pair[1]])).collect();
    match bytes {
        [0xff, 0xfe, ..] => String::from_utf16(&{
            let u: Vec<u16> = units(u16::from_le_bytes);
            u
        })
        .ok(),
        [0xfe, 0xff, ..] => String::from_utf16(&{
            let u: Vec<u16> = units(u16::from_be_bytes);
            u
        })
        .ok(),
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            String::from_utf8(bytes.to_vec()).ok()
        }
    }
}

/// The canonical form of a whole document; none where the bytes are no XML that we read.
#[must_use]
pub fn document(bytes: &[u8], method: Method) -> Option<Vec<u8>> {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // Most data is not XML, and looking at all of it for that would be a waste.
    if !matches!(start.iter().find(|byte| !byte.is_ascii_whitespace()), Some(b'<' | 0xff | 0xfe)) {
        return None;
    }
    let text = text(bytes)?;
    let document = parse(&text).ok()?;
    Some(subtree(&document, document.root(), method, |_| true))
}

/// The canonical form of a node with everything below, apart from subtrees for which `keep` says no.
#[must_use]
pub fn subtree(document: &Document<'_>, top: Node<'_, '_>, method: Method, keep: impl Fn(NodeId) -> bool) -> Vec<u8> {
    let mut writer = Writer { source: document.input_text(), method, top: top.id(), out: String::new() };
    enum Work<'a, 'i> {
        Open(Node<'a, 'i>),
        Close(String),
    }
    // What an output ancestor has declared; one entry per open element.
    let mut declared: Vec<BTreeMap<String, String>> = vec![BTreeMap::new()];
    let mut work = vec![Work::Open(top)];
    while let Some(next) = work.pop() {
        let node = match next {
            Work::Close(name) => {
                writer.out.push_str("</");
                writer.out.push_str(&name);
                writer.out.push('>');
                declared.pop();
                continue;
            }
            Work::Open(node) => node,
        };
        if !keep(node.id()) {
            continue;
        }
        if node.is_element() {
            let rendered = declared.last().expect("the outermost entry stays");
            let (name, now) = writer.open(node, rendered);
            declared.push(now);
            work.push(Work::Close(name));
        } else {
            writer.leaf(node);
        }
        work.extend(node.children().rev().map(Work::Open));
    }
    writer.out.into_bytes()
}

struct Writer<'s> {
    source: &'s str,
    method: Method,
    top: NodeId,
    out: String,
}

const XML: &str = "http://www.w3.org/XML/1998/namespace";

impl Writer<'_> {
    /// Writes a start tag; gives the name for the end tag and what is declared from here on.
    fn open(&mut self, node: Node<'_, '_>, rendered: &BTreeMap<String, String>) -> (String, BTreeMap<String, String>) {
        let name = self.qualified_name(node);
        let mut attributes: Vec<(String, String, String, String)> = node
            .attributes()
            .map(|attribute| {
                let qualified = self.source[attribute.range_qname()].to_owned();
                let uri = attribute.namespace().unwrap_or_default().to_owned();
                (uri, attribute.name().to_owned(), qualified, attribute.value().to_owned())
            })
            .collect();
        if !self.method.exclusive && node.id() == self.top {
            self.inherit(node, &mut attributes);
        }
        attributes.sort();

        // Namespaces in scope by prefix; the empty one may be undeclared.
        let mut scope: BTreeMap<String, String> = BTreeMap::new();
        for namespace in node.namespaces() {
            scope.insert(namespace.name().unwrap_or_default().to_owned(), namespace.uri().to_owned());
        }
        scope.remove("xml");
        let wanted: Vec<String> = if self.method.exclusive {
            let mut used: Vec<String> = vec![prefix(&name).to_owned()];
            used.extend(attributes.iter().map(|a| prefix(&a.2)).filter(|prefix| !prefix.is_empty()).map(str::to_owned));
            used.retain(|prefix| prefix != "xml");
            used.sort();
            used.dedup();
            used
        } else {
            let mut all: Vec<String> = scope.keys().cloned().collect();
            if !scope.contains_key("") {
                all.insert(0, String::new());
            }
            all
        };
        let mut now = rendered.clone();
        self.out.push('<');
        self.out.push_str(&name);
        for prefix in wanted {
            let uri = scope.get(&prefix).cloned().unwrap_or_default();
            // No declaration above means the empty one.
            if rendered.get(&prefix).map_or("", String::as_str) == uri
                && (prefix.is_empty() || rendered.contains_key(&prefix))
            {
                continue;
            }
            self.out.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
            self.out.push_str(&prefix);
            self.out.push_str("=\"");
            escape_attribute(&mut self.out, &uri);
            self.out.push('"');
            now.insert(prefix, uri);
        }
        for (_, _, qualified, value) in &attributes {
            self.out.push(' ');
            self.out.push_str(qualified);
            self.out.push_str("=\"");
            escape_attribute(&mut self.out, value);
            self.out.push('"');
        }
        self.out.push('>');
        (name, now)
    }

    /// Attributes of the `xml` namespace that hold for a part because they stand further up (Canonical XML, 2.4).
    fn inherit(&self, node: Node<'_, '_>, attributes: &mut Vec<(String, String, String, String)>) {
        for ancestor in node.ancestors().skip(1) {
            for attribute in ancestor.attributes().filter(|attribute| attribute.namespace() == Some(XML)) {
                if !attributes.iter().any(|known| known.0 == XML && known.1 == attribute.name()) {
                    let qualified = format!("xml:{}", attribute.name());
                    attributes.push((
                        XML.to_owned(),
                        attribute.name().to_owned(),
                        qualified,
                        attribute.value().to_owned(),
                    ));
                }
            }
        }
    }

    /// The name as it stands in the source, with its prefix.
    fn qualified_name(&self, node: Node<'_, '_>) -> String {
        let tag = &self.source[node.range()];
        let name = tag[1..].split(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/').next();
        name.unwrap_or_default().to_owned()
    }

    fn leaf(&mut self, node: Node<'_, '_>) {
        // Beside the root element, each comment and instruction has a line of its own.
        let outside = node.parent().is_some_and(|parent| parent.is_root()) && node.id() != self.top;
        if node.is_text() {
            if !outside {
                escape_text(&mut self.out, node.text().unwrap_or_default());
            }
            return;
        }
        let text = match node.pi() {
            Some(pi) => match pi.value {
                Some(value) => format!("<?{} {value}?>", pi.target),
                None => format!("<?{}?>", pi.target),
            },
            None if node.is_comment() && self.method.comments => format!("<!--{}-->", node.text().unwrap_or_default()),
            None => return,
        };
        let after_root = outside && node.prev_siblings().skip(1).any(|sibling| sibling.is_element());
        if after_root {
            self.out.push('\n');
        }
        self.out.push_str(&text);
        if outside && !after_root {
            self.out.push('\n');
        }
    }
}

fn prefix(name: &str) -> &str {
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

fn escape_attribute(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#x9;"),
            '\n' => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            other => out.push(other),
        }
    }
}

fn escape_text(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#xD;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str, method: Method) -> String {
        String::from_utf8(document(text.as_bytes(), method).unwrap()).unwrap()
    }

    /// Cases after Canonical XML 1.0, section 3.
    #[test]
    fn insignificant_differences_vanish() {
        let text = "<?xml version=\"1.0\"?>\n<?x y?>\n<!-- c -->\n<e2 b='2'   a=\"1&#9;\" xmlns:z=\"u\" ><z:k/><![CDATA[<>]]>\r\n</e2>\n<!-- d -->";
        let expect = "<?x y?>\n<e2 xmlns:z=\"u\" a=\"1&#x9;\" b=\"2\"><z:k></z:k>&lt;&gt;\n</e2>";
        assert_eq!(form(text, Method::INCLUSIVE), expect);
        let with = Method { comments: true, ..Method::INCLUSIVE };
        let expect =
            "<?x y?>\n<!-- c -->\n<e2 xmlns:z=\"u\" a=\"1&#x9;\" b=\"2\"><z:k></z:k>&lt;&gt;\n</e2>\n<!-- d -->";
        assert_eq!(form(text, with), expect);
        let expect = "<?x y?>\n<e2 a=\"1&#x9;\" b=\"2\"><z:k xmlns:z=\"u\"></z:k>&lt;&gt;\n</e2>";
        assert_eq!(form(text, Method::EXCLUSIVE), expect);
    }

    #[test]
    fn a_broken_declaration_is_no_instruction() {
        for text in ["<?xml\"version='1.0'?><a/>", "<?XML a?><a/>", "<a><?xml b?></a>"] {
            assert!(document(text.as_bytes(), Method::INCLUSIVE).is_none(), "{text}");
        }
    }

    #[test]
    fn a_part_takes_along_what_it_needs() {
        let text = "<a xmlns='urn:a' xmlns:p='urn:p' xml:lang='de'><p:b><c xmlns=''/></p:b></a>";
        let document = parse(text).unwrap();
        let part = document.descendants().find(|node| node.tag_name().name() == "b").unwrap();
        let form = |method| String::from_utf8(subtree(&document, part, method, |_| true)).unwrap();
        assert_eq!(form(Method::EXCLUSIVE), "<p:b xmlns:p=\"urn:p\"><c></c></p:b>");
        let expect = "<p:b xmlns=\"urn:a\" xmlns:p=\"urn:p\" xml:lang=\"de\"><c xmlns=\"\"></c></p:b>";
        assert_eq!(form(Method::INCLUSIVE), expect);
    }
}

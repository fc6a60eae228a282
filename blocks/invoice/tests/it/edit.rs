//! Documents that are changed for a test: a tree of names, attributes and texts, and the few
//! operations of the case files.
//!
//! Invariant: names are written with the usual prefixes, whatever the sample does.

use std::fmt::Write;

use vir_invoice::names::{Name, Ns};
use vir_invoice::xml::{Element, parse};

/// An element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// `cbc:ID`
    pub name: String,
    /// Name and value.
    pub attributes: Vec<(String, String)>,
    /// Its own text, where it has no children.
    pub text: String,
    /// Its children.
    pub kids: Vec<Node>,
}

impl Node {
    /// An empty element.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), attributes: Vec::new(), text: String::new(), kids: Vec::new() }
    }

    /// Reads a document.
    pub fn read(bytes: &[u8]) -> Self {
        Self::from(parse(bytes).expect("samples are well-formed").root())
    }

    /// Writes it as a document.
    pub fn write(&self) -> String {
        let mut out = String::new();
        self.write_into(&mut out, true);
        out
    }

    fn write_into(&self, out: &mut String, root: bool) {
        write!(out, "<{}", self.name).unwrap();
        if root {
            for ns in Ns::ALL {
                write!(out, " xmlns:{}=\"{}\"", ns.prefix(), ns.uri()).unwrap();
            }
        }
        for (name, value) in &self.attributes {
            write!(out, " {name}=\"{}\"", escape(value)).unwrap();
        }
        write!(out, ">{}", escape(&self.text)).unwrap();
        for kid in &self.kids {
            kid.write_into(out, false);
        }
        write!(out, "</{}>", self.name).unwrap();
    }

    /// The node at an index path.
    pub fn at(&mut self, place: &[usize]) -> &mut Node {
        place.iter().fold(self, |node, index| &mut node.kids[*index])
    }

    /// All index paths of the nodes whose names, from the root, satisfy a test.
    pub fn places(&self, wanted: &dyn Fn(&[&str]) -> bool) -> Vec<Vec<usize>> {
        fn walk<'a>(
            node: &'a Node,
            names: &mut Vec<&'a str>,
            place: &mut Vec<usize>,
            wanted: &dyn Fn(&[&str]) -> bool,
            out: &mut Vec<Vec<usize>>,
        ) {
            names.push(&node.name);
            if wanted(names) {
                out.push(place.clone());
            }
            for (index, kid) in node.kids.iter().enumerate() {
                place.push(index);
                walk(kid, names, place, wanted, out);
                place.pop();
            }
            names.pop();
        }
        let mut out = Vec::new();
        walk(self, &mut Vec::new(), &mut Vec::new(), wanted, &mut out);
        out
    }

    /// The node at the end of a chain of names below this one; what is missing is made.
    pub fn ensure(&mut self, chain: &[Step]) -> &mut Node {
        let Some((step, rest)) = chain.split_first() else { return self };
        let mut matching = self.kids.iter().enumerate().filter(|(_, kid)| kid.name == step.name).map(|(at, _)| at);
        let index = match matching.nth(step.nth.unwrap_or(1) - 1) {
            Some(index) => index,
            None => {
                self.kids.push(Node::new(&step.name));
                self.kids.len() - 1
            }
        };
        self.kids[index].ensure(rest)
    }

    /// Appends an element below the end of a chain.
    pub fn append(&mut self, chain: &[Step]) -> &mut Node {
        let (last, before) = chain.split_last().expect("a path has a step");
        let parent = self.ensure(before);
        parent.kids.push(Node::new(&last.name));
        parent.kids.last_mut().unwrap()
    }

    /// Removes the elements at a chain; says how many.
    pub fn remove(&mut self, chain: &[Step]) -> usize {
        let (step, rest) = chain.split_first().expect("a path has a step");
        let mut seen = 0;
        let mut removed = 0;
        self.kids.retain_mut(|kid| {
            if kid.name != step.name {
                return true;
            }
            seen += 1;
            if step.nth.is_some_and(|nth| nth != seen) {
                return true;
            }
            if rest.is_empty() {
                removed += 1;
                return false;
            }
            removed += kid.remove(rest);
            true
        });
        removed
    }

    /// Calls a function with the elements at a chain; says how many there were.
    pub fn each(&mut self, chain: &[Step], act: &mut dyn FnMut(&mut Node)) -> usize {
        let Some((step, rest)) = chain.split_first() else {
            act(self);
            return 1;
        };
        let mut seen = 0;
        let mut met = 0;
        for kid in &mut self.kids {
            if kid.name == step.name {
                seen += 1;
                if step.nth.is_none_or(|nth| nth == seen) {
                    met += kid.each(rest, act);
                }
            }
        }
        met
    }

    /// Sets an attribute.
    pub fn set_attribute(&mut self, name: &str, value: &str) {
        self.attributes.retain(|(own, _)| own != name);
        self.attributes.push((name.to_owned(), value.to_owned()));
    }

    /// Applies an operation of a case file: `set PATH = value`, `del PATH`, `add PATH = value` or `dup PATH`.
    pub fn apply(&mut self, operation: &str) -> Result<(), String> {
        let (verb, rest) = operation.trim().split_once(char::is_whitespace).ok_or("an operation without path")?;
        let (path, value) = match rest.split_once('=') {
            Some((path, value)) => (path.trim(), Some(unquote(value.trim()))),
            None => (rest.trim(), None),
        };
        let (chain, attribute) = chain(path)?;
        let (root, chain) = chain.split_first().ok_or("an empty path")?;
        if root.name != self.name {
            return Err(format!("the sample's root is {}, not {}", self.name, root.name));
        }
        match (verb, attribute, value) {
            ("set", None, Some(value)) => {
                let node = self.ensure(chain);
                node.kids.clear();
                node.text = value;
            }
            ("set", Some(attribute), Some(value)) => self.ensure(chain).set_attribute(&attribute, &value),
            ("add", None, value) => self.append(chain).text = value.unwrap_or_default(),
            ("add", Some(attribute), Some(value)) => self.append(chain).set_attribute(&attribute, &value),
            ("del", None, None) => {
                if self.remove(chain) == 0 {
                    return Err(format!("nothing to delete at {path}"));
                }
            }
            ("del", Some(attribute), None) => {
                let mut removed = 0;
                self.each(chain, &mut |node| {
                    let before = node.attributes.len();
                    node.attributes.retain(|(own, _)| *own != attribute);
                    removed += before - node.attributes.len();
                });
                if removed == 0 {
                    return Err(format!("nothing to delete at {path}"));
                }
            }
            ("dup", None, None) => {
                let (last, before) = chain.split_last().ok_or("the root cannot be doubled")?;
                let mut doubled = false;
                self.each(before, &mut |parent| {
                    let mut matching = (0..parent.kids.len()).filter(|at| parent.kids[*at].name == last.name);
                    if let (false, Some(index)) = (doubled, matching.nth(last.nth.unwrap_or(1) - 1)) {
                        parent.kids.insert(index + 1, parent.kids[index].clone());
                        doubled = true;
                    }
                });
                if !doubled {
                    return Err(format!("nothing to double at {path}"));
                }
            }
            _ => return Err(format!("cannot read the operation {operation:?}")),
        }
        Ok(())
    }
}

impl From<Element<'_>> for Node {
    fn from(element: Element<'_>) -> Self {
        let name = match element.name() {
            Name::OTHER => element.qname().to_owned(),
            name => name.to_string(),
        };
        Self {
            name,
            attributes: element.attrs().map(|own| (own.qname().to_owned(), own.value().into_owned())).collect(),
            text: if element.has_children() { String::new() } else { element.text().into_owned() },
            kids: element.children().map(Self::from).collect(),
        }
    }
}

/// A step of a path: a name, and which of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// `cbc:ID`
    pub name: String,
    /// `[2]`
    pub nth: Option<usize>,
}

/// Reads `/ubl:Invoice/cac:InvoiceLine[2]/cbc:ID/@schemeID`.
pub fn chain(path: &str) -> Result<(Vec<Step>, Option<String>), String> {
    let (elements, attribute) = match path.split_once('@') {
        Some((elements, attribute)) => (elements, Some(attribute.to_owned())),
        None => (path, None),
    };
    let steps = elements.split('/').filter(|step| !step.is_empty()).map(|step| match step.split_once('[') {
        None => Ok(Step { name: step.to_owned(), nth: None }),
        Some((name, nth)) => {
            let nth = nth.trim_end_matches(']').parse().map_err(|_| format!("cannot read the step {step}"))?;
            Ok(Step { name: name.to_owned(), nth: Some(nth) })
        }
    });
    Ok((steps.collect::<Result<_, String>>()?, attribute))
}

/// A value in quotes keeps its white space, and `\n`, `\t` stand for line end and tab.
fn unquote(value: &str) -> String {
    match value.strip_prefix('"').and_then(|open| open.strip_suffix('"')) {
        Some(inner) => inner.replace("\\n", "\n").replace("\\t", "\t"),
        None => value.to_owned(),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\n', "&#10;").replace('\t', "&#9;")
}

#[test]
fn operations_do_what_they_say() {
    let sample = "<cbc:Note xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\"><cbc:ID a=\"1\">x</cbc:ID></cbc:Note>";
    for (operation, expect) in [
        ("set /cbc:Note/cbc:ID = y", "<cbc:ID a=\"1\">y</cbc:ID>"),
        ("set /cbc:Note/cbc:ID/@a = 2", "<cbc:ID a=\"2\">x</cbc:ID>"),
        ("set /cbc:Note/cbc:UUID = \" z\"", "<cbc:ID a=\"1\">x</cbc:ID><cbc:UUID> z</cbc:UUID>"),
        ("del /cbc:Note/cbc:ID", ""),
        ("del /cbc:Note/cbc:ID/@a", "<cbc:ID>x</cbc:ID>"),
        ("add /cbc:Note/cbc:ID = y", "<cbc:ID a=\"1\">x</cbc:ID><cbc:ID>y</cbc:ID>"),
        ("dup /cbc:Note/cbc:ID", "<cbc:ID a=\"1\">x</cbc:ID><cbc:ID a=\"1\">x</cbc:ID>"),
    ] {
        let mut node = Node::read(sample.as_bytes());
        node.apply(operation).unwrap();
        let written = node.write();
        let inner = &written[written.find('>').unwrap() + 1..written.rfind("</").unwrap()];
        assert_eq!(inner, expect, "{operation}");
    }
    assert!(Node::read(sample.as_bytes()).apply("del /cbc:Note/cbc:UUID").is_err());
}

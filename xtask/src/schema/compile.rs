//! Compiles parsed schema documents into types, content models and attribute lists.
//!
//! It knows the part of XML Schema that the invoice schemas use, and says so where it meets more:
//! no groups, no substitution, no identity constraints, no occurrence bounds but 0, 1 and unbounded.
//! Invariant: everything is kept in ordered maps, so the result does not depend on the order of files.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::{Document, Node};

use super::xsd::{XS, is};

/// Namespace and local name.
pub(crate) type QName = (String, String);

/// What identifies a type: named ones first, then the anonymous ones by the element that owns them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TypeKey {
    /// A type of XML Schema itself.
    BuiltIn(String),
    /// A global type.
    Named(QName),
    /// The type of the element of this name in the type of this key.
    Anonymous(QName),
}

/// A compiled type.
#[derive(Debug, Clone)]
pub(crate) struct TypeDef {
    /// The type that it is derived from.
    pub(crate) base: TypeKey,
    /// What may stand in an element of this type.
    pub(crate) content: Content,
    /// The attributes, by name.
    pub(crate) attributes: BTreeMap<String, Attribute>,
    /// No element may have this very type.
    pub(crate) is_abstract: bool,
}

/// What may stand in an element.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Content {
    /// Nothing.
    Empty,
    /// A value.
    Simple(Simple),
    /// Elements; text as well where mixed.
    Elements { mixed: bool, model: Model },
}

/// A simple type: a built-in kind with facets.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Simple {
    /// Local name of the built-in type.
    pub(crate) kind: String,
    /// Shortest and longest value in characters.
    pub(crate) length: Option<(u32, u32)>,
    /// The only values, where they are listed.
    pub(crate) values: Vec<String>,
}

/// A declared attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Attribute {
    /// Its type.
    pub(crate) simple: Simple,
    /// Must it be there?
    pub(crate) required: bool,
    /// The only value that it may have.
    pub(crate) fixed: Option<String>,
}

/// A content model.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Model {
    /// Elements in this order, each optional or not, repeatable or not.
    Sequence(Vec<Item>),
    /// States, the first one being the start.
    Automaton(Vec<State>),
}

/// One place in a sequence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Item {
    pub(crate) name: QName,
    pub(crate) of: TypeKey,
    pub(crate) optional: bool,
    pub(crate) repeats: bool,
}

/// A state of an automaton.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct State {
    /// May the content end here?
    pub(crate) accepts: bool,
    /// What may come next, and the state that it leads to.
    pub(crate) next: Vec<(Symbol, usize)>,
}

/// What one step of an automaton takes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Symbol {
    /// An element of this name, with its type.
    Element(QName, TypeKey),
    /// Any element, save of the namespace named (and then also save of none).
    Wildcard { except: Option<String>, strict: bool },
}

/// All that was compiled.
#[derive(Default)]
pub(crate) struct Schemas {
    pub(crate) types: BTreeMap<TypeKey, TypeDef>,
    pub(crate) elements: BTreeMap<QName, TypeKey>,
}

enum Particle {
    Leaf(Symbol),
    Sequence(Vec<Occurring>),
    Choice(Vec<Occurring>),
}

struct Occurring {
    particle: Particle,
    optional: bool,
    repeats: bool,
}

type Compiled<T> = Result<T, String>;

/// Compiles the schema documents.
pub(crate) fn compile(documents: &[Document<'_>]) -> Compiled<Schemas> {
    let mut compiler = Compiler::default();
    for document in documents {
        let root = document.root_element();
        let ns = root.attribute("targetNamespace").ok_or("targetNamespace")?;
        for node in root.children().filter(Node::is_element) {
            match (node.tag_name().name(), node.attribute("name")) {
                ("complexType" | "simpleType", Some(name)) => {
                    compiler.type_nodes.insert((ns.to_owned(), name.to_owned()), node);
                }
                ("element", Some(name)) => {
                    compiler.element_nodes.insert((ns.to_owned(), name.to_owned()), node);
                }
                ("annotation" | "import" | "include", _) => {}
                (other, _) => return Err(format!("{ns}: global {other} is not supported")),
            }
        }
    }
    let names: Vec<QName> = compiler.type_nodes.keys().cloned().collect();
    for name in names {
        compiler.define(&TypeKey::Named(name))?;
    }
    let elements: Vec<(QName, Node<'_, '_>)> =
        compiler.element_nodes.iter().map(|(name, node)| (name.clone(), *node)).collect();
    for (name, node) in elements {
        let of = compiler.type_of(node, &name.0, &name.1)?;
        compiler.done.elements.insert(name, of);
    }
    Ok(compiler.done)
}

#[derive(Default)]
struct Compiler<'a, 'i> {
    type_nodes: BTreeMap<QName, Node<'a, 'i>>,
    element_nodes: BTreeMap<QName, Node<'a, 'i>>,
    done: Schemas,
}

impl<'a, 'i> Compiler<'a, 'i> {
    fn define(&mut self, key: &TypeKey) -> Compiled<TypeDef> {
        if let Some(done) = self.done.types.get(key) {
            return Ok(done.clone());
        }
        let defined = match key {
            TypeKey::BuiltIn(name) => return Ok(built_in(name)),
            TypeKey::Anonymous(_) => {
                return Err("anonymous types are defined where they stand".to_owned());
            }
            TypeKey::Named(name) => {
                let node = *self.type_nodes.get(name).ok_or_else(|| format!("unknown type {name:?}"))?;
                self.define_node(node, &name.0, &name.1)?
            }
        };
        self.done.types.insert(key.clone(), defined.clone());
        Ok(defined)
    }

    fn define_node(&mut self, node: Node<'a, 'i>, ns: &str, owner: &str) -> Compiled<TypeDef> {
        reject(node, &["block", "final"])?;
        if is(&node, "simpleType") {
            return self.simple_type(node);
        }
        let is_abstract = node.attribute("abstract") == Some("true");
        let mixed = node.attribute("mixed") == Some("true");
        let mut defined = TypeDef {
            base: TypeKey::BuiltIn("anyType".to_owned()),
            content: Content::Empty,
            attributes: BTreeMap::new(),
            is_abstract,
        };
        let mut body = node;
        let mut particle = None;
        for child in node.children().filter(Node::is_element) {
            if is(&child, "simpleContent") || is(&child, "complexContent") {
                let derivation =
                    child.children().find(|n| is(n, "restriction") || is(n, "extension")).ok_or("derivation")?;
                let key = type_key(derivation, derivation.attribute("base").ok_or("base")?)?;
                let base = self.define(&key)?;
                if is(&child, "complexContent") && is(&derivation, "extension") {
                    return Err(format!("{owner}: extension of complex content is not supported"));
                }
                if is(&child, "simpleContent") {
                    defined.content = base.content;
                }
                defined.attributes = base.attributes;
                defined.base = key;
                body = derivation;
            }
        }
        for child in body.children().filter(Node::is_element) {
            match child.tag_name().name() {
                "sequence" | "choice" => particle = Some(self.particle(child, ns, owner)?),
                "attribute" => {
                    let name = child.attribute("name").ok_or("attribute name")?;
                    let attribute = self.attribute(child)?;
                    defined.attributes.insert(name.to_owned(), attribute);
                }
                // Strict processing lets an attribute through that has a global declaration, and
                // the invoice schemas declare no global attribute: nothing gets through.
                "anyAttribute" if child.attribute("processContents").is_none() => {}
                "annotation" | "simpleContent" | "complexContent" => {}
                other => return Err(format!("{owner}: {other} is not supported")),
            }
        }
        if let Some(particle) = particle {
            defined.content = Content::Elements { mixed, model: model(&particle) };
        } else if mixed {
            return Err(format!("{owner}: mixed content without elements is not supported"));
        }
        Ok(defined)
    }

    fn simple_type(&mut self, node: Node<'a, 'i>) -> Compiled<TypeDef> {
        let restriction = node.children().find(|n| is(n, "restriction")).ok_or("only restrictions")?;
        let key = type_key(restriction, restriction.attribute("base").ok_or("base")?)?;
        let mut defined = self.define(&key)?;
        let Content::Simple(simple) = &mut defined.content else {
            return Err("a simple type restricts a simple type".to_owned());
        };
        for facet in restriction.children().filter(Node::is_element) {
            let value = facet.attribute("value").unwrap_or_default();
            let number = || value.parse::<u32>().map_err(|e| e.to_string());
            let (min, max) = simple.length.unwrap_or((0, u32::MAX));
            match facet.tag_name().name() {
                "enumeration" => simple.values.push(value.to_owned()),
                "minLength" => simple.length = Some((number()?, max)),
                "maxLength" => simple.length = Some((min, number()?)),
                "annotation" => {}
                other => return Err(format!("facet {other} is not supported")),
            }
        }
        defined.base = key;
        Ok(defined)
    }

    fn attribute(&mut self, node: Node<'a, 'i>) -> Compiled<Attribute> {
        reject(node, &["ref", "form", "default"])?;
        let key = type_key(node, node.attribute("type").ok_or("attribute type")?)?;
        let Content::Simple(simple) = self.define(&key)?.content else {
            return Err("attributes have simple types".to_owned());
        };
        Ok(Attribute {
            simple,
            required: match node.attribute("use") {
                None | Some("optional") => false,
                Some("required") => true,
                Some(other) => return Err(format!("use={other} is not supported")),
            },
            fixed: node.attribute("fixed").map(str::to_owned),
        })
    }

    fn particle(&mut self, node: Node<'a, 'i>, ns: &str, owner: &str) -> Compiled<Occurring> {
        let parts = |compiler: &mut Self| -> Compiled<Vec<Occurring>> {
            node.children()
                .filter(|n| n.is_element() && !is(n, "annotation"))
                .map(|child| compiler.particle(child, ns, owner))
                .collect()
        };
        let particle = match node.tag_name().name() {
            "sequence" => Particle::Sequence(parts(self)?),
            "choice" => Particle::Choice(parts(self)?),
            "element" => {
                let (name, of) = self.element(node, ns, owner)?;
                Particle::Leaf(Symbol::Element(name, of))
            }
            "any" => Particle::Leaf(Symbol::Wildcard {
                except: match node.attribute("namespace") {
                    None | Some("##any") => None,
                    Some("##other") => Some(ns.to_owned()),
                    Some(other) => return Err(format!("wildcard {other} is not supported")),
                },
                strict: match node.attribute("processContents") {
                    None | Some("strict") => true,
                    Some("lax") => false,
                    Some(other) => return Err(format!("processContents={other} is not supported")),
                },
            }),
            other => return Err(format!("{owner}: {other} is not supported")),
        };
        let optional = match node.attribute("minOccurs") {
            None | Some("1") => false,
            Some("0") => true,
            Some(other) => return Err(format!("{owner}: minOccurs={other} is not supported")),
        };
        let repeats = match node.attribute("maxOccurs") {
            None | Some("1") => false,
            Some("unbounded") => true,
            Some(other) => return Err(format!("{owner}: maxOccurs={other} is not supported")),
        };
        Ok(Occurring { particle, optional, repeats })
    }

    fn element(&mut self, node: Node<'a, 'i>, ns: &str, owner: &str) -> Compiled<(QName, TypeKey)> {
        if let Some(reference) = node.attribute("ref") {
            let name = qname(node, reference)?;
            let target = *self.element_nodes.get(&name).ok_or_else(|| format!("unknown element {name:?}"))?;
            let of = self.type_of(target, &name.0, &name.1)?;
            return Ok((name, of));
        }
        let local = node.attribute("name").ok_or("element without name")?;
        let of = self.type_of(node, ns, &format!("{owner}/{local}"))?;
        Ok(((ns.to_owned(), local.to_owned()), of))
    }

    fn type_of(&mut self, element: Node<'a, 'i>, ns: &str, owner: &str) -> Compiled<TypeKey> {
        reject(element, &["nillable", "abstract", "substitutionGroup", "default", "fixed", "block", "form"])?;
        if element.children().any(|n| is(&n, "key") || is(&n, "unique") || is(&n, "keyref")) {
            return Err(format!("{owner}: identity constraints are not supported"));
        }
        if let Some(written) = element.attribute("type") {
            return type_key(element, written);
        }
        match element.children().find(|n| is(n, "complexType") || is(n, "simpleType")) {
            None => Ok(TypeKey::BuiltIn("anyType".to_owned())),
            Some(node) => {
                let key = TypeKey::Anonymous((ns.to_owned(), owner.to_owned()));
                let defined = self.define_node(node, ns, owner)?;
                self.done.types.insert(key.clone(), defined);
                Ok(key)
            }
        }
    }
}

fn reject(node: Node<'_, '_>, attributes: &[&str]) -> Compiled<()> {
    match attributes.iter().find(|&&a| node.attribute(a).is_some()) {
        Some(found) => Err(format!("{:?}: {found} is not supported", node.attribute("name"))),
        None => Ok(()),
    }
}

fn qname(node: Node<'_, '_>, written: &str) -> Compiled<QName> {
    let (prefix, local) = match written.split_once(':') {
        Some((prefix, local)) => (Some(prefix), local),
        None => (None, written),
    };
    let uri = node.lookup_namespace_uri(prefix).ok_or_else(|| format!("{written}: undeclared prefix"))?;
    Ok((uri.to_owned(), local.to_owned()))
}

fn type_key(node: Node<'_, '_>, written: &str) -> Compiled<TypeKey> {
    let name = qname(node, written)?;
    Ok(if name.0 == XS { TypeKey::BuiltIn(name.1) } else { TypeKey::Named(name) })
}

/// A type of XML Schema itself.
pub(crate) fn built_in(name: &str) -> TypeDef {
    let content = if name == "anyType" {
        let any = Symbol::Wildcard { except: None, strict: false };
        let model = Model::Automaton(vec![State { accepts: true, next: vec![(any, 0)] }]);
        Content::Elements { mixed: true, model }
    } else {
        Content::Simple(Simple { kind: name.to_owned(), length: None, values: Vec::new() })
    };
    TypeDef { base: TypeKey::BuiltIn("anyType".to_owned()), content, attributes: BTreeMap::new(), is_abstract: false }
}

/// The content model of a particle: a plain sequence where it is one, an automaton otherwise.
fn model(top: &Occurring) -> Model {
    if let (Particle::Sequence(parts), false, false) = (&top.particle, top.optional, top.repeats) {
        let items: Option<Vec<Item>> = parts
            .iter()
            .map(|part| match &part.particle {
                Particle::Leaf(Symbol::Element(name, of)) => {
                    Some(Item { name: name.clone(), of: of.clone(), optional: part.optional, repeats: part.repeats })
                }
                _ => None,
            })
            .collect();
        if let Some(items) = items {
            return Model::Sequence(items);
        }
    }
    let mut positions = Positions::default();
    let top = positions.add(top);
    let state = |accepts: bool, next: &BTreeSet<usize>, positions: &Positions| State {
        accepts,
        next: next.iter().map(|&p| (positions.symbols[p].clone(), p + 1)).collect(),
    };
    let mut states = vec![state(top.nullable, &top.first, &positions)];
    for (p, follow) in positions.follow.iter().enumerate() {
        states.push(state(top.last.contains(&p), follow, &positions));
    }
    Model::Automaton(states)
}

/// Glushkov's construction: one state per place in the expression. The schemas' rule of unique
/// particle attribution makes it deterministic.
#[derive(Default)]
struct Positions {
    symbols: Vec<Symbol>,
    follow: Vec<BTreeSet<usize>>,
}

struct Span {
    nullable: bool,
    first: BTreeSet<usize>,
    last: BTreeSet<usize>,
}

impl Positions {
    fn add(&mut self, occurring: &Occurring) -> Span {
        let mut span = match &occurring.particle {
            Particle::Leaf(symbol) => {
                let position = self.symbols.len();
                self.symbols.push(symbol.clone());
                self.follow.push(BTreeSet::new());
                Span { nullable: false, first: [position].into(), last: [position].into() }
            }
            Particle::Sequence(parts) => {
                let mut whole = Span { nullable: true, first: BTreeSet::new(), last: BTreeSet::new() };
                for part in parts {
                    let part = self.add(part);
                    for &last in &whole.last {
                        self.follow[last].extend(&part.first);
                    }
                    if whole.nullable {
                        whole.first.extend(&part.first);
                    }
                    if !part.nullable {
                        whole.last.clear();
                    }
                    whole.last.extend(&part.last);
                    whole.nullable &= part.nullable;
                }
                whole
            }
            Particle::Choice(parts) => {
                let mut whole = Span { nullable: false, first: BTreeSet::new(), last: BTreeSet::new() };
                for part in parts {
                    let part = self.add(part);
                    whole.nullable |= part.nullable;
                    whole.first.extend(part.first);
                    whole.last.extend(part.last);
                }
                whole
            }
        };
        if occurring.repeats {
            for &last in &span.last {
                self.follow[last].extend(&span.first);
            }
        }
        span.nullable |= occurring.optional;
        span
    }
}

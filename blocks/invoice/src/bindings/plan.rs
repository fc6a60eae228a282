//! A plan: the bindings of one kind of document as a tree of element names.
//!
//! Invariant: the children of a node stand in the order of the schema, and those that select by a
//! condition come first where the reader looks.

use std::sync::LazyLock;

use super::order::ORDER;
use super::path::{Condition, Path, Step, Test};
use super::table::{ROWS, Row, SHORT, What};
use crate::identify::Kind;
use crate::model::{Bg, Bt, Component, DataType};
use crate::names::{Name, cbc, cn, ram, rsm, ubl};

pub(super) type NodeId = usize;

pub(super) struct Plan {
    pub(super) kind: Kind,
    pub(super) nodes: Vec<Node>,
}

/// An element.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) name: Name,
    pub(super) conditions: Vec<Condition>,
    /// One element for each value below it.
    pub(super) each: bool,
    pub(super) action: Action,
    /// Attributes with a fixed value.
    pub(super) fixed: Vec<(&'static str, &'static str)>,
    /// Attributes that are terms of their own.
    pub(super) attributes: Vec<(&'static str, Target)>,
    /// There is nothing but constants in it.
    pub(super) is_constant: bool,
    /// Children in the order of writing.
    pub(super) children: Vec<NodeId>,
    /// Children in the order of looking.
    pub(super) lookup: Vec<NodeId>,
}

/// A term in a group that is reached through groups without an element of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) chain: Vec<Bg>,
    pub(super) term: Bt,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Action {
    /// It only leads further.
    Lead,
    /// It is a group; its content follows the node `body`.
    Group { chain: Vec<Bg>, id: Bg, body: NodeId },
    /// It is a value.
    Value { target: Target, fits: Fits },
    /// It is a component of a value that has an element of its own.
    Component { target: Target, component: Component },
    /// It says always the same.
    Constant(&'static str),
    /// It names the line to which this sub line belongs.
    ParentLine,
}

/// Which values an alternative takes when writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fits {
    All,
    WithScheme,
    WithoutScheme,
    Iban,
    NotIban,
    None,
}

impl Plan {
    /// The plan of a kind of document.
    pub(super) fn of(kind: Kind) -> &'static Self {
        static INVOICE: LazyLock<Plan> = LazyLock::new(|| Plan::build(Kind::UblInvoice));
        static CREDIT_NOTE: LazyLock<Plan> = LazyLock::new(|| Plan::build(Kind::UblCreditNote));
        static CII: LazyLock<Plan> = LazyLock::new(|| Plan::build(Kind::Cii));
        match kind {
            Kind::UblInvoice => &INVOICE,
            Kind::UblCreditNote => &CREDIT_NOTE,
            Kind::Cii => &CII,
        }
    }

    pub(super) fn root(&self) -> &Node {
        &self.nodes[0]
    }

    /// Is the syntax CII?
    pub(super) fn is_cii(&self) -> bool {
        self.kind == Kind::Cii
    }

    fn build(kind: Kind) -> Self {
        let root = match kind {
            Kind::UblInvoice => ubl::Invoice,
            Kind::UblCreditNote => cn::CreditNote,
            Kind::Cii => rsm::CrossIndustryInvoice,
        };
        let mut builder = Builder { kind, nodes: vec![Node::new(root)], places: vec![(Bg::BG0, 0, Vec::new())] };
        // Groups first, so that every term finds the element of its group; a parent's row stands
        // before its children's.
        for row in ROWS {
            if let What::Group(id) = row.what {
                builder.group(id, row.at, path_of(row, kind));
            }
        }
        for row in ROWS {
            if let What::Term(term) = row.what {
                builder.term(term, row.at, path_of(row, kind));
            }
        }
        if kind == Kind::Cii {
            builder.parent_line();
            builder.references_in_lines();
        }
        let mut plan = Self { kind, nodes: builder.nodes };
        plan.sort();
        plan.mark_constants();
        plan
    }

    /// Children stand after their parents, but for the sub lines that lead back up, which are no
    /// constants anyway.
    fn mark_constants(&mut self) {
        for id in (0..self.nodes.len()).rev() {
            let node = &self.nodes[id];
            self.nodes[id].is_constant = match node.action {
                Action::Constant(_) => true,
                Action::Lead => !node.children.is_empty() && node.children.iter().all(|c| self.nodes[*c].is_constant),
                _ => false,
            };
        }
    }

    fn sort(&mut self) {
        for id in 0..self.nodes.len() {
            let parent = self.nodes[id].name.to_string();
            let order = ORDER.iter().find(|(name, _)| *name == parent).map_or("", |(_, order)| *order);
            let place = |child: &NodeId| {
                let written = self.nodes[*child].name.to_string();
                order.split(' ').position(|name| name == written)
            };
            let mut children = self.nodes[id].children.clone();
            children.sort_by_key(place);
            let mut lookup = children.clone();
            lookup.sort_by_key(|child| std::cmp::Reverse(self.nodes[*child].conditions.len()));
            self.nodes[id].children = children;
            self.nodes[id].lookup = lookup;
        }
    }
}

impl Node {
    fn new(name: Name) -> Self {
        Self {
            name,
            conditions: Vec::new(),
            each: false,
            action: Action::Lead,
            fixed: Vec::new(),
            attributes: Vec::new(),
            is_constant: false,
            children: Vec::new(),
            lookup: Vec::new(),
        }
    }
}

/// The attribute that carries a component of a term.
pub(super) fn component_attribute(plan: &Plan, term: Bt, component: Component) -> Option<&'static str> {
    match component {
        Component::Currency => term.data_type().is_money().then_some("currencyID"),
        Component::Mime => (term == Bt::BT125).then_some("mimeCode"),
        Component::Filename => (term == Bt::BT125).then_some("filename"),
        Component::Scheme if term == Bt::BT158 => Some("listID"),
        Component::SchemeVersion => (term == Bt::BT158).then_some("listVersionID"),
        // CII says the scheme of an object identifier in an element of its own.
        Component::Scheme if plan.is_cii() && matches!(term, Bt::BT18 | Bt::BT128) => None,
        Component::Scheme => term.component(Component::Scheme).map(|_| "schemeID"),
    }
}

fn path_of(row: &Row, kind: Kind) -> &'static str {
    match kind {
        Kind::UblInvoice => row.ubl,
        Kind::UblCreditNote => row.credit_note.unwrap_or(row.ubl),
        Kind::Cii => row.cii,
    }
}

struct Builder {
    kind: Kind,
    nodes: Vec<Node>,
    /// Where the paths of a group start: the node, and the groups without element in between.
    places: Vec<(Bg, NodeId, Vec<Bg>)>,
}

impl Builder {
    fn group(&mut self, id: Bg, parent: Bg, path: &'static str) {
        let (from, chain) = self.place(parent);
        match path {
            "" => {}
            "." => {
                let chain = chain.iter().copied().chain([id]).collect();
                self.places.push((id, from, chain));
            }
            path => {
                let node = self.insert(from, &expand(path));
                self.nodes[node].action = Action::Group { chain, id, body: node };
                self.places.push((id, node, Vec::new()));
                if id == Bg::BGDEX01 {
                    self.sub_lines(node, path);
                }
            }
        }
    }

    /// Sub lines have all that lines have, and sub lines again. The rows of lines are entered a
    /// second time below this node by [`Builder::term`].
    fn sub_lines(&mut self, node: NodeId, path: &'static str) {
        let again = self.insert(node, &expand(path));
        self.nodes[again].action = Action::Group { chain: Vec::new(), id: Bg::BGDEX01, body: node };
        for row in ROWS {
            if let What::Group(id) = row.what
                && id.in_sub_line() != id
                && id != Bg::BG25
            {
                self.group(id.in_sub_line(), row.at.in_sub_line(), path_of(row, self.kind));
            }
        }
    }

    fn term(&mut self, term: Bt, at: Bg, path: &'static str) {
        self.term_in(term, at, path);
        if at.in_sub_line() != at {
            self.term_in(term, at.in_sub_line(), path);
        }
    }

    fn term_in(&mut self, term: Bt, at: Bg, path: &'static str) {
        if path.is_empty() || !self.places.iter().any(|(group, ..)| *group == at) {
            return;
        }
        let (from, chain) = self.place(at);
        let alternatives: Vec<&'static str> = path.split(" | ").collect();
        for (index, path) in alternatives.iter().enumerate() {
            let path = expand(path);
            let node = self.insert(from, &path);
            let target = Target { chain: chain.clone(), term };
            if let Some(attribute) = path.attribute {
                self.nodes[node].attributes.push((attribute, target));
            } else if let Some((owner, component)) = term.component_of() {
                let target = Target { term: owner, ..target };
                self.nodes[node].action = Action::Component { target, component };
            } else {
                let fits = fits(term, &path, index, alternatives.len());
                self.nodes[node].action = Action::Value { target, fits };
            }
        }
    }

    fn parent_line(&mut self) {
        let (line, _) = self.place(Bg::BG25);
        let path = Path::parse("ram:AssociatedDocumentLineDocument/ram:ParentLineID");
        let node = self.insert(line, &path);
        self.nodes[node].action = Action::ParentLine;
    }

    /// CII has room for one preceding invoice. Further ones stand in the lines, each with one.
    fn references_in_lines(&mut self) {
        let (line, _) = self.place(Bg::BG25);
        let (body, _) = self.place(Bg::BG3);
        let path = Path::parse("ram:SpecifiedLineTradeSettlement/ram:InvoiceReferencedDocument");
        let node = self.insert(line, &path);
        self.nodes[node].action = Action::Group { chain: Vec::new(), id: Bg::BG3, body };
    }

    fn place(&self, group: Bg) -> (NodeId, Vec<Bg>) {
        let (_, node, chain) =
            self.places.iter().find(|(id, ..)| *id == group).expect("a group's row stands before those in it");
        (*node, chain.clone())
    }

    /// The node at a path, made where there is none.
    fn insert(&mut self, from: NodeId, path: &Path) -> NodeId {
        path.steps.iter().fold(from, |at, step| self.step(at, step))
    }

    fn step(&mut self, from: NodeId, step: &Step) -> NodeId {
        let same = |node: &Node| node.name == step.name && node.conditions == step.conditions;
        let found = self.nodes[from].children.iter().copied().find(|child| same(&self.nodes[*child]));
        let node = found.unwrap_or_else(|| {
            let mut node = Node::new(step.name);
            node.conditions.clone_from(&step.conditions);
            let id = self.push(from, node);
            self.fix(id, &step.conditions);
            id
        });
        self.nodes[node].each |= step.each;
        self.fix(node, &step.constants);
        node
    }

    /// Enters what an element always says as nodes of their own, so that it is understood and written.
    fn fix(&mut self, node: NodeId, conditions: &[Condition]) {
        for condition in conditions {
            let Test::Is(text) = condition.test else { continue };
            let mut at = node;
            for name in &condition.path {
                let found = self.nodes[at].children.iter().copied().find(|child| self.nodes[*child].name == *name);
                at = found.unwrap_or_else(|| self.push(at, Node::new(*name)));
            }
            match condition.attribute {
                Some(attribute) => self.nodes[at].fixed.push((attribute, text)),
                None => self.nodes[at].action = Action::Constant(text),
            }
        }
    }

    fn push(&mut self, parent: NodeId, node: Node) -> NodeId {
        let id = self.nodes.len();
        self.nodes.push(node);
        self.nodes[parent].children.push(id);
        id
    }
}

fn fits(term: Bt, path: &Path, index: usize, count: usize) -> Fits {
    let by_scheme = path.steps.last().is_some_and(|step| step.conditions.iter().any(|c| c.test == Test::Exists));
    match (index, count) {
        (0, _) if by_scheme => Fits::WithScheme,
        (1, 3) => Fits::WithoutScheme,
        (0, 2) if term == Bt::BT84 => Fits::Iban,
        (1, 2) if term == Bt::BT84 => Fits::NotIban,
        (0, _) => Fits::All,
        _ => Fits::None,
    }
}

fn expand(path: &'static str) -> Path {
    let Some((short, rest)) = path.split_once('/').filter(|(short, _)| short.starts_with('~')) else {
        return Path::parse(path);
    };
    let long = SHORT.iter().find(|(name, _)| *name == short).map_or(short, |(_, long)| *long);
    let (mut path, rest) = (Path::parse(long), Path::parse(rest));
    path.steps.extend(rest.steps);
    path.attribute = rest.attribute;
    path
}

/// Elements that the schema wants even when there is nothing in them.
pub(super) fn is_always_written(name: Name) -> bool {
    [
        rsm::ExchangedDocumentContext,
        rsm::ExchangedDocument,
        rsm::SupplyChainTradeTransaction,
        ram::ApplicableHeaderTradeAgreement,
        ram::ApplicableHeaderTradeDelivery,
        ram::ApplicableHeaderTradeSettlement,
    ]
    .contains(&name)
}

/// Is the value of this term a date in this data type?
pub(super) fn is_date(term: Bt) -> bool {
    term.data_type() == DataType::Date
}

/// The element in which UBL puts code and text of a note together.
pub(super) fn is_ubl_note(node: &Node) -> bool {
    node.name == cbc::Note && matches!(node.action, Action::Group { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_is_bound_in_every_syntax_that_can_say_it() {
        for term in Bt::ALL {
            let bound = |pick: fn(&Row) -> &'static str| {
                ROWS.iter().any(|row| matches!(row.what, What::Term(t) if t == *term) && !pick(row).is_empty())
            };
            if term.data_type() == DataType::Component || matches!(term, Bt::BT21 | Bt::BT22) {
                continue;
            }
            assert!(bound(|row| row.ubl), "{term} in UBL");
            assert!(bound(|row| row.cii), "{term} in CII");
        }
        for group in Bg::ALL {
            let row = ROWS.iter().any(|row| matches!(row.what, What::Group(id) if id == *group));
            assert!(row || *group == Bg::BG0 || group.kin() != *group, "{group}");
        }
    }

    #[test]
    fn every_child_has_its_place_in_the_schema() {
        for kind in [Kind::UblInvoice, Kind::UblCreditNote, Kind::Cii] {
            let plan = Plan::of(kind);
            for node in plan.nodes.iter().filter(|node| node.children.len() > 1) {
                let parent = node.name.to_string();
                let (_, order) = ORDER.iter().find(|(name, _)| *name == parent).unwrap_or_else(|| panic!("{parent}"));
                for child in &node.children {
                    let child = plan.nodes[*child].name.to_string();
                    assert!(order.split(' ').any(|name| name == child), "{child} in {parent}");
                }
            }
        }
    }
}

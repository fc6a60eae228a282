//! Pages, and the engine that fills them from top to bottom.
//!
//! Laying out gives, for every page, what to draw, and one tree that says what it means. A
//! drawn text names the node that it belongs to; what names none is decoration and is hidden
//! from assistive technology.
//!
//! Invariant: texts are drawn in reading order, page by page, so that a node's content comes
//! in order although it may run over several pages.

use vir_core::Lang;

use super::fonts::{Colour, Face, Fonts, Line, Type};
use super::{Block, Document};

pub(super) const PAGE_WIDTH: f32 = 595.28;
pub(super) const PAGE_HEIGHT: f32 = 841.89;
pub(super) const LEFT: f32 = 62.0;
pub(super) const RIGHT: f32 = PAGE_WIDTH - 56.0;
pub(super) const WIDTH: f32 = RIGHT - LEFT;
const TOP: f32 = 58.0;
const BOTTOM: f32 = PAGE_HEIGHT - 64.0;
const FOOT: f32 = PAGE_HEIGHT - 40.0;

pub(super) const INK: Colour = (23, 28, 35);
pub(super) const SOFT: Colour = (88, 98, 110);
pub(super) const HAIRLINE: Colour = (212, 218, 225);
pub(super) const ACCENT: Colour = (12, 66, 120);

/// Sets a face, a size and a leading.
pub(super) const fn set(face: Face, size: f32, leading: f32, colour: Colour) -> Type {
    Type { face, size, leading, colour }
}

pub(super) const BODY: Type = set(Face::Regular, 9.5, 13.5, INK);
pub(super) const LABEL: Type = set(Face::Regular, 9.0, 13.5, SOFT);
pub(super) const TERM: Type = set(Face::Regular, 6.8, 13.5, SOFT);
const FOOTER: Type = set(Face::Regular, 7.5, 10.0, SOFT);

/// What is drawn.
#[derive(Debug)]
pub(super) enum Draw {
    Text { x: f32, baseline: f32, set: Type, text: String, node: Option<NodeId> },
    Fill { x: f32, y: f32, width: f32, height: f32, colour: Colour },
}

/// Where a node stands in the tree's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NodeId(pub(super) usize);

/// What a part of the document is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Role {
    Document,
    Heading(u16, String),
    Paragraph,
    Section,
    Table { summary: String },
    TableHead,
    TableBody,
    Row,
    ColumnHeader,
    RowHeader,
    Cell { span: u32 },
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) role: Role,
    pub(super) children: Vec<NodeId>,
}

/// A heading and where it stands, for the bookmarks.
#[derive(Debug)]
pub(super) struct Bookmark {
    pub(super) level: u16,
    pub(super) title: String,
    pub(super) page: usize,
    pub(super) y: f32,
}

/// The pages in the making.
pub(super) struct Layout<'f> {
    pub(super) fonts: &'f mut Fonts,
    pub(super) lang: Lang,
    pub(super) out: LaidOut,
    /// Where the next thing goes.
    pub(super) y: f32,
    last_level: u16,
}

/// The finished pages.
pub(super) struct LaidOut {
    pub(super) pages: Vec<Vec<Draw>>,
    pub(super) nodes: Vec<Node>,
    pub(super) bookmarks: Vec<Bookmark>,
}

pub(super) const ROOT: NodeId = NodeId(0);

/// Fills pages with the document's blocks.
pub(super) fn lay_out(document: &Document, fonts: &mut Fonts) -> LaidOut {
    let root = Node { role: Role::Document, children: Vec::new() };
    let out = LaidOut { pages: vec![Vec::new()], nodes: vec![root], bookmarks: Vec::new() };
    let lang = document.lang;
    let mut layout = Layout { fonts, lang, out, y: TOP, last_level: 0 };
    // PDF/UA wants the first heading to be of level 1.
    if !matches!(document.blocks.first(), Some(Block::Heading(..))) {
        layout.heading(super::Level::One, &document.title);
    }
    for block in &document.blocks {
        layout.block(block);
    }
    layout.out
}

impl LaidOut {
    /// Draws the foot of each page, once their number is known.
    pub(super) fn number_pages(&mut self, document: &Document, fonts: &mut Fonts) {
        let count = self.pages.len();
        let title = fonts.shorten(&document.running_title, FOOTER, WIDTH - 90.0);
        for (index, page) in self.pages.iter_mut().enumerate() {
            let number = match document.lang {
                Lang::De => format!("Seite {} von {count}", index + 1),
                Lang::En => format!("Page {} of {count}", index + 1),
            };
            let width = fonts.width(&number, FOOTER);
            page.push(Draw::Fill { x: LEFT, y: FOOT - 14.0, width: WIDTH, height: 0.5, colour: HAIRLINE });
            for (x, text) in [(LEFT, title.text.clone()), (RIGHT - width, number)] {
                page.push(Draw::Text { x, baseline: FOOT, set: FOOTER, text, node: None });
            }
        }
    }
}

impl Layout<'_> {
    pub(super) fn node(&mut self, parent: NodeId, role: Role) -> NodeId {
        let id = NodeId(self.out.nodes.len());
        self.out.nodes.push(Node { role, children: Vec::new() });
        self.out.nodes[parent.0].children.push(id);
        id
    }

    pub(super) fn draw(&mut self, draw: Draw) {
        if let Some(page) = self.out.pages.last_mut() {
            page.push(draw);
        }
    }

    pub(super) fn fill(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        self.draw(Draw::Fill { x, y, width, height, colour });
    }

    /// Draws a line of text whose box begins at `y`.
    pub(super) fn text(&mut self, x: f32, y: f32, line: &Line, set: Type, node: Option<NodeId>) {
        let text = line.text.clone();
        // An empty cell must still hold something, or it would be missing in its row.
        let text = if text.is_empty() { " ".to_owned() } else { text };
        self.draw(Draw::Text { x, baseline: baseline(y, set), set, text, node });
    }

    /// Draws lines one below the other and gives back where they end.
    pub(super) fn lines(&mut self, x: f32, y: f32, lines: &[Line], set: Type, node: Option<NodeId>) -> f32 {
        for (index, line) in lines.iter().enumerate() {
            self.text(x, y + index as f32 * set.leading, line, set, node);
        }
        y + lines.len() as f32 * set.leading
    }

    pub(super) fn room(&self) -> f32 {
        BOTTOM - self.y
    }

    pub(super) fn at_top(&self) -> bool {
        self.y <= TOP
    }

    pub(super) fn new_page(&mut self) {
        self.out.pages.push(Vec::new());
        self.y = TOP;
    }

    /// Begins a new page unless `height` fits on this one.
    pub(super) fn need(&mut self, height: f32) {
        // Sums of heights are not exact to the last bit.
        if self.room() + 0.1 < height && !self.at_top() {
            self.new_page();
        }
    }

    /// Space that vanishes at the top of a page.
    pub(super) fn space(&mut self, height: f32) {
        if !self.at_top() {
            self.y += height;
        }
    }

    /// The level under which a heading is filed: levels may not be left out.
    pub(super) fn level(&mut self, wanted: u16) -> u16 {
        self.last_level = wanted.min(self.last_level + 1);
        self.last_level
    }

    pub(super) fn bookmark(&mut self, level: u16, title: &str) {
        let page = self.out.pages.len() - 1;
        self.out.bookmarks.push(Bookmark { level, title: title.to_owned(), page, y: self.y });
    }
}

/// The height of a full page's text area.
pub(super) const PAGE_ROOM: f32 = BOTTOM - TOP;

/// Text stands so that capitals are in the middle of their line.
fn baseline(y: f32, set: Type) -> f32 {
    y + set.leading / 2.0 + set.size * 0.357
}

//! How each kind of block looks.
//!
//! Invariant: every function leaves `y` below what it drew, and never draws below the page.

use vir_core::{Lang, Severity};

use super::fonts::{Colour, Face, Line, Type};
use super::layout::{
    ACCENT, BODY, HAIRLINE, INK, LABEL, LEFT, Layout, NodeId, PAGE_ROOM, RIGHT, ROOT, Role, SOFT, TERM, WIDTH, set,
};
use super::{Block, Field, Level, Notice, Panel, Style, Sum};

const STRONG: Type = set(Face::Bold, 9.5, 13.5, INK);
const NOTE: Type = set(Face::Regular, 8.5, 11.8, INK);
const NOTE_TITLE: Type = set(Face::Bold, 8.5, 11.8, INK);

/// The share of a column that labels take.
const LABEL_SHARE: f32 = 0.36;
const LABEL_GAP: f32 = 12.0;
const PANEL_GAP: f32 = 26.0;

/// What a label and its value look like once they are broken into lines.
struct LaidField {
    label: Vec<Line>,
    /// The term and where it goes: after the last line, or on a line of its own.
    term: Option<(Line, f32, usize)>,
    value: Vec<Line>,
    notices: Vec<LaidNotice>,
    height: f32,
}

/// Whether a notice may be longer than a page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    Whole,
    Cut,
}

struct LaidNotice {
    severity: Severity,
    title: Vec<Line>,
    text: Vec<Line>,
    height: f32,
}

impl Layout<'_> {
    pub(super) fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(level, text) => self.heading(*level, text),
            Block::Paragraph(style, text) => self.paragraph(*style, text),
            Block::Fields(fields) => self.fields(fields),
            Block::Panels(panels) => self.panels(panels),
            Block::Sums(sums) => self.sums(sums),
            Block::Table(table) => self.table(table),
            Block::Notice(notice) => self.notice_block(notice),
            Block::Rule => {
                self.space(6.0);
                self.need(8.0);
                self.fill(LEFT, self.y, WIDTH, 0.6, HAIRLINE);
                self.y += 8.0;
            }
            Block::Space(points) => self.space(points.clamp(0.0, PAGE_ROOM)),
        }
    }

    pub(super) fn heading(&mut self, level: Level, text: &str) {
        // A heading without words would be an empty bookmark.
        if text.trim().is_empty() {
            return;
        }
        let (wanted, set, before, after, keep) = match level {
            Level::One => (1, set(Face::Bold, 19.0, 25.0, INK), 14.0, 4.0, 80.0),
            Level::Two => (2, set(Face::Bold, 12.0, 17.0, ACCENT), 19.0, 5.0, 70.0),
            Level::Three => (3, set(Face::Bold, 10.0, 14.5, INK), 12.0, 3.0, 56.0),
        };
        self.space(before);
        let lines = self.fonts.wrap(text, set, WIDTH);
        // A heading stays with what follows it.
        self.need(lines.len() as f32 * set.leading + keep);
        self.heading_at(wanted, text, LEFT, &lines, set, ROOT);
        if level == Level::Two {
            self.fill(LEFT, self.y + 1.5, WIDTH, 0.6, HAIRLINE);
            self.y += 2.0;
        }
        self.y += after;
    }

    fn heading_at(&mut self, wanted: u16, title: &str, x: f32, lines: &[Line], set: Type, parent: NodeId) {
        let level = self.level(wanted);
        let title = self.fonts.clean(title, set.face).as_str().replace('\n', " ");
        if title.trim().is_empty() {
            return;
        }
        let node = self.node(parent, Role::Heading(level, title.clone()));
        self.bookmark(level, &title);
        self.y = self.flow(x, lines, set, node);
    }

    /// Draws lines below each other, over as many pages as it takes.
    fn flow(&mut self, x: f32, lines: &[Line], set: Type, node: NodeId) -> f32 {
        for line in lines {
            self.need(set.leading);
            self.text(x, self.y, line, set, Some(node));
            self.y += set.leading;
        }
        self.y
    }

    fn paragraph(&mut self, style: Style, text: &str) {
        let (set, after) = match style {
            Style::Normal => (BODY, 6.0),
            Style::Lead => (set(Face::Regular, 11.0, 15.5, SOFT), 8.0),
            Style::Small => (set(Face::Regular, 8.0, 11.0, SOFT), 5.0),
            Style::Strong => (STRONG, 6.0),
            Style::Emphasis => (set(Face::Italic, 9.5, 13.5, INK), 6.0),
        };
        let lines = self.fonts.wrap(text, set, WIDTH);
        let node = self.node(ROOT, Role::Paragraph);
        // Neither the first nor the last line stands alone on a page.
        self.need(set.leading * lines.len().min(2) as f32);
        self.flow(LEFT, &lines, set, node);
        self.space(after);
    }

    fn fields(&mut self, fields: &[Field]) {
        if fields.is_empty() {
            return;
        }
        let table = self.node(ROOT, Role::Table { summary: String::new() });
        self.field_rows(fields, LEFT, WIDTH, table);
        self.y += 6.0;
    }

    fn field_rows(&mut self, fields: &[Field], x: f32, width: f32, table: NodeId) {
        for field in fields {
            let laid = self.lay_field(field, width);
            if laid.height <= PAGE_ROOM {
                self.need(laid.height);
            }
            self.draw_field(&laid, x, width, table);
        }
    }

    fn lay_field(&mut self, field: &Field, width: f32) -> LaidField {
        let label_width = width * LABEL_SHARE;
        let value_width = width - label_width - LABEL_GAP;
        let mut label = self.fonts.wrap(&field.label, LABEL, label_width);
        label.iter_mut().for_each(Line::end_with_blank);
        let term = field.term.as_deref().map(|term| {
            let line = self.fonts.shorten(term, TERM, label_width);
            let last = label.last().map_or(0.0, |line| line.width);
            if last + 5.0 + line.width <= label_width {
                (line, last + 5.0, label.len() - 1)
            } else {
                (line, 0.0, label.len())
            }
        });
        let value = self.fonts.wrap(&field.value, BODY, value_width);
        let notices: Vec<LaidNotice> =
            field.notices.iter().map(|notice| self.lay_notice(notice, value_width, Fit::Cut)).collect();
        let label_lines = label.len().max(term.as_ref().map_or(0, |(_, _, row)| row + 1));
        let notes: f32 = notices.iter().map(|notice| notice.height + 3.0).sum();
        let height = (label_lines as f32 * LABEL.leading).max(value.len() as f32 * BODY.leading + notes) + 3.0;
        LaidField { label, term, value, notices, height }
    }

    fn draw_field(&mut self, laid: &LaidField, x: f32, width: f32, table: NodeId) {
        let row = self.node(table, Role::Row);
        let header = self.node(row, Role::RowHeader);
        let cell = self.node(row, Role::Cell { span: 1 });
        let top = self.y;
        self.lines(x, top, &laid.label, LABEL, Some(header));
        if let Some((line, offset, row)) = &laid.term {
            let y = top + *row as f32 * TERM.leading + if *offset > 0.0 { 0.5 } else { -1.0 };
            self.text(x + offset, y, line, TERM, Some(header));
        }
        let value_x = x + width * LABEL_SHARE + LABEL_GAP;
        if laid.height <= PAGE_ROOM {
            let mut y = self.lines(value_x, top, &laid.value, BODY, Some(cell));
            for notice in &laid.notices {
                y = self.draw_notice(notice, value_x, y + 1.0, RIGHT.min(x + width), cell) + 2.0;
            }
            self.y = top + laid.height;
        } else {
            // A value longer than a page flows on.
            self.flow(value_x, &laid.value, BODY, cell);
            for notice in &laid.notices {
                self.need(notice.height);
                self.y = self.draw_notice(notice, value_x, self.y, x + width, cell) + 3.0;
            }
            self.y += 3.0;
        }
    }

    fn panels(&mut self, panels: &[Panel]) {
        if panels.is_empty() {
            return;
        }
        let side_by_side = panels.len().min(3);
        for group in panels.chunks(side_by_side) {
            let gaps = (side_by_side - 1) as f32 * PANEL_GAP;
            let width = (WIDTH - gaps) / side_by_side as f32;
            let heights: Vec<f32> = group.iter().map(|panel| self.panel_height(panel, width)).collect();
            let tallest = heights.iter().copied().fold(0.0, f32::max);
            if tallest > PAGE_ROOM {
                // Too tall to stand side by side: one below the other, over the pages.
                for panel in group {
                    self.panel(panel, LEFT, WIDTH);
                    self.y += 8.0;
                }
                continue;
            }
            self.space(6.0);
            self.need(tallest);
            let top = self.y;
            for (index, panel) in group.iter().enumerate() {
                self.y = top;
                self.panel(panel, LEFT + index as f32 * (width + PANEL_GAP), width);
            }
            self.y = top + tallest + 8.0;
        }
    }

    fn panel_height(&mut self, panel: &Panel, width: f32) -> f32 {
        let title = self.fonts.wrap(&panel.title, PANEL_TITLE, width).len() as f32;
        let lines: usize = panel
            .lines
            .iter()
            .enumerate()
            .map(|(index, line)| self.fonts.wrap(line, address_line(index), width).len())
            .sum();
        let fields: f32 = panel.fields.iter().map(|f| self.lay_field(f, width).height).sum();
        let gap = if panel.lines.is_empty() { 0.0 } else { 4.0 };
        title * PANEL_TITLE.leading + 6.0 + lines as f32 * BODY.leading + gap + fields
    }

    fn panel(&mut self, panel: &Panel, x: f32, width: f32) {
        let section = self.node(ROOT, Role::Section);
        let title = self.fonts.wrap(&panel.title, PANEL_TITLE, width);
        let title_top = self.y;
        self.heading_at(3, &panel.title, x, &title, PANEL_TITLE, section);
        if let Some(term) = &panel.term {
            let line = self.fonts.shorten(term, TERM, 40.0);
            let node = self.node(section, Role::Paragraph);
            self.text(x + width - line.width, title_top + 0.5, &line, TERM, Some(node));
        }
        self.fill(x, self.y + 1.0, width, 0.6, HAIRLINE);
        self.y += 6.0;
        if !panel.lines.is_empty() {
            let node = self.node(section, Role::Paragraph);
            for (index, line) in panel.lines.iter().enumerate() {
                let set = address_line(index);
                let mut lines = self.fonts.wrap(line, set, width);
                // Read aloud, the lines of an address must not run together.
                if let Some(last) = lines.last_mut() {
                    last.end_with_blank();
                }
                self.flow(x, &lines, set, node);
            }
            self.y += 4.0;
        }
        if !panel.fields.is_empty() {
            let table = self.node(section, Role::Table { summary: panel.title.clone() });
            self.field_rows(&panel.fields, x, width, table);
        }
    }

    fn sums(&mut self, sums: &[Sum]) {
        if sums.is_empty() {
            return;
        }
        let x = LEFT + WIDTH * 0.42;
        let width = RIGHT - x;
        let table = self.node(ROOT, Role::Table { summary: String::new() });
        self.space(4.0);
        for sum in sums {
            let (label_set, amount_set, before) = if sum.strong {
                (set(Face::Bold, 10.0, 15.0, INK), set(Face::Bold, 10.5, 15.0, INK), 4.0)
            } else {
                (set(Face::Regular, 9.0, 15.0, INK), set(Face::Regular, 9.5, 15.0, INK), 0.0)
            };
            let amount = self.fonts.shorten(&sum.amount, amount_set, width * 0.55);
            let label_width = width - amount.width - 40.0;
            let mut label = self.fonts.wrap(&sum.label, label_set, label_width);
            label.iter_mut().for_each(Line::end_with_blank);
            let height = label.len() as f32 * label_set.leading + before;
            self.need(height + 4.0);
            if sum.strong {
                self.fill(x, self.y + 1.5, width, 0.9, INK);
            }
            self.y += before;
            let row = self.node(table, Role::Row);
            let header = self.node(row, Role::RowHeader);
            let cell = self.node(row, Role::Cell { span: 1 });
            let top = self.y;
            self.y = self.lines(x, top, &label, label_set, Some(header));
            if let (Some(term), Some(last)) = (&sum.term, label.last()) {
                let line = self.fonts.shorten(term, TERM, 40.0);
                let y = self.y - label_set.leading + (label_set.leading - TERM.leading) / 2.0;
                self.text(x + last.width + 5.0, y + 0.5, &line, TERM, Some(header));
            }
            self.text(RIGHT - amount.width, top, &amount, amount_set, Some(cell));
        }
        self.y += 8.0;
    }

    fn notice_block(&mut self, notice: &Notice) {
        let laid = self.lay_notice(notice, WIDTH, Fit::Whole);
        self.space(3.0);
        if laid.height > PAGE_ROOM {
            // A message longer than a page gives up its box.
            self.paragraph(Style::Strong, &notice_title(notice, self.lang));
            self.paragraph(Style::Normal, &notice.text);
            return;
        }
        self.need(laid.height);
        let section = self.node(ROOT, Role::Section);
        let node = self.node(section, Role::Paragraph);
        self.y = self.draw_notice(&laid, LEFT, self.y, RIGHT, node) + 6.0;
    }

    pub(super) fn notice_rows(
        &mut self,
        notices: &[Notice],
        columns: u32,
        body: NodeId,
        room: &mut dyn FnMut(&mut Self, f32),
    ) {
        for notice in notices {
            let laid = self.lay_notice(notice, WIDTH, Fit::Cut);
            room(self, laid.height + 4.0);
            let row = self.node(body, Role::Row);
            let cell = self.node(row, Role::Cell { span: columns });
            self.y = self.draw_notice(&laid, LEFT, self.y, RIGHT, cell) + 4.0;
        }
    }

    fn lay_notice(&mut self, notice: &Notice, width: f32, fit: Fit) -> LaidNotice {
        let inner = width - NOTICE_PADDING * 2.0 - NOTICE_BAR;
        let title = notice_title(notice, self.lang);
        let title = self.fonts.wrap(&title, NOTE_TITLE, inner);
        let mut text = Vec::new();
        if !notice.text.is_empty() {
            text = self.fonts.wrap(&notice.text, NOTE, inner);
        }
        let mut laid = LaidNotice { severity: notice.severity, title, text, height: 0.0 };
        if let Some(last) = laid.title.last_mut() {
            last.end_with_blank();
        }
        // What stands inside a field or a table cannot run over pages: it is cut short.
        let most = ((PAGE_ROOM * 0.8) / NOTE.leading) as usize;
        if fit == Fit::Cut && laid.title.len() + laid.text.len() > most {
            laid.title.truncate(most / 2);
            laid.text.truncate(most - laid.title.len());
            if let Some(last) = laid.text.last_mut() {
                last.text = "…".to_owned();
            }
        }
        let lines = (laid.title.len() + laid.text.len()) as f32;
        laid.height = lines * NOTE.leading + NOTICE_PADDING * 1.4;
        laid
    }

    fn draw_notice(&mut self, laid: &LaidNotice, x: f32, y: f32, right: f32, node: NodeId) -> f32 {
        let (bar, ground) = colours(laid.severity);
        self.fill(x, y, right - x, laid.height, ground);
        self.fill(x, y, NOTICE_BAR, laid.height, bar);
        let text_x = x + NOTICE_BAR + NOTICE_PADDING;
        let title_set = Type { colour: bar, ..NOTE_TITLE };
        let top = y + NOTICE_PADDING * 0.7;
        let below = self.lines(text_x, top, &laid.title, title_set, Some(node));
        self.lines(text_x, below, &laid.text, NOTE, Some(node));
        y + laid.height
    }
}

/// The first line of an address is the name.
fn address_line(index: usize) -> Type {
    if index == 0 { STRONG } else { BODY }
}

const PANEL_TITLE: Type = set(Face::Bold, 9.5, 14.0, ACCENT);
const NOTICE_PADDING: f32 = 8.0;
const NOTICE_BAR: f32 = 3.0;

/// The bar's and the ground's colour. Text in the bar's colour is legible on the ground.
fn colours(severity: Severity) -> (Colour, Colour) {
    match severity {
        Severity::Error => ((158, 28, 28), (253, 240, 238)),
        Severity::Warning => ((124, 77, 0), (255, 247, 229)),
        Severity::Information => (ACCENT, (237, 244, 251)),
    }
}

fn notice_title(notice: &Notice, lang: Lang) -> String {
    let word = match (notice.severity, lang) {
        (Severity::Error, Lang::De) => "Fehler",
        (Severity::Error, Lang::En) => "Error",
        (Severity::Warning, Lang::De) => "Warnung",
        (Severity::Warning, Lang::En) => "Warning",
        (Severity::Information, Lang::De) => "Hinweis",
        (Severity::Information, Lang::En) => "Information",
    };
    if notice.title.is_empty() { word.to_owned() } else { format!("{word}: {}", notice.title) }
}

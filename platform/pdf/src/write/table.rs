//! Tables: widths from the content, headings on every page, rows that may run over pages.
//!
//! Every row is measured, wrapped and drawn once, so time grows with the number of rows.
//!
//! Invariant: every row has a cell for every column, or one that spans them all, as PDF/UA
//! demands.

use super::fonts::{Face, Line, Type};
use super::layout::{HAIRLINE, INK, LEFT, Layout, NodeId, PAGE_ROOM, RIGHT, ROOT, Role, SOFT, TERM, WIDTH, set};
use super::{Align, Cell, Column, Row, Table, Width};

const HEAD: Type = set(Face::Bold, 8.0, 10.6, INK);
const CELL: Type = set(Face::Regular, 8.8, 12.2, INK);
const TOTAL: Type = set(Face::Bold, 8.8, 12.2, INK);
const DETAIL: Type = set(Face::Regular, 7.6, 10.2, SOFT);
const HEAD_TERM: Type = set(Face::Regular, 6.8, 9.0, SOFT);

const GAP: f32 = 11.0;
const PADDING: f32 = 2.8;
/// Headings are cut after this many lines, so that they leave room for rows.
const HEAD_LINES: usize = 5;

/// A column with its place on the page.
struct Laid<'t> {
    column: &'t Column,
    x: f32,
    width: f32,
    head: Vec<(Line, Type)>,
}

impl Layout<'_> {
    pub(super) fn table(&mut self, table: &Table) {
        if table.columns.is_empty() {
            return;
        }
        let columns = self.columns(table);
        let node = self.node(ROOT, Role::Table { summary: table.summary.clone() });
        let head_height = head_height(&columns);
        self.space(4.0);
        self.need(head_height + 3.0 * CELL.leading);
        let head = self.node(node, Role::TableHead);
        let row = self.node(head, Role::Row);
        self.head(&columns, Some(row));
        let body = self.node(node, Role::TableBody);
        for row in &table.rows {
            self.row(row, &columns, body);
        }
        self.y += 8.0;
    }

    fn columns<'t>(&mut self, table: &'t Table) -> Vec<Laid<'t>> {
        let widths = self.widths(table);
        let mut x = LEFT;
        let mut laid = Vec::with_capacity(widths.len());
        for (column, width) in table.columns.iter().zip(widths) {
            let mut head: Vec<(Line, Type)> = Vec::new();
            let lines = self.fonts.wrap(&column.title, HEAD, width);
            head.extend(lines.into_iter().take(HEAD_LINES).map(|line| (line, HEAD)));
            // Words must not run together when they are read aloud.
            head.iter_mut().for_each(|(line, _)| line.end_with_blank());
            if let Some(term) = &column.term {
                head.push((self.fonts.shorten(term, TERM, width), HEAD_TERM));
            }
            laid.push(Laid { column, x, width, head });
            x += width + GAP;
        }
        laid
    }

    /// Columns that fit their content get what they need; the others share the rest.
    fn widths(&mut self, table: &Table) -> Vec<f32> {
        let count = table.columns.len() as f32;
        let available = (WIDTH - (count - 1.0) * GAP).max(count * 4.0);
        let mut widths = vec![0.0f32; table.columns.len()];
        let mut shares = 0.0;
        for (index, column) in table.columns.iter().enumerate() {
            match column.width {
                Width::Fit => {
                    widths[index] = self.natural_width(table, index).min(available / 3.0);
                }
                Width::Share(share) => shares += share.max(0.01),
            }
        }
        let fitted: f32 = widths.iter().sum();
        if shares == 0.0 {
            // Whatever is left over goes between the columns.
            let factor = if fitted > 0.0 { available / fitted } else { 1.0 };
            let spread = (available - fitted) / count;
            for width in &mut widths {
                *width = if factor < 1.0 { *width * factor } else { *width + spread };
            }
            return widths;
        }
        // Texts keep at least a quarter of the page.
        let most = available * 0.75;
        if fitted > most {
            widths.iter_mut().for_each(|width| *width *= most / fitted);
        }
        let rest = available - fitted.min(most);
        for (width, column) in widths.iter_mut().zip(&table.columns) {
            if let Width::Share(share) = column.width {
                *width = rest * share.max(0.01) / shares;
            }
        }
        widths
    }

    fn natural_width(&mut self, table: &Table, index: usize) -> f32 {
        let column = &table.columns[index];
        let mut widest = 0.0f32;
        for word in column.title.split(' ') {
            let clean = self.fonts.clean(word, HEAD.face);
            widest = widest.max(self.fonts.width(clean.as_str(), HEAD));
        }
        if let Some(term) = &column.term {
            widest = widest.max(self.fonts.rough_width(term, TERM));
        }
        for row in &table.rows {
            let Some(cell) = row.cells.get(index) else { continue };
            let texts = [Some((&cell.text, cell_set(row))), cell.detail.as_ref().map(|d| (d, DETAIL))];
            for (text, set) in texts.into_iter().flatten() {
                for line in text.lines() {
                    // Counting what is replaced is left to the wrapping.
                    widest = widest.max(self.fonts.rough_width(line, set));
                }
            }
        }
        widest + 0.5
    }

    /// Draws the headings. Without a row they are a repetition, hidden from reading aloud.
    fn head(&mut self, columns: &[Laid<'_>], row: Option<NodeId>) {
        let height = head_height(columns);
        for column in columns {
            let node = row.map(|row| self.node(row, Role::ColumnHeader));
            let content: f32 = column.head.iter().map(|(_, set)| set.leading).sum();
            let mut y = self.y + height - content - 4.0;
            for (line, set) in &column.head {
                self.text(column.line_x(line), y, line, *set, node);
                y += set.leading;
            }
        }
        self.y += height;
        self.fill(LEFT, self.y - 1.5, WIDTH, 0.9, INK);
    }

    fn row(&mut self, row: &Row, columns: &[Laid<'_>], body: NodeId) {
        let mut cells: Vec<Vec<(Line, Type)>> = Vec::with_capacity(columns.len());
        for (index, column) in columns.iter().enumerate() {
            let empty = Cell::default();
            let cell = row.cells.get(index).unwrap_or(&empty);
            cells.push(self.cell(cell, cell_set(row), column.width));
        }
        let height = |cells: &[Vec<(Line, Type)>]| {
            let cell = |lines: &Vec<(Line, Type)>| lines.iter().map(|(_, s)| s.leading).sum();
            cells.iter().map(cell).fold(0.0, f32::max) + 2.0 * PADDING
        };
        let whole = height(&cells);
        if whole > self.room() && whole <= PAGE_ROOM / 2.0 {
            self.next_page(columns);
        }
        let node = self.node(body, Role::Row);
        let nodes: Vec<NodeId> = columns.iter().map(|_| self.node(node, Role::Cell { span: 1 })).collect();
        if row.total {
            self.fill(LEFT, self.y, WIDTH, 0.7, INK);
        }
        // A row that is taller than its room is continued on the next page.
        while height(&cells) > self.room() {
            let bottom = self.y + self.room() - 2.0 * PADDING;
            for ((lines, column), node) in cells.iter_mut().zip(columns).zip(&nodes) {
                let mut y = self.y + PADDING;
                let fitting = lines
                    .iter()
                    .take_while(|(_, set)| {
                        let fits = y + set.leading <= bottom;
                        y += set.leading;
                        fits
                    })
                    .count();
                let part: Vec<(Line, Type)> = lines.drain(..fitting).collect();
                self.cell_lines(&part, column, *node);
            }
            self.next_page(columns);
        }
        for ((lines, column), node) in cells.iter().zip(columns).zip(&nodes) {
            self.cell_lines(lines, column, *node);
        }
        self.y += height(&cells);
        let mut room = |layout: &mut Self, height: f32| {
            if layout.room() < height {
                layout.next_page(columns);
            }
        };
        self.notice_rows(&row.notices, columns.len() as u32, body, &mut room);
        self.fill(LEFT, self.y - 0.2, WIDTH, 0.4, HAIRLINE);
    }

    fn next_page(&mut self, columns: &[Laid<'_>]) {
        self.new_page();
        self.head(columns, None);
    }

    fn cell(&mut self, cell: &Cell, set: Type, width: f32) -> Vec<(Line, Type)> {
        let mut lines: Vec<(Line, Type)> = Vec::new();
        if !cell.text.is_empty() || cell.detail.is_none() {
            lines.extend(self.fonts.wrap(&cell.text, set, width).into_iter().map(|l| (l, set)));
        }
        if let Some(detail) = &cell.detail {
            if let Some((last, _)) = lines.last_mut() {
                last.end_with_blank();
            }
            let detail = self.fonts.wrap(detail, DETAIL, width);
            lines.extend(detail.into_iter().map(|line| (line, DETAIL)));
        }
        lines
    }

    fn cell_lines(&mut self, lines: &[(Line, Type)], column: &Laid<'_>, node: NodeId) {
        let mut y = self.y + PADDING;
        for (line, set) in lines {
            self.text(column.line_x(line), y, line, *set, Some(node));
            y += set.leading;
        }
    }
}

impl Laid<'_> {
    fn line_x(&self, line: &Line) -> f32 {
        match self.column.align {
            Align::Left => self.x,
            Align::Right => (self.x + self.width).min(RIGHT) - line.width,
        }
    }
}

fn head_height(columns: &[Laid<'_>]) -> f32 {
    let content = |column: &Laid<'_>| -> f32 { column.head.iter().map(|(_, set)| set.leading).sum() };
    columns.iter().map(content).fold(0.0, f32::max) + 6.0
}

fn cell_set(row: &Row) -> Type {
    if row.total { TOTAL } else { CELL }
}

//! Tables.
//!
//! On a narrow screen a table becomes a list of cards, each cell under its column's name; a table
//! that must stay one (many columns of numbers) gets its own scrolling region instead.
//!
//! Invariant: a table has a caption, columns have `scope`, and one cell of each row is its header.
//! The page itself never scrolls sideways.

use maud::{Markup, Render, html};
use vir_core::Lang;

use super::{Icon, icon};

/// To which side the cells of a column go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// Text.
    #[default]
    Start,
    /// Numbers, with digits of one width.
    End,
}

/// How a column is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The least first.
    Ascending,
    /// The greatest first.
    Descending,
}

/// A column.
#[derive(Debug, Clone, Default)]
pub struct Column {
    title: String,
    hide_title: bool,
    align: Align,
    sort: Option<(String, Option<Order>)>,
    class: Option<&'static str>,
}

impl Column {
    /// A column of texts.
    pub fn text(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// A column of numbers.
    pub fn number(title: impl Into<String>) -> Self {
        Self { title: title.into(), align: Align::End, ..Self::default() }
    }

    /// A column whose title is only heard: boxes to tick, buttons.
    pub fn unseen(title: impl Into<String>) -> Self {
        Self { title: title.into(), hide_title: true, ..Self::default() }
    }

    /// Can be sorted: `href` sorts by it (or turns it round), `order` is how it is sorted now.
    #[must_use]
    pub fn sort(mut self, href: impl Into<String>, order: Option<Order>) -> Self {
        self.sort = Some((href.into(), order));
        self
    }

    /// A class for all its cells: `shrink` (as narrow as possible), `wide-only` (goes first when
    /// space is short), `clip` (one line, with an ellipsis).
    #[must_use]
    pub fn class(mut self, class: &'static str) -> Self {
        self.class = Some(class);
        self
    }
}

/// A row.
#[derive(Debug, Clone, Default)]
pub struct Row {
    cells: Vec<Markup>,
    class: Option<&'static str>,
    id: Option<String>,
}

impl Row {
    /// A row of these cells.
    pub fn new(cells: impl IntoIterator<Item = Markup>) -> Self {
        Self { cells: cells.into_iter().collect(), class: None, id: None }
    }

    /// A class: `row--strong`, `row--faint`, `row--sum`, `row--selected`.
    #[must_use]
    pub fn class(mut self, class: &'static str) -> Self {
        self.class = Some(class);
        self
    }

    /// An id, to link to.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }
}

/// A table. Made by [`table`].
#[derive(Debug, Clone)]
#[must_use]
pub struct Table {
    lang: Lang,
    id: String,
    caption: String,
    hide_caption: bool,
    columns: Vec<Column>,
    rows: Vec<Row>,
    foot: Vec<Row>,
    header: usize,
    scrolls: bool,
    loose: bool,
}

/// A table with this id and caption.
pub fn table(lang: Lang, id: impl Into<String>, caption: impl Into<String>) -> Table {
    Table {
        lang,
        id: id.into(),
        caption: caption.into(),
        hide_caption: false,
        columns: Vec::new(),
        rows: Vec::new(),
        foot: Vec::new(),
        header: 0,
        scrolls: false,
        loose: false,
    }
}

impl Table {
    /// Its columns.
    pub fn columns(mut self, columns: impl IntoIterator<Item = Column>) -> Self {
        self.columns = columns.into_iter().collect();
        self
    }

    /// One more row.
    pub fn row(mut self, cells: impl IntoIterator<Item = Markup>) -> Self {
        self.rows.push(Row::new(cells));
        self
    }

    /// More rows.
    pub fn rows(mut self, rows: impl IntoIterator<Item = Row>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// A row of sums below.
    pub fn foot(mut self, cells: impl IntoIterator<Item = Markup>) -> Self {
        self.foot.push(Row::new(cells));
        self
    }

    /// The column (from 0) whose cell names the row; else the first.
    pub fn header_column(mut self, index: usize) -> Self {
        self.header = index;
        self
    }

    /// The caption says what a heading above says already: it is only heard.
    pub fn hide_caption(mut self) -> Self {
        self.hide_caption = true;
        self
    }

    /// Stays a table on narrow screens and scrolls in its own region.
    pub fn scrolls(mut self) -> Self {
        self.scrolls = true;
        self
    }

    /// More air, for tables that are read rather than worked through.
    pub fn loose(mut self) -> Self {
        self.loose = true;
        self
    }

    /// Are there no rows?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn head(&self) -> Markup {
        html! {
            thead role="rowgroup" { tr role="row" { @for column in &self.columns {
                th scope="col" role="columnheader" class=[column_class(column)]
                    aria-sort=[column.sort.as_ref().and_then(|(_, order)| *order).map(|order| match order {
                        Order::Ascending => "ascending",
                        Order::Descending => "descending",
                    })] {
                    @match &column.sort {
                        Some((href, order)) => {
                            a.sort href=(href) {
                                span class=[column.hide_title.then_some("visually-hidden")] { (column.title) }
                                @match order {
                                    Some(Order::Ascending) => { (icon(Icon::Up)) }
                                    Some(Order::Descending) => { (icon(Icon::Down)) }
                                    None => {}
                                }
                                span.visually-hidden { (self.lang.tr(" – sortieren", " – sort")) }
                            }
                        }
                        None => { span class=[column.hide_title.then_some("visually-hidden")] { (column.title) } }
                    }
                }
            } } }
        }
    }

    fn body_row(&self, row: &Row) -> Markup {
        html! {
            tr role="row" id=[row.id.as_deref()] class=[row.class] {
                @for (index, cell) in row.cells.iter().enumerate() {
                    @let column = self.columns.get(index);
                    @let label = column.map(|column| column.title.as_str());
                    @let class = column.and_then(column_class);
                    @if index == self.header {
                        th scope="row" role="rowheader" data-label=[label] class=[class] { (cell) }
                    } @else {
                        td role="cell" data-label=[label] class=[class] { (cell) }
                    }
                }
            }
        }
    }
}

fn column_class(column: &Column) -> Option<String> {
    let mut classes: Vec<&str> = Vec::new();
    if column.align == Align::End {
        classes.push("number");
    }
    if column.hide_title {
        classes.push("untitled");
    }
    classes.extend(column.class);
    (!classes.is_empty()).then(|| classes.join(" "))
}

impl Render for Table {
    fn render(&self) -> Markup {
        // The roles repeat what the elements say: when CSS lays the rows out as cards, browsers
        // otherwise forget that it is a table.
        let table = html! {
            table role="table" id=(self.id) aria-labelledby={ (self.id) "-caption" }
                class={ "table" @if !self.scrolls { " table--cards" } @if self.loose { " table--loose" } } {
                caption id={ (self.id) "-caption" } class=[self.hide_caption.then_some("visually-hidden")] {
                    (self.caption)
                }
                (self.head())
                tbody role="rowgroup" { @for row in &self.rows { (self.body_row(row)) } }
                @if !self.foot.is_empty() {
                    tfoot role="rowgroup" { @for row in &self.foot { (self.body_row(row)) } }
                }
            }
        };
        html! {
            @if self.scrolls {
                div.table-region role="region" tabindex="0" aria-labelledby={ (self.id) "-caption" } { (table) }
            } @else {
                div.table-frame { (table) }
            }
        }
    }
}

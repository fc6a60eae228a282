//! Writing: a neutral description of a document becomes a tagged PDF/A-3b and PDF/UA-1.
//!
//! The description ([`Document`]) knows headings, paragraphs, fields, tables and notices, and
//! nothing of coordinates. [`render`] lays it out on A4 pages ([`layout`]), paints the pages
//! with krilla, which also checks both standards ([`paint`]), and adds what krilla cannot
//! write: the Factur-X metadata with its schema ([`metadata`]).
//!
//! Invariant: the same description gives the same bytes. The clock is never asked.

mod blocks;
mod fonts;
mod layout;
mod metadata;
pub(crate) mod paint;
mod table;

use std::collections::BTreeMap;

use vir_core::{Lang, Severity};

use crate::{FacturxMetadata, PdfError, Relationship, Timestamp};

/// What is to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The title, shown in the window's bar and read out first.
    pub title: String,
    /// The language of all texts, and of “page 1 of 2”.
    pub lang: Lang,
    /// Who is responsible for the content.
    pub author: Option<String>,
    /// What it is about, in one sentence.
    pub subject: Option<String>,
    /// The program that described the document.
    pub creator: String,
    /// The date of creation.
    pub date: Timestamp,
    /// Stands at the foot of every page.
    pub running_title: String,
    /// The content.
    pub blocks: Vec<Block>,
    /// Files to be embedded. Names must differ; a second one of the same name gets a number.
    pub files: Vec<File>,
    /// Metadata on the invoice among [`files`](Self::files).
    pub facturx: Option<FacturxMetadata>,
}

impl Document {
    /// An empty document.
    #[must_use]
    pub fn new(title: &str, lang: Lang, date: Timestamp) -> Self {
        Self {
            title: title.to_owned(),
            lang,
            author: None,
            subject: None,
            creator: "vir".to_owned(),
            date,
            running_title: title.to_owned(),
            blocks: Vec::new(),
            files: Vec::new(),
            facturx: None,
        }
    }
}

/// A file to be embedded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The name, without folders.
    pub name: String,
    /// The MIME type, `text/xml` for example.
    pub mime: String,
    /// How it relates to the document.
    pub relationship: Relationship,
    /// What it is, for a person. Where it is empty, the name is taken: PDF/UA demands one.
    pub description: String,
    /// When it was last changed.
    pub modified: Timestamp,
    /// The content.
    pub bytes: Vec<u8>,
}

/// A piece of content.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A heading, which also becomes a bookmark.
    Heading(Level, String),
    /// Running text. Line ends are kept.
    Paragraph(Style, String),
    /// Labels and values, one below the other.
    Fields(Vec<Field>),
    /// Groups of labels and values side by side, for example seller and buyer.
    Panels(Vec<Panel>),
    /// Sums on the right: labels and amounts, the amounts aligned.
    Sums(Vec<Sum>),
    /// A table.
    Table(Table),
    /// A coloured box, for a finding.
    Notice(Notice),
    /// A thin line across the page.
    Rule,
    /// Empty space, in points.
    Space(f32),
}

/// The level of a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The document's name.
    One,
    /// A chapter.
    Two,
    /// A part of a chapter.
    Three,
}

/// How running text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// As usual.
    #[default]
    Normal,
    /// Larger and grey, below a title.
    Lead,
    /// Small and grey.
    Small,
    /// Bold.
    Strong,
    /// In italics.
    Emphasis,
}

/// A label and its value.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Field {
    /// What the value means.
    pub label: String,
    /// The number of the term in its standard, shown small and grey: `BT-1`.
    pub term: Option<String>,
    /// The value. Line ends are kept.
    pub value: String,
    /// Remarks on the value, shown below it.
    pub notices: Vec<Notice>,
}

impl Field {
    /// A field without remarks.
    #[must_use]
    pub fn new(label: &str, term: Option<&str>, value: &str) -> Self {
        Self { label: label.to_owned(), term: term.map(str::to_owned), value: value.to_owned(), notices: Vec::new() }
    }
}

/// A titled group of fields.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Panel {
    /// The title; it becomes a heading.
    pub title: String,
    /// The number of the group in its standard.
    pub term: Option<String>,
    /// Shown first, without labels: a name and address.
    pub lines: Vec<String>,
    /// The fields.
    pub fields: Vec<Field>,
}

/// One line of [`Block::Sums`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sum {
    /// What the amount means.
    pub label: String,
    /// The number of the term in its standard.
    pub term: Option<String>,
    /// The amount, formatted.
    pub amount: String,
    /// The line that matters: bold, with a line above.
    pub strong: bool,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// What it shows, for those who cannot see it.
    pub summary: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The heading, repeated on every page.
    pub title: String,
    /// The number of the term in its standard, shown below the heading.
    pub term: Option<String>,
    /// Where the values stand.
    pub align: Align,
    /// How wide it is.
    pub width: Width,
}

/// Where a value stands in its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// Texts.
    #[default]
    Left,
    /// Numbers.
    Right,
}

/// How wide a column is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Width {
    /// As wide as its content, up to a third of the page.
    Fit,
    /// A share of what the others leave.
    Share(f32),
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// One value for each column; missing ones are empty.
    pub cells: Vec<Cell>,
    /// A row of sums: bold, with a line above.
    pub total: bool,
    /// Remarks on the row, shown below it across all columns.
    pub notices: Vec<Notice>,
}

/// A value in a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell {
    /// The value. Line ends are kept.
    pub text: String,
    /// More about it, small and grey below.
    pub detail: Option<String>,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), detail: None }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, detail: None }
    }
}

/// Something that has to be noticed. The severity is said in words, not only by colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How grave it is.
    pub severity: Severity,
    /// What it is about, in bold: a rule's number for example. May be empty.
    pub title: String,
    /// The message.
    pub text: String,
}

/// A finished PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The file.
    pub pdf: Vec<u8>,
    /// The number of pages.
    pub pages: usize,
    /// Characters that the font lacks, and how often each was replaced by U+FFFD.
    pub replaced: BTreeMap<char, usize>,
}

/// Writes a document as PDF/A-3b and PDF/UA-1.
///
/// # Errors
/// [`PdfError::Write`] where a standard's demand cannot be met, for example without a title.
pub fn render(document: &Document) -> Result<Rendered, PdfError> {
    let mut fonts = fonts::Fonts::load()?;
    let mut laid_out = layout::lay_out(document, &mut fonts);
    laid_out.number_pages(document, &mut fonts);
    let pages = laid_out.pages.len();
    let painted = paint::paint(document, laid_out, &fonts)?;
    let pdf = match &document.facturx {
        Some(facturx) => metadata::add_facturx(painted, facturx)?,
        None => painted,
    };
    Ok(Rendered { pdf, pages, replaced: fonts.replaced })
}

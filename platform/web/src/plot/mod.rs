//! Plots drawn on the server, as SVG, with the same figures as a table beside them.
//!
//! A page of figures must be readable by everybody: with a screen reader, without colours, in the
//! dark, on paper, and without JavaScript. So a [`Chart`] is one set of figures with two renderings
//! that cannot differ, the drawing and the table, and every series is told apart by three means:
//! colour, pattern or marker, and a name beside it.
//!
//! ```
//! use vir_core::Lang;
//! use vir_web::plot::{Chart, Kind, Measure, Series};
//!
//! let chart = Chart {
//!     id: "received",
//!     title: "Eingegangene Rechnungen".into(),
//!     summary: "Je Monat".into(),
//!     category: "Monat".into(),
//!     categories: vec!["Januar".into(), "Februar".into()],
//!     series: vec![Series::new("Anzahl", [1200, 950])],
//!     measure: Measure::Count,
//!     kind: Kind::Bars,
//! };
//! let html = chart.figure(Lang::De).into_string();
//! assert!(html.contains("1.200") && html.contains("<svg"));
//! ```
//!
//! Invariant: no value is shown only by the drawing, and nothing depends on colour alone.

mod number;
mod rows;
mod scale;
mod svg;
mod table;

use maud::{Markup, html};
use vir_core::Lang;

pub use number::{Measure, grouped};
pub use scale::Scale;

/// How a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Upright bars, series side by side.
    Bars,
    /// Upright bars, series on top of each other. Values below zero count as zero.
    Stacked,
    /// Lines with markers. A missing value interrupts its line.
    Lines,
    /// Lying bars with the category's name above each: for long names.
    Rows,
}

/// One named row of values, one for each category of its chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// What it is called in the legend and over its column of the table.
    pub name: String,
    /// A value for each category; none where nothing was measured.
    pub values: Vec<Option<i64>>,
}

impl Series {
    /// A series without gaps.
    #[must_use]
    pub fn new(name: impl Into<String>, values: impl IntoIterator<Item = i64>) -> Self {
        Self { name: name.into(), values: values.into_iter().map(Some).collect() }
    }

    /// A series in which some categories have no value.
    #[must_use]
    pub fn with_gaps(name: impl Into<String>, values: impl IntoIterator<Item = Option<i64>>) -> Self {
        Self { name: name.into(), values: values.into_iter().collect() }
    }
}

/// Figures that are drawn and tabled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart<'a> {
    /// Unique in its page; ids inside the drawing begin with it.
    pub id: &'a str,
    /// What is shown.
    pub title: String,
    /// What is to be seen, in a sentence: the description for those who do not see the drawing.
    pub summary: String,
    /// What the categories are (“month”).
    pub category: String,
    /// Their names, in order.
    pub categories: Vec<String>,
    /// The figures.
    pub series: Vec<Series>,
    /// What the values are.
    pub measure: Measure,
    /// How they are drawn.
    pub kind: Kind,
}

impl Chart<'_> {
    /// Is there any value to show?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.categories.is_empty() || self.series.iter().all(|series| series.values.iter().all(Option::is_none))
    }

    /// The drawing with its caption, legend and table.
    #[must_use]
    pub fn figure(&self, lang: Lang) -> Markup {
        html! {
            figure.plot id=(self.id) {
                figcaption.plot-caption {
                    strong { (self.title) }
                    @if !self.summary.is_empty() { " " span.plot-summary { (self.summary) } }
                }
                @if self.is_empty() {
                    p.plot-empty { (lang.tr("In diesem Zeitraum gibt es dazu keine Werte.", "There are no values for this in the period.")) }
                } @else {
                    @if self.series.len() > 1 { (self.legend()) }
                    @if self.kind == Kind::Rows { (rows::draw(self, lang)) } @else { (svg::draw(self, lang)) }
                    details.plot-table {
                        summary { (lang.tr("Werte als Tabelle", "Values as a table")) }
                        (self.table(lang))
                    }
                }
            }
        }
    }

    /// The figures as a table.
    #[must_use]
    pub fn table(&self, lang: Lang) -> Markup {
        table::draw(self, lang)
    }

    /// The names of the series, each with the sign that it has in the drawing.
    fn legend(&self) -> Markup {
        html! {
            ul.plot-legend {
                @for (index, series) in self.series.iter().enumerate() {
                    li {
                        svg.plot-key width="28" height="16" viewBox="0 0 28 16" aria-hidden="true" focusable="false" {
                            @if self.kind == Kind::Lines {
                                line class={ "plot-line plot-s" (index % SERIES + 1) } x1="0" y1="8" x2="28" y2="8" {}
                                (svg::marker(index, 14.0, 8.0))
                            } @else {
                                (svg::patterns(self.id, "key", index..index + 1))
                                (svg::bar(self.id, "key", index, svg::Area { x: 1.0, y: 1.0, width: 26.0, height: 14.0 }, ""))
                            }
                        }
                        " " (series.name)
                    }
                }
            }
        }
    }

    /// The smallest and the largest value that must have a place in the drawing.
    fn extent(&self) -> (i64, i64) {
        let each = || self.series.iter().flat_map(|series| series.values.iter().flatten().copied());
        let most = match self.kind {
            Kind::Stacked => (0..self.categories.len())
                .map(|category| {
                    self.series
                        .iter()
                        .filter_map(|series| *series.values.get(category)?)
                        .map(|value| value.max(0))
                        .sum()
                })
                .max()
                .unwrap_or(0),
            Kind::Bars | Kind::Lines | Kind::Rows => each().max().unwrap_or(0).max(0),
        };
        let least = if self.kind == Kind::Stacked { 0 } else { each().min().unwrap_or(0).min(0) };
        (least, most)
    }
}

/// So many series have a look of their own; the next begins again with the first.
const SERIES: usize = 6;

#[cfg(test)]
mod tests;

//! Upright bars and lines.
//!
//! Sizes are in the drawing's own units; the style sheet scales it. Colours come from the style
//! sheet by class, so that light, dark and forced colours need no second drawing, and a strict
//! content security policy needs no exception.
//!
//! Invariant: every mark has a `title` with its category, series and exact value.

use std::ops::Range;

use maud::{Markup, html};
use vir_core::Lang;

use super::{Chart, Kind, SERIES, Scale};

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 76.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 44.0;

/// A rectangle of the drawing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

pub(super) fn draw(chart: &Chart<'_>, lang: Lang) -> Markup {
    let (least, most) = chart.extent();
    let scale = Scale::new(least, most, 5, chart.measure.least_step());
    let frame = Frame { chart, scale, lang };
    let title = format!("{}-title", chart.id);
    let description = format!("{}-desc", chart.id);
    html! {
        div.plot-scroll tabindex="0" role="group" aria-label=(chart.title) {
            svg.plot-svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-labelledby={ (title) " " (description) } {
                title id=(title) { (chart.title) }
                desc id=(description) { (chart.summary) }
                @if chart.kind != Kind::Lines { (patterns(chart.id, "bar", 0..chart.series.len().min(SERIES))) }
                (frame.grid())
                (frame.categories())
                @match chart.kind {
                    Kind::Bars | Kind::Rows => (frame.bars()),
                    Kind::Stacked => (frame.stacked()),
                    Kind::Lines => (frame.lines()),
                }
                (frame.baseline())
            }
        }
    }
}

struct Frame<'a> {
    chart: &'a Chart<'a>,
    scale: Scale,
    lang: Lang,
}

impl Frame<'_> {
    fn y(&self, value: i64) -> f64 {
        TOP + (1.0 - self.scale.place(value)) * (HEIGHT - TOP - BOTTOM)
    }

    /// How wide the place of one category is.
    fn slot(&self) -> f64 {
        (WIDTH - LEFT - RIGHT) / count(self.chart.categories.len().max(1))
    }

    fn grid(&self) -> Markup {
        html! {
            text.plot-unit x=(LEFT - 8.0) y="14" text-anchor="end" { (self.chart.measure.unit(self.lang)) }
            @for &tick in &self.scale.ticks {
                @let y = round(self.y(tick));
                line.plot-grid x1=(LEFT) y1=(y) x2=(WIDTH - RIGHT) y2=(y) {}
                text.plot-tick x=(LEFT - 8.0) y=(y + 4.0) text-anchor="end" { (self.chart.measure.tick(tick, self.lang)) }
            }
        }
    }

    fn baseline(&self) -> Markup {
        let y = round(self.y(0));
        html! { line.plot-axis x1=(LEFT) y1=(y) x2=(WIDTH - RIGHT) y2=(y) {} }
    }

    /// The names under the axis; where they are too many, only each second, third … of them.
    fn categories(&self) -> Markup {
        let slot = self.slot();
        let longest = self.chart.categories.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let needed = count(longest) * 7.0 + 8.0;
        let mut every = 1;
        while slot * count(every) < needed && every < self.chart.categories.len() {
            every += 1;
        }
        html! {
            @for (index, name) in self.chart.categories.iter().enumerate().step_by(every) {
                text.plot-tick x=(round(LEFT + (count(index) + 0.5) * slot)) y=(HEIGHT - BOTTOM + 20.0) text-anchor="middle" { (name) }
            }
        }
    }

    fn words(&self, category: usize, series: usize, value: i64) -> String {
        let name = self.chart.categories.get(category).map_or("", String::as_str);
        let value = self.chart.measure.show(value, self.lang);
        match self.chart.series.get(series) {
            Some(series) if self.chart.series.len() > 1 => format!("{name}, {}: {value}", series.name),
            _ => format!("{name}: {value}"),
        }
    }

    fn bars(&self) -> Markup {
        let slot = self.slot();
        let width = (slot * 0.76 / count(self.chart.series.len().max(1))).min(64.0);
        let all = width * count(self.chart.series.len());
        let labels = self.chart.series.len() == 1 && self.chart.categories.len() <= 13;
        html! {
            @for (series, row) in self.chart.series.iter().enumerate() {
                @for (category, value) in row.values.iter().enumerate().filter_map(|(at, value)| Some((at, (*value)?))) {
                    @let x = LEFT + count(category) * slot + (slot - all) / 2.0 + count(series) * width;
                    @let (top, bottom) = (self.y(value.max(0)), self.y(value.min(0)));
                    (bar(self.chart.id, "bar", series, Area { x, y: top, width: width - 1.0, height: bottom - top }, &self.words(category, series, value)))
                    @if labels && value != 0 {
                        text.plot-value x=(round(x + width / 2.0)) y=(round(top - 5.0)) text-anchor="middle" { (self.chart.measure.tick(coarse(value, self.chart.measure), self.lang)) }
                    }
                }
            }
        }
    }

    fn stacked(&self) -> Markup {
        let slot = self.slot();
        let width = (slot * 0.7).min(64.0);
        html! {
            @for category in 0..self.chart.categories.len() {
                @let x = LEFT + count(category) * slot + (slot - width) / 2.0;
                @for (series, from, value) in self.piled(category) {
                    @let (bottom, top) = (self.y(from), self.y(from + value));
                    (bar(self.chart.id, "bar", series, Area { x, y: top, width, height: bottom - top }, &self.words(category, series, value)))
                }
            }
        }
    }

    /// The series of a category, each with where it begins on those below it. Nothing is not drawn.
    fn piled(&self, category: usize) -> Vec<(usize, i64, i64)> {
        let mut below = 0;
        let mut piled = Vec::new();
        for (series, row) in self.chart.series.iter().enumerate() {
            if let Some(value) = row.values.get(category).copied().flatten().filter(|value| *value > 0) {
                piled.push((series, below, value));
                below += value;
            }
        }
        piled
    }

    fn lines(&self) -> Markup {
        let slot = self.slot();
        let x = |category: usize| LEFT + (count(category) + 0.5) * slot;
        html! {
            @for (index, series) in self.chart.series.iter().enumerate() {
                @for run in runs(&series.values) {
                    polyline class={ "plot-line plot-s" (index % SERIES + 1) } points=(points(&run, |(at, value)| (x(at), self.y(value)))) {}
                }
            }
            @for (index, series) in self.chart.series.iter().enumerate() {
                @for (at, value) in series.values.iter().enumerate().filter_map(|(at, value)| Some((at, (*value)?))) {
                    g { title { (self.words(at, index, value)) } (marker(index, x(at), self.y(value))) }
                }
            }
        }
    }
}

/// A bar of a series, with words for who points at it.
pub(super) fn bar(id: &str, place: &str, series: usize, area: Area, words: &str) -> Markup {
    let look = series % SERIES + 1;
    let (x, y, width, height) = (round(area.x), round(area.y), round(area.width.max(0.5)), round(area.height.max(0.0)));
    html! {
        g {
            @if !words.is_empty() { title { (words) } }
            rect class={ "plot-bar plot-s" (look) } x=(x) y=(y) width=(width) height=(height) {}
            @if look > 1 {
                rect.plot-over x=(x) y=(y) width=(width) height=(height) fill={ "url(#" (id) "-" (place) "-p" (look) ")" } {}
            }
        }
    }
}

/// What is laid over the colour of each series but the first, so that it is known without the colour.
pub(super) fn patterns(id: &str, place: &str, series: Range<usize>) -> Markup {
    html! {
        defs {
            @for look in series.map(|series| series % SERIES + 1).filter(|look| *look > 1) {
                pattern id={ (id) "-" (place) "-p" (look) } width="8" height="8" patternUnits="userSpaceOnUse" {
                    @match look {
                        2 => path.plot-hatch d="M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4" {},
                        3 => circle.plot-dot cx="4" cy="4" r="1.6" {},
                        4 => path.plot-hatch d="M0,4 h8" {},
                        5 => path.plot-hatch d="M-2,6 l4,4 M0,0 l8,8 M6,-2 l4,4" {},
                        _ => path.plot-hatch d="M0,4 h8 M4,0 v8" {},
                    }
                }
            }
        }
    }
}

/// The marker of a line: each series has a shape of its own.
pub(super) fn marker(series: usize, x: f64, y: f64) -> Markup {
    let look = series % SERIES + 1;
    let (x, y) = (round(x), round(y));
    let class = format!("plot-marker plot-s{look}");
    html! {
        @match look {
            1 => circle class=(class) cx=(x) cy=(y) r="4" {},
            2 => rect class=(class) x=(x - 4.0) y=(y - 4.0) width="8" height="8" {},
            3 => path class=(class) d={ "M" (x) "," (y - 5.0) " l5,9 h-10 z" } {},
            4 => path class=(class) d={ "M" (x) "," (y - 5.5) " l5.5,5.5 l-5.5,5.5 l-5.5,-5.5 z" } {},
            5 => path class=(class) d={ "M" (x) "," (y + 5.0) " l5,-9 h-10 z" } {},
            _ => path class=(class) d={ "M" (x - 4.0) "," (y - 4.0) " l8,8 m0,-8 l-8,8" } {},
        }
    }
}

/// Stretches without gaps, with the places of their values.
fn runs(values: &[Option<i64>]) -> Vec<Vec<(usize, i64)>> {
    let mut runs = vec![Vec::new()];
    for (at, value) in values.iter().enumerate() {
        match (value, runs.last_mut()) {
            (Some(value), Some(run)) => run.push((at, *value)),
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| run.len() > 1);
    runs
}

fn points(run: &[(usize, i64)], place: impl Fn((usize, i64)) -> (f64, f64)) -> String {
    let place = |value: &(usize, i64)| {
        let (x, y) = place(*value);
        format!("{},{}", round(x), round(y))
    };
    run.iter().map(place).collect::<Vec<_>>().join(" ")
}

/// The value above a bar: euros without cents.
fn coarse(value: i64, measure: super::Measure) -> i64 {
    match measure {
        super::Measure::Euro => value / 100 * 100,
        _ => value,
    }
}

/// A tenth of a unit is finer than any screen.
pub(super) fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// A number of things in a drawing.
#[expect(clippy::cast_precision_loss, reason = "there are never so many")]
pub(super) fn count(value: usize) -> f64 {
    value as f64
}

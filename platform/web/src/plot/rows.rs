//! Lying bars: the name of the category stands above its bars, so that it may be long.
//!
//! Invariant: as in `svg`, every mark has its words; the value stands beside the bar as well.

use maud::{Markup, html};
use vir_core::Lang;

use super::svg::{Area, bar, count, patterns, round};
use super::{Chart, SERIES, Scale};

const WIDTH: f64 = 760.0;
const NAME: f64 = 20.0;
const BAR: f64 = 18.0;
const GAP: f64 = 12.0;
/// Room for the value at the end of the longest bar.
const VALUE: f64 = 120.0;

pub(super) fn draw(chart: &Chart<'_>, lang: Lang) -> Markup {
    let (least, most) = chart.extent();
    let scale = Scale::new(least, most, 5, 1);
    let one = NAME + BAR * count(chart.series.len()) + GAP;
    let height = one * count(chart.categories.len());
    let title = format!("{}-title", chart.id);
    let description = format!("{}-desc", chart.id);
    let x = |value: i64| scale.place(value) * (WIDTH - VALUE);
    html! {
        div.plot-scroll tabindex="0" role="group" aria-label=(chart.title) {
            svg.plot-svg viewBox={ "0 0 " (WIDTH) " " (round(height)) } role="img" aria-labelledby={ (title) " " (description) } {
                title id=(title) { (chart.title) }
                desc id=(description) { (chart.summary) }
                (patterns(chart.id, "bar", 0..chart.series.len().min(SERIES)))
                @for (category, name) in chart.categories.iter().enumerate() {
                    @let top = one * count(category);
                    text.plot-name x="0" y=(round(top + 14.0)) { (shortened(name)) }
                    @for (index, series) in chart.series.iter().enumerate() {
                        @if let Some(value) = series.values.get(category).copied().flatten() {
                            @let y = top + NAME + BAR * count(index);
                            @let (from, to) = (x(value.min(0)), x(value.max(0)));
                            @let words = format!("{name}, {}: {}", series.name, chart.measure.show(value, lang));
                            (bar(chart.id, "bar", index, Area { x: from, y, width: to - from, height: BAR - 3.0 }, &words))
                            text.plot-value x=(round(to + 6.0)) y=(round(y + 12.0)) { (chart.measure.show(value, lang)) }
                        }
                    }
                }
            }
        }
    }
}

/// A name that has room in its row; the table has it whole.
fn shortened(name: &str) -> String {
    const MOST: usize = 90;
    if name.chars().count() <= MOST {
        return name.to_owned();
    }
    let mut short: String = name.chars().take(MOST - 1).collect();
    short.push('…');
    short
}

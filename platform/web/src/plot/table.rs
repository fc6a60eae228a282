//! The figures of a chart as a table.
//!
//! Invariant: it has every value of the drawing, exactly.

use maud::{Markup, html};
use vir_core::Lang;

use super::Chart;

pub(super) fn draw(chart: &Chart<'_>, lang: Lang) -> Markup {
    html! {
        div.table-scroll tabindex="0" role="group" aria-label=(chart.title) {
            table.table {
                caption.visually-hidden { (chart.title) }
                thead { tr {
                    th scope="col" { (chart.category) }
                    @for series in &chart.series { th.number scope="col" { (series.name) } }
                } }
                tbody {
                    @for (at, name) in chart.categories.iter().enumerate() {
                        tr {
                            th scope="row" { (name) }
                            @for series in &chart.series {
                                td.number {
                                    @match series.values.get(at).copied().flatten() {
                                        Some(value) => (chart.measure.show(value, lang)),
                                        None => { span aria-label=(lang.tr("kein Wert", "no value")) role="img" { "–" } },
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

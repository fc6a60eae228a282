use vir_core::Lang;

use super::*;

fn chart(kind: Kind, series: Vec<Series>) -> Chart<'static> {
    Chart {
        id: "c",
        title: "Titel <&>".into(),
        summary: "Beschreibung".into(),
        category: "Monat".into(),
        categories: vec!["Jan".into(), "Feb".into(), "Mär".into()],
        series,
        measure: Measure::Count,
        kind,
    }
}

#[test]
fn ticks_are_round_and_enclose_the_values() {
    for (least, most) in
        [(0, 0), (0, 1), (0, 7), (0, 99), (0, 100), (0, 101), (-5, 1_234_567), (-80, -3), (0, i64::MAX)]
    {
        let scale = Scale::new(least, most, 5, 1);
        let ticks = &scale.ticks;
        assert!(ticks.contains(&0), "{least}..{most}: {ticks:?}");
        assert!(ticks.len() <= 9 && ticks.len() >= 2, "{least}..{most}: {ticks:?}");
        assert!(
            ticks[0] <= least && (*ticks.last().unwrap() >= most || most == i64::MAX),
            "{least}..{most}: {ticks:?}"
        );
        assert!(ticks.windows(2).all(|pair| pair[1] - pair[0] == ticks[1] - ticks[0]));
    }
    assert_eq!(Scale::new(0, 98, 5, 1).ticks, [0, 20, 40, 60, 80, 100]);
}

#[test]
fn numbers_follow_the_language() {
    assert_eq!(Measure::Count.show(1_234_567, Lang::De), "1.234.567");
    assert_eq!(Measure::Count.show(-1234, Lang::En), "-1,234");
    assert_eq!(Measure::Euro.show(123_450, Lang::De), "1.234,50\u{A0}€");
    assert_eq!(Measure::Euro.show(-5, Lang::En), "-€0.05");
    assert_eq!(Measure::Euro.tick(150_000_000, Lang::De), "1,5\u{A0}Mio.");
    assert_eq!(Measure::Euro.tick(200_000_000, Lang::De), "2\u{A0}Mio.");
    assert_eq!(Measure::Euro.tick(2_000_000, Lang::De), "20.000");
    assert_eq!(Measure::Days.show(125, Lang::De), "12,5\u{A0}Tage");
    assert_eq!(Measure::Share.show(999, Lang::En), "99.9%");
    assert_eq!(Measure::Euro.plain(-123_405, Lang::De), "-1234,05");
}

#[test]
fn every_value_is_in_drawing_and_table() {
    for kind in [Kind::Bars, Kind::Stacked, Kind::Lines, Kind::Rows] {
        let series = vec![Series::new("A", [1, 2, 3000]), Series::with_gaps("B", [Some(7), None, Some(11)])];
        let html = chart(kind, series).figure(Lang::De).into_string();
        for words in ["Jan, A: 1", "Mär, A: 3.000", "Jan, B: 7", "Mär, B: 11"] {
            assert!(html.contains(words), "{kind:?} has {words}: {html}");
        }
        assert!(html.contains("aria-labelledby=\"c-title c-desc\""));
        assert!(html.contains("<td class=\"number\">3.000</td>"));
        assert!(!html.contains("style="), "a strict policy allows no inline style");
        assert!(!html.contains("Titel <&>"), "text is escaped");
    }
}

#[test]
fn nothing_to_show_is_said() {
    let html = chart(Kind::Bars, vec![Series::with_gaps("A", [None, None, None])]).figure(Lang::De).into_string();
    assert!(html.contains("keine Werte") && !html.contains("<svg"));
}

#[test]
fn every_element_of_a_drawing_is_closed() {
    for kind in [Kind::Bars, Kind::Stacked, Kind::Lines, Kind::Rows] {
        let html =
            chart(kind, vec![Series::new("A", [1, 2, 3]), Series::new("B", [3, 2, 1])]).figure(Lang::De).into_string();
        for name in ["line", "polyline", "rect", "circle", "path", "text", "g", "pattern", "svg"] {
            let opened = html.matches(&format!("<{name} ")).count() + html.matches(&format!("<{name}>")).count();
            assert_eq!(opened, html.matches(&format!("</{name}>")).count(), "{kind:?} {name}");
        }
    }
}

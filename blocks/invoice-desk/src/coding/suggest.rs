//! Suggestions for coding: how earlier invoices of the same seller were coded, with how sure and why.
//!
//! An earlier invoice with the same order reference counts most, because an order is coded once; then recent invoices
//! of the seller; an invoice counts half as much as a later one that is a year younger.
//!
//! Invariant: suggestions only depend on what they are made from, come surest first, and none is repeated.

use std::collections::HashMap;

use jiff::civil::Date;
use vir_core::Text;

use super::line::Target;

/// An earlier invoice of the seller with its coding.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// When it came in.
    pub received: Date,
    /// BT-13
    pub order_reference: Option<String>,
    /// The organisation unit that it belonged to.
    pub unit: Option<String>,
    /// Its lines: target, and cents.
    pub lines: Vec<(Target, i64)>,
}

/// What is to be coded.
#[derive(Debug, Clone, Copy)]
pub struct Now<'a> {
    /// When it came in.
    pub received: Date,
    /// BT-13
    pub order_reference: Option<&'a str>,
    /// The organisation unit that it belongs to.
    pub unit: Option<&'a str>,
}

/// A way to code an invoice.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// The targets with their weights.
    pub parts: Vec<(Target, u64)>,
    /// How sure, in percent.
    pub sure: u8,
    /// Why.
    pub why: Text,
}

/// How many are offered.
const OFFERED: usize = 3;

/// Suggestions, the surest first.
#[must_use]
pub fn suggest(now: Now<'_>, earlier: &[Earlier]) -> Vec<Suggestion> {
    #[derive(Default)]
    struct Group<'a> {
        weight: f64,
        count: usize,
        same_order: usize,
        latest: Option<&'a Earlier>,
    }
    let mut groups: HashMap<Vec<&Target>, Group<'_>> = HashMap::new();
    let mut all = 0.0;
    for one in earlier.iter().filter(|one| !one.lines.is_empty()) {
        let mut targets: Vec<&Target> = one.lines.iter().map(|(target, _)| target).collect();
        targets.sort();
        targets.dedup();
        let same_order = one.order_reference.is_some() && one.order_reference.as_deref() == now.order_reference;
        let same_unit = now.unit.is_some() && one.unit.as_deref() == now.unit;
        let weight =
            age(now.received, one.received) * if same_order { 8.0 } else { 1.0 } * if same_unit { 2.0 } else { 1.0 };
        all += weight;
        let group = groups.entry(targets).or_default();
        group.weight += weight;
        group.count += 1;
        group.same_order += usize::from(same_order);
        if group.latest.is_none_or(|latest| latest.received < one.received) {
            group.latest = Some(one);
        }
    }
    let total = groups.values().map(|group| group.count).sum::<usize>();
    let mut found: Vec<(Vec<&Target>, Suggestion)> = groups
        .into_iter()
        .filter_map(|(targets, group)| {
            let latest = group.latest?;
            // One invoice alone is a hint, not a habit: the share is drawn towards zero by half an invoice.
            let sure = group.weight / (all + 0.5) * 100.0;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of 0 to 100")]
            let sure = (sure.round() as u8).clamp(1, 99);
            let why = why(&Words { count: group.count, same_order: group.same_order, total, last: latest.received });
            Some((targets, Suggestion { parts: parts(latest), sure, why }))
        })
        .collect();
    found.sort_by(|(a_key, a), (b_key, b)| b.sure.cmp(&a.sure).then_with(|| a_key.cmp(b_key)));
    found.into_iter().take(OFFERED).map(|(_, suggestion)| suggestion).collect()
}

struct Words {
    count: usize,
    same_order: usize,
    total: usize,
    last: Date,
}

fn why(words: &Words) -> Text {
    let Words { count, same_order, total, last } = words;
    let (de, en) = (last.strftime("%d.%m.%Y"), last.strftime("%Y-%m-%d"));
    if *same_order > 0 {
        let (invoices_de, invoices_en) =
            if *same_order == 1 { ("Rechnung", "invoice") } else { ("Rechnungen", "invoices") };
        return Text::owned(
            format!("wie zuletzt am {de}; so kontiert: {same_order} frühere {invoices_de} zur selben Bestellung"),
            format!("as last on {en}; as {same_order} earlier {invoices_en} for the same order"),
        );
    }
    Text::owned(
        format!("wie zuletzt am {de}; so kontiert: {count} von {total} früheren Rechnungen dieses Lieferanten"),
        format!("as last on {en}; as {count} of {total} earlier invoices of this supplier"),
    )
}

/// The targets of an invoice with their amounts as weights.
fn parts(invoice: &Earlier) -> Vec<(Target, u64)> {
    let mut parts: Vec<(Target, u64)> = Vec::new();
    for (target, cents) in &invoice.lines {
        match parts.iter_mut().find(|(known, _)| known == target) {
            Some((_, weight)) => *weight = weight.saturating_add(cents.unsigned_abs()),
            None => parts.push((target.clone(), cents.unsigned_abs())),
        }
    }
    parts
}

/// 1 today, a half after a year, a quarter after two.
fn age(now: Date, then: Date) -> f64 {
    let days = then.until(now).map_or(0, |span| span.get_days()).max(0);
    0.5_f64.powf(f64::from(days) / 365.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coding::line::Tax;

    fn target(cost_centre: &str) -> Target {
        Target {
            cost_centre: cost_centre.to_owned(),
            account: "422200".to_owned(),
            product: "111.01".to_owned(),
            investment: None,
            tax: Tax::None,
        }
    }

    fn earlier(received: &str, order: Option<&str>, centres: &[(&str, i64)]) -> Earlier {
        Earlier {
            received: received.parse().unwrap(),
            order_reference: order.map(str::to_owned),
            unit: Some("bauhof".to_owned()),
            lines: centres.iter().map(|(centre, cents)| (target(centre), *cents)).collect(),
        }
    }

    fn now(order: Option<&str>) -> Now<'_> {
        Now { received: "2026-11-22".parse().unwrap(), order_reference: order, unit: Some("bauhof") }
    }

    #[test]
    fn what_was_usual_comes_first() {
        let history = [
            earlier("2026-10-01", None, &[("100", 5000)]),
            earlier("2026-09-01", None, &[("100", 7000)]),
            earlier("2026-08-01", None, &[("200", 7000)]),
        ];
        let found = suggest(now(None), &history);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].parts, [(target("100"), 5000)]);
        assert!(found[0].sure > found[1].sure && found[0].sure < 70);
        assert_eq!(
            found[0].why.de,
            "wie zuletzt am 01.10.2026; so kontiert: 2 von 3 früheren Rechnungen dieses Lieferanten"
        );
    }

    #[test]
    fn the_same_order_beats_habit() {
        let history = [
            earlier("2026-10-01", None, &[("100", 5000)]),
            earlier("2026-10-02", None, &[("100", 5000)]),
            earlier("2026-05-01", Some("B-7"), &[("300", 1000), ("400", 3000), ("300", 1000)]),
        ];
        let found = suggest(now(Some("B-7")), &history);
        assert_eq!(found[0].parts, [(target("300"), 2000), (target("400"), 3000)]);
        assert!(found[0].why.en.contains("same order"));
        assert_eq!(suggest(now(Some("B-8")), &history)[0].parts, [(target("100"), 5000)]);
    }

    #[test]
    fn little_is_known_from_one_and_nothing_from_none() {
        assert!(suggest(now(None), &[]).is_empty());
        assert!(suggest(now(None), &[earlier("2026-10-01", None, &[])]).is_empty());
        let one = suggest(now(None), &[earlier("2026-11-01", None, &[("100", 1)])]);
        assert!((50..90).contains(&one[0].sure), "{}", one[0].sure);
    }
}

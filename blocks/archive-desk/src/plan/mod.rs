//! The *Aktenplan*: shown as a tree, written entry by entry, read from a file, begun with a sample.
//!
//! Invariant: a plan is changed as a whole and only from the version that was seen; versions of rules are added, never
//! changed, since records are kept by them.

mod draft;
mod file;
mod page;
mod sample;

use axum::Router;
use axum::routing::{get, post};
use vir_archive::lifecycle::Plan;
use vir_archive::lifecycle::plan::Entry;
use vir_web::App;

pub use sample::sample;

/// The addresses.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/aktenplan", get(page::show))
        .route("/aktenplan/muster", post(page::begin))
        .route("/aktenplan/eintrag", get(page::form).post(page::save))
        .route("/aktenplan/eintrag/entfernen", post(page::remove))
        .route("/aktenplan/datei", get(file::download).post(file::upload))
}

/// The entries in the order of the tree, each with how deep it stands.
#[must_use]
pub fn in_order(plan: &Plan) -> Vec<(usize, &Entry)> {
    let mut children: std::collections::BTreeMap<Option<&str>, Vec<&Entry>> = std::collections::BTreeMap::new();
    for entry in plan.entries() {
        children.entry(entry.parent.as_ref().map(|parent| parent.0.as_str())).or_default().push(entry);
    }
    for siblings in children.values_mut() {
        siblings.sort_by_cached_key(|entry| natural(&entry.id.0));
    }
    let mut ordered = Vec::new();
    let mut open: Vec<(usize, &Entry)> =
        children.get(&None).into_iter().flatten().rev().map(|entry| (0, *entry)).collect();
    while let Some((depth, entry)) = open.pop() {
        ordered.push((depth, entry));
        let below = children.get(&Some(entry.id.0.as_str())).into_iter().flatten().rev();
        open.extend(below.map(|child| (depth + 1, *child)));
    }
    ordered
}

/// Numbers inside a name count as numbers: 20.3 comes before 20.10.
fn natural(name: &str) -> Vec<(u64, String)> {
    let part = |part: &str| match part.parse() {
        Ok(number) => (number, String::new()),
        Err(_) => (u64::MAX, part.to_lowercase()),
    };
    name.split(['.', '-', '/', ' ']).map(part).collect()
}

/// Names and labels of all entries for a choice, indented as in the tree.
#[must_use]
pub fn labels(plan: &Plan) -> Vec<(String, String)> {
    let label = |(depth, entry): (usize, &Entry)| {
        (entry.id.0.clone(), format!("{}{} {}", "\u{a0}\u{a0}".repeat(depth), entry.id, entry.title))
    };
    in_order(plan).into_iter().map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_told_from_above_with_numbers_as_numbers() {
        let entry = |id: &str, parent: Option<&str>| Entry {
            id: id.into(),
            parent: parent.map(Into::into),
            title: String::new(),
            unit: None,
            confidentiality: None,
            appraisal: None,
            retention: Vec::new(),
            transfer: None,
        };
        let plan = Plan::new([
            entry("20.10", Some("20")),
            entry("20.9", Some("20")),
            entry("3", None),
            entry("20", None),
            entry("20.9.1", Some("20.9")),
        ])
        .unwrap();
        let order: Vec<(usize, &str)> =
            in_order(&plan).into_iter().map(|(depth, entry)| (depth, entry.id.0.as_str())).collect();
        assert_eq!(order, [(0, "3"), (0, "20"), (1, "20.9"), (2, "20.9.1"), (1, "20.10")]);
    }
}

//! What the documentation promises about itself.

use std::fs;
use std::path::{Path, PathBuf};

use super::stale;
use crate::proof::root;

#[test]
fn generated_pages_are_current() {
    let stale = stale();
    assert!(stale.is_empty(), "stale, run `cargo xtask handbook`: {stale:?}");
}

/// Every page that people read: those at the top, and all below `docs`.
fn pages() -> Vec<PathBuf> {
    let mut pages = below(&root().join("docs"));
    pages.extend(["README.md", "ARCHITECTURE.md", "blocks/invoice/samples/README.md"].map(|name| root().join(name)));
    pages
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> =
        entries.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    found
}

#[test]
fn links_lead_somewhere() {
    let mut broken = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for target in links(&text) {
            if target.contains("://") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            let there = path.exists() && (anchor.is_empty() || has_anchor(&fs::read_to_string(&path).unwrap(), anchor));
            if !there {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    broken.sort();
    broken.dedup();
    assert!(broken.is_empty(), "these links lead nowhere: {broken:#?}");
}

/// The targets of `[text](target)` and `![text](target)`, outside of code.
fn links(text: &str) -> Vec<&str> {
    let mut code = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            code = !code;
        }
        if !code {
            let outside_code = line.split('`').step_by(2);
            let starts = outside_code.flat_map(|part| part.split("](").skip(1));
            found.extend(starts.filter_map(|rest| rest.split_once(')')).map(|(target, _)| target));
        }
    }
    found
}

fn has_anchor(text: &str, anchor: &str) -> bool {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    text.contains(&format!("<a id=\"{anchor}\">")) || headings.map(slug).any(|slug| slug == anchor)
}

/// The anchor that a heading gets.
fn slug(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Figures are quoted from `docs/proof.md` by whole rows, so that they can only be stale together.
#[test]
fn quoted_figures_are_those_of_the_proofs() {
    let proofs = fs::read_to_string(root().join("docs/proof.md")).unwrap();
    for page in pages().into_iter().filter(|page| !page.ends_with("proof.md")) {
        let text = fs::read_to_string(&page).unwrap();
        for row in text.lines().filter(|line| line.starts_with("| `") && line.ends_with(": holds |")) {
            assert!(proofs.lines().any(|proof| proof == row), "{}: stale figure {row}", page.display());
        }
    }
}

#[test]
fn every_decision_is_in_the_list() {
    let folder = root().join("docs/entscheidungen");
    let list = fs::read_to_string(folder.join("README.md")).unwrap();
    for page in below(&folder).into_iter().filter(|page| !page.ends_with("README.md")) {
        let name = page.file_name().unwrap().to_string_lossy().into_owned();
        assert!(list.contains(&format!("({name})")), "{name} is missing in the list");
    }
}

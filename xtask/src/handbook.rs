//! The pages of the handbook that are made from the program's own entries: the rules, the terms of the
//! semantic model, the code lists, the schema of a draft.
//!
//! `cargo xtask handbook` writes them, `cargo xtask handbook --check` only says which are stale. The
//! pages that quote the command line are filled by a test of `apps/vir`, which `cargo xtask handbook`
//! runs, too.
//!
//! Invariant: a page is a function of the entries alone, so the same entries give the same bytes.

mod codes;
mod rules;
mod terms;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use vir_invoice::create::Draft;

use crate::proof::root;

/// Says of every generated page that it is one.
const GENERATED: &str = "<!-- Diese Seite schreibt `cargo xtask handbook`; Änderungen von Hand gehen verloren. -->\n\n";

/// The folder of the rule pages; files in it that no family writes any more are removed.
const RULES: &str = "docs/handbuch/regeln";

/// The schema of a draft. It is compared as JSON: the order of keys is nobody's promise.
const SCHEMA: &str = "docs/handbuch/entwurf.schema.json";

/// The command.
pub fn run(args: &[&str]) -> Result<(), String> {
    match args {
        [] => {
            write()?;
            quote_the_command_line()
        }
        ["--check"] => match stale().as_slice() {
            [] => Ok(()),
            stale => Err(format!("stale, run `cargo xtask handbook`: {}", stale.join(", "))),
        },
        _ => Err("usage: cargo xtask handbook [--check]".to_owned()),
    }
}

/// All pages by their path from the workspace's folder.
fn pages() -> BTreeMap<String, String> {
    let mut pages = rules::pages();
    pages.insert("docs/handbuch/begriffe.md".to_owned(), terms::page());
    pages.insert("docs/handbuch/codelisten.md".to_owned(), codes::page());
    pages.insert(SCHEMA.to_owned(), schema());
    pages
}

fn schema() -> String {
    let text = serde_json::to_string_pretty(&Draft::json_schema()).expect("a JSON value is writable");
    text + "\n"
}

fn write() -> Result<(), String> {
    let pages = pages();
    let fail = |path: &str, error: &dyn std::fmt::Display| format!("{path}: {error}");
    fs::create_dir_all(root().join(RULES)).map_err(|error| fail(RULES, &error))?;
    for path in superfluous(&pages) {
        fs::remove_file(root().join(&path)).map_err(|error| fail(&path, &error))?;
    }
    for (path, page) in &pages {
        fs::write(root().join(path), page).map_err(|error| fail(path, &error))?;
    }
    Ok(())
}

/// Pages that are not what the entries say, with those that should not be there.
fn stale() -> Vec<String> {
    let pages = pages();
    let mut stale = superfluous(&pages);
    for (path, page) in &pages {
        let found = fs::read_to_string(root().join(path)).unwrap_or_default();
        let equal = if path == SCHEMA { as_json(&found) == as_json(page) } else { found == *page };
        if !equal {
            stale.push(path.clone());
        }
    }
    stale
}

fn as_json(text: &str) -> Option<serde_json::Value> {
    serde_json::from_str(text).ok()
}

fn superfluous(pages: &BTreeMap<String, String>) -> Vec<String> {
    let files = fs::read_dir(root().join(RULES)).into_iter().flatten().flatten();
    let paths = files.map(|file| format!("{RULES}/{}", file.file_name().to_string_lossy()));
    paths.filter(|path| !pages.contains_key(path)).collect()
}

/// Has the test of `apps/vir` write what `vir` really prints into the pages that quote it.
fn quote_the_command_line() -> Result<(), String> {
    let status = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--package", "vir", "--test", "it", "handbook"])
        .env("VIR_HANDBOOK", "write")
        .current_dir(root())
        .status()
        .map_err(|error| error.to_string())?;
    if status.success() { Ok(()) } else { Err("the pages that quote `vir` could not be written".to_owned()) }
}

/// A text inside a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// A text that is no markup: names in angle brackets and stars stay what they are.
fn plain(text: &str) -> String {
    text.replace('<', "&lt;").replace('*', "\\*").replace('_', "\\_")
}

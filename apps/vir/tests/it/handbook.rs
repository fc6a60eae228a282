//! The documentation and the command line say the same.
//!
//! A block that is fenced as `console` has commands after `$` and what they print; the commands are run
//! here, as the page says them, in a folder that looks like the workspace. With `VIR_HANDBOOK=write` in the
//! environment the pages are written instead of compared; `cargo xtask handbook` does that.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const BINARY: &str = env!("CARGO_BIN_EXE_vir");

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The pages that quote the program, with the language in which it speaks there.
fn pages() -> Vec<(PathBuf, &'static str)> {
    let german = fs::read_dir(root().join("docs/handbuch")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<(PathBuf, &str)> = german
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .map(|path| (path, "de_DE.UTF-8"))
        .collect();
    for name in ["README.md", "ARCHITECTURE.md", "docs/regelwerk.md"] {
        pages.push((root().join(name), "en_US.UTF-8"));
    }
    pages.sort();
    pages
}

/// Runs a command of a page and gives what a person would see.
fn run(command: &str, folder: &Path, language: &str) -> String {
    let programs = Path::new(BINARY).parent().unwrap().display().to_string();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", &format!("{{ {command}\n}} 2>&1")])
        .current_dir(folder)
        .env("PATH", path)
        .env("COLUMNS", "100")
        .env("LANG", language)
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env_remove("LANGUAGE")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap().replace('\t', "    ");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let text = lines.join("\n");
    text.trim_matches('\n').to_owned()
}

/// A folder from which the workspace looks as from its root, and in which commands may write.
fn workplace(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("handbook-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for part in ["blocks", "docs"] {
        std::os::unix::fs::symlink(root().join(part), folder.join(part)).unwrap();
    }
    folder
}

/// The page with what its commands print now.
fn with_real_output(page: &str, folder: &Path, language: &str) -> String {
    let mut out = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if line != "```console" {
            continue;
        }
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        for command in block.iter().filter_map(|line| line.strip_prefix("$ ")) {
            let printed = run(command, folder, language);
            out.push_str(&format!("$ {command}\n{printed}\n"));
            if printed.is_empty() {
                out.pop();
            }
        }
        out.push_str("```\n");
    }
    out
}

fn is_writing() -> bool {
    std::env::var("VIR_HANDBOOK").is_ok_and(|value| value == "write")
}

/// Writes the page, or says that it is stale.
fn settle(path: &Path, wanted: &str) {
    if is_writing() {
        fs::write(path, wanted).unwrap();
        return;
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    let differing = found.lines().zip(wanted.lines()).find(|(found, wanted)| found != wanted);
    assert!(
        found == wanted,
        "{} is stale, run `cargo xtask handbook`; first difference: {differing:?}",
        path.display()
    );
}

#[test]
fn handbook_quotes_what_is_printed() {
    for (path, language) in pages().into_iter().filter(|(path, _)| !path.ends_with("befehle.md")) {
        let folder = workplace(&path.file_stem().unwrap().to_string_lossy());
        let page = fs::read_to_string(&path).unwrap();
        settle(&path, &with_real_output(&page, &folder, language));
    }
}

#[test]
fn handbook_lists_all_commands() {
    let mut page = String::from(
        "<!-- Diese Seite schreibt `cargo xtask handbook`; Änderungen von Hand gehen verloren. -->\n\n# Befehle\n\n\
         Was `vir … --help` sagt, für alle Befehle.\n",
    );
    describe("vir", &mut page);
    settle(&root().join("docs/handbuch/befehle.md"), &page);
}

fn describe(command: &str, page: &mut String) {
    let help = help(command);
    page.push_str(&format!("\n## {command}\n\n```text\n{help}\n```\n"));
    for below in subcommands(&help) {
        describe(&format!("{command} {below}"), page);
    }
}

fn help(command: &str) -> String {
    run(&format!("{command} --help"), Path::new(env!("CARGO_TARGET_TMPDIR")), "de_DE.UTF-8")
}

/// The names under the heading of the commands.
fn subcommands(help: &str) -> Vec<String> {
    let list = help.split("\nBefehle:\n").nth(1).unwrap_or_default();
    let rows = list.lines().take_while(|line| !line.is_empty());
    let named = rows.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    named.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn handbook_names_commands_and_options_that_exist() {
    let mut wrong = BTreeSet::new();
    for (path, _) in pages().into_iter().filter(|(path, _)| !path.ends_with("befehle.md")) {
        for call in calls(&fs::read_to_string(&path).unwrap()) {
            if let Err(problem) = exists(&call) {
                wrong.insert(format!("{}: `{call}`: {problem}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every call of the program that a page names: in code spans, and as a line of a block.
fn calls(page: &str) -> BTreeSet<String> {
    let spans =
        page.lines().filter(|line| !line.starts_with("```")).flat_map(|line| line.split('`').skip(1).step_by(2));
    let lines = page.lines().map(|line| line.strip_prefix("$ ").unwrap_or(line));
    let parts = spans.chain(lines).flat_map(|call| call.split(['|', ';', '&', '>']));
    parts.map(str::trim).filter(|call| call.starts_with("vir ")).map(str::to_owned).collect()
}

fn exists(call: &str) -> Result<(), String> {
    let mut command = "vir".to_owned();
    let mut text = help(&command);
    let mut words = call.split_whitespace().skip(1).peekable();
    while let Some(word) = words.peek() {
        let below = subcommands(&text);
        if below.is_empty() || word.starts_with('-') || *word == "…" {
            break;
        }
        if !below.iter().any(|name| name == word) {
            return Err(format!("there is no `{word}`"));
        }
        command = format!("{command} {word}");
        text = help(&command);
        words.next();
    }
    for option in words.filter(|word| word.starts_with("--")) {
        let name = option.split('=').next().unwrap_or(option).trim_end_matches([',', ')', ']']);
        if !text.contains(&format!("{name} "))
            && !text.contains(&format!("{name}\n"))
            && !text.contains(&format!("{name},"))
        {
            return Err(format!("`{command}` has no {name}"));
        }
    }
    Ok(())
}

//! Both back ends: the same suite over each, and the real program killed over each.
//!
//! Invariant: a back end that is not installed never counts as one over which something holds.

use std::process::Command;

use super::{Figure, print, release_binary, root};

/// The crates whose tests have a store.
const SUITE: [&str; 8] =
    ["--package", "vir-store", "--package", "vir-auth", "--package", "vir-web", "--package", "vir-invoice-desk"];

/// Passed and failed tests of a run.
fn count(text: &str) -> (u64, u64) {
    let mut sum = (0, 0);
    for line in text.lines().filter(|line| line.starts_with("test result:")) {
        let number = |word: &str| {
            let before = line.split(word).next().unwrap_or_default().trim_end();
            before.rsplit(' ').next().and_then(|text| text.parse().ok()).unwrap_or(0)
        };
        sum = (sum.0 + number(" passed"), sum.1 + number(" failed"));
    }
    sum
}

/// Everything that a cargo command said, and whether it succeeded.
fn said(command: &mut Command) -> Result<(String, bool), String> {
    let done = command.current_dir(root()).output().map_err(|error| error.to_string())?;
    let text = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    Ok((text, done.status.success()))
}

/// The tests of store, accounts, web and desk, over each back end.
pub(super) fn suite() -> Result<Figure, String> {
    let mut figures = Vec::new();
    let mut holds = true;
    let mut counts = Vec::new();
    for (store, name) in [("files", "SQLite + files"), ("postgres", "PostgreSQL + S3")] {
        let mut command = Command::new(env!("CARGO"));
        command.args(["test", "--no-fail-fast", "--lib", "--test", "it"]).args(SUITE).env("VIR_TEST_STORE", store);
        let (text, good) = said(&mut command)?;
        let (passed, failed) = count(&text);
        for line in text.lines().filter(|line| line.starts_with("test ") && line.ends_with("FAILED")) {
            print(&format!("{name}: {line}"));
        }
        holds &= good && failed == 0 && passed > 0;
        counts.push(passed);
        figures.push(format!("{passed} on {name}"));
    }
    holds &= counts[0] == counts[1];
    Ok(Figure::new(figures.join(", "), holds))
}

/// The real program under load, killed 500 times on each back end.
pub(super) fn kills() -> Result<Figure, String> {
    let binary = release_binary("vir", "vir")?;
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["test", "--quiet", "--package", "vir", "--test", "server", "kill::over_", "--", "--nocapture"])
        .args(["--test-threads", "1"])
        .env("VIR_KILLS", "500")
        .env("VIR_BINARY", binary);
    let (text, good) = said(&mut command)?;
    let lines: Vec<&str> = text.lines().filter(|line| line.contains(" kills")).collect();
    for line in &lines {
        print(line);
    }
    let done = |name: &str| lines.iter().any(|line| line.starts_with(&format!("{name}: 500 kills, nothing lost")));
    let (files, distributed, skipped) = (done("Files"), done("Distributed"), text.contains("skipped"));
    let word = match (files, distributed, skipped) {
        (true, true, false) => "500 kills on each back end".to_owned(),
        (_, _, true) => "a server that it needs is not installed here".to_owned(),
        _ => text.lines().rev().find(|line| line.contains("faults")).unwrap_or("it broke off").to_owned(),
    };
    Ok(Figure::new(word, good && files && distributed && !skipped))
}

//! Tests as proofs: cargo runs them, and what they say is read.
//!
//! Invariant: a peer that is not installed fails the test that needs it (`VIR_PEERS=required`), so nothing is counted
//! that did not run.

use std::process::Command;

use super::{print, root};

/// What a run of tests said.
pub(super) struct Said {
    /// All of it.
    pub text: String,
    /// How many passed and failed, over all test binaries.
    pub passed: u64,
    pub failed: u64,
    /// Did cargo end well?
    pub good: bool,
}

/// Runs `cargo test` with these arguments and variables. Where tests fail, the end of what they said is printed.
pub(super) fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Result<Said, String> {
    let done = Command::new(env!("CARGO"))
        .arg("test")
        .args(arguments)
        .env("VIR_PEERS", "required")
        .envs(variables.iter().copied())
        .current_dir(root())
        .output()
        .map_err(|error| error.to_string())?;
    let text = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    let good = done.status.success();
    if !good {
        for line in text.lines().rev().take(30).collect::<Vec<_>>().into_iter().rev() {
            print(line);
        }
    }
    let results = || text.lines().filter(|line| line.starts_with("test result:"));
    let (passed, failed) = (
        results().map(|line| number_before(line, "passed")).sum(),
        results().map(|line| number_before(line, "failed")).sum(),
    );
    Ok(Said { text, passed, failed, good })
}

/// Tests of the running server, one after the other.
pub(super) fn server(filter: &str, variables: &[(&str, &str)]) -> Result<Said, String> {
    let arguments =
        ["--quiet", "--package", "vir", "--test", "server", filter, "--", "--nocapture", "--test-threads=1"];
    run(&arguments, variables)
}

/// The number before a word: `50123 requests`; 0 where there is none.
pub(super) fn number_before(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line.split([' ', ',', ';', ':']).filter(|word| !word.is_empty()).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

//! What the server refuses: requests beyond somebody's rights, and input that is meant to harm.

use std::process::Command;

use super::{Figure, print, release_binary, root};

/// Runs tests of the real server against the release build; gives what they said.
fn server_tests(filter: &str, variables: &[(&str, &str)]) -> Result<(bool, Vec<String>), String> {
    let binary = release_binary("vir", "vir")?;
    let done = Command::new(env!("CARGO"))
        .args([
            "test",
            "--quiet",
            "--package",
            "vir",
            "--test",
            "server",
            filter,
            "--",
            "--nocapture",
            "--test-threads=1",
        ])
        .env("VIR_BINARY", binary)
        .envs(variables.iter().copied())
        .current_dir(root())
        .output()
        .map_err(|error| error.to_string())?;
    let text = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    let said: Vec<String> = text
        .lines()
        .filter(|line| line.contains("isolation over") || line.contains("hostile-input"))
        .map(|line| line.trim_start_matches('.').to_owned())
        .collect();
    if !done.status.success() {
        for line in text.lines().rev().take(30).collect::<Vec<_>>().into_iter().rev() {
            print(line);
        }
    }
    Ok((done.status.success(), said))
}

/// The number before a word: `50123 requests`.
fn number_before(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line.split([' ', ',', ';', ':']).filter(|word| !word.is_empty()).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

/// 100,000 requests by chance across municipalities, units and roles, half of them over each back end.
pub(super) fn isolation() -> Result<Figure, String> {
    let (good, said) = server_tests("isolation::", &[("VIR_REQUESTS", "100000")])?;
    for line in &said {
        print(line);
    }
    let skipped = said.iter().any(|line| line.contains("skipped"));
    let requests: u64 = said.iter().map(|line| number_before(line, "requests")).sum();
    let allowed: u64 = said.iter().map(|line| number_before(line, "allowed")).sum();
    let ends = said.iter().filter(|line| line.contains(" requests")).count();
    let text = format!("{requests} requests over {ends} back ends, {allowed} allowed, all as the naive judge says");
    Ok(Figure::new(text, good && !skipped && ends == 2 && requests >= 100_000))
}

/// Each limit of the guide is met by something beyond it.
pub(super) fn hostile_input() -> Result<Figure, String> {
    let (good, said) = server_tests("hostile::", &[("VIR_HOSTILE", "all")])?;
    for line in &said {
        print(line);
    }
    let cases: u64 = said.iter().map(|line| number_before(line, "cases")).sum();
    let memory = said.iter().map(|line| number_before(line, "MB")).max().unwrap_or(0);
    let browser = Command::new("chromium").arg("--version").output().is_ok_and(|output| output.status.success());
    let text = format!(
        "{cases} cases refused or inert, {memory} MB at most{}",
        if browser { "" } else { "; no browser here" }
    );
    Ok(Figure::new(text, good && said.len() == 2 && browser && memory < 300))
}

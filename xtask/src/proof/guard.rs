//! What the server refuses: requests beyond somebody's rights, and input that is meant to harm.

use std::process::Command;

use super::suite::{self, number_before};
use super::{Figure, print, release_binary};

/// Runs tests of the real server against the release build; gives whether all passed, and their summaries.
fn tests(filter: &str, variables: &[(&str, &str)]) -> Result<(bool, Vec<String>), String> {
    let binary = release_binary("vir", "vir")?;
    let binary = binary.to_str().ok_or("the folder of the build has a name that is no text")?;
    let said = suite::server(filter, &[variables, &[("VIR_BINARY", binary)]].concat())?;
    let summaries = said.text.lines().filter(|line| line.contains("isolation over") || line.contains("hostile-input"));
    Ok((said.good, summaries.map(|line| line.trim_start_matches('.').to_owned()).collect()))
}

/// 100,000 requests by chance across municipalities, units and roles, half of them over each back end.
pub(super) fn isolation() -> Result<Figure, String> {
    let (good, said) = tests("isolation::", &[("VIR_REQUESTS", "100000")])?;
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
    let (good, said) = tests("hostile::", &[("VIR_HOSTILE", "all")])?;
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

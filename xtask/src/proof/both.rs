//! Both back ends: the same suite over each, and the real program killed over each.
//!
//! Invariant: a back end that is not installed never counts as one over which something holds.

use super::suite::{self, Said};
use super::{Figure, print, release_binary};

/// The crates whose tests have a store.
const SUITE: [&str; 10] = [
    "--package",
    "vir-store",
    "--package",
    "vir-auth",
    "--package",
    "vir-web",
    "--package",
    "vir-invoice-desk",
    "--package",
    "vir-archive-desk",
];

/// The tests of store, accounts, web and both desks, over each back end.
pub(super) fn tests() -> Result<Figure, String> {
    let mut figures = Vec::new();
    let mut holds = true;
    let mut counts = Vec::new();
    for (store, name) in [("files", "SQLite + files"), ("postgres", "PostgreSQL + S3")] {
        let arguments = [&["--no-fail-fast", "--lib", "--test", "it"][..], &SUITE].concat();
        let Said { text, passed, failed, good } = suite::run(&arguments, &[("VIR_TEST_STORE", store)])?;
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
    let binary = binary.to_str().ok_or("the folder of the build has a name that is no text")?;
    let Said { text, good, .. } = suite::server("kill::over_", &[("VIR_KILLS", "500"), ("VIR_BINARY", binary)])?;
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

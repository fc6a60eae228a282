//! Claims that tests and fuzzers make: run them, and count.

use std::path::PathBuf;
use std::process::Command;

use super::suite::{self, Said};
use super::{Figure, output, print, root};

/// Runs tests of a package and counts them.
fn tests(package: &str, filters: &[&str]) -> Result<Figure, String> {
    let said = suite::run(&[&["--quiet", "--package", package, "--test", "it", "--"], filters].concat(), &[])?;
    let Said { passed, failed, good, .. } = said;
    Ok(Figure::new(format!("{passed} tests passed, {failed} failed"), good && passed > 0))
}

pub(super) fn round_trips() -> Result<Figure, String> {
    tests("vir-invoice", &["round_trip", "generated"])
}

pub(super) fn rules() -> Result<Figure, String> {
    tests("vir-invoice", &["cases", "shapes", "texts", "official"])
}

/// The fuzz targets with the folder of their package.
const TARGETS: [(&str, &str); 4] = [
    ("blocks/invoice", "read"),
    ("blocks/invoice", "check"),
    ("blocks/invoice", "create"),
    ("platform/pdf", "embedded_files"),
];

/// Every target for ten minutes.
pub(super) fn fuzz() -> Result<Figure, String> {
    fuzz_for(600)
}

/// Every target for a few seconds, over the committed corpus.
pub(super) fn fuzz_smoke() -> Result<Figure, String> {
    fuzz_for(10)
}

fn fuzz_for(seconds: u32) -> Result<Figure, String> {
    output(Command::new("cargo").args(["+nightly", "fuzz", "--version"])).map_err(|_| "no cargo-fuzz here")?;
    let mut clean = 0;
    for (package, name) in TARGETS {
        let folder = root().join(package).join("fuzz");
        // New inputs go to the target folder: the committed corpus is chosen by hand.
        let found: PathBuf = root().join("target/fuzz").join(name);
        std::fs::create_dir_all(&found).map_err(|error| error.to_string())?;
        let done = Command::new("cargo")
            .args(["+nightly", "fuzz", "run", name, "--fuzz-dir"])
            .arg(&folder)
            .arg(&found)
            .arg(folder.join("corpus").join(name))
            .args(["--", &format!("-max_total_time={seconds}"), "-timeout=25", "-rss_limit_mb=4096", "-max_len=24000"])
            .current_dir(root().join(package))
            .output()
            .map_err(|error| error.to_string())?;
        if done.status.success() {
            clean += 1;
        } else {
            let text = String::from_utf8_lossy(&done.stderr).into_owned();
            let lines: Vec<&str> = text.lines().rev().take(12).collect();
            print(&format!("{name}: {}", lines.into_iter().rev().collect::<Vec<_>>().join("\n")));
        }
    }
    let text = format!("{clean} of {} targets without a finding in {seconds} s each", TARGETS.len());
    Ok(Figure::new(text, clean == TARGETS.len()))
}

/// The README's first command, in a copy of the repository without anything built.
pub(super) fn newcomer() -> Result<Figure, String> {
    let folder = std::env::temp_dir().join("vir-newcomer");
    let _ = std::fs::remove_dir_all(&folder);
    output(Command::new("git").args(["clone", "--quiet"]).arg(root()).arg(&folder))?;
    // The first invoices are in the browser when the page to sign in offers the people of the town.
    let script = "TIMEFORMAT=%R
        time { cargo build --quiet --release; }
        time {
            VIR_LISTEN=127.0.0.1:8971 cargo run --quiet --release -- serve --demo >said.txt 2>&1 &
            until curl --silent --fail http://127.0.0.1:8971/anmelden | grep --quiet gruenensiel; do sleep 0.1; done
        }
        kill %1";
    let done = Command::new("bash")
        .args(["-c", script])
        .current_dir(&folder)
        .env_remove("CARGO_TARGET_DIR")
        .output()
        .map_err(|error| error.to_string())?;
    let _ = std::fs::remove_dir_all(&folder);
    let text = String::from_utf8_lossy(&done.stderr).into_owned();
    let seconds: Vec<f64> = text.lines().filter_map(|line| line.trim().parse().ok()).collect();
    let [build, start] = seconds[..] else { return Err(format!("no times measured: {text}")) };
    let figure = format!("{build:.0} s to build, {start:.0} s from there to the page");
    Ok(Figure::new(figure, build < 480.0 && start < 60.0))
}

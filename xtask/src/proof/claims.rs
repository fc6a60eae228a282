//! Claims that tests and fuzzers make: run them, and count.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::suite::{self, Said};
use super::{Figure, output, pages, print, root};

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

/// Seals, as a library and at the scan station.
pub(super) fn scan_seals() -> Result<Figure, String> {
    let version = Command::new("openssl").arg("version").output();
    if !version.is_ok_and(|said| said.status.success()) {
        return Err("openssl is not here".to_owned());
    }
    let library = tests("vir-archive", &["seals"])?;
    let desk = tests("vir-archive-desk", &["scan::seals"])?;
    Ok(Figure::new(format!("{}; {}", library.text, desk.text), library.holds && desk.holds))
}

/// The fuzz targets with the folder of their package.
const TARGETS: [(&str, &str); 16] = [
    ("blocks/invoice", "read"),
    ("blocks/invoice", "check"),
    ("blocks/invoice", "create"),
    ("platform/pdf", "embedded_files"),
    ("blocks/archive", "record"),
    ("blocks/archive", "token"),
    ("blocks/archive", "package"),
    ("blocks/archive", "eark"),
    ("blocks/archive", "format"),
    ("blocks/archive", "inventory"),
    ("blocks/archive", "bag"),
    ("blocks/archive", "s4"),
    ("blocks/archive", "submission"),
    ("blocks/archive", "xdomea"),
    ("blocks/archive", "scan"),
    ("blocks/archive", "seal"),
];

/// Those of them that CI has the time for: each package of targets takes minutes to build.
const QUICK: usize = 4;

/// Every target for ten minutes.
pub(super) fn fuzz() -> Result<Figure, String> {
    fuzz_for(600, &TARGETS)
}

/// The first targets for a few seconds, over the committed corpus.
pub(super) fn fuzz_smoke() -> Result<Figure, String> {
    fuzz_for(10, &TARGETS[..QUICK])
}

fn fuzz_for(seconds: u32, targets: &[(&str, &str)]) -> Result<Figure, String> {
    output(Command::new("cargo").args(["+nightly", "fuzz", "--version"])).map_err(|_| "no cargo-fuzz here")?;
    let mut clean = 0;
    for (package, name) in targets {
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
    let text = format!("{clean} of {} targets without a finding in {seconds} s each", targets.len());
    Ok(Figure::new(text, clean == targets.len()))
}

/// The README's first command, in a copy of the repository without anything built, until an invoice is to be read
/// in a browser.
#[expect(clippy::disallowed_methods, reason = "a measurement looks at the clock")]
pub(super) fn newcomer() -> Result<Figure, String> {
    let (browser, scripts) = (pages::browser()?, pages::browser_checks()?);
    let folder = std::env::temp_dir().join("vir-newcomer");
    let _ = std::fs::remove_dir_all(&folder);
    output(Command::new("git").args(["clone", "--quiet"]).arg(root()).arg(&folder))?;
    let command = |words: &[&str]| {
        let mut command = Command::new("cargo");
        command.args(words).current_dir(&folder);
        // A newcomer has none of what speeds up building here.
        command.env_remove("CARGO_TARGET_DIR").env_remove("RUSTC_WRAPPER");
        command
    };
    let begun = Instant::now();
    output(&mut command(&["build", "--quiet", "--release"]))?;
    let build = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    let mut server = command(&["run", "--quiet", "--release", "--", "serve", "--demo"])
        .env("VIR_LISTEN", "127.0.0.1:8971")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let picture = root().join("target/newcomer.png");
    let mut look = Command::new("node");
    look.arg("first.mjs").args([browser, "http://127.0.0.1:8971"]).arg(&picture).current_dir(scripts);
    let seen = output(&mut look);
    let start = begun.elapsed().as_secs_f64();
    // `cargo run` becomes the program, so that this is the server itself.
    let _ = server.kill();
    let _ = server.wait();
    let _ = std::fs::remove_dir_all(&folder);
    let figure = format!("{build:.0} s to build, {start:.0} s from there to “{}” in the browser", seen?.trim());
    Ok(Figure::new(figure, build < 480.0 && start < 60.0))
}

//! Evidence records: what foreign ones are judged, and what others say of ours.
//!
//! The tests of `vir-archive` print a line with their figure only where corpora and peers are at hand; without that
//! line nothing holds.

use std::collections::HashMap;
use std::process::Command;

use super::suite::{self, Said};
use super::{Figure, output, root};

/// Runs tests of the archive block, and looks for the lines that begin with these words.
pub(super) fn figures(filter: &[&str], words: &[&str]) -> Result<Figure, String> {
    figures_with(filter, words, &[])
}

/// The same with variables of the environment.
pub(super) fn figures_with(filter: &[&str], words: &[&str], environment: &[(&str, &str)]) -> Result<Figure, String> {
    figures_of("vir-archive", filter, words, environment)
}

/// The same of any package.
pub(super) fn figures_of(
    package: &str,
    filter: &[&str],
    words: &[&str],
    environment: &[(&str, &str)],
) -> Result<Figure, String> {
    let arguments = ["--quiet", "--package", package, "--test", "it", "--"];
    let Said { text, good, .. } = suite::run(&[&arguments[..], filter, &["--nocapture"]].concat(), environment)?;
    let mut found = Vec::new();
    for word in words {
        let line = text.lines().find_map(|line| line.split_once(&format!("{word}: ")).map(|(_, figure)| figure));
        match line {
            Some(figure) if !figure.ends_with("is missing") => found.push(figure.trim().to_owned()),
            _ => return Err(format!("{word}: not at hand here")),
        }
    }
    Ok(Figure::new(found.join("; "), good))
}

/// Foreign records, over the corpora.
pub(super) fn verdicts() -> Result<Figure, String> {
    figures(&["verdicts"], &["bsi-c2", "bsi-testbed"])
}

/// Our records, judged by BouncyCastle.
pub(super) fn peer() -> Result<Figure, String> {
    figures(&["peer"], &["peer"])
}

/// Real tokens, judged by `openssl`.
pub(super) fn tokens() -> Result<Figure, String> {
    figures(&["real_tokens"], &["tokens"])
}

/// Messages of disposal, foreign and our own.
pub(super) fn messages() -> Result<Figure, String> {
    figures(&["xdomea"], &["xdomea-patterns", "xdomea-valid"])
}

/// Generated lives of records, against a model in the tests.
pub(super) fn lives() -> Result<Figure, String> {
    figures_with(&["lifecycle::model"], &["lives"], &[("VIR_LIVES", "1000000")])
}

/// E-ARK packages, judged by validators of others.
pub(super) fn packages() -> Result<Figure, String> {
    figures(&["eark::"], &["e-ark", "commons-ip"])
}

/// Formats of our samples, identified by `fido`, too.
pub(super) fn formats() -> Result<Figure, String> {
    figures(&["formats_are"], &["formats"])
}

/// Trees, records and renewals at size, measured by the crate's own benchmark.
pub(super) fn tree() -> Result<Figure, String> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["bench", "--quiet", "--package", "vir-archive", "--bench", "evidence"]).current_dir(root());
    let text = output(&mut command)?;
    let figures: HashMap<&str, f64> = text
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(name, value)| Some((name, value.parse().ok()?)))
        .collect();
    let figure = |name: &str| figures.get(name).copied().ok_or(format!("the benchmark gives no {name}"));
    let (tree, wide) = (figure("tree-sha256-s")?, figure("tree-sha512-s")?);
    let record = figure("record-sha256-worst-ms")?.max(figure("record-sha512-worst-ms")?);
    let renewed = figure("renewed-record-ms")?;
    let (renewal, stamps) = (figure("renewal-s")?, figure("renewal-stamps")?);
    // Leaves and all levels above are 64 bytes for each leaf; the tokens that are renewed are held, too.
    let (peak, bound) =
        (figure("peak-sha256-kb")? / 1000.0, 10_000_000.0 * 64.0 / 1e6 + stamps * 5_400.0 / 1e6 + 100.0);
    let holds = tree <= 2.0 && record.max(renewed) <= 5.0 && renewal <= 1.0 && peak <= bound;
    Ok(Figure::new(
        format!(
            "tree {tree:.2} s (SHA-512 {wide:.2} s), record at worst {record:.3} ms, renewed {renewed:.3} ms, \
             renewal of {stamps} time stamps {renewal:.2} s and one call, {peak:.0} MB"
        ),
        holds,
    ))
}

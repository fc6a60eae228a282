//! Evidence records: what foreign ones are judged, and what others say of ours.
//!
//! The tests of `vir-archive` print a line with their figure only where corpora and peers are at hand; without that
//! line nothing holds.

use super::Figure;
use super::suite::{self, Said};

/// Runs tests of the archive block, and looks for the lines that begin with these words.
fn figures(filter: &[&str], words: &[&str]) -> Result<Figure, String> {
    let arguments = ["--quiet", "--package", "vir-archive", "--test", "it", "--"];
    let Said { text, good, .. } = suite::run(&[&arguments[..], filter, &["--nocapture"]].concat(), &[])?;
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

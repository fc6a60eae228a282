//! A seal with the files that somebody hands in beside it: which of them it is about, and which scans a sealed transfer
//! note names.
//!
//! Invariant: of every file it is said whether the seal covers it.

use serde::Serialize;

use super::verify::{Content, Options, verify};
use super::{Reason, Report};
use crate::digest::Digest;
use crate::evidence::submission::File;
use crate::evidence::verify::Verdict;
use crate::ocfl::digest::hex;
use crate::scan::note::TransferNote;
use crate::signed::{SignedData, oid};

/// A seal that was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// The file with the seal.
    #[serde(rename = "seal")]
    pub name: String,
    /// The file that is sealed; none where it is not among those at hand.
    pub content: Option<String>,
    /// The report on the seal.
    pub report: Report,
    /// Other files, where there are any, or a note that names some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scans: Option<Scans>,
}

/// What a sealed transfer note says of other files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Scans {
    /// Files whose hash value the note names.
    pub named: Vec<String>,
    /// Files that it does not name, or that were changed.
    pub unknown: Vec<String>,
    /// Documents that it names and that are not at hand; page images within them are not counted.
    pub absent: Vec<String>,
}

impl Judged {
    /// Is the seal valid, and does it cover every file that was handed in?
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.report.verdict == Verdict::Valid && self.scans.as_ref().is_none_or(|scans| scans.unknown.is_empty())
    }
}

/// Judges a seal for these files. `note_in` reads the transfer note that a file holds.
#[must_use]
pub fn judge(
    name: &str,
    seal: &[u8],
    files: &[File],
    note_in: &dyn Fn(&[u8]) -> Option<TransferNote>,
    options: &Options<'_>,
) -> Judged {
    let content = sealed_file(name, seal, files);
    let bytes = content.map_or(Content::Missing, |(_, bytes)| Content::Bytes(bytes));
    let report = verify(seal, bytes, options);
    // A note speaks for scans only if it is the sealed one.
    let is_changed = report.findings.iter().any(|finding| finding.0 == Reason::ContentChanged);
    let note = content.filter(|_| !is_changed).and_then(|(_, bytes)| note_in(bytes));
    let others: Vec<&File> =
        files.iter().filter(|file| content.is_none_or(|content| !std::ptr::eq(*file, content))).collect();
    let scans = (note.is_some() || !others.is_empty()).then(|| scans(note.as_ref(), &others));
    Judged { name: name.to_owned(), content: content.map(|(name, _)| name.clone()), report, scans }
}

/// The file that the seal is about: by hash value, else by name, else the only one.
fn sealed_file<'f>(name: &str, seal: &[u8], files: &'f [File]) -> Option<&'f File> {
    let signed = SignedData::read(seal).ok()?;
    let signer = signed.signers.first()?;
    let by_hash = signer.only(oid::MESSAGE_DIGEST).and_then(|value| value.octets().ok()).and_then(|wanted| {
        let digest: Digest = signer.digest.clone().ok()?;
        files.iter().find(|(_, bytes)| digest.of(&[bytes]) == *wanted)
    });
    let last = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let wanted = last(name);
    let by_name = || files.iter().find(|(path, _)| wanted.strip_suffix(".p7s").is_some_and(|stem| stem == last(path)));
    let only = || match files {
        [only] => Some(only),
        _ => None,
    };
    by_hash.or_else(by_name).or_else(only)
}

fn scans(note: Option<&TransferNote>, files: &[&File]) -> Scans {
    let mut found = Scans::default();
    let known = note.map(|note| note.scans.as_slice()).unwrap_or_default();
    let mut seen = Vec::new();
    for (name, bytes) in files.iter().copied() {
        let scan = known.iter().find(|scan| {
            Digest::from_name(&scan.algorithm)
                .is_some_and(|digest| hex(&digest.of(&[bytes])) == scan.value.to_ascii_lowercase())
        });
        match scan {
            Some(scan) => {
                seen.push(scan.name.as_str());
                found.named.push(name.clone());
            }
            None => found.unknown.push(name.clone()),
        }
    }
    let documents = known.iter().filter(|scan| scan.name.contains('.') && !seen.contains(&scan.name.as_str()));
    found.absent = documents.map(|scan| scan.name.clone()).collect();
    found
}
